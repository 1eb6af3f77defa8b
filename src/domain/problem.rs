//! Why a row cannot become a message, and what was repaired to make it one.

use serde::Serialize;

use crate::i18n::Sentence;

/// Declares an enum whose variants each have one stable text, which is part of the contract with programs.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every code, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the code as it is written in results, JSON and the ledger.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Parses the output of [`Self::as_str`]; `None` for any other text.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(super) use codes;

codes! {
    /// Why a row cannot become a message.
    ProblemCode {
        /// The contact has no number.
        PhoneMissing = "phone_missing",
        /// The contact's number is not a phone number, or cannot be trusted.
        PhoneInvalid = "phone_invalid",
        /// The contact's number was shortened by a spreadsheet (`7,9E+10`).
        PhoneScientific = "phone_scientific",
        /// The contact's number can be read in more than one way.
        PhoneAmbiguous = "phone_ambiguous",
        /// The number is possible, but longer or shorter than GREEN-API documents.
        PhoneLength = "phone_length",
        /// The contact has none of the four names.
        NameMissing = "name_missing",
        /// A name was decoded wrongly before it reached us.
        NameMojibake = "name_mojibake",
        /// A name is still encoded (`=?UTF-8?B?…`, `%D0%98`) and cannot be decoded reliably.
        NameEncoded = "name_encoded",
        /// No recipient is given.
        RecipientMissing = "recipient_missing",
        /// The recipient is neither a number nor a chat id.
        RecipientInvalid = "recipient_invalid",
        /// The recipient's number was shortened by a spreadsheet.
        RecipientScientific = "recipient_scientific",
        /// The cells of the row do not fit the columns of the table: there are more of them, or other headings stand
        /// above them.
        RowShape = "row_shape",
        /// The row names a time zone that does not exist.
        TimeZoneInvalid = "time_zone_invalid",
        /// Quotation marks in the row do not match.
        BadQuotes = "bad_quotes",
        /// `--match` found no contact with that name.
        CardMissing = "card_missing",
        /// `--match` found several contacts with that name.
        CardAmbiguous = "card_ambiguous",
        /// The contact could not be read at all.
        CardDamaged = "card_damaged",
    }
}

codes! {
    /// What was repaired or noticed in a row that is sent all the same.
    WarningCode {
        /// The number was rewritten to international digits.
        PhoneNormalised = "phone_normalised",
        /// The cell or contact had several numbers; one was taken.
        MultiplePhones = "multiple_phones",
        /// An extension was left out.
        ExtensionDropped = "extension_dropped",
        /// The country was taken from `--country`.
        CountryAssumed = "country_assumed",
        /// The number came from a cell that had become a number with decimals or an exponent.
        NumberFromFloat = "number_from_float",
        /// A column of the file is not used.
        UnknownColumn = "unknown_column",
        /// The number has a possible length but no known range.
        PhoneUnlikely = "phone_unlikely",
        /// The number is longer or shorter than GREEN-API documents, and is sent because of `--number-lengths any`.
        PhoneLengthUnusual = "phone_length_unusual",
        /// A name was still encoded (`&quot;`, `=D0=98`) and was decoded.
        NameDecoded = "name_decoded",
        /// Control characters were left out of a name.
        NameCleaned = "name_cleaned",
        /// A placeholder for an empty value (`None`, `NULL`, `{{name}}`) was left out of a name.
        NamePlaceholder = "name_placeholder",
        /// A heading has letters of another alphabet that look the same.
        HeadingLookalike = "heading_lookalike",
        /// An invalid `@lid` recipient blocks the whole queue of the service.
        RecipientLid = "recipient_lid",
        /// The sheet has hidden rows.
        HiddenRows = "hidden_rows",
        /// The vCard file has groups, which are not contacts.
        GroupsSkipped = "groups_skipped",
        /// The page has other tables, which are not read.
        OtherTables = "other_tables",
    }
}

impl ProblemCode {
    /// Whether the row was not read with certainty as a whole. Cells that were copied from it no longer show the
    /// problem.
    #[must_use]
    pub const fn is_of_reading(self) -> bool {
        match self {
            Self::RowShape | Self::BadQuotes => true,
            Self::PhoneMissing
            | Self::PhoneInvalid
            | Self::PhoneScientific
            | Self::PhoneAmbiguous
            | Self::PhoneLength
            | Self::NameMissing
            | Self::NameMojibake
            | Self::NameEncoded
            | Self::RecipientMissing
            | Self::RecipientInvalid
            | Self::RecipientScientific
            | Self::TimeZoneInvalid
            | Self::CardMissing
            | Self::CardAmbiguous
            | Self::CardDamaged => false,
        }
    }
}

/// Why a row cannot become a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The code of the problem.
    pub code: ProblemCode,
    /// The heading of the column, as the file writes it; empty if the whole row is meant.
    pub column: String,
    /// The content of the cell.
    pub value: String,
    /// What is wrong and how to repair it.
    pub sentence: Sentence,
}

/// What was repaired or noticed in a row that is sent all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The code of the warning.
    pub code: WarningCode,
    /// What it was, and what it became.
    pub sentence: Sentence,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for code in ProblemCode::ALL {
            assert_eq!(ProblemCode::parse(code.as_str()), Some(*code));
        }
        for code in WarningCode::ALL {
            assert_eq!(WarningCode::parse(code.as_str()), Some(*code));
        }
        assert_eq!(ProblemCode::parse("phone"), None);
    }
}
