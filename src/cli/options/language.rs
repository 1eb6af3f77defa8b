//! The language of messages and of tables.

use crate::{cli::args::LanguageArgument, i18n::Language};

/// The language that was typed, else the language of the environment.
pub(crate) fn chosen_language(chosen: Option<LanguageArgument>) -> Language {
    chosen.map_or_else(Language::of_environment, language_of)
}

/// The language that an argument names.
pub(super) const fn language_of(argument: LanguageArgument) -> Language {
    match argument {
        LanguageArgument::En => Language::En,
        LanguageArgument::Ru => Language::Ru,
    }
}

/// The delimiter that Excel expects: `;` where the decimal sign is a comma.
pub(crate) const fn delimiter_of(language: Language) -> char {
    match language {
        Language::En => ',',
        Language::Ru => ';',
    }
}

/// The delimiter of tables if the input has none.
pub(crate) fn fallback_delimiter() -> char {
    delimiter_of(Language::of_environment())
}
