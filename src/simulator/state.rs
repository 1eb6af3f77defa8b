//! What the simulator remembers: requests, cards that it took, and how often each limit and fault
//! was used. Time is how long the simulator has run, and is an argument.

use std::{collections::BTreeMap, time::Duration};

use super::script::{Fault, ID_INSTANCE, Script, When};
use crate::domain::Message;

/// Everything that changes while the simulator runs.
#[derive(Debug, Default)]
pub(super) struct State {
    instance: u32,
    pub(super) requests: Vec<Request>,
    cards: Vec<Card>,
    calls: BTreeMap<String, u64>,
    buckets: BTreeMap<String, Bucket>,
    faults_used: BTreeMap<usize, u64>,
}

/// One request and what became of it.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) at: Duration,
    pub(super) method: String,
    pub(super) body: Vec<u8>,
    pub(super) status: Option<u16>,
    pub(super) id_message: Option<String>,
}

/// A card that was taken.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) id_message: String,
    pub(super) message: Message,
    pub(super) at: Duration,
}

/// A token bucket that holds one second's worth of calls, but at least one.
#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Duration,
}

impl State {
    /// The book of this instance; the ids of two never meet, and those of the usual one begin at 1.
    pub(super) fn of(id_instance: &str) -> Self {
        let number = |id: &str| id.parse().unwrap_or(0_u64);
        let apart = number(id_instance).wrapping_sub(number(ID_INSTANCE));
        Self {
            instance: u32::try_from(apart & u64::from(u32::MAX)).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Counts a call of the method, and tells the first fault of the script that happens to it.
    pub(super) fn begin<'a>(
        &mut self,
        script: &'a Script,
        method: &str,
        message: Option<&Message>,
    ) -> Option<&'a Fault> {
        let count = self.calls.entry(method.to_ascii_lowercase()).or_default();
        *count += 1;
        let count = *count;
        let used = &mut self.faults_used;
        let (position, fault) = script.faults.iter().enumerate().find(|(position, fault)| {
            let left = fault
                .times
                .is_none_or(|times| used.get(position).is_none_or(|used| *used < times));
            left && happens(&fault.when, method, count, message)
        })?;
        *used.entry(position).or_default() += 1;
        Some(fault)
    }

    /// Takes one call out of the method's bucket: how many it still has, or nothing if it is empty.
    pub(super) fn spend(&mut self, method: &str, rate: f64, now: Duration) -> Option<f64> {
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

    /// Puts a card into the queue and names it: `3EB0` and, in 16 hexadecimal digits, its number behind
    /// that of the instance.
    pub(super) fn take(&mut self, message: Message, now: Duration) -> String {
        let id_message = self.name(self.cards.len() + 1);
        self.cards.push(Card {
            id_message: id_message.clone(),
            message,
            at: now,
        });
        id_message
    }

    fn name(&self, number: usize) -> String {
        format!("3EB0{:08X}{number:08X}", self.instance)
    }

    /// The card of this name, and its place in the order of all.
    pub(super) fn card(&self, id_message: &str) -> Option<(usize, &Card)> {
        let number = u64::from_str_radix(id_message.strip_prefix("3EB0")?, 16).ok()?;
        let place = usize::try_from(number & u64::from(u32::MAX))
            .ok()?
            .checked_sub(1)?;
        self.cards
            .get(place)
            .filter(|card| card.id_message == id_message)
            .map(|card| (place, card))
    }

    /// The cards that came at this time or before, oldest first.
    pub(super) fn until(&self, time: Option<Duration>) -> &[Card] {
        let count = time.map_or(0, |time| self.cards.partition_point(|card| card.at <= time));
        &self.cards[..count]
    }

    /// The cards that came after this time, oldest first.
    pub(super) fn after(&self, time: Option<Duration>) -> &[Card] {
        &self.cards[self.until(time).len()..]
    }
}

fn happens(when: &When, method: &str, count: u64, message: Option<&Message>) -> bool {
    let chat = message.map(|message| message.recipient.chat());
    let chat_fits = |wanted: &String| chat.as_ref().is_some_and(|chat| chat.as_str() == wanted);
    let phone_fits =
        |wanted: u64| message.is_some_and(|card| card.contact.phone().as_u64() == wanted);
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
            let mut book = State::default();
            let seen: String = (0..6)
                .map(|_| {
                    if book
                        .begin(&script, "sendContact", Some(&message()))
                        .is_some()
                    {
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
        let mut book = State::default();
        let mut passed = |rate: f64, millis: u64| {
            let method = rate.to_string();
            (0..200)
                .filter(|_| {
                    book.spend(&method, rate, Duration::from_millis(millis))
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
    fn cards_have_names_of_their_own_and_are_found_by_time() {
        let mut book = State::default();
        let ids: Vec<String> = [1, 2, 2, 5]
            .map(|second| book.take(message(), Duration::from_secs(second)))
            .to_vec();
        assert_eq!(
            (ids[0].as_str(), ids[3].as_str()),
            ("3EB00000000000000001", "3EB00000000000000004")
        );
        assert_eq!(book.until(Some(Duration::from_secs(2))).len(), 3);
        assert_eq!(
            book.after(Some(Duration::from_secs(2)))[0].id_message,
            ids[3]
        );
        assert_eq!((book.until(None).len(), book.after(None).len()), (0, 4));
        assert_eq!(
            book.card(&ids[3])
                .map(|(place, card)| (place, card.at.as_secs())),
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
            assert!(book.card(unknown).is_none(), "{unknown}");
        }
    }
}
