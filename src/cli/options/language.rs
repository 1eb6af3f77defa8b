//! The language of messages and of tables.

use crate::{cli::args::LanguageArgument, i18n::Language};

/// Returns the chosen language, or else the language of the environment.
pub(crate) fn chosen_language(chosen: Option<LanguageArgument>) -> Language {
    chosen.map_or_else(Language::of_environment, language_of)
}

/// Returns the language that an argument names.
pub(super) const fn language_of(argument: LanguageArgument) -> Language {
    match argument {
        LanguageArgument::En => Language::En,
        LanguageArgument::Ru => Language::Ru,
    }
}

/// Returns the delimiter that Excel expects: `;` where the decimal separator is a comma.
pub(crate) const fn delimiter_of(language: Language) -> char {
    match language {
        Language::En => ',',
        Language::Ru => ';',
    }
}

/// Returns the delimiter for tables if the input has none.
pub(crate) fn fallback_delimiter() -> char {
    delimiter_of(Language::of_environment())
}
