//! Matches unknown rows with the messages that an instance shows. Pure.
//!
//! A match is strict: person, number, names and time must fit, and one message belongs to one row, because a wrong
//! match would lose a contact. A possible match is generous, because a contact that counts as absent is sent again.
//! Between the two, the row stays unknown.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::{
    domain::{Delivery, IdMessage, Person, comparable, line},
    green_api::{ObservedIn, ObservedMessage},
    ledger::{KnownIds, LidPairs, PairedPhone, Unknown},
};

/// The maximum difference between the clocks of this machine and of the service.
pub(super) const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(1);

/// A contact whose chat is hidden behind `@lid` must be shown within this time after it was sent, and no other campaign
/// may have sent the same contact within this time.
pub(super) const LID_WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// What the service shows for an unknown row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match<'a> {
    /// Its contact, with this id.
    Found(&'a IdMessage, ObservedIn),
    /// Only something that could be its contact.
    Unclear,
    /// Nothing.
    Nowhere,
}

/// Matches each unknown row. `claims` are the ids that rows of the ledger already have; `pairs` tells who is behind
/// which lid.
pub(super) fn match_rows<'a>(
    unknown: &[Unknown],
    messages: &'a [ObservedMessage],
    mut claims: KnownIds,
    pairs: &LidPairs,
) -> Vec<Match<'a>> {
    let rows: Vec<Row<'_>> = unknown.iter().map(|row| Row::new(row, pairs)).collect();
    let shown: Vec<Observed<'a>> = messages
        .iter()
        .map(|message| Observed::new(message, pairs))
        .collect();
    let found = matches(&rows, &shown, &mut claims, pairs);
    let open = unclaimed(&shown, &claims, pairs);
    let match_of = |(place, row)| match found.get(&place) {
        Some((id, seen)) => Match::Found(id, *seen),
        None if open.iter().any(|shown| may_match(row, shown)) => Match::Unclear,
        None => Match::Nowhere,
    };
    rows.iter().enumerate().map(match_of).collect()
}

/// Whether one of the two chats is a lid and the other a personal chat, so that both may be the same person.
pub(super) fn is_behind_lid(ours: &str, theirs: &str) -> bool {
    let (lid, person) = (
        |chat: &str| chat.ends_with("@lid"),
        |chat: &str| chat.ends_with("@c.us"),
    );
    (lid(ours) && person(theirs)) || (person(ours) && lid(theirs))
}

/// An unknown row, prepared for comparison with every message.
struct Row<'a> {
    unknown: &'a Unknown,
    words: Vec<String>,
    person: Person<'a>,
    chat: Chat<'a>,
    phone: &'a str,
    /// The phone of the person, if a pair is known.
    paired: Option<PairedPhone>,
}

impl<'a> Row<'a> {
    fn new(unknown: &'a Unknown, pairs: &LidPairs) -> Self {
        Self {
            unknown,
            words: words(&unknown.names),
            person: Person::behind(&unknown.chat),
            chat: Chat::new(&unknown.chat),
            phone: ending(&unknown.phone_contact),
            paired: pairs.phone_of(&unknown.chat),
        }
    }
}

/// A message that the service shows, prepared for comparison with every row.
struct Observed<'a> {
    message: &'a ObservedMessage,
    words: Vec<String>,
    person: Option<Person<'a>>,
    chat: Option<Chat<'a>>,
    phones: Vec<&'a str>,
    paired: Option<PairedPhone>,
}

impl<'a> Observed<'a> {
    fn new(message: &'a ObservedMessage, pairs: &LidPairs) -> Self {
        Self {
            message,
            words: words(&message.names),
            person: message.chat.as_deref().map(Person::behind),
            chat: message.chat.as_deref().map(Chat::new),
            phones: message.phones.iter().map(|phone| ending(phone)).collect(),
            paired: message
                .chat
                .as_deref()
                .and_then(|chat| pairs.phone_of(chat)),
        }
    }
}

/// A chat by its kind; a personal chat by the ending of its number.
#[derive(PartialEq, Eq)]
enum Chat<'a> {
    Person(&'a str),
    Lid,
    Group,
    Other,
}

impl<'a> Chat<'a> {
    fn new(chat: &'a str) -> Self {
        match chat.rsplit_once('@') {
            Some((_, "c.us")) => Self::Person(ending(chat)),
            Some((_, "lid")) => Self::Lid,
            Some((_, "g.us")) => Self::Group,
            Some(_) | None => Self::Other,
        }
    }
}

type Fits = fn(&Row<'_>, &Observed<'_>) -> bool;
type InTime = fn(&Unknown, &ObservedMessage) -> bool;

/// Finds the message of each unknown row. Returns the id by the index of the row; that id is then claimed. If several
/// messages in the row's chat fit, the earliest counts; behind a lid there must be only one.
fn matches<'a>(
    rows: &[Row<'_>],
    shown: &[Observed<'a>],
    claims: &mut KnownIds,
    pairs: &LidPairs,
) -> HashMap<usize, (&'a IdMessage, ObservedIn)> {
    let mut matches = HashMap::new();
    for (is_in, in_time, several) in [
        (in_its_chat as Fits, not_before as InTime, true),
        (in_a_lid, soon, false),
    ] {
        let mut only_likes = messages_of_one_row(rows, shown, is_in);
        for (
            place,
            Row {
                unknown: row,
                person,
                ..
            },
        ) in rows.iter().enumerate()
        {
            let may_be_of_another_campaign = if several {
                row.others.after
            } else {
                row.others.near_in_time
            };
            if matches.contains_key(&place) || may_be_of_another_campaign {
                continue;
            }
            let mut candidates = only_likes.remove(&place).unwrap_or_default();
            candidates.retain(|shown| {
                let message = shown.message;
                is_new(row, message) && in_time(row, message) && !is_taken(shown, claims, pairs)
            });
            let only = candidates.iter().all(|shown| {
                (&shown.message.id, &shown.person)
                    == (&candidates[0].message.id, &candidates[0].person)
            });
            let first = candidates
                .iter()
                .map(|shown| shown.message)
                .min_by_key(|message| message.at);
            let first = first.filter(|_| several || only);
            if let Some((message, id)) = first.and_then(|first| Some((first, first.id.as_ref()?))) {
                claims
                    .entry(id.as_str().to_owned())
                    .or_default()
                    .insert(person.to_string());
                matches.insert(place, (id, message.place));
            }
        }
    }
    matches
}

/// Returns, by the index of a row, the messages that fit this row and no other. Times do not distinguish two rows:
/// clocks differ, and the time shown is that of the last event.
fn messages_of_one_row<'s, 'a>(
    rows: &[Row<'_>],
    shown: &'s [Observed<'a>],
    is_in: Fits,
) -> HashMap<usize, Vec<&'s Observed<'a>>> {
    let mut by_phone: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, row) in rows.iter().enumerate() {
        if let Some(phone) = line_of(&row.unknown.phone_contact) {
            by_phone.entry(phone).or_default().push(place);
        }
    }
    let mut by_row: HashMap<usize, Vec<&Observed<'a>>> = HashMap::new();
    for shown in shown
        .iter()
        .filter(|shown| shown.message.is_contact && shown.message.id.is_some())
    {
        let phones: HashSet<u64> = shown
            .message
            .phones
            .iter()
            .filter_map(|phone| line_of(phone))
            .collect();
        let places = phones
            .iter()
            .filter_map(|phone| by_phone.get(phone))
            .flatten();
        let mut like = places
            .filter(|place| is_in(&rows[**place], shown) && may_have_names(&rows[**place], shown));
        if let (Some(place), None) = (like.next(), like.next()) {
            by_row.entry(*place).or_default().push(shown);
        }
    }
    by_row
}

/// Returns the line of a phone number, in whichever form it is written; `None` if the text is not a number.
fn line_of(phone: &str) -> Option<u64> {
    phone
        .parse()
        .ok()
        .filter(|_| !phone.starts_with('0'))
        .map(line)
}

fn in_its_chat(row: &Row<'_>, shown: &Observed<'_>) -> bool {
    shown.person.as_ref() == Some(&row.person)
        || LidPairs::same_person(row.paired, shown.paired) == Some(true)
}

/// Whether one side has the person's chat as `@lid` and no pair says who either is. Then only number, names and time
/// are left to compare.
fn in_a_lid(row: &Row<'_>, shown: &Observed<'_>) -> bool {
    let is_hidden = matches!(
        (&row.chat, &shown.chat),
        (Chat::Lid, Some(Chat::Person(_))) | (Chat::Person(_), Some(Chat::Lid))
    );
    is_hidden && row.paired.is_none() && shown.paired.is_none()
}

fn not_before(row: &Unknown, message: &ObservedMessage) -> bool {
    let is_before = |at: Timestamp| row.sent_at.duration_since(at) > CLOCK_SLACK;
    !message.at.is_some_and(is_before)
}

fn soon(row: &Unknown, message: &ObservedMessage) -> bool {
    let is_soon = |at: Timestamp| at.duration_since(row.sent_at) <= LID_WINDOW;
    not_before(row, message) && message.at.is_some_and(is_soon)
}

/// Whether the message can be new. The time shown is that of the last event, so an earlier contact of the instance to
/// this chat may have been delivered or read just now. Only a message that is just *sent* is certainly new.
fn is_new(row: &Unknown, message: &ObservedMessage) -> bool {
    !row.others.before || message.delivery == Some(Delivery::Sent)
}

/// Whether the names do not contradict each other.
fn may_have_names(row: &Row<'_>, shown: &Observed<'_>) -> bool {
    let is_within = |some: &[String], all: &[String]| some.iter().all(|word| all.contains(word));
    is_within(&shown.words, &row.words) || is_within(&row.words, &shown.words)
}

fn words(names: &[String]) -> Vec<String> {
    let words = |name: &String| -> Vec<String> {
        comparable(name)
            .split_whitespace()
            .map(str::to_lowercase)
            .collect()
    };
    names.iter().flat_map(words).collect()
}

/// Whether a row already has this id, for the same person or for one whom a lid may hide.
fn is_taken(shown: &Observed<'_>, claims: &KnownIds, pairs: &LidPairs) -> bool {
    let rows = shown
        .message
        .id
        .as_ref()
        .and_then(|id| claims.get(id.as_str()));
    rows.zip(shown.person.as_ref().map(Person::as_str))
        .is_some_and(|(rows, person)| {
            let may_be_its = |row: &String| {
                let same = LidPairs::same_person(pairs.phone_of(row), shown.paired);
                same.unwrap_or_else(|| is_behind_lid(row, person))
            };
            rows.contains(person) || rows.iter().any(may_be_its)
        })
}

/// Returns the messages that no row accounts for. An id that is shown for several people counts as accounted for only
/// in a chat of its row's person.
fn unclaimed<'s, 'a>(
    shown: &'s [Observed<'a>],
    claims: &KnownIds,
    pairs: &LidPairs,
) -> Vec<&'s Observed<'a>> {
    let mut people: HashMap<&IdMessage, HashSet<&str>> = HashMap::new();
    for (id, person) in shown
        .iter()
        .filter_map(|shown| shown.message.id.as_ref().zip(shown.person.as_ref()))
    {
        people.entry(id).or_default().insert(person.as_str());
    }
    let is_accounted_for = |shown: &Observed<'_>| {
        let Some((id, person)) = shown.message.id.as_ref().zip(shown.person.as_ref()) else {
            return false;
        };
        let in_its_chat = claims.get(id.as_str()).is_some_and(|rows| {
            let is_paired = |row: &String| {
                LidPairs::same_person(pairs.phone_of(row), shown.paired) == Some(true)
            };
            rows.contains(person.as_str()) || rows.iter().any(is_paired)
        });
        let is_of_one_person = people.get(id).is_some_and(|people| people.len() == 1);
        in_its_chat || (is_of_one_person && is_taken(shown, claims, pairs))
    };
    shown
        .iter()
        .filter(|shown| !is_accounted_for(shown))
        .collect()
}

/// Whether this may be the row's contact, as far as can be seen: it is in the row's chat, or neither its chat nor its
/// number is certainly another one. A group's chat id has only one form. Two pairs that name different phones rule a
/// match out. Names and time do not: names are shown in many ways, the time is that of the last event, and clocks
/// differ.
fn may_match(row: &Row<'_>, shown: &Observed<'_>) -> bool {
    let may_be_its = |chat: &Chat<'_>| match (chat, &row.chat) {
        (Chat::Group, _) | (_, Chat::Group) => false,
        (Chat::Person(theirs), Chat::Person(ours)) => theirs == ours,
        (Chat::Person(_) | Chat::Lid | Chat::Other, Chat::Person(_) | Chat::Lid | Chat::Other) => {
            true
        }
    };
    // If a message is not certainly one contact, some of its numbers may not be known.
    let is_known = shown.message.is_contact && !shown.phones.is_empty();
    let has_number = || shown.phones.contains(&row.phone);
    let is_open = shown.chat.as_ref().is_none_or(may_be_its) && (!is_known || has_number());
    let same = LidPairs::same_person(row.paired, shown.paired);
    (is_open && same != Some(false)) || in_its_chat(row, shown)
}

/// Returns the last eight digits of a number, which two forms of one number share: WhatsApp has some numbers of Brazil,
/// Mexico and Argentina with one digit more or less after the country code, and never changes the last eight.
fn ending(number: &str) -> &str {
    let digits = number.split_once('@').map_or(number, |(digits, _)| digits);
    let eighth = digits.char_indices().nth_back(7).map_or(0, |(at, _)| at);
    &digits[eighth..]
}

#[cfg(test)]
mod tests;
