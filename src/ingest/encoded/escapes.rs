//! Decodes bytes and characters that are written in hexadecimal: quoted-printable (`=D0=98`, RFC 2045), web addresses
//! (`%D0%98`, RFC 3986; `%u0418` of old JavaScript), strings of programs (`\u0418`, `\xD0\x98`).

use super::{Damaged, Step, hex};

/// A way to write bytes.
struct Form {
    /// What comes before the two digits of a byte.
    sign: &'static str,
    /// Whether a plus means a space.
    has_plus: bool,
}

const FORMS: [Form; 3] = [
    Form {
        sign: "=",
        has_plus: false,
    },
    Form {
        sign: "%",
        has_plus: true,
    },
    Form {
        sign: "\\x",
        has_plus: false,
    },
];

/// Decodes the bytes that a text writes in hexadecimal, if they are UTF-8.
pub(super) fn of_bytes(text: &str) -> Step {
    FORMS.iter().find_map(|form| form.decoded(text))
}

impl Form {
    fn decoded(&self, text: &str) -> Step {
        if !self.is_written(text) {
            return None;
        }
        let mut bytes = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(self.sign) {
            bytes.extend_from_slice(before.as_bytes());
            let Some(byte) = byte(after) else {
                return Some(Err(Damaged));
            };
            bytes.push(byte);
            rest = &after[2..];
        }
        bytes.extend_from_slice(rest.as_bytes());
        if self.has_plus && !text.contains(' ') {
            bytes
                .iter_mut()
                .filter(|byte| **byte == b'+')
                .for_each(|byte| *byte = b' ');
        }
        Some(String::from_utf8(bytes).map_err(|_| Damaged))
    }

    /// Whether the text is encoded in this form beyond doubt: two bytes beyond ASCII are adjacent, or one is within a
    /// word, or a space or a quotation mark is.
    fn is_written(&self, text: &str) -> bool {
        let mut is_behind_byte = false;
        let mut before: Option<char> = None;
        for (index, part) in text.split(self.sign).enumerate() {
            let byte = byte(part).filter(|_| index > 0);
            let after = part.chars().nth(2);
            let is_high = byte.is_some_and(|byte| byte > 0x7F);
            let is_within = |after: fn(char) -> bool| {
                before.is_some_and(char::is_alphabetic) && part.chars().nth(2).is_some_and(after)
            };
            let is_written = match byte {
                Some(0x80..) => {
                    is_behind_byte || (is_within(char::is_lowercase) && has_capitals(part))
                }
                Some(0x20..=0x2F) => self.sign == "%" && is_within(char::is_alphabetic),
                Some(_) | None => false,
            };
            // `%25D0%2598`: encoded twice.
            let is_twice = self.sign == "%"
                && part.starts_with("25")
                && self::byte(&part[2..]).is_some_and(|byte| byte > 0x7F);
            if is_written || is_twice {
                return true;
            }
            is_behind_byte = is_high && after.is_none();
            before = part.chars().last();
        }
        false
    }
}

/// Returns the byte of the first two digits.
fn byte(digits: &str) -> Option<u8> {
    let [high, low, ..] = digits.as_bytes() else {
        return None;
    };
    Some(hex(*high)? << 4 | hex(*low)?)
}

/// Programs write such digits with capital letters, people do not.
fn has_capitals(digits: &str) -> bool {
    digits.chars().take(2).all(|digit| !digit.is_lowercase())
}

/// Decodes the characters that a text writes in hexadecimal.
pub(super) fn of_code_points(text: &str) -> Step {
    ["\\u", "%u"].into_iter().find_map(|sign| units(text, sign))
}

/// Decodes characters that are written as one or two UTF-16 units.
fn units(text: &str, sign: &str) -> Step {
    let unit = |digits: &str| {
        let digits = digits
            .get(..4)
            .filter(|digits| digits.bytes().all(|digit| hex(digit).is_some()))?;
        u16::from_str_radix(digits, 16).ok()
    };
    let parts: Vec<&str> = text.split(sign).collect();
    let (first, others) = parts.split_first()?;
    if !others.iter().any(|part| unit(part).is_some()) {
        return None;
    }
    let mut decoded: Vec<u16> = first.encode_utf16().collect();
    for part in others {
        let Some(unit) = unit(part) else {
            return Some(Err(Damaged));
        };
        decoded.push(unit);
        decoded.extend(part[4..].encode_utf16());
    }
    Some(
        String::from_utf16(&decoded)
            .map(|text| unescaped(&text, sign))
            .map_err(|_| Damaged),
    )
}

/// Removes the `\` that strings of programs also have before quotation marks and slashes.
fn unescaped(text: &str, sign: &str) -> String {
    if sign == "%u" {
        return text.to_owned();
    }
    text.replace("\\\"", "\"")
        .replace("\\/", "/")
        .replace("\\n", " ")
}
