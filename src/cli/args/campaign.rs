//! Arguments about an existing campaign.

use std::path::PathBuf;

use clap::Args;

use super::{
    groups::{
        CampaignArguments, LogArguments, NotifyArguments, ResultsArguments, ServiceArguments,
    },
    words::{DurationArgument, FormArgument, RowFilterArgument, ValueError},
};

#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    pub(crate) campaign: CampaignArguments,
    /// Show each run: when, how fast, with what result
    #[arg(long)]
    pub(crate) runs: bool,
    /// Print counts, reasons and deliveries as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print a short message for a chat
    #[arg(long, conflicts_with = "json")]
    pub(crate) brief: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    #[command(flatten)]
    pub(crate) campaign: CampaignArguments,
    /// Write these rows only: those of a status or of a delivery
    #[arg(long, value_enum, value_name = "ROWS", ignore_case = true)]
    pub(crate) only: Option<RowFilterArgument>,
    /// Format of the file [default: by the ending of --results, else csv]
    #[arg(long = "as", value_enum, value_name = "FORMAT")]
    pub(crate) form: Option<FormArgument>,
    /// File to write [default: NAME-results.csv beside the ledger]
    #[arg(long, value_name = "PATH")]
    pub(crate) results: Option<PathBuf>,
    /// Delimiter of the CSV: one character, or tab [default: that of --locale, or the input's]
    #[arg(long)]
    pub(crate) delimiter: Option<String>,
    #[command(flatten)]
    pub(crate) style: ResultsArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ReconcileArguments {
    #[command(flatten)]
    pub(crate) campaign: CampaignArguments,
    /// Look again until nothing is unknown, at most this long [with no TIME: 5m]
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "5m")]
    pub(crate) wait: Option<DurationArgument>,
    /// Make rows pending again that the service provably did not accept
    #[arg(long)]
    pub(crate) resend_absent: bool,
    /// Send from another database server without asking every instance
    #[arg(long)]
    pub(crate) accept_server: bool,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_parser = DurationArgument::for_request, value_name = "TIME")]
    pub(crate) timeout: DurationArgument,
    /// Print the counts as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) service: ServiceArguments,
    #[command(flatten)]
    pub(crate) log: LogArguments,
}

#[derive(Debug, Args)]
#[command(after_help = TRACK_EXIT_CODES)]
pub(crate) struct TrackArguments {
    #[command(flatten)]
    pub(crate) campaign: CampaignArguments,
    /// Check again until the delivery of every accepted contact is final
    #[arg(long)]
    pub(crate) watch: bool,
    /// How long to watch
    #[arg(
        long = "for",
        default_value = "30m",
        value_name = "TIME",
        requires = "watch"
    )]
    pub(crate) watch_for: DurationArgument,
    /// How long one request may take
    #[arg(long, default_value = "30s", value_parser = DurationArgument::for_request, value_name = "TIME")]
    pub(crate) timeout: DurationArgument,
    /// Print the counts as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print errors only
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) service: ServiceArguments,
    #[command(flatten)]
    pub(crate) log: LogArguments,
    #[command(flatten)]
    pub(crate) notify: NotifyArguments,
}

const TRACK_EXIT_CODES: &str = "\
The final delivery statuses are delivered, read, failed, noAccount, notInGroup
and yellowCard; queued and sent are not final. A contact sent to the instance's
own number never gets past sent. The service's journal may be two minutes late.

Exit codes: 0 the delivery of every accepted contact is final; 5 some are not
final, or could not be checked: run it again; 7 the instance refused; 11 another
run holds this ledger; 130 interrupted.";

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("decision").args(["assume_sent", "resend"])))]
pub(crate) struct ResolveArguments {
    #[command(flatten)]
    pub(crate) campaign: CampaignArguments,
    /// Mark these unknown rows as sent: 5, 7-9 or all
    #[arg(long, value_name = "ROWS", num_args = 1.., value_delimiter = ',')]
    pub(crate) assume_sent: Vec<Rows>,
    /// Send these unknown rows again: 5, 7-9 or all. A contact that has arrived arrives twice
    #[arg(long, value_name = "ROWS", num_args = 1.., value_delimiter = ',')]
    pub(crate) resend: Vec<Rows>,
    /// Input file of the rows, if the campaign has several
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Do not ask for confirmation; --resend needs it where nobody can be asked
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// The rows that the user names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Every unknown row.
    All,
    /// From the first row to the last, inclusive.
    Range(u64, u64),
}

impl Rows {
    pub(crate) const fn contains(self, row: u64) -> bool {
        match self {
            Self::All => true,
            Self::Range(first, last) => first <= row && row <= last,
        }
    }
}

impl std::str::FromStr for Rows {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if text.eq_ignore_ascii_case("all") {
            return Ok(Self::All);
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (first.trim().parse(), last.trim().parse()) {
            (Ok(first), Ok(last)) if first <= last => Ok(Self::Range(first, last)),
            _ => Err(ValueError::NoRows {
                text: text.to_owned(),
            }),
        }
    }
}
