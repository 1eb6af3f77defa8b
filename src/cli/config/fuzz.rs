//! What must hold for every text of a settings file: for the fuzz targets (`fuzz/`) and `tests/fuzz.rs`.
//! No part of the program calls it.

use std::{ffi::OsString, path::Path, sync::LazyLock};

use clap::CommandFactory;

use super::{
    FileSettings, InForce, LineError, NAME, SettingsFileError, SettingsFiles, Trust, chosen,
    file::is_of_trust, has_profile, options_of, read, with,
};
use crate::{cli::args::Arguments, i18n::Language, ledger::Access};

static KNOWN: LazyLock<Vec<String>> =
    LazyLock::new(|| read::known_keys(&options_of(Arguments::command())));

/// Reads the text of a file that the user trusts, or does not, and a command line with its values.
///
/// # Panics
/// If a file that is not trusted decides what only a trusted one may, or a fault has no words.
#[doc(hidden)]
pub fn check_settings(text: &str, is_trusted: bool) {
    let trust = if is_trusted {
        Trust::Trusted
    } else {
        Trust::Unknown
    };
    let access = Access {
        mode: 0o600,
        is_own: true,
        is_open: false,
    };
    let file = match read::read_text(Path::new(NAME), (text, access), trust, &KNOWN) {
        Ok(file) => file,
        Err(error) => return check_words(&error),
    };
    let mut again = file.clone();
    again.part_with_decisions();
    assert!(
        is_trusted || again.decisions.is_empty(),
        "{:?}",
        again.decisions
    );
    if let Err(error) = check_line(file, is_trusted) {
        check_words(&error);
    }
}

fn check_words(error: &SettingsFileError) {
    for language in [Language::En, Language::Ru] {
        assert!(!error.localized(language).is_empty());
    }
}

fn check_line(file: FileSettings, is_trusted: bool) -> Result<(), SettingsFileError> {
    let mut files = vec![file];
    let profile = chosen(&mut files);
    let files = SettingsFiles {
        files,
        profile,
        ..SettingsFiles::default()
    };
    has_profile(&files)?;
    // A run that sends does not begin with a file that is not trusted.
    let command = if is_trusted { "send" } else { "check" };
    let line = ["sendcontact", command, "clients.csv"].map(OsString::from);
    match with(&line, Some(&files)) {
        Ok(typed) => {
            let decides = |entry: &InForce| is_of_trust(&entry.key);
            assert!(
                is_trusted || !typed.files.entries.iter().any(decides),
                "{:?}",
                typed.files.entries
            );
            let _in_use = typed.files.in_use();
            Ok(())
        }
        Err(LineError::Line(error)) => {
            assert!(!error.to_string().is_empty());
            Ok(())
        }
        Err(LineError::File(error, _)) => Err(error),
    }
}
