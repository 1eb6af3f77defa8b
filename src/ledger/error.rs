//! Why a ledger cannot be used, and how errors of the system and of the database become such errors.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use super::db::{self, Fault};
use crate::i18n::{Language, count, messages};

messages! {
    /// Why a ledger cannot be used, or could not be written. `reason` is the text of the system or the database.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum LedgerError {
        /// Another run is using it.
        Held { path: PathBuf } =
            en "another sendcontact run is using {path}: wait until it ends, or stop it",
            ru "{path} уже использует другой запуск sendcontact: дождитесь его окончания или остановите его",
        /// There is no such ledger.
        Missing { path: PathBuf } =
            en "there is no ledger {path}: give the name of the campaign, or the ledger with --ledger",
            ru "реестра {path} нет: укажите кампанию или реестр: --ledger",
        /// The file is not a ledger.
        Foreign { path: PathBuf } =
            en "{path} is not a ledger of sendcontact: move it away, or choose another ledger with --ledger",
            ru "{path} — не реестр sendcontact: уберите этот файл или выберите другой реестр: --ledger",
        /// The file is damaged.
        Damaged { path: PathBuf, reason: String } =
            en "the ledger {path} is damaged ({reason}): restore it from a copy; nothing was sent",
            ru "реестр {path} повреждён ({reason}): восстановите его из копии; ничего не отправлено",
        /// The ledger, or a file beside it, is not a regular file of the user's own.
        NotPrivate(error: NotPrivate) = en "{error}", ru "{error}",
        /// The file has several names (hard links), each of which would have a lock of its own.
        SeveralNames { path: PathBuf } =
            en "the ledger {path} is a hard link: the file has other names too, and runs under different names would \
                send the same contacts twice. Replace it with a copy, and use only the copy; nothing was sent",
            ru "реестр {path} — жёсткая ссылка: у файла есть и другие имена, и запуски по разным именам отправили бы \
                одни и те же контакты дважды. Замените его копией и работайте только с ней; ничего не отправлено",
        /// The file is missing, and only its last changes are left beside it.
        Lost { path: PathBuf } =
            en "the ledger {path} is missing; only its last changes are left beside it, in the file with -wal at the \
                end of its name. Restore the ledger from a copy; to start from scratch, remove that file too; nothing \
                was sent",
            ru "реестра {path} нет, рядом остались только последние записи, с -wal в конце имени: восстановите его из \
                копии, а чтобы начать заново, удалите и этот файл; ничего не отправлено",
        /// The last run was cut off, and the file with its last changes is missing.
        WalMissing { path: PathBuf, missing: PathBuf } =
            en "the last run of {path} was cut off, and {missing} is missing: the last contacts of that run are \
                recorded only there, and this machine has no send history of this instance. Put {missing} back beside \
                the ledger; nothing was sent",
            ru "прошлая отправка по реестру {path} оборвалась, а файла {missing} нет: последние отправки записаны \
                только в нём, и истории отправок этого инстанса здесь тоже нет. Верните {missing} на место рядом с \
                реестром; ничего не отправлено",
        /// The file was removed or replaced during a run.
        Moved { path: PathBuf } =
            en "the ledger {path} was removed or replaced during the run, so nothing more can be recorded; put it \
                back, and check it with the command status before you send again",
            ru "реестр {path} удалили или заменили во время отправки, записывать больше некуда; верните его на место и, \
                прежде чем отправлять дальше, проверьте его командой status",
        /// The file of a send history was removed or replaced during a run.
        HistoryMoved { path: PathBuf } =
            en "the send history {path} was removed or replaced during the run, so the run ended; put it back if you can, \
                and run the same command again: what this campaign has sent is entered in it",
            ru "историю отправок {path} удалили или заменили во время отправки, поэтому запуск остановлен; верните её, если \
                можете, и выполните ту же команду ещё раз: отправленное этой кампанией будет в неё записано",
        /// Rows of a results file were pending in it, and it is not known which rows of the campaign they replace.
        Unplaced { file: String, row: u64, rows: u64 } =
            en "row {row} of {file} was pending in these results, and the campaign has no such row now: its recipient or \
                its contact was changed here, or the list has changed ({rows} in all). Sending it here could also send the \
                old row. Correct the list itself, and send the list instead of the results; nothing was sent"
                [rows = count::en(*rows, "such row", "such rows")],
            ru "строка {row} файла {file} в этих результатах ждала отправки, а теперь такой строки в кампании нет: здесь \
                изменили получателя или контакт либо изменился сам список (всего {rows}). Если отправить её отсюда, может \
                уйти и прежняя строка. Исправьте сам список и отправьте его, а не результаты; ничего не отправлено"
                [rows = count::ru(*rows, "такая строка", "такие строки", "таких строк")],
        /// The target of the copy already exists.
        Exists { path: PathBuf } =
            en "{path} already exists; choose another name for the copy",
            ru "{path} уже существует; укажите для копии другое имя",
        /// The folder in which the copy should be does not exist.
        NoFolder { path: PathBuf } =
            en "{path} cannot be written, because there is no such folder: create it, or choose another name for the copy",
            ru "{path} не записать: такой папки нет. Создайте её или укажите для копии другое имя",
        /// A newer version of the program wrote it.
        Newer { path: PathBuf, version: usize } =
            en "{path} was written by a newer sendcontact (version {version}): update this one",
            ru "{path} записан более новой программой sendcontact (версия {version}): обновите программу",
        /// It belongs to another instance.
        OtherInstance { path: PathBuf, theirs: String, ours: String } =
            en "the ledger {path} belongs to {theirs}, and this run is for {ours}: choose another campaign with \
                --campaign or --ledger",
            ru "реестр {path} принадлежит {theirs}, а этот запуск — для {ours}: выберите другую кампанию: --campaign \
                или --ledger",
        /// The system does not let us read or write it.
        Machine { path: PathBuf, reason: String } =
            en "the ledger {path} cannot be used: {reason}",
            ru "реестр {path} использовать нельзя: {reason}",
        /// Whether somebody holds the lock cannot be determined: the lock file cannot be opened.
        LockNotKnown { lock: PathBuf, reason: String } =
            en "it is not known whether a run works on this campaign: {lock} cannot be opened ({reason})",
            ru "неизвестно, работает ли с кампанией запуск: {lock} не открыть ({reason})",
        /// The temporary file for finding duplicates without a ledger cannot be written.
        Scratch { reason: String } =
            en "duplicates cannot be checked: the temporary file cannot be written ({reason}); free space in the \
                folder for temporary files, or set another folder with TMPDIR",
            ru "повторы проверить нельзя: временный файл не записывается ({reason}). Освободите место в папке \
                временных файлов или укажите другую в TMPDIR",
        /// The disk fails to read or write. It may be full: even a reader needs some space.
        Disk { path: PathBuf, reason: String } =
            en "the ledger {path} cannot be used: {reason}. The disk may be full, and even reading needs some space: \
                free some space and run again",
            ru "реестр {path} использовать нельзя: {reason}. Возможно, диск заполнен, а немного места нужно и для чтения: \
                освободите место и запустите снова",
        /// The disk is full.
        DiskFull { path: PathBuf } =
            en "the ledger {path} cannot be used: the disk is full. Free some space and run again",
            ru "реестр {path} использовать нельзя: диск заполнен. Освободите место и запустите снова",
        /// The send history of the instance cannot be used.
        SendHistory { path: PathBuf, reason: String } =
            en "the send history {path} cannot be used: {reason}. It prevents second contacts from other campaigns, and \
                daily caps and the warm-up are counted in it. If the file is damaged, move it away: a new one begins with what \
                each ledger has sent. SENDCONTACT_STATE_DIR sets another folder for it",
            ru "не удаётся использовать историю отправок инстанса {path}: {reason}. Она не даёт другим кампаниям отправить \
                контакт второй раз, по ней считаются дневные лимиты и прогрев. Если файл повреждён, уберите его в другое место: новая \
                история начнётся с того, что отправлено по каждому реестру. Другую папку для неё задаёт SENDCONTACT_STATE_DIR",
        /// Another run holds the lease of the instance.
        Leased { instance: String, host: String, process: i64, seconds: u64 } =
            en "{instance} is used by another run: process {process} on {host}. Wait until it ends, or stop it; if it has \
                died, try again in {seconds} s",
            ru "{instance} уже использует другой запуск: процесс {process} на {host}. Дождитесь его окончания или остановите \
                его; если он прервался, повторите через {seconds} с",
        /// Another machine took the instance over.
        LeaseLost { instance: String } =
            en "another machine has taken over {instance}: nothing more is sent from here",
            ru "{instance} забрала другая машина: отсюда больше ничего не отправляется",
        /// The database cannot be reached.
        Unreachable { database: String, reason: String } =
            en "the database {database} cannot be reached: {reason}. Run the same command again when it can",
            ru "база данных {database} недоступна: {reason}. Запустите ту же команду, когда она снова будет доступна",
        /// The server rolled a transaction back again and again.
        Undone { database: String } =
            en "the database {database} undid the changes, which were in the way of another run's: run the same \
                command again",
            ru "база данных {database} отменила изменения: они мешали другому запуску. Запустите ту же команду снова",
        /// The database does not let this user in, or denies the operation.
        Refused { database: String, reason: String } =
            en "the database {database} refused: {reason}. Check the user, the password and the rights",
            ru "база данных {database} отказала: {reason}. Проверьте пользователя, пароль и права",
        /// The server does not prove its identity.
        Untrusted { database: String, reason: String } =
            en "the server of {database} does not prove who it is: {reason}. Check sslmode and sslrootcert in its URL",
            ru "сервер {database} не доказал, что это он: {reason}. Проверьте sslmode и sslrootcert в адресе",
        /// The server cannot hold a ledger.
        Server { database: String, fault: ServerFault } =
            en "the database {database} cannot be used: {fault}",
            ru "база данных {database} не подходит: {fault}",
        /// A database has no such campaign.
        NoCampaign { database: String, campaign: String } =
            en "the database {database} has no campaign {campaign}",
            ru "в базе данных {database} нет кампании {campaign}",
        /// The thread that writes the ledger failed.
        Gone =
            en "the ledger's thread failed: this is a bug in sendcontact; run the same command again",
            ru "поток реестра прервался: это ошибка sendcontact; запустите ту же команду снова",
    }
}

messages! {
    /// Why a file is not a regular file of the user's own.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum NotPrivate {
        /// It is a link, a pipe, a device or a folder.
        NotPlain { path: PathBuf } =
            en "{path} is not a regular file but a link, a pipe, a device or a folder: remove it, or choose another \
                folder or name; nothing was sent",
            ru "{path} — не обычный файл, а ссылка, канал, устройство или папка: уберите его или выберите другую папку или имя; \
                ничего не отправлено",
        /// It belongs to another user.
        OtherOwner { path: PathBuf } =
            en "{path} belongs to another user: make it yours (chown), or choose another folder; nothing was sent",
            ru "{path} принадлежит другому пользователю: сделайте файл своим (chown) или выберите другую папку; ничего не отправлено",
        /// Other users may write it.
        OpenToOthers { path: PathBuf } =
            en "other users can change {path}: run chmod go-w, then check that the file is unchanged; nothing was \
                sent",
            ru "{path} могут менять другие пользователи: выполните chmod go-w и проверьте, не изменён ли файл; ничего не отправлено",
    }
}

messages! {
    /// Why a server cannot hold a ledger.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum ServerFault {
        /// Its version is too old.
        Old { version: String } =
            en "PostgreSQL {version} is too old: it must be 13 or newer",
            ru "PostgreSQL {version} слишком старая: нужна версия 13 или новее",
        /// It is read-only.
        ReadOnly =
            en "the server is a read-only replica, or its database is read-only: connect to the primary",
            ru "это реплика только для чтения, или база открыта только для чтения: подключайтесь к основному серверу",
        /// A connection pooler lets transactions of different programs share a session.
        Pooled =
            en "a pooler gives each transaction another session (pgbouncer in transaction mode): use session mode, or \
                connect to the server itself",
            ru "пул соединений отдаёт каждой транзакции другую сессию (pgbouncer в режиме transaction): включите режим \
                session или подключайтесь к серверу напрямую",
        /// It is not the server on which the ledger was written last, or it was restored to an earlier state.
        Other =
            en "this is not the server on which the ledger was written last (it was restored, or a replica took over), \
                and its last changes may be missing. Run reconcile, then send again",
            ru "это не тот сервер, где реестр записывали в последний раз (его восстановили или реплика стала основной), \
                и последних записей может не быть. Запустите reconcile, затем отправляйте снова",
    }
}

messages! {
    /// Why the address of a database is not valid.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum DatabaseAddressError {
        /// It is not a PostgreSQL URL.
        NoUrl =
            en "the database is not a URL such as postgresql://user@host/name",
            ru "база данных указывается как postgresql://user@host/name",
        /// A part of it cannot be parsed.
        Malformed { part: String } =
            en "the URL of the database cannot be read: {part}",
            ru "не удаётся прочитать URL базы данных: {part}",
        /// User or password contains a character that has another meaning in a URL.
        RawMark =
            en "the user or the password in the URL of the database contains @ or ?: write %40 for @ and %3F for ?",
            ru "в имени или пароле в URL базы данных есть @ или ?: напишите %40 вместо @ и %3F вместо ?",
        /// The name of the schema leaves no room for the names of its campaigns.
        SchemaTooLong { most: usize } =
            en "the name of --database-schema is too long: at most {most} bytes, because PostgreSQL cuts longer names off",
            ru "имя в --database-schema слишком длинное: не больше {most} байт, более длинные имена PostgreSQL обрезает",
        /// The value of `sslmode` is not supported.
        SslMode { mode: String } =
            en "\"{mode}\" is not an sslmode: use disable, require, verify-ca or verify-full",
            ru "«{mode}» — не sslmode: disable, require, verify-ca или verify-full",
        /// The root certificates cannot be read.
        RootCertificates { path: PathBuf, reason: String } =
            en "the certificates in {path} cannot be read: {reason}",
            ru "не удаётся прочитать сертификаты из {path}: {reason}",
    }
}

impl LedgerError {
    /// Makes a `Damaged` error name this path instead of the path of a copy.
    pub(super) fn with_path(self, path: PathBuf) -> Self {
        if let Self::Damaged { reason, .. } = self {
            return Self::Damaged { path, reason };
        }
        self
    }
}

/// Builds the error for a file that the system does not let us use.
pub(super) fn machine(path: &Path, error: &io::Error) -> LedgerError {
    LedgerError::Machine {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

/// Builds the error for a send history that cannot be used.
pub(super) fn unusable_history(path: &Path, reason: &dyn fmt::Display) -> LedgerError {
    LedgerError::SendHistory {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

/// Explains a database error about a send history. On a server, the ledger is there too, so an unreachable server is
/// not an error of the send history. Nor is a run that has stopped while it had the file locked: this file knows what
/// that run sent, so nobody may go on without it.
pub(super) fn explain_history(path: &Path, error: &db::Error) -> LedgerError {
    match error.fault() {
        Fault::Gone
        | Fault::Refused
        | Fault::Untrusted
        | Fault::Undone
        | Fault::Pooled
        | Fault::Busy => explain(path, error),
        Fault::NotADatabase
        | Fault::Damaged
        | Fault::Disk
        | Fault::Full
        | Fault::Closed
        | Fault::Conflict
        | Fault::Other => unusable_history(path, error),
    }
}

/// Explains a database error about a ledger.
pub(super) fn explain(path: &Path, error: &db::Error) -> LedgerError {
    let path = path.to_owned();
    let reason = error.to_string();
    match error.fault() {
        Fault::NotADatabase => LedgerError::Foreign { path },
        Fault::Busy => LedgerError::Held { path },
        Fault::Damaged => LedgerError::Damaged { path, reason },
        Fault::Disk => LedgerError::Disk { path, reason },
        Fault::Full => LedgerError::DiskFull { path },
        Fault::Gone => LedgerError::Unreachable {
            database: path.display().to_string(),
            reason,
        },
        Fault::Refused => LedgerError::Refused {
            database: path.display().to_string(),
            reason,
        },
        Fault::Untrusted => LedgerError::Untrusted {
            database: path.display().to_string(),
            reason,
        },
        Fault::Undone => LedgerError::Undone {
            database: path.display().to_string(),
        },
        Fault::Pooled => LedgerError::Server {
            database: path.display().to_string(),
            fault: ServerFault::Pooled,
        },
        Fault::Closed | Fault::Conflict | Fault::Other => LedgerError::Machine { path, reason },
    }
}
