//! The results files beside a ledger: `send` writes them at its end, and `track` and `reconcile` write them again.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::{
    args::FormArgument,
    options::{language, report_format},
    output::ui::Ui,
    session::send_history,
};
use crate::{
    i18n::{self, Language, messages},
    ledger::Ledger,
    report::{self, Form, OutputRecord, ReportError, ReportOptions, ResultsStyle, SavedReport},
};

messages! {
    /// Where the results were written.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum ResultFilesMessage {
        Results { path: String } = en "Results: {path}", ru "Результаты: {path}",
        ResultsAsText { path: String } =
            en "{path} (for other programs)",
            ru "{path} (для других программ)",
    }
}

/// The files that were written.
pub(crate) struct ResultFiles {
    pub(crate) results: SavedReport,
    pub(crate) workbook: Option<SavedReport>,
}

impl ResultFiles {
    /// Writes the results, and the workbook if one is wanted; `options` says how to write a file of a format.
    pub(crate) fn write(
        ledger: &Ledger,
        results: &Path,
        workbook: Option<&Path>,
        options: impl Fn(FormArgument) -> ReportOptions,
    ) -> Result<Self, ReportError> {
        let record = OutputRecord::new(send_history::folder());
        let write = |path: &Path| {
            let form = report_format::form(path).unwrap_or(FormArgument::Csv);
            report::write(ledger, path, &options(form), &record)
        };
        Ok(Self {
            results: write(results)?,
            workbook: workbook.map(write).transpose()?,
        })
    }

    /// Writes the files again that `send` wrote under their usual names, in the same style; `None` if there are none.
    pub(crate) fn rewrite(
        ledger: &Ledger,
        language: Language,
    ) -> Result<Option<Self>, ReportError> {
        let table = usual_path(&ledger.place().results_base(), FormArgument::Csv);
        let workbook = usual_path(&ledger.place().results_base(), FormArgument::Xlsx);
        let style = ResultsStyle::of(&table);
        let asked = ledger.results_choice()?.texts();
        let options = |form| options(form, style, asked, language);
        let files = match (table.is_file(), workbook.is_file()) {
            (true, has_workbook) => {
                let workbook = has_workbook.then_some(workbook.as_path());
                Self::write(ledger, &table, workbook, options)?
            }
            (false, true) => Self::write(ledger, &workbook, None, options)?,
            (false, false) => return Ok(None),
        };
        Ok(Some(files))
    }

    /// Shows where the files are.
    pub(crate) fn show(&self, ui: &Ui) {
        let shown = |file: &SavedReport| i18n::shown_path(&file.file.path);
        let results = |path| ResultFilesMessage::Results { path }.localized(ui.language);
        let first = self.workbook.as_ref().unwrap_or(&self.results);
        if !report::is_stdout(&first.file.path) {
            eprintln_lossy!("  {}", results(shown(first)));
        }
        if self.workbook.is_some() {
            let path = shown(&self.results);
            let text = ResultFilesMessage::ResultsAsText { path }.localized(ui.language);
            let indent = results(String::new()).chars().count();
            eprintln_lossy!("  {:indent$}{text}", "");
        }
        let files = self.workbook.iter().chain([&self.results]);
        if let Some(renamed) = files.clone().find_map(|file| file.file.renamed) {
            ui.print_indented(&renamed);
        }
    }
}

/// Returns the usual path of the results: `list-results.csv` beside `list.ledger`.
fn usual_path(ledger: &Path, form: FormArgument) -> PathBuf {
    let campaign = ledger.file_stem().unwrap_or_default().to_string_lossy();
    let ending = report_format::ending_of(form);
    ledger.with_file_name(format!("{campaign}-results.{ending}"))
}

/// Returns how the results were written before: their delimiter and the language of their headings.
fn options(
    form: FormArgument,
    style: Option<ResultsStyle>,
    asked: Option<Language>,
    language: Language,
) -> ReportOptions {
    let headings = style.map_or(Language::En, |style| style.headings);
    let language = asked.unwrap_or(match headings {
        Language::Ru => Language::Ru,
        Language::En => language,
    });
    let form = match form {
        FormArgument::Csv => Form::Csv {
            delimiter: style.map(|style| style.delimiter),
            fallback: language::delimiter_of(language),
        },
        FormArgument::Xlsx => Form::Xlsx,
        FormArgument::Vcf => Form::Vcf,
        FormArgument::Html => Form::Html,
    };
    ReportOptions {
        form,
        only: None,
        language,
        headings,
        now: Timestamp::now(),
    }
}
