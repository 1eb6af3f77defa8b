//! How results are written: their format, delimiter and languages.

use std::path::Path;

use clap::ValueEnum;

use super::language::{delimiter_of, language_of};
use crate::{
    cli::args::{FormArgument, LanguageArgument, ResultsArguments},
    i18n::Language,
    ledger::ResultsChoice,
    report::{Form, ReportOptions},
};

/// The format that the ending of a path means.
pub(crate) fn form(path: &Path) -> Option<FormArgument> {
    let ending = path.extension()?.to_ascii_lowercase();
    let forms = FormArgument::value_variants().iter().copied();
    forms.into_iter().find(|form| ending == *ending_of(*form))
}

/// The ending of a file of this format, without the dot.
pub(crate) const fn ending_of(form: FormArgument) -> &'static str {
    match form {
        FormArgument::Csv => "csv",
        FormArgument::Xlsx => "xlsx",
        FormArgument::Vcf => "vcf",
        FormArgument::Html => "html",
    }
}

/// How results of this format are written. `--delimiter` comes before `--locale`, and that before the delimiter of
/// the input.
pub(crate) fn report_options(
    form: FormArgument,
    arguments: ResultsArguments,
    language: Language,
    delimiter: Option<char>,
) -> ReportOptions {
    let language = arguments.locale.map_or(language, language_of);
    let typed = delimiter.or(arguments.locale.map(|_| delimiter_of(language)));
    let form = match form {
        FormArgument::Csv => Form::Csv {
            delimiter: typed,
            fallback: delimiter_of(language),
        },
        FormArgument::Xlsx => Form::Xlsx,
        FormArgument::Vcf => Form::Vcf,
        FormArgument::Html => Form::Html,
    };
    ReportOptions {
        form,
        only: None,
        language,
        headings: arguments.headers.map_or(Language::En, language_of),
    }
}

/// What was typed about the results, to be kept in the ledger.
pub(crate) fn choice(arguments: ResultsArguments, workbook: Option<bool>) -> ResultsChoice {
    ResultsChoice {
        headers: arguments.headers.map(language_of),
        locale: arguments.locale.map(language_of),
        workbook,
    }
}

/// The choice as if it had been typed.
pub(crate) fn as_typed(choice: ResultsChoice) -> ResultsArguments {
    let argument = |language| match language {
        Language::En => LanguageArgument::En,
        Language::Ru => LanguageArgument::Ru,
    };
    ResultsArguments {
        headers: choice.headers.map(argument),
        locale: choice.locale.map(argument),
    }
}
