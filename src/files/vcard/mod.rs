//! vCards of version 2.1, 3.0 and 4.0, as phones, mail programs and WhatsApp write them. The crate
//! `calcard` reads one card at a time; what stands before it here is what real files need: a split
//! that survives a missing END, charsets and quoted-printable. A broken card costs only itself.

mod card;
mod charset;
mod lines;
mod property;
mod split;

use std::path::{Path, PathBuf};

use encoding_rs::Encoding;

use super::Layout;
use super::encoding::Source;
use super::problem::FileProblem;
use charset::Charsets;
use split::{RawCard, Splitter};

pub use card::{Card, CardPhone, PhoneKind};
pub(super) use split::is_begin;

/// A vCard file that is read card by card; memory does not grow with the file.
pub struct Cards {
    layout: Layout,
    path: PathBuf,
    splitter: Splitter,
    charsets: Charsets,
    number: u64,
}

impl Cards {
    /// Begins to read; `given` is the encoding that a person named for text that is not UTF-8 and
    /// whose card names no charset.
    pub(super) fn open(
        layout: Layout,
        source: Source,
        path: &Path,
        given: Option<&'static Encoding>,
    ) -> Self {
        let splitter = Splitter::new(source);
        Self { layout, path: path.to_owned(), splitter, charsets: Charsets::new(given), number: 0 }
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
