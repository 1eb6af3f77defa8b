//! Decodes UTF-8 with a few bytes missing. On their way through a wrong encoding, bytes that have no letter in it are
//! dropped, and a no-break space becomes a plain space.

/// The result of decoding bytes as UTF-8.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decoded {
    /// The text; U+FFFD stands for what was lost.
    pub(super) text: String,
    /// How many letters beyond ASCII it has.
    pub(super) letters: usize,
    /// How many letters could not be decoded.
    pub(super) lost: usize,
}

impl Decoded {
    /// Decodes the bytes. `without_letter` is the byte for which the wrong encoding has no letter, if there is exactly
    /// one.
    pub(super) fn new(bytes: &[u8], without_letter: Option<u8>) -> Self {
        let mut decoded = Self::default();
        let mut rest = bytes;
        while let [first, ..] = rest {
            let taken = if first.is_ascii() {
                decoded.ascii(*first)
            } else {
                decoded.sequence(rest, without_letter)
            };
            rest = &rest[taken..];
        }
        decoded
    }

    fn ascii(&mut self, byte: u8) -> usize {
        self.text.push(char::from(byte));
        1
    }

    /// Decodes one sequence at the beginning of the bytes, and returns its length.
    fn sequence(&mut self, bytes: &[u8], without_letter: Option<u8>) -> usize {
        let length = length(bytes[0]);
        if let Some(letter) = bytes.get(..length).and_then(letter) {
            self.text.push(letter);
            self.letters += 1;
            return length;
        }
        let dropped = without_letter.and_then(|byte| letter(&[bytes[0], byte]));
        self.text
            .push(dropped.unwrap_or(char::REPLACEMENT_CHARACTER));
        self.lost += 1;
        1 + bytes[1..]
            .iter()
            .take_while(|byte| matches!(byte, 0x80..=0xBF))
            .count()
    }
}

/// Returns the length of a sequence with this first byte (source: RFC 3629, section 3).
const fn length(first: u8) -> usize {
    match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 0,
    }
}

/// Decodes the letter of a sequence, even if a space has replaced the byte of a no-break space.
fn letter(sequence: &[u8]) -> Option<char> {
    let whole = match sequence {
        [first, b' '] => &[*first, 0xA0],
        whole => whole,
    };
    str::from_utf8(whole).ok()?.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lost_is_counted() {
        for (bytes, text, letters, lost) in [
            (&b"Ivan"[..], "Ivan", 0, 0),
            ("Иван, 李".as_bytes(), "Иван, 李", 5, 0),
            (b"\xD0\xD0\xB2\xD0\xB0\xD0\xBD", "\u{FFFD}ван", 3, 1),
            (b"\xD0 \xD0\xBE\xD0\xBC\xD0\xB0", "Рома", 4, 0),
            (
                b"\xC8\xE2\xE0\xED",
                "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}",
                0,
                4,
            ),
            (b"\xB2\xB3a\xD0", "\u{FFFD}a\u{FFFD}", 0, 2),
        ] {
            let found = Decoded::new(bytes, None);
            assert_eq!(
                (found.text.as_str(), found.letters, found.lost),
                (text, letters, lost)
            );
        }
        let found = Decoded::new(b"\xD0\xD0\xB2\xD0\xB0\xD0\xBD", Some(0x98));
        assert_eq!((found.text.as_str(), found.lost), ("Иван", 1));
    }
}
