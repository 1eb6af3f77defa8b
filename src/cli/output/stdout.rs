//! Output to stdout.

use crate::{
    cli::{exit::CommandError, failure},
    i18n,
    terminal::{Lines, Terminal},
};

/// Writes lines to stdout.
pub(crate) fn print(text: &str) -> Result<(), CommandError> {
    write_raw(&i18n::shown_lines(text))
}

/// Writes lines for people to stdout; on a terminal they are wrapped.
pub(crate) fn print_wrapped(text: &str) -> Result<(), CommandError> {
    let mut lines = Lines::new(Terminal::stdout());
    lines.paragraphs(text.strip_suffix('\n').unwrap_or(text));
    write_raw(lines.as_str())
}

/// Writes a line of JSON to stdout.
pub(crate) fn print_json(object: &impl serde::Serialize) -> Result<(), CommandError> {
    write_raw(&i18n::shown_json(&(json(object)? + "\n")))
}

/// Returns an object as JSON, on one line.
pub(crate) fn json(object: &impl serde::Serialize) -> Result<String, CommandError> {
    serde_json::to_string(object).map_err(|error| unwritable(error.into()))
}

/// Writes to stdout without escaping. A reader that has closed the pipe (`| head`) does not stop the work.
pub(crate) fn write_raw(text: &str) -> Result<(), CommandError> {
    use std::io::Write;
    failure::note_printed();
    let mut stdout = std::io::stdout();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .or_else(ignore_closed)
}

pub(crate) fn ignore_closed(source: std::io::Error) -> Result<(), CommandError> {
    if source.kind() == std::io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(unwritable(source))
}

const fn unwritable(source: std::io::Error) -> CommandError {
    CommandError::Machine {
        what: "stdout cannot be written",
        source,
    }
}
