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
    ledger::{InstanceSummary, LeaseSummary, Ledger, Reason, Run, RunWait},
    report::CampaignStats,
};

/// One campaign. Times are in RFC 3339, UTC.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusSummary {
    campaign: String,
    /// new, running, waiting, paused, stopping, notKnown, cutOff or ended.
    state: &'static str,
    /// What the run, or some of its instances, wait for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waits: Vec<WaitSummary>,
    #[serde(flatten)]
    counts: Counts,
    deliveries: BTreeMap<&'static str, u64>,
    /// The most frequent first.
    reasons: Vec<ReasonSummary>,
    last_run: Option<RunSummary>,
    ledger: String,
    /// The machines that send a campaign of a database.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    leases: Vec<LeaseObject>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    instances: Vec<serde_json::Value>,
}

impl StatusSummary {
    pub(super) fn read(
        ledger: &Ledger,
        figures: &CampaignStats,
        language: Language,
    ) -> Result<Self, CommandError> {
        let state = CampaignState::read(ledger, &figures.runs)?;
        let deliveries = figures.deliveries.iter();
        Ok(Self {
            campaign: figures.campaign.clone(),
            state: state.as_str(),
            waits: state
                .waits()
                .iter()
                .map(|wait| WaitSummary::new(wait, language))
                .collect(),
            counts: figures.counts,
            deliveries: deliveries
                .map(|(delivery, rows)| (delivery.as_str(), *rows))
                .collect(),
            reasons: figures.reasons.iter().map(ReasonSummary::from).collect(),
            last_run: figures
                .runs
                .last()
                .map(|run| RunSummary::new(run, language)),
            ledger: figures.ledger.to_string(),
            leases: ledger
                .lease_summaries()?
                .iter()
                .map(LeaseObject::from)
                .collect(),
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

/// The lease of an instance, by the database's clock.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LeaseObject {
    name: String,
    instance: String,
    host: String,
    process: i64,
    since: String,
    until: String,
    free_from: String,
    /// Whether it has not expired.
    live: bool,
}

impl From<&LeaseSummary> for LeaseObject {
    fn from(lease: &LeaseSummary) -> Self {
        Self {
            name: lease.name.clone(),
            instance: lease.identity.clone(),
            host: lease.host.clone(),
            process: lease.process,
            since: lease.since.to_string(),
            until: lease.until.to_string(),
            free_from: lease.free_from.to_string(),
            live: lease.is_live,
        }
    }
}

/// One wait, in the shape of `stopped` of a run that ended for the same reason.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WaitSummary {
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    code: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resumes_at: Option<String>,
}

impl WaitSummary {
    fn new(wait: &RunWait, language: Language) -> Self {
        Self {
            instance: wait.instance.clone(),
            code: wait.code.clone(),
            text: wait.text(language),
            resumes_at: wait.resumes_at.clone(),
        }
    }
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
