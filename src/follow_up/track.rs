//! Checks the delivery of accepted contacts: first in the journal and the queue, which show many at once, then one
//! message at a time. Nothing is ever sent.
//!
//! Answers are on disk after at most ten questions; the ledger lets no delivery move backwards.

use std::{collections::HashMap, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{
    matching::is_behind_lid,
    reconcile::{JOURNAL_LAG, Trouble, minutes_since, refuses},
};
use crate::{
    domain::{Delivery, Halt, Outcome, Person},
    green_api::{DeliveryReport, Inspector, InstanceState, MessageReport, ObservedMessage, Queue},
    ledger::{DeliveryUpdate, Ledger, LedgerError, LidPairs, PastRestriction, RowId, TrackedRow},
};

/// The number of rows that are matched at a time.
const PAGE: usize = 512;

/// The number of messages that are asked about between two commits: about a second's worth.
const BATCH: usize = 10;

/// The pause between two rounds: it doubles from the first to the longest value while nothing changes.
const FIRST_GAP: Duration = Duration::from_secs(2);
const LONGEST_GAP: Duration = Duration::from_secs(30);

/// The last round begins this long before the end, so that it can be answered in time.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// The journal is never requested for more than three months: no journal of this vendor reaches further back (source:
/// `LastOutgoingMessages` of its newer messenger; nothing is documented for WhatsApp).
const JOURNAL_REACH: u32 = 90 * 24 * 60;

/// This many consecutive unusable answers end a round.
const MOST_TROUBLE: u32 = 3;

/// A restriction may have begun this long before it was noticed: a run checks the state once a minute.
const NOTICED: SignedDuration = SignedDuration::from_mins(1);

/// The result of tracking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tracking {
    /// The number of contacts that the service does not show yet: they were sent less than two minutes ago.
    pub late: u64,
    /// When the journal must show them.
    pub late_until: Option<Timestamp>,
    /// The number of contacts that the service has no record of, although it should.
    pub unheard: u64,
    /// Whether the instance is restricted for spam.
    pub restricted: bool,
    /// Set if the instance refused: what a person has to do first.
    pub refused: Option<(Halt, String)>,
    /// Why the last round was not complete, if so.
    pub trouble: Option<Trouble>,
    /// The last contact that was asked about.
    pub asked: Option<RowId>,
}

/// What tracking reports to its observer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackEvent {
    /// The number of contacts whose delivery is still awaited.
    Awaited(u64),
    /// The next round begins at this time.
    Waiting(Instant),
}

/// How long to continue tracking.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    /// The end of tracking; `None` means one round.
    pub until: Option<Instant>,
}

/// Tracks deliveries until that of every accepted contact of these instances is final, or as long as `watch` allows.
/// The instances are those of the ledger, in the same order. Returns the result for each.
///
/// # Errors
/// [`LedgerError`] when the ledger cannot be read or written.
pub async fn track(
    inspectors: &mut [Inspector],
    ledger: &mut Ledger,
    watch: Watch,
    observe: &mut dyn FnMut(TrackEvent),
) -> Result<Vec<Tracking>, LedgerError> {
    let mut found = vec![None; inspectors.len()];
    let mut gap = FIRST_GAP / 2;
    loop {
        let before = awaited(ledger, inspectors.len())?;
        for (instance, inspector) in inspectors.iter_mut().enumerate() {
            let looks = found[instance]
                .as_ref()
                .is_none_or(|found: &Tracking| found.refused.is_none());
            if looks {
                found[instance] = Some(
                    run_round(
                        Target {
                            inspector,
                            ledger,
                            instance,
                        },
                        watch,
                        found[instance].take(),
                        observe,
                    )
                    .await?,
                );
            }
        }
        let left = awaited(ledger, inspectors.len())?;
        observe(TrackEvent::Awaited(left));
        let may_ask = found.iter().flatten().any(|found| found.refused.is_none());
        gap = if left < before {
            FIRST_GAP
        } else {
            (gap * 2).min(LONGEST_GAP)
        };
        let time = watch.until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        });
        let wait = gap.min(time.saturating_sub(LAST_LOOK));
        if wait.is_zero() || left == 0 || !may_ask {
            return Ok(found.into_iter().flatten().collect());
        }
        let next = Instant::now() + wait;
        observe(TrackEvent::Waiting(next));
        sleep_until(next).await;
    }
}

/// Returns the number of contacts of all instances whose delivery is awaited.
fn awaited(ledger: &Ledger, instances: usize) -> Result<u64, LedgerError> {
    (0..instances)
        .map(|instance| Ok(ledger.awaited_of(instance)?.rows))
        .sum()
}

/// An instance to ask, by its index in the ledger.
struct Target<'a> {
    inspector: &'a mut Inspector,
    ledger: &'a mut Ledger,
    instance: usize,
}

/// Makes one round over the contacts of an instance; `last` is the result of the previous one.
async fn run_round(
    target: Target<'_>,
    watch: Watch,
    last: Option<Tracking>,
    observe: &mut dyn FnMut(TrackEvent),
) -> Result<Tracking, LedgerError> {
    let Target {
        inspector,
        ledger,
        instance,
    } = target;
    // If nothing is awaited, delivered contacts may have been read by now.
    let first = ledger
        .awaited_of(instance)?
        .first
        .or(ledger.not_final(instance)?.first);
    let awaited = ledger.awaited()?.rows;
    let restrictions = match ledger.send_history(instance) {
        Some(history) => history.restrictions()?,
        None => Vec::new(),
    };
    let is_first = last.is_none();
    let Tracking {
        restricted, asked, ..
    } = last.unwrap_or_default();
    let found = Tracking {
        restricted,
        asked,
        ..Tracking::default()
    };
    let pairs = ledger.lid_pairs()?;
    let mut round = Round {
        inspector,
        ledger,
        instance,
        watch,
        observe,
        awaited,
        restrictions,
        found,
        pairs,
    };
    if let Some(first) = first
        && round.check_state(is_first).await
    {
        round.ask(first).await?;
    }
    Ok(round.found)
}

/// One round over all contacts that are not settled.
struct Round<'a> {
    inspector: &'a mut Inspector,
    ledger: &'a mut Ledger,
    instance: usize,
    watch: Watch,
    observe: &'a mut dyn FnMut(TrackEvent),
    awaited: u64,
    /// When the number was restricted, according to its send history.
    restrictions: Vec<PastRestriction>,
    found: Tracking,
    pairs: LidPairs,
}

/// The messages that the queue and journal show, by their id.
type Observed = HashMap<String, Vec<ObservedMessage>>;

impl Round<'_> {
    /// Checks the state of the instance in the first round. Returns whether the instance can be asked.
    async fn check_state(&mut self, first: bool) -> bool {
        if !first {
            return true;
        }
        let Some(state) = in_time(self.watch.until, self.inspector.state()).await else {
            return false;
        };
        let halt = match state {
            Ok(InstanceState::NotAuthorized) => Halt::NotAuthorized,
            Ok(InstanceState::Blocked) => Halt::Blocked,
            Ok(InstanceState::YellowCard | InstanceState::Suspended) => {
                self.found.restricted = true;
                return true;
            }
            Ok(
                InstanceState::Authorized
                | InstanceState::Starting
                | InstanceState::SleepMode
                | InstanceState::Unnamed(_),
            ) => return true,
            Err(Outcome::Halted(halt, words)) if is_wrong_address(halt) => {
                self.found.refused = Some((halt, words));
                return false;
            }
            Err(outcome) => return self.note_no_answer(&outcome),
        };
        self.found.refused = Some((halt, "getStateInstance".to_owned()));
        false
    }

    async fn ask(&mut self, first: Timestamp) -> Result<(), LedgerError> {
        let Some(shown) = self.fetch_shown(first).await else {
            return Ok(());
        };
        self.take_what_is_shown(&shown)?;
        self.ask_about_the_rest(&shown).await
    }

    /// Fetches the journal since the first awaited contact, and the queue; `None` if the service cannot be asked. If
    /// one of the two gives no answer, each message is asked about.
    async fn fetch_shown(&mut self, first: Timestamp) -> Option<Observed> {
        let now = self.inspector.clock().now();
        let minutes = minutes_since(first, now).min(JOURNAL_REACH);
        let mut shown = Observed::new();
        let journal = in_time(self.watch.until, self.inspector.journal(minutes)).await?;
        let journal = self.take(journal)?;
        let queue = in_time(self.watch.until, self.inspector.queue()).await;
        let queue = self.take(queue.unwrap_or_else(|| Ok(Queue::default())))?;
        for message in journal.into_iter().chain(queue.messages) {
            if let Some(id) = &message.id {
                shown
                    .entry(id.as_str().to_owned())
                    .or_default()
                    .push(message);
            }
        }
        Some(shown)
    }

    fn take_what_is_shown(&mut self, shown: &Observed) -> Result<(), LedgerError> {
        let now = self.inspector.clock().now();
        let mut after = None;
        loop {
            let page = self.ledger.tracked(self.instance, after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.id);
            let updates: Vec<DeliveryUpdate> = page
                .iter()
                .filter_map(|row| {
                    Some(self.update(row, delivery_of(row, shown, &self.pairs)?, now))
                })
                .collect();
            self.record(&updates)?;
        }
    }

    /// Asks about each contact that is neither settled nor shown, beginning after the last one that was asked about;
    /// otherwise rounds that are always cut short would skip the same contacts every time.
    async fn ask_about_the_rest(&mut self, shown: &Observed) -> Result<(), LedgerError> {
        let asked = self.found.asked;
        let mut trouble = 0;
        if self.ask_between(asked, None, shown, &mut trouble).await? && asked.is_some() {
            self.ask_between(None, asked, shown, &mut trouble).await?;
        }
        Ok(())
    }

    /// Asks about the rows after one row and up to another. Returns `false` if further questions make no sense.
    async fn ask_between(
        &mut self,
        mut after: Option<RowId>,
        last: Option<RowId>,
        shown: &Observed,
        trouble: &mut u32,
    ) -> Result<bool, LedgerError> {
        loop {
            let mut page = self.ledger.tracked(self.instance, after, PAGE)?;
            page.retain(|row| last.is_none_or(|last| row.id <= last));
            let Some(end) = page.last() else {
                return Ok(true);
            };
            after = Some(end.id);
            let is_open = |row: &&TrackedRow| !row.delivery.is_some_and(Delivery::is_settled);
            let rest: Vec<&TrackedRow> = page
                .iter()
                .filter(is_open)
                .filter(|row| delivery_of(row, shown, &self.pairs).is_none())
                .collect();
            for rows in rest.chunks(BATCH) {
                if !self.ask_about(rows, trouble).await? {
                    return Ok(false);
                }
            }
        }
    }

    /// Asks about some contacts and records the answers. Returns `false` if further questions make no sense.
    async fn ask_about(
        &mut self,
        rows: &[&TrackedRow],
        trouble: &mut u32,
    ) -> Result<bool, LedgerError> {
        let mut updates = Vec::new();
        let mut goes_on = true;
        for row in rows {
            let message = self.inspector.message(&row.chat, &row.id_message);
            let Some(answer) = in_time(self.watch.until, message).await else {
                goes_on = false;
                break;
            };
            self.found.asked = Some(row.id);
            *trouble = if answer.is_ok() { 0 } else { *trouble + 1 };
            match answer {
                Ok(Some(answer)) if is_about(row, &answer, &self.pairs) => {
                    let now = self.inspector.clock().now();
                    updates.push(self.update(row, answer.report, now));
                }
                Ok(Some(_) | None) => self.miss(row),
                Err(outcome) => {
                    // The inspector has already retried a throttled request, so every further question would be
                    // throttled too.
                    let is_throttled = matches!(outcome, Outcome::Throttled { .. });
                    goes_on =
                        self.note_no_answer(&outcome) && !is_throttled && *trouble < MOST_TROUBLE;
                }
            }
            if !goes_on {
                break;
            }
        }
        self.record(&updates)?;
        Ok(goes_on)
    }

    /// Returns the update to record for a row.
    fn update(&self, row: &TrackedRow, report: DeliveryReport, now: Timestamp) -> DeliveryUpdate {
        let at = report.at.unwrap_or(now);
        let is_sent = report.delivery == Delivery::Sent;
        let restricted = |past: &PastRestriction| was_restricted(past, at);
        DeliveryUpdate {
            row: row.id,
            delivery: report.delivery,
            at,
            is_doubtful: is_sent && self.restrictions.iter().any(restricted),
        }
    }

    /// Counts a contact that the service does not know, or not yet: the journal may lag behind.
    fn miss(&mut self, row: &TrackedRow) {
        if row.delivery.is_some() {
            return;
        }
        let now = self.inspector.clock().now();
        let shown_by = row
            .sent_at
            .map(|sent_at| sent_at.checked_add(JOURNAL_LAG).unwrap_or(Timestamp::MAX));
        if shown_by.is_some_and(|shown_by| now < shown_by) {
            self.found.late += 1;
            self.found.late_until = self.found.late_until.max(shown_by);
        } else {
            self.found.unheard += 1;
        }
    }

    fn record(&mut self, updates: &[DeliveryUpdate]) -> Result<(), LedgerError> {
        let settled = self.ledger.deliver(updates)?;
        if settled > 0 {
            self.awaited = self.awaited.saturating_sub(settled as u64);
            (self.observe)(TrackEvent::Awaited(self.awaited));
        }
        Ok(())
    }

    /// Takes an answer. An unusable one is recorded and counts as empty; `None` means that no further question will be
    /// answered.
    fn take<T: Default>(&mut self, answer: Result<T, Outcome>) -> Option<T> {
        answer
            .or_else(|outcome| {
                if self.note_no_answer(&outcome) {
                    Ok(T::default())
                } else {
                    Err(())
                }
            })
            .ok()
    }

    /// Records why there was no answer. Returns whether another question may be answered.
    fn note_no_answer(&mut self, outcome: &Outcome) -> bool {
        if let Outcome::Halted(halt, words) = outcome
            && refuses(outcome)
        {
            self.found.refused = Some((*halt, words.clone()));
        } else {
            self.found.trouble = Some(Trouble::Answer(outcome.clone()));
        }
        !refuses(outcome) && !matches!(outcome, Outcome::Unreachable(_))
    }
}

/// Whether a halt of `getStateInstance` means that nothing at this address answers: every instance has this method.
const fn is_wrong_address(halt: Halt) -> bool {
    match halt {
        Halt::WrongAddress | Halt::Redirected => true,
        Halt::NotAuthorized
        | Halt::Expired
        | Halt::Deleted
        | Halt::Suspended
        | Halt::Blocked
        | Halt::WrongToken
        | Halt::WrongInstance
        | Halt::QuotaExceeded => false,
    }
}

/// Returns the answer to a question; `None` if the time runs out first.
async fn in_time<T>(until: Option<Instant>, question: impl Future<Output = T>) -> Option<T> {
    match until {
        Some(until) if Instant::now() >= until => None,
        Some(until) => timeout_at(until, question).await.ok(),
        None => Some(question.await),
    }
}

/// Whether the number was restricted at a moment, including a short time before the restriction was noticed.
fn was_restricted(past: &PastRestriction, at: Timestamp) -> bool {
    let began = past.began.saturating_sub(NOTICED).unwrap_or(past.began);
    began <= at && past.until.is_none_or(|until| at <= until)
}

/// How near the chat of a message is to the chat of a row, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// It is the same chat.
    Same,
    /// It is another chat of the same person.
    SamePerson,
    /// It is the lid or the phone of the same person, as a pair tells.
    Paired,
    /// One of the two is a lid, and it is not known whose.
    BehindLid,
}

/// Compares the chat of a row with the one that the service shows; `None` if it is another person's or another group.
fn nearness(ours: &str, theirs: &str, pairs: &LidPairs) -> Option<Nearness> {
    if ours == theirs {
        return Some(Nearness::Same);
    }
    if Person::behind(ours) == Person::behind(theirs) {
        return Some(Nearness::SamePerson);
    }
    match LidPairs::same_person(pairs.phone_of(ours), pairs.phone_of(theirs)) {
        Some(is_same) => is_same.then_some(Nearness::Paired),
        None => is_behind_lid(ours, theirs).then_some(Nearness::BehindLid),
    }
}

/// Whether an answer may be about a row: the chat that it names, if it names one, may be the row's.
fn is_about(row: &TrackedRow, answer: &MessageReport, pairs: &LidPairs) -> bool {
    let chat = answer.chat.as_deref();
    chat.is_none_or(|chat| nearness(&row.chat, chat, pairs).is_some())
}

/// Returns what queue and journal say about a row: the message in the nearest chat. Of several messages in it, the
/// furthest delivery counts.
fn delivery_of(row: &TrackedRow, shown: &Observed, pairs: &LidPairs) -> Option<DeliveryReport> {
    let reports = shown.get(&row.id_message)?.iter().filter_map(|message| {
        let (delivery, at) = (message.delivery?, message.at);
        let nearness = nearness(&row.chat, message.chat.as_deref()?, pairs)?;
        Some((nearness, DeliveryReport { delivery, at }))
    });
    let nearest = reports.reduce(|known, next| {
        let is_further = known.1.delivery.may_become(next.1.delivery);
        if next.0 < known.0 || (next.0 == known.0 && is_further) {
            next
        } else {
            known
        }
    });
    nearest.map(|(_, report)| report)
}
