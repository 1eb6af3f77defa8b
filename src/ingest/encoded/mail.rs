//! Decodes encoded words of mail: `=?UTF-8?B?…?=`, `=?windows-1251?Q?…?=` (source: RFC 2047).

use encoding_rs::Encoding;

use super::{Damaged, Step, hex};

const BEGIN: &str = "=?";
const END: &str = "?=";

/// Decodes the encoded words of a text. Spaces between two of them are removed.
pub(super) fn decoded(text: &str) -> Step {
    if !text.contains(BEGIN) {
        return None;
    }
    let mut decoded = String::new();
    let mut rest = text;
    let mut is_behind_word = false;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        // A bare `=?x` may not be encoded at all.
        let Some(word) = Word::at(after) else {
            return is_behind_word.then_some(Err(Damaged));
        };
        if !(is_behind_word && before.trim().is_empty()) {
            decoded.push_str(before);
        }
        let Some(text) = word.decoded() else {
            return Some(Err(Damaged));
        };
        decoded.push_str(&text);
        rest = word.rest;
        is_behind_word = true;
    }
    Some(Ok(decoded + rest))
}

/// One encoded word.
struct Word<'a> {
    charset: &'a str,
    /// `B` or `Q`.
    form: &'a str,
    /// `None` if its end is missing.
    text: Option<&'a str>,
    rest: &'a str,
}

impl<'a> Word<'a> {
    fn at(after: &'a str) -> Option<Self> {
        let (charset, after) = after.split_once('?')?;
        let (form, after) = after.split_once('?')?;
        let is_known = ["b", "q"].contains(&form.to_ascii_lowercase().as_str());
        // The text of a quoted-printable word may itself end with `=`.
        let end = after
            .find(END)
            .map(|end| (&after[..end], &after[end + END.len()..]));
        let (text, rest) = end.map_or((None, ""), |(text, rest)| (Some(text), rest));
        (is_known && !charset.contains(char::is_whitespace)).then_some(Self {
            charset,
            form,
            text,
            rest,
        })
    }

    fn decoded(&self) -> Option<String> {
        let text = self.text?;
        let bytes = if self.form.eq_ignore_ascii_case("b") {
            base64(text)
        } else {
            quoted(text)
        }?;
        // A language may follow the charset (source: RFC 2231, section 5).
        let label = self.charset.split('*').next()?;
        let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
        encoding
            .decode_without_bom_handling_and_without_replacement(&bytes)
            .map(Into::into)
    }
}

fn quoted(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'_' => b' ',
            b'=' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            other => other,
        });
    }
    Some(bytes)
}

/// Decodes Base64 with or without padding (source: RFC 4648, section 4).
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.trim_end_matches('=').bytes().map(digit).collect();
    let mut bytes = Vec::new();
    for group in digits?.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        let [_, first, second, third] = bits.to_be_bytes();
        match group.len() {
            4 => bytes.extend([first, second, third]),
            3 => bytes.extend([first, second]),
            2 => bytes.push(first),
            _ => return None,
        }
    }
    Some(bytes)
}

fn digit(char: u8) -> Option<u32> {
    Some(u32::from(match char {
        b'A'..=b'Z' => char - b'A',
        b'a'..=b'z' => char - b'a' + 26,
        b'0'..=b'9' => char - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}
