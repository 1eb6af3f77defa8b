//! The read-only methods, each called no faster than the service allows: one request of a method at a time, with the
//! interval counted from its answer, so that network delay cannot bring two requests closer together.

use std::{collections::VecDeque, time::Duration};

use jiff::Timestamp;
use tokio::time::{Instant, sleep_until};

use super::{
    Client, Incoming, InstanceState, MessageReport, ObservedMessage, Queue, ServiceClock,
    StateEntry, WaSettings,
};
use crate::domain::{Outcome, Throttle};

/// The service counts in seconds; the rest covers deviations of its clock.
const SECOND: Duration = Duration::from_millis(1050);

/// How often in a row a throttled method is asked again.
const MOST_PUT_OFFS: u32 = 5;

/// The longest pause that is waited for if the service asks for one.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Asks one instance about itself and its contacts, and sends nothing. Each method waits for its turn (source of the
/// limits: the service's page on the rate limiter), and is retried after a pause when the service throttles it. Nothing
/// is asked in the first second, because an earlier caller may have used it up.
#[derive(Debug)]
pub struct Inspector {
    client: Client,
    state: MethodLimit,
    settings: MethodLimit,
    wa_settings: MethodLimit,
    state_history: MethodLimit,
    queue: MethodLimit,
    count: MethodLimit,
    journal: MethodLimit,
    incoming: MethodLimit,
    message: MethodLimit,
}

impl Inspector {
    /// Creates an inspector that uses this client.
    #[must_use]
    pub fn new(client: &Client) -> Self {
        let first = Instant::now() + SECOND;
        let once = || MethodLimit::new(1, first);
        Self {
            client: client.clone(),
            state: once(),
            settings: once(),
            wa_settings: once(),
            state_history: once(),
            queue: once(),
            count: once(),
            journal: once(),
            incoming: once(),
            message: MethodLimit::new(10, first),
        }
    }

    /// Returns the clock that the answers set.
    #[must_use]
    pub fn clock(&self) -> &ServiceClock {
        self.client.clock()
    }

    /// Returns the state of the instance (source: `getStateInstance`; once a second).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it has no state.
    pub async fn state(&mut self) -> Result<InstanceState, Outcome> {
        self.state
            .ask(async || self.client.state_instance().await)
            .await
    }

    /// Returns the service's time, to the second (source: the `Date` of its answer to `getStateInstance`; once a
    /// second); `None` if the answer has no `Date`.
    ///
    /// # Errors
    /// The [`Outcome`] that no answer would mean for a contact.
    pub async fn service_time(&mut self) -> Result<Option<Timestamp>, Outcome> {
        self.state
            .ask(async || self.client.service_time().await)
            .await
    }

    /// Returns the pause between two messages that leave the queue (source: `getSettings`; once a second).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no settings.
    pub async fn send_delay(&mut self) -> Result<Duration, Outcome> {
        self.settings
            .ask(async || self.client.send_delay().await)
            .await
    }

    /// Returns the account behind the instance, and when a restriction ends (source: `getWaSettings`; once a second).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no settings.
    pub async fn wa_settings(&mut self) -> Result<WaSettings, Outcome> {
        self.wa_settings
            .ask(async || self.client.wa_settings().await)
            .await
    }

    /// Returns the last hundred states of the instance, newest first (source: `getStateInstanceHistory`; once a
    /// second).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no history.
    pub async fn state_history(&mut self) -> Result<Vec<StateEntry>, Outcome> {
        self.state_history
            .ask(async || self.client.state_history().await)
            .await
    }

    /// Returns the first 500 messages of the queue, and how many are waiting (sources: `showMessagesQueue` and
    /// `getMessagesCount`, each once a second). The second is in beta: if it fails, the length is that of the part that
    /// is shown, which may not be all of it.
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no queue.
    pub async fn queue(&mut self) -> Result<Queue, Outcome> {
        let queue = self
            .queue
            .ask(async || self.client.messages_queue().await)
            .await?;
        let count = self
            .count
            .ask(async || self.client.messages_count().await)
            .await;
        let length = count
            .as_ref()
            .map_or(queue.length, |count| queue.length.max(*count));
        let is_whole = queue.is_whole && length == queue.length;
        Ok(Queue {
            length,
            is_whole,
            uncounted: count.err(),
            ..queue
        })
    }

    /// Returns the messages that left the queue within this many minutes and are, or may be, contacts (source:
    /// `lastOutgoingMessages`; once a second; up to two minutes late).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no journal.
    pub async fn journal(&mut self, minutes: u32) -> Result<Vec<ObservedMessage>, Outcome> {
        self.journal
            .ask(async || self.client.last_outgoing_messages(minutes).await)
            .await
    }

    /// Returns what people wrote to the instance within this many minutes (source: `lastIncomingMessages`; once a
    /// second; up to two minutes late).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no journal.
    pub async fn incoming(&mut self, minutes: u32) -> Result<Vec<Incoming>, Outcome> {
        self.incoming
            .ask(async || self.client.last_incoming_messages(minutes).await)
            .await
    }

    /// Whether the instance keeps incoming messages (source: `getSettings`, `incomingWebhook`; once a second).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no settings.
    pub async fn keeps_incoming(&mut self) -> Result<bool, Outcome> {
        self.settings
            .ask(async || self.client.keeps_incoming().await)
            .await
    }

    /// Returns the delivery of one message (source: `getMessage`; ten times a second; up to two minutes late); `None`
    /// if the service does not know the message, or uses a word that we do not know.
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no message.
    pub async fn message(
        &mut self,
        chat: &str,
        id: &str,
    ) -> Result<Option<MessageReport>, Outcome> {
        self.message
            .ask(async || self.client.message(chat, id).await)
            .await
    }
}

/// Keeps the requests of one method within its limit, by the times of its last answers.
#[derive(Debug)]
struct MethodLimit {
    a_second: usize,
    answers: VecDeque<Instant>,
    not_before: Instant,
}

impl MethodLimit {
    const fn new(a_second: usize, first: Instant) -> Self {
        Self {
            a_second,
            answers: VecDeque::new(),
            not_before: first,
        }
    }

    /// Sends a request when it is the method's turn, and retries when the service throttles.
    async fn ask<T>(
        &mut self,
        request: impl AsyncFn() -> Result<T, Outcome>,
    ) -> Result<T, Outcome> {
        let mut put_offs = 0;
        loop {
            sleep_until(self.next()).await;
            let answer = request().await;
            self.answered(Instant::now());
            match answer {
                Err(Outcome::Throttled {
                    by: Throttle::TooMany,
                    wait,
                }) if put_offs < MOST_PUT_OFFS && wait.is_none_or(|wait| wait <= LONGEST_PAUSE) => {
                    let ours = Duration::from_secs(1 << put_offs);
                    self.not_before = Instant::now() + wait.unwrap_or(ours).max(SECOND);
                    put_offs += 1;
                }
                answer => return answer,
            }
        }
    }

    /// Returns the time of the next turn: one second after the oldest of the last `a_second` answers.
    fn next(&self) -> Instant {
        let full = self
            .answers
            .front()
            .filter(|_| self.answers.len() == self.a_second);
        full.map_or(self.not_before, |first| {
            (*first + SECOND).max(self.not_before)
        })
    }

    fn answered(&mut self, now: Instant) {
        self.answers.push_back(now);
        if self.answers.len() > self.a_second {
            self.answers.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// Makes this many requests, each of which takes 30 ms. Returns when the requests began, in milliseconds.
    async fn begun(a_second: usize, times: usize) -> Vec<u128> {
        let start = Instant::now();
        let mut limit = MethodLimit::new(a_second, start + SECOND);
        let begun = RefCell::new(Vec::new());
        for _ in 0..times {
            let answer: Result<(), Outcome> = limit
                .ask(async || {
                    begun.borrow_mut().push(start.elapsed().as_millis());
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    Ok(())
                })
                .await;
            answer.unwrap();
        }
        begun.into_inner()
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_requests_than_the_method_allows() {
        assert_eq!(begun(1, 4).await, [1050, 2130, 3210, 4290]);
        let times = begun(10, 25).await;
        assert_eq!(
            times[..3],
            [1050, 1080, 1110],
            "ten may follow each other at once"
        );
        assert!(
            times
                .windows(11)
                .all(|window| window[10] - window[0] >= 1050),
            "{times:?}"
        );
        assert!(times[24] < 3400, "{times:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_method_that_was_asked_too_often_is_asked_again_after_a_pause() {
        let throttled = |wait| {
            Err(Outcome::Throttled {
                by: Throttle::TooMany,
                wait,
            })
        };
        for (wait, asked, took) in [
            (None, 6, 1050 + 1050 + 2000 + 4000 + 8000 + 16_000),
            (Some(Duration::from_secs(3)), 6, 1050 + 5 * 3000),
            (Some(Duration::ZERO), 6, 6 * 1050),
            (Some(Duration::from_mins(2)), 1, 1050),
        ] {
            let start = Instant::now();
            let times = Cell::new(0);
            let mut limit = MethodLimit::new(1, start + SECOND);
            let answer: Result<(), Outcome> = limit
                .ask(async || {
                    times.set(times.get() + 1);
                    throttled(wait)
                })
                .await;
            assert_eq!((answer, times.get()), (throttled(wait), asked));
            assert_eq!(start.elapsed().as_millis(), took, "{wait:?}");
        }
        let again = Cell::new(false);
        let answer = MethodLimit::new(1, Instant::now())
            .ask(async || {
                if again.replace(true) {
                    Ok(7)
                } else {
                    throttled(None).map(|()| 0)
                }
            })
            .await;
        assert_eq!(answer, Ok(7));
    }
}
