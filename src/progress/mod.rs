//! Turns events into what the user sees while contacts are sent: on a terminal one moving line, elsewhere a plain line
//! from time to time. All of it goes to stderr.

mod messages;
mod tracking;
mod wait_line;

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::{
    domain::{Counts, Status, StatusCount},
    engine::{EngineMessage, Event, HoldReason, StopReason},
    i18n::{self, Language},
    terminal::{Lines, Terminal},
};

use messages::{ProgressMessage, StoppingMessage};

pub use tracking::TrackProgress;
pub use wait_line::WaitLine;

/// How often a plain line appears if stderr is not a terminal.
const PLAIN_INTERVAL: Duration = Duration::from_secs(10);

/// How often the same wait is reported again.
const WAIT_INTERVAL: Duration = Duration::from_mins(10);

/// How to show progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressMode {
    /// A moving line.
    Bar,
    /// Plain lines.
    Lines,
    /// Nothing.
    Nothing,
}

/// Shows the events of one run.
#[derive(Debug)]
pub struct Progress {
    mode: ProgressMode,
    language: Language,
    prefixes: Vec<String>,
    pause_commands: Vec<String>,
    /// The zone in which the times of each instance are shown.
    zones: Vec<TimeZone>,
    bar: ProgressBar,
    /// Whether the moving line has no room for the bar beside all counts.
    is_narrow: bool,
    /// Since when the rate is measured, and how many contacts were settled before.
    started: Instant,
    before: u64,
    last_line: Instant,
    to_send: u64,
    /// The last wait that was reported: its instance and reason, and when.
    waiting: Option<((Option<usize>, String), Instant)>,
    /// The counts of this run so far.
    done: Counts,
}

impl Progress {
    /// Starts to show a run that begins at `now` and sends `to_send` rows.
    #[must_use]
    pub fn new(mode: ProgressMode, to_send: u64, now: Instant, language: Language) -> Self {
        let target = match mode {
            ProgressMode::Bar => ProgressDrawTarget::stderr_with_hz(8),
            ProgressMode::Lines | ProgressMode::Nothing => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(to_send), target);
        set_style(&bar, SENDING, language);
        let width = Terminal::stderr().width();
        Self {
            mode,
            language,
            prefixes: Vec::new(),
            pause_commands: Vec::new(),
            zones: Vec::new(),
            bar,
            is_narrow: width.is_some_and(|width| width < ROOMY),
            started: now,
            before: 0,
            last_line: now,
            to_send,
            waiting: None,
            done: Counts::default(),
        }
    }

    /// Puts the prefix of its instance before each line.
    #[must_use]
    pub fn with_prefixes(self, prefixes: Vec<String>) -> Self {
        Self { prefixes, ..self }
    }

    /// Shows the times of each instance in these zones, not in that of this computer.
    #[must_use]
    pub fn with_zones(self, zones: Vec<TimeZone>) -> Self {
        Self { zones, ..self }
    }

    /// Shows these commands while the run is paused from another terminal.
    #[must_use]
    pub fn with_pause_commands(self, pause_commands: Vec<String>) -> Self {
        Self {
            pause_commands,
            ..self
        }
    }

    /// Shows an event of an instance, or of the whole run, that happened at `now`.
    pub fn show(&mut self, instance: Option<usize>, event: &Event<'_>, now: Instant) {
        match event {
            Event::Settled(status) => self.settle(*status, now),
            Event::Waiting {
                why,
                until,
                last,
                nothing_sent,
            } => {
                let zone = self.zone(instance);
                let next = ProgressMessage::NextTry {
                    at: time_of_day(at(*until, now), &zone),
                };
                self.bar.set_message(next.localized(self.language));
                let why = i18n::alone(&why.localized(self.language));
                let key = (instance, why.clone());
                // A wait gets one line, however often the service is tried.
                let is_said = |(before, at): &((Option<usize>, String), Instant)| {
                    *before == key && now < *at + WAIT_INTERVAL
                };
                if self.waiting.as_ref().is_none_or(|said| !is_said(said)) {
                    self.waiting = Some((key, now));
                    let waiting = ProgressMessage::Waiting {
                        why,
                        until: i18n::zoned_time(at(*last, now), &zone, self.language),
                        safe: self.safe(*nothing_sent),
                    };
                    self.print(instance, &waiting.localized(self.language));
                }
            }
            Event::Pausing(pause) => self.show_pause(instance, pause),
            Event::Restricted(_) | Event::Authorized => {}
            Event::Resumed => self.resume(instance, now),
            Event::WithoutSendHistory(error) => {
                let reason = error.localized(self.language);
                let without = EngineMessage::WithoutSendHistory { reason };
                self.print(instance, &without.localized(self.language));
            }
            Event::SwitchedToChatId => {
                let switched = ProgressMessage::SwitchedToChatId;
                self.print(instance, &switched.localized(self.language));
            }
            Event::ChecksOver { policy, words } => {
                let over = EngineMessage::checks_over(*policy, *words);
                self.print(instance, &over.localized(self.language));
            }
            Event::Stopping(stop) => self.print(instance, &stopping(stop, self.language)),
        }
    }

    fn settle(&mut self, status: Status, now: Instant) {
        self.done.add(status, 1);
        if status != Status::Accepted && self.is_narrow {
            self.show_speed();
        }
        self.bar.set_position(self.done());
        self.bar.set_message(self.words());
        if now >= self.last_line + PLAIN_INTERVAL {
            self.last_line = now;
            self.line(&self.plain(now));
        }
    }

    /// Continues after a wait, which says nothing about the speed.
    fn resume(&mut self, instance: Option<usize>, now: Instant) {
        (self.started, self.before) = (now, self.done());
        self.bar.reset_eta();
        self.show_speed();
        self.bar.set_message(self.words());
        self.print(instance, &ProgressMessage::Resumed.localized(self.language));
    }

    /// Shows speed and counts on the moving line. Where there is no room for all of them, the bar makes way: the counts
    /// matter more, and a line that is too long is cut.
    fn show_speed(&self) {
        let is_long = self.done() > self.done.of(Status::Accepted);
        if self.is_narrow && is_long {
            set_style_without_bar(&self.bar, SENDING, self.language);
        } else {
            set_style(&self.bar, SENDING, self.language);
        }
    }

    /// Shows why no requests are started, and how another terminal ends the pause. Meanwhile the moving line shows no
    /// speed.
    fn show_pause(&self, instance: Option<usize>, pause: &HoldReason) {
        set_style(&self.bar, "{pos}/{len}  {wide_msg}", self.language);
        let waits = ProgressMessage::Waits.localized(self.language);
        self.bar.set_message(waits);
        let sentence = i18n::alone(&pause.localized(self.language));
        let safe = self.safe(self.done() == 0);
        self.print(instance, &format!("{sentence} {safe}"));
        if *pause == HoldReason::Asked && !self.pause_commands.is_empty() {
            self.print(None, &ProgressMessage::WhilePaused.localized(self.language));
            for command in &self.pause_commands {
                self.print(None, &format!("  {command}"));
            }
        }
    }

    /// Returns the zone in which the times of an instance are shown.
    fn zone(&self, instance: Option<usize>) -> TimeZone {
        let zone = instance.and_then(|instance| self.zones.get(instance));
        zone.cloned().unwrap_or_else(TimeZone::system)
    }

    /// Removes the moving line.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Returns a printer for lines that are not events.
    #[must_use]
    pub fn printer(&self) -> StatusPrinter {
        StatusPrinter {
            mode: self.mode,
            bar: self.bar.clone(),
        }
    }

    fn safe(&self, nothing_sent: bool) -> String {
        let message = if nothing_sent {
            ProgressMessage::SafeNothingSent
        } else {
            ProgressMessage::Safe
        };
        message.localized(self.language)
    }

    fn done(&self) -> u64 {
        settled(&self.done)
    }

    fn words(&self) -> String {
        let shown = [Status::Accepted, Status::Failed, Status::Unknown];
        let words = shown.map(|status| (status, self.done.of(status)));
        let words = words
            .iter()
            .filter(|(status, rows)| *rows > 0 || *status == Status::Accepted);
        let word = |(status, rows): &(Status, u64)| {
            StatusCount::Rows {
                rows: *rows,
                status: *status,
            }
            .localized(self.language)
        };
        words.map(word).collect::<Vec<_>>().join(", ")
    }

    fn plain(&self, now: Instant) -> String {
        let elapsed = now.saturating_duration_since(self.started);
        let done = self.done();
        #[expect(
            clippy::cast_precision_loss,
            reason = "rows, for a figure that a person reads"
        )]
        let rate = (done - self.before) as f64 / elapsed.as_secs_f64().max(0.001);
        #[expect(
            clippy::cast_precision_loss,
            reason = "rows, for a figure that a person reads"
        )]
        let left =
            Duration::from_secs_f64(self.to_send.saturating_sub(done) as f64 / rate.max(0.001));
        let language = self.language;
        let count = ProgressMessage::Done {
            done,
            all: self.to_send,
        }
        .localized(language);
        let left = ProgressMessage::Left {
            time: i18n::long(left, language),
        }
        .localized(language);
        format!(
            "  {count}  {}  {left}  {}",
            speed(rate, language),
            self.words()
        )
    }

    /// Prints a line for a run without a terminal.
    fn line(&self, text: &str) {
        match self.mode {
            ProgressMode::Lines => print(text),
            ProgressMode::Bar | ProgressMode::Nothing => {}
        }
    }

    /// Prints a line that stays, above the moving line if there is one.
    fn print(&self, instance: Option<usize>, text: &str) {
        self.printer().print(&self.with_prefix(instance, text));
    }

    fn with_prefix(&self, instance: Option<usize>, text: &str) -> String {
        let prefix = instance
            .and_then(|instance| self.prefixes.get(instance))
            .map_or("", String::as_str);
        format!("{prefix}{text}")
    }
}

/// Prints lines that stay, above the moving line if there is one.
#[derive(Debug)]
pub struct StatusPrinter {
    mode: ProgressMode,
    bar: ProgressBar,
}

impl StatusPrinter {
    /// Prints one line.
    pub fn print(&self, text: &str) {
        let mut lines = Lines::new(Terminal::stderr());
        lines.indented(2, text);
        match self.mode {
            ProgressMode::Bar => self.bar.suspend(|| lines.print()),
            ProgressMode::Lines => lines.print(),
            ProgressMode::Nothing => {}
        }
    }
}

/// Prints a text. Stderr may be closed; the run continues.
fn print(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{}", i18n::shown_lines(text));
}

/// Converts a moment of the steady clock to the time of day, given the current moment `now`.
fn at(moment: Instant, now: Instant) -> Timestamp {
    let wait = SignedDuration::try_from(moment.saturating_duration_since(now));
    let clock = Timestamp::now();
    let at = wait.ok().and_then(|wait| clock.checked_add(wait).ok());
    at.unwrap_or(clock)
}

/// Formats a time of day, such as `10:00:00 (Europe/Moscow)`.
fn time_of_day(at: Timestamp, zone: &TimeZone) -> String {
    let time = at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
    format!("{time} ({})", i18n::zone_name(zone, at))
}

/// The moving line while contacts are sent.
const SENDING: &str = "{pos}/{len}  {rate}  {left}  {wide_msg}";

/// The width of a terminal that has room for the bar and all counts.
const ROOMY: usize = 100;

/// Sets a short bar followed by the template.
fn set_style(bar: &ProgressBar, template: &str, language: Language) {
    set_style_without_bar(bar, &format!("{{bar:14}} {template}"), language);
}

/// Sets the template. What does not fit on the line is cut off, because a line that wraps cannot be redrawn.
fn set_style_without_bar(bar: &ProgressBar, template: &str, language: Language) {
    if let Ok(style) = ProgressStyle::with_template(&format!("  {template}")) {
        // A write that fails is repeated with the next redraw.
        let rate = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = out.write_str(&speed(state.per_sec(), language));
        };
        let left = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let time = i18n::short(state.eta(), language);
            let _ = out.write_str(&ProgressMessage::Left { time }.localized(language));
        };
        let style = style.with_key("rate", rate).with_key("left", left);
        bar.set_style(style.progress_chars("━╸─"));
    }
}

fn settled(counts: &Counts) -> u64 {
    [Status::Accepted, Status::Failed, Status::Unknown]
        .map(|status| counts.of(status))
        .iter()
        .sum()
}

fn speed(rate: f64, language: Language) -> String {
    ProgressMessage::Speed {
        rate: format!("{rate:.1}"),
    }
    .localized(language)
}

fn stopping(stop: &StopReason, language: Language) -> String {
    let message = match stop {
        StopReason::Halted(..) => StoppingMessage::Halted,
        StopReason::Unreachable(_) | StopReason::Throttled(_) | StopReason::State(_) => {
            StoppingMessage::RetriesOver
        }
        StopReason::Uncertain(answers) => StoppingMessage::Unclear {
            answers: u64::from(*answers),
        },
        StopReason::Failures(contacts) => StoppingMessage::Refused {
            contacts: *contacts,
        },
        StopReason::Limit => return EngineMessage::LimitReached.localized(language),
        StopReason::Interrupted => StoppingMessage::Interrupted,
        StopReason::NeverReached(_)
        | StopReason::Rules(..)
        | StopReason::Late(_)
        | StopReason::SendHistory { .. }
        | StopReason::NotWaited(_) => StoppingMessage::Finishing,
        StopReason::Cancelled => StoppingMessage::Cancelled,
    };
    message.localized(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_says_nothing_about_the_speed() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut progress = Progress::new(ProgressMode::Nothing, 31, start, Language::En);
        progress.show(None, &Event::Settled(Status::Accepted), at(1));
        progress.show(None, &Event::Resumed, at(1001));
        for _ in 0..10 {
            progress.show(None, &Event::Settled(Status::Accepted), at(1002));
        }
        assert_eq!(
            progress.plain(at(1002)),
            "  11 of 31  10.0/s  2 seconds left  11 accepted"
        );
    }
}
