//! Checks the service and its instance. Each step runs only if the one before it succeeded, so that the first failure
//! is the one to look at.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use tokio::{net, time::timeout};
use url::Url;

use super::messages::{Finding, Subject};
use super::{CommandError, Doctor, Exit, Level, Line};
use crate::{
    cli::{
        args::{DurationArgument, ServiceArguments},
        config::{ValueOrigin, file_mode},
        options::{
            clock,
            forecast::shown_moment,
            service::{self, TokenOrigin},
        },
        session::connect::{self, ConnectedInstance},
    },
    domain::Outcome,
    green_api::{Inspector, Instance, InstanceState, StateEntry},
    i18n::{Language, long},
    send_policy::Zone,
};

/// How long to wait for name resolution or a connection.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(10);

/// The queue never lists more messages than this (source: `showMessagesQueue`).
const MOST_QUEUED: u64 = 500;

/// How many of the last states are shown.
const LAST_STATES: usize = 3;

/// By how many seconds the clocks may differ.
const DRIFT: u64 = 60;

/// Checks one instance. It must differ from those that were checked before it.
pub(super) async fn check(
    arguments: &ServiceArguments,
    timeout: DurationArgument,
    before: &mut Vec<ConnectedInstance>,
    doctor: &mut Doctor,
) -> Result<(), CommandError> {
    for line in token_lines(arguments, doctor.language) {
        doctor.report(line)?;
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
            return doctor.report(Line(
                Level::Failure(Exit::Usage),
                Subject::Instance,
                Finding::Wrong { reason },
            ));
        }
        Err(error) => return Err(error),
    };
    let instance = &connected.instance;
    let finding = if arguments.simulate {
        Finding::Simulated
    } else {
        Finding::InstanceAt {
            id: connected.prefix() + instance.id(),
            url: instance.api_url().to_owned(),
        }
    };
    doctor.report(Line(Level::Good, Subject::Instance, finding))?;
    if let Some(host) = check_network(instance, doctor).await? {
        check_instance(
            &mut Inspector::new(&connected.client(timeout, &clock::service_clock())?),
            &host,
            doctor,
        )
        .await?;
    }
    before.push(connected);
    Ok(())
}

/// Reports where the token comes from, and whether others may read its file. The token itself is not read.
fn token_lines(arguments: &ServiceArguments, language: Language) -> Vec<Line> {
    if arguments.simulate {
        return Vec::new();
    }
    // A missing token is reported with the instance.
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
        return vec![Line(Level::Good, Subject::Token, Finding::Token { place })];
    };
    let path_text = path.display().to_string();
    let is_open = file_mode(path) & 0o077 != 0;
    let set = Line(
        Level::Good,
        Subject::Token,
        Finding::TokenFile {
            place,
            path: path_text.clone(),
        },
    );
    let warning = Line(
        Level::Warning,
        Subject::Token,
        Finding::TokenOpen { path: path_text },
    );
    [set]
        .into_iter()
        .chain(is_open.then_some(warning))
        .collect()
}

/// Resolves the name, then connects. Returns the host, or `None` if one of them fails. With a proxy the name is not
/// resolved here, because the proxy does that.
async fn check_network(
    instance: &Instance,
    doctor: &mut Doctor,
) -> Result<Option<String>, CommandError> {
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
    if !instance.is_loopback() && uses_proxy() {
        doctor.report(Line(
            Level::Good,
            Subject::Network,
            Finding::ByProxy { host: host.clone() },
        ))?;
        return Ok(Some(host));
    }
    let bare = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let failure = |finding| Line(Level::Failure(Exit::Early), Subject::Network, finding);
    let addresses: Vec<_> =
        match timeout(NETWORK_TIMEOUT, net::lookup_host((bare.as_str(), port))).await {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(error)) => {
                doctor.report(failure(Finding::NoName {
                    host,
                    reason: error.to_string(),
                }))?;
                return Ok(None);
            }
            Err(late) => {
                doctor.report(failure(Finding::NoName {
                    host,
                    reason: late.to_string(),
                }))?;
                return Ok(None);
            }
        };
    let connected = match timeout(
        NETWORK_TIMEOUT,
        net::TcpStream::connect(addresses.as_slice()),
    )
    .await
    {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(late) => Err(late.to_string()),
    };
    match connected {
        Ok(()) => Ok(Some(host)),
        Err(reason) => {
            doctor.report(failure(Finding::NoConnection { host, reason }))?;
            Ok(None)
        }
    }
}

fn uses_proxy() -> bool {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    names
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

async fn check_instance(
    inspector: &mut Inspector,
    host: &str,
    doctor: &mut Doctor,
) -> Result<(), CommandError> {
    let host = host.to_owned();
    let state = inspector.state().await;
    if let Err(outcome @ (Outcome::Unreachable(_) | Outcome::Uncertain(_))) = &state {
        let reason = outcome.words(doctor.language);
        let finding = Finding::NoAnswer { host, reason };
        return doctor.report(Line(Level::Failure(Exit::Early), Subject::Network, finding));
    }
    doctor.report(Line(
        Level::Good,
        Subject::Network,
        Finding::Reached { host },
    ))?;
    let is_accepted = !matches!(state, Err(Outcome::Halted(..)));
    doctor.report(state_line(state, doctor.language))?;
    if is_accepted {
        let past = inspector.state_history().await;
        doctor.report(past_line(past, Timestamp::now(), doctor.language))?;
        let delay = inspector.send_delay().await;
        doctor.report(pace_line(&delay, doctor.language))?;
        let queue = inspector.queue().await.map(|queue| queue.length);
        doctor.report(queue_line(queue, delay.ok(), doctor.language))?;
    }
    let time = inspector.service_time().await;
    doctor.report(clock_line(time, Timestamp::now(), doctor.language))
}

fn state_line(state: Result<InstanceState, Outcome>, language: Language) -> Line {
    let refused = Level::Failure(Exit::Refused);
    let (level, finding) = match state {
        Ok(InstanceState::Authorized) => (Level::Good, Finding::Authorized),
        Ok(InstanceState::NotAuthorized) => (refused, Finding::NotAuthorized),
        Ok(InstanceState::Blocked) => (refused, Finding::Blocked),
        Ok(InstanceState::YellowCard | InstanceState::Suspended) => (refused, Finding::Restricted),
        Ok(InstanceState::Starting) => (Level::Failure(Exit::Early), Finding::Starting),
        Ok(InstanceState::SleepMode) => (Level::Warning, Finding::SleepMode),
        Ok(InstanceState::Unnamed(state)) => (Level::Warning, Finding::Unnamed { state }),
        Err(outcome @ Outcome::Halted(..)) => (
            refused,
            Finding::Wrong {
                reason: outcome.words(language),
            },
        ),
        Err(outcome) => (
            Level::Failure(Exit::Early),
            Finding::NotTold {
                reason: outcome.words(language),
            },
        ),
    };
    Line(level, Subject::State, finding)
}

/// Reports how old the instance is, as far as its history shows, and its last states, newest first.
fn past_line(past: Result<Vec<StateEntry>, Outcome>, now: Timestamp, language: Language) -> Line {
    let past = past.unwrap_or_else(|outcome| {
        tracing::info!("the past states are not known: {outcome:?}");
        Vec::new()
    });
    let finding = past.last().map_or(Finding::PastNotTold, |first| {
        let age = Duration::try_from(now.duration_since(first.at)).unwrap_or_default();
        let zone = Zone::of(TimeZone::system());
        let shown = |entry: &StateEntry| {
            let at = shown_moment(&zone, entry.at, language);
            format!("{} {at}", entry.state.as_word())
        };
        let states: Vec<_> = past.iter().take(LAST_STATES).map(shown).collect();
        Finding::Past {
            age: long(age, language),
            states: states.join(", "),
        }
    });
    Line(Level::Good, Subject::Past, finding)
}

fn pace_line(delay: &Result<Duration, Outcome>, language: Language) -> Line {
    let (level, finding) = match delay {
        Err(outcome) => (
            Level::Warning,
            Finding::NotTold {
                reason: outcome.words(language),
            },
        ),
        Ok(delay) => {
            let milliseconds = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX).max(1);
            let seconds = delay.as_secs_f64().to_string();
            (
                Level::Good,
                Finding::Pace {
                    seconds,
                    cards: 3_600_000 / milliseconds,
                },
            )
        }
    };
    Line(level, Subject::Pace, finding)
}

fn queue_line(queue: Result<u64, Outcome>, delay: Option<Duration>, language: Language) -> Line {
    let (level, finding) = match queue {
        Err(outcome) => (
            Level::Warning,
            Finding::NotTold {
                reason: outcome.words(language),
            },
        ),
        Ok(0) => (Level::Good, Finding::QueueEmpty),
        Ok(messages) if messages >= MOST_QUEUED => {
            (Level::Warning, Finding::QueueLong { messages })
        }
        Ok(messages) => {
            let time = delay.map(|delay| delay * u32::try_from(messages).unwrap_or(u32::MAX));
            let finding = time.map_or(Finding::QueueUntimed { messages }, |time| {
                Finding::QueueLength {
                    messages,
                    time: long(time, language),
                }
            });
            (Level::Good, finding)
        }
    };
    Line(level, Subject::Queue, finding)
}

fn clock_line(
    time: Result<Option<Timestamp>, Outcome>,
    now: Timestamp,
    language: Language,
) -> Line {
    let (level, finding) = match time {
        Err(outcome) => (
            Level::Warning,
            Finding::NotTold {
                reason: outcome.words(language),
            },
        ),
        Ok(None) => (Level::Warning, Finding::ClockNotTold),
        Ok(Some(time)) => match now.duration_since(time).abs().as_secs().unsigned_abs() {
            seconds if seconds > DRIFT => (Level::Warning, Finding::ClockWrong { seconds }),
            // The service reports whole seconds, and the answer has spent time on its way.
            seconds => (
                Level::Good,
                Finding::Clock {
                    seconds: seconds.max(1),
                },
            ),
        },
    };
    Line(level, Subject::Clock, finding)
}
