//! The findings of `doctor` about a database.

use crate::{
    i18n::{count, messages},
    ledger::ServerFault,
};

messages! {
    /// What was found out about the database.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum DatabaseFinding {
        Reached { database: String, user: String } =
            en "{database} can be reached, as user {user}",
            ru "{database} отвечает, пользователь {user}",
        Unfit(fault: ServerFault) = en "{fault}", ru "{fault}",
        Version { version: String } = en "PostgreSQL {version}", ru "версия PostgreSQL: {version}",
        Sessions =
            en "each connection keeps a session of its own",
            ru "у каждого соединения своя сессия",

        Schema { schema: String, version: usize, campaigns: u64 } =
            en "{schema}, version {version}, {campaigns}"
                [campaigns = count::en(*campaigns, "campaign", "campaigns")],
            ru "{schema}, версия {version}, {campaigns}"
                [campaigns = count::ru(*campaigns, "кампания", "кампании", "кампаний")],
        SchemaToCome { schema: String } =
            en "{schema} is not there yet; send creates it",
            ru "{schema} пока нет; её создаст send",
        SchemaNotSeen { schema: String } =
            en "{schema} is not there, or this user may not look into it",
            ru "{schema} нет или у пользователя нет к ней доступа",
        SchemaNewer { schema: String, version: usize } =
            en "{schema} was written by a newer sendcontact (version {version}): update this one",
            ru "{schema} записана более новой программой sendcontact (версия {version}): обновите программу",

        MayAll { user: String } =
            en "{user} may begin and send campaigns",
            ru "{user} может начинать кампании и отправлять",
        MayWrite { user: String } =
            en "{user} may send the campaigns that are there, but not begin one: GRANT CREATE ON DATABASE",
            ru "{user} может отправлять существующие кампании, но не начинать новые: GRANT CREATE ON DATABASE",
        MayRead { user: String } =
            en "{user} may only read: status and report work, send does not",
            ru "{user} может только читать: status и report работают, send — нет",
        ActsAs { login: String, user: String } =
            en "{login} acts as {user}: a run that loses its connection may then be unable to end its old session. Log \
                in as {user} itself",
            ru "{login} действует от имени {user}: потеряв соединение, запуск может не суметь закрыть прежнюю сессию. \
                Подключайтесь сразу как {user}",
        MayNothing { user: String, schema: String } =
            en "{user} may neither create the schema {schema} nor read it: the database's owner has to GRANT that",
            ru "{user} не может ни создать схему {schema}, ни читать её: права даёт владелец базы (GRANT)",

        Durable =
            en "fsync, full_page_writes and synchronous_commit are on",
            ru "fsync, full_page_writes и synchronous_commit включены",
        DurableAnyway { setting: String } =
            en "fsync and full_page_writes are on; synchronous_commit is {setting} on the server, and sendcontact sets \
                it to on for itself",
            ru "fsync и full_page_writes включены; synchronous_commit на сервере — {setting}, для себя sendcontact \
                включает его",
        NoFsync =
            en "fsync is off: after a power cut the record of what was sent may be lost or damaged, and contacts may go \
                twice. Set fsync = on in postgresql.conf",
            ru "fsync выключен: при отключении питания записи об отправленном могут пропасть, и контакты уйдут дважды. \
                Включите fsync = on в postgresql.conf",
        NoFullPageWrites =
            en "full_page_writes is off: after a power cut the database may be damaged. Set it to on, unless the file \
                system prevents half-written pages",
            ru "full_page_writes выключен: при отключении питания база может повредиться. Включите его, если файловая \
                система сама не защищает от недописанных страниц",

        Clock { seconds: u64 } =
            en "matches this machine's clock to within {seconds} s",
            ru "совпадают с часами этого компьютера с точностью до {seconds} с",
        ClockWrong { seconds: u64 } =
            en "differs from this machine's clock by {seconds} s: correct the wrong one. Leases use the server's clock \
                alone, so nothing goes twice because of it",
            ru "расходятся с часами этого компьютера на {seconds} с: поправьте неверные. Закрепление инстансов \
                считается только по часам сервера, и дважды из-за этого ничего не уйдёт",

        NoReplica =
            en "none: if this server is lost, a backup lacks what was sent after it",
            ru "нет: если сервер погибнет, в резервной копии не будет того, что отправили после неё",
        Asynchronous { replicas: u64 } =
            en "{replicas}, and a commit waits for none: a fail-over loses the last commits, and their contacts may go \
                twice. Set synchronous_standby_names" [replicas = count::en(*replicas, "replica", "replicas")],
            ru "{replicas}, но запись их не ждёт: при переключении на реплику последние записи пропадут, и контакты \
                могут уйти дважды. Задайте synchronous_standby_names"
                [replicas = count::ru(*replicas, "реплика", "реплики", "реплик")],
        Synchronous { names: String } =
            en "a commit waits for {names} (synchronous_standby_names)",
            ru "запись ждёт {names} (synchronous_standby_names)",

        Lapsed { name: String, campaign: String, host: String, process: i64 } =
            en "{name}, campaign {campaign}: process {process} on {host} no longer answers. The next send with this \
                instance takes over",
            ru "{name}, кампания {campaign}: процесс {process} на {host} не отвечает. Следующий send с этим инстансом \
                продолжит за него",
    }
}
