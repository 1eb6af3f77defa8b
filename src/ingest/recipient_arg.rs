//! What `--recipients` can be: a file or one recipient.

use std::path::{Path, PathBuf};

use crate::domain::{Recipient, Warning};
use crate::i18n::{Language, Sentence, messages};

use super::numbers::{NumberRules, clipped};
use super::recipients::read_recipient;

/// One `--recipients` of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientArg {
    /// A file of recipients.
    File(PathBuf),
    /// One recipient, and the warnings about repairs.
    Recipient(Recipient, Vec<Warning>),
}

messages! {
    /// Why a text is not valid for `--recipients`.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum RecipientArgError {
        /// It is neither a file nor a recipient.
        Neither { text: String, reason: Sentence } =
            en "--recipients \"{text}\" is not a file, a chat id or a number: there is no such file, and it is not a \
                valid recipient: {reason}",
            ru "--recipients «{text}» — не файл, не chat id и не номер: такого файла нет, а как получатель это не \
                подходит: {reason}",
    }
}

impl RecipientArg {
    /// Parses one `--recipients`: an existing path is a file; anything else must be a chat id or a number.
    ///
    /// # Errors
    /// [`RecipientArgError`] when it is neither.
    pub fn parse(text: &str, numbers: NumberRules) -> Result<Self, RecipientArgError> {
        if Path::new(text).exists() {
            return Ok(Self::File(text.into()));
        }
        match read_recipient(text, false, numbers) {
            Ok(found) => Ok(Self::Recipient(found.value, found.warnings)),
            Err(problem) => Err(RecipientArgError::Neither {
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
        let numbers = NumberRules::default();
        assert_eq!(
            RecipientArg::parse(path.to_str().unwrap(), numbers),
            Ok(RecipientArg::File(path))
        );
        assert!(matches!(
            RecipientArg::parse("79001234567@c.us", numbers),
            Ok(RecipientArg::Recipient(Recipient::Chat(_), _))
        ));
        let error = RecipientArg::parse("people.csv", numbers)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("people.csv") && error.contains("no such file"),
            "{error}"
        );
    }
}
