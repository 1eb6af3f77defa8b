//! The user decides about unknown rows: they count as sent, or are sent again.

use std::{
    collections::HashMap,
    io::{BufRead, IsTerminal, Write},
};

use crate::cli::{
    args::{ResolveArguments, Rows},
    exit::{CommandError, Exit},
    options::{clock, error::SettingsError, paths},
    session::run_record,
};
use crate::{
    domain::Status,
    i18n::{ConsoleMessage, Language},
    ledger::{Ledger, LedgerError, Resolution, RowId, Unknown},
};

pub(crate) fn resolve(
    arguments: &ResolveArguments,
    language: Language,
) -> Result<Exit, CommandError> {
    let path = paths::existing_ledger(&arguments.campaign)?;
    let mut ledger = Ledger::open_existing(&path, &[])?;
    let (rows, resolution) = if arguments.resend.is_empty() {
        (&arguments.assume_sent, Resolution::AssumedSent)
    } else {
        (&arguments.resend, Resolution::Resend)
    };
    let is_named = |row: &&Unknown| {
        rows.iter().any(|rows| rows.contains(row.row))
            && arguments
                .source
                .as_ref()
                .is_none_or(|source| *source == row.source)
    };
    let unknown = ledger.unknown()?;
    require_one_source(arguments, rows, &ledger, &unknown)?;
    let named: Vec<&Unknown> = unknown.iter().filter(is_named).collect();
    if named.is_empty() {
        eprintln_lossy!("{}", ConsoleMessage::NoneUnknown.localized(language));
        return Ok(Exit::Done);
    }
    if !is_confirmed(arguments, named.len() as u64, language) {
        eprintln_lossy!("{}", ConsoleMessage::NothingChanged.localized(language));
        return Ok(Exit::Done);
    }
    let resolutions: Vec<(RowId, Resolution)> = named
        .iter()
        .map(|row| (row.id, resolution.clone()))
        .collect();
    run_record::record_run(&mut ledger, "resolve", &clock::service_clock(), |ledger| {
        if arguments.resend.is_empty() {
            let rows = ledger.resolve(&resolutions)? as u64;
            eprintln_lossy!(
                "{}",
                ConsoleMessage::NowAccepted { rows }.localized(language)
            );
            return Ok(Exit::Done);
        }
        let resent = resend(ledger, &resolutions)?;
        eprintln_lossy!(
            "{}",
            ConsoleMessage::NowPending {
                rows: resent.pending
            }
            .localized(language)
        );
        resent.print_not_sent("", language);
        Ok(Exit::Done)
    })
}

/// Refuses a row number that names unknown rows of several files.
fn require_one_source(
    arguments: &ResolveArguments,
    rows: &[Rows],
    ledger: &Ledger,
    unknown: &[Unknown],
) -> Result<(), CommandError> {
    if let Some(named) = &arguments.source {
        let sources: Vec<String> = ledger
            .sources()?
            .into_iter()
            .map(|source| source.name)
            .collect();
        let is_known = sources.contains(named);
        return if is_known {
            Ok(())
        } else {
            Err(SettingsError::NoSource(named.clone(), sources).into())
        };
    }
    if rows.contains(&Rows::All) {
        return Ok(());
    }
    let mut sources: HashMap<u64, &str> = HashMap::new();
    for row in unknown
        .iter()
        .filter(|row| rows.iter().any(|rows| rows.contains(row.row)))
    {
        let source = *sources.entry(row.row).or_insert(&row.source);
        if source != row.source {
            let both = vec![source.to_owned(), row.source.clone()];
            return Err(SettingsError::WhichSource(row.row, both).into());
        }
    }
    Ok(())
}

/// What became of rows that were to be sent again.
pub(crate) struct Resent {
    /// This many are pending.
    pub(crate) pending: u64,
    /// This many are left out now.
    suppressed: u64,
    /// For this many another row went, or may have gone, to the same person.
    duplicate: u64,
}

impl Resent {
    /// Prints how many rows are not sent, each line after a prefix.
    pub(crate) fn print_not_sent(&self, prefix: &str, language: Language) {
        if self.suppressed > 0 {
            eprintln_lossy!(
                "{prefix}{}",
                ConsoleMessage::NowSuppressed {
                    rows: self.suppressed
                }
                .localized(language)
            );
        }
        if self.duplicate > 0 {
            eprintln_lossy!(
                "{prefix}{}",
                ConsoleMessage::NowDuplicate {
                    rows: self.duplicate
                }
                .localized(language)
            );
        }
    }
}

/// Makes rows pending again, unless they must not be sent.
pub(crate) fn resend(
    ledger: &mut Ledger,
    resolutions: &[(RowId, Resolution)],
) -> Result<Resent, LedgerError> {
    let before = ledger.counts()?;
    let rows = ledger.resolve(resolutions)? as u64;
    let after = ledger.counts()?;
    let more = |status| after.of(status) - before.of(status);
    let (suppressed, duplicate) = (more(Status::Suppressed), more(Status::Duplicate));
    Ok(Resent {
        pending: rows - suppressed - duplicate,
        suppressed,
        duplicate,
    })
}

/// Asks on a terminal, and names the risk. Without a terminal the command itself is the answer.
fn is_confirmed(arguments: &ResolveArguments, rows: u64, language: Language) -> bool {
    if arguments.yes || !std::io::stdin().is_terminal() {
        return true;
    }
    let question = if arguments.resend.is_empty() {
        ConsoleMessage::AskAssume { rows }
    } else {
        ConsoleMessage::AskResend { rows }
    };
    eprint_lossy!("{}", question.localized(language));
    // An answer that cannot be read means no.
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok()
        && matches!(
            answer.trim().to_lowercase().as_str(),
            "y" | "yes" | "д" | "да"
        )
}
