//! Letters that look the same in two alphabets. Somebody who types with the wrong keyboard layout, or a
//! program that wants to trick another, writes `Тeлeфон` with Latin `e`.

/// A heading needs this many letters to be read in another alphabet as a whole: `ТО` is not `to`.
const SHORTEST: usize = 4;

/// A text has this many readings at most.
const MOST: usize = 64;

/// The Latin letters, and the Cyrillic and the Greek ones that look like them; a space where none does.
const LATIN: &str = "ABCEHIJKMNOPSTXYZaceijkopsvxyɛ";
const CYRILLIC: &str = "АВСЕНІЈКМ ОРЅТХУ асеіјкорѕ ху ";
const GREEK: &str = "ΑΒ ΕΗΙ ΚΜΝΟΡ ΤΧΥΖα  ι κορ νχ ε";

/// Greek letters, and the Cyrillic ones that look like them but like no Latin one.
const GREEK_ALONE: &str = "ΓΠΦΛπφ";
const CYRILLIC_OF_GREEK: &str = "ГПФЛпф";

/// The Latin letter that a Cyrillic, Greek or full-width one looks like.
pub(super) fn latin(letter: char) -> Option<char> {
    full_width(letter)
        .or_else(|| in_place(letter, CYRILLIC, LATIN))
        .or_else(|| in_place(letter, GREEK, LATIN))
}

/// The Cyrillic letter that a Latin or Greek one looks like.
pub(super) fn cyrillic(letter: char) -> Option<char> {
    let greek = || in_place(letter, GREEK_ALONE, CYRILLIC_OF_GREEK);
    let of_latin = |letter| in_place(letter, LATIN, CYRILLIC);
    of_latin(letter)
        .or_else(|| latin(letter).and_then(of_latin))
        .or_else(greek)
}

/// What a text may mean if letters in it are those of another alphabet: each word of it as it is, in Latin
/// or in Cyrillic letters. Nothing if it is short and of one alphabet, which is what it says.
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

/// A text in the form in which texts that look the same are the same.
pub(super) fn skeleton(text: &str) -> String {
    text.chars()
        .map(|char| cyrillic(char).unwrap_or(char))
        .collect::<String>()
        .to_lowercase()
}

/// The word in letters of one alphabet, if all its letters are of it or look like such.
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

/// The letter of `others` at the place that the letter has in `letters`.
fn in_place(letter: char, letters: &str, others: &str) -> Option<char> {
    let found = letters
        .chars()
        .zip(others.chars())
        .find(|(one, _)| *one == letter);
    found
        .map(|(_, other)| other)
        .filter(|other| *other != ' ' && letter != ' ')
}

/// The letter or digit of ASCII that a full-width one is.
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
