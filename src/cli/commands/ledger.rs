//! Copies the file of a ledger.

use crate::cli::{
    args::{LedgerArguments, LedgerCommand},
    exit::{CommandError, Exit},
    output::ui::Ui,
};
use crate::{i18n::messages, ledger::Ledger};

messages! {
    /// What was written.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum LedgerMessage {
        Copied { from: String, to: String } =
            en "{from} was copied to {to}.",
            ru "{from} скопирован в {to}.",
    }
}

pub(crate) fn ledger(arguments: &LedgerArguments, ui: &Ui) -> Result<Exit, CommandError> {
    match &arguments.command {
        LedgerCommand::Copy { from, to } => {
            Ledger::copy(from, to)?;
            let (from, to) = (from.display().to_string(), to.display().to_string());
            ui.print(&LedgerMessage::Copied { from, to });
            Ok(Exit::Done)
        }
    }
}
