//! What the simulator remembers: requests, accepted messages, and how often each limit and fault was used. Times are
//! measured from the simulator's start, and are arguments.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    fault::{Condition, Fault},
    script::{ID_INSTANCE, Script},
};
use crate::domain::{ChatId, Message};

/// Everything that changes while the simulator runs.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The difference between its number and the default number, lower 32 bits.
    instance: u64,
    pub(super) requests: Vec<Request>,
    accepted: Vec<AcceptedMessage>,
    calls: BTreeMap<String, u64>,
    buckets: BTreeMap<String, Bucket>,
    faults_used: BTreeMap<usize, u64>,
    /// How many calls of each method were answered with 200.
    answered: BTreeMap<String, u64>,
    /// The chats whose account was checked.
    checked: BTreeSet<ChatId>,
}

/// One request and its result.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) at: Duration,
    pub(super) method: String,
    pub(super) body: Vec<u8>,
    pub(super) status: Option<u16>,
    pub(super) id_message: Option<String>,
}

/// An accepted message.
#[derive(Debug)]
pub(super) struct AcceptedMessage {
    pub(super) id_message: String,
    pub(super) message: Message,
    pub(super) at: Duration,
}

/// The subject of a request, as far as its body can be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The chat that it names.
    pub(super) chat: Option<&'a ChatId>,
    /// The message that it sends.
    pub(super) message: Option<&'a Message>,
}

/// A token bucket that holds one second's worth of calls, but at least one.
#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Duration,
}

impl State {
    /// Creates the state of this instance. Two instances never issue the same id; the ids of the default instance begin
    /// at 1.
    pub(super) fn new(id_instance: &str) -> Self {
        let number = |id: &str| id.parse().unwrap_or(0_u64);
        let apart = number(id_instance).wrapping_sub(number(ID_INSTANCE));
        Self {
            instance: apart & u64::from(u32::MAX),
            ..Self::default()
        }
    }

    /// Counts a call of the method, and returns the first fault of the script that applies to it.
    pub(super) fn count_call<'a>(
        &mut self,
        script: &'a Script,
        method: &str,
        about: &Subject<'_>,
    ) -> Option<&'a Fault> {
        let count = self.calls.entry(method.to_ascii_lowercase()).or_default();
        *count += 1;
        let count = *count;
        let used = &mut self.faults_used;
        let (position, fault) = script.faults.iter().enumerate().find(|(position, fault)| {
            let left = fault
                .times
                .is_none_or(|times| used.get(position).is_none_or(|used| *used < times));
            left && happens(&fault.when, method, count, about)
        })?;
        *used.entry(position).or_default() += 1;
        Some(fault)
    }

    /// Takes one call out of the method's bucket. Returns how many are left, or `None` if the bucket was empty.
    pub(super) fn take_token(&mut self, method: &str, rate: f64, now: Duration) -> Option<f64> {
        let most = rate.max(1.0);
        let bucket = self
            .buckets
            .entry(method.to_ascii_lowercase())
            .or_insert(Bucket {
                tokens: most,
                at: now,
            });
        let filled = bucket.tokens + now.saturating_sub(bucket.at).as_secs_f64() * rate;
        *bucket = Bucket {
            tokens: filled.min(most),
            at: now,
        };
        if bucket.tokens < 1.0 {
            return None;
        }
        bucket.tokens -= 1.0;
        Some(bucket.tokens.floor())
    }

    /// Returns how many calls of the method were answered with 200.
    pub(super) fn answered(&self, method: &str) -> u64 {
        let answered = self.answered.get(&method.to_ascii_lowercase());
        answered.copied().unwrap_or_default()
    }

    /// Counts a call of the method that is answered with 200.
    pub(super) fn count_answer(&mut self, method: &str) {
        *self
            .answered
            .entry(method.to_ascii_lowercase())
            .or_default() += 1;
    }

    /// Records that the account of this chat is checked. Returns whether it was checked before.
    pub(super) fn note_check(&mut self, chat: &ChatId) -> bool {
        !self.checked.insert(chat.clone())
    }

    /// Returns when the n-th contact, counted from 1, was accepted.
    pub(super) fn accepted_at(&self, number: usize) -> Option<Duration> {
        let place = number.checked_sub(1)?;
        self.accepted.get(place).map(|accepted| accepted.at)
    }

    /// Queues a message and returns its id: `3EB0` and, in 16 hexadecimal digits, the number of the instance and that
    /// of the message.
    pub(super) fn accept(&mut self, message: Message, now: Duration) -> String {
        let id_message = self.id_message(self.accepted.len() + 1);
        self.accepted.push(AcceptedMessage {
            id_message: id_message.clone(),
            message,
            at: now,
        });
        id_message
    }

    fn id_message(&self, number: usize) -> String {
        format!("3EB0{:08X}{number:08X}", self.instance)
    }

    /// Returns the message with this id, and its position in the order of all messages.
    pub(super) fn find(&self, id_message: &str) -> Option<(usize, &AcceptedMessage)> {
        let number = u64::from_str_radix(id_message.strip_prefix("3EB0")?, 16).ok()?;
        let place = usize::try_from(number & u64::from(u32::MAX))
            .ok()?
            .checked_sub(1)?;
        self.accepted
            .get(place)
            .filter(|accepted| accepted.id_message == id_message)
            .map(|accepted| (place, accepted))
    }

    /// Returns the messages that were accepted at this time or before, oldest first.
    pub(super) fn until(&self, time: Option<Duration>) -> &[AcceptedMessage] {
        let count = time.map_or(0, |time| {
            self.accepted
                .partition_point(|accepted| accepted.at <= time)
        });
        &self.accepted[..count]
    }

    /// Returns the messages that were accepted after this time, oldest first.
    pub(super) fn after(&self, time: Option<Duration>) -> &[AcceptedMessage] {
        &self.accepted[self.until(time).len()..]
    }
}

fn happens(when: &Condition, method: &str, count: u64, about: &Subject<'_>) -> bool {
    let chat_fits = |wanted: &String| about.chat.is_some_and(|chat| chat.as_str() == wanted);
    let phone_fits = |wanted: u64| {
        about
            .message
            .is_some_and(|message| message.contact.phone().as_u64() == wanted)
    };
    when.method
        .as_deref()
        .unwrap_or("sendContact")
        .eq_ignore_ascii_case(method)
        && when.request.is_none_or(|number| number == count)
        && when.from.is_none_or(|first| first <= count)
        && when.to.is_none_or(|last| count <= last)
        && when.every.is_none_or(|step| count.is_multiple_of(step))
        && when.recipient.as_ref().is_none_or(chat_fits)
        && when.phone_contact.is_none_or(phone_fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::request;

    fn message() -> Message {
        let body = r#"{"phoneNumber":79001234567,"contact":{"phoneContact":79001234568,"firstName":"Артем"}}"#;
        request::read(body.as_bytes(), false).unwrap()
    }

    #[test]
    fn a_fault_happens_to_the_requests_that_fit_and_as_often_as_it_says() {
        for (fault, happened) in [
            (r#"{"when":{"request":3},"then":{}}"#, "..x..."),
            (r#"{"when":{"from":2,"to":4},"then":{}}"#, ".xxx.."),
            (r#"{"when":{"every":2},"then":{}}"#, ".x.x.x"),
            (r#"{"when":{"every":2},"times":2,"then":{}}"#, ".x.x.."),
            (r#"{"when":{},"times":1,"then":{}}"#, "x....."),
            (
                r#"{"when":{"recipient":"79001234567@c.us"},"then":{}}"#,
                "xxxxxx",
            ),
            (
                r#"{"when":{"recipient":"79001234560@c.us"},"then":{}}"#,
                "......",
            ),
            (
                r#"{"when":{"phoneContact":79001234568,"request":2},"then":{}}"#,
                ".x....",
            ),
            (
                r#"{"when":{"phoneContact":79001234567},"then":{}}"#,
                "......",
            ),
            (
                r#"{"when":{"method":"getStateInstance"},"then":{}}"#,
                "......",
            ),
        ] {
            let script: Script =
                serde_json::from_str(&format!(r#"{{"faults":[{fault}]}}"#)).unwrap();
            let mut state = State::default();
            let message = message();
            let about = Subject {
                chat: Some(&message.recipient.chat()),
                message: Some(&message),
            };
            let seen: String = (0..6)
                .map(|_| {
                    if state.count_call(&script, "sendContact", &about).is_some() {
                        'x'
                    } else {
                        '.'
                    }
                })
                .collect();
            assert_eq!(seen, happened, "{fault}");
        }
    }

    #[test]
    fn the_bucket_gives_a_second_s_worth_at_once_and_then_the_rate() {
        let mut state = State::default();
        let mut passed = |rate: f64, millis: u64| {
            let method = rate.to_string();
            (0..200)
                .filter(|_| {
                    state
                        .take_token(&method, rate, Duration::from_millis(millis))
                        .is_some()
                })
                .count()
        };
        assert_eq!(
            [
                passed(50.0, 0),
                passed(50.0, 20),
                passed(50.0, 120),
                passed(50.0, 9000)
            ],
            [50, 1, 5, 50]
        );
        assert_eq!(
            [passed(0.5, 0), passed(0.5, 1999), passed(0.5, 2000)],
            [1, 0, 1]
        );
    }

    #[test]
    fn messages_have_ids_of_their_own_and_are_found_by_time() {
        let mut state = State::default();
        let ids: Vec<String> = [1, 2, 2, 5]
            .map(|second| state.accept(message(), Duration::from_secs(second)))
            .to_vec();
        assert_eq!(
            (ids[0].as_str(), ids[3].as_str()),
            ("3EB00000000000000001", "3EB00000000000000004")
        );
        assert_eq!(state.until(Some(Duration::from_secs(2))).len(), 3);
        assert_eq!(
            state.after(Some(Duration::from_secs(2)))[0].id_message,
            ids[3]
        );
        assert_eq!((state.until(None).len(), state.after(None).len()), (0, 4));
        assert_eq!(
            state
                .find(&ids[3])
                .map(|(place, accepted)| (place, accepted.at.as_secs())),
            Some((3, 5))
        );
        for unknown in [
            "",
            "3EB0",
            "3EB00000000000000000",
            "3EB00000000000000005",
            "3EB01",
            "ffff",
        ] {
            assert!(state.find(unknown).is_none(), "{unknown}");
        }
    }
}
