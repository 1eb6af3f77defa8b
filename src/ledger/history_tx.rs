//! A transaction on a send history, and the queries in it.

use std::{cell::RefCell, collections::HashMap, path::Path, time::Duration};

use jiff::Timestamp;

use super::{
    db::{self, Connection, Transaction},
    error::{LedgerError, explain, explain_history},
    history_entries::{Entries, MessageKeys, digests},
    history_schema::HistorySchema,
    lids::KnownPairs,
    recent::RecentTx,
    sql::{
        self, SentRecord,
        begun::{Begun, Kind},
        lids::Chat,
        recent::RecentSend,
        send_history::{Send, Sent},
    },
};
use crate::{
    domain::Person,
    send_policy::{DailyUsage, Day, Zone},
};

/// A transaction on the send history of an instance; nothing is durable before it is committed.
pub(super) struct HistoryTx<'a> {
    pub(super) tables: Tables<'a>,
    pub(super) path: &'a Path,
    /// The number of the campaign in the send history.
    pub(super) campaign: Option<i64>,
    /// Which of its people are known to have a lid.
    pub(super) pairs: KnownPairs,
}

/// Where the tables of the send history are.
pub(super) enum Tables<'a> {
    /// In a file of its own.
    Own {
        transaction: Transaction<'a>,
        recent: RecentTx<'a>,
    },
    /// In a schema of the database that holds the ledger; both are committed together.
    BesideLedger {
        /// On the connection of the ledger, in the transaction of the batch.
        schema: HistorySchema<'a>,
        /// What was looked up ahead of chats, and has not changed since.
        known: RefCell<HashMap<Chat, Vec<Sent>>>,
    },
}

impl Tables<'_> {
    /// Returns the connection, on which `main.` stands for these tables from now on.
    pub(super) fn connection(&self) -> &Connection {
        match self {
            Self::Own { transaction, .. } => transaction,
            Self::BesideLedger { schema, .. } => schema.connection(),
        }
    }
}

/// A contact that the history knows as sent, or as possibly sent, and the ledger does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EarlierSend {
    /// Sent by this campaign: its ledger has forgotten it.
    Here {
        /// When.
        at: Timestamp,
    },
    /// Sent by this campaign for another row, to the same person under another chat id.
    UnderOtherId {
        /// When.
        at: Timestamp,
        /// The name of the campaign.
        campaign: Option<String>,
    },
    /// Sent by another campaign, whose name is known unless an older version of the program sent it.
    Elsewhere {
        /// When.
        at: Timestamp,
        campaign: Option<String>,
    },
}

/// A contact that another campaign sent to a person, or may have sent. Ordered by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SentElsewhere {
    pub(super) at: Timestamp,
    /// The name of the campaign, unless an older version of the program sent it.
    pub(super) campaign: Option<String>,
}

impl EarlierSend {
    /// Returns the entry that counts: what this campaign sent itself, otherwise what was sent last.
    pub(super) fn preferred(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let weight = |sent: &Self| match sent {
            Self::Here { at } => (2, *at),
            Self::UnderOtherId { at, .. } => (1, *at),
            Self::Elsewhere { at, .. } => (0, *at),
        };
        one.into_iter().chain(other).max_by_key(weight)
    }
}

impl HistoryTx<'_> {
    /// Returns what the history knows about sends of this contact to this person, except what the ledger knows itself:
    /// the requests for the row up to its last one, which was begun at `last_request`.
    pub(super) fn earlier_send(
        &self,
        keys: &MessageKeys,
        last_request: Option<Timestamp>,
    ) -> Result<Option<EarlierSend>, LedgerError> {
        let sent_to = |chat: &Chat| self.sent_to(chat, None);
        let own = (self.campaign, last_request);
        earlier_send(self.tables.connection(), own, keys, sent_to)
            .map_err(|error| self.unusable(&error))
    }

    /// Returns the last contact that another campaign sent to a person after `since`.
    pub(super) fn sent_elsewhere(
        &self,
        keys: &MessageKeys,
        since: Timestamp,
    ) -> Result<Option<SentElsewhere>, LedgerError> {
        let chats = keys.people().chain(keys.others());
        let sent_to = |chat: &Chat| self.sent_to(chat, Some(since));
        sent_elsewhere(self.tables.connection(), self.campaign, chats, sent_to)
            .map_err(|error| self.unusable(&error))
    }

    /// Returns what was sent to a chat after `since`. What was looked up ahead may reach further back and is filtered.
    fn sent_to(&self, chat: &Chat, since: Option<Timestamp>) -> db::Result<Vec<Sent>> {
        let read = || sql::send_history::sent_to(self.tables.connection(), (chat, since));
        let is_later = |at: Timestamp| Some(at) > since;
        match &self.tables {
            Tables::Own { recent, .. } => {
                let mut sent = read()?;
                let recent = recent.sent_to(chat).into_iter();
                let later = recent.filter(|send| is_later(send.moment()));
                sent.extend(later.map(|send| Sent {
                    at: send.moment(),
                    contact: send.contact.to_vec(),
                    campaign: self.campaign,
                }));
                Ok(sent)
            }
            Tables::BesideLedger { known, .. } => match known.borrow().get(chat) {
                Some(known) => {
                    let later = known.iter().filter(|sent| is_later(sent.at));
                    Ok(later.cloned().collect())
                }
                None => read(),
            },
        }
    }

    /// Returns the schema of a history that is in the database of its ledger.
    pub(super) fn schema(&self) -> Option<&str> {
        match &self.tables {
            Tables::Own { .. } => None,
            Tables::BesideLedger { schema, .. } => Some(schema.name()),
        }
    }

    /// Stores what was looked up ahead for a chat.
    pub(super) fn keep(&self, chat: &Chat, sent: Vec<Sent>) {
        if let Tables::BesideLedger { known, .. } = &self.tables {
            known.borrow_mut().insert(*chat, sent);
        }
    }

    /// Keeps nothing in memory about these chats, because SQL is going to change their entries.
    fn forget(&self, chats: &[Chat]) -> db::Result<()> {
        match &self.tables {
            Tables::Own { recent, .. } if recent.knows_any(chats) => self.merge_recent(),
            Tables::Own { .. } => Ok(()),
            Tables::BesideLedger { known, .. } => {
                let mut known = known.borrow_mut();
                for chat in chats {
                    known.remove(chat);
                }
                Ok(())
            }
        }
    }

    /// Moves all entries to `sends`, for statements that count or change them there.
    fn merge_recent(&self) -> db::Result<()> {
        match &self.tables {
            Tables::Own {
                transaction,
                recent,
            } => recent.merge(transaction, self.campaign),
            Tables::BesideLedger { .. } => Ok(()),
        }
    }

    /// Enters a contact with these keys that is begun at this time.
    pub(super) fn enter(&self, keys: &MessageKeys, at: Timestamp) -> Result<(), LedgerError> {
        let people = keys.digests();
        let enter = || {
            self.unite(people)?;
            match &self.tables {
                Tables::Own { recent, .. } => recent.enter(RecentSend {
                    chat: people[0],
                    at: at.as_millisecond(),
                    contact: digest(keys.contact())?,
                }),
                Tables::BesideLedger { schema, .. } => {
                    self.forget(&people[..1])?;
                    let send = Send {
                        chat: &people[0],
                        at,
                        contact: keys.contact(),
                    };
                    sql::send_history::enter_later(schema.connection(), &send, self.campaign)?;
                }
            }
            Ok(())
        };
        enter().map_err(|error| self.unusable(&error))
    }

    /// Moves entries that an older version recorded under another chat id to the person, so that nobody is counted
    /// twice as a new recipient.
    fn unite(&self, people: &[Chat]) -> db::Result<()> {
        let others = &people[1..];
        if !others.is_empty() {
            self.forget(people)?;
        }
        others.iter().try_for_each(|other| {
            sql::send_history::unite(self.tables.connection(), other, &people[0])
        })
    }

    /// Enters a contact that was begun. Returns how many entries were new to the send history.
    pub(super) fn backfill(&self, entries: &Entries) -> Result<usize, LedgerError> {
        let enter = || {
            self.merge_recent()?;
            for older in entries.each().skip(1) {
                if sql::send_history::has(self.tables.connection(), &older)? {
                    return Ok(0);
                }
            }
            let own = entries.each().next();
            own.map_or(Ok(0), |entry| {
                sql::send_history::enter(self.tables.connection(), &entry, self.campaign)
            })
        };
        enter().map_err(|error| self.unusable(&error))
    }

    /// Removes a contact that was begun but not sent.
    pub(super) fn remove(&self, request: &SentRecord) -> Result<(), LedgerError> {
        let entries = Entries::new(request);
        let remove = || {
            self.forget(entries.people())?;
            entries
                .each()
                .try_for_each(|entry| sql::send_history::remove(self.tables.connection(), &entry))
        };
        remove().map_err(|error| self.unusable(&error))
    }

    /// Returns what the instance has sent on this day, including in this transaction.
    pub(super) fn spent(&self, day: &Day, zone: &Zone) -> Result<DailyUsage, LedgerError> {
        self.merge_recent()
            .and_then(|()| spent(self.tables.connection(), day, zone))
            .map_err(|error| self.unusable(&error))
    }

    /// Returns when the last contact up to now was sent, including in this transaction.
    pub(super) fn last(&self, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        self.merge_recent()
            .and_then(|()| sql::send_history::last(self.tables.connection(), now))
            .map_err(|error| self.unusable(&error))
    }

    /// Whether other runs of the instance may have written since this was last asked. In a database a lease prevents
    /// that.
    pub(super) fn others_wrote(&self) -> bool {
        match &self.tables {
            Tables::Own { recent, .. } => recent.others_wrote(),
            Tables::BesideLedger { .. } => false,
        }
    }

    /// Returns the requests that runs on this machine have begun in this time span.
    pub(super) fn begun_between(
        &self,
        kind: Kind,
        span: (Duration, Duration),
    ) -> Result<Begun, LedgerError> {
        sql::begun::between(self.tables.connection(), kind, span)
            .map_err(|error| self.unusable(&error))
    }

    /// Notes for other runs how many requests are begun at a time, and forgets what was begun outside of `kept`.
    pub(super) fn note_begun(
        &self,
        kind: Kind,
        (at, requests): (Duration, usize),
        kept: (Duration, Duration),
    ) -> Result<(), LedgerError> {
        match &self.tables {
            Tables::Own { transaction, .. } => sql::begun::forget(transaction, kind, kept)
                .and_then(|()| sql::begun::add(transaction, kind, at, requests))
                .map_err(|error| self.unusable(&error)),
            Tables::BesideLedger { .. } => Ok(()),
        }
    }

    /// Whether the instance has written to a person before, including in this transaction.
    pub(super) fn knows(&self, person: &Person<'_>) -> Result<bool, LedgerError> {
        let chats = digests(person);
        if let Tables::Own { recent, .. } = &self.tables
            && recent.knows_any(&chats)
        {
            return Ok(true);
        }
        for chat in chats {
            if sql::send_history::knows(self.tables.connection(), &chat)
                .map_err(|error| self.unusable(&error))?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Commits a history in a file of its own; one in the ledger's database is committed with the ledger.
    pub(super) fn commit(self) -> Result<(), LedgerError> {
        match self.tables {
            Tables::Own {
                transaction,
                recent,
            } => recent
                .commit(transaction, self.campaign)
                .map_err(|error| explain_history(self.path, &error)),
            Tables::BesideLedger { .. } => Ok(()),
        }
    }

    /// Explains an error of its statements. In the ledger's database it may come from any statement of the batch.
    pub(super) fn unusable(&self, error: &db::Error) -> LedgerError {
        match self.tables {
            Tables::Own { .. } => explain_history(self.path, error),
            Tables::BesideLedger { .. } => explain(self.path, error),
        }
    }
}

/// Converts a digest of the ledger, which has 16 bytes unless the ledger is damaged.
fn digest(bytes: &[u8]) -> db::Result<[u8; 16]> {
    bytes.try_into().map_err(|_| db::Error::Value {
        column: 0,
        found: format!("a digest of {} bytes", bytes.len()),
    })
}

/// Returns what the instance has sent on this day in this zone.
pub(super) fn spent(connection: &Connection, day: &Day, zone: &Zone) -> db::Result<DailyUsage> {
    let total = sql::send_history::sent_total(connection, day.begins, day.ends)?;
    let first_day = total.first.map(|first| zone.local(first).date());
    Ok(DailyUsage {
        contacts_today: total.contacts,
        new_today: total.new,
        first_day,
    })
}

/// Returns what a history knows about sends of a contact to its person, and by which campaign. `own` is the campaign of
/// the ledger and when it began its last request for the row; `sent_to` returns the sends to a chat.
///
/// That request hides only what this campaign sent before it. Whether a send of another campaign counts does not depend
/// on it: the service may not have taken the request, or the run may have sent again on purpose, and the clocks of two
/// runs may differ.
pub(super) fn earlier_send(
    connection: &Connection,
    (own, last_request): (Option<i64>, Option<Timestamp>),
    keys: &MessageKeys,
    sent_to: impl Fn(&Chat) -> db::Result<Vec<Sent>>,
) -> db::Result<Option<EarlierSend>> {
    let (mut here, mut under_other_id, mut elsewhere) = (None, None, None);
    let people = keys.people().map(|chat| (chat, false));
    for (chat, is_other) in people.chain(keys.others().map(|chat| (chat, true))) {
        let sent = sent_to(chat)?.into_iter();
        for Sent { at, campaign, .. } in sent.filter(|sent| keys.has_contact(&sent.contact)) {
            // An entry of an older version has no campaign, and may be of this one.
            let may_be_own = campaign.is_none() || campaign == own;
            if may_be_own && Some(at) <= last_request {
                continue;
            }
            match (campaign.is_some() && campaign == own, is_other) {
                (true, false) => here = here.max(Some(at)),
                (true, true) => under_other_id = under_other_id.max(Some(at)),
                (false, _) => elsewhere = elsewhere.max(Some((at, campaign))),
            }
        }
    }
    Ok(match (here, under_other_id, elsewhere) {
        (Some(at), ..) => Some(EarlierSend::Here { at }),
        (None, Some(at), _) => Some(EarlierSend::UnderOtherId {
            at,
            campaign: name_of(connection, own)?,
        }),
        (None, None, Some((at, campaign))) => Some(EarlierSend::Elsewhere {
            at,
            campaign: name_of(connection, campaign)?,
        }),
        (None, None, None) => None,
    })
}

/// Returns the last contact of another campaign to any chat of a person. `sent_to` returns the sends to a chat.
pub(super) fn sent_elsewhere<'a>(
    connection: &Connection,
    own: Option<i64>,
    chats: impl Iterator<Item = &'a Chat>,
    sent_to: impl Fn(&Chat) -> db::Result<Vec<Sent>>,
) -> db::Result<Option<SentElsewhere>> {
    let mut last = None;
    for chat in chats {
        let sent = sent_to(chat)?.into_iter();
        let sent_by_others = sent.filter(|sent| sent.campaign.is_none() || sent.campaign != own);
        last = last.max(sent_by_others.map(|sent| (sent.at, sent.campaign)).max());
    }
    let Some((at, campaign)) = last else {
        return Ok(None);
    };
    let campaign = name_of(connection, campaign)?;
    Ok(Some(SentElsewhere { at, campaign }))
}

fn name_of(connection: &Connection, campaign: Option<i64>) -> db::Result<Option<String>> {
    let name = |number| sql::send_history::campaign_name(connection, number);
    Ok(campaign.map(name).transpose()?.flatten())
}
