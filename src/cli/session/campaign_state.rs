//! What a campaign is doing now: whether a run works on it, is paused, was cut off, or has ended.

use std::path::Path;

use jiff::Timestamp;

use crate::ledger::{ControlFile, Ledger, LedgerError, Run, RunCommand};

/// What is going on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CampaignState {
    /// No command has worked on it, as far as the ledger knows.
    New,
    /// A command works on it.
    Running {
        command: String,
        since: Option<Timestamp>,
    },
    /// A run that sends was asked to start nothing more, and stays.
    Paused { since: Option<Timestamp> },
    /// A run that sends was asked to end.
    Stopping,
    /// The last run ended without an end in the ledger.
    CutOff { command: String, since: Timestamp },
    /// The last run has ended.
    Ended {
        command: String,
        at: Timestamp,
        exit: u8,
    },
}

impl CampaignState {
    /// By the lock and the control file beside the ledger, and its runs.
    pub(crate) fn read(ledger: &Path, runs: &[Run]) -> Result<Self, LedgerError> {
        let last = runs.last();
        // Where nobody may lock the ledger, no run can work on it.
        if Ledger::is_in_use(ledger).unwrap_or(false) {
            let open = last.filter(|run| run.ended.is_none());
            let since = open.map(|run| run.began);
            let wish = Ledger::is_steered(ledger)?
                .then(|| ControlFile::of(ledger).wish())
                .flatten();
            return Ok(match wish {
                Some(RunCommand::Pause) => Self::Paused { since },
                Some(RunCommand::Cancel) => Self::Stopping,
                None => Self::Running {
                    command: open.map(|run| run.command.clone()).unwrap_or_default(),
                    since,
                },
            });
        }
        let Some(run) = last else {
            return Ok(Self::New);
        };
        let command = run.command.clone();
        Ok(match (run.ended, run.exit) {
            (Some(at), Some(exit)) => Self::Ended { command, at, exit },
            (Some(_) | None, _) => Self::CutOff {
                command,
                since: run.began,
            },
        })
    }

    /// The word of the JSON.
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Running { .. } => "running",
            Self::Paused { .. } => "paused",
            Self::Stopping => "stopping",
            Self::CutOff { .. } => "cutOff",
            Self::Ended { .. } => "ended",
        }
    }

    /// Whether a command works on the campaign now.
    pub(crate) const fn is_running(&self) -> bool {
        match self {
            Self::Running { .. } | Self::Paused { .. } | Self::Stopping => true,
            Self::New | Self::CutOff { .. } | Self::Ended { .. } => false,
        }
    }
}
