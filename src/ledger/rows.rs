//! The rows as the results show them: what every report is made of.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{domain::Status, i18n::Sentence};

use super::{
    Ledger,
    error::{LedgerError, explain},
    sql::{self, ResultRecord},
};

/// A source that the ledger knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The name that results show.
    pub name: String,
    /// The headings of its columns that are not used.
    pub own_columns: Vec<String>,
    /// The delimiter of the file, if it has one.
    pub delimiter: Option<char>,
    /// How the file was read, for a person: `CSV, windows-1251`; nothing in a ledger of version 1.
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
    /// Whether its file was given when the input was read last, and it was in it.
    pub given: bool,
    /// What it is now.
    pub status: Status,
    /// The recipient: digits or a chat id; of an invalid row, what the cell says.
    pub recipient: String,
    /// The contact's number; of an invalid row, what the cell says.
    pub phone_contact: String,
    /// First, middle and last name and company.
    pub names: [String; 4],
    /// Of a duplicate: the row that it repeats, and that row's source.
    pub duplicate_of: Option<(u64, usize)>,
    /// The cells of the source's own columns, in their order; may be shorter.
    pub own_cells: Vec<String>,
    /// A problem code, or the words of the service or the network.
    pub error: String,
    /// What is wrong with the row, or how it was settled, if that is known.
    pub explanation: Option<Sentence>,
    /// Requests that were made for it.
    pub attempts: u32,
    /// When the last request was begun.
    pub sent_at: Option<Timestamp>,
    /// The service's name for the message.
    pub id_message: String,
    /// What is known of its delivery.
    pub delivery: String,
    /// When its delivery became so.
    pub delivered_at: Option<Timestamp>,
    /// The instance whose contact it is, by its name or id; empty where the ledger has only one.
    pub instance: String,
}

/// What rows name by its id: the places of sources, and instances.
struct Known {
    order: HashMap<i64, usize>,
    names: HashMap<i64, String>,
}

impl Ledger {
    /// Every source, in the order in which they came.
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

    /// Hands out every row in the order of the input, until `each` breaks with an error.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read, or whatever `each` broke with.
    pub fn each_row<E: From<LedgerError>>(
        &self,
        mut each: impl FnMut(ResultRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let records =
            sql::sources(&self.connection).map_err(|error| explain(&self.path, &error))?;
        let order: HashMap<i64, usize> = records.iter().map(|record| record.id).zip(0..).collect();
        let names: HashMap<i64, String> = self
            .records()?
            .iter()
            .map(|record| (record.id, record.shown().to_owned()))
            .collect();
        let known = Known { order, names };
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
