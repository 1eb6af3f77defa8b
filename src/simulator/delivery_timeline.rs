//! The delivery of a contact after it has left the queue, by the simulator's own clock: sent, then delivered and read,
//! or whatever else the script says.

use std::time::Duration;

use super::script::Script;

/// The fractional part of the golden ratio: its multiples spread any number of contacts evenly between 0 and 1, without
/// random numbers.
const STEP: f64 = 0.618_033_988_749_894_9;

/// A contact that has left the queue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent<'a> {
    /// Its position in the order of all contacts.
    pub(super) place: usize,
    /// The chat of the person's number, or else the chat for which the contact was accepted.
    pub(super) chat: &'a str,
    /// The final status due to the state of the instance, if any.
    pub(super) by_state: Option<&'a str>,
}

/// Returns the `statusMessage` of a contact, and how long after leaving the queue the contact got it.
pub(super) fn status_at(
    script: &Script,
    sent: Sent<'_>,
    since_sent: Duration,
) -> (String, Duration) {
    let end = end(script, sent);
    let delivered = Duration::from_millis(script.delivered_ms);
    let read = delivered + Duration::from_millis(script.read_ms.unwrap_or_default());
    let reads = script.read_ms.is_some() || end == Some("read");
    match end {
        _ if since_sent < delivered => ("sent".to_owned(), Duration::ZERO),
        Some(word) if word != "read" => (word.to_owned(), delivered),
        _ if reads && since_sent >= read => ("read".to_owned(), read),
        _ => ("delivered".to_owned(), delivered),
    }
}

/// Returns the final status that the script gives to a contact, if any.
fn end<'a>(script: &'a Script, sent: Sent<'a>) -> Option<&'a str> {
    let own = script.statuses.get(sent.chat).map(String::as_str);
    own.or(sent.by_state).or_else(|| share(script, sent.place))
}

fn share(script: &Script, place: usize) -> Option<&str> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "the order of contacts in a play"
    )]
    let place = (place as f64 * STEP).fract();
    let mut reached = 0.0;
    let mut shares = script.shares.iter();
    let share = shares.find(|(_, share)| {
        reached += **share;
        place < reached
    });
    share.map(|(word, _)| word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Script {
        serde_json::from_str(text).unwrap()
    }

    fn sent(place: usize, chat: &str) -> Sent<'_> {
        Sent {
            place,
            chat,
            by_state: None,
        }
    }

    #[test]
    fn a_contact_is_sent_and_delivered_and_read_when_the_script_says_so() {
        let watched = r#"{"delivered_ms":2000,"read_ms":3000,
            "statuses":{"a@c.us":"noAccount","b@c.us":"sent","c@c.us":"delivered"}}"#;
        for (text, chat, seen) in [
            ("{}", "x@c.us", ["delivered", "delivered", "delivered"]),
            (watched, "x@c.us", ["sent", "delivered", "read"]),
            (watched, "a@c.us", ["sent", "noAccount", "noAccount"]),
            (watched, "b@c.us", ["sent", "sent", "sent"]),
            (watched, "c@c.us", ["sent", "delivered", "delivered"]),
            (
                r#"{"statuses":{"x@c.us":"read"}}"#,
                "x@c.us",
                ["read", "read", "read"],
            ),
        ] {
            let words = [0, 2, 5].map(|second| {
                status_at(&script(text), sent(1, chat), Duration::from_secs(second)).0
            });
            assert_eq!(words, seen, "{chat} {text}");
        }
        let read = status_at(&script(watched), sent(1, "x@c.us"), Duration::from_mins(1));
        assert_eq!(
            read,
            ("read".to_owned(), Duration::from_secs(5)),
            "the time is that of the change"
        );
    }

    #[test]
    fn the_state_decides_on_the_contacts_that_the_script_does_not_name() {
        let script = script(r#"{"statuses":{"a@c.us":"noAccount"},"shares":{"failed":1.0}}"#);
        for (chat, by_state, word) in [
            ("a@c.us", Some("yellowCard"), "noAccount"),
            ("x@c.us", Some("yellowCard"), "yellowCard"),
            ("x@c.us", None, "failed"),
        ] {
            let sent = Sent {
                by_state,
                ..sent(0, chat)
            };
            assert_eq!(status_at(&script, sent, Duration::ZERO).0, word, "{chat}");
        }
    }

    #[test]
    fn shares_are_kept_whatever_the_number_of_contacts() {
        let script = script(r#"{"shares":{"noAccount":0.05,"failed":0.1,"read":0.25}}"#);
        for contacts in [100, 1000_usize] {
            let words = (0..contacts)
                .map(|place| status_at(&script, sent(place, "x@c.us"), Duration::ZERO).0);
            let words: Vec<String> = words.collect();
            for (word, share) in [
                ("noAccount", 5),
                ("failed", 10),
                ("read", 25),
                ("delivered", 60),
            ] {
                let seen = words.iter().filter(|seen| *seen == word).count();
                assert!(
                    (seen * 100).abs_diff(share * contacts) <= 200,
                    "{seen} of {contacts} are {word}"
                );
            }
        }
    }
}
