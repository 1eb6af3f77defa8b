//! Writes the results of a campaign, or a part of them, again from its ledger alone.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::cli::{
    args::{FormArgument, ReportArguments, RowFilterArgument},
    exit::{CommandError, Exit},
    options::{error::SettingsError, inputs, paths, report_format},
    output::ui::Ui,
    session::send_history,
};
use crate::{
    domain::{Delivery, Status},
    i18n::{count, messages},
    ledger::{Ledger, Listed, ResultsChoice},
    report::{self, Form, OutputRecord, ReportOptions, RowFilter},
};

messages! {
    /// What was written.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum ReportMessage {
        RowsWritten { rows: u64, path: String } =
            en "{rows}: {path}" [rows = count::en(*rows, "row", "rows")],
            ru "{rows}: {path}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        PageWritten { path: String } =
            en "Page of figures: {path}",
            ru "Страница со сводкой: {path}",
        NothingSelected { only: String } =
            en "No row is \"{only}\", so no file was written.",
            ru "Ни одной строки «{only}» нет, файл не записан.",
        OldSelection { path: String } =
            en "{path} is from an earlier report.",
            ru "{path} остался от прежнего отчёта.",
    }
}

pub(crate) fn report(arguments: &ReportArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let place = paths::existing_ledger(&arguments.campaign)?;
    let path = place.results_base();
    let form = chosen_form(arguments)?;
    let results = arguments
        .results
        .clone()
        .unwrap_or_else(|| default_path(&path, arguments.only, form));
    let is_stream = report::is_stream(&results);
    if !is_stream {
        paths::check_output(&results, &[path.as_path()])?;
    }
    let delimiter = arguments.delimiter.as_deref().map(inputs::delimiter);
    let ledger = Ledger::read(&place)?;
    let choice = ResultsChoice {
        delimiter: delimiter.transpose()?,
        ..report_format::choice(arguments.style)
    };
    let choice = choice.or(ledger.results_choice()?);
    let options = |form| ReportOptions {
        only: arguments.only.map(row_filter),
        ..report_format::report_options(form, &choice, ui.language)
    };
    write(&ledger, &results, &options(form), arguments.only, ui)?;
    // As `send` does, writes both the table and the workbook.
    if choice.workbook == Some(true) && is_plain(arguments) {
        let form = FormArgument::Xlsx;
        let workbook = default_path(&path, None, form);
        write(&ledger, &workbook, &options(form), None, ui)?;
    }
    Ok(Exit::Done)
}

/// Whether no option selects a file.
const fn is_plain(arguments: &ReportArguments) -> bool {
    arguments.form.is_none() && arguments.results.is_none() && arguments.only.is_none()
}

/// Writes a file and reports its path.
fn write(
    ledger: &Ledger,
    results: &Path,
    options: &ReportOptions,
    only: Option<RowFilterArgument>,
    ui: &Ui,
) -> Result<(), CommandError> {
    if !report::is_stream(results) {
        refuse_to_overwrite_inputs(ledger, results)?;
    }
    let record = OutputRecord::new(send_history::folder());
    let written = if options.only.is_some() {
        report::write_if_any(ledger, results, options, &record)?
    } else {
        Some(report::write(ledger, results, options, &record)?)
    };
    let Some(written) = written else {
        nothing_selected(only, results, ui);
        return Ok(());
    };
    let path = written.file.path.display().to_string();
    if let Some(renamed) = written.file.renamed {
        ui.print(&renamed);
    }
    if !report::is_stdout(results) {
        let rows = written.rows;
        ui.print(&if options.form == Form::Html {
            ReportMessage::PageWritten { path }
        } else {
            ReportMessage::RowsWritten { rows, path }
        });
    }
    Ok(())
}

/// Reports that no file was written, and that an existing file is an old one.
fn nothing_selected(only: Option<RowFilterArgument>, results: &Path, ui: &Ui) {
    let only = only.map(name).unwrap_or_default();
    ui.print(&ReportMessage::NothingSelected { only });
    if results.exists() {
        let path = results.display().to_string();
        ui.print(&ReportMessage::OldSelection { path });
    }
}

/// Refuses to overwrite an input. A ledger knows the names of its inputs, not their folders, so a file with such a name
/// is kept in every folder.
fn refuse_to_overwrite_inputs(ledger: &Ledger, results: &Path) -> Result<(), CommandError> {
    let sources = ledger.sources()?;
    let is_input = |source: &Listed| Path::new(&source.name).file_name() == results.file_name();
    if results.exists() && sources.iter().any(is_input) {
        return Err(SettingsError::SameFile(results.to_owned()).into());
    }
    Ok(())
}

/// Returns the format of `--as`, or else the one of the file's extension.
fn chosen_form(arguments: &ReportArguments) -> Result<FormArgument, SettingsError> {
    let named = arguments
        .results
        .as_deref()
        .and_then(|results| Some((results, report_format::form(results)?)));
    if let (Some(form), Some((results, named))) = (arguments.form, named)
        && form != named
    {
        let (path, ending) = (results.to_owned(), report_format::ending_of(form));
        return Err(SettingsError::NotItsEnding { path, ending });
    }
    let form = match (arguments.form, &arguments.results) {
        (Some(form), _) => form,
        (None, None) => FormArgument::Csv,
        (None, Some(results)) => match report_format::form(results) {
            Some(form) => form,
            None if report::is_stream(results) => FormArgument::Csv,
            None => {
                return Err(SettingsError::Results {
                    path: results.clone(),
                    endings: ".csv, .xlsx, .vcf or .html (- is stdout)",
                });
            }
        },
    };
    if form == FormArgument::Html && arguments.only.is_some() {
        return Err(SettingsError::OnlyFigures);
    }
    Ok(form)
}

fn row_filter(argument: RowFilterArgument) -> RowFilter {
    match argument {
        RowFilterArgument::Accepted => RowFilter::Status(Status::Accepted),
        RowFilterArgument::Duplicate => RowFilter::Status(Status::Duplicate),
        RowFilterArgument::Suppressed => RowFilter::Status(Status::Suppressed),
        RowFilterArgument::NotDelivered => RowFilter::NotDelivered,
        RowFilterArgument::Queued => RowFilter::Delivery(Delivery::Queued),
        RowFilterArgument::Sent => RowFilter::Delivery(Delivery::Sent),
        RowFilterArgument::Delivered => RowFilter::Delivery(Delivery::Delivered),
        RowFilterArgument::Read => RowFilter::Delivery(Delivery::Read),
        RowFilterArgument::DeliveryFailed => RowFilter::Delivery(Delivery::Failed),
        RowFilterArgument::NoAccount => RowFilter::Delivery(Delivery::NoAccount),
        RowFilterArgument::NotInGroup => RowFilter::Delivery(Delivery::NotInGroup),
        RowFilterArgument::YellowCard => RowFilter::Delivery(Delivery::YellowCard),
        RowFilterArgument::Failed => RowFilter::Status(Status::Failed),
        RowFilterArgument::Invalid => RowFilter::Status(Status::Invalid),
        RowFilterArgument::Unknown => RowFilter::Status(Status::Unknown),
        RowFilterArgument::Pending => RowFilter::Status(Status::Pending),
        RowFilterArgument::NotSent => RowFilter::NotSent,
    }
}

/// Returns the word that selects these rows.
fn name(only: RowFilterArgument) -> String {
    let value = only.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

/// Returns `list-results.csv`, or for a part of the rows `list-failed.csv`, beside the ledger.
fn default_path(ledger: &Path, only: Option<RowFilterArgument>, form: FormArgument) -> PathBuf {
    let part = match only {
        None if form == FormArgument::Html => "summary".to_owned(),
        None => "results".to_owned(),
        Some(only) => name(only),
    };
    let campaign = ledger.file_stem().unwrap_or_default().to_string_lossy();
    ledger.with_file_name(format!(
        "{campaign}-{part}.{}",
        report_format::ending_of(form)
    ))
}
