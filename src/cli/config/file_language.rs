//! Finds the language that a settings file names, for output that needs no other setting: help, usage errors, and
//! commands that read no settings.
//!
//! What must stay true: a file that cannot be read changes nothing, because help must always be printed.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use clap::{CommandFactory, ValueEnum};

use super::{
    files::SettingsFiles,
    find::{Origin, user_settings_path},
    keys,
    paths::NAME,
    read,
};
use crate::cli::args::{Arguments, LanguageArgument};

/// Returns the language of the settings files of a command line, which may be invalid. The last file that names a
/// language decides.
pub(crate) fn file_language(words: &[OsString]) -> Option<LanguageArgument> {
    let words = &words[1.min(words.len())..];
    if words.iter().any(|word| word == "--no-settings") {
        return None;
    }
    let known = keys::known_keys(&Arguments::command());
    let files_to_search = files_to_search(words);
    let files = files_to_search
        .iter()
        .filter_map(|(path, origin)| read::read(path, *origin, &known).ok());
    let typed = typed(words, "--profile").map(|name| name.to_string_lossy().into_owned());
    let profile = typed.or_else(|| env::var("SENDCONTACT_PROFILE").ok());
    let profile = profile.filter(|name| !name.is_empty());
    let files = SettingsFiles::new(files.collect(), profile).ok()?;
    let layers = files
        .files
        .iter()
        .map(|file| file.layer(files.profile.as_deref(), None));
    let entries = layers.flat_map(|layer| layer.entries);
    let languages = entries.filter(|entry| entry.key == "lang");
    let mut named = languages.filter_map(|entry| {
        let [name] = entry.value.texts() else {
            return None;
        };
        LanguageArgument::from_str(name, false).ok()
    });
    named.next_back()
}

/// Finds the settings files as [`super::find::find`] does, but beside every path on the command line: without parsing
/// it, nobody knows which word is an input.
fn files_to_search(words: &[OsString]) -> Vec<(PathBuf, Origin)> {
    let user = user_settings_path().map(|path| (path, Origin::User));
    let mut found: Vec<_> = user.into_iter().collect();
    if let Some(named) = typed(words, "--settings") {
        found.push((PathBuf::from(named), Origin::Named));
        return found;
    }
    let beside = words.iter().filter_map(|word| {
        let path = Path::new(word);
        path.is_file().then(|| path.with_file_name(NAME))
    });
    let here = std::iter::once(PathBuf::from(NAME));
    found.extend(here.chain(beside).map(|path| (path, Origin::Found)));
    found
}

/// Returns the value of an option, given as `--name VALUE` or `--name=VALUE`.
fn typed<'a>(words: &'a [OsString], name: &str) -> Option<&'a OsStr> {
    words.iter().enumerate().find_map(|(at, word)| {
        if word == name {
            return words.get(at + 1).map(OsString::as_os_str);
        }
        let value = word.to_str()?.strip_prefix(name)?.strip_prefix('=')?;
        Some(OsStr::new(value))
    })
}
