//! One sentence for each row that tells a campaign manager what happened and what to do.

use jiff::Timestamp;

use super::stats;
use crate::{
    domain::{Delivery, Status},
    i18n::{Explanation, Fate, Language, OwnWords, Sentence, alone},
    ledger::{Listed, ResultRow},
};

/// The sentence of a row in a language; empty where nothing needs to be said.
pub(super) fn explanation(line: &ResultRow, sources: &[Listed], language: Language) -> String {
    let words = || OwnWords::of_error(&line.error, language);
    let sentence = match line.status {
        Status::Accepted => accepted(line, language),
        Status::Invalid => noted(line, language).unwrap_or_default(),
        Status::Failed => Explanation::Refused { words: words() }.localized(language),
        Status::Unknown if line.error.is_empty() => Explanation::UnderWay.localized(language),
        Status::Unknown => unclear(line, language),
        Status::Duplicate => duplicate(line, sources).localized(language),
        Status::Suppressed => {
            noted(line, language).unwrap_or_else(|| Explanation::Suppressed.localized(language))
        }
        Status::Pending if !line.given => Explanation::NotGiven.localized(language),
        Status::Pending if line.attempts > 0 => Explanation::PutOff.localized(language),
        Status::Pending => Explanation::Pending.localized(language),
    };
    if line.listed {
        sentence
    } else {
        format!("{sentence} {}", Explanation::Unlisted.localized(language))
            .trim_start()
            .to_owned()
    }
}

/// That nobody knows, and why no look-up will, if so.
fn unclear(line: &ResultRow, language: Language) -> String {
    let words = OwnWords::of_error(&line.error, language);
    let said = [Explanation::Unclear { words }.localized(language)]
        .into_iter()
        .chain(noted(line, language));
    said.collect::<Vec<_>>().join(" ")
}

/// How it came to be accepted, if that is worth a word, and what is known of its delivery.
fn accepted(line: &ResultRow, language: Language) -> String {
    let fate = Delivery::parse(&line.delivery)
        .zip(line.delivered_at)
        .map(|(delivery, at)| fate(delivery, at));
    let said = noted(line, language)
        .into_iter()
        .chain(fate.map(|fate| fate.localized(language)));
    said.collect::<Vec<_>>().join(" ")
}

fn fate(delivery: Delivery, at: Timestamp) -> Fate {
    let at = stats::time(at, "%Y-%m-%d %H:%M UTC");
    match delivery {
        Delivery::Queued => Fate::Queued { at },
        Delivery::Sent => Fate::Sent { at },
        Delivery::Delivered => Fate::Delivered { at },
        Delivery::Read => Fate::Read { at },
        Delivery::Failed => Fate::Failed { at },
        Delivery::NoAccount => Fate::NoAccount { at },
        Delivery::NotInGroup => Fate::NotInGroup { at },
        Delivery::YellowCard => Fate::YellowCard { at },
    }
}

/// What was noted when the row came to be what it is.
fn noted(line: &ResultRow, language: Language) -> Option<String> {
    line.explanation
        .as_ref()
        .map(|sentence| kept(sentence, language))
}

/// A text of an earlier version stays as it is.
fn kept(sentence: &Sentence, language: Language) -> String {
    let said = sentence.localized(language);
    if matches!(sentence, Sentence::Written { .. }) {
        said
    } else {
        alone(&said)
    }
}

fn duplicate(line: &ResultRow, sources: &[Listed]) -> Explanation {
    let Some((row, source)) = line.duplicate_of else {
        return Explanation::DuplicateSomewhere;
    };
    match sources.get(source).filter(|_| source != line.source) {
        Some(listed) => Explanation::DuplicateElsewhere {
            row,
            source: listed.name.clone(),
        },
        None => Explanation::Duplicate { row },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(status: Status) -> ResultRow {
        ResultRow {
            row: 7,
            source: 0,
            listed: true,
            given: true,
            status,
            recipient: "79001234567".to_owned(),
            phone_contact: "79001234568".to_owned(),
            names: Default::default(),
            duplicate_of: None,
            own_cells: Vec::new(),
            error: String::new(),
            explanation: None,
            attempts: 0,
            sent_at: None,
            id_message: String::new(),
            delivery: String::new(),
            delivered_at: None,
            instance: String::new(),
        }
    }

    /// Every row that is explained at all.
    fn lines() -> Vec<ResultRow> {
        let words = "HTTP 400".to_owned();
        let ended = OwnWords::ProgramEnded.localized(Language::En);
        vec![
            ResultRow {
                explanation: Some(Sentence::FoundInQueue),
                ..line(Status::Accepted)
            },
            ResultRow {
                explanation: Some(Sentence::NumberMissing),
                ..line(Status::Invalid)
            },
            ResultRow {
                error: words.clone(),
                ..line(Status::Failed)
            },
            ResultRow {
                error: words,
                ..line(Status::Unknown)
            },
            ResultRow {
                error: ended.clone(),
                ..line(Status::Unknown)
            },
            ResultRow {
                error: ended,
                explanation: Some(Sentence::TimeNotTold),
                ..line(Status::Unknown)
            },
            line(Status::Unknown),
            line(Status::Duplicate),
            ResultRow {
                duplicate_of: Some((3, 0)),
                ..line(Status::Duplicate)
            },
            ResultRow {
                duplicate_of: Some((3, 1)),
                ..line(Status::Duplicate)
            },
            line(Status::Suppressed),
            line(Status::Pending),
            ResultRow {
                given: false,
                ..line(Status::Pending)
            },
            ResultRow {
                attempts: 1,
                ..line(Status::Pending)
            },
        ]
        .into_iter()
        .chain(Delivery::ALL.iter().map(|delivery| ResultRow {
            delivery: delivery.as_str().to_owned(),
            delivered_at: Some(Timestamp::constant(1_764_500_000, 0)),
            ..line(Status::Accepted)
        }))
        .collect()
    }

    #[test]
    fn every_status_is_explained_in_whole_sentences_of_both_languages() {
        let listed = |name: &str| Listed {
            name: name.to_owned(),
            own_columns: Vec::new(),
            delimiter: None,
            layout: None,
        };
        let sources = [listed("a.csv"), listed("b.csv")];
        let is_cyrillic = |letter: char| matches!(letter, '\u{400}'..='\u{52F}');
        let lines = lines();
        assert!(
            Status::ALL
                .iter()
                .all(|status| lines.iter().any(|line| line.status == *status))
        );
        for line in lines.iter().flat_map(|line| {
            [
                line.clone(),
                ResultRow {
                    listed: false,
                    ..line.clone()
                },
            ]
        }) {
            let [english, russian] =
                [Language::En, Language::Ru].map(|language| explanation(&line, &sources, language));
            assert!(
                !english.contains(is_cyrillic) && russian.contains(is_cyrillic),
                "{english} {russian}"
            );
            for text in [english, russian] {
                assert!(
                    text.ends_with('.') && text.starts_with(char::is_uppercase),
                    "{text}"
                );
                assert!(!text.contains(['{', '}']), "{text}");
            }
        }
    }

    #[test]
    fn a_text_of_an_earlier_version_is_shown_as_it_stands() {
        let text = "\"12\" has 2 digits; correct it".to_owned();
        let old = ResultRow {
            explanation: Some(Sentence::kept(text.clone())),
            ..line(Status::Invalid)
        };
        for language in [Language::En, Language::Ru] {
            assert_eq!(explanation(&old, &[], language), text);
        }
        assert_eq!(explanation(&line(Status::Accepted), &[], Language::Ru), "");
    }

    #[test]
    fn a_contact_that_was_read_says_when() {
        let delivery = ResultRow {
            delivery: "read".to_owned(),
            delivered_at: Some(Timestamp::constant(1_795_411_016, 490_000_000)),
            ..line(Status::Accepted)
        };
        assert_eq!(
            explanation(&delivery, &[], Language::En),
            "Read on 2026-11-23 05:16 UTC."
        );
    }
}
