//! What `status --json` prints.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{
    exit::CommandError,
    output::{
        instances::{self, InstanceCounts},
        stop_summary::StopSummary,
    },
    session::campaign_state::CampaignState,
};
use crate::{
    domain::{Counts, Status},
    i18n::Language,
    ledger::{InstanceSummary, Ledger, Reason, Run},
    report::CampaignStats,
};

/// One campaign. Times are RFC 3339, UTC.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusSummary {
    campaign: String,
    /// new, running, paused, stopping, cutOff or ended.
    state: &'static str,
    #[serde(flatten)]
    counts: Counts,
    deliveries: BTreeMap<&'static str, u64>,
    /// The most frequent first.
    reasons: Vec<ReasonSummary>,
    last_run: Option<RunSummary>,
    ledger: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    instances: Vec<serde_json::Value>,
}

impl StatusSummary {
    pub(super) fn read(
        ledger: &Ledger,
        figures: &CampaignStats,
        language: Language,
    ) -> Result<Self, CommandError> {
        let state = CampaignState::read(ledger.path(), &figures.runs)?;
        let deliveries = figures.deliveries.iter();
        Ok(Self {
            campaign: figures.campaign.clone(),
            state: state.as_str(),
            counts: figures.counts,
            deliveries: deliveries
                .map(|(delivery, rows)| (delivery.as_str(), *rows))
                .collect(),
            reasons: figures.reasons.iter().map(ReasonSummary::from).collect(),
            last_run: figures
                .runs
                .last()
                .map(|run| RunSummary::new(run, language)),
            ledger: figures.ledger.to_string_lossy().into_owned(),
            instances: instance_values(&instances::summaries(ledger)?),
        })
    }
}

fn instance_values(summaries: &[InstanceSummary]) -> Vec<serde_json::Value> {
    let counts = InstanceCounts::of_all(summaries);
    counts
        .iter()
        .map(|counts| serde_json::json!(counts))
        .collect()
}

#[derive(Serialize)]
struct ReasonSummary {
    error: String,
    rows: u64,
    status: Status,
}

impl From<&Reason> for ReasonSummary {
    fn from(reason: &Reason) -> Self {
        Self {
            error: reason.error.clone(),
            rows: reason.rows,
            status: reason.status,
        }
    }
}

/// `ended` and `exit` are null for a run that was cut off, or is in progress.
#[derive(Serialize)]
struct RunSummary {
    began: String,
    command: String,
    ended: Option<String>,
    exit: Option<u8>,
    number: u64,
    rate: Option<f64>,
    /// Why it ended early, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<serde_json::Value>,
    version: String,
}

impl RunSummary {
    fn new(run: &Run, language: Language) -> Self {
        let stop = run.stop.as_ref();
        Self {
            began: run.began.to_string(),
            command: run.command.clone(),
            ended: run.ended.as_ref().map(Timestamp::to_string),
            exit: run.exit,
            number: run.number,
            rate: run.rate,
            stopped: stop.map(|stop| serde_json::json!(StopSummary::new(stop, language))),
            version: run.version.clone(),
        }
    }
}
