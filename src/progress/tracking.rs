//! What the user sees while the service is asked about deliveries.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{PLAIN_INTERVAL, ProgressMode, messages::TrackingMessage, print};
use crate::{follow_up::TrackEvent, i18n::Language};

/// Shows how many of the accepted contacts have a final delivery.
#[derive(Debug)]
pub struct TrackProgress {
    mode: ProgressMode,
    bar: ProgressBar,
    language: Language,
    last_line: Instant,
    of: u64,
    settled: u64,
}

impl TrackProgress {
    /// Starts to show the progress at `now`, when the deliveries of `awaited` of these contacts are not final yet.
    #[must_use]
    pub fn new(
        mode: ProgressMode,
        language: Language,
        awaited: u64,
        of: u64,
        now: Instant,
    ) -> Self {
        let target = match mode {
            ProgressMode::Bar => ProgressDrawTarget::stderr_with_hz(8),
            ProgressMode::Lines | ProgressMode::Nothing => ProgressDrawTarget::hidden(),
        };
        let settled = of.saturating_sub(awaited);
        let bar = ProgressBar::with_draw_target(Some(of), target).with_position(settled);
        if let Ok(style) = ProgressStyle::with_template("  {bar:14} {wide_msg}") {
            bar.set_style(style.progress_chars("━╸─"));
        }
        bar.set_message(TrackingMessage::Settled { settled, of }.localized(language));
        Self {
            mode,
            bar,
            language,
            last_line: now,
            of,
            settled,
        }
    }

    /// Shows an event that happened at `now`.
    pub fn show(&mut self, event: TrackEvent, now: Instant) {
        match event {
            TrackEvent::Awaited(awaited) => {
                self.settled = self.of.saturating_sub(awaited);
                self.bar.set_position(self.settled);
                self.bar.set_message(self.words());
                if now >= self.last_line + PLAIN_INTERVAL {
                    self.print_line(&self.words(), now);
                }
            }
            TrackEvent::Waiting(until) => {
                let seconds = until
                    .into_std()
                    .saturating_duration_since(now)
                    .as_secs_f64()
                    .ceil();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a few seconds"
                )]
                let seconds = seconds as u64;
                let next = TrackingMessage::NextLook { seconds }.localized(self.language);
                let text = format!("{}; {next}", self.words());
                self.bar.set_message(text.clone());
                self.print_line(&text, now);
            }
        }
    }

    /// Removes the moving line.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn words(&self) -> String {
        let (settled, of) = (self.settled, self.of);
        TrackingMessage::Settled { settled, of }.localized(self.language)
    }

    fn print_line(&mut self, text: &str, now: Instant) {
        match self.mode {
            ProgressMode::Lines => {
                self.last_line = now;
                print(&format!("  {text}"));
            }
            ProgressMode::Bar | ProgressMode::Nothing => {}
        }
    }
}
