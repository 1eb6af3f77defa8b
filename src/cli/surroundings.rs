//! What a person can type about a campaign's surroundings: its settings file, schedulers, logs, what is
//! to be looked at before it, and who is to be left out of it.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, ValueEnum};

use super::args::{CampaignArguments, ServiceArguments, Time};
use crate::{
    i18n::{Language, SchedulerWord},
    send_policy::{Days, DaysError, Zone},
};

/// Which settings file counts.
#[derive(Debug, Args)]
pub(super) struct SettingsFileArguments {
    /// Settings file, beside the one in your config folder [default: sendcontact.toml here, and beside the input]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) settings: Option<PathBuf>,
    /// Read no settings file
    #[arg(long, global = true, conflicts_with = "settings")]
    pub(super) no_settings: bool,
    /// Profile of the settings file
    #[arg(long, global = true, env = "SENDCONTACT_PROFILE", value_name = "NAME")]
    pub(super) profile: Option<String>,
}

/// What is kept of a run that nobody watches.
#[derive(Debug, Args)]
pub(super) struct LogArguments {
    /// Keep a log in this file, by row; it is set aside at 10 MB, and four older ones are kept
    #[arg(long, value_name = "FILE")]
    pub(super) log_file: Option<PathBuf>,
    /// Write the log as JSON, an object a line
    #[arg(long)]
    pub(super) log_json: bool,
}

/// Who is told how a run ended.
#[derive(Debug, Args)]
pub(super) struct NotifyArguments {
    /// Run this with a summary on its stdin when the run has ended: all words up to the end, or up to a lone ;
    #[arg(long, value_name = "WORDS", num_args = 1.., allow_hyphen_values = true, value_terminator = ";")]
    pub(super) notify_command: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// Replace a settings file that is there
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct TrustArguments {
    /// The folder with the settings file [default: this one]
    #[arg(value_name = "FOLDER")]
    pub(super) folder: Option<PathBuf>,
    /// Trust it no more
    #[arg(long)]
    pub(super) remove: bool,
    /// Show every file that is trusted
    #[arg(long, conflicts_with_all = ["folder", "remove"])]
    pub(super) list: bool,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// Folder for the pages
    #[arg(value_name = "DIR")]
    pub(super) folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = DOCTOR_EXIT_CODES)]
pub(super) struct DoctorArguments {
    #[command(flatten)]
    pub(super) campaign: CampaignArguments,
    #[command(flatten)]
    pub(super) service: ServiceArguments,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_parser = Time::of_request, value_name = "TIME")]
    pub(super) timeout: Time,
}

const DOCTOR_EXIT_CODES: &str = "\
Exit codes: 0 all is well, or there are warnings only; 1 the machine (folder, ledger, room); 2 the
settings; 5 the network, or an instance that is starting; 7 the instance refuses or must not send.";

#[derive(Debug, Args)]
#[command(after_help = OPT_OUTS_EXIT_CODES)]
pub(super) struct OptOutsArguments {
    #[command(flatten)]
    pub(super) service: ServiceArguments,
    /// The list: people are added to it and never taken off
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// How far back to look
    #[arg(long, default_value_t = 1440, value_name = "MINUTES", conflicts_with = "since")]
    pub(super) minutes: u32,
    /// From when on to look, as 2026-11-20 or 2026-11-20T10:00
    #[arg(long, value_name = "TIME")]
    pub(super) since: Option<Since>,
    /// One more stop word, or a whole message; several may be given
    #[arg(long, value_name = "TEXT")]
    pub(super) word: Vec<String>,
    /// File of stop words, one a line, in place of the usual ones
    #[arg(long, value_name = "FILE")]
    pub(super) words: Option<PathBuf>,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_parser = Time::of_request, value_name = "TIME")]
    pub(super) timeout: Time,
}

const OPT_OUTS_EXIT_CODES: &str = "\
The usual words are such as стоп, отписка, не пишите, stop, unsubscribe. A message counts when it is one
of them and nothing else, whatever its case and marks.

Exit codes: 0 the list is as it should be; 5 the service could not be asked; 7 the instance refused.";

/// A moment that has passed, by the clock of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since(pub(super) jiff::civil::DateTime);

impl std::str::FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| SchedulerWord::Moment { text: text.to_owned() }.localized(Language::En))
    }
}

#[derive(Debug, Args)]
pub(super) struct ScheduleArguments {
    /// On which days: day, weekdays, or days such as mon,wed,fri
    #[arg(long, value_name = "DAYS")]
    pub(super) every: Every,
    /// At which time of day; several times may be given
    #[arg(long, value_name = "TIME", required = true)]
    pub(super) at: Vec<TimeOfDay>,
    /// By whose clocks, for example Europe/Moscow [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    pub(super) time_zone: Option<Zone>,
    /// Which scheduler [default: the one that this machine has]
    #[arg(long = "as", value_enum)]
    pub(super) scheduler: Option<SchedulerArgument>,
    /// The scheduler's name for it [default: sendcontact- and the campaign's name]
    #[arg(long, value_name = "NAME", value_parser = unit_name)]
    pub(super) name: Option<String>,
    /// Write the files where the scheduler looks for them; of cron's, nothing is written
    #[arg(long)]
    pub(super) install: bool,
    /// What is to run: send or track with all their words, in this folder
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(super) words: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchedulerArgument {
    /// A timer and a service of systemd, for you as a user
    Systemd,
    /// A line for crontab -e
    Cron,
    /// A task for the Windows Task Scheduler, as XML
    Windows,
}

/// Days on which something runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Every(pub(super) Days);

impl std::str::FromStr for Every {
    type Err = DaysError;

    fn from_str(text: &str) -> Result<Self, DaysError> {
        match text {
            "day" => Ok(Self(Days::ALL)),
            "weekdays" => "mon-fri".parse().map(Self),
            days => days.parse().map(Self),
        }
    }
}

/// A time of day, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeOfDay(pub(super) jiff::civil::Time);

impl std::str::FromStr for TimeOfDay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let time = jiff::civil::Time::strptime("%H:%M", text);
        time.map(Self).map_err(|_| SchedulerWord::TimeOfDay { text: text.to_owned() }.localized(Language::En))
    }
}

/// What every scheduler takes for a name.
fn unit_name(text: &str) -> Result<String, String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if !text.is_empty() && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Err("write Latin letters, digits, - and _ only".to_owned())
}
