//! What the service says of itself and its instance. Each step is asked only when the one before it
//! went well, so that the first that fails is the one to look at.

use std::time::Duration;

use jiff::Timestamp;
use tokio::{net, time::timeout};
use url::Url;

use super::messages::{Finding as Found, Subject};
use super::{CommandError, Doctor, Exit, Line, Sign};
use crate::{
    cli::{
        args::{DurationArgument, ServiceArguments},
        config::file_mode,
        options::{
            clock,
            service::{self, TokenOrigin},
        },
        session::connect::{self, ConnectedInstance},
    },
    domain::Outcome,
    green_api::{Inspector, Instance, InstanceState},
    i18n::{Language, ValueOrigin, long},
};

/// For how long a name or a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The queue shows no more messages (source: `showMessagesQueue`).
const MOST_QUEUED: u64 = 500;

/// Seconds that the clocks may differ.
const DRIFT: u64 = 60;

/// Looks at one instance, which must be none of those that were looked at before it.
pub(super) async fn look(
    (arguments, timeout): (&ServiceArguments, DurationArgument),
    before: &mut Vec<ConnectedInstance>,
    doctor: &mut Doctor,
) -> Result<(), CommandError> {
    for line in token(arguments, doctor.language) {
        doctor.tell(line)?;
    }
    let next = connect::connect(arguments).await;
    let is_another = |next: ConnectedInstance| {
        connect::must_differ(&next, before)
            .map(|()| next)
            .map_err(CommandError::from)
    };
    let connected = match next.and_then(is_another) {
        Ok(connected) => connected,
        Err(error @ CommandError::Settings(_)) => {
            let reason = error.localized(doctor.language);
            return doctor.tell(Line(
                Sign::Failure(Exit::Usage),
                Subject::Instance,
                Found::Wrong { reason },
            ));
        }
        Err(error) => return Err(error),
    };
    let instance = &connected.instance;
    let found = if arguments.simulate {
        Found::Simulated
    } else {
        Found::InstanceAt {
            id: connected.prefix() + instance.id(),
            url: instance.api_url().to_owned(),
        }
    };
    doctor.tell(Line(Sign::Good, Subject::Instance, found))?;
    if let Some(host) = reach(instance, doctor).await? {
        ask(
            &mut Inspector::new(&connected.client(timeout, &clock::service_clock())?),
            &host,
            doctor,
        )
        .await?;
    }
    before.push(connected);
    Ok(())
}

/// Whether a token is named, and whether others may read it. The token is not read for it.
fn token(arguments: &ServiceArguments, language: Language) -> Vec<Line> {
    if arguments.simulate {
        return Vec::new();
    }
    // What is missing is told with the instance.
    let Some(place) = service::token_origin(arguments) else {
        return Vec::new();
    };
    let variable = |name: &str| {
        ValueOrigin::Environment {
            name: name.to_owned(),
        }
        .localized(language)
    };
    let (place, path) = match &place {
        TokenOrigin::Typed(path) => (ValueOrigin::Typed.localized(language), Some(*path)),
        TokenOrigin::Environment(_) => (variable("GREEN_API_TOKEN"), None),
        TokenOrigin::EnvironmentFile(path) => (variable("GREEN_API_TOKEN_FILE"), Some(*path)),
        TokenOrigin::SettingsFile(token) => (token.place.clone(), token.file()),
    };
    let Some(path) = path else {
        return vec![Line(Sign::Good, Subject::Token, Found::Token { place })];
    };
    let told = path.display().to_string();
    let open = file_mode(path) & 0o077 != 0;
    let set = Line(
        Sign::Good,
        Subject::Token,
        Found::TokenFile {
            place,
            path: told.clone(),
        },
    );
    let warning = Line(
        Sign::Warning,
        Subject::Token,
        Found::TokenOpen { path: told },
    );
    [set].into_iter().chain(open.then_some(warning)).collect()
}

/// A name, then a connection; nothing if one of them fails, else the host. A proxy has to find the
/// name itself.
async fn reach(instance: &Instance, doctor: &mut Doctor) -> Result<Option<String>, CommandError> {
    let url = Url::parse(instance.api_url()).ok();
    let host = url
        .as_ref()
        .and_then(|url| url.host_str())
        .unwrap_or_default()
        .to_owned();
    let port = url
        .as_ref()
        .and_then(Url::port_or_known_default)
        .unwrap_or(443);
    if !instance.is_loopback() && by_proxy() {
        doctor.tell(Line(
            Sign::Good,
            Subject::Network,
            Found::ByProxy { host: host.clone() },
        ))?;
        return Ok(Some(host));
    }
    let bare = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let failure = |found| Line(Sign::Failure(Exit::Early), Subject::Network, found);
    let addresses: Vec<_> = match timeout(PATIENCE, net::lookup_host((bare.as_str(), port))).await {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => {
            doctor.tell(failure(Found::NoName {
                host,
                reason: error.to_string(),
            }))?;
            return Ok(None);
        }
        Err(late) => {
            doctor.tell(failure(Found::NoName {
                host,
                reason: late.to_string(),
            }))?;
            return Ok(None);
        }
    };
    let connected = match timeout(PATIENCE, net::TcpStream::connect(addresses.as_slice())).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(late) => Err(late.to_string()),
    };
    match connected {
        Ok(()) => Ok(Some(host)),
        Err(reason) => {
            doctor.tell(failure(Found::NoConnection { host, reason }))?;
            Ok(None)
        }
    }
}

fn by_proxy() -> bool {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    names
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

async fn ask(
    inspector: &mut Inspector,
    host: &str,
    doctor: &mut Doctor,
) -> Result<(), CommandError> {
    let host = host.to_owned();
    let state = inspector.state().await;
    if let Err(outcome @ (Outcome::Unreachable(_) | Outcome::Uncertain(_))) = &state {
        let reason = outcome.words(doctor.language);
        let found = Found::NoAnswer { host, reason };
        return doctor.tell(Line(Sign::Failure(Exit::Early), Subject::Network, found));
    }
    doctor.tell(Line(Sign::Good, Subject::Network, Found::Reached { host }))?;
    let knows_us = !matches!(state, Err(Outcome::Halted(..)));
    doctor.tell(state_line(state, doctor.language))?;
    if knows_us {
        let delay = inspector.send_delay().await;
        doctor.tell(pace(&delay, doctor.language))?;
        let queue = inspector.queue().await.map(|queue| queue.length);
        doctor.tell(waiting(queue, delay.ok(), doctor.language))?;
    }
    let time = inspector.service_time().await;
    doctor.tell(clock(time, Timestamp::now(), doctor.language))
}

fn state_line(state: Result<InstanceState, Outcome>, language: Language) -> Line {
    let refused = Sign::Failure(Exit::Refused);
    let (sign, found) = match state {
        Ok(InstanceState::Authorized) => (Sign::Good, Found::Authorized),
        Ok(InstanceState::NotAuthorized) => (refused, Found::NotAuthorized),
        Ok(InstanceState::Blocked) => (refused, Found::Blocked),
        Ok(InstanceState::YellowCard | InstanceState::Suspended) => (refused, Found::Restricted),
        Ok(InstanceState::Starting) => (Sign::Failure(Exit::Early), Found::Starting),
        Ok(InstanceState::SleepMode) => (Sign::Warning, Found::SleepMode),
        Ok(InstanceState::Unnamed(state)) => (Sign::Warning, Found::Unnamed { state }),
        Err(outcome @ Outcome::Halted(..)) => (
            refused,
            Found::Wrong {
                reason: outcome.words(language),
            },
        ),
        Err(outcome) => (
            Sign::Failure(Exit::Early),
            Found::NotTold {
                reason: outcome.words(language),
            },
        ),
    };
    Line(sign, Subject::State, found)
}

fn pace(delay: &Result<Duration, Outcome>, language: Language) -> Line {
    let (sign, found) = match delay {
        Err(outcome) => (
            Sign::Warning,
            Found::NotTold {
                reason: outcome.words(language),
            },
        ),
        Ok(delay) => {
            let milliseconds = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX).max(1);
            let seconds = delay.as_secs_f64().to_string();
            (
                Sign::Good,
                Found::Pace {
                    seconds,
                    cards: 3_600_000 / milliseconds,
                },
            )
        }
    };
    Line(sign, Subject::Pace, found)
}

fn waiting(queue: Result<u64, Outcome>, delay: Option<Duration>, language: Language) -> Line {
    let (sign, found) = match queue {
        Err(outcome) => (
            Sign::Warning,
            Found::NotTold {
                reason: outcome.words(language),
            },
        ),
        Ok(0) => (Sign::Good, Found::QueueEmpty),
        Ok(messages) if messages >= MOST_QUEUED => (Sign::Warning, Found::QueueLong { messages }),
        Ok(messages) => {
            let time = delay.map(|delay| delay * u32::try_from(messages).unwrap_or(u32::MAX));
            let found = time.map_or(Found::QueueUntimed { messages }, |time| {
                Found::QueueLength {
                    messages,
                    time: long(time, language),
                }
            });
            (Sign::Good, found)
        }
    };
    Line(sign, Subject::Queue, found)
}

fn clock(time: Result<Option<Timestamp>, Outcome>, now: Timestamp, language: Language) -> Line {
    let (sign, found) = match time {
        Err(outcome) => (
            Sign::Warning,
            Found::NotTold {
                reason: outcome.words(language),
            },
        ),
        Ok(None) => (Sign::Warning, Found::ClockNotTold),
        Ok(Some(time)) => match now.duration_since(time).abs().as_secs().unsigned_abs() {
            seconds if seconds > DRIFT => (Sign::Warning, Found::ClockWrong { seconds }),
            // The service tells whole seconds, and the answer has been on its connection.
            seconds => (
                Sign::Good,
                Found::Clock {
                    seconds: seconds.max(1),
                },
            ),
        },
    };
    Line(sign, Subject::Clock, found)
}
