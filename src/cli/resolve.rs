//! A person's decision about unknown rows: counted as sent, or sent again with the risk named.

use std::io::{BufRead, IsTerminal, Write};

use super::{
    args::ResolveArguments,
    exit::{CommandError, Exit},
    runs, settings,
};
use crate::{
    ledger::{Ledger, Resolution, RowId, Unknown},
    sentences::{Language, Talk},
};

pub(super) fn resolve(arguments: &ResolveArguments, language: Language) -> Result<Exit, CommandError> {
    let path = settings::ledger(&arguments.campaign)?;
    let mut ledger = Ledger::open_existing(&path, &[])?;
    let (rows, resolution) = if arguments.resend.is_empty() {
        (&arguments.assume_sent, Resolution::AssumedSent)
    } else {
        (&arguments.resend, Resolution::Resend)
    };
    let is_named = |row: &&Unknown| {
        rows.iter().any(|rows| rows.contains(row.row))
            && arguments.source.as_ref().is_none_or(|source| *source == row.source)
    };
    let unknown = ledger.unknown()?;
    let named: Vec<&Unknown> = unknown.iter().filter(is_named).collect();
    if named.is_empty() {
        say!("{}", Talk::NoneUnknown.say(language));
        return Ok(Exit::Done);
    }
    if !is_agreed(arguments, named.len() as u64, language) {
        say!("{}", Talk::NothingChanged.say(language));
        return Ok(Exit::Done);
    }
    let resolutions: Vec<(RowId, Resolution)> =
        named.iter().map(|row| (row.id, resolution.clone())).collect();
    runs::recorded(&mut ledger, "resolve", |ledger| {
        let rows = ledger.resolve(&resolutions)? as u64;
        let now =
            if arguments.resend.is_empty() { Talk::NowAccepted { rows } } else { Talk::NowPending { rows } };
        say!("{}", now.say(language));
        Ok(Exit::Done)
    })
}

/// Asks on a terminal, and names the risk; elsewhere the command itself is the answer.
fn is_agreed(arguments: &ResolveArguments, rows: u64, language: Language) -> bool {
    if arguments.yes || !std::io::stdin().is_terminal() {
        return true;
    }
    let question =
        if arguments.resend.is_empty() { Talk::AskAssume { rows } } else { Talk::AskResend { rows } };
    say_on!("{}", question.say(language));
    // An answer that cannot be read is no.
    let _flushed = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "д" | "да")
}
