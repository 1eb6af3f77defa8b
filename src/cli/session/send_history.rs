//! Where the send histories of instances are on this machine, and whether a run needs one.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::{
    i18n::{Language, RunMessage},
    ledger::{Identity, Ledger, LedgerError, SendHistory, Service},
    send_policy::Caps,
};

/// Attaches the send history of an instance, which knows what was sent even when a ledger does not:
/// always with a service, with the simulator if something is counted. Gives what a person should know.
///
/// # Errors
/// [`LedgerError`] when caps are to hold and nothing can be counted, or the ledger cannot be read.
pub(crate) fn keep(
    instance: (&mut Ledger, usize),
    (identity, api_url): (&Identity, &str),
    caps: Option<&Caps>,
    language: Language,
) -> Result<Option<String>, LedgerError> {
    keep_in(
        folder().as_deref(),
        instance,
        (identity, api_url),
        caps,
        language,
    )
}

fn keep_in(
    folder: Option<&Path>,
    (ledger, instance): (&mut Ledger, usize),
    (identity, api_url): (&Identity, &str),
    caps: Option<&Caps>,
    language: Language,
) -> Result<Option<String>, LedgerError> {
    let counts = caps.is_some_and(Caps::need_a_history);
    let history = match identity.service {
        Service::GreenApi => open(folder, identity, ""),
        Service::Loopback => open(folder, identity, host(api_url)),
        Service::Simulator if counts => SendHistory::in_memory(),
        Service::Simulator => return Ok(None),
    };
    let kept = history.and_then(|history| ledger.attach_history(instance, history));
    match kept {
        Ok(0) => Ok(None),
        // A send history in memory hears of them each time.
        Ok(_) if identity.service == Service::Simulator => Ok(None),
        Ok(cards) => Ok(Some(
            RunMessage::BroughtIn {
                cards: cards as u64,
            }
            .localized(language),
        )),
        Err(error @ LedgerError::SendHistory { .. }) if !counts => {
            let reason = error.localized(language);
            Ok(Some(RunMessage::BookBroken { reason }.localized(language)))
        }
        Err(error) => Err(error),
    }
}

fn open(
    folder: Option<&Path>,
    identity: &Identity,
    host: &str,
) -> Result<SendHistory, LedgerError> {
    let nowhere = || LedgerError::SendHistory {
        path: PathBuf::from("sendcontact"),
        reason: "this machine sets no home folder".to_owned(),
    };
    SendHistory::open(folder.ok_or_else(nowhere)?, identity, host)
}

/// The folder for state (source: the XDG Base Directory Specification; on Windows its known folder of
/// local application data).
pub(crate) fn folder() -> Option<PathBuf> {
    let named = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(folder) = named("SENDCONTACT_STATE_DIR") {
        return Some(folder);
    }
    let absolute = |name: &str| named(name).filter(|path| path.is_absolute());
    let state = if cfg!(windows) {
        absolute("LOCALAPPDATA")
    } else {
        absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local").join("state")))
    };
    Some(state?.join("sendcontact"))
}

/// Whether the environment names another folder than the usual one.
pub(crate) fn is_named_here() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    is_set("SENDCONTACT_STATE_DIR") || (!cfg!(windows) && is_set("XDG_STATE_HOME"))
}

/// Host and port of an address.
fn host(url: &str) -> &str {
    let behind = url.split_once("//").map_or(url, |(_, behind)| behind);
    behind.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;
    use Service::{GreenApi, Loopback, Simulator};

    #[test]
    fn the_service_always_has_a_book_and_without_caps_one_that_is_broken_is_only_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let (file, state) = (folder.path().join("file"), folder.path().join("state"));
        std::fs::write(&file, "").unwrap();
        let capped = Caps {
            daily: NonZeroU64::new(5),
            ..Caps::default()
        };
        let none = Caps::default();
        let keep = |service, folder: Option<&Path>, caps: &Caps| {
            let name = format!("{}.ledger", fastrand::u64(..));
            let identity = Identity {
                service,
                instance: "1101".to_owned(),
                name: String::new(),
            };
            let mut ledger =
                Ledger::open(&state.with_file_name(name), std::slice::from_ref(&identity)).unwrap();
            let told = keep_in(
                folder,
                (&mut ledger, 0),
                (&identity, "http://[::1]:8080/x"),
                Some(caps),
                Language::En,
            );
            told.map(|told| (told.is_some(), ledger.send_history(0).is_some()))
        };
        assert_eq!(keep(GreenApi, Some(&state), &none).unwrap(), (false, true));
        assert_eq!(keep(GreenApi, Some(&file), &none).unwrap(), (true, false));
        assert_eq!(keep(GreenApi, None, &none).unwrap(), (true, false));
        for (service, folder) in [
            (GreenApi, Some(file.as_path())),
            (GreenApi, None),
            (Loopback, None),
        ] {
            assert!(matches!(
                keep(service, folder, &capped),
                Err(LedgerError::SendHistory { .. })
            ));
        }
        assert_eq!(keep(Loopback, None, &none).unwrap(), (true, false));
        assert_eq!(
            keep(Loopback, Some(&state), &capped).unwrap(),
            (false, true)
        );
        assert_eq!(keep(Simulator, None, &capped).unwrap(), (false, true));
        assert_eq!(host("http://[::1]:8080/x"), "[::1]:8080");
    }
}
