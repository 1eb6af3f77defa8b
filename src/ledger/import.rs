//! Imports the rows of the input into the ledger in one transaction, so that a crash in between leaves the ledger as it
//! was. Memory use stays bounded; the unique key finds duplicates.

use crate::domain::{CheckedRow, RowRef};

use super::{
    Ledger,
    db::{self, Bulk, Transaction},
    error::{LedgerError, explain},
    input::{ImportSummary, NewSource, SuppressionList},
    prepared_row::{PreparedContent, PreparedMessage, PreparedRow},
    sql::{self, InputRecord, SourceRecord, corrections},
    state::State,
};

/// A source of an import.
struct ImportSource {
    record: SourceRecord,
    /// The id of the source in the ledger; `None` until it is listed. A source that only corrects rows is not listed
    /// before it has a row of its own.
    id: Option<i64>,
    corrects: bool,
}

/// An import in progress. Nothing in it is durable before [`Import::finish`].
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact that saves a statement a row"
)]
pub struct Import<'a> {
    pub(super) transaction: Transaction<'a>,
    path: &'a std::path::Path,
    pub(super) listing: i64,
    /// Whether the ledger had no rows: then duplicates are found at the end, all at once.
    first: bool,
    /// Whether the ledger knows files that are not given.
    others: bool,
    /// Whether the ledger has doubles (see [`sql::has_doubles`]).
    doubles: bool,
    /// The rows of a first import, which are added without looking up their keys.
    rows: Bulk<'a>,
    sources: Vec<ImportSource>,
    /// The ids of the sources whose rows are corrected, by name; `None` for a source that the ledger does not know.
    pub(super) origins: Vec<(String, Option<i64>)>,
    pub(super) has_corrections: bool,
    pub(super) corrected: u64,
    pub(super) stand_ins: u64,
    pub(super) untouched: u64,
    /// The rows of results files that were pending there, and of which it is not known which row they replace.
    pub(super) unplaced: Vec<RowRef>,
    /// The stop lists that are given: the id of each, and whether its name always stands for the same list.
    lists: Vec<(i64, bool)>,
    /// Whether any stop list suppresses somebody.
    keeps_out: bool,
    ordinal: i64,
}

/// The name of the fact that holds the name of the last imported input.
const INPUT: &str = "input";

impl Ledger {
    /// Returns the name of the input that was imported last, if it had one.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn input(&self) -> Result<Option<String>, LedgerError> {
        let name =
            sql::fact(&self.connection, INPUT).map_err(|error| explain(&self.path, &error))?;
        Ok(name.filter(|name| !name.is_empty()))
    }

    /// Begins an import of the whole input.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn import(&mut self) -> Result<Import<'_>, LedgerError> {
        let path = &self.path;
        self.open_for_rows()?;
        let transaction = self.begin_import()?;
        let begin = || {
            let listing = sql::last_listing(&transaction)? + 1;
            let first = !sql::has_rows(&transaction)?;
            if first {
                sql::drop_key_index(&transaction)?;
            }
            let doubles = sql::has_doubles(&transaction)?;
            let keeps_out = sql::keeps_out(&transaction)?;
            let has_corrections = corrections::has_corrections(&transaction)?;
            let (sources, lists, ordinal) = (Vec::new(), Vec::new(), 0);
            let others = false;
            Ok(Import {
                transaction,
                path,
                listing,
                first,
                others,
                doubles,
                rows: sql::new_rows(&self.connection)?,
                sources,
                origins: Vec::new(),
                has_corrections,
                corrected: 0,
                stand_ins: 0,
                untouched: 0,
                unplaced: Vec::new(),
                lists,
                keeps_out,
                ordinal,
            })
        };
        begin().map_err(|error| explain(path, &error))
    }

    /// On a server, other machines read a campaign while its first rows are imported. The index of keys is dropped in a
    /// separate transaction, so that none of them has to wait. A campaign without rows does not need it.
    fn open_for_rows(&self) -> Result<(), LedgerError> {
        let explained = |error| explain(&self.path, &error);
        if self.connection.is_file() || sql::has_rows(&self.connection).map_err(explained)? {
            return Ok(());
        }
        let transaction = self.begin_import()?;
        let open = || {
            if !sql::has_rows(&transaction)? {
                sql::drop_key_index(&transaction)?;
            }
            transaction.commit()
        };
        open().map_err(explained)
    }

    /// Begins the transaction of an import, without a time limit for statements. A campaign has one import at a time.
    fn begin_import(&self) -> Result<Transaction<'_>, LedgerError> {
        let explained = |error| explain(&self.path, &error);
        let mut transaction = self.connection.transaction().map_err(explained)?;
        transaction.lift_limit();
        if !transaction.is_file() {
            sql::postgres::lock_import(&transaction).map_err(explained)?;
        }
        Ok(transaction)
    }
}

impl Import<'_> {
    /// Adds the next source. All sources come before the first row; rows refer to a source by its position in the
    /// order of these calls.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn add_source(&mut self, source: NewSource<'_>) -> Result<(), LedgerError> {
        let record = SourceRecord {
            id: 0,
            name: source.name.to_owned(),
            own_columns: serde_json::json!(source.own_columns).to_string(),
            delimiter: source.delimiter.map(String::from),
            layout: source.layout.map(str::to_owned),
        };
        let corrects = source.corrects && !self.first;
        self.sources.push(ImportSource {
            record,
            id: None,
            corrects,
        });
        if corrects {
            return Ok(());
        }
        self.list(self.sources.len() - 1)
            .map(drop)
            .map_err(|error| explain(self.path, &error))
    }

    /// Lists a source, unless it is already listed. Returns its id.
    fn list(&mut self, source: usize) -> db::Result<i64> {
        let Some(source) = self.sources.get_mut(source) else {
            return Err(db::Error::NoRow);
        };
        if let Some(id) = source.id {
            return Ok(id);
        }
        let id = sql::list_source(&self.transaction, &source.record, self.listing)?;
        source.id = Some(id);
        self.others = sql::has_other_sources(&self.transaction, self.listing)?;
        Ok(id)
    }

    /// Adds the stop lists. They come before the first row; rows refer to them by position. People on lists of
    /// earlier imports stay suppressed, unless `unsuppress` is set.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn add_lists(
        &mut self,
        lists: &[SuppressionList],
        unsuppress: bool,
    ) -> Result<(), LedgerError> {
        let mut give = || {
            if unsuppress {
                sql::forget_kept_out(&self.transaction)?;
                self.keeps_out = false;
            }
            for list in lists {
                let id = sql::give_list(&self.transaction, &list.name, self.listing)?;
                self.lists.push((id, list.is_lasting));
            }
            Ok(())
        };
        give().map_err(|error| explain(self.path, &error))
    }

    /// Adds one row of a source that was added before.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn add_row(&mut self, row: CheckedRow) -> Result<(), LedgerError> {
        self.add_prepared_row(&row.into())
    }

    /// Adds a prepared row.
    pub(super) fn add_prepared_row(&mut self, row: &PreparedRow) -> Result<(), LedgerError> {
        self.ordinal += 1;
        self.store(row).map_err(|error| explain(self.path, &error))
    }

    fn store(&mut self, row: &PreparedRow) -> db::Result<()> {
        let corrects = |source: &ImportSource| source.corrects;
        if let Some(origin) = &row.origin
            && self.sources.get(row.place.source).is_some_and(corrects)
            && self.correct(row, origin)?
        {
            return Ok(());
        }
        let source = self.list(row.place.source)?;
        let refused = row
            .origin
            .as_ref()
            .and_then(|origin| origin.refused.as_ref());
        if let Some((Some(code), written)) = refused
            && code.is_of_reading()
            && matches!(row.content, PreparedContent::Message(_))
        {
            return self.refuse(row, source, *code, written);
        }
        self.with_record(row, source, Self::list_row)
    }

    /// Calls `then` with a row as it is to be stored.
    pub(super) fn with_record<T>(
        &mut self,
        row: &PreparedRow,
        source: i64,
        then: impl FnOnce(&mut Self, &InputRecord<'_>) -> db::Result<T>,
    ) -> db::Result<T> {
        let blank = self.blank(row, source);
        match &row.content {
            PreparedContent::Message(message) => self.with_message(message, &blank, then),
            PreparedContent::Problem(problem, written) => {
                let sentence = problem.sentence.to_keep();
                let row = InputRecord {
                    recipient: &written.recipient,
                    phone_contact: &written.phone_contact,
                    names: written.names.each_ref().map(String::as_str),
                    error: Some(problem.code.as_str()),
                    explanation: Some(&sentence),
                    ..blank
                };
                then(self, &row)
            }
        }
    }

    /// Commits the import. Rows that were not listed again are removed, unless the service has taken their contacts or
    /// may have taken them. `input` is a name by which the input is recognized later, see [`Ledger::input`].
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written, or if it is not known which rows the corrections replace.
    pub fn finish(self, input: Option<&str>) -> Result<ImportSummary, LedgerError> {
        let path = self.path;
        if let Some(error) = self.unplaced_error() {
            return Err(error);
        }
        self.finish_all(input)
            .map_err(|error| explain(path, &error))
    }

    fn unplaced_error(&self) -> Option<LedgerError> {
        let first = self.unplaced.first()?;
        let source = self.sources.get(first.source)?;
        Some(LedgerError::Unplaced {
            file: source.record.name.clone(),
            row: first.row,
            rows: self.unplaced.len() as u64,
        })
    }

    fn finish_all(mut self, input: Option<&str>) -> db::Result<ImportSummary> {
        self.flush_rows()?;
        let mut summary = ImportSummary {
            corrected: self.corrected,
            stand_ins: self.stand_ins,
            untouched: self.untouched,
            ..ImportSummary::default()
        };
        if self.first {
            sql::build_key_index(&self.transaction)?;
        } else {
            summary.took_place = self.take_places()?;
            summary.dropped = sql::drop_unlisted(&self.transaction, self.listing)?;
            for (_, old) in &summary.took_place {
                corrections::drop_empty_source(&self.transaction, old)?;
            }
        }
        if !self.origins.is_empty() {
            corrections::end_corrections(&self.transaction)?;
        }
        if self.has_corrections {
            corrections::forget_dropped(&self.transaction)?;
        }
        sql::set_fact(&self.transaction, INPUT, input.unwrap_or_default())?;
        self.transaction.commit()?;
        Ok(summary)
    }

    /// Detects files that replaced another one, such as a list that was saved in another format: a file replaces one
    /// that is not given if it has the same stem and at least half of its messages. Returns each new name with the old
    /// one.
    fn take_places(&self) -> db::Result<Vec<(String, String)>> {
        let mut took_place = Vec::new();
        if !self.others {
            return Ok(took_place);
        }
        for source in &self.sources {
            let Some(id) = source.id else { continue };
            let name = &source.record.name;
            let absent = corrections::absent_sources(&self.transaction, self.listing)?;
            for (other, old) in absent
                .into_iter()
                .filter(|(_, old)| stem(old) == stem(name))
            {
                let (messages, moved) = corrections::moved(&self.transaction, other, id)?;
                if moved > 0 && moved * 2 >= messages {
                    corrections::empty_source(&self.transaction, other, self.listing)?;
                    took_place.push((name.clone(), old));
                }
            }
        }
        Ok(took_place)
    }

    /// Records which of the given stop lists contain a person: `lists`. Returns whether the person is suppressed.
    fn note_kept_out(&mut self, person: &str, lists: &[usize]) -> db::Result<bool> {
        let known = self.keeps_out && sql::is_kept_out(&self.transaction, person)?;
        if !known && lists.is_empty() {
            return Ok(false);
        }
        for (place, (list, is_lasting)) in self.lists.iter().enumerate() {
            if lists.contains(&place) {
                sql::keep_out(&self.transaction, person, *list)?;
            } else if *is_lasting {
                sql::release(&self.transaction, person, *list)?;
            }
        }
        self.keeps_out = true;
        Ok(!lists.is_empty() || sql::is_kept_out(&self.transaction, person)?)
    }

    fn with_message<T>(
        &mut self,
        message: &PreparedMessage,
        blank: &InputRecord<'_>,
        then: impl FnOnce(&mut Self, &InputRecord<'_>) -> db::Result<T>,
    ) -> db::Result<T> {
        let is_kept_out = self.note_kept_out(&message.person, &message.lists)?;
        let state = if is_kept_out {
            State::Suppressed
        } else {
            State::Pending
        };
        let row = InputRecord {
            state,
            recipient: &message.recipient,
            phone_contact: &message.phone_contact,
            names: message.names(),
            key: Some((&message.person, &message.contact)),
            chat: message.chat.as_deref(),
            ..blank.clone()
        };
        then(self, &row)
    }

    /// Writes buffered rows; must be called before rows are queried.
    pub(super) fn flush_rows(&mut self) -> db::Result<()> {
        self.rows.flush()
    }

    pub(super) fn list_row(&mut self, row: &InputRecord<'_>) -> db::Result<()> {
        if self.list_if_corrected(row)? {
            return Ok(());
        }
        if self.first {
            return sql::add_row_to(&mut self.rows, row);
        }
        let Some((person, contact)) = row.key else {
            return sql::add_row(&self.transaction, row);
        };
        let chat = row.chat.unwrap_or(person);
        if self.doubles && sql::move_double(&self.transaction, row, chat)? {
            return Ok(());
        }
        if self.others {
            sql::leave_duplicate(&self.transaction, row)?;
        }
        if sql::list_row(&self.transaction, row)? {
            return Ok(());
        }
        let duplicate = InputRecord {
            state: State::Duplicate,
            key: None,
            chat: None,
            duplicate_of: sql::id_of_key(&self.transaction, person, contact)?,
            ..row.clone()
        };
        sql::add_row(&self.transaction, &duplicate)
    }

    /// Returns a record with only the place of a row and its own cells.
    pub(super) fn blank<'b>(&self, row: &'b PreparedRow, source: i64) -> InputRecord<'b> {
        InputRecord {
            position: (source << 40) | self.ordinal,
            source,
            number: row.place.row,
            listing: self.listing,
            state: State::Invalid,
            recipient: "",
            phone_contact: "",
            names: [""; 4],
            key: None,
            chat: None,
            duplicate_of: None,
            own_cells: row.own_cells.as_deref(),
            error: None,
            explanation: None,
            zone: row.time_zone.as_deref(),
        }
    }
}

/// Returns the name of a file without its extension, in lower case.
fn stem(name: &str) -> String {
    name.rsplit_once('.')
        .map_or(name, |(stem, _)| stem)
        .to_lowercase()
}
