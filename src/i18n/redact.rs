//! Removes the token from texts. The service puts it into its error bodies, as a part of their `path` and `message`.
//! Every text from outside that may be shown or stored goes through here first.

use std::ops::Range;

use secrecy::{ExposeSecret, SecretString};

/// What replaces the token in texts.
pub(crate) const REPLACEMENT: &str = "<token>";

/// As many characters of a token as are removed even where the others are not beside them, for example because a page
/// breaks the line.
const PIECE: usize = 12;

/// Removes the token from texts: the token itself, long pieces of it, and whatever is in its place in a path
/// `/waInstance…/method/…`. Case is ignored, and percent-encoding (even repeated) and JSON escapes are recognized.
#[derive(Debug, Clone)]
pub(crate) struct Redaction {
    token: SecretString,
}

/// One character, however it is written, and the range of bytes that write it.
struct Unit {
    character: char,
    bytes: Range<usize>,
}

impl Redaction {
    pub(crate) const fn new(token: SecretString) -> Self {
        Self { token }
    }

    /// Whether it removes this token.
    pub(crate) fn is_of(&self, token: &SecretString) -> bool {
        self.token.expose_secret() == token.expose_secret()
    }

    pub(crate) fn redact(&self, text: &str) -> String {
        let units = units(text);
        let mut secrets = spellings_of(self.token.expose_secret(), text);
        secrets.extend(pieces_of(self.token.expose_secret(), &units));
        secrets.extend(last_parts_of_paths(&units));
        secrets.sort_by_key(|range| range.start);
        let mut clean = String::with_capacity(text.len());
        let mut copied = 0;
        for secret in secrets {
            if secret.start >= copied {
                clean.push_str(&text[copied..secret.start]);
                clean.push_str(REPLACEMENT);
            }
            copied = copied.max(secret.end);
        }
        clean.push_str(&text[copied..]);
        clean
    }
}

fn units(text: &str) -> Vec<Unit> {
    let mut units = Vec::with_capacity(text.len());
    let mut start = 0;
    while let Some((character, length)) = first_unit(&text[start..]) {
        units.push(Unit {
            character: character.to_ascii_lowercase(),
            bytes: start..start + length,
        });
        start += length;
    }
    units
}

/// Returns the first character of the text, decoded, and the number of bytes that write it.
fn first_unit(text: &str) -> Option<(char, usize)> {
    let plain = text.chars().next()?;
    let escaped = match plain {
        '%' => percent_encoded(text),
        '\\' if text[1..].starts_with('/') => Some(('/', 2)),
        '\\' if text[1..].starts_with('u') => {
            hexadecimal(text, 2, 4).map(|character| (character, 6))
        }
        _ => None,
    };
    Some(escaped.unwrap_or((plain, plain.len_utf8())))
}

/// Decodes `%61`, and also `%2561`, `%252561`…, in which the percent sign was encoded again.
fn percent_encoded(text: &str) -> Option<(char, usize)> {
    let mut digits = 1;
    while text[digits..].starts_with("25") && hexadecimal(text, digits + 2, 2).is_some() {
        digits += 2;
    }
    hexadecimal(text, digits, 2).map(|character| (character, digits + 2))
}

fn hexadecimal(text: &str, from: usize, length: usize) -> Option<char> {
    let digits = text.get(from..from + length)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16)
        .ok()
        .and_then(char::from_u32)
}

/// Returns where the token is, ignoring case. The search starts at every character, because what precedes the token may
/// form an escape with its first letters: `%d7…`.
fn spellings_of(token: &str, text: &str) -> Vec<Range<usize>> {
    let ends = |start: usize| {
        let mut end = start;
        for wanted in token.chars() {
            let (character, length) = first_unit(&text[end..])?;
            if !character.eq_ignore_ascii_case(&wanted) {
                return None;
            }
            end += length;
        }
        (end > start).then_some(start..end)
    };
    text.char_indices()
        .filter_map(|(start, _)| ends(start))
        .collect()
}

/// Returns where pieces of the token are. They overlap where a piece is longer than [`PIECE`].
fn pieces_of(token: &str, units: &[Unit]) -> Vec<Range<usize>> {
    let token: Vec<char> = token.to_ascii_lowercase().chars().collect();
    let is_piece = |window: &[Unit]| {
        let characters = || window.iter().map(|unit| unit.character);
        let mut pieces = token.windows(PIECE);
        pieces.any(|piece| piece.iter().copied().eq(characters()))
    };
    let letters = Letters::of(&token);
    // Few windows of an answer are of the token's letters alone; only those are compared.
    let runs = units.split(|unit| !letters.may_contain(unit.character));
    runs.flat_map(|run| run.windows(PIECE))
        .filter(|window| is_piece(window))
        .map(bytes_of)
        .collect()
}

/// The ASCII characters of a token.
struct Letters([bool; 128]);

impl Letters {
    fn of(token: &[char]) -> Self {
        let mut letters = [false; 128];
        for letter in token {
            if let Some(place) = letters.get_mut(*letter as usize) {
                *place = true;
            }
        }
        Self(letters)
    }

    /// Whether the token may contain a character. Only those of ASCII are known.
    fn may_contain(&self, character: char) -> bool {
        self.0.get(character as usize).is_none_or(|known| *known)
    }
}

/// Returns where the text is, ignoring case.
fn places_of(text: &str, units: &[Unit]) -> Vec<Range<usize>> {
    let wanted: Vec<char> = text
        .chars()
        .map(|character| character.to_ascii_lowercase())
        .collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    units
        .windows(wanted.len())
        .filter(|window| {
            window
                .iter()
                .map(|unit| unit.character)
                .eq(wanted.iter().copied())
        })
        .map(bytes_of)
        .collect()
}

/// Returns the ranges of the tokens in paths: in `/waInstance1101000001/sendContact/secret`, that of `secret`.
fn last_parts_of_paths(units: &[Unit]) -> Vec<Range<usize>> {
    let starts: Vec<usize> = places_of("wainstance", units)
        .iter()
        .map(|range| range.end)
        .collect();
    starts
        .into_iter()
        .filter_map(|end| last_part(units, end))
        .collect()
}

fn last_part(units: &[Unit], end_of_prefix: usize) -> Option<Range<usize>> {
    let from = units.partition_point(|unit| unit.bytes.start < end_of_prefix);
    let mut parts = units[from..].splitn(3, |unit| unit.character == '/');
    let whole = |part: &[Unit]| part.iter().all(|unit| !ends_a_path(unit.character));
    let (id, method) = (parts.next()?, parts.next()?);
    if !whole(id) || !whole(method) {
        return None;
    }
    let rest = parts.next()?;
    let length = rest
        .iter()
        .take_while(|unit| !ends_a_path(unit.character))
        .count();
    (length > 0).then(|| bytes_of(&rest[..length]))
}

fn ends_a_path(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || r#"/?#&"'<>\,;()[]{}"#.contains(character)
}

fn bytes_of(units: &[Unit]) -> Range<usize> {
    let start = units.first().map_or(0, |unit| unit.bytes.start);
    start..units.last().map_or(start, |unit| unit.bytes.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_token_that_is_torn_leave_the_text() {
        let token = "d75b3a66374942c5b3c019c698abc2067e151558acbd412345";
        let redaction = Redaction::new(SecretString::from(token));
        let (one, other) = token.split_at(20);
        for (text, clean) in [
            (format!("{one} {other}"), "<token> <token>"),
            (format!("x{one}<wbr>{other}x"), "x<token><wbr><token>x"),
            (
                format!("{}\n{other}", one.to_uppercase()),
                "<token>\n<token>",
            ),
            (format!("{one}{token}"), "<token><token>"),
            (token[9..21].to_owned(), "<token>"),
            ("3EB0C767D097B7C7C030".to_owned(), "3EB0C767D097B7C7C030"),
            (token[9..20].to_owned(), &token[9..20]),
        ] {
            assert_eq!(redaction.redact(&text), clean, "{text}");
        }
    }

    #[test]
    fn the_token_leaves_every_text_in_every_spelling() {
        let redaction = Redaction::new(SecretString::from("ab-12cd"));
        for (text, clean) in [
            (
                "nothing to hide: 100% sure, \\u00",
                "nothing to hide: 100% sure, \\u00",
            ),
            ("ab-12cd", "<token>"),
            ("x AB-12Cd, ab-12cdab-12cd", "x <token>, <token><token>"),
            (
                "%61b%2D12cd ab%252d12cd %25252561b-12cd",
                "<token> <token> <token>",
            ),
            (r#"{"path":"\u0061b-12cd"}"#, r#"{"path":"<token>"}"#),
            (
                r#"{"path":"/waInstance1101/sendContact/other","message":"no"}"#,
                r#"{"path":"/waInstance1101/sendContact/<token>","message":"no"}"#,
            ),
            (
                "Cannot GET /waInstance.../deleteNotification/OTHER/1",
                "Cannot GET /waInstance.../deleteNotification/<token>/1",
            ),
            (
                r"\/WAINSTANCE1\/sendContact\/other\/1",
                r"\/WAINSTANCE1\/sendContact\/<token>\/1",
            ),
            (
                "url=%2FwaInstance1%2FsendContact%2Fother%22",
                "url=%2FwaInstance1%2FsendContact%2F<token>%22",
            ),
            (
                "<p>/waInstance1/sendContact/other</p>",
                "<p>/waInstance1/sendContact/<token></p>",
            ),
            (
                "/waInstance1/sendContact/ab-12cd-more",
                "/waInstance1/sendContact/<token>",
            ),
            (
                "/waInstance1/sendContact/<apiToken>",
                "/waInstance1/sendContact/<apiToken>",
            ),
            ("waInstance of a b/c/d", "waInstance of a b/c/d"),
            ("Ёж %D1%91 %", "Ёж %D1%91 %"),
            // The first letters of the token would form an escape with what precedes them.
            (
                r"%ab-12cd %%25ab-12cd \u00ab-12cd",
                r"%<token> %%25<token> \u00<token>",
            ),
        ] {
            assert_eq!(redaction.redact(text), clean, "{text}");
        }
    }
}
