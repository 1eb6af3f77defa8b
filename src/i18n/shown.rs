//! The one form in which a text from outside is shown: on the terminal, in a log, or to the command that is told when a
//! run ends. The author of a list, a file name, a setting or an answer must not be able to control the terminal, forge
//! a line of ours, or get the token printed.
//!
//! What must stay true: a field of a sentence passes through [`shown`]; output passes through [`shown_lines`] or
//! [`shown_json`]; passing through twice changes nothing.

use std::{
    borrow::Cow,
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock},
};

use secrecy::{ExposeSecret, SecretString};

use super::{
    Language,
    redact::{REPLACEMENT, Redaction},
};

/// The tokens of this process. They are global instead of being passed around, so that no writer can forget them.
static TOKENS: RwLock<Vec<Redaction>> = RwLock::new(Vec::new());

/// The shortest token that is hidden: a shorter one could be any word.
const SHORTEST_TOKEN: usize = 8;

/// The number of consecutive hexadecimal digits that count as a token: `apiTokenInstance` has 50.
const LIKE_A_TOKEN: usize = 40;

/// The number that counts as a token if the rest was cut off.
const LIKE_A_PART: usize = 16;

/// Hides this token from now on in every text that is shown.
pub fn hide_token(token: &SecretString) {
    if token.expose_secret().len() < SHORTEST_TOKEN {
        return;
    }
    let mut tokens = TOKENS.write().unwrap_or_else(PoisonError::into_inner);
    if tokens.iter().all(|known| !known.is_of(token)) {
        tokens.push(Redaction::new(token.clone()));
    }
}

/// Whether a text contains a token, or something that looks like one.
#[must_use]
pub fn holds_token(text: &str) -> bool {
    without_tokens(text) != text
}

/// Returns a text from outside in a form for a line of ours: control characters, line breaks, directional marks and
/// other invisible characters are written as `\u{1b}`, and tokens as `<token>`.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false, braced)
}

/// Returns a text of several lines that are ours in the form of [`shown`], but keeps line feeds and tabs.
#[must_use]
pub fn shown_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |char| matches!(char, '\n' | '\t'), braced)
}

/// Returns JSON in the form of [`shown`] without changing its meaning: characters are escaped in the way of JSON.
#[must_use]
pub fn shown_json(text: &str) -> Cow<'_, str> {
    escaped(text, |char| char == '\n', utf_16)
}

/// Returns a path in the form of [`shown`].
#[must_use]
pub fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy()).into_owned()
}

fn braced(text: &mut String, char: char) {
    // Writing to a string cannot fail.
    let _ = write!(text, "\\u{{{:x}}}", u32::from(char));
}

fn utf_16(text: &mut String, char: char) {
    for unit in char.encode_utf16(&mut [0; 2]) {
        let _ = write!(text, "\\u{unit:04x}");
    }
}

fn escaped(
    text: &str,
    stays: impl Fn(char) -> bool,
    write: impl Fn(&mut String, char),
) -> Cow<'_, str> {
    let text = without_tokens(text);
    let is_odd = |char: char| (char.is_control() || is_unseen(char)) && !stays(char);
    if !text.contains(is_odd) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if is_odd(char) && !is_joiner(before, char, chars.peek()) {
            write(&mut escaped, char);
        } else {
            escaped.push(char);
        }
        before = Some(char);
    }
    Cow::Owned(escaped)
}

/// Whether a character is invisible or breaks a line.
const fn is_unseen(char: char) -> bool {
    is_invisible(char) || matches!(char, '\u{2028}' | '\u{2029}')
}

/// Whether a character only joins its neighbours: in Persian, in the scripts of India, and in emoji.
fn is_joiner(before: Option<char>, char: char, after: Option<&char>) -> bool {
    let needs = |char: char| char >= '\u{590}' && !is_unseen(char);
    match char {
        '\u{FE0F}' => before.is_some_and(needs),
        '\u{200C}' | '\u{200D}' => {
            before.is_some_and(|char| needs(char) || char == '\u{FE0F}')
                && after.is_some_and(|char| needs(*char))
        }
        _ => false,
    }
}

fn without_tokens(text: &str) -> Cow<'_, str> {
    let tokens = TOKENS.read().unwrap_or_else(PoisonError::into_inner);
    let known = tokens.iter().fold(Cow::Borrowed(text), |text, token| {
        let clean = token.redact(&text);
        if clean == *text {
            text
        } else {
            Cow::Owned(clean)
        }
    });
    match known {
        Cow::Borrowed(text) => without_likenesses(text),
        Cow::Owned(text) => Cow::Owned(without_likenesses(&text).into_owned()),
    }
}

/// Removes everything that looks like a token, whosever it is.
fn without_likenesses(text: &str) -> Cow<'_, str> {
    let mut clean = String::new();
    let (mut copied, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let length = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        if is_like_a_token(&rest[..length], &rest[length..]) {
            clean += &text[copied..at];
            clean += REPLACEMENT;
            copied = at + length;
        }
        let next = rest[length..].chars().next().map_or(0, char::len_utf8);
        at += length + next;
    }
    if copied == 0 {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(clean + &text[copied..])
    }
}

/// Whether hexadecimal digits look like a token. A long decimal number does not.
fn is_like_a_token(digits: &str, rest: &str) -> bool {
    let least = if rest.starts_with('…') {
        LIKE_A_PART
    } else {
        LIKE_A_TOKEN
    };
    digits.len() >= least
        && digits.contains(|digit: char| digit.is_ascii_digit())
        && digits.contains(|digit: char| digit.is_ascii_alphabetic())
}

/// Whether a character is invisible: the default ignorable code points of Unicode (`DerivedCoreProperties.txt`), the
/// Braille blank and the annotation marks.
#[must_use]
pub const fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// How a field of a message is shown.
pub trait Shown {
    /// The type that is put into the message.
    type As;

    /// Returns the field as a message in this language shows it.
    fn shown(&self, language: Language) -> Self::As;
}

impl Shown for String {
    type As = Self;

    fn shown(&self, _: Language) -> Self {
        shown(self).into_owned()
    }
}

impl Shown for PathBuf {
    type As = String;

    fn shown(&self, _: Language) -> String {
        shown_path(self)
    }
}

/// Shows the system's own words.
impl Shown for io::Error {
    type As = String;

    fn shown(&self, _: Language) -> String {
        shown(&self.to_string()).into_owned()
    }
}

impl<T: Shown> Shown for Vec<T> {
    type As = Vec<T::As>;

    fn shown(&self, language: Language) -> Self::As {
        self.iter().map(|item| item.shown(language)).collect()
    }
}

impl<T: Shown> Shown for Box<T> {
    type As = T::As;

    fn shown(&self, language: Language) -> Self::As {
        T::shown(self, language)
    }
}

/// Implements [`Shown`] for our own texts and for numbers, which are shown unchanged.
macro_rules! shown_as_it_is {
    ($($type:ty),+) => {
        $(impl Shown for $type {
            type As = Self;

            fn shown(&self, _: Language) -> Self {
                *self
            }
        })+
    };
}

shown_as_it_is!(&'static str, bool, char, u8, u16, u32, u64, usize, i64, f64);

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "d75b3a66374942c5b3c019c698abc2067e151558acbd412345";

    #[test]
    fn nothing_from_outside_steers_a_terminal_or_breaks_a_line() {
        for (text, expected) in [
            ("Анна 100% – ok", "Анна 100% – ok"),
            ("\u{1b}[2J\u{7}", r"\u{1b}[2J\u{7}"),
            ("\u{1b}]0;title\u{1b}\\", r"\u{1b}]0;title\u{1b}\"),
            ("a\n  Rows  5\r\t", r"a\u{a}  Rows  5\u{d}\u{9}"),
            ("\u{9b}31m\u{7f}\u{85}", r"\u{9b}31m\u{7f}\u{85}"),
            (
                "\u{202e}fdp.exe\u{2066}\u{200f}",
                r"\u{202e}fdp.exe\u{2066}\u{200f}",
            ),
            (
                "a\u{200b}b\u{feff}\u{2028}\u{e0041}",
                r"a\u{200b}b\u{feff}\u{2028}\u{e0041}",
            ),
            (
                "می\u{200C}خواهم 👩\u{200D}🚀 ❤\u{FE0F}\u{200D}🔥",
                "می\u{200C}خواهم 👩\u{200D}🚀 ❤\u{FE0F}\u{200D}🔥",
            ),
            ("a\u{200d}b", r"a\u{200d}b"),
        ] {
            assert_eq!(shown(text), expected);
            assert_eq!(shown(expected), expected);
        }
        assert_eq!(shown_lines("a\n\tb\u{1b}\r\n"), "a\n\tb\\u{1b}\\u{d}\n");
    }

    #[test]
    fn json_keeps_what_it_says() {
        let value = serde_json::json!({ "name": "\u{202e}\u{7f}\u{9b}\u{e0041}é\n" });
        let text = shown_json(&value.to_string()).into_owned();
        assert!(
            text.contains(r"\u202e\u007f\u009b\udb40\udc41é\n"),
            "{text}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }

    #[test]
    fn what_looks_like_a_token_is_shown_by_nobody() {
        let upper = TOKEN.to_uppercase();
        for (text, expected) in [
            (TOKEN.to_owned(), "<token>".to_owned()),
            (
                format!("{TOKEN}: No such file; {upper}."),
                "<token>: No such file; <token>.".to_owned(),
            ),
            (
                format!("/home/anna/{TOKEN}/ё"),
                "/home/anna/<token>/ё".to_owned(),
            ),
            (format!("ё{TOKEN}ё"), "ё<token>ё".to_owned()),
            (format!("{}…", &TOKEN[..40]), "<token>…".to_owned()),
            (format!("{}…", &TOKEN[..20]), "<token>…".to_owned()),
            ("79".repeat(30), "79".repeat(30)),
            (
                "550e8400e29b41d4a716446655440000".to_owned(),
                "550e8400e29b41d4a716446655440000".to_owned(),
            ),
        ] {
            assert_eq!(shown(&text), expected);
            assert_eq!(holds_token(&text), expected.contains("<token>"), "{text}");
        }
    }

    #[test]
    fn the_token_of_this_process_is_shown_by_nobody_whatever_it_looks_like() {
        hide_token(&SecretString::from("a-rather-odd-secret"));
        hide_token(&SecretString::from("no"));
        assert_eq!(shown("no: A-Rather-Odd-Secret"), "no: <token>");
        assert_eq!(
            shown_json(r#"{"path":"a-rather-odd-secret"}"#),
            r#"{"path":"<token>"}"#
        );
    }
}
