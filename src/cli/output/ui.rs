//! Output to the user on stderr. stdout is data, and goes through [`super::stdout`].

use std::io::IsTerminal;

use super::hint::Hints;
use crate::{
    cli::config::ParsedCommandLine,
    i18n::{Language, Shown},
    progress::ProgressMode,
};

/// The language of messages, the commands that they name, and whether the user wants to see any.
#[derive(Debug)]
pub(crate) struct Ui {
    pub(crate) language: Language,
    pub(crate) hints: Hints,
    /// Whether only errors are shown.
    pub(crate) is_quiet: bool,
}

impl Ui {
    /// Takes what the user asked for on the command line.
    pub(crate) fn new(typed: &ParsedCommandLine, language: Language) -> Self {
        Self {
            language,
            hints: Hints::new(typed),
            is_quiet: typed.arguments.command.is_quiet(),
        }
    }

    /// Prints a message on a line of its own, quiet or not.
    pub(crate) fn print(&self, message: &impl Shown<As = String>) {
        eprintln_lossy!("{}", message.shown(self.language));
    }

    /// Prints a message like [`Self::print`], indented like the lines of a plan and of a summary.
    pub(crate) fn print_indented(&self, message: &impl Shown<As = String>) {
        eprintln_lossy!("  {}", message.shown(self.language));
    }

    /// Returns how progress is shown: a moving line only on a terminal.
    pub(crate) fn progress_mode(&self) -> ProgressMode {
        match (self.is_quiet, std::io::stderr().is_terminal()) {
            (true, _) => ProgressMode::Nothing,
            (false, true) => ProgressMode::Bar,
            (false, false) => ProgressMode::Lines,
        }
    }
}
