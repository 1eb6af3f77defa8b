//! Who asked to be left alone: looks through what people wrote to the instance, and adds them to a
//! list that `--suppress` reads. Nothing is sent.

mod list;
mod messages;
mod words;

use crate::cli::session::runtime;
use std::path::Path;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::cli::{
    args::{ServiceArguments, setup::OptOutsArguments},
    exit::{CommandError, Exit},
    options::{
        clock,
        error::{OptOutError, SettingsError},
        language,
    },
    session::connect,
};
use crate::{
    domain::{self, Outcome},
    green_api::{Incoming, Inspector},
    i18n::Language,
};
use list::{List, Person};
use messages::OptOutMessage;
use words::StopWords;

pub(crate) fn opt_outs(
    arguments: &OptOutsArguments,
    services: &[&ServiceArguments],
    language: Language,
) -> Result<Exit, CommandError> {
    let words = StopWords::new(arguments.words.as_deref(), &arguments.word).map_err(|error| {
        let path = arguments
            .words
            .as_ref()
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        wrong(OptOutError::Unreadable {
            path,
            reason: error.to_string(),
        })
    })?;
    if words.are_none() {
        return Err(wrong(OptOutError::NoWords).into());
    }
    let delimiter = u8::try_from(language::fallback_delimiter()).unwrap_or(b',');
    list::probe(&arguments.out, delimiter).map_err(wrong)?;
    let written = runtime::runtime()?.block_on(ask_all(arguments, services))?;
    let people = people(&written.texts, &words);
    if written.silent.len() < services.len() {
        let added = add(&people, &arguments.out, delimiter)?;
        tell(&written, (people.len(), added), arguments, language);
    }
    for (prefix, outcome) in &written.silent {
        let reason = outcome.words(language).trim_end_matches('.').to_owned();
        eprintln_lossy!(
            "{prefix}{}",
            OptOutMessage::NotAsked { reason }.localized(language)
        );
    }
    let refused = written
        .silent
        .iter()
        .any(|(_, outcome)| matches!(outcome, Outcome::Halted(..)));
    Ok(match (refused, written.silent.is_empty()) {
        (true, _) => Exit::Refused,
        (false, false) => Exit::Early,
        (false, true) => Exit::Done,
    })
}

fn wrong(fault: OptOutError) -> SettingsError {
    fault.into()
}

/// Opens the list only now: people wrote into it while the service was asked.
fn add(people: &[Person], path: &Path, delimiter: u8) -> Result<usize, CommandError> {
    let machine = |source| CommandError::Machine {
        what: "--out cannot be written",
        source,
    };
    let file = list::hold(path).map_err(machine)?;
    let list = List::read(file, path, delimiter).map_err(wrong)?;
    list.add(people).map_err(machine)
}

/// What the journal holds, and whether the instance keeps what people write.
struct Written {
    texts: Vec<Incoming>,
    kept: bool,
    /// The instances that could not be asked, and why.
    silent: Vec<(String, Outcome)>,
}

/// How far back to look; the messages that came while this was asked count too.
fn minutes(arguments: &OptOutsArguments, now: Timestamp) -> u32 {
    let since = arguments
        .since
        .and_then(|since| since.0.to_zoned(TimeZone::system()).ok());
    let Some(since) = since else {
        return arguments.minutes;
    };
    let minutes = now
        .duration_since(since.timestamp())
        .max(SignedDuration::ZERO)
        .as_mins()
        + 1;
    u32::try_from(minutes).unwrap_or(u32::MAX)
}

/// What people wrote to all of the instances that can be asked.
async fn ask_all(
    arguments: &OptOutsArguments,
    services: &[&ServiceArguments],
) -> Result<Written, CommandError> {
    let mut all = Written {
        texts: Vec::new(),
        kept: true,
        silent: Vec::new(),
    };
    for connected in connect::connect_all(services).await? {
        let clock = clock::service_clock();
        let client = connected.client(arguments.timeout, &clock)?;
        if arguments.since.is_some() {
            // The service counts the minutes back by its own clock.
            client.hear_time().await;
        }
        let minutes = minutes(arguments, clock.now());
        let mut inspector = Inspector::new(&client);
        match inspector.incoming(minutes).await {
            Ok(texts) => {
                all.texts.extend(texts);
                // Not to know it is no reason to leave the wishes out.
                all.kept &= inspector.keeps_incoming().await.unwrap_or(true);
            }
            Err(outcome) => all.silent.push((connected.prefix(), outcome)),
        }
    }
    Ok(all)
}

/// Everybody who wrote a stop word, with the first of their messages that is one, the oldest first.
fn people(texts: &[Incoming], words: &StopWords) -> Vec<Person> {
    let mut asked: Vec<&Incoming> = texts
        .iter()
        .filter(|incoming| words.hold(&incoming.text))
        .collect();
    asked.sort_by_key(|incoming| incoming.at);
    let mut people: Vec<Person> = Vec::new();
    for incoming in asked {
        let is_other = |person: &Person| {
            domain::Person::behind(&person.chat) != domain::Person::behind(&incoming.person)
        };
        if people.iter().all(is_other) {
            people.push(Person {
                chat: incoming.person.clone(),
                reason: incoming.text.trim().to_owned(),
                time: incoming.at.map(time).unwrap_or_default(),
            });
        }
    }
    people
}

fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M:%S %:z")
        .to_string()
}

fn tell(
    written: &Written,
    (asked, added): (usize, usize),
    arguments: &OptOutsArguments,
    language: Language,
) {
    let path = arguments.out.display().to_string();
    let found = OptOutMessage::Found {
        texts: written.texts.len() as u64,
        people: asked as u64,
        added: added as u64,
        path: path.clone(),
    };
    eprintln_lossy!("{}", found.localized(language));
    if !written.kept {
        eprintln_lossy!("{}", OptOutMessage::NotKept.localized(language));
    }
    eprintln_lossy!("{}", OptOutMessage::Suppress { path }.localized(language));
}
