//! Groups of options that several commands share.

use std::path::PathBuf;

use clap::Args;

use super::{
    from_file::{FileToken, InstanceChoices, SettingsFileInUse},
    words::{LanguageArgument, LengthsArgument},
};

/// Headings of the groups of options in the help.
pub(crate) const COLUMNS: &str = "Columns";

pub(crate) const RESULTS: &str = "Results";

pub(crate) const LIMITS: &str = "Rate and limits";

pub(crate) const ROWS: &str = "Which rows";

pub(crate) const CHECKS: &str = "Checks of numbers";

pub(crate) const SERVICE: &str = "Service";

pub(crate) const DATABASE: &str = "Database";

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArguments {
    /// Files with a recipient and a contact in each row
    #[arg(value_name = "INPUT", help_heading = None)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Who gets the contacts of --contacts: a file, a phone number or a chat id
    #[arg(long, value_name = "WHO")]
    pub(crate) recipients: Vec<String>,
    /// Contacts for everyone in --recipients: a vCard file or a table
    #[arg(long, value_name = "FILE")]
    pub(crate) contacts: Vec<PathBuf>,
    /// Country of numbers that have no country code, such as RU
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) country: Option<String>,
    /// Length of the phone numbers to send to
    #[arg(long, value_enum, default_value_t = LengthsArgument::Documented, value_name = "LENGTHS")]
    pub(crate) number_lengths: LengthsArgument,
    /// Refuse numbers that are in no known range, instead of warning
    #[arg(long)]
    pub(crate) strict_phones: bool,
    /// Take a field from this column, such as phoneContact="Мой телефон"
    #[arg(long, value_name = "FIELD=COLUMN", help_heading = COLUMNS)]
    pub(crate) map: Vec<String>,
    /// Column of --recipients that names the contact of each row, by name, number, UID or e-mail
    #[arg(
        long = "match",
        value_name = "COLUMN",
        requires = "recipients",
        requires = "contacts",
        help_heading = COLUMNS
    )]
    pub(crate) match_column: Option<String>,
    /// Do-not-contact list: a table or a vCard file
    #[arg(long, value_name = "FILE")]
    pub(crate) suppress: Vec<PathBuf>,
    /// Encoding of the files, such as windows-1251 [default: detected]
    #[arg(long)]
    pub(crate) encoding: Option<String>,
    /// Delimiter of the files: one character, or tab [default: detected]
    #[arg(long)]
    pub(crate) delimiter: Option<String>,
    /// Sheet of a workbook (name or number), or table of a web page (number)
    #[arg(long)]
    pub(crate) sheet: Option<String>,
    /// Also read hidden and filtered rows of a workbook
    #[arg(long)]
    pub(crate) include_hidden: bool,
    /// The first row is data, not headings; --map then names columns A, B, C…
    #[arg(long, help_heading = COLUMNS)]
    pub(crate) no_header: bool,
    /// The settings files in use.
    #[arg(skip)]
    pub(crate) settings_files: Vec<SettingsFileInUse>,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = SERVICE)]
pub(crate) struct ServiceArguments {
    /// Address of the service: apiUrl in the console
    #[arg(
        long,
        env = "GREEN_API_URL",
        default_value = "https://api.green-api.com",
        value_name = "URL"
    )]
    pub(crate) api_url: String,
    /// Instance to send from: idInstance in the console
    #[arg(long, env = "GREEN_API_ID_INSTANCE", value_name = "ID")]
    pub(crate) id_instance: Option<String>,
    /// File with the token, apiTokenInstance in the console; or set `GREEN_API_TOKEN` to the token itself
    #[arg(long, env = "GREEN_API_TOKEN_FILE", value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Allow http:// to other machines; everyone on the way can then read the token
    #[arg(long)]
    pub(crate) insecure_http: bool,
    /// Instance by its name in the settings file, [instances.NAME]; several share the campaign
    #[arg(long, value_name = "NAME")]
    pub(crate) instance: Vec<String>,
    /// Send to a simulator inside the program; nothing leaves this computer
    #[arg(long)]
    pub(crate) simulate: bool,
    /// Whether `--token-file` was typed, and did not come from a variable or a settings file.
    #[arg(skip)]
    pub(crate) token_file_is_typed: bool,
    /// What `--instance` and `--profile` could choose.
    #[arg(skip)]
    pub(crate) choices: InstanceChoices,
    /// The token of the settings files.
    #[arg(skip)]
    pub(crate) file_token: Option<FileToken>,
    /// The name of the instance, if it was named with `--instance`.
    #[arg(skip)]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = RESULTS)]
pub(crate) struct CampaignFileArguments {
    /// Name of the campaign [default: name of the first input]
    #[arg(long, value_name = "NAME")]
    pub(crate) campaign: Option<String>,
    /// Ledger of the campaign [default: NAME.ledger beside the first input]
    #[arg(long, value_name = "PATH", conflicts_with = "database")]
    pub(crate) ledger: Option<PathBuf>,
    /// Results file, .csv or .xlsx, or - for stdout [default: NAME-results.csv beside the first input]
    #[arg(long, value_name = "PATH")]
    pub(crate) results: Option<PathBuf>,
    /// Write the results as CSV only, without the workbook (.xlsx)
    #[arg(long)]
    pub(crate) no_xlsx: bool,
    /// Of earlier versions, where the workbook was not written by default.
    #[arg(long, hide = true)]
    pub(crate) xlsx: bool,
    /// Folder for ledger and results [default: that of the first input]
    #[arg(long, value_name = "DIR")]
    pub(crate) out_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) database: DatabaseArguments,
}

impl CampaignFileArguments {
    /// Returns whether a workbook is wanted beside the CSV, or `None` if neither option was typed.
    pub(crate) fn workbook(&self) -> Option<bool> {
        (self.xlsx || self.no_xlsx).then_some(!self.no_xlsx)
    }
}

/// How results are written.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = RESULTS)]
pub(crate) struct ResultsArguments {
    /// Language of the spreadsheet program that opens the results: sets delimiter and texts
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub(crate) locale: Option<LanguageArgument>,
    /// Language of the column headings in the results [default: as in the last run, else en]
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub(crate) headers: Option<LanguageArgument>,
    /// The language that was typed, or that the settings files name.
    #[arg(skip)]
    pub(crate) lang: Option<LanguageArgument>,
}

/// The database that holds campaigns. Each option has its heading itself: one for the whole group would also count for
/// the options that a command has after it.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DatabaseArguments {
    /// PostgreSQL database that holds the campaigns, such as `postgresql://user@host/name`; or set `SENDCONTACT_DATABASE_URL`
    #[arg(long, value_name = "URL", help_heading = DATABASE)]
    pub(crate) database: Option<String>,
    /// Schema of the database that all campaigns share [default: sendcontact]
    #[arg(long, value_name = "NAME", help_heading = DATABASE)]
    pub(crate) database_schema: Option<String>,
    /// Whether `--database` was not typed, but comes from a settings file: the environment comes before it.
    #[arg(skip)]
    pub(crate) is_of_file: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct VerbosityArguments {
    /// Print errors only
    #[arg(long, short, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print every request, by row; -vv also its recipient, shortened
    #[arg(long, short, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignArguments {
    /// Campaign: its name, ledger or first input [default: the only ledger in this folder]
    #[arg(value_name = "CAMPAIGN")]
    pub(crate) campaign: Option<PathBuf>,
    /// Ledger of the campaign
    #[arg(long, value_name = "PATH", conflicts_with_all = ["campaign", "database"])]
    pub(crate) ledger: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) database: DatabaseArguments,
}

/// The log of a run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArguments {
    /// Append a line for each row to this file, without names or numbers
    #[arg(long, value_name = "FILE")]
    pub(crate) log_file: Option<PathBuf>,
    /// Write the log as JSON, one object per line
    #[arg(long)]
    pub(crate) log_json: bool,
}

/// The notification at the end of a run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct NotifyArguments {
    /// Run this command at the end, with a summary on its stdin: all words up to the end, or up to a single ;
    #[arg(long, value_name = "WORDS", num_args = 1.., allow_hyphen_values = true, value_terminator = ";")]
    pub(crate) notify_command: Vec<String>,
}
