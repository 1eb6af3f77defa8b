//! Derives from events what a run waits for, which `status` shows in another terminal. A wait costs one write when it
//! begins and one when it ends; a short one costs none.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::{
    cli::options::forecast::shown_moment,
    domain::Status,
    engine::{Event, HoldReason, WaitReason},
    i18n::{self, Language, messages},
    ledger::{RunWait, RunWaits},
    send_policy::{Verdict, Zone, moment},
};

/// A shorter wait is over before anybody asks.
const SHORTEST: Duration = Duration::from_secs(5);

messages! {
    /// Why a run waits.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum WaitMessage {
        Until { at: String, why: String } =
            en "waiting until {at}: {why}",
            ru "ждёт до {at}: {why}",
        Trying { at: String, why: String, last: String } =
            en "waiting until {at}: {why}; retries until {last}",
            ru "ждёт до {at}: {why}; попытки до {last}",
        State { why: String } =
            en "waiting: {why}",
            ru "ждёт: {why}",
    }
}

/// An instance of the run.
pub(crate) struct WaitingInstance {
    /// Its name, if several instances share the run.
    pub(crate) name: Option<String>,
    /// The zone in which its waits are shown.
    pub(crate) zone: Zone,
    /// How many of its rows are left to send.
    pub(crate) rows: u64,
}

/// Both clocks, read at the same moment.
#[derive(Clone, Copy)]
pub(crate) struct Now {
    pub(crate) steady: Instant,
    pub(crate) wall: Timestamp,
}

impl Now {
    fn moment(self, at: Instant) -> Timestamp {
        let wait = SignedDuration::try_from(at.saturating_duration_since(self.steady));
        wait.ok()
            .and_then(|wait| self.wall.checked_add(wait).ok())
            .unwrap_or(self.wall)
    }
}

/// What the instances of a run wait for now.
pub(crate) struct WaitTracker {
    instances: Vec<Tracked>,
    noted: RunWaits,
}

struct Tracked {
    instance: WaitingInstance,
    is_over: bool,
    /// Hours, caps, the start or a restriction hold it back.
    hold: Option<RunWait>,
    /// The service throttles it or cannot be reached.
    trouble: Option<RunWait>,
}

impl WaitTracker {
    pub(crate) fn new(instances: Vec<WaitingInstance>) -> Self {
        let instances = instances.into_iter().map(|instance| Tracked {
            is_over: instance.rows == 0,
            instance,
            hold: None,
            trouble: None,
        });
        Self {
            instances: instances.collect(),
            noted: RunWaits::default(),
        }
    }

    /// Returns what the run waits for, if an event of an instance, or of the whole run, has changed that.
    pub(crate) fn take(
        &mut self,
        instance: Option<usize>,
        event: &Event<'_>,
        now: Now,
    ) -> Option<RunWaits> {
        match instance {
            Some(number) => self.instances.get_mut(number)?.take(event, now),
            None if matches!(event, Event::Stopping(_)) => {
                self.instances.iter_mut().for_each(Tracked::end);
            }
            // The control file shows a pause; the waits continue meanwhile.
            None => {}
        }
        let waits = self.waits();
        if waits == self.noted {
            return None;
        }
        self.noted = waits.clone();
        Some(waits)
    }

    fn waits(&self) -> RunWaits {
        let is_sending = |tracked: &Tracked| !tracked.is_over && tracked.wait().is_none();
        RunWaits {
            waits: self
                .instances
                .iter()
                .filter_map(Tracked::wait)
                .cloned()
                .collect(),
            is_whole_run: !self.instances.iter().any(is_sending),
        }
    }
}

impl Tracked {
    fn wait(&self) -> Option<&RunWait> {
        self.hold.as_ref().or(self.trouble.as_ref())
    }

    fn end(&mut self) {
        self.is_over = true;
        self.hold = None;
        self.trouble = None;
    }

    fn take(&mut self, event: &Event<'_>, now: Now) {
        match event {
            Event::Settled(status) => self.settle(*status),
            Event::Waiting {
                why, until, last, ..
            } => {
                let is_long = until.saturating_duration_since(now.steady) >= SHORTEST;
                let (until, last) = (now.moment(*until), now.moment(*last));
                self.trouble = is_long.then(|| self.in_trouble(*why, until, last));
            }
            Event::Pausing(reason) => self.hold = self.held(reason, now.wall),
            Event::Resumed => self.hold = None,
            Event::Stopping(_) => self.end(),
            Event::Restricted(_)
            | Event::Authorized
            | Event::SwitchedToChatId
            | Event::WithoutSendHistory(_)
            | Event::ChecksOver { .. } => {}
        }
    }

    fn settle(&mut self, status: Status) {
        // Only an answer can change a row from pending to another status.
        if status != Status::Pending {
            self.trouble = None;
            self.instance.rows = self.instance.rows.saturating_sub(1);
            self.is_over |= self.instance.rows == 0;
        }
    }

    fn in_trouble(&self, why: WaitReason<'_>, until: Timestamp, last: Timestamp) -> RunWait {
        self.note(why.code(), Some(until), |language| WaitMessage::Trying {
            at: shown_moment(&self.instance.zone, until, language),
            why: why.localized(language),
            last: shown_moment(&self.instance.zone, last, language),
        })
    }

    fn held(&self, reason: &HoldReason, now: Timestamp) -> Option<RunWait> {
        match reason {
            HoldReason::Rules(Verdict::NotBefore(at, why), rules) => {
                let short = SignedDuration::try_from(SHORTEST).unwrap_or_default();
                let zone = &rules.schedule.hours.zone;
                (at.duration_since(now) >= short).then(|| {
                    self.note(reason.code(), Some(*at), |language| WaitMessage::Until {
                        at: moment(zone.local(*at), zone.name(), language),
                        why: rules.schedule.reason_text(*why, language),
                    })
                })
            }
            HoldReason::Rules(Verdict::Now | Verdict::Over(_), _) | HoldReason::Asked => None,
            HoldReason::State(restriction) => {
                let why = |language| reason.localized(language);
                let note = |language| WaitMessage::State { why: why(language) };
                Some(self.note(reason.code(), restriction.until, note))
            }
        }
    }

    fn note(
        &self,
        code: &str,
        at: Option<Timestamp>,
        message: impl Fn(Language) -> WaitMessage,
    ) -> RunWait {
        let text = |language| i18n::shown(&message(language).localized(language)).into_owned();
        RunWait {
            instance: self.instance.name.clone(),
            code: code.to_owned(),
            en: text(Language::En),
            ru: text(Language::Ru),
            resumes_at: at.map(|at| at.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    use crate::{domain::Throttle, engine::Restriction, green_api::InstanceState};

    fn tracker(rows: &[u64]) -> WaitTracker {
        let instance = |(number, rows): (usize, &u64)| WaitingInstance {
            name: Some(format!("instance {number}")),
            zone: "Europe/Moscow".parse().unwrap(),
            rows: *rows,
        };
        WaitTracker::new(rows.iter().enumerate().map(instance).collect())
    }

    fn now() -> Now {
        Now {
            steady: Instant::now(),
            wall: "2026-11-24T07:00:00Z".parse().unwrap(),
        }
    }

    fn trouble(now: Now, why: WaitReason<'static>, seconds: u64) -> Event<'static> {
        Event::Waiting {
            why,
            until: now.steady + Duration::from_secs(seconds),
            last: now.steady + Duration::from_mins(10),
            nothing_sent: true,
        }
    }

    #[test]
    fn a_wait_for_the_service_is_told_if_it_is_long_until_an_answer_comes() {
        let (mut tracker, now) = (tracker(&[3]), now());
        let unreachable = WaitReason::Unreachable("dns error: no such name");
        let short = trouble(now, unreachable, 4);
        assert_eq!(tracker.take(Some(0), &short, now), None);
        let long = trouble(now, unreachable, 8);
        let told = tracker.take(Some(0), &long, now).unwrap();
        assert!(told.is_whole_run);
        assert_eq!(
            told.waits[0].text(Language::En),
            "instance 0: waiting until 2026-11-24 10:00 (Europe/Moscow): the service cannot be reached (its address is \
             not found); retries until 2026-11-24 10:10 (Europe/Moscow)"
        );
        assert_eq!(
            (
                told.waits[0].code.as_str(),
                told.waits[0].resumes_at.as_deref()
            ),
            ("unreachable", Some("2026-11-24T07:00:08Z"))
        );
        assert_eq!(tracker.take(Some(0), &long, now), None, "it is noted");
        let pending = Event::Settled(Status::Pending);
        assert_eq!(tracker.take(Some(0), &pending, now), None);
        let accepted = Event::Settled(Status::Accepted);
        let over = tracker.take(Some(0), &accepted, now).unwrap();
        assert_eq!((over.waits.len(), over.is_whole_run), (0, false));
        assert_eq!(tracker.take(Some(0), &accepted, now), None);
    }

    #[test]
    fn the_run_waits_once_every_instance_waits_that_has_something_to_send() {
        let (mut tracker, now) = (tracker(&[1, 2, 0]), now());
        let until = now.wall + SignedDuration::from_hours(3);
        let restricted = HoldReason::State(Restriction {
            state: InstanceState::YellowCard,
            until: Some(until),
            zone: Zone::of(TimeZone::UTC),
        });
        let held = tracker.take(Some(1), &Event::Pausing(&restricted), now);
        let held = held.unwrap();
        assert_eq!(held.waits[0].resumes_at, Some(until.to_string()));
        assert_eq!((held.waits.len(), held.is_whole_run), (1, false));
        let throttled = trouble(now, WaitReason::Throttled(Throttle::TooMany), 60);
        let both = tracker.take(Some(0), &throttled, now).unwrap();
        assert_eq!((both.waits.len(), both.is_whole_run), (2, true));
        let accepted = Event::Settled(Status::Accepted);
        let last = tracker.take(Some(0), &accepted, now).unwrap();
        assert_eq!((last.waits.len(), last.is_whole_run), (1, true));
        let asked = Event::Pausing(&HoldReason::Asked);
        assert_eq!(tracker.take(None, &asked, now), None);
        assert_eq!(tracker.take(None, &Event::Resumed, now), None);
        let resumed = tracker.take(Some(1), &Event::Resumed, now).unwrap();
        assert_eq!((resumed.waits.len(), resumed.is_whole_run), (0, false));
    }
}
