//! What goes to stdout.

use crate::{cli::exit::CommandError, i18n};

/// Writes lines to stdout.
pub(crate) fn print(text: &str) -> Result<(), CommandError> {
    write_out(&i18n::shown_lines(text))
}

/// Writes a line of JSON to stdout.
pub(crate) fn print_json(object: &impl serde::Serialize) -> Result<(), CommandError> {
    let text = serde_json::to_string(object)
        .map_err(std::io::Error::from)
        .map_err(unwritable)?;
    write_out(&i18n::shown_json(&(text + "\n")))
}

/// Writes to stdout what needs no escapes. Where the reader is gone (`| head`) the work goes on and ends as
/// it would.
pub(crate) fn write_out(text: &str) -> Result<(), CommandError> {
    use std::io::Write;
    let mut stdout = std::io::stdout();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .or_else(unless_gone)
}

pub(crate) fn unless_gone(source: std::io::Error) -> Result<(), CommandError> {
    if source.kind() == std::io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(unwritable(source))
}

pub(crate) const fn unwritable(source: std::io::Error) -> CommandError {
    CommandError::Machine {
        what: "stdout cannot be written",
        source,
    }
}
