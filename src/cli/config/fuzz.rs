//! What must hold for every text of a settings file. Called only by the fuzz targets (`fuzz/`) and by `tests/fuzz.rs`.

use std::{ffi::OsString, path::Path, sync::LazyLock};

use clap::CommandFactory;

use super::{
    combine::EffectiveSetting,
    command_line::{CommandLineError, parse_with_files, without_empty_variables},
    error::SettingsFileError,
    file::{FileSettings, Trust},
    files::SettingsFiles,
    keys::{known_keys, requires_trust},
    paths::NAME,
    read,
};
use crate::{cli::args::Arguments, i18n::Language, platform::Access};

static KNOWN: LazyLock<Vec<String>> =
    LazyLock::new(|| known_keys(&without_empty_variables(Arguments::command())));

/// Reads a text as a settings file, trusted or not, and parses a command line with its values.
///
/// # Panics
/// If a file that is not trusted sets a sensitive setting, or an error has no message.
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
    let file = match read::read_text(Path::new(NAME), text, access, trust, &KNOWN) {
        Ok(file) => file,
        Err(error) => return check_localized(&error),
    };
    let mut again = file.clone();
    again.separate_sensitive();
    assert!(
        is_trusted || again.sensitive.is_empty(),
        "{:?}",
        again.sensitive
    );
    if let Err(error) = check_line(file, is_trusted) {
        check_localized(&error);
    }
}

fn check_localized(error: &SettingsFileError) {
    for language in [Language::En, Language::Ru] {
        assert!(!error.localized(language).is_empty());
    }
}

fn check_line(file: FileSettings, is_trusted: bool) -> Result<(), SettingsFileError> {
    let files = SettingsFiles::new(vec![file], None)?;
    // `send` refuses to start with a file that is not trusted.
    let command = if is_trusted { "send" } else { "check" };
    let line = ["sendcontact", command, "clients.csv"].map(OsString::from);
    match parse_with_files(&line, &files) {
        Ok(typed) => {
            let needs_trust = |entry: &EffectiveSetting| requires_trust(&entry.key);
            assert!(
                is_trusted || !typed.files.entries.iter().any(needs_trust),
                "{:?}",
                typed.files.entries
            );
            let _in_use = typed.files.in_use();
            Ok(())
        }
        Err(CommandLineError::Usage(error)) => {
            assert!(!error.to_string().is_empty());
            Ok(())
        }
        Err(CommandLineError::File(error, _)) => Err(error),
    }
}
