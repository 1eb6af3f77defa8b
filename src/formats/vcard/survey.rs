//! Surveys all cards of a file before the first one is handed out: which charset its lines name anywhere; and, if they
//! name none and are not UTF-8, the text to guess it from. One card has too few letters for a guess, and two cards of
//! one file must not get different guesses.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use encoding_rs::Encoding;

use super::charset::{self, Charsets};
use super::property::Property;
use super::split::{RawCard, Splitter};
use crate::formats::encoding::TextEncoding;
use crate::formats::encoding_guess;

/// Returns the charsets for text that names none, in a file that begins with `head`. Afterwards the file is positioned
/// after `head` again. Nothing is guessed for a pipe, which cannot be read twice, or if the user named the encoding
/// (`given`).
pub(in crate::formats) fn charsets(
    found: TextEncoding,
    head: &[u8],
    file: &mut File,
    given: Option<&'static Encoding>,
) -> io::Result<Charsets> {
    if given.is_some() || !file.metadata()?.is_file() {
        return Ok(Charsets::new(given));
    }
    let mut scan = CharsetScan::default();
    let mut splitter = Splitter::new(found.source(head.to_vec(), file.try_clone()?));
    while let Some(card) = splitter.next_card()? {
        scan.look_at(&card);
    }
    file.seek(SeekFrom::Start(head.len() as u64))?;
    let guessed = (!scan.sample.is_empty()).then(|| encoding_guess::guess(&scan.sample));
    let example = guessed
        .filter(|_| scan.named.is_none())
        .and_then(|guessed| {
            let (values, _) = guessed.decode_without_bom_handling(&scan.sample);
            example(&values)
        });
    Ok(Charsets::of_file(scan.named, guessed, example))
}

#[derive(Default)]
struct CharsetScan {
    named: Option<&'static Encoding>,
    /// Values that name no charset and are not UTF-8, up to the size that a guess needs.
    sample: Vec<u8>,
}

impl CharsetScan {
    fn look_at(&mut self, card: &RawCard) {
        self.named = self.named.or(card.charset);
        if card.charset.is_some() || card.text.is_ascii() && !card.text.contains(&b'=') {
            return;
        }
        for line in card.text.split(|byte| *byte == b'\n') {
            let property = Property::parse(line);
            let value = match property.value {
                Some(value) if property.is_quoted_printable() => &charset::octets(value),
                Some(value) => value,
                None => continue,
            };
            let room = encoding_guess::SAMPLE.saturating_sub(self.sample.len());
            if room > 0 && std::str::from_utf8(value).is_err() {
                self.sample
                    .extend_from_slice(&value[..value.len().min(room)]);
                self.sample.push(b'\n');
            }
        }
    }
}

/// Returns the value with most letters beyond ASCII.
fn example(values: &str) -> Option<String> {
    let letters = |value: &&str| {
        value
            .chars()
            .filter(|letter| !letter.is_ascii())
            .take(60)
            .count()
    };
    let value = values.lines().max_by_key(letters)?;
    let parts: Vec<&str> = value
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    Some(parts.join(" ").chars().take(60).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::Cards;
    use super::*;
    use crate::formats::{Format, Layout, encoding};

    /// The names of all cards, how the file is said to be read, and the example.
    fn read(bytes: &[u8]) -> (Vec<String>, &'static str, Option<String>) {
        let mut input = tempfile::NamedTempFile::new().unwrap();
        input.write_all(bytes).unwrap();
        let (mut file, found) = (input.reopen().unwrap(), encoding::detect(bytes, None));
        let charsets = charsets(found, b"", &mut file, None).unwrap();
        let layout = Layout::new(Format::Vcard, "UTF-8");
        let mut cards = Cards::open(
            layout,
            found.source(Vec::new(), file),
            input.path(),
            charsets,
        );
        let mut names = Vec::new();
        while let Some(card) = cards.read_card().unwrap() {
            names.push(
                card.fault
                    .map_or(card.formatted, |fault| format!("{fault:?}")),
            );
        }
        (
            names,
            cards.layout().encoding,
            cards.layout().example.clone(),
        )
    }

    fn file(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost);
        bytes.into_owned()
    }

    #[test]
    fn what_no_line_names_is_guessed_for_the_whole_file_and_told() {
        let cards = "BEGIN:VCARD\nFN:Ann\nEND:VCARD\n\
                     BEGIN:VCARD\nN:Кузнецова;Анна;;;\nFN:Анна Кузнецова\nEND:VCARD\n\
                     BEGIN:VCARD\nFN:Иван\nEND:VCARD\n";
        let names = ["Ann", "Анна Кузнецова", "Иван"]
            .map(str::to_owned)
            .to_vec();
        for (encoding, told) in [
            (encoding_rs::WINDOWS_1251, "windows-1251"),
            (encoding_rs::KOI8_R, "KOI8-U"),
            (encoding_rs::IBM866, "IBM866"),
        ] {
            let example = Some("Анна Кузнецова".to_owned());
            assert_eq!(read(&file(encoding, cards)), (names.clone(), told, example));
        }
        let cards = "BEGIN:VCARD\nFN;QUOTED-PRINTABLE:=C0=ED=ED=E0\nEND:VCARD\n";
        let example = Some("Анна".to_owned());
        assert_eq!(
            read(cards.as_bytes()),
            (vec!["Анна".to_owned()], "windows-1251", example)
        );
    }

    #[test]
    fn a_charset_named_anywhere_in_the_file_is_better_than_a_guess() {
        let cards = "BEGIN:VCARD\nFN:Инна\nEND:VCARD\n\
                     BEGIN:VCARD\nNOTE;CHARSET=KOI8-R:Да\nEND:VCARD\n";
        let (names, told, example) = read(&file(encoding_rs::KOI8_R, cards));
        assert_eq!(
            (names, told, example),
            (vec!["Инна".to_owned(), String::new()], "UTF-8", None)
        );
    }

    #[test]
    fn utf8_cards_are_no_reason_to_guess_and_survive_one_that_is_broken() {
        let cards = [
            "BEGIN:VCARD\nFN:Анна\nEND:VCARD\nBEGIN:VCARD\nFN:".as_bytes(),
            b"\xC8\xE2\xE0\xED",
        ];
        let cards = [cards.concat(), b"\nEND:VCARD\n".to_vec()].concat();
        let (names, ..) = read(&cards);
        assert_eq!(names, ["Анна", "Иван"]);
        let (names, told, example) = read("BEGIN:VCARD\nFN:Анна\nEND:VCARD\n".as_bytes());
        assert_eq!(
            (names, told, example),
            (vec!["Анна".to_owned()], "UTF-8", None)
        );
    }
}
