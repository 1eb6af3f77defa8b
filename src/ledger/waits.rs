//! What a run is waiting for, stored so that another terminal can show it.
//!
//! What must stay true: this counts only while a run holds the ledger, because a killed run cannot remove it. The next
//! holder of the ledger does.

use serde::{Deserialize, Serialize};

use super::{
    Ledger,
    db::{self, Connection},
    error::{LedgerError, explain},
    sql,
};
use crate::i18n::Language;

/// The name of the fact that holds it, as JSON.
const WAITS: &str = "waits";

/// What the instances of a run are waiting for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunWaits {
    /// One entry for each instance that waits.
    pub waits: Vec<RunWait>,
    /// Whether no instance is sending meanwhile.
    pub is_whole_run: bool,
}

/// What one instance is waiting for. It is stored in every language, so that it can be shown in any of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunWait {
    /// The instance, if the run has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// A word for programs, such as `window` or `throttled`.
    pub code: String,
    /// What it is doing, in English: `waiting until …`. It names no people.
    pub en: String,
    /// The same in Russian.
    pub ru: String,
    /// When it continues or tries again, as RFC 3339, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes_at: Option<String>,
}

impl RunWait {
    /// Returns what it is doing, as text for people.
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
    /// Stores what the run that holds the ledger is waiting for; an empty list means nothing.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn note_waits(&self, waits: &RunWaits) -> Result<(), LedgerError> {
        if !self.connection.is_file() {
            // Several machines would overwrite each other's entry.
            return Ok(());
        }
        let note = || match serde_json::to_string(waits) {
            Ok(json) if !waits.waits.is_empty() => sql::set_fact(&self.connection, WAITS, &json),
            Ok(_) | Err(_) => remove(&self.connection),
        };
        note().map_err(|error| explain(&self.path, &error))
    }

    /// Returns what was stored last. It counts only while a run holds the ledger.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn waits(&self) -> Result<RunWaits, LedgerError> {
        let json =
            sql::fact(&self.connection, WAITS).map_err(|error| explain(&self.path, &error))?;
        // An entry that another version wrote in another form is ignored.
        Ok(json
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default())
    }
}

/// Removes the entry: the run waits for nothing, or there is no run.
pub(super) fn remove(connection: &Connection) -> db::Result<()> {
    sql::remove_fact(connection, WAITS)
}
