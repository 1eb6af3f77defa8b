//! Counts the duplicates of an input and lists the first of them.

use super::messages::CheckMessage;
use crate::{
    cli::output::{
        label::Label,
        plan::{PlaceMessage, Plan},
        problems::ProblemsMessage,
    },
    domain::RowRef,
    i18n::Language,
    terminal::{Lines, Tone},
};

/// How many duplicates are listed.
const SHOWN: usize = 5;

/// Pairs of a row and the earlier row that it repeats.
#[derive(Default)]
pub(super) struct Duplicates {
    first: Vec<(RowRef, RowRef)>,
    more: u64,
    last: Option<(RowRef, RowRef)>,
}

impl Duplicates {
    pub(super) fn add(&mut self, duplicate: (RowRef, RowRef)) {
        // A recipient with several contacts has several messages in one row; the row is counted once.
        if self.last.replace(duplicate) == Some(duplicate) {
            return;
        }
        if self.first.len() < SHOWN {
            self.first.push(duplicate);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn show(&self, lines: &mut Lines, plan: &Plan, language: Language) {
        let label = Label::Duplicates.localized(language);
        for (index, (place, original)) in self.first.iter().enumerate() {
            let message = CheckMessage::DuplicateOf {
                place: plan.place(*place),
                original: if original.source == place.source {
                    PlaceMessage::Row { row: original.row }.localized(language)
                } else {
                    plan.place(*original)
                },
            };
            let label = (index == 0).then_some((Tone::Heading, label.as_str()));
            lines.labelled(label, message.localized(language));
        }
        if self.more > 0 {
            let more = ProblemsMessage::MoreRows { rows: self.more };
            lines.labelled(None, more.localized(language));
        }
    }
}
