//! Decodes names that are still encoded for a page, a mail, a web address or a program: `О&#39;Нил`, `=D0=98`,
//! `%D0%98`, `\u0418`, `=?UTF-8?B?…?=`, `<br>`. A name that is encoded beyond doubt is decoded; one that is encoded but
//! cut off or malformed cannot be. A name that only contains such a sign (`AT&T`, `100% Фитнес`, `Иван <3`) is not
//! encoded.

mod entities;
mod escapes;
mod mail;
mod tags;

use std::borrow::Cow;

/// Whether a name is encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Encoded {
    /// It is not encoded.
    No,
    /// It was encoded; this is the decoded name.
    As(String),
    /// It is encoded, but cannot be decoded with certainty.
    Damaged,
}

/// The result of one kind of decoding: `None` if the text is not encoded in this way.
type Step = Option<Result<String, Damaged>>;

/// The error of an encoded text that is cut off or malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Damaged;

/// How many layers of encoding are removed at most.
const MOST_TIMES: usize = 4;

const KINDS: [fn(&str) -> Step; 5] = [
    mail::decoded,
    entities::decoded,
    escapes::of_bytes,
    escapes::of_code_points,
    tags::decoded,
];

/// Decodes a name as often as it was encoded.
pub(super) fn decoded(name: &str) -> Encoded {
    if !may_be_encoded(name) {
        return Encoded::No;
    }
    let mut text = Cow::Borrowed(name);
    for _ in 0..MOST_TIMES {
        match KINDS.iter().find_map(|kind| kind(&text)) {
            None => return finished(text),
            Some(Ok(decoded)) => text = Cow::Owned(decoded),
            Some(Err(Damaged)) => return Encoded::Damaged,
        }
    }
    Encoded::Damaged
}

/// Whether a name has one of the signs that every encoded name has.
fn may_be_encoded(name: &str) -> bool {
    name.bytes()
        .any(|byte| matches!(byte, b'&' | b'=' | b'%' | b'\\' | b'<'))
}

fn finished(text: Cow<'_, str>) -> Encoded {
    let is_broken = |char: char| char == '\0' || char == char::REPLACEMENT_CHARACTER;
    match text {
        Cow::Borrowed(_) => Encoded::No,
        Cow::Owned(decoded) if decoded.contains(is_broken) => Encoded::Damaged,
        Cow::Owned(decoded) => Encoded::As(decoded),
    }
}

/// Returns the value of a hexadecimal digit.
fn hex(char: u8) -> Option<u8> {
    char::from(char)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_name_is_decoded() {
        for (name, decoded_name) in [
            ("&#1048;&#1074;&#1072;&#1085;", "Иван"),
            ("О&#39;Нил", "О'Нил"),
            ("О&#x27;Нил", "О'Нил"),
            ("ООО &quot;Ромашка&quot;", "ООО \"Ромашка\""),
            ("ООО &laquo;Ромашка&raquo;", "ООО «Ромашка»"),
            ("ООО &amp;quot;Ромашка&amp;quot;", "ООО \"Ромашка\""),
            ("AT&amp;T", "AT&T"),
            ("Иван&nbsp;Петров", "Иван\u{A0}Петров"),
            ("M&uuml;ller", "Müller"),
            ("&Eacute;lise &OElig;uvre", "Élise Œuvre"),
            ("Иван &#150; склад", "Иван – склад"),
            ("=?UTF-8?B?0JjQstCw0L0=?=", "Иван"),
            ("=?utf-8?q?=D0=98=D0=B2=D0=B0=D0=BD_P?=", "Иван P"),
            (
                "=?windows-1251?Q?=C8=E2=E0=ED?= =?windows-1251?B?z+Xy8O7i?=",
                "ИванПетров",
            ),
            ("=?KOI8-R?B?6dfBzg==?=", "Иван"),
            ("=D0=98=D0=B2=D0=B0=D0=BD", "Иван"),
            ("=D0=98=D0=B2=D0=B0=D0=BD=20=D0=9F.", "Иван П."),
            ("M=C3=BCller", "Müller"),
            ("\\u0418\\u0432\\u0430\\u043d", "Иван"),
            ("\\u0418\\u0432\\u0430\\u043d \\ud83c\\udf38", "Иван 🌸"),
            ("\\u041e\\u041e\\u041e \\\"\\u0420\\\"", "ООО \"Р\""),
            ("%u0418%u0432%u0430%u043d", "Иван"),
            ("\\xd0\\x98\\xd0\\xb2", "Ив"),
            ("%D0%98%D0%B2%D0%B0%D0%BD", "Иван"),
            ("%d0%98%d0%b2+%D0%9F", "Ив П"),
            ("%D0%98%D0%B2%20%D0%9F", "Ив П"),
            ("%25D0%2598%25D0%25B2", "Ив"),
            ("Caf%C3%A9 & Bar", "Café & Bar"),
            ("Ivan%20Petrov", "Ivan Petrov"),
            ("Иван<br>Петров", "Иван Петров"),
            ("Иван<BR />Петров", "Иван Петров"),
            ("<b>Иван</b> Петров", "Иван Петров"),
            ("<p class=\"x\">Иван</p>", "Иван"),
            ("&lt;b&gt;Иван&lt;/b&gt;", "Иван"),
            ("<![CDATA[Иван]]>", "Иван"),
            ("Иван &lt;3", "Иван <3"),
        ] {
            assert_eq!(
                decoded(name),
                Encoded::As(decoded_name.to_owned()),
                "{name}"
            );
        }
    }

    #[test]
    fn an_encoded_name_that_is_cut_off_or_wrong_is_damaged() {
        for name in [
            "&#1048;&#10",
            "&#1048",
            "ООО &quot;Ромашка&quot",
            "О&#39Нил",
            "&#xD800;",
            "&#0;",
            "=?UTF-8?B?0JjQstCw",
            "=?UTF-8?B?0JjQ!?=",
            "=?none?B?0JjQstCw0L0=?=",
            "=D0=98=D0",
            "=D0=98=D",
            "=C8=E2=E0=ED",
            "M=FCller",
            "%D0%98%D",
            "%C8%E2%E0%ED",
            "M%FCller",
            "\\u0418\\u04",
            "\\ud83c\\u0418",
            "<b>Иван",
            "Иван</b>",
        ] {
            assert_eq!(decoded(name), Encoded::Damaged, "{name}");
        }
    }

    #[test]
    fn a_name_that_only_has_a_sign_in_it_passes() {
        for name in [
            "AT&T",
            "H&M",
            "R&D &Co",
            "Johnson & Johnson",
            "Tom&Jerry;",
            "100% Фитнес",
            "50%25",
            "100%ная скидка",
            "C:\\user",
            "\\u",
            "D:\\x",
            "=)",
            "Иван <3",
            "a=b",
            "E=mc2",
            "Петров <директор>",
            "Анна <anna@example.com>",
            "<b>",
            "2 < 3 > 1",
            "<<Ромашка>>",
            "Группа=AB",
            "X=ABBA",
            "Скидка=20%",
            "&",
            "%",
            "=",
            "\\",
            "<",
            "A&B=C%D\\E<F",
        ] {
            assert_eq!(decoded(name), Encoded::No, "{name}");
        }
    }
}
