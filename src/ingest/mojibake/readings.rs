//! The readings of a text: the bytes that it was decoded from in each encoding, decoded in another one. The better the
//! reading and the worse the text, the more certain the damage. How much better a reading must be was tuned on 366,000
//! names of all languages, none of which may be refused, and on Russian names damaged in each way, nearly all of which
//! must be.

use super::Damage;
use super::code_pages::CodePage;
use super::letters::followed_by;
use super::naturalness::Look;
use super::script::Script;
use super::signs::POINT;
use super::suspicion::is_suspicious;
use super::utf8::Decoded;

/// How many successive wrong decodings are undone at most.
const MOST_TIMES: u32 = 3;

/// By how much, in tenths, a reading must be better than all others to be shown.
const CLEARLY: i32 = 15;

/// No name has characters from this one on.
const BEYOND_EMOJI: char = '\u{20000}';

/// A text, and how much it looks like a name.
struct Text<'a> {
    letters: &'a str,
    look: Look,
    /// How many wrong decodings may still be undone.
    times: u32,
}

/// A possible original of a text.
struct Reading {
    text: String,
    look: Look,
    /// By how much it looks more like a name than the text does; higher if the bytes prove it, and for encodings that
    /// are mixed up more often.
    gain: i32,
}

/// Two encodings: the one in which the bytes were read, and the one in which they may have been written.
#[derive(Clone, Copy)]
struct MixedUp {
    read: CodePage,
    written: CodePage,
}

/// Returns the damage of a text, if one of its readings shows it.
pub(super) fn damage(text: &str) -> Option<Damage> {
    damage_of(text, MOST_TIMES)
}

fn damage_of(text: &str, times: u32) -> Option<Damage> {
    let text = Text {
        letters: text,
        look: Look::of(text),
        times,
    };
    let pages = CodePage::READ_AS
        .into_iter()
        .filter(|page| text.may_be_of(*page));
    let mut readings: Vec<Reading> = pages.flat_map(|page| text.readings(page)).collect();
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.gain));
    let best = readings.first()?;
    let is_as_good = |other: &Reading| other.text != best.text && best.gain - other.gain < CLEARLY;
    let is_sure =
        !best.text.contains(char::REPLACEMENT_CHARACTER) && !readings.iter().any(is_as_good);
    Some(Damage {
        likely: is_sure.then(|| best.text.trim().to_owned()),
    })
}

impl Text<'_> {
    /// Whether the letters can come from this encoding at all, by their scripts alone.
    fn may_be_of(&self, page: CodePage) -> bool {
        let has =
            |wanted: fn(Script) -> bool| self.letters.chars().any(|char| wanted(Script::of(char)));
        let is_greek = |script| script == Script::Greek;
        if page.is_of_two_bytes() {
            has(|script| matches!(script, Script::Han | Script::HalfKana | Script::Hangul))
        } else if page == CodePage::Dos437 {
            // It has a few Greek letters among many signs, so letters that are all Greek do not come from it.
            !self
                .letters
                .chars()
                .map(Script::of)
                .filter(|script| *script != Script::None)
                .all(is_greek)
        } else {
            page != CodePage::Windows1253 || has(is_greek)
        }
    }

    /// Returns the convincing readings of the bytes that this encoding decoded as the text.
    fn readings(&self, read: CodePage) -> Vec<Reading> {
        let Some(bytes) = read.bytes(self.letters) else {
            return Vec::new();
        };
        let others = read.taken_for_it().iter();
        let others = others.filter_map(|written| {
            self.reading(
                &bytes,
                MixedUp {
                    read,
                    written: *written,
                },
            )
        });
        self.utf8_reading(&bytes, read)
            .into_iter()
            .chain(others)
            .collect()
    }

    /// Reads the bytes as UTF-8. That they are valid UTF-8 is evidence by itself: the more bytes, the stronger.
    fn utf8_reading(&self, bytes: &[u8], read: CodePage) -> Option<Reading> {
        let Decoded {
            text,
            letters,
            lost,
        } = Decoded::new(bytes, read.byte_without_letter());
        let (letters, lost) = (i32::try_from(letters).ok()?, i32::try_from(lost).ok()?);
        if letters == 0 || lost * 3 > letters || text.chars().any(|char| char >= BEYOND_EMOJI) {
            return None;
        }
        let look = Look::of(&text);
        let beyond_ascii =
            i32::try_from(bytes.iter().filter(|byte| !byte.is_ascii()).count()).ok()?;
        let proof = POINT * beyond_ascii - 3 * POINT * lost;
        if let Some(Damage { likely }) = self.damage_before(&text, letters) {
            let text = likely.unwrap_or_else(|| char::REPLACEMENT_CHARACTER.to_string());
            return Some(Reading {
                text,
                look,
                gain: proof,
            });
        }
        let gain = look.score - self.look.score + proof;
        // A few bytes may be valid UTF-8 by accident.
        let is_convincing = if beyond_ascii < 6 {
            let is_clean =
                look.odd + look.foreign + look.mixed == 0 && text.chars().all(is_european);
            self.look.odd > 0 && is_clean && gain >= 35
        } else {
            gain >= 50 && (look.odd == 0 || letters >= 3)
        };
        is_convincing.then_some(Reading { text, look, gain })
    }

    /// Returns the damage of a reading that was itself decoded wrongly before.
    fn damage_before(&self, reading: &str, letters: i32) -> Option<Damage> {
        let may_be = letters > 1 && self.times > 1 && is_suspicious(reading);
        may_be.then(|| damage_of(reading, self.times - 1)).flatten()
    }

    /// Decodes the bytes in the encoding in which they may have been written.
    fn reading(&self, bytes: &[u8], mixed_up: MixedUp) -> Option<Reading> {
        let MixedUp { read, written } = mixed_up;
        let text = written.text(bytes).filter(|text| text != self.letters)?;
        if (written.is_cyrillic() && !may_be_russian(&text)) || !has_only_letters(&text) {
            return None;
        }
        let look = Look::of(&text);
        let usual = if read.is_of_windows() && written.is_of_windows() {
            CLEARLY
        } else {
            0
        };
        let reading = Reading {
            text,
            look,
            gain: look.score - self.look.score,
        };
        let is_convincing = look.letters >= 3
            && look.odd + look.foreign + look.mixed == 0
            && if written.is_cyrillic() {
                self.was_cyrillic(mixed_up, &reading)
            } else if written.is_latin() {
                self.was_latin(mixed_up, &reading)
            } else {
                was_caseless(written, bytes, &reading)
            };
        is_convincing.then(|| Reading {
            gain: reading.gain + usual,
            ..reading
        })
    }

    /// Whether the text was Cyrillic. The letters of the reading must follow each other as in names; the less odd the
    /// text looks, the better they must.
    fn was_cyrillic(&self, MixedUp { read, written }: MixedUp, reading: &Reading) -> bool {
        let Reading { text, look, gain } = reading;
        let strange = self.look.odd + self.look.foreign;
        let letters = i32::try_from(text.chars().filter(|char| is_cyrillic(*char)).count())
            .unwrap_or(i32::MAX);
        let is_good = |tenths: i32| look.score >= tenths * (look.letters + look.words);
        match (read, written) {
            _ if letters < 3 => false,
            // Both encodings have the small letters in the same places, but not the capitals and `я`.
            (CodePage::MacCyrillic, CodePage::Windows1251)
            | (CodePage::Windows1251, CodePage::MacCyrillic) => {
                strange > 0 && *gain >= 20 && is_good(4) && !text.contains(is_serbian_or_macedonian)
            }
            (CodePage::Windows1253, _) if !self.letters.contains(['ΰ', 'ΐ']) => false,
            (two_bytes, _) if two_bytes.is_of_two_bytes() => {
                letters >= 6 && is_titled(text) && is_good(6) && *gain >= 80
            }
            // A text that already looks like a Russian name must become a far better one.
            _ if strange == 0 && self.letters.contains(is_cyrillic) => {
                letters > 3 && is_far_better(self.letters, text, *gain, is_good)
            }
            _ if letters == 3 => is_good(8) && *gain >= 60,
            _ if strange == 1 && is_of_caps_lock(self.letters) => is_good(5) && *gain >= 50,
            _ => is_good(4) && *gain >= 40 || look.score >= 0 && *gain >= 60,
        }
    }

    /// Whether the text was Latin. It must have something odd, because any other text in Latin letters may be a name in
    /// some language.
    fn was_latin(&self, MixedUp { read, written }: MixedUp, reading: &Reading) -> bool {
        let is_turkish = (read, written) == (CodePage::Windows1252, CodePage::Windows1254);
        let is_strange = self.look.odd > 0 || (is_turkish && self.look.foreign > 0);
        let is_latin = |char: char| !Script::of(char).is_letter() || is_latin(char);
        is_strange
            && reading.gain >= 20
            && read.is_likely_misreading_of(written)
            && !self.has_only_brands()
            && reading.text.chars().all(is_latin)
            && !reading
                .text
                .split_whitespace()
                .any(has_capitals_amid_small_letters)
    }

    /// Whether all words with letters beyond ASCII look like brands.
    fn has_only_brands(&self) -> bool {
        self.letters
            .split_whitespace()
            .filter(|word| !word.is_ascii())
            .all(begins_like_a_brand)
    }
}

/// Quickly checks whether the Cyrillic letters of a text follow each other as in names.
fn may_be_russian(text: &str) -> bool {
    let mut before = None;
    let mut score = 0;
    for char in text.chars() {
        let small = match char {
            'А'..='Я' => char::from_u32(u32::from(char) + 32),
            other => Some(other).filter(|other| matches!(other, '\u{400}'..='\u{52F}')),
        };
        if small.is_some() || before.is_some() {
            score += followed_by(before, small);
        }
        before = small;
    }
    score >= -3
}

/// Accepts scripts without capitals, whose letters may follow each other in any order; nothing else may be among them.
fn was_caseless(written: CodePage, bytes: &[u8], reading: &Reading) -> bool {
    let is_whole = bytes.iter().all(|byte| *byte > 0x7F || *byte == b' ');
    if written.is_of_two_bytes() {
        let has_half_width = reading
            .text
            .contains(|char| Script::of(char) == Script::HalfKana);
        return is_whole && !has_half_width && reading.gain >= 60;
    }
    reading.gain >= 60 && reading.look.letters >= 4 && !reading.text.contains(is_latin)
}

/// Whether a word is like `Яndex`: brands put a Cyrillic letter before Latin ones.
fn begins_like_a_brand(word: &str) -> bool {
    let mut letters = word.chars();
    let first = letters
        .next()
        .filter(|first| Script::of(*first) == Script::Cyrillic);
    let is_first =
        first.is_some_and(|first| !matches!(first, 'Ь' | 'Ъ' | 'Ы' | 'Й' | 'ь' | 'ъ' | 'ы'));
    is_first && letters.next().is_some_and(is_latin)
}

/// Whether a word has two adjacent capitals, and small letters too.
fn has_capitals_amid_small_letters(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let has_two = letters
        .windows(2)
        .any(|pair| pair.iter().all(|letter| letter.is_uppercase()));
    has_two && word.contains(char::is_lowercase)
}

/// Whether it is one of the letters that Serbian or Macedonian has beyond Russian.
fn is_serbian_or_macedonian(char: char) -> bool {
    "ЂЃЅЈЉЊЋЌЏђѓѕјљњћќџ".contains(char)
}

fn is_cyrillic(char: char) -> bool {
    Script::of(char) == Script::Cyrillic
}

/// Whether it is a letter or sign of European names, or an emoji.
fn is_european(char: char) -> bool {
    char.is_ascii()
        || matches!(
            Script::of(char),
            Script::Latin | Script::Cyrillic | Script::Greek
        )
        || "«»“”„’‘–—…№™®©°·€".contains(char)
        || char >= '\u{1F000}'
}

/// Whether each word is a capital followed by small letters.
fn is_titled(text: &str) -> bool {
    text.split_whitespace().all(|word| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
    })
}

/// Whether a name becomes a far better one. The required gain depends on how names are usually written: with a first
/// capital, all in capitals, or without any.
fn is_far_better(text: &str, reading: &str, gain: i32, is_good: impl Fn(i32) -> bool) -> bool {
    let is_small = is_all(text, char::is_lowercase);
    if is_small && (is_all(reading, char::is_lowercase) || is_all(reading, char::is_uppercase)) {
        is_good(7) && gain >= 70
    } else if is_small || is_titled(text) {
        is_titled(reading) && is_good(8) && gain >= 90
    } else if is_titled(reading) {
        is_good(9) && gain >= 100
    } else {
        is_good(15) && gain >= 120
    }
}

/// Whether a text looks as if typed with Caps Lock: `иВАНОВ`.
fn is_of_caps_lock(text: &str) -> bool {
    text.starts_with(is_cyrillic) && text.chars().skip(1).all(char::is_uppercase)
}

/// Whether all letters are of this kind.
fn is_all(text: &str, kind: fn(char) -> bool) -> bool {
    text.chars().filter(|char| char.is_alphabetic()).all(kind)
}

fn is_latin(char: char) -> bool {
    Script::of(char) == Script::Latin
}

/// Whether there are only letters, and signs that names have, in positions where they have them.
fn has_only_letters(text: &str) -> bool {
    let scripts: Vec<(char, Script)> = text.chars().map(|char| (char, Script::of(char))).collect();
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| scripts.get(at))
            .is_some_and(|(_, script)| script.is_letter())
    };
    scripts.iter().enumerate().all(|(at, (char, script))| {
        let (follows, precedes) = (is_letter(at.checked_sub(1)), is_letter(Some(at + 1)));
        match char {
            '«' | '„' => !follows && precedes,
            '“' => follows != precedes,
            '»' | '”' => follows && !precedes,
            '’' => follows && precedes,
            '№' | '–' | '—' => !follows && !precedes,
            _ => *script != Script::Sign,
        }
    })
}
