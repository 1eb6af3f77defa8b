//! The service's clock: whatever is recorded carries its time, so that a machine whose clock is wrong, or is set while
//! a run lasts, proves nothing wrong.
//!
//! Every answer says in its `Date` header what time it was at the service when it was made (RFC 9110, §6.6.1). Between
//! two answers a steady clock runs, which cannot be set. Both clocks of the machine are given.
//!
//! What must stay true: a reading that is the service's is right to the second, and never earlier than a reading before
//! it. Where two answers contradict each other no reading counts as the service's any more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

/// Two answers, or two clocks, that differ by more contradict each other (milliseconds).
const MOST_DIFFERENCE: i64 = 60_000;

/// 2025-01-01: there was no sendcontact before, and no answer to it (milliseconds since 1970).
const EARLIEST: i64 = 1_735_689_600_000;

/// The clock of a run; a clone is the same clock.
#[derive(Debug, Clone)]
pub struct ServiceClock {
    /// The machine's own clock, in milliseconds since 1970. It counts until the first answer.
    machine: fn() -> i64,
    /// Milliseconds since some moment, also while the machine sleeps; it is never set.
    steady: fn() -> i64,
    heard: Arc<Mutex<Heard>>,
}

/// A moment as the clock shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// In milliseconds since 1970.
    pub at: i64,
    /// Whether that is the service's time; otherwise it is the machine's, or disputed.
    pub is_of_service: bool,
}

/// A moment whose time may be asked later, when the service has reported its time.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    machine: i64,
    steady: i64,
}

/// What the answers have reported.
#[derive(Debug, Default)]
struct Heard {
    anchor: Option<Anchor>,
    /// Two answers contradicted each other.
    is_disputed: bool,
}

/// The service's time at a moment of the steady clock.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    at: i64,
    steady: i64,
}

impl Anchor {
    const fn read(self, steady: i64) -> i64 {
        self.at.saturating_add(steady.saturating_sub(self.steady))
    }
}

impl ServiceClock {
    /// A clock that no answer has set yet.
    #[must_use]
    pub fn new(machine: fn() -> i64, steady: fn() -> i64) -> Self {
        Self {
            machine,
            steady,
            heard: Arc::default(),
        }
    }

    /// Takes the `Date` of an answer that has just come.
    pub fn hear(&self, date: Timestamp) {
        let (reported, steady) = (date.as_millisecond(), (self.steady)());
        if reported < EARLIEST {
            return;
        }
        let mut heard = self.heard();
        // The service reports whole seconds; a machine whose clock is right knows the part of this one that has passed.
        let mut at = (self.machine)().clamp(reported, reported + 999);
        if let Some(expected) = heard.anchor.map(|anchor| anchor.read(steady)) {
            heard.is_disputed |= reported.abs_diff(expected) > MOST_DIFFERENCE.unsigned_abs();
            at = at.max(expected);
        }
        heard.anchor = Some(Anchor { at, steady });
    }

    /// What time it is.
    #[must_use]
    pub fn read(&self) -> Reading {
        let heard = self.heard();
        Reading {
            at: heard
                .anchor
                .map_or_else(self.machine, |anchor| anchor.read((self.steady)())),
            is_of_service: heard.anchor.is_some() && !heard.is_disputed,
        }
    }

    /// The same in milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.read().at
    }

    /// The same as a timestamp.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now()).unwrap_or_default()
    }

    /// Whether any answer has reported the service's time.
    #[must_use]
    pub fn has_heard(&self) -> bool {
        self.heard().anchor.is_some()
    }

    /// Whether two answers contradicted each other.
    #[must_use]
    pub fn is_disputed(&self) -> bool {
        self.heard().is_disputed
    }

    /// This moment, whose time may be asked later.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark {
            machine: (self.machine)(),
            steady: (self.steady)(),
        }
    }

    /// What time it was then, in milliseconds since 1970.
    #[must_use]
    pub fn time_of(&self, mark: Mark) -> i64 {
        self.heard()
            .anchor
            .map_or(mark.machine, |anchor| anchor.read(mark.steady))
    }

    /// By how many milliseconds the machine's clock is ahead of the service's (below zero: behind), if they contradict
    /// each other.
    #[must_use]
    pub fn machine_is_ahead(&self) -> Option<i64> {
        let anchor = self.heard().anchor?;
        let ahead = (self.machine)().saturating_sub(anchor.read((self.steady)()));
        (ahead.abs() > MOST_DIFFERENCE).then_some(ahead)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const NOON: i64 = 1_796_040_000_000;

    thread_local! {
        static MACHINE: Cell<i64> = const { Cell::new(NOON) };
        static STEADY: Cell<i64> = const { Cell::new(5_000) };
    }

    fn clock() -> ServiceClock {
        ServiceClock::new(|| MACHINE.get(), || STEADY.get())
    }

    fn hear(clock: &ServiceClock, at: i64) {
        clock.hear(Timestamp::from_millisecond(at).unwrap());
    }

    fn pass(milliseconds: i64) {
        MACHINE.set(MACHINE.get() + milliseconds);
        STEADY.set(STEADY.get() + milliseconds);
    }

    const fn of_service(at: i64) -> Reading {
        Reading {
            at,
            is_of_service: true,
        }
    }

    #[test]
    fn before_any_answer_it_is_the_machines_clock_and_says_so() {
        let clock = clock();
        assert_eq!(
            clock.read(),
            Reading {
                at: NOON,
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
        assert_eq!(clock.machine_is_ahead(), Some(10_800_000 - 999));
        pass(7_500);
        MACHINE.set(0);
        assert_eq!(clock.read(), of_service(theirs + 999 + 7_500));
        hear(&clock, theirs + 8_000);
        assert_eq!(clock.read(), of_service(theirs + 999 + 7_500));
        assert_eq!(clock.machine_is_ahead(), Some(-(theirs + 999 + 7_500)));
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
            let read = clock.read();
            assert!(
                !read.is_of_service && read.at >= NOON.max(other),
                "{read:?}"
            );
            hear(&clock, NOON.max(other));
            assert!(clock.is_disputed());
        }
    }

    #[test]
    fn an_answer_from_before_the_program_is_no_time() {
        let clock = clock();
        hear(&clock, EARLIEST - 1);
        assert!(!clock.has_heard());
    }

    #[test]
    fn a_moment_before_the_first_answer_has_its_time_afterwards() {
        let clock = clock();
        let mark = clock.mark();
        pass(2_000);
        assert_eq!(clock.time_of(mark), NOON);
        hear(&clock, NOON - 3_600_000);
        assert_eq!(clock.time_of(mark), NOON - 3_602_000 + 999);
    }
}
