//! How a command talks to the user on stderr. stdout is data, and goes through [`super::stdout`].

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
    /// Errors only.
    pub(crate) is_quiet: bool,
}

impl Ui {
    /// As the user asked for on the command line.
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

    /// The same, indented as the lines of a plan and of a summary are.
    pub(crate) fn print_indented(&self, message: &impl Shown<As = String>) {
        eprintln_lossy!("  {}", message.shown(self.language));
    }

    /// How progress is shown: a moving line on a terminal only.
    pub(crate) fn progress_mode(&self) -> ProgressMode {
        match (self.is_quiet, std::io::stderr().is_terminal()) {
            (true, _) => ProgressMode::Nothing,
            (false, true) => ProgressMode::Bar,
            (false, false) => ProgressMode::Lines,
        }
    }
}
