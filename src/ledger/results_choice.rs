//! How the results of a campaign were asked for, so that whoever writes them again need not know.

use serde::{Deserialize, Serialize};

use crate::i18n::Language;

use super::{
    Ledger,
    error::{LedgerError, explain},
    sql,
};

/// The fact that keeps it, as JSON.
const RESULTS: &str = "results";

/// How results are written, as far as a person said so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResultsChoice {
    /// The language of the headings.
    pub headers: Option<Language>,
    /// The language of the spreadsheet program: its delimiter, and the texts.
    pub locale: Option<Language>,
    /// Whether a workbook is written beside the table.
    pub workbook: Option<bool>,
}

impl ResultsChoice {
    /// What is not said here is as it was.
    #[must_use]
    pub fn or(self, kept: Self) -> Self {
        Self {
            headers: self.headers.or(kept.headers),
            locale: self.locale.or(kept.locale),
            workbook: self.workbook.or(kept.workbook),
        }
    }
}

impl Ledger {
    /// What the last run that sent was asked for; nothing is said in a ledger of an older version.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn results_choice(&self) -> Result<ResultsChoice, LedgerError> {
        let kept = sql::fact(&self.connection, RESULTS);
        let kept = kept.map_err(|error| explain(&self.path, &error))?;
        // What a newer version keeps in another form is not for us.
        Ok(kept
            .and_then(|kept| serde_json::from_str(&kept).ok())
            .unwrap_or_default())
    }

    /// Keeps how the results are asked for.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn keep_results_choice(&mut self, choice: ResultsChoice) -> Result<(), LedgerError> {
        let text = serde_json::json!(choice).to_string();
        sql::set_fact(&self.connection, RESULTS, &text).map_err(|error| explain(&self.path, &error))
    }
}
