//! What a campaign is doing now: whether a run works on it, is paused, was cut off, or has ended.

use jiff::Timestamp;

use crate::ledger::{Control, Ledger, LedgerError, Place, Run, RunCommand, RunWait, RunWaits};

/// What a campaign is doing.
#[derive(Debug)]
pub(crate) enum CampaignState {
    /// No command has worked on it, as far as the ledger knows.
    New,
    /// A command works on it.
    Running {
        command: String,
        since: Option<Timestamp>,
        /// What some of the instances wait for while others send.
        waits: Vec<RunWait>,
    },
    /// A run sends nothing now, and continues by itself.
    Waiting { waits: Vec<RunWait> },
    /// A sending run was asked to start no more requests, and stays alive.
    Paused { since: Option<Timestamp> },
    /// A sending run was asked to end.
    Stopping,
    /// Whether a command works on it cannot be told, because the user may not look.
    NotKnown(LedgerError),
    /// The last run died: the ledger has no end for it.
    CutOff { command: String, since: Timestamp },
    /// The last run has ended.
    Ended {
        command: String,
        at: Timestamp,
        exit: u8,
    },
}

impl CampaignState {
    /// Reads the state from the lock, the control file beside the ledger, the runs, and the waits that the run
    /// recorded.
    pub(crate) fn read(ledger: &Ledger, runs: &[Run]) -> Result<Self, LedgerError> {
        let last = runs.last();
        let place = ledger.place();
        let is_in_use = match Ledger::is_in_use(place) {
            Ok(is_in_use) => is_in_use,
            Err(error) => return Ok(Self::NotKnown(error)),
        };
        if is_in_use {
            let is_open = |run: &&Run| run.ended.is_none();
            // One of several machines may have ended its run while another continues.
            let open = match place {
                Place::File(_) => last.filter(is_open),
                Place::Database { .. } => runs.iter().rev().find(is_open),
            };
            let first = ledger.lease_summaries()?.into_iter();
            let first = first.filter(|lease| lease.is_live).map(|lease| lease.since);
            let since = open.map(|run| first.min().unwrap_or(run.began));
            let command = Ledger::is_steered(place)?
                .then(|| Control::of(place).command())
                .flatten();
            return Ok(match command {
                Some(RunCommand::Pause) => Self::Paused { since },
                Some(RunCommand::Cancel) => Self::Stopping,
                None => {
                    let RunWaits {
                        waits,
                        is_whole_run,
                    } = ledger.waits()?;
                    if is_whole_run && !waits.is_empty() {
                        Self::Waiting { waits }
                    } else {
                        let command = open.map(|run| run.command.clone()).unwrap_or_default();
                        Self::Running {
                            command,
                            since,
                            waits,
                        }
                    }
                }
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

    /// Returns the word for the state in JSON.
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Running { .. } => "running",
            Self::Waiting { .. } => "waiting",
            Self::Paused { .. } => "paused",
            Self::Stopping => "stopping",
            Self::NotKnown(_) => "notKnown",
            Self::CutOff { .. } => "cutOff",
            Self::Ended { .. } => "ended",
        }
    }

    /// Returns what the run, or a part of it, waits for.
    pub(crate) fn waits(&self) -> &[RunWait] {
        match self {
            Self::Running { waits, .. } | Self::Waiting { waits } => waits,
            Self::New
            | Self::Paused { .. }
            | Self::Stopping
            | Self::NotKnown(_)
            | Self::CutOff { .. }
            | Self::Ended { .. } => &[],
        }
    }

    /// Whether a command may work on the campaign now.
    pub(crate) const fn is_running(&self) -> bool {
        match self {
            Self::Running { .. }
            | Self::Waiting { .. }
            | Self::Paused { .. }
            | Self::Stopping
            | Self::NotKnown(_) => true,
            Self::New | Self::CutOff { .. } | Self::Ended { .. } => false,
        }
    }
}
