//! The contacts of a send history that are in its table `recent`, as the run that entered them remembers them.
//!
//! What must stay true: in a transaction the remembered contacts are exactly those of the table. Whenever that is not
//! certain (another connection has changed the file, or a transaction was not committed), the next transaction first
//! moves the table to `sends` and remembers nothing.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use super::{
    db::{self, Connection, FileVersion, Transaction},
    sql::{
        lids::Chat,
        recent::{self, RecentSend},
    },
};

/// Contacts are moved to `sends` when this many are remembered. Together they change a third of the pages that each
/// alone would change in a send history of a million contacts, and take two megabytes.
const MOST: usize = 32_768;

/// What a connection remembers between transactions.
#[derive(Debug, Default)]
pub(super) struct RecentSends {
    remembered: RefCell<Remembered>,
    /// Whether another connection may have changed the file since that was last asked.
    others_wrote: Cell<bool>,
}

#[derive(Debug, Default)]
struct Remembered {
    sends: BTreeSet<RecentSend>,
    /// The version of the file in which these were all; without one that is not known.
    version: Option<FileVersion>,
}

impl RecentSends {
    /// Begins to use them in a transaction that nobody else can write beside.
    pub(super) fn begin(&self, transaction: &Transaction<'_>) -> db::Result<RecentTx<'_>> {
        // Whatever becomes of the transaction: only its commit remembers anything again.
        let mut last = self.remembered.take();
        let version = transaction.version()?;
        let is_known = last
            .version
            .zip(version)
            .is_some_and(|(last, now)| now.is_unchanged_by_others_since(last));
        if !is_known {
            self.others_wrote.set(true);
        }
        if !is_known || last.sends.len() >= MOST {
            recent::merge(transaction)?;
            last = Remembered::default();
        }
        last.version = version;
        Ok(RecentTx {
            kept: self,
            remembered: RefCell::new(last),
            new: RefCell::default(),
        })
    }

    /// Moves all contacts to `sends` in a transaction of its own.
    pub(super) fn merge(&self, connection: &Connection) -> db::Result<()> {
        if recent::is_empty(connection)? {
            return Ok(());
        }
        self.remembered.take();
        let transaction = connection.exclusive_transaction()?;
        recent::merge(&transaction)?;
        transaction.commit()
    }
}

/// The contacts that are not in `sends`, during a transaction.
pub(super) struct RecentTx<'a> {
    kept: &'a RecentSends,
    /// Those of the table, and the new ones.
    remembered: RefCell<Remembered>,
    /// Those that are not in the table before the commit.
    new: RefCell<Vec<RecentSend>>,
}

impl RecentTx<'_> {
    /// Whether another connection may have changed the file since this was last asked.
    pub(super) fn others_wrote(&self) -> bool {
        self.kept.others_wrote.take()
    }

    /// Enters a contact.
    pub(super) fn enter(&self, send: RecentSend) {
        if self.remembered.borrow_mut().sends.insert(send) {
            self.new.borrow_mut().push(send);
        }
    }

    /// What went to a chat.
    pub(super) fn sent_to(&self, chat: &Chat) -> Vec<RecentSend> {
        let first = RecentSend {
            chat: *chat,
            at: i64::MIN,
            contact: [0; 16],
        };
        let remembered = self.remembered.borrow();
        let from_it = remembered.sends.range(first..);
        from_it
            .take_while(|send| send.chat == *chat)
            .copied()
            .collect()
    }

    /// Whether anything went to one of these chats.
    pub(super) fn knows_any(&self, chats: &[Chat]) -> bool {
        chats.iter().any(|chat| !self.sent_to(chat).is_empty())
    }

    /// Moves all contacts to `sends`, including those of this transaction.
    pub(super) fn merge(
        &self,
        transaction: &Transaction<'_>,
        campaign: Option<i64>,
    ) -> db::Result<()> {
        self.add_new(transaction, campaign)?;
        let mut remembered = self.remembered.borrow_mut();
        if remembered.sends.is_empty() {
            return Ok(());
        }
        recent::merge(transaction)?;
        remembered.sends.clear();
        Ok(())
    }

    /// Commits the transaction, and remembers its contacts.
    pub(super) fn commit(
        self,
        transaction: Transaction<'_>,
        campaign: Option<i64>,
    ) -> db::Result<()> {
        self.add_new(&transaction, campaign)?;
        transaction.commit()?;
        self.kept.remembered.replace(self.remembered.into_inner());
        Ok(())
    }

    /// Adds the new contacts to the table.
    fn add_new(&self, transaction: &Transaction<'_>, campaign: Option<i64>) -> db::Result<()> {
        let new = self.new.take();
        if new.is_empty() {
            return Ok(());
        }
        recent::add(transaction, &new, campaign)
    }
}
