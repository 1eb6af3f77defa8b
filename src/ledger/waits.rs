//! What a run waits for now, so that another terminal can say it.
//!
//! What must stay true: it counts only while a run holds the ledger; one that was killed takes nothing back. Whoever
//! holds the ledger next removes it.

use serde::{Deserialize, Serialize};

use super::{
    Ledger,
    db::{self, Connection},
    error::{LedgerError, explain},
    sql,
};
use crate::i18n::Language;

/// The fact that keeps it, as JSON.
const WAITS: &str = "waits";

/// What the instances of a run wait for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunWaits {
    /// One of each instance that waits.
    pub waits: Vec<RunWait>,
    /// No instance sends meanwhile.
    pub is_whole_run: bool,
}

/// What one instance waits for. It is kept in every language, so that it can be shown in each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunWait {
    /// The instance, where several share the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// A word for programs, such as `window` or `throttled`.
    pub code: String,
    /// What it does, in English: `waiting until …`. It names no people.
    pub en: String,
    /// The same in Russian.
    pub ru: String,
    /// When it goes on or tries again, if that is known, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes_at: Option<String>,
}

impl RunWait {
    /// What it does, for a person.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let text = match language {
            Language::En => &self.en,
            Language::Ru => &self.ru,
        };
        match &self.instance {
            Some(instance) => format!("{instance}: {text}"),
            None => text.clone(),
        }
    }
}

impl Ledger {
    /// Notes what the run that holds the ledger waits for; without waits, that it waits for nothing.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn note_waits(&self, waits: &RunWaits) -> Result<(), LedgerError> {
        if !self.connection.is_file() {
            // Several machines would speak in one place.
            return Ok(());
        }
        let note = || match serde_json::to_string(waits) {
            Ok(json) if !waits.waits.is_empty() => sql::set_fact(&self.connection, WAITS, &json),
            Ok(_) | Err(_) => remove(&self.connection),
        };
        note().map_err(|error| explain(&self.path, &error))
    }

    /// What was noted last. It says something only while a run holds the ledger.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn waits(&self) -> Result<RunWaits, LedgerError> {
        let json =
            sql::fact(&self.connection, WAITS).map_err(|error| explain(&self.path, &error))?;
        // What another version wrote in another form is not known here.
        Ok(json
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default())
    }
}

/// The run waits for nothing, or there is none.
pub(super) fn remove(connection: &Connection) -> db::Result<()> {
    sql::remove_fact(connection, WAITS)
}
