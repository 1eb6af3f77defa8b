//! Looks at everything that a run needs, one line each, and sends nothing: the settings, the service
//! and its instance, and this machine.

mod machine;
mod service;

use std::io::IsTerminal;

use super::{
    exit::{CommandError, Exit},
    instances, print, settings,
    settings_file::Typed,
    surroundings::DoctorArguments,
};
use crate::sentences::{DoctorFinding as Found, Language, Subject};

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

pub(super) fn doctor(
    arguments: &DoctorArguments,
    typed: &Typed,
    language: Language,
) -> Result<Exit, CommandError> {
    let colours =
        std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
    let mut doctor = Doctor { language, colours, failures: Vec::new() };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    doctor.tell(Line(Sign::Good, Subject::Version, Found::File { path: version }))?;
    doctor.tell(settings_file(typed))?;
    let ledger = settings::ledger(&arguments.campaign).ok();
    for line in machine::lines(ledger.as_deref(), language) {
        doctor.tell(line)?;
    }
    let runtime = instances::runtime()?;
    for service in typed.services() {
        runtime.block_on(service::look((service, arguments.timeout), &mut doctor))?;
    }
    Ok(doctor.exit())
}

fn settings_file(typed: &Typed) -> Line {
    let found = match &typed.file {
        None => Found::NoFile,
        Some(file) => {
            let path = file.path.display().to_string();
            match file.profile.clone() {
                Some(profile) => Found::FileWithProfile { path, profile },
                None => Found::File { path },
            }
        }
    };
    Line(Sign::Good, Subject::Settings, found)
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
        let word = if self.colours { format!("\u{1b}[{colour}m{word}\u{1b}[0m") } else { word };
        let (subject, text) = (subject.say(self.language), found.say(self.language));
        print(&format!("{word}  {subject:12} {text}\n"))
    }

    /// The highest cause wins.
    fn exit(&self) -> Exit {
        let order = [Exit::Fault, Exit::Usage, Exit::Refused, Exit::Early];
        order.into_iter().find(|exit| self.failures.contains(exit)).unwrap_or(Exit::Done)
    }
}
