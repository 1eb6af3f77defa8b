//! What `--recipients` can be: a file, or one recipient written out.

use std::path::{Path, PathBuf};

use crate::domain::{Recipient, Warning};
use crate::i18n::{Language, Sentence, UserError};

use super::numbers::{Numbers, clipped};
use super::recipients::read_recipient;

/// One `--recipients` of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A file of recipients.
    File(PathBuf),
    /// One recipient, and what was repaired to read it.
    Recipient(Recipient, Vec<Warning>),
}

/// The text is neither a file nor a recipient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.localized(Language::En))]
pub struct WhoError {
    text: String,
    reason: Sentence,
}

impl WhoError {
    /// The sentence in a language.
    #[must_use]
    pub fn localized(&self, language: Language) -> String {
        UserError::NotARecipient {
            text: self.text.clone(),
            reason: self.reason.localized(language),
        }
        .localized(language)
    }
}

impl Who {
    /// An existing path is a file; anything else must be a chat id or a number.
    ///
    /// # Errors
    /// [`WhoError`] when it is none of the three.
    pub fn parse(text: &str, numbers: Numbers) -> Result<Self, WhoError> {
        if Path::new(text).exists() {
            return Ok(Self::File(text.into()));
        }
        match read_recipient(text, false, numbers) {
            Ok(found) => Ok(Self::Recipient(found.value, found.warnings)),
            Err(problem) => Err(WhoError {
                text: clipped(text),
                reason: problem.sentence,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_wins_over_a_number_and_nothing_else_passes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("79001234567");
        std::fs::write(&path, "x").unwrap();
        let numbers = Numbers::default();
        assert_eq!(
            Who::parse(path.to_str().unwrap(), numbers),
            Ok(Who::File(path))
        );
        assert!(matches!(
            Who::parse("79001234567@c.us", numbers),
            Ok(Who::Recipient(Recipient::Chat(_), _))
        ));
        let error = Who::parse("people.csv", numbers).unwrap_err().to_string();
        assert!(
            error.contains("people.csv") && error.contains("no such file"),
            "{error}"
        );
    }
}
