//! The command line as clap parses it. `settings` decides what it means.

mod campaign;
mod words;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::{
    settings_file::{FileInUse, FileToken},
    surroundings::{
        CompletionsArguments, DoctorArguments, InitArguments, LogArguments, ManArguments, NotifyArguments,
        OptOutsArguments, ScheduleArguments, SettingsFileArguments, TrustArguments,
    },
    when::WhenArguments,
};
use crate::{engine::MaxFailures, rate_limit::Rate};

pub(super) use campaign::{
    CampaignArguments, ReconcileArguments, ReportArguments, ResolveArguments, Rows, StatusArguments,
    TrackArguments,
};
pub(super) use words::{AddressAs, FormArgument, LanguageArgument, LengthsArgument, OnlyArgument, Time};

/// Send WhatsApp contacts in bulk through GREEN-API: each contact once, every row accounted for.
#[derive(Debug, Parser)]
#[command(name = "sendcontact", version, about, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Language of messages and results [default: the language of the environment]
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE")]
    pub(super) lang: Option<LanguageArgument>,
    #[command(flatten)]
    pub(super) file: SettingsFileArguments,
}

const EXIT_CODES: &str = "\
Exit codes: 0 every row accepted, or left out on purpose; 1 an error of the program or the machine;
2 wrong arguments or settings; 3 the input cannot be used, nothing was sent; 4 some rows are failed
or invalid; 5 stopped early, run again to continue; 6 some outcomes are unknown; 7 the instance
refused; 11 another run holds this ledger; 130 interrupted.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Send every contact of the input once; run again to continue
    Send(SendArguments),
    /// Show what would be sent and every problem; works offline, without credentials
    Check(CheckArguments),
    /// Show how many rows have each status
    Status(StatusArguments),
    /// Look for unknown rows in the instance's queue and journal
    Reconcile(ReconcileArguments),
    /// Decide about unknown rows yourself
    Resolve(ResolveArguments),
    /// Check the delivery of accepted contacts; sends nothing
    Track(TrackArguments),
    /// Write the results of a campaign again, or part of them
    Report(ReportArguments),
    /// Pause a running campaign
    Pause(CampaignArguments),
    /// Resume a paused campaign
    Resume(CampaignArguments),
    /// Stop a running campaign after the contacts in progress
    Cancel(CampaignArguments),
    /// Copy a ledger safely, even during a run
    Ledger(LedgerArguments),
    /// Run the GREEN-API simulator on a local port
    Simulate(SimulateArguments),
    /// Show the effective settings of send and where each comes from
    Settings(SendArguments),
    /// Create a settings file with every option, commented out
    Init(InitArguments),
    /// Trust the settings file of a folder in its present form; it may then set the service, the token and commands
    Trust(TrustArguments),
    /// Print the completion script of a shell
    Completions(CompletionsArguments),
    /// Print the manual page, or write all manual pages to a folder
    Man(ManArguments),
    /// Schedule send or track with the system's scheduler, as in schedule --every day --at 10:00 -- send list.csv
    Schedule(ScheduleArguments),
    /// Check settings, network, instance and machine; sends nothing
    Doctor(DoctorArguments),
    /// Add everyone who wrote a stop word to a do-not-contact list; sends nothing
    OptOuts(OptOutsArguments),
}

impl Command {
    /// How often `--verbose` was given.
    pub(super) const fn verbose(&self) -> u8 {
        match self {
            Self::Send(arguments) => arguments.talk.verbose,
            Self::Check(arguments) => arguments.talk.verbose,
            Self::Status(_)
            | Self::Reconcile(_)
            | Self::Resolve(_)
            | Self::Track(_)
            | Self::Report(_)
            | Self::Pause(_)
            | Self::Resume(_)
            | Self::Cancel(_)
            | Self::Ledger(_)
            | Self::Simulate(_)
            | Self::Settings(_)
            | Self::Init(_)
            | Self::Trust(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Schedule(_)
            | Self::Doctor(_)
            | Self::OptOuts(_) => 0,
        }
    }

    /// As [`Command::service_mut`].
    pub(super) const fn service(&self) -> Option<&ServiceArguments> {
        match self {
            Self::Send(arguments) | Self::Settings(arguments) => Some(&arguments.service),
            Self::Reconcile(arguments) => Some(&arguments.service),
            Self::Track(arguments) => Some(&arguments.service),
            Self::Doctor(arguments) => Some(&arguments.service),
            Self::OptOuts(arguments) => Some(&arguments.service),
            Self::Check(_)
            | Self::Status(_)
            | Self::Resolve(_)
            | Self::Report(_)
            | Self::Pause(_)
            | Self::Resume(_)
            | Self::Cancel(_)
            | Self::Ledger(_)
            | Self::Simulate(_)
            | Self::Init(_)
            | Self::Trust(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Schedule(_) => None,
        }
    }

    /// The input arguments, if the command has them.
    pub(super) const fn input_mut(&mut self) -> Option<&mut InputArguments> {
        if let Self::Send(arguments) | Self::Settings(arguments) = self {
            Some(&mut arguments.input)
        } else if let Self::Check(arguments) = self {
            Some(&mut arguments.input)
        } else {
            None
        }
    }

    /// The schedule arguments, if the command has them.
    pub(super) const fn when_mut(&mut self) -> Option<&mut WhenArguments> {
        if let Self::Send(arguments) | Self::Settings(arguments) = self {
            Some(&mut arguments.when)
        } else {
            None
        }
    }

    /// The service arguments, if the command has them.
    pub(super) const fn service_mut(&mut self) -> Option<&mut ServiceArguments> {
        match self {
            Self::Send(arguments) | Self::Settings(arguments) => Some(&mut arguments.service),
            Self::Reconcile(arguments) => Some(&mut arguments.service),
            Self::Track(arguments) => Some(&mut arguments.service),
            Self::Doctor(arguments) => Some(&mut arguments.service),
            Self::OptOuts(arguments) => Some(&mut arguments.service),
            Self::Check(_)
            | Self::Status(_)
            | Self::Resolve(_)
            | Self::Report(_)
            | Self::Pause(_)
            | Self::Resume(_)
            | Self::Cancel(_)
            | Self::Ledger(_)
            | Self::Simulate(_)
            | Self::Init(_)
            | Self::Trust(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Schedule(_) => None,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct InputArguments {
    /// Files with a recipient and a contact in each row
    #[arg(value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Recipients of --contacts: a file, a phone number or a chat id
    #[arg(long, value_name = "WHO")]
    pub(super) recipients: Vec<String>,
    /// Contacts for every recipient of --recipients: a vCard file or a table
    #[arg(long, value_name = "FILE")]
    pub(super) contacts: Vec<PathBuf>,
    /// Country of numbers without a country code, for example RU
    #[arg(long, value_name = "COUNTRY")]
    pub(super) country: Option<String>,
    /// Accepted lengths of numbers: 11 or 12 digits as documented, or any possible length
    #[arg(long, value_enum, default_value_t = LengthsArgument::Documented, value_name = "LENGTHS")]
    pub(super) number_lengths: LengthsArgument,
    /// Treat numbers outside of all known ranges as problems, not as warnings
    #[arg(long)]
    pub(super) strict_phones: bool,
    /// Take a field from this column, for example phoneContact="Мой телефон"
    #[arg(long, value_name = "FIELD=COLUMN")]
    pub(super) map: Vec<String>,
    /// File of such mappings, one a line; those of --map come before it
    #[arg(long, value_name = "FILE")]
    pub(super) map_file: Option<PathBuf>,
    /// Column of --recipients that names the contact of each row: by name, number, UID or e-mail address
    #[arg(long = "match", value_name = "COLUMN", requires = "recipients", requires = "contacts")]
    pub(super) match_column: Option<String>,
    /// Do-not-contact list: a table or a vCard file
    #[arg(long, value_name = "FILE")]
    pub(super) suppress: Vec<PathBuf>,
    /// Encoding of the files
    #[arg(long)]
    pub(super) encoding: Option<String>,
    /// Delimiter of the files: one character, or tab
    #[arg(long)]
    pub(super) delimiter: Option<String>,
    /// Sheet of a workbook (name or number), or table of a web page (number); other files refuse it
    #[arg(long)]
    pub(super) sheet: Option<String>,
    /// Also read the hidden and filtered rows of a workbook
    #[arg(long)]
    pub(super) include_hidden: bool,
    /// The first row is data, not headings; columns are named A, B, C… for --map
    #[arg(long)]
    pub(super) no_header: bool,
    /// The settings files in use.
    #[arg(skip)]
    pub(super) settings_files: Vec<FileInUse>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ServiceArguments {
    /// Address of the service: `apiUrl` in the console
    #[arg(long, env = "GREEN_API_URL", default_value = "https://api.green-api.com", value_name = "URL")]
    pub(super) api_url: String,
    /// The instance: `idInstance` in the console
    #[arg(long, env = "GREEN_API_ID_INSTANCE", value_name = "ID")]
    pub(super) id_instance: Option<String>,
    /// File with the token, `apiTokenInstance` in the console; or `GREEN_API_TOKEN` holds the token itself
    #[arg(long, env = "GREEN_API_TOKEN_FILE", value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,
    /// Allow http:// to other machines, although it shows the token to everyone on the network
    #[arg(long)]
    pub(super) insecure_http: bool,
    /// Instance by its name, [instances.NAME] in the settings file; several instances share the campaign
    #[arg(long, value_name = "NAME")]
    pub(super) instance: Vec<String>,
    /// Send to a simulator inside the program; nothing leaves this machine
    #[arg(long)]
    pub(super) simulate: bool,
    /// Whether `--token-file` was typed: a variable or the settings file may say the same.
    #[arg(skip)]
    pub(super) is_token_file_typed: bool,
    /// The token of the settings file.
    #[arg(skip)]
    pub(super) in_file: Option<FileToken>,
    /// The name of this instance, if instances were named.
    #[arg(skip)]
    pub(super) name: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct PlaceArguments {
    /// Name of the campaign [default: the first input's name]
    #[arg(long, value_name = "NAME")]
    pub(super) campaign: Option<String>,
    /// Ledger of the campaign [default: NAME.ledger beside the first input]
    #[arg(long, value_name = "PATH")]
    pub(super) ledger: Option<PathBuf>,
    /// Results file: a .csv or an .xlsx [default: NAME-results.csv beside the first input]
    #[arg(long, value_name = "PATH")]
    pub(super) results: Option<PathBuf>,
    /// Also write a workbook (.xlsx) beside the results file
    #[arg(long)]
    pub(super) xlsx: bool,
    /// Folder for ledger and results
    #[arg(long, value_name = "DIR")]
    pub(super) out_dir: Option<PathBuf>,
}

/// How results are written.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct ResultsArguments {
    /// Spreadsheet conventions of the results (delimiter and language) [default: the delimiter of the input, your language]
    #[arg(long, value_enum)]
    pub(super) locale: Option<LanguageArgument>,
    /// Language of the headings of the results
    #[arg(long, value_enum, default_value_t = LanguageArgument::En, value_name = "LANGUAGE")]
    pub(super) headers: LanguageArgument,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that a person types")]
pub(super) struct SendArguments {
    #[command(flatten)]
    pub(super) input: InputArguments,
    #[command(flatten)]
    pub(super) service: ServiceArguments,
    #[command(flatten)]
    pub(super) place: PlaceArguments,
    #[command(flatten)]
    pub(super) results: ResultsArguments,
    /// Messages a second; fractions are allowed
    #[arg(long, default_value = "50", value_name = "N")]
    pub(super) rate: Rate,
    /// Maximum number of simultaneous requests
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024), value_name = "N")]
    pub(super) concurrency: u16,
    /// How a phone number is sent: as phoneNumber or as chatId
    #[arg(long, value_enum, default_value_t = AddressAs::Auto)]
    pub(super) address_as: AddressAs,
    /// Send at most N contacts in this run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) limit: Option<u64>,
    /// Do not look for unknown rows at the end
    #[arg(long)]
    pub(super) no_reconcile: bool,
    /// Show the plan and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Send failed rows again
    #[arg(long)]
    pub(super) retry_failed: bool,
    /// Send again what these instances sent to the same people in an earlier campaign
    #[arg(long)]
    pub(super) again: bool,
    /// Lift the exclusions of earlier --suppress lists; the lists given now still apply
    #[arg(long)]
    pub(super) unsuppress: bool,
    /// Stop after this many refused contacts: a number, or a share of at least 50 answers
    #[arg(long, default_value = "10%", value_name = "N|N%")]
    pub(super) max_failures: MaxFailures,
    /// How long to keep retrying an unreachable or throttling service
    #[arg(long, alias = "patience", default_value = "10m", value_name = "TIME")]
    pub(super) retry_for: Time,
    /// Time limit of one request
    #[arg(long, default_value = "30s", value_parser = Time::of_request, value_name = "TIME")]
    pub(super) timeout: Time,
    /// Let -vv name recipients in full
    #[arg(long)]
    pub(super) log_personal_data: bool,
    /// Print the summary as JSON on stdout
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) talk: TalkArguments,
    #[command(flatten)]
    pub(super) log: LogArguments,
    #[command(flatten)]
    pub(super) notify: NotifyArguments,
    // Last, for its heading in the help would stand over what follows.
    #[command(flatten)]
    pub(super) when: WhenArguments,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) input: InputArguments,
    /// Write every problem to this file (CSV)
    #[arg(long, value_name = "FILE")]
    pub(super) problems: Option<PathBuf>,
    /// Print each row as a line of JSON on stdout
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) talk: TalkArguments,
}

#[derive(Debug, Args)]
pub(super) struct SimulateArguments {
    /// Port on 127.0.0.1; 0 picks a free one
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// JSON file with the faults to simulate
    #[arg(long, value_name = "FILE")]
    pub(super) script: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct LedgerArguments {
    #[command(subcommand)]
    pub(super) command: LedgerCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum LedgerCommand {
    /// Copy a ledger to a new file; the copy is complete even during a run
    Copy {
        /// The ledger
        from: PathBuf,
        /// The new file
        to: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct TalkArguments {
    /// Print only errors
    #[arg(long, short, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Print every request, by row; repeat (-vv) for details
    #[arg(long, short, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}
