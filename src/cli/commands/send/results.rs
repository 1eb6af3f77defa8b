//! What `send` has at its end: the counts and the result files, and how it shows them.

use std::path::{Path, PathBuf};

use crate::cli::{
    args::{FormArgument, SendArguments},
    exit::{CommandError, Exit},
    options::{paths::CampaignPaths, report_format},
    output::{
        instances::{self, InstanceCounts},
        stdout::print_json,
        stop_summary::StopSummary,
        summary::{self, RunFacts, SendSummary},
    },
    session::send_history,
};
use crate::{
    domain::Counts,
    i18n::{self, ConsoleMessage, Language},
    ledger::{InstanceSummary, Ledger, LedgerError, ResultsChoice, RunEnd},
    report::{self, OutputRecord, ReportError, Written},
    terminal::{Lines, Terminal},
};

/// What was written beside the input.
pub(super) struct ResultFiles {
    results: Written,
    workbook: Option<Written>,
}

impl ResultFiles {
    pub(super) fn write(
        ledger: &Ledger,
        arguments: &SendArguments,
        places: &CampaignPaths,
        language: Language,
    ) -> Result<Self, ReportError> {
        let record = OutputRecord::new(send_history::folder());
        let style = report_format::as_typed(choice(arguments, places));
        let write = |path: &PathBuf| {
            let form = report_format::form(path).unwrap_or(FormArgument::Csv);
            let wish = report_format::report_options(form, style, language, None);
            report::write(ledger, path, &wish, &record)
        };
        Ok(Self {
            results: write(&places.results)?,
            workbook: places.workbook.as_ref().map(write).transpose()?,
        })
    }

    /// Shows where they are.
    fn show(&self, language: Language) {
        let shown = |file: &Written| i18n::shown_path(&file.placed.path);
        let results = |path| ConsoleMessage::Results { path }.localized(language);
        let first = self.workbook.as_ref().unwrap_or(&self.results);
        if !report::is_stdout(&first.placed.path) {
            eprintln_lossy!("  {}", results(shown(first)));
        }
        if self.workbook.is_some() {
            let path = shown(&self.results);
            let text = ConsoleMessage::ResultsAsText { path }.localized(language);
            let indent = results(String::new()).chars().count();
            eprintln_lossy!("  {:indent$}{text}", "");
        }
        let files = self.workbook.iter().chain([&self.results]);
        if let Some(instead) = files.clone().find_map(|file| file.placed.instead) {
            eprintln_lossy!("  {}", report_format::instead(instead).localized(language));
        }
    }
}

/// How the results are asked for: as typed, or else as in the last run.
pub(super) fn choice(arguments: &SendArguments, places: &CampaignPaths) -> ResultsChoice {
    let has_workbook = places.workbook.is_some().then_some(true);
    let workbook = arguments.files.workbook().or(has_workbook);
    report_format::choice(arguments.results, workbook).or(places.kept)
}

/// What the rows of a campaign have come to.
pub(super) struct Totals {
    pub(super) counts: Counts,
    /// Files that are not given, and how many pending rows wait for each.
    pub(super) held: Vec<(String, u64)>,
    instances: Vec<InstanceSummary>,
}

impl Totals {
    pub(super) fn read(ledger: &Ledger) -> Result<Self, LedgerError> {
        Ok(Self {
            counts: ledger.counts()?,
            held: ledger.held_rows()?,
            instances: instances::summaries(ledger)?,
        })
    }

    /// Shows the counts, where the results are, and what to do next.
    pub(super) fn show(
        &self,
        files: Option<&ResultFiles>,
        facts: &RunFacts<'_>,
        advice: &[String],
        language: Language,
    ) {
        let mut lines = Lines::new(Terminal::stderr());
        summary::run_lines(&mut lines, facts, language);
        lines.print();
        let instances = instances::lines(&self.instances, language);
        eprint_lossy!("{instances}");
        if let Some(files) = files {
            files.show(language);
        }
        for line in advice {
            eprintln_lossy!("  {line}");
        }
    }

    /// Prints the same as it would be before the first request.
    pub(super) fn print_plan(
        &self,
        places: &CampaignPaths,
        exit: Exit,
    ) -> Result<(), CommandError> {
        print_json(&SendSummary {
            campaign: &places.campaign,
            counts: self.counts,
            ledger: places.ledger.to_string_lossy(),
            results: Some(places.results.to_string_lossy()),
            workbook: places.workbook.as_deref().map(Path::to_string_lossy),
            exit: exit.code(),
            stopped: None,
            instances: InstanceCounts::of_all(&self.instances),
        })
    }

    /// Prints what ends the stdout of `send --json`.
    pub(super) fn print_summary(
        &self,
        places: &CampaignPaths,
        files: Option<&ResultFiles>,
        end: &RunEnd<'_>,
        language: Language,
    ) -> Result<(), CommandError> {
        let path = |written: &Written| written.placed.path.to_string_lossy().into_owned().into();
        print_json(&SendSummary {
            campaign: &places.campaign,
            counts: self.counts,
            ledger: places.ledger.to_string_lossy(),
            results: files.map(|files| path(&files.results)),
            workbook: files.and_then(|files| files.workbook.as_ref()).map(path),
            exit: end.exit,
            stopped: end.stop.map(|stop| StopSummary::new(stop, language)),
            instances: InstanceCounts::of_all(&self.instances),
        })
    }
}
