//! Who had the contact before: from another campaign of the same instances, or from this one under another
//! spelling. Such rows are left out before anything is sent, so that the plan can say so.

use super::{
    Ledger,
    error::{LedgerError, explain},
    history_entries::MessageKeys,
    history_tx::SentLater,
    lids::{LidPairs, LidTable},
    send_history::SendHistory,
    sql::{self, PendingKey},
};
use crate::i18n::{SentDay, Sentence};

use jiff::Timestamp;

/// Rows that are looked up together, in the order of the send history: each of its pages is then read for several of
/// them. So many take some ten megabytes.
const TOGETHER: usize = 65_536;

/// What of the past counts in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResendPolicy {
    /// What other campaigns sent from then on is not sent again; nothing: send it.
    pub since: Option<Timestamp>,
    /// Send a second contact where only the spelling changed.
    pub resend_changed: bool,
}

/// Rows that another campaign sent to the same people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentBefore {
    /// The name of the campaign; empty if it is not known.
    pub campaign: String,
    /// When the last of them was sent.
    pub last: Timestamp,
    /// How many.
    pub rows: u64,
}

/// What is left out because people had it before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlreadySent {
    /// By campaign.
    pub sent_before: Vec<SentBefore>,
    /// Rows whose person had a contact with the same number under another spelling.
    pub changed: u64,
}

impl Ledger {
    /// Makes the rows pending again that an earlier run left out because people had them before:
    /// [`Ledger::suppress_already_sent`] decides anew.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn reset_already_sent(&mut self) -> Result<(), LedgerError> {
        if self.database().is_some() {
            // Together with the decision: else another machine could send what it leaves out.
            self.resets = true;
            return Ok(());
        }
        sql::already_sent_to_pending(&self.connection)
            .map(drop)
            .map_err(|error| explain(&self.path, &error))
    }

    /// How many rows of the files that are given were sent, or may have been, and are no longer in the input.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn sent_and_gone(&self) -> Result<u64, LedgerError> {
        sql::sent_and_gone(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// Leaves out the pending rows whose contact the person had before.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger or a send history cannot be read or written; then all stay as they are.
    pub fn suppress_already_sent(
        &mut self,
        policy: ResendPolicy,
    ) -> Result<AlreadySent, LedgerError> {
        self.sent_since = policy.since;
        let suppressed = self.suppress_all(policy)?;
        Ok(suppressed)
    }

    /// Leaves out the pending rows whose person a list names under another chat id: `list_of` gives the name of the
    /// list that names the chat of a digest.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger or a send history cannot be read or written; then all stay as they are.
    pub fn suppress_listed_by_lid(
        &mut self,
        pairs: &LidPairs,
        list_of: impl Fn(&[u8; 16]) -> Option<String>,
    ) -> Result<(), LedgerError> {
        let explained = |error| explain(&self.path, &error);
        let transaction = self.connection.transaction().map_err(explained)?;
        let listing = sql::last_listing(&transaction).map_err(explained)?;
        let mut read_to = 0;
        loop {
            let rows = self.pending_after(read_to)?;
            let Some(last) = rows.last() else {
                break;
            };
            read_to = last.id;
            for row in &rows {
                let others = pairs.0.others_of(row.keys.digests());
                let Some(name) = others.iter().find_map(&list_of) else {
                    continue;
                };
                sql::give_list(&transaction, &name, listing)
                    .and_then(|list| sql::keep_row_out(&transaction, row.id, list))
                    .map_err(explained)?;
            }
        }
        transaction.commit().map_err(explained)
    }

    fn suppress_all(&self, policy: ResendPolicy) -> Result<AlreadySent, LedgerError> {
        let explained = |error| explain(&self.path, &error);
        let transaction = self.connection.transaction().map_err(explained)?;
        if self.resets {
            sql::already_sent_to_pending(&transaction).map_err(explained)?;
        }
        let mut already = AlreadySent::default();
        if !policy.resend_changed {
            already.changed = sql::suppress_changed(&transaction).map_err(explained)?;
        }
        if let Some(since) = policy.since
            && self.may_know_others()?
        {
            self.suppress_sent_before(since, &mut already.sent_before)?;
        }
        transaction.commit().map_err(explained)?;
        Ok(already)
    }

    /// Whether a send history of the run may know rows that another one, or another campaign, has sent.
    fn may_know_others(&self) -> Result<bool, LedgerError> {
        let histories = self
            .instances
            .iter()
            .filter_map(|instance| instance.history.as_ref());
        for history in histories {
            if history.may_know_others()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn suppress_sent_before(
        &self,
        since: Timestamp,
        sent: &mut Vec<SentBefore>,
    ) -> Result<(), LedgerError> {
        let explained = |error| explain(&self.path, &error);
        let histories: Vec<_> = self
            .instances
            .iter()
            .filter_map(|instance| instance.history.as_ref())
            .collect();
        // All that is read of a history is read at one moment, and its lock is taken once.
        let _reading = histories
            .iter()
            .map(|history| history.begin_reading())
            .collect::<Result<Vec<_>, _>>()?;
        let lids = self.lid_table()?;
        let mut read_to = 0;
        loop {
            let rows = self.pending_after(read_to)?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            read_to = last.id;
            let rows = rows.into_iter().map(|row| row.with(&lids)).collect();
            for (id, at, campaign) in sent_elsewhere(rows, &histories, since)? {
                let sentence = Sentence::SentBefore {
                    campaign: campaign.clone(),
                    day: SentDay::of(at),
                };
                if sql::suppress(&self.connection, id, sql::SENT_BEFORE, &sentence.to_keep())
                    .map_err(explained)?
                {
                    count(sent, campaign, at);
                }
            }
        }
    }

    /// The next pending rows, as many as are looked up together.
    fn pending_after(&self, id: i64) -> Result<Vec<LookedUp>, LedgerError> {
        let mut rows = Vec::new();
        let each = |row: &PendingKey<'_>| rows.push(LookedUp::new(row));
        sql::each_pending_key(&self.connection, id, TOGETHER, each)
            .map_err(|error| explain(&self.path, &error))?;
        Ok(rows)
    }
}

/// A pending row as send histories know it.
struct LookedUp {
    id: i64,
    sent_at: Option<Timestamp>,
    keys: MessageKeys,
}

impl LookedUp {
    fn new(row: &PendingKey<'_>) -> Self {
        Self {
            id: row.id,
            sent_at: row.sent_at,
            keys: MessageKeys::of_row(row),
        }
    }

    /// The same, with what else is known to be the chat of the person.
    fn with(self, lids: &LidTable) -> Self {
        let others = lids.others_of(self.keys.digests());
        Self {
            keys: self.keys.with_others(others),
            ..self
        }
    }
}

/// The rows that another campaign sent from a moment on, or another row of this one under another chat id, in the order of the ledger: when, and which campaign.
fn sent_elsewhere(
    mut rows: Vec<LookedUp>,
    histories: &[&SendHistory],
    since: Timestamp,
) -> Result<Vec<(i64, Timestamp, String)>, LedgerError> {
    rows.sort_unstable_by(|one, other| one.keys.cmp(&other.keys));
    let mut sent = Vec::new();
    for row in rows {
        let mut found = None;
        for history in histories {
            found = SentLater::preferred(found, history.sent_later(&row.keys, row.sent_at)?);
        }
        match found {
            Some(SentLater::Elsewhere { at, campaign }) if at >= since => {
                sent.push((row.id, at, campaign.unwrap_or_default()));
            }
            Some(SentLater::UnderOtherId { at, campaign }) => {
                sent.push((row.id, at, campaign.unwrap_or_default()));
            }
            Some(SentLater::Elsewhere { .. } | SentLater::Here { .. }) | None => {}
        }
    }
    sent.sort_unstable_by_key(|(id, ..)| *id);
    Ok(sent)
}

fn count(sent: &mut Vec<SentBefore>, campaign: String, at: Timestamp) {
    match sent.iter_mut().find(|known| known.campaign == campaign) {
        Some(known) => {
            known.rows += 1;
            known.last = known.last.max(at);
        }
        None => sent.push(SentBefore {
            campaign,
            last: at,
            rows: 1,
        }),
    }
}
