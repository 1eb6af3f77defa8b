//! Accounts, restrictions and past states, asked by the client over HTTP: of the simulator, and of the service of
//! these tests, which share no line.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use sendcontact::{
    domain::{AccountCheck, Contact, Lid, Message, Names, Outcome, Phone, Recipient, Throttle},
    green_api::{
        Client, Inspector, Instance, InstanceState, PhoneAs, ServiceClock, StateEntry, TimeOuts,
        is_authorized_throughout,
    },
    rate_limit::{Rate, RateLimiter},
    simulator::{self, Script, Simulator},
};
use serde_json::{Value, json};
use stand_in::{Accounts, Service, accepted};

const LID: &str = "120650379300963@lid";

fn client(url: &str, id: &str, token: &str) -> Client {
    let instance = Instance::new(url, id, SecretString::from(token.to_owned()), false).unwrap();
    let time_outs = TimeOuts {
        connect: Duration::from_secs(30),
        whole: Duration::from_mins(1),
    };
    let clock = ServiceClock::new(Timestamp::now, || Duration::ZERO);
    Client::new(&instance, time_outs, clock).unwrap()
}

async fn simulated(script: Value) -> (Simulator, Client) {
    let script: Script = serde_json::from_value(script).unwrap();
    let simulator = Simulator::start(SocketAddr::from(([127, 0, 0, 1], 0)), script)
        .await
        .unwrap();
    let client = client(&simulator.url(), simulator::ID_INSTANCE, simulator::TOKEN);
    (simulator, client)
}

fn stood_in(accounts: Accounts) -> (Service, Client) {
    let service = Service::with_accounts(accounts, |number, _| accepted(number));
    let client = client(&service.url(), stand_in::ID, stand_in::TOKEN);
    (service, client)
}

/// The n-th recipient.
fn phone(number: u64) -> Phone {
    Phone::try_from(79_000_000_000 + number).unwrap()
}

async fn send(client: &Client, number: u64) {
    let names = Names {
        first: "Артем".into(),
        ..Names::default()
    };
    let message = Message {
        recipient: Recipient::Phone(phone(number)),
        contact: Contact::new(phone(100), names).unwrap(),
    };
    let outcome = client.send_contact(&message, PhoneAs::ChatId).await;
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
}

fn exists(lid: &str) -> AccountCheck {
    AccountCheck::Exists {
        lid: Lid::new(lid.parse().unwrap()),
    }
}

/// One without an account, one with a lid, one that cannot be found out, and a quota that the fourth check meets.
async fn check_four(client: &Client) {
    assert_eq!(client.check_account(phone(1)).await, AccountCheck::Missing);
    assert_eq!(client.check_account(phone(2)).await, exists(LID));
    let timed_out = "HTTP 400: check phone number timeout limit exceeded";
    assert_eq!(
        client.check_account(phone(3)).await,
        AccountCheck::Unclear(timed_out.into())
    );
    let used = client.check_account(phone(4)).await;
    assert!(
        matches!(&used, AccountCheck::QuotaUsed(words) if words.starts_with("HTTP 466: Monthly quota")),
        "{used:?}"
    );
}

#[tokio::test]
async fn a_number_is_checked_as_the_script_says() {
    let (simulator, client) = simulated(json!({
        "statuses": { "79000000001@c.us": "noAccount" },
        "lids": { "79000000002@c.us": LID },
        "quotas": { "checkWhatsapp": 2 },
        "faults": [{
            "when": { "method": "checkWhatsapp", "recipient": "79000000003@c.us" },
            "then": { "status": 400, "body": { "message": "check phone number timeout limit exceeded" } },
        }],
    }))
    .await;
    check_four(&client).await;
    let statuses: Vec<_> = simulator
        .received()
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(statuses, [200, 200, 400, 466].map(Some));
    let (service, client) = stood_in(
        Accounts::default()
            .missing(79_000_000_001)
            .lid(79_000_000_002, LID)
            .unclear(79_000_000_003)
            .quota(3),
    );
    check_four(&client).await;
    let checks = service.checks();
    let numbers: Vec<_> = checks
        .iter()
        .map(|check| check.number - 79_000_000_000)
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert!(checks.is_sorted_by_key(|check| check.at));
}

#[tokio::test]
async fn an_instance_that_takes_no_contacts_checks_no_numbers() {
    for state in [json!("notAuthorized"), json!("starting"), json!(null)] {
        let (_simulator, client) = simulated(json!({ "state": state })).await;
        let either = Outcome::Throttled {
            by: Throttle::StartingOrNotAuthorized,
            wait: None,
        };
        assert_eq!(
            client.check_account(phone(1)).await,
            AccountCheck::NotAsked(either)
        );
    }
}

#[tokio::test]
async fn a_contact_to_a_number_without_an_account_is_accepted_and_never_arrives() {
    let (simulator, client) = simulated(json!({
        "statuses": { "79000000001@c.us": "noAccount" },
        "lids": { "79000000001@c.us": "120650379300961@lid", "79000000002@c.us": LID },
        "lid_mode": true,
    }))
    .await;
    for number in 1..=3 {
        send(&client, number).await;
    }
    let journal = Inspector::new(&client).journal(5).await.unwrap();
    let journal: Vec<_> = journal
        .iter()
        .map(|message| {
            (
                message.chat.as_deref().unwrap(),
                message.delivery.unwrap().as_str(),
            )
        })
        .collect();
    assert_eq!(
        journal,
        [
            ("90000079000000003@lid", "delivered"),
            (LID, "delivered"),
            ("120650379300961@lid", "noAccount"),
        ]
    );
    let id = simulator.received()[1].id_message.clone().unwrap();
    let mut inspector = Inspector::new(&client);
    for (chat, is_known) in [
        (LID, true),
        ("79000000002@c.us", true),
        ("79000000003@c.us", false),
    ] {
        let report = inspector.message(chat, &id).await.unwrap();
        assert_eq!(report.is_some(), is_known, "{chat}");
    }
}

/// Restricted from the second contact on for three seconds, and free again afterwards.
async fn restrict(client: &Client) {
    let mut inspector = Inspector::new(client);
    let began = Timestamp::now();
    send(client, 1).await;
    let free = inspector.wa_settings().await.unwrap();
    assert_eq!(
        (free.state, free.suspended_until),
        (Some(InstanceState::Authorized), None)
    );
    send(client, 2).await;
    let restricted = inspector.wa_settings().await.unwrap();
    assert_eq!(restricted.state, Some(InstanceState::Suspended));
    assert_eq!(restricted.phone.unwrap().as_u64(), 79_001_112_233);
    assert_eq!(inspector.state().await, Ok(InstanceState::Suspended));
    let until = restricted.suspended_until.unwrap();
    assert!(until > began && until < began + SignedDuration::from_mins(1));
    while inspector.state().await != Ok(InstanceState::Authorized) {}
    assert!(Timestamp::now() >= until);
    let settings = inspector.wa_settings().await.unwrap();
    assert_eq!(settings.suspended_until, None);

    let history = inspector.state_history().await.unwrap();
    let words = history.iter().map(|entry| entry.state.as_word());
    assert_eq!(
        words.collect::<Vec<_>>(),
        ["authorized", "suspended", "authorized"]
    );
    let hour_before = began - SignedDuration::from_hours(1);
    let just_before = began - SignedDuration::from_secs(1);
    assert!(is_authorized_throughout(&history, hour_before, just_before));
    assert!(!is_authorized_throughout(&history, hour_before, until));
    assert!(is_authorized_throughout(&history, until, Timestamp::now()));
}

#[tokio::test]
async fn a_restriction_has_a_beginning_an_end_and_a_place_in_the_history() {
    let (_simulator, simulated) = simulated(json!({
        "state_changes": [{ "state": "suspended", "from_contact": 2, "for_ms": 3000 }],
    }))
    .await;
    let lasts = Some(Duration::from_secs(3));
    let (_service, stood_in) = stood_in(Accounts::default().restricted(2, "suspended", lasts));
    tokio::join!(restrict(&simulated), restrict(&stood_in));
}

#[tokio::test]
async fn the_past_of_an_instance_is_shown_newest_first() {
    let (_simulator, simulated) = simulated(json!({ "past_states": [
        { "state": "authorized", "minutes_ago": 60 },
        { "state": "notAuthorized", "minutes_ago": 2 },
        { "state": "authorized", "minutes_ago": 1 },
    ] }))
    .await;
    let past = [
        ("authorized", 60),
        ("notAuthorized", 120),
        ("authorized", 3600),
    ];
    let (_service, stood_in) = stood_in(Accounts::default().past(&past));
    let now = Timestamp::now();
    let ago = |seconds| now - SignedDuration::from_secs(seconds);
    for client in [simulated, stood_in] {
        let history: Vec<StateEntry> = Inspector::new(&client).state_history().await.unwrap();
        assert_eq!(history.len(), 3);
        assert!(is_authorized_throughout(&history, ago(1800), ago(200)));
        assert!(!is_authorized_throughout(&history, ago(1800), now));
        assert!(is_authorized_throughout(&history, ago(30), now));
        assert!(!is_authorized_throughout(&history, ago(7200), ago(200)));
    }
}

/// As many are under way at once as there are permits.
#[tokio::test]
async fn checks_at_the_rate_of_the_limiter_are_never_too_many() {
    let (service, client) = stood_in(Accounts::default());
    let mut limiter = RateLimiter::new(Rate::ACCOUNT_CHECKS, Instant::now());
    let mut checks = tokio::task::JoinSet::new();
    for number in 0..25 {
        let permit = loop {
            match limiter.take(Instant::now()) {
                Ok(permit) => break permit,
                Err(next) => tokio::time::sleep_until(next.into()).await,
            }
        };
        let client = client.clone();
        checks.spawn(async move { (permit, client.check_account(phone(number)).await) });
        while let Some(done) = checks.try_join_next() {
            limiter.answered(done.unwrap().0, Instant::now());
        }
    }
    checks.join_all().await;
    let times: Vec<_> = service.checks().iter().map(|check| check.at).collect();
    assert_eq!(times.len(), 25);
    assert!(
        times
            .windows(11)
            .all(|window| window[10] - window[0] >= Duration::from_secs(1)),
        "{times:?}"
    );
}
