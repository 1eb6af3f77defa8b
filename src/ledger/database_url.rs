//! The URL of a database, and the passwords in it. Only passwords are parsed here; the rest is checked when connecting.
//!
//! What must stay true: even a malformed URL reveals no password.

use std::borrow::Cow;

/// The parts of a URL that may hold a password.
struct Parts<'a> {
    /// Scheme and `://`.
    start: &'a str,
    /// User and password, if there are any.
    user: Option<&'a str>,
    /// Hosts and the name of the database.
    place: &'a str,
    options: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn new(url: &'a str) -> Self {
        let start = url.find("://").map_or(0, |at| at + "://".len());
        let (start, rest) = url.split_at(start);
        let (user, rest) = match end_of_user(rest) {
            Some(end) => (Some(&rest[..end]), &rest[end + 1..]),
            None => (None, rest),
        };
        let (place, options) = match rest.split_once('?') {
            Some((place, options)) => (place, Some(options)),
            None => (rest, None),
        };
        Self {
            start,
            user,
            place,
            options,
        }
    }

    fn of_user(&self) -> Option<&'a str> {
        let (_, password) = self.user?.split_once(':')?;
        Some(password)
    }

    fn option_list(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.options.into_iter().flat_map(|list| list.split('&'))
    }
}

/// Returns where user and password end: at an @. A password may contain an @, a slash or a question mark, though it
/// should not; the driver takes the last as a part of it. The value of an option may contain an @, too.
fn end_of_user(rest: &str) -> Option<usize> {
    let last = rest.rfind('@')?;
    let Some((before, options)) = rest.split_once('?') else {
        return Some(last);
    };
    let in_options = last.checked_sub(before.len() + 1);
    let options = in_options.and_then(|end| options.get(..end));
    let are_options = |options: &str| options.split('&').all(|option| option.contains('='));
    match (before.rfind('@'), options) {
        (Some(end), Some(options)) if are_options(options) => Some(end),
        (None, Some(_)) if !before.contains(':') => None,
        (Some(_) | None, Some(_)) => Some(last),
        (end, None) => end,
    }
}

fn is_password(option: &str) -> bool {
    let name = option.split('=').next().unwrap_or_default();
    decoded(name).eq_ignore_ascii_case("password")
}

/// Whether user or password contains a mark that ends them or begins the options.
pub(super) fn has_raw_mark(url: &str) -> bool {
    Parts::new(url)
        .user
        .is_some_and(|user| user.contains(['@', '?']))
}

/// Returns every password in a URL, both as written and decoded.
#[must_use]
pub fn passwords(url: &str) -> Vec<String> {
    let parts = Parts::new(url);
    let options = parts.option_list().filter(|option| is_password(option));
    let option_passwords =
        options.filter_map(|option| option.split_once('=').map(|(_, value)| value));
    let written = parts.of_user().into_iter().chain(option_passwords);
    let mut all: Vec<String> = written
        .flat_map(|password| [password.to_owned(), decoded(password).into_owned()])
        .filter(|password| !password.is_empty())
        .collect();
    all.dedup();
    all
}

/// Returns the URL without its passwords.
#[must_use]
pub fn without_password(url: &str) -> String {
    let parts = Parts::new(url);
    let user = parts.user.map_or_else(String::new, |user| {
        let name = user.split(':').next().unwrap_or_default();
        format!("{name}@")
    });
    let options: Vec<&str> = parts
        .option_list()
        .filter(|option| !is_password(option))
        .collect();
    let options = if options.is_empty() {
        String::new()
    } else {
        format!("?{}", options.join("&"))
    };
    format!("{}{user}{}{options}", parts.start, parts.place)
}

/// Percent-decodes a text. A plus stays a plus, as in libpq.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_found_wherever_a_url_may_hold_it_and_is_never_shown() {
        for (url, found, shown) in [
            ("postgresql://anna@db/x", &[][..], "postgresql://anna@db/x"),
            ("postgresql://db/x", &[], "postgresql://db/x"),
            (
                "postgresql://anna:secret@db:5432/x?sslmode=require",
                &["secret"],
                "postgresql://anna@db:5432/x?sslmode=require",
            ),
            (
                "postgresql://anna:se%3Acret@a:1,b:2/x",
                &["se%3Acret", "se:cret"],
                "postgresql://anna@a:1,b:2/x",
            ),
            (
                "postgresql://anna:se@cret/1@db/x",
                &["se@cret/1"],
                "postgresql://anna@db/x",
            ),
            (
                "postgresql://db/x?user=anna&password=secret&sslmode=disable",
                &["secret"],
                "postgresql://db/x?user=anna&sslmode=disable",
            ),
            (
                "postgresql://db/x?%70assword=se%20cret",
                &["se%20cret", "se cret"],
                "postgresql://db/x",
            ),
            ("postgresql://anna:@db/x", &[], "postgresql://anna@db/x"),
            (
                "postgresql://anna:Sekret?d=e@db:5432/x?sslmode=require",
                &["Sekret?d=e"],
                "postgresql://anna@db:5432/x?sslmode=require",
            ),
            (
                "postgresql://anna:a@b?c@db/x",
                &["a@b?c"],
                "postgresql://anna@db/x",
            ),
            (
                "postgresql://anna:secret@db/x?application_name=a@b",
                &["secret"],
                "postgresql://anna@db/x?application_name=a@b",
            ),
            (
                "postgresql://db/x?user=anna&password=se@cret",
                &["se@cret"],
                "postgresql://db/x?user=anna",
            ),
            (
                "postgresql://anna@%2Frun%2Fpostgresql/x",
                &[],
                "postgresql://anna@%2Frun%2Fpostgresql/x",
            ),
        ] {
            assert_eq!(passwords(url), found, "{url}");
            let is_raw = found
                .first()
                .is_some_and(|found| found.contains(['@', '?']));
            assert_eq!(has_raw_mark(url), is_raw && !url.contains("user="), "{url}");
            assert_eq!(without_password(url), shown, "{url}");
        }
    }
}
