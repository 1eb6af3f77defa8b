//! Events → what a person sees while cards are sent: one moving line on a terminal, a plain line
//! now and then elsewhere. Talk goes to stderr.

mod tracking;

use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::{
    campaign::{Event, Stop},
    domain::{Counts, Status},
};

pub use tracking::TrackProgress;

/// Off a terminal a line appears this often.
const PLAIN_INTERVAL: Duration = Duration::from_secs(10);

/// How to show progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
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
    show: Show,
    bar: ProgressBar,
    started: Instant,
    last_line: Instant,
    at_start: u64,
    to_send: u64,
    counts: Counts,
}

impl Progress {
    /// Begins to show a run that starts `now` with these counts.
    #[must_use]
    pub fn new(show: Show, counts: Counts, now: Instant) -> Self {
        let to_send = counts.of(Status::Pending);
        let target = match show {
            Show::Bar => ProgressDrawTarget::stderr_with_hz(8),
            Show::Lines | Show::Nothing => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(to_send), target);
        let template = "  {bar:24} {pos}/{len}  {rate}  {eta} left  {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                // A line that cannot be drawn is drawn the next time.
                let _drawn = write!(out, "{:.1}/s", state.per_sec());
            };
            bar.set_style(style.with_key("rate", rate).progress_chars("━╸─"));
        }
        Self { show, bar, started: now, last_line: now, at_start: settled(&counts), to_send, counts }
    }

    /// Takes an event that happened `now`.
    pub fn tell(&mut self, event: &Event<'_>, now: Instant) {
        match event {
            Event::Settled(status) => {
                self.counts.move_one(Status::Pending, *status);
                self.bar.set_position(self.done());
                self.bar.set_message(self.words());
                if now >= self.last_line + PLAIN_INTERVAL {
                    self.last_line = now;
                    self.line(&self.plain(now));
                }
            }
            Event::Waiting { why, until } => {
                let wait = until.saturating_duration_since(now).as_secs_f64().ceil();
                self.say(&format!("  Waiting {wait:.0} s: {why}."));
            }
            Event::Readdressed => {
                self.say("  The service asks for chat ids: phone recipients go as chatId from here on.");
            }
            Event::Stopping(stop) => self.say(&format!("  {}", stopping(stop))),
        }
    }

    /// Takes the moving line away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn done(&self) -> u64 {
        settled(&self.counts).saturating_sub(self.at_start)
    }

    fn words(&self) -> String {
        let shown = [Status::Accepted, Status::Failed, Status::Unknown];
        let words = shown.map(|status| (status, self.counts.of(status)));
        let words = words.iter().filter(|(status, rows)| *rows > 0 || *status == Status::Accepted);
        words.map(|(status, rows)| format!("{rows} {status}")).collect::<Vec<_>>().join(", ")
    }

    fn plain(&self, now: Instant) -> String {
        let elapsed = now.saturating_duration_since(self.started);
        let done = self.done();
        #[expect(clippy::cast_precision_loss, reason = "rows, for a figure that a person reads")]
        let rate = done as f64 / elapsed.as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "rows, for a figure that a person reads")]
        let left = Duration::from_secs_f64(self.to_send.saturating_sub(done) as f64 / rate.max(0.001));
        format!("  {done} of {}  {rate:.1}/s  {} left  {}", self.to_send, HumanDuration(left), self.words())
    }

    /// A line for the log of a run without a terminal.
    fn line(&self, text: &str) {
        match self.show {
            Show::Lines => print(text),
            Show::Bar | Show::Nothing => {}
        }
    }

    /// A line that stays, above the moving one if there is one.
    fn say(&self, text: &str) {
        match self.show {
            Show::Bar => self.bar.suspend(|| print(text)),
            Show::Lines => print(text),
            Show::Nothing => {}
        }
    }
}

/// Nobody may be there to read it; the run goes on.
fn print(text: &str) {
    use std::io::Write;
    let _gone = writeln!(std::io::stderr(), "{text}");
}

fn settled(counts: &Counts) -> u64 {
    [Status::Accepted, Status::Failed, Status::Unknown].map(|status| counts.of(status)).iter().sum()
}

fn stopping(stop: &Stop) -> String {
    match stop {
        Stop::Halted(..) => "The service takes nothing more; finishing what is under way.".to_owned(),
        Stop::Unreachable(_) | Stop::Throttled(_) => {
            "Patience is over; finishing what is under way.".to_owned()
        }
        Stop::Uncertain(answers) => {
            format!("{answers} answers in a row were unclear; finishing what is under way.")
        }
        Stop::Failures(cards) => format!("{cards} cards were refused; finishing what is under way."),
        Stop::Limit => "The limit of this run is reached.".to_owned(),
        Stop::Interrupted => {
            "Stopping: what is under way is finished. Press Ctrl-C once more to stop at once.".to_owned()
        }
    }
}
