//! A quick check that lets ordinary names pass. Most names are ordinary, and undoing every possible mistake for each of
//! them would take longer than reading the list.

use super::letters::followed_by;
use super::script::Script;

/// Whether a name may be damaged: its letters, capitals or signs are in unusual positions.
pub(in crate::ingest) fn is_suspicious(name: &str) -> bool {
    !name.is_ascii() && name.split([' ', '-']).any(is_suspicious_word)
}

fn is_suspicious_word(word: &str) -> bool {
    let mut word_so_far = WordSoFar::default();
    !word.is_ascii() && (word.chars().any(|char| word_so_far.push(char)) || word_so_far.end())
}

/// What is known about a word up to a character.
#[derive(Default)]
struct WordSoFar {
    before: Option<char>,
    /// How well the adjacent Cyrillic letters follow each other, and how many there are.
    russian: i32,
    letters: u32,
    /// Whether an earlier group of adjacent letters follows each other badly.
    is_strange: bool,
    /// How many adjacent capitals come directly before.
    capitals: u32,
    /// The last letter, in lower case, if it is Cyrillic.
    last_cyrillic: Option<char>,
}

impl WordSoFar {
    /// Adds the next character. Returns whether it makes the word look damaged.
    fn push(&mut self, char: char) -> bool {
        if is_cyrillic(char) {
            return self.push_cyrillic(char);
        }
        let is_wrong = match char {
            '\0'..='\u{7F}' => char.is_ascii_alphabetic() && self.last_cyrillic.is_some(),
            '«' | '»' | '’' | '№' | '“' | '”' | '„' | '…' | '–' | '—' => self
                .before
                .is_some_and(|before| Script::of(before) == Script::Latin && !before.is_ascii()),
            other => self.is_wrong_before_other(other),
        };
        self.end_cyrillic();
        self.before = Some(char);
        is_wrong
    }

    /// Ends the word. Returns whether it looks damaged as a whole.
    fn end(&mut self) -> bool {
        self.end_cyrillic();
        self.is_strange
    }

    fn push_cyrillic(&mut self, letter: char) -> bool {
        let small = small(letter);
        let is_capital = small != letter;
        let is_wrong = match self.before {
            Some(before) if self.last_cyrillic.is_some() => is_capital && before.is_lowercase(),
            Some('«' | '“' | '„' | '’') => !is_capital,
            Some('»' | '”' | '№' | '…' | '–' | '—') => true,
            Some(before) => before.is_alphabetic(),
            None => false,
        };
        let is_behind_capitals = !is_capital && self.capitals > 1;
        self.capitals = if is_capital { self.capitals + 1 } else { 0 };
        self.russian += followed_by(self.last_cyrillic, Some(small));
        self.letters += 1;
        self.last_cyrillic = Some(small);
        self.before = Some(letter);
        // Where some encodings have other Cyrillic letters, others have signs.
        is_wrong
            || is_behind_capitals
            || !matches!(small, 'а'..='я' | 'ё' | 'і' | 'ї' | 'є' | 'ґ' | 'ў' | '\u{490}'..='\u{4FF}')
    }

    fn is_wrong_before_other(&self, char: char) -> bool {
        match Script::of(char) {
            Script::Latin => {
                let is_beside_other = self.before.is_some_and(|before| !before.is_ascii());
                let is_capital = char.is_uppercase() && self.before.is_some_and(char::is_lowercase);
                is_beside_other || is_capital || "ðþýÐÞÝ".contains(char)
            }
            Script::Sign
            | Script::Phonetic
            | Script::Greek
            | Script::Han
            | Script::HalfKana
            | Script::Hangul => true,
            Script::None
            | Script::Cyrillic
            | Script::Hebrew
            | Script::Arabic
            | Script::Thai
            | Script::Far => false,
        }
    }

    fn end_cyrillic(&mut self) {
        if self.last_cyrillic.is_some() {
            self.russian += followed_by(self.last_cyrillic, None);
            // A shorter word may be any abbreviation.
            let is_short = self.letters <= 3 || (self.letters == 4 && self.capitals == 4);
            self.is_strange |= !is_short && self.russian < 0;
            (
                self.last_cyrillic,
                self.russian,
                self.letters,
                self.capitals,
            ) = (None, 0, 0, 0);
        }
    }
}

const fn is_cyrillic(char: char) -> bool {
    matches!(char, '\u{400}'..='\u{52F}')
}

/// Returns a Cyrillic letter in lower case.
fn small(letter: char) -> char {
    match letter {
        'а'..='я' => letter,
        'А'..='Я' => char::from_u32(u32::from(letter) + 32).unwrap_or(letter),
        other => other.to_lowercase().next().unwrap_or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_pass() {
        for name in [
            "Артём Евпаторийский",
            "ООО «Ромашка»",
            "ИП Ким Е.А.",
            "Анна-Мария",
            "José Müller",
            "О’Нил",
            "Наталія Ґалаґан",
            "محمد",
            "Coca-Cola Россия",
        ] {
            assert!(!is_suspicious(name), "{name}");
        }
    }

    #[test]
    fn damaged_names_are_looked_at() {
        for name in [
            "Èâàí",
            "йЧБО",
            "ёТРЭ",
            "╨Ш╨▓",
            "MÃ¼ller",
            "Mьller",
            "‘ергей",
            "–ò–≤",
            "Урышэр",
            "£ukasz",
            "袠胁",
            "Θβΰν",
            "йчбо",
        ] {
            assert!(is_suspicious(name), "{name}");
        }
    }
}
