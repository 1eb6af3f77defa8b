//! What `--recipients` can be: a file or one recipient.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use crate::domain::{Recipient, Warning, WarningCode};
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
        /// It is a file that does not exist.
        NoFile { text: String } =
            en "--recipients \"{text}\": there is no such file. Check the name and the folder.",
            ru "--recipients «{text}»: такого файла нет. Проверьте имя и папку.",
        /// It is several recipients.
        Several { text: String } =
            en "--recipients \"{text}\" names several recipients: give each its own --recipients, or name a file of them",
            ru "--recipients «{text}» — это несколько получателей: задайте каждого отдельно, своим --recipients, или \
                укажите файл со списком",
    }
}

impl RecipientArg {
    /// Parses one `--recipients`: an existing path is a file; anything else must be one chat id or one number.
    ///
    /// # Errors
    /// [`RecipientArgError`] when it is neither, or several.
    pub fn parse(text: &str, numbers: NumberRules) -> Result<Self, RecipientArgError> {
        if Path::new(text).exists() {
            return Ok(Self::File(text.into()));
        }
        match read_recipient(text, false, numbers) {
            Ok(found) if names_several(&found.warnings) => Err(RecipientArgError::Several {
                text: clipped(text),
            }),
            Ok(found) => Ok(Self::Recipient(found.value, found.warnings)),
            Err(_) if names_file(text) => Err(RecipientArgError::NoFile {
                text: clipped(text),
            }),
            Err(problem) => Err(RecipientArgError::Neither {
                text: clipped(text),
                reason: problem.sentence,
            }),
        }
    }
}

/// Whether a text can only be the name of a file: it has an ending of letters, and a chat id has an @.
fn names_file(text: &str) -> bool {
    let ending = Path::new(text).extension().and_then(OsStr::to_str);
    let is_word = |ending: &str| ending.starts_with(|first: char| first.is_ascii_alphabetic());
    !text.contains('@') && ending.is_some_and(is_word)
}

/// Whether there were other numbers than the one that was read. In a row they may be other numbers of one person; here
/// each would be another recipient, who must not be lost.
fn names_several(warnings: &[Warning]) -> bool {
    warnings
        .iter()
        .any(|warning| warning.code == WarningCode::MultiplePhones)
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
        assert!(matches!(
            RecipientArg::parse("nosuch.csv", numbers),
            Err(RecipientArgError::NoFile { .. })
        ));
        let error = RecipientArg::parse("people.csv", numbers)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("people.csv") && error.contains("no such file"),
            "{error}"
        );
    }

    #[test]
    fn one_option_names_one_recipient() {
        let numbers = NumberRules::default();
        for text in [
            "79001110001,79001110002",
            "79001110001;79001110002",
            "79001110001/79001110002",
            "+79001110001+79001110002",
            "79001110001 ::: 79001110002",
            "79001110001\n79001110002",
            "79001110001, 12",
        ] {
            let error = RecipientArg::parse(text, numbers).unwrap_err();
            let said = error.to_string();
            assert!(said.contains("its own --recipients"), "{said}");
        }
        for text in ["79001110001,+7 900 111-00-01", "79001110001 доб. 5"] {
            assert!(
                matches!(
                    RecipientArg::parse(text, numbers),
                    Ok(RecipientArg::Recipient(Recipient::Phone(_), _))
                ),
                "{text}"
            );
        }
    }
}
