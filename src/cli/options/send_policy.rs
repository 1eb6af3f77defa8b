//! Turns arguments into the policy of a run: when contacts are sent, and how many a day.

use std::{env, path::PathBuf, sync::Arc, time::Duration};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    cli::args::{
        CheckRecipientsArgument, DurationArgument, IfUnknownArgument, PolicyArguments,
        from_file::FileHours,
    },
    green_api::ServiceClock,
    i18n::{Language, messages},
    ledger::{Rules, read_plain},
    send_policy::{
        BlockReason, Caps, CheckPolicy, Days, DaysError, Deadline, HolidayError, Holidays, Hours,
        IfUnknown, Late, LateError, SendPolicy, Spacing, SpacingError, StartDecision, WallTime,
        WallTimeError, WarmUp, WarmUpError, Window, WindowError, Zone, ZoneError, start_decision,
    },
};

/// A start that was missed by less than this is not late.
const TOLERANCE: Duration = Duration::from_mins(15);

messages! {
    /// Which of these options is wrong, and why.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub(crate) enum PolicyError {
        StartAt(error: WallTimeError) = en "--start-at: {error}", ru "--start-at: {error}",
        Until(error: WallTimeError) = en "--until: {error}", ru "--until: {error}",
        Late(#[from] error: LateError) = en "--if-late: {error}", ru "--if-late: {error}",
        Window(#[from] error: WindowError) = en "--window: {error}", ru "--window: {error}",
        Days(#[from] error: DaysError) = en "--days: {error}", ru "--days: {error}",
        HolidayFile(path: PathBuf, error: std::io::Error) = en "--holidays {path}: {error}", ru "--holidays {path}: {error}",
        Holiday(path: PathBuf, error: HolidayError) = en "--holidays {path}: {error}", ru "--holidays {path}: {error}",
        Zone(#[from] error: ZoneError) = en "--time-zone: {error}", ru "--time-zone: {error}",
        /// Hours would follow UTC instead of the zone that the user meant.
        SystemZone(name: String) =
            en "the variable TZ is \"{name}\", which is not a time zone: correct it, or give the zone with --time-zone, \
                such as Europe/Moscow",
            ru "переменная TZ — «{name}», такого часового пояса нет: исправьте её или укажите пояс, например \
                --time-zone Europe/Moscow",
        WarmUp(#[from] error: WarmUpError) = en "--warm-up: {error}", ru "--warm-up: {error}",
        Spacing(#[from] error: SpacingError) = en "--spacing: {error}", ru "--spacing: {error}",
    }
}

impl PolicyError {
    /// Returns the long name of the option.
    pub(crate) const fn option(&self) -> &'static str {
        match self {
            Self::StartAt(_) => "start-at",
            Self::Until(_) => "until",
            Self::Late(_) => "if-late",
            Self::Window(_) => "window",
            Self::Days(_) => "days",
            Self::HolidayFile(..) | Self::Holiday(..) => "holidays",
            Self::Zone(_) | Self::SystemZone(_) => "time-zone",
            Self::WarmUp(_) => "warm-up",
            Self::Spacing(_) => "spacing",
        }
    }
}

/// When a run sends, and how many contacts a day.
#[derive(Debug)]
pub(crate) struct RunPolicy {
    /// `None` if every row may be sent at once.
    pub(crate) rules: Option<Arc<Rules>>,
    /// How recipients are checked before their first contact; `None` if they are not.
    pub(crate) checks: Option<CheckPolicy>,
    /// Whether it waits until its hours begin.
    pub(crate) waits: bool,
    /// Whether it starts now, later, or not at all.
    pub(crate) start: StartDecision,
    /// The start and the end that the user named.
    pub(super) wall_times: Vec<WallTime>,
    pub(super) clock: ServiceClock,
}

impl RunPolicy {
    /// Whether the start has passed, and the run does not begin without being asked to.
    pub(crate) const fn is_late(&self) -> bool {
        match self.start {
            StartDecision::Skip(_) | StartDecision::Ask(_) => true,
            StartDecision::Wait(_) | StartDecision::Go => false,
        }
    }

    /// Returns when a run that starts at `now` begins and when `--until` ends it, if it ends before it begins.
    pub(crate) fn end_before_beginning(&self, now: Timestamp) -> Option<[Timestamp; 2]> {
        let schedule = &self.rules.as_ref()?.schedule;
        let begins = schedule.start.map_or(now, |start| start.max(now));
        let end = schedule
            .deadline
            .filter(|end| end.why == BlockReason::Until && end.at <= begins)?;
        Some([begins, end.at])
    }

    /// Applies the default warm-up, with its days counted from this moment, or a stricter one if there is another.
    /// Returns it.
    pub(crate) fn start_warm_up(&mut self, since: Timestamp, zone: Zone) -> WarmUp {
        let rules = self.rules.get_or_insert_with(|| {
            Arc::new(Rules {
                schedule: SendPolicy::always(zone),
                in_recipient_zone: false,
            })
        });
        let caps = &mut Arc::make_mut(rules).schedule.caps;
        let other = caps.warm_up.take();
        let warm_up = other.map_or_else(WarmUp::default, |other| other.tighter(&WarmUp::default()));
        caps.warm_up = Some(warm_up.clone());
        caps.warm_up_since = Some(since);
        warm_up
    }
}

impl PolicyArguments {
    /// Returns the policy that these arguments mean at this moment.
    pub(crate) fn read(&self, clock: &ServiceClock) -> Result<RunPolicy, PolicyError> {
        self.read_at(clock.now(), clock)
    }

    /// Returns the policy that these arguments mean for a run that starts at `now`.
    pub(crate) fn read_at(
        &self,
        now: Timestamp,
        clock: &ServiceClock,
    ) -> Result<RunPolicy, PolicyError> {
        let zone = parse_zone(self.time_zone.as_deref())?;
        let start = self.start_time(&self.files, now, &zone)?;
        let hours = self.hours(zone.clone())?;
        let (until, longest) = self.ends(now, &zone, &hours)?;
        let late: Late = self.if_late.parse()?;
        let decision = start.as_ref().map_or(StartDecision::Go, |start| {
            start_decision(start.at, now, TOLERANCE, late)
        });
        let policy = SendPolicy {
            hours,
            caps: self.caps()?,
            start: if let StartDecision::Wait(at) = decision {
                Some(at)
            } else {
                None
            },
            deadline: Deadline::of(until.as_ref().map(|until| until.at), longest, now),
        };
        let rules = Rules {
            schedule: policy,
            in_recipient_zone: self.recipient_time_zone,
        };
        let checks = self.checks();
        // A check can hold a row back, which only the rules can do: a run with checks always has rules.
        let has_hours = rules.schedule != SendPolicy::always(zone);
        if self.time_zone.is_none() && (has_hours || start.is_some()) {
            require_known_system_zone()?;
        }
        let has_rules = checks.is_some() || has_hours;
        Ok(RunPolicy {
            rules: has_rules.then(|| Arc::new(rules)),
            checks,
            waits: !self.no_wait,
            start: decision,
            wall_times: start.into_iter().chain(until).collect(),
            clock: clock.clone(),
        })
    }

    /// Returns the latest of the starts that were typed or that these files name.
    fn start_time<'a>(
        &self,
        files: impl IntoIterator<Item = &'a FileHours>,
        now: Timestamp,
        zone: &Zone,
    ) -> Result<Option<WallTime>, PolicyError> {
        let mut starts = Vec::new();
        starts.extend(start_of(self.start_at.as_ref(), now, zone)?);
        for file in files {
            let zone = parse_zone(file.time_zone.as_deref())?;
            starts.extend(start_of(file.start_at.as_ref(), now, &zone)?);
        }
        Ok(starts.into_iter().max_by_key(|start| start.at))
    }

    /// Returns the earliest of the named ends, and the shortest of the named durations. An end is one after the start
    /// that the user named: a file that is not the user's own must not move it.
    fn ends(
        &self,
        now: Timestamp,
        zone: &Zone,
        hours: &Hours,
    ) -> Result<(Option<WallTime>, Option<Duration>), PolicyError> {
        let own = |file: &&FileHours| file.is_own;
        let planned = self.start_time(self.files.iter().filter(own), now, zone)?;
        let planned = planned.map(|start| start.at);
        let mut named = vec![(self.until.as_ref(), hours.clone())];
        for file in &self.files {
            let zone = parse_zone(file.time_zone.as_deref())?;
            named.push((
                file.until.as_ref(),
                Hours {
                    zone,
                    ..hours.clone()
                },
            ));
        }
        let (mut ends, mut durations) = (Vec::new(), Vec::new());
        for (text, hours) in named {
            let Some(text) = text else { continue };
            match duration(text) {
                Some(duration) => durations.push(duration),
                None => ends
                    .push(WallTime::end(text, now, planned, &hours).map_err(PolicyError::Until)?),
            }
        }
        Ok((
            ends.into_iter().min_by_key(|end| end.at),
            durations.into_iter().min(),
        ))
    }

    fn hours(&self, zone: Zone) -> Result<Hours, PolicyError> {
        let mut hours = parse_hours(&self.window, self.days.as_deref(), &self.holidays, zone)?;
        for file in &self.files {
            let zone = parse_zone(file.time_zone.as_deref())?;
            hours.also.push(parse_hours(
                &file.window,
                file.days.as_deref(),
                &file.holidays,
                zone,
            )?);
        }
        Ok(hours)
    }

    fn checks(&self) -> Option<CheckPolicy> {
        match self.check_recipients {
            CheckRecipientsArgument::Off => None,
            CheckRecipientsArgument::Unknown => Some(CheckPolicy {
                if_unknown: match self.if_unknown {
                    IfUnknownArgument::Send => IfUnknown::Send,
                    IfUnknownArgument::Hold => IfUnknown::Hold,
                },
                budget: self.check_budget,
                memory: self.check_memory.0,
            }),
        }
    }

    fn caps(&self) -> Result<Caps, PolicyError> {
        Ok(Caps {
            daily: self.daily_cap.and_then(std::num::NonZeroU64::new),
            new_recipients_per_day: self
                .new_recipients_per_day
                .and_then(std::num::NonZeroU64::new),
            warm_up: self
                .warm_up
                .as_deref()
                .map(str::parse::<WarmUp>)
                .transpose()?
                .filter(|warm_up| !warm_up.is_off()),
            warm_up_since: None,
            spacing: self
                .spacing
                .as_deref()
                .map(str::parse::<Spacing>)
                .transpose()?,
        })
    }
}

fn parse_zone(name: Option<&str>) -> Result<Zone, PolicyError> {
    let zone = name.map(str::parse).transpose()?;
    Ok(zone.unwrap_or_else(|| Zone::of(TimeZone::system())))
}

/// Refuses a variable `TZ` that names no zone: all times would be those of UTC.
fn require_known_system_zone() -> Result<(), PolicyError> {
    match env::var_os("TZ").filter(|_| TimeZone::try_system().is_err()) {
        Some(name) => Err(PolicyError::SystemZone(name.to_string_lossy().into_owned())),
        None => Ok(()),
    }
}

fn start_of(
    text: Option<&String>,
    now: Timestamp,
    zone: &Zone,
) -> Result<Option<WallTime>, PolicyError> {
    let read = |text: &String| WallTime::beginning(text, now, zone).map_err(PolicyError::StartAt);
    text.map(read).transpose()
}

fn parse_hours(
    windows: &[String],
    days: Option<&str>,
    holiday_files: &[PathBuf],
    zone: Zone,
) -> Result<Hours, PolicyError> {
    let windows = windows
        .iter()
        .map(|text| text.parse::<Window>())
        .collect::<Result<_, _>>()?;
    let days = days
        .map(str::parse::<Days>)
        .transpose()?
        .unwrap_or_default();
    let mut holidays = Holidays::default();
    for path in holiday_files {
        let (text, _) =
            read_plain(path).map_err(|error| PolicyError::HolidayFile(path.clone(), error))?;
        holidays.add_all(
            text.parse()
                .map_err(|error| PolicyError::Holiday(path.clone(), error))?,
        );
    }
    Ok(Hours {
        windows,
        days,
        holidays,
        ..Hours::always(zone)
    })
}

/// Parses a duration from the beginning of the run, such as `3h`. A bare number is refused: the user may mean an hour.
fn duration(text: &str) -> Option<Duration> {
    let has_unit = text.ends_with(char::is_alphabetic) && !text.contains([':', '-']);
    text.parse::<DurationArgument>()
        .ok()
        .filter(|_| has_unit)
        .map(|time| time.0)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{
        args::{Arguments, Command},
        options::clock::service_clock,
    };

    #[test]
    fn recipients_are_checked_only_if_that_is_wanted_and_as_it_is_wanted() {
        let day = Duration::from_hours(24);
        let checks = |if_unknown, budget, memory| {
            Some(CheckPolicy {
                if_unknown,
                budget,
                memory,
            })
        };
        for (typed, expected) in [
            ("", None),
            ("--if-unknown hold --check-budget 9", None),
            (
                "--check-recipients unknown",
                checks(IfUnknown::Send, None, 30 * day),
            ),
            (
                "--check-recipients unknown --if-unknown hold --check-budget 9 --check-memory 12h",
                checks(IfUnknown::Hold, Some(9), day / 2),
            ),
        ] {
            let words = ["sendcontact", "send", "l.csv"].into_iter();
            let arguments = Arguments::parse_from(words.chain(typed.split_whitespace()));
            let Command::Send(send) = arguments.command else {
                panic!("send was typed");
            };
            let policy = send.policy.read(&service_clock()).unwrap();
            assert_eq!(policy.checks, expected, "{typed}");
        }
    }

    /// Returns when a run that starts at 15:00 ends, with what was typed and the hours of these files.
    fn end_of(typed: &str, files: [FileHours; 2]) -> Timestamp {
        let words = ["sendcontact", "send", "l.csv"].into_iter();
        let arguments = Arguments::parse_from(words.chain(typed.split_whitespace()));
        let Command::Send(mut send) = arguments.command else {
            panic!("send was typed");
        };
        send.policy.files = files
            .map(|file| FileHours {
                time_zone: Some("UTC".to_owned()),
                ..file
            })
            .to_vec();
        let now = "2026-12-02T15:00Z".parse().unwrap();
        let policy = send.policy.read_at(now, &service_clock()).unwrap();
        policy.rules.unwrap().schedule.deadline.unwrap().at
    }

    #[test]
    fn the_start_of_a_stranger_does_not_move_the_user_s_own_end() {
        let text = |text: &str| Some(text.to_owned());
        for (is_own, day) in [(false, 2), (true, 3)] {
            let own = FileHours {
                until: text("18:00"),
                is_own: true,
                ..FileHours::default()
            };
            let other = FileHours {
                start_at: text("18:30"),
                is_own,
                ..FileHours::default()
            };
            let end = end_of("", [own, other]).to_string();
            assert_eq!(end, format!("2026-12-0{day}T18:00:00Z"));
        }
    }

    #[test]
    fn an_end_after_midnight_is_that_of_the_window_whichever_file_sets_it() {
        let own = FileHours {
            window: vec!["22:00-02:00".to_owned()],
            ..FileHours::default()
        };
        let other = FileHours {
            days: Some("mon-sun".to_owned()),
            ..FileHours::default()
        };
        let end = end_of("--until 01:00 --time-zone UTC", [own, other]);
        assert_eq!(end.to_string(), "2026-12-03T01:00:00Z");
    }

    #[test]
    fn a_duration_is_distinguished_from_a_time_of_day() {
        for (text, hours) in [
            ("3h", Some(3)),
            ("48h", Some(48)),
            ("1h 120m", Some(3)),
            ("PT2H", Some(2)),
        ] {
            assert_eq!(duration(text), hours.map(Duration::from_hours), "{text}");
        }
        for text in [
            "10:00",
            "10",
            "2026-11-24T10:00Z",
            "10:00:00",
            "101 years",
            "-3h",
            "tomorrow",
            "",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
