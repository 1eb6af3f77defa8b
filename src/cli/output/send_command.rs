//! The `send` command that was typed, so that later commands can show it again, unchanged or with other options.

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::{ArgMatches, CommandFactory};
use serde::{Deserialize, Serialize};

use crate::{
    cli::args::Arguments,
    i18n,
    platform::{SYSTEM, System},
    report::quoted_path,
    terminal::quote::quoted,
};

/// The name of the command.
const SEND: &str = "send";

/// Options about the list itself, which corrected results do not need, and whether each has a value.
const OF_LIST: [(&str, bool); 10] = [
    ("--recipients", true),
    ("--contacts", true),
    ("--match", true),
    ("--map", true),
    ("--encoding", true),
    ("--delimiter", true),
    ("--sheet", true),
    ("--include-hidden", false),
    ("--no-header", false),
    ("--retry-failed", false),
];

/// The `send` command that was typed, as a ledger keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SendCommand {
    pub(super) folder: PathBuf,
    pub(super) words: Vec<String>,
}

impl SendCommand {
    /// Returns the command with these options, each a name and a value, in place of those that were typed.
    pub(super) fn with(&self, options: &[(&str, Option<&str>)]) -> Self {
        let mut words = self.words_without(|name| {
            let typed = options.iter().find(|(option, _)| *option == name)?;
            Some(typed.1.is_some())
        });
        // After `--` the options would be read as files.
        let end = words.iter().position(|word| word == "--");
        let end = end.unwrap_or(words.len());
        let options = options.iter().flat_map(|(name, value)| {
            let value = value.map(str::to_owned);
            std::iter::once((*name).to_owned()).chain(value)
        });
        words.splice(end..end, options);
        Self {
            folder: self.folder.clone(),
            words,
        }
    }

    /// Returns the command for a run that begins now, whatever start was typed or is set elsewhere.
    pub(super) fn without_start(&self) -> Self {
        let is_start = |name: &str| (name == "--start-at").then_some(true);
        Self {
            folder: self.folder.clone(),
            words: self.words_without(is_start),
        }
        .with(&[("--if-late", Some("run"))])
    }

    /// Whether `--limit` was typed.
    pub(super) fn has_limit(&self) -> bool {
        self.without_limit().words.len() < self.words.len()
    }

    /// Returns the command for all that is left.
    pub(super) fn without_limit(&self) -> Self {
        Self {
            folder: self.folder.clone(),
            words: self.words_without(|name| (name == "--limit").then_some(true)),
        }
    }

    /// Returns the command as it was parsed; `None` if it was typed in another version and cannot be read.
    pub(super) fn matches(&self) -> Option<ArgMatches> {
        let words = std::iter::once(SEND).chain(self.words.iter().map(String::as_str));
        let matches = Arguments::command().try_get_matches_from(words).ok()?;
        let (_, send) = matches.subcommand()?;
        Some(send.clone())
    }

    /// Returns the command for corrected results in place of the list, with the options that still apply; `None` if the
    /// command was typed in another version and cannot be read.
    pub(super) fn of_file(&self, file: &Path) -> Option<Self> {
        let send = self.matches()?;
        let typed = |id| {
            let raw = send.get_raw(id).into_iter().flatten();
            raw.map(|value| value.to_string_lossy().into_owned())
        };
        let inputs: Vec<String> = typed("inputs").collect();
        // The results have a column for each field, and keep the column of time zones as it was.
        let zones = typed("map").filter(|map| map.starts_with("timeZone="));
        let mut words = self.words_without(|name| {
            let option = OF_LIST.iter().find(|(option, _)| *option == name)?;
            Some(option.1)
        });
        words.retain(|word| word != "--" && !inputs.contains(word));
        let file = if self.is_here() {
            file.to_owned()
        } else {
            absolute(file)
        };
        let after = words.iter().position(|word| word == SEND)? + 1;
        words.insert(after, quotable(&file));
        words.extend(zones.flat_map(|zone| ["--map".to_owned(), zone]));
        Some(Self {
            folder: self.folder.clone(),
            words,
        })
    }

    pub(super) fn is_here(&self) -> bool {
        env::current_dir().is_ok_and(|here| here == self.folder)
    }

    /// Returns the words without some options. For the name of such an option, `takes_value` says whether the option has
    /// a value.
    fn words_without(&self, takes_value: impl Fn(&str) -> Option<bool>) -> Vec<String> {
        let mut words = Vec::new();
        let mut typed = self.words.iter();
        while let Some(word) = typed.next() {
            let name = word.split('=').next().unwrap_or_default();
            match takes_value(name) {
                Some(true) if name == word => drop(typed.next()),
                Some(_) => {}
                None => words.push(word.clone()),
            }
        }
        words
    }

    /// Returns the command as a line; `None` if it cannot be repeated on one line from here.
    pub(super) fn line(&self, program: &str) -> Option<String> {
        let words: Vec<String> = self.words.iter().map(|word| quoted(word)).collect();
        if self.is_here() {
            return Some(line(program, &words));
        }
        // cmd and PowerShell have different operators to join commands.
        (SYSTEM == System::Unix).then(|| {
            let folder = quoted_path(&self.folder);
            let program = if program.contains('/') {
                quoted_path(&absolute(Path::new(program)))
            } else {
                program.to_owned()
            };
            format!("cd {folder} && {}", line(&program, &words))
        })
    }
}

/// Returns a path as a word that is not read as an option.
fn quotable(path: &Path) -> String {
    let text = path.to_string_lossy().into_owned();
    if text.starts_with('-') {
        format!("./{text}")
    } else {
        text
    }
}

/// Whether a word must not be kept: the arguments of the notification command may contain passwords.
pub(super) fn is_private(word: &str) -> bool {
    word.starts_with("--notify") || i18n::holds_token(word)
}

pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

pub(super) fn line(program: &str, words: &[String]) -> String {
    words
        .iter()
        .fold(program.to_owned(), |line, word| line + " " + word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_takes_the_place_of_what_was_typed_of_it() {
        let limit = [("--retry-failed", None), ("--limit", Some("1"))];
        for (typed, with) in [
            ("send a.csv", "send a.csv --retry-failed --limit 1"),
            (
                "send --limit 5 a.csv",
                "send a.csv --retry-failed --limit 1",
            ),
            (
                "send --limit=5 a.csv -q",
                "send a.csv -q --retry-failed --limit 1",
            ),
            (
                "send --retry-failed a.csv",
                "send a.csv --retry-failed --limit 1",
            ),
            ("send -- -a.csv", "send --retry-failed --limit 1 -- -a.csv"),
        ] {
            let words = typed.split(' ').map(str::to_owned).collect();
            let folder = PathBuf::new();
            let command = SendCommand { folder, words }.with(&limit);
            assert_eq!(command.words.join(" "), with);
        }
    }
}
