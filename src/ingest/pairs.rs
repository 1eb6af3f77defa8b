//! Pairs recipients with contacts. In an input each row is one message; every recipient of `--recipients` gets every
//! contact of `--contacts`. A problem on either side is reported once, at its own row.

use crate::domain::{
    CheckedRow, Contact, Message, Pair, Problem, Recipient, RowCheck, RowRef, Warning,
};
use crate::formats::FileProblem;

use super::loaded_contact::LoadedContact;
use super::matching::ContactIndex;
use super::numbers::{NumberRules, Parsed};
use super::options::ReadError;
use super::row::Row;
use super::source::{InputReader, SourceCounts};

/// Receives the checked rows.
pub(super) type RowSink<'a, E> = &'a mut dyn FnMut(CheckedRow) -> Result<(), E>;

/// The contacts of `--contacts`, and the index by which `--match` finds one of them.
#[derive(Clone, Copy)]
pub(super) struct ContactList<'a> {
    pub(super) contacts: &'a [LoadedContact],
    pub(super) index: &'a ContactIndex,
}

/// Checks a file with recipient and contact in each row.
pub(super) fn messages<E>(
    input: InputReader,
    source: usize,
    numbers: NumberRules,
    sink: RowSink<'_, E>,
) -> Result<SourceCounts, ReadError<E>> {
    let check = |row: &dyn Row| {
        let message = fault(row).and_then(|()| Ok((message(row, numbers)?, row.time_zone()?)));
        let place = row_ref(source, row);
        let checked = match message {
            Ok((message, time_zone)) => CheckedRow {
                time_zone,
                ..message_row(place, message, row.own_cells())
            },
            Err(problem) => problem_row(place, problem, row),
        };
        CheckedRow {
            origin: row.origin(),
            ..checked
        }
    };
    input.each(check, |row| sink(row).map_err(ReadError::Consumer))
}

/// Reads the contacts of a file into memory.
pub(super) fn load_contacts(
    input: InputReader,
    source: usize,
    numbers: NumberRules,
    contacts: &mut Vec<LoadedContact>,
) -> Result<SourceCounts, FileProblem> {
    let check = |row: &dyn Row| {
        let contact = fault(row).and_then(|()| row.contact(numbers));
        LoadedContact {
            place: row_ref(source, row),
            finding: contact.map_err(|problem| (problem, row.written())),
            own_cells: row.own_cells(),
            keys: row.keys(),
        }
    };
    input.each(check, |contact| {
        contacts.push(contact);
        Ok(())
    })
}

/// Gives every recipient of a file every contact, or the one contact that its row names. Each message has the row
/// number of the recipient.
pub(super) fn recipients<E>(
    input: InputReader,
    source: usize,
    numbers: NumberRules,
    list: ContactList<'_>,
    sink: RowSink<'_, E>,
) -> Result<SourceCounts, ReadError<E>> {
    let check = |row: &dyn Row| {
        let addressed = fault(row).and_then(|()| read_recipient_row(row, source, numbers, list));
        addressed.map_err(|problem| Box::new(problem_row(row_ref(source, row), problem, row)))
    };
    input.each(check, |checked| {
        let RecipientRow {
            place,
            recipient,
            contacts,
            time_zone,
            own_cells,
        } = match checked {
            Ok(addressed) => addressed,
            Err(row) => return sink(*row).map_err(ReadError::Consumer),
        };
        // One row may have thousands of contacts, so messages are made one at a time.
        for (at, contact) in contacts.iter().filter_map(LoadedContact::valid) {
            let message = pair(&recipient.value, &recipient.warnings, contact);
            let checked = message_row(place, message, own_cells.clone());
            let pair = Pair {
                recipient: Some(place),
                contact: at,
                recipient_warnings: recipient.warnings.len(),
            };
            sink(CheckedRow {
                time_zone: time_zone.clone(),
                pair: Some(pair),
                ..checked
            })
            .map_err(ReadError::Consumer)?;
        }
        Ok(())
    })
}

/// Hands out what belongs to the rows of the contacts: their problems, and the messages for the recipients named on the
/// command line, who have no row.
pub(super) fn contact_rows<E>(
    contacts: Vec<LoadedContact>,
    given: &[(Recipient, Vec<Warning>)],
    sink: RowSink<'_, E>,
) -> Result<(), ReadError<E>> {
    for LoadedContact {
        place,
        finding,
        own_cells,
        ..
    } in contacts
    {
        match finding {
            Ok(contact) => {
                for (recipient, warnings) in given {
                    let message = pair(recipient, warnings, &contact);
                    let pair = Pair {
                        recipient: None,
                        contact: place,
                        recipient_warnings: warnings.len(),
                    };
                    let checked = message_row(place, message, own_cells.clone());
                    sink(CheckedRow {
                        pair: Some(pair),
                        ..checked
                    })
                    .map_err(ReadError::Consumer)?;
                }
            }
            Err((problem, written)) => {
                let checked = checked_row(place, RowCheck::Problem(problem, written), own_cells);
                sink(checked).map_err(ReadError::Consumer)?;
            }
        }
    }
    Ok(())
}

fn fault(row: &dyn Row) -> Result<(), Problem> {
    row.fault().map_or(Ok(()), Err)
}

/// The row of one recipient.
struct RecipientRow<'a> {
    place: RowRef,
    recipient: Parsed<Recipient>,
    /// All contacts, or the one that the row names.
    contacts: &'a [LoadedContact],
    time_zone: Option<String>,
    own_cells: Vec<String>,
}

fn read_recipient_row<'a>(
    row: &dyn Row,
    source: usize,
    numbers: NumberRules,
    list: ContactList<'a>,
) -> Result<RecipientRow<'a>, Problem> {
    let mut recipient = row.recipient(numbers)?;
    let contacts = match row.match_cell() {
        Some(cell) => {
            let found = list.index.find(&cell, list.contacts)?;
            recipient.warnings.extend(found.warnings);
            std::slice::from_ref(found.contact)
        }
        None => list.contacts,
    };
    Ok(RecipientRow {
        place: row_ref(source, row),
        recipient,
        contacts,
        time_zone: row.time_zone()?,
        own_cells: row.own_cells(),
    })
}

fn message(row: &dyn Row, numbers: NumberRules) -> Result<Parsed<Message>, Problem> {
    let recipient = row.recipient(numbers)?;
    let contact = row.contact(numbers)?;
    let mut warnings = recipient.warnings;
    warnings.extend(contact.warnings);
    Ok(Parsed {
        value: Message {
            recipient: recipient.value,
            contact: contact.value,
        },
        warnings,
    })
}

fn pair(recipient: &Recipient, warnings: &[Warning], contact: &Parsed<Contact>) -> Parsed<Message> {
    Parsed {
        value: Message {
            recipient: recipient.clone(),
            contact: contact.value.clone(),
        },
        warnings: warnings.iter().chain(&contact.warnings).cloned().collect(),
    }
}

fn row_ref(source: usize, row: &dyn Row) -> RowRef {
    RowRef {
        source,
        row: row.number(),
    }
}

fn message_row(place: RowRef, message: Parsed<Message>, own_cells: Vec<String>) -> CheckedRow {
    CheckedRow {
        warnings: message.warnings,
        ..checked_row(place, RowCheck::Message(message.value), own_cells)
    }
}

fn problem_row(place: RowRef, problem: Problem, row: &dyn Row) -> CheckedRow {
    let finding = RowCheck::Problem(problem, row.written());
    checked_row(place, finding, row.own_cells())
}

const fn checked_row(place: RowRef, finding: RowCheck, own_cells: Vec<String>) -> CheckedRow {
    CheckedRow {
        place,
        finding,
        warnings: Vec::new(),
        pair: None,
        own_cells,
        time_zone: None,
        origin: None,
    }
}
