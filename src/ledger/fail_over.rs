//! Detects that the database of a campaign is on another server than before: one that was restored from a copy, or a
//! replica that took over.
//!
//! What must stay true: the last commits of the earlier server may be missing, and with them the intents of contacts
//! that were sent. The rows of those contacts are pending, and the database cannot tell which rows they are. So nothing
//! is sent on another server before each instance was asked what it has sent since the last moment up to which the
//! database is known to be complete. Each pending row that may be one of those contacts becomes unknown, and is looked
//! up like any other.
//!
//! That moment is recorded with each renewal of a lease: the log of a server is one sequence, so a server that has the
//! record has everything that was committed before it.
//!
//! Two cases cannot be detected here, and the documentation says so: a list that was first imported after that moment
//! is missing altogether, and a copy of the disk of the very same server has the same identity.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    Ledger,
    database::Database,
    db::Connection,
    error::{LedgerError, ServerFault, explain},
    sql::{
        self,
        server::{self, ReportedRecord},
    },
};
use crate::{
    domain::{OwnWords, Person},
    i18n::Language,
};

/// This long after the change was noticed, the journals show everything that was sent before it.
const JOURNAL_LAG: Duration = Duration::from_secs(150);

/// A contact that an instance reports as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedContact<'a> {
    /// The service's id of the message, if it can be read.
    pub id: Option<&'a str>,
    /// The chat, if it can be read.
    pub chat: Option<&'a str>,
    /// The phone numbers on the contact that can be read.
    pub phones: &'a [String],
    /// When the service last did something with it.
    pub at: Option<Timestamp>,
}

/// A campaign that is on another server than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerChange {
    /// The database is known to be complete up to this time.
    pub since: Timestamp,
    /// The time after which the services show everything that was sent before the change.
    pub shown_in: Duration,
}

impl Database {
    /// Records the server of a campaign if it is the first one, and notes if it is another one than before. Returns
    /// whether it is the one on which the campaign was written last.
    pub(super) fn note_server(
        &self,
        connection: &Connection,
        campaign: &str,
    ) -> Result<bool, LedgerError> {
        let note = || match server::identity(connection)? {
            Some(identity) => server::note(connection, campaign, &identity),
            None => Ok(true),
        };
        note().map_err(|error| self.explain(&error))
    }

    /// Records the server as [`Self::note_server`] does. Fails if it is not the one on which the campaign was written
    /// last.
    pub(super) fn note_server_or_fail(
        &self,
        connection: &Connection,
        campaign: &str,
    ) -> Result<(), LedgerError> {
        if self.note_server(connection, campaign)? {
            return Ok(());
        }
        Err(self.other_server())
    }

    /// Fails if the campaign is on another server than before. Records nothing.
    pub(super) fn must_have_everything(
        &self,
        connection: &Connection,
        campaign: &str,
    ) -> Result<(), LedgerError> {
        let look = || {
            let identity = server::identity(connection)?;
            server::has_everything(connection, campaign, identity.as_deref())
        };
        if look().map_err(|error| self.explain(&error))? {
            return Ok(());
        }
        Err(self.other_server())
    }

    fn other_server(&self) -> LedgerError {
        LedgerError::Server {
            database: self.to_string(),
            fault: ServerFault::Other,
        }
    }
}

impl Ledger {
    /// Returns whether the ledger is on another server than before and nobody has yet looked up what was sent.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be read.
    pub fn server_change(&self) -> Result<Option<ServerChange>, LedgerError> {
        if self.database().is_none() {
            return Ok(None);
        }
        let change = server::change(&self.connection, &self.campaign)
            .map_err(|error| explain(&self.path, &error))?;
        Ok(change.map(|(since, noticed)| {
            let noticed = Duration::from_millis(u64::try_from(noticed).unwrap_or(0));
            ServerChange {
                since,
                shown_in: JOURNAL_LAG.saturating_sub(noticed),
            }
        }))
    }

    /// Returns the instances of the campaign for which the ledger was not opened, as people know them.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be read.
    pub fn absent_instances(&self) -> Result<Vec<String>, LedgerError> {
        let is_ours = |id: i64| self.instances.iter().any(|instance| instance.id == id);
        let records = self.records()?.into_iter();
        let absent = records.filter(|record| !is_ours(record.id));
        Ok(absent.map(|record| record.shown().to_owned()).collect())
    }

    /// Makes pending rows unknown that may be contacts which an instance reports as sent. Returns how many.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be written.
    pub fn mark_possibly_sent(
        &mut self,
        instance: usize,
        reported: &[ReportedContact<'_>],
        since: Timestamp,
    ) -> Result<usize, LedgerError> {
        let ids: Vec<&str> = reported.iter().filter_map(|contact| contact.id).collect();
        let known = self.known_ids(&ids)?;
        let is_known =
            |contact: &&ReportedContact<'_>| contact.id.is_some_and(|id| known.contains_key(id));
        let Some(id) = self.row_filter(instance)? else {
            return Ok(0);
        };
        let error = OwnWords::LedgerForgot.localized(Language::En);
        let mark = || {
            let transaction = self.connection.transaction()?;
            let mut marked = 0;
            for contact in reported.iter().filter(|contact| !is_known(contact)) {
                // A chat that has only a lid does not tell whose it is.
                let chat = contact.chat.filter(|chat| !chat.ends_with("@lid"));
                let record = ReportedRecord {
                    person: chat.map(|chat| Person::behind(chat).to_string()),
                    phones: contact.phones,
                    at: contact.at,
                };
                marked += server::mark_possibly_sent(&transaction, id, &record, since, &error)?;
            }
            transaction.commit()?;
            Ok(marked)
        };
        mark().map_err(|error| explain(&self.path, &error))
    }

    /// Accepts the current server as the one to send from now on.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be written.
    pub fn accept_server(&mut self) -> Result<(), LedgerError> {
        let accept = || match sql::server::identity(&self.connection)? {
            Some(identity) => server::accept(&self.connection, &self.campaign, &identity),
            None => Ok(()),
        };
        accept().map_err(|error| explain(&self.path, &error))
    }
}
