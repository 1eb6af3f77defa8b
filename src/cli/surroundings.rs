//! What a person can type about a campaign's surroundings: its settings file, schedulers, logs, what is
//! to be looked at before it, and who is to be left out of it.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, ValueEnum};

use super::args::{CampaignArguments, ServiceArguments, Time};
use crate::{
    i18n::{Language, SchedulerWord},
    send_policy::{Days, DaysError, Zone},
};

/// Which settings file is used.
#[derive(Debug, Args)]
pub(super) struct SettingsFileArguments {
    /// Settings file, in addition to the one in your config folder [default: sendcontact.toml here and beside the input]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) settings: Option<PathBuf>,
    /// Do not read settings files
    #[arg(long, global = true, conflicts_with = "settings")]
    pub(super) no_settings: bool,
    /// Profile of the settings file to use
    #[arg(long, global = true, env = "SENDCONTACT_PROFILE", value_name = "NAME")]
    pub(super) profile: Option<String>,
}

/// The log file.
#[derive(Debug, Args)]
pub(super) struct LogArguments {
    /// Write a log to this file; it is rotated at 10 MB, and four older files are kept
    #[arg(long, value_name = "FILE")]
    pub(super) log_file: Option<PathBuf>,
    /// Write the log as JSON, one object a line
    #[arg(long)]
    pub(super) log_json: bool,
}

/// The command that is run when a run has ended.
#[derive(Debug, Args)]
pub(super) struct NotifyArguments {
    /// Run this command after the run, with a summary on its stdin; put a lone ; after it if options follow
    #[arg(long, value_name = "WORDS", num_args = 1.., allow_hyphen_values = true, value_terminator = ";")]
    pub(super) notify_command: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// Overwrite an existing settings file
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct TrustArguments {
    /// Folder with the settings file [default: this folder]
    #[arg(value_name = "FOLDER")]
    pub(super) folder: Option<PathBuf>,
    /// Stop trusting the file
    #[arg(long)]
    pub(super) remove: bool,
    /// List the trusted files
    #[arg(long, conflicts_with_all = ["folder", "remove"])]
    pub(super) list: bool,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// Name of the shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// Folder to write the pages to
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
    /// Time limit of one request
    #[arg(long, default_value = "30s", value_parser = Time::of_request, value_name = "TIME")]
    pub(super) timeout: Time,
}

const DOCTOR_EXIT_CODES: &str = "\
Exit codes: 0 no problems, or only warnings; 1 the machine (folder, ledger, disk space); 2 the
settings; 5 the network, or an instance that is starting; 7 the instance refuses or must not send.";

#[derive(Debug, Args)]
#[command(after_help = OPT_OUTS_EXIT_CODES)]
pub(super) struct OptOutsArguments {
    #[command(flatten)]
    pub(super) service: ServiceArguments,
    /// The do-not-contact list; people are only added to it, never removed
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// How many minutes to search back
    #[arg(long, default_value_t = 1440, value_name = "MINUTES", conflicts_with = "since")]
    pub(super) minutes: u32,
    /// Search from this date on: 2026-11-20 or 2026-11-20T10:00
    #[arg(long, value_name = "TIME")]
    pub(super) since: Option<Since>,
    /// Additional stop word, or a whole message; can be repeated
    #[arg(long, value_name = "TEXT")]
    pub(super) word: Vec<String>,
    /// File of stop words, one a line, instead of the default ones
    #[arg(long, value_name = "FILE")]
    pub(super) words: Option<PathBuf>,
    /// Time limit of one request
    #[arg(long, default_value = "30s", value_parser = Time::of_request, value_name = "TIME")]
    pub(super) timeout: Time,
}

const OPT_OUTS_EXIT_CODES: &str = "\
The default stop words are words such as стоп, отписка, не пишите, stop, unsubscribe. A message is an
opt-out if it is a stop word and nothing else; case and punctuation are ignored.

Exit codes: 0 the list is up to date; 5 the service could not be asked; 7 the instance refused.";

/// A moment in the past, by the clock of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since(pub(super) jiff::civil::DateTime);

impl std::str::FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| SchedulerWord::Moment { text: text.to_owned() }.say(Language::En))
    }
}

#[derive(Debug, Args)]
pub(super) struct ScheduleArguments {
    /// Days: day (every day), weekdays, or a list such as mon,wed,fri
    #[arg(long, value_name = "DAYS")]
    pub(super) every: Every,
    /// Time of day; can be repeated
    #[arg(long, value_name = "TIME", required = true)]
    pub(super) at: Vec<TimeOfDay>,
    /// Time zone, for example Europe/Moscow [default: the zone of this machine]
    #[arg(long, value_name = "ZONE")]
    pub(super) time_zone: Option<Zone>,
    /// Scheduler [default: the one of this machine]
    #[arg(long = "as", value_enum)]
    pub(super) scheduler: Option<SchedulerArgument>,
    /// Name of the scheduled job [default: sendcontact- and the campaign's name]
    #[arg(long, value_name = "NAME", value_parser = unit_name)]
    pub(super) name: Option<String>,
    /// Write the files where the scheduler looks for them; of cron's, nothing is written
    #[arg(long)]
    pub(super) install: bool,
    /// Command to run in this folder: send or track with all its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(super) words: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchedulerArgument {
    /// systemd timer and service for your user
    Systemd,
    /// Line for crontab -e
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
        time.map(Self).map_err(|_| SchedulerWord::TimeOfDay { text: text.to_owned() }.say(Language::En))
    }
}

/// A name that every scheduler accepts.
fn unit_name(text: &str) -> Result<String, String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if !text.is_empty() && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Err("use only Latin letters, digits, - and _".to_owned())
}
