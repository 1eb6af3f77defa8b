//! Decides which messages opt out: the whole message must be a stop word, in any case and with any punctuation. A stop
//! word inside a sentence does not count, because only a person can judge that.

use std::{fs, io, path::Path};

/// What people usually write, in both languages.
const DEFAULT_WORDS: [&str; 32] = [
    "стоп",
    "stop",
    "отписка",
    "отписаться",
    "отпишите",
    "отпишите меня",
    "отпиши",
    "отпиши меня",
    "хочу отписаться",
    "отказ",
    "отказ от рассылки",
    "отказаться от рассылки",
    "не пишите",
    "не пишите мне",
    "не пишите мне больше",
    "больше не пишите",
    "больше не пишите мне",
    "не писать",
    "не беспокоить",
    "не беспокойте",
    "хватит писать",
    "удалите мой номер",
    "удалите меня",
    "stop it",
    "stop messaging me",
    "do not write",
    "don't write",
    "unsubscribe",
    "unsubscribe me",
    "opt out",
    "optout",
    "remove me",
];

/// The stop words in use, in the form of [`normalized`].
#[derive(Debug)]
pub(super) struct StopWords(Vec<String>);

impl StopWords {
    /// Takes the usual words, or those of a file instead (one a line; `#` begins a comment), and adds more.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn new(file: Option<&Path>, more: &[String]) -> io::Result<Self> {
        let text = file.map(fs::read_to_string).transpose()?;
        let lines = text
            .as_deref()
            .unwrap_or_default()
            .trim_start_matches('\u{feff}')
            .lines();
        let in_file = lines.map(str::trim).filter(|line| !line.starts_with('#'));
        let usual = DEFAULT_WORDS.into_iter().filter(|_| file.is_none());
        let all = usual.chain(in_file).chain(more.iter().map(String::as_str));
        Ok(Self(
            all.map(normalized)
                .filter(|word| !word.is_empty())
                .collect(),
        ))
    }

    /// Whether the whole message is one of the stop words.
    pub(super) fn matches(&self, message: &str) -> bool {
        let message = normalized(message);
        self.0.contains(&message)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reduces a text to lower-case letters and digits, one space between words; ё becomes е, apostrophes are removed.
fn normalized(text: &str) -> String {
    let kept = text
        .to_lowercase()
        .replace('ё', "е")
        .replace(['\'', '’', '`'], "");
    let words: Vec<&str> = kept
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_stop_word_as_a_whole_or_not_at_all() {
        let words = StopWords::new(None, &["Ёлки!".to_owned()]).unwrap();
        for message in [
            "стоп",
            " СТОП!!! ",
            "«Стоп»",
            "Stop.",
            "не  пишите,\nмне",
            "Don’t write",
            "елки",
            "🛑 стоп 🛑",
        ] {
            assert!(words.matches(message), "{message}");
        }
        for message in [
            "",
            "!!!",
            "нестоп",
            "стоп-кран сломался",
            "не стоп",
            "когда вы откроетесь? стоп",
            "да",
        ] {
            assert!(!words.matches(message), "{message}");
        }
    }

    #[test]
    fn every_usual_word_is_written_once() {
        let mut usual: Vec<String> = DEFAULT_WORDS.into_iter().map(normalized).collect();
        assert!(usual.iter().all(|word| !word.is_empty()));
        usual.sort_unstable();
        usual.dedup();
        assert_eq!(usual.len(), DEFAULT_WORDS.len());
    }
}
