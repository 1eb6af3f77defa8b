//! From TOML to settings: every key is one that we know, in every profile, and a token stands in the
//! open only in a file that nobody else may read.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::Arg;
use secrecy::SecretString;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Entry, FileToken, SettingsFile, SettingsFileError, Value,
    token::From::{Command, File, Here},
};
use crate::sentences::SettingsFault;

/// The ways to name a token; only one of them may stand in one place.
const TOKEN_KEYS: [&str; 3] = ["token-file", "token-command", "token"];

/// Keys that say what is run and where the token goes, beside `token-command`.
const OF_TRUST: [&str; 3] = ["notify-command", "api-url", "insecure-http"];

/// Options that are no settings.
const NO_SETTINGS: [&str; 6] = ["help", "version", "settings", "no-settings", "profile", "unsuppress"];

/// What one instance may have for itself; all else is the campaign's.
const OF_AN_INSTANCE: [&str; 21] = [
    "address-as",
    "api-url",
    "concurrency",
    "daily-cap",
    "days",
    "holidays",
    "id-instance",
    "insecure-http",
    "new-recipients-per-day",
    "no-wait",
    "patience",
    "rate",
    "recipient-time-zone",
    "spacing",
    "time-zone",
    "timeout",
    "token",
    "token-command",
    "token-file",
    "warm-up",
    "window",
];

/// Every option that a settings file may set, by its long name: those of `send` and `check`, and
/// those of every command.
pub(in super::super) fn options(program: &clap::Command) -> Vec<(&str, &Arg)> {
    let commands = ["send", "check"].into_iter().filter_map(|name| program.find_subcommand(name));
    let mut options: Vec<(&str, &Arg)> = Vec::new();
    for option in commands.chain([program]).flat_map(clap::Command::get_arguments) {
        let Some(key) = option.get_long() else { continue };
        if !NO_SETTINGS.contains(&key) && options.iter().all(|(known, _)| *known != key) {
            options.push((key, option));
        }
    }
    options
}

/// Every key that a settings file may have, but `profile` and `profiles`.
pub(super) fn known_keys(program: &clap::Command) -> Vec<String> {
    let options = options(program).into_iter().map(|(key, _)| key);
    let tokens = TOKEN_KEYS.into_iter().filter(|key| *key != "token-file");
    options.chain(tokens).map(str::to_owned).collect()
}

/// Reads the file and takes what holds for this profile, or for the one that the file chooses.
pub(super) fn read(
    path: &Path,
    profile: Option<&str>,
    known: &[String],
) -> Result<SettingsFile, SettingsFileError> {
    let (text, access) = text_of(path).map_err(|error| SettingsFault::Unreadable {
        path: path.display().to_string(),
        reason: error.to_string(),
    })?;
    let source = Source { path, text: &text, access, known };
    let Levels { top: mut level, chosen, mut profiles, instances } = source.levels()?;
    let profile = profile.map(str::to_owned).or(chosen);
    if let Some(name) = &profile {
        let own = profiles.remove(name).ok_or_else(|| no_profile(path, name, &profiles))?;
        level.give_way_to(own);
    }
    level.entries.sort_by_key(|entry| entry.line);
    Ok(SettingsFile { path: path.to_owned(), entries: level.entries, token: level.token, profile, instances })
}

/// A path in the file is meant from the file's own folder; `~/` is the user's home.
pub(super) fn resolved(file: &Path, text: &str) -> PathBuf {
    let home = || env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from);
    match text.strip_prefix("~/").and_then(|rest| Some(home()?.join(rest))) {
        Some(path) => path,
        None => file.parent().unwrap_or(Path::new("")).join(text),
    }
}

/// Who may do what with the file; nobody but the user where there are no modes.
pub(in super::super) fn mode(path: &Path) -> u32 {
    fs::metadata(path).map_or(0, |file| Access::of(&file).mode)
}

/// Who may do what with a file, and whether it is the user's own, or the machine's. Where there are no
/// owners, it is.
#[derive(Debug, Clone, Copy)]
struct Access {
    mode: u32,
    is_own: bool,
    /// Somebody else may write it. A group that has its user's number is that user's alone: so many
    /// systems make them, with files that the group may write.
    is_open: bool,
}

impl Access {
    #[cfg(unix)]
    fn of(file: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let owners = [0, rustix::process::geteuid().as_raw()];
        let closed = if file.gid() == file.uid() { 0o002 } else { 0o022 };
        Self { mode: file.mode(), is_own: owners.contains(&file.uid()), is_open: file.mode() & closed != 0 }
    }

    #[cfg(not(unix))]
    const fn of(_: &fs::Metadata) -> Self {
        Self { mode: 0, is_own: true, is_open: false }
    }
}

/// The text, and the access to the very file from which it was read.
fn text_of(path: &Path) -> io::Result<(String, Access)> {
    let mut file = fs::File::open(path)?;
    let access = Access::of(&file.metadata()?);
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok((text, access))
}

fn no_profile(path: &Path, profile: &str, profiles: &BTreeMap<String, Level>) -> SettingsFileError {
    let (path, profile) = (path.display().to_string(), profile.to_owned());
    let known = profiles.keys().cloned().collect::<Vec<_>>().join(", ");
    if known.is_empty() {
        return SettingsFault::NoProfileAtAll { path, profile }.into();
    }
    SettingsFault::NoProfile { path, profile, known }.into()
}

/// The settings of the top level, or of one profile or instance.
#[derive(Debug, Clone, Default)]
pub(super) struct Level {
    pub(super) entries: Vec<Entry>,
    pub(super) token: Option<FileToken>,
}

impl Level {
    /// What the other says comes before what this one says.
    pub(super) fn give_way_to(&mut self, other: Self) {
        self.entries.retain(|entry| other.entries.iter().all(|first| first.key != entry.key));
        self.entries.extend(other.entries);
        self.token = other.token.or_else(|| self.token.take());
    }
}

/// All that a file says: its top level, the profile that it chooses, and every profile and instance.
struct Levels {
    top: Level,
    chosen: Option<String>,
    profiles: BTreeMap<String, Level>,
    instances: BTreeMap<String, Level>,
}

/// The text that is read, for telling where in it something stands.
struct Source<'a> {
    path: &'a Path,
    text: &'a str,
    access: Access,
    known: &'a [String],
}

impl Source<'_> {
    fn levels(&self) -> Result<Levels, SettingsFileError> {
        let table = DeTable::parse(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            SettingsFault::Syntax { place: self.place(at), reason: error.message().to_owned() }
        })?;
        let mut top = table.into_inner();
        let mut chosen = None;
        if let Some((key, value)) = top.remove_entry("profile") {
            match text(value.get_ref()) {
                Some(name) => chosen = Some(name),
                None => return Err(self.needs_text(&key)),
            }
        }
        let profiles = self.named(top.remove_entry("profiles"), &|_| Ok(()))?;
        let instances = self.named(top.remove_entry("instances"), &|key| self.is_of_an_instance(key))?;
        Ok(Levels { top: self.level(top)?, chosen, profiles, instances })
    }

    /// The tables under a key, by their names; each of their keys must pass.
    fn named(
        &self,
        tables: Option<(Key<'_>, Spanned<DeValue<'_>>)>,
        passes: &dyn Fn(&Key<'_>) -> Result<(), SettingsFileError>,
    ) -> Result<BTreeMap<String, Level>, SettingsFileError> {
        let mut levels = BTreeMap::new();
        let Some((key, value)) = tables else { return Ok(levels) };
        let kind = key.get_ref().as_ref();
        for (name, value) in self.table(kind, &key, value)? {
            let own = self.table(kind, &name, value)?;
            own.keys().try_for_each(passes)?;
            levels.insert(name.get_ref().to_string(), self.level(own)?);
        }
        Ok(levels)
    }

    fn is_of_an_instance(&self, key: &Key<'_>) -> Result<(), SettingsFileError> {
        let (place, word) = (self.of(key), key.get_ref().to_string());
        let is_known = self.known.contains(&word);
        if is_known && !OF_AN_INSTANCE.contains(&word.as_str()) {
            return Err(SettingsFault::OfTheCampaign { place, key: word }.into());
        }
        Ok(())
    }

    fn table<'t>(
        &self,
        kind: &str,
        key: &Key<'_>,
        value: Spanned<DeValue<'t>>,
    ) -> Result<DeTable<'t>, SettingsFileError> {
        match value.into_inner() {
            DeValue::Table(table) => Ok(table),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => {
                let (place, key) = (self.of(key), key.get_ref().to_string());
                Err(SettingsFault::NeedsTable { place, key, kind: kind.to_owned() }.into())
            }
        }
    }

    fn level(&self, table: DeTable<'_>) -> Result<Level, SettingsFileError> {
        let mut level = Level::default();
        for (key, value) in table {
            if !self.known.iter().any(|known| known == key.get_ref()) {
                return Err(self.unknown(&key));
            }
            if TOKEN_KEYS.contains(&key.get_ref().as_ref()) {
                if level.token.is_some() {
                    return Err(SettingsFault::TwoTokens { place: self.of(&key) }.into());
                }
                level.token = Some(self.token(&key, value.get_ref())?);
                continue;
            }
            if OF_TRUST.contains(&key.get_ref().as_ref()) {
                self.for_our_hands(&key)?;
            }
            let line = self.line(key.span().start);
            let value = self.value(&key, value.get_ref())?;
            level.entries.push(Entry { key: key.into_inner().into_owned(), value, line });
        }
        Ok(level)
    }

    fn value(&self, key: &Key<'_>, value: &DeValue<'_>) -> Result<Value, SettingsFileError> {
        match value {
            DeValue::Boolean(switch) => Ok(Value::Switch(*switch)),
            DeValue::Array(items) => {
                let texts = items.iter().map(|item| text(item.get_ref())).collect::<Option<Vec<_>>>();
                let wrong = || {
                    SettingsFault::NeedsTexts { place: self.of(key), key: key.get_ref().to_string() }.into()
                };
                texts.map(Value::Several).ok_or_else(wrong)
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => text(value).map(Value::One).ok_or_else(|| self.needs_text(key)),
        }
    }

    fn token(&self, key: &Key<'_>, value: &DeValue<'_>) -> Result<FileToken, SettingsFileError> {
        let value = self.value(key, value)?;
        let from = match (key.get_ref().as_ref(), value) {
            ("token-command", Value::Several(words)) if !words.is_empty() => {
                self.for_our_hands(key)?;
                Command(words)
            }
            ("token-command", _) => {
                let place = self.of(key);
                return Err(SettingsFault::NeedsWords { place, key: key.get_ref().to_string() }.into());
            }
            ("token", Value::One(token)) => {
                self.for_our_eyes(key)?;
                Here(SecretString::from(token.trim().to_owned()))
            }
            (_, Value::One(path)) => File(resolved(self.path, &path)),
            (_, Value::Switch(_) | Value::Several(_)) => return Err(self.needs_text(key)),
        };
        Ok(FileToken { place: self.of(key), from })
    }

    /// A token in the open is for one pair of eyes.
    fn for_our_eyes(&self, key: &Key<'_>) -> Result<(), SettingsFileError> {
        let (place, path) = (self.of(key), self.path.display().to_string());
        if self.access.mode & 0o077 != 0 {
            return Err(SettingsFault::OpenToken { place, path }.into());
        }
        Ok(())
    }

    /// Whoever may write here what is run, or where the token goes, may run it as the one who reads it, and
    /// has the token.
    fn for_our_hands(&self, key: &Key<'_>) -> Result<(), SettingsFileError> {
        let (place, path, word) = (self.of(key), self.path.display().to_string(), key.get_ref().to_string());
        if !self.access.is_own {
            return Err(SettingsFault::ForeignFile { place, path, key: word }.into());
        }
        if self.access.is_open {
            return Err(SettingsFault::OpenFile { place, path, key: word }.into());
        }
        Ok(())
    }

    fn unknown(&self, key: &Key<'_>) -> SettingsFileError {
        let (place, key) = (self.of(key), key.get_ref().to_string());
        let like = |known: &&String| strsim::jaro_winkler(known, &key.to_lowercase().replace('_', "-"));
        let nearest = self.known.iter().max_by(|one, other| like(one).total_cmp(&like(other)));
        match nearest.filter(|known| like(known) > 0.8) {
            Some(nearest) => SettingsFault::UnknownKeyNear { place, key, nearest: nearest.clone() }.into(),
            None => SettingsFault::UnknownKey { place, key }.into(),
        }
    }

    fn needs_text(&self, key: &Key<'_>) -> SettingsFileError {
        SettingsFault::NeedsText { place: self.of(key), key: key.get_ref().to_string() }.into()
    }

    /// Where this key stands, as `sendcontact.toml:4`.
    fn of(&self, key: &Key<'_>) -> String {
        self.place(key.span().start)
    }

    fn place(&self, at: usize) -> String {
        format!("{}:{}", self.path.display(), self.line(at))
    }

    fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or(self.text).matches('\n').count() + 1
    }
}

/// A key and where it stands.
type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

/// A value that stands for itself.
fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
