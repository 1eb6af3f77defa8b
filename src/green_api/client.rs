//! The client: one function for each method, and one request for each call. Nothing here repeats a request that may
//! have been written, follows a redirect, or reads an endless answer.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use jiff::Timestamp;
use reqwest::{
    RequestBuilder, Response, Url,
    header::{DATE, RETRY_AFTER},
    redirect,
};

use super::{
    Incoming, Instance, InstanceState, MessageReport, ObservedMessage, PhoneAs, Queue,
    ServiceClock, StateEntry, WaSettings,
    answer::{self, Answer, Extent},
    connecting::InTime,
    incoming, lookup, parse_retry_after,
    retry_after::date,
    state_history,
    transport::{Addressed, CheckWhatsapp, GetMessage, SendContact},
    wa_settings,
};
use crate::{
    domain::{AccountCheck, ChatId, Message, Outcome, OwnWords, Phone},
    i18n::{Language, Shown, messages, redact::Redaction},
    platform,
};

/// No meaningful answer is longer (the service's own are under one kilobyte).
const LONGEST_BODY: usize = 64 * 1024;

/// The maximum length of a lookup that is read: a journal of a busy day.
const LONGEST_LIST: usize = 64 * 1024 * 1024;

/// How long an idle connection is kept. A request that is written to a connection which the service has just closed
/// would be uncertain; servers and load balancers keep idle connections for five seconds or more.
const IDLE: Duration = Duration::from_secs(4);

/// More than the maximum concurrency, so that every connection is kept for the next contact.
const MOST_IDLE_CONNECTIONS: usize = 1024;

/// How long to wait for the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOuts {
    /// For connecting, including TLS. Keep it shorter than `whole`: after this timeout, nothing was written; after the
    /// other one, that is not known.
    pub connect: Duration,
    /// For one call, from its start to the last byte of the answer.
    pub whole: Duration,
}

/// The client of one instance; clones share its connections. Its `Debug` output shows no token.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    /// Sends contacts, over connections of its own. If another call used the connection of a contact, the contact would
    /// open a new one, arrive late, and be too close to the next one.
    sending: reqwest::Client,
    http: reqwest::Client,
    send_contact: Url,
    state_instance: Url,
    messages_queue: Url,
    messages_count: Url,
    outgoing_messages: Url,
    incoming_messages: Url,
    settings: Url,
    message: Url,
    check_whatsapp: Url,
    wa_settings: Url,
    state_history: Url,
    time_outs: TimeOuts,
    redaction: Redaction,
    clock: ServiceClock,
}

/// One answer as it was received; it may contain the token.
struct Raw {
    status: u16,
    retry_after: Option<Duration>,
    date: Option<Timestamp>,
    body: Vec<u8>,
    extent: Extent,
}

messages! {
    /// The client cannot be set up on this machine.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum ClientError {
        /// Proxy settings or the system's certificates cannot be used.
        SetUp(reason: String) =
            en "HTTPS cannot be set up on this machine (check its certificates and proxy settings): {reason}",
            ru "HTTPS на этом компьютере не работает (проверьте сертификаты и настройки прокси): {reason}",
        /// The address is `http://`, and a proxy would read the token.
        ProxyReadsToken(variable: &'static str) =
            en "{variable} sets a proxy, and with http:// the proxy would read the token: use https:// or unset \
                {variable} for this run",
            ru "{variable} задаёт прокси, и при http:// он прочёл бы токен: укажите https:// или уберите {variable} \
                для этого запуска",
        /// The address and a method do not form a URL.
        Address(#[from] reason: url::ParseError) =
            en "the API address cannot be used: {reason}",
            ru "адрес API не подходит: {reason}",
    }
}

impl Shown for url::ParseError {
    type As = String;

    fn shown(&self, _: Language) -> String {
        self.to_string()
    }
}

impl Client {
    /// Sets up the client, without connecting. Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`…), but
    /// no proxy may read the token of an `http://` address, and none is used for this machine's own addresses. Every
    /// answer sets the clock.
    ///
    /// # Errors
    /// [`ClientError`] if this machine's certificates or proxy settings cannot be used.
    pub fn new(
        instance: &Instance,
        time_outs: TimeOuts,
        clock: ServiceClock,
    ) -> Result<Self, ClientError> {
        if let Some(variable) = instance.is_open().then(proxy_of_http).flatten() {
            return Err(ClientError::ProxyReadsToken(variable));
        }
        let redaction = Redaction::new(instance.token().clone());
        let http = || {
            let client = http_client(instance, time_outs);
            client.map_err(|error| ClientError::SetUp(redaction.redact(&causes(error))))
        };
        Ok(Self(Arc::new(Inner {
            sending: http()?,
            http: http()?,
            send_contact: instance.method_url("sendContact")?,
            state_instance: instance.method_url("getStateInstance")?,
            messages_queue: instance.method_url("showMessagesQueue")?,
            messages_count: instance.method_url("getMessagesCount")?,
            outgoing_messages: instance.method_url("lastOutgoingMessages")?,
            incoming_messages: instance.method_url("lastIncomingMessages")?,
            settings: instance.method_url("getSettings")?,
            message: instance.method_url("getMessage")?,
            check_whatsapp: instance.method_url("checkWhatsapp")?,
            wa_settings: instance.method_url("getWaSettings")?,
            state_history: instance.method_url("getStateInstanceHistory")?,
            time_outs,
            redaction,
            clock,
        })))
    }

    /// Returns the clock that the answers set.
    #[must_use]
    pub fn clock(&self) -> &ServiceClock {
        &self.0.clock
    }

    /// Makes the service report its time, whatever else it answers (source: the `Date` of the answer to `getSettings`,
    /// at most once a second).
    pub async fn hear_time(&self) {
        let _clock_is_set = self
            .ask(self.0.http.get(self.0.settings.clone()), LONGEST_BODY)
            .await;
    }

    /// Sends one contact to the service in exactly one POST (source: `SendContact`).
    pub async fn send_contact(&self, message: &Message, phone_as: PhoneAs) -> Outcome {
        let addressed = Addressed::of(message, phone_as);
        let chat = message.recipient.chat();
        let body = SendContact::new(&message.contact, addressed, &chat);
        match self
            .call(self.0.sending.post(self.0.send_contact.clone()).json(&body))
            .await
        {
            Ok(answer) => answer::of_contact(&answer, addressed),
            Err(outcome) => outcome,
        }
    }

    /// Asks in exactly one POST whether this number has an account (source: `CheckWhatsapp`; at most ten times a
    /// second, for which the caller takes a permit of a separate [`RateLimiter`](crate::rate_limit::RateLimiter)). The
    /// service may answer from its cache.
    ///
    /// Ask once, immediately before the contact: checking numbers that are not written to is a cause of bans.
    pub async fn check_account(&self, phone: Phone) -> AccountCheck {
        let chat = ChatId::of_phone(phone);
        let body = CheckWhatsapp {
            chat_id: chat.as_str(),
            force: false,
        };
        match self
            .call(self.0.http.post(self.0.check_whatsapp.clone()).json(&body))
            .await
        {
            Ok(answer) => answer::of_account(&answer, phone),
            Err(outcome) => answer::without_check(outcome),
        }
    }

    /// Asks for the state of the instance (source: `getStateInstance`; at most once a second).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it has no state.
    pub async fn state_instance(&self) -> Result<InstanceState, Outcome> {
        let answer = self
            .call(self.0.http.get(self.0.state_instance.clone()))
            .await?;
        answer::of_state(&answer)
    }

    /// Returns the service's time, to the second (source: the `Date` of any answer, RFC 9110, §6.6.1; asked with
    /// `getStateInstance`, at most once a second); `None` if the answer has no `Date`.
    ///
    /// # Errors
    /// The [`Outcome`] that no answer would mean for a contact.
    pub(super) async fn service_time(&self) -> Result<Option<Timestamp>, Outcome> {
        Ok(self
            .ask(self.0.http.get(self.0.state_instance.clone()), LONGEST_BODY)
            .await?
            .date)
    }

    /// Returns the first 500 messages of the queue (source: `showMessagesQueue`; at most once a second; the message at
    /// the head may be missing).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no queue.
    pub(super) async fn messages_queue(&self) -> Result<Queue, Outcome> {
        let request = self.0.http.get(self.0.messages_queue.clone());
        let queue = lookup::queue(&self.look_up(request).await?)?;
        Ok(Queue {
            messages: self.without_token(queue.messages),
            ..queue
        })
    }

    /// Returns how many messages are waiting in the queue, as of the last ten seconds (source: `getMessagesCount`; in
    /// beta, and its limit is not documented).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it has no number.
    pub(super) async fn messages_count(&self) -> Result<u64, Outcome> {
        lookup::messages_count(
            &self
                .look_up(self.0.http.get(self.0.messages_count.clone()))
                .await?,
        )
    }

    /// Returns the messages that left the queue within this many minutes and are, or may be, contacts (source:
    /// `lastOutgoingMessages`; at most once a second; up to two minutes late).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no journal.
    pub(super) async fn last_outgoing_messages(
        &self,
        minutes: u32,
    ) -> Result<Vec<ObservedMessage>, Outcome> {
        let mut url = self.0.outgoing_messages.clone();
        url.query_pairs_mut()
            .append_pair("minutes", &minutes.to_string());
        lookup::journal(&self.look_up(self.0.http.get(url)).await?)
            .map(|messages| self.without_token(messages))
    }

    /// Returns what people wrote within this many minutes (source: `lastIncomingMessages`; at most once a second; up to
    /// two minutes late).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no journal.
    pub(super) async fn last_incoming_messages(
        &self,
        minutes: u32,
    ) -> Result<Vec<Incoming>, Outcome> {
        let mut url = self.0.incoming_messages.clone();
        url.query_pairs_mut()
            .append_pair("minutes", &minutes.to_string());
        let mut texts = incoming::texts(&self.look_up(self.0.http.get(url)).await?)?;
        for incoming in &mut texts {
            incoming.text = self.0.redaction.redact(&incoming.text);
        }
        Ok(texts)
    }

    /// Whether the instance keeps incoming messages (source: `getSettings`; at most once a second).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no settings.
    pub(super) async fn keeps_incoming(&self) -> Result<bool, Outcome> {
        lookup::keeps_incoming(
            &self
                .look_up(self.0.http.get(self.0.settings.clone()))
                .await?,
        )
    }

    /// Returns the pause between two messages that leave the queue (source: `getSettings`; at most once a second).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no settings.
    pub(super) async fn send_delay(&self) -> Result<Duration, Outcome> {
        lookup::send_delay(
            &self
                .look_up(self.0.http.get(self.0.settings.clone()))
                .await?,
        )
    }

    /// Returns the account behind the instance, and when a restriction ends (source: `getWaSettings`; at most once a
    /// second).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no settings.
    pub(crate) async fn wa_settings(&self) -> Result<WaSettings, Outcome> {
        let request = self.0.http.get(self.0.wa_settings.clone());
        let settings = wa_settings::wa_settings(&self.look_up(request).await?)?;
        let state = settings.state.map(|state| self.state_without_token(&state));
        Ok(WaSettings { state, ..settings })
    }

    /// Returns the last hundred states of the instance, newest first (source: `getStateInstanceHistory`; at most once a
    /// second).
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no history.
    pub(super) async fn state_history(&self) -> Result<Vec<StateEntry>, Outcome> {
        let request = self.0.http.get(self.0.state_history.clone());
        let mut history = state_history::state_history(&self.look_up(request).await?)?;
        for entry in &mut history {
            entry.state = self.state_without_token(&entry.state);
        }
        Ok(history)
    }

    /// Returns the delivery of one message (source: `getMessage`; at most ten times a second; up to two minutes late);
    /// `None` if the service does not know the message, or uses a word that we do not know.
    ///
    /// # Errors
    /// The [`Outcome`] that the answer would mean for a contact, if it shows no message.
    pub(super) async fn message(
        &self,
        chat: &str,
        id: &str,
    ) -> Result<Option<MessageReport>, Outcome> {
        let body = GetMessage {
            chat_id: chat,
            id_message: id,
        };
        match self
            .look_up(self.0.http.post(self.0.message.clone()).json(&body))
            .await
        {
            Ok(body) => lookup::message(&body, id),
            // The service refuses this one message: it does not know it, or not yet.
            Err(Outcome::Refused(_)) => Ok(None),
            Err(outcome) => Err(outcome),
        }
    }

    /// Returns the body of a lookup unredacted: a day's journal is too long to search it for the token. So nothing of
    /// it may be shown, and whatever is kept goes through [`Self::without_token`].
    async fn look_up(&self, request: RequestBuilder) -> Result<String, Outcome> {
        let raw = self.ask(request, LONGEST_LIST).await?;
        if (raw.status, raw.extent) == (200, Extent::Whole) {
            return Ok(String::from_utf8(raw.body)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()));
        }
        Err(answer::of_failed_look_up(&self.redacted(raw)))
    }

    fn state_without_token(&self, state: &InstanceState) -> InstanceState {
        answer::state_of(&self.0.redaction.redact(state.as_word()))
    }

    /// Removes ids that contain the token: the service has no such ids.
    fn without_token(&self, mut messages: Vec<ObservedMessage>) -> Vec<ObservedMessage> {
        for message in &mut messages {
            let _ = message
                .id
                .take_if(|id| self.0.redaction.redact(id.as_str()) != id.as_str());
        }
        messages
    }

    async fn call(&self, request: RequestBuilder) -> Result<Answer, Outcome> {
        self.ask(request, LONGEST_BODY)
            .await
            .map(|raw| self.redacted(raw))
    }

    fn redacted(&self, mut raw: Raw) -> Answer {
        if raw.body.len() > LONGEST_BODY {
            raw.body.truncate(LONGEST_BODY);
            raw.extent = Extent::TooLong;
        }
        let text = self.0.redaction.redact(&String::from_utf8_lossy(&raw.body));
        Answer {
            status: raw.status,
            retry_after: raw.retry_after,
            text,
            extent: raw.extent,
        }
    }

    async fn ask(&self, request: RequestBuilder, most: usize) -> Result<Raw, Outcome> {
        let mut response = request
            .send()
            .await
            .map_err(|error| self.without_answer(error))?;
        let header = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let date = header(DATE).and_then(date);
        // The clock is set before the body is read, which may take a while.
        if let Some(date) = date {
            self.0.clock.hear(date);
        }
        let now = date.unwrap_or_else(|| self.0.clock.now());
        let retry_after = header(RETRY_AFTER).and_then(|value| parse_retry_after(value, now));
        let (body, extent) = beginning(&mut response, most).await;
        Ok(Raw {
            status: response.status().as_u16(),
            retry_after,
            date,
            body,
            extent,
        })
    }

    /// Returns what a request without an answer means. Only a failure to connect proves that nothing was written.
    fn without_answer(&self, error: reqwest::Error) -> Outcome {
        let TimeOuts { connect, whole } = self.0.time_outs;
        let (unwritten, timed_out) = (error.is_connect() || error.is_builder(), error.is_timeout());
        let causes = self.0.redaction.redact(&causes(error));
        match (unwritten, timed_out) {
            (true, true) => Outcome::Unreachable(format!("no connection within {connect:?}")),
            (true, false) => Outcome::Unreachable(format!("no connection: {causes}")),
            (false, true) => Outcome::Uncertain(OwnWords::no_answer_within(whole)),
            (false, false) => {
                let broke = OwnWords::ConnectionBroke.localized(Language::En);
                Outcome::Uncertain(format!("{broke}: {causes}"))
            }
        }
    }
}

fn http_client(instance: &Instance, time_outs: TimeOuts) -> reqwest::Result<reqwest::Client> {
    // Only the first client installs the provider; later ones find it installed.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("sendcontact/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .tcp_nodelay(true)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(MOST_IDLE_CONNECTIONS)
        .connect_timeout(time_outs.connect)
        .connector_layer(InTime {
            limit: time_outs.whole,
            clock: platform::steady_clock,
        })
        .timeout(time_outs.whole);
    let builder = if instance.is_loopback() {
        builder.no_proxy()
    } else {
        builder
    };
    if instance.is_https() {
        builder.build()
    } else {
        // An `http://` address needs no certificates, so a machine may lack them.
        builder.tls_certs_only([]).build()
    }
}

/// Returns the environment variable that sets a proxy for `http://`, if there is one.
fn proxy_of_http() -> Option<&'static str> {
    const VARIABLES: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    VARIABLES
        .into_iter()
        .find(|name| std::env::var_os(name).is_some_and(|proxy| !proxy.is_empty()))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("time_outs", &self.0.time_outs)
            .finish_non_exhaustive()
    }
}

/// Reads the body up to `most` bytes. An unread rest costs the connection, but no memory.
async fn beginning(response: &mut Response, most: usize) -> (Vec<u8>, Extent) {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return (body, Extent::Whole),
            Err(_) => return (body, Extent::CutShort),
        }
        if body.len() > most {
            body.truncate(most);
            return (body, Extent::TooLong);
        }
    }
}

/// Returns the causes from the outermost to the innermost, without the address, which contains the token, and without
/// uninformative layers.
fn causes(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut texts: Vec<String> = Vec::new();
    let mut next: Option<&dyn Error> = Some(&error);
    while let Some(cause) = next {
        let text = cause.to_string();
        let empty = ["error sending request", "client error", "builder error"]
            .iter()
            .any(|layer| text.starts_with(layer));
        if !empty && !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
        next = cause.source();
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn the_debug_text_of_a_client_has_no_token() {
        let token = "bde035edae3fc00bc116bd112297908d8145e5ba8decc5d884";
        let instance = Instance::new(
            "https://api.green-api.com",
            "1101000001",
            SecretString::from(token),
            false,
        );
        let time_outs = TimeOuts {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(30),
        };
        let clock = ServiceClock::new(|| Timestamp::UNIX_EPOCH, || Duration::ZERO);
        let client = Client::new(&instance.unwrap(), time_outs, clock).unwrap();
        assert!(!format!("{client:?} {client:#?}").contains(token));
    }
}
