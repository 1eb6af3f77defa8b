//! The transactions of one batch: verdicts are recorded and pending rows begun, and both become durable together.
//!
//! What must stay true: the ledger is committed first, then each send history (or all together, if one database holds
//! them), and no request starts before both have its row. A crash in between leaves rows that are being sent, whose
//! entries are added when the ledger is attached to the send history again: a contact too many is counted, never one
//! too few.

use std::path::Path;

use jiff::Timestamp;

use super::{
    Ledger,
    admission::AdmissionCheck,
    already_sent::{EarlierContact, moment_before},
    batch::{Batch, CheckResult, InFlight, InstanceBatch, RowOutcome, RowResult},
    checks::{self, CheckDecision, CheckGate},
    db::{self, Connection, Transaction},
    error::{LedgerError, explain},
    history_entries::{MessageKeys, digests},
    history_tx::{EarlierSend, HistoryTx, SentElsewhere},
    lease::Leases,
    lid_lookup,
    pending::{message_of, recipient_of},
    rules::Zones,
    send_history::SendHistory,
    shared_rate::Room,
    sql::{self, PendingRecord, leases::Holder},
    state::State,
};
use crate::{
    domain::{NO_ACCOUNT, OwnWords, Person},
    failpoints::{self, Point},
    i18n::Language,
};

/// The open transactions of a batch: the ledger's, and those of the send histories.
pub(super) struct BatchTx<'a> {
    transaction: Transaction<'a>,
    /// One for each instance.
    histories: Vec<Option<HistoryTx<'a>>>,
    path: &'a Path,
    now: Timestamp,
    /// Whether `now` is the service's time.
    by_service: bool,
    sent_since: Option<Timestamp>,
    /// A person who got a contact of another campaign after this time gets none now.
    written_since: Option<Timestamp>,
}

/// The part of one instance in the transactions of a batch.
pub(super) struct InstanceTx<'a> {
    batch: &'a BatchTx<'a>,
    pub(super) history: Option<&'a HistoryTx<'a>>,
}

/// The result of trying to begin a row.
pub(super) enum Taken {
    /// Its intent is recorded.
    Begun(InFlight),
    /// Its number is to be checked first. Holds the row as it was read.
    ToCheck(InFlight, Box<PendingRecord>),
    /// Its number must be checked too, but no further check may begin now.
    Later(PendingRecord),
    /// It failed because its number has no account.
    Missing,
    /// It stays pending because it is not known whether its number has an account.
    Unchecked,
    /// It stays pending, was suppressed, or became unknown because its ledger had forgotten a request.
    Skipped,
}

impl<'a> BatchTx<'a> {
    /// Opens the transactions that a batch needs.
    pub(super) fn open(
        ledger: &'a mut Ledger,
        batch: &Batch,
        sent_since: Option<Timestamp>,
    ) -> Result<Self, LedgerError> {
        let Ledger {
            connection,
            path,
            instances,
            leases,
            batch: number,
            not_again_within,
            ..
        } = ledger;
        let written_since = not_again_within.map(|time| moment_before(batch.now, time));
        let begins = batch.parts.iter().any(|part| part.begin > 0);
        let mut histories: Vec<_> = instances.iter().map(|_| None).collect();
        let mut needed: Vec<(usize, &mut SendHistory)> = instances
            .iter_mut()
            .map(|instance| instance.history.as_mut())
            .enumerate()
            .zip(&batch.parts)
            .filter_map(|((instance, history), part)| {
                Some((instance, history?)).filter(|_| begins || writes_history(part))
            })
            .collect();
        // Runs that share send histories lock them in the same order, so that they cannot deadlock.
        needed.sort_unstable_by(|(_, one), (_, other)| one.path().cmp(other.path()));
        let connection: &'a Connection = connection;
        for (instance, history) in needed {
            histories[instance] = Some(if connection.is_file() {
                history.begin()?
            } else {
                history.in_ledger_transaction(connection)
            });
        }
        let transaction = connection
            .transaction()
            .map_err(|error| explain(path, &error))?;
        let is_working =
            |part: &InstanceBatch| part.begin > 0 || !part.settle.is_empty() || part.has_answers();
        let holders = leases.iter().flat_map(Leases::holders).zip(&batch.parts);
        let working: Vec<&Holder> = holders
            .filter(|(_, part)| is_working(part))
            .map(|(holder, _)| holder)
            .collect();
        let lost = sql::leases::note_batch(&transaction, &working, &number.to_string());
        if let Some(holder) = lost.map_err(|error| explain(path, &error))? {
            return Err(LedgerError::LeaseLost {
                instance: holder.instance.clone(),
            });
        }
        Ok(Self {
            transaction,
            histories,
            path,
            now: batch.now,
            by_service: batch.by_service,
            sent_since,
            written_since,
        })
    }

    /// Returns the part of an instance.
    pub(super) fn instance(&self, instance: usize) -> InstanceTx<'_> {
        InstanceTx {
            batch: self,
            history: self.histories.get(instance).and_then(Option::as_ref),
        }
    }

    /// Commits the ledger, then the send histories. Returns the histories that failed, with their instances: what the
    /// batch began there has no entry. After an error, nothing is recorded anywhere.
    pub(super) fn commit(self) -> Result<Vec<(usize, LedgerError)>, LedgerError> {
        let Self {
            transaction,
            histories,
            path,
            ..
        } = self;
        failpoints::fail_point(Point::BeforeCommit);
        transaction
            .commit()
            .map_err(|error| explain(path, &error))?;
        failpoints::fail_point(Point::BetweenCommits);
        let histories = histories.into_iter().enumerate();
        let failed = histories
            .filter_map(|(instance, history)| Some((instance, history?.commit().err()?)))
            .collect();
        failpoints::fail_point(Point::AfterCommit);
        Ok(failed)
    }
}

impl InstanceTx<'_> {
    /// Records the verdict on a row that was being sent.
    pub(super) fn record(&self, result: &RowResult) -> Result<(), LedgerError> {
        if let Some(history) = self.history.filter(|_| not_delivered(&result.verdict)) {
            let request = sql::request(&self.batch.transaction, result.row.0, State::Sending)
                .and_then(|request| request.ok_or(db::Error::NoRow));
            history.remove(&request.map_err(|error| self.explain(&error))?)?;
        }
        record(&self.batch.transaction, result).map_err(|error| self.explain(&error))
    }

    /// Records the answer of a check.
    pub(super) fn record_check(&self, result: &CheckResult) -> Result<(), LedgerError> {
        self.history
            .map_or(Ok(()), |history| checks::record(result, history))
    }

    /// Returns what decides about checks in this batch, if the instance checks numbers and may begin rows. Other runs
    /// leave `room` for checks.
    pub(super) fn check_gate(
        &self,
        part: &InstanceBatch,
        room: Room,
    ) -> Result<Option<CheckGate<'_>>, LedgerError> {
        let Some(checks) = part.checks.as_ref().filter(|_| part.begin > 0) else {
            return Ok(None);
        };
        let is_own =
            |other: &&HistoryTx<'_>| self.history.is_some_and(|own| std::ptr::eq(own, *other));
        let others = self.batch.histories.iter().flatten();
        let others = others.filter(|other| !is_own(other)).collect();
        let left = room.of(checks.begin);
        CheckGate::open(checks, left, self.history, others, self.now()).map(Some)
    }

    /// Takes a row unless the rules hold it back: begins it, or has its number checked first.
    pub(super) fn begin(
        &self,
        record: PendingRecord,
        mut admission: Option<&mut AdmissionCheck<'_>>,
        gate: Option<&mut CheckGate<'_>>,
    ) -> Result<Taken, LedgerError> {
        let recipient = recipient_of(&record.recipient);
        let mut gate = gate.zip(recipient.as_ref());
        let decision = match &mut gate {
            Some((gate, recipient)) => gate.decide(recipient)?,
            None => CheckDecision::Go,
        };
        match decision {
            CheckDecision::Missing => {
                sql::fail(&self.batch.transaction, record.id, NO_ACCOUNT)
                    .map_err(|error| self.explain(&error))?;
                return Ok(Taken::Missing);
            }
            CheckDecision::Later => return Ok(Taken::Later(record)),
            CheckDecision::Hold => return Ok(Taken::Unchecked),
            CheckDecision::Go | CheckDecision::Check => {}
        }
        let (zones, kind) = match &mut admission {
            Some(admission) => match admission.admit(&record, recipient.as_ref(), self.history)? {
                Some(row) => (row.zones, Some(row.kind)),
                None => return Ok(Taken::Skipped),
            },
            None => (Zones::Own, None),
        };
        let (id, sent_at) = (record.id, record.sent_at);
        let keys = self.keys_of(&record)?;
        let checked = (decision == CheckDecision::Check).then(|| record.clone());
        let message = message_of(record, recipient.clone(), zones);
        let message = message.map_err(|error| self.explain(&error))?;
        if self.withhold_if_sent(id, &keys, sent_at)? {
            return Ok(Taken::Skipped);
        }
        if let Some((admission, kind)) = admission.zip(kind) {
            admission.count(kind);
        }
        if let (Some(record), Some((gate, recipient))) = (checked, gate) {
            gate.begin(recipient)?;
            return Ok(Taken::ToCheck(message, Box::new(record)));
        }
        let BatchTx {
            transaction,
            by_service,
            ..
        } = self.batch;
        sql::mark_sending(transaction, id, self.now(), *by_service)
            .map_err(|error| self.explain(&error))?;
        self.history
            .map_or(Ok(()), |history| history.enter(&keys, self.now()))?;
        Ok(Taken::Begun(message))
    }

    /// Looks up together, in few round trips, what the send histories on a server know about the people of these rows.
    pub(super) fn look_up_ahead<'r>(
        &self,
        rows: impl Iterator<Item = &'r PendingRecord>,
    ) -> db::Result<()> {
        let histories = self.batch.histories.iter().flatten();
        let with_schemas: Vec<_> = histories
            .filter_map(|history| Some((history, history.schema()?)))
            .collect();
        let people: Vec<_> = rows
            .flat_map(|record| digests(&Person::behind(&record.person)))
            .collect();
        let others = lid_lookup::look_up_ahead(&self.batch.transaction, &with_schemas, &people)?;
        // Several rows may concern the same chat, each from a different moment on.
        let people: Vec<_> = people.into_iter().chain(others).collect();
        let each = || {
            let with_each_person = |history| people.iter().map(move |person| (history, person));
            with_schemas.iter().flat_map(with_each_person)
        };
        let asked: Vec<_> = each()
            .map(|((_, schema), chat)| (*schema, (&chat[..], None)))
            .collect();
        let found = sql::send_history::sent_to_each(&self.batch.transaction, &asked)?;
        for (((history, _), chat), sent) in each().zip(found) {
            history.keep(chat, sent);
        }
        Ok(())
    }

    /// Returns the keys under which the message of a row may be in the send histories.
    fn keys_of(&self, record: &PendingRecord) -> Result<MessageKeys, LedgerError> {
        let keys = MessageKeys::of_row(&record.key());
        let histories = self.batch.histories.iter().flatten();
        let others = lid_lookup::others_in(&histories, keys.digests())?;
        Ok(keys.with_others(others))
    }

    /// Returns whether a send history says that the person got the contact, or may have got it, or recently got any
    /// contact. Then the row is not sent: a send that this ledger has forgotten becomes unknown, and a send of another
    /// campaign suppresses the row.
    fn withhold_if_sent(
        &self,
        id: i64,
        keys: &MessageKeys,
        sent_at: Option<Timestamp>,
    ) -> Result<bool, LedgerError> {
        let mut earlier = None;
        for history in self.batch.histories.iter().flatten() {
            earlier = EarlierSend::preferred(earlier, history.earlier_send(keys, sent_at)?);
        }
        match earlier {
            Some(EarlierSend::Here { at }) => {
                let error = OwnWords::LedgerForgot.localized(Language::En);
                sql::pending_to_unknown(&self.batch.transaction, id, at, &error)
                    .map_err(|error| self.explain(&error))?;
                Ok(true)
            }
            Some(EarlierSend::UnderOtherId { at, campaign }) => {
                let sent = SentElsewhere { at, campaign };
                self.suppress(id, &EarlierContact::UnderOtherId(sent))
            }
            Some(EarlierSend::Elsewhere { at, campaign })
                if self.batch.sent_since.is_some_and(|since| at >= since) =>
            {
                let sent = SentElsewhere { at, campaign };
                self.suppress(id, &EarlierContact::Same(sent))
            }
            Some(EarlierSend::Elsewhere { .. }) | None => self.withhold_if_written(id, keys),
        }
    }

    /// Suppresses the row of a person who recently got any contact of another campaign. Returns whether it did.
    fn withhold_if_written(&self, id: i64, keys: &MessageKeys) -> Result<bool, LedgerError> {
        let Some(since) = self.batch.written_since else {
            return Ok(false);
        };
        let mut last = None;
        for history in self.batch.histories.iter().flatten() {
            last = last.max(history.sent_elsewhere(keys, since)?);
        }
        last.map_or(Ok(false), |sent| {
            self.suppress(id, &EarlierContact::Recent(sent))
        })
    }

    fn suppress(&self, id: i64, earlier: &EarlierContact) -> Result<bool, LedgerError> {
        earlier
            .suppress(&self.batch.transaction, id)
            .map(|_| true)
            .map_err(|error| self.explain(&error))
    }

    /// The time of the batch.
    pub(super) fn now(&self) -> Timestamp {
        self.batch.now
    }

    /// Whether other machines may work on the ledger too.
    pub(super) fn is_shared(&self) -> bool {
        !self.batch.transaction.is_file()
    }

    /// The ledger's transaction, for reading.
    pub(super) fn ledger(&self) -> &Connection {
        &self.batch.transaction
    }

    pub(super) fn explain(&self, error: &db::Error) -> LedgerError {
        explain(self.batch.path, error)
    }
}

/// Whether a part changes the send history of its instance.
fn writes_history(part: &InstanceBatch) -> bool {
    part.begin > 0
        || part.has_answers()
        || part
            .settle
            .iter()
            .any(|result| not_delivered(&result.verdict))
}

/// Whether a contact that was begun certainly reached nobody. For an unknown one, nobody can say so.
pub(super) const fn not_delivered(verdict: &RowOutcome) -> bool {
    match verdict {
        RowOutcome::Failed(_) | RowOutcome::NotTaken | RowOutcome::NotSent(_) => true,
        RowOutcome::Accepted(_) | RowOutcome::Unknown(_) => false,
    }
}

fn record(transaction: &Transaction<'_>, result: &RowResult) -> db::Result<()> {
    let id = result.row.0;
    match &result.verdict {
        RowOutcome::Accepted(id_message) => {
            sql::mark_accepted(transaction, id, id_message.as_str())
        }
        RowOutcome::Failed(error) => sql::close(transaction, id, State::Failed, error),
        RowOutcome::Unknown(error) => sql::close(transaction, id, State::Unknown, error),
        RowOutcome::NotTaken => sql::not_taken_to_pending(transaction, id),
        RowOutcome::NotSent(last_request) => {
            sql::not_sent_to_pending(transaction, id, *last_request)
        }
    }
}
