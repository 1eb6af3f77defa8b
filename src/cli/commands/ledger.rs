//! Copies the file of a ledger.

use crate::cli::{
    args::{LedgerArguments, LedgerCommand},
    exit::{CommandError, Exit},
    output::ui::Ui,
};
use crate::{i18n::RunMessage, ledger::Ledger};

pub(crate) fn ledger(arguments: &LedgerArguments, ui: &Ui) -> Result<Exit, CommandError> {
    match &arguments.command {
        LedgerCommand::Copy { from, to } => {
            Ledger::copy(from, to)?;
            let (from, to) = (from.display().to_string(), to.display().to_string());
            ui.print(&RunMessage::LedgerCopied { from, to });
            Ok(Exit::Done)
        }
    }
}
