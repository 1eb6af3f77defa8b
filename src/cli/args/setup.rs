//! Arguments of the commands beside sending: settings files, schedulers, `doctor` and opt-outs.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, ValueEnum};

use super::{
    groups::{CampaignArguments, ServiceArguments},
    words::{DurationArgument, ValueError},
};
use crate::send_policy::{Days, DaysError, Zone};

/// The settings file in use.
#[derive(Debug, Args)]
pub(crate) struct SettingsFileArguments {
    /// Settings file, read beside your own [default: sendcontact.toml here and beside the input]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// Read no settings file
    #[arg(long, global = true, conflicts_with = "settings")]
    pub(crate) no_settings: bool,
    /// Profile in the settings file
    #[arg(long, global = true, env = "SENDCONTACT_PROFILE", value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// Replace an existing settings file
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TrustArguments {
    /// Folder with the settings file [default: this one]
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
    /// Stop trusting the file
    #[arg(long)]
    pub(crate) remove: bool,
    /// List the trusted files
    #[arg(long, conflicts_with_all = ["folder", "remove"])]
    pub(crate) list: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// Shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// Folder for the pages
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = DOCTOR_EXIT_CODES)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    pub(crate) campaign: CampaignArguments,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_parser = DurationArgument::for_request, value_name = "TIME")]
    pub(crate) timeout: DurationArgument,
    /// Print the checks as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) service: ServiceArguments,
}

const DOCTOR_EXIT_CODES: &str = "\
Exit codes: 0 all is well, or only warnings; 1 the machine (folder, ledger,
space); 2 the settings; 5 the network, or an instance that is starting; 7 the
instance refuses or must not send.";

#[derive(Debug, Args)]
#[command(after_help = OPT_OUTS_EXIT_CODES)]
pub(crate) struct OptOutsArguments {
    /// Do-not-contact list to add people to; nobody is removed
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// How many minutes to look back
    #[arg(
        long,
        default_value_t = 1440,
        value_name = "MINUTES",
        conflicts_with = "since"
    )]
    pub(crate) minutes: u32,
    /// Look back to this time, such as 2026-11-20 or 2026-11-20T10:00
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Since>,
    /// One more stop word, or a whole message; may be repeated
    #[arg(long, value_name = "TEXT")]
    pub(crate) word: Vec<String>,
    /// File of stop words, one per line, instead of the usual ones
    #[arg(long, value_name = "FILE")]
    pub(crate) words: Option<PathBuf>,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_parser = DurationArgument::for_request, value_name = "TIME")]
    pub(crate) timeout: DurationArgument,
    #[command(flatten)]
    pub(crate) service: ServiceArguments,
}

const OPT_OUTS_EXIT_CODES: &str = "\
The usual words are стоп, отписка, не пишите, stop, unsubscribe and the like. A
message counts if it is one of them and nothing else; case and punctuation do
not matter.

Exit codes: 0 the list is up to date; 5 the service could not be asked; 7 the
instance refused.";

/// A time in the past, by the clock of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Since(pub(crate) jiff::civil::DateTime);

impl std::str::FromStr for Since {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        text.parse().map(Self).map_err(|_| ValueError::NoDate {
            text: text.to_owned(),
        })
    }
}

#[derive(Debug, Args)]
#[command(after_help = SCHEDULE_EXAMPLE)]
pub(crate) struct ScheduleArguments {
    /// Days: day (every day), weekdays, or days such as mon,wed,fri
    #[arg(long, value_name = "DAYS")]
    pub(crate) every: Every,
    /// Time of day, such as 10:00; may be repeated
    #[arg(long, value_name = "TIME", required = true)]
    pub(crate) at: Vec<TimeOfDay>,
    /// Time zone, such as Europe/Moscow [default: that of this computer]
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<Zone>,
    /// Scheduler [default: the one on this computer]
    #[arg(long = "as", value_enum, value_name = "SCHEDULER")]
    pub(crate) scheduler: Option<SchedulerArgument>,
    /// Name of the task in the scheduler [default: sendcontact- and the campaign's name]
    #[arg(long, value_name = "NAME", value_parser = unit_name)]
    pub(crate) name: Option<String>,
    /// Command to run in this folder: send or track, with its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) words: Vec<OsString>,
}

const SCHEDULE_EXAMPLE: &str =
    "Example: sendcontact schedule --every weekdays --at 10:00 -- send clients.csv";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchedulerArgument {
    /// A timer and a service for systemd, as your user
    Systemd,
    /// A line for crontab -e
    Cron,
    /// A schtasks command for the Windows Task Scheduler
    Windows,
}

/// The days on which a scheduler runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Every(pub(crate) Days);

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
pub(crate) struct TimeOfDay(pub(crate) jiff::civil::Time);

impl std::str::FromStr for TimeOfDay {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let time = jiff::civil::Time::strptime("%H:%M", text);
        time.map(Self).map_err(|_| ValueError::NoTimeOfDay {
            text: text.to_owned(),
        })
    }
}

/// Accepts a name that every scheduler allows.
fn unit_name(text: &str) -> Result<String, ValueError> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if !text.is_empty() && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Err(ValueError::NoUnitName)
}
