use std::{path::PathBuf, time::Duration};

use jiff::{Timestamp, tz::TimeZone};

use super::*;
use crate::{
    domain::{Counts, Delivery},
    ledger::{Reason, Run},
};

/// Figures with rows of every kind, and words as long and as broken as a service may send.
fn figures() -> CampaignStats {
    let mut counts = Counts::default();
    for (rows, status) in (100..).zip(Status::ALL) {
        counts.add(status, rows);
    }
    let reason = |rows| Reason {
        status: Status::Failed,
        error: format!("HTTP 500:\n\t{}", "very long ".repeat(100)),
        rows,
    };
    let run = Run {
        number: 1,
        began: Timestamp::constant(1_795_408_800, 0),
        ended: Some(Timestamp::constant(1_795_409_000, 500_000_000)),
        version: "0.1.0".into(),
        command: "send".into(),
        rate: Some(50.0),
        exit: Some(6),
        before: Counts::default(),
        after: Some(counts),
        stop: None,
    };
    CampaignStats {
        campaign: "осень".into(),
        ledger: PathBuf::from("осень.ledger").into(),
        parties: Vec::new(),
        counts,
        reasons: (1..9).rev().map(reason).collect(),
        deliveries: vec![(Delivery::Delivered, 60), (Delivery::NoAccount, 30)],
        runs: vec![run],
        held: Vec::new(),
        sources: Vec::new(),
        zone: TimeZone::get("Europe/Moscow").unwrap(),
    }
}

fn next() -> NextSteps {
    NextSteps {
        run: RunState::Ended,
        send: Some("sendcontact send осень.csv".into()),
        reconcile: "sendcontact reconcile осень --wait 5m".into(),
        report_not_sent: "sendcontact report осень --only not-sent".into(),
        report_not_delivered: "sendcontact report осень --only not-delivered".into(),
    }
}

#[test]
fn a_run_that_is_on_is_told_instead_of_how_to_run_again() {
    let paused = RunState::Paused {
        resume: "sendcontact resume осень".into(),
    };
    for (run, language, told) in [
        (
            RunState::Ended,
            Language::En,
            "106 contacts: sendcontact send осень.csv",
        ),
        (
            RunState::Sending,
            Language::En,
            "A run is sending now; 106 contacts wait",
        ),
        (
            RunState::Sending,
            Language::Ru,
            "Сейчас идёт отправка, осталось 106 контактов.",
        ),
        (
            paused.clone(),
            Language::En,
            "The run is paused: sendcontact resume осень",
        ),
        (
            paused,
            Language::Ru,
            "на паузе, продолжить: sendcontact resume осень",
        ),
    ] {
        let is_ended = run == RunState::Ended;
        let next = NextSteps { run, ..next() };
        let text = brief(&figures(), &next, language);
        assert!(text.contains(told), "{text}");
        for command in ["sendcontact send", "sendcontact reconcile"] {
            assert_eq!(text.contains(command), is_ended, "{command}: {text}");
        }
    }
}

#[test]
fn a_message_for_a_chat_has_few_short_lines() {
    let figures = figures();
    for language in [Language::En, Language::Ru] {
        let text = brief(&figures, &next(), language);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 12, "{text}");
        let head = match language {
            Language::En => "осень, 2026-11-23 07:43 (Europe/Moscow)",
            Language::Ru => "осень, 23.11.2026 07:43 (Europe/Moscow)",
        };
        assert_eq!(lines[0], head);
        // A command is never cut.
        let is_short = |line: &&str| line.contains("sendcontact ") || line.chars().count() <= 120;
        assert!(!text.contains('\t') && lines.iter().all(is_short), "{text}");
    }
    let text = brief(&figures, &next(), Language::En);
    assert!(
        text.contains("100 of 721 accepted\nfailed 101, invalid 102, duplicate 103"),
        "{text}"
    );
    assert!(text.contains(
        "Delivery: delivered 60, no WhatsApp account 30, no data yet 10\n• 8 × HTTP 500: very"
    ));
    assert!(
        text.contains("\n• and 5 more reasons (15 rows)\n"),
        "{text}"
    );
}

#[test]
fn a_campaign_that_is_done_says_so() {
    let mut counts = Counts::default();
    counts.add(Status::Accepted, 2);
    let done = CampaignStats {
        counts,
        reasons: Vec::new(),
        deliveries: Vec::new(),
        runs: Vec::new(),
        ..figures()
    };
    assert_eq!(
        brief(&done, &next(), Language::Ru),
        "осень\nПринято 2 из 2\nБольше ничего делать не нужно.\n"
    );
}

#[test]
fn a_run_tells_how_many_contacts_it_handed_over_and_how_fast() {
    let run = &figures().runs[0];
    assert_eq!(stats::contacts(run), Some(100 + 101 + 105));
    assert_eq!(
        (stats::took(run), stats::rate(run)),
        (Some(Duration::from_millis(200_500)), Some(1.53))
    );
    let cut_off = Run {
        ended: None,
        exit: None,
        after: None,
        ..run.clone()
    };
    assert_eq!(
        (
            stats::contacts(&cut_off),
            stats::took(&cut_off),
            stats::rate(&cut_off)
        ),
        (None, None, None)
    );
}

#[test]
fn a_page_shows_what_became_of_the_rows_and_when_it_was_made() {
    let now = Timestamp::constant(1_795_409_000, 0);
    let figures = CampaignStats {
        deliveries: vec![(Delivery::YellowCard, 90)],
        ..figures()
    };
    let english = html::page(&figures, now, Language::En);
    let ring = english.split("<svg").nth(1).unwrap();
    assert_eq!(ring.matches("<circle ").count(), 3, "{ring}");
    assert!(ring.contains("piece-is-yellowCard") && !ring.contains("piece-accepted"));
    for text in [
        "100 of 721 accepted, held back by WhatsApp 90, no data yet 10",
        "As of 2026-11-23 07:43 (Europe/Moscow)",
        "Rows by delivery: held back by WhatsApp 90, no data yet 10, not accepted 621",
        "stop sending for a few days",
    ] {
        assert!(english.contains(text), "{text}: {english}");
    }
    let untracked = CampaignStats {
        deliveries: Vec::new(),
        ..figures
    };
    let russian = html::page(&untracked, now, Language::Ru);
    assert!(russian.contains("По состоянию на 23.11.2026 07:43 (Europe/Moscow)"));
    assert!(russian.contains("class=\"piece-accepted\"") && russian.contains(">принято</span>"));
}

#[test]
fn a_page_explains_only_what_there_is() {
    let mut counts = Counts::default();
    counts.add(Status::Accepted, 6);
    let done = CampaignStats {
        counts,
        deliveries: Vec::new(),
        ..figures()
    };
    let page = html::page(&done, Timestamp::UNIX_EPOCH, Language::En);
    assert!(page.contains("The service queued the contact") && !page.contains("Not sent yet"));
}
