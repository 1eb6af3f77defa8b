//! How a person wants results to be: their form, their delimiter, their languages.

use std::path::Path;

use clap::ValueEnum;

use crate::cli::args::{FormArgument, LanguageArgument, ResultsArguments};
use crate::{
    i18n::Language,
    report::{Form, Wish},
};

/// What the name of a report says of its form.
pub(crate) fn form(path: &Path) -> Option<FormArgument> {
    let ending = path.extension()?.to_ascii_lowercase();
    let forms = FormArgument::value_variants().iter().copied();
    forms.into_iter().find(|form| ending == *ending_of(*form))
}

/// How the name of a report of this form ends.
pub(crate) const fn ending_of(form: FormArgument) -> &'static str {
    match form {
        FormArgument::Csv => "csv",
        FormArgument::Xlsx => "xlsx",
        FormArgument::Vcf => "vcf",
        FormArgument::Html => "html",
    }
}

/// How results of this form are written. `--delimiter` comes before `--locale`, and that before the
/// delimiter of the input.
pub(crate) fn wish(
    form: FormArgument,
    (arguments, language): (ResultsArguments, Language),
    delimiter: Option<char>,
) -> Wish {
    let language = arguments.locale.map_or(language, language_of);
    let asked = delimiter.or(arguments.locale.map(|_| delimiter_of(language)));
    let form = match form {
        FormArgument::Csv => Form::Csv {
            delimiter: asked,
            fallback: delimiter_of(language),
        },
        FormArgument::Xlsx => Form::Xlsx,
        FormArgument::Vcf => Form::Vcf,
        FormArgument::Html => Form::Html,
    };
    Wish {
        form,
        only: None,
        language,
        headings: language_of(arguments.headers),
    }
}

const fn language_of(argument: LanguageArgument) -> Language {
    match argument {
        LanguageArgument::En => Language::En,
        LanguageArgument::Ru => Language::Ru,
    }
}

/// Excel takes `;` where the comma comes before decimals.
pub(crate) const fn delimiter_of(language: Language) -> char {
    match language {
        Language::En => ',',
        Language::Ru => ';',
    }
}
