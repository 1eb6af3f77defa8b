//! What is told of a run beside its talk: on stderr as loud as was asked, and in a file that nobody
//! has to watch. Lines name rows, never people, and no text that reaches them holds the token.

use std::{
    borrow::Cow,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing::Level;
use tracing_subscriber::{
    Layer, Registry, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::i18n;

use super::{exit::CommandError, settings::SettingsError, surroundings::LogArguments};

/// The longest a log becomes before it makes room for the next.
const LONGEST: u64 = 10 * 1024 * 1024;

/// How many there are, with the one that is written: `FILE`, `FILE.1` to `FILE.4`.
const LOGS: u32 = 5;

/// Of so many bytes of a file it is seen whether it is a log: two beginnings of lines.
const BEGINNING: u64 = 128;

/// With what a line begins: a moment, written to the microsecond, and one of the levels.
const MOMENT: &str = "0000-00-00T00:00:00.000000Z";
const LEVELS: [&str; 3] = ["  INFO ", "  WARN ", " ERROR "];
const JSON: [&str; 2] = [r#"{"timestamp":""#, r#"","level":""#];

/// Lets it be told of requests on stderr, by row, and in the log file.
pub(super) fn listen(verbose: u8, log: Option<&LogArguments>) -> Result<(), CommandError> {
    let level = match verbose {
        0 => None,
        1 => Some(Level::INFO),
        2 => Some(Level::DEBUG),
        _ => Some(Level::TRACE),
    };
    let on_stderr = level.map(|level| {
        let lines = fmt::layer().with_writer(|| Shown::lines(io::stderr())).with_ansi(false).without_time();
        lines.log_internal_errors(false).with_filter(ours(level))
    });
    let path = log.and_then(|log| log.log_file.as_deref());
    if let Some(path) = path.filter(|path| !is_free(path)) {
        return Err(SettingsError::LogFile(path.to_owned()).into());
    }
    let in_file = path.map(|path| layer(path, log.is_some_and(|log| log.log_json))).transpose();
    let in_file =
        in_file.map_err(|source| CommandError::Machine { what: "--log-file cannot be written", source })?;
    if on_stderr.is_some() || in_file.is_some() {
        tracing_subscriber::registry().with(in_file).with(on_stderr).init();
    }
    Ok(())
}

fn ours(level: Level) -> Targets {
    Targets::new().with_target("sendcontact", level)
}

fn layer(path: &Path, json: bool) -> io::Result<Box<dyn Layer<Registry> + Send + Sync>> {
    // The one who writes lines wants to be shared between threads; there is one file.
    let file = Rotating::open(path)?;
    let file = Mutex::new(if json { Shown::json(file) } else { Shown::lines(file) });
    let lines = fmt::layer().with_writer(file).with_ansi(false).with_target(false).log_internal_errors(false);
    Ok(if json {
        lines.json().flatten_event(true).with_filter(ours(Level::INFO)).boxed()
    } else {
        lines.with_filter(ours(Level::INFO)).boxed()
    })
}

/// Whether all that a log would be written into, or would replace, is not there, or empty, or a log of
/// ours: nothing else can be mistaken for one. What cannot be read is told of when it is opened.
fn is_free(path: &Path) -> bool {
    let logs = (1..LOGS).map(|number| aside(path, number)).chain([path.to_owned()]);
    logs.filter(|log| log.is_file()).all(|log| {
        let mut beginning = Vec::new();
        let read = File::open(log).and_then(|file| file.take(BEGINNING).read_to_end(&mut beginning));
        read.is_err() || beginning.is_empty() || begins_a_log(&String::from_utf8_lossy(&beginning))
    })
}

/// A moment and a level, as text or as JSON. A first line that was cut off within them is ours too.
fn begins_a_log(text: &str) -> bool {
    match text.split_once('\n') {
        Some((first, rest)) if is_cut_off(first) => begins_a_line(rest),
        Some((first, _)) => begins_a_line(first),
        None => begins_a_line(text) || is_cut_off(text),
    }
}

fn begins_a_line(line: &str) -> bool {
    let moment = |text: &str| text.parse::<jiff::Timestamp>().is_ok();
    match line.strip_prefix(JSON[0]) {
        Some(rest) => rest.split_once(JSON[1]).is_some_and(|(at, rest)| {
            moment(at) && LEVELS.iter().any(|level| rest.starts_with(level.trim()))
        }),
        None => LEVELS.iter().any(|level| line.split_once(level).is_some_and(|(at, _)| moment(at))),
    }
}

/// Whether it goes no farther than a moment and a level, but far enough to tell it from a bare number.
fn is_cut_off(line: &str) -> bool {
    let (rest, before_level) = line.strip_prefix(JSON[0]).map_or((line, ""), |rest| (rest, JSON[1]));
    let begins = |whole: &str| {
        let shape = rest.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter });
        rest.len() < whole.len() && shape.eq(whole.chars().take(rest.len()))
    };
    let level = |level: &'static str| if before_level.is_empty() { level } else { level.trim() };
    rest.contains('-') && LEVELS.iter().any(|name| begins(&[MOMENT, before_level, level(name)].concat()))
}

/// What is written line by line, each of which stays one line, see [`i18n::shown`].
#[derive(Debug)]
struct Shown<W> {
    to: W,
    as_shown: fn(&str) -> Cow<'_, str>,
}

impl<W> Shown<W> {
    const fn lines(to: W) -> Self {
        Self { to, as_shown: i18n::shown }
    }

    const fn json(to: W) -> Self {
        Self { to, as_shown: i18n::shown_json }
    }
}

impl<W: Write> Write for Shown<W> {
    /// Takes whole lines only: they are given one at a time.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let shown = format!("{}\n", (self.as_shown)(text));
        self.to.write_all(shown.as_bytes()).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A file that is set aside when it is long, the oldest of several going for good.
#[derive(Debug)]
struct Rotating {
    path: PathBuf,
    file: File,
    length: u64,
    longest: u64,
    /// Whether its last line was cut off.
    is_cut_off: bool,
}

impl Rotating {
    fn open(path: &Path) -> io::Result<Self> {
        let file = append(path)?;
        let length = file.metadata()?.len();
        let is_cut_off = path.is_file()
            && File::open(path).is_ok_and(|mut log| {
                let mut last = [b'\n'];
                let read = log.seek(SeekFrom::End(-1)).and_then(|_| log.read(&mut last));
                read.is_ok() && last != *b"\n"
            });
        Ok(Self { path: path.to_owned(), file, length, longest: LONGEST, is_cut_off })
    }

    /// Where the files cannot be moved, the log goes on growing: it is not the work's to fail.
    fn set_aside(&mut self) -> io::Result<()> {
        for number in (1..LOGS).rev() {
            let from = if number == 1 { self.path.clone() } else { aside(&self.path, number - 1) };
            if from.exists() {
                fs::rename(from, aside(&self.path, number))?;
            }
        }
        self.file = append(&self.path)?;
        self.length = 0;
        self.is_cut_off = false;
        Ok(())
    }
}

impl Write for Rotating {
    /// Takes whole lines only: they are given one at a time.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let length = line.len() as u64;
        if self.length > 0 && self.length + length > self.longest {
            let _goes_on = self.set_aside();
        }
        if std::mem::take(&mut self.is_cut_off) {
            self.file.write_all(b"\n")?;
            self.length += 1;
        }
        self.file.write_all(line)?;
        self.length += length;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn aside(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    PathBuf::from(name)
}

fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    tighten(&file)?;
    Ok(file)
}

/// A log that others may write to becomes its owner's alone.
#[cfg(unix)]
fn tighten(log: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = log.metadata()?;
    if metadata.is_file() && metadata.permissions().mode() & 0o022 != 0 {
        log.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
const fn tighten(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_known_by_its_first_line_also_where_that_was_cut_off() {
        let text = "2026-11-24T07:30:20.123456Z  INFO send begins";
        let json = r#"{"timestamp":"2026-11-24T07:30:20.123456Z","level":"INFO","message":"send begins"}"#;
        for (line, least) in [(text, "2026-".len()), (json, r#"{"timestamp":"2026-"#.len())] {
            for length in 0..=line.len() {
                let (cut, is_ours) = (&line[..length], length >= least);
                assert_eq!(begins_a_log(cut), is_ours, "{cut}");
                assert_eq!(begins_a_log(&format!("{cut}\n{line}\n")), is_ours, "{cut}");
            }
        }
        for other in [
            "",
            "2026",
            "{",
            "2026-11-24\n",
            "2026-11-23 Отдых",
            "2026-11-24\n2026-11-25\n",
            "mine",
            "2026-11-24T07:30:20.123456Z  DEBU",
        ] {
            assert!(!begins_a_log(other), "{other}");
        }
    }

    #[test]
    fn a_line_that_was_cut_off_is_ended_before_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.log");
        for (before, after) in [("", "next\n"), ("whole\n", "whole\nnext\n"), ("2026-1", "2026-1\nnext\n")] {
            fs::write(&path, before).unwrap();
            Rotating::open(&path).unwrap().write_all(b"next\n").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), after);
        }
    }

    #[test]
    fn a_long_log_is_set_aside_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.log");
        let mut log = Rotating { longest: 10, ..Rotating::open(&path).unwrap() };
        for number in 0..14 {
            log.write_all(format!("line{number:02}\n").as_bytes()).unwrap();
        }
        drop(log);
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("run.log"), "line13\n");
        assert_eq!((read("run.log.1"), read("run.log.4")), ("line12\n".into(), "line09\n".into()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
        let mut log = Rotating { longest: 14, ..Rotating::open(&path).unwrap() };
        log.write_all(b"a line that is longer than all that a log may hold\n").unwrap();
        log.write_all(b"next\n").unwrap();
        assert_eq!(read("run.log"), "next\n");
        assert_eq!(read("run.log.2"), "line13\n");
    }
}
