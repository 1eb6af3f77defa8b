//! The send histories of the instances for which a ledger is open.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::{
    Ledger,
    batch::{FailedHistory, InFlight},
    error::{LedgerError, explain},
    history_entries::digests,
    history_tx::HistoryTx,
    identity::Identity,
    send_history::SendHistory,
    sql::{
        self, SentRecord,
        instances::{self, InstanceRecord},
    },
};
use crate::domain::Person;

/// The name of the fact that identifies the ledger in send histories.
const LEDGER: &str = "ledger";

/// The sends of each contact: the digest of the person, and the time.
type Sends = HashMap<Vec<u8>, HashSet<(Vec<u8>, Timestamp)>>;

/// The result of attaching a send history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attached {
    /// The number of contacts that were in the ledger but not in the history.
    pub added: usize,
    /// Whether the ledger used another history before, which is gone.
    pub is_missing: bool,
}

impl Ledger {
    /// Attaches the send history in which an instance records its sends from now on. Contacts that the ledger knows and
    /// the history does not are added: the history may be newer, from another machine, or an older copy of itself.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger or the send history cannot be read or written.
    pub fn attach_history(
        &mut self,
        instance: usize,
        mut history: SendHistory,
    ) -> Result<Attached, LedgerError> {
        let name = history.name()?;
        let id =
            sql::fact(&self.connection, LEDGER).map_err(|error| explain(&self.path, &error))?;
        history.join(&id.unwrap_or_default(), &self.campaign)?;
        let before = self.history_name(instance)?;
        let is_other = before != name;
        if is_other && self.is_wal_missing() {
            return Err(self.wal_missing());
        }
        let brought = self.backfill(instance, &mut history)?;
        if is_other {
            self.set_history_name(instance, &name)?;
        }
        if let Some(instance) = self.instances.get_mut(instance) {
            instance.history = Some(history);
        }
        Ok(Attached {
            added: brought,
            is_missing: is_other && !before.is_empty(),
        })
    }

    /// Returns the instances of the ledger that take no part in the run.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be read.
    pub fn left_out(&self) -> Result<Vec<Identity>, LedgerError> {
        let records = self.records()?;
        let takes_part = |record: &&InstanceRecord| {
            let mut ids = self.instances.iter().map(|instance| instance.id);
            ids.any(|id| id == record.id)
        };
        Ok(records
            .iter()
            .filter(|record| !takes_part(record))
            .filter_map(|record| Identity::parse(&record.identity, &record.name))
            .collect())
    }

    /// Attaches the send history of an instance that takes no part in the run: what it has sent in other campaigns is
    /// not sent again. Nothing is entered in it.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger or the send history cannot be read.
    pub fn attach_left_out(&mut self, mut history: SendHistory) -> Result<(), LedgerError> {
        let id =
            sql::fact(&self.connection, LEDGER).map_err(|error| explain(&self.path, &error))?;
        history.recognize(&id.unwrap_or_default())?;
        self.left_out.push(history);
        Ok(())
    }

    /// Returns every send history that knows what people already got.
    pub(super) fn histories(&self) -> impl Iterator<Item = &SendHistory> {
        let of_run = self.instances.iter();
        of_run
            .filter_map(|instance| instance.history.as_ref())
            .chain(&self.left_out)
    }

    /// Returns the send history of an instance, if it has one.
    #[must_use]
    pub fn send_history(&self, instance: usize) -> Option<&SendHistory> {
        self.instances.get(instance)?.history.as_ref()
    }

    /// Whether an instance sends without a send history: then it is not known what other campaigns sent.
    #[must_use]
    pub fn lacks_history(&self) -> bool {
        self.instances
            .iter()
            .any(|instance| instance.history.is_none())
    }

    /// Returns, by contact of these requests, the sends since `from` that are in the send history of an instance and
    /// that no row of this ledger explains.
    pub(super) fn sent_by_others<'a>(
        &self,
        instance: usize,
        requests: impl Iterator<Item = &'a SentRecord>,
        from: Timestamp,
    ) -> Result<Sends, LedgerError> {
        let Some(history) = self.send_history(instance) else {
            return Ok(Sends::new());
        };
        let mut contacts: HashMap<&[u8], &[u8]> = HashMap::new();
        for SentRecord {
            contact,
            older_contact,
            ..
        } in requests
        {
            contacts.extend(
                std::iter::once(contact)
                    .chain(older_contact)
                    .map(|known| (known.as_slice(), contact.as_slice())),
            );
        }
        let mut sends = Sends::new();
        history.each_since(from, |send| {
            if let Some(contact) = contacts.get(send.contact) {
                sends
                    .entry(contact.to_vec())
                    .or_default()
                    .insert((send.chat.to_vec(), send.at));
            }
        })?;
        sql::each_sent(
            &self.connection,
            self.row_filter(instance)?,
            |SentRecord {
                 chat, contact, at, ..
             }| {
                if let Some(sends) = sends.get_mut(contact).filter(|_| *at >= from) {
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
        if requests.is_empty() {
            return Ok(());
        }
        let remove = |history: &HistoryTx<'_>| {
            let mut requests = requests.iter();
            requests.try_for_each(|request| history.remove(request))
        };
        let explained = |error| explain(&self.path, &error);
        let is_file = self.connection.is_file();
        let transaction = self.connection.transaction().map_err(explained)?;
        for instance in &mut self.instances {
            let Some(history) = instance.history.as_mut() else {
                continue;
            };
            if is_file {
                let history = history.begin()?;
                remove(&history)?;
                history.commit()?;
            } else {
                remove(&history.in_ledger_transaction(&self.connection))?;
            }
        }
        transaction.commit().map_err(explained)
    }

    /// Moves the entries of a run that ends to the table `sends` of each send history.
    pub(super) fn merge_recent(&self) {
        for history in self
            .instances
            .iter()
            .filter_map(|instance| instance.history.as_ref())
        {
            // If that fails, the next run moves them.
            let _ = history.merge_recent();
        }
    }

    /// Makes rows pending again whose requests have not started, because their entries are in no send history.
    pub(super) fn return_to_pending(&self, begun: &[InFlight]) -> Result<(), LedgerError> {
        let returned = || {
            let transaction = self.connection.transaction()?;
            for message in begun {
                sql::not_sent_to_pending(&transaction, message.row.0, message.last_request)?;
            }
            transaction.commit()
        };
        returned().map_err(|error| explain(&self.path, &error))
    }

    /// Goes on without the send history of an instance, which failed.
    pub(super) fn give_up_history(
        &mut self,
        instance: usize,
        error: LedgerError,
    ) -> Result<FailedHistory, LedgerError> {
        self.instances[instance].history = None;
        self.note_missing_histories()?;
        let ends_run = self.not_again_within.is_some();
        Ok(FailedHistory { error, ends_run })
    }

    /// Checks that the file of each send history still has its name. Otherwise the run ends, and what it has sent is
    /// entered in the history that is there then.
    pub(super) fn check_places_of_histories(&mut self) -> Result<(), LedgerError> {
        for instance in 0..self.instances.len() {
            let history = self.send_history(instance);
            let Some(moved) = history.filter(|history| !history.is_in_place()) else {
                continue;
            };
            let error = LedgerError::HistoryMoved {
                path: moved.path().to_owned(),
            };
            return Err(self.give_up_history(instance, error)?.error);
        }
        Ok(())
    }

    /// Records which instances send without a send history; their sends are added when one is attached again.
    pub(super) fn note_missing_histories(&self) -> Result<(), LedgerError> {
        for (instance, _) in self
            .instances
            .iter()
            .enumerate()
            .filter(|(_, instance)| instance.history.is_none())
        {
            if !self.history_name(instance)?.is_empty() {
                self.set_history_name(instance, "")?;
            }
        }
        Ok(())
    }

    /// Returns the name of the send history that an instance used last.
    fn history_name(&self, instance: usize) -> Result<String, LedgerError> {
        let id = self.instances.get(instance).map(|instance| instance.id);
        let record = self
            .records()?
            .into_iter()
            .find(|record| Some(record.id) == id);
        Ok(record.map(|record| record.history).unwrap_or_default())
    }

    fn set_history_name(&self, instance: usize, name: &str) -> Result<(), LedgerError> {
        let Some(instance) = self.instances.get(instance) else {
            return Ok(());
        };
        let id = instance.id;
        self.change_no_row(|connection| instances::set_history(connection, id, name))
    }
}
