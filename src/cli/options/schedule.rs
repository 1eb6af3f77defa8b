//! When a campaign goes and how many contacts a day: from what was typed to the rules of a run, and what
//! a person is told of them and asked before the first contact.

use crate::cli::args::WhenArguments;
use std::{
    io::{BufRead, IsTerminal},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use tokio::sync::{oneshot, watch};

use crate::cli::args::Time;
use crate::{
    engine::StopReason,
    green_api::ServiceClock,
    i18n::{self, Language, RunMessage, schedule},
    ledger::{ControlFile, Ledger, LedgerError, Rules, RunCommand, Zones, read_plain},
    send_policy::{
        Asked, BlockReason, Caps, DailyUsage, Days, DaysError, Deadline, Forecast, HolidayError,
        Holidays, Hours, Late, LateError, RecipientKind, SendPolicy, Spacing, SpacingError,
        StartDecision, Verdict, WallTime, WallTimeError, WarmUp, WarmUpError, Window, WindowError,
        Workload, Zone, ZoneError, day_of, departure,
    },
};

/// A run that begins so little after its hour is not late.
const TOLERANCE: Duration = Duration::from_mins(15);

/// How often it is looked, while a question is open, whether another terminal cancels the run.
const LISTENING: Duration = Duration::from_millis(500);

/// What one of these options says wrongly.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.localized(Language::En))]
pub(crate) enum WhenError {
    StartAt(WallTimeError),
    Until(WallTimeError),
    Late(#[from] LateError),
    Window(#[from] WindowError),
    Days(#[from] DaysError),
    HolidayFile(PathBuf, std::io::Error),
    Holiday(PathBuf, HolidayError),
    Zone(#[from] ZoneError),
    WarmUp(#[from] WarmUpError),
    Spacing(#[from] SpacingError),
}

impl WhenError {
    /// The long name of the option.
    pub(crate) const fn option(&self) -> &'static str {
        match self {
            Self::StartAt(_) => "start-at",
            Self::Until(_) => "until",
            Self::Late(_) => "if-late",
            Self::Window(_) => "window",
            Self::Days(_) => "days",
            Self::HolidayFile(..) | Self::Holiday(..) => "holidays",
            Self::Zone(_) => "time-zone",
            Self::WarmUp(_) => "warm-up",
            Self::Spacing(_) => "spacing",
        }
    }

    /// The option and the sentence.
    pub(crate) fn localized(&self, language: Language) -> String {
        match self {
            Self::StartAt(error) => format!("--start-at: {}", error.sentence(language)),
            Self::Until(WallTimeError::Shape(text)) => {
                format!("--until: {}", schedule::end_shape(language, text))
            }
            Self::Until(error) => format!("--until: {}", error.sentence(language)),
            Self::Late(error) => format!("--if-late: {}", error.sentence(language)),
            Self::Window(error) => format!("--window: {}", error.sentence(language)),
            Self::Days(error) => format!("--days: {}", error.sentence(language)),
            Self::HolidayFile(path, error) => {
                format!("--holidays {}: {error}", i18n::shown_path(path))
            }
            Self::Holiday(path, error) => {
                format!(
                    "--holidays {}: {}",
                    i18n::shown_path(path),
                    error.sentence(language)
                )
            }
            Self::Zone(error) => format!("--time-zone: {}", error.sentence(language)),
            Self::WarmUp(error) => format!("--warm-up: {}", error.sentence(language)),
            Self::Spacing(error) => format!("--spacing: {}", error.sentence(language)),
        }
    }
}

/// Rows whose hours hold in the same zones.
pub(crate) type Group = (Zones, u64);

/// When a run goes.
#[derive(Debug)]
pub(crate) struct When {
    /// Nothing if every row may go at once.
    pub(crate) rules: Option<Arc<Rules>>,
    /// Outside its hours it waits.
    pub(crate) waits: bool,
    departure: StartDecision,
    /// Times that come twice.
    moments: Vec<WallTime>,
    clock: ServiceClock,
}

impl WhenArguments {
    /// What is meant, at this moment of a clock.
    pub(crate) fn read(&self, clock: &ServiceClock) -> Result<When, WhenError> {
        let now = clock.timestamp();
        let zone = zone_of(self.time_zone.as_deref())?;
        let start = self.start(now, &zone)?;
        let hours = self.hours(zone.clone())?;
        let (until, longest) = self.ends(now, start.as_ref().map(|start| start.at), &hours)?;
        let late: Late = self.if_late.parse()?;
        let departure = start.as_ref().map_or(StartDecision::Go, |start| {
            departure(start.at, now, TOLERANCE, late)
        });
        let schedule = SendPolicy {
            hours,
            caps: self.caps()?,
            start: if let StartDecision::Wait(at) = departure {
                Some(at)
            } else {
                None
            },
            deadline: Deadline::of(until.as_ref().map(|until| until.at), longest, now),
        };
        let rules = Rules {
            schedule,
            theirs: self.recipient_time_zone,
        };
        Ok(When {
            rules: (rules.schedule != SendPolicy::always(zone)).then(|| Arc::new(rules)),
            waits: !self.no_wait,
            departure,
            moments: start.into_iter().chain(until).collect(),
            clock: clock.clone(),
        })
    }

    /// The latest start of those that are named.
    fn start(&self, now: Timestamp, zone: &Zone) -> Result<Option<WallTime>, WhenError> {
        let read = |text: &String, zone: &Zone| {
            WallTime::beginning(text, now, zone).map_err(WhenError::StartAt)
        };
        let mut starts = Vec::new();
        starts.extend(
            self.start_at
                .as_ref()
                .map(|text| read(text, zone))
                .transpose()?,
        );
        for file in &self.files {
            let zone = zone_of(file.time_zone.as_deref())?;
            starts.extend(
                file.start_at
                    .as_ref()
                    .map(|text| read(text, &zone))
                    .transpose()?,
            );
        }
        Ok(starts.into_iter().max_by_key(|start| start.at))
    }

    /// The earliest moment and the shortest time of those that end the run.
    fn ends(
        &self,
        now: Timestamp,
        planned: Option<Timestamp>,
        hours: &Hours,
    ) -> Result<(Option<WallTime>, Option<Duration>), WhenError> {
        let mut named = vec![(self.until.as_ref(), hours.clone())];
        for file in &self.files {
            let zone = zone_of(file.time_zone.as_deref())?;
            named.push((
                file.until.as_ref(),
                Hours {
                    zone,
                    ..hours.clone()
                },
            ));
        }
        let (mut moments, mut times) = (Vec::new(), Vec::new());
        for (text, hours) in named {
            let Some(text) = text else { continue };
            match duration(text) {
                Some(time) => times.push(time),
                None => moments
                    .push(WallTime::end(text, now, planned, &hours).map_err(WhenError::Until)?),
            }
        }
        Ok((
            moments.into_iter().min_by_key(|end| end.at),
            times.into_iter().min(),
        ))
    }

    fn hours(&self, zone: Zone) -> Result<Hours, WhenError> {
        let mut hours = hours_of((&self.window, self.days.as_deref(), &self.holidays), zone)?;
        for file in &self.files {
            let zone = zone_of(file.time_zone.as_deref())?;
            hours.also.push(hours_of(
                (&file.window, file.days.as_deref(), &file.holidays),
                zone,
            )?);
        }
        Ok(hours)
    }

    fn caps(&self) -> Result<Caps, WhenError> {
        Ok(Caps {
            daily: self.daily_cap.and_then(std::num::NonZeroU64::new),
            new_recipients_per_day: self
                .new_recipients_per_day
                .and_then(std::num::NonZeroU64::new),
            warm_up: self
                .warm_up
                .as_deref()
                .map(str::parse::<WarmUp>)
                .transpose()?,
            spacing: self
                .spacing
                .as_deref()
                .map(str::parse::<Spacing>)
                .transpose()?,
        })
    }
}

fn zone_of(name: Option<&str>) -> Result<Zone, WhenError> {
    let zone = name.map(str::parse).transpose()?;
    Ok(zone.unwrap_or_else(|| Zone::of(TimeZone::system())))
}

fn hours_of(
    (window, days, holidays): (&[String], Option<&str>, &[PathBuf]),
    zone: Zone,
) -> Result<Hours, WhenError> {
    let windows = window
        .iter()
        .map(|text| text.parse::<Window>())
        .collect::<Result<_, _>>()?;
    let days = days
        .map(str::parse::<Days>)
        .transpose()?
        .unwrap_or_default();
    let mut all = Holidays::default();
    for path in holidays {
        let (text, _) =
            read_plain(path).map_err(|error| WhenError::HolidayFile(path.clone(), error))?;
        all.add_all(
            text.parse()
                .map_err(|error| WhenError::Holiday(path.clone(), error))?,
        );
    }
    Ok(Hours {
        windows,
        days,
        holidays: all,
        ..Hours::always(zone)
    })
}

impl When {
    /// The rows that wait for an instance, by the zones in which the hours have to hold for them.
    pub(crate) fn groups(
        &self,
        (ledger, instance): (&Ledger, usize),
        rows: u64,
    ) -> Result<Vec<Group>, LedgerError> {
        match &self.rules {
            Some(rules) if !rules.schedule.hours.are_always() => ledger.by_zones(instance, rules),
            Some(_) | None => Ok(vec![(Zones::Own, rows)]),
        }
    }

    /// How far an instance comes by its rules, from now on; nothing where there are none.
    pub(crate) fn reckon(
        &self,
        (ledger, instance): (&Ledger, usize),
        (load, groups): (Workload, &[Group]),
    ) -> Result<Option<Forecast>, LedgerError> {
        let Some(rules) = &self.rules else {
            return Ok(None);
        };
        let now = self.clock.timestamp();
        let (schedule, spent) = (
            &rules.schedule,
            spent(&rules.schedule, now, (ledger, instance))?,
        );
        Ok(Some(finish(schedule, (now, spent), load, groups)))
    }

    /// How many contacts of a load an instance can send from one moment to another.
    pub(crate) fn sends_until(
        &self,
        (ledger, instance): (&Ledger, usize),
        load: Workload,
        (now, until): (Timestamp, Timestamp),
    ) -> Result<u64, LedgerError> {
        let always = || SendPolicy::always(Zone::of(TimeZone::system()));
        let mut schedule = self
            .rules
            .as_ref()
            .map_or_else(always, |rules| rules.schedule.clone());
        let ours = Deadline {
            at: until,
            why: BlockReason::Until,
        };
        schedule.deadline = schedule
            .deadline
            .into_iter()
            .chain([ours])
            .min_by_key(|deadline| deadline.at);
        let spent = spent(&schedule, now, (ledger, instance))?;
        Ok(finish(&schedule, (now, spent), load, &[(Zones::Own, load.cards)]).cards)
    }

    /// What the rules make of a load, a line each: when its last contact goes, rows that never go, and
    /// what a person should know of the moments that were named.
    pub(crate) fn outlook(
        &self,
        (ledger, instance): (&Ledger, usize),
        (load, groups): (Workload, &[Group]),
        language: Language,
    ) -> Result<Vec<String>, LedgerError> {
        let Some(rules) = &self.rules else {
            return Ok(Vec::new());
        };
        let now = self.clock.timestamp();
        let (groups, never) = parted(&rules.schedule, now, groups);
        let cards = load.cards.min(groups.iter().map(|(_, rows)| rows).sum());
        let Some(finish) =
            self.reckon((ledger, instance), (Workload { cards, ..load }, &groups))?
        else {
            return Ok(Vec::new());
        };
        let finish = match finish
            .last
            .map(|last| shown(&rules.schedule.hours.zone, last, language))
        {
            Some(at) if finish.cards == cards => RunMessage::Finish { at },
            Some(at) => RunMessage::FinishPart {
                at,
                cards: finish.cards,
                all: cards,
            },
            None => RunMessage::FinishNone,
        };
        let never = never.map(|(rows, why)| {
            let why = rules
                .schedule
                .sentence(Verdict::Over(why), language)
                .unwrap_or_default();
            RunMessage::Never { rows, why }
        });
        let zone = &rules.schedule.hours.zone;
        let ends =
            rules
                .schedule
                .deadline
                .map(|Deadline { at, .. }| match shown(zone, at, language) {
                    shown if at <= now => RunMessage::EndPassed { at: shown },
                    shown => RunMessage::Ends { at: shown },
                });
        let lines = (load.cards > 0)
            .then_some(finish)
            .into_iter()
            .chain(ends)
            .chain(never);
        let notes = self
            .moments
            .iter()
            .filter_map(|moment| moment.note(language));
        Ok(lines
            .map(|line| line.localized(language))
            .chain(notes)
            .collect())
    }

    /// Gives why the run does not begin, if it does not; asks a person where `--if-late` says so.
    pub(crate) async fn refused(
        &self,
        (control, interrupts): (&ControlFile, &mut watch::Receiver<u32>),
        language: Language,
    ) -> Option<StopReason> {
        let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        match self.departure {
            StartDecision::Wait(_) | StartDecision::Go => None,
            StartDecision::Ask(by) if terminal => {
                let passed = RunMessage::AskLate {
                    by: i18n::long(by, language),
                };
                unless_agreed(
                    (&passed.localized(language), StopReason::Late(by)),
                    control,
                    interrupts,
                )
                .await
            }
            StartDecision::Skip(by) | StartDecision::Ask(by) => Some(StopReason::Late(by)),
        }
    }
}

/// A moment as a person who plans wants it: seconds are of no use.
pub(crate) fn shown(zone: &Zone, at: Timestamp, language: Language) -> String {
    let local = zone.local(at);
    schedule::moment(
        language,
        local.round(jiff::Unit::Minute).unwrap_or(local),
        zone.name(),
    )
}

/// A time from the beginning of the run, as `3h`. A bare number is none: it may be meant as an hour.
fn duration(text: &str) -> Option<Duration> {
    let may_be = text.ends_with(char::is_alphabetic) && !text.contains([':', '-']);
    text.parse::<Time>()
        .ok()
        .filter(|_| may_be)
        .map(|time| time.0)
}

/// What an instance has sent on the day of this moment.
fn spent(
    schedule: &SendPolicy,
    now: Timestamp,
    (ledger, instance): (&Ledger, usize),
) -> Result<DailyUsage, LedgerError> {
    let zone = &schedule.hours.zone;
    let spent = ledger
        .send_history(instance)
        .map(|history| history.spent(&day_of(now, zone), zone))
        .transpose()?;
    Ok(spent.unwrap_or_default())
}

/// How far a load comes. All recipients count as new, where new ones are counted.
fn finish(
    schedule: &SendPolicy,
    (now, spent): (Timestamp, DailyUsage),
    load: Workload,
    groups: &[Group],
) -> Forecast {
    let gap = schedule
        .caps
        .spacing
        .map_or(load.gap, |spacing| load.gap.max(spacing.mean()));
    let is_new = schedule.caps.count_new_recipients();
    let whose = if is_new {
        RecipientKind::New
    } else {
        RecipientKind::Known
    };
    let groups: Vec<_> = groups
        .iter()
        .map(|(zones, rows)| {
            (
                *rows,
                Asked {
                    zones: zones.as_slice(),
                    whose,
                },
            )
        })
        .collect();
    schedule.finish_of((now, spent), Workload { gap, ..load }, &groups)
}

/// The groups whose rows go at some hour; how many rows have none, and why.
fn parted(
    schedule: &SendPolicy,
    now: Timestamp,
    groups: &[Group],
) -> (Vec<Group>, Option<(u64, BlockReason)>) {
    let hours = SendPolicy {
        hours: schedule.hours.clone(),
        ..SendPolicy::always(schedule.hours.zone.clone())
    };
    let (mut some, mut never) = (Vec::new(), None);
    for (zones, rows) in groups {
        let asked = Asked {
            zones: zones.as_slice(),
            whose: RecipientKind::Known,
        };
        match hours.may_send(now, &DailyUsage::default(), asked) {
            Verdict::Now | Verdict::NotBefore(..) => some.push((zones.clone(), *rows)),
            Verdict::Over(why) => never = Some((never.map_or(*rows, |(all, _)| all + rows), why)),
        }
    }
    (some, never)
}

/// Asks; gives what a no comes to. An answer that cannot be read is no, and whoever interrupts gives none,
/// nor does another terminal that cancels the run.
async fn unless_agreed(
    (question, no): (&str, StopReason),
    control: &ControlFile,
    interrupts: &mut watch::Receiver<u32>,
) -> Option<StopReason> {
    say_on!("{question}");
    let (tell, told) = oneshot::channel();
    // Nothing breaks off the reading of a line: its thread is left behind.
    thread::spawn(move || {
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        let yes = matches!(
            answer.trim().to_lowercase().as_str(),
            "y" | "yes" | "д" | "да"
        );
        let _nobody_waits = tell.send(read.is_ok() && yes);
    });
    tokio::select! {
        agreed = told => (agreed != Ok(true)).then_some(no),
        Ok(()) = interrupts.changed() => {
            say!("");
            Some(StopReason::Interrupted)
        }
        () = cancelled(control) => {
            say!("");
            Some(StopReason::Cancelled)
        }
    }
}

/// Until another terminal wants the run to end.
pub(crate) async fn cancelled(control: &ControlFile) {
    while control.wish() != Some(RunCommand::Cancel) {
        tokio::time::sleep(LISTENING).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_cancel_from_another_terminal_is_heard_within_a_second_and_a_pause_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let control = ControlFile::of(&folder.path().join("list.ledger"));
        let mut heard = std::pin::pin!(cancelled(&control));
        let second = Duration::from_secs(1);
        assert!(tokio::time::timeout(second, &mut heard).await.is_err());
        control.ask(RunCommand::Pause).unwrap();
        assert!(tokio::time::timeout(second, &mut heard).await.is_err());
        control.ask(RunCommand::Cancel).unwrap();
        assert!(tokio::time::timeout(second, &mut heard).await.is_ok());
    }

    #[test]
    fn a_length_of_time_is_told_from_a_moment() {
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
