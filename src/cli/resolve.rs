//! A person's decision about unknown rows: counted as sent, or sent again with the risk named.

use std::io::{BufRead, IsTerminal, Write};

use super::{
    args::ResolveArguments,
    exit::{CommandError, Exit},
    runs, settings,
};
use crate::ledger::{Ledger, Resolution, RowId, Unknown};

pub(super) fn resolve(arguments: &ResolveArguments) -> Result<Exit, CommandError> {
    let path = settings::ledger(&arguments.campaign)?;
    let mut ledger = Ledger::open_existing(&path, None)?;
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
        say!("None of these rows is unknown; nothing was changed.");
        return Ok(Exit::Done);
    }
    if !is_agreed(arguments, &named, &resolution) {
        say!("Nothing was changed.");
        return Ok(Exit::Done);
    }
    let resolutions: Vec<(RowId, Resolution)> =
        named.iter().map(|row| (row.id, resolution.clone())).collect();
    let status = if arguments.resend.is_empty() { "accepted" } else { "pending" };
    runs::recorded(&mut ledger, "resolve", |ledger| {
        let changed = ledger.resolve(&resolutions)?;
        say!("{changed} rows are {status} now. sendcontact report writes the results anew; send goes on.");
        Ok(Exit::Done)
    })
}

/// Asks on a terminal, and names the risk; elsewhere the command itself is the answer.
fn is_agreed(arguments: &ResolveArguments, named: &[&Unknown], resolution: &Resolution) -> bool {
    if arguments.yes || !std::io::stdin().is_terminal() {
        return true;
    }
    let risk = if *resolution == Resolution::Resend {
        "will be sent again: a card that had arrived arrives twice"
    } else {
        "will count as sent: a card that had not arrived is never sent"
    };
    say_on!("{} unknown rows {risk}. Go on? [y/N] ", named.len());
    // An answer that cannot be read is no.
    let _flushed = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "д" | "да")
}
