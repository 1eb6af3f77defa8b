//! The keys of messages that were read without a ledger, by which `check` finds duplicates. They are kept in memory
//! while there are few, and then in a temporary file, so that memory use stays bounded.

use std::collections::{HashMap, hash_map::Entry};

use crate::domain::{Message, RowRef};

use super::{
    db::{self, Connection},
    error::LedgerError,
    sql,
};

/// The places of the messages that were read, by eight bytes of their key.
#[derive(Debug)]
pub struct DuplicateIndex {
    /// The key in two halves, so that an entry takes twelve bytes.
    memory: HashMap<[u32; 2], u32>,
    most: usize,
    file: Option<Connection>,
}

/// The bits of a four-byte place that hold the row: 67 million rows; the other bits allow 64 files.
const ROW_BITS: u32 = 26;

/// The number of keys that a hash table of 27 MB holds before it would double.
const MOST_IN_MEMORY: usize = (1 << 21) / 8 * 7;

impl Default for DuplicateIndex {
    fn default() -> Self {
        Self {
            memory: HashMap::new(),
            most: MOST_IN_MEMORY,
            file: None,
        }
    }
}

impl DuplicateIndex {
    /// Remembers a message. Returns the place of an equal one that came before.
    ///
    /// # Errors
    /// [`LedgerError::Scratch`] when the temporary file cannot be written.
    pub fn insert(
        &mut self,
        message: &Message,
        place: RowRef,
    ) -> Result<Option<RowRef>, LedgerError> {
        let known = self.insert_key(message.key_digest(), packed(place))?;
        Ok(known.map(unpacked))
    }

    fn insert_key(&mut self, key: u64, row: u64) -> Result<Option<u64>, LedgerError> {
        if self.memory.len() >= self.most {
            self.move_to_file().map_err(|error| scratch(&error))?;
        }
        if let Some(file) = &self.file {
            return sql::insert_key(file, key, row).map_err(|error| scratch(&error));
        }
        Ok(match self.memory.entry(halves(key)) {
            Entry::Occupied(entry) => Some(u64::from(*entry.get())),
            Entry::Vacant(entry) => {
                entry.insert(u32::try_from(row).unwrap_or(u32::MAX));
                None
            }
        })
    }

    fn move_to_file(&mut self) -> db::Result<()> {
        let file = sql::scratch()?;
        for (key, row) in std::mem::take(&mut self.memory) {
            sql::insert_key(&file, whole(key), u64::from(row))?;
        }
        self.file = Some(file);
        Ok(())
    }
}

/// Packs a place into four bytes, with the file in the upper bits. A row number or file number that is too large is
/// capped.
fn packed(RowRef { source, row }: RowRef) -> u64 {
    let source = u64::try_from(source).unwrap_or(u64::MAX);
    source.min((1 << (32 - ROW_BITS)) - 1) << ROW_BITS | row.min((1 << ROW_BITS) - 1)
}

fn unpacked(place: u64) -> RowRef {
    RowRef {
        source: usize::try_from(place >> ROW_BITS).unwrap_or(usize::MAX),
        row: place & ((1 << ROW_BITS) - 1),
    }
}

fn halves(key: u64) -> [u32; 2] {
    #[expect(clippy::cast_possible_truncation, reason = "the lower half of it")]
    let half = |key: u64| key as u32;
    [half(key), half(key >> 32)]
}

fn whole([low, high]: [u32; 2]) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

fn scratch(error: &db::Error) -> LedgerError {
    LedgerError::Scratch {
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_what_it_was() {
        for (source, row) in [(0, 1), (3, 1_048_576), (63, (1 << ROW_BITS) - 1)] {
            let place = RowRef { source, row };
            assert_eq!(unpacked(packed(place)), place);
            assert!(u32::try_from(packed(place)).is_ok());
        }
    }

    #[test]
    fn a_key_is_known_again_in_memory_in_the_file_and_across_the_move() {
        let mut seen = DuplicateIndex {
            most: 100,
            ..DuplicateIndex::default()
        };
        let key = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for number in 0..1_000 {
            assert_eq!(seen.insert_key(key(number), number + 2).unwrap(), None);
        }
        for number in [0, 99, 100, 101, 999] {
            assert_eq!(
                seen.insert_key(key(number), 5_000).unwrap(),
                Some(number + 2),
                "{number}"
            );
        }
        assert!(seen.file.is_some() && seen.memory.is_empty());
    }
}
