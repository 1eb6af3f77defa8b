//! What one settings file says, and which of its settings count: those that decide where the token and the
//! contacts go, what is run, or which files are written count only from a file that the user trusts.

use crate::cli::args::from_file::{FileToken, From};
use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

use super::{
    Entry, NAME, SettingsFileError, Value,
    find::Origin,
    trusted::{self, Recorded},
};
use crate::{domain::is_invisible, i18n::SettingsFault, ledger::Access};

/// Keys that name a file which is written, or whose contents go out: outside of its own folder a settings
/// file names one only if it is trusted.
const FILES: [&str; 8] = [
    "ledger",
    "results",
    "out-dir",
    "log-file",
    "campaign",
    "problems",
    "contacts",
    "recipients",
];

/// What is shown in place of a token.
const HIDDEN: &str = "<token>";

/// Whether a file may decide what only the user decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    Trusted,
    /// Nobody said anything about it.
    Unknown,
    /// It was trusted as it was before.
    Changed,
    /// It belongs to another user.
    Foreign,
    /// Other users may write it.
    Open,
}

/// The settings of the top level, or of one profile or instance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Level {
    pub(super) entries: Vec<Entry>,
    pub(super) token: Option<FileToken>,
    /// The line of its heading.
    pub(super) line: usize,
}

/// A setting that counts only from a file that the user trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) key: String,
    /// As the file writes it; a token is hidden.
    pub(crate) value: String,
    pub(crate) line: usize,
}

/// What one file says.
#[derive(Debug, Clone)]
pub(crate) struct FileSettings {
    pub(crate) path: PathBuf,
    pub(crate) trust: Trust,
    pub(crate) decisions: Vec<Decision>,
    /// The profile that it chooses, and the line where it does.
    pub(super) chosen: Option<(String, usize)>,
    pub(super) top: Level,
    pub(super) profiles: BTreeMap<String, Level>,
    pub(super) instances: BTreeMap<String, Level>,
}

impl Trust {
    pub(super) fn of(path: &Path, origin: Origin, (text, access): (&str, Access)) -> Self {
        match origin {
            Origin::Own | Origin::Named => Self::Trusted,
            Origin::Found if !access.is_own => Self::Foreign,
            Origin::Found if access.is_open => Self::Open,
            Origin::Found => match trusted::look_up(path, text) {
                Recorded::Trusted => Self::Trusted,
                Recorded::Changed => Self::Changed,
                Recorded::Unknown => Self::Unknown,
            },
        }
    }
}

impl Level {
    /// What the other says comes before what this one says.
    pub(super) fn give_way_to(&mut self, other: Self) {
        self.entries
            .retain(|entry| other.entries.iter().all(|first| first.key != entry.key));
        self.entries.extend(other.entries);
        self.token = other.token.or_else(|| self.token.take());
    }

    fn decisions(&self, file: &Path) -> Vec<Decision> {
        let entries = self.entries.iter().filter(|entry| entry.decides(file));
        let entries = entries.map(|entry| (entry.key.clone(), entry.value.shown(), entry.line));
        let token = self
            .token
            .iter()
            .map(|token| (token.key().to_owned(), token.shown(), token.line));
        entries
            .chain(token)
            .map(|(key, value, line)| Decision {
                key,
                value: shown(&value),
                line,
            })
            .collect()
    }

    fn without_decisions(&mut self, file: &Path) {
        self.entries.retain(|entry| !entry.decides(file));
        self.token = None;
    }
}

impl Entry {
    fn decides(&self, file: &Path) -> bool {
        is_of_trust(&self.key)
            || (FILES.contains(&self.key.as_str())
                && self
                    .value
                    .texts()
                    .iter()
                    .any(|text| is_outside(file, text, &self.key)))
    }
}

impl Value {
    fn texts(&self) -> &[String] {
        match self {
            Self::Switch(_) => &[],
            Self::One(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Switch(switch) => switch.to_string(),
            Self::One(text) => text.clone(),
            Self::Several(texts) => texts.join(" "),
        }
    }
}

impl FileToken {
    fn key(&self) -> &'static str {
        match self.from {
            From::File(_) => "token-file",
            From::Command(_) => "token-command",
            From::Here(_) => "token",
        }
    }

    fn shown(&self) -> String {
        match &self.from {
            From::File(path) => path.display().to_string(),
            From::Command(words) => words.join(" "),
            From::Here(_) => HIDDEN.to_owned(),
        }
    }
}

impl FileSettings {
    /// Finds what only a trusted file decides; of any other file it is taken out.
    pub(super) fn part_with_decisions(&mut self) {
        let Self {
            path,
            top,
            profiles,
            instances,
            ..
        } = self;
        let mut decisions = top.decisions(path);
        decisions.extend(profiles.values().flat_map(|level| level.decisions(path)));
        for (name, level) in instances.iter() {
            decisions.push(Decision {
                key: format!("instances.{}", plain(name)),
                value: level.value(),
                line: level.line,
            });
        }
        if self.trust != Trust::Trusted {
            top.without_decisions(path);
            for level in profiles.values_mut() {
                level.without_decisions(path);
            }
            instances.clear();
        }
        decisions.sort_by_key(|decision| decision.line);
        self.decisions = decisions;
    }

    /// A profile that is in another file is chosen by a trusted file only: it is another account.
    pub(super) fn must_not_choose(&mut self) {
        if let Some((name, line)) = self.chosen.take() {
            self.decisions.insert(
                0,
                Decision {
                    key: "profile".to_owned(),
                    value: plain(&name),
                    line,
                },
            );
        }
    }

    /// What it says and does not decide.
    pub(crate) fn not_believed(&self) -> &[Decision] {
        if self.trust == Trust::Trusted {
            &[]
        } else {
            &self.decisions
        }
    }

    /// The command that trusts it.
    pub(crate) fn command(&self) -> String {
        let folder = self
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let Some(folder) = folder.map(|folder| folder.display().to_string()) else {
            return "sendcontact trust".to_owned();
        };
        let is_plain = |sign: char| sign.is_alphanumeric() || "/._-~:\\".contains(sign);
        let folder = if folder.chars().all(is_plain) {
            folder
        } else {
            format!("'{}'", plain(&folder))
        };
        format!("sendcontact trust {folder}")
    }

    /// Refuses to go on where something was said that is not believed.
    pub(super) fn must_be_trusted(&self) -> Result<(), SettingsFileError> {
        let Some(first) = self.not_believed().first() else {
            return Ok(());
        };
        let (path, command) = (self.path.display().to_string(), self.command());
        let (place, key) = (format!("{path}:{}", first.line), first.key.clone());
        Err(match self.trust {
            Trust::Trusted | Trust::Unknown => SettingsFault::NotTrusted {
                place,
                key,
                command,
            },
            Trust::Changed => SettingsFault::TrustChanged {
                place,
                key,
                command,
            },
            Trust::Foreign => SettingsFault::ForeignFile { place, path, key },
            Trust::Open => SettingsFault::OpenFile { place, path, key },
        }
        .into())
    }

    /// What holds of it with this profile and this instance.
    pub(super) fn level(&self, profile: Option<&str>, instance: Option<&str>) -> Level {
        let mut level = self.top.clone();
        if let Some(own) = profile.and_then(|name| self.profiles.get(name)) {
            level.give_way_to(own.clone());
        }
        if let Some(name) = instance {
            level.entries.retain(|entry| entry.key != "id-instance");
            level.give_way_to(self.instances.get(name).cloned().unwrap_or_default());
        }
        level.entries.sort_by_key(|entry| entry.line);
        level
    }
}

impl Level {
    fn value(&self) -> String {
        let entries = self
            .entries
            .iter()
            .map(|entry| format!("{} = {}", entry.key, entry.value.shown()));
        let token = self
            .token
            .iter()
            .map(|token| format!("{} = {}", token.key(), token.shown()));
        shown(&entries.chain(token).collect::<Vec<_>>().join(", "))
    }
}

/// Keys that say where the token and the contacts go, in whose name, and what is run.
pub(super) fn is_of_trust(key: &str) -> bool {
    let keys = [
        "api-url",
        "insecure-http",
        "token-file",
        "token",
        "id-instance",
        "instance",
        "instances",
        "database",
    ];
    keys.contains(&key) || key.ends_with("-command")
}

/// Whether a name leads out of the folder of the settings file, by itself or by a link.
fn is_outside(file: &Path, text: &str, key: &str) -> bool {
    let path = Path::new(text);
    let climbs = path
        .components()
        .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir));
    let whole = resolved(file, text);
    if key == "recipients" && !whole.exists() {
        return false;
    }
    climbs || text.starts_with("~/") || leads_away(file, &whole)
}

/// Whether the nearest part of the path that is there lies elsewhere once its links are followed.
fn leads_away(file: &Path, path: &Path) -> bool {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let Ok(folder) = folder.canonicalize() else {
        return true;
    };
    let there = path
        .ancestors()
        .find(|part| part.symlink_metadata().is_ok());
    match there.filter(|part| !part.as_os_str().is_empty()) {
        None => false,
        Some(part) => part
            .canonicalize()
            .map_or(true, |part| !part.starts_with(&folder)),
    }
}

/// A value as a person may see it: what looks like a token is hidden, wherever it is.
fn shown(value: &str) -> String {
    let is_token =
        |word: &str| word.len() >= 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = value
        .split_inclusive(|sign: char| !sign.is_ascii_alphanumeric())
        .map(|part| {
            let word = part.trim_end_matches(|sign: char| !sign.is_ascii_alphanumeric());
            if is_token(word) {
                part.replacen(word, HIDDEN, 1)
            } else {
                part.to_owned()
            }
        });
    plain(&words.collect::<String>())
}

/// A text of a file that came with a list, with signs that a terminal would obey made visible.
pub(crate) fn plain(text: &str) -> String {
    let visible = |sign: char| -> String {
        if sign.is_control() || is_invisible(sign) {
            sign.escape_unicode().collect()
        } else {
            sign.to_string()
        }
    };
    text.chars().map(visible).collect()
}

/// The settings file of a folder, or the one that is named.
pub(crate) fn in_folder(path: &Path) -> PathBuf {
    if path.file_name().is_some_and(|name| name == NAME) && !path.is_dir() {
        path.to_owned()
    } else {
        path.join(NAME)
    }
}

/// A path in the file is meant from the file's own folder; `~/` is the user's home.
pub(super) fn resolved(file: &Path, text: &str) -> PathBuf {
    let home =
        || std::env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from);
    match text
        .strip_prefix("~/")
        .and_then(|rest| Some(home()?.join(rest)))
    {
        Some(path) => path,
        None => file.parent().unwrap_or(Path::new("")).join(text),
    }
}
