//! Who has an account, and what the service shows of the instance itself.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use serde_json::{Value, json};

use crate::{Received, Reply, Service, refused};

/// The number of the instance.
const OWN: &str = "79001112233";

const MONTH: u64 = 30 * 24 * 3600;

/// Answers to `checkWhatsapp`, `getStateInstance`, `getWaSettings` and `getStateInstanceHistory`. Whoever is not named
/// has an account, and the instance has been authorized for a month.
#[derive(Debug)]
pub struct Accounts {
    missing: HashSet<u64>,
    unclear: HashSet<u64>,
    lids: HashMap<u64, String>,
    quota: usize,
    restriction: Option<Restriction>,
    /// States and how many seconds ago they began, newest first.
    past: Vec<(String, u64)>,
    begun: SystemTime,
    checks: AtomicUsize,
    restricted: OnceLock<SystemTime>,
}

#[derive(Debug)]
struct Restriction {
    from_contact: usize,
    state: String,
    lasts: Option<Duration>,
}

/// A check that was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    pub number: u64,
    pub at: Instant,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            missing: HashSet::new(),
            unclear: HashSet::new(),
            lids: HashMap::new(),
            quota: usize::MAX,
            restriction: None,
            past: vec![("authorized".to_owned(), MONTH)],
            begun: SystemTime::now(),
            checks: AtomicUsize::new(0),
            restricted: OnceLock::new(),
        }
    }
}

impl Accounts {
    /// This number has no account.
    #[must_use]
    pub fn missing(mut self, number: u64) -> Self {
        self.missing.insert(number);
        self
    }

    /// Whether this number has an account is never found out.
    #[must_use]
    pub fn unclear(mut self, number: u64) -> Self {
        self.unclear.insert(number);
        self
    }

    /// This number has an account of this lid.
    #[must_use]
    pub fn lid(mut self, number: u64, lid: &str) -> Self {
        self.lids.insert(number, lid.to_owned());
        self
    }

    /// Only so many checks are answered.
    #[must_use]
    pub const fn quota(mut self, checks: usize) -> Self {
        self.quota = checks;
        self
    }

    /// From the n-th contact on, counted from 1, the instance is in this state, such as `suspended`; for ever, and then
    /// without a `suspendedUntil`, if no time is given.
    #[must_use]
    pub fn restricted(mut self, from_contact: usize, state: &str, lasts: Option<Duration>) -> Self {
        self.restriction = Some(Restriction {
            from_contact,
            state: state.to_owned(),
            lasts,
        });
        self
    }

    /// The states before, newest first, with how many seconds ago each began.
    #[must_use]
    pub fn past(mut self, states: &[(&str, u64)]) -> Self {
        let owned = |(state, ago): &(&str, u64)| ((*state).to_owned(), *ago);
        self.past = states.iter().map(owned).collect();
        self
    }

    /// The answer to a request that comes after so many contacts; nothing if it is of another method.
    pub fn answer(&self, contacts: usize, request: &Received) -> Option<Reply> {
        let now = SystemTime::now();
        let contacts = contacts + usize::from(request.is_send());
        if let Some(restriction) = &self.restriction
            && contacts >= restriction.from_contact
        {
            self.restricted.get_or_init(|| now);
        }
        let json = |body: Value| Some(Reply::Answer(200, body.to_string()));
        match request.path.split('/').nth(2)? {
            "checkWhatsapp" => Some(self.check(request)),
            "getStateInstance" => json(json!({ "stateInstance": self.state(now) })),
            "getWaSettings" => json(self.settings(now)),
            "getStateInstanceHistory" => json(self.history(now)),
            _ => None,
        }
    }

    fn check(&self, request: &Received) -> Reply {
        if self.checks.fetch_add(1, Ordering::Relaxed) >= self.quota {
            let body = json!({ "invokeStatus": {
                "method": "checkwhatsapp", "used": self.quota, "total": self.quota, "status": "QUOTE_EXCEEDED",
                "description": "Monthly quota has been exceeded",
            } });
            return Reply::Answer(466, body.to_string());
        }
        let number = checked_number(request);
        if self.unclear.contains(&number) {
            return refused(400, "check phone number timeout limit exceeded");
        }
        let body = if self.missing.contains(&number) {
            json!({ "existsWhatsapp": false, "chatId": "", "username": "", "phoneNumber": "", "fromCache": false })
        } else {
            let own = format!("{number}@c.us");
            json!({
                "existsWhatsapp": true, "chatId": self.lids.get(&number).unwrap_or(&own), "username": "",
                "phoneNumber": own, "fromCache": false,
            })
        };
        Reply::Answer(200, body.to_string())
    }

    /// Since when and until when the instance is restricted, if it is or was.
    fn period(&self) -> Option<(&Restriction, SystemTime, Option<SystemTime>)> {
        let (restriction, since) = (self.restriction.as_ref()?, *self.restricted.get()?);
        Some((restriction, since, restriction.lasts.map(|lasts| since + lasts)))
    }

    fn state(&self, now: SystemTime) -> &str {
        match self.period() {
            Some((restriction, _, until)) if until.is_none_or(|until| now < until) => {
                &restriction.state
            }
            _ => &self.past[0].0,
        }
    }

    fn settings(&self, now: SystemTime) -> Value {
        let mut settings = json!({ "phone": OWN, "stateInstance": self.state(now), "avatar": "" });
        if let Some((_, _, Some(until))) = self.period()
            && now < until
        {
            settings["suspendedUntil"] = seconds(until).into();
        }
        settings
    }

    fn history(&self, now: SystemTime) -> Value {
        let entry = |state: &str, at: SystemTime| json!({ "stateInstance": state, "timestamp": seconds(at), "phoneNumber": format!("{OWN}@c.us") });
        let mut entries = Vec::new();
        if let Some((restriction, since, until)) = self.period() {
            if let Some(until) = until.filter(|until| *until <= now) {
                entries.push(entry(&self.past[0].0, until));
            }
            entries.push(entry(&restriction.state, since));
        }
        let before = self.past.iter().map(|(state, ago)| entry(state, self.begun - Duration::from_secs(*ago)));
        entries.into_iter().chain(before).collect()
    }
}

impl Service {
    /// One that answers what is asked of accounts and of the instance by itself, and everything else as the test says.
    pub fn with_accounts(
        accounts: Accounts,
        answers: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start(move |number, request| {
            accounts
                .answer(number, request)
                .unwrap_or_else(|| answers(number, request))
        })
    }

    /// Every check that came, in the order of arrival.
    pub fn checks(&self) -> Vec<Check> {
        let received = self.received().into_iter();
        received
            .filter(|request| request.path.contains("/checkWhatsapp/"))
            .map(|request| Check {
                number: checked_number(&request),
                at: request.at,
            })
            .collect()
    }
}

fn checked_number(request: &Received) -> u64 {
    let chat = request.chat();
    chat.split('@').next().unwrap().parse().unwrap()
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}
