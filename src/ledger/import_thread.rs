//! Runs an import on a thread of its own: rows are written while the next ones are read.

use std::{mem, sync::mpsc, thread};

use super::{
    Ledger,
    error::{LedgerError, machine},
    input::{ImportSummary, Input},
    prepared_row::PreparedRow,
};
use crate::domain::CheckedRow;

/// The size at which a batch for the writer is full, in rows and in bytes of their own cells.
const BATCH_ROWS: usize = 256;
const BATCH_BYTES: usize = 1 << 18;

/// The capacity of the channel to the writer, in batches.
const CHANNEL_BATCHES: usize = 4;

/// A message to the writer. If `End` does not arrive, reading was aborted and nothing is committed.
enum Batch {
    Rows(Vec<PreparedRow>),
    End,
}

/// Sends the rows that `read` produces to the writer. A writer that has stopped reports the reason itself.
fn hand_over<T, E: From<LedgerError>>(
    batches: &mpsc::SyncSender<Batch>,
    read: impl FnOnce(&mut dyn FnMut(CheckedRow) -> Result<(), E>) -> Result<T, E>,
) -> Result<T, E> {
    let hand = |batch| batches.send(batch).map_err(|_| E::from(LedgerError::Gone));
    let (mut rows, mut bytes) = (Vec::with_capacity(BATCH_ROWS), 0);
    let told = read(&mut |entry| {
        let row = PreparedRow::from(entry);
        bytes += row.own_cells.as_ref().map_or(0, String::len);
        rows.push(row);
        if rows.len() < BATCH_ROWS && bytes < BATCH_BYTES {
            return Ok(());
        }
        bytes = 0;
        let batch = mem::replace(&mut rows, Vec::with_capacity(BATCH_ROWS));
        hand(Batch::Rows(batch))
    })?;
    hand(Batch::Rows(rows))?;
    hand(Batch::End)?;
    Ok(told)
}

impl Ledger {
    /// Imports the rows that `read` produces. They are written on a separate thread while the next ones are read.
    /// Returns the result of `read` and a summary of the import.
    ///
    /// # Errors
    /// The error of `read`, or [`LedgerError`] when the file cannot be written; then nothing is imported.
    pub fn import_while<T, E: From<LedgerError>>(
        &mut self,
        input: &Input<'_>,
        read: impl FnOnce(&mut dyn FnMut(CheckedRow) -> Result<(), E>) -> Result<T, E>,
    ) -> Result<(T, ImportSummary), E> {
        let path = self.path.clone();
        let (batches, waiting) = mpsc::sync_channel(CHANNEL_BATCHES);
        thread::scope(|scope| {
            let writer = thread::Builder::new()
                .name("ledger".to_owned())
                .spawn_scoped(scope, move || self.write(input, &waiting))
                .map_err(|error| machine(&path, &error))?;
            let read = hand_over(&batches, read);
            drop(batches);
            let summary = writer.join().unwrap_or(Err(LedgerError::Gone))?;
            Ok((read?, summary))
        })
    }

    fn write(
        &mut self,
        input: &Input<'_>,
        batches: &mpsc::Receiver<Batch>,
    ) -> Result<ImportSummary, LedgerError> {
        let mut import = self.import()?;
        for source in input.sources {
            import.add_source(*source)?;
        }
        import.add_lists(input.lists, input.unsuppress)?;
        for batch in batches {
            match batch {
                Batch::Rows(rows) => {
                    for row in &rows {
                        import.add_prepared_row(row)?;
                    }
                }
                Batch::End => return import.finish(input.name),
            }
        }
        Ok(ImportSummary::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Problem, ProblemCode, RawCells, RowCheck, RowRef};
    use crate::i18n::Sentence;

    #[test]
    fn few_long_rows_wait_for_the_writer() {
        let row = |number| CheckedRow {
            place: RowRef {
                source: 0,
                row: number,
            },
            finding: RowCheck::Problem(
                Problem {
                    code: ProblemCode::PhoneMissing,
                    column: String::new(),
                    value: String::new(),
                    sentence: Sentence::NumberMissing,
                },
                RawCells::default(),
            ),
            warnings: Vec::new(),
            pair: None,
            own_cells: vec!["x".repeat(BATCH_BYTES / 2)],
            time_zone: None,
            origin: None,
        };
        let (batches, waiting) = mpsc::sync_channel(9);
        hand_over::<_, LedgerError>(&batches, |take| {
            (1..=5).try_for_each(|number| take(row(number)))
        })
        .unwrap();
        drop(batches);
        let rows: Vec<_> = waiting
            .into_iter()
            .map(|batch| match batch {
                Batch::Rows(rows) => rows.len(),
                Batch::End => 0,
            })
            .collect();
        assert_eq!(rows, [2, 2, 1, 0]);
    }
}
