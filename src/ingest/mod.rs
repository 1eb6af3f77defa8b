//! Turns rows into messages and problems: finds the columns, reads the phone cells and names, pairs recipients with
//! contacts. Rows are processed one by one; only the contacts of `--contacts` are held in memory. Nothing is guessed
//! silently: each repair causes a warning for its row.

mod cards;
mod choice;
mod columns;
mod encoded;
mod field;
mod full_name;
mod fuzz;
mod header;
mod header_error;
mod heading_map;
mod headings;
mod in_order;
mod later_headings;
mod list_entries;
mod loaded_contact;
mod lookalike;
mod mapping;
mod match_text;
mod matching;
mod mojibake;
mod name_columns;
mod names;
mod nobody;
mod normalize;
mod number_joins;
mod number_parts;
mod number_readings;
mod number_rules;
mod numbers;
mod options;
mod pairs;
mod placeholders;
mod recipient_arg;
mod recipients;
mod row;
mod rows;
mod source;
mod suppression;
mod written_number;

use std::path::{Path, PathBuf};

use crate::domain::{CheckedRow, Recipient, RowCheck, Warning};
use crate::i18n::{Language, messages};

pub use columns::{Field, FieldError};
#[doc(hidden)]
pub use fuzz::check_number;
pub use header::HeaderError;
pub use mapping::{MapError, mapped};
pub use names::name_as_sent;
pub use numbers::{NumberLengths, NumberRules};
pub use options::{IngestOptions, ReadError};
pub use recipient_arg::{RecipientArg, RecipientArgError};
pub use source::{Source, SourceCounts};
pub use suppression::{SuppressedDigests, Suppression, UnreadEntry, suppressed_chats};

use header::Role;
use matching::ContactIndex;
use pairs::ContactList;
use source::InputReader;
use suppression::Suppressed;

/// The inputs as the user gave them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Tables with recipient and contact in each row.
    pub inputs: Vec<PathBuf>,
    /// Recipients who get every contact of `contacts`.
    pub recipients: Vec<RecipientArg>,
    /// Files of contacts.
    pub contacts: Vec<PathBuf>,
    /// Stop lists: people who must not be written to.
    pub suppress: Vec<PathBuf>,
}

/// Which sources hold recipients and which hold contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    /// The position of the first source of recipients.
    pub first_recipient: usize,
    /// The position of the first source of contacts; the sources before it hold recipients.
    pub first_contact: usize,
    /// How many recipients the command line names.
    pub given: u64,
}

/// All inputs, opened, with their columns found. No row has been handed out yet.
pub struct OpenedInputs {
    sources: Vec<Source>,
    messages: Vec<InputReader>,
    recipients: Vec<InputReader>,
    contacts: Vec<InputReader>,
    given: Vec<(Recipient, Vec<Warning>)>,
    suppressed: Suppressed,
    suppressions: Vec<Suppression>,
    numbers: NumberRules,
}

messages! {
    /// Why the inputs cannot be used. No row has been handed out.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum OpenError {
        /// No file was given.
        Nothing =
            en "nothing to send: give a table, or --recipients with --contacts",
            ru "отправлять нечего: укажите таблицу или --recipients вместе с --contacts",
        /// Recipients were given, but no contacts.
        NoContacts =
            en "--recipients needs contacts to send: add --contacts FILE",
            ru "для --recipients нужны контакты: добавьте --contacts ФАЙЛ",
        /// Contacts were given, but no recipients.
        NoRecipients =
            en "--contacts needs recipients: add --recipients with a file, a number or a chat id",
            ru "для --contacts нужны получатели: добавьте --recipients с файлом, номером или chat id",
        /// `--match` was given, but the recipients have no columns.
        NoMatch(column: String) =
            en "--match {column} names a column of --recipients, so --recipients must be tables (not a vCard file, a \
                number or a chat id), and --contacts must hold the contacts",
            ru "--match {column} — это столбец в --recipients, поэтому там должны быть таблицы, а не файл vCard, \
                номер или chat id, а контакты должны быть в --contacts",
        /// A file cannot be read, or its columns cannot be found.
        Header(#[from] error: HeaderError) = en "{error}", ru "{error}",
    }
}

impl OpenedInputs {
    /// Opens every file and finds its columns. Sources are numbered in the order inputs (results files last),
    /// recipients, contacts; recipients named on the command line are not a source.
    ///
    /// # Errors
    /// [`OpenError`] when a side is missing or a file cannot be used.
    pub fn open(inputs: &Inputs, options: &IngestOptions) -> Result<Self, OpenError> {
        match (
            inputs.inputs.is_empty(),
            inputs.recipients.is_empty(),
            inputs.contacts.is_empty(),
        ) {
            (true, true, true) => return Err(OpenError::Nothing),
            (_, false, true) => return Err(OpenError::NoContacts),
            (_, true, false) => return Err(OpenError::NoRecipients),
            (false, true, true) | (_, false, false) => {}
        }
        let (suppressed, suppressions) = Suppressed::open(&inputs.suppress, options)?;
        let (mut files, mut given) = (Vec::new(), Vec::new());
        for recipient in &inputs.recipients {
            match recipient {
                RecipientArg::File(path) => files.push(path.clone()),
                RecipientArg::Recipient(recipient, warnings) => {
                    given.push((recipient.clone(), warnings.clone()));
                }
            }
        }
        let open = |role, paths: &[PathBuf]| {
            paths
                .iter()
                .map(|path| InputReader::open(path, role, options))
                .collect::<Result<Vec<_>, _>>()
        };
        let mut messages = open(Role::Messages, &inputs.inputs)?;
        // Corrected results take the place of rows of their list, so that comes first.
        messages.sort_by_key(|input| input.source.campaign.is_some());
        let recipients = open(Role::Recipients, &files)?;
        let contacts = open(Role::Contacts, &inputs.contacts)?;
        let have_column = given.is_empty()
            && !recipients.is_empty()
            && recipients.iter().all(InputReader::is_table);
        if let Some(column) = options.match_column.as_ref().filter(|_| !have_column) {
            return Err(OpenError::NoMatch(column.clone()));
        }
        let all = messages.iter().chain(&recipients).chain(&contacts);
        let sources = source::named(all.map(|input| input.source.clone()).collect());
        let numbers = options.numbers;
        Ok(Self {
            sources,
            messages,
            recipients,
            contacts,
            given,
            suppressed,
            suppressions,
            numbers,
        })
    }

    /// Returns the stop lists.
    #[must_use]
    pub fn suppressions(&self) -> &[Suppression] {
        &self.suppressions
    }

    /// Returns the files, in the order in which row places number them.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Returns how the files are paired; `None` if recipients and contacts are not in separate files.
    #[must_use]
    pub fn pairing(&self) -> Option<Pairing> {
        let first_recipient = self.messages.len();
        let first_contact = first_recipient + self.recipients.len();
        (!self.contacts.is_empty()).then_some(Pairing {
            first_recipient,
            first_contact,
            given: self.given.len() as u64,
        })
    }

    /// Hands every checked row to `sink`, in the order of sources and rows, and returns the counts of each
    /// source. A recipient who gets several contacts has several checked rows with the same row number.
    ///
    /// # Errors
    /// [`ReadError`] when a file cannot be read any further, or when `sink` fails.
    pub fn read<E>(
        self,
        sink: &mut dyn FnMut(CheckedRow) -> Result<(), E>,
    ) -> Result<Vec<SourceCounts>, ReadError<E>> {
        let suppressed = self.suppressed;
        let sink = &mut |row| sink(unless_suppressed(row, &suppressed));
        let (first_recipient, all) = (self.messages.len(), self.sources.len());
        let first_contact = all - self.contacts.len();
        let mut contacts = Vec::new();
        let mut contact_rows = Vec::new();
        for (source, input) in (first_contact..).zip(self.contacts) {
            let numbers = input.numbers(self.numbers);
            contact_rows.push(pairs::load_contacts(input, source, numbers, &mut contacts)?);
        }
        let index = ContactIndex::new(&contacts, self.numbers);
        let list = ContactList {
            contacts: &contacts,
            index: &index,
        };
        let mut rows = Vec::with_capacity(all);
        for (source, input) in (0..).zip(self.messages) {
            let numbers = input.numbers(self.numbers);
            rows.push(pairs::messages(input, source, numbers, sink)?);
        }
        for (source, input) in (first_recipient..).zip(self.recipients) {
            let numbers = input.numbers(self.numbers);
            rows.push(pairs::recipients(input, source, numbers, list, sink)?);
        }
        pairs::contact_rows(contacts, &self.given, sink)?;
        rows.extend(contact_rows);
        Ok(rows)
    }
}

/// Returns the campaign whose results a file holds, as its first row names it; `None` for any other file.
#[must_use]
pub fn campaign_of_results(path: &Path) -> Option<String> {
    // A pipe can be read only once.
    if !path.is_file() {
        return None;
    }
    let input = InputReader::open(path, Role::Messages, &IngestOptions::default()).ok()?;
    input.source.campaign
}

fn unless_suppressed(row: CheckedRow, suppressed: &Suppressed) -> CheckedRow {
    match row.finding {
        RowCheck::Message(message) => {
            let lists = suppressed.lists_of(&message.recipient);
            let finding = if lists.is_empty() {
                RowCheck::Message(message)
            } else {
                RowCheck::Suppressed(message, lists)
            };
            CheckedRow { finding, ..row }
        }
        RowCheck::Suppressed(..) | RowCheck::Problem(..) => row,
    }
}

#[cfg(test)]
mod tests;
