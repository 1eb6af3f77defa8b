//! The instances that share a campaign, as commands print them.

use serde::Serialize;

use crate::cli::output::plan;
use crate::{
    domain::Counts,
    i18n::Language,
    ledger::{InstanceSummary, Ledger, LedgerError},
};

/// Returns the instances of a ledger that several instances share; empty for a ledger of one.
pub(crate) fn summaries(ledger: &Ledger) -> Result<Vec<InstanceSummary>, LedgerError> {
    if ledger.is_shared()? {
        ledger.instance_summaries()
    } else {
        Ok(Vec::new())
    }
}

/// One of several instances, and the counts of its rows.
#[derive(Serialize)]
pub(crate) struct InstanceCounts<'a> {
    name: &'a str,
    instance: &'a str,
    #[serde(flatten)]
    counts: Counts,
}

impl<'a> InstanceCounts<'a> {
    pub(crate) fn of_all(summaries: &'a [InstanceSummary]) -> Vec<Self> {
        let counts = |summary: &'a InstanceSummary| Self {
            name: &summary.name,
            instance: &summary.identity,
            counts: summary.counts,
        };
        summaries.iter().map(counts).collect()
    }
}

/// Describes each instance with its rows, one line each.
pub(crate) fn lines(summaries: &[InstanceSummary], language: Language) -> String {
    let line = |InstanceSummary { name, counts, .. }: &InstanceSummary| {
        format!("  {name}: {}\n", plan::words(counts, language))
    };
    summaries.iter().map(line).collect()
}
