//! Why a run ended early, as JSON.

use serde::Serialize;

use crate::{i18n::Language, ledger::RunStop};

/// The field `stopped` in every JSON output.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StopSummary<'a> {
    code: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resumes_at: Option<&'a str>,
}

impl<'a> StopSummary<'a> {
    pub(crate) fn new(stop: &'a RunStop, language: Language) -> Self {
        Self {
            code: &stop.code,
            text: stop.text(language),
            resumes_at: stop.resumes_at.as_deref(),
        }
    }
}
