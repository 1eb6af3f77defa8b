//! The service's clock. All recorded times come from it, so that a machine whose clock is wrong, or is set during a
//! run, cannot cause false proofs.
//!
//! The `Date` header of every answer gives the service's time at which the answer was created (RFC 9110, §6.6.1).
//! Between two answers, time advances by a steady clock, which cannot be set. Both clocks of the machine are passed in.
//!
//! What must stay true: a reading of the service's time is right to the second, and never earlier than a previous
//! reading. Once two answers contradict each other, no reading counts as the service's any more.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

/// Two answers, or two clocks, contradict each other if they differ by more than this.
const MOST_DIFFERENCE: SignedDuration = SignedDuration::from_mins(1);

/// How much of the second that an answer names may already have passed, in whole milliseconds.
const REST_OF_SECOND: SignedDuration = SignedDuration::from_millis(999);

/// 2025-01-01: sendcontact did not exist before, so an earlier answer is impossible.
const EARLIEST: Timestamp = Timestamp::constant(1_735_689_600, 0);

/// The clock of a run; clones share one clock.
#[derive(Debug, Clone)]
pub struct ServiceClock {
    /// The machine's own clock, used until the first answer.
    machine: fn() -> Timestamp,
    /// The time since some fixed moment, including sleep; it is never set.
    steady: fn() -> Duration,
    heard: Arc<Mutex<Heard>>,
}

/// A time that the clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The time, in whole milliseconds.
    pub at: Timestamp,
    /// Whether it is the service's time; otherwise it is the machine's time, or disputed.
    pub is_of_service: bool,
}

/// A moment whose time can be asked later, when the service has reported its time.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    machine: Timestamp,
    steady: Duration,
}

/// What the answers have reported.
#[derive(Debug, Default)]
struct Heard {
    anchor: Option<Anchor>,
    /// Whether two answers contradicted each other.
    is_disputed: bool,
}

/// The service's time at a moment of the steady clock.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    at: Timestamp,
    steady: Duration,
}

impl Anchor {
    fn read(self, steady: Duration) -> Timestamp {
        // A mark may be earlier than the anchor.
        if steady < self.steady {
            let before = self.at.checked_sub(self.steady.saturating_sub(steady));
            return before.unwrap_or(Timestamp::MIN);
        }
        let after = self.at.checked_add(steady.saturating_sub(self.steady));
        after.unwrap_or(Timestamp::MAX)
    }
}

impl ServiceClock {
    /// Creates a clock that no answer has set yet.
    #[must_use]
    pub fn new(machine: fn() -> Timestamp, steady: fn() -> Duration) -> Self {
        Self {
            machine,
            steady,
            heard: Arc::default(),
        }
    }

    /// Sets the clock by the `Date` of an answer that has just arrived.
    pub fn hear(&self, date: Timestamp) {
        if date < EARLIEST {
            return;
        }
        let steady = (self.steady)();
        let mut heard = self.lock_heard();
        // The service reports whole seconds; a machine whose clock is right knows how much of this second has passed.
        let end_of_second = date.checked_add(REST_OF_SECOND).unwrap_or(Timestamp::MAX);
        let machine = (self.machine)();
        let mut at = machine.clamp(date, end_of_second);
        if let Some(expected) = heard.anchor.map(|anchor| anchor.read(steady)) {
            let contradicts = |one: Timestamp| one.duration_since(expected).abs() > MOST_DIFFERENCE;
            heard.is_disputed |= contradicts(date);
            // Two clocks of three agree. Otherwise one wrong answer would move the hours and the day of the caps.
            if contradicts(date) && !contradicts(machine) {
                return;
            }
            at = at.max(expected);
        }
        heard.anchor = Some(Anchor { at, steady });
    }

    /// Returns the current time.
    #[must_use]
    pub fn read(&self) -> Reading {
        let heard = self.lock_heard();
        let at = heard
            .anchor
            .map_or_else(self.machine, |anchor| anchor.read((self.steady)()));
        Reading {
            at: whole_milliseconds(at),
            is_of_service: heard.anchor.is_some() && !heard.is_disputed,
        }
    }

    /// Returns the steady clock.
    #[must_use]
    pub fn steady(&self) -> fn() -> Duration {
        self.steady
    }

    /// Returns the current time, whichever clock it is from.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.read().at
    }

    /// Whether any answer has reported the service's time.
    #[must_use]
    pub fn has_heard(&self) -> bool {
        self.lock_heard().anchor.is_some()
    }

    /// Whether two answers contradicted each other.
    #[must_use]
    pub fn is_disputed(&self) -> bool {
        self.lock_heard().is_disputed
    }

    /// Marks this moment, so that its time can be asked later.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark {
            machine: (self.machine)(),
            steady: (self.steady)(),
        }
    }

    /// Returns the time of a marked moment, in whole milliseconds.
    #[must_use]
    pub fn time_of(&self, mark: Mark) -> Timestamp {
        let anchor = self.lock_heard().anchor;
        whole_milliseconds(anchor.map_or(mark.machine, |anchor| anchor.read(mark.steady)))
    }

    /// Returns how far the machine's clock is ahead of the service's (negative: behind), if the two contradict each
    /// other.
    #[must_use]
    pub fn machine_is_ahead(&self) -> Option<SignedDuration> {
        let anchor = self.lock_heard().anchor?;
        let ahead = (self.machine)().duration_since(anchor.read((self.steady)()));
        (ahead.abs() > MOST_DIFFERENCE).then_some(ahead)
    }

    fn lock_heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Truncates a time to milliseconds, the precision of a ledger, so that a time read back equals the original.
fn whole_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const NOON: i64 = 1_796_040_000_000;

    thread_local! {
        static MACHINE: Cell<i64> = const { Cell::new(NOON) };
        static STEADY: Cell<u64> = const { Cell::new(5_000) };
    }

    fn clock() -> ServiceClock {
        ServiceClock::new(|| at(MACHINE.get()), || Duration::from_millis(STEADY.get()))
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    fn hear(clock: &ServiceClock, milliseconds: i64) {
        clock.hear(at(milliseconds));
    }

    fn pass(milliseconds: u64) {
        MACHINE.set(MACHINE.get() + milliseconds.cast_signed());
        STEADY.set(STEADY.get() + milliseconds);
    }

    fn of_service(milliseconds: i64) -> Reading {
        Reading {
            at: at(milliseconds),
            is_of_service: true,
        }
    }

    #[test]
    fn before_any_answer_it_is_the_machines_clock_and_says_so() {
        let clock = clock();
        assert_eq!(
            clock.read(),
            Reading {
                at: at(NOON),
                is_of_service: false
            }
        );
        assert_eq!((clock.has_heard(), clock.machine_is_ahead()), (false, None));
    }

    #[test]
    fn the_machines_clock_may_be_set_and_changes_nothing() {
        let clock = clock();
        let theirs = NOON - 10_800_000;
        hear(&clock, theirs);
        assert_eq!(clock.read(), of_service(theirs + 999));
        assert_eq!(
            clock.machine_is_ahead(),
            Some(SignedDuration::from_millis(10_800_000 - 999))
        );
        pass(7_500);
        MACHINE.set(0);
        assert_eq!(clock.read(), of_service(theirs + 999 + 7_500));
        hear(&clock, theirs + 8_000);
        assert_eq!(clock.read(), of_service(theirs + 999 + 7_500));
        assert_eq!(
            clock.machine_is_ahead(),
            Some(SignedDuration::from_millis(-(theirs + 999 + 7_500)))
        );
    }

    #[test]
    fn answers_tell_whole_seconds_and_the_clock_never_goes_back() {
        let clock = clock();
        pass(300);
        hear(&clock, NOON);
        assert_eq!(
            clock.read(),
            of_service(NOON + 300),
            "a machine that is right knows the part of the second"
        );
        pass(600);
        hear(&clock, NOON);
        assert_eq!(clock.read(), of_service(NOON + 900));
        hear(&clock, NOON + 3_000);
        assert_eq!(clock.read(), of_service(NOON + 3_000));
        pass(200);
        hear(&clock, NOON + 2_000);
        assert_eq!(clock.read(), of_service(NOON + 3_200));
        assert_eq!(clock.machine_is_ahead(), None);
    }

    #[test]
    fn answers_that_contradict_each_other_are_believed_no_more() {
        for other in [NOON - 60_001, NOON + 60_001] {
            let clock = clock();
            hear(&clock, NOON);
            hear(&clock, other);
            assert!(!clock.read().is_of_service);
            hear(&clock, NOON.max(other));
            assert!(clock.is_disputed());
        }
    }

    #[test]
    fn of_two_answers_that_contradict_each_other_the_one_counts_that_the_machine_confirms() {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let clock = clock();
        hear(&clock, NOON);
        hear(&clock, NOON + DAY);
        assert_eq!(
            (clock.now(), clock.machine_is_ahead()),
            (at(NOON), None),
            "the machine is right"
        );
        MACHINE.set(NOON + DAY);
        hear(&clock, NOON + DAY);
        assert_eq!(clock.now(), at(NOON + DAY), "the first answer was wrong");
    }

    #[test]
    fn an_answer_from_before_the_program_is_no_time() {
        let clock = clock();
        clock.hear(EARLIEST - SignedDuration::from_nanos(1));
        assert!(!clock.has_heard());
    }

    #[test]
    fn a_moment_before_the_first_answer_has_its_time_afterwards() {
        let clock = clock();
        let mark = clock.mark();
        pass(2_000);
        assert_eq!(clock.time_of(mark), at(NOON));
        hear(&clock, NOON - 3_600_000);
        assert_eq!(clock.time_of(mark), at(NOON - 3_602_000 + 999));
    }
}
