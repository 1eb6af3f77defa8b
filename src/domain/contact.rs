//! The contact: a phone number and at least one name.

use serde::Serialize;

use super::Phone;

/// The four names of a contact, each without surrounding white space; an empty one is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Names {
    /// Given name.
    pub first: String,
    /// Patronymic or middle name.
    pub middle: String,
    /// Family name.
    pub last: String,
    /// Company.
    pub company: String,
}

/// A contact as the API takes it; in JSON it is the `contact` object of the request, without absent names (source:
/// `SendContact`, the parameters of `contact`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the API's")]
pub struct Contact {
    phone_contact: Phone,
    #[serde(skip_serializing_if = "String::is_empty")]
    first_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    middle_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    last_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    company: String,
}

/// None of the four names was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a contact needs a first, middle or last name, or a company")]
pub struct NameMissing;

impl Contact {
    /// Creates a contact with this number and these names, which are trimmed.
    ///
    /// # Errors
    /// [`NameMissing`] when all four names are blank.
    pub fn new(phone: Phone, names: Names) -> Result<Self, NameMissing> {
        let contact = Self {
            phone_contact: phone,
            first_name: trimmed(names.first),
            middle_name: trimmed(names.middle),
            last_name: trimmed(names.last),
            company: trimmed(names.company),
        };
        if contact.names().iter().all(|name| name.is_empty()) {
            Err(NameMissing)
        } else {
            Ok(contact)
        }
    }

    /// Returns the number on the contact.
    #[must_use]
    pub const fn phone(&self) -> Phone {
        self.phone_contact
    }

    /// Returns first, middle and last name and company, in this order; an absent one is empty.
    #[must_use]
    pub fn names(&self) -> [&str; 4] {
        [
            &self.first_name,
            &self.middle_name,
            &self.last_name,
            &self.company,
        ]
    }
}

fn trimmed(text: String) -> String {
    if text.trim().len() == text.len() {
        text
    } else {
        text.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_needs_one_name_of_the_four() {
        let phone = Phone::from_digits("79001234568").unwrap();
        assert_eq!(
            Contact::new(
                phone,
                Names {
                    first: "  ".into(),
                    ..Names::default()
                }
            ),
            Err(NameMissing)
        );
        let contact = Contact::new(
            phone,
            Names {
                company: " Велосипед ".into(),
                ..Names::default()
            },
        )
        .unwrap();
        assert_eq!(
            serde_json::to_string(&contact).unwrap(),
            r#"{"phoneContact":79001234568,"company":"Велосипед"}"#
        );
    }
}
