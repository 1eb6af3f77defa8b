//! Checks everything that a run needs and prints one line for each check: the settings, the service and its instance,
//! this machine, and the database. Nothing is sent.

mod database;
mod database_messages;
mod machine;
mod messages;
mod service;

use std::{ffi::OsString, io::IsTerminal};

use crate::cli::{
    args::{SendArguments, setup::DoctorArguments},
    config::{self, CommandLineError, ParsedCommandLine},
    exit::{CommandError, Exit},
    options::clock,
    output::{
        stdout::{print_json, write_raw},
        ui::Ui,
    },
    session::runtime,
};
use crate::{
    i18n::Language,
    terminal::{Lines, Terminal},
};
use serde::Serialize;

use messages::{Finding, LevelWord, Subject};

/// The width of the columns before a finding.
const HEAD: usize = 19;

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Good,
    /// It works, but the user should know.
    Warning,
    /// A run would end with this exit code.
    Failure(Exit),
}

impl Level {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Warning => "warn",
            Self::Failure(_) => "fail",
        }
    }
}

/// One line of the report: how serious it is, its subject, and the finding.
struct Line(Level, Subject, Finding);

/// Prints each line at once, or collects it for the JSON, and remembers the failures.
struct Doctor {
    language: Language,
    colors: bool,
    checks: Option<Vec<CheckSummary>>,
    failures: Vec<Exit>,
}

/// What `doctor --json` prints.
#[derive(Serialize)]
struct DoctorSummary {
    checks: Vec<CheckSummary>,
    exit: u8,
}

/// One check in the JSON; `level` is ok, warn or fail.
#[derive(Serialize)]
struct CheckSummary {
    check: &'static str,
    level: &'static str,
    text: String,
}

pub(crate) fn doctor(
    arguments: &DoctorArguments,
    typed: &ParsedCommandLine,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let colors = std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
    let mut doctor = Doctor {
        language: ui.language,
        colors,
        checks: arguments.json.then(Vec::new),
        failures: Vec::new(),
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    doctor.report(Line(
        Level::Good,
        Subject::Version,
        Finding::File { path: version },
    ))?;
    doctor.report(settings_file(typed))?;
    if let Err(reason) = check_settings_of_send(typed, ui.language) {
        doctor.report(Line(
            Level::Failure(Exit::Usage),
            Subject::Settings,
            Finding::Wrong { reason },
        ))?;
    }
    let in_database = database::lines(&arguments.campaign.database, ui.language);
    for line in machine::lines(
        &arguments.campaign,
        !in_database.is_empty(),
        &ui.hints,
        ui.language,
    ) {
        doctor.report(line)?;
    }
    for line in in_database {
        doctor.report(line)?;
    }
    let runtime = runtime::runtime()?;
    let mut checked = Vec::new();
    for service in typed.service_arguments() {
        let check = service::check(service, arguments.timeout, &mut checked, &mut doctor);
        runtime.block_on(check)?;
    }
    let exit = doctor.exit();
    if let Some(checks) = doctor.checks {
        let exit = exit.code();
        print_json(&DoctorSummary { checks, exit })?;
    }
    Ok(exit)
}

fn settings_file(typed: &ParsedCommandLine) -> Line {
    let path = typed.files.paths();
    let finding = match typed.files.profile.clone() {
        _ if path.is_empty() => Finding::NoFile,
        Some(profile) => Finding::FileWithProfile { path, profile },
        None => Finding::File { path },
    };
    Line(Level::Good, Subject::Settings, finding)
}

/// Reads the settings file as a run would. Returns the error with which a run would refuse it.
fn check_settings_of_send(typed: &ParsedCommandLine, language: Language) -> Result<(), String> {
    let files = &typed.files;
    let mut words: Vec<OsString> = ["sendcontact", "send"].map(OsString::from).to_vec();
    words.extend(
        files
            .profile
            .iter()
            .flat_map(|name| ["--profile", name])
            .map(OsString::from),
    );
    let services = typed.service_arguments();
    let names = services
        .iter()
        .filter_map(|service| service.name.as_deref());
    words.extend(
        names
            .flat_map(|name| ["--instance", name])
            .map(OsString::from),
    );
    words.extend(
        services
            .iter()
            .any(|service| service.simulate)
            .then(|| OsString::from("--simulate")),
    );
    let send = config::parse_with_files(&words, files).map_err(|error| match error {
        CommandLineError::Usage(error) => error
            .to_string()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
        CommandLineError::File(error, _) => error.localized(language),
    })?;
    let read = |send: &SendArguments| send.policy.read(&clock::service_clock()).map(drop);
    send.send_arguments()
        .into_iter()
        .try_for_each(read)
        .map_err(|error| error.localized(language))
}

impl Doctor {
    fn report(&mut self, Line(level, subject, finding): Line) -> Result<(), CommandError> {
        let (word, color) = match level {
            Level::Good => (LevelWord::Good, "32"),
            Level::Warning => (LevelWord::Warning, "33"),
            Level::Failure(exit) => {
                self.failures.push(exit);
                (LevelWord::Failure, "31")
            }
        };
        let text = finding.localized(self.language);
        if let Some(checks) = &mut self.checks {
            checks.push(CheckSummary {
                check: subject.as_str(),
                level: level.as_str(),
                text,
            });
            return Ok(());
        }
        let width = LevelWord::width(self.language);
        let word = format!("{:width$}", word.localized(self.language));
        let word = if self.colors {
            format!("\u{1b}[{color}m{word}\u{1b}[0m")
        } else {
            word
        };
        let subject = subject.localized(self.language);
        let mut lines = Lines::new(Terminal::stdout());
        // Where lines are wrapped, a command gets a line of its own.
        let is_wrapped = lines.terminal().width().is_some();
        let text = match finding.command().filter(|_| is_wrapped) {
            Some(command) => {
                let sentence = text.strip_suffix(command).unwrap_or(&text);
                format!("{}\n{command}", sentence.trim_end())
            }
            None => text,
        };
        lines.headed(&format!("{word}  {subject:12} "), HEAD, text);
        write_raw(lines.as_str())
    }

    /// Returns the exit code of the failure with the highest precedence.
    fn exit(&self) -> Exit {
        let order = [Exit::Fault, Exit::Usage, Exit::Refused, Exit::Early];
        order
            .into_iter()
            .find(|exit| self.failures.contains(exit))
            .unwrap_or(Exit::Done)
    }
}
