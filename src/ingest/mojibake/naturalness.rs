//! Measures how much a text looks like a name: whether its words are of one script and one alphabet, capitals are where
//! they should be, no sign is inside a word, and Russian letters follow each other as they do in names. The measure
//! compares two readings of the same bytes; it does not judge a single name.

use super::super::lookalike;
use super::letters::{followed_by, is_of_a_cyrillic_alphabet, is_of_a_latin_alphabet};
use super::script::Script;
use super::signs::{NO_BREAK_SPACE, POINT, Sign};

/// What a text looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// The higher, the more like a name. In tenths: 10 for a letter that follows another twice as often as by chance.
    pub(super) score: i32,
    /// Letters of any script.
    pub(super) letters: i32,
    /// Words between white space.
    pub(super) words: i32,
    /// Signs, capitals and scripts in positions where no name has them.
    pub(super) odd: i32,
    /// Words whose letters do not all belong to one alphabet.
    pub(super) foreign: i32,
    /// Letters that directly follow those of another script.
    pub(super) mixed: i32,
}

/// The marks that close a quotation in some European language.
const CLOSING: [char; 6] = ['“', '”', '’', '»', '«', '‘'];

impl Look {
    pub(super) fn of(text: &str) -> Self {
        let mut look = Self::default();
        // A no-break space may stand for a letter of the original encoding.
        let is_space = |char: char| char.is_whitespace() && char != NO_BREAK_SPACE;
        let words: Vec<&str> = text
            .split(is_space)
            .filter(|word| !word.is_empty())
            .collect();
        for (at, word) in words.iter().enumerate() {
            look.words += 1;
            let closes_later = words[at + 1..].iter().any(|later| later.contains(CLOSING));
            look.add(&Word::new(word, closes_later));
        }
        look
    }

    fn add(&mut self, word: &Word) {
        for (at, script) in word.scripts.iter().enumerate() {
            self.letters += i32::from(script.is_letter());
            if *script == Script::Sign {
                self.lose(word.sign_cost(at));
            }
            if *script == Script::Phonetic {
                self.lose(4 * POINT);
            }
            if word.has_misplaced_capital(at) {
                self.lose(2 * POINT);
            }
        }
        for run in word.runs() {
            self.add_run(word, &run);
        }
    }

    fn lose(&mut self, cost: i32) {
        self.score -= cost;
        self.odd += i32::from(cost >= POINT);
    }

    /// Adds adjacent letters of one script.
    fn add_run(&mut self, word: &Word, run: &Run<'_>) {
        if word.begins_amid_others(run) {
            self.mixed += 1;
            self.lose(if word.has_only_likes_of_its_script() {
                0
            } else {
                3 * POINT
            });
        }
        for _ in 0..strange_southern(run.letters) {
            self.lose(2 * POINT);
        }
        if has_small_end(run.letters) {
            self.lose(POINT);
        }
        let (score, is_of_an_alphabet) = match word.scripts[run.start] {
            Script::Cyrillic => (
                word.cyrillic_score(run),
                is_of_a_cyrillic_alphabet(run.letters),
            ),
            Script::Latin => (
                latin_score(run.letters),
                is_of_a_latin_alphabet(run.letters),
            ),
            Script::Greek => (
                greek_score(run.letters),
                has_final_sigma_at_its_end(run.letters),
            ),
            Script::None
            | Script::Sign
            | Script::Hebrew
            | Script::Arabic
            | Script::Thai
            | Script::Han
            | Script::HalfKana
            | Script::Hangul
            | Script::Far
            | Script::Phonetic => (0, true),
        };
        self.score += score;
        if !is_of_an_alphabet {
            self.score -= 3 * POINT;
            self.foreign += 1;
        }
    }
}

/// A word between white space, without combining marks.
struct Word {
    /// Whether a mark in a later word closes a quotation that begins in this word.
    closes_later: bool,
    chars: Vec<char>,
    scripts: Vec<Script>,
}

/// Adjacent letters of one script in a word.
struct Run<'a> {
    start: usize,
    letters: &'a [char],
}

impl Word {
    fn new(word: &str, closes_later: bool) -> Self {
        let is_mark = |char: &char| matches!(char, '\u{300}'..='\u{36F}');
        let chars: Vec<char> = word.chars().filter(|char| !is_mark(char)).collect();
        let scripts = chars.iter().map(|char| Script::of(*char)).collect();
        Self {
            closes_later,
            chars,
            scripts,
        }
    }

    fn runs(&self) -> Vec<Run<'_>> {
        let mut runs = Vec::new();
        let mut start = 0;
        for same in self.scripts.chunk_by(|one, other| one == other) {
            if same[0].is_letter() {
                runs.push(Run {
                    start,
                    letters: &self.chars[start..start + same.len()],
                });
            }
            start += same.len();
        }
        runs
    }

    fn before(&self, at: usize) -> Option<char> {
        at.checked_sub(1).map(|before| self.chars[before])
    }

    fn after(&self, at: usize) -> Option<char> {
        self.chars.get(at + 1).copied()
    }

    /// Whether the letters directly follow letters of another script.
    fn begins_amid_others(&self, run: &Run<'_>) -> bool {
        run.start > 0 && self.scripts[run.start - 1].is_letter()
    }

    /// Whether the word is of one script, apart from look-alike letters of another: those were typed, and nobody sees
    /// the difference.
    fn has_only_likes_of_its_script(&self) -> bool {
        let is_like = |script: Script, letter: char| match script {
            Script::Latin => lookalike::latin(letter).is_some(),
            Script::Cyrillic => lookalike::cyrillic(letter).is_some(),
            Script::None
            | Script::Sign
            | Script::Greek
            | Script::Hebrew
            | Script::Arabic
            | Script::Thai
            | Script::Han
            | Script::HalfKana
            | Script::Hangul
            | Script::Far
            | Script::Phonetic => false,
        };
        [Script::Latin, Script::Cyrillic].into_iter().any(|script| {
            let mut letters = self
                .chars
                .iter()
                .zip(&self.scripts)
                .filter(|(_, script)| script.is_letter());
            letters.all(|(letter, of)| *of == script || is_like(script, *letter))
        })
    }

    /// Whether a capital directly follows a small letter, except in names such as `McÉvoy`.
    fn has_misplaced_capital(&self, at: usize) -> bool {
        let is_letter = |at: usize| self.scripts[at].is_letter();
        let is_capital = at > 0
            && is_letter(at)
            && is_letter(at - 1)
            && self.chars[at].is_uppercase()
            && self.chars[at - 1].is_lowercase();
        is_capital
            && !(self.after(at).is_some_and(char::is_lowercase) && is_prefix(&self.chars[..at]))
    }

    /// Returns what a sign costs in its position.
    fn sign_cost(&self, at: usize) -> i32 {
        let closes_behind = self.closes_later
            || self.chars[at + 1..]
                .iter()
                .any(|char| CLOSING.contains(char));
        Sign {
            char: self.chars[at],
            before: self.before(at),
            after: self.after(at),
            closes_behind,
        }
        .cost()
    }

    /// Scores how likely the letters follow each other in Russian. A sign beside them is neither the beginning nor the
    /// end of a word, except for quotation marks.
    fn cyrillic_score(&self, run: &Run<'_>) -> i32 {
        let last = run.start + run.letters.len() - 1;
        let is_end = |char: Option<char>| {
            char.is_none_or(|char| {
                char.is_ascii() && !char.is_alphabetic() || "«»“”„’\u{A0}".contains(char)
            })
        };
        let small: Vec<char> = run
            .letters
            .iter()
            .flat_map(|letter| letter.to_lowercase())
            .collect();
        let mut score: i32 = small
            .windows(2)
            .map(|pair| followed_by(Some(pair[0]), Some(pair[1])))
            .sum();
        if is_end(self.before(run.start)) {
            score += followed_by(None, small.first().copied());
        }
        if is_end(self.after(last)) {
            score += followed_by(small.last().copied(), None);
        }
        let score = if run.letters.len() == 1 {
            score.min(0)
        } else {
            score
        };
        let southern: i32 = small
            .iter()
            .filter(|letter| "ђѓќћџљњјѕ".contains(**letter))
            .map(|_| 1)
            .sum();
        score * POINT - southern * (POINT - 3)
    }
}

/// Whether these letters may come before a capital in names of Ireland, Scotland, Italy, France and other countries.
fn is_prefix(letters: &[char]) -> bool {
    let prefix: String = letters
        .iter()
        .flat_map(|letter| letter.to_lowercase())
        .collect();
    [
        "mc", "mac", "fitz", "de", "del", "di", "da", "du", "des", "la", "le", "lo", "van", "von",
        "al", "el", "san",
    ]
    .contains(&prefix.as_str())
}

/// Whether two or more capitals are followed by small letters only, as in `ПФУРа`.
fn has_small_end(letters: &[char]) -> bool {
    let capitals = letters
        .iter()
        .take_while(|letter| letter.is_uppercase())
        .count();
    capitals > 1 && letters.len() > capitals
}

/// Counts the letters of Serbian and Macedonian that do not come before a vowel or at the end of a word, as they do in
/// those languages. Where encodings have such a letter, others have a sign.
fn strange_southern(letters: &[char]) -> usize {
    let small: Vec<char> = letters
        .iter()
        .flat_map(|letter| letter.to_lowercase())
        .collect();
    let is_alone = small.len() == 1;
    let is_strange = |at: usize| {
        let is_before_vowel = small
            .get(at + 1)
            .is_none_or(|letter| "аеиоур".contains(*letter));
        "ђѓќћџљњ".contains(small[at]) && (is_alone || !is_before_vowel)
    };
    (0..small.len()).filter(|at| is_strange(*at)).count()
}

/// Scores Latin letters: a name has few letters beyond ASCII, and seldom two of them together.
fn latin_score(letters: &[char]) -> i32 {
    let mut together = 0;
    let mut score = 0;
    for letter in letters {
        together = if letter.is_ascii() { 0 } else { together + 1 };
        score -= match together {
            0 => 0,
            1 => 3,
            2 => POINT,
            _ => 2 * POINT + 3,
        };
    }
    let clusters = letters.split(|letter| is_vowel(*letter));
    let is_hard =
        |cluster: &&[char]| cluster.len() > 3 && cluster.iter().any(|letter| !letter.is_ascii());
    score - i32::from(clusters.filter(is_hard).count() > 0) * POINT
}

fn is_vowel(letter: char) -> bool {
    "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýāăąēėęěīįıōőœūůűųơư".contains(letter)
        || letter.is_uppercase() && letter.to_lowercase().all(is_vowel)
}

/// Scores Greek letters: a name in small letters has one accent.
fn greek_score(letters: &[char]) -> i32 {
    let is_accented = |letter: &&char| matches!(letter, 'Ά'..='ΐ' | 'Ϊ'..='ΰ' | 'ϊ'..='ώ');
    let accents =
        i32::try_from(letters.iter().filter(is_accented).count()).unwrap_or(i32::MAX / POINT);
    let mut lost = 2 * (accents - 1).max(0);
    if letters.len() > 3 && accents == 0 && letters.iter().any(|letter| letter.is_lowercase()) {
        lost += 2;
    }
    // Two accents on one letter are almost unknown in names.
    lost += 4 * i32::from(letters.contains(&'ΰ')) + 2 * i32::from(letters.contains(&'ΐ'));
    -lost * POINT
}

/// Whether both forms of sigma are in their right places.
fn has_final_sigma_at_its_end(letters: &[char]) -> bool {
    let Some((last, others)) = letters.split_last() else {
        return true;
    };
    *last != 'σ' && !others.contains(&'ς')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_looks_more_like_one_than_its_damaged_letters() {
        for (name, damaged) in [
            ("Иван Петров", "йЧБО рЕФТПЧ"),
            ("Иван Петров", "Èâàí Ïåòðîâ"),
            ("Иван Петров", "ёТРЭ їХваЮТ"),
            ("Müller", "MÃ¼ller"),
            ("Müller", "Mьller"),
            ("Łukasz", "£ukasz"),
            ("Νίκος", "Íßêïò"),
            ("José", "JosÈ"),
        ] {
            let (good, bad) = (Look::of(name), Look::of(damaged));
            assert!(good.score > bad.score, "{name} {good:?} {damaged} {bad:?}");
            assert_eq!((good.odd, good.foreign), (0, 0), "{name}");
        }
    }

    #[test]
    fn signs_that_names_have_are_not_odd() {
        for name in [
            "ООО «Ромашка»",
            "„Ромашка“",
            "L’Étoile",
            "O´Neil",
            "Jean–Luc",
            "Gal·la",
            "Dolce™",
            "№ 5",
            "Mª José",
            "¡Hola!",
            "O‘zbek",
            "M²",
            "Анна 🌸",
            "€uro",
        ] {
            assert_eq!(Look::of(name).odd, 0, "{name}");
        }
    }
}
