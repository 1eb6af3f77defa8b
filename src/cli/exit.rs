//! The one place where what happened becomes an exit code.

use std::process::ExitCode;

use crate::cli::options::error::SettingsError;
use crate::{
    domain::{Counts, Status},
    engine::{StopReason, Stopped},
    formats::FileProblem,
    i18n::{Language, messages},
    ingest::{HeaderError, OpenError, ReadError},
    ledger::LedgerError,
    report::ReportError,
};

/// How the program ends; the numbers are the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Every row accepted, or left out on purpose.
    Done = 0,
    /// A fault of ours or of this machine.
    Fault = 1,
    /// Wrong arguments or settings.
    Usage = 2,
    /// The input cannot be used.
    Input = 3,
    /// Finished, but some rows are failed or invalid.
    Rows = 4,
    /// Stopped early for a passing cause.
    Early = 5,
    /// Some outcomes are unknown.
    Unknown = 6,
    /// The instance refused.
    Refused = 7,
    /// Another run holds this ledger.
    Held = 11,
    /// Interrupted.
    Interrupted = 130,
}

impl Exit {
    /// How a run ends that reached its end or was stopped: the highest cause wins, in the order
    /// 1, 7, 130, 6, 5, 4, 0.
    pub(crate) fn of_run(stopped: &[Stopped], counts: &Counts) -> Self {
        let (mut refused, mut interrupted) = (false, false);
        for Stopped { stop, .. } in stopped {
            match stop {
                StopReason::SendHistory { .. } => return Self::Fault,
                StopReason::Halted(..) => refused = true,
                StopReason::Interrupted | StopReason::Cancelled => interrupted = true,
                StopReason::Unreachable(_)
                | StopReason::Throttled(_)
                | StopReason::Uncertain(_)
                | StopReason::Failures(_)
                | StopReason::Limit
                | StopReason::Rules(..)
                | StopReason::State(_)
                | StopReason::NotWaited(_)
                | StopReason::Late(_) => {}
            }
        }
        if refused {
            Self::Refused
        } else if interrupted {
            Self::Interrupted
        } else if counts.of(Status::Unknown) > 0 {
            Self::Unknown
        } else if counts.of(Status::Pending) > 0 {
            Self::Early
        } else if counts.of(Status::Failed) + counts.of(Status::Invalid) > 0 {
            Self::Rows
        } else {
            Self::Done
        }
    }

    pub(crate) const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

messages! {
    /// Why a command could not do its work; what the machine does not let us do is told in English.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub(crate) enum CommandError {
        Settings(#[from] error: SettingsError) = en "{error}", ru "{error}",
        Open(#[from] error: OpenError) = en "{error}", ru "{error}",
        File(#[from] error: FileProblem) = en "{error}", ru "{error}",
        Ledger(#[from] error: LedgerError) = en "{error}", ru "{error}",
        Report(#[from] error: ReportError) = en "{error}", ru "{error}",
        /// A person or the system stopped the reading of the input.
        BrokenOff =
            en "Interrupted before the first contact: nothing was sent, and the ledger is unchanged. Run the same \
                command again.",
            ru "Прервано до первого контакта: ничего не отправлено, в реестре всё осталось как было. Запустите ту же \
                команду снова.",
        Machine { what: &'static str, source: std::io::Error } = en "{what}: {source}", ru "{what}: {source}",
    }
}

messages! {
    /// What a log says where it must not say all.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum LogMessage {
        FileUnusable { path: String, code: &'static str } =
            en "{path} cannot be used: {code}",
            ru "{path} не подходит: {code}",
        NotInLog =
            en "an argument or the columns of a file cannot be used; see the message on the terminal",
            ru "аргумент или столбцы файла не подходят; подробности — в сообщении на терминале",
    }
}

impl From<ReadError<Self>> for CommandError {
    fn from(error: ReadError<Self>) -> Self {
        match error {
            ReadError::File(problem) => Self::File(problem),
            ReadError::Consumer(error) => error,
        }
    }
}

impl CommandError {
    /// As it is in a log, which names no people: what quotes an argument or a cell is not told there.
    pub(crate) fn in_log(&self) -> String {
        if let Some(problem) = self.file_problem() {
            let (path, code) = (
                problem.path().display().to_string(),
                problem.code().as_str(),
            );
            return LogMessage::FileUnusable { path, code }.localized(Language::En);
        }
        match self {
            Self::Settings(SettingsError::Recipient(_) | SettingsError::Map(_))
            | Self::Open(_)
            | Self::File(_) => LogMessage::NotInLog.localized(Language::En),
            Self::Settings(_)
            | Self::Ledger(_)
            | Self::Report(_)
            | Self::BrokenOff
            | Self::Machine { .. } => self.localized(Language::En),
        }
    }

    /// The file that cannot be used, if that is what is wrong.
    pub(crate) const fn file_problem(&self) -> Option<&FileProblem> {
        match self {
            Self::File(problem) | Self::Open(OpenError::Header(HeaderError::File(problem))) => {
                Some(problem)
            }
            Self::Open(_)
            | Self::Settings(_)
            | Self::Ledger(_)
            | Self::Report(_)
            | Self::BrokenOff
            | Self::Machine { .. } => None,
        }
    }

    pub(crate) const fn exit(&self) -> Exit {
        match self {
            Self::Settings(_)
            | Self::Open(
                OpenError::Nothing
                | OpenError::NoContacts
                | OpenError::NoRecipients
                | OpenError::NoMatch(_)
                | OpenError::Header(
                    HeaderError::ColumnMissing { .. } | HeaderError::MatchMissing { .. },
                ),
            )
            | Self::Ledger(
                LedgerError::Missing { .. }
                | LedgerError::OtherInstance { .. }
                | LedgerError::Exists { .. },
            ) => Exit::Usage,
            Self::Open(OpenError::Header(HeaderError::File(_))) | Self::File(_) => Exit::Input,
            Self::Ledger(LedgerError::Held { .. }) => Exit::Held,
            Self::BrokenOff => Exit::Interrupted,
            Self::Ledger(
                LedgerError::Foreign { .. }
                | LedgerError::Damaged { .. }
                | LedgerError::Lost { .. }
                | LedgerError::NotPrivate(_)
                | LedgerError::WalMissing { .. }
                | LedgerError::Moved { .. }
                | LedgerError::SeveralNames { .. }
                | LedgerError::Newer { .. }
                | LedgerError::Machine { .. }
                | LedgerError::Scratch { .. }
                | LedgerError::Disk { .. }
                | LedgerError::DiskFull { .. }
                | LedgerError::SendHistory { .. }
                | LedgerError::Gone,
            )
            | Self::Report(_)
            | Self::Machine { .. } => Exit::Fault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Halt;

    fn counts(of: &[Status]) -> Counts {
        let mut counts = Counts::default();
        for status in of {
            counts.add(*status, 1);
        }
        counts
    }

    #[test]
    fn the_highest_cause_wins() {
        let all = counts(&Status::ALL);
        let of = |instance, stop| Stopped { instance, stop };
        let halted = of(Some(1), StopReason::Halted(Halt::Expired, String::new()));
        let interrupted = of(None, StopReason::Interrupted);
        let limit = [of(None, StopReason::Limit)];
        assert_eq!(
            Exit::of_run(std::slice::from_ref(&halted), &all),
            Exit::Refused
        );
        assert_eq!(
            Exit::of_run(std::slice::from_ref(&interrupted), &all),
            Exit::Interrupted
        );
        let broken = of(
            Some(0),
            StopReason::SendHistory {
                path: "a.book".into(),
                reason: String::new(),
            },
        );
        assert_eq!(
            Exit::of_run(&[interrupted.clone(), halted.clone()], &all),
            Exit::Refused
        );
        assert_eq!(
            Exit::of_run(&[interrupted, halted, broken], &all),
            Exit::Fault
        );
        assert_eq!(Exit::of_run(&limit, &all), Exit::Unknown);
        assert_eq!(
            Exit::of_run(&limit, &counts(&[Status::Pending, Status::Failed])),
            Exit::Early
        );
        assert_eq!(
            Exit::of_run(&[], &counts(&[Status::Invalid, Status::Accepted])),
            Exit::Rows
        );
        assert_eq!(
            Exit::of_run(
                &[],
                &counts(&[Status::Accepted, Status::Duplicate, Status::Suppressed])
            ),
            Exit::Done
        );
    }
}
