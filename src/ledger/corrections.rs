//! Corrections: rows of a results file take the place of the rows that they came from, so that a campaign whose
//! mistakes are corrected comes to an end.
//!
//! What must stay true: only a row of which nothing was sent is written over, and only where the new row still
//! agrees with it in a cell. What it held is remembered: when the list is read again with its old mistake, the
//! corrected row is meant.

use sha2::{Digest, Sha256};

use super::{
    import::Import,
    sql::{self, InputRecord, corrections},
    state::State,
};
use crate::domain::{CheckedRow, Origin, Status};

impl Import<'_> {
    /// Lets a row of a results file take the place of the row that it came from. `false` if there is none: it is a
    /// row like any other.
    pub(super) fn correct(
        &mut self,
        entry: &CheckedRow,
        origin: &Origin,
    ) -> rusqlite::Result<bool> {
        let Some(source) = self.origin_source(&origin.source)? else {
            return Ok(false);
        };
        let place = (source, origin.row);
        let mut rows = corrections::placed(&self.transaction, place, self.listing)?;
        self.with_record(entry, source, |import, new| {
            let holder = import.holder(new)?;
            if let Some(same) = rows.iter().find(|row| is_same(row, new, holder)) {
                import.keep(same.id, same.state, new)?;
                return Ok(true);
            }
            rows.retain(|row| agrees(row, new, origin.status));
            let status = |state: State| Some(state.status()) == origin.status;
            let free =
                |row: &&corrections::PlacedRecord| is_free(row.state) && !row.may_have_arrived;
            let target = rows
                .iter()
                .filter(free)
                .find(|row| status(row.state))
                .or_else(|| rows.iter().find(free));
            match (target, rows.first()) {
                (Some(target), _) => import.write_over(target, new, holder)?,
                (None, Some(sent)) => {
                    let number = origin.row;
                    let new = InputRecord {
                        source,
                        number,
                        ..new.clone()
                    };
                    import.stand_in(sent, &new, holder)?;
                }
                (None, None) => return Ok(false),
            }
            import.corrected += 1;
            Ok(true)
        })
    }

    /// Whether a list has this row as it was before it was corrected; then the corrected row is listed.
    pub(super) fn list_corrected(&mut self, row: &InputRecord<'_>) -> rusqlite::Result<bool> {
        if !self.has_corrections {
            return Ok(false);
        }
        let was = digest(row.recipient, row.phone_contact, &row.names);
        let Some(id) = corrections::corrected(&self.transaction, &was, row.listing)? else {
            return Ok(false);
        };
        corrections::list_corrected(&self.transaction, id, row)?;
        Ok(true)
    }

    /// The source that a results file names, which counts as given with all its rows.
    fn origin_source(&mut self, name: &str) -> rusqlite::Result<Option<i64>> {
        if let Some((_, id)) = self.origins.iter().find(|(known, _)| known == name) {
            return Ok(*id);
        }
        if self.origins.is_empty() {
            corrections::begin_corrections(&self.transaction)?;
        }
        let id = corrections::give_source(&self.transaction, name, self.listing)?;
        self.origins.push((name.to_owned(), id));
        Ok(id)
    }

    /// The row that has the key of a new one.
    fn holder(&self, new: &InputRecord<'_>) -> rusqlite::Result<Option<i64>> {
        let Some((person, contact)) = new.key else {
            return Ok(None);
        };
        sql::id_of_key(&self.transaction, person, contact)
    }

    /// The row is what it was: only whether it is left out may have changed.
    fn keep(&self, id: i64, state: State, new: &InputRecord<'_>) -> rusqlite::Result<()> {
        corrections::mark_corrected(&self.transaction, id)?;
        match state {
            State::Pending | State::Suppressed => {
                corrections::set_state(&self.transaction, id, new.state)
            }
            State::Invalid if new.state == State::Invalid => {
                corrections::overwrite(&self.transaction, id, new)
            }
            State::Sending
            | State::Accepted
            | State::Failed
            | State::Unknown
            | State::Invalid
            | State::Duplicate => Ok(()),
        }
    }

    fn write_over(
        &mut self,
        target: &corrections::PlacedRecord,
        new: &InputRecord<'_>,
        holder: Option<i64>,
    ) -> rusqlite::Result<()> {
        let names = target.names.each_ref().map(String::as_str);
        let was = digest(&target.recipient, &target.phone_contact, &names);
        corrections::remember_correction(&self.transaction, &was, target.id)?;
        self.has_corrections = true;
        if target.key.is_some() {
            let heir = match target.state {
                State::Suppressed => State::Suppressed,
                State::Pending
                | State::Sending
                | State::Accepted
                | State::Failed
                | State::Unknown
                | State::Invalid
                | State::Duplicate => State::Pending,
            };
            corrections::hand_key_on(&self.transaction, target.id, heir)?;
        }
        let new = unless_held(new, holder);
        corrections::overwrite(&self.transaction, target.id, &new)?;
        corrections::mark_corrected(&self.transaction, target.id)
    }

    /// What was sent stays on record and is no longer in the input; the new row stands in its place.
    fn stand_in(
        &mut self,
        sent: &corrections::PlacedRecord,
        new: &InputRecord<'_>,
        holder: Option<i64>,
    ) -> rusqlite::Result<()> {
        corrections::unlist(&self.transaction, sent.id)?;
        let new = InputRecord {
            position: sent.position,
            own_cells: sent.own_cells.as_deref(),
            ..unless_held(new, holder)
        };
        sql::add_row(&self.transaction, &new)?;
        corrections::mark_corrected(&self.transaction, self.transaction.last_insert_rowid())
    }
}

/// The new row, or that it is a duplicate of the one that has its key.
fn unless_held<'a>(new: &InputRecord<'a>, holder: Option<i64>) -> InputRecord<'a> {
    match holder {
        None => new.clone(),
        Some(holder) => InputRecord {
            state: State::Duplicate,
            key: None,
            chat: None,
            duplicate_of: Some(holder),
            ..new.clone()
        },
    }
}

/// Whether nothing of a row was sent.
const fn is_free(state: State) -> bool {
    match state {
        State::Pending | State::Failed | State::Invalid | State::Duplicate | State::Suppressed => {
            true
        }
        State::Sending | State::Accepted | State::Unknown => false,
    }
}

/// Whether a row is the new one already.
fn is_same(row: &corrections::PlacedRecord, new: &InputRecord<'_>, holder: Option<i64>) -> bool {
    match new.key {
        Some(_) => holder.is_some_and(|holder| {
            row.id == holder || (row.state == State::Duplicate && row.duplicate_of == Some(holder))
        }),
        None => {
            row.state == State::Invalid
                && row.recipient == new.recipient
                && row.phone_contact == new.phone_contact
                && row.names.iter().zip(new.names).all(|(was, now)| was == now)
        }
    }
}

/// Whether a corrected row still shows which row it was, for the list may have been sorted since: no more than one
/// cell is different, or two where the status and the input's own cells are the same.
fn agrees(row: &corrections::PlacedRecord, new: &InputRecord<'_>, status: Option<Status>) -> bool {
    let was = [&row.recipient, &row.phone_contact]
        .into_iter()
        .chain(&row.names);
    let now = [new.recipient, new.phone_contact]
        .into_iter()
        .chain(new.names);
    let different = was
        .zip(now)
        .filter(|(was, now)| was.as_str() != *now)
        .count();
    let own = filled(row.own_cells.as_deref());
    match (different, own == filled(new.own_cells)) {
        (0 | 1, true) | (0, false) => true,
        (2, true) => !own.is_empty() && Some(row.state.status()) == status,
        (_, true | false) => false,
    }
}

/// The own cells that hold something, in an order of their own: the results of several files have more columns.
fn filled(cells: Option<&str>) -> Vec<String> {
    let cells = cells.and_then(|cells| serde_json::from_str::<Vec<String>>(cells).ok());
    let mut filled = cells.unwrap_or_default();
    filled.retain(|cell| !cell.is_empty());
    filled.sort_unstable();
    filled
}

/// The cells of a row, as it is known again.
fn digest(recipient: &str, phone_contact: &str, names: &[&str; 4]) -> [u8; 16] {
    let mut digest = Sha256::new();
    for cell in [recipient, phone_contact].iter().chain(names) {
        digest.update(cell.len().to_le_bytes());
        digest.update(cell);
    }
    let mut short = [0; 16];
    short.copy_from_slice(&digest.finalize()[..16]);
    short
}
