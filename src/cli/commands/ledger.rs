//! Copies a ledger: to another file, or between a file and a database. Between a file and a database the send histories
//! of its instances are copied too, because the histories here no longer count for a run on the other side.

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
            en "{from} was copied to {to}, with the send histories of its instances. From now on send from one of the \
                two only: neither knows what is sent from the other.",
            ru "{from} скопирован в {to} вместе с историями отправок его инстансов. Дальше отправляйте только из одного \
                из двух: ни один не знает, что отправлено из другого.",
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
    let stays = from.file().is_some() && to.file().is_some();
    if !stays {
        // The histories are copied first, so that no ledger can be sent from before they are there.
        copy_histories(from, to)?;
    }
    Ledger::copy(from, to)?;
    let (from, to) = shown;
    ui.print(&if stays {
        LedgerMessage::Copied { from, to }
    } else {
        LedgerMessage::Moved { from, to }
    });
    Ok(())
}

/// Copies what each instance of GREEN-API has sent in any campaign. A service on this machine is only for trials.
fn copy_histories(from: &Place, to: &Place) -> Result<(), LedgerError> {
    let files = folder();
    let [source, target] = [from, to].map(|place| match place {
        Place::Database { database, .. } => Some(HistoryPlace::Database(database)),
        Place::File(_) => files.as_deref().map(HistoryPlace::Folder),
    });
    let (Some(source), Some(target)) = (source, target) else {
        return Ok(());
    };
    Ledger::known_identities(from)?
        .iter()
        .filter(|identity| identity.service == Service::GreenApi)
        .try_for_each(|identity| SendHistory::copy(identity, "", source, target).map(drop))
}
