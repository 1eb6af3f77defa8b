//! The database that holds campaigns: where its URL and its password come from. A password is never an argument.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};

use super::error::SettingsError;
use crate::{
    cli::args::DatabaseArguments,
    i18n,
    ledger::{self, DEFAULT_SCHEMA, Database, DatabaseAddress, Passwords},
    platform::{self, Access},
};

/// The environment variable that holds the URL, with or without a password.
pub(crate) const URL: &str = "SENDCONTACT_DATABASE_URL";

/// The environment variable that names a file with the URL.
pub(crate) const URL_FILE: &str = "SENDCONTACT_DATABASE_URL_FILE";

/// The time limit of a request to the service, which a lease must outlast, for a command that has no option for it.
const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a command keeps retrying a database that cannot be reached, unless it has an option for it.
const RETRY_FOR: Duration = Duration::from_mins(10);

/// The time limits of a command: of one request to the service, which a lease must outlast, and of retrying a database
/// that cannot be reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimits {
    pub(crate) service_request: Duration,
    pub(crate) retry_for: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self {
            service_request: DEFAULT_REQUEST_TIMEOUT,
            retry_for: RETRY_FOR,
        }
    }
}

/// Returns the database that was named, unless a ledger file was named.
pub(crate) fn database(
    arguments: &DatabaseArguments,
    ledger: Option<&Path>,
    limits: TimeLimits,
) -> Result<Option<Database>, SettingsError> {
    if ledger.is_some() {
        return Ok(None);
    }
    let Some(url) = url(arguments)? else {
        return Ok(None);
    };
    let schema = arguments.database_schema.as_deref();
    let database = Database::new(&DatabaseAddress {
        url: &url.url,
        password: &LibpqPasswords,
        schema: schema.unwrap_or(DEFAULT_SCHEMA),
        request_timeout: limits.service_request,
        retry_for: limits.retry_for,
    })?;
    Ok(Some(database))
}

/// A URL of a database, and where it comes from.
pub(crate) struct NamedUrl {
    url: SecretString,
    pub(crate) origin: UrlOrigin,
}

/// Where the URL of the database comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UrlOrigin {
    /// It was typed, or a settings file sets it.
    Option,
    /// [`URL`].
    Environment,
    /// The file that [`URL_FILE`] names.
    EnvironmentFile(PathBuf),
}

impl NamedUrl {
    /// Returns the URL as it may be shown to people.
    pub(crate) fn without_password(&self) -> String {
        ledger::without_password(self.url.expose_secret())
    }

    pub(crate) fn holds_password(&self) -> bool {
        !ledger::passwords(self.url.expose_secret()).is_empty()
    }
}

/// Returns the URL: as typed, else from the environment, else from a settings file.
pub(crate) fn url(arguments: &DatabaseArguments) -> Result<Option<NamedUrl>, SettingsError> {
    let given = arguments.database.as_deref();
    if let Some(typed) = given.filter(|_| !arguments.is_of_file) {
        return without_secret(typed).map(Some);
    }
    if let Some(url) = url_of_environment()? {
        return Ok(Some(url));
    }
    given.map(without_secret).transpose()
}

/// Accepts a URL from a place that others can read, which must not hold a password.
fn without_secret(text: &str) -> Result<NamedUrl, SettingsError> {
    if !ledger::passwords(text).is_empty() {
        return Err(SettingsError::DatabasePassword);
    }
    Ok(NamedUrl {
        url: SecretString::from(text.to_owned()),
        origin: UrlOrigin::Option,
    })
}

fn url_of_environment() -> Result<Option<NamedUrl>, SettingsError> {
    let filled = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let (text, origin) = match (filled(URL), filled(URL_FILE)) {
        (Some(url), _) => (url, UrlOrigin::Environment),
        (None, Some(path)) => {
            let path = PathBuf::from(path);
            let text = read_private(&path).map_err(|source| SettingsError::DatabaseFile {
                path: path.clone(),
                source,
            })?;
            (text, UrlOrigin::EnvironmentFile(path))
        }
        (None, None) => return Ok(None),
    };
    let text = text.trim().to_owned();
    for password in ledger::passwords(&text) {
        i18n::hide_token(&SecretString::from(password));
    }
    Ok(Some(NamedUrl {
        url: SecretString::from(text),
        origin,
    }))
}

/// Reads a text from a file that only its owner may read.
fn read_private(path: &Path) -> io::Result<String> {
    let (text, access) = ledger::read_plain(path)?;
    if access.mode & 0o077 != 0 {
        let words = "other users can read it: run chmod 600";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, words));
    }
    Ok(text)
}

/// `PGPASSWORD`, else the file of `PGPASSFILE`, else `~/.pgpass`
/// (<https://www.postgresql.org/docs/current/libpq-pgpass.html>).
#[derive(Debug)]
struct LibpqPasswords;

impl Passwords for LibpqPasswords {
    fn password(&self, host: &str, port: u16, database: &str, user: &str) -> Option<SecretString> {
        let password = env::var("PGPASSWORD")
            .ok()
            .filter(|password| !password.is_empty())
            .or_else(|| from_file(&pass_file()?, &[host, &port.to_string(), database, user]))?;
        let password = SecretString::from(password);
        i18n::hide_token(&password);
        Some(password)
    }
}

fn pass_file() -> Option<PathBuf> {
    if let Some(path) = env::var_os("PGPASSFILE") {
        return Some(PathBuf::from(path));
    }
    platform::password_file()
}

/// Returns the password of the first line that matches. A file that others may read does not count, as with libpq.
fn from_file(path: &Path, wanted: &[&str; 4]) -> Option<String> {
    let file = fs::metadata(path).ok()?;
    if Access::of(&file).mode & 0o077 != 0 {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| password_of(line, wanted))
}

/// Returns the password of a line `host:port:database:user:password`, if the line matches. `*` matches everything, and
/// `\` escapes `:` and `\`.
fn password_of(line: &str, wanted: &[&str; 4]) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => fields.last_mut()?.extend(letters.next()),
            ':' if fields.len() <= wanted.len() => fields.push(String::new()),
            other => fields.last_mut()?.push(other),
        }
    }
    let password = fields.pop()?;
    // The line for a socket says localhost.
    let fits = |(field, wanted): (&String, &&str)| {
        field == "*" || field == *wanted || (field == "localhost" && wanted.starts_with('/'))
    };
    (fields.len() == wanted.len() && fields.iter().zip(wanted).all(fits)).then_some(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_gives_the_password() {
        let wanted = ["db.example", "5432", "contacts", "anna"];
        for (line, password) in [
            ("db.example:5432:contacts:anna:secret", Some("secret")),
            ("*:*:*:anna:a:b", Some("a:b")),
            (r"*:*:*:anna:a\\b\:c", Some(r"a\b:c")),
            ("db.example:5433:contacts:anna:secret", None),
            ("# *:*:*:*:secret", None),
            ("*:*:*:secret", None),
            ("", None),
        ] {
            assert_eq!(password_of(line, &wanted).as_deref(), password, "{line}");
        }
        let socket = ["/run/postgresql", "5432", "contacts", "anna"];
        assert_eq!(
            password_of("localhost:*:*:*:x", &socket).as_deref(),
            Some("x")
        );
    }
}
