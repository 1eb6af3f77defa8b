//! Copies the file of a ledger.

use crate::cli::{
    args::{LedgerArguments, LedgerCommand},
    exit::{CommandError, Exit},
};
use crate::{
    i18n::{Language, RunMessage},
    ledger::Ledger,
};

pub(crate) fn ledger(
    arguments: &LedgerArguments,
    language: Language,
) -> Result<Exit, CommandError> {
    match &arguments.command {
        LedgerCommand::Copy { from, to } => {
            Ledger::copy(from, to)?;
            let (from, to) = (from.display().to_string(), to.display().to_string());
            eprintln_lossy!(
                "{}",
                RunMessage::LedgerCopied { from, to }.localized(language)
            );
            Ok(Exit::Done)
        }
    }
}
