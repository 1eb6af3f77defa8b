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

/// Returns the id of each row's contact, `?` where it is unclear, `-` where there is none.
fn matched(unknown: &[Unknown], messages: &[ObservedMessage], claims: &[(&str, &str)]) -> String {
    matched_with(unknown, messages, claims, &LidPairs::default())
}

fn matched_with(
    unknown: &[Unknown],
    messages: &[ObservedMessage],
    claims: &[(&str, &str)],
    pairs: &LidPairs,
) -> String {
    let mut rows = KnownIds::new();
    for (id, chat) in claims {
        rows.entry((*id).to_owned())
            .or_default()
            .insert((*chat).to_owned());
    }
    let matched = match_rows(unknown, messages, rows, pairs);
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
            near_in_time: true,
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

#[test]
fn a_lid_whose_phone_is_known_is_the_chat_of_that_phone_and_of_no_other() {
    const OTHER: &str = "120650379300964@lid";
    const STRANGE: &str = "120650379300965@lid";
    let both = [row(ANNA, "Артём"), row(BORIS, "Артём")];
    let in_lid = |lid| [seen("L", lid, "Артём", SENT + MINUTE)];
    let known = LidPairs::for_tests(&[(LID, ANNA), (OTHER, BORIS)]);
    let one_known = LidPairs::for_tests(&[(LID, ANNA)]);
    let none = LidPairs::default();
    for (pairs, lid, expected) in [
        (&none, LID, "? ?"),
        (&known, LID, "L -"),
        (&known, OTHER, "- L"),
        (&one_known, LID, "L -"),
        // It may belong to anybody.
        (&known, STRANGE, "? ?"),
    ] {
        assert_eq!(
            matched_with(&both, &in_lid(lid), &[], pairs),
            expected,
            "{lid}"
        );
    }
    // An hour later it still matches; without a pair that would be a guess.
    let late = [seen("L", LID, "Артём", SENT + MINUTE * 60)];
    assert_eq!(matched_with(&both[..1], &late, &[], &known), "L");
    assert_eq!(matched_with(&both[..1], &late, &[], &none), "?");
    // A message of somebody else is not taken, although number, names and time fit nobody else.
    assert_eq!(matched_with(&both[1..], &in_lid(LID), &[], &none), "L");
    assert_eq!(matched_with(&both[1..], &in_lid(LID), &[], &one_known), "?");
    assert_eq!(matched_with(&both[1..], &in_lid(LID), &[], &known), "-");
    // A row for the lid is found in the chat of the phone.
    let hidden = [row(LID, "Артём")];
    assert_eq!(matched_with(&hidden, &in_lid(ANNA), &[], &known), "L");
    assert_eq!(matched_with(&hidden, &in_lid(BORIS), &[], &known), "-");
    // Two rows, one for each of the two ids of one person, cannot be told apart.
    let twice = [row(LID, "Артём"), row(ANNA, "Артём")];
    assert_eq!(matched_with(&twice, &in_lid(LID), &[], &known), "? ?");
    // Nor is a message used that another row already has.
    let claims = [("L", ANNA)];
    assert_eq!(matched_with(&hidden, &in_lid(LID), &claims, &known), "-");
}
