//! Reads one row of a table by the columns of its header: the recipient and the contact.

use std::borrow::Cow;

use crate::domain::{
    Contact, Origin, Phone, Problem, ProblemCode, RawCells, Recipient, Status, is_blank,
};
use crate::formats::{Cell, RowFault, TableRow};
use crate::i18n::Sentence;
use crate::send_policy::Zone;

use super::choice::{Candidate, choose};
use super::columns;
use super::full_name;
use super::header::{Header, PhoneColumn};
use super::names::{self, Name};
use super::numbers::{
    NumberFault, NumberProblem, NumberRules, Parsed, clipped, invalid, read_number,
};
use super::recipients::{self, read_recipient};
use super::row::{ContactKeys, MatchCell, Row};

/// A row, with the header of its table.
pub(super) struct MappedRow<'a> {
    pub(super) header: &'a Header,
    pub(super) row: &'a TableRow,
    /// The row with other headings, if this row is that row or below it, or that of the headings, if this row is above
    /// them: then no column is certain.
    pub(super) other_headings: Option<u64>,
}

impl Row for MappedRow<'_> {
    fn number(&self) -> u64 {
        self.row.number
    }

    fn fault(&self) -> Option<Problem> {
        self.below_other_headings()
            .or_else(|| self.surplus())
            .or_else(|| self.row.fault.map(|fault| self.of_fault(fault)))
    }

    /// Returns the recipient. If a row has a chat id and a number of the same person, the chat id is taken.
    fn recipient(&self, numbers: NumberRules) -> Result<Parsed<Recipient>, Problem> {
        let mut found: Vec<Parsed<Recipient>> = Vec::new();
        for columns in self.recipient_columns() {
            let read = |index| self.read_recipient(index, numbers);
            if let Some(read) = choose(columns.iter().copied().map(read)) {
                found.push(read?);
            }
        }
        let is_another =
            |other: &&Parsed<Recipient>| other.value.person() != found[0].value.person();
        if let Some(other) = found.iter().skip(1).find(is_another) {
            return Err(self.disagreement(&found[0].value, &other.value));
        }
        found
            .into_iter()
            .next()
            .ok_or_else(|| self.recipient_missing())
    }

    fn contact(&self, numbers: NumberRules) -> Result<Parsed<Contact>, Problem> {
        let columns = self.filled(&self.header.phone_contacts);
        let read = |index| self.read_phone(index, numbers);
        let phone =
            choose(columns.into_iter().map(read)).unwrap_or_else(|| Err(self.phone_missing()))?;
        names::contact(phone, self.names())
    }

    fn time_zone(&self) -> Result<Option<String>, Problem> {
        let filled = self.header.time_zone.filter(|index| self.is_filled(*index));
        filled.map(|index| self.read_time_zone(index)).transpose()
    }

    fn written(&self) -> RawCells {
        // A results file is an input again: there a cell under the wrong heading would be read as if it were right.
        if self.other_headings.is_some() {
            return RawCells::default();
        }
        let first =
            |columns: &Vec<usize>| columns.first().map(|index| self.text(*index).to_owned());
        let recipients: Vec<String> = self.recipient_columns().iter().filter_map(first).collect();
        let phone = self.filled(&self.header.phone_contacts);
        RawCells {
            recipient: recipients.join(" / "),
            phone_contact: first(&phone).unwrap_or_default(),
            names: self.names().map(Name::shown),
        }
    }

    fn own_cells(&self) -> Vec<String> {
        self.header
            .own_columns
            .iter()
            .map(|index| self.text(*index).to_owned())
            .collect()
    }

    fn origin(&self) -> Option<Box<Origin>> {
        let results = self
            .header
            .results
            .filter(|_| self.other_headings.is_none())?;
        let cell = |name| Some(self.text(results.position(name)?).trim());
        let status = cell("status").and_then(Status::from_word);
        let refused = (status == Some(Status::Invalid)).then(|| {
            let code = cell("error").and_then(ProblemCode::parse);
            (code, self.written())
        });
        Some(Box::new(Origin {
            campaign: cell("campaign")?.to_owned(),
            source: cell("source")?.to_owned(),
            row: row_number(cell("row")?)?,
            status,
            refused,
        }))
    }

    fn keys(&self) -> ContactKeys {
        let certain = |index: &usize| {
            let is_certain = self.unclear_format(*index).is_none();
            is_certain.then(|| self.text(*index).to_owned())
        };
        let full_names = self.header.full_names.iter().map(|(index, _)| index);
        ContactKeys {
            names: self.names().map(|name| name.text.into_owned()),
            full_names: full_names.filter_map(certain).collect(),
            ids: self.header.keys.iter().filter_map(certain).collect(),
        }
    }

    fn match_cell(&self) -> Option<MatchCell<'_>> {
        let index = self.header.match_column?;
        Some(MatchCell {
            column: self.heading(index),
            cell: self.text(index),
            unclear_format: self.unclear_format(index),
        })
    }
}

/// Reads the number of a row; some programs write it as `2.0`.
fn row_number(text: &str) -> Option<u64> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

impl MappedRow<'_> {
    fn cell(&self, index: usize) -> Option<&Cell> {
        self.row.cells.get(index)
    }

    fn text(&self, index: usize) -> &str {
        self.cell(index)
            .map(|cell| cell.text.as_str())
            .unwrap_or_default()
    }

    /// Returns the number format of a cell if it is not certain which number the cell shows.
    fn unclear_format(&self, index: usize) -> Option<&str> {
        self.cell(index)?.unclear_format.as_deref()
    }

    fn format_unclear(&self, index: usize) -> Option<Sentence> {
        let format = clipped(self.unclear_format(index)?);
        let value = clipped(self.text(index));
        Some(Sentence::FormatUnclear { value, format })
    }

    fn heading(&self, index: usize) -> &str {
        &self.header.headings[index]
    }

    fn is_filled(&self, index: usize) -> bool {
        !is_blank(self.text(index))
    }

    /// Returns the filled columns that can name the recipient: chat ids, numbers, either.
    fn recipient_columns(&self) -> [Vec<usize>; 3] {
        let filled = |columns: &[usize]| {
            columns
                .iter()
                .copied()
                .filter(|index| self.is_filled(*index))
                .collect()
        };
        [
            filled(&self.header.chat_ids),
            self.filled(&self.header.phone_numbers),
            filled(&self.header.recipients),
        ]
    }

    /// Returns the filled phone columns, best first; a label in the row overrules the heading.
    fn filled(&self, columns: &[PhoneColumn]) -> Vec<usize> {
        let rank = |column: &PhoneColumn| match column.label {
            Some(label) => columns::label_rank(self.text(label)),
            None => Some(column.rank),
        };
        let filled = columns.iter().filter(|column| self.is_filled(column.index));
        let mut ranked: Vec<_> = filled
            .filter_map(|column| Some((rank(column)?, column.index)))
            .collect();
        if columns.iter().any(|column| column.label.is_some()) {
            ranked.sort_by_key(|(rank, _)| *rank);
        }
        ranked.into_iter().map(|(_, index)| index).collect()
    }

    /// Returns first, middle and last name and company. The full names of the row fill what is blank: the first person
    /// fills the names, the first company fills the company.
    fn names(&self) -> [Name<'_>; 4] {
        let mut names = self
            .header
            .names
            .each_ref()
            .map(|columns| self.name(columns));
        if let (true, Some((index, _))) =
            (names[0].column.is_empty(), self.header.full_names.first())
        {
            names[0].column = self.heading(*index);
        }
        let full_names = self.header.full_names.iter();
        for (index, order) in full_names.filter(|(index, _)| self.is_filled(*index)) {
            let name = Name::read(self.heading(*index), self.text(*index));
            if names[..3].iter().all(Name::is_blank) {
                let split = name.split(|name| full_name::split(name, *order).map(Cow::into_owned));
                fill_with_only_name(&mut names, split);
            } else {
                let known = [0, 1, 2].map(|part| names[part].text.clone());
                let known = known.each_ref().map(|part| &**part);
                let split = name.split(|name| full_name::split_beside(name, *order, known));
                fill_blanks(&mut names, split);
            }
        }
        names
    }

    /// Returns the first of several columns that has a name; if none has, the first filled one.
    fn name(&self, columns: &[usize]) -> Name<'_> {
        let read = |index: &usize| Name::read(self.heading(*index), self.text(*index));
        let filled = || {
            columns
                .iter()
                .filter(|index| self.is_filled(**index))
                .map(read)
        };
        let named = filled()
            .find(|name| !name.is_blank())
            .or_else(|| filled().next());
        named
            .or_else(|| columns.first().map(read))
            .unwrap_or_default()
    }

    fn read_recipient(&self, index: usize, numbers: NumberRules) -> Candidate<'_, Recipient> {
        let numeric = self.cell(index).is_some_and(|cell| cell.numeric);
        let reading = match self.format_unclear(index) {
            Some(sentence) => Err(self.problem(ProblemCode::RecipientInvalid, index, sentence)),
            None => self
                .refuse_digits_apart(index)
                .map_err(recipients::of_number)
                .and_then(|()| read_recipient(self.text(index), numeric, numbers))
                .map_err(|problem| self.problem(problem.code, index, problem.sentence)),
        };
        Candidate {
            written: self.text(index),
            column: self.heading(index),
            reading,
        }
    }

    fn read_time_zone(&self, index: usize) -> Result<String, Problem> {
        let text = self.text(index).trim();
        let wrong = || Sentence::NoTimeZone {
            value: clipped(text),
        };
        let zone = text
            .parse::<Zone>()
            .map_err(|_| self.problem(ProblemCode::TimeZoneInvalid, index, wrong()));
        zone.map(|_| text.to_owned())
    }

    fn read_phone(&self, index: usize, numbers: NumberRules) -> Candidate<'_, Phone> {
        let numeric = self.cell(index).is_some_and(|cell| cell.numeric);
        let reading = match self.format_unclear(index) {
            Some(sentence) => Err(self.problem(ProblemCode::PhoneAmbiguous, index, sentence)),
            None => self
                .refuse_digits_apart(index)
                .and_then(|()| read_number(self.text(index), numeric, numbers))
                .map_err(|problem| self.problem(phone_code(&problem), index, problem.sentence)),
        };
        Candidate {
            written: self.text(index),
            column: self.heading(index),
            reading,
        }
    }

    /// Refuses a cell whose digits are not all of one piece: which of them are the number is not known.
    fn refuse_digits_apart(&self, index: usize) -> Result<(), NumberProblem> {
        match self.cell(index) {
            Some(cell) if cell.digits_apart => Err(invalid(Sentence::DigitsFormatted {
                value: clipped(&cell.text),
            })),
            Some(_) | None => Ok(()),
        }
    }

    fn problem(&self, code: ProblemCode, index: usize, sentence: Sentence) -> Problem {
        Problem {
            code,
            column: self.heading(index).to_owned(),
            value: self.text(index).to_owned(),
            sentence,
        }
    }

    /// Reports a row whose columns are not certain, because other headings stand above it or in it, or because it is above
    /// the headings.
    fn below_other_headings(&self) -> Option<Problem> {
        let row = self.other_headings?;
        let filled = self.row.cells.iter().map(|cell| cell.text.trim());
        let filled: Vec<&str> = filled.filter(|text| !text.is_empty()).collect();
        Some(Problem {
            code: ProblemCode::RowShape,
            column: String::new(),
            value: filled.join(", "),
            sentence: if self.row.number < row {
                Sentence::AboveHeadings { row }
            } else {
                Sentence::OtherHeadings { row }
            },
        })
    }

    /// Reports cells beyond the last heading: a delimiter inside a name has shifted everything after it.
    fn surplus(&self) -> Option<Problem> {
        let columns = self.header.headings.len();
        let beyond = self
            .row
            .cells
            .iter()
            .skip(columns)
            .map(|cell| cell.text.trim());
        let beyond: Vec<&str> = beyond.filter(|text| !text.is_empty()).collect();
        if beyond.is_empty() {
            return None;
        }
        let sentence = Sentence::Surplus {
            columns: columns as u64,
            beyond: clipped(&beyond.join(", ")),
        };
        let value = beyond.join(", ");
        Some(Problem {
            code: ProblemCode::RowShape,
            column: String::new(),
            value,
            sentence,
        })
    }

    fn of_fault(&self, fault: RowFault) -> Problem {
        match fault {
            RowFault::BadQuotes => Problem {
                code: ProblemCode::BadQuotes,
                column: String::new(),
                value: self
                    .row
                    .cells
                    .iter()
                    .map(|cell| cell.text.as_str())
                    .find(|text| text.contains('"'))
                    .unwrap_or_default()
                    .to_owned(),
                sentence: Sentence::BadQuotes,
            },
        }
    }

    fn disagreement(&self, first: &Recipient, other: &Recipient) -> Problem {
        let columns = self.recipient_columns();
        let headings: Vec<String> = columns
            .iter()
            .filter_map(|filled| Some(self.heading(*filled.first()?).to_owned()))
            .collect();
        Problem {
            code: ProblemCode::RecipientInvalid,
            column: headings.join(", "),
            value: self.written().recipient,
            sentence: Sentence::TwoRecipients {
                recipients: format!("{first} / {other}"),
                columns: headings,
            },
        }
    }

    fn recipient_missing(&self) -> Problem {
        let phones = self.header.phone_numbers.iter().map(|column| column.index);
        let ids = self
            .header
            .chat_ids
            .iter()
            .chain(&self.header.recipients)
            .copied();
        let columns = self.named(ids.chain(phones));
        missing(
            ProblemCode::RecipientMissing,
            &columns,
            Sentence::RecipientMissing {
                columns: columns.clone(),
            },
        )
    }

    fn phone_missing(&self) -> Problem {
        let columns = self.header.phone_contacts.iter().map(|column| column.index);
        let columns = self.named(columns);
        missing(
            ProblemCode::PhoneMissing,
            &columns,
            Sentence::PhoneMissing {
                columns: columns.clone(),
            },
        )
    }

    fn named(&self, columns: impl Iterator<Item = usize>) -> Vec<String> {
        columns
            .map(|index| self.heading(index).to_owned())
            .collect()
    }
}

/// Fills names that are blank with the parts of a full name. A company beside another company is a first name.
fn fill_with_only_name<'a>(names: &mut [Name<'a>; 4], split: [Name<'a>; 4]) {
    let [first, middle, last, company] = split;
    if !company.is_blank() && names[3].is_blank() {
        names[3] = company;
    } else {
        names[0] = if company.is_blank() { first } else { company };
        names[1] = middle;
        names[2] = last;
    }
}

/// Fills each name that is blank with the same part of a full name.
fn fill_blanks<'a>(names: &mut [Name<'a>; 4], split: [Name<'a>; 4]) {
    for (name, part) in names.iter_mut().zip(split) {
        if name.is_blank() && !part.is_blank() {
            *name = part;
        }
    }
}

/// Builds the problem that all of these columns are empty.
fn missing(code: ProblemCode, columns: &[String], sentence: Sentence) -> Problem {
    let column = columns.first().cloned().unwrap_or_default();
    Problem {
        code,
        column,
        value: String::new(),
        sentence,
    }
}

/// Returns the problem code for an unreadable number of a contact.
pub(super) const fn phone_code(problem: &NumberProblem) -> ProblemCode {
    match problem.fault {
        NumberFault::Missing => ProblemCode::PhoneMissing,
        NumberFault::Invalid => ProblemCode::PhoneInvalid,
        NumberFault::Scientific => ProblemCode::PhoneScientific,
        NumberFault::Ambiguous => ProblemCode::PhoneAmbiguous,
        NumberFault::Length => ProblemCode::PhoneLength,
    }
}
