//! Looks unknown rows up in the instance's queue and journal. Pure matching below, the requests
//! above it.
//!
//! A card is recognised by its chat, the number on it, its names and the time; one id goes to one
//! row. Where that leaves a choice, the rows stay unknown: a wrong match would lose a card.

use std::{collections::HashSet, time::Duration};

use crate::{
    domain::{Halt, Outcome},
    green_api::{Inspector, InstanceState, Sighting, SightingPlace},
    ledger::{Ledger, LedgerError, Resolution, RowId, Unknown},
    sentences::{Language, Sentence, Talk},
};

/// The journal may show a card so late (source: `lastOutgoingMessages`).
pub(super) const JOURNAL_LAG: Duration = Duration::from_mins(2);

/// The queue shows its first 500 messages; a longer one hides some (source: `showMessagesQueue`).
const QUEUE_SHOWN: usize = 500;

/// Between the clocks of this machine and of the service.
const CLOCK_SLACK: Duration = Duration::from_mins(1);

/// A card whose chat is hidden behind `@lid` must have been seen so soon after it was sent.
const LID_WINDOW: Duration = Duration::from_mins(10);

/// What a look-up has brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookUp {
    /// Rows whose card was found.
    pub found: usize,
    /// Rows that are proved not to have been taken.
    pub absent: Vec<RowId>,
    /// Rows that are unknown still; those that are absent are among them.
    pub unknown: usize,
    /// The instance refused: a person has to do something first.
    pub refused: bool,
    /// Why the service could not be asked, or proves nothing, if so.
    pub trouble: Option<Trouble>,
}

/// Why a look-up proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A method gave no answer that can be used.
    Answer(Outcome),
    /// The instance is in this state.
    State(InstanceState),
}

impl Trouble {
    /// The trouble for a person, without a stop at its end.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        let words = match self {
            // A look-up that does not exist, or is used up, says nothing about sendContact.
            Self::Answer(Outcome::Halted(
                Halt::WrongAddress | Halt::Redirected | Halt::QuotaExceeded,
                words,
            )) => words.clone(),
            Self::Answer(outcome) => outcome.words(language),
            Self::State(state) => Talk::StateIs { state: state.as_word().to_owned() }.say(language),
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
    let unknown = ledger.unknown_of(lane)?;
    if unknown.is_empty() {
        return Ok(LookUp::default());
    }
    let now = wall_clock();
    let seen = ask(inspector, &unknown, now).await;
    let ids: Vec<&str> = seen.sightings.iter().map(|sighting| sighting.id.as_str()).collect();
    let claimed = ledger.claimed(&ids)?;
    let found = matches(&unknown, &seen.sightings, &claimed);
    let mut resolutions: Vec<(RowId, Resolution)> = Vec::new();
    let mut absent = Vec::new();
    for (place, row) in unknown.iter().enumerate() {
        let resolution = match found.iter().find(|(matched, _)| *matched == place) {
            Some((_, sighting)) => adopted(&seen.sightings[*sighting]),
            None if seen.proves() => Resolution::Missed(now),
            None => Resolution::NoProof,
        };
        if resolution == Resolution::Missed(now) && is_proved(row, now, seen.delay) {
            absent.push(row.id);
        }
        resolutions.push((row.id, resolution));
    }
    ledger.resolve(&resolutions)?;
    Ok(LookUp {
        found: found.len(),
        absent,
        unknown: unknown.len() - found.len(),
        refused: seen.refused,
        trouble: seen.trouble,
    })
}

fn adopted(sighting: &Sighting) -> Resolution {
    let place = match sighting.place {
        SightingPlace::Queue => Sentence::FoundInQueue,
        SightingPlace::Journal => Sentence::FoundInJournal,
    };
    Resolution::Found(sighting.id.clone(), place)
}

/// What the service showed.
struct Seen {
    sightings: Vec<Sighting>,
    delay: Duration,
    /// The queue showed all that it holds.
    short: bool,
    /// The instance refused.
    refused: bool,
    /// Why something could not be asked, or why the instance's word proves nothing.
    trouble: Option<Trouble>,
}

impl Seen {
    /// Whether a card that was not shown is a sign: everything answered, the queue is short, the
    /// instance was authorized before and after.
    fn proves(&self) -> bool {
        self.short && self.trouble.is_none()
    }

    /// Takes an answer; without one, the look-up goes on but proves nothing.
    fn take<T>(&mut self, answer: Result<T, Outcome>) -> Option<T> {
        answer.map_err(|outcome| self.note(outcome)).ok()
    }

    fn note(&mut self, outcome: Outcome) {
        self.refused |= match &outcome {
            Outcome::Halted(halt, _) => {
                !matches!(halt, Halt::WrongAddress | Halt::Redirected | Halt::QuotaExceeded)
            }
            Outcome::Accepted(_)
            | Outcome::Refused(_)
            | Outcome::Throttled { .. }
            | Outcome::Unreachable(_)
            | Outcome::Uncertain(_)
            | Outcome::ChatIdWanted => false,
        };
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
    let mut seen =
        Seen { sightings: Vec::new(), delay: Duration::ZERO, short: false, refused: false, trouble: None };
    seen.take_state(inspector.state().await);
    seen.delay = seen.take(inspector.send_delay().await).unwrap_or_default();
    if let Some((shown, sightings)) = seen.take(inspector.queue().await) {
        seen.short = shown < QUEUE_SHOWN;
        seen.sightings = sightings;
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

/// Which unknown row was seen where, as positions in both lists. A card that was seen twice in its
/// chat is taken as the first of the two; behind a lid it must be the only one.
fn matches(unknown: &[Unknown], sightings: &[Sighting], claimed: &HashSet<String>) -> Vec<(usize, usize)> {
    let mut taken: HashSet<&str> = claimed.iter().map(String::as_str).collect();
    let mut matches: Vec<(usize, usize)> = Vec::new();
    for (fits, several) in [(fits as fn(&Unknown, &Sighting) -> bool, true), (fits_behind_lid, false)] {
        for (place, row) in unknown.iter().enumerate() {
            if matches.iter().any(|(matched, _)| *matched == place) {
                continue;
            }
            let ours = |sighting: &Sighting| unknown.iter().filter(|row| fits(row, sighting)).count() == 1;
            let mut free: Vec<(usize, &Sighting)> = sightings.iter().enumerate().collect();
            free.retain(|(_, sighting)| {
                fits(row, sighting) && ours(sighting) && !taken.contains(sighting.id.as_str())
            });
            let first = free.iter().min_by_key(|(_, sighting)| sighting.at);
            let only = free.iter().all(|(_, sighting)| sighting.id == free[0].1.id);
            if let Some((seen, sighting)) = first.filter(|_| several || only) {
                taken.insert(sighting.id.as_str());
                matches.push((place, *seen));
            }
        }
    }
    matches
}

fn fits(row: &Unknown, sighting: &Sighting) -> bool {
    sighting.chat == row.chat && has_card(row, sighting) && not_before(row, sighting)
}

/// Where the service shows a person's chat as `@lid`, only number, names and time are left.
fn fits_behind_lid(row: &Unknown, sighting: &Sighting) -> bool {
    let window = i64::try_from(LID_WINDOW.as_millis()).unwrap_or_default();
    sighting.chat.ends_with("@lid")
        && row.chat.ends_with("@c.us")
        && has_card(row, sighting)
        && not_before(row, sighting)
        && sighting.at.is_some_and(|at| at <= row.sent_at + window)
}

fn not_before(row: &Unknown, sighting: &Sighting) -> bool {
    let slack = i64::try_from(CLOCK_SLACK.as_millis()).unwrap_or_default();
    sighting.at.is_none_or(|at| at >= row.sent_at - slack)
}

/// The number must be the same; the names must not contradict each other.
fn has_card(row: &Unknown, sighting: &Sighting) -> bool {
    let ours: HashSet<String> = row.names.iter().flat_map(|name| words(name)).collect();
    let theirs: HashSet<String> = sighting.names.iter().flat_map(|name| words(name)).collect();
    let same_names = theirs.is_empty() || theirs.is_subset(&ours) || ours.is_subset(&theirs);
    same_names && sighting.phones.contains(&row.phone_contact)
}

fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split_whitespace().map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::IdMessage;

    const MINUTE: i64 = 60_000;
    const SENT: i64 = 1_000 * MINUTE;

    fn row(chat: &str, name: &str) -> Unknown {
        Unknown {
            id: RowId::for_tests(1),
            row: 2,
            source: "list.csv".into(),
            chat: chat.into(),
            phone_contact: "79001234568".into(),
            names: [name.into(), String::new(), String::new(), String::new()],
            sent_at: SENT,
            absent_since: None,
        }
    }

    fn seen(id: &str, chat: &str, name: &str, at: i64) -> Sighting {
        Sighting {
            id: IdMessage::new(id).unwrap(),
            chat: chat.into(),
            phones: vec!["79001234568".into()],
            names: vec![name.into()],
            at: Some(at),
            delivery: None,
            place: SightingPlace::Journal,
        }
    }

    const ANNA: &str = "79001234501@c.us";
    const BORIS: &str = "79001234502@c.us";

    #[test]
    fn a_card_is_recognised_by_chat_number_names_and_time() {
        let rows = [row(ANNA, "Артём"), row(BORIS, "Артём")];
        for (sighting, expected) in [
            (seen("A", ANNA, "Артём", SENT), vec![(0, 0)]),
            (seen("A", BORIS, "АРТЁМ", SENT + MINUTE), vec![(1, 0)]),
            (seen("A", BORIS, "", SENT), vec![(1, 0)]),
            (seen("A", BORIS, "Мария", SENT), vec![]),
            (seen("A", BORIS, "Артём", SENT - 5 * MINUTE), vec![]),
            (seen("A", "79001234503@c.us", "Артём", SENT), vec![]),
            (Sighting { phones: vec!["79001234569".into()], ..seen("A", ANNA, "Артём", SENT) }, vec![]),
        ] {
            assert_eq!(
                matches(&rows, std::slice::from_ref(&sighting), &HashSet::new()),
                expected,
                "{sighting:?}"
            );
        }
    }

    #[test]
    fn one_id_goes_to_one_row_and_a_choice_of_rows_is_no_match() {
        let rows = [row(ANNA, "Артём")];
        let claimed = HashSet::from(["A".to_owned()]);
        assert_eq!(matches(&rows, &[seen("A", ANNA, "Артём", SENT)], &claimed), []);
        let two = [seen("A", ANNA, "Артём", SENT), seen("B", ANNA, "Артём", SENT)];
        assert_eq!(matches(&rows, &two, &claimed), [(0, 1)], "the other id is another row's");
        assert_eq!(matches(&rows, &two, &HashSet::new()), [(0, 0)], "either way the card is in the chat");
        let twice = [seen("A", ANNA, "Артём", SENT), seen("A", ANNA, "Артём", SENT)];
        assert_eq!(
            matches(&rows, &twice, &HashSet::new()),
            [(0, 0)],
            "the queue and the journal may both show it"
        );
        let named = [row(ANNA, "Артём"), row(ANNA, "Мария")];
        let without_name = seen("A", ANNA, "", SENT);
        assert_eq!(matches(&named, &[without_name], &HashSet::new()), []);
        assert_eq!(matches(&named, &[seen("A", ANNA, "Мария", SENT)], &HashSet::new()), [(1, 0)]);
    }

    #[test]
    fn behind_a_lid_only_the_one_possible_row_matches() {
        let lid = seen("A", "120650379300963@lid", "Артём", SENT + MINUTE);
        assert_eq!(matches(&[row(ANNA, "Артём")], std::slice::from_ref(&lid), &HashSet::new()), [(0, 0)]);
        assert_eq!(matches(&[row(ANNA, "Артём"), row(BORIS, "Артём")], &[lid], &HashSet::new()), []);
        let old = seen("A", "120650379300963@lid", "Артём", SENT + 60 * MINUTE);
        assert_eq!(matches(&[row(ANNA, "Артём")], &[old], &HashSet::new()), []);
        let two = ["A", "B"].map(|id| seen(id, "120650379300963@lid", "Артём", SENT));
        assert_eq!(matches(&[row(ANNA, "Артём")], &two, &HashSet::new()), []);
    }

    #[test]
    fn absence_is_proved_by_a_second_look_after_the_lag_and_the_delay() {
        let mut lost = row(ANNA, "Артём");
        assert!(!is_proved(&lost, SENT + 60 * MINUTE, Duration::ZERO));
        lost.absent_since = Some(SENT);
        assert!(!is_proved(&lost, SENT + 119_000, Duration::ZERO));
        assert!(is_proved(&lost, SENT + 120_000, Duration::ZERO));
        assert!(!is_proved(&lost, SENT + 120_000, Duration::from_secs(5)));
        lost.absent_since = Some(SENT - 1);
        assert!(!is_proved(&lost, SENT + 3_600_000, Duration::ZERO), "it was looked for before it was sent");
    }
}
