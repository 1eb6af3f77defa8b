//! All campaigns of this folder: a line each, or an object a line.

use std::path::{Path, PathBuf};

use super::{
    json::StatusSummary,
    messages::{StateMessage, StatusLabel},
    state_message,
};
use crate::cli::{
    args::StatusArguments,
    exit::{CommandError, Exit},
    failure::FailureSummary,
    output::{
        stdout::{print, print_json},
        ui::Ui,
    },
    session::campaign_state::CampaignState,
};
use crate::{
    domain::Status,
    i18n::Language,
    ledger::{Ledger, LedgerError},
    report::{self, CampaignStats},
};

/// Lists every ledger. One that cannot be read says why, in its line.
pub(super) fn list(
    ledgers: &[PathBuf],
    arguments: &StatusArguments,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    if arguments.json {
        for path in ledgers {
            match Ledger::read(path).and_then(|ledger| {
                let stats = CampaignStats::of(&ledger)?;
                Ok((ledger, stats))
            }) {
                Ok((ledger, stats)) => {
                    print_json(&StatusSummary::read(&ledger, &stats, ui.language)?)?;
                }
                Err(error) => {
                    print_json(&FailureSummary::new(
                        &CommandError::from(error),
                        ui.language,
                    ))?;
                }
            }
        }
        return Ok(Exit::Done);
    }
    if !arguments.brief {
        print(&line(&headings(ui.language)))?;
    }
    for path in ledgers {
        let text = if arguments.brief {
            Ledger::read(path).and_then(|ledger| {
                let next = ui.hints.of_campaign(&ledger).next_steps(&ledger);
                Ok(report::brief(&CampaignStats::of(&ledger)?, &next, ui.language) + "\n")
            })
        } else {
            cells(path, ui.language).map(|cells| line(&cells))
        };
        print(&text.unwrap_or_else(|error| unreadable(path, &error, ui.language)))?;
    }
    Ok(Exit::Done)
}

fn headings(language: Language) -> [String; 7] {
    [
        StatusLabel::Campaign,
        StatusLabel::Rows,
        StatusLabel::Accepted,
        StatusLabel::NotSent,
        StatusLabel::Unknown,
        StatusLabel::Pending,
        StatusLabel::State,
    ]
    .map(|label| label.localized(language))
}

fn cells(path: &Path, language: Language) -> Result<[String; 7], LedgerError> {
    let ledger = Ledger::read(path)?;
    let counts = ledger.counts()?;
    let state = CampaignState::read(&ledger, &ledger.runs()?)?;
    let rows = |status| counts.of(status);
    Ok([
        ledger.campaign().to_owned(),
        counts.rows().to_string(),
        rows(Status::Accepted).to_string(),
        (rows(Status::Failed) + rows(Status::Invalid)).to_string(),
        rows(Status::Unknown).to_string(),
        rows(Status::Pending).to_string(),
        state_message(&state, language),
    ])
}

/// The name at the left, the state at the right, and numbers between them.
fn line([campaign, numbers @ .., state]: &[String; 7]) -> String {
    let numbers = numbers.iter().map(|number| format!("{number:>10}"));
    let numbers: String = numbers.collect();
    format!("  {campaign:20}{numbers}  {state}\n")
}

fn unreadable(path: &Path, error: &LedgerError, language: Language) -> String {
    let campaign = path.with_extension("").display().to_string();
    let reason = error.localized(language);
    let said = StateMessage::Unreadable { campaign, reason };
    format!("  {}\n", said.localized(language))
}
