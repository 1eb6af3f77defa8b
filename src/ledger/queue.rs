//! What a turn does in the files: outcomes are settled, pending rows begun, and both are on disk
//! together.

use std::{collections::VecDeque, path::Path};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction};

use super::{
    Ledger,
    admission::{AdmissionCheck, ZoneCache},
    batch::{
        Batch, CommitResult, FailedBatch, InFlight, InstanceBatch, InstanceCommit, RowId,
        RowOutcome, RowResult,
    },
    error::{LedgerError, explain},
    rules::{BlockedUntil, Zones},
    send_history::{HistoryTx, SendHistory, SentLater},
    sql::{self, PendingRecord},
    state::State,
};
use crate::domain::{Contact, Message, Names, Phone, Recipient};
use crate::failpoints::{self, Point};
use crate::i18n::{Language, OwnWords, Sentence};

/// Rows that are read ahead at a time.
const PAGE: usize = 512;

/// Rows that a turn looks at: a long list of which few may go must not hold up the outcomes.
const MOST_LOOKS: usize = 8 * PAGE;

/// The queues of the instances, in their order.
#[derive(Debug, Default)]
pub(super) struct Queues {
    instances: Vec<Queue>,
    /// What other campaigns have sent is sent once more.
    again: bool,
    /// When it was last looked whether the ledger is still where it was.
    looked: Option<Timestamp>,
}

/// The pending rows of an instance in the order of the input, again and again from its beginning: those that came back,
/// and those that were passed over.
#[derive(Debug, Default)]
struct Queue {
    /// Whose rows; nothing where a ledger has only one instance.
    instance: Option<i64>,
    ahead: VecDeque<PendingRecord>,
    read_to: i64,
    came_back: bool,
    lap: Pass,
    memory: ZoneCache,
    /// When this run sent last.
    sent_last: Option<Timestamp>,
}

/// What came of going through the list since its beginning.
#[derive(Debug, Default)]
struct Pass {
    begun: bool,
    held: BlockedUntil,
}

/// The files that a turn writes.
struct BatchTx<'a> {
    transaction: Transaction<'a>,
    /// One an instance.
    pages: Vec<Option<HistoryTx<'a>>>,
    path: &'a Path,
    again: bool,
}

/// The desk as one instance uses it, at the moment of a turn.
struct InstanceTx<'a> {
    transaction: &'a Transaction<'a>,
    page: Option<&'a HistoryTx<'a>>,
    /// Of all instances.
    pages: &'a [Option<HistoryTx<'a>>],
    path: &'a Path,
    now: Timestamp,
    again: bool,
    /// Whether that is the service's time.
    by_service: bool,
}

impl Ledger {
    /// The message that goes first, if one may go.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read, or is damaged.
    pub fn first_pending(&self) -> Result<Option<Message>, LedgerError> {
        let first = || {
            let Some(record) = sql::pending_after(&self.connection, None, 0, 1)?.pop() else {
                return Ok(None);
            };
            let to = recipient(&record.recipient);
            read(record, to, Zones::Own).map(|begun| Some(begun.message))
        };
        first().map_err(|error| explain(&self.path, &error))
    }
}

impl Queues {
    /// Those of the ledger's instances, from the beginning of the list.
    pub(super) fn of(ledger: &Ledger) -> Result<Self, LedgerError> {
        let queue = |instance| {
            Ok(Queue {
                instance: ledger.filter(instance)?,
                ..Queue::default()
            })
        };
        let instances = (0..ledger.instances.len())
            .map(queue)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            instances,
            again: ledger.again,
            looked: None,
        })
    }

    /// Records a turn, all of it or nothing.
    pub(super) fn record(&mut self, ledger: &mut Ledger, turn: Batch) -> CommitResult {
        let recorded = self.commit(ledger, &turn);
        recorded
            .or_else(|error| self.without_history(ledger, &turn, error))
            .map_err(|error| {
                let settle = turn.parts.into_iter().map(|part| part.settle).collect();
                FailedBatch { error, settle }
            })
    }

    fn commit(
        &mut self,
        ledger: &mut Ledger,
        turn: &Batch,
    ) -> Result<Vec<InstanceCommit>, LedgerError> {
        self.look_for(ledger, turn.now)?;
        let desk = BatchTx::open(ledger, turn, self.again)?;
        let instances = self.instances.iter_mut().zip(&turn.parts).enumerate();
        let committed: Vec<InstanceCommit> = instances
            .map(|(instance, (queue, part))| {
                queue.record(&desk.place(instance, turn.now, turn.by_service), part)
            })
            .collect::<Result<_, _>>()?;
        match desk.commit() {
            Ok(()) => {
                ledger.confirm(&committed);
                Ok(committed)
            }
            Err(error) => {
                ledger.never_began(&committed, turn.now);
                Err(error)
            }
        }
    }

    /// At most once a second: a ledger that was removed or replaced records nothing that outlasts the run.
    fn look_for(&mut self, ledger: &Ledger, now: Timestamp) -> Result<(), LedgerError> {
        let is_recent = |looked| now.duration_since(looked).abs() < SignedDuration::from_secs(1);
        if !self.looked.is_some_and(is_recent) {
            self.looked = Some(now);
            ledger.check_place()?;
        }
        Ok(())
    }

    /// Records a turn once more without the send history that broke it. An instance that has to count in it begins
    /// nothing.
    fn without_history(
        &mut self,
        ledger: &mut Ledger,
        turn: &Batch,
        error: LedgerError,
    ) -> Result<Vec<InstanceCommit>, LedgerError> {
        let is_broken = |history: &SendHistory| matches!(&error, LedgerError::SendHistory { path, .. } if path == history.path());
        let instance = ledger
            .instances
            .iter()
            .position(|instance| instance.history.as_ref().is_some_and(is_broken));
        let Some(instance) = instance else {
            return Err(error);
        };
        ledger.instances[instance].history = None;
        ledger.without_history()?;
        // What the broken turn has read is pending still.
        self.instances.iter_mut().for_each(|queue| {
            *queue = Queue {
                instance: queue.instance,
                ..Queue::default()
            }
        });
        let mut committed = self.commit(ledger, turn)?;
        committed[instance].without_history = Some(error);
        Ok(committed)
    }
}

impl Queue {
    fn record(
        &mut self,
        place: &InstanceTx<'_>,
        part: &InstanceBatch,
    ) -> Result<InstanceCommit, LedgerError> {
        for settlement in &part.settle {
            place.settle(settlement)?;
            // A contact that was refused is counted by no cap: another may go in its place.
            self.came_back |= went_not(&settlement.verdict);
        }
        self.begin(place, part)
    }

    fn begin(
        &mut self,
        place: &InstanceTx<'_>,
        part: &InstanceBatch,
    ) -> Result<InstanceCommit, LedgerError> {
        let counts = part
            .rules
            .as_ref()
            .is_some_and(|rules| rules.schedule.caps.need_a_history());
        if counts && place.page.is_none() {
            return Ok(InstanceCommit::default());
        }
        let not_before = self.not_before(place, part)?;
        let mut committed = InstanceCommit {
            not_before,
            ..InstanceCommit::default()
        };
        if not_before.is_some() {
            return Ok(committed);
        }
        let mut memory = std::mem::take(&mut self.memory);
        let mut gate = match &part.rules {
            Some(rules) => Some(AdmissionCheck::open(
                rules,
                place.now,
                place.page,
                &mut memory,
            )?),
            None => None,
        };
        for _ in 0..MOST_LOOKS {
            if committed.begun.len() >= part.begin
                || committed.exhausted
                || committed.held.is_some()
            {
                break;
            }
            let Some(record) = self
                .next(place.transaction)
                .map_err(|error| place.explain(&error))?
            else {
                self.end(gate.as_mut(), &mut committed);
                continue;
            };
            if let Some(begun) = place.begin(record, gate.as_mut())? {
                self.lap.begun = true;
                self.sent_last = Some(place.now);
                committed.begun.push(begun);
            }
        }
        if let Some(mut gate) = gate {
            self.lap.held.merge(gate.take_held());
        }
        self.memory = memory;
        Ok(committed)
    }

    /// When the instance may send again, if another run of its instance has sent the last contact: a mean gap
    /// after that. Between its own contacts a run keeps the gaps itself.
    fn not_before(
        &self,
        place: &InstanceTx<'_>,
        part: &InstanceBatch,
    ) -> Result<Option<Timestamp>, LedgerError> {
        let spacing = part
            .rules
            .as_ref()
            .and_then(|rules| rules.schedule.caps.spacing);
        let Some((spacing, page)) = spacing.zip(place.page).filter(|_| part.begin > 0) else {
            return Ok(None);
        };
        // This run's own last contact may be ahead of a clock that was put back.
        let own = self.sent_last.filter(|last| *last <= place.now);
        let of_another = page.last(place.now)?.filter(|last| Some(*last) > own);
        let until =
            of_another.map(|last| last.checked_add(spacing.mean()).unwrap_or(Timestamp::MAX));
        Ok(until.filter(|until| *until > place.now))
    }

    /// The end of the list. If rows came back, or others were begun while some were passed over, it
    /// is gone through once more.
    fn end(&mut self, gate: Option<&mut AdmissionCheck<'_>>, committed: &mut InstanceCommit) {
        let lap = std::mem::take(&mut self.lap);
        let mut held = lap.held;
        if let Some(gate) = gate {
            held.merge(gate.take_held());
        }
        let again = std::mem::take(&mut self.came_back);
        if !again && held == BlockedUntil::default() {
            committed.exhausted = true;
            return;
        }
        self.read_to = 0;
        committed.held = (!again && !lap.begun).then_some(held);
    }

    fn next(&mut self, connection: &Connection) -> rusqlite::Result<Option<PendingRecord>> {
        if self.ahead.is_empty() {
            let page = sql::pending_after(connection, self.instance, self.read_to, PAGE)?;
            self.read_to = page.last().map_or(self.read_to, |record| record.position);
            self.ahead.extend(page);
        }
        Ok(self.ahead.pop_front())
    }
}

impl<'a> BatchTx<'a> {
    fn open(ledger: &'a mut Ledger, turn: &Batch, again: bool) -> Result<Self, LedgerError> {
        let Ledger {
            connection,
            path,
            instances,
            ..
        } = ledger;
        let begins = turn.parts.iter().any(|part| part.begin > 0);
        let mut pages: Vec<_> = instances.iter().map(|_| None).collect();
        let histories = instances
            .iter_mut()
            .map(|instance| instance.history.as_mut())
            .enumerate();
        let mut wanted: Vec<(usize, &mut SendHistory)> = histories
            .zip(&turn.parts)
            .filter_map(|((instance, history), part)| {
                Some((instance, history?)).filter(|_| begins || writes_history(part))
            })
            .collect();
        // Runs that share send histories open them in the same order.
        wanted.sort_unstable_by(|(_, one), (_, other)| one.path().cmp(other.path()));
        for (instance, history) in wanted {
            pages[instance] = Some(history.begin()?);
        }
        let transaction = connection
            .transaction()
            .map_err(|error| explain(path, &error))?;
        Ok(Self {
            transaction,
            pages,
            path,
            again,
        })
    }

    fn place(&self, instance: usize, now: Timestamp, by_service: bool) -> InstanceTx<'_> {
        let page = self.pages.get(instance).and_then(Option::as_ref);
        let Self {
            transaction,
            pages,
            path,
            again,
        } = self;
        InstanceTx {
            transaction,
            page,
            pages,
            path,
            now,
            by_service,
            again: *again,
        }
    }

    fn commit(self) -> Result<(), LedgerError> {
        let Self {
            transaction,
            pages,
            path,
            ..
        } = self;
        failpoints::fail_point(Point::BeforeCommit);
        // First the send histories: several files are never written at once, and what is in them and not in
        // the ledger is a contact too many, not one too few.
        pages
            .into_iter()
            .flatten()
            .try_for_each(HistoryTx::commit)?;
        failpoints::fail_point(Point::BetweenBooks);
        transaction
            .commit()
            .map_err(|error| explain(path, &error))?;
        failpoints::fail_point(Point::AfterCommit);
        Ok(())
    }
}

impl InstanceTx<'_> {
    fn settle(&self, settlement: &RowResult) -> Result<(), LedgerError> {
        if let Some(page) = self.page.filter(|_| went_not(&settlement.verdict)) {
            let request = sql::request(self.transaction, settlement.row.0, State::Sending);
            page.remove(&request.map_err(|error| self.explain(&error))?)?;
        }
        settle(self.transaction, settlement).map_err(|error| self.explain(&error))
    }

    /// Begins a row, unless the rules hold it back.
    fn begin(
        &self,
        record: PendingRecord,
        gate: Option<&mut AdmissionCheck<'_>>,
    ) -> Result<Option<InFlight>, LedgerError> {
        let recipient = recipient(&record.recipient);
        let zones = match gate {
            Some(gate) => gate.admit(&record, recipient.as_ref(), self.page)?,
            None => Some(Zones::Own),
        };
        let Some(zones) = zones else { return Ok(None) };
        let (id, sent_at) = (record.id, record.sent_at);
        let begun = read(record, recipient, zones).map_err(|error| self.explain(&error))?;
        if self.leave_out(id, &begun.message, sent_at)? {
            return Ok(None);
        }
        sql::mark_sending(self.transaction, id, self.now, self.by_service)
            .map_err(|error| self.explain(&error))?;
        self.page
            .map_or(Ok(()), |page| page.enter(&begun.message, self.now))?;
        Ok(Some(begun))
    }

    /// Whether a send history knows that the person had the contact, or may have had it: what this ledger has
    /// forgotten becomes unknown, what another campaign sent is left out.
    fn leave_out(
        &self,
        id: i64,
        message: &Message,
        sent_at: Option<Timestamp>,
    ) -> Result<bool, LedgerError> {
        let later = self
            .pages
            .iter()
            .flatten()
            .map(|page| page.sent_later(message, sent_at));
        let later = later.collect::<Result<Vec<_>, _>>()?;
        let left_out = match later.into_iter().flatten().next() {
            Some(SentLater::Here { at }) => {
                let error = OwnWords::LedgerForgot.localized(Language::En);
                sql::pending_to_unknown(self.transaction, id, at, &error)
            }
            Some(SentLater::Elsewhere { at, campaign }) if !self.again => {
                let sentence = Sentence::SentBefore {
                    campaign: campaign.unwrap_or_default(),
                    day: at.strftime("%Y-%m-%d").to_string(),
                };
                sql::pending_to_suppressed(self.transaction, id, &sentence.to_keep())
            }
            Some(SentLater::Elsewhere { .. }) | None => return Ok(false),
        };
        left_out
            .map(|()| true)
            .map_err(|error| self.explain(&error))
    }

    fn explain(&self, error: &rusqlite::Error) -> LedgerError {
        explain(self.path, error)
    }
}

/// Whether a part changes what its instance has sent.
fn writes_history(part: &InstanceBatch) -> bool {
    part.begin > 0
        || part
            .settle
            .iter()
            .any(|settlement| went_not(&settlement.verdict))
}

/// Whether a contact that was begun reached nobody. Of one whose fate is unknown nobody can say so.
const fn went_not(verdict: &RowOutcome) -> bool {
    match verdict {
        RowOutcome::Failed(_) | RowOutcome::NotTaken | RowOutcome::NotSent => true,
        RowOutcome::Accepted(_) | RowOutcome::Unknown(_) => false,
    }
}

fn settle(transaction: &rusqlite::Transaction<'_>, settlement: &RowResult) -> rusqlite::Result<()> {
    let id = settlement.row.0;
    match &settlement.verdict {
        RowOutcome::Accepted(id_message) => {
            sql::mark_accepted(transaction, id, id_message.as_str())
        }
        RowOutcome::Failed(error) => sql::close(transaction, id, State::Failed, error),
        RowOutcome::Unknown(error) => sql::close(transaction, id, State::Unknown, error),
        RowOutcome::NotTaken => sql::return_to_pending(transaction, id, true),
        RowOutcome::NotSent => sql::return_to_pending(transaction, id, false),
    }
}

/// What was checked on its way in is read back as it was, and comes to the key of the row; anything else is
/// damage.
fn read(
    record: PendingRecord,
    recipient: Option<Recipient>,
    zones: Zones,
) -> rusqlite::Result<InFlight> {
    let PendingRecord {
        id,
        number,
        person,
        contact,
        phone_contact,
        names,
        ..
    } = record;
    let [first, middle, last, company] = names;
    let names = Names {
        first,
        middle,
        last,
        company,
    };
    let message = recipient
        .zip(Phone::from_digits(&phone_contact).ok())
        .and_then(|(recipient, phone)| {
            Some(Message {
                recipient,
                contact: Contact::new(phone, names).ok()?,
            })
        });
    message
        .filter(|message| {
            contact == message.contact_digest().0 && message.recipient.person().as_str() == person
        })
        .map(|message| InFlight {
            row: RowId(id),
            number,
            message,
            zones,
        })
        .ok_or(rusqlite::Error::IntegralValueOutOfRange(2, id))
}

fn recipient(text: &str) -> Option<Recipient> {
    if text.contains('@') {
        text.parse().ok().map(Recipient::Chat)
    } else {
        Phone::from_digits(text).ok().map(Recipient::Phone)
    }
}
