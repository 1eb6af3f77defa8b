//! The user's choices about the results of a campaign, kept so that later commands write them in the same way.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{i18n::Language, send_policy::Zone};

use super::{
    Ledger,
    error::{LedgerError, explain},
    sql,
};

/// The name of the fact that holds the choices, as JSON.
const RESULTS: &str = "results";

/// How results are written, as far as the user has chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResultsChoice {
    /// The language of the headings.
    pub headers: Option<Language>,
    /// The language of the spreadsheet program, which decides the delimiter and the texts.
    pub locale: Option<Language>,
    /// The language of the texts.
    pub language: Option<Language>,
    /// The delimiter of the table.
    pub delimiter: Option<char>,
    /// The time zone in which times and days are shown.
    pub time_zone: Option<String>,
    /// Whether a workbook is written beside the table.
    pub workbook: Option<bool>,
}

impl ResultsChoice {
    /// Fills unset choices with the kept ones.
    #[must_use]
    pub fn or(self, kept: Self) -> Self {
        Self {
            headers: self.headers.or(kept.headers),
            // A locale that is chosen now also overrides the kept language and delimiter.
            language: self
                .language
                .or(kept.language.filter(|_| self.locale.is_none())),
            delimiter: self
                .delimiter
                .or(kept.delimiter.filter(|_| self.locale.is_none())),
            locale: self.locale.or(kept.locale),
            workbook: self.workbook.or(kept.workbook),
            time_zone: self.time_zone.or(kept.time_zone),
        }
    }

    /// Returns the language of the texts, if the user has chosen one.
    #[must_use]
    pub fn texts(&self) -> Option<Language> {
        self.language.or(self.locale)
    }
}

impl Ledger {
    /// Returns the choices of the last run that sent; empty for a ledger of an older version.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn results_choice(&self) -> Result<ResultsChoice, LedgerError> {
        let kept = sql::fact(&self.connection, RESULTS);
        let kept = kept.map_err(|error| explain(&self.path, &error))?;
        // Choices that a newer version stored in another form are ignored.
        Ok(kept
            .and_then(|kept| serde_json::from_str(&kept).ok())
            .unwrap_or_default())
    }

    /// Returns the time zone in which times and days are shown: the one that the last run chose, or that of this
    /// computer.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn display_zone(&self) -> Result<TimeZone, LedgerError> {
        let named = self.results_choice()?.time_zone;
        let zone = named.and_then(|name| name.parse::<Zone>().ok());
        Ok(zone.map_or_else(TimeZone::system, |zone| zone.rules().clone()))
    }

    /// Stores the choices.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn keep_results_choice(&mut self, choice: &ResultsChoice) -> Result<(), LedgerError> {
        let text = serde_json::json!(choice).to_string();
        sql::set_fact(&self.connection, RESULTS, &text).map_err(|error| explain(&self.path, &error))
    }
}
