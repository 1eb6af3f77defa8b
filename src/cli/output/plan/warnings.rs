//! The warnings of a plan: each kind once for each file, with its first cell. A cell counts once, however many messages
//! it is part of.

use std::collections::HashSet;

use super::messages::FindingMessage;
use crate::{
    domain::{CheckedRow, Pair, RowRef, Warning, WarningCode},
    i18n::{Language, Sentence},
};

/// The warnings of the rows, which are read one after another.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    groups: Vec<Group>,
    /// The recipient whose warnings were counted last: the messages of one recipient of a file come in succession.
    last_recipient: Option<RowRef>,
    /// The first contact: the recipients of the command line are counted only with this one.
    counted_with: Option<RowRef>,
    /// The contacts whose warnings were counted; only contacts that have a warning.
    contacts: HashSet<RowRef>,
}

/// The cells of one file with a warning of one code, and the first of them.
#[derive(Debug)]
struct Group {
    code: WarningCode,
    cells: u64,
    /// `None` for the command line.
    first: Option<RowRef>,
    sentence: Sentence,
}

impl Warnings {
    /// Counts the warnings of a row.
    pub(super) fn add(&mut self, checked: &CheckedRow) {
        if checked.warnings.is_empty() {
            return;
        }
        let Some(pair) = checked.pair else {
            self.count(Some(checked.place), &checked.warnings);
            return;
        };
        let (recipient_warnings, contact_warnings) = checked
            .warnings
            .split_at(pair.recipient_warnings.min(checked.warnings.len()));
        if !recipient_warnings.is_empty() && self.note_recipient(pair) {
            self.count(pair.recipient, recipient_warnings);
        }
        if !contact_warnings.is_empty() && self.contacts.insert(pair.contact) {
            self.count(Some(pair.contact), contact_warnings);
        }
    }

    /// Records the recipient of a pair. Returns whether its warnings have not been counted yet.
    fn note_recipient(&mut self, pair: Pair) -> bool {
        match pair.recipient {
            Some(place) => self.last_recipient.replace(place) != Some(place),
            None => *self.counted_with.get_or_insert(pair.contact) == pair.contact,
        }
    }

    fn count(&mut self, place: Option<RowRef>, warnings: &[Warning]) {
        let file = |place: Option<RowRef>| place.map(|place| place.source);
        for Warning { code, sentence } in warnings {
            let known =
                |group: &&mut Group| group.code == *code && file(group.first) == file(place);
            match self.groups.iter_mut().find(known) {
                Some(group) => group.cells += 1,
                None => self.groups.push(Group {
                    code: *code,
                    cells: 1,
                    first: place,
                    sentence: sentence.clone(),
                }),
            }
        }
    }

    /// Returns one sentence for each group; `shown` names a place.
    pub(super) fn texts(
        &self,
        shown: &dyn Fn(RowRef) -> String,
        language: Language,
    ) -> Vec<String> {
        let text = |group: &Group| {
            let place = group.first.map_or_else(|| "--recipients".to_owned(), shown);
            let warning = group.sentence.localized(language);
            if group.cells == 1 {
                format!("{place}: {warning}")
            } else {
                FindingMessage::Example {
                    rows: group.cells,
                    place,
                    warning,
                }
                .localized(language)
            }
        };
        self.groups.iter().map(text).collect()
    }
}
