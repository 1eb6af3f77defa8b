//! Guesses the encoding of bytes that are not UTF-8. Any bytes are valid in these encodings, so a wrong guess causes no
//! error. We take the answer of Firefox's detector, correct it for short texts by the order of their letters, and show
//! the user an example.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, IBM866, ISO_8859_2, ISO_8859_4, KOI8_R, KOI8_U, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1254, WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
};

/// How many bytes a guess is made from; more make it slower (10 MB per second), not better.
pub(super) const SAMPLE: usize = 64 * 1024;

/// From this many bytes beyond ASCII, the detector is also trusted with alphabets other than Cyrillic and Latin.
const PLENTY: usize = 512;

const CYRILLIC: [&Encoding; 4] = [WINDOWS_1251, KOI8_R, KOI8_U, IBM866];
const LATIN: [&Encoding; 7] = [
    WINDOWS_1250,
    WINDOWS_1252,
    WINDOWS_1254,
    WINDOWS_1257,
    WINDOWS_1258,
    ISO_8859_2,
    ISO_8859_4,
];

/// Guesses the encoding of a sample, whose lines should all contain bytes beyond ASCII. Tested with 18,235 samples of
/// one or many rows, the detector alone mistook three of a hundred single Russian names for another alphabet; with the
/// check of the words all were right. Greek, Hebrew and Chinese texts are mistaken for Russian.
pub(super) fn guess(sample: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let heard = detector.guess(Some(b"ru"), Utf8Detection::Deny);
    let words = Words::count(sample);
    let plenty = words.bytes >= PLENTY;
    let believed = match heard {
        cyrillic if CYRILLIC.contains(&cyrillic) => words.mixed <= words.pure,
        latin if LATIN.contains(&latin) => false,
        _ => plenty,
    };
    if words.mac > words.pure + words.mixed && heard != IBM866 {
        X_MAC_CYRILLIC
    } else if believed {
        heard
    } else if words.pure > words.mixed {
        WINDOWS_1251
    } else {
        let abroad = detector.guess(None, Utf8Detection::Deny);
        if plenty && LATIN.contains(&abroad) {
            abroad
        } else {
            WINDOWS_1252
        }
    }
}

/// Counts of runs of letters (ASCII letters and bytes beyond ASCII), by the script that they look like.
#[derive(Debug, Default, PartialEq, Eq)]
struct Words {
    /// Runs only of bytes from A8 up, like Cyrillic words.
    pure: usize,
    /// Runs that also have ASCII letters, such as `Müller`.
    mixed: usize,
    /// Runs with a byte 80–9F before bytes from E0 up: a capital and small letters as a Mac writes them.
    mac: usize,
    /// The number of bytes beyond ASCII.
    bytes: usize,
}

impl Words {
    fn count(sample: &[u8]) -> Self {
        let mut words = Self::default();
        for word in sample.split(|byte| !byte.is_ascii_alphabetic() && byte.is_ascii()) {
            let high = word.iter().filter(|byte| !byte.is_ascii()).count();
            words.bytes += high;
            words.mac += usize::from(is_mac(word));
            words.mixed += usize::from(high > 0 && high < word.len());
            words.pure += usize::from(high > 0 && word.iter().all(|byte| *byte >= 0xA8));
        }
        words
    }
}

fn is_mac(word: &[u8]) -> bool {
    matches!(word, [0x80..=0x9F, rest @ ..] if rest.len() > 1 && rest.iter().all(|byte| *byte >= 0xDF))
}

/// Returns the name to show for a guess. KOI8-U is KOI8-R with eight more letters: a text without any of them is shown
/// as KOI8-R, the name that people know.
pub(super) fn shown(encoding: &'static Encoding, text: &str) -> &'static str {
    let plain = encoding == KOI8_U && !text.contains(['є', 'і', 'ї', 'ґ', 'Є', 'І', 'Ї', 'Ґ']);
    if plain {
        KOI8_R.name()
    } else {
        encoding.name()
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{EUC_KR, ISO_8859_5, SHIFT_JIS};

    use super::*;

    fn guessed(encoding: &'static Encoding, text: &str) -> &'static str {
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost, "{text}");
        guess(&bytes).name()
    }

    #[test]
    fn a_few_words_are_enough() {
        let rows = "Анна Кузнецова\nИван Петров\nМосква, ул. Ленина\nООО Ромашка\n";
        for (encoding, text) in [
            (WINDOWS_1251, "Иван"),
            (WINDOWS_1251, "Илья"),
            (WINDOWS_1251, "Инна"),
            (WINDOWS_1251, "ИП Ким Е.А."),
            (WINDOWS_1251, "АННА"),
            (WINDOWS_1251, "Імя;Прізвище\nЇжак;Ґалаґан"),
            (WINDOWS_1251, rows),
            (IBM866, rows),
            (KOI8_U, rows), // has the letters of KOI8-R in the same places
            (X_MAC_CYRILLIC, rows),
            (WINDOWS_1252, "Müller"),
            (WINDOWS_1252, "François Lefèvre\nZoë"),
        ] {
            assert_eq!(guessed(encoding, text), encoding.name(), "{text}");
        }
    }

    #[test]
    fn more_words_tell_every_alphabet() {
        for (encoding, text) in [
            (
                WINDOWS_1250,
                "Łukasz Wiśniewski, Małgorzata Dąbrowska, Święty Krzyż\n",
            ),
            (WINDOWS_1254, "Ayşe Yılmaz, Gülşah Çağlar, İbrahim Öztürk\n"),
            (WINDOWS_1257, "Jānis Bērziņš, Žaklīna Šķēle\n"),
            (
                ISO_8859_2,
                "Łukasz Wiśniewski, Małgorzata Dąbrowska, Święty Krzyż\n",
            ),
            (WINDOWS_1252, "Jürgen Groß, Köln, Straße, François\n"),
            (WINDOWS_1251, "ИП КИМ Е.А.\nГБУЗ ГКБ №15\n"),
            (ISO_8859_5, "Анна Кузнецова\n"),
            (EUC_KR, "김철수 서울\n"),
            (SHIFT_JIS, "田中太郎、東京都\nさくら\n"),
        ] {
            assert_eq!(
                guessed(encoding, &text.repeat(100)),
                encoding.name(),
                "{text}"
            );
        }
    }
}
