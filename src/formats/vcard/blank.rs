//! What counts as blank around the lines and markers of a card. In files that were joined this is more than white
//! space.

/// Removes the blanks at the beginning: white space, control characters such as NUL and the end mark of DOS, and
/// invisible characters, such as the byte order mark of a file that was appended to another.
pub(super) fn skip_blank(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        rest = match rest {
            [..=b' ' | 0x7F, next @ ..]
            | [0xC2, 0xA0 | 0xAD, next @ ..]
            | [0xE2, 0x80, 0x80..=0x8F | 0xA8..=0xAF, next @ ..]
            | [0xE2, 0x81, 0xA0, next @ ..]
            | [0xE3, 0x80, 0x80, next @ ..]
            | [0xEF, 0xBB, 0xBF, next @ ..] => next,
            _ => return rest,
        }
    }
}

/// Removes the blanks at the end.
pub(super) fn without_blank_end(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        rest = match rest {
            [before @ .., ..=b' ' | 0x7F]
            | [before @ .., 0xC2, 0xA0 | 0xAD]
            | [before @ .., 0xE2, 0x80, 0x80..=0x8F | 0xA8..=0xAF]
            | [before @ .., 0xE2, 0x81, 0xA0]
            | [before @ .., 0xE3, 0x80, 0x80]
            | [before @ .., 0xEF, 0xBB, 0xBF] => before,
            _ => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_blank_at_both_ends() {
        for text in [
            "a",
            " a\t",
            "\0a\r\n",
            "\u{FEFF}\u{200B}a\u{A0}",
            "\u{1A}a\u{1A}",
            "\u{3000}a\u{AD}",
        ] {
            assert_eq!(
                without_blank_end(skip_blank(text.as_bytes())),
                b"a",
                "{text:?}"
            );
        }
        assert_eq!(skip_blank("\0 \u{FEFF}".as_bytes()), b"");
        assert_eq!(skip_blank("я".as_bytes()), "я".as_bytes());
    }
}
