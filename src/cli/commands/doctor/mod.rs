//! Looks at everything that a run needs, one line each, and sends nothing: the settings, the service
//! and its instance, and this machine.

mod machine;
mod messages;
mod service;

use crate::cli::session::runtime;
use std::{ffi::OsString, io::IsTerminal};

use crate::cli::{
    args::{SendArguments, setup::DoctorArguments},
    config::{self, CommandLineError, ParsedCommandLine},
    exit::{CommandError, Exit},
    options::{clock, paths},
    output::stdout::write_raw,
};
use crate::i18n::{self, Language};

use messages::{Finding as Found, Subject};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Good,
    /// It works, but a person should know.
    Warning,
    /// A run would end with this.
    Failure(Exit),
}

/// One line.
struct Line(Sign, Subject, Found);

/// Tells each line as it is found out, and keeps the worst.
struct Doctor {
    language: Language,
    colours: bool,
    failures: Vec<Exit>,
}

pub(crate) fn doctor(
    arguments: &DoctorArguments,
    typed: &ParsedCommandLine,
    language: Language,
) -> Result<Exit, CommandError> {
    let colours = std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
    let mut doctor = Doctor {
        language,
        colours,
        failures: Vec::new(),
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    doctor.tell(Line(
        Sign::Good,
        Subject::Version,
        Found::File { path: version },
    ))?;
    doctor.tell(settings_file(typed))?;
    if let Err(reason) = settings_of_send(typed, language) {
        doctor.tell(Line(
            Sign::Failure(Exit::Usage),
            Subject::Settings,
            Found::Wrong { reason },
        ))?;
    }
    let ledger = paths::existing_ledger(&arguments.campaign).ok();
    for line in machine::lines(ledger.as_deref(), language) {
        doctor.tell(line)?;
    }
    let runtime = runtime::runtime()?;
    let mut looked_at = Vec::new();
    for service in typed.service_arguments() {
        let look = service::look((service, arguments.timeout), &mut looked_at, &mut doctor);
        runtime.block_on(look)?;
    }
    Ok(doctor.exit())
}

fn settings_file(typed: &ParsedCommandLine) -> Line {
    let path = typed.files.paths();
    let found = match typed.files.profile.clone() {
        _ if path.is_empty() => Found::NoFile,
        Some(profile) => Found::FileWithProfile { path, profile },
        None => Found::File { path },
    };
    Line(Sign::Good, Subject::Settings, found)
}

/// Reads the settings file as a run would; gives what that would refuse.
fn settings_of_send(typed: &ParsedCommandLine, language: Language) -> Result<(), String> {
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
    fn tell(&mut self, Line(sign, subject, found): Line) -> Result<(), CommandError> {
        let (word, colour) = match sign {
            Sign::Good => ("ok", "32"),
            Sign::Warning => ("warn", "33"),
            Sign::Failure(exit) => {
                self.failures.push(exit);
                ("FAIL", "31")
            }
        };
        let word = format!("{word:4}");
        let word = if self.colours {
            format!("\u{1b}[{colour}m{word}\u{1b}[0m")
        } else {
            word
        };
        let (subject, text) = (
            subject.localized(self.language),
            found.localized(self.language),
        );
        let text = i18n::shown(&text);
        write_raw(&format!("{word}  {subject:12} {text}\n"))
    }

    /// The highest cause wins.
    fn exit(&self) -> Exit {
        let order = [Exit::Fault, Exit::Usage, Exit::Refused, Exit::Early];
        order
            .into_iter()
            .find(|exit| self.failures.contains(exit))
            .unwrap_or(Exit::Done)
    }
}
