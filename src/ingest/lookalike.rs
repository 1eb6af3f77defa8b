//! Letters that look the same in two alphabets. `Тeлeфон` with a Latin `e` comes from a wrong keyboard layout, or from
//! a program that wants to deceive another.

/// The fewest letters that let a heading be read in another alphabet as a whole: `ТО` is not `to`.
const SHORTEST: usize = 4;

/// A text with more readings than this gets none.
const MOST: usize = 64;

/// Latin letters, and the Cyrillic and Greek ones that look like them; a space if there is none.
const LATIN: &str = "ABCEHIJKMNOPSTXYZaceijkopsvxyɛ";
const CYRILLIC: &str = "АВСЕНІЈКМ ОРЅТХУ асеіјкорѕ ху ";
const GREEK: &str = "ΑΒ ΕΗΙ ΚΜΝΟΡ ΤΧΥΖα  ι κορ νχ ε";

/// Greek letters, and the Cyrillic ones that look like them; no Latin letter does.
const GREEK_ALONE: &str = "ΓΠΦΛπφ";
const CYRILLIC_OF_GREEK: &str = "ГПФЛпф";

/// Returns the Latin letter that a Cyrillic, Greek or full-width letter looks like.
pub(super) fn latin(letter: char) -> Option<char> {
    full_width(letter)
        .or_else(|| in_place(letter, CYRILLIC, LATIN))
        .or_else(|| in_place(letter, GREEK, LATIN))
}

/// Returns the Cyrillic letter that a Latin or Greek letter looks like.
pub(super) fn cyrillic(letter: char) -> Option<char> {
    let greek = || in_place(letter, GREEK_ALONE, CYRILLIC_OF_GREEK);
    let like_latin = |letter| in_place(letter, LATIN, CYRILLIC);
    like_latin(letter)
        .or_else(|| latin(letter).and_then(like_latin))
        .or_else(greek)
}

/// Returns the possible readings of a text with letters of a wrong alphabet: each word as it is, in Latin, or in
/// Cyrillic letters. Empty if the text is short and of one alphabet, because then it means what it says.
pub(super) fn readings(text: &str) -> Vec<String> {
    let letters = text.chars().filter(|char| char.is_alphabetic());
    if !is_mixed(text) && letters.count() < SHORTEST {
        return Vec::new();
    }
    let mut readings = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let words = [
            Some(word.to_owned()),
            folded(word, latin, is_latin),
            folded(word, cyrillic, is_cyrillic),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        readings = readings
            .iter()
            .flat_map(|begun| words.iter().map(move |word| format!("{begun}{word}")))
            .collect();
        if readings.len() > MOST {
            return Vec::new();
        }
    }
    readings.retain(|reading| reading != text);
    readings.sort_unstable();
    readings.dedup();
    readings
}

/// Returns a form of a text that is equal for texts that look the same.
pub(super) fn skeleton(text: &str) -> String {
    text.chars()
        .map(|char| cyrillic(char).unwrap_or(char))
        .collect::<String>()
        .to_lowercase()
}

/// Writes the word in letters of one alphabet, if each of its letters is of that alphabet or looks like one of it.
fn folded(word: &str, like: fn(char) -> Option<char>, is_of: fn(char) -> bool) -> Option<String> {
    let letter = |char: char| {
        if is_of(char) || !char.is_alphanumeric() {
            Some(char)
        } else {
            like(char)
        }
    };
    word.chars()
        .map(|char| {
            if char.is_ascii_digit() {
                Some(char)
            } else {
                letter(char)
            }
        })
        .collect()
}

fn is_mixed(text: &str) -> bool {
    let has = |is_of: fn(char) -> bool| text.chars().any(is_of);
    let is_other = |char: char| char.is_alphabetic() && !is_latin(char) && !is_cyrillic(char);
    has(is_latin) && has(is_cyrillic) || has(is_other)
}

const fn is_latin(char: char) -> bool {
    char.is_ascii_alphabetic()
}

const fn is_cyrillic(char: char) -> bool {
    matches!(char, '\u{400}'..='\u{52F}')
}

/// Returns the letter of `others` at the position of the letter in `letters`.
fn in_place(letter: char, letters: &str, others: &str) -> Option<char> {
    let found = letters
        .chars()
        .zip(others.chars())
        .find(|(one, _)| *one == letter);
    found
        .map(|(_, other)| other)
        .filter(|other| *other != ' ' && letter != ' ')
}

/// Returns the ASCII letter or digit for a full-width one.
fn full_width(letter: char) -> Option<char> {
    let is_one = matches!(letter, 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '０'..='９');
    is_one
        .then(|| char::from_u32(u32::from(letter) - 0xFEE0))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_look_the_same_lead_to_each_other() {
        assert_eq!(
            [LATIN, CYRILLIC, GREEK].map(|letters| letters.chars().count()),
            [30; 3]
        );
        for (one, other) in [('e', 'е'), ('H', 'Н'), ('y', 'у'), ('x', 'х')] {
            assert_eq!((cyrillic(one), latin(other)), (Some(other), Some(one)));
        }
        for (greek, other) in [('Τ', 'Т'), ('ο', 'о'), ('Π', 'П')] {
            assert_eq!(cyrillic(greek), Some(other));
        }
        assert_eq!(
            (latin('Ν'), latin('Ｐ'), latin('２')),
            (Some('N'), Some('P'), Some('2'))
        );
        for letter in ['ж', ' ', '1', 'R', 'ё'] {
            assert_eq!((latin(letter), cyrillic(letter)), (None, None), "{letter}");
        }
    }

    #[test]
    fn texts_that_look_the_same_have_one_skeleton() {
        for (one, other) in [
            ("Т\u{65}лефон", "Телефон"),
            ("\u{420}hone", "phone"),
            ("\u{48}ОМЕР", "номер"),
        ] {
            assert_eq!(skeleton(one), skeleton(other));
        }
        assert_ne!(skeleton("Имя"), skeleton("Фамилия"));
    }

    #[test]
    fn a_short_text_of_one_alphabet_says_what_it_says() {
        assert!(readings("ТО").is_empty());
        assert_eq!(readings("Т\u{65}л"), ["Тел"]);
        assert!(readings("Город").is_empty());
    }
}
