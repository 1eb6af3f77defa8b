//! Text of HTML as a browser shows it: white space is collapsed to one space, entities are decoded.

/// The named entities that exporters write; letters of names are written directly.
const NAMED: [(&str, char); 28] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{A0}'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("minus", '−'),
    ("shy", '\u{AD}'),
    ("hellip", '…'),
    ("middot", '·'),
    ("bull", '•'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("deg", '°'),
    ("euro", '€'),
    ("sect", '§'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200C}'),
];

/// The length of the longest entity, `&#x10FFFF;`, without `&` and `;`.
const LONGEST: usize = 10;

/// Collects the text of one cell.
#[derive(Debug, Default)]
pub(super) struct CellText {
    text: String,
    /// The white space before the next letter: a space, or the line break of an element.
    space: Option<char>,
}

impl CellText {
    pub(super) fn begin(&mut self) {
        self.text.clear();
        self.space = None;
    }

    /// Returns the collected text, without white space at its end.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Adds an explicit line break (`<br>`).
    pub(super) fn push_break(&mut self) {
        self.text.push('\n');
        self.space = None;
    }

    /// Separates the next letter by a line break or by white space, because an element that stands by itself has ended.
    pub(super) fn separate(&mut self, with: char) {
        if !self.text.is_empty() && self.space != Some('\n') {
            self.space = Some(with);
        }
    }

    /// Adds text as written, with entities.
    pub(super) fn push(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some(letter) = rest.chars().next() {
            let length = if letter.is_ascii_whitespace() {
                if !self.text.ends_with('\n') {
                    self.separate(self.space.unwrap_or(' '));
                }
                1
            } else if let Some((letter, length)) = entity(rest) {
                self.push_letter(letter);
                length
            } else {
                self.push_letter(letter);
                letter.len_utf8()
            };
            rest = &rest[length..];
        }
    }

    /// Adds text without entities.
    pub(super) fn push_verbatim(&mut self, text: &str) {
        text.chars().for_each(|letter| self.push_letter(letter));
    }

    fn push_letter(&mut self, letter: char) {
        self.text.extend(self.space.take());
        self.text.push(letter);
    }
}

/// Returns the letter of the entity at the beginning of the text, and the length of the entity.
fn entity(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('&')?;
    let end = rest
        .bytes()
        .take(LONGEST + 1)
        .position(|byte| byte == b';')?;
    let name = rest.get(..end)?;
    let letter = match name.strip_prefix('#') {
        Some(number) => numeric(number)?,
        None => NAMED.iter().find(|(other, _)| *other == name)?.1,
    };
    Some((letter, end + 2))
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|letter| *letter != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_a_browser_shows_it() {
        let table = [
            ("  Анна \r\n\t Петрова  ", "Анна Петрова"),
            ("ООО&nbsp;&laquo;Лютик&raquo;", "ООО\u{A0}«Лютик»"),
            ("a&#10;b&#x41;&#X42;&#39;", "a\nbAB'"),
            ("Р&Б &unknown; & &amp;amp; &;", "Р&Б &unknown; & &amp; &;"),
            ("&#0;&#xD800;&#99999999999;", "&#0;&#xD800;&#99999999999;"),
            ("&ЯЯЯ;", "&ЯЯЯ;"),
        ];
        for (raw, expected) in table {
            let mut cell_text = CellText::default();
            cell_text.push(raw);
            assert_eq!(cell_text.text(), expected, "{raw}");
        }
    }

    #[test]
    fn breaks_that_are_meant_are_kept_and_others_only_between_letters() {
        let mut cell_text = CellText::default();
        cell_text.separate('\n');
        cell_text.push(" a ");
        cell_text.push_break();
        cell_text.push("\n  b ");
        cell_text.separate('\n');
        cell_text.push(" c ");
        cell_text.separate('\n');
        assert_eq!(cell_text.text(), "a\nb\nc");
    }
}
