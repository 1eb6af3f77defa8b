//! Refuses results that are given as a list where nothing is known of their campaign, as on a new computer: the rows
//! that they call accepted or unknown would be sent a second time.

use super::send_history::Location;
use crate::{
    cli::{exit::CommandError, options::paths},
    domain::{CheckedRow, RowCheck, RowRef, Status},
    ingest::Source,
    ledger::{Ledger, LedgerError},
};

/// The rows of results files that say that their contacts were sent, in a campaign of which that is not known here.
pub(super) struct SentRows {
    /// The known campaigns; `None` if no row is refused.
    known: Option<Vec<String>>,
    first: Option<(RowRef, String)>,
    rows: u64,
}

impl SentRows {
    /// Watches the rows of these sources. `histories` are those in which their campaigns may be known; `None`: no row is
    /// refused.
    pub(super) fn new(
        histories: Option<&[Location]>,
        sources: &[Source],
        ledger: &Ledger,
    ) -> Result<Self, LedgerError> {
        let has_results = sources.iter().any(|source| source.is_results);
        let names = |histories: &[Location]| -> Option<Vec<_>> {
            histories.iter().map(Location::campaigns).collect()
        };
        let histories = histories.filter(|_| has_results);
        let mut known = histories.and_then(names).map(|names| names.concat());
        // A campaign that has rows knows its own.
        if let Some(known) = &mut known
            && ledger.counts()?.rows() > 0
        {
            known.push(ledger.campaign().to_owned());
        }
        Ok(Self {
            known,
            first: None,
            rows: 0,
        })
    }

    /// Notes a row if sending it would repeat what it says was sent.
    pub(super) fn note(&mut self, row: &CheckedRow) {
        let (Some(known), Some(origin)) = (&self.known, &row.origin) else {
            return;
        };
        let was_sent = matches!(origin.status, Some(Status::Accepted | Status::Unknown))
            && matches!(row.finding, RowCheck::Message(_))
            && !paths::is_simulated(&origin.campaign);
        if was_sent && !known.contains(&origin.campaign) {
            self.rows += 1;
            self.first
                .get_or_insert_with(|| (row.place, origin.campaign.clone()));
        }
    }

    /// Refuses the input if any row was noted.
    pub(super) fn refuse(&self, sources: &[Source]) -> Result<(), CommandError> {
        let Some((place, campaign)) = &self.first else {
            return Ok(());
        };
        let file = sources.get(place.source);
        Err(CommandError::SentElsewhere {
            file: file.map_or_else(String::new, |file| file.name.clone()),
            row: place.row,
            rows: self.rows,
            campaign: campaign.clone(),
        })
    }
}
