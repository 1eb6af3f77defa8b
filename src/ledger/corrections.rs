//! Corrections: rows of a results file replace the rows that they came from, so that a campaign can be completed once
//! its mistakes are corrected.
//!
//! What must stay true: a row is overwritten only if nothing was sent for it, and only if the new row still shows which
//! row it came from. The old content is remembered: if the list is read again with its old mistake, that row stands for
//! the corrected one. A row that was sent is never sent again because its names were edited. A row that was pending and
//! is not known again ends the import: as an additional row it would be sent, and its old form too.

use sha2::{Digest, Sha256};

use super::{
    db,
    import::Import,
    prepared_row::PreparedRow,
    sql::{self, InputRecord, corrections},
    state::State,
};
use crate::domain::{Origin, ProblemCode, RawCells, Status};
use crate::i18n::Sentence;

impl Import<'_> {
    /// Replaces the row that a row of a results file came from. Returns `false` if there is none; then it is imported
    /// like any other row.
    pub(super) fn correct(&mut self, row: &PreparedRow, origin: &Origin) -> db::Result<bool> {
        let Some(source) = self.give_origin_source(&origin.source)? else {
            return Ok(false);
        };
        let place = (source, origin.row);
        let rows = corrections::placed(&self.transaction, place, self.listing)?;
        if let Some(same) = rows.iter().find(|row| is_untouched(row, origin)) {
            corrections::mark_corrected(&self.transaction, same.id)?;
            self.untouched += 1;
            return Ok(true);
        }
        self.with_record(row, source, |import, new| {
            let holder = import.holder(new)?;
            if let Some(same) = rows.iter().find(|row| is_same(row, new, holder)) {
                import.keep(same.id, same.state, new)?;
                return Ok(true);
            }
            let target = rows
                .iter()
                .find(|row| may_write_over(row, new, origin.status));
            let Some(target) = target else {
                // It was sent before the file was written, or since.
                let is_placed = import.correct_sent(place, new, holder)?;
                if !is_placed && origin.status == Some(Status::Pending) {
                    import.unplaced.push(row.place);
                }
                return Ok(is_placed);
            };
            import.write_over(target, new, holder)?;
            import.corrected += 1;
            Ok(true)
        })
    }

    /// Lists a row of a results file as refused: the results say that it could not be read with certainty, and this
    /// ledger does not know the row, so it cannot tell whether somebody corrected it.
    pub(super) fn refuse(
        &mut self,
        row: &PreparedRow,
        source: i64,
        code: ProblemCode,
        written: &RawCells,
    ) -> db::Result<()> {
        let sentence = Sentence::NotKnownAsCorrected.to_keep();
        let refused = InputRecord {
            recipient: &written.recipient,
            phone_contact: &written.phone_contact,
            names: written.names.each_ref().map(String::as_str),
            error: Some(code.as_str()),
            explanation: Some(&sentence),
            ..self.blank(row, source)
        };
        self.untouched += 1;
        self.list_row(&refused)
    }

    /// Handles a correction of a row that was sent. The row is found by its person and number, wherever the list has it
    /// now. If only its names were edited, the new spelling is listed in its place. A row that the ledger has elsewhere
    /// is not imported a second time: the list was sorted, or corrected itself.
    fn correct_sent(
        &mut self,
        (source, number): (i64, u64),
        new: &InputRecord<'_>,
        holder: Option<i64>,
    ) -> db::Result<bool> {
        if holder.is_some() {
            return Ok(true);
        }
        let Some((id, position)) = corrections::sent(&self.transaction, new, source, number)?
        else {
            return Ok(false);
        };
        corrections::unlist(&self.transaction, id)?;
        let new = InputRecord {
            position,
            source,
            number,
            ..new.clone()
        };
        let added = sql::add_row_with_id(&self.transaction, &new)?;
        corrections::mark_corrected(&self.transaction, added)?;
        self.corrected += 1;
        Ok(true)
    }

    /// Lists the corrected row if this row is in the form that it had before the correction. Returns whether it did.
    pub(super) fn list_if_corrected(&mut self, row: &InputRecord<'_>) -> db::Result<bool> {
        if !self.has_corrections {
            return Ok(false);
        }
        self.flush_rows()?;
        // If the list still has this message itself, the row stands for it: it was another row of the same content that
        // was corrected.
        if let Some((person, contact)) = row.key
            && corrections::is_unlisted(&self.transaction, person, contact, row.listing)?
        {
            return Ok(false);
        }
        let was = digest(row.recipient, row.phone_contact, &row.names);
        let Some(id) = corrections::corrected(&self.transaction, &was, row.listing)? else {
            return Ok(false);
        };
        corrections::move_to_row(&self.transaction, id, row)?;
        self.stand_ins += 1;
        Ok(true)
    }

    /// Returns the source that a results file names, and marks it as given with all its rows.
    fn give_origin_source(&mut self, name: &str) -> db::Result<Option<i64>> {
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

    /// Returns the row that has the key of a new one.
    fn holder(&self, new: &InputRecord<'_>) -> db::Result<Option<i64>> {
        let Some((person, contact)) = new.key else {
            return Ok(None);
        };
        sql::id_of_key(&self.transaction, person, contact)
    }

    /// Keeps a row whose content is unchanged: only whether it is suppressed may have changed.
    fn keep(&self, id: i64, state: State, new: &InputRecord<'_>) -> db::Result<()> {
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
    ) -> db::Result<()> {
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
}

/// Returns the new row, or marks it as a duplicate of the row that already has its key.
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

/// Whether a row already has the content of the new one.
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

/// Whether this row could not be read with certainty, and the row of the results still has the cells that were read
/// then. Each of those cells can be read now, but nobody has looked at them.
fn is_untouched(row: &corrections::PlacedRecord, origin: &Origin) -> bool {
    let Some((_, written)) = &origin.refused else {
        return false;
    };
    let was = [&row.recipient, &row.phone_contact]
        .into_iter()
        .chain(&row.names);
    let now = [&written.recipient, &written.phone_contact]
        .into_iter()
        .chain(&written.names);
    let same = |(was, now): (&String, &String)| was.split_whitespace().eq(now.split_whitespace());
    row.state == State::Invalid && is_of_reading(row) && was.zip(now).all(same)
}

fn is_of_reading(row: &corrections::PlacedRecord) -> bool {
    let code = row.error.as_deref().and_then(ProblemCode::parse);
    let explanation = row.explanation.clone().map(Sentence::kept);
    code.is_some_and(ProblemCode::is_of_reading)
        || matches!(explanation, Some(Sentence::FormatUnclear { .. }))
}

/// Whether a new row may overwrite this one. The list may have been sorted since the results were written, so the row
/// must have the status that the results say, and differ in at most one cell, or in two if the input's own cells are
/// the same. A pending row has no mistake, so it must also have the same recipient or the same own cells.
fn may_write_over(
    row: &corrections::PlacedRecord,
    new: &InputRecord<'_>,
    status: Option<Status>,
) -> bool {
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
    let has_own = !own.is_empty() && own == filled(new.own_cells);
    let is_known = match row.state {
        State::Invalid | State::Failed => true,
        State::Pending | State::Suppressed | State::Duplicate => {
            has_own || row.recipient == new.recipient
        }
        State::Sending | State::Accepted | State::Unknown => false,
    };
    let is_near = different <= 1 && own == filled(new.own_cells) || different == 2 && has_own;
    is_known && is_near && !row.may_have_arrived && Some(row.state.status()) == status
}

/// Returns the non-empty own cells, sorted: the results of several files have more columns.
fn filled(cells: Option<&str>) -> Vec<String> {
    let cells = cells.and_then(|cells| serde_json::from_str::<Vec<String>>(cells).ok());
    let mut filled = cells.unwrap_or_default();
    filled.retain(|cell| !cell.is_empty());
    filled.sort_unstable();
    filled
}

/// Computes the digest by which the cells of a row are recognized again.
fn digest(recipient: &str, phone_contact: &str, names: &[&str; 4]) -> [u8; 16] {
    let mut digest = Sha256::new();
    for cell in [recipient, phone_contact].iter().chain(names) {
        digest.update((cell.len() as u64).to_le_bytes());
        digest.update(cell);
    }
    let mut short = [0; 16];
    short.copy_from_slice(&digest.finalize()[..16]);
    short
}
