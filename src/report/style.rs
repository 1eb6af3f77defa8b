//! The language and the time zone of our cells and sentences.

use std::borrow::Cow;

use jiff::{Timestamp, Zoned, tz::TimeZone};

use super::{ReportOptions, commands::FollowUpCommands, stats};
use crate::{
    domain::{
        Delivery, Status,
        results::{self, COLUMNS, SENT_AT},
    },
    i18n::{Language, date_time, zone_name},
    ledger::{Ledger, LedgerError, ResultRow},
};

/// The language and the time zone of our cells. With English headings they are the documented ones, for programs; with
/// Russian headings they are for people.
pub(super) struct CellStyle {
    pub(super) language: Language,
    pub(super) headings: Language,
    pub(super) commands: FollowUpCommands,
    pub(super) zone: TimeZone,
    now: Timestamp,
}

impl CellStyle {
    /// Shows times as the last run of the ledger was asked to, else in the zone of this computer.
    pub(super) fn of(options: &ReportOptions, ledger: &Ledger) -> Result<Self, LedgerError> {
        let commands = FollowUpCommands::of(ledger)?;
        Ok(Self::new(options, ledger.display_zone()?, commands))
    }

    pub(super) const fn new(
        options: &ReportOptions,
        zone: TimeZone,
        commands: FollowUpCommands,
    ) -> Self {
        Self {
            language: options.language,
            headings: options.headings,
            commands,
            zone,
            now: options.now,
        }
    }

    /// Returns our headings for delimited text.
    pub(super) fn headings(&self) -> [Cow<'static, str>; COLUMNS] {
        let mut headings = results::headings(self.headings).map(Cow::Borrowed);
        match self.headings {
            Language::En => {}
            Language::Ru => headings[SENT_AT] = self.sent_at_heading().into(),
        }
        headings
    }

    /// Returns the heading of local times, which names their zone.
    pub(super) fn sent_at_heading(&self) -> String {
        let zone = self.zone_name();
        format!("{} ({zone})", results::headings(self.headings)[SENT_AT])
    }

    /// Returns the name that the zone has now.
    pub(super) fn zone_name(&self) -> String {
        zone_name(&self.zone, self.now)
    }

    /// Returns the word for a status, in the language of the headings.
    pub(super) fn status(&self, status: Status) -> String {
        match self.headings {
            Language::En => status.as_str().to_owned(),
            Language::Ru => status.localized(self.headings),
        }
    }

    /// Returns the word for a delivery, in the language of the headings.
    pub(super) fn delivery<'a>(&self, word: &'a str) -> &'a str {
        match (self.headings, Delivery::parse(word)) {
            (Language::Ru, Some(delivery)) => stats::delivery_word(Some(delivery), self.headings),
            (Language::En | Language::Ru, _) => word,
        }
    }

    /// Formats a time for a sentence: in UTC, or in the zone that the heading of times names.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        match self.headings {
            Language::En => format!("{} UTC", date_time(at, &TimeZone::UTC, self.language)),
            Language::Ru => date_time(at, &self.zone, self.headings),
        }
    }

    /// Returns when the row was sent, in the zone of times; `None` for a row that was never sent.
    pub(super) fn sent_at(&self, line: &ResultRow) -> Option<Zoned> {
        let sent = match line.status {
            Status::Accepted | Status::Failed | Status::Unknown => line.sent_at,
            Status::Invalid | Status::Duplicate | Status::Suppressed | Status::Pending => None,
        };
        sent.map(|sent| sent.to_zoned(self.zone.clone()))
    }

    /// Returns the same time as text, to the second: in UTC as ISO 8601, or in the form that a Russian spreadsheet
    /// reads.
    pub(super) fn sent_at_text(&self, line: &ResultRow) -> String {
        let sent = self.sent_at(line);
        let text = sent.map(|sent| match self.headings {
            Language::En => stats::time(sent.timestamp(), "%Y-%m-%dT%H:%M:%SZ"),
            Language::Ru => sent.strftime("%d.%m.%Y %H:%M:%S").to_string(),
        });
        text.unwrap_or_default()
    }
}
