//! What would be sent, and every problem: the same reading as `send`, offline and without
//! credentials.

use std::{
    io::{BufWriter, IsTerminal, Write},
    path::PathBuf,
    time::{Duration, Instant},
};

use indicatif::ProgressBar;

use serde_json::{Value, json};

use crate::cli::{
    args::{CheckArguments, SendArguments},
    exit::{CommandError, Exit},
    options::{
        inputs::{self, InputOptions},
        language, paths,
    },
    output::{
        plan::{Plan, words},
        problems::{Kinds, ProblemTable},
        stdout::{print, unless_gone},
    },
};
use crate::{
    domain::{CheckedRow, Counts, Problem, Recipient, RowCheck, Status, Warning, WarningCode},
    formats::FileProblem,
    i18n::{self, ConsoleMessage, Label, Language, Sentence},
    ingest::{self, OpenedInputs, SourceCounts},
    ledger::DuplicateIndex,
};

pub(crate) fn check(arguments: &CheckArguments, language: Language) -> Result<Exit, CommandError> {
    let source = InputOptions::new(&arguments.input)?;
    let mut checked = Checked::new(arguments.json, language);
    if let Some(path) = &arguments.problems {
        let ours = paths::ledger_files(&source.inputs);
        let others = inputs::input_files(&source.inputs)
            .into_iter()
            .chain(ours.iter().map(PathBuf::as_path));
        paths::check_output(path, &others.collect::<Vec<_>>())?;
        checked.table = Some(ProblemTable::create(path, language::fallback_delimiter())?);
    }
    let talk = !arguments.json && !arguments.verbosity.quiet;
    checked.herald = talk.then(Instant::now);
    if talk && std::io::stderr().is_terminal() {
        checked.counter = ProgressBar::new_spinner();
    }
    let read = checked.read(&source);
    checked.counter.finish_and_clear();
    if talk && read.is_ok() {
        print(&checked.text())?;
    }
    checked.finish(read)
}

/// `send --dry-run`: the same, with the pace that the contacts would go at.
pub(crate) fn plan_only(
    source: &InputOptions,
    (arguments, rate): (&SendArguments, f64),
    language: Language,
) -> Result<Exit, CommandError> {
    let mut checked = Checked::new(arguments.json, language);
    let read = checked.read(source);
    if read.is_ok() && !arguments.verbosity.quiet {
        eprint_lossy!(
            "{}{}",
            checked.plan.findings(),
            outlook(&checked, rate, arguments.limit)
        );
        eprintln_lossy!("  {}", ConsoleMessage::DryRun.localized(language));
    }
    checked.finish(read)
}

fn outlook(checked: &Checked, rate: f64, limit: Option<u64>) -> String {
    checked.plan.outlook(&checked.counts, rate, limit)
}

/// Rows between two signs of life on a terminal.
const TICK: u64 = 5_000;

/// A check that takes longer tells its first problem before its end.
const LONG: Duration = Duration::from_millis(400);

/// What has been read so far.
struct Checked {
    language: Language,
    plan: Plan,
    counts: Counts,
    seen: DuplicateIndex,
    kinds: Kinds,
    table: Option<ProblemTable>,
    counter: ProgressBar,
    /// Since when somebody waits who is not told of a problem yet.
    herald: Option<Instant>,
    json: Option<BufWriter<std::io::Stdout>>,
    sources: Vec<String>,
}

impl Checked {
    fn new(json: bool, language: Language) -> Self {
        Self {
            language,
            plan: Plan::default(),
            counts: Counts::default(),
            seen: DuplicateIndex::default(),
            kinds: Kinds::default(),
            table: None,
            counter: ProgressBar::hidden(),
            herald: None,
            json: json.then(|| BufWriter::new(std::io::stdout())),
            sources: Vec::new(),
        }
    }

    /// Reads everything; gives the objects that end the JSON, one a file.
    fn read(&mut self, source: &InputOptions) -> Result<Vec<Value>, CommandError> {
        let intake = OpenedInputs::open(&source.inputs, &source.settings)?;
        let sources = intake.sources().to_vec();
        self.plan = Plan::new(&intake, self.language);
        self.plan.settings_files(&source.settings_files);
        self.sources = sources.iter().map(|source| source.name.clone()).collect();
        let counted = intake.read(&mut |entry| self.entry(&entry))?;
        let files = sources
            .iter()
            .zip(&counted)
            .map(|(source, counted)| source_json(source, *counted, self.language))
            .collect();
        self.plan.counted(counted);
        Ok(files)
    }

    fn entry(&mut self, entry: &CheckedRow) -> Result<(), CommandError> {
        let original = match &entry.finding {
            RowCheck::Message(message) | RowCheck::Suppressed(message, _) => {
                self.seen.insert(message, entry.place.row)?
            }
            RowCheck::Problem(..) => None,
        };
        let status = match (&entry.finding, original) {
            (RowCheck::Problem(..), _) => Status::Invalid,
            (_, Some(_)) => Status::Duplicate,
            (RowCheck::Message(_), None) => Status::Pending,
            (RowCheck::Suppressed(..), None) => Status::Suppressed,
        };
        self.counts.add(status, 1);
        self.plan.entry(entry);
        let rows = self.counts.rows();
        if rows.is_multiple_of(TICK) {
            self.counter
                .set_message(ConsoleMessage::RowsRead { rows }.localized(self.language));
            self.counter.tick();
            self.tell_first_problem();
        }
        let source = self
            .sources
            .get(entry.place.source)
            .map_or("", String::as_str);
        if let RowCheck::Problem(problem, _) = &entry.finding {
            self.kinds
                .add(problem, || self.plan.problem(entry.place, problem));
            let place = (source, entry.place.row);
            self.table
                .as_mut()
                .map_or(Ok(()), |table| table.add(place, problem, self.language))?;
        }
        let object = self
            .json
            .is_some()
            .then(|| row_json((source, entry), status, original, self.language));
        object.map_or(Ok(()), |object| self.line(&object))
    }

    /// Of a long list the first problem is told at once: it may be that of every row.
    fn tell_first_problem(&mut self) {
        if self.herald.is_some_and(|since| since.elapsed() >= LONG)
            && let Some(line) = self.kinds.first()
        {
            let told = ConsoleMessage::FirstProblem {
                line: line.to_owned(),
            }
            .localized(self.language);
            self.counter.suspend(|| eprintln_lossy!("  {told}"));
            self.herald = None;
        }
    }

    fn line(&mut self, object: &Value) -> Result<(), CommandError> {
        self.json
            .as_mut()
            .map_or(Ok(()), |out| {
                writeln!(out, "{}", i18n::shown_json(&object.to_string()))
            })
            .or_else(unless_gone)
    }

    /// The plan in words, the problems by kind.
    fn text(&self) -> String {
        let good = self.counts.of(Status::Pending);
        let language = self.language;
        let good = ConsoleMessage::ToSend { rows: good }.localized(language);
        let kinds = self.kinds.lines(language);
        let left_out = self.left_out();
        let left_out = if left_out.rows() > 0 {
            format!(", {}", words(&left_out, language))
        } else {
            String::new()
        };
        let heading = if kinds.is_empty() {
            String::new()
        } else {
            format!("\n{}\n", Label::Problems.localized(language))
        };
        let label = Label::Rows.localized(language);
        format!(
            "{}{}  {label:9} {}: {good}{left_out}\n{heading}{kinds}",
            self.plan.files(),
            self.plan.warnings(),
            self.counts.rows(),
        )
    }

    fn left_out(&self) -> Counts {
        let mut counts = Counts::default();
        for status in [Status::Invalid, Status::Duplicate, Status::Suppressed] {
            counts.add(status, self.counts.of(status));
        }
        counts
    }

    /// Ends the JSON with one object a file, and gives the exit code.
    fn finish(mut self, read: Result<Vec<Value>, CommandError>) -> Result<Exit, CommandError> {
        match &read {
            Ok(files) => {
                for file in files {
                    self.line(file)?;
                }
            }
            Err(error) => {
                if let Some(problem) = error.file_problem() {
                    self.line(&file_problem_json(problem, self.language))?;
                }
            }
        }
        if let Some(out) = &mut self.json {
            out.flush().or_else(unless_gone)?;
        }
        self.table.take().map_or(Ok(()), ProblemTable::finish)?;
        read.map(|_| {
            if self.counts.of(Status::Invalid) > 0 {
                Exit::Rows
            } else {
                Exit::Done
            }
        })
    }
}

fn row_json(
    (source, entry): (&str, &CheckedRow),
    status: Status,
    original: Option<u64>,
    language: Language,
) -> Value {
    let status = if status == Status::Pending {
        "valid"
    } else {
        status.as_str()
    };
    let mut object = json!({ "source": source, "row": entry.place.row, "status": status });
    match &entry.finding {
        RowCheck::Message(message) | RowCheck::Suppressed(message, _) => {
            match &message.recipient {
                Recipient::Chat(id) => object["chatId"] = json!(id.as_str()),
                Recipient::Phone(phone) => object["phoneNumber"] = json!(phone),
            }
            object["contact"] = json!(message.contact);
        }
        RowCheck::Problem(problem, _) => object["problem"] = problem_json(problem, language),
    }
    object["warnings"] = warnings_json(&entry.warnings, language);
    if let Some(row) = original {
        object["duplicateOf"] = json!(row);
    }
    object
}

fn problem_json(problem: &Problem, language: Language) -> Value {
    let Problem {
        code,
        column,
        value,
        sentence,
    } = problem;
    json!({ "code": code, "column": column, "value": value, "text": sentence.localized(language) })
}

fn warnings_json(warnings: &[Warning], language: Language) -> Value {
    let one = |Warning { code, sentence }: &Warning| json!({ "code": code, "text": sentence.localized(language) });
    warnings.iter().map(one).collect()
}

fn source_json(source: &ingest::Source, counted: SourceCounts, language: Language) -> Value {
    let mut object = json!({
        "source": source.name,
        "format": source.layout.format.as_str(),
        "encoding": source.layout.encoding,
        "delimiter": source.layout.delimiter.map(String::from),
        "rows": counted.rows,
    });
    if let Some(sheet) = &source.layout.sheet {
        object["sheet"] = json!(sheet);
        object["otherSheets"] = json!(source.layout.other_sheets);
    }
    let unknown = source.own_columns.iter().map(|column| Warning {
        code: WarningCode::UnknownColumn,
        sentence: Sentence::ColumnUnused {
            column: column.clone(),
        },
    });
    let hidden = (counted.hidden > 0).then_some(Warning {
        code: WarningCode::HiddenRows,
        sentence: Sentence::HiddenRows {
            rows: counted.hidden,
        },
    });
    let other_tables = counted.other_tables.sentence();
    let other_tables = other_tables.map(|sentence| Warning {
        code: WarningCode::OtherTables,
        sentence,
    });
    let groups = (counted.groups > 0).then_some(Warning {
        code: WarningCode::GroupsSkipped,
        sentence: Sentence::GroupsSkipped {
            groups: counted.groups,
        },
    });
    let lookalikes = source.lookalikes.iter().map(|(heading, known)| Warning {
        code: WarningCode::HeadingLookalike,
        sentence: Sentence::HeadingLookalike {
            heading: heading.clone(),
            known: known.clone(),
        },
    });
    let of_file = hidden
        .into_iter()
        .chain(other_tables)
        .chain(groups)
        .chain(lookalikes);
    let warnings: Vec<Warning> = of_file.chain(unknown).collect();
    if !warnings.is_empty() {
        object["warnings"] = warnings_json(&warnings, language);
    }
    object
}

fn file_problem_json(problem: &FileProblem, language: Language) -> Value {
    let name = problem
        .path()
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    json!({
        "source": name,
        "format": null,
        "encoding": null,
        "delimiter": null,
        "rows": 0,
        "problem": { "code": problem.code().as_str(), "row": problem.row(), "text": problem.localized(language) },
    })
}
