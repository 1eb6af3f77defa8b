//! Parses `--map`: `FIELD=COLUMN`.

use crate::i18n::{Language, messages};

use super::columns::{Field, FieldError};

messages! {
    /// Why a mapping cannot be used.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum MapError {
        /// The text is not of the form `FIELD=COLUMN`.
        Form(text: String) =
            en "\"{text}\" is not a mapping: write FIELD=COLUMN, such as phoneContact=C",
            ru "«{text}» — не ПОЛЕ=СТОЛБЕЦ: пишите, например, phoneContact=C",
        /// There is no such field.
        Field(#[from] error: FieldError) = en "{error}", ru "{error}",
    }
}

/// Parses one `FIELD=COLUMN`; the column is a heading, a letter or a number, and may contain `=` itself.
///
/// # Errors
/// [`MapError`] when there is no `=`, no column or no such field.
pub fn mapped(text: &str) -> Result<(Field, String), MapError> {
    let form = || MapError::Form(text.trim().to_owned());
    let (field, column) = text.split_once('=').ok_or_else(form)?;
    let column = column.trim();
    let inner = column
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'));
    let column = inner.unwrap_or(column).to_owned();
    if column.is_empty() {
        Err(form())
    } else {
        Ok((field.parse()?, column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_a_field_and_a_column() {
        for (text, field, column) in [
            ("phoneContact=C", Field::PhoneContact, "C"),
            (
                " firstname = Имя = полное ",
                Field::FirstName,
                "Имя = полное",
            ),
            ("recipient=\"Мой телефон\"", Field::Recipient, "Мой телефон"),
        ] {
            assert_eq!(mapped(text).unwrap(), (field, column.to_owned()));
        }
        for text in ["phoneContact", "phoneContact=", "phone=C", "=C", ""] {
            assert!(mapped(text).is_err(), "{text}");
        }
    }
}
