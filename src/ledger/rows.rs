//! The rows as the results show them: the source of every report.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{domain::Status, i18n::Sentence};

use super::{
    Ledger,
    error::{LedgerError, explain},
    sql::{self, ResultRecord},
    state::State,
};

/// A source that the ledger knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The name that results show.
    pub name: String,
    /// The headings of its unused columns.
    pub own_columns: Vec<String>,
    /// The delimiter of the file, if it has one.
    pub delimiter: Option<char>,
    /// How the file was read, as shown to people: `CSV, windows-1251`; `None` in a ledger of version 1.
    pub layout: Option<String>,
}

/// One row as the results show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// The row number that the spreadsheet shows.
    pub row: u64,
    /// Position of its source in [`Ledger::sources`].
    pub source: usize,
    /// Whether it is still in the input.
    pub listed: bool,
    /// Whether its file was given when the input was last read, and the row was in it.
    pub given: bool,
    /// Its current status.
    pub status: Status,
    /// Whether a machine is sending it now, as its lease says; false in a file.
    pub is_being_sent: bool,
    /// The recipient: digits or a chat id; for an invalid row, the content of the cell.
    pub recipient: String,
    /// The contact's number; for an invalid row, the content of the cell.
    pub phone_contact: String,
    /// First, middle and last name and company.
    pub names: [String; 4],
    /// For a duplicate: the row that it repeats, and that row's source.
    pub duplicate_of: Option<(u64, usize)>,
    /// The cells of the source's own columns, in their order; may be shorter.
    pub own_cells: Vec<String>,
    /// A problem code, or the words of the service or the network.
    pub error: String,
    /// What is wrong with the row, or how it was settled, if that is known.
    pub explanation: Option<Sentence>,
    /// The number of requests that were made for it.
    pub attempts: u32,
    /// When the last request was begun.
    pub sent_at: Option<Timestamp>,
    /// The service's id of the message.
    pub id_message: String,
    /// Its last known delivery.
    pub delivery: String,
    /// When its delivery last changed.
    pub delivered_at: Option<Timestamp>,
    /// The name or id of its instance; empty if the ledger has only one.
    pub instance: String,
}

/// What rows refer to by id: the positions of sources and the names of instances.
struct Known {
    order: HashMap<i64, usize>,
    names: HashMap<i64, String>,
    /// The instances that machines drive now.
    driven: Vec<i64>,
}

impl Ledger {
    /// Returns every source, in the order in which they were added.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn sources(&self) -> Result<Vec<Listed>, LedgerError> {
        let records =
            sql::sources(&self.connection).map_err(|error| explain(&self.path, &error))?;
        records
            .into_iter()
            .map(|record| {
                Ok(Listed {
                    name: record.name,
                    own_columns: self.texts(&record.own_columns)?,
                    delimiter: record.delimiter.and_then(|text| text.chars().next()),
                    layout: record.layout,
                })
            })
            .collect()
    }

    /// Calls `each` for every row in the order of the input, until it fails.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read, or the error of `each`.
    pub fn each_row<E: From<LedgerError>>(
        &self,
        mut each: impl FnMut(ResultRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let records =
            sql::sources(&self.connection).map_err(|error| explain(&self.path, &error))?;
        let order: HashMap<i64, usize> = records.iter().map(|record| record.id).zip(0..).collect();
        let leases = self.live_leases()?;
        let instances = self.records()?;
        let driven = instances
            .iter()
            .filter(|record| leases.contains(&record.identity))
            .map(|record| record.id)
            .collect();
        let names: HashMap<i64, String> = instances
            .iter()
            .map(|record| (record.id, record.shown().to_owned()))
            .collect();
        let known = Known {
            order,
            names,
            driven,
        };
        let mut broken = None;
        sql::each_row(&self.connection, |record| {
            let result = self
                .result_row(record, &known)
                .map_err(E::from)
                .and_then(&mut each);
            broken = result.err();
            broken.is_none()
        })
        .map_err(|error| explain(&self.path, &error))?;
        broken.map_or(Ok(()), Err)
    }

    fn result_row(&self, record: ResultRecord, known: &Known) -> Result<ResultRow, LedgerError> {
        let source = |id: i64| {
            let place = known.order.get(&id).copied();
            place.ok_or_else(|| self.damaged(format!("a row names source {id}, which is missing")))
        };
        Ok(ResultRow {
            row: record.number,
            source: source(record.source)?,
            listed: record.listed,
            given: record.given,
            status: record.state.status(),
            is_being_sent: record.state == State::Sending
                && (record.instance).is_some_and(|id| known.driven.contains(&id)),
            recipient: record.recipient,
            phone_contact: record.phone_contact,
            names: record.names,
            duplicate_of: record
                .duplicate_of
                .map(|(row, id)| Ok::<_, LedgerError>((row, source(id)?)))
                .transpose()?,
            own_cells: record
                .own_cells
                .map_or_else(|| Ok(Vec::new()), |cells| self.texts(&cells))?,
            error: record.error.unwrap_or_default(),
            explanation: record.explanation.map(Sentence::kept),
            attempts: record.attempts,
            sent_at: record.sent_at,
            id_message: record.id_message.unwrap_or_default(),
            delivery: record.delivery.unwrap_or_default(),
            delivered_at: record.delivered_at,
            instance: record
                .instance
                .and_then(|id| known.names.get(&id))
                .cloned()
                .unwrap_or_default(),
        })
    }

    fn texts(&self, json: &str) -> Result<Vec<String>, LedgerError> {
        serde_json::from_str(json).map_err(|error| self.damaged(error.to_string()))
    }
}
