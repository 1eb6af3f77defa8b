//! Brings the rows of the input into the ledger, as one transaction: a crash in the middle leaves
//! the ledger as it was. Memory stays flat; the unique key finds the duplicates.

use rusqlite::Transaction;

use crate::domain::{CheckedRow, Message, Problem, RawCells, RowCheck};

use super::{
    Ledger,
    error::{LedgerError, explain},
    input::{NewSource, SuppressionList},
    sql::{self, InputRecord, SourceRecord},
    state::State,
};

/// An import in progress; nothing of it lasts before [`Import::finish`].
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact that saves a statement a row"
)]
pub struct Import<'a> {
    transaction: Transaction<'a>,
    path: &'a std::path::Path,
    listing: i64,
    /// The ledger had no row: duplicates are found at the end, all at once.
    first: bool,
    /// The ledger knows files that are not given.
    others: bool,
    /// The ledger has doubles, see [`sql::has_doubles`].
    doubles: bool,
    sources: Vec<i64>,
    /// The lists that are given: the id, and whether it lasts.
    lists: Vec<(i64, bool)>,
    /// A list keeps somebody out.
    keeps_out: bool,
    ordinal: i64,
}

/// The fact that names the input of the last import.
const INPUT: &str = "input";

impl Ledger {
    /// The name of the input that was imported last, if it had one.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn input(&self) -> Result<Option<String>, LedgerError> {
        let name =
            sql::fact(&self.connection, INPUT).map_err(|error| explain(&self.path, &error))?;
        Ok(name.filter(|name| !name.is_empty()))
    }

    /// Begins to read the input again.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn import(&mut self) -> Result<Import<'_>, LedgerError> {
        let path = &self.path;
        let begin = || {
            let listing = sql::last_listing(&self.connection)? + 1;
            let transaction = self.connection.unchecked_transaction()?;
            let first = !sql::has_rows(&transaction)?;
            if first {
                sql::drop_key_index(&transaction)?;
            }
            let doubles = sql::has_doubles(&transaction)?;
            let keeps_out = sql::keeps_out(&transaction)?;
            let (sources, lists, ordinal) = (Vec::new(), Vec::new(), 0);
            let others = false;
            Ok(Import {
                transaction,
                path,
                listing,
                first,
                others,
                doubles,
                sources,
                lists,
                keeps_out,
                ordinal,
            })
        };
        begin().map_err(|error| explain(path, &error))
    }
}

impl Import<'_> {
    /// The next source, before the first entry; entries name it by its position in the order of these
    /// calls.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn source(&mut self, source: NewSource<'_>) -> Result<(), LedgerError> {
        let record = SourceRecord {
            id: 0,
            name: source.name.to_owned(),
            own_columns: serde_json::json!(source.own_columns).to_string(),
            delimiter: source.delimiter.map(String::from),
            layout: source.layout.map(str::to_owned),
        };
        let id = sql::list_source(&self.transaction, &record, self.listing)
            .map_err(|error| explain(self.path, &error))?;
        self.sources.push(id);
        self.others = sql::has_other_sources(&self.transaction, self.listing)
            .map_err(|error| explain(self.path, &error))?;
        Ok(())
    }

    /// The suppression lists, before the first entry; entries name them by their positions. Whom other lists
    /// named in earlier imports stays kept out, unless that is to be forgotten.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn lists(
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

    /// One row of a source that was told before.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn entry(&mut self, entry: &CheckedRow) -> Result<(), LedgerError> {
        self.ordinal += 1;
        match &entry.finding {
            RowCheck::Message(message) => self.message(entry, message, &[]),
            RowCheck::Suppressed(message, lists) => self.message(entry, message, lists),
            RowCheck::Problem(problem, written) => self.problem(entry, problem, written),
        }
        .map_err(|error| explain(self.path, &error))
    }

    /// Makes the import last: rows that were not listed again are gone, unless the service has
    /// taken them or may have taken them. `input` is a name by which the input is known again, see
    /// [`Ledger::input`]. Gives how many rows were waiting to be sent and are gone.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn finish(self, input: Option<&str>) -> Result<u64, LedgerError> {
        let Self {
            transaction,
            path,
            listing,
            first,
            ..
        } = self;
        let drop_unlisted = || {
            if first {
                return sql::build_key_index(&transaction).map(|()| 0);
            }
            sql::drop_unlisted(&transaction, listing)
        };
        sql::set_fact(&transaction, INPUT, input.unwrap_or_default())
            .and_then(|()| drop_unlisted())
            .and_then(|dropped| transaction.commit().map(|()| dropped))
            .map_err(|error| explain(path, &error))
    }

    /// Whether somebody must not be written to, whom these of the lists name that are given.
    fn is_kept_out(&mut self, person: &str, lists: &[usize]) -> rusqlite::Result<bool> {
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

    fn message(
        &mut self,
        entry: &CheckedRow,
        message: &Message,
        lists: &[usize],
    ) -> rusqlite::Result<()> {
        let chat = message.recipient.chat();
        let person = chat.person();
        let is_kept_out = self.is_kept_out(person.as_str(), lists)?;
        let state = if is_kept_out {
            State::Suppressed
        } else {
            State::Pending
        };
        let contact = message.contact_digest().0;
        let recipient = message.recipient.to_string();
        let phone_contact = message.contact.phone().to_string();
        let own_cells = own_cells(entry);
        let row = InputRecord {
            state,
            recipient: &recipient,
            phone_contact: &phone_contact,
            names: message.contact.names(),
            key: Some((person.as_str(), &contact)),
            chat: (person.as_str() != chat.as_str()).then_some(chat.as_str()),
            own_cells: own_cells.as_deref(),
            zone: entry.time_zone.as_deref(),
            ..self.blank(entry)
        };
        if self.first {
            return sql::add_row(&self.transaction, &row);
        }
        if self.doubles && sql::move_double(&self.transaction, &row, chat.as_str())? {
            return Ok(());
        }
        if self.others {
            sql::leave_duplicate(&self.transaction, &row)?;
        }
        if sql::list_row(&self.transaction, &row)? {
            return Ok(());
        }
        let original = sql::id_of_key(&self.transaction, person.as_str(), &contact)?;
        let duplicate_of = Some(original);
        let duplicate = InputRecord {
            state: State::Duplicate,
            key: None,
            chat: None,
            duplicate_of,
            ..row
        };
        sql::add_row(&self.transaction, &duplicate)
    }

    fn problem(
        &self,
        entry: &CheckedRow,
        problem: &Problem,
        written: &RawCells,
    ) -> rusqlite::Result<()> {
        let own_cells = own_cells(entry);
        let sentence = problem.sentence.to_keep();
        let row = InputRecord {
            state: State::Invalid,
            recipient: &written.recipient,
            phone_contact: &written.phone_contact,
            names: written.names.each_ref().map(String::as_str),
            own_cells: own_cells.as_deref(),
            error: Some(problem.code.as_str()),
            explanation: Some(&sentence),
            ..self.blank(entry)
        };
        sql::add_row(&self.transaction, &row)
    }

    /// The place of an entry; everything else is still to be filled in.
    fn blank(&self, entry: &CheckedRow) -> InputRecord<'static> {
        let source = self
            .sources
            .get(entry.place.source)
            .copied()
            .unwrap_or_default();
        InputRecord {
            position: (source << 40) | self.ordinal,
            source,
            number: entry.place.row,
            listing: self.listing,
            state: State::Invalid,
            recipient: "",
            phone_contact: "",
            names: [""; 4],
            key: None,
            chat: None,
            duplicate_of: None,
            own_cells: None,
            error: None,
            explanation: None,
            zone: None,
        }
    }
}

fn own_cells(entry: &CheckedRow) -> Option<String> {
    let filled = entry.own_cells.iter().any(|cell| !cell.is_empty());
    filled.then(|| serde_json::json!(entry.own_cells).to_string())
}
