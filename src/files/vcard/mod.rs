//! vCards of version 2.1, 3.0 and 4.0, as phones, mail programs and WhatsApp write them. The crate
//! `calcard` reads one card at a time; what stands before it here is what real files need: a split
//! that survives a missing END, charsets and quoted-printable. A broken card costs only itself.

mod card;
mod charset;
mod lines;
mod property;
mod split;
mod survey;

use std::path::{Path, PathBuf};

use super::Layout;
use super::encoding::Source;
use super::problem::FileProblem;
use charset::Charsets;
use split::{RawCard, Splitter};

pub use card::{Card, CardPhone, PhoneKind};
pub(super) use split::is_begin;
pub(super) use survey::charsets;

/// A vCard file that is read card by card; memory does not grow with the file.
pub struct Cards {
    layout: Layout,
    path: PathBuf,
    splitter: Splitter,
    charsets: Charsets,
    number: u64,
}

impl Cards {
    /// Begins to read; `charsets` are for text whose card names none.
    pub(super) fn open(mut layout: Layout, source: Source, path: &Path, charsets: Charsets) -> Self {
        if let Some((encoding, example)) = charsets.guess() {
            (layout.encoding, layout.example) = (encoding.name(), Some(example.to_owned()));
        }
        Self { layout, path: path.to_owned(), splitter: Splitter::new(source), charsets, number: 0 }
    }

    /// How the file is read.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The next card, a broken one too; nothing at the end.
    ///
    /// # Errors
    /// [`FileProblem`] when the machine cannot read the file any further.
    pub fn read_card(&mut self) -> Result<Option<Card>, FileProblem> {
        self.number += 1;
        let raw = self.splitter.next_card();
        let raw = raw.map_err(|error| FileProblem::unreadable(&self.path, Some(self.number), &error))?;
        Ok(raw.map(|raw| self.card(&raw)))
    }

    fn card(&mut self, raw: &RawCard) -> Card {
        let text = match raw.fault {
            Some(fault) => Err(fault),
            None => self.charsets.text(&raw.text, raw.charset),
        };
        let card = text.and_then(|text| card::read(&text)).unwrap_or_else(Card::broken);
        Card { number: self.number, line: raw.line, ..card }
    }
}
