//! The user decides about unknown rows: they count as sent, or are sent again. Without a decision the command lists
//! them.

mod messages;

use std::{
    collections::HashMap,
    io::{BufRead, IsTerminal, Write},
};

use jiff::tz::TimeZone;

use crate::cli::{
    args::{ResolveArguments, Rows},
    exit::{CommandError, Exit},
    options::{clock, error::SettingsError, paths},
    output::{stdout::print_wrapped, ui::Ui},
    session::run_record,
};
use crate::{
    domain::Status,
    i18n::{Language, Shown},
    ledger::{Ledger, LedgerError, Resolution, RowId, Unknown},
};

use messages::ResolveMessage;

pub(crate) fn resolve(arguments: &ResolveArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let path = paths::existing_ledger(&arguments.campaign)?;
    let mut ledger = Ledger::open_existing(&path, &[])?;
    if arguments.resend.is_empty() && arguments.assume_sent.is_empty() {
        return list_unknown(arguments, &ledger, ui);
    }
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
        ui.print(&ResolveMessage::NoneUnknown);
        return Ok(Exit::Done);
    }
    let rows = named.len() as u64;
    let is_asked = std::io::stdin().is_terminal();
    if !arguments.resend.is_empty() && !arguments.yes && !is_asked {
        return Err(SettingsError::ResendUnasked { rows }.into());
    }
    if is_asked && !arguments.yes && !is_confirmed(arguments, rows, ui) {
        ui.print(&ResolveMessage::NothingChanged);
        return Ok(Exit::Done);
    }
    let resolutions: Vec<(RowId, Resolution)> = named
        .iter()
        .map(|row| (row.id, resolution.clone()))
        .collect();
    let campaign = ui.hints.of_campaign(&ledger);
    run_record::record_run(&mut ledger, "resolve", &clock::service_clock(), |ledger| {
        if arguments.resend.is_empty() {
            let rows = ledger.resolve(&resolutions)? as u64;
            let now = ResolveMessage::NowAccepted { rows };
            eprintln_lossy!("{}\n  {}", now.localized(ui.language), campaign.report());
            return Ok(Exit::Done);
        }
        let resent = resend(ledger, &resolutions)?;
        let rows = resent.pending;
        ui.print(&ResolveMessage::NowPending { rows });
        if let Some(send) = campaign.send() {
            eprintln_lossy!("  {send}");
        }
        resent.print_not_sent("", ui);
        Ok(Exit::Done)
    })
}

/// Lists the unknown rows on stdout, and names the commands with which the user decides.
fn list_unknown(
    arguments: &ResolveArguments,
    ledger: &Ledger,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    require_one_source(arguments, &[], ledger, &[])?;
    let is_named = |row: &Unknown| {
        let source = arguments.source.as_ref();
        source.is_none_or(|source| *source == row.source)
    };
    let unknown: Vec<Unknown> = ledger.unknown()?.into_iter().filter(is_named).collect();
    if unknown.is_empty() {
        ui.print(&ResolveMessage::NothingUnknown);
        return Ok(Exit::Done);
    }
    let rows = unknown.len() as u64;
    ui.print(&ResolveMessage::Listed { rows });
    let zone = TimeZone::system();
    let hints = ui.hints.of_campaign(ledger);
    let lines: Vec<String> = unknown
        .iter()
        .map(|row| format!("  {}\n", listed(row, &zone, ui.language)))
        .collect();
    print_wrapped(&lines.concat())?;
    for (message, command) in [
        (ResolveMessage::LookUp { rows }, hints.reconcile()),
        (ResolveMessage::IfArrived { rows }, hints.assume_sent()),
        (ResolveMessage::IfNotArrived { rows }, hints.resend()),
    ] {
        eprintln_lossy!("{}\n  {command}", message.localized(ui.language));
    }
    if rows > 1 {
        ui.print(&ResolveMessage::SomeRows);
    }
    Ok(Exit::Unknown)
}

/// Describes one unknown row: where it is, when its request began, which recipient was to get which contact.
fn listed(row: &Unknown, zone: &TimeZone, language: Language) -> String {
    let names: Vec<&str> = row.names.iter().map(String::as_str).collect();
    let names = names.into_iter().filter(|name| !name.is_empty());
    let card: Vec<&str> = names.chain([row.phone_contact.as_str()]).collect();
    let at = row.sent_at.to_zoned(zone.clone());
    ResolveMessage::Row {
        row: row.row,
        source: row.source.clone(),
        at: format!("{} {}", at.date().shown(language), at.strftime("%H:%M")),
        recipient: row.chat.clone(),
        card: card.join(" "),
    }
    .localized(language)
}

/// Refuses a row number that matches unknown rows of several files.
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

/// What became of the rows that the user wanted to send again.
pub(crate) struct Resent {
    /// How many are pending.
    pub(crate) pending: u64,
    /// How many are now suppressed.
    suppressed: u64,
    /// How many are duplicates: another row was sent, or may have been, to the same person.
    duplicate: u64,
}

impl Resent {
    /// Prints how many rows are not sent, each line with this prefix.
    pub(crate) fn print_not_sent(&self, prefix: &str, ui: &Ui) {
        if self.suppressed > 0 {
            eprintln_lossy!(
                "{prefix}{}",
                ResolveMessage::NowSuppressed {
                    rows: self.suppressed
                }
                .localized(ui.language)
            );
        }
        if self.duplicate > 0 {
            eprintln_lossy!(
                "{prefix}{}",
                ResolveMessage::NowDuplicate {
                    rows: self.duplicate
                }
                .localized(ui.language)
            );
        }
    }
}

/// Makes rows pending again, except those that must not be sent.
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

/// Asks for confirmation on a terminal, and names the risk.
fn is_confirmed(arguments: &ResolveArguments, rows: u64, ui: &Ui) -> bool {
    let question = if arguments.resend.is_empty() {
        ResolveMessage::AskAssume { rows }
    } else {
        ResolveMessage::AskResend { rows }
    };
    eprint_lossy!("{}", question.localized(ui.language));
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
