//! The commands that are printed for the user to paste. Each is built here, from the command that was typed and from
//! where the ledger is, so that it works as it stands, in the folder and the shell in which it is read.
//!
//! What must stay true: a command is on a line of its own, is never wrapped, and never contains the token, which
//! nobody can type as an option.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{ArgMatches, parser::ValueSource};
use serde::{Deserialize, Serialize};

use super::quote::quoted;
use crate::{
    cli::config::ParsedCommandLine,
    i18n,
    ledger::{ControlFile, Ledger, LedgerError, RunCommand},
    report::{NextSteps, RunState},
};

/// The name of the program on the user's path.
const PROGRAM: &str = "sendcontact";

/// Options of every command, by their ids.
const OF_EVERY_COMMAND: [&str; 4] = ["settings", "no_settings", "profile", "lang"];

/// Options that name the service.
const OF_SERVICE: [&str; 6] = [
    "api_url",
    "id_instance",
    "token_file",
    "insecure_http",
    "instance",
    "simulate",
];

/// What a command has in common with the one that was typed.
#[derive(Debug, Clone)]
pub(crate) struct Hints {
    program: String,
    /// The name of the command.
    command: String,
    /// The words that were typed after the program's name.
    typed: Vec<String>,
    /// What was typed of the options of every command.
    shared: Vec<String>,
    /// What was typed of the options that name the service.
    service: Vec<String>,
}

impl Hints {
    /// After the command line of this process.
    pub(crate) fn new(typed: &ParsedCommandLine) -> Self {
        let mut words = env::args_os();
        let program = program(words.next());
        let command = typed.matches.subcommand().map(|(_, matches)| matches);
        let of = |ids: &[&str]| {
            command.map_or_else(Vec::new, |matches| {
                ids.iter().flat_map(|id| option(matches, id)).collect()
            })
        };
        Self {
            program,
            command: typed
                .matches
                .subcommand_name()
                .unwrap_or_default()
                .to_owned(),
            typed: words
                .map(|word| word.to_string_lossy().into_owned())
                .collect(),
            shared: of(&OF_EVERY_COMMAND),
            service: of(&OF_SERVICE),
        }
    }

    /// Commands about the campaign of this ledger.
    pub(crate) fn of_campaign(&self, ledger: &Ledger) -> CampaignHints<'_> {
        let sent = ledger.send_command().ok().flatten();
        let sent = sent.and_then(|sent| serde_json::from_str::<SendCommand>(&sent).ok());
        CampaignHints {
            hints: self,
            campaign: campaign(ledger.path()),
            send: sent.and_then(|sent| sent.line(&self.program)),
        }
    }

    /// The same, where the ledger itself is not read.
    pub(crate) fn of_path(&self, ledger: &Path) -> CampaignHints<'_> {
        CampaignHints {
            hints: self,
            campaign: campaign(ledger),
            send: None,
        }
    }

    /// As [`Self::of_campaign`], for somebody who reads it in no folder or in another one.
    pub(crate) fn for_any_folder(&self, ledger: &Ledger) -> CampaignHints<'_> {
        let hints = self.of_campaign(ledger);
        let path = absolute(ledger.path());
        CampaignHints {
            campaign: campaign(&path),
            ..hints
        }
    }

    /// The command that was typed, for another campaign than the one whose ledger is missing.
    pub(crate) fn with_other_campaign(&self, missing: &Path, other: &Path) -> Option<String> {
        let names_it = |word: &String| {
            let word = Path::new(word);
            word == missing
                || PathBuf::from(format!("{}.ledger", word.display())) == missing
                || word.with_extension("ledger") == missing
        };
        let at = self.typed.iter().rposition(names_it).filter(|at| *at > 0)?;
        let is_of_option = self.typed[at - 1] == "--ledger";
        let named = if is_of_option {
            vec![quoted_path(other)]
        } else {
            campaign(other)
        };
        let mut words: Vec<String> = self.typed.iter().map(|word| quoted(word)).collect();
        words.splice(at..=at, named);
        Some(line(&self.program, &words))
    }

    /// The command that was typed without a campaign, for this one.
    pub(crate) fn with_campaign(&self, ledger: &Path) -> Option<String> {
        let at = self.typed.iter().position(|word| *word == self.command)?;
        let mut words: Vec<String> = self.typed.iter().map(|word| quoted(word)).collect();
        words.splice(at + 1..=at, campaign(ledger));
        Some(line(&self.program, &words))
    }

    /// Has the ledger remember the `send` that was typed, so that later commands can name it.
    pub(crate) fn note_send(&self, ledger: &mut Ledger) -> Result<(), LedgerError> {
        let is_kept = !self.typed.iter().any(|word| is_private(word));
        let command = env::current_dir()
            .ok()
            .filter(|_| is_kept)
            .and_then(|folder| {
                let words = self.typed.clone();
                serde_json::to_string(&SendCommand { folder, words }).ok()
            });
        match command {
            Some(command) => ledger.note_send_command(&command),
            // Such a command is not repeated in words either.
            None => ledger.forget_send_command(),
        }
    }

    fn command(&self, words: &[&str], service: bool) -> String {
        let words = words.iter().map(|word| (*word).to_owned());
        let service = self.service.iter().filter(|_| service).cloned();
        let words: Vec<String> = words
            .chain(service)
            .chain(self.shared.iter().cloned())
            .collect();
        line(&self.program, &words)
    }
}

/// The `send` that was typed, as a ledger keeps it.
#[derive(Serialize, Deserialize)]
struct SendCommand {
    folder: PathBuf,
    words: Vec<String>,
}

impl SendCommand {
    /// It as a line; nothing if it cannot be repeated on one line from here.
    fn line(&self, program: &str) -> Option<String> {
        let words: Vec<String> = self.words.iter().map(|word| quoted(word)).collect();
        let is_here = env::current_dir().is_ok_and(|here| here == self.folder);
        if is_here {
            return Some(line(program, &words));
        }
        // cmd and PowerShell join commands in different ways.
        (!cfg!(windows)).then(|| {
            let folder = quoted_path(&self.folder);
            let program = if program.contains('/') {
                quoted_path(&absolute(Path::new(program)))
            } else {
                program.to_owned()
            };
            format!("cd {folder} && {}", line(&program, &words))
        })
    }
}

/// What the command at the end of a run is given may hold passwords.
fn is_private(word: &str) -> bool {
    word.starts_with("--notify") || i18n::holds_token(word)
}

/// Commands about one campaign.
#[derive(Debug, Clone)]
pub(crate) struct CampaignHints<'a> {
    hints: &'a Hints,
    /// The words that name it.
    campaign: Vec<String>,
    /// The command that sent last.
    send: Option<String>,
}

impl CampaignHints<'_> {
    /// The command that sent last, if the ledger knows it.
    pub(crate) fn send(&self) -> Option<String> {
        self.send.clone()
    }

    pub(crate) fn reconcile(&self) -> String {
        self.asking("reconcile", &["--wait", "5m"])
    }

    pub(crate) fn resend_absent(&self) -> String {
        self.asking("reconcile", &["--resend-absent"])
    }

    pub(crate) fn resolve(&self) -> String {
        self.command("resolve", &[])
    }

    pub(crate) fn assume_sent(&self) -> String {
        self.command("resolve", &["--assume-sent", "all"])
    }

    pub(crate) fn resend(&self) -> String {
        self.command("resolve", &["--resend", "all"])
    }

    pub(crate) fn report(&self) -> String {
        self.command("report", &[])
    }

    pub(crate) fn report_not_sent(&self) -> String {
        self.command("report", &["--only", "not-sent"])
    }

    pub(crate) fn report_not_delivered(&self) -> String {
        self.command("report", &["--only", "not-delivered"])
    }

    pub(crate) fn track(&self) -> String {
        self.asking("track", &["--watch"])
    }

    /// What can be done about the campaign, and whether a run sends now.
    pub(crate) fn next_steps(&self, ledger: &Ledger) -> NextSteps {
        let path = ledger.path();
        let is_sending = Ledger::is_steered(path);
        let is_paused = ControlFile::of(path).wish() == Some(RunCommand::Pause);
        let waits = ledger.waits().unwrap_or_default();
        NextSteps {
            run: match (is_sending, is_paused) {
                (Err(_), _) => RunState::NotKnown,
                (Ok(false), _) => RunState::Ended,
                (Ok(true), false) if waits.is_whole_run => RunState::Waiting { waits: waits.waits },
                (Ok(true), false) => RunState::Sending,
                (Ok(true), true) => RunState::Paused {
                    resume: self.resume(),
                },
            },
            send: self.send(),
            reconcile: self.reconcile(),
            report_not_sent: self.report_not_sent(),
        }
    }

    pub(crate) fn resume(&self) -> String {
        self.command("resume", &[])
    }

    pub(crate) fn cancel(&self) -> String {
        self.command("cancel", &[])
    }

    fn command(&self, name: &str, options: &[&str]) -> String {
        self.hints.command(&self.words(name, options), false)
    }

    /// A command that asks the service.
    fn asking(&self, name: &str, options: &[&str]) -> String {
        self.hints.command(&self.words(name, options), true)
    }

    fn words<'a>(&'a self, name: &'a str, options: &[&'a str]) -> Vec<&'a str> {
        let campaign = self.campaign.iter().map(String::as_str);
        [name]
            .into_iter()
            .chain(campaign)
            .chain(options.iter().copied())
            .collect()
    }
}

/// How the program is started: by its name if that is on the path, else as it was.
fn program(typed: Option<OsString>) -> String {
    let typed = typed.unwrap_or_else(|| OsString::from(PROGRAM));
    let is_bare = Path::new(&typed).components().count() < 2;
    let file = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
    // Without a path there is no better name.
    let is_found = env::var_os("PATH").is_none_or(|folders| {
        env::split_paths(&folders).any(|folder| folder.join(&file).is_file())
    });
    if is_bare || is_found {
        PROGRAM.to_owned()
    } else {
        quoted(&typed.to_string_lossy())
    }
}

/// An option as it was typed; nothing if its value comes from elsewhere.
fn option(matches: &ArgMatches, id: &str) -> Vec<String> {
    // An option of other commands is not known here.
    let known = matches.try_contains_id(id).unwrap_or(false);
    if !known || matches.value_source(id) != Some(ValueSource::CommandLine) {
        return Vec::new();
    }
    let name = format!("--{}", id.replace('_', "-"));
    let values: Vec<String> = matches
        .get_raw(id)
        .map(|values| {
            values
                .map(|value| quoted(&value.to_string_lossy()))
                .collect()
        })
        .unwrap_or_default();
    if values.is_empty() || matches.try_get_one::<bool>(id).is_ok() {
        return vec![name];
    }
    values
        .into_iter()
        .flat_map(|value| [name.clone(), value])
        .collect()
}

/// The words that name the campaign of a ledger on a command line.
pub(crate) fn campaign(ledger: &Path) -> Vec<String> {
    let named = if is_ledger(ledger) {
        // `a.ledger` would itself be taken for a ledger.
        Some(ledger.with_extension("")).filter(|named| !is_ledger(named))
    } else {
        return vec!["--ledger".to_owned(), quoted_path(ledger)];
    };
    vec![quoted_path(named.as_deref().unwrap_or(ledger))]
}

fn is_ledger(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "ledger")
}

/// A path that is taken for no option.
fn quoted_path(path: &Path) -> String {
    let begins_with_dash = path.to_string_lossy().starts_with('-');
    let path = if begins_with_dash {
        PathBuf::from(".").join(path)
    } else {
        path.to_owned()
    };
    quoted(&path.to_string_lossy())
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn line(program: &str, words: &[String]) -> String {
    words
        .iter()
        .fold(program.to_owned(), |line, word| line + " " + word)
}

/// A command below the sentence that it belongs to.
pub(crate) fn indented(command: &str) -> String {
    format!("  {command}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_is_named_so_that_its_ledger_is_found() {
        for (ledger, named) in [
            ("clients.ledger", &["clients"][..]),
            ("lists/clients.ledger", &["lists/clients"]),
            ("a.ledger.ledger", &["a.ledger.ledger"]),
            ("-a.ledger", &["./-a"]),
            ("record.db", &["--ledger", "record.db"]),
        ] {
            assert_eq!(campaign(Path::new(ledger)), named);
        }
    }
}
