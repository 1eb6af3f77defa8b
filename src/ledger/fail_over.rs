//! A campaign whose database is on another server than before: one that was restored from a copy, or a replica that
//! took over.
//!
//! What must stay true: the last commits of the earlier server may be missing, and with them the intents of contacts
//! that were sent: their rows are pending, and the database cannot tell which. So nothing is sent on another server
//! before each instance was asked what it has sent since the last moment of which the database is known to have
//! everything. Each pending row that one of those contacts may be becomes unknown, and is looked up like any other.
//! That moment is noted with each renewal of a lease, for the log of a server is one sequence: who has that note has
//! all that was committed before it. What nobody can find out here is said in the documentation: a list that was
//! imported for the first time after that moment is not there at all, and a copy of the disk of the very same server
//! has its identity.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    Ledger,
    database::Database,
    db::Connection,
    error::{LedgerError, ServerFault, explain},
    sql::{
        self,
        server::{self, Shown},
    },
};
use crate::{
    domain::{OwnWords, Person},
    i18n::Language,
};

/// So long after the change was noticed the journals show all that was sent before it.
const JOURNAL_LAG: Duration = Duration::from_secs(150);

/// A contact that an instance shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownContact<'a> {
    /// The service's name for it, if it can be read.
    pub id: Option<&'a str>,
    /// The chat, if it can be read.
    pub chat: Option<&'a str>,
    /// The numbers on it that can be read.
    pub phones: &'a [String],
    /// When the service did something with it last.
    pub at: Option<Timestamp>,
}

/// A campaign that is on another server than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerChange {
    /// Up to then the database knows everything.
    pub since: Timestamp,
    /// The services show all that was sent before the change after so long.
    pub shown_in: Duration,
}

impl Database {
    /// Whether the server is the one on which the campaign was written last; notes it if it is the first one.
    pub(super) fn is_same_server(
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

    /// Refuses another server.
    pub(super) fn must_be_same_server(
        &self,
        connection: &Connection,
        campaign: &str,
    ) -> Result<(), LedgerError> {
        if self.is_same_server(connection, campaign)? {
            return Ok(());
        }
        Err(self.other_server())
    }

    /// Refuses a campaign that is on another server than before, where nothing may be noted.
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
    /// Whether its server is another one than before, and nobody has looked at what was sent.
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

    /// The instances of the campaign for which it is not opened, as a person knows them.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be read.
    pub fn absent_instances(&self) -> Result<Vec<String>, LedgerError> {
        let is_ours = |id: i64| self.instances.iter().any(|instance| instance.id == id);
        let records = self.records()?.into_iter();
        let absent = records.filter(|record| !is_ours(record.id));
        Ok(absent.map(|record| record.shown().to_owned()).collect())
    }

    /// Pending rows that the contacts may be which an instance shows are unknown from here on; gives how many.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be written.
    pub fn doubt(
        &mut self,
        instance: usize,
        shown: &[ShownContact<'_>],
        since: Timestamp,
    ) -> Result<usize, LedgerError> {
        let ids: Vec<&str> = shown.iter().filter_map(|contact| contact.id).collect();
        let known = self.known_ids(&ids)?;
        let is_known =
            |contact: &&ShownContact<'_>| contact.id.is_some_and(|id| known.contains_key(id));
        let Some(id) = self.filter(instance)? else {
            return Ok(0);
        };
        let error = OwnWords::LedgerForgot.localized(Language::En);
        let doubt = || {
            let transaction = self.connection.transaction()?;
            let mut doubted = 0;
            for contact in shown.iter().filter(|contact| !is_known(contact)) {
                // Whose chat it is that has only an id of its own cannot be told.
                let chat = contact.chat.filter(|chat| !chat.ends_with("@lid"));
                let shown = Shown {
                    person: chat.map(|chat| Person::behind(chat).to_string()),
                    phones: contact.phones,
                    at: contact.at,
                };
                doubted += server::doubt(&transaction, id, &shown, since, &error)?;
            }
            transaction.commit()?;
            Ok(doubted)
        };
        doubt().map_err(|error| explain(&self.path, &error))
    }

    /// Takes its server as the one on which it is sent from here on.
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
