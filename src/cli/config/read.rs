//! Parses TOML into settings. Every key must be known, in every profile. A token in plain text is accepted only in a
//! file that nobody else can read.

use std::{collections::BTreeMap, fs, path::Path};

use secrecy::SecretString;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    entry::{Entry, Value},
    error::SettingsFileError,
    file::{FileSettings, Layer, SensitiveSetting, Trust},
    find::Origin,
    keys::{INSTANCE_KEYS, TOKEN_KEYS, known_keys, requires_trust},
    paths::resolved,
};
use crate::{
    cli::args::from_file::{FileToken, Rank, TokenSource},
    ledger::read_plain,
    platform::Access,
};

/// Reads a file. If it is not trusted, its sensitive settings are left out.
pub(super) fn read(
    path: &Path,
    origin: Origin,
    known: &[String],
) -> Result<FileSettings, SettingsFileError> {
    let (text, access) = read_plain(path).map_err(|error| unreadable(path, &error))?;
    let trust = Trust::determine(path, origin, &text, access);
    read_text(path, &text, access, trust, known)
}

/// Parses the text of a file. If the file is not trusted, its sensitive settings are left out.
pub(super) fn read_text(
    path: &Path,
    text: &str,
    access: Access,
    trust: Trust,
    known: &[String],
) -> Result<FileSettings, SettingsFileError> {
    let mut file = Reader {
        path,
        text,
        access,
        known,
        trust,
    }
    .file()?;
    file.separate_sensitive();
    Ok(file)
}

/// Reads a file that the user is about to trust as if it were trusted, and also returns its text.
pub(crate) fn read_to_trust(
    path: &Path,
    program: &clap::Command,
) -> Result<(FileSettings, String), SettingsFileError> {
    let (text, access) = read_plain(path).map_err(|error| unreadable(path, &error))?;
    let trust = Trust::Trusted;
    let reader = Reader {
        path,
        text: &text,
        access,
        known: &known_keys(program),
        trust,
    };
    let mut file = reader.file()?;
    file.separate_sensitive();
    if let Some(SensitiveSetting { key, line, .. }) = file.sensitive.first() {
        reader.require_trusted(&format!("{}:{line}", path.display()), key)?;
    }
    Ok((file, text))
}

fn unreadable(path: &Path, error: &std::io::Error) -> SettingsFileError {
    SettingsFileError::Unreadable {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}

/// Returns the permission bits of a file; 0 if the system has none, or the file cannot be read.
pub(crate) fn file_mode(path: &Path) -> u32 {
    fs::metadata(path).map_or(0, |file| Access::of(&file).mode)
}

/// Parses the text of one file, and reports errors with their lines.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    access: Access,
    known: &'a [String],
    trust: Trust,
}

impl Reader<'_> {
    fn file(&self) -> Result<FileSettings, SettingsFileError> {
        let table = DeTable::parse(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            SettingsFileError::Syntax {
                place: self.place(at),
                reason: error.message().to_owned(),
            }
        })?;
        let mut top = table.into_inner();
        let mut chosen = None;
        if let Some((key, value)) = top.remove_entry("profile") {
            match scalar_text(value.get_ref()) {
                Some(name) => chosen = Some((name, self.line(key.span().start))),
                None => return Err(self.needs_text(&key)),
            }
        }
        let profiles =
            self.named_layers(top.remove_entry("profiles"), Rank::Profile, &|_| Ok(()))?;
        let check_key = |key: &Key<'_>| self.require_instance_key(key);
        let instances =
            self.named_layers(top.remove_entry("instances"), Rank::Instance, &check_key)?;
        let (path, trust, sensitive) = (self.path.to_owned(), self.trust, Vec::new());
        let top = self.layer(top, Rank::Top)?;
        Ok(FileSettings {
            path,
            trust,
            sensitive,
            chosen,
            top,
            profiles,
            instances,
        })
    }

    /// Reads the tables under a key, by name; each of their keys must pass the check.
    fn named_layers(
        &self,
        tables: Option<(Key<'_>, Spanned<DeValue<'_>>)>,
        rank: Rank,
        check_key: &dyn Fn(&Key<'_>) -> Result<(), SettingsFileError>,
    ) -> Result<BTreeMap<String, Layer>, SettingsFileError> {
        let mut layers = BTreeMap::new();
        let Some((key, value)) = tables else {
            return Ok(layers);
        };
        let kind = key.get_ref().as_ref();
        for (name, value) in self.table(kind, &key, value)? {
            let inner = self.table(kind, &name, value)?;
            inner.keys().try_for_each(check_key)?;
            let layer = Layer {
                line: self.line(name.span().start),
                ..self.layer(inner, rank)?
            };
            layers.insert(name.get_ref().to_string(), layer);
        }
        Ok(layers)
    }

    fn require_instance_key(&self, key: &Key<'_>) -> Result<(), SettingsFileError> {
        let (place, word) = (self.place_of(key), key.get_ref().to_string());
        let is_known = self.known.contains(&word);
        if is_known && !INSTANCE_KEYS.contains(&word.as_str()) {
            return Err(SettingsFileError::OfTheCampaign { place, key: word });
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
                let (place, key) = (self.place_of(key), key.get_ref().to_string());
                Err(SettingsFileError::NeedsTable {
                    place,
                    key,
                    kind: kind.to_owned(),
                })
            }
        }
    }

    fn layer(&self, table: DeTable<'_>, rank: Rank) -> Result<Layer, SettingsFileError> {
        let mut layer = Layer::default();
        for (mut key, value) in table {
            if key.get_ref() == "patience" {
                // The name of this option in earlier versions.
                *key.get_mut() = "retry-for".into();
            }
            if !self.known.iter().any(|known| known == key.get_ref()) {
                return Err(self.unknown(&key));
            }
            if TOKEN_KEYS.contains(&key.get_ref().as_ref()) {
                if layer.token.is_some() {
                    return Err(SettingsFileError::TwoTokens {
                        place: self.place_of(&key),
                    });
                }
                layer.token = Some(self.token(&key, rank, value.get_ref())?);
                continue;
            }
            if requires_trust(key.get_ref()) {
                self.require_trusted(&self.place_of(&key), key.get_ref())?;
            }
            let line = self.line(key.span().start);
            let value = self.value(&key, value.get_ref())?;
            let (key, path) = (key.into_inner().into_owned(), self.path.to_owned());
            layer.entries.push(Entry {
                key,
                value,
                line,
                path,
                rank,
            });
        }
        Ok(layer)
    }

    fn value(&self, key: &Key<'_>, value: &DeValue<'_>) -> Result<Value, SettingsFileError> {
        match value {
            DeValue::Boolean(switch) => Ok(Value::Switch(*switch)),
            DeValue::Array(items) => {
                let texts = items
                    .iter()
                    .map(|item| scalar_text(item.get_ref()))
                    .collect::<Option<Vec<_>>>();
                let wrong = || SettingsFileError::NeedsTexts {
                    place: self.place_of(key),
                    key: key.get_ref().to_string(),
                };
                texts.map(Value::Several).ok_or_else(wrong)
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => scalar_text(value)
                .map(Value::One)
                .ok_or_else(|| self.needs_text(key)),
        }
    }

    fn token(
        &self,
        key: &Key<'_>,
        rank: Rank,
        value: &DeValue<'_>,
    ) -> Result<FileToken, SettingsFileError> {
        let value = self.value(key, value)?;
        self.require_trusted(&self.place_of(key), key.get_ref())?;
        let source = match (key.get_ref().as_ref(), value) {
            ("token-command", Value::Several(words)) if !words.is_empty() => {
                TokenSource::Command(words)
            }
            ("token-command", _) => {
                let place = self.place_of(key);
                return Err(SettingsFileError::NeedsWords {
                    place,
                    key: key.get_ref().to_string(),
                });
            }
            ("token", Value::One(token)) => {
                self.require_private(key)?;
                TokenSource::Inline(SecretString::from(token.trim().to_owned()))
            }
            (_, Value::One(path)) => TokenSource::File(resolved(self.path, &path)),
            (_, Value::Switch(_) | Value::Several(_)) => return Err(self.needs_text(key)),
        };
        Ok(FileToken {
            place: self.place_of(key),
            source,
            line: self.line(key.span().start),
            rank,
        })
    }

    /// Refuses a token in plain text if other users can read the file.
    fn require_private(&self, key: &Key<'_>) -> Result<(), SettingsFileError> {
        let (place, path) = (self.place_of(key), self.path.display().to_string());
        if self.trust == Trust::Trusted && self.access.mode & 0o077 != 0 {
            return Err(SettingsFileError::OpenToken { place, path });
        }
        Ok(())
    }

    /// Refuses a sensitive setting if other users can write the file: they could run commands as the user, or redirect
    /// the token. A file that is not trusted needs no check, because the setting is ignored.
    fn require_trusted(&self, place: &str, key: &str) -> Result<(), SettingsFileError> {
        let (place, path, key) = (
            place.to_owned(),
            self.path.display().to_string(),
            key.to_owned(),
        );
        if self.trust != Trust::Trusted {
            return Ok(());
        }
        if !self.access.is_own {
            return Err(SettingsFileError::ForeignFile { place, path, key });
        }
        if self.access.is_open {
            return Err(SettingsFileError::OpenFile { place, path, key });
        }
        Ok(())
    }

    fn unknown(&self, key: &Key<'_>) -> SettingsFileError {
        let (place, key) = (self.place_of(key), key.get_ref().to_string());
        let similarity =
            |known: &&String| strsim::jaro_winkler(known, &key.to_lowercase().replace('_', "-"));
        let nearest = self
            .known
            .iter()
            .max_by(|one, other| similarity(one).total_cmp(&similarity(other)));
        match nearest.filter(|known| similarity(known) > 0.8) {
            Some(nearest) => SettingsFileError::UnknownKeyNear {
                place,
                key,
                nearest: nearest.clone(),
            },
            None => SettingsFileError::UnknownKey { place, key },
        }
    }

    fn needs_text(&self, key: &Key<'_>) -> SettingsFileError {
        SettingsFileError::NeedsText {
            place: self.place_of(key),
            key: key.get_ref().to_string(),
        }
    }

    /// Returns file and line of a key, as `sendcontact.toml:4`.
    fn place_of(&self, key: &Key<'_>) -> String {
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

/// A key with its position.
type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

/// Returns the text of a value that is neither a list, a table nor a boolean.
fn scalar_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
