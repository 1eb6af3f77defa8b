//! What counts where several settings files say something of the same key. The file that comes first counts,
//! but of what protects people the tighter counts, whichever file says it.

use super::Entry;
use crate::cli::args::from_file::Rank;
use crate::{
    engine::MaxFailures,
    send_policy::{Spacing, WarmUp},
};

/// One file's word on a key, read by the option: its values as they would be typed.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) entry: Entry,
    pub(super) values: Vec<String>,
}

/// A setting that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InForce {
    /// The long name of an option.
    pub(crate) key: String,
    /// As they are shown, those of all files that count.
    pub(crate) values: Vec<String>,
    /// Where each of them is, as `sendcontact.toml:4`.
    pub(crate) places: Vec<String>,
}

/// What is in force of what the files say of one key, the file that counts least first, and the values that
/// the option takes. There is at least one.
pub(super) fn combined(key: &str, said: &[Said]) -> (InForce, Vec<String>) {
    match key {
        "suppress" | "holidays" => together(key, said),
        "window" | "days" | "start-at" | "until" => {
            let values = first(said).values.clone();
            (together(key, said).0, values)
        }
        "daily-cap" | "new-recipients-per-day" | "rate" | "limit" => one(
            key,
            tightest(said, |text| text.replace(',', ".").parse::<f64>().ok()),
        ),
        "strict-phones" => one(
            key,
            said.iter()
                .find(|said| said.values == ["true"])
                .unwrap_or(first(said)),
        ),
        "max-failures" => merged(key, said, |one: MaxFailures, other| Some(one.and(other))),
        "spacing" => merged(key, said, |one: Spacing, other| Some(one.longer(other))),
        "warm-up" => merged(key, said, |one: WarmUp, other| Some(one.tighter(&other))),
        _ => one(key, first(said)),
    }
}

/// The one that counts where nothing is protected: an instance's comes before a profile's, that before the
/// top level's; of those, the file that comes first.
fn first(said: &[Said]) -> &Said {
    let rank = |said: &&Said| -> Rank { said.entry.rank };
    said.iter().max_by_key(rank).unwrap_or(&said[0])
}

fn one(key: &str, said: &Said) -> (InForce, Vec<String>) {
    let (key, values, places) = (
        key.to_owned(),
        said.values.clone(),
        vec![said.entry.place()],
    );
    (
        InForce {
            key,
            values: values.clone(),
            places,
        },
        values,
    )
}

/// The values of all files.
fn together(key: &str, said: &[Said]) -> (InForce, Vec<String>) {
    let mut values: Vec<String> = Vec::new();
    for value in said.iter().flat_map(|said| &said.values) {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    let places = said.iter().map(|said| said.entry.place()).collect();
    (
        InForce {
            key: key.to_owned(),
            values: values.clone(),
            places,
        },
        values,
    )
}

/// The smallest; the values were read before, so each is a number.
fn tightest<T: PartialOrd>(said: &[Said], read: impl Fn(&str) -> Option<T>) -> &Said {
    let number = |said: &Said| said.values.first().and_then(|value| read(value));
    let mut tightest = first(said);
    for other in said {
        if number(other) < number(tightest) {
            tightest = other;
        }
    }
    tightest
}

/// Two values made one that is as tight as both. What cannot be read is refused by the rules of the run.
fn merged<T: std::str::FromStr + ToString>(
    key: &str,
    said: &[Said],
    both: impl Fn(T, T) -> Option<T>,
) -> (InForce, Vec<String>) {
    let read = |said: &Said| {
        said.values
            .first()
            .and_then(|value| value.parse::<T>().ok())
    };
    let all: Option<Vec<T>> = said.iter().map(read).collect();
    let value = all.and_then(|all| {
        let mut all = all.into_iter();
        let begin = all.next()?;
        all.try_fold(begin, both)
    });
    match value {
        Some(value) if said.len() > 1 => {
            let values = vec![value.to_string()];
            (
                InForce {
                    values: values.clone(),
                    ..together(key, said).0
                },
                values,
            )
        }
        Some(_) => one(key, first(said)),
        // One that is wrong must not hide behind one that is right.
        None => one(
            key,
            said.iter()
                .find(|said| read(said).is_none())
                .unwrap_or(first(said)),
        ),
    }
}
