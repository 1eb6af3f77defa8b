//! What a person can type about a campaign that exists.

use std::path::PathBuf;

use clap::Args;

use super::{FormArgument, OnlyArgument, ResultsArguments, ServiceArguments, Time};
use crate::cli::surroundings::{LogArguments, NotifyArguments};

#[derive(Debug, Args)]
pub(in crate::cli) struct CampaignArguments {
    /// The campaign: its name, its ledger or its first input [default: the only ledger in this folder]
    #[arg(value_name = "CAMPAIGN")]
    pub(in crate::cli) campaign: Option<PathBuf>,
    /// The ledger of the campaign
    #[arg(long, value_name = "PATH", conflicts_with = "campaign")]
    pub(in crate::cli) ledger: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct StatusArguments {
    #[command(flatten)]
    pub(in crate::cli) campaign: CampaignArguments,
    /// Show the runs of the campaign: when, how fast, what came of it
    #[arg(long)]
    pub(in crate::cli) runs: bool,
    /// Print the counts, reasons and deliveries as JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
    /// Print a message of a few lines, for a chat
    #[arg(long, conflicts_with = "json")]
    pub(in crate::cli) brief: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ReportArguments {
    #[command(flatten)]
    pub(in crate::cli) campaign: CampaignArguments,
    /// Only these rows
    #[arg(long, value_enum)]
    pub(in crate::cli) only: Option<OnlyArgument>,
    /// The form of the file [default: what the name in --results ends with, else csv]
    #[arg(long = "as", value_enum)]
    pub(in crate::cli) form: Option<FormArgument>,
    /// Where to write [default: NAME-results.csv beside the ledger]
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) results: Option<PathBuf>,
    /// Delimiter of the CSV: one character, or tab [default: that of --locale, or the input's]
    #[arg(long)]
    pub(in crate::cli) delimiter: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) written: ResultsArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ReconcileArguments {
    #[command(flatten)]
    pub(in crate::cli) campaign: CampaignArguments,
    #[command(flatten)]
    pub(in crate::cli) service: ServiceArguments,
    /// Look again until nothing is unknown, for so long; the journal may be two minutes late
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "5m")]
    pub(in crate::cli) wait: Option<Time>,
    /// Make rows pending again that are proved not to have been taken
    #[arg(long)]
    pub(in crate::cli) resend_absent: bool,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_parser = Time::of_request, value_name = "TIME")]
    pub(in crate::cli) timeout: Time,
    /// Print the counts as JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
    #[command(flatten)]
    pub(in crate::cli) log: LogArguments,
}

#[derive(Debug, Args)]
#[command(after_help = TRACK_EXIT_CODES)]
pub(in crate::cli) struct TrackArguments {
    #[command(flatten)]
    pub(in crate::cli) campaign: CampaignArguments,
    #[command(flatten)]
    pub(in crate::cli) service: ServiceArguments,
    /// Look again and again until every accepted card is settled
    #[arg(long)]
    pub(in crate::cli) watch: bool,
    /// For how long to watch
    #[arg(long = "for", default_value = "30m", value_name = "TIME", requires = "watch")]
    pub(in crate::cli) watch_for: Time,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_parser = Time::of_request, value_name = "TIME")]
    pub(in crate::cli) timeout: Time,
    /// Print the counts as JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub(in crate::cli) quiet: bool,
    #[command(flatten)]
    pub(in crate::cli) log: LogArguments,
    #[command(flatten)]
    pub(in crate::cli) notify: NotifyArguments,
}

const TRACK_EXIT_CODES: &str = "\
A card is settled when it is delivered, read, failed, noAccount, notInGroup or yellowCard; queued and
sent are not. A card to the instance's own number stays sent for ever. The service's journal may be two
minutes late.

Exit codes: 0 every accepted card is settled; 5 some are not, or could not be asked about: run it again;
7 the instance refused; 11 another run holds this ledger; 130 interrupted.";

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("decision").required(true).args(["assume_sent", "resend"])))]
pub(in crate::cli) struct ResolveArguments {
    #[command(flatten)]
    pub(in crate::cli) campaign: CampaignArguments,
    /// Count these unknown rows as sent: 5, 7-9, or all
    #[arg(long, value_name = "ROWS", num_args = 1.., value_delimiter = ',')]
    pub(in crate::cli) assume_sent: Vec<Rows>,
    /// Send these unknown rows again: 5, 7-9, or all; a card that had arrived arrives twice
    #[arg(long, value_name = "ROWS", num_args = 1.., value_delimiter = ',')]
    pub(in crate::cli) resend: Vec<Rows>,
    /// The file of the rows, where the campaign has several
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) source: Option<String>,
    /// Ask nothing
    #[arg(long, short)]
    pub(in crate::cli) yes: bool,
}

/// Rows that a person names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Rows {
    /// Every unknown row.
    All,
    /// From the first to the last, both counted.
    Range(u64, u64),
}

impl Rows {
    pub(in crate::cli) const fn contains(self, row: u64) -> bool {
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
            _ => Err(format!("{} names no rows: write 5, 7-9 or all", crate::i18n::shown(text))),
        }
    }
}
