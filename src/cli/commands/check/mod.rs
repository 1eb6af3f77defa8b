//! Shows what would be sent, and every problem. It reads the input as `send` does, but works offline and without
//! credentials.

mod duplicates;
mod messages;

use std::{
    io::{BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use indicatif::ProgressBar;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::cli::{
    args::CheckArguments,
    exit::{CommandError, Exit},
    failure,
    options::{
        error::SettingsError,
        inputs::{self, InputOptions},
        language, paths,
    },
    output::{
        check_lines::{FileLine, RowLine},
        label::Label,
        plan::{self, Plan},
        problems::{ProblemGroups, ProblemTable},
        stdout::{self, ignore_closed, write_raw},
        ui::Ui,
    },
    session::{dry_run, send_history},
};
use crate::{
    domain::{CheckedRow, Counts, Problem, RowCheck, RowRef, Status},
    i18n,
    ingest::OpenedInputs,
    ledger::{DuplicateIndex, Place},
    report::{OutputRecord, SavedFile, is_stdout, is_stream},
    terminal::{Lines, Terminal, Text, Tone},
};

use duplicates::Duplicates;
use messages::CheckMessage;

pub(crate) fn check(arguments: &CheckArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let source = InputOptions::new(&arguments.input)?;
    let mut run = CheckRun::new(arguments.json, ui);
    if let Some(path) = &arguments.problems {
        let ours = paths::ledger_files(&source.inputs);
        let others = inputs::input_files(&source.inputs)
            .into_iter()
            .chain(ours.iter().map(PathBuf::as_path));
        let others = others.collect::<Vec<_>>();
        check_problems(path, arguments.json, &others)?;
        run.problems_path = Some(path);
    }
    let is_shown = !arguments.json && !ui.is_quiet;
    run.is_shown = is_shown;
    run.first_problem_deadline = is_shown.then(|| Instant::now() + FIRST_PROBLEM_AFTER);
    if is_shown && std::io::stderr().is_terminal() {
        run.counter = ProgressBar::new_spinner();
    }
    let read = run.read(&source);
    run.counter.finish_and_clear();
    if is_shown && read.is_ok() {
        // A table on stdout must not be mixed with other text.
        let is_on_stdout = arguments.problems.as_deref().is_some_and(is_stdout);
        let terminal = if is_on_stdout {
            Terminal::stderr()
        } else {
            Terminal::stdout()
        };
        let mut lines = Lines::new(terminal);
        run.show(&mut lines);
        if let Some(ledger) = paths::ledger_of(&source.inputs) {
            show_campaign(&mut lines, &ledger.into(), &source, ui);
        }
        if is_on_stdout {
            eprint_lossy!("{}", lines.as_str());
        } else {
            write_raw(lines.as_str())?;
        }
    }
    run.finish(read)
}

/// Refuses a table of problems that would be a workbook, share stdout, or replace one of the other files.
fn check_problems(path: &Path, json: bool, others: &[&Path]) -> Result<(), SettingsError> {
    let is_workbook = |ending: &std::ffi::OsStr| {
        ["xlsx", "xls", "ods"]
            .iter()
            .any(|workbook| ending.eq_ignore_ascii_case(workbook))
    };
    if path.extension().is_some_and(is_workbook) {
        return Err(SettingsError::ProblemsForm(path.to_owned()));
    }
    if json && is_stdout(path) {
        let option = "--problems";
        return Err(SettingsError::StdoutTwice { option });
    }
    if is_stream(path) {
        return Ok(());
    }
    paths::check_output(path, others)
}

/// Shows what the existing campaign would make of this input. If the ledger cannot be read, shows why.
fn show_campaign(lines: &mut Lines, ledger: &Place, source: &InputOptions, ui: &Ui) {
    let since = Timestamp::now() - SignedDuration::from_hours(24 * 365);
    match dry_run::plan(ledger, source, since, ui.language) {
        Ok((plan, counts)) => plan.campaign_totals(lines, &counts),
        Err(error) => lines.indented(2, error.localized(ui.language)),
    }
}

/// The spinner moves once per this many rows.
const TICK: u64 = 5_000;

/// A check that takes longer shows its first problem at once, before it ends.
const FIRST_PROBLEM_AFTER: Duration = Duration::from_millis(400);

/// What has been read so far.
struct CheckRun<'a> {
    ui: &'a Ui,
    plan: Plan,
    counts: Counts,
    seen: DuplicateIndex,
    duplicates: Duplicates,
    problems: ProblemGroups,
    /// Where to write the table of problems. The table is created once the delimiter of the list is known.
    problems_path: Option<&'a Path>,
    table: Option<ProblemTable>,
    counter: ProgressBar,
    /// When to show the first problem at once; `None` if it was shown, or nobody waits for it.
    first_problem_deadline: Option<Instant>,
    json: Option<BufWriter<std::io::Stdout>>,
    sources: Vec<String>,
    is_shown: bool,
}

impl<'a> CheckRun<'a> {
    fn new(json: bool, ui: &'a Ui) -> Self {
        Self {
            ui,
            plan: Plan::default(),
            counts: Counts::default(),
            seen: DuplicateIndex::default(),
            duplicates: Duplicates::default(),
            problems: ProblemGroups::default(),
            problems_path: None,
            table: None,
            counter: ProgressBar::hidden(),
            first_problem_deadline: None,
            json: json.then(|| BufWriter::new(std::io::stdout())),
            sources: Vec::new(),
            is_shown: false,
        }
    }

    /// Reads everything. Returns the lines that end the JSON, one for each file.
    fn read(&mut self, source: &InputOptions) -> Result<Vec<FileLine>, CommandError> {
        let intake = OpenedInputs::open(&source.inputs, &source.settings);
        let delimiter = intake.as_ref().ok().and_then(|intake| {
            let mut sources = intake.sources().iter();
            sources.find_map(|source| source.layout.delimiter)
        });
        self.begin_table(delimiter)?;
        let intake = intake?;
        let sources = intake.sources().to_vec();
        self.plan = Plan::new(&intake, self.ui.language);
        self.plan.settings_files.clone_from(&source.settings_files);
        self.sources = sources.iter().map(|source| source.name.clone()).collect();
        let counted = intake.read(&mut |checked| self.add(&checked))?;
        let files = sources
            .iter()
            .zip(&counted)
            .map(|(source, counted)| FileLine::read(source, *counted, self.ui.language))
            .collect();
        self.plan.counted = counted;
        Ok(files)
    }

    /// Creates the table of problems, with the delimiter of the list if it has one.
    fn begin_table(&mut self, list_delimiter: Option<char>) -> Result<(), CommandError> {
        let Some(path) = self.problems_path else {
            return Ok(());
        };
        let delimiter = list_delimiter.unwrap_or_else(|| language::delimiter_of(self.ui.language));
        self.table = Some(ProblemTable::create(path, delimiter, self.ui.language)?);
        Ok(())
    }

    fn add(&mut self, checked: &CheckedRow) -> Result<(), CommandError> {
        let original = match &checked.finding {
            RowCheck::Message(message) | RowCheck::Suppressed(message, _) => {
                self.seen.insert(message, checked.place)?
            }
            RowCheck::Problem(..) => None,
        };
        let status = match (&checked.finding, original) {
            (RowCheck::Problem(..), _) => Status::Invalid,
            (_, Some(_)) => Status::Duplicate,
            (RowCheck::Message(_), None) => Status::Pending,
            (RowCheck::Suppressed(..), None) => Status::Suppressed,
        };
        self.counts.add(status, 1);
        self.plan.add(checked);
        if let (RowCheck::Suppressed(_, lists), None) = (&checked.finding, original) {
            self.plan.add_suppressed(lists);
        }
        if let Some(original) = original {
            self.duplicates.add((checked.place, original));
        }
        self.show_progress();
        if let RowCheck::Problem(problem, _) = &checked.finding {
            self.add_problem(checked.place, problem)?;
        }
        let Some(out) = &mut self.json else {
            return Ok(());
        };
        let source = source_name(&self.sources, checked.place);
        let line = RowLine::new(
            source,
            checked,
            status,
            original.map(|place| place.row),
            self.ui.language,
        );
        write_line(out, &line)
    }

    fn add_problem(&mut self, place: RowRef, problem: &Problem) -> Result<(), CommandError> {
        self.problems
            .add(problem, || self.plan.problem(place, problem));
        let source = source_name(&self.sources, place);
        self.table.as_mut().map_or(Ok(()), |table| {
            table.add(source, place.row, problem, self.ui.language)
        })
    }

    fn show_progress(&mut self) {
        let rows = self.counts.rows();
        if rows.is_multiple_of(TICK) {
            self.counter
                .set_message(CheckMessage::RowsRead { rows }.localized(self.ui.language));
            self.counter.tick();
            self.show_first_problem();
        }
    }

    /// Shows the first problem of a long list at once: every row may have it.
    fn show_first_problem(&mut self) {
        let is_due = |deadline| Instant::now() >= deadline;
        if self.first_problem_deadline.is_some_and(is_due)
            && let Some(line) = self.problems.first().map(str::to_owned)
        {
            let problem = CheckMessage::FirstProblem { line }.localized(self.ui.language);
            self.counter.suspend(|| eprintln_lossy!("  {problem}"));
            self.first_problem_deadline = None;
        }
    }

    /// Shows the plan, the duplicates, and the problems by kind.
    fn show(&self, lines: &mut Lines) {
        let language = self.ui.language;
        self.plan.files(lines);
        self.plan.warnings(lines);
        self.plan.pairing(lines);
        let rows = self.counts.of(Status::Pending);
        let mut text = Text::from(CheckMessage::ToSend { rows }.localized(language));
        let left_out = self.left_out();
        if left_out.rows() > 0 {
            text = text
                .with(Tone::Plain, ", ")
                .and(plan::words_text(&left_out, language));
        }
        self.plan.rows(lines, &self.counts, text);
        self.plan.suppressed(lines);
        self.duplicates.show(lines, &self.plan, language);
        if !self.problems.is_empty() {
            lines.blank();
            let heading = Label::Problems.localized(language);
            lines.indented(0, Text::default().with(Tone::BadHeading, heading));
            self.problems.show(lines, language);
        }
    }

    fn left_out(&self) -> Counts {
        let mut counts = Counts::default();
        for status in [Status::Invalid, Status::Duplicate, Status::Suppressed] {
            counts.add(status, self.counts.of(status));
        }
        counts
    }

    /// Ends the JSON with one line for each file, and returns the exit code.
    fn finish(self, read: Result<Vec<FileLine>, CommandError>) -> Result<Exit, CommandError> {
        if let Some(mut out) = self.json {
            match &read {
                Ok(files) => files
                    .iter()
                    .try_for_each(|file| write_line(&mut out, file))?,
                Err(error) => {
                    if let Some(problem) = error.file_problem() {
                        write_line(&mut out, &FileLine::unreadable(problem, self.ui.language))?;
                    }
                }
            }
            out.flush().or_else(ignore_closed)?;
        }
        let record = OutputRecord::new(send_history::folder());
        if let Some(table) = self.table {
            let saved = table.finish(&record)?;
            if self.is_shown {
                show_placed(&saved, self.ui);
            }
        }
        read.map(|_| {
            if self.counts.of(Status::Invalid) > 0 {
                Exit::Rows
            } else {
                Exit::Done
            }
        })
    }
}

/// Says where the table of problems is.
fn show_placed(saved: &SavedFile, ui: &Ui) {
    if is_stdout(&saved.path) {
        return;
    }
    let path = saved.path.display().to_string();
    let written = CheckMessage::ProblemsWritten { path };
    ui.print_indented(&written);
    if let Some(renamed) = saved.renamed {
        ui.print_indented(&renamed);
    }
}

fn source_name(sources: &[String], place: RowRef) -> &str {
    sources.get(place.source).map_or("", String::as_str)
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> Result<(), CommandError> {
    failure::note_printed();
    let text = stdout::json(line)?;
    writeln!(out, "{}", i18n::shown_json(&text)).or_else(ignore_closed)
}
