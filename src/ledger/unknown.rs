//! The ways out of unknown: a lookup that found the contact, a proof that the service never took it, or a person's
//! decision. There is no other way.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::{
    Ledger,
    batch::RowId,
    db,
    error::{LedgerError, explain},
    follow_up::{SentByOthers, Unknown},
    history_entries::digests,
    sql::{self, SentRecord},
    state::State,
};
use crate::{
    domain::{IdMessage, Person},
    i18n::Sentence,
};

/// The persons of the rows that have each idMessage: an id identifies a message only within its chat (source: the
/// service's page on message ids).
pub type KnownIds = HashMap<String, HashSet<String>>;

/// What becomes of an unknown row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It was found with this id; the sentence says where.
    Found(IdMessage, Sentence),
    /// A person decided that it counts as accepted.
    AssumedSent,
    /// The service provably never took it: it becomes pending again, or suppressed if it is suppressed now, or a
    /// duplicate if another row with the same contact was sent to the person or may have been.
    Absent,
    /// A person decided to send it again: it becomes pending, suppressed or a duplicate as with `Absent`, but the
    /// contact may have arrived, and the row stays with its instance.
    Resend,
    /// It stays unknown: a lookup at this time that could have found it did not.
    Missed(Timestamp),
    /// It stays unknown: a lookup proved nothing.
    NoProof,
    /// It stays unknown, and no lookup can ever prove anything: its request was begun at a time that is not the
    /// service's.
    Undated,
}

impl Ledger {
    /// Returns every unknown row, in the order of the input.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn unknown(&self) -> Result<Vec<Unknown>, LedgerError> {
        let rows =
            sql::unknown(&self.connection, None).map_err(|error| explain(&self.path, &error))?;
        Ok(rows.into_iter().map(|(row, ..)| row).collect())
    }

    /// Returns the unknown rows of an instance, in the order of the input. Contacts that were sent at most `about`
    /// apart count as sent at about the same time.
    ///
    /// # Errors
    /// [`LedgerError`] when the file, or the send history of the instance, cannot be read.
    pub fn unknown_of(
        &self,
        instance: usize,
        about: SignedDuration,
    ) -> Result<Vec<Unknown>, LedgerError> {
        let rows = sql::unknown(&self.connection, self.row_filter(instance)?);
        let rows = rows.map_err(|error| explain(&self.path, &error))?;
        let Some(history) = self.send_history(instance) else {
            return Ok(rows.into_iter().map(|(row, ..)| row).collect());
        };
        let times = || rows.iter().map(|(row, ..)| row.sent_at);
        let Some(first) = times().min() else {
            return Ok(Vec::new());
        };
        let sent = rows.into_iter().map(|(row, contact, attempts)| {
            let older_contact = row.older_contact();
            let sent = SentRecord {
                chat: row.chat.clone(),
                contact,
                older_contact,
                at: row.sent_at,
            };
            (row, sent, attempts)
        });
        let rows: Vec<(Unknown, SentRecord, u64)> = sent.collect();
        let from = first.checked_sub(about).unwrap_or(Timestamp::MIN);
        let others = self.sent_by_others(instance, rows.iter().map(|(_, sent, _)| sent), from)?;
        let lids = self.lid_table()?;
        let told = |(row, sent, attempts): (Unknown, SentRecord, u64)| {
            let mut chats = digests(&Person::behind(&row.chat));
            let other_chats = lids.others_of(&chats);
            // With several attempts, the send history also has the earlier ones of this row itself.
            let before = attempts == 1 && history.has_sent_before(&sent, &other_chats)?;
            let is_near =
                |(_, at): &(Vec<u8>, Timestamp)| at.duration_since(row.sent_at).abs() <= about;
            let near_in_time = others
                .get(&sent.contact)
                .is_some_and(|sends| sends.iter().any(is_near));
            chats.extend(other_chats);
            let is_after = |(chat, at): &(Vec<u8>, Timestamp)| {
                *at > row.sent_at && chats.iter().any(|own| own[..] == chat[..])
            };
            let after = others
                .get(&sent.contact)
                .is_some_and(|sends| sends.iter().any(is_after));
            Ok(Unknown {
                others: SentByOthers {
                    before,
                    near_in_time,
                    after,
                },
                ..row
            })
        };
        rows.into_iter().map(told).collect()
    }

    /// Returns which of the given ids rows of this ledger already have.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn known_ids(&self, ids: &[&str]) -> Result<KnownIds, LedgerError> {
        let ids = serde_json::json!(ids).to_string();
        let rows = sql::rows_with_ids(&self.connection, &ids)
            .map_err(|error| explain(&self.path, &error))?;
        let mut claims = KnownIds::new();
        for (id, chat) in rows {
            claims
                .entry(id)
                .or_default()
                .insert(Person::behind(&chat).to_string());
        }
        Ok(claims)
    }

    /// Resolves some unknown rows, all or none. A row that is not unknown, or no longer, is skipped. Returns how many
    /// were unknown.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written, or the send history of a contact that was provably not taken.
    pub fn resolve(&mut self, resolutions: &[(RowId, Resolution)]) -> Result<usize, LedgerError> {
        let mut absent = Vec::new();
        let resolved = self.resolve_all(resolutions, &mut absent);
        let changed = resolved.map_err(|error| explain(&self.path, &error))?;
        // After the ledger: a send history may count a contact too many, never one too few.
        self.take_out(&absent)?;
        Ok(changed)
    }

    /// Records that the service contradicted itself about its time: the times of all requests with an unknown outcome
    /// no longer count as the service's.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn mark_times_unreliable(&mut self) -> Result<(), LedgerError> {
        sql::mark_times_unreliable(&self.connection)
            .map(drop)
            .map_err(|error| explain(&self.path, &error))
    }

    fn resolve_all(
        &mut self,
        resolutions: &[(RowId, Resolution)],
        absent: &mut Vec<SentRecord>,
    ) -> db::Result<usize> {
        let transaction = self.connection.transaction()?;
        let mut changed = 0;
        for (row, resolution) in resolutions {
            if *resolution == Resolution::Absent {
                absent.extend(sql::request(&transaction, row.0, State::Unknown)?);
            }
            changed += match resolution {
                Resolution::Found(id, place) => {
                    sql::mark_found(&transaction, row.0, Some(id.as_str()), &place.to_keep())?
                }
                Resolution::AssumedSent => {
                    sql::mark_found(&transaction, row.0, None, &Sentence::AssumedSent.to_keep())?
                }
                Resolution::Absent => sql::unknown_to_pending(&transaction, row.0, false)?,
                Resolution::Resend => sql::unknown_to_pending(&transaction, row.0, true)?,
                Resolution::Missed(now) => sql::record_miss(&transaction, row.0, *now)?,
                Resolution::NoProof => sql::forget_miss(&transaction, row.0)?,
                Resolution::Undated => {
                    sql::note_undated(&transaction, row.0, &Sentence::TimeNotTold.to_keep())?
                }
            };
        }
        transaction.commit()?;
        Ok(changed)
    }
}
