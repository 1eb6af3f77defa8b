//! The JSON object that `--json` prints for a command that could not do its work, in the same shape for every command.

use std::{
    env,
    sync::atomic::{AtomicBool, Ordering},
};

use serde::Serialize;

use super::exit::{CommandError, Exit};
use crate::i18n::{self, Language};

/// Whether anything was printed on stdout: then an object or some lines of the command are already there.
static HAS_PRINTED: AtomicBool = AtomicBool::new(false);

/// Records that stdout is not empty.
pub(crate) fn note_printed() {
    HAS_PRINTED.store(true, Ordering::Relaxed);
}

/// `{"error":{"code","text"},"exit"}`.
#[derive(Debug, Serialize)]
pub(crate) struct FailureSummary {
    error: ErrorSummary,
    exit: u8,
}

#[derive(Debug, Serialize)]
struct ErrorSummary {
    code: &'static str,
    text: String,
}

impl FailureSummary {
    /// Describes an error, with the exit code that the program ends with.
    pub(crate) fn new(error: &CommandError, language: Language) -> Self {
        let text = error.localized(language);
        Self::of_text(error.code(), text, error.exit())
    }

    fn of_text(code: &'static str, text: String, exit: Exit) -> Self {
        Self {
            error: ErrorSummary { code, text },
            exit: exit.code(),
        }
    }
}

/// Prints the object if `--json` was typed and stdout is empty.
pub(crate) fn print(error: &CommandError, language: Language) {
    print_summary(&FailureSummary::new(error, language));
}

/// Prints the object for a command line or a settings file that cannot be used.
pub(crate) fn print_usage(text: &str) {
    let text = text.trim().trim_start_matches("error: ").to_owned();
    print_summary(&FailureSummary::of_text("usage", text, Exit::Usage));
}

fn print_summary(summary: &FailureSummary) {
    if !wants_json() || HAS_PRINTED.load(Ordering::Relaxed) {
        return;
    }
    if let Ok(json) = serde_json::to_string(summary) {
        use std::io::Write as _;
        // A reader that has closed the pipe reads no error either.
        let _ = writeln!(std::io::stdout(), "{}", i18n::shown_json(&json));
    }
}

/// Whether `--json` is among the typed words. They are not parsed, because the command line may be invalid.
fn wants_json() -> bool {
    env::args_os()
        .take_while(|word| word != "--")
        .any(|word| word == "--json")
}
