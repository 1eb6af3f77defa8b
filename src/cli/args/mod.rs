//! What a person can type. What it means is decided in `settings`.

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

/// Sends contact cards in bulk through GREEN-API: every card once, every row accounted for.
#[derive(Debug, Parser)]
#[command(name = "sendcontact", version, about, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Language of what is told and written [default: that of the environment]
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE")]
    pub(super) lang: Option<LanguageArgument>,
    #[command(flatten)]
    pub(super) file: SettingsFileArguments,
}

const EXIT_CODES: &str = "\
Exit codes: 0 every row accepted, or left out on purpose; 1 a fault of the program or the machine;
2 wrong arguments or settings; 3 the input cannot be used, nothing was sent; 4 some rows are failed
or invalid; 5 stopped early, run again to continue; 6 some outcomes are unknown; 7 the instance
refused; 11 another run holds this ledger; 130 interrupted.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Send every card of the input once; running it again continues
    Send(SendArguments),
    /// Show what would be sent and every problem; offline, needs no credentials
    Check(CheckArguments),
    /// Show how many rows have which status
    Status(StatusArguments),
    /// Look unknown rows up in the instance's queue and journal
    Reconcile(ReconcileArguments),
    /// Decide about unknown rows yourself
    Resolve(ResolveArguments),
    /// Ask what became of the accepted cards; sends nothing
    Track(TrackArguments),
    /// Write the results of a campaign again, or a part of them
    Report(ReportArguments),
    /// Let the run that works on a campaign start nothing more, and stay
    Pause(CampaignArguments),
    /// Let a paused run go on
    Resume(CampaignArguments),
    /// Let the run that works on a campaign finish what is under way, and end
    Cancel(CampaignArguments),
    /// Copy a ledger safely, also while a run is on
    Ledger(LedgerArguments),
    /// Run a GREEN-API that is not there on a port of this machine
    Simulate(SimulateArguments),
    /// Show every setting of send as it would count, and whence it comes
    Settings(SendArguments),
    /// Write a settings file in which every option stands, commented out
    Init(InitArguments),
    /// Trust the settings file of a folder as it is now, so that it may name the service, the token and commands
    Trust(TrustArguments),
    /// Print what makes a shell complete commands and options
    Completions(CompletionsArguments),
    /// Print the manual page, or write all pages into a folder
    Man(ManArguments),
    /// Have the system's scheduler run send or track, as in schedule --every day --at 10:00 -- send list.csv
    Schedule(ScheduleArguments),
    /// Look at settings, network, instance and machine; sends nothing
    Doctor(DoctorArguments),
    /// Add everybody who wrote a stop word to a list for --suppress; sends nothing
    OptOuts(OptOutsArguments),
}

impl Command {
    /// How loud it was asked to tell of every request.
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

    /// The arguments that name the input, if the command reads one.
    pub(super) const fn input_mut(&mut self) -> Option<&mut InputArguments> {
        if let Self::Send(arguments) | Self::Settings(arguments) = self {
            Some(&mut arguments.input)
        } else if let Self::Check(arguments) = self {
            Some(&mut arguments.input)
        } else {
            None
        }
    }

    /// What says when cards go, if the command sends some.
    pub(super) const fn when_mut(&mut self) -> Option<&mut WhenArguments> {
        if let Self::Send(arguments) | Self::Settings(arguments) = self {
            Some(&mut arguments.when)
        } else {
            None
        }
    }

    /// The arguments that name the service, if the command asks it.
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
    /// Files that hold recipient and contact in each row
    #[arg(value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Who gets the cards of --contacts: a file, a phone number or a chat id
    #[arg(long, value_name = "WHO")]
    pub(super) recipients: Vec<String>,
    /// Cards for everyone of --recipients: a vCard file or a table
    #[arg(long, value_name = "FILE")]
    pub(super) contacts: Vec<PathBuf>,
    /// Country of numbers in national form, for example RU
    #[arg(long, value_name = "COUNTRY")]
    pub(super) country: Option<String>,
    /// Which lengths of numbers to send to: 11 or 12 digits as documented, or any that is possible
    #[arg(long, value_enum, default_value_t = LengthsArgument::Documented, value_name = "LENGTHS")]
    pub(super) number_lengths: LengthsArgument,
    /// Numbers that no known range has are problems, not warnings
    #[arg(long)]
    pub(super) strict_phones: bool,
    /// Take a field from this column, for example phoneContact="Мой телефон"
    #[arg(long, value_name = "FIELD=COLUMN")]
    pub(super) map: Vec<String>,
    /// File of such mappings, one a line; those of --map come before it
    #[arg(long, value_name = "FILE")]
    pub(super) map_file: Option<PathBuf>,
    /// Column of --recipients that names the card of each: by name, number, UID or e-mail address
    #[arg(long = "match", value_name = "COLUMN", requires = "recipients", requires = "contacts")]
    pub(super) match_column: Option<String>,
    /// List of those who must not be written to: a table or a vCard file
    #[arg(long, value_name = "FILE")]
    pub(super) suppress: Vec<PathBuf>,
    /// Encoding of the files
    #[arg(long)]
    pub(super) encoding: Option<String>,
    /// Delimiter of the files: one character, or tab
    #[arg(long)]
    pub(super) delimiter: Option<String>,
    /// Sheet of a workbook, by name or number, or table of a web page, by number; refused by other files
    #[arg(long)]
    pub(super) sheet: Option<String>,
    /// Read hidden and filtered rows of a workbook too
    #[arg(long)]
    pub(super) include_hidden: bool,
    /// The first row holds data; columns are named A, B, C… for --map
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
    /// Allow http:// to other machines, where everybody on the way reads the token
    #[arg(long)]
    pub(super) insecure_http: bool,
    /// An instance by its name, [instances.NAME] in the settings file; several share the campaign
    #[arg(long, value_name = "NAME")]
    pub(super) instance: Vec<String>,
    /// Send to a simulator inside the program; nothing leaves this machine
    #[arg(long)]
    pub(super) simulate: bool,
    /// Whether `--token-file` was typed: a variable or the settings file may say the same.
    #[arg(skip)]
    pub(super) is_token_file_typed: bool,
    /// What the settings file says of the token.
    #[arg(skip)]
    pub(super) in_file: Option<FileToken>,
    /// Of one instance of those that were named: its name.
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
    /// Write a workbook (.xlsx) beside the results file too
    #[arg(long)]
    pub(super) xlsx: bool,
    /// Folder for ledger and results
    #[arg(long, value_name = "DIR")]
    pub(super) out_dir: Option<PathBuf>,
}

/// How results are written.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct ResultsArguments {
    /// Whose spreadsheet opens the results: delimiter and language [default: the input's, and yours]
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
    /// Messages a second, fractions allowed
    #[arg(long, default_value = "50", value_name = "N")]
    pub(super) rate: Rate,
    /// Requests under way at once
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024), value_name = "N")]
    pub(super) concurrency: u16,
    /// How a phone recipient goes on the wire
    #[arg(long, value_enum, default_value_t = AddressAs::Auto)]
    pub(super) address_as: AddressAs,
    /// Hand over at most N cards in this run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) limit: Option<u64>,
    /// Do not look unknown rows up at the end
    #[arg(long)]
    pub(super) no_reconcile: bool,
    /// Show the plan and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Send failed rows once more
    #[arg(long)]
    pub(super) retry_failed: bool,
    /// Send what these instances sent to the same people in an earlier campaign once more
    #[arg(long)]
    pub(super) again: bool,
    /// Forget whom the --suppress lists of earlier runs left out; the lists given now still count
    #[arg(long)]
    pub(super) unsuppress: bool,
    /// Stop when so many cards were refused: a number, or a share of at least 50 answers
    #[arg(long, default_value = "10%", value_name = "N|N%")]
    pub(super) max_failures: MaxFailures,
    /// How long to keep retrying an unreachable or throttling service
    #[arg(long, alias = "patience", default_value = "10m", value_name = "TIME")]
    pub(super) retry_for: Time,
    /// How long one request may take
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
    /// Write every problem to this table (CSV)
    #[arg(long, value_name = "FILE")]
    pub(super) problems: Option<PathBuf>,
    /// Print a line of JSON for each row on stdout
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) talk: TalkArguments,
}

#[derive(Debug, Args)]
pub(super) struct SimulateArguments {
    /// Port of 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// Script of faults, as JSON
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
    /// Copy a ledger to a new file: the copy is whole, also while a run is on
    Copy {
        /// The ledger
        from: PathBuf,
        /// The new file
        to: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct TalkArguments {
    /// Say nothing but errors
    #[arg(long, short, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Tell of every request, by row
    #[arg(long, short, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}
