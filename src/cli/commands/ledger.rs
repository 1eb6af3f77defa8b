//! Copies a ledger: to another file, or between a file and a database. Between a file and a database the send histories
//! of its instances of GREEN-API are copied too, because the histories here no longer count for a run on the other side.

use crate::cli::{
    args::{LedgerArguments, LedgerCommand},
    exit::{CommandError, Exit},
    options::paths,
    output::ui::Ui,
    session::send_history::folder,
};
use crate::{
    i18n::messages,
    ledger::{HistoryPlace, Ledger, LedgerError, Place, SendHistory, Service},
};

messages! {
    /// What was written.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum LedgerMessage {
        Copied { from: String, to: String } =
            en "{from} was copied to {to}.",
            ru "{from} скопирован в {to}.",
        Moved { from: String, to: String } =
            en "{from} was copied to {to}, with the send histories of its instances of GREEN-API. From now on send from \
                one of the two only: neither knows what is sent from the other.",
            ru "{from} скопирован в {to} вместе с историями отправок его инстансов GREEN-API. Дальше отправляйте только \
                из одного из двух: ни один не знает, что отправлено из другого.",
        MovedAlone { from: String, to: String } =
            en "{from} was copied to {to}; it has no send histories of GREEN-API to copy. From now on send from one of \
                the two only: neither knows what is sent from the other.",
            ru "{from} скопирован в {to}; историй отправок GREEN-API у него нет, копировать нечего. Дальше отправляйте \
                только из одного из двух: ни один не знает, что отправлено из другого.",
    }
}

pub(crate) fn ledger(arguments: &LedgerArguments, ui: &Ui) -> Result<Exit, CommandError> {
    match &arguments.command {
        LedgerCommand::Copy { from, to, database } => {
            let [from, to] = [from, to].map(|named| paths::place_named(named, database));
            copy(&from?, &to?, ui)?;
            Ok(Exit::Done)
        }
    }
}

fn copy(from: &Place, to: &Place, ui: &Ui) -> Result<(), CommandError> {
    let shown = (from.to_string(), to.to_string());
    let stays = match (from, to) {
        (Place::File(_), Place::File(_)) => true,
        (
            Place::Database { database, .. },
            Place::Database {
                database: other, ..
            },
        ) => database == other,
        (Place::File(_), Place::Database { .. }) | (Place::Database { .. }, Place::File(_)) => {
            false
        }
    };
    // The histories are copied first, so that no ledger can be sent from before they are there.
    let has_histories = !stays && copy_histories(from, to)?;
    Ledger::copy(from, to)?;
    let (from, to) = shown;
    ui.print(&match (stays, has_histories) {
        (true, _) => LedgerMessage::Copied { from, to },
        (false, true) => LedgerMessage::Moved { from, to },
        (false, false) => LedgerMessage::MovedAlone { from, to },
    });
    Ok(())
}

/// Copies what each instance of GREEN-API has sent in any campaign, and returns whether there was anything to copy. A
/// service on this machine is only for trials.
fn copy_histories(from: &Place, to: &Place) -> Result<bool, LedgerError> {
    let files = folder();
    let [source, target] = [from, to].map(|place| match place {
        Place::Database { database, .. } => Some(HistoryPlace::Database(database)),
        Place::File(_) => files.as_deref().map(HistoryPlace::Folder),
    });
    let (Some(source), Some(target)) = (source, target) else {
        return Ok(false);
    };
    let mut identities = Ledger::known_identities(from)?;
    identities.retain(|identity| identity.service == Service::GreenApi);
    for identity in &identities {
        SendHistory::copy(identity, "", source, target)?;
    }
    Ok(!identities.is_empty())
}
