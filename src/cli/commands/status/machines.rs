//! Shows the machines that send a campaign of a database, one line for each instance.

use jiff::{Timestamp, Zoned, tz::TimeZone};

use super::messages::StatusLabel;
use crate::{
    i18n::{Language, Shown, messages},
    ledger::LeaseSummary,
};

/// The width at which lines are broken; the text is read in a terminal.
const WIDTH: usize = 80;

messages! {
    /// Which machine sends with an instance.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum LeaseMessage {
        Live { name: String, host: String, process: i64, since: String, until: String } =
            en "{name}: {host}, process {process}, since {since}, lease until {until}",
            ru "{name}: {host}, процесс {process}, с {since}, закреплён до {until}",
        Lapsed { name: String, host: String, process: i64, until: String, free_from: String } =
            en "{name}: {host}, process {process}, does not answer, lease ended {until}; another machine can take \
                over from {free_from}",
            ru "{name}: {host}, процесс {process}, не отвечает, срок истёк {until}; другая машина может продолжить с \
                {free_from}",
        Beside { said: String, hosts: String } =
            en "{said}, on {hosts}",
            ru "{said}, машины: {hosts}",
    }
}

/// Describes each lease, in the order of the instances; empty if there is none.
pub(super) fn lines(leases: &[LeaseSummary], language: Language) -> String {
    if leases.is_empty() {
        return String::new();
    }
    let options = textwrap::Options::new(WIDTH)
        .initial_indent("  ")
        .subsequent_indent("    ")
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut text = StatusLabel::SentBy.localized(language) + "\n";
    for lease in leases {
        let line = message(lease, language).localized(language);
        text += &(textwrap::fill(&line, &options) + "\n");
    }
    text
}

/// Adds the machines to what is said about the campaign's state.
pub(super) fn with_machines(said: String, leases: &[LeaseSummary], language: Language) -> String {
    let mut hosts: Vec<&str> = leases
        .iter()
        .filter(|lease| lease.is_live)
        .map(|lease| lease.host.as_str())
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    if hosts.is_empty() {
        return said;
    }
    let hosts = hosts.join(", ");
    LeaseMessage::Beside { said, hosts }.localized(language)
}

fn message(lease: &LeaseSummary, language: Language) -> LeaseMessage {
    let (name, host, process) = (lease.name.clone(), lease.host.clone(), lease.process);
    let until = time(lease.until, language);
    if lease.is_live {
        let since = time(lease.since, language);
        LeaseMessage::Live {
            name,
            host,
            process,
            since,
            until,
        }
    } else {
        let free_from = time(lease.free_from, language);
        LeaseMessage::Lapsed {
            name,
            host,
            process,
            until,
            free_from,
        }
    }
}

/// Returns the local time to the second, with the day if it is not today.
fn time(at: Timestamp, language: Language) -> String {
    let local = at.to_zoned(TimeZone::system());
    let time = local.strftime("%H:%M:%S");
    if local.date() == Zoned::now().date() {
        time.to_string()
    } else {
        format!("{} {time}", local.date().shown(language))
    }
}
