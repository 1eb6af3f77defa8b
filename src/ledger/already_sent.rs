//! Who had the contact before: from another campaign of the same instances, or from this one under another
//! spelling; and who had any contact of another campaign a short time ago. Such rows are left out before anything is
//! sent, so that the plan can say so.

use std::time::Duration;

use super::{
    Ledger, db,
    error::{LedgerError, explain},
    history_entries::MessageKeys,
    history_tx::{SentElsewhere, SentLater},
    lids::{LidPairs, LidTable},
    send_history::SendHistory,
    sql::{self, PendingKey},
    state::State,
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
    /// Send nothing to people who got any contact of another campaign a short time ago; nothing: that does not matter.
    pub not_again: Option<NotAgain>,
}

/// Which contacts of other campaigns are too recent for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAgain {
    /// Those of this time before a contact would be sent.
    pub within: Duration,
    /// The time now.
    pub now: Timestamp,
}

/// Rows that are left out for what another campaign sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierCampaign {
    /// The name of the campaign; empty if it is not known.
    pub campaign: String,
    /// When it sent the last of what they are left out for.
    pub last: Timestamp,
    /// How many.
    pub rows: u64,
}

/// What is left out because people had it before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlreadySent {
    /// What people had, by campaign.
    pub sent_before: Vec<EarlierCampaign>,
    /// What goes to people who had something a short time ago, by campaign.
    pub written_recently: Vec<EarlierCampaign>,
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
        if self.has_none(&[State::Suppressed])? {
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
        if self.is_read_once()? {
            return Ok(0);
        }
        sql::sent_and_gone(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// Leaves out the pending rows whose contact the person had before, and those of people who had something a short
    /// time ago.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger or a send history cannot be read or written; then all stay as they are.
    pub fn suppress_already_sent(
        &mut self,
        policy: ResendPolicy,
    ) -> Result<AlreadySent, LedgerError> {
        self.sent_since = policy.since;
        self.not_again_within = policy.not_again.map(|not_again| not_again.within);
        self.suppress_all(policy)
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
        if !policy.resend_changed && !self.is_read_once()? {
            already.changed = sql::suppress_changed(&transaction).map_err(explained)?;
        }
        let not_again = policy.not_again;
        let filter = EarlierSendFilter {
            sent_since: policy.since,
            written_since: not_again
                .map(|not_again| moment_before(not_again.now, not_again.within)),
        };
        if filter.matters() && self.may_know_others()? {
            self.suppress_sent_elsewhere(filter, &mut already)?;
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

    fn suppress_sent_elsewhere(
        &self,
        filter: EarlierSendFilter,
        already: &mut AlreadySent,
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
            for (id, earlier) in filter.of_rows(rows, &histories)? {
                if earlier.suppress(&self.connection, id).map_err(explained)? {
                    already.count(earlier);
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

/// What another campaign sent, and a row is left out for.
#[derive(Debug)]
pub(super) enum EarlierContact {
    /// The contact of the row.
    Same(SentElsewhere),
    /// The contact of the row, by another row of this campaign for another chat id of the person.
    UnderOtherId(SentElsewhere),
    /// Any contact, a short time ago.
    Recent(SentElsewhere),
}

impl EarlierContact {
    /// `pending → suppressed`; gives whether the row was pending.
    pub(super) fn suppress(&self, ledger: &db::Connection, id: i64) -> db::Result<bool> {
        let (Self::Same(sent) | Self::UnderOtherId(sent) | Self::Recent(sent)) = self;
        let campaign = sent.campaign.clone().unwrap_or_default();
        let day = SentDay::of(sent.at);
        let (code, sentence) = match self {
            Self::Same(_) => (sql::SENT_BEFORE, Sentence::SentBefore { campaign, day }),
            Self::UnderOtherId(_) => (
                sql::SENT_BEFORE,
                Sentence::SentUnderOtherId { campaign, day },
            ),
            Self::Recent(_) => (
                sql::WRITTEN_RECENTLY,
                Sentence::WrittenRecently { campaign, day },
            ),
        };
        sql::suppress(ledger, id, code, &sentence.to_keep())
    }
}

/// What of other campaigns matters.
#[derive(Debug, Clone, Copy)]
struct EarlierSendFilter {
    /// The same contact, from then on.
    sent_since: Option<Timestamp>,
    /// Any contact, later than that.
    written_since: Option<Timestamp>,
}

impl EarlierSendFilter {
    const fn matters(self) -> bool {
        self.sent_since.is_some() || self.written_since.is_some()
    }

    /// The rows that are left out, in the order of the ledger, and what for.
    fn of_rows(
        self,
        mut rows: Vec<LookedUp>,
        histories: &[&SendHistory],
    ) -> Result<Vec<(i64, EarlierContact)>, LedgerError> {
        rows.sort_unstable_by(|one, other| one.keys.cmp(&other.keys));
        let mut found = Vec::new();
        for row in rows {
            let earlier = match self.same_contact(&row, histories)? {
                Some(sent) => Some(sent),
                None => self
                    .recent_contact(&row, histories)?
                    .map(EarlierContact::Recent),
            };
            found.extend(earlier.map(|earlier| (row.id, earlier)));
        }
        found.sort_unstable_by_key(|(id, _)| *id);
        Ok(found)
    }

    fn same_contact(
        self,
        row: &LookedUp,
        histories: &[&SendHistory],
    ) -> Result<Option<EarlierContact>, LedgerError> {
        let mut found = None;
        for history in histories {
            found = SentLater::preferred(found, history.sent_later(&row.keys, row.sent_at)?);
        }
        match found {
            Some(SentLater::Elsewhere { at, campaign })
                if self.sent_since.is_some_and(|since| at >= since) =>
            {
                let sent = SentElsewhere { at, campaign };
                Ok(Some(EarlierContact::Same(sent)))
            }
            Some(SentLater::UnderOtherId { at, campaign }) => {
                let sent = SentElsewhere { at, campaign };
                Ok(Some(EarlierContact::UnderOtherId(sent)))
            }
            Some(SentLater::Elsewhere { .. } | SentLater::Here { .. }) | None => Ok(None),
        }
    }

    fn recent_contact(
        self,
        row: &LookedUp,
        histories: &[&SendHistory],
    ) -> Result<Option<SentElsewhere>, LedgerError> {
        let Some(since) = self.written_since else {
            return Ok(None);
        };
        let mut last = None;
        for history in histories {
            last = last.max(history.sent_elsewhere(&row.keys, since)?);
        }
        Ok(last)
    }
}

impl AlreadySent {
    fn count(&mut self, earlier: EarlierContact) {
        let (campaigns, sent) = match earlier {
            EarlierContact::Same(sent) | EarlierContact::UnderOtherId(sent) => {
                (&mut self.sent_before, sent)
            }
            EarlierContact::Recent(sent) => (&mut self.written_recently, sent),
        };
        let (at, campaign) = (sent.at, sent.campaign.unwrap_or_default());
        match campaigns
            .iter_mut()
            .find(|known| known.campaign == campaign)
        {
            Some(known) => {
                known.rows += 1;
                known.last = known.last.max(at);
            }
            None => campaigns.push(EarlierCampaign {
                campaign,
                last: at,
                rows: 1,
            }),
        }
    }
}

/// The moment so long before another; the first of all if there is none.
pub(super) fn moment_before(now: Timestamp, time: Duration) -> Timestamp {
    now.checked_sub(time).unwrap_or(Timestamp::MIN)
}
