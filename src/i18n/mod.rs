//! The languages, and the macro with which each room declares its messages for users. Each message is a variant with
//! its two templates side by side: a message that lacks a language, or has an unused field, does not compile. Messages
//! are formatted only when they are shown.

pub(crate) mod count;
pub(crate) mod lists;
pub(crate) mod redact;
mod rows;
mod sent_day;
mod shown;
mod time;

use std::env;

pub use rows::{CardFault, Sentence};
pub use sent_day::SentDay;
pub use shown::{
    Shown, hide_token, holds_token, is_invisible, shown, shown_json, shown_lines, shown_path,
};
pub use time::{date_time, day, long, short, zone_name, zoned_time};

/// The supported languages.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl Language {
    /// Returns the language of the user's environment: `LC_ALL`, otherwise `LC_MESSAGES`, otherwise `LANG`; the first
    /// that is set decides (source: POSIX, Environment Variables).
    #[must_use]
    pub fn of_environment() -> Self {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let locale = names
            .into_iter()
            .filter_map(|name| env::var(name).ok())
            .find(|value| !value.is_empty());
        locale.map_or(Self::En, |locale| Self::of_locale(&locale))
    }

    /// Returns the language of a locale such as `ru_RU.UTF-8`; English for unsupported languages.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        let end = locale.find(['_', '-', '.', '@']).unwrap_or(locale.len());
        let language = &locale[..end];
        if language.eq_ignore_ascii_case("ru") {
            Self::Ru
        } else {
            Self::En
        }
    }
}

/// Declares an enum of messages or errors: each variant with its fields, and its text in each language as a `format!`
/// template. Values that a template needs besides the fields are in brackets after it. Fields in parentheses are
/// unnamed in the enum; their names are only for the templates.
///
/// A field is formatted as its [`Shown`] implementation says: texts and paths without control characters and tokens,
/// another message or error in the same language. A generated test, which has the name of the enum, checks the
/// templates.
macro_rules! messages {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $(
            $(#[$doc:meta])*
            $variant:ident
                $({ $($(#[$about:meta])* $field:ident: $type:ty),+ $(,)? })?
                $(( $($(#[$of:meta])* $item:ident: $item_type:ty),+ $(,)? ))? =
            en $en:literal $([$($en_name:ident = $en_value:expr),+ $(,)?])?,
            ru $ru:literal $([$($ru_name:ident = $ru_value:expr),+ $(,)?])?,
        )+
    }) => {
        $(#[$meta])*
        $vis enum $name {
            $($(#[$doc])* #[doc = "What its templates say."] $variant
                $({ $($(#[$about])* #[doc = "A field of the templates."] $field: $type),+ })?
                $(( $($(#[$of])* $item_type),+ ))?,)+
        }

        impl $name {
            /// Returns the message in a language.
            #[must_use]
            $vis fn localized(&self, language: $crate::i18n::Language) -> String {
                match language {
                    $crate::i18n::Language::En => match self {
                        $(Self::$variant $({ $($field),+ })? $(( $($item),+ ))? => {
                            $($(let $field = &$crate::i18n::Shown::shown($field, language);)+)?
                            $($(let $item = &$crate::i18n::Shown::shown($item, language);)+)?
                            format!($en $($(, $en_name = $en_value)+)?)
                        })+
                    },
                    $crate::i18n::Language::Ru => match self {
                        $(Self::$variant $({ $($field),+ })? $(( $($item),+ ))? => {
                            $($(let $field = &$crate::i18n::Shown::shown($field, language);)+)?
                            $($(let $item = &$crate::i18n::Shown::shown($item, language);)+)?
                            format!($ru $($(, $ru_name = $ru_value)+)?)
                        })+
                    },
                }
            }
        }

        impl $crate::i18n::Shown for $name {
            type As = String;

            fn shown(&self, language: $crate::i18n::Language) -> String {
                self.localized(language)
            }
        }

        #[cfg(test)]
        impl $name {
            /// Every message: its name, and for each language the template and what is put into it.
            pub(crate) const TEMPLATES: &'static [$crate::i18n::tests::Template] = &[$((
                stringify!($variant),
                [$en, stringify!($($($en_value),+)?)],
                [$ru, stringify!($($($ru_value),+)?)],
            )),+];
        }

        #[test]
        #[expect(non_snake_case, reason = "a macro makes no other name of that of the enum")]
        fn $name() {
            $crate::i18n::tests::check($name::TEMPLATES);
        }
    };
}

pub(crate) use messages;

/// Makes a sentence stand alone: it begins with a capital letter and ends with a full stop.
#[must_use]
pub fn alone(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut whole: String = first.chain(letters).collect();
    if !whole.is_empty() && !whole.ends_with(['.', '!', '?', '…']) {
        whole.push('.');
    }
    whole
}

#[cfg(test)]
pub(crate) mod tests;
