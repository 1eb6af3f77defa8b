//! Looks unknown rows up in the instance's queue and journal.
//!
//! What was found is adopted. What was not, and could not be any of what was shown, is missed; only a
//! second miss, late enough, proves that the service never took it.

use std::time::Duration;

use super::recognise::{CLOCK_SLACK, LID_WINDOW, Sight, recognise};
use crate::{
    domain::{IdMessage, Outcome},
    green_api::{Inspector, InstanceState, Sighting, SightingPlace},
    ledger::{Ledger, LedgerError, Resolution, RowId, Unknown},
    sentences::{Language, Sentence, Talk},
};

/// The journal may show a card so late (source: `lastOutgoingMessages`).
pub(super) const JOURNAL_LAG: Duration = Duration::from_mins(2);

/// What a look-up has brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookUp {
    /// Rows whose card was found.
    pub found: usize,
    /// Rows that are proved not to have been taken.
    pub absent: Vec<RowId>,
    /// Rows that are unknown still; those that are absent are among them.
    pub unknown: usize,
    /// Rows that may be among the cards that are shown, but nobody can tell; they are unknown still.
    pub unclear: usize,
    /// The instance refused: a person has to do something first.
    pub refused: bool,
    /// Why the service could not be asked, or proves nothing, if so.
    pub trouble: Option<Trouble>,
}

impl LookUp {
    const fn count(&mut self, sight: &Sight<'_>) {
        match sight {
            Sight::Found(..) => self.found += 1,
            Sight::Unclear => {
                self.unclear += 1;
                self.unknown += 1;
            }
            Sight::Nowhere => self.unknown += 1,
        }
    }
}

/// Why a look-up proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A method gave no answer that can be used.
    Answer(Outcome),
    /// The instance is in this state.
    State(InstanceState),
    /// The queue does not show all that waits in it.
    Hidden,
}

impl Trouble {
    /// The trouble for a person, without a stop at its end.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        let words = match self {
            // A look-up that does not exist, or is used up, says nothing about sendContact.
            Self::Answer(Outcome::Halted(halt, words)) if !halt.is_of_instance() => words.clone(),
            Self::Answer(outcome) => outcome.words(language),
            Self::State(state) => Talk::StateIs { state: state.as_word().to_owned() }.say(language),
            Self::Hidden => Talk::QueueHides.say(language),
        };
        words.trim_end_matches('.').to_owned()
    }
}

/// Looks every unknown row of a lane up once and adopts what is found. Asks only read-only methods.
///
/// # Errors
/// [`LedgerError`] when the ledger cannot be read or written.
pub async fn look_up(
    inspector: &mut Inspector,
    (ledger, lane): (&mut Ledger, usize),
    wall_clock: fn() -> i64,
) -> Result<LookUp, LedgerError> {
    let unknown = ledger.unknown_of(lane, LID_WINDOW)?;
    if unknown.is_empty() {
        return Ok(LookUp::default());
    }
    let now = wall_clock();
    let seen = ask(inspector, &unknown, now).await;
    // What another campaign sent meanwhile is shown, and stands in the book by now.
    let unknown = ledger.unknown_of(lane, LID_WINDOW)?;
    let ids = seen.sightings.iter().filter_map(|sighting| sighting.id.as_ref()).map(IdMessage::as_str);
    let claims = ledger.claimed(&ids.collect::<Vec<_>>())?;
    let mut looked = LookUp { refused: seen.refused, trouble: seen.trouble.clone(), ..LookUp::default() };
    let mut resolutions: Vec<(RowId, Resolution)> = Vec::new();
    for (row, sight) in unknown.iter().zip(recognise(&unknown, &seen.sightings, claims)) {
        looked.count(&sight);
        let resolution = match sight {
            Sight::Found(id, place) => adopted(id, place),
            Sight::Nowhere if seen.proves() => Resolution::Missed(now),
            Sight::Nowhere | Sight::Unclear => Resolution::NoProof,
        };
        if resolution == Resolution::Missed(now) && is_proved(row, now, seen.delay) {
            looked.absent.push(row.id);
        }
        resolutions.push((row.id, resolution));
    }
    ledger.resolve(&resolutions)?;
    Ok(looked)
}

fn adopted(id: &IdMessage, place: SightingPlace) -> Resolution {
    let place = match place {
        SightingPlace::Queue => Sentence::FoundInQueue,
        SightingPlace::Journal => Sentence::FoundInJournal,
    };
    Resolution::Found(id.clone(), place)
}

/// Whether the instance refuses whatever it is asked.
pub(super) const fn refuses(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Halted(halt, _) if halt.is_of_instance())
}

/// What the service showed.
struct Seen {
    sightings: Vec<Sighting>,
    delay: Duration,
    /// The instance refused.
    refused: bool,
    /// Why something could not be asked, or why the instance's word proves nothing.
    trouble: Option<Trouble>,
}

impl Seen {
    /// Whether a card that was not shown is a sign: everything answered, the queue showed all that waits in it, the
    /// instance was authorized before and after.
    const fn proves(&self) -> bool {
        self.trouble.is_none()
    }

    /// Takes an answer; without one, the look-up goes on but proves nothing.
    fn take<T>(&mut self, answer: Result<T, Outcome>) -> Option<T> {
        answer.map_err(|outcome| self.note(outcome)).ok()
    }

    fn note(&mut self, outcome: Outcome) {
        self.refused |= refuses(&outcome);
        self.trouble = Some(Trouble::Answer(outcome));
    }

    fn take_state(&mut self, answer: Result<InstanceState, Outcome>) {
        if let Some(state) = self.take(answer)
            && state != InstanceState::Authorized
        {
            self.trouble = Some(Trouble::State(state));
        }
    }
}

async fn ask(inspector: &mut Inspector, unknown: &[Unknown], now: i64) -> Seen {
    let mut seen = Seen { sightings: Vec::new(), delay: Duration::ZERO, refused: false, trouble: None };
    seen.take_state(inspector.state().await);
    seen.delay = seen.take(inspector.send_delay().await).unwrap_or_default();
    if let Some(queue) = seen.take(inspector.queue().await) {
        seen.sightings = queue.cards;
        if !queue.is_whole {
            seen.trouble = seen.trouble.or(Some(Trouble::Hidden));
        }
    }
    let first = unknown.iter().map(|row| row.sent_at).min().unwrap_or(now);
    let journal = inspector.journal(minutes_since(first, now)).await;
    let journal = seen.take(journal).unwrap_or_default();
    seen.sightings.extend(journal);
    seen.take_state(inspector.state().await);
    seen
}

/// How far back the journal must reach to show what was sent then.
pub(super) fn minutes_since(first: i64, now: i64) -> u32 {
    let slack = 2 * i64::try_from(CLOCK_SLACK.as_millis()).unwrap_or_default();
    u32::try_from((now - first + slack).max(0) / 60_000 + 1).unwrap_or(u32::MAX)
}

/// A card that left the queue shows in the journal after at most the queue's delay and the
/// journal's lag; only a second look after that time proves that it was in neither. Both looks must
/// be later than the request.
fn is_proved(row: &Unknown, now: i64, delay: Duration) -> bool {
    let lag = i64::try_from((JOURNAL_LAG + delay).as_millis()).unwrap_or(i64::MAX);
    row.absent_since.is_some_and(|since| since >= row.sent_at && now - since >= lag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absence_is_proved_by_a_second_look_after_the_lag_and_the_delay() {
        const SENT: i64 = 60_000_000;
        let mut lost = Unknown {
            id: RowId::for_tests(1),
            row: 2,
            source: "list.csv".into(),
            chat: "79001234501@c.us".into(),
            phone_contact: "79001234568".into(),
            names: [const { String::new() }; 4],
            sent_at: SENT,
            sent_before: false,
            sent_beside: false,
            absent_since: None,
        };
        for (since, now, delay, proved) in [
            (None, 3_600_000, 0, false),
            (Some(0), 119_000, 0, false),
            (Some(0), 120_000, 0, true),
            (Some(0), 120_000, 5, false),
            (Some(5_000), 124_999, 0, false),
            (Some(-1), 3_600_000, 0, false),
        ] {
            lost.absent_since = since.map(|since| SENT + since);
            let told = is_proved(&lost, SENT + now, Duration::from_secs(delay));
            assert_eq!(told, proved, "{since:?}, {now}, {delay}");
        }
    }
}
