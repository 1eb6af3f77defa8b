//! The command-line arguments. The module `options` turns them into what the program works with.

mod campaign;
pub(crate) mod from_file;
mod groups;
pub(crate) mod policy;
pub(crate) mod russian;
pub(crate) mod setup;
mod words;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::cli::args::setup::{
    CompletionsArguments, DoctorArguments, InitArguments, ManArguments, OptOutsArguments,
    ScheduleArguments, SettingsFileArguments, TrustArguments,
};
use crate::{engine::MaxFailures, rate_limit::Rate};

pub(crate) use campaign::{
    ReconcileArguments, ReportArguments, ResolveArguments, Rows, StatusArguments, TrackArguments,
};
pub(crate) use groups::{
    CampaignArguments, CampaignFileArguments, DatabaseArguments, InputArguments, LIMITS,
    LogArguments, NotifyArguments, RESULTS, ROWS, ResultsArguments, SERVICE, ServiceArguments,
    VerbosityArguments,
};
pub(crate) use policy::PolicyArguments;
pub(crate) use words::{
    AddressAs, CheckRecipientsArgument, DaysArgument, DurationArgument, FormArgument,
    IfUnknownArgument, LanguageArgument, LengthsArgument, RowFilterArgument, ValueError,
};

/// Sends WhatsApp contacts in bulk through GREEN-API: each contact once, every row accounted for.
#[derive(Debug, Parser)]
#[command(name = "sendcontact", version, about, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Language of messages and results [default: from the environment]
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE")]
    pub(crate) lang: Option<LanguageArgument>,
    #[command(flatten)]
    pub(crate) file: SettingsFileArguments,
}

const EXIT_CODES: &str = "\
Exit codes: 0 every row accepted or left out on purpose, or --limit reached; 1 a
fault of the program or the machine; 2 wrong arguments or settings; 3 the input
cannot be used, nothing was sent; 4 some rows are failed or invalid; 5 stopped
early, run again to continue; 6 some outcomes are unknown; 7 the instance
refused; 8 the service refused every contact, or --max-failures was reached; 11
another run holds this ledger; 130 interrupted.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Send every contact of the input once; run it again to continue
    Send(SendArguments),
    /// Show what would be sent, and every problem; works offline, without a token
    Check(CheckArguments),
    /// Show how many rows have each status
    Status(StatusArguments),
    /// Look up unknown rows in the instance's queue and journal
    Reconcile(ReconcileArguments),
    /// List the unknown rows, and decide about them yourself
    Resolve(ResolveArguments),
    /// Ask whether accepted contacts were delivered and read; sends nothing
    Track(TrackArguments),
    /// Write the results of a campaign again, or part of them
    Report(ReportArguments),
    /// Pause a running campaign
    Pause(CampaignArguments),
    /// Resume a paused campaign
    Resume(CampaignArguments),
    /// End a running campaign after the requests in progress
    Cancel(CampaignArguments),
    /// Copy a ledger safely, even while a campaign is running
    Ledger(LedgerArguments),
    /// Run the GREEN-API simulator on a local port
    Simulate(SimulateArguments),
    /// Show the effective settings of send and where each comes from
    Settings(SendArguments),
    /// Write a settings file that lists every option, commented out
    Init(InitArguments),
    /// Trust the settings file of a folder, so that it may set the service, the token and commands
    Trust(TrustArguments),
    /// Print a completion script for a shell
    Completions(CompletionsArguments),
    /// Print the manual page, or write all pages into a folder
    Man(ManArguments),
    /// Print what systemd, cron or Windows needs to run send or track at set times
    Schedule(ScheduleArguments),
    /// Check settings, network, instance and machine; sends nothing
    Doctor(DoctorArguments),
    /// Add everyone who wrote a stop word to a do-not-contact list; sends nothing
    OptOuts(OptOutsArguments),
}

/// Selects the arguments that name the service, if the command has any: shared by `service` and `service_mut`.
macro_rules! service {
    ($command:expr $(, $mutable:tt)?) => {
        match $command {
            Command::Send(arguments) | Command::Settings(arguments) => Some(&$($mutable)? arguments.service),
            Command::Reconcile(arguments) => Some(&$($mutable)? arguments.service),
            Command::Track(arguments) => Some(&$($mutable)? arguments.service),
            Command::Doctor(arguments) => Some(&$($mutable)? arguments.service),
            Command::OptOuts(arguments) => Some(&$($mutable)? arguments.service),
            Command::Check(_)
            | Command::Status(_)
            | Command::Resolve(_)
            | Command::Report(_)
            | Command::Pause(_)
            | Command::Resume(_)
            | Command::Cancel(_)
            | Command::Ledger(_)
            | Command::Simulate(_)
            | Command::Init(_)
            | Command::Trust(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Schedule(_) => None,
        }
    };
}

impl Command {
    /// Returns how often `-v` was typed.
    pub(super) const fn verbose(&self) -> u8 {
        if let Self::Send(SendArguments { verbosity, .. })
        | Self::Check(CheckArguments { verbosity, .. }) = self
        {
            verbosity.verbose
        } else {
            0
        }
    }

    /// Whether `--quiet` was typed.
    pub(super) const fn is_quiet(&self) -> bool {
        if let Self::Send(SendArguments { verbosity, .. })
        | Self::Check(CheckArguments { verbosity, .. }) = self
        {
            verbosity.quiet
        } else if let Self::Track(arguments) = self {
            arguments.quiet
        } else {
            false
        }
    }

    /// Returns the arguments that name the service, if the command has any.
    pub(super) const fn service(&self) -> Option<&ServiceArguments> {
        service!(self)
    }

    /// Returns the same arguments as [`Command::service`], to be changed.
    pub(super) const fn service_mut(&mut self) -> Option<&mut ServiceArguments> {
        service!(self, mut)
    }

    /// Returns the arguments that name the database, if the command uses one.
    pub(super) const fn database_mut(&mut self) -> Option<&mut DatabaseArguments> {
        match self {
            Self::Send(arguments) | Self::Settings(arguments) => {
                Some(&mut arguments.files.database)
            }
            Self::Pause(campaign)
            | Self::Resume(campaign)
            | Self::Cancel(campaign)
            | Self::Status(StatusArguments { campaign, .. })
            | Self::Reconcile(ReconcileArguments { campaign, .. })
            | Self::Resolve(ResolveArguments { campaign, .. })
            | Self::Track(TrackArguments { campaign, .. })
            | Self::Report(ReportArguments { campaign, .. })
            | Self::Doctor(DoctorArguments { campaign, .. }) => Some(&mut campaign.database),
            Self::Check(_)
            | Self::Ledger(_)
            | Self::Simulate(_)
            | Self::Init(_)
            | Self::Trust(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Schedule(_)
            | Self::OptOuts(_) => None,
        }
    }

    /// Returns the arguments that name the input, if the command reads one.
    pub(super) const fn input_mut(&mut self) -> Option<&mut InputArguments> {
        if let Self::Send(SendArguments { input, .. })
        | Self::Settings(SendArguments { input, .. })
        | Self::Check(CheckArguments { input, .. }) = self
        {
            Some(input)
        } else {
            None
        }
    }

    /// Returns how results are to be written, if the command writes any.
    pub(super) const fn results_mut(&mut self) -> Option<&mut ResultsArguments> {
        if let Self::Send(SendArguments { results, .. })
        | Self::Report(ReportArguments { style: results, .. }) = self
        {
            Some(results)
        } else {
            None
        }
    }

    /// Returns the arguments that limit sending, if the command has any.
    pub(super) const fn policy_mut(&mut self) -> Option<&mut PolicyArguments> {
        if let Self::Send(arguments) | Self::Settings(arguments) = self {
            Some(&mut arguments.policy)
        } else {
            None
        }
    }
}

#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that the user types"
)]
pub(crate) struct SendArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    #[command(flatten)]
    pub(crate) service: ServiceArguments,
    #[command(flatten)]
    pub(crate) files: CampaignFileArguments,
    #[command(flatten)]
    pub(crate) results: ResultsArguments,
    /// Print the summary as JSON on stdout
    #[arg(long, help_heading = RESULTS)]
    pub(crate) json: bool,
    /// Messages per second, such as 50 or 0.5
    #[arg(long, default_value = "50", value_name = "N", help_heading = LIMITS)]
    pub(crate) rate: Rate,
    /// Requests at the same time
    #[arg(
        long,
        default_value_t = 16,
        value_parser = clap::value_parser!(u16).range(1..=1024),
        value_name = "N",
        help_heading = LIMITS
    )]
    pub(crate) concurrency: u16,
    /// How to address a recipient who is a phone number
    #[arg(long, value_enum, default_value_t = AddressAs::Auto, value_name = "HOW", help_heading = SERVICE)]
    pub(crate) address_as: AddressAs,
    /// Send at most N contacts in this run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = LIMITS)]
    pub(crate) limit: Option<u64>,
    /// Do not look up unknown rows at the end
    #[arg(long, help_heading = ROWS)]
    pub(crate) no_reconcile: bool,
    /// Show the plan and send nothing
    #[arg(long, help_heading = ROWS)]
    pub(crate) dry_run: bool,
    /// Send failed rows once more
    #[arg(long, help_heading = ROWS)]
    pub(crate) retry_failed: bool,
    /// Also send what an earlier campaign of these instances sent to the same people
    #[arg(long, help_heading = ROWS)]
    pub(crate) again: bool,
    /// Also send a second contact to people whose name was only spelled differently before
    #[arg(long, help_heading = ROWS)]
    pub(crate) resend_changed: bool,
    /// How long a contact of an earlier campaign counts
    #[arg(long, value_name = "DAYS", default_value = "365d", help_heading = ROWS)]
    pub(crate) remember: DaysArgument,
    /// Leave out people who got any contact of another campaign of these instances within this time, such as 30d
    #[arg(long, value_name = "DAYS", help_heading = ROWS)]
    pub(crate) not_again_within: Option<DaysArgument>,
    /// Forget the --suppress lists of earlier runs; those given now still apply
    #[arg(long, help_heading = ROWS)]
    pub(crate) unsuppress: bool,
    /// Stop after N refused contacts, or N% once 50 are answered
    #[arg(long, default_value = "10%", value_name = "N|N%", help_heading = LIMITS)]
    pub(crate) max_failures: MaxFailures,
    /// How long to keep retrying an unreachable or throttling service
    #[arg(long, alias = "patience", default_value = "10m", value_name = "TIME", help_heading = SERVICE)]
    pub(crate) retry_for: DurationArgument,
    /// How long one request may take
    #[arg(
        long,
        default_value = "30s",
        value_parser = DurationArgument::for_request,
        value_name = "TIME",
        help_heading = SERVICE
    )]
    pub(crate) timeout: DurationArgument,
    #[command(flatten)]
    pub(crate) policy: PolicyArguments,
    #[command(flatten)]
    pub(crate) verbosity: VerbosityArguments,
    #[command(flatten)]
    pub(crate) log: LogArguments,
    #[command(flatten)]
    pub(crate) notify: NotifyArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// Write every problem to this table (CSV)
    #[arg(long, value_name = "FILE", help_heading = RESULTS)]
    pub(crate) problems: Option<PathBuf>,
    /// Print a line of JSON for each row on stdout
    #[arg(long, help_heading = RESULTS)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) verbosity: VerbosityArguments,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// JSON file of answers and faults to play
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerArguments {
    #[command(subcommand)]
    pub(crate) command: LedgerCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Copy a ledger to a new file, or between a file and a database; a copy from file to file is complete even while
    /// a campaign is running
    Copy {
        /// Ledger file, or db:NAME for a campaign of the database
        from: PathBuf,
        /// New file, or db:NAME for a new campaign of the database
        to: PathBuf,
        #[command(flatten)]
        database: DatabaseArguments,
    },
}
