//! Detects names whose letters were decoded wrongly: written in one encoding and read in another. For each pair of
//! encodings that people mix up, the mistake is undone. A name is damaged only if the result clearly looks like a name
//! and the original clearly does not. No name is changed.

mod code_pages;
mod letters;
mod naturalness;
mod readings;
mod script;
mod signs;
mod suspicion;
mod utf8;

use crate::domain::is_invisible;

pub(super) use suspicion::is_suspicious;

/// Letters that were decoded wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Damage {
    /// The original name, if one reading of its bytes is far better than every other.
    pub(super) likely: Option<String>,
}

/// How many characters are examined: damage shows in the beginning of a name too.
const LONGEST: usize = 200;

/// Returns the damage of a name, if there is any.
pub(super) fn damage(name: &str) -> Option<Damage> {
    if is_lost(name) {
        return Some(Damage { likely: None });
    }
    if !is_suspicious(name) {
        return None;
    }
    // A soft hyphen stands for a letter of some encodings.
    let is_seen = |char: &char| *char == '\u{AD}' || !is_invisible(*char);
    let name: String = name.chars().filter(is_seen).take(LONGEST).collect();
    readings::damage(&name).or_else(|| damage_of_a_word(&name))
}

/// Returns the damage of one word among intact ones, as when a program joined two texts.
fn damage_of_a_word(name: &str) -> Option<Damage> {
    let words: Vec<&str> = name.split(' ').collect();
    let is_long = |word: &&&str| words.len() > 1 && word.chars().count() > 3;
    let mut long = words
        .iter()
        .filter(is_long)
        .filter(|word| is_suspicious(word));
    long.find_map(|word| {
        let Damage { likely } = readings::damage(word)?;
        Some(Damage {
            likely: likely.map(|likely| name.replacen(word, &likely, 1)),
        })
    })
}

/// Whether letters were irrecoverably replaced by `?`, `_` or U+FFFD.
fn is_lost(name: &str) -> bool {
    // U+FFFD begins with the byte EF.
    if !name.bytes().any(|byte| matches!(byte, b'?' | b'_' | 0xEF)) {
        return false;
    }
    let letters = || {
        name.chars()
            .filter(|char| !char.is_whitespace() && *char != '.')
    };
    name.contains("???")
        || name.contains(char::REPLACEMENT_CHARACTER)
        || (letters().count() >= 3 && letters().all(|char| matches!(char, '?' | '_')))
}

#[cfg(test)]
mod tests {
    use super::code_pages::CodePage::{
        self, Big5, EucKr, Gbk, Iso8859Part5, MacCyrillic, ShiftJis, Windows1251, Windows1253,
    };
    use super::*;

    #[test]
    fn every_pair_of_encodings_is_undone() {
        for (damaged, likely) in [
            ("Èâàí Ïåòðîâ", Some("Иван Петров")),
            ("йЧБО рЕФТПЧ", Some("Иван Петров")),
            ("–ò–≤–∞–Ω –ü–µ—Ç—Ä–æ–≤", Some("Иван Петров")),
            ("п≤п╡п╟п╫ п÷п╣я┌я─п╬п╡", Some("Иван Петров")),
            ("╚трэ ╧хЄЁют", Some("Иван Петров")),
            ("袠胁邪薪 袩械褌褉芯胁", Some("Иван Петров")),
            ("M√ºller", Some("Müller")),
            ("ёТРЭ їХваЮТ", Some("Иван Петров")),
            ("РРІР°РЅ РџРµС‚СЂРѕРІ", Some("Иван Петров")),
            ("РђСЂС‚РµРј", Some("Артем")),
            ("Ð˜Ð²Ð°Ð½", Some("Иван")),
            ("MÃ¼ller", Some("Müller")),
            ("╨Ш╨▓╨░╨╜", Some("Иван")),
            ("Mьller", Some("Müller")),
            ("£ukasz", Some("Łukasz")),
            ("JosÈ GarcÌa", Some("José García")),
            ("Íßêïò Ðáðáäüðïõëïò", Some("Νίκος Παπαδόπουλος")),
            ("ÍõÐ¡Ã÷", None),
            ("J³rgen", Some("Jürgen")),
            ("Клиент РђСЂС‚РµРј", Some("Клиент Артем")),
            ("Èâàí 🌸", Some("Иван 🌸")),
            ("\u{200B}йЧБО", Some("Иван")),
            ("Ð Ð¸Ð²Ð°Ð½Ð¾Ð²", Some("Риванов")),
            ("DvoÃƒÂ¡k", Some("Dvoák")),
            ("Ив\u{FFFD}н", None),
            ("?????", None),
        ] {
            assert_eq!(
                damage(damaged),
                Some(Damage {
                    likely: likely.map(str::to_owned)
                }),
                "{damaged}"
            );
        }
    }

    /// Languages and names.
    fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
        include_str!("../../../tests/data/names.txt")
            .lines()
            .filter_map(|line| line.split_once('\t'))
    }

    #[test]
    fn real_names_of_every_language_pass() {
        let damaged: Vec<_> = names().filter(|(_, name)| damage(name).is_some()).collect();
        assert!(damaged.is_empty(), "{damaged:?}");
        assert!(names().count() > 900);
    }

    /// This many names of a hundred must be recognised when they were written in the one and read in the other.
    fn least(written: Option<CodePage>, read: CodePage) -> f64 {
        match (written, read) {
            // The small letters are the same, and the capitals become letters of Serbian.
            (Some(Windows1251), MacCyrillic) | (Some(MacCyrillic), Windows1251) => 50.0,
            // What comes out may be a Greek, Chinese, Japanese or Korean name.
            (Some(Windows1251), Windows1253 | Gbk | Big5 | ShiftJis | EucKr) => 75.0,
            // The capitals stay capitals and the small letters small ones.
            (Some(Windows1251), Iso8859Part5) | (Some(Iso8859Part5), MacCyrillic) => 94.0,
            _ => 97.0,
        }
    }

    /// `cargo test --lib encodings -- --nocapture` prints the table.
    #[test]
    fn damaged_russian_names_are_recognised_for_each_pair_of_encodings() {
        let names = names().filter(|(language, _)| ["Russian", "Bulgarian"].contains(language));
        let words = names.flat_map(|(_, name)| name.split(' '));
        let mut words: Vec<&str> = words
            .filter(|word| word.chars().count() > 3 && word.starts_with(char::is_uppercase))
            .collect();
        words.sort_unstable();
        words.dedup();
        for read in CodePage::READ_AS {
            let cyrillic = read
                .taken_for_it()
                .iter()
                .copied()
                .filter(|written| written.is_cyrillic())
                .map(Some);
            for written in cyrillic.chain([None]) {
                let bytes = |word: &str| match written {
                    Some(page) => page.bytes(word),
                    None => Some(word.as_bytes().to_vec()),
                };
                let texts = words
                    .iter()
                    .filter_map(|word| Some((word, read.decode(&bytes(word)?))));
                let damaged: Vec<String> = texts
                    .filter(|(word, text)| text != *word)
                    .map(|(_, text)| text)
                    .collect();
                let found = damaged.iter().filter(|text| damage(text).is_some()).count();
                #[expect(clippy::cast_precision_loss, reason = "some hundred names")]
                let share = 100.0 * found as f64 / damaged.len() as f64;
                println!("{share:5.1} % {written:?} read as {read:?}");
                assert!(
                    share >= least(written, read),
                    "{written:?} {read:?} {share}"
                );
            }
        }
    }

    #[test]
    fn names_of_every_language_are_recognised_where_utf8_was_read_as_something_else() {
        for read in CodePage::READ_AS {
            let texts = names().map(|(_, name)| (name, read.decode(name.as_bytes())));
            let damaged: Vec<_> = texts.filter(|(name, text)| name != text).collect();
            let missed = damaged
                .iter()
                .filter(|(_, text)| damage(text).is_none())
                .count();
            println!(
                "{missed} of {} names in UTF-8 read as {read:?}",
                damaged.len()
            );
            assert!(
                missed * 100 <= damaged.len() * 6,
                "{read:?} {missed} {}",
                damaged.len()
            );
        }
    }
}
