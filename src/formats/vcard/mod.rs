//! vCards of version 2.1, 3.0 and 4.0, as phones, mail programs and WhatsApp write them. The crate `calcard` parses one
//! card at a time; the code here prepares real files for it: it splits them even if an END is missing, and decodes
//! charsets and quoted-printable. A broken card does not affect the others.

mod blank;
mod card;
mod card_phone;
mod charset;
#[cfg(test)]
mod damage;
mod lines;
pub(super) mod markers;
mod person;
mod property;
mod split;
mod survey;

use std::path::{Path, PathBuf};

use super::Layout;
use super::encoding::Source;
use super::problem::FileProblem;
use crate::i18n::CardFault;
use charset::Charsets;
use split::{RawCard, Splitter};

pub use card::Card;
pub use card_phone::{CardPhone, PhoneKind};
pub(super) use survey::charsets;

/// A vCard file that is read card by card; its memory does not grow with the file.
pub struct Cards {
    layout: Layout,
    path: PathBuf,
    splitter: Box<Splitter>,
    charsets: Charsets,
    number: u64,
    groups: u64,
}

impl Cards {
    /// Starts reading; `charsets` are for text in cards that name none.
    pub(super) fn open(
        mut layout: Layout,
        source: Source,
        path: &Path,
        charsets: Charsets,
    ) -> Self {
        if let Some((encoding, example)) = charsets.guess() {
            (layout.encoding, layout.example) = (encoding.name(), Some(example.to_owned()));
        }
        Self {
            layout,
            path: path.to_owned(),
            splitter: Box::new(Splitter::new(source)),
            charsets,
            number: 0,
            groups: 0,
        }
    }

    /// Returns how the file is read.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Returns how many groups of people were skipped so far.
    #[must_use]
    pub const fn groups(&self) -> u64 {
        self.groups
    }

    /// Returns the next card, even a broken one; `None` at the end. Groups of people are skipped, but count in the
    /// numbering of the cards.
    ///
    /// # Errors
    /// [`FileProblem`] when the machine cannot read the file any further.
    pub fn read_card(&mut self) -> Result<Option<Card>, FileProblem> {
        loop {
            self.number += 1;
            let raw = self.splitter.next_card();
            let raw = raw
                .map_err(|error| FileProblem::unreadable(&self.path, Some(self.number), &error))?;
            let Some(card) = raw.map(|raw| self.card(&raw)) else {
                return Ok(None);
            };
            if !card.is_group {
                return Ok(Some(card));
            }
            self.groups += 1;
        }
    }

    fn card(&mut self, raw: &RawCard) -> Card {
        let text = self.charsets.text(&raw.text, raw.charset);
        let mut card = text
            .and_then(|text| card::read(&text))
            .unwrap_or_else(Card::broken);
        if let Some(fault) = raw.fault {
            // A number that was cut off would be another number.
            let phones = if fault == CardFault::Cut {
                Vec::new()
            } else {
                card.phones
            };
            card = Card {
                phones,
                ..Card::broken(fault)
            };
        }
        Card {
            number: self.number,
            line: raw.line,
            ..card
        }
    }
}
