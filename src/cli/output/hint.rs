//! The commands that are printed for the user to paste. Each is built here, from the command that was typed and from
//! the place of the ledger, so that it works unchanged in the folder and the shell in which it is read.
//!
//! What must stay true: a command is on a line of its own, is never wrapped, and never contains the token, which
//! nobody can type as an option.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{ArgMatches, CommandFactory, parser::ValueSource};

use super::send_command::{SendCommand, absolute, is_private, line};
use crate::{
    cli::{args::Arguments, config::ParsedCommandLine},
    ledger::{Control, Ledger, LedgerError, Place, RunCommand, Service},
    report::{
        CorrectionCommands, NextSteps, RunState, campaign_words as campaign, not_sent_workbook,
        quoted_path,
    },
    terminal::quote::quoted,
};

/// The name of the program on the user's path.
const PROGRAM: &str = "sendcontact";

/// Precedes a command below its sentence.
const INDENT: &str = "  ";

/// Global options, by their ids.
const OF_EVERY_COMMAND: [&str; 6] = [
    "settings",
    "no_settings",
    "profile",
    "lang",
    "database",
    "database_schema",
];

/// Options that name the service.
const OF_SERVICE: [&str; 6] = [
    "api_url",
    "id_instance",
    "token_file",
    "insecure_http",
    "instance",
    "simulate",
];

/// The option that replaces the service by the simulator.
const SIMULATE: &str = "--simulate";

/// Options of `check` that say what it prints, not what it reads.
const OF_OUTPUT: [&str; 4] = ["problems", "json", "quiet", "verbose"];

/// What printed commands take over from the command that was typed.
#[derive(Debug, Clone)]
pub(crate) struct Hints {
    program: String,
    /// The name of the command.
    command: String,
    /// The words that were typed after the program's name.
    typed: Vec<String>,
    /// The parsed words after the command's name.
    matches: Option<ArgMatches>,
    /// The global options that were typed.
    shared: Vec<String>,
    /// The options that name the service, as they were typed.
    service: Vec<String>,
}

impl Hints {
    /// Takes them from the command line of this process.
    pub(crate) fn new(typed: &ParsedCommandLine) -> Self {
        let mut words = env::args_os();
        let program = program(words.next());
        let command = typed.matches.subcommand().map(|(_, matches)| matches);
        let of = |ids: &[&str]| {
            command.map_or_else(Vec::new, |matches| {
                ids.iter()
                    .flat_map(|id| option(matches, id, &id.replace('_', "-")))
                    .collect()
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
            matches: command.cloned(),
        }
    }

    /// Returns the commands for the campaign of this ledger.
    pub(crate) fn of_campaign(&self, ledger: &Ledger) -> CampaignHints<'_> {
        let sent = ledger.send_command().ok().flatten();
        let sent = sent.and_then(|sent| serde_json::from_str::<SendCommand>(&sent).ok());
        CampaignHints {
            hints: self,
            campaign: campaign(ledger.place()),
            has_limit: sent.as_ref().is_some_and(SendCommand::has_limit),
            send: sent.map(|sent| sent.without_limit()),
            not_sent: not_sent_workbook(ledger.place()),
            in_database: campaign_in_database(ledger.place()),
        }
    }

    /// Returns the commands for a campaign without reading its ledger.
    pub(crate) fn of_place(&self, ledger: &Place) -> CampaignHints<'_> {
        CampaignHints {
            hints: self,
            campaign: campaign(ledger),
            send: None,
            has_limit: false,
            not_sent: not_sent_workbook(ledger),
            in_database: campaign_in_database(ledger),
        }
    }

    /// Returns the same as [`Self::of_campaign`], for a reader in any folder.
    pub(crate) fn for_any_folder(&self, ledger: &Ledger) -> CampaignHints<'_> {
        let hints = self.of_campaign(ledger);
        let place = match ledger.place() {
            Place::File(path) => Place::File(absolute(path)),
            place @ Place::Database { .. } => place.clone(),
        };
        CampaignHints {
            campaign: campaign(&place),
            ..hints
        }
    }

    /// Returns the command that was typed, with another campaign in place of the one whose ledger is missing.
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
            campaign(&other.into())
        };
        let mut words: Vec<String> = self.typed.iter().map(|word| quoted(word)).collect();
        words.splice(at..=at, named);
        Some(self.simulated_as(other, &words))
    }

    /// Returns the command that was typed without a campaign, with this campaign added.
    pub(crate) fn with_campaign(&self, ledger: &Path) -> Option<String> {
        let at = self.typed.iter().position(|word| *word == self.command)?;
        let mut words: Vec<String> = self.typed.iter().map(|word| quoted(word)).collect();
        words.splice(at + 1..=at, campaign(&ledger.into()));
        Some(self.simulated_as(ledger, &words))
    }

    /// Returns the command that was typed, with the simulator; `None` if the simulator was typed too.
    pub(crate) fn with_simulator(&self) -> Option<String> {
        let is_typed = self.typed.iter().any(|word| word == SIMULATE);
        let words = self.typed.iter().map(|word| quoted(word));
        let words: Vec<String> = words.chain([SIMULATE.to_owned()]).collect();
        (!is_typed).then(|| line(&self.program, &words))
    }

    /// Returns the command as a line. It uses the simulator if the campaign does, and the command makes requests at
    /// all.
    fn simulated_as(&self, ledger: &Path, words: &[String]) -> String {
        let asks = ["reconcile", "track"].contains(&self.command.as_str());
        let is_typed = self.typed.iter().any(|word| word == SIMULATE);
        let known = Ledger::known_identities(&ledger.into()).unwrap_or_default();
        let is_simulated = known
            .first()
            .is_some_and(|identity| identity.service == Service::Simulator);
        let simulate = (asks && !is_typed && is_simulated).then(|| SIMULATE.to_owned());
        let words: Vec<String> = words.iter().cloned().chain(simulate).collect();
        line(&self.program, &words)
    }

    /// Returns the `check` command for the input of the typed command.
    pub(crate) fn check(&self) -> String {
        let all = Arguments::command();
        let check = all.find_subcommand("check").into_iter();
        let reads = check.flat_map(clap::Command::get_arguments).filter(|arg| {
            let id = arg.get_id().as_str();
            !OF_OUTPUT.contains(&id) && !OF_EVERY_COMMAND.contains(&id)
        });
        let (files, options): (Vec<_>, Vec<_>) = reads.partition(|arg| arg.is_positional());
        let typed = self.matches.iter().flat_map(|matches| {
            let files = files.iter();
            let files = files.flat_map(|arg| values(matches, arg.get_id().as_str()));
            let files = files.map(|file| quoted_path(Path::new(&file)));
            let options = options.iter();
            files.chain(options.flat_map(|arg| {
                let id = arg.get_id().as_str();
                option(matches, id, arg.get_long().unwrap_or(id))
            }))
        });
        let words: Vec<String> = std::iter::once("check".to_owned()).chain(typed).collect();
        self.command(&words.iter().map(String::as_str).collect::<Vec<_>>(), &[])
    }

    /// Records the typed `send` in the ledger, so that later commands can name it. Of a late run, the start is left out:
    /// it has passed, so the command would end without sending each time.
    pub(crate) fn note_send(&self, ledger: &mut Ledger, is_late: bool) -> Result<(), LedgerError> {
        let is_kept = !self.typed.iter().any(|word| is_private(word));
        let command = env::current_dir()
            .ok()
            .filter(|_| is_kept)
            .and_then(|folder| {
                let words = self.typed.clone();
                let typed = SendCommand { folder, words };
                let command = if is_late {
                    typed.without_start()
                } else {
                    typed
                };
                serde_json::to_string(&command).ok()
            });
        match command {
            Some(command) => ledger.note_send_command(&command),
            // A command with private words is not kept, and an older command must not be shown in its place.
            None => ledger.forget_send_command(),
        }
    }

    fn command(&self, words: &[&str], service: &[String]) -> String {
        let words = words.iter().map(|word| (*word).to_owned());
        let words: Vec<String> = words
            .chain(service.iter().cloned())
            .chain(self.shared.iter().cloned())
            .collect();
        line(&self.program, &words)
    }
}

/// The commands for one campaign.
#[derive(Debug, Clone)]
pub(crate) struct CampaignHints<'a> {
    hints: &'a Hints,
    /// The words that name the campaign.
    campaign: Vec<String>,
    /// The last `send` command, without its `--limit`: it is about all that is left.
    send: Option<SendCommand>,
    /// Whether that command had a `--limit`.
    has_limit: bool,
    /// The workbook of rows that were not sent, which `report` writes.
    not_sent: PathBuf,
    /// The name of the campaign, if a database holds it: no file beside a workbook shows to which one it belongs.
    in_database: Option<String>,
}

impl CampaignHints<'_> {
    /// Whether the last `send` command had a `--limit`, which [`Self::send`] leaves out.
    pub(crate) const fn has_limit(&self) -> bool {
        self.has_limit
    }

    /// Returns the last `send` command for all that is left, if the ledger knows it.
    pub(crate) fn send(&self) -> Option<String> {
        self.send.as_ref()?.line(&self.hints.program)
    }

    /// Returns the last `send` command with these options.
    fn send_with(&self, options: &[(&str, Option<&str>)]) -> Option<String> {
        self.send.as_ref()?.with(options).line(&self.hints.program)
    }

    /// Returns what to do about rows that were not accepted.
    pub(crate) fn corrections(&self) -> CorrectionCommands {
        let retry = ("--retry-failed", None);
        let address = "--address-as";
        let send = self.send.as_ref();
        CorrectionCommands {
            report: self.report_not_sent(),
            send_corrected: send.and_then(|send| {
                let send = send.of_file(&self.not_sent)?;
                let campaign = self.in_database.as_deref();
                let named = campaign.map(|name| send.with(&[("--campaign", Some(name))]));
                named.unwrap_or(send).line(&self.hints.program)
            }),
            retry: self.send_with(&[retry]),
            try_chat_id: self.send_with(&[
                (address, Some("chat-id")),
                retry,
                ("--limit", Some("1")),
            ]),
            retry_as_chat_id: self.send_with(&[(address, Some("auto")), retry]),
        }
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
        self.command("report", &["--only", "not-sent", "--as", "xlsx"])
    }

    pub(crate) fn report_not_delivered(&self) -> String {
        self.command("report", &["--only", "not-delivered"])
    }

    pub(crate) fn track(&self) -> String {
        self.asking("track", &["--watch"])
    }

    /// Returns what can be done about the campaign, and whether a run sends now.
    pub(crate) fn next_steps(&self, ledger: &Ledger) -> NextSteps {
        let place = ledger.place();
        let is_sending = Ledger::is_steered(place);
        let is_paused = Control::of(place).command() == Some(RunCommand::Pause);
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
            report_not_delivered: self.report_not_delivered(),
        }
    }

    pub(crate) fn resume(&self) -> String {
        self.command("resume", &[])
    }

    pub(crate) fn cancel(&self) -> String {
        self.command("cancel", &[])
    }

    fn command(&self, name: &str, options: &[&str]) -> String {
        self.hints.command(&self.words(name, options), &[])
    }

    /// Returns a command that makes requests to the service: the one that was typed for this command, otherwise that of
    /// the last `send`.
    fn asking(&self, name: &str, options: &[&str]) -> String {
        let of_send = self.send.as_ref().filter(|_| self.hints.service.is_empty());
        let service = of_send.map_or_else(|| self.hints.service.clone(), service_of);
        self.hints.command(&self.words(name, options), &service)
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

fn campaign_in_database(place: &Place) -> Option<String> {
    match place {
        Place::File(_) => None,
        Place::Database { campaign, .. } => Some(campaign.clone()),
    }
}

/// Returns the options of a `send` command that name the service. They work in any folder.
fn service_of(send: &SendCommand) -> Vec<String> {
    let Some(matches) = send.matches() else {
        return Vec::new();
    };
    let typed = |id: &&str| {
        let token_file = (*id == "token_file" && !send.is_here()).then(|| values(&matches, id));
        if let Some(file) = token_file.and_then(|mut files| files.pop()) {
            let file = quoted_path(&send.folder.join(file));
            return vec!["--token-file".to_owned(), file];
        }
        option(&matches, id, &id.replace('_', "-"))
    };
    OF_SERVICE.iter().flat_map(typed).collect()
}

/// Returns how to start the program: by its name if it is on the path, else as it was started.
fn program(typed: Option<OsString>) -> String {
    let typed = typed.unwrap_or_else(|| OsString::from(PROGRAM));
    let is_bare = Path::new(&typed).components().count() < 2;
    let file = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
    // If there is no PATH, there is no better name.
    let is_found = env::var_os("PATH").is_none_or(|folders| {
        env::split_paths(&folders).any(|folder| folder.join(&file).is_file())
    });
    if is_bare || is_found {
        PROGRAM.to_owned()
    } else {
        quoted(&typed.to_string_lossy())
    }
}

/// Returns an option as it was typed; empty if its value comes from elsewhere.
fn option(matches: &ArgMatches, id: &str, name: &str) -> Vec<String> {
    // Options of other commands are unknown here.
    let known = matches.try_contains_id(id).unwrap_or(false);
    if !known || matches.value_source(id) != Some(ValueSource::CommandLine) {
        return Vec::new();
    }
    let name = format!("--{name}");
    let values = values(matches, id);
    if values.is_empty() || matches.try_get_one::<bool>(id).is_ok() {
        return vec![name];
    }
    values
        .into_iter()
        .flat_map(|value| [name.clone(), quoted(&value)])
        .collect()
}

/// Returns the values that were typed.
fn values(matches: &ArgMatches, id: &str) -> Vec<String> {
    let typed = matches.value_source(id) == Some(ValueSource::CommandLine);
    let raw = matches.get_raw(id).filter(|_| typed).into_iter().flatten();
    raw.map(|value| value.to_string_lossy().into_owned())
        .collect()
}

/// Ends a sentence with a colon if commands follow.
pub(crate) fn introducing(sentence: &str, commands: &[String]) -> String {
    match sentence.strip_suffix('.') {
        Some(sentence) if !commands.is_empty() => format!("{sentence}:"),
        Some(_) | None => sentence.to_owned(),
    }
}

/// Leaves out the commands that are above already. A sentence that no command follows any more does not announce one.
pub(crate) fn each_command_once(lines: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for line in lines {
        let is_command = line.starts_with(INDENT);
        if !is_command {
            close(&mut kept);
        }
        if !is_command || !kept.contains(&line) {
            kept.push(line);
        }
    }
    close(&mut kept);
    kept
}

/// Ends the last line with a full stop if it announces commands.
fn close(lines: &mut [String]) {
    if let Some(last) = lines.last_mut()
        && last.ends_with(':')
    {
        last.pop();
        last.push('.');
    }
}

/// Indents a command below its sentence.
pub(crate) fn indented(command: &str) -> String {
    format!("{INDENT}{command}")
}
