//! Decides which value counts if several settings files set the same key. It is the value of the file with the highest
//! priority; but for settings that protect people it is the strictest value, whichever file sets it.

use std::{cmp::Reverse, time::Duration};

use super::entry::Entry;
use crate::cli::args::{DaysArgument, from_file::Rank};
use crate::{
    engine::MaxFailures,
    send_policy::{Spacing, WarmUp},
};

/// The values that one file sets for a key, as they would be typed.
#[derive(Debug, Clone)]
pub(super) struct FileValues {
    /// The index of the file.
    pub(super) file: usize,
    pub(super) entry: Entry,
    pub(super) values: Vec<String>,
}

/// The value of a setting that is in force, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EffectiveSetting {
    /// The long name of an option.
    pub(crate) key: String,
    /// The values as they are shown, from all files that contribute.
    pub(crate) values: Vec<String>,
    /// File and line of each value, as `sendcontact.toml:4`.
    pub(crate) places: Vec<String>,
}

/// Returns the setting in force for a key, and the values to give to the option. `stated` has at least one element, the
/// file with the lowest priority first.
pub(super) fn combine(key: &str, stated: &[FileValues]) -> (EffectiveSetting, Vec<String>) {
    match key {
        "suppress" | "holidays" => union(key, stated),
        "window" | "days" | "start-at" | "until" => {
            let values = first(stated).values.clone();
            (union(key, stated).0, values)
        }
        "daily-cap" | "new-recipients-per-day" | "rate" | "limit" | "check-budget" => single(
            key,
            smallest(stated, |text| text.replace(',', ".").parse::<f64>().ok()),
        ),
        "remember" | "not-again-within" => {
            single(key, smallest(stated, |text| days(text).map(Reverse)))
        }
        "check-memory" => single(key, smallest(stated, days)),
        "strict-phones" => single(key, preferred("true", stated)),
        "check-recipients" => single(key, preferred("unknown", stated)),
        "if-unknown" => single(key, preferred("hold", stated)),
        "max-failures" => merge(key, stated, |one: MaxFailures, other| Some(one.and(other))),
        "spacing" => merge(key, stated, |one: Spacing, other| Some(one.longer(other))),
        "warm-up" => merge(key, stated, |one: WarmUp, other| Some(one.tighter(&other))),
        _ => single(key, first(stated)),
    }
}

/// Returns the entry with the highest priority: an instance comes before a profile, and a profile before the top level;
/// among equals, the file with the highest priority wins.
fn first(stated: &[FileValues]) -> &FileValues {
    let rank = |stated: &&FileValues| -> Rank { stated.entry.rank };
    stated.iter().max_by_key(rank).unwrap_or(&stated[0])
}

/// Returns the entry with this word, which is the strictest value; if none has it, the entry with the highest priority.
fn preferred<'a>(word: &str, stated: &'a [FileValues]) -> &'a FileValues {
    let has_word = |stated: &&FileValues| stated.values == [word];
    stated.iter().find(has_word).unwrap_or(first(stated))
}

fn days(text: &str) -> Option<Duration> {
    text.parse::<DaysArgument>().ok().map(|days| days.0)
}

fn single(key: &str, stated: &FileValues) -> (EffectiveSetting, Vec<String>) {
    (
        EffectiveSetting {
            key: key.to_owned(),
            values: stated.values.clone(),
            places: vec![stated.entry.place()],
        },
        stated.values.clone(),
    )
}

/// Collects the values of all files.
fn union(key: &str, stated: &[FileValues]) -> (EffectiveSetting, Vec<String>) {
    let mut values: Vec<String> = Vec::new();
    for value in stated.iter().flat_map(|stated| &stated.values) {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    let places = stated.iter().map(|stated| stated.entry.place()).collect();
    (
        EffectiveSetting {
            key: key.to_owned(),
            values: values.clone(),
            places,
        },
        values,
    )
}

/// Returns the entry with the smallest number. The options have checked the values, so each is a number.
fn smallest<T: PartialOrd>(
    stated: &[FileValues],
    parse: impl Fn(&str) -> Option<T>,
) -> &FileValues {
    let number = |stated: &FileValues| stated.values.first().and_then(|value| parse(value));
    let mut smallest = first(stated);
    for other in stated {
        if number(other) < number(smallest) {
            smallest = other;
        }
    }
    smallest
}

/// Merges the values into one that is at least as strict as each. A value that cannot be parsed is refused later, when
/// the option is read.
fn merge<T: std::str::FromStr + ToString>(
    key: &str,
    stated: &[FileValues],
    merge: impl Fn(T, T) -> Option<T>,
) -> (EffectiveSetting, Vec<String>) {
    let read = |stated: &FileValues| {
        stated
            .values
            .first()
            .and_then(|value| value.parse::<T>().ok())
    };
    let all: Option<Vec<T>> = stated.iter().map(read).collect();
    let value = all.and_then(|all| {
        let mut all = all.into_iter();
        let first = all.next()?;
        all.try_fold(first, merge)
    });
    match value {
        Some(value) if stated.len() > 1 => {
            let values = vec![value.to_string()];
            (
                EffectiveSetting {
                    values: values.clone(),
                    ..union(key, stated).0
                },
                values,
            )
        }
        Some(_) => single(key, first(stated)),
        // An invalid value must not be hidden by a valid one.
        None => single(
            key,
            stated
                .iter()
                .find(|stated| read(stated).is_none())
                .unwrap_or(first(stated)),
        ),
    }
}
