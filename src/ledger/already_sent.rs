//! Suppresses rows before anything is sent, so that the plan can say so: rows whose person already got the contact,
//! from another campaign of the same instances or from this one under another spelling, and rows whose person recently
//! got any contact of another campaign.

use std::time::Duration;

use super::{
    Ledger, db,
    error::{LedgerError, explain},
    history_entries::MessageKeys,
    history_tx::{EarlierSend, SentElsewhere},
    lids::{LidPairs, LidTable},
    send_history::SendHistory,
    sql::{self, PendingKey},
    state::State,
};
use crate::i18n::{SentDay, Sentence};

use jiff::Timestamp;

/// The number of rows that are looked up together, in the order of the send history, so that each of its pages is read
/// for several rows. This many rows take some ten megabytes.
const TOGETHER: usize = 65_536;

/// Which earlier sends count in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResendPolicy {
    /// Suppress contacts that other campaigns sent since this time; `None`: send them again.
    pub since: Option<Timestamp>,
    /// Send a second contact if only the spelling changed.
    pub resend_changed: bool,
    /// Suppress people who recently got any contact of another campaign; `None`: do not.
    pub not_again: Option<NotAgain>,
}

/// Which contacts of other campaigns are too recent for another one to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAgain {
    /// Contacts sent within this time before the new one.
    pub within: Duration,
    /// The time now.
    pub now: Timestamp,
}

/// Rows whose people got something from another campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierCampaign {
    /// The name of the campaign; empty if it is not known.
    pub campaign: String,
    /// When it sent the last of the contacts to these people.
    pub last: Timestamp,
    /// The number of rows.
    pub rows: u64,
}

/// The rows whose people already got something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlreadySent {
    /// Suppressed rows whose person already got the contact, by campaign.
    pub sent_before: Vec<EarlierCampaign>,
    /// Suppressed rows whose person recently got another contact, by campaign.
    pub written_recently: Vec<EarlierCampaign>,
    /// Suppressed rows whose person already got a contact with the same number under another spelling.
    pub changed: u64,
    /// Rows that stay pending although their person already got another contact, with the campaign that sent last.
    pub got_another: Option<EarlierCampaign>,
}

impl Ledger {
    /// Makes the rows pending again that an earlier run suppressed because of earlier sends:
    /// [`Ledger::suppress_already_sent`] decides anew.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn reset_already_sent(&mut self) -> Result<(), LedgerError> {
        if self.database().is_some() {
            // Done in the same transaction as the decision; otherwise another machine could send what the decision
            // suppresses.
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

    /// Counts the rows of the given files that were sent, or may have been, and are no longer in the input.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn sent_and_gone(&self) -> Result<u64, LedgerError> {
        if self.is_read_once()? {
            return Ok(0);
        }
        sql::sent_and_gone(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// Suppresses the pending rows whose person already got the contact or recently got any contact of another
    /// campaign.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger or a send history cannot be read or written; then all rows stay as they are.
    pub fn suppress_already_sent(
        &mut self,
        policy: ResendPolicy,
    ) -> Result<AlreadySent, LedgerError> {
        self.sent_since = policy.since;
        self.not_again_within = policy.not_again.map(|not_again| not_again.within);
        self.suppress_all(policy)
    }

    /// Suppresses the pending rows whose person is on a stop list under another chat id. `list_of` returns the name of
    /// the list that contains the chat with a digest.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger or a send history cannot be read or written; then all rows stay as they are.
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
        let filter = EarlierSendFilter {
            sent_since: policy.since,
            others: match policy.not_again {
                Some(NotAgain { now, within }) => {
                    OtherContacts::Suppress(moment_before(now, within))
                }
                None => OtherContacts::Count(policy.since),
            },
        };
        if filter.matters() && self.may_know_others()? {
            self.suppress_sent_elsewhere(filter, &mut already)?;
        }
        transaction.commit().map_err(explained)?;
        Ok(already)
    }

    /// Whether a send history may contain sends of another ledger or campaign.
    fn may_know_others(&self) -> Result<bool, LedgerError> {
        for history in self.histories() {
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
        let histories: Vec<_> = self.histories().collect();
        // All reads of a history see the same moment, and its lock is taken only once.
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
            let found = filter.of_rows(rows, &histories, already)?;
            for (id, earlier) in found {
                if earlier.suppress(&self.connection, id).map_err(explained)? {
                    already.count(earlier);
                }
            }
        }
    }

    /// Returns the next pending rows after `id`, as many as are looked up together.
    fn pending_after(&self, id: i64) -> Result<Vec<KeyedRow>, LedgerError> {
        let mut rows = Vec::new();
        let each = |row: &PendingKey<'_>| rows.push(KeyedRow::new(row));
        sql::each_pending_key(&self.connection, id, TOGETHER, each)
            .map_err(|error| explain(&self.path, &error))?;
        Ok(rows)
    }
}

/// A pending row, with the keys by which send histories know it.
struct KeyedRow {
    id: i64,
    sent_at: Option<Timestamp>,
    keys: MessageKeys,
}

impl KeyedRow {
    fn new(row: &PendingKey<'_>) -> Self {
        Self {
            id: row.id,
            sent_at: row.sent_at,
            keys: MessageKeys::of_row(row),
        }
    }

    /// Adds the other chats that are known to belong to the person.
    fn with(self, lids: &LidTable) -> Self {
        let others = lids.others_of(self.keys.digests());
        Self {
            keys: self.keys.with_others(others),
            ..self
        }
    }
}

/// An earlier send because of which a row is suppressed.
#[derive(Debug)]
pub(super) enum EarlierContact {
    /// The contact of the row.
    Same(SentElsewhere),
    /// The contact of the row, sent by another row of this campaign to another chat id of the person.
    UnderOtherId(SentElsewhere),
    /// Any contact, sent recently.
    Recent(SentElsewhere),
}

impl EarlierContact {
    /// `pending → suppressed`. Returns whether the row was pending.
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

/// Which sends of other campaigns count.
#[derive(Debug, Clone, Copy)]
struct EarlierSendFilter {
    /// Sends of the same contact, from this time on.
    sent_since: Option<Timestamp>,
    /// Sends of other contacts.
    others: OtherContacts,
}

/// What becomes of a row whose person got another contact.
#[derive(Debug, Clone, Copy)]
enum OtherContacts {
    /// It is suppressed if that was after this time.
    Suppress(Timestamp),
    /// It is only counted, if that was after this time.
    Count(Option<Timestamp>),
}

impl EarlierSendFilter {
    const fn matters(self) -> bool {
        self.sent_since.is_some() || matches!(self.others, OtherContacts::Suppress(_))
    }

    /// Returns the rows to suppress, in the order of the ledger, and why. Counts the others that matter in `already`.
    fn of_rows(
        self,
        mut rows: Vec<KeyedRow>,
        histories: &[&SendHistory],
        already: &mut AlreadySent,
    ) -> Result<Vec<(i64, EarlierContact)>, LedgerError> {
        rows.sort_unstable_by(|one, other| one.keys.cmp(&other.keys));
        let mut found = Vec::new();
        for row in rows {
            if let Some(sent) = self.same_contact(&row, histories)? {
                found.push((row.id, sent));
            } else if let Some(sent) = self.other_contact(&row, histories)? {
                match self.others {
                    OtherContacts::Suppress(_) => {
                        found.push((row.id, EarlierContact::Recent(sent)));
                    }
                    OtherContacts::Count(_) => already.count_another(sent),
                }
            }
        }
        found.sort_unstable_by_key(|(id, _)| *id);
        Ok(found)
    }

    fn same_contact(
        self,
        row: &KeyedRow,
        histories: &[&SendHistory],
    ) -> Result<Option<EarlierContact>, LedgerError> {
        let mut found = None;
        for history in histories {
            found = EarlierSend::preferred(found, history.earlier_send(&row.keys, row.sent_at)?);
        }
        match found {
            Some(EarlierSend::Elsewhere { at, campaign })
                if self.sent_since.is_some_and(|since| at >= since) =>
            {
                let sent = SentElsewhere { at, campaign };
                Ok(Some(EarlierContact::Same(sent)))
            }
            Some(EarlierSend::UnderOtherId { at, campaign }) => {
                let sent = SentElsewhere { at, campaign };
                Ok(Some(EarlierContact::UnderOtherId(sent)))
            }
            Some(EarlierSend::Elsewhere { .. } | EarlierSend::Here { .. }) | None => Ok(None),
        }
    }

    fn other_contact(
        self,
        row: &KeyedRow,
        histories: &[&SendHistory],
    ) -> Result<Option<SentElsewhere>, LedgerError> {
        let (OtherContacts::Suppress(since) | OtherContacts::Count(Some(since))) = self.others
        else {
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

    /// Counts a row whose person got another contact.
    fn count_another(&mut self, sent: SentElsewhere) {
        let campaign = sent.campaign.unwrap_or_default();
        let rows = 1 + self.got_another.as_ref().map_or(0, |known| known.rows);
        let last = self.got_another.take().filter(|known| known.last > sent.at);
        let sent = EarlierCampaign {
            campaign,
            last: sent.at,
            rows,
        };
        self.got_another = Some(last.map_or(sent, |known| EarlierCampaign { rows, ..known }));
    }
}

/// Returns the moment `time` before `now`, or the earliest possible moment if that is out of range.
pub(super) fn moment_before(now: Timestamp, time: Duration) -> Timestamp {
    now.checked_sub(time).unwrap_or(Timestamp::MIN)
}
