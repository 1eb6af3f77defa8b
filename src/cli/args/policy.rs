//! Options for hours, days, caps and the end of a run.

use std::path::PathBuf;

use clap::Args;

use super::{
    from_file::FileHours,
    groups::{CHECKS, LIMITS},
    words::{CheckRecipientsArgument, DaysArgument, IfUnknownArgument},
};

#[derive(Debug, Args)]
#[command(next_help_heading = "Hours")]
pub(crate) struct PolicyArguments {
    /// Send nothing before: 10:00, "2026-11-24 10:00" or 2026-11-24T10:00[Europe/Moscow]
    #[arg(long, value_name = "TIME")]
    pub(crate) start_at: Option<String>,
    /// What to do if --start-at was more than 15 minutes ago: run, skip or ask
    #[arg(long, default_value = "run", value_name = "ACTION")]
    pub(crate) if_late: String,
    /// Send nothing after: 18:00, a date and time, or 3h from now
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Hours of the day to send in, such as 10:00-19:00; may be repeated
    #[arg(long, value_name = "HOURS")]
    pub(crate) window: Vec<String>,
    /// Days of the week to send on, such as mon-fri [default: all]
    #[arg(long, value_name = "DAYS")]
    pub(crate) days: Option<String>,
    /// File of days without sending: a date or a range of dates per line
    #[arg(long, value_name = "FILE")]
    pub(crate) holidays: Vec<PathBuf>,
    /// Time zone of hours and days, such as Europe/Moscow [default: that of this computer]
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// Apply the hours in the recipient's time zone: by the number, or by --map timeZone=COLUMN
    #[arg(long)]
    pub(crate) recipient_time_zone: bool,
    /// End with exit code 5 instead of waiting longer than a minute, whatever the wait is for
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Contacts per day, all campaigns of the instance on this computer together
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = LIMITS)]
    pub(crate) daily_cap: Option<u64>,
    /// Recipients per day that the instance has never written to
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = LIMITS)]
    pub(crate) new_recipients_per_day: Option<u64>,
    /// The same for a new number: N per day in its first days [with no value: 20x10; off: none, also after a restriction]
    #[arg(
        long,
        value_name = "NxDAYS",
        num_args = 0..=1,
        default_missing_value = "20x10",
        help_heading = LIMITS
    )]
    pub(crate) warm_up: Option<String>,
    /// Whether the warm-up is only in settings files that the user does not trust: it replaces no stricter one.
    #[arg(skip)]
    pub(crate) is_warm_up_untrusted: bool,
    /// Random time between two contacts, such as 8s..20s
    #[arg(long, value_name = "TIME..TIME", help_heading = LIMITS)]
    pub(crate) spacing: Option<String>,
    /// Ask the service whether a phone number has an account before its first contact
    #[arg(
        long,
        value_enum,
        default_value_t = CheckRecipientsArgument::Off,
        value_name = "WHICH",
        help_heading = CHECKS
    )]
    pub(crate) check_recipients: CheckRecipientsArgument,
    /// What to do if the service cannot tell, or if no more checks are allowed
    #[arg(
        long,
        value_enum,
        default_value_t = IfUnknownArgument::Send,
        value_name = "ACTION",
        help_heading = CHECKS
    )]
    pub(crate) if_unknown: IfUnknownArgument,
    /// Checks per calendar month, all campaigns of the instance together [default: unlimited]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = CHECKS)]
    pub(crate) check_budget: Option<u64>,
    /// How long the answer to a check counts
    #[arg(
        long,
        value_name = "DAYS",
        default_value = "30d",
        value_parser = DaysArgument::for_memory,
        help_heading = CHECKS
    )]
    pub(crate) check_memory: DaysArgument,
    /// Where several settings files have hours and days: those of each, which hold together.
    #[arg(skip)]
    pub(crate) files: Vec<FileHours>,
}
