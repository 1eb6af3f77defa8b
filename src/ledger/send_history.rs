//! The send history of an instance: what it has sent on this machine, all campaigns together, so that caps
//! hold across runs, restarts and campaigns.
//!
//! Entries name persons and contacts by digests. Older versions named a person by any of their chat ids and a contact
//! by its letters as written, so every query also looks for those entries.
//!
//! What must stay true: an entry is in the send history before the intent is in the ledger, and so before
//! the request is on the wire. A crash in between counts a contact too many, never one too few.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};
use sha2::{Digest, Sha256};

use crate::{
    domain::{CardDigest, Message, Person},
    send_policy::{DailyUsage, Day, Zone},
};

use super::{
    LEDGER, Ledger,
    batch::InstanceCommit,
    connect, create_private,
    error::{LedgerError, explain},
    identity::{Identity, Service},
    sql::{self, SentRecord, instances, send_history::Send},
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
        let is_book = kind == sql::send_history::APPLICATION_ID || (kind == 0 && !is_filled);
        if !is_book || version > sql::send_history::MIGRATIONS.len() {
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
    fn has(&self, request: &SentRecord) -> Result<bool, LedgerError> {
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

    /// When the last contact up to now was sent, in milliseconds since 1970. A clock that was ahead recorded later ones.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be read.
    pub fn last(&self, now: i64) -> Result<Option<i64>, LedgerError> {
        sql::send_history::last(&self.connection, now).map_err(|error| unusable(&self.path, &error))
    }

    /// Opens a transaction: no other run writes to the send history until it is committed or dropped.
    pub(super) fn page(&mut self) -> Result<HistoryTx<'_>, LedgerError> {
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

/// By contact, what was sent: the digest of the person and the time.
type Sends = HashMap<Vec<u8>, HashSet<(Vec<u8>, i64)>>;

/// The entries by which a request may be in the send history, the one of today first.
struct Entries {
    people: Vec<[u8; 16]>,
    cards: Vec<Vec<u8>>,
    at: i64,
}

impl Entries {
    fn of(request: &SentRecord) -> Self {
        let cards = std::iter::once(&request.card)
            .chain(&request.older_card)
            .cloned()
            .collect();
        Self {
            people: digests(&Person::behind(&request.chat)),
            cards,
            at: request.at,
        }
    }

    fn each(&self) -> impl Iterator<Item = Send<'_>> {
        let entry = move |card| {
            self.people.iter().map(move |chat| Send {
                chat,
                at: self.at,
                card,
            })
        };
        self.cards
            .iter()
            .flat_map(move |card| entry(card.as_slice()))
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
        /// When, in milliseconds since 1970.
        at: i64,
    },
    /// By another campaign, whose name is known unless an older version of the program sent it.
    Elsewhere {
        /// When, in milliseconds since 1970.
        at: i64,
        campaign: Option<String>,
    },
}

impl HistoryTx<'_> {
    /// What the history knows of a contact to its person, later than this moment of the row.
    pub(super) fn sent_later(
        &self,
        message: &Message,
        since: Option<i64>,
    ) -> Result<Option<SentLater>, LedgerError> {
        let at = since.unwrap_or(i64::MIN);
        let names = message.contact.names();
        let older = CardDigest::older(message.contact.phone().as_u64(), names);
        let mut last = None;
        for card in [Some(message.card_digest()), older].into_iter().flatten() {
            for chat in digests(&message.recipient.person()) {
                let send = Send {
                    chat: &chat,
                    at,
                    card: &card.0,
                };
                let found = sql::send_history::sent_after(&self.transaction, &send);
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
    pub(super) fn enter(&self, message: &Message, at: i64) -> Result<(), LedgerError> {
        let people = digests(&message.recipient.person());
        let card = message.card_digest().0;
        let enter = || {
            self.unite(&people)?;
            sql::send_history::plan(
                &self.transaction,
                &Send {
                    chat: &people[0],
                    at,
                    card: &card,
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
    pub(super) fn bring_in(&self, request: &SentRecord) -> Result<usize, LedgerError> {
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

    /// When the last contact up to now was sent, this transaction included, in milliseconds since 1970.
    pub(super) fn last(&self, now: i64) -> Result<Option<i64>, LedgerError> {
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

impl Ledger {
    /// Records what an instance sends in a send history from here on. What the ledger knows and the history does not
    /// is added: the history may be newer, from another machine, or an older copy of itself. Gives the number of
    /// added contacts.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger or the send history cannot be read or written.
    pub fn keep(&mut self, lane: usize, mut book: SendHistory) -> Result<usize, LedgerError> {
        let name = sql::send_history::name(&book.connection)
            .map_err(|error| unusable(&book.path, &error))?;
        let id =
            sql::fact(&self.connection, LEDGER).map_err(|error| explain(&self.path, &error))?;
        let campaign = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let number =
            sql::send_history::campaign(&book.connection, &id.unwrap_or_default(), &campaign);
        let number = number.map_err(|error| unusable(&book.path, &error))?;
        sql::send_history::drop_planned(&book.connection, number)
            .map_err(|error| unusable(&book.path, &error))?;
        book.campaign = Some(number);
        let is_other = self.book_of(lane)? != name;
        if is_other && self.is_forgetful() {
            return Err(self.forgetful());
        }
        let brought = self.bring_into(lane, &mut book)?;
        if is_other {
            self.name_book(lane, &name)?;
        }
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.book = Some(book);
        }
        Ok(brought)
    }

    /// The send history of an instance, if it has one.
    #[must_use]
    pub fn book(&self, lane: usize) -> Option<&SendHistory> {
        self.lanes.get(lane)?.book.as_ref()
    }

    /// By contact of these requests: what the send history of an instance knows of it between two moments, and no
    /// row of this ledger explains.
    pub(super) fn sent_by_others<'a>(
        &self,
        lane: usize,
        requests: impl Iterator<Item = &'a SentRecord>,
        (from, to): (i64, i64),
    ) -> Result<Sends, LedgerError> {
        let Some(book) = self.book(lane) else {
            return Ok(Sends::new());
        };
        let mut cards: HashMap<&[u8], &[u8]> = HashMap::new();
        for SentRecord {
            card, older_card, ..
        } in requests
        {
            cards.extend(
                std::iter::once(card)
                    .chain(older_card)
                    .map(|known| (known.as_slice(), card.as_slice())),
            );
        }
        let mut sends = Sends::new();
        sql::send_history::each_between(&book.connection, (from, to), |chat, at, card| {
            if let Some(card) = cards.get(card) {
                sends
                    .entry(card.to_vec())
                    .or_default()
                    .insert((chat.to_vec(), at));
            }
        })
        .map_err(|error| unusable(&book.path, &error))?;
        sql::each_sent(
            &self.connection,
            self.filter(lane)?,
            |SentRecord { chat, card, at, .. }| {
                if let Some(sends) = sends.get_mut(card).filter(|_| (from..=to).contains(at)) {
                    for own in digests(&Person::behind(chat)) {
                        sends.remove(&(own.to_vec(), *at));
                    }
                }
                Ok(())
            },
        )
        .map_err(|error| explain(&self.path, &error))?;
        Ok(sends)
    }

    /// Removes requests from their send histories.
    pub(super) fn take_out(&mut self, requests: &[SentRecord]) -> Result<(), LedgerError> {
        let books = self.lanes.iter_mut().filter_map(|lane| lane.book.as_mut());
        for book in books.filter(|_| !requests.is_empty()) {
            let page = book.page()?;
            requests
                .iter()
                .try_for_each(|request| page.remove(request))?;
            page.commit()?;
        }
        Ok(())
    }

    /// Allows the requests of a batch that is on disk.
    pub(super) fn confirm(&self, committed: &[InstanceCommit]) {
        let begun = self
            .lanes
            .iter()
            .zip(committed)
            .filter(|(_, part)| !part.begun.is_empty());
        for book in begun.filter_map(|(lane, _)| lane.book.as_ref()) {
            // A send history that cannot be written reports it in the next batch; the ledger has the intents.
            let _ = sql::send_history::confirm(&book.connection, book.campaign);
        }
    }

    /// Removes from the send histories what a batch began that the ledger could not record: no request was sent.
    /// What stays in a send history that cannot be written now is unknown to the next run.
    pub(super) fn never_began(&mut self, committed: &[InstanceCommit], at: i64) {
        for (lane, part) in self.lanes.iter_mut().zip(committed) {
            let Some(book) = lane.book.as_mut().filter(|_| !part.begun.is_empty()) else {
                continue;
            };
            let Ok(page) = book.page() else { continue };
            let taken = part
                .begun
                .iter()
                .try_for_each(|begun| page.remove(&SentRecord::new(&begun.message, at)));
            let _ = taken.and_then(|()| page.commit());
        }
    }

    /// What is sent without a send history is added when one is attached again.
    pub(super) fn without_book(&self) -> Result<(), LedgerError> {
        for (lane, _) in self
            .lanes
            .iter()
            .enumerate()
            .filter(|(_, lane)| lane.book.is_none())
        {
            if !self.book_of(lane)?.is_empty() {
                self.name_book(lane, "")?;
            }
        }
        Ok(())
    }

    /// The name of the send history that an instance used last.
    fn book_of(&self, lane: usize) -> Result<String, LedgerError> {
        let id = self.lanes.get(lane).map(|lane| lane.id);
        let record = self
            .records()?
            .into_iter()
            .find(|record| Some(record.id) == id);
        Ok(record.map(|record| record.book).unwrap_or_default())
    }

    fn name_book(&self, lane: usize, name: &str) -> Result<(), LedgerError> {
        let Some(lane) = self.lanes.get(lane) else {
            return Ok(());
        };
        instances::set_book(&self.connection, lane.id, name)
            .map_err(|error| explain(&self.path, &error))
    }

    fn bring_into(&self, lane: usize, book: &mut SendHistory) -> Result<usize, LedgerError> {
        let instance = self.filter(lane)?;
        let (mut missing, mut trouble) = (Vec::new(), None);
        // Usually nothing is missing: then no other run that shares the send history has to wait.
        sql::each_sent(&self.connection, instance, |request| {
            match book.has(request) {
                Ok(true) => {}
                Ok(false) => missing.push(request.clone()),
                Err(error) => trouble = trouble.take().or(Some(error)),
            }
            Ok(())
        })
        .map_err(|error| explain(&self.path, &error))?;
        trouble.map_or(Ok(()), Err)?;
        if missing.is_empty() {
            return Ok(0);
        }
        let page = book.page()?;
        let brought = missing
            .iter()
            .map(|request| page.bring_in(request))
            .sum::<Result<usize, _>>()?;
        page.commit()?;
        Ok(brought)
    }
}

fn spent(connection: &Connection, day: &Day, zone: &Zone) -> rusqlite::Result<DailyUsage> {
    let sum = sql::send_history::sum(
        connection,
        (day.begins.as_millisecond(), day.ends.as_millisecond()),
    )?;
    let first = sum
        .first
        .and_then(|at| Timestamp::from_millisecond(at).ok());
    let first_day = first.map(|first| zone.local(first).date());
    Ok(DailyUsage {
        cards_today: sum.cards,
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
    LedgerError::Book {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}
