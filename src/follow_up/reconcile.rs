//! Looks up unknown rows in the instance's queue and journal.
//!
//! A row that is found is marked as found. A row that is not found, and that none of the shown messages could be, is
//! missed; only a second, sufficiently late miss proves that the service never took it. All three times, of the request
//! and of both lookups, must be the service's own: otherwise the journal of a whole day is searched, and nothing is
//! proved.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::matching::{CLOCK_SLACK, LID_WINDOW, Match, match_rows};
use super::messages::TroubleMessage;
use crate::{
    domain::{IdMessage, Outcome},
    green_api::{
        Inspector, InstanceState, ObservedIn, ObservedMessage, Queue, Reading, ServiceClock,
        StateEntry, is_authorized_throughout,
    },
    i18n::{Language, Sentence},
    ledger::{Ledger, LedgerError, ReportedContact, Resolution, RowId, Unknown},
};

/// The maximum delay until the journal shows a contact (source: `lastOutgoingMessages`).
pub(super) const JOURNAL_LAG: SignedDuration = SignedDuration::from_mins(2);

/// The service reports its time in whole seconds (source: RFC 9110, §5.6.7), so each of two times may be off by one.
const WHOLE_SECONDS: SignedDuration = SignedDuration::from_secs(2);

/// The journal is requested for this much more than the time since the first request.
const BEFORE_REQUEST: SignedDuration = SignedDuration::from_mins(10);

/// How far back the journal is requested if the time of a request is not known, in minutes (source: the default of
/// `lastOutgoingMessages`).
const DAY: u32 = 24 * 60;

/// The result of a lookup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookUp {
    /// The number of rows whose contact was found.
    pub found: usize,
    /// Rows that the service provably did not take.
    pub absent: Vec<RowId>,
    /// The number of rows that are still unknown, including those in `absent`.
    pub unknown: usize,
    /// The number of rows that may be among the shown contacts, without proof; they are still unknown.
    pub unclear: usize,
    /// The number of rows that are not shown and were requested at a time that is not the service's: nothing can prove
    /// that they were not taken. They are still unknown.
    pub undated: usize,
    /// Whether the instance refused: a person has to do something first.
    pub refused: bool,
    /// Why the service could not be asked or the lookup proves nothing, if so.
    pub trouble: Option<Trouble>,
}

impl LookUp {
    /// Returns the number of rows about which nothing is known except that they are not shown yet.
    #[must_use]
    pub fn not_shown(&self) -> usize {
        if self.trouble.is_some() {
            return 0;
        }
        let others = self.absent.len() + self.unclear + self.undated;
        self.unknown.saturating_sub(others)
    }

    const fn count(&mut self, matched: &Match<'_>) {
        match matched {
            Match::Found(..) => self.found += 1,
            Match::Unclear => {
                self.unclear += 1;
                self.unknown += 1;
            }
            Match::Nowhere => self.unknown += 1,
        }
    }
}

/// Why a lookup proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A method gave no usable answer.
    Answer(Outcome),
    /// The instance is in this state, not authorized.
    State(InstanceState),
    /// The instance was in another state than authorized at some time since the request.
    StateBefore,
    /// The queue does not show all waiting messages.
    Hidden,
    /// It is not known how many messages are waiting in the queue, and the first one may not be shown.
    Uncounted(Outcome),
    /// The service does not report its time.
    NoTime,
    /// The service reported two times that contradict each other.
    Times,
}

impl Trouble {
    /// Describes the trouble for people, without a full stop.
    #[must_use]
    pub fn localized(&self, language: Language) -> String {
        let words = match self {
            Self::Answer(outcome) => words_of(outcome, language),
            Self::State(state) => TroubleMessage::State {
                state: state.as_word().to_owned(),
            }
            .localized(language),
            Self::StateBefore => TroubleMessage::StateBefore.localized(language),
            Self::Hidden => TroubleMessage::Hidden.localized(language),
            Self::Uncounted(outcome) => {
                let words = words_of(outcome, language).trim_end_matches('.').to_owned();
                TroubleMessage::Uncounted { words }.localized(language)
            }
            Self::NoTime => TroubleMessage::NoTime.localized(language),
            Self::Times => TroubleMessage::Times.localized(language),
        };
        words.trim_end_matches('.').to_owned()
    }
}

/// Describes an outcome. If the lookup method does not exist or its quota is used up, the advice of the halt is
/// omitted, because it is about `sendContact`.
fn words_of(outcome: &Outcome, language: Language) -> String {
    if let Outcome::Halted(halt, words) = outcome
        && !halt.is_of_instance()
    {
        return words.clone();
    }
    outcome.words(language)
}

/// Looks up every unknown row of an instance once, and marks what is found. Calls only read-only methods.
///
/// # Errors
/// [`LedgerError`] when the ledger cannot be read or written.
pub async fn look_up(
    inspector: &mut Inspector,
    ledger: &mut Ledger,
    instance: usize,
) -> Result<LookUp, LedgerError> {
    let unknown = ledger.unknown_of(instance, LID_WINDOW)?;
    if unknown.is_empty() {
        return Ok(LookUp::default());
    }
    let observation = observe(inspector, |now| journal_minutes(&unknown, now)).await;
    let states = past_states(inspector, &observation).await;
    // Read again: contacts that another campaign sent meanwhile are shown, and are in the send history by now.
    let unknown = ledger.unknown_of(instance, LID_WINDOW)?;
    let ids = observation
        .messages
        .iter()
        .filter_map(|message| message.id.as_ref())
        .map(IdMessage::as_str);
    let claims = ledger.known_ids(&ids.collect::<Vec<_>>())?;
    let pairs = ledger.lid_pairs()?;
    let mut looked = LookUp {
        refused: observation.refused,
        trouble: observation.trouble.clone(),
        ..LookUp::default()
    };
    let mut resolutions: Vec<(RowId, Resolution)> = Vec::new();
    for (row, matched) in
        unknown
            .iter()
            .zip(match_rows(&unknown, &observation.messages, claims, &pairs))
    {
        looked.count(&matched);
        let resolution = match matched {
            Match::Found(id, place) => found(id, place),
            Match::Nowhere if !row.is_dated => Resolution::Undated,
            Match::Nowhere if !observation.proves() => Resolution::NoProof,
            Match::Nowhere if !was_authorized(&states, row.sent_at, observation.ended) => {
                looked.trouble = Some(Trouble::StateBefore);
                Resolution::NoProof
            }
            Match::Nowhere => Resolution::Missed(observation.ended),
            Match::Unclear => Resolution::NoProof,
        };
        looked.undated += usize::from(resolution == Resolution::Undated);
        if resolution == Resolution::Missed(observation.ended)
            && is_proved(row, observation.began, observation.delay)
        {
            looked.absent.push(row.id);
        }
        resolutions.push((row.id, resolution));
    }
    ledger.resolve(&resolutions)?;
    Ok(looked)
}

/// Returns the past states of the instance, if there is a proof that they could invalidate; empty if the service does
/// not show them.
async fn past_states(inspector: &mut Inspector, observation: &Observation) -> Vec<StateEntry> {
    if !observation.proves() {
        return Vec::new();
    }
    inspector.state_history().await.unwrap_or_else(|outcome| {
        tracing::info!("the past states of the instance are not known: {outcome:?}");
        Vec::new()
    })
}

/// Whether the past states, as far back as they reach, are consistent with an instance that was authorized since the
/// request. For the time before them, only the states that were asked for during the lookups count.
fn was_authorized(states: &[StateEntry], sent_at: Timestamp, until: Timestamp) -> bool {
    let Some(oldest) = states.iter().map(|entry| entry.at).min() else {
        return true;
    };
    let request = sent_at.saturating_sub(WHOLE_SECONDS).unwrap_or(sent_at);
    let start = request.max(oldest);
    start > until || is_authorized_throughout(states, start, until)
}

/// The result of asking an instance what it has sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PossiblySent {
    /// The number of pending rows that may have been sent and are now unknown.
    pub rows: usize,
    /// Whether the instance refused: a person has to do something first.
    pub refused: bool,
    /// Why it is not completely known what it has sent, if so.
    pub trouble: Option<Trouble>,
}

/// Asks an instance what it has sent since a moment after which the ledger may have forgotten something. Pending rows
/// that may be one of those contacts become unknown. Calls only read-only methods.
///
/// # Errors
/// [`LedgerError`] when the ledger cannot be read or written.
pub async fn mark_possibly_sent(
    inspector: &mut Inspector,
    ledger: &mut Ledger,
    instance: usize,
    since: Timestamp,
) -> Result<PossiblySent, LedgerError> {
    let observation = observe(inspector, |now| {
        minutes(now.at.duration_since(since) + BEFORE_REQUEST).max(DAY)
    })
    .await;
    let reported = observation.messages.iter().map(|message| ReportedContact {
        id: message.id.as_ref().map(IdMessage::as_str),
        chat: message.chat.as_deref(),
        phones: &message.phones,
        at: message.at,
    });
    let rows = ledger.mark_possibly_sent(instance, &reported.collect::<Vec<_>>(), since)?;
    Ok(PossiblySent {
        rows,
        refused: observation.refused,
        trouble: observation.trouble,
    })
}

fn found(id: &IdMessage, place: ObservedIn) -> Resolution {
    let place = match place {
        ObservedIn::Queue => Sentence::FoundInQueue,
        ObservedIn::Journal => Sentence::FoundInJournal,
    };
    Resolution::Found(id.clone(), place)
}

/// Whether the instance refuses all requests.
pub(super) const fn refuses(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Halted(halt, _) if halt.is_of_instance())
}

/// Everything that the service showed in one lookup.
struct Observation {
    messages: Vec<ObservedMessage>,
    /// The service's time at the beginning and end: all answers except the first state were given in between.
    began: Timestamp,
    ended: Timestamp,
    delay: Duration,
    /// Whether the instance refused.
    refused: bool,
    /// Why something could not be asked, or why the answers prove nothing.
    trouble: Option<Trouble>,
}

impl Observation {
    /// Whether a contact that was not shown counts as missed: everything was answered, the queue showed all waiting
    /// messages, the instance was authorized before and after, and the service reported its time.
    const fn proves(&self) -> bool {
        self.trouble.is_none()
    }

    /// Takes an answer. Without one, the lookup continues but proves nothing.
    fn take<T>(&mut self, answer: Result<T, Outcome>) -> Option<T> {
        answer.map_err(|outcome| self.note(outcome)).ok()
    }

    fn note(&mut self, outcome: Outcome) {
        self.refused |= refuses(&outcome);
        self.trouble = Some(Trouble::Answer(outcome));
    }

    fn take_queue(&mut self, answer: Result<Queue, Outcome>) {
        let Some(queue) = self.take(answer) else {
            return;
        };
        self.messages = queue.messages;
        let trouble = match queue.uncounted {
            Some(outcome) => Some(Trouble::Uncounted(outcome)),
            None if !queue.is_whole => Some(Trouble::Hidden),
            None => None,
        };
        self.trouble = self.trouble.take().or(trouble);
    }

    fn take_clock(&mut self, clock: &ServiceClock) {
        let trouble = match (clock.has_heard(), clock.is_disputed()) {
            (false, _) => Some(Trouble::NoTime),
            (true, true) => Some(Trouble::Times),
            (true, false) => None,
        };
        self.trouble = self.trouble.take().or(trouble);
    }

    fn take_state(&mut self, answer: Result<InstanceState, Outcome>) {
        if let Some(state) = self.take(answer)
            && state != InstanceState::Authorized
        {
            self.trouble = Some(Trouble::State(state));
        }
    }
}

/// Makes all requests of a lookup; `minutes` says how far back the journal is requested.
async fn observe(inspector: &mut Inspector, minutes: impl Fn(Reading) -> u32) -> Observation {
    let mut observation = Observation {
        messages: Vec::new(),
        began: Timestamp::MIN,
        ended: Timestamp::MIN,
        delay: Duration::ZERO,
        refused: false,
        trouble: None,
    };
    observation.take_state(inspector.state().await);
    observation.began = inspector.clock().now();
    observation.delay = observation
        .take(inspector.send_delay().await)
        .unwrap_or_default();
    let queue = inspector.queue().await;
    observation.take_queue(queue);
    let minutes = minutes(inspector.clock().read());
    let journal = inspector.journal(minutes).await;
    let journal = observation.take(journal).unwrap_or_default();
    observation.messages.extend(journal);
    observation.take_state(inspector.state().await);
    observation.ended = inspector.clock().now();
    observation.take_clock(inspector.clock());
    observation
}

/// Returns how far back the journal is requested: at least a day if any time is not the service's.
fn journal_minutes(unknown: &[Unknown], now: Reading) -> u32 {
    let first = unknown
        .iter()
        .map(|row| row.sent_at)
        .min()
        .unwrap_or(now.at);
    let minutes = minutes(now.at.duration_since(first) + BEFORE_REQUEST);
    let is_dated = now.is_of_service && unknown.iter().all(|row| row.is_dated);
    if is_dated { minutes } else { minutes.max(DAY) }
}

/// Returns how far back the journal must reach to show what was sent at `first`.
pub(super) fn minutes_since(first: Timestamp, now: Timestamp) -> u32 {
    minutes(now.duration_since(first))
}

fn minutes(since: SignedDuration) -> u32 {
    let since = (since + CLOCK_SLACK * 2).max(SignedDuration::ZERO);
    u32::try_from(since.as_mins() + 1).unwrap_or(u32::MAX)
}

/// Whether this miss proves that the service never took the contact. A contact that left the queue appears in the
/// journal after at most the queue's delay and the journal's lag; only a second lookup after that time proves that it
/// was in neither. Both lookups must be later than the request. `began` is when the second one began, `absent_since`
/// when the first one had ended.
fn is_proved(row: &Unknown, began: Timestamp, delay: Duration) -> bool {
    let delay = SignedDuration::try_from(delay).unwrap_or(SignedDuration::MAX);
    let lag = delay.saturating_add(JOURNAL_LAG + WHOLE_SECONDS);
    row.is_dated
        && row
            .absent_since
            .is_some_and(|since| since >= row.sent_at && began.duration_since(since) >= lag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absence_is_proved_by_a_second_look_after_the_lag_and_the_delay() {
        const SENT: Timestamp = Timestamp::constant(60_000, 0);
        let after = |milliseconds| SENT + SignedDuration::from_millis(milliseconds);
        let mut lost = Unknown {
            id: RowId::for_tests(1),
            row: 2,
            source: "list.csv".into(),
            chat: "79001234501@c.us".into(),
            phone_contact: "79001234568".into(),
            names: [const { String::new() }; 4],
            sent_at: SENT,
            is_dated: true,
            others: crate::ledger::SentByOthers::default(),
            absent_since: None,
        };
        for (since, now, delay, proved) in [
            (None, 3_600_000, 0, false),
            (Some(0), 121_999, 0, false),
            (Some(0), 122_000, 0, true),
            (Some(0), 122_000, 5, false),
            (Some(5_000), 126_999, 0, false),
            (Some(-1), 3_600_000, 0, false),
        ] {
            lost.absent_since = since.map(after);
            let is = is_proved(&lost, after(now), Duration::from_secs(delay));
            assert_eq!(is, proved, "{since:?}, {now}, {delay}");
            let undated = Unknown {
                is_dated: false,
                ..lost.clone()
            };
            assert!(!is_proved(&undated, after(now), Duration::from_secs(delay)));
            let minutes = |row: &Unknown, is_of_service| {
                journal_minutes(
                    std::slice::from_ref(row),
                    Reading {
                        at: after(now),
                        is_of_service,
                    },
                )
            };
            let needed = u32::try_from(now / 60_000).unwrap();
            assert!((needed + 10..needed + 15).contains(&minutes(&lost, true)));
            assert!(minutes(&lost, false) >= 1440 && minutes(&undated, true) >= 1440);
        }
    }

    #[test]
    fn past_states_only_undo_a_proof() {
        use InstanceState::{Authorized, NotAuthorized, Starting, Suspended};
        let at = |second| Timestamp::from_second(second).unwrap();
        for (states, is_authorized) in [
            (vec![], true),
            (vec![(500, Authorized)], true),
            (vec![(500, NotAuthorized), (600, Authorized)], true),
            // These do not reach back to the request.
            (vec![(1200, Authorized)], true),
            (vec![(1200, Starting)], false),
            (vec![(1200, Starting), (1300, Authorized)], false),
            (
                vec![(500, Authorized), (1200, Suspended), (1300, Authorized)],
                false,
            ),
            (vec![(500, NotAuthorized), (1001, Authorized)], false),
            (vec![(500, Authorized), (2001, NotAuthorized)], true),
            (vec![(2001, Authorized)], true),
        ] {
            let entries: Vec<StateEntry> = states
                .iter()
                .map(|(second, state)| StateEntry {
                    at: at(*second),
                    state: state.clone(),
                    phone: None,
                })
                .collect();
            let was = was_authorized(&entries, at(1000), at(2000));
            assert_eq!(was, is_authorized, "{states:?}");
        }
    }
}
