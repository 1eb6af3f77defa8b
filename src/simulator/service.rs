//! Decides what the simulator answers. The order of checks is the service's (instance, rate, token, method, state,
//! body); a scripted fault takes precedence over all of them.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    accounts,
    delivery_timeline::{self, Sent},
    received::Received,
    reply::{Ending, PlannedReply, Reply, ending, faulty},
    request, responses,
    script::Script,
    state::{AcceptedMessage, Request, State, Subject},
    state_timeline,
};
use crate::{domain::ChatId, green_api::InstanceState};

/// `showMessagesQueue` lists no more messages (source: the page of that method).
const MOST_QUEUED: usize = 500;

/// `getStateInstanceHistory` lists no more states by default (source: the page of that method).
const HISTORY_ENTRIES: u64 = 100;

/// How many minutes `lastOutgoingMessages` looks back by default.
const JOURNAL_MINUTES: u64 = 1440;

/// The simulator without its network. Connections are answered concurrently, as by the real service; they share
/// the state, behind a lock that is never held across an `await`.
#[derive(Debug)]
pub(super) struct Service {
    script: Script,
    started: Instant,
    started_at: Timestamp,
    state: Mutex<State>,
}

/// One request as it arrived.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) verb: String,
    pub(super) path: String,
    pub(super) query: String,
    /// `None` if it is longer than the service reads.
    pub(super) body: Option<Vec<u8>>,
}

/// The parts of `/waInstance{id}/{method}/{token}`.
struct Target<'a> {
    id: &'a str,
    method: &'a str,
    token: &'a str,
}

impl Service {
    pub(super) fn new(script: Script) -> Self {
        let state = Mutex::new(State::new(&script.id_instance));
        Self {
            script,
            started: Instant::now(),
            started_at: Timestamp::now(),
            state,
        }
    }

    /// Decides the answer at once; the connection sends it later.
    pub(super) fn plan(&self, call: Call) -> PlannedReply {
        if call.path == "/simulator/received" {
            let reply = Reply::json(200, &json!(self.received()));
            return PlannedReply {
                reply,
                delay: Duration::ZERO,
                ending: Ending::Whole,
            };
        }
        let now = self.started.elapsed();
        let Some(target) = Target::parse(&call.path) else {
            let reply = self.error(404, &call, &format!("Cannot {} {}", call.verb, call.path));
            return PlannedReply {
                reply,
                delay: Duration::ZERO,
                ending: Ending::Whole,
            };
        };
        let mut state = self.lock_state();
        let plan = self.plan_for(&mut state, &call, &target, now);
        let answered = matches!(plan.ending, Ending::Whole | Ending::HalfBody);
        let method = target.method.to_owned();
        state.requests.push(Request {
            at: now,
            method,
            status: answered.then_some(plan.reply.status),
            id_message: plan.reply.id_message.clone(),
            body: call.body.unwrap_or_default(),
        });
        plan
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.lock_state().requests.iter().map(received).collect()
    }

    fn plan_for(
        &self,
        state: &mut State,
        call: &Call,
        target: &Target<'_>,
        now: Duration,
    ) -> PlannedReply {
        let message = call
            .body
            .as_deref()
            .and_then(|body| request::read(body, false).ok());
        let chat = call.body.as_deref().and_then(request::named_chat);
        let about = Subject {
            chat: chat.as_ref(),
            message: message.as_ref(),
        };
        let fault = state.count_call(&self.script, target.method, &about);
        let Some(then) = fault.map(|fault| &fault.then) else {
            let reply = self.ordinary(state, call, target, now);
            return PlannedReply {
                reply,
                delay: self.latency(),
                ending: Ending::Whole,
            };
        };
        let mut reply = if then.replaces() {
            let id_message = message.filter(|_| then.accept && self.may_take(target));
            faulty(then, id_message.map(|message| state.accept(message, now)))
        } else {
            self.ordinary(state, call, target, now)
        };
        reply.headers.extend(then.headers.clone());
        PlannedReply {
            reply,
            delay: self.latency() + Duration::from_millis(then.delay_ms),
            ending: ending(then),
        }
    }

    fn ordinary(
        &self,
        state: &mut State,
        call: &Call,
        target: &Target<'_>,
        now: Duration,
    ) -> Reply {
        if target.id != self.script.id_instance {
            return self.error(403, call, "Forbidden");
        }
        let Some(rate) = self.script.rate(target.method) else {
            return self.permitted(state, call, target, now);
        };
        let left = state.take_token(target.method, rate, now);
        let mut reply = match left {
            Some(_) => self.permitted(state, call, target, now),
            None => Reply {
                status: 429,
                ..Reply::default()
            },
        };
        reply.headers.push((
            "X-RateLimit-Remaining".to_owned(),
            left.unwrap_or(0.0).to_string(),
        ));
        reply
            .headers
            .push(("X-RateLimit-Replenish-Rate".to_owned(), rate.to_string()));
        reply
    }

    fn permitted(
        &self,
        state: &mut State,
        call: &Call,
        target: &Target<'_>,
        now: Duration,
    ) -> Reply {
        if target.token != self.script.token {
            let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
            return Reply {
                status: 401,
                headers,
                ..Reply::default()
            };
        }
        if let Some(quota) = self.script.quota(target.method)
            && state.answered(target.method) >= quota
        {
            return Reply::json(466, &responses::quota_used(target.method, quota));
        }
        let reply = self.of_method(state, call, target.method, now);
        if reply.status == 200 {
            state.count_answer(target.method);
        }
        reply
    }

    fn of_method(&self, state: &mut State, call: &Call, method: &str, now: Duration) -> Reply {
        match (call.verb.as_str(), method.to_ascii_lowercase().as_str()) {
            ("POST", "sendcontact") => self.send_contact(state, call, now),
            ("POST", "checkwhatsapp") => self.check_whatsapp(state, call, now),
            ("GET", "getstateinstance") => Reply::json(200, &self.state_instance(state, now)),
            ("GET", "getstateinstancehistory") => {
                Reply::json(200, &self.state_history(state, &call.query, now))
            }
            ("GET", "getsettings") => {
                let keeps_incoming = !self.script.incoming.is_empty();
                let settings = responses::settings(keeps_incoming, self.script.lid_mode);
                Reply::json(200, &settings)
            }
            ("GET", "getwasettings") => Reply::json(200, &self.wa_settings(state, now)),
            ("GET", "showmessagesqueue") => Reply::json(200, &self.queue(state, now)),
            ("GET", "getmessagescount") => {
                Reply::json(200, &json!({ "count": self.queued(state, now).len() }))
            }
            ("POST", "getmessage") => self.message(state, call, now),
            ("GET", "lastincomingmessages") => Reply::json(200, &self.incoming(&call.query, now)),
            ("GET", "lastoutgoingmessages") => {
                Reply::json(200, &self.journal(state, &call.query, now))
            }
            (verb, _) => self.error(404, call, &format!("Cannot {verb} {}", call.path)),
        }
    }

    fn send_contact(&self, state: &mut State, call: &Call, now: Duration) -> Reply {
        let Some(body) = &call.body else {
            return self.error(500, call, "request entity too large");
        };
        if let Some((status, text)) = self.closed(state, now) {
            return self.error(status, call, text);
        }
        match request::read(body, self.script.refuse_phone_number) {
            Ok(message) => Reply::accepted(&state.accept(message, now)),
            Err(text) => self.error(400, call, &text),
        }
    }

    /// Returns why the instance accepts no contacts in its state. Blocked and restricted instances do accept them: like
    /// the service, they answer 200 and queue them.
    fn closed(&self, state: &State, now: Duration) -> Option<(u16, &'static str)> {
        let word = state_timeline::state_at(&self.script, state, now);
        match word.map(InstanceState::from_word) {
            None | Some(InstanceState::Starting) => {
                Some((400, "instance in starting process try later"))
            }
            Some(InstanceState::NotAuthorized) => Some((400, "instance account not authorized")),
            Some(
                InstanceState::Authorized
                | InstanceState::Blocked
                | InstanceState::YellowCard
                | InstanceState::Suspended
                | InstanceState::SleepMode
                | InstanceState::Unnamed(_),
            ) => None,
        }
    }

    fn check_whatsapp(&self, state: &mut State, call: &Call, now: Duration) -> Reply {
        if self.closed(state, now).is_some() {
            return self.error(400, call, "instance is starting or not authorized");
        }
        match request::read_check(call.body.as_deref().unwrap_or_default()) {
            Ok(check) => {
                let was_checked = state.note_check(&check.chat);
                let account = accounts::account(&self.script, &check.chat);
                Reply::json(
                    200,
                    &responses::checked(&account, was_checked && !check.force),
                )
            }
            Err(text) => self.error(400, call, &text),
        }
    }

    fn state_instance(&self, state: &State, now: Duration) -> Value {
        state_timeline::state_at(&self.script, state, now)
            .map_or(Value::Null, |state| json!({ "stateInstance": state }))
    }

    fn wa_settings(&self, state: &State, now: Duration) -> Value {
        let until = state_timeline::suspended_until(&self.script, state, now);
        let until = until.map(|until| self.wall_clock(until).as_second());
        responses::wa_settings(state_timeline::state_at(&self.script, state, now), until)
    }

    fn state_history(&self, state: &State, query: &str, now: Duration) -> Value {
        let count = number(query, "count").unwrap_or(HISTORY_ENTRIES);
        let history = state_timeline::history(&self.script, state, self.started_at, now);
        history
            .into_iter()
            .take(usize::try_from(count).unwrap_or(usize::MAX))
            .map(|(at, word)| responses::state_entry(at.as_second(), word.as_deref()))
            .collect()
    }

    fn queued<'a>(&self, state: &'a State, now: Duration) -> &'a [AcceptedMessage] {
        state.after(now.checked_sub(Duration::from_millis(self.script.queue_ms)))
    }

    /// Lists the queue without its first message, because the real service leaves it out too.
    fn queue(&self, state: &State, now: Duration) -> Value {
        self.queued(state, now)
            .iter()
            .skip(1)
            .take(MOST_QUEUED)
            .map(|accepted| responses::queued(accepted, &self.shown(accepted)))
            .collect()
    }

    fn journal(&self, state: &State, query: &str, now: Duration) -> Value {
        let minutes = minutes(query);
        let queued = Duration::from_millis(self.script.queue_ms);
        let lag = queued + Duration::from_millis(self.script.journal_lag_ms);
        let oldest = now.saturating_sub(Duration::from_secs(minutes.saturating_mul(60)));
        let newest_first = state.until(now.checked_sub(lag)).iter().enumerate().rev();
        newest_first
            .take_while(|(_, accepted)| accepted.at + queued >= oldest)
            .map(|(place, accepted)| self.journaled(state, place, accepted, now))
            .collect()
    }

    fn incoming(&self, query: &str, now: Duration) -> Value {
        let oldest =
            self.wall_clock(now).as_second() - minutes(query).saturating_mul(60).cast_signed();
        let written = self
            .script
            .incoming
            .iter()
            .enumerate()
            .map(|(number, written)| {
                let timestamp = self.started_at.as_second() - i64::from(written.minutes_ago) * 60;
                (timestamp, responses::incoming(written, number, timestamp))
            });
        written
            .filter(|(timestamp, _)| *timestamp >= oldest)
            .map(|(_, item)| item)
            .collect()
    }

    fn journaled(
        &self,
        state: &State,
        place: usize,
        accepted: &AcceptedMessage,
        now: Duration,
    ) -> Value {
        let sent = accepted.at + Duration::from_millis(self.script.queue_ms);
        let chat = accounts::number(&self.script, &accepted.message.recipient.chat());
        let (status, since) = delivery_timeline::status_at(
            &self.script,
            Sent {
                place,
                chat: chat.as_str(),
                by_state: state_timeline::status_at(&self.script, state, sent),
            },
            now.saturating_sub(sent),
        );
        let timestamp = self.wall_clock(sent + since).as_second();
        responses::journaled(accepted, &self.shown(accepted), timestamp, &status)
    }

    fn shown(&self, accepted: &AcceptedMessage) -> ChatId {
        accounts::shown(&self.script, &accepted.message.recipient.chat())
    }

    /// Answers `getMessage`. A message that is still in the queue, or not yet in the journal, is unknown to it too.
    fn message(&self, state: &State, call: &Call, now: Duration) -> Reply {
        let body: Value = call
            .body
            .as_deref()
            .and_then(|body| serde_json::from_slice(body).ok())
            .unwrap_or_default();
        let [Some(chat), Some(id)] = ["chatId", "idMessage"].map(|field| body[field].as_str())
        else {
            let missing = if body["chatId"].is_string() {
                "idMessage"
            } else {
                "chatId"
            };
            return self.error(
                400,
                call,
                &format!("Validation failed. Details: '{missing}' is required"),
            );
        };
        let lag = Duration::from_millis(self.script.queue_ms + self.script.journal_lag_ms);
        let found = state.find(id).filter(|(_, accepted)| {
            let own = accepted.message.recipient.chat();
            [own, self.shown(accepted)]
                .iter()
                .any(|known| known.as_str() == chat)
        });
        match found.filter(|(_, accepted)| accepted.at + lag <= now) {
            Some((place, accepted)) => {
                Reply::json(200, &self.journaled(state, place, accepted, now))
            }
            None => self.error(400, call, &format!("Message not found by id {id}")),
        }
    }

    fn may_take(&self, target: &Target<'_>) -> bool {
        target.id == self.script.id_instance
            && target.token == self.script.token
            && target.method.eq_ignore_ascii_case("sendContact")
    }

    fn error(&self, status: u16, call: &Call, message: &str) -> Reply {
        let timestamp = format!("{:.3}", self.wall_clock(self.started.elapsed()));
        Reply::json(
            status,
            &responses::error(status, &timestamp, &call.path, message),
        )
    }

    fn wall_clock(&self, elapsed: Duration) -> Timestamp {
        state_timeline::forward(self.started_at, elapsed)
    }

    const fn latency(&self) -> Duration {
        Duration::from_millis(self.script.latency_ms)
    }

    fn lock_state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Target<'a> {
    fn parse(path: &'a str) -> Option<Self> {
        let mut parts = path.strip_prefix("/waInstance")?.split('/');
        let target = Self {
            id: parts.next()?,
            method: parts.next()?,
            token: parts.next()?,
        };
        parts.next().is_none().then_some(target)
    }
}

fn minutes(query: &str) -> u64 {
    number(query, "minutes").unwrap_or(JOURNAL_MINUTES)
}

fn number(query: &str, name: &str) -> Option<u64> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, number) = pairs.find(|(known, _)| known == name)?;
    number.parse().ok()
}

fn received(request: &Request) -> Received {
    let text = String::from_utf8_lossy(&request.body);
    let body = if text.is_empty() {
        Value::Null
    } else {
        Value::String(text.clone().into_owned())
    };
    Received {
        at_ms: u64::try_from(request.at.as_millis()).unwrap_or(u64::MAX),
        method: request.method.clone(),
        body: serde_json::from_str(&text).unwrap_or(body),
        status: request.status,
        id_message: request.id_message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{ID_INSTANCE, TOKEN};

    fn ask(service: &Service, verb: &str, method: &str, query: &str, body: &str) -> Value {
        let plan = service.plan(Call {
            verb: verb.to_owned(),
            path: format!("/waInstance{ID_INSTANCE}/{method}/{TOKEN}"),
            query: query.to_owned(),
            body: Some(body.as_bytes().to_vec()),
        });
        serde_json::from_slice(&plan.reply.body).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_contact_moves_from_the_queue_to_the_journal_when_the_script_says_so() {
        let script = r#"{"queue_ms":10000,"journal_lag_ms":60000,"statuses":{"79001234567@c.us":"noAccount"}}"#;
        let service = Service::new(serde_json::from_str(script).unwrap());
        let body =
            r#"{"phoneNumber":79001234567,"contact":{"phoneContact":79001234568,"firstName":"A"}}"#;
        ask(&service, "POST", "sendContact", "", body);
        for (later, query, count, status) in [
            (0, "", 1, ""),
            (9, "", 1, ""),
            (2, "", 0, ""),
            (58, "", 0, ""),
            (2, "minutes=5", 0, "noAccount"),
            (60, "minutes=1", 0, ""),
            (1, "", 0, "noAccount"),
        ] {
            tokio::time::advance(Duration::from_secs(later)).await;
            assert_eq!(
                ask(&service, "GET", "getMessagesCount", "", ""),
                json!({ "count": count })
            );
            let journal = ask(&service, "GET", "lastOutgoingMessages", query, "");
            assert_eq!(
                journal[0]["statusMessage"].as_str().unwrap_or_default(),
                status,
                "{query}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_single_message_is_shown_as_in_the_journal_once_it_is_there() {
        let script =
            r#"{"queue_ms":10000,"journal_lag_ms":5000,"delivered_ms":8000,"read_ms":7000}"#;
        let service = Service::new(serde_json::from_str(script).unwrap());
        let body =
            r#"{"phoneNumber":79001234567,"contact":{"phoneContact":79001234568,"firstName":"A"}}"#;
        let id = ask(&service, "POST", "sendContact", "", body)["idMessage"]
            .as_str()
            .unwrap()
            .to_owned();
        let message = |chat: &str, id: &str| {
            ask(
                &service,
                "POST",
                "getMessage",
                "",
                &json!({"chatId": chat, "idMessage": id}).to_string(),
            )
        };
        for (later, status) in [
            (14, ""),
            (1, "sent"),
            (3, "delivered"),
            (6, "delivered"),
            (1, "read"),
        ] {
            tokio::time::advance(Duration::from_secs(later)).await;
            let answer = message("79001234567@c.us", &id);
            assert_eq!(
                answer["statusMessage"].as_str().unwrap_or_default(),
                status,
                "{answer}"
            );
        }
        for (chat, id) in [
            ("79001234560@c.us", id.as_str()),
            ("79001234567@c.us", "3EB00000000000000002"),
        ] {
            assert_eq!(
                message(chat, id)["message"],
                format!("Message not found by id {id}")
            );
        }
        let answer = ask(
            &service,
            "POST",
            "getMessage",
            "",
            r#"{"idMessage":"3EB0"}"#,
        );
        assert_eq!(
            answer["message"],
            "Validation failed. Details: 'chatId' is required"
        );
    }
}
