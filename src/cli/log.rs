//! The log: on stderr as `-v` asks, and in the file of `--log-file`. Its lines name rows, never people, and no text in
//! them holds the token.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, Write},
    path::Path,
    sync::Mutex,
};

use jiff::Timestamp;
use tracing::{Level, field::Field};
use tracing_subscriber::{
    Layer, Registry,
    filter::Targets,
    fmt,
    fmt::format::{self, Writer},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    i18n,
    ledger::{append_plain, read_beginning},
    platform,
};

use crate::cli::{args::LogArguments, exit::CommandError};

/// How many bytes of a file show whether it is a log.
const BEGINNING: u64 = 64 * 1024;

/// Before the time in a line of `--log-json`.
const JSON_START: &str = "{\"timestamp\":\"";

/// Whether the program may write its log to this file: it is missing, empty, or has a line of such a log in its
/// beginning. That need not be its first line, because people shorten logs, and may cut through a line. A file that
/// cannot be read is refused or not when it is opened.
pub(crate) fn may_write(path: &Path) -> bool {
    let is_log = |text: Vec<u8>| text.split(|byte| *byte == b'\n').any(is_line);
    read_beginning(path, BEGINNING).map_or(true, |text| text.is_empty() || is_log(text))
}

/// Whether a text begins as a line of the log does: with its time and its level.
fn is_line(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let text = text.strip_prefix(JSON_START).unwrap_or(&text);
    let Some((time, rest)) = text.split_once('Z') else {
        return false;
    };
    let is_time = format!("{time}Z").parse::<Timestamp>().is_ok();
    let level = rest.strip_prefix("\",\"level\":\"").unwrap_or(rest);
    let level = level.trim_start();
    is_time
        && ["INFO", "WARN", "ERROR"]
            .iter()
            .any(|word| level.starts_with(word))
}

/// Installs the tracing subscriber, for stderr as `-v` asks and for `--log-file`.
pub(crate) fn install(verbose: u8, log: Option<&LogArguments>) -> Result<(), CommandError> {
    let level = match verbose {
        0 => None,
        1 => Some(Level::INFO),
        2 => Some(Level::DEBUG),
        _ => Some(Level::TRACE),
    };
    let on_stderr = level.map(|level| {
        let lines = fmt::layer()
            .fmt_fields(format::debug_fn(message_only))
            .with_writer(|| EscapedLines::lines(io::stderr()))
            .with_ansi(false)
            .without_time();
        lines.log_internal_errors(false).with_filter(ours(level))
    });
    let path = log.and_then(|log| log.log_file.as_deref());
    let in_file = path
        .map(|path| layer(path, log.is_some_and(|log| log.log_json)))
        .transpose();
    let in_file = in_file.map_err(|source| CommandError::Machine {
        what: "--log-file cannot be written",
        source,
    })?;
    if on_stderr.is_some() || in_file.is_some() {
        tracing_subscriber::registry()
            .with(in_file)
            .with(on_stderr)
            .init();
    }
    Ok(())
}

/// Prints the message only, which says everything; the other fields are for JSON.
fn message_only(
    to: &mut Writer<'_>,
    field: &Field,
    value: &dyn std::fmt::Debug,
) -> std::fmt::Result {
    if field.name() == "message" {
        write!(to, "{value:?}")
    } else {
        Ok(())
    }
}

fn ours(level: Level) -> Targets {
    Targets::new().with_target("sendcontact", level)
}

fn layer(path: &Path, json: bool) -> io::Result<Box<dyn Layer<Registry> + Send + Sync>> {
    // Several threads may use the subscriber.
    let file = append(path)?;
    let file = Mutex::new(if json {
        EscapedLines::json(file)
    } else {
        EscapedLines::lines(file)
    });
    let lines = fmt::layer()
        .with_writer(file)
        .with_ansi(false)
        .with_target(false)
        .log_internal_errors(false);
    Ok(if json {
        lines
            .json()
            .flatten_event(true)
            .with_filter(ours(Level::INFO))
            .boxed()
    } else {
        let lines = lines.fmt_fields(format::debug_fn(message_only));
        lines.with_filter(ours(Level::INFO)).boxed()
    })
}

/// Escapes each line, so that it stays one line, see [`i18n::shown`].
#[derive(Debug)]
struct EscapedLines<W> {
    to: W,
    escape: fn(&str) -> Cow<'_, str>,
}

impl<W> EscapedLines<W> {
    const fn lines(to: W) -> Self {
        Self {
            to,
            escape: i18n::shown,
        }
    }

    const fn json(to: W) -> Self {
        Self {
            to,
            escape: i18n::shown_json,
        }
    }
}

impl<W: Write> Write for EscapedLines<W> {
    /// Takes one whole line at a time.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let shown = format!("{}\n", (self.escape)(text));
        self.to.write_all(shown.as_bytes()).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn append(path: &Path) -> io::Result<File> {
    let file = append_plain(path)?;
    platform::take_from_others(&file)?;
    Ok(file)
}
