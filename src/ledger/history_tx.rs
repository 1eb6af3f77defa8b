//! A transaction on a send history, and what is read in it.

use std::path::Path;

use jiff::Timestamp;

use super::{
    db::{self, Connection, Transaction},
    error::{LedgerError, unusable_history},
    history_entries::{Entries, MessageKeys, digests},
    sql::{self, SentRecord, send_history::Send},
};
use crate::{
    domain::{Message, Person},
    send_policy::{DailyUsage, Day, Zone},
};

/// What one batch writes to the send history; nothing lasts before [`HistoryTx::commit`].
pub(super) struct HistoryTx<'a> {
    pub(super) transaction: Transaction<'a>,
    pub(super) path: &'a Path,
    /// The number of the campaign in the send history.
    pub(super) campaign: Option<i64>,
}

/// A contact that the history knows as sent, or as possibly sent, later than the ledger does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SentLater {
    /// By this very campaign: its ledger has forgotten it.
    Here {
        /// When.
        at: Timestamp,
    },
    /// By another campaign, whose name is known unless an older version of the program sent it.
    Elsewhere {
        /// When.
        at: Timestamp,
        campaign: Option<String>,
    },
}

impl SentLater {
    /// That of two entries which counts: what this campaign sent itself, or else what was sent last.
    pub(super) fn preferred(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let weight = |sent: &Self| match sent {
            Self::Here { at } => (true, *at),
            Self::Elsewhere { at, .. } => (false, *at),
        };
        one.into_iter().chain(other).max_by_key(weight)
    }
}

impl HistoryTx<'_> {
    /// What the history knows of a contact to its person, later than this moment of the row.
    pub(super) fn sent_later(
        &self,
        message: &Message,
        since: Option<Timestamp>,
    ) -> Result<Option<SentLater>, LedgerError> {
        let keys = MessageKeys::new(message);
        sent_later(&self.transaction, self.campaign, &keys, since)
            .map_err(|error| self.unusable(&error))
    }

    /// Records a contact that is begun at this time.
    pub(super) fn enter(&self, message: &Message, at: Timestamp) -> Result<(), LedgerError> {
        let people = digests(&message.recipient.person());
        let contact = message.contact_digest().0;
        let enter = || {
            self.unite(&people)?;
            sql::send_history::plan(
                &self.transaction,
                &Send {
                    chat: &people[0],
                    at,
                    contact: &contact,
                },
                self.campaign,
            )
        };
        enter().map_err(|error| self.unusable(&error))
    }

    /// Moves what an older version recorded for another chat id to the person, so that
    /// a new person is not counted twice.
    fn unite(&self, people: &[[u8; 16]]) -> db::Result<()> {
        people[1..]
            .iter()
            .try_for_each(|other| sql::send_history::unite(&self.transaction, other, &people[0]))
    }

    /// Records a contact that was begun; gives how many are new to the send history.
    pub(super) fn backfill(&self, request: &SentRecord) -> Result<usize, LedgerError> {
        let entries = Entries::new(request);
        let enter = || {
            for older in entries.each().skip(1) {
                if sql::send_history::has(&self.transaction, &older)? {
                    return Ok(0);
                }
            }
            let own = entries.each().next();
            own.map_or(Ok(0), |entry| {
                sql::send_history::enter(&self.transaction, &entry, self.campaign)
            })
        };
        enter().map_err(|error| self.unusable(&error))
    }

    /// Removes a contact that was begun and not sent.
    pub(super) fn remove(&self, request: &SentRecord) -> Result<(), LedgerError> {
        let entries = Entries::new(request);
        let taken = entries
            .each()
            .try_for_each(|entry| sql::send_history::remove(&self.transaction, &entry));
        taken.map_err(|error| self.unusable(&error))
    }

    /// What the instance has sent on this day, this transaction included.
    pub(super) fn spent(&self, day: &Day, zone: &Zone) -> Result<DailyUsage, LedgerError> {
        spent(&self.transaction, day, zone).map_err(|error| self.unusable(&error))
    }

    /// When the last contact up to now was sent, this transaction included.
    pub(super) fn last(&self, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        sql::send_history::last(&self.transaction, now).map_err(|error| self.unusable(&error))
    }

    /// Whether the instance wrote to a person before, this transaction included.
    pub(super) fn knows(&self, person: &Person<'_>) -> Result<bool, LedgerError> {
        for chat in digests(person) {
            if sql::send_history::knows(&self.transaction, &chat)
                .map_err(|error| self.unusable(&error))?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Commits the transaction.
    pub(super) fn commit(self) -> Result<(), LedgerError> {
        let Self {
            transaction, path, ..
        } = self;
        transaction
            .commit()
            .map_err(|error| unusable_history(path, &error))
    }

    fn unusable(&self, error: &db::Error) -> LedgerError {
        unusable_history(self.path, error)
    }
}

/// What the instance has done in this day of this zone.
pub(super) fn spent(connection: &Connection, day: &Day, zone: &Zone) -> db::Result<DailyUsage> {
    let sum = sql::send_history::sum(connection, day.begins, day.ends)?;
    let first_day = sum.first.map(|first| zone.local(first).date());
    Ok(DailyUsage {
        contacts_today: sum.contacts,
        new_today: sum.new,
        first_day,
    })
}

/// What a history knows of a contact to its person, later than this moment, and by which campaign.
pub(super) fn sent_later(
    connection: &Connection,
    own: Option<i64>,
    keys: &MessageKeys,
    since: Option<Timestamp>,
) -> db::Result<Option<SentLater>> {
    let (mut here, mut elsewhere) = (None, None);
    for person in keys.people() {
        sql::send_history::each_to(connection, person, since, |at, contact, campaign| {
            if !keys.has_contact(contact) {
                return;
            }
            if campaign.is_some() && campaign == own {
                here = here.max(Some(at));
            } else {
                elsewhere = elsewhere.max(Some((at, campaign)));
            }
        })?;
    }
    match (here, elsewhere) {
        (Some(at), _) => Ok(Some(SentLater::Here { at })),
        (None, Some((at, campaign))) => {
            let name = |number| sql::send_history::campaign_name(connection, number);
            let campaign = campaign.map(name).transpose()?.flatten();
            Ok(Some(SentLater::Elsewhere { at, campaign }))
        }
        (None, None) => Ok(None),
    }
}
