//! File names, as the system interprets them. The rules of both families are here, so that either can be tested on any
//! system.

use std::{
    borrow::Cow,
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
};

use super::system::{SYSTEM, System};

/// The name that stands for stdout.
const STDOUT: &str = "-";

/// File names that Windows treats as devices, even before an extension
/// (<https://learn.microsoft.com/windows/win32/fileio/naming-a-file>).
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Devices with a number from 0 to 9, or a superscript digit.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// The longest path that works without the prefix that makes Windows take a path literally.
const LONGEST_PLAIN: usize = 240;

/// Whether a text can be the name of a file, or the beginning of one, in any folder.
#[must_use]
pub fn is_file_name(name: &str) -> bool {
    is_name(SYSTEM, name)
}

fn is_name(system: System, name: &str) -> bool {
    let is_plain = !name.is_empty() && !name.contains(['/', '\\']);
    match system {
        System::Unix => is_plain,
        // A colon would name an alternate data stream, which is hidden behind another file.
        System::Windows => {
            let refused = |letter: char| letter < ' ' || "<>:\"|?*".contains(letter);
            is_plain && !name.contains(refused) && !is_windows_device(name)
        }
    }
}

/// Whether a name is a Windows device: `CON`, `nul.txt`, `Com1 .csv`.
fn is_windows_device(name: &str) -> bool {
    let stem = name.split(['.', ':']).next().unwrap_or_default();
    let stem = stem.trim_end_matches(' ').to_lowercase();
    let is_numbered = |device: &&str| {
        let number = stem.strip_prefix(*device);
        number.is_some_and(|number| {
            matches!(number, "¹" | "²" | "³")
                || number.len() == 1 && number.bytes().all(|digit| digit.is_ascii_digit())
        })
    };
    DEVICES.contains(&&*stem) || NUMBERED_DEVICES.iter().any(is_numbered)
}

/// Returns a name in the form in which the system compares names.
#[must_use]
pub fn folded(name: &str) -> Cow<'_, str> {
    match SYSTEM {
        System::Unix => Cow::Borrowed(name),
        System::Windows => Cow::Owned(name.to_lowercase()),
    }
}

/// Whether a path stands for stdout.
#[must_use]
pub fn is_stdout(path: &Path) -> bool {
    let others: &[&str] = match SYSTEM {
        System::Unix => &["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"],
        System::Windows => &[],
    };
    path == Path::new(STDOUT) || others.iter().any(|name| path == Path::new(name))
}

/// Whether it is a device or a FIFO: writing there creates no file. Links are followed as the system follows them: the
/// links in `/proc` lead to names that are not paths.
#[must_use]
pub fn is_device(path: &Path) -> bool {
    match SYSTEM {
        System::Unix => path.exists() && !path.is_file() && !path.is_dir(),
        System::Windows => is_windows_device_path(path),
    }
}

/// Whether a path is a Windows device: `NUL`, `CON:`, `\\.\pipe\name`.
fn is_windows_device_path(path: &Path) -> bool {
    let text = path.to_string_lossy().replace('/', "\\");
    let name = text.trim_end_matches(':');
    text.starts_with(r"\\.\") || !name.contains(['.', '\\']) && is_windows_device(name)
}

/// Whether other files can be kept beside it: not beside `/dev/stdin` or the like.
#[must_use]
pub fn has_folder(path: &Path) -> bool {
    match SYSTEM {
        System::Unix => !["/dev", "/proc"]
            .iter()
            .any(|folder| path.starts_with(folder)),
        System::Windows => !is_windows_device_path(path),
    }
}

/// Returns the path of a file with all links resolved, as a person would type it.
///
/// # Errors
/// [`io::Error`]: there is no such file.
pub fn real_path(path: &Path) -> io::Result<PathBuf> {
    let whole = path.canonicalize()?;
    Ok(match SYSTEM {
        System::Unix => whole,
        System::Windows => without_prefix(&whole).unwrap_or(whole),
    })
}

/// Returns `C:\lists` for `\\?\C:\lists`, if the two mean the same.
fn without_prefix(path: &Path) -> Option<PathBuf> {
    let rest = path.to_str()?.strip_prefix(r"\\?\")?;
    let plain = match rest.strip_prefix(r"UNC\") {
        Some(share) => format!(r"\\{share}"),
        None => rest.to_owned(),
    };
    let changes = |part: &str| part.ends_with(['.', ' ']) || is_windows_device(part);
    let is_same = plain.len() < LONGEST_PLAIN
        && (plain.starts_with(r"\\") || rest.as_bytes().get(1) == Some(&b':'))
        && !plain.split('\\').any(changes);
    is_same.then(|| PathBuf::from(plain))
}

/// Returns the URI by which SQLite opens a file that does not change (<https://sqlite.org/uri.html>).
#[must_use]
pub fn sqlite_uri(path: &Path) -> String {
    let whole = real_path(path).unwrap_or_else(|_| path.to_owned());
    uri(SYSTEM, &whole)
}

fn uri(system: System, whole: &Path) -> String {
    // SQLite expects a slash before a drive letter, and an empty host before a share.
    let mut uri = String::from(match system {
        System::Unix => "file:",
        System::Windows if whole.as_os_str().as_encoded_bytes().starts_with(b"\\\\") => "file://",
        System::Windows => "file:/",
    });
    for byte in whole.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(*byte));
            }
            b'\\' if system == System::Windows => uri.push('/'),
            // Writing to a string cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri + "?immutable=1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_the_system_keeps_in_a_file_of_its_own() {
        for (name, unix, windows) in [
            ("clients", true, true),
            ("Список май", true, true),
            ("v1.2", true, true),
            ("console", true, true),
            ("com", true, true),
            ("com10", true, true),
            ("", false, false),
            ("a/b", false, false),
            ("a\\b", false, false),
            ("12:30", true, false),
            ("what?", true, false),
            ("CON", true, false),
            ("nul.old", true, false),
            ("Com1", true, false),
            ("lpt² .x", true, false),
            ("a\tb", true, false),
        ] {
            assert_eq!(is_name(System::Unix, name), unix, "{name}");
            assert_eq!(is_name(System::Windows, name), windows, "{name}");
        }
        for (path, is_device) in [
            ("NUL", true),
            ("con:", true),
            (r"\\.\pipe\x", true),
            ("//./COM1", true),
            ("null", false),
            ("nul.csv", false),
            (r"C:\lists\a.csv", false),
        ] {
            assert_eq!(is_windows_device_path(Path::new(path)), is_device, "{path}");
        }
    }

    #[test]
    fn a_path_of_windows_loses_its_prefix_only_where_it_stays_the_same() {
        let long = format!(r"\\?\C:\{}", "a".repeat(300));
        for (path, plain) in [
            (r"\\?\C:\lists\a.csv", Some(r"C:\lists\a.csv")),
            (r"\\?\UNC\server\lists\a.csv", Some(r"\\server\lists\a.csv")),
            (r"\\?\C:\lists\nul", None),
            (r"\\?\C:\lists.\a.csv", None),
            (r"\\?\Volume{1}\a.csv", None),
            (r"C:\lists\a.csv", None),
            (&long, None),
        ] {
            assert_eq!(
                without_prefix(Path::new(path)),
                plain.map(PathBuf::from),
                "{path}"
            );
        }
    }

    #[test]
    fn a_uri_names_the_file_on_either_system() {
        for (system, path, expected) in [
            (
                System::Unix,
                "/a b/c%.ledger",
                "file:/a%20b/c%25.ledger?immutable=1",
            ),
            (System::Unix, "/a\\b", "file:/a%5Cb?immutable=1"),
            (
                System::Windows,
                r"C:\a b\c",
                "file:/C%3A/a%20b/c?immutable=1",
            ),
            (
                System::Windows,
                r"\\server\lists\c",
                "file:////server/lists/c?immutable=1",
            ),
        ] {
            assert_eq!(uri(system, Path::new(path)), expected);
        }
    }
}
