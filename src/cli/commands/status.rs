//! What a campaign has come to: its counts, or all its figures as JSON, or a message for a chat.

use crate::cli::output::sharing;
use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::{
    args::StatusArguments,
    exit::{CommandError, Exit},
    options::paths,
    output::{
        stdout::{print, print_json},
        summary::{self, InstanceCounts},
    },
};
use crate::{
    domain::Counts,
    i18n::Language,
    ledger::{InstanceSummary, Ledger, Reason, Run},
    report::{self, CampaignStats},
};

pub(crate) fn status(
    arguments: &StatusArguments,
    language: Language,
) -> Result<Exit, CommandError> {
    let path = paths::existing_ledger(&arguments.campaign)?;
    let ledger = Ledger::read(&path)?;
    let text = if arguments.json {
        print_summary(&CampaignStats::of(&ledger)?, &sharing::sharing(&ledger)?)?;
        return Ok(Exit::Done);
    } else if arguments.brief {
        report::brief(&CampaignStats::of(&ledger)?, language)
    } else {
        summary::counts_text(&ledger.counts()?, language)
            + &summary::parties_text(&sharing::sharing(&ledger)?, language)
    };
    print(&text)?;
    Ok(Exit::Done)
}

/// What `status --json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusSummary<'a> {
    campaign: &'a str,
    #[serde(flatten)]
    counts: Counts,
    deliveries: BTreeMap<&'static str, u64>,
    /// The most frequent first.
    reasons: Vec<Value>,
    last_run: Option<Value>,
    ledger: Cow<'a, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    instances: Vec<InstanceCounts<'a>>,
}

fn print_summary(figures: &CampaignStats, sharing: &[InstanceSummary]) -> Result<(), CommandError> {
    let reason = |reason: &Reason| json!({"status": reason.status, "error": reason.error, "rows": reason.rows});
    print_json(&StatusSummary {
        campaign: &figures.campaign,
        counts: figures.counts,
        deliveries: figures
            .deliveries
            .iter()
            .map(|(delivery, rows)| (delivery.as_str(), *rows))
            .collect(),
        reasons: figures.reasons.iter().map(reason).collect(),
        last_run: figures.runs.last().map(run),
        ledger: figures.ledger.to_string_lossy(),
        instances: InstanceCounts::of_all(sharing),
    })
}

/// Times are milliseconds since 1970; `ended` and `exit` are null for a run that was cut off.
fn run(run: &Run) -> Value {
    json!({
        "number": run.number,
        "command": run.command,
        "version": run.version,
        "began": run.began.as_millisecond(),
        "ended": run.ended.map(Timestamp::as_millisecond),
        "rate": run.rate,
        "exit": run.exit,
    })
}
