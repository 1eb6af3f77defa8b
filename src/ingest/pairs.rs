//! Rows to entries. In a file of its own each row is one message; of recipients and contacts given
//! apart every recipient gets every contact. A problem of one side is told once, at its own row.

use crate::domain::{CheckedRow, Contact, Message, Problem, Recipient, RowCheck, RowRef, Warning};
use crate::formats::FileProblem;

use super::loaded_contact::LoadedContact;
use super::matching::ContactIndex;
use super::numbers::{NumberRules, Parsed};
use super::options::ReadError;
use super::row::Row;
use super::source::{InputReader, SourceCounts};

/// Where entries go.
pub(super) type RowSink<'a, E> = &'a mut dyn FnMut(CheckedRow) -> Result<(), E>;

/// Tells a file with recipient and contact in each row; the number of its rows.
pub(super) fn messages<E>(
    opened: InputReader,
    source: usize,
    numbers: NumberRules,
    each: RowSink<'_, E>,
) -> Result<SourceCounts, ReadError<E>> {
    opened.each(|row| {
        let message = fault(row).and_then(|()| Ok((message(row, numbers)?, row.time_zone()?)));
        let (finding, time_zone) = match message {
            Ok((found, time_zone)) => ((RowCheck::Message(found.value), found.warnings), time_zone),
            Err(problem) => (
                (RowCheck::Problem(problem, row.written()), Vec::new()),
                None,
            ),
        };
        let entry = entry(
            RowRef {
                source,
                row: row.number(),
            },
            finding,
            row.own_cells(),
        );
        each(CheckedRow { time_zone, ..entry }).map_err(ReadError::Consumer)
    })
}

/// Reads the contacts of a file into memory; the number of its rows.
pub(super) fn hold(
    opened: InputReader,
    source: usize,
    numbers: NumberRules,
    held: &mut Vec<LoadedContact>,
) -> Result<SourceCounts, FileProblem> {
    opened.each(|row| {
        let finding = fault(row).and_then(|()| row.contact(numbers));
        held.push(LoadedContact {
            place: RowRef {
                source,
                row: row.number(),
            },
            finding: finding.map_err(|problem| (problem, row.written())),
            own_cells: row.own_cells(),
            keys: row.keys(),
        });
        Ok(())
    })
}

/// Tells every contact for every recipient of a file, at the recipient's row, or the one contact that the
/// row names; the number of its rows.
pub(super) fn recipients<E>(
    opened: InputReader,
    source: usize,
    (numbers, held, index): (NumberRules, &[LoadedContact], &ContactIndex),
    each: RowSink<'_, E>,
) -> Result<SourceCounts, ReadError<E>> {
    opened.each(|row| {
        let place = RowRef {
            source,
            row: row.number(),
        };
        match fault(row).and_then(|()| addressed(row, (numbers, held, index))) {
            Ok((found, cards, time_zone)) => {
                for card in cards.iter().filter_map(|card| card.finding.as_ref().ok()) {
                    let pair = pair((&found.value, &found.warnings), card);
                    let entry = entry(place, pair, row.own_cells());
                    each(CheckedRow {
                        time_zone: time_zone.clone(),
                        ..entry
                    })
                    .map_err(ReadError::Consumer)?;
                }
                Ok(())
            }
            Err(problem) => {
                let finding = (RowCheck::Problem(problem, row.written()), Vec::new());
                each(entry(place, finding, row.own_cells())).map_err(ReadError::Consumer)
            }
        }
    })
}

/// Tells what is at the rows of the contacts: their problems, and the messages for the recipients
/// of the command line, who have no row.
pub(super) fn cards<E>(
    held: Vec<LoadedContact>,
    given: &[(Recipient, Vec<Warning>)],
    each: RowSink<'_, E>,
) -> Result<(), ReadError<E>> {
    for LoadedContact {
        place,
        finding,
        own_cells,
        ..
    } in held
    {
        match finding {
            Ok(card) => {
                for (recipient, warnings) in given {
                    let pair = pair((recipient, warnings), &card);
                    each(entry(place, pair, own_cells.clone())).map_err(ReadError::Consumer)?;
                }
            }
            Err((problem, written)) => {
                let finding = (RowCheck::Problem(problem, written), Vec::new());
                each(entry(place, finding, own_cells)).map_err(ReadError::Consumer)?;
            }
        }
    }
    Ok(())
}

fn fault(row: &dyn Row) -> Result<(), Problem> {
    row.fault().map_or(Ok(()), Err)
}

/// RecipientArg gets a contact, the contacts to choose from, and the time zone that the row names.
type Addressed<'a> = (Parsed<Recipient>, &'a [LoadedContact], Option<String>);

/// RecipientArg gets a contact, the contacts to choose from (all, or the one that the row names), and the zone.
fn addressed<'a>(
    row: &dyn Row,
    (numbers, held, index): (NumberRules, &'a [LoadedContact], &ContactIndex),
) -> Result<Addressed<'a>, Problem> {
    let recipient = row.recipient(numbers)?;
    let cards = match row.wanted() {
        Some(wanted) => std::slice::from_ref(index.find(&wanted, held)?),
        None => held,
    };
    Ok((recipient, cards, row.time_zone()?))
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

fn pair(
    (recipient, warnings): (&Recipient, &Vec<Warning>),
    card: &Parsed<Contact>,
) -> (RowCheck, Vec<Warning>) {
    let message = Message {
        recipient: recipient.clone(),
        contact: card.value.clone(),
    };
    (
        RowCheck::Message(message),
        warnings.iter().chain(&card.warnings).cloned().collect(),
    )
}

fn entry(
    place: RowRef,
    (finding, warnings): (RowCheck, Vec<Warning>),
    own_cells: Vec<String>,
) -> CheckedRow {
    CheckedRow {
        place,
        finding,
        warnings,
        own_cells,
        time_zone: None,
    }
}
