//! How results are written: their format, delimiter and languages.

use std::path::Path;

use clap::ValueEnum;
use jiff::Timestamp;

use super::language::{delimiter_of, language_of};
use crate::{
    cli::args::{FormArgument, ResultsArguments},
    i18n::Language,
    ledger::ResultsChoice,
    report::{Form, ReportOptions},
};

/// Returns the format that the extension of a path means.
pub(crate) fn form(path: &Path) -> Option<FormArgument> {
    let ending = path.extension()?.to_ascii_lowercase();
    let forms = FormArgument::value_variants().iter().copied();
    forms.into_iter().find(|form| ending == *ending_of(*form))
}

/// Returns the extension of a file in this format, without the dot.
pub(crate) const fn ending_of(form: FormArgument) -> &'static str {
    match form {
        FormArgument::Csv => "csv",
        FormArgument::Xlsx => "xlsx",
        FormArgument::Vcf => "vcf",
        FormArgument::Html => "html",
    }
}

/// Returns how to write results in this format. `--delimiter` comes before `--locale`, and both before the delimiter of
/// the input; `--lang` decides on the language of the texts, else `--locale`.
pub(crate) fn report_options(
    form: FormArgument,
    choice: &ResultsChoice,
    language: Language,
) -> ReportOptions {
    let typed = choice.delimiter.or(choice.locale.map(delimiter_of));
    let fallback = delimiter_of(choice.locale.unwrap_or(language));
    let language = choice.texts().unwrap_or(language);
    let form = match form {
        FormArgument::Csv => Form::Csv {
            delimiter: typed,
            fallback,
        },
        FormArgument::Xlsx => Form::Xlsx,
        FormArgument::Vcf => Form::Vcf,
        FormArgument::Html => Form::Html,
    };
    ReportOptions {
        form,
        only: None,
        language,
        headings: choice.headers.unwrap_or(Language::En),
        now: Timestamp::now(),
    }
}

/// Returns the options for results as typed, to be kept in the ledger.
pub(crate) fn choice(arguments: ResultsArguments) -> ResultsChoice {
    ResultsChoice {
        headers: arguments.headers.map(language_of),
        locale: arguments.locale.map(language_of),
        language: arguments.lang.map(language_of),
        ..ResultsChoice::default()
    }
}
