//! Decodes character references of HTML: `&amp;`, `&#1048;`, `&#x418;` (source: HTML 4, section 24; for the numbers 128
//! to 159 the HTML Standard, section 13.2.5.80).

use encoding_rs::WINDOWS_1252;

use super::{Damaged, Step};

/// The names of the characters from U+00A0.
const LATIN_1: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf",
    "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro",
    "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute",
    "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute",
    "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
    "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
    "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
];

const OTHERS: [(&str, char); 32] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
    ("Yuml", 'Ÿ'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("lrm", '\u{200E}'),
    ("rlm", '\u{200F}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("bull", '•'),
    ("hellip", '…'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("euro", '€'),
    ("trade", '™'),
    ("numero", '№'),
];

/// The length of the longest reference, without its `&`.
const LONGEST: usize = 10;

/// Replaces the references in a text by their characters.
pub(super) fn decoded(text: &str) -> Step {
    let mut decoded = String::new();
    let mut has_any = false;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        match Reference::at(after) {
            Reference::To(char, length) => {
                decoded.push(char);
                has_any = true;
                rest = &after[length..];
            }
            Reference::Damaged => return Some(Err(Damaged)),
            Reference::None => {
                decoded.push('&');
                rest = after;
            }
        }
    }
    has_any.then(|| Ok(decoded + rest))
}

/// What follows a `&`.
enum Reference {
    /// A reference to a character, and its length.
    To(char, usize),
    /// A reference to a character that does not exist, or one that is cut off.
    Damaged,
    /// No reference.
    None,
}

impl Reference {
    fn at(after: &str) -> Self {
        let is_of_a_reference = |char: &char| char.is_ascii_alphanumeric() || *char == '#';
        let name: String = after
            .chars()
            .take(LONGEST)
            .take_while(is_of_a_reference)
            .collect();
        let is_ended = after[name.len()..].starts_with(';');
        match (name.strip_prefix('#'), is_ended) {
            (Some(number), true) => {
                numbered(number).map_or(Self::Damaged, |char| Self::To(char, name.len() + 1))
            }
            (Some(number), false) if number.starts_with(|char: char| char.is_ascii_digit()) => {
                Self::Damaged
            }
            (None, true) => named(&name).map_or(Self::None, |char| Self::To(char, name.len() + 1)),
            (None, false)
                if ["quot", "nbsp", "amp", "apos", "laquo", "raquo"].contains(&name.as_str()) =>
            {
                Self::Damaged
            }
            (Some(_) | None, false) => Self::None,
        }
    }
}

fn named(name: &str) -> Option<char> {
    let latin_1 = || {
        let index = LATIN_1.iter().position(|known| *known == name)?;
        char::from_u32(0xA0 + u32::try_from(index).ok()?)
    };
    OTHERS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, char)| *char)
        .or_else(latin_1)
}

fn numbered(number: &str) -> Option<char> {
    let of_16 = number.strip_prefix(['x', 'X']);
    let code = of_16
        .map_or_else(|| number.parse(), |digits| u32::from_str_radix(digits, 16))
        .ok()?;
    match u8::try_from(code) {
        Ok(byte @ 0x80..=0x9F) => WINDOWS_1252
            .decode_without_bom_handling(&[byte])
            .0
            .chars()
            .next(),
        Ok(0) => None,
        Ok(_) | Err(_) => char::from_u32(code),
    }
}
