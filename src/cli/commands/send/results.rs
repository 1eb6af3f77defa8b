//! The end of `send`: the counts and the result files, and how they are shown.

use std::path::Path;

use super::BegunRun;
use crate::cli::{
    args::SendArguments,
    exit::{CommandError, Exit},
    options::{inputs, paths::CampaignPaths, report_format},
    output::{
        instances::{self, InstanceCounts},
        stdout::print_json,
        stop_summary::StopSummary,
        summary::{self, RunFacts, RunWarning, SendSummary},
        ui::Ui,
    },
    session::{assignment, result_files::ResultFiles},
};
use crate::{
    domain::{Counts, Status},
    engine::EngineMessage,
    i18n::Language,
    ledger::{InstanceSummary, Ledger, LedgerError, ResultsChoice, RunEnd},
    report::{ReportError, SavedReport},
    terminal::{Lines, Terminal},
};

/// Writes the results of a run in the format that the user asked for.
pub(super) fn write(
    ledger: &Ledger,
    arguments: &SendArguments,
    places: &CampaignPaths,
    language: Language,
) -> Result<ResultFiles, ReportError> {
    let choice = choice(arguments, places);
    let options_of = |form| report_format::report_options(form, &choice, language);
    ResultFiles::write(
        ledger,
        &places.results,
        places.workbook.as_deref(),
        options_of,
    )
}

/// Returns the options for the results: as typed, or else as in the last run.
pub(super) fn choice(arguments: &SendArguments, places: &CampaignPaths) -> ResultsChoice {
    let has_workbook = places.workbook.is_some().then_some(true);
    let workbook = arguments.files.workbook().or(has_workbook);
    let delimiter = arguments.input.delimiter.as_deref();
    let typed = ResultsChoice {
        workbook,
        // An invalid delimiter was refused when the input was opened.
        delimiter: delimiter.and_then(|delimiter| inputs::delimiter(delimiter).ok()),
        ..report_format::choice(arguments.results)
    };
    ResultsChoice {
        // Each run shows times in the zone that it uses.
        time_zone: arguments.policy.time_zone.clone(),
        ..typed.or(places.kept.clone())
    }
}

/// The counts of a campaign after a run.
pub(super) struct Totals {
    pub(super) counts: Counts,
    /// The rows of other machines.
    pub(super) others: Counts,
    /// Contacts that the service refused.
    pub(super) refused: u64,
    /// Files that are not given in this run, and how many pending rows wait for each.
    pub(super) held: Vec<(String, u64)>,
    instances: Vec<InstanceSummary>,
    /// Whether it was unknown what other campaigns have sent.
    lacks_history: bool,
}

impl Totals {
    /// Reads the totals. `has_histories` says whether the run uses send histories; one of them may still have been
    /// unusable.
    pub(super) fn read(ledger: &Ledger, has_histories: bool) -> Result<Self, LedgerError> {
        let counts = ledger.counts()?;
        Ok(Self {
            others: counts.without(&ledger.own_counts()?),
            counts,
            refused: ledger.refused()?,
            held: ledger.held_rows()?,
            instances: instances::summaries(ledger)?,
            lacks_history: has_histories && ledger.lacks_history(),
        })
    }

    /// Returns what a run has done: what other machines have done meanwhile counts as done before. `elsewhere` are the
    /// rows that they are sending.
    pub(super) fn facts_of(&self, run: &BegunRun, elsewhere: &Counts) -> RunFacts<'_> {
        let others = self.instances.iter();
        let others = others.filter(|summary| summary.instance.is_none());
        let waiting: u64 = others.map(|summary| summary.waiting).sum();
        RunFacts {
            stopped: &[],
            shares: &[],
            before: run.before.with_settled_between(&run.others, &self.others),
            after: &self.counts,
            left: self.counts.without(elsewhere),
            refused: self.refused.saturating_sub(run.refused),
            for_other_instances: waiting.saturating_sub(elsewhere.of(Status::Pending)),
            held: &self.held,
        }
    }

    /// Says how many contacts wait for instances that are not part of the run.
    pub(super) fn lines_of_other_instances(&self, language: Language) -> Vec<String> {
        assignment::lines_of_other_instances(&self.instances, language)
    }

    /// Shows the counts, where the results are, and what to do next.
    pub(super) fn show(
        &self,
        files: Option<&ResultFiles>,
        facts: &RunFacts<'_>,
        advice: &[String],
        ui: &Ui,
    ) {
        let mut lines = Lines::new(Terminal::stderr());
        summary::run_lines(&mut lines, facts, ui.language);
        lines.print();
        let instances = instances::lines(&self.instances, ui.language);
        eprint_lossy!("{instances}");
        if let Some(files) = files {
            files.show(ui);
        }
        for line in advice {
            eprintln_lossy!("  {line}");
        }
    }

    /// Shows what even a quiet run must tell: people may have got a contact twice.
    pub(super) fn show_warnings(&self, language: Language) {
        for warning in self.warnings(language) {
            eprintln_lossy!("{}", warning.text);
        }
    }

    fn warnings(&self, language: Language) -> Vec<RunWarning> {
        let warning = self.lacks_history.then(|| RunWarning {
            code: "send_history",
            text: EngineMessage::HistoryUnusable.localized(language),
        });
        warning.into_iter().collect()
    }

    /// Prints the totals as they are before the first request.
    pub(super) fn print_plan(
        &self,
        places: &CampaignPaths,
        exit: Exit,
        language: Language,
    ) -> Result<(), CommandError> {
        print_json(&SendSummary {
            campaign: &places.campaign,
            counts: self.counts,
            ledger: places.ledger.to_string().into(),
            results: Some(places.results.to_string_lossy()),
            workbook: places.workbook.as_deref().map(Path::to_string_lossy),
            exit: exit.code(),
            stopped: None,
            instances: InstanceCounts::of_all(&self.instances),
            warnings: self.warnings(language),
        })
    }

    /// Prints the object that ends the stdout of `send --json`.
    pub(super) fn print_summary(
        &self,
        places: &CampaignPaths,
        files: Option<&ResultFiles>,
        end: &RunEnd<'_>,
        language: Language,
    ) -> Result<(), CommandError> {
        let path = |written: &SavedReport| written.file.path.to_string_lossy().into_owned().into();
        print_json(&SendSummary {
            campaign: &places.campaign,
            counts: self.counts,
            ledger: places.ledger.to_string().into(),
            results: files.map(|files| path(&files.results)),
            workbook: files.and_then(|files| files.workbook.as_ref()).map(path),
            exit: end.exit,
            stopped: end.stop.map(|stop| StopSummary::new(stop, language)),
            instances: InstanceCounts::of_all(&self.instances),
            warnings: self.warnings(language),
        })
    }
}
