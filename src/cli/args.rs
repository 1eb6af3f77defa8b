//! What a person can type. What it means is decided in `settings`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    settings_file::FileToken,
    surroundings::{
        CompletionsArguments, DoctorArguments, InitArguments, LogArguments, ManArguments, NotifyArguments,
        OptOutsArguments, ScheduleArguments, SettingsFileArguments,
    },
    when::WhenArguments,
};
use crate::{campaign::MaxFailures, pace::Rate};

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
    /// Run a GREEN-API that is not there on a port of this machine
    Simulate(SimulateArguments),
    /// Show every setting of send as it would count, and whence it comes
    Settings(SendArguments),
    /// Write a settings file in which every option stands, commented out
    Init(InitArguments),
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
            | Self::Simulate(_)
            | Self::Settings(_)
            | Self::Init(_)
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
            | Self::Simulate(_)
            | Self::Init(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Schedule(_) => None,
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
            | Self::Simulate(_)
            | Self::Init(_)
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
    /// Sheet of a workbook
    #[arg(long)]
    pub(super) sheet: Option<String>,
    /// Read hidden and filtered rows of a workbook too
    #[arg(long)]
    pub(super) include_hidden: bool,
    /// The first row holds data; columns are named A, B, C… for --map
    #[arg(long)]
    pub(super) no_header: bool,
}

#[derive(Debug, Args)]
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
    /// Stop when so many cards were refused: a number, or a share of at least 50 answers
    #[arg(long, default_value = "10%", value_name = "N|N%")]
    pub(super) max_failures: MaxFailures,
    /// For how long to bear a service that cannot be reached or puts us off
    #[arg(long, default_value = "10m", value_name = "TIME")]
    pub(super) patience: Time,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_name = "TIME")]
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
pub(super) struct CampaignArguments {
    /// The campaign: its name, its ledger or its first input [default: the only ledger in this folder]
    #[arg(value_name = "CAMPAIGN")]
    pub(super) campaign: Option<PathBuf>,
    /// The ledger of the campaign
    #[arg(long, value_name = "PATH", conflicts_with = "campaign")]
    pub(super) ledger: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    #[command(flatten)]
    pub(super) campaign: CampaignArguments,
    /// Show the runs of the campaign: when, how fast, what came of it
    #[arg(long)]
    pub(super) runs: bool,
    /// Print the counts, reasons and deliveries as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Print a message of a few lines, for a chat
    #[arg(long, conflicts_with = "json")]
    pub(super) brief: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    #[command(flatten)]
    pub(super) campaign: CampaignArguments,
    /// Only these rows
    #[arg(long, value_enum)]
    pub(super) only: Option<OnlyArgument>,
    /// The form of the file [default: what the name in --results ends with, else csv]
    #[arg(long = "as", value_enum)]
    pub(super) form: Option<FormArgument>,
    /// Where to write [default: NAME-results.csv beside the ledger]
    #[arg(long, value_name = "PATH")]
    pub(super) results: Option<PathBuf>,
    /// Delimiter of the CSV: one character, or tab [default: that of --locale, or the input's]
    #[arg(long)]
    pub(super) delimiter: Option<String>,
    #[command(flatten)]
    pub(super) written: ResultsArguments,
}

#[derive(Debug, Args)]
pub(super) struct ReconcileArguments {
    #[command(flatten)]
    pub(super) campaign: CampaignArguments,
    #[command(flatten)]
    pub(super) service: ServiceArguments,
    /// Look again until nothing is unknown, for so long; the journal may be two minutes late
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "5m")]
    pub(super) wait: Option<Time>,
    /// Make rows pending again that are proved not to have been taken
    #[arg(long)]
    pub(super) resend_absent: bool,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_name = "TIME")]
    pub(super) timeout: Time,
    /// Print the counts as JSON
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) log: LogArguments,
}

#[derive(Debug, Args)]
#[command(after_help = TRACK_EXIT_CODES)]
pub(super) struct TrackArguments {
    #[command(flatten)]
    pub(super) campaign: CampaignArguments,
    #[command(flatten)]
    pub(super) service: ServiceArguments,
    /// Look again and again until every accepted card is settled
    #[arg(long)]
    pub(super) watch: bool,
    /// For how long to watch
    #[arg(long = "for", default_value = "30m", value_name = "TIME", requires = "watch")]
    pub(super) watch_for: Time,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_name = "TIME")]
    pub(super) timeout: Time,
    /// Print the counts as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) log: LogArguments,
    #[command(flatten)]
    pub(super) notify: NotifyArguments,
}

const TRACK_EXIT_CODES: &str = "\
A card is settled when it is delivered, read, failed, noAccount, notInGroup or yellowCard; queued and
sent are not. A card to the instance's own number stays sent for ever. The service's journal may be two
minutes late.

Exit codes: 0 every accepted card is settled; 5 some are not, or could not be asked about: run it again;
7 the instance refused; 11 another run holds this ledger; 130 interrupted.";

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("decision").required(true).args(["assume_sent", "resend"])))]
pub(super) struct ResolveArguments {
    #[command(flatten)]
    pub(super) campaign: CampaignArguments,
    /// Count these unknown rows as sent: 5, 7-9, or all
    #[arg(long, value_name = "ROWS", num_args = 1.., value_delimiter = ',')]
    pub(super) assume_sent: Vec<Rows>,
    /// Send these unknown rows again: 5, 7-9, or all; a card that had arrived arrives twice
    #[arg(long, value_name = "ROWS", num_args = 1.., value_delimiter = ',')]
    pub(super) resend: Vec<Rows>,
    /// The file of the rows, where the campaign has several
    #[arg(long, value_name = "NAME")]
    pub(super) source: Option<String>,
    /// Ask nothing
    #[arg(long, short)]
    pub(super) yes: bool,
}

/// Rows that a person names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// Every unknown row.
    All,
    /// From the first to the last, both counted.
    Range(u64, u64),
}

impl Rows {
    pub(super) const fn contains(self, row: u64) -> bool {
        match self {
            Self::All => true,
            Self::Range(first, last) => first <= row && row <= last,
        }
    }
}

impl std::str::FromStr for Rows {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("all") {
            return Ok(Self::All);
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (first.trim().parse(), last.trim().parse()) {
            (Ok(first), Ok(last)) if first <= last => Ok(Self::Range(first, last)),
            _ => Err(format!("{text} names no rows: write 5, 7-9 or all")),
        }
    }
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
pub(super) struct TalkArguments {
    /// Say nothing but errors
    #[arg(long, short, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Tell of every request, by row
    #[arg(long, short, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LanguageArgument {
    /// Russian
    Ru,
    /// English
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum AddressAs {
    /// As given; as chat id once the service asks for it
    Auto,
    /// Always phoneNumber
    AsGiven,
    /// Always chatId
    ChatId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OnlyArgument {
    /// Rows that the service refused
    Failed,
    /// Rows with a problem
    Invalid,
    /// Rows whose outcome nobody knows
    Unknown,
    /// Rows that are not sent yet
    Pending,
    /// Failed and invalid rows
    NotSent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormArgument {
    /// Delimited text
    Csv,
    /// A workbook
    Xlsx,
    /// vCard 4.0
    Vcf,
    /// A page of the figures
    Html,
}

/// Clocks are not asked what lies further ahead.
const LONGEST: std::time::Duration = std::time::Duration::from_hours(100 * 365 * 24);

/// A length of time, 100 years at most: `30s`, `10m`, `1h 30m`; a bare number counts seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(pub(super) std::time::Duration);

impl std::str::FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = text.trim().parse::<f64>().ok().map(|seconds| format!("{seconds}s"));
        let wrong = || format!("{text} is no length of time: write 30s, 10m or 1h 30m");
        let time: jiff::SignedDuration = seconds.as_deref().unwrap_or(text).parse().map_err(|_| wrong())?;
        let time = std::time::Duration::try_from(time).map_err(|_| wrong())?;
        if time > LONGEST {
            return Err(format!("{text} is longer than 100 years: write a shorter time, such as 10m or 48h"));
        }
        Ok(Self(time))
    }
}
