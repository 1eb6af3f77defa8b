//! The send history of an instance: what it has sent on this machine, all campaigns together, so that caps
//! hold across runs, restarts and campaigns.
//!
//! Entries name persons and contacts by digests. Older versions named a person by any of their chat ids and a contact
//! by its letters as written, so every query also looks for those entries.
//!
//! What must stay true: an entry is in the send history before the intent is in the ledger, and so before
//! the request is on the wire. A crash in between counts a contact too many, never one too few.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};
use sha2::{Digest, Sha256};

use crate::{
    domain::{ContactDigest, Message, Person},
    send_policy::{DailyUsage, Day, Zone},
};

use super::{
    connection::{connect, create_private},
    error::LedgerError,
    identity::{Identity, Service},
    sql::{self, SentRecord, send_history::Send},
};

/// An open send history. Several runs may share it.
#[derive(Debug)]
pub struct SendHistory {
    connection: Connection,
    path: PathBuf,
    /// The number of the campaign in the send history.
    campaign: Option<i64>,
}

impl SendHistory {
    /// Opens the send history of an instance in this folder, or makes it (mode 0600, the folder 0700). `host`
    /// tells services on this machine apart, by host and port.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be used.
    pub fn open(folder: &Path, identity: &Identity, host: &str) -> Result<Self, LedgerError> {
        let path = folder.join(file_name(identity, host));
        let machine = |error: io::Error| unusable(&path, &error);
        create_folder(folder).map_err(machine)?;
        create_private(&path, false).map_err(|error| unusable(&path, &error))?;
        let connection = connect(&path).map_err(|error| unusable(&path, &error))?;
        Self::prepared(connection, path)
    }

    /// A send history in memory, which ends with the run.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when there is no memory for it.
    pub fn in_memory() -> Result<Self, LedgerError> {
        let path = PathBuf::from(":memory:");
        let connection = Connection::open_in_memory().map_err(|error| unusable(&path, &error))?;
        Self::prepared(connection, path)
    }

    fn prepared(mut connection: Connection, path: PathBuf) -> Result<Self, LedgerError> {
        // Before its mark is read: another run may make the same send history now, both at once.
        let is_filled =
            sql::send_history::has_tables(&connection).map_err(|error| unusable(&path, &error))?;
        let kind = sql::application_id(&connection).map_err(|error| unusable(&path, &error))?;
        let version = sql::version(&connection).map_err(|error| unusable(&path, &error))?;
        let is_history = kind == sql::send_history::APPLICATION_ID || (kind == 0 && !is_filled);
        if !is_history || version > sql::send_history::MIGRATIONS.len() {
            return Err(unusable(
                &path,
                &"it was written by another program or a newer sendcontact",
            ));
        }
        sql::send_history::configure(&mut connection).map_err(|error| unusable(&path, &error))?;
        Ok(Self {
            connection,
            path,
            campaign: None,
        })
    }

    /// Whether the instance sent the contact of a request to its person before, in any campaign.
    pub(super) fn has_sent_before(&self, request: &SentRecord) -> Result<bool, LedgerError> {
        for entry in Entries::of(request).each() {
            let found = sql::send_history::has_sent(&self.connection, &entry);
            if found.map_err(|error| unusable(&self.path, &error))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether exactly this request is recorded.
    pub(super) fn has(&self, request: &SentRecord) -> Result<bool, LedgerError> {
        for entry in Entries::of(request).each() {
            let found = sql::send_history::has(&self.connection, &entry);
            if found.map_err(|error| unusable(&self.path, &error))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What the instance has done in this day of this zone.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be read.
    pub fn spent(&self, day: &Day, zone: &Zone) -> Result<DailyUsage, LedgerError> {
        spent(&self.connection, day, zone).map_err(|error| unusable(&self.path, &error))
    }

    /// When the last contact up to now was sent. A clock that was ahead recorded later ones.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be read.
    pub fn last(&self, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        sql::send_history::last(&self.connection, now).map_err(|error| unusable(&self.path, &error))
    }

    /// The name by which a ledger knows the send history again.
    pub(super) fn name(&self) -> Result<String, LedgerError> {
        sql::send_history::name(&self.connection).map_err(|error| unusable(&self.path, &error))
    }

    /// Records what a campaign sends from here on. What an earlier run of it planned and
    /// never began is removed.
    pub(super) fn join(&mut self, id: &str, name: &str) -> Result<(), LedgerError> {
        let number = sql::send_history::campaign(&self.connection, id, name)
            .map_err(|error| unusable(&self.path, &error))?;
        sql::send_history::drop_planned(&self.connection, number)
            .map_err(|error| unusable(&self.path, &error))?;
        self.campaign = Some(number);
        Ok(())
    }

    /// Every contact that was sent from a moment on.
    pub(super) fn each_since(
        &self,
        from: Timestamp,
        each: impl FnMut(&Send<'_>),
    ) -> Result<(), LedgerError> {
        sql::send_history::each_since(&self.connection, from, each)
            .map_err(|error| unusable(&self.path, &error))
    }

    /// What the campaign has planned may be sent from here on.
    pub(super) fn confirm(&self) -> Result<(), LedgerError> {
        sql::send_history::confirm(&self.connection, self.campaign)
            .map_err(|error| unusable(&self.path, &error))
    }

    /// Opens a transaction: no other run writes to the send history until it is committed or dropped.
    pub(super) fn begin(&mut self) -> Result<HistoryTx<'_>, LedgerError> {
        let Self {
            connection,
            path,
            campaign,
        } = self;
        let transaction =
            sql::send_history::begin(connection).map_err(|error| unusable(path, &error))?;
        Ok(HistoryTx {
            transaction,
            path,
            campaign: *campaign,
        })
    }
}

/// The entries by which a request may be in the send history, the one of today first.
struct Entries {
    people: Vec<[u8; 16]>,
    contacts: Vec<Vec<u8>>,
    at: Timestamp,
}

impl Entries {
    fn of(request: &SentRecord) -> Self {
        let contacts = std::iter::once(&request.contact)
            .chain(&request.older_contact)
            .cloned()
            .collect();
        Self {
            people: digests(&Person::behind(&request.chat)),
            contacts,
            at: request.at,
        }
    }

    fn each(&self) -> impl Iterator<Item = Send<'_>> {
        let entry = move |contact| {
            self.people.iter().map(move |chat| Send {
                chat,
                at: self.at,
                contact,
            })
        };
        self.contacts
            .iter()
            .flat_map(move |contact| entry(contact.as_slice()))
    }
}

/// What one batch writes to the send history; nothing lasts before [`HistoryTx::commit`].
pub(super) struct HistoryTx<'a> {
    transaction: Transaction<'a>,
    path: &'a Path,
    campaign: Option<i64>,
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

impl HistoryTx<'_> {
    /// What the history knows of a contact to its person, later than this moment of the row.
    pub(super) fn sent_later(
        &self,
        message: &Message,
        since: Option<Timestamp>,
    ) -> Result<Option<SentLater>, LedgerError> {
        let names = message.contact.names();
        let older = ContactDigest::older(message.contact.phone().as_u64(), names);
        let mut last = None;
        for contact in [Some(message.contact_digest()), older]
            .into_iter()
            .flatten()
        {
            for chat in digests(&message.recipient.person()) {
                let found =
                    sql::send_history::sent_after(&self.transaction, &chat, &contact.0, since);
                let found = found.map_err(|error| self.unusable(&error))?;
                last = last.max(found.map(|found| (found.at, found.campaign)));
            }
        }
        Ok(last.map(|(at, campaign)| match campaign {
            Some((id, _)) if Some(id) == self.campaign => SentLater::Here { at },
            campaign => SentLater::Elsewhere {
                at,
                campaign: campaign.map(|(_, name)| name),
            },
        }))
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
    fn unite(&self, people: &[[u8; 16]]) -> rusqlite::Result<()> {
        people[1..]
            .iter()
            .try_for_each(|other| sql::send_history::unite(&self.transaction, other, &people[0]))
    }

    /// Records a contact that was begun; gives how many are new to the send history.
    pub(super) fn backfill(&self, request: &SentRecord) -> Result<usize, LedgerError> {
        let entries = Entries::of(request);
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
        let entries = Entries::of(request);
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
        transaction.commit().map_err(|error| unusable(path, &error))
    }

    fn unusable(&self, error: &rusqlite::Error) -> LedgerError {
        unusable(self.path, error)
    }
}

fn spent(connection: &Connection, day: &Day, zone: &Zone) -> rusqlite::Result<DailyUsage> {
    let sum = sql::send_history::sum(connection, day.begins, day.ends)?;
    let first_day = sum.first.map(|first| zone.local(first).date());
    Ok(DailyUsage {
        messages_today: sum.contacts,
        new_today: sum.new,
        first_day,
    })
}

/// The send history counts people and need not name them: the digests of all their chat ids, first of the one by
/// which they are entered.
pub(super) fn digests(person: &Person<'_>) -> Vec<[u8; 16]> {
    let digest = |chat: String| {
        let mut digest = [0; 16];
        digest.copy_from_slice(&Sha256::digest(chat)[..16]);
        digest
    };
    person.chat_ids().into_iter().map(digest).collect()
}

fn file_name(identity: &Identity, host: &str) -> String {
    let Identity {
        service, instance, ..
    } = identity;
    let plain = |text: &str| {
        text.replace(
            |char: char| !char.is_ascii_alphanumeric() && char != '.',
            "-",
        )
    };
    match service {
        Service::Simulator | Service::GreenApi => {
            format!("{}-{}.book", service.as_str(), plain(instance))
        }
        Service::Loopback => format!(
            "{}-{}-{}.book",
            service.as_str(),
            plain(host),
            plain(instance)
        ),
    }
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn unusable(path: &Path, reason: &dyn std::fmt::Display) -> LedgerError {
    LedgerError::SendHistory {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}
