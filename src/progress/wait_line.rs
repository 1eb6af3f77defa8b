//! The line of a wait: on a terminal it is redrawn, elsewhere it appears at the beginning and from time to time.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{ProgressMode, WAIT_INTERVAL, print};

/// The line of a command that is only waiting.
#[derive(Debug)]
pub struct WaitLine {
    mode: ProgressMode,
    bar: ProgressBar,
    last: Option<Instant>,
}

impl WaitLine {
    /// Creates a line that shows nothing yet.
    #[must_use]
    pub fn new(mode: ProgressMode) -> Self {
        let target = match mode {
            ProgressMode::Bar => ProgressDrawTarget::stderr_with_hz(8),
            ProgressMode::Lines | ProgressMode::Nothing => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("  {wide_msg}") {
            bar.set_style(style);
        }
        Self {
            mode,
            bar,
            last: None,
        }
    }

    /// Shows, at `now`, what the command waits for.
    pub fn show(&mut self, text: &str, now: Instant) {
        match self.mode {
            ProgressMode::Bar => {
                self.bar.set_message(text.to_owned());
                self.bar.tick();
            }
            ProgressMode::Lines if self.last.is_none_or(|last| now >= last + WAIT_INTERVAL) => {
                self.last = Some(now);
                print(&format!("  {text}"));
            }
            ProgressMode::Lines | ProgressMode::Nothing => {}
        }
    }

    /// Removes the line, until it is shown again.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
        // A finished bar never draws again.
        self.bar.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_removed_is_shown_again() {
        let mut line = WaitLine::new(ProgressMode::Bar);
        line.clear();
        line.show("waiting", Instant::now());
        assert!(!line.bar.is_finished());
        assert_eq!(line.bar.message(), "waiting");
    }
}
