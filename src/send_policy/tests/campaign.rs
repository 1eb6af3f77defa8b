//! A campaign of several days with a clock that the test sets: what is sent, and when.

use std::{num::NonZeroU64, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::{
    i18n::Language,
    send_policy::{
        BlockReason, Caps, DailyUsage, Deadline, Forecast, Hours, RecipientKind, RecipientTraits,
        SendPolicy, Verdict, Workload, Zone, day_of,
    },
};

const NEW: RecipientTraits<'_> = RecipientTraits {
    zones: &[],
    kind: RecipientKind::New,
};
const KNOWN: RecipientTraits<'_> = RecipientTraits {
    zones: &[],
    kind: RecipientKind::Known,
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn schedule(windows: &str, days: &str, zone: &str) -> SendPolicy {
    let zone: Zone = zone.parse().unwrap();
    SendPolicy {
        hours: Hours {
            windows: windows
                .split(',')
                .map(|text| text.parse().unwrap())
                .collect(),
            days: days.parse().unwrap(),
            ..Hours::always(zone.clone())
        },
        ..SendPolicy::always(zone)
    }
}

/// Sends contacts, one every `gap`, and sleeps when it must. Returns the time of every contact, and why it slept.
fn run(
    schedule: &SendPolicy,
    now: &str,
    contacts: usize,
    gap: Duration,
    recipient: RecipientTraits<'_>,
) -> (Vec<Timestamp>, Vec<BlockReason>) {
    let gap = SignedDuration::try_from(gap).unwrap();
    let (mut now, mut usage, mut gone, mut slept) =
        (at(now), DailyUsage::default(), Vec::new(), Vec::new());
    let mut today = day_of(now, &schedule.hours.zone);
    while gone.len() < contacts {
        match schedule.verdict(now, &usage, recipient) {
            Verdict::Now => {
                gone.push(now);
                usage.add(1, recipient.kind, today.date);
                now = now.checked_add(gap).unwrap();
            }
            Verdict::NotBefore(next, why) => {
                assert!(next > now, "{why:?} leads ahead");
                now = next;
                slept.push(why);
            }
            Verdict::Over(why) => {
                slept.push(why);
                break;
            }
        }
        if now >= today.ends {
            (today, usage) = (day_of(now, &schedule.hours.zone), usage.tomorrow());
        }
    }
    (gone, slept)
}

/// Returns the first and the last contact of each day, and their number.
fn days(schedule: &SendPolicy, sent: &[Timestamp]) -> Vec<String> {
    let zone = &schedule.hours.zone;
    sent.chunk_by(|one, other| zone.local(*one).date() == zone.local(*other).date())
        .map(|day| format!("{} to {}: {}", day[0], day[day.len() - 1], day.len()))
        .collect()
}

#[test]
fn a_campaign_over_a_weekend_a_cap_and_a_change_of_the_clocks_sends_exactly_within_its_hours() {
    let mut schedule = schedule("10:00-19:00", "mon-fri", "Europe/Berlin");
    schedule.caps.daily = NonZeroU64::new(100);
    // Thursday evening; on the following Sunday the clocks go back.
    let (sent, slept) = run(
        &schedule,
        "2026-10-22T16:00Z",
        250,
        Duration::from_mins(2),
        KNOWN,
    );
    assert_eq!(
        days(&schedule, &sent),
        [
            "2026-10-22T16:00:00Z to 2026-10-22T16:58:00Z: 30",
            "2026-10-23T08:00:00Z to 2026-10-23T11:18:00Z: 100",
            // Ten in the morning is now an hour later in UTC.
            "2026-10-26T09:00:00Z to 2026-10-26T12:18:00Z: 100",
            "2026-10-27T09:00:00Z to 2026-10-27T09:38:00Z: 20",
        ]
    );
    assert_eq!(
        slept,
        [
            BlockReason::Window,
            BlockReason::DailyCap(100),
            BlockReason::DailyCap(100)
        ]
    );
}

#[test]
fn a_campaign_over_the_spring_change_sends_an_hour_earlier_by_the_sun() {
    let schedule = schedule("22:00-04:00", "sat", "America/New_York");
    let (sent, slept) = run(
        &schedule,
        "2026-03-07T12:00Z",
        400,
        Duration::from_mins(1),
        KNOWN,
    );
    // The night has five hours, not six: 02:00 to 03:00 is skipped.
    assert_eq!(
        days(&schedule, &sent),
        [
            "2026-03-08T03:00:00Z to 2026-03-08T04:59:00Z: 120",
            "2026-03-08T05:00:00Z to 2026-03-08T07:59:00Z: 180",
            "2026-03-15T02:00:00Z to 2026-03-15T03:39:00Z: 100",
        ]
    );
    assert_eq!(slept, [BlockReason::Window, BlockReason::Day]);
}

#[test]
fn a_young_number_warms_up_while_known_recipients_are_not_held() {
    let mut schedule = schedule("09:00-21:00", "mon-sun", "Europe/Moscow");
    schedule.caps = Caps {
        daily: NonZeroU64::new(60),
        new_recipients_per_day: NonZeroU64::new(40),
        warm_up: Some("20x2,30x1".parse().unwrap()),
        warm_up_since: None,
        spacing: None,
    };
    let (sent, slept) = run(
        &schedule,
        "2026-11-24T06:00Z",
        150,
        Duration::from_secs(10),
        NEW,
    );
    let counts: Vec<_> = days(&schedule, &sent)
        .iter()
        .map(|day| day.rsplit(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(counts, ["20", "20", "30", "40", "40"]);
    let warm = |cap, day| BlockReason::WarmUp { cap, day };
    assert_eq!(
        slept,
        [
            warm(20, 1),
            warm(20, 2),
            warm(30, 3),
            BlockReason::NewRecipients(40)
        ]
    );
    let (sent, _) = run(
        &schedule,
        "2026-11-24T06:00Z",
        150,
        Duration::from_secs(10),
        KNOWN,
    );
    assert_eq!(days(&schedule, &sent).len(), 3, "sixty a day");
}

#[test]
fn the_reckoned_finish_is_the_one_that_comes() {
    let mut berlin = schedule("10:00-19:00", "mon-fri", "Europe/Berlin");
    berlin.caps.daily = NonZeroU64::new(100);
    let mut night = schedule("22:00-04:00,12:00-12:07", "mon-sun", "Australia/Lord_Howe");
    night.caps.warm_up = Some("3x2,50x1".parse().unwrap());
    let mut ends = berlin.clone();
    ends.deadline = Deadline::of(Some(at("2026-10-26T11:00Z")), None, at("2026-10-22T16:00Z"));
    let mut starts = night.clone();
    starts.start = Some(at("2026-10-25T13:30:30Z"));
    for (place, schedule) in [berlin, night, ends, starts].iter().enumerate() {
        for gap in [1, 7, 60, 121, 3_600, 7_200, 90_000] {
            for recipient in [NEW, KNOWN] {
                let gap = Duration::from_secs(gap);
                let (sent, _) = run(schedule, "2026-10-22T16:00Z", 120, gap, recipient);
                let expected = Forecast {
                    contacts: sent.len() as u64,
                    first: sent.first().map(|first| (0, *first)),
                    last: sent.last().copied(),
                };
                let found = schedule.forecast(
                    at("2026-10-22T16:00Z"),
                    DailyUsage::default(),
                    Workload { contacts: 120, gap },
                    recipient,
                );
                assert_eq!(found, expected, "schedule {place}, {gap:?}, {recipient:?}");
            }
        }
    }
}

#[test]
fn a_campaign_without_end_is_reckoned_for_five_years_only_and_one_without_rules_at_once() {
    let mut slow = schedule("10:00-19:00", "mon-sun", "UTC");
    slow.caps.daily = NonZeroU64::new(1);
    let forecast = slow.forecast(
        at("2026-11-24T00:00Z"),
        DailyUsage::default(),
        Workload {
            contacts: 1_000_000,
            gap: Duration::from_secs(1),
        },
        NEW,
    );
    assert_eq!(forecast.contacts, 5 * 366);
    let free = SendPolicy::always("UTC".parse().unwrap());
    let now = at("2026-11-24T00:00Z");
    let forecast = free.forecast(
        now,
        DailyUsage::default(),
        Workload {
            contacts: 10_000_000,
            gap: Duration::ZERO,
        },
        NEW,
    );
    assert_eq!(
        forecast,
        Forecast {
            contacts: 10_000_000,
            first: Some((0, now)),
            last: Some(now)
        }
    );
    // Ten million at fifty a second: 55 hours, 33 minutes and 20 seconds, less the last gap.
    let forecast = free.forecast(
        now,
        DailyUsage::default(),
        Workload {
            contacts: 10_000_000,
            gap: Duration::from_millis(20),
        },
        NEW,
    );
    assert_eq!(forecast.last, Some(at("2026-11-26T07:33:19.98Z")));
}

#[test]
fn the_rule_that_holds_longest_is_named() {
    let mut rules = schedule("10:00-19:00", "mon-fri", "Europe/Moscow");
    rules.hours.holidays = "2026-11-25".parse().unwrap();
    rules.caps.daily = NonZeroU64::new(5);
    let night = schedule("00:00-10:00", "mon-sun", "Europe/Moscow");
    let night = SendPolicy {
        caps: rules.caps.clone(),
        ..night
    };
    let early = SendPolicy {
        start: Some(at("2026-11-26T08:00Z")),
        ..rules.clone()
    };
    let usage = DailyUsage {
        contacts_today: 5,
        ..DailyUsage::default()
    };
    for (schedule, now, usage, expected) in [
        (
            &rules,
            "2026-11-24T08:00Z",
            DailyUsage::default(),
            Verdict::Now,
        ),
        (
            &rules,
            "2026-11-24T06:00Z",
            DailyUsage::default(),
            Verdict::NotBefore(at("2026-11-24T07:00Z"), BlockReason::Window),
        ),
        (
            &rules,
            "2026-11-24T06:00Z",
            usage,
            Verdict::NotBefore(at("2026-11-26T07:00Z"), BlockReason::DailyCap(5)),
        ),
        (
            &rules,
            "2026-11-24T17:00Z",
            usage,
            Verdict::NotBefore(at("2026-11-26T07:00Z"), BlockReason::Window),
        ),
        // It opens with the day of which nothing is used yet.
        (
            &night,
            "2026-11-24T17:00Z",
            usage,
            Verdict::NotBefore(at("2026-11-24T21:00Z"), BlockReason::Window),
        ),
        (
            &rules,
            "2026-11-28T08:00Z",
            usage,
            Verdict::NotBefore(at("2026-11-30T07:00Z"), BlockReason::Day),
        ),
        (
            &rules,
            "2026-11-25T08:00Z",
            DailyUsage::default(),
            Verdict::NotBefore(
                at("2026-11-26T07:00Z"),
                BlockReason::Holiday("2026-11-25".parse().unwrap()),
            ),
        ),
        (
            &early,
            "2026-11-24T08:00Z",
            usage,
            Verdict::NotBefore(at("2026-11-26T08:00Z"), BlockReason::Start),
        ),
        (
            &early,
            "2026-11-26T07:59Z",
            usage,
            Verdict::NotBefore(at("2026-11-27T07:00Z"), BlockReason::DailyCap(5)),
        ),
    ] {
        assert_eq!(
            schedule.verdict(at(now), &usage, KNOWN),
            expected,
            "{now} {usage:?}"
        );
    }
}

#[test]
fn a_run_is_over_when_its_end_comes_before_the_next_contact() {
    let rules = schedule("10:00-19:00", "mon-fri", "Europe/Moscow");
    let until = |text: &str| Deadline::of(Some(at(text)), None, at("2026-11-24T07:00Z"));
    for (deadline, now, expected) in [
        (
            until("2026-11-24T12:00Z"),
            "2026-11-24T11:59:59.999Z",
            Verdict::Now,
        ),
        (
            until("2026-11-24T12:00Z"),
            "2026-11-24T12:00Z",
            Verdict::Over(BlockReason::Until),
        ),
        (
            until("2026-11-25T06:59Z"),
            "2026-11-24T16:00Z",
            Verdict::Over(BlockReason::Until),
        ),
        (
            until("2026-11-25T07:00Z"),
            "2026-11-24T16:00Z",
            Verdict::Over(BlockReason::Until),
        ),
        (
            until("2026-11-25T07:01Z"),
            "2026-11-24T16:00Z",
            Verdict::NotBefore(at("2026-11-25T07:00Z"), BlockReason::Window),
        ),
    ] {
        let schedule = SendPolicy {
            deadline,
            ..rules.clone()
        };
        assert_eq!(
            schedule.verdict(at(now), &DailyUsage::default(), KNOWN),
            expected,
            "{now} {deadline:?}"
        );
    }
    let begun = at("2026-11-24T07:00Z");
    let hour = Some(Duration::from_hours(1));
    let lasted = BlockReason::MaxDuration(Duration::from_hours(1));
    assert_eq!(
        Deadline::of(None, hour, begun),
        Some(Deadline {
            at: at("2026-11-24T08:00Z"),
            why: lasted
        })
    );
    assert_eq!(
        Deadline::of(Some(at("2026-11-24T09:00Z")), hour, begun)
            .unwrap()
            .why,
        lasted
    );
    assert_eq!(
        Deadline::of(Some(at("2026-11-24T07:30Z")), hour, begun)
            .unwrap()
            .why,
        BlockReason::Until
    );
    assert_eq!(Deadline::of(None, None, begun), None);
    assert_eq!(
        Deadline::of(None, Some(Duration::MAX), begun).unwrap().at,
        Timestamp::MAX
    );
}

#[test]
fn russia_has_no_hour_between_ten_and_seven_unless_the_row_names_its_zone() {
    let zones: Vec<Zone> = (-1..=9)
        .map(|hours| format!("МСК{hours:+}").parse().unwrap())
        .collect();
    let all = RecipientTraits {
        zones: &zones,
        kind: RecipientKind::New,
    };
    let rules = schedule("10:00-19:00", "mon-sun", "Europe/Moscow");
    let now = at("2026-11-24T08:00Z");
    let verdict = rules.verdict(now, &DailyUsage::default(), all);
    assert_eq!(verdict, Verdict::Over(BlockReason::Never(11)));
    let shown = rules.sentence(verdict, Language::En).unwrap();
    assert!(
        shown.contains("11 time zones") && shown.contains("--map timeZone=COLUMN"),
        "{shown}"
    );
    let own: Zone = "МСК+4".parse().unwrap();
    let own = RecipientTraits {
        zones: &[own],
        kind: RecipientKind::New,
    };
    assert_eq!(
        rules.verdict(now, &DailyUsage::default(), own),
        Verdict::Now
    );
    let long = schedule("10:00-21:00", "mon-sun", "Europe/Moscow");
    assert_eq!(long.verdict(now, &DailyUsage::default(), all), Verdict::Now);
    let later = at("2026-11-24T09:00Z");
    let expected = Verdict::NotBefore(at("2026-11-25T08:00Z"), BlockReason::Theirs);
    assert_eq!(long.verdict(later, &DailyUsage::default(), all), expected);
}

#[test]
fn a_verdict_is_told_in_both_languages() {
    let mut rules = schedule("10:00-13:00,14:00-19:00", "mon-fri", "Europe/Moscow");
    rules.deadline = Deadline::of(Some(at("2026-12-01T16:00Z")), None, at("2026-11-24T07:00Z"));
    let next = at("2026-11-25T07:00Z");
    let holiday = BlockReason::Holiday("2026-11-24".parse().unwrap());
    let hour = BlockReason::MaxDuration(Duration::from_mins(90));
    for (verdict, english, russian) in [
        (
            Verdict::NotBefore(next, BlockReason::Window),
            "outside sending hours (10:00-13:00, 14:00-19:00); resumes at 2026-11-25 10:00 (Europe/Moscow)",
            "сейчас не время отправки (10:00-13:00, 14:00-19:00); продолжение 25.11.2026 10:00 (Europe/Moscow)",
        ),
        (
            Verdict::NotBefore(next, BlockReason::Day),
            "outside sending days (mon-fri); resumes at 2026-11-25 10:00 (Europe/Moscow)",
            "сегодня не день отправки (пн-пт); продолжение 25.11.2026 10:00 (Europe/Moscow)",
        ),
        (
            Verdict::NotBefore(next, holiday),
            "2026-11-24 is a holiday; resumes at 2026-11-25 10:00 (Europe/Moscow)",
            "24.11.2026 — праздник; продолжение 25.11.2026 10:00 (Europe/Moscow)",
        ),
        (
            Verdict::Over(BlockReason::Until),
            "the run ends at 2026-12-01 19:00 (Europe/Moscow); the rest stays pending, run again to continue",
            "отправка идёт до 01.12.2026 19:00 (Europe/Moscow); остальные контакты остаются в очереди кампании; чтобы продолжить, запустите ещё раз",
        ),
        (
            Verdict::Over(hour),
            "the run lasts 1h 30m at most; the rest stays pending, run again to continue",
            "отправка длится не дольше 1 ч 30 мин; остальные контакты остаются в очереди кампании; чтобы продолжить, запустите ещё раз",
        ),
    ] {
        assert_eq!(
            rules.sentence(verdict, Language::En).as_deref(),
            Some(english)
        );
        assert_eq!(
            rules.sentence(verdict, Language::Ru).as_deref(),
            Some(russian)
        );
    }
    for why in [
        BlockReason::Theirs,
        BlockReason::DailyCap(7),
        BlockReason::NewRecipients(7),
        BlockReason::WarmUp { cap: 7, day: 3 },
        BlockReason::Start,
    ] {
        for language in [Language::En, Language::Ru] {
            let shown = rules
                .sentence(Verdict::NotBefore(next, why), language)
                .unwrap();
            let number = if why == BlockReason::Theirs {
                "14:00-19:00"
            } else {
                "7"
            };
            assert!(shown.contains("10:00 (Europe/Moscow)"), "{shown}");
            assert!(
                shown.contains(number) || why == BlockReason::Start,
                "{shown}"
            );
        }
    }
    assert_eq!(rules.sentence(Verdict::Now, Language::En), None);
}

#[test]
fn recipients_of_several_zones_are_done_when_the_last_of_them_are() {
    let day = schedule("10:00-19:00", "mon-sun", "UTC");
    let zones: [Zone; 3] = ["UTC", "UTC+12", "UTC-12"].map(|zone| zone.parse().unwrap());
    let minute = Duration::from_mins(1);
    for (now, cap, contacts, expected) in [
        // Here at once, in the east at 22:00, and in the west too.
        (
            "2026-11-24T12:00Z",
            None,
            [10, 10, 10],
            (30, "2026-11-24T22:19Z"),
        ),
        (
            "2026-11-24T12:00Z",
            None,
            [10, 0, 0],
            (10, "2026-11-24T12:09Z"),
        ),
        // One hour is left here, and the rest waits for the next day.
        (
            "2026-11-24T18:00Z",
            None,
            [90, 60, 0],
            (150, "2026-11-25T10:29Z"),
        ),
        (
            "2026-11-24T12:00Z",
            NonZeroU64::new(15),
            [10, 10, 10],
            (30, "2026-11-25T00:14Z"),
        ),
    ] {
        let caps = Caps {
            daily: cap,
            ..Caps::default()
        };
        let schedule = SendPolicy {
            caps,
            ..day.clone()
        };
        let recipient = |zone| RecipientTraits {
            zones: std::slice::from_ref(zone),
            kind: RecipientKind::Known,
        };
        let groups: Vec<_> = contacts
            .into_iter()
            .zip(zones.iter().map(recipient))
            .collect();
        let load = Workload {
            contacts: contacts.iter().sum(),
            gap: minute,
        };
        let forecast = schedule.forecast_groups(at(now), DailyUsage::default(), load, &groups);
        assert_eq!(
            forecast,
            Forecast {
                contacts: expected.0,
                first: forecast.first,
                last: Some(at(expected.1))
            },
            "{now} {contacts:?}"
        );
    }
}
