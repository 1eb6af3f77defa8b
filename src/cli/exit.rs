//! The exit code of the program: the only place that derives it from what happened.

use std::process::ExitCode;

use crate::cli::options::error::SettingsError;
use crate::{
    domain::{Counts, Status},
    engine::{StopReason, Stopped},
    formats::FileProblem,
    i18n::{Language, count, messages},
    ingest::{HeaderError, OpenError, ReadError},
    ledger::{LedgerError, ServerFault},
    report::ReportError,
};

/// The exit codes of the program. Their numbers are part of its interface.
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
    /// The service refused every contact, or as many as `--max-failures` allows: a person must look.
    ContactsRefused = 8,
    /// Another run holds this ledger.
    Held = 11,
    /// Interrupted.
    Interrupted = 130,
}

impl Exit {
    /// Returns the exit code of a run that ended by itself or was stopped, with these counts at its end. `all_refused`
    /// is the result of [`all_refused`].
    pub(crate) fn of_run(stopped: &[Stopped], all_refused: bool, after: &Counts) -> Self {
        let worst = stopped.iter().map(|stopped| Self::of_stop(&stopped.stop));
        let worst = worst.min_by_key(|exit| exit.rank());
        let pending = match worst {
            // `--limit` ended the run: that rows are still pending is what the user wanted.
            Some(Self::Done) => 0,
            Some(_) | None => after.of(Status::Pending),
        };
        let rows = [
            (after.of(Status::Unknown) > 0).then_some(Self::Unknown),
            all_refused.then_some(Self::ContactsRefused),
            (pending > 0).then_some(Self::Early),
            (after.of(Status::Failed) + after.of(Status::Invalid) > 0).then_some(Self::Rows),
        ];
        // If no row is left to send, a passing cause of a stop no longer matters.
        let worst = worst.filter(|exit| *exit != Self::Early);
        let causes = rows.into_iter().chain([worst]).flatten();
        causes.min_by_key(|exit| exit.rank()).unwrap_or(Self::Done)
    }

    /// Returns the exit code for an error of the ledger.
    pub(crate) const fn of_ledger(error: &LedgerError) -> Self {
        match error {
            LedgerError::Server {
                fault: ServerFault::Other,
                ..
            } => Self::Unknown,
            LedgerError::Missing { .. }
            | LedgerError::OtherInstance { .. }
            | LedgerError::NoCampaign { .. }
            | LedgerError::Refused { .. }
            | LedgerError::Untrusted { .. }
            | LedgerError::Server { .. }
            | LedgerError::Exists { .. }
            | LedgerError::NoFolder { .. } => Self::Usage,
            LedgerError::Held { .. }
            | LedgerError::Leased { .. }
            | LedgerError::LeaseLost { .. } => Self::Held,
            LedgerError::Unplaced { .. } => Self::Input,
            LedgerError::Unreachable { .. } | LedgerError::Undone { .. } => Self::Early,
            LedgerError::Foreign { .. }
            | LedgerError::Damaged { .. }
            | LedgerError::Lost { .. }
            | LedgerError::NotPrivate(_)
            | LedgerError::WalMissing { .. }
            | LedgerError::Moved { .. }
            | LedgerError::HistoryMoved { .. }
            | LedgerError::SeveralNames { .. }
            | LedgerError::Newer { .. }
            | LedgerError::LockNotKnown { .. }
            | LedgerError::Machine { .. }
            | LedgerError::Scratch { .. }
            | LedgerError::Disk { .. }
            | LedgerError::DiskFull { .. }
            | LedgerError::SendHistory { .. }
            | LedgerError::Gone => Self::Fault,
        }
    }

    /// Returns the exit code for one stop; `Done` for a stop that the user asked for in advance.
    pub(crate) const fn of_stop(stop: &StopReason) -> Self {
        match stop {
            StopReason::SendHistory { .. } => Self::Fault,
            StopReason::Halted(..) => Self::Refused,
            StopReason::Interrupted | StopReason::Cancelled => Self::Interrupted,
            StopReason::Failures(_) => Self::ContactsRefused,
            StopReason::Limit => Self::Done,
            StopReason::Unreachable(_)
            | StopReason::NeverReached(_)
            | StopReason::Throttled(_)
            | StopReason::Uncertain(_)
            | StopReason::Rules(..)
            | StopReason::State(_)
            | StopReason::NotWaited(_)
            | StopReason::Late(_) => Self::Early,
        }
    }

    /// Returns the precedence of an exit code; the lowest rank wins: 1, 2, 3, 7, 11, 130, 6, 8, 5, 4, 0.
    pub(crate) const fn rank(self) -> u8 {
        match self {
            Self::Fault => 0,
            Self::Usage => 1,
            Self::Input => 2,
            Self::Refused => 3,
            Self::Held => 4,
            Self::Interrupted => 5,
            Self::Unknown => 6,
            Self::ContactsRefused => 7,
            Self::Early => 8,
            Self::Rows => 9,
            Self::Done => 10,
        }
    }

    pub(crate) const fn code(self) -> u8 {
        self as u8
    }
}

/// Whether the service refused contacts of a run and accepted none.
pub(crate) const fn all_refused(refused: u64, before: &Counts, after: &Counts) -> bool {
    refused > 0 && after.of(Status::Accepted) <= before.of(Status::Accepted)
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

messages! {
    /// Why a command could not do its work. Errors of the operating system are quoted in English.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub(crate) enum CommandError {
        Settings(#[from] error: SettingsError) = en "{error}", ru "{error}",
        Open(#[from] error: OpenError) = en "{error}", ru "{error}",
        File(#[from] error: FileProblem) = en "{error}", ru "{error}",
        Ledger(#[from] error: LedgerError) = en "{error}", ru "{error}",
        Report(#[from] error: ReportError) = en "{error}", ru "{error}",
        /// A person or the system interrupted the reading of the input.
        BrokenOff =
            en "Interrupted before the first contact: nothing was sent, and the ledger is unchanged. Run the same \
                command again.",
            ru "Прервано до первого контакта: ничего не отправлено, в реестре всё осталось как было. Запустите ту же \
                команду снова.",
        /// A results file is used as a list where nothing is known of what it says was sent.
        SentElsewhere { file: String, row: u64, rows: u64, campaign: String } =
            en "{rows} of {file} are accepted or unknown in these results (the first is row {row}), and this machine \
                does not know what this instance has sent in the campaign {campaign}: they would get the contact a \
                second time. Copy {campaign}.ledger to this folder, or remove those rows; --again sends to them \
                again. Nothing was sent"
                [rows = count::en(*rows, "row", "rows")],
            ru "в результатах {file} {rows} со статусом «принято» или «неизвестно» (первая — строка {row}), а что этот \
                инстанс отправил в кампании {campaign}, на этом компьютере неизвестно: контакт ушёл бы второй раз. \
                Скопируйте в эту папку {campaign}.ledger или удалите такие строки; --again отправит им ещё раз. Ничего \
                не отправлено"
                [rows = count::ru(*rows, "строка", "строки", "строк")],
        Machine { what: &'static str, source: std::io::Error } = en "{what}: {source}", ru "{what}: {source}",
    }
}

messages! {
    /// A log message in place of an error that the log must not quote in full.
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
    /// Returns the text for a log, which names no people: texts that quote an argument or a cell are left out.
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
            | Self::SentElsewhere { .. }
            | Self::Machine { .. } => self.localized(Language::En),
        }
    }

    /// Returns the problem of an input file, if that is the error.
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
            | Self::SentElsewhere { .. }
            | Self::Machine { .. } => None,
        }
    }

    /// Returns the code by which programs recognise the error.
    pub(crate) fn code(&self) -> &'static str {
        if let Some(problem) = self.file_problem() {
            return problem.code().as_str();
        }
        match self.exit() {
            Exit::Usage => "settings",
            Exit::Input => "input",
            Exit::Held => "held",
            Exit::Interrupted => "interrupted",
            Exit::Fault
            | Exit::Done
            | Exit::Rows
            | Exit::Early
            | Exit::Unknown
            | Exit::Refused
            | Exit::ContactsRefused => "fault",
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
            ) => Exit::Usage,
            Self::Open(OpenError::Header(HeaderError::File(_)))
            | Self::File(_)
            | Self::SentElsewhere { .. } => Exit::Input,
            Self::BrokenOff => Exit::Interrupted,
            Self::Ledger(error) => Exit::of_ledger(error),
            Self::Report(_) | Self::Machine { .. } => Exit::Fault,
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

    fn of_run(stopped: &[Stopped], after: &[Status]) -> Exit {
        let (before, after) = (Counts::default(), counts(after));
        let all_refused = all_refused(after.of(Status::Failed), &before, &after);
        Exit::of_run(stopped, all_refused, &after)
    }

    #[test]
    fn the_highest_cause_wins() {
        use Status::{Accepted, Duplicate, Failed, Invalid, Pending, Suppressed};
        let of = |instance, stop| Stopped { instance, stop };
        let halted = of(Some(1), StopReason::Halted(Halt::Expired, String::new()));
        let interrupted = of(None, StopReason::Interrupted);
        let refused = of(None, StopReason::Failures(9));
        let unreachable = of(Some(0), StopReason::Unreachable(String::new()));
        let limit = of(None, StopReason::Limit);
        let broken = of(
            Some(0),
            StopReason::SendHistory {
                path: "a.book".into(),
                reason: String::new(),
            },
        );
        for (stopped, exit) in [
            (vec![], Exit::Unknown),
            (vec![&limit], Exit::Unknown),
            (vec![&refused], Exit::Unknown),
            (vec![&refused, &interrupted], Exit::Interrupted),
            (vec![&interrupted, &halted], Exit::Refused),
            (vec![&interrupted, &halted, &broken], Exit::Fault),
        ] {
            let stopped: Vec<_> = stopped.into_iter().cloned().collect();
            assert_eq!(of_run(&stopped, &Status::ALL), exit, "{stopped:?}");
        }
        for (stopped, after, exit) in [
            (
                vec![&refused],
                vec![Accepted, Failed, Pending],
                Exit::ContactsRefused,
            ),
            (
                vec![],
                vec![Failed, Invalid, Pending],
                Exit::ContactsRefused,
            ),
            (vec![&limit], vec![Failed], Exit::ContactsRefused),
            (
                vec![&unreachable],
                vec![Accepted, Failed, Pending],
                Exit::Early,
            ),
            (
                vec![&limit, &unreachable],
                vec![Accepted, Pending],
                Exit::Early,
            ),
            (vec![&unreachable], vec![Accepted], Exit::Done),
            (vec![], vec![Accepted, Pending], Exit::Early),
            (vec![&limit], vec![Accepted, Pending], Exit::Done),
            (vec![&limit], vec![Invalid, Pending], Exit::Rows),
            (vec![], vec![Accepted, Failed], Exit::Rows),
            (vec![], vec![Invalid, Accepted], Exit::Rows),
            (vec![], vec![Accepted, Duplicate, Suppressed], Exit::Done),
        ] {
            let stopped: Vec<_> = stopped.into_iter().cloned().collect();
            assert_eq!(of_run(&stopped, &after), exit, "{stopped:?} {after:?}");
        }
        let before = counts(&[Failed, Accepted]);
        assert_eq!(Exit::of_run(&[], false, &before), Exit::Rows);
    }
}
