//! Searches the messages that people wrote to the instances for stop words, and adds the writers to a list that
//! `--suppress` reads. Nothing is sent.

mod list;
mod messages;
mod words;

use std::path::Path;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::cli::{
    args::{ServiceArguments, setup::OptOutsArguments},
    config::ParsedCommandLine,
    exit::{CommandError, Exit},
    options::{
        clock,
        error::{OptOutError, SettingsError},
        language,
    },
    output::ui::Ui,
    session::{connect, runtime},
};
use crate::{
    domain::{self, Outcome},
    green_api::{Incoming, Inspector},
};
use list::{OptOut, OptOutList};
use messages::OptOutMessage;
use words::StopWords;

pub(crate) fn opt_outs(
    arguments: &OptOutsArguments,
    typed: &ParsedCommandLine,
    ui: &Ui,
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
    if words.is_empty() {
        return Err(wrong(OptOutError::NoWords).into());
    }
    let services = typed.service_arguments();
    let delimiter = u8::try_from(language::fallback_delimiter()).unwrap_or(b',');
    list::probe(&arguments.out, delimiter).map_err(wrong)?;
    let received = runtime::runtime()?.block_on(ask_all(arguments, &services))?;
    let opt_outs = find_opt_outs(&received.texts, &words);
    if received.not_asked.len() < services.len() {
        let added = add(&opt_outs, &arguments.out, delimiter)?;
        report(&received, opt_outs.len(), added, &arguments.out, ui);
    }
    for (prefix, outcome) in &received.not_asked {
        let reason = outcome.words(ui.language).trim_end_matches('.').to_owned();
        eprintln_lossy!(
            "{prefix}{}",
            OptOutMessage::NotAsked { reason }.localized(ui.language)
        );
    }
    let refused = received
        .not_asked
        .iter()
        .any(|(_, outcome)| matches!(outcome, Outcome::Halted(..)));
    Ok(match (refused, received.not_asked.is_empty()) {
        (true, _) => Exit::Refused,
        (false, false) => Exit::Early,
        (false, true) => Exit::Done,
    })
}

fn wrong(fault: OptOutError) -> SettingsError {
    fault.into()
}

/// Opens the list only now, because people may have edited it while the service was asked.
fn add(opt_outs: &[OptOut], path: &Path, delimiter: u8) -> Result<usize, CommandError> {
    let machine = |source| CommandError::Machine {
        what: "--out cannot be received",
        source,
    };
    let file = list::open_locked(path).map_err(machine)?;
    let list = OptOutList::read(file, path, delimiter).map_err(wrong)?;
    list.add(opt_outs).map_err(machine)
}

/// The messages that people wrote, and whether every instance keeps them.
struct ReceivedTexts {
    texts: Vec<Incoming>,
    are_kept: bool,
    /// The instances that could not be asked, and why.
    not_asked: Vec<(String, Outcome)>,
}

/// Returns how many minutes to look back, rounded up: a message that comes before the request is answered counts too.
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

/// Collects what people wrote to all instances that can be asked.
async fn ask_all(
    arguments: &OptOutsArguments,
    services: &[&ServiceArguments],
) -> Result<ReceivedTexts, CommandError> {
    let mut all = ReceivedTexts {
        texts: Vec::new(),
        are_kept: true,
        not_asked: Vec::new(),
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
                // An instance that does not answer this is taken to keep its messages.
                all.are_kept &= inspector.keeps_incoming().await.unwrap_or(true);
            }
            Err(outcome) => all.not_asked.push((connected.prefix(), outcome)),
        }
    }
    Ok(all)
}

/// Finds everybody who wrote a stop word, with the first such message of each, the oldest first.
fn find_opt_outs(texts: &[Incoming], words: &StopWords) -> Vec<OptOut> {
    let mut matching: Vec<&Incoming> = texts
        .iter()
        .filter(|incoming| words.matches(&incoming.text))
        .collect();
    matching.sort_by_key(|incoming| incoming.at);
    let mut opt_outs: Vec<OptOut> = Vec::new();
    for incoming in matching {
        let person = domain::Person::behind(&incoming.person);
        if opt_outs
            .iter()
            .all(|known| domain::Person::behind(&known.chat) != person)
        {
            opt_outs.push(OptOut {
                chat: incoming.person.clone(),
                reason: incoming.text.trim().to_owned(),
                time: incoming.at.map(local_time).unwrap_or_default(),
            });
        }
    }
    opt_outs
}

fn local_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M:%S %:z")
        .to_string()
}

fn report(received: &ReceivedTexts, people: usize, added: usize, out: &Path, ui: &Ui) {
    let path = out.display().to_string();
    let found = OptOutMessage::Found {
        texts: received.texts.len() as u64,
        people: people as u64,
        added: added as u64,
        path: path.clone(),
    };
    ui.print(&found);
    if !received.are_kept {
        ui.print(&OptOutMessage::NotKept);
    }
    ui.print(&OptOutMessage::Suppress { path });
}
