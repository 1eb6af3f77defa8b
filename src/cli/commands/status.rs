//! What a campaign has come to: its counts, or all its figures as JSON, or a message for a chat.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{
    args::StatusArguments,
    exit::{CommandError, Exit},
    options::paths,
    output::{
        hint::Hints,
        instances::{self, InstanceCounts},
        stdout::{print, print_json},
        stop_summary::StopSummary,
        summary,
    },
};
use crate::{
    domain::{Counts, Status},
    i18n::Language,
    ledger::{InstanceSummary, Ledger, Reason, Run},
    report::{self, CampaignStats},
};

pub(crate) fn status(
    arguments: &StatusArguments,
    hints: &Hints,
    language: Language,
) -> Result<Exit, CommandError> {
    let path = paths::existing_ledger(&arguments.campaign)?;
    let ledger = Ledger::read(&path)?;
    if arguments.json {
        let (stats, instances) = (CampaignStats::of(&ledger)?, instances::summaries(&ledger)?);
        print_json(&StatusSummary::new(&stats, &instances, language))?;
    } else if arguments.brief {
        let next = hints.of_campaign(&ledger).next_steps(&path);
        print(&report::brief(
            &CampaignStats::of(&ledger)?,
            &next,
            language,
        ))?;
    } else {
        let instances = instances::lines(&instances::summaries(&ledger)?, language);
        let stop = report::stop_line(&ledger.runs()?, language);
        let stop = stop.map_or_else(String::new, |stop| format!("  {stop}\n"));
        print(&(summary::counts_text(&ledger.counts()?, language) + &instances + &stop))?;
    }
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
    reasons: Vec<ReasonSummary<'a>>,
    last_run: Option<RunSummary<'a>>,
    ledger: Cow<'a, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    instances: Vec<InstanceCounts<'a>>,
}

impl<'a> StatusSummary<'a> {
    fn new(stats: &'a CampaignStats, instances: &'a [InstanceSummary], language: Language) -> Self {
        let deliveries = stats.deliveries.iter();
        Self {
            campaign: &stats.campaign,
            counts: stats.counts,
            deliveries: deliveries
                .map(|(delivery, rows)| (delivery.as_str(), *rows))
                .collect(),
            reasons: stats.reasons.iter().map(ReasonSummary::from).collect(),
            last_run: stats.runs.last().map(|run| RunSummary::new(run, language)),
            ledger: stats.ledger.to_string_lossy(),
            instances: InstanceCounts::of_all(instances),
        }
    }
}

#[derive(Serialize)]
struct ReasonSummary<'a> {
    error: &'a str,
    rows: u64,
    status: Status,
}

impl<'a> From<&'a Reason> for ReasonSummary<'a> {
    fn from(reason: &'a Reason) -> Self {
        Self {
            error: &reason.error,
            rows: reason.rows,
            status: reason.status,
        }
    }
}

/// Times are milliseconds since 1970; `ended` and `exit` are null for a run that was cut off. `stopped` is there if the
/// run ended early.
#[derive(Serialize)]
struct RunSummary<'a> {
    began: i64,
    command: &'a str,
    ended: Option<i64>,
    exit: Option<u8>,
    number: u64,
    rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<StopSummary<'a>>,
    version: &'a str,
}

impl<'a> RunSummary<'a> {
    fn new(run: &'a Run, language: Language) -> Self {
        Self {
            began: run.began.as_millisecond(),
            command: &run.command,
            ended: run.ended.map(Timestamp::as_millisecond),
            exit: run.exit,
            number: run.number,
            rate: run.rate,
            stopped: run
                .stop
                .as_ref()
                .map(|stop| StopSummary::new(stop, language)),
            version: &run.version,
        }
    }
}
