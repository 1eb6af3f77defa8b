//! Where the send histories of instances are stored on this machine, and whether a run needs one.

use std::{env, path::PathBuf};

use crate::cli::{
    output::ui::Ui,
    session::connect::{ConnectedInstance, InstanceConnection},
};
use crate::{
    engine::EngineMessage,
    i18n::{Language, count, messages},
    ledger::{Attached, Database, Identity, Ledger, LedgerError, SendHistory, Service},
    platform,
};

messages! {
    /// Notes about a send history.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum SendHistoryNote {
        Counted { contacts: u64 } =
            en "{contacts} towards the daily caps."
                [contacts = count::en(*contacts, "earlier contact of this campaign now counts", "earlier contacts of this campaign now count")],
            ru "В дневных лимитах учтены ранее отправленные контакты этой кампании: {contacts}.",
        LeftOut { name: String, reason: String } =
            en "What {name} has sent in other campaigns is not known: {reason}",
            ru "Что {name} отправил в других кампаниях, неизвестно: {reason}",
        Missing =
            en "The send history that this campaign used is missing. A new one begins with what this campaign sent; \
                what other campaigns sent is not known.",
            ru "Истории отправок, которую вела эта кампания, нет. Новая начата с того, что отправила эта кампания; что \
                отправили другие, неизвестно.",
    }
}

/// Attaches the send history of an instance, which knows what was sent even when a ledger does not: always for a
/// service, for the simulator only where the history counts or keeps something. Returns a note for the user.
///
/// # Errors
/// [`LedgerError`] when it is needed and cannot be used, or the ledger cannot be read.
pub(crate) fn attach(
    ledger: &mut Ledger,
    instance: usize,
    connected: &ConnectedInstance,
    is_needed: bool,
    language: Language,
) -> Result<Option<String>, LedgerError> {
    Location::new(ledger, connected).attach(ledger, instance, is_needed, language)
}

/// Attaches the send histories of the campaign's instances that take no part in the run, in which `connected` does.
/// Returns notes for the user.
///
/// # Errors
/// [`LedgerError`] when the ledger cannot be read.
pub(super) fn attach_left_out(
    ledger: &mut Ledger,
    connected: &ConnectedInstance,
    language: Language,
) -> Result<Vec<String>, LedgerError> {
    let mut notes = Vec::new();
    for identity in ledger.left_out()? {
        let name = identity.to_string();
        let location = Location {
            identity,
            ..Location::new(ledger, connected)
        };
        match location.open_existing() {
            Ok(None) => {}
            Ok(Some(history)) => ledger.attach_left_out(history)?,
            Err(error) => {
                let reason = error.localized(language);
                notes.push(SendHistoryNote::LeftOut { name, reason }.localized(language));
            }
        }
    }
    Ok(notes)
}

/// Attaches the send histories of all instances for a command that sends nothing, and shows the notes for the user.
///
/// # Errors
/// [`LedgerError`] when the ledger cannot be read.
pub(crate) fn attach_all(
    ledger: &mut Ledger,
    connections: &[InstanceConnection],
    ui: &Ui,
) -> Result<(), LedgerError> {
    for (instance, connection) in connections.iter().enumerate() {
        let note = attach(ledger, instance, &connection.connected, false, ui.language)?;
        if let Some(note) = note {
            eprintln_lossy!("  {}{note}", connection.prefix);
        }
    }
    Ok(())
}

/// Attaches a copy of the send history of an instance, if the identity is enough to find it. For a service on this
/// machine it is not: its history also depends on the service's address.
pub(super) fn attach_copy(
    ledger: &mut Ledger,
    instance: usize,
    identity: &Identity,
) -> Result<(), LedgerError> {
    match (identity.service, folder()) {
        (Service::GreenApi, Some(folder)) => {
            let history = SendHistory::open_copy(&folder, identity, "")?;
            ledger.attach_history(instance, history).map(drop)
        }
        (Service::GreenApi, None) | (Service::Loopback | Service::Simulator, _) => Ok(()),
    }
}

/// Where the send history of an instance is.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    /// The database of the ledger, which also holds the send histories.
    database: Option<Database>,
    /// The folder of all send histories, if this machine has one.
    folder: Option<PathBuf>,
    /// Whether only a copy is attached.
    is_dry_run: bool,
    identity: Identity,
    /// Host and port of a service on this machine.
    host: String,
}

impl Location {
    pub(crate) fn new(ledger: &Ledger, connected: &ConnectedInstance) -> Self {
        Self {
            database: ledger.database().cloned(),
            folder: folder(),
            is_dry_run: connected.is_dry_run,
            identity: connected.identity(),
            host: host(connected.instance.api_url()).to_owned(),
        }
    }

    /// Returns the names of the campaigns that the history knows. `None` for a simulator, which sends nothing.
    pub(super) fn campaigns(&self) -> Option<Vec<String>> {
        if self.identity.service == Service::Simulator {
            return None;
        }
        // A history that cannot be used is reported when it is attached; until then it knows nothing.
        let history = self.open_existing().ok().flatten();
        let names = history.and_then(|history| history.campaigns().ok());
        Some(names.unwrap_or_default())
    }

    fn attach(
        &self,
        ledger: &mut Ledger,
        instance: usize,
        is_needed: bool,
        language: Language,
    ) -> Result<Option<String>, LedgerError> {
        let history = match self.identity.service {
            Service::GreenApi => self.open(""),
            Service::Loopback => self.open(&self.host),
            Service::Simulator if is_needed => SendHistory::in_memory(),
            Service::Simulator => return Ok(None),
        };
        match history.and_then(|history| ledger.attach_history(instance, history)) {
            // A send history in memory starts empty each time.
            Ok(_) if self.identity.service == Service::Simulator => Ok(None),
            Ok(Attached {
                is_missing: true, ..
            }) => Ok(Some(SendHistoryNote::Missing.localized(language))),
            Ok(Attached { added: 0, .. }) => Ok(None),
            Ok(Attached { added, .. }) => {
                let contacts = added as u64;
                Ok(Some(
                    SendHistoryNote::Counted { contacts }.localized(language),
                ))
            }
            Err(error @ LedgerError::SendHistory { .. }) if !is_needed => {
                let text = |language| {
                    let reason = error.localized(language);
                    EngineMessage::WithoutSendHistory { reason }.localized(language)
                };
                tracing::warn!("{}", text(Language::En));
                Ok(Some(text(language)))
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the history if there is one on this machine.
    fn open_existing(&self) -> Result<Option<SendHistory>, LedgerError> {
        let host = match self.identity.service {
            Service::GreenApi => "",
            Service::Loopback => &self.host,
            Service::Simulator => return Ok(None),
        };
        let folder = self.folder.as_deref();
        let is_there = self.database.is_some()
            || folder.is_some_and(|folder| SendHistory::exists(folder, &self.identity, host));
        is_there.then(|| self.open(host)).transpose()
    }

    fn open(&self, host: &str) -> Result<SendHistory, LedgerError> {
        if let Some(database) = &self.database {
            return SendHistory::open_in(database, &self.identity, host);
        }
        let Some(folder) = &self.folder else {
            return Err(LedgerError::SendHistory {
                path: PathBuf::from("sendcontact"),
                reason: "this machine sets no home folder".to_owned(),
            });
        };
        if self.is_dry_run {
            SendHistory::open_copy(folder, &self.identity, host)
        } else {
            SendHistory::open(folder, &self.identity, host)
        }
    }
}

/// Returns the folder for state.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(folder) = named("SENDCONTACT_STATE_DIR") {
        return Some(folder);
    }
    Some(platform::state_home()?.join("sendcontact"))
}

/// Whether the environment names a folder other than the usual one.
pub(crate) fn is_named_here() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    is_set("SENDCONTACT_STATE_DIR") || platform::STATE_VARIABLE.is_some_and(is_set)
}

/// Returns host and port of an address.
fn host(url: &str) -> &str {
    let after_scheme = url.split_once("//").map_or(url, |(_, rest)| rest);
    after_scheme
        .split_once('/')
        .map_or(after_scheme, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use std::{num::NonZeroU64, path::Path};

    use super::*;
    use crate::send_policy::Caps;
    use Service::{GreenApi, Loopback, Simulator};

    #[test]
    fn the_service_always_has_a_send_history_and_without_caps_a_broken_one_is_only_reported() {
        let folder = tempfile::tempdir().unwrap();
        let (file, state) = (folder.path().join("file"), folder.path().join("state"));
        std::fs::write(&file, "").unwrap();
        let capped = Caps {
            daily: NonZeroU64::new(5),
            ..Caps::default()
        };
        let none = Caps::default();
        let attach = |service, folder: Option<&Path>, caps: &Caps| {
            let name = format!("{}.ledger", fastrand::u64(..));
            let identity = Identity {
                service,
                instance: "1101".to_owned(),
                name: String::new(),
            };
            let mut ledger =
                Ledger::open(state.with_file_name(name), std::slice::from_ref(&identity)).unwrap();
            let location = Location {
                database: None,
                is_dry_run: false,
                folder: folder.map(Path::to_owned),
                identity,
                host: "[::1]:8080".to_owned(),
            };
            let result = location.attach(&mut ledger, 0, caps.needs_history(), Language::En);
            result.map(|note| (note.is_some(), ledger.send_history(0).is_some()))
        };
        assert_eq!(
            attach(GreenApi, Some(&state), &none).unwrap(),
            (false, true)
        );
        assert_eq!(attach(GreenApi, Some(&file), &none).unwrap(), (true, false));
        assert_eq!(attach(GreenApi, None, &none).unwrap(), (true, false));
        for (service, folder) in [
            (GreenApi, Some(file.as_path())),
            (GreenApi, None),
            (Loopback, None),
        ] {
            assert!(matches!(
                attach(service, folder, &capped),
                Err(LedgerError::SendHistory { .. })
            ));
        }
        assert_eq!(attach(Loopback, None, &none).unwrap(), (true, false));
        assert_eq!(
            attach(Loopback, Some(&state), &capped).unwrap(),
            (false, true)
        );
        assert_eq!(attach(Simulator, None, &capped).unwrap(), (false, true));
        assert_eq!(host("http://[::1]:8080/x"), "[::1]:8080");
    }
}
