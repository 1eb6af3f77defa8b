//! Matches unknown rows with the messages that an instance shows. Pure.
//!
//! A match is strict: person, number, names and time must fit, and one message belongs to one row, because a wrong
//! match would lose a contact. A possible match is generous, because a contact that counts as absent is sent
//! again. Between the two the row stays unknown.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::{
    domain::{Delivery, IdMessage, Person, comparable, line},
    green_api::{ObservedIn, ObservedMessage},
    ledger::{KnownIds, Unknown},
};

/// The most that the clocks of this machine and of the service may differ.
pub(super) const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(1);

/// A contact whose chat is hidden behind `@lid` must be shown within this time after it was sent, and no other
/// campaign may have sent the same one within this time.
pub(super) const LID_WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// What the service shows of an unknown row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match<'a> {
    /// Its contact, under this id.
    Found(&'a IdMessage, ObservedIn),
    /// Something that could be its contact.
    Unclear,
    /// Nothing.
    Nowhere,
}

/// Matches each unknown row. `claims` are the ids that rows of the ledger have already.
pub(super) fn match_rows<'a>(
    unknown: &[Unknown],
    messages: &'a [ObservedMessage],
    mut claims: KnownIds,
) -> Vec<Match<'a>> {
    let rows: Vec<Row<'_>> = unknown.iter().map(Row::new).collect();
    let shown: Vec<Observed<'a>> = messages.iter().map(Observed::new).collect();
    let found = matches(&rows, &shown, &mut claims);
    let open = unclaimed(&shown, &claims);
    let match_of = |(place, row)| match found.get(&place) {
        Some((id, seen)) => Match::Found(id, *seen),
        None if open.iter().any(|shown| may_match(row, shown)) => Match::Unclear,
        None => Match::Nowhere,
    };
    rows.iter().enumerate().map(match_of).collect()
}

/// Whether one of the two hides the number of a person whom the other names.
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
}

impl<'a> Row<'a> {
    fn new(unknown: &'a Unknown) -> Self {
        Self {
            unknown,
            words: words(&unknown.names),
            person: Person::behind(&unknown.chat),
            chat: Chat::new(&unknown.chat),
            phone: ending(&unknown.phone_contact),
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
}

impl<'a> Observed<'a> {
    fn new(message: &'a ObservedMessage) -> Self {
        Self {
            message,
            words: words(&message.names),
            person: message.chat.as_deref().map(Person::behind),
            chat: message.chat.as_deref().map(Chat::new),
            phones: message.phones.iter().map(|phone| ending(phone)).collect(),
        }
    }
}

/// A chat by its kind; the number of a person by its ending.
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

/// Which unknown row, by its place, was found under which id; that id is then claimed. Of two fitting messages in
/// the chat of the row the first counts; behind a lid there must be only one.
fn matches<'a>(
    rows: &[Row<'_>],
    shown: &[Observed<'a>],
    claims: &mut KnownIds,
) -> HashMap<usize, (&'a IdMessage, ObservedIn)> {
    let mut matches = HashMap::new();
    for (is_in, in_time, several) in [
        (in_its_chat as Fits, not_before as InTime, true),
        (in_a_lid, soon, false),
    ] {
        let mut only_likes = of_one_row(rows, shown, is_in);
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
                row.others.beside
            };
            if matches.contains_key(&place) || may_be_of_another_campaign {
                continue;
            }
            let mut candidates = only_likes.remove(&place).unwrap_or_default();
            candidates.retain(|shown| {
                let message = shown.message;
                is_new(row, message) && in_time(row, message) && !is_taken(shown, claims)
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

/// By the place of a row, the messages that fit it and no other. Times do not tell two rows
/// apart: clocks differ, and the time shown is that of the last event.
fn of_one_row<'s, 'a>(
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
    let mut of_one: HashMap<usize, Vec<&Observed<'a>>> = HashMap::new();
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
            of_one.entry(*place).or_default().push(shown);
        }
    }
    of_one
}

/// The number of a line, whichever of its forms is written; nothing of a text that is none.
fn line_of(phone: &str) -> Option<u64> {
    phone
        .parse()
        .ok()
        .filter(|_| !phone.starts_with('0'))
        .map(line)
}

fn in_its_chat(row: &Row<'_>, shown: &Observed<'_>) -> bool {
    shown.person.as_ref() == Some(&row.person)
}

/// Where one side names a person's chat as `@lid`, only number, names and time are left.
fn in_a_lid(row: &Row<'_>, shown: &Observed<'_>) -> bool {
    matches!(
        (&row.chat, &shown.chat),
        (Chat::Lid, Some(Chat::Person(_))) | (Chat::Person(_), Some(Chat::Lid))
    )
}

fn not_before(row: &Unknown, message: &ObservedMessage) -> bool {
    let is_before = |at: Timestamp| row.sent_at.duration_since(at) > CLOCK_SLACK;
    !message.at.is_some_and(is_before)
}

fn soon(row: &Unknown, message: &ObservedMessage) -> bool {
    let is_soon = |at: Timestamp| at.duration_since(row.sent_at) <= LID_WINDOW;
    not_before(row, message) && message.at.is_some_and(is_soon)
}

/// The time that is shown is that of the last thing that happened: a contact that the instance sent to this
/// chat before may have been delivered, or read, just now. Only that it was *sent* just now tells it apart.
fn is_new(row: &Unknown, message: &ObservedMessage) -> bool {
    !row.others.before || message.delivery == Some(Delivery::Sent)
}

/// The names must not contradict each other.
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

/// Whether a row has this id, for the same person or for one whom a lid may hide.
fn is_taken(shown: &Observed<'_>, claims: &KnownIds) -> bool {
    let rows = shown
        .message
        .id
        .as_ref()
        .and_then(|id| claims.get(id.as_str()));
    rows.zip(shown.person.as_ref().map(Person::as_str))
        .is_some_and(|(rows, person)| {
            rows.contains(person) || rows.iter().any(|row| is_behind_lid(row, person))
        })
}

/// What no row is known to account for: an id that is shown for several people is taken only where it
/// is in a chat of its row's person.
fn unclaimed<'s, 'a>(shown: &'s [Observed<'a>], claims: &KnownIds) -> Vec<&'s Observed<'a>> {
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
        let in_its_chat = claims
            .get(id.as_str())
            .is_some_and(|rows| rows.contains(person.as_str()));
        let of_one = people.get(id).is_some_and(|people| people.len() == 1);
        in_its_chat || (of_one && is_taken(shown, claims))
    };
    shown
        .iter()
        .filter(|shown| !is_accounted_for(shown))
        .collect()
}

/// Whether this may be the row's contact, for all that can be seen: it is in the row's chat, or neither its
/// chat nor its number is surely another one. A group is never written in another way. Names and time rule
/// nothing out: names are shown in many ways, the time is that of the last thing that happened, and clocks
/// differ.
fn may_match(row: &Row<'_>, shown: &Observed<'_>) -> bool {
    let may_be_its = |chat: &Chat<'_>| match (chat, &row.chat) {
        (Chat::Group, _) | (_, Chat::Group) => false,
        (Chat::Person(theirs), Chat::Person(ours)) => theirs == ours,
        (Chat::Person(_) | Chat::Lid | Chat::Other, Chat::Person(_) | Chat::Lid | Chat::Other) => {
            true
        }
    };
    // Of what is not surely one contact not every number may be known.
    let is_known = shown.message.is_contact && !shown.phones.is_empty();
    let has_number = || shown.phones.contains(&row.phone);
    let is_open = shown.chat.as_ref().is_none_or(may_be_its) && (!is_known || has_number());
    is_open || in_its_chat(row, shown)
}

/// By which two numbers are alike that may be written forms of one: WhatsApp knows some of Brazil, Mexico
/// and Argentina by one digit more or less after the country code, and never changes the last eight.
fn ending(number: &str) -> &str {
    let digits = number.split_once('@').map_or(number, |(digits, _)| digits);
    let eighth = digits.char_indices().nth_back(7).map_or(0, |(at, _)| at);
    &digits[eighth..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::RowId;
    use crate::ledger::SentByOthers;

    const MINUTE: SignedDuration = SignedDuration::from_mins(1);
    const SENT: Timestamp = Timestamp::constant(60_000, 0);
    const ANNA: &str = "79001234501@c.us";
    const BORIS: &str = "79001234502@c.us";
    const LID: &str = "120650379300963@lid";
    const GROUP: &str = "120363043968066561@g.us";

    fn row(chat: &str, name: &str) -> Unknown {
        Unknown {
            id: RowId::for_tests(1),
            row: 2,
            source: "list.csv".into(),
            chat: chat.into(),
            phone_contact: "79001234568".into(),
            names: [name.into(), String::new(), String::new(), String::new()],
            sent_at: SENT,
            is_dated: true,
            others: SentByOthers::default(),
            absent_since: None,
        }
    }

    fn seen(id: &str, chat: &str, name: &str, at: Timestamp) -> ObservedMessage {
        ObservedMessage {
            is_contact: true,
            id: IdMessage::new(id),
            chat: Some(chat.into()),
            phones: vec!["79001234568".into()],
            names: vec![name.into()],
            at: Some(at),
            delivery: None,
            place: ObservedIn::Journal,
        }
    }

    /// The id of each row's contact, `?` where it is unclear, `-` where there is none.
    fn matched(
        unknown: &[Unknown],
        messages: &[ObservedMessage],
        claims: &[(&str, &str)],
    ) -> String {
        let mut rows = KnownIds::new();
        for (id, chat) in claims {
            rows.entry((*id).to_owned())
                .or_default()
                .insert((*chat).to_owned());
        }
        let matched = match_rows(unknown, messages, rows);
        let word = |matched: &Match<'_>| match matched {
            Match::Found(id, _) => id.as_str().to_owned(),
            Match::Unclear => "?".to_owned(),
            Match::Nowhere => "-".to_owned(),
        };
        matched.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_contact_is_matched_by_chat_number_names_and_time() {
        let rows = [row(ANNA, "Артём"), row(BORIS, "Артём")];
        for (message, expected) in [
            (seen("A", ANNA, "Артём", SENT), "A -"),
            (seen("A", BORIS, "АРТЁМ", SENT + MINUTE), "- A"),
            (seen("A", BORIS, "", SENT), "- A"),
            (seen("A", LID, "Артём", SENT), "? ?"),
        ] {
            assert_eq!(
                matched(&rows, std::slice::from_ref(&message), &[]),
                expected,
                "{message:?}"
            );
        }
    }

    #[test]
    fn a_possible_match_is_neither_found_nor_absent() {
        let well = || seen("A", ANNA, "Артём", SENT);
        let other = || vec!["79001234569".to_owned()];
        let odd = |message: ObservedMessage| ObservedMessage {
            is_contact: false,
            ..message
        };
        for (message, expected) in [
            (seen("A", ANNA, "Мария", SENT), "?"),
            (seen("A", ANNA, "Артём", SENT - 5 * MINUTE), "?"),
            (
                ObservedMessage {
                    phones: other(),
                    ..well()
                },
                "?",
            ),
            (
                ObservedMessage {
                    phones: vec!["7 900 123 45 68".replace(' ', "")],
                    ..well()
                },
                "A",
            ),
            (
                ObservedMessage {
                    phones: vec!["9001234568".to_owned()],
                    ..well()
                },
                "?",
            ),
            (
                odd(ObservedMessage {
                    phones: other(),
                    ..well()
                }),
                "?",
            ),
            (
                ObservedMessage {
                    phones: vec![],
                    ..well()
                },
                "?",
            ),
            (
                odd(ObservedMessage {
                    phones: vec![],
                    ..well()
                }),
                "?",
            ),
            (ObservedMessage { id: None, ..well() }, "?"),
            (
                odd(ObservedMessage {
                    chat: None,
                    ..well()
                }),
                "?",
            ),
            (
                odd(ObservedMessage {
                    id: None,
                    chat: None,
                    phones: vec![],
                    ..well()
                }),
                "?",
            ),
            (
                odd(ObservedMessage {
                    chat: None,
                    phones: other(),
                    ..well()
                }),
                "?",
            ),
            (seen("A", LID, "Артём", SENT + 60 * MINUTE), "?"),
            (
                ObservedMessage {
                    phones: other(),
                    ..seen("A", LID, "Мария", Timestamp::UNIX_EPOCH)
                },
                "-",
            ),
            (seen("A", "79001234501@s.whatsapp.net", "Мария", SENT), "?"),
            (seen("A", "9001234501@c.us", "Артём", SENT), "?"),
            (seen("A", BORIS, "Артём", SENT), "-"),
            (
                ObservedMessage {
                    phones: vec![],
                    ..seen("A", BORIS, "", SENT)
                },
                "-",
            ),
            (
                ObservedMessage {
                    phones: vec![],
                    ..seen("A", GROUP, "", SENT)
                },
                "-",
            ),
            (
                ObservedMessage {
                    phones: other(),
                    ..seen("A", BORIS, "Артём", SENT)
                },
                "-",
            ),
            (
                ObservedMessage {
                    phones: other(),
                    ..seen("A", GROUP, "Артём", SENT)
                },
                "-",
            ),
        ] {
            assert_eq!(
                matched(&[row(ANNA, "Артём")], std::slice::from_ref(&message), &[]),
                expected,
                "{message:?}"
            );
        }
    }

    #[test]
    fn a_contact_in_a_person_s_chat_is_no_group_s() {
        let rows = [row(GROUP, "Артём")];
        for (chat, expected) in [
            (GROUP, "A"),
            (ANNA, "-"),
            (LID, "-"),
            ("120363000000000000@g.us", "-"),
        ] {
            assert_eq!(
                matched(&rows, &[seen("A", chat, "Артём", SENT)], &[]),
                expected,
                "{chat}"
            );
        }
        let nowhere = ObservedMessage {
            chat: None,
            ..seen("A", GROUP, "Артём", SENT)
        };
        assert_eq!(matched(&rows, &[nowhere], &[]), "?");
    }

    #[test]
    fn one_id_goes_to_one_row_and_a_choice_of_rows_is_no_match() {
        let rows = [row(ANNA, "Артём")];
        let one = [seen("A", ANNA, "Артём", SENT)];
        assert_eq!(matched(&rows, &one, &[("A", ANNA)]), "-", "another row's");
        assert_eq!(
            matched(&rows, &one, &[("A", BORIS)]),
            "A",
            "an id says nothing about another chat"
        );
        let two = [
            seen("A", ANNA, "Артём", SENT),
            seen("B", ANNA, "Артём", SENT),
        ];
        assert_eq!(
            matched(&rows, &two, &[("A", ANNA)]),
            "B",
            "the other id is another row's"
        );
        assert_eq!(
            matched(&rows, &two, &[]),
            "A",
            "either way the contact is in the chat"
        );
        let twice = [
            seen("A", ANNA, "Артём", SENT),
            seen("A", ANNA, "Артём", SENT),
        ];
        assert_eq!(
            matched(&rows, &twice, &[]),
            "A",
            "the queue and the journal may both show it"
        );
        let named = [row(ANNA, "Артём"), row(ANNA, "Мария")];
        assert_eq!(matched(&named, &[seen("A", ANNA, "", SENT)], &[]), "? ?");
        assert_eq!(
            matched(&named, &[seen("A", ANNA, "Мария", SENT)], &[]),
            "- A"
        );
        let company = Unknown {
            names: ["Артём", "", "", "Image"].map(str::to_owned),
            ..row(ANNA, "")
        };
        let both = [
            seen("A", ANNA, "Артём", SENT),
            seen("B", ANNA, "Артём Image", SENT),
        ];
        assert_eq!(matched(&[row(ANNA, "Артём"), company], &both, &[]), "? ?");
        let later = Unknown {
            sent_at: SENT + 5 * MINUTE,
            ..row(ANNA, "Артём")
        };
        assert_eq!(
            matched(&[row(ANNA, "Артём"), later], &one, &[]),
            "? ?",
            "clocks differ"
        );
    }

    #[test]
    fn where_the_chat_has_got_the_contact_before_only_one_just_sent_matches() {
        let again = [Unknown {
            others: SentByOthers {
                before: true,
                ..SentByOthers::default()
            },
            ..row(ANNA, "Артём")
        }];
        for (delivery, expected) in [
            (None, "?"),
            (Some(Delivery::Queued), "?"),
            (Some(Delivery::Delivered), "?"),
            (Some(Delivery::Read), "?"),
            (Some(Delivery::Sent), "A"),
        ] {
            let message = ObservedMessage {
                delivery,
                ..seen("A", ANNA, "Артём", SENT + MINUTE)
            };
            assert_eq!(matched(&again, &[message], &[]), expected, "{delivery:?}");
        }
    }

    #[test]
    fn behind_a_lid_only_the_one_possible_row_matches() {
        let lid = seen("A", LID, "Артём", SENT + MINUTE);
        assert_eq!(
            matched(&[row(ANNA, "Артём")], std::slice::from_ref(&lid), &[]),
            "A"
        );
        assert_eq!(
            matched(
                &[row(ANNA, "Артём"), row(BORIS, "Артём")],
                std::slice::from_ref(&lid),
                &[]
            ),
            "? ?"
        );
        let earlier = Unknown {
            sent_at: SENT - 30 * MINUTE,
            ..row(BORIS, "Артём")
        };
        assert_eq!(
            matched(
                &[row(ANNA, "Артём"), earlier],
                std::slice::from_ref(&lid),
                &[]
            ),
            "? ?",
            "read late"
        );
        let two = ["A", "B"].map(|id| seen(id, LID, "Артём", SENT));
        assert_eq!(matched(&[row(ANNA, "Артём")], &two, &[]), "?");
        let person = seen("A", ANNA, "Артём", SENT);
        assert_eq!(
            matched(&[row(LID, "Артём")], std::slice::from_ref(&person), &[]),
            "A",
            "the other way round"
        );
        assert_eq!(matched(&[row(LID, "Мария")], &[person], &[]), "?");
    }

    #[test]
    fn behind_a_lid_the_contact_may_be_another_campaign_s() {
        let rows = [Unknown {
            others: SentByOthers {
                beside: true,
                ..SentByOthers::default()
            },
            ..row(ANNA, "Артём")
        }];
        assert_eq!(matched(&rows, &[seen("A", LID, "Артём", SENT)], &[]), "?");
        assert_eq!(
            matched(&rows, &[seen("A", ANNA, "Артём", SENT)], &[]),
            "A",
            "its chat says enough"
        );
        let rows = [Unknown {
            others: SentByOthers {
                after: true,
                ..SentByOthers::default()
            },
            ..row(ANNA, "Артём")
        }];
        assert_eq!(
            matched(&rows, &[seen("A", ANNA, "Артём", SENT)], &[]),
            "?",
            "the other campaign's may be it"
        );
    }

    #[test]
    fn behind_a_lid_an_id_is_accounted_for_row_s_unless_several_chats_show_it() {
        let [one, two] = ["1@lid", "2@lid"].map(|chat| seen("A", chat, "Артём", SENT));
        let rows = [row(ANNA, "Артём")];
        assert_eq!(
            matched(&rows, std::slice::from_ref(&one), &[("A", BORIS)]),
            "-"
        );
        assert_eq!(
            matched(&rows, &[one.clone(), two.clone()], &[("A", BORIS)]),
            "?"
        );
        assert_eq!(matched(&rows, &[one, two], &[]), "?");
    }

    const SHORT: &str = "525512345678@c.us";
    const LONG: &str = "5215512345678@c.us";

    #[test]
    fn a_contact_is_matched_in_any_chat_of_its_person() {
        for (ours, theirs) in [(SHORT, LONG), (LONG, SHORT), (LONG, LONG)] {
            let rows = [row(ours, "Андреи\u{306}")];
            assert_eq!(
                matched(&rows, &[seen("A", theirs, "Андрей", SENT)], &[]),
                "A",
                "{ours} {theirs}"
            );
            assert_eq!(
                matched(&rows, &[seen("A", theirs, "Мария", SENT)], &[]),
                "?",
                "{ours} {theirs}"
            );
            let other = ObservedMessage {
                phones: vec!["79001234569".into()],
                ..seen("A", theirs, "Андрей", SENT)
            };
            assert_eq!(matched(&rows, &[other], &[]), "?", "{ours} {theirs}");
        }
        let shown = [seen("A", LONG, "Артём", SENT)];
        assert_eq!(
            matched(&[row(SHORT, "Артём")], &shown, &[("A", SHORT)]),
            "-",
            "another row's"
        );
        let two = [row(SHORT, "Артём"), row(LONG, "Артём")];
        assert_eq!(
            matched(&two, &shown, &[]),
            "? ?",
            "nobody can tell whose it is"
        );
    }

    #[test]
    fn the_number_of_a_contact_is_known_in_either_form() {
        let rows = [Unknown {
            phone_contact: "525512345678".into(),
            ..row(ANNA, "Luis")
        }];
        for (phone, expected) in [
            ("5215512345678", "A"),
            ("525512345678", "A"),
            ("0525512345678", "?"),
            ("525512345679", "?"),
        ] {
            let message = ObservedMessage {
                phones: vec![phone.into()],
                ..seen("A", ANNA, "Luis", SENT)
            };
            assert_eq!(matched(&rows, &[message], &[]), expected, "{phone}");
        }
    }
}
