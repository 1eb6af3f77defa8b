//! From TOML to settings: every key is one that we know, in every profile, and a token is in the
//! open only in a file that nobody else may read.

use crate::cli::args::from_file::{
    FileToken,
    From::{Command, File, Here},
    Rank,
};
use std::{collections::BTreeMap, fs, path::Path};

use clap::Arg;
use secrecy::SecretString;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Entry, SettingsFileError, Value,
    file::{Decision, FileSettings, Level, Trust, is_of_trust, resolved},
    find::Origin,
};
use crate::{
    i18n::SettingsFault,
    ledger::{Access, read_plain},
};

/// The ways to name a token; only one of them may be in one place.
const TOKEN_KEYS: [&str; 3] = ["token-file", "token-command", "token"];

/// Options that are no settings.
const NO_SETTINGS: [&str; 6] = [
    "help",
    "version",
    "settings",
    "no-settings",
    "profile",
    "unsuppress",
];

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
    "rate",
    "recipient-time-zone",
    "retry-for",
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
pub(crate) fn options(program: &clap::Command) -> Vec<(&str, &Arg)> {
    let commands = ["send", "check"]
        .into_iter()
        .filter_map(|name| program.find_subcommand(name));
    let mut options: Vec<(&str, &Arg)> = Vec::new();
    for option in commands
        .chain([program])
        .flat_map(clap::Command::get_arguments)
    {
        let Some(key) = option.get_long() else {
            continue;
        };
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

/// Reads a file; of one that is not trusted, without what only a trusted one decides.
pub(super) fn read(
    path: &Path,
    origin: Origin,
    known: &[String],
) -> Result<FileSettings, SettingsFileError> {
    let (text, access) = read_plain(path).map_err(|error| unreadable(path, &error))?;
    let trust = Trust::of(path, origin, (&text, access));
    read_text(path, (&text, access), trust, known)
}

/// Reads the text of a file; of one that is not trusted, without what only a trusted one decides.
pub(super) fn read_text(
    path: &Path,
    (text, access): (&str, Access),
    trust: Trust,
    known: &[String],
) -> Result<FileSettings, SettingsFileError> {
    let mut file = Source {
        path,
        text,
        access,
        known,
        trust,
    }
    .file()?;
    file.part_with_decisions();
    Ok(file)
}

/// Reads a file that is to be trusted, as if it were; gives its text too.
pub(crate) fn read_to_trust(
    path: &Path,
    program: &clap::Command,
) -> Result<(FileSettings, String), SettingsFileError> {
    let (text, access) = read_plain(path).map_err(|error| unreadable(path, &error))?;
    let trust = Trust::Trusted;
    let source = Source {
        path,
        text: &text,
        access,
        known: &known_keys(program),
        trust,
    };
    let mut file = source.file()?;
    file.part_with_decisions();
    if let Some(Decision { key, line, .. }) = file.decisions.first() {
        source.for_our_hands(&format!("{}:{line}", path.display()), key)?;
    }
    Ok((file, text))
}

fn unreadable(path: &Path, error: &std::io::Error) -> SettingsFileError {
    SettingsFault::Unreadable {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
    .into()
}

/// Who may do what with the file; nobody but the user where there are no modes.
pub(crate) fn mode(path: &Path) -> u32 {
    fs::metadata(path).map_or(0, |file| Access::of(&file).mode)
}

/// The text that is read, for telling where in it something is.
struct Source<'a> {
    path: &'a Path,
    text: &'a str,
    access: Access,
    known: &'a [String],
    trust: Trust,
}

impl Source<'_> {
    fn file(&self) -> Result<FileSettings, SettingsFileError> {
        let table = DeTable::parse(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            SettingsFault::Syntax {
                place: self.place(at),
                reason: error.message().to_owned(),
            }
        })?;
        let mut top = table.into_inner();
        let mut chosen = None;
        if let Some((key, value)) = top.remove_entry("profile") {
            match text(value.get_ref()) {
                Some(name) => chosen = Some((name, self.line(key.span().start))),
                None => return Err(self.needs_text(&key)),
            }
        }
        let profiles = self.named(top.remove_entry("profiles"), Rank::Profile, &|_| Ok(()))?;
        let of_instance = |key: &Key<'_>| self.is_of_an_instance(key);
        let instances = self.named(top.remove_entry("instances"), Rank::Instance, &of_instance)?;
        let (path, trust, decisions) = (self.path.to_owned(), self.trust, Vec::new());
        let top = self.level(top, Rank::Top)?;
        Ok(FileSettings {
            path,
            trust,
            decisions,
            chosen,
            top,
            profiles,
            instances,
        })
    }

    /// The tables under a key, by their names; each of their keys must pass.
    fn named(
        &self,
        tables: Option<(Key<'_>, Spanned<DeValue<'_>>)>,
        rank: Rank,
        passes: &dyn Fn(&Key<'_>) -> Result<(), SettingsFileError>,
    ) -> Result<BTreeMap<String, Level>, SettingsFileError> {
        let mut levels = BTreeMap::new();
        let Some((key, value)) = tables else {
            return Ok(levels);
        };
        let kind = key.get_ref().as_ref();
        for (name, value) in self.table(kind, &key, value)? {
            let own = self.table(kind, &name, value)?;
            own.keys().try_for_each(passes)?;
            let level = Level {
                line: self.line(name.span().start),
                ..self.level(own, rank)?
            };
            levels.insert(name.get_ref().to_string(), level);
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
                Err(SettingsFault::NeedsTable {
                    place,
                    key,
                    kind: kind.to_owned(),
                }
                .into())
            }
        }
    }

    fn level(&self, table: DeTable<'_>, rank: Rank) -> Result<Level, SettingsFileError> {
        let mut level = Level::default();
        for (mut key, value) in table {
            if key.get_ref() == "patience" {
                // Its earlier name.
                *key.get_mut() = "retry-for".into();
            }
            if !self.known.iter().any(|known| known == key.get_ref()) {
                return Err(self.unknown(&key));
            }
            if TOKEN_KEYS.contains(&key.get_ref().as_ref()) {
                if level.token.is_some() {
                    return Err(SettingsFault::TwoTokens {
                        place: self.of(&key),
                    }
                    .into());
                }
                level.token = Some(self.token((&key, rank), value.get_ref())?);
                continue;
            }
            if is_of_trust(key.get_ref()) {
                self.for_our_hands(&self.of(&key), key.get_ref())?;
            }
            let line = self.line(key.span().start);
            let value = self.value(&key, value.get_ref())?;
            let (key, path) = (key.into_inner().into_owned(), self.path.to_owned());
            level.entries.push(Entry {
                key,
                value,
                line,
                path,
                rank,
            });
        }
        Ok(level)
    }

    fn value(&self, key: &Key<'_>, value: &DeValue<'_>) -> Result<Value, SettingsFileError> {
        match value {
            DeValue::Boolean(switch) => Ok(Value::Switch(*switch)),
            DeValue::Array(items) => {
                let texts = items
                    .iter()
                    .map(|item| text(item.get_ref()))
                    .collect::<Option<Vec<_>>>();
                let wrong = || {
                    SettingsFault::NeedsTexts {
                        place: self.of(key),
                        key: key.get_ref().to_string(),
                    }
                    .into()
                };
                texts.map(Value::Several).ok_or_else(wrong)
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => text(value)
                .map(Value::One)
                .ok_or_else(|| self.needs_text(key)),
        }
    }

    fn token(
        &self,
        (key, rank): (&Key<'_>, Rank),
        value: &DeValue<'_>,
    ) -> Result<FileToken, SettingsFileError> {
        let value = self.value(key, value)?;
        self.for_our_hands(&self.of(key), key.get_ref())?;
        let from = match (key.get_ref().as_ref(), value) {
            ("token-command", Value::Several(words)) if !words.is_empty() => Command(words),
            ("token-command", _) => {
                let place = self.of(key);
                return Err(SettingsFault::NeedsWords {
                    place,
                    key: key.get_ref().to_string(),
                }
                .into());
            }
            ("token", Value::One(token)) => {
                self.for_our_eyes(key)?;
                Here(SecretString::from(token.trim().to_owned()))
            }
            (_, Value::One(path)) => File(resolved(self.path, &path)),
            (_, Value::Switch(_) | Value::Several(_)) => return Err(self.needs_text(key)),
        };
        Ok(FileToken {
            place: self.of(key),
            from,
            line: self.line(key.span().start),
            rank,
        })
    }

    /// A token in the open is for one pair of eyes.
    fn for_our_eyes(&self, key: &Key<'_>) -> Result<(), SettingsFileError> {
        let (place, path) = (self.of(key), self.path.display().to_string());
        if self.trust == Trust::Trusted && self.access.mode & 0o077 != 0 {
            return Err(SettingsFault::OpenToken { place, path }.into());
        }
        Ok(())
    }

    /// Whoever may write here what is run, or where the token goes, may run it as the one who reads it, and
    /// has the token. A file that is not trusted decides nothing.
    fn for_our_hands(&self, place: &str, key: &str) -> Result<(), SettingsFileError> {
        let (place, path, key) = (
            place.to_owned(),
            self.path.display().to_string(),
            key.to_owned(),
        );
        if self.trust != Trust::Trusted {
            return Ok(());
        }
        if !self.access.is_own {
            return Err(SettingsFault::ForeignFile { place, path, key }.into());
        }
        if self.access.is_open {
            return Err(SettingsFault::OpenFile { place, path, key }.into());
        }
        Ok(())
    }

    fn unknown(&self, key: &Key<'_>) -> SettingsFileError {
        let (place, key) = (self.of(key), key.get_ref().to_string());
        let like =
            |known: &&String| strsim::jaro_winkler(known, &key.to_lowercase().replace('_', "-"));
        let nearest = self
            .known
            .iter()
            .max_by(|one, other| like(one).total_cmp(&like(other)));
        match nearest.filter(|known| like(known) > 0.8) {
            Some(nearest) => SettingsFault::UnknownKeyNear {
                place,
                key,
                nearest: nearest.clone(),
            }
            .into(),
            None => SettingsFault::UnknownKey { place, key }.into(),
        }
    }

    fn needs_text(&self, key: &Key<'_>) -> SettingsFileError {
        SettingsFault::NeedsText {
            place: self.of(key),
            key: key.get_ref().to_string(),
        }
        .into()
    }

    /// Where this key is, as `sendcontact.toml:4`.
    fn of(&self, key: &Key<'_>) -> String {
        self.place(key.span().start)
    }

    fn place(&self, at: usize) -> String {
        format!("{}:{}", self.path.display(), self.line(at))
    }

    fn line(&self, at: usize) -> usize {
        self.text
            .get(..at)
            .unwrap_or(self.text)
            .matches('\n')
            .count()
            + 1
    }
}

/// A key and where it is.
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
