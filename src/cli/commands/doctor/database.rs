//! Checks the database of campaigns: whether it can be reached, is as durable as we promise, and grants its user
//! enough.

use super::{
    Exit, Level, Line,
    database_messages::DatabaseFinding,
    messages::{Finding, Subject},
};
use crate::{
    cli::{
        args::DatabaseArguments,
        options::{
            database::{self, TimeLimits},
            error::SettingsError,
        },
    },
    i18n::Language,
    ledger::{
        Database, DatabaseRights, Durability, Inspection, LeaseSummary, LedgerError, Replication,
        ServerFault,
    },
};

/// By how many seconds the clocks may differ.
const DRIFT: u64 = 60;

/// Reports on the database; empty if none is named.
pub(super) fn lines(arguments: &DatabaseArguments, language: Language) -> Vec<Line> {
    match database::database(arguments, None, TimeLimits::default()) {
        Ok(None) => Vec::new(),
        Ok(Some(database)) => match database.inspect() {
            Ok(inspection) => found(&database, &inspection),
            Err(error) => vec![unreachable(&error, language)],
        },
        Err(SettingsError::Ledger(error)) => vec![unreachable(&error, language)],
        Err(error) => vec![Line(
            Level::Failure(Exit::Usage),
            Subject::Database,
            Finding::Wrong {
                reason: error.localized(language),
            },
        )],
    }
}

fn unreachable(error: &LedgerError, language: Language) -> Line {
    let reason = error.localized(language);
    Line(
        Level::Failure(Exit::of_ledger(error)),
        Subject::Database,
        Finding::Wrong { reason },
    )
}

fn found(database: &Database, inspection: &Inspection) -> Vec<Line> {
    let reached = DatabaseFinding::Reached {
        database: database.to_string(),
        user: inspection.user.clone(),
    };
    let mut lines = vec![(Level::Good, Subject::Database, reached)];
    lines.push(version(inspection));
    lines.push(sessions(inspection));
    lines.push(schema(database, inspection));
    lines.push(rights(database, inspection));
    lines.push(durability(inspection));
    lines.push(clock(inspection));
    lines.push(replication(inspection));
    let lapsed = inspection.lapsed.iter().map(lapsed);
    lines.extend(lapsed);
    lines
        .into_iter()
        .map(|(level, subject, finding)| Line(level, subject, Finding::Database(finding)))
        .collect()
}

type Checked = (Level, Subject, DatabaseFinding);

fn version(inspection: &Inspection) -> Checked {
    let version = inspection.version.clone();
    if inspection.is_supported {
        let finding = DatabaseFinding::Version { version };
        (Level::Good, Subject::Server, finding)
    } else {
        let finding = DatabaseFinding::Unfit(ServerFault::Old { version });
        (Level::Failure(Exit::Usage), Subject::Server, finding)
    }
}

fn sessions(inspection: &Inspection) -> Checked {
    if inspection.is_pooled {
        let finding = DatabaseFinding::Unfit(ServerFault::Pooled);
        (Level::Failure(Exit::Usage), Subject::Sessions, finding)
    } else {
        (Level::Good, Subject::Sessions, DatabaseFinding::Sessions)
    }
}

fn schema(database: &Database, inspection: &Inspection) -> Checked {
    let schema = database.schema_name().to_owned();
    let (level, finding) = match inspection.schema_version {
        None if inspection.rights == DatabaseRights::None => {
            (Level::Good, DatabaseFinding::SchemaNotSeen { schema })
        }
        None => (Level::Good, DatabaseFinding::SchemaToCome { schema }),
        Some(version) if version > inspection.newest_schema => (
            Level::Failure(Exit::Fault),
            DatabaseFinding::SchemaNewer { schema, version },
        ),
        Some(version) => (
            Level::Good,
            DatabaseFinding::Schema {
                schema,
                version,
                campaigns: inspection.campaigns as u64,
            },
        ),
    };
    (level, Subject::Schema, finding)
}

fn rights(database: &Database, inspection: &Inspection) -> Checked {
    let user = inspection.user.clone();
    let schema = database.schema_name().to_owned();
    let (level, finding) = match inspection.rights {
        _ if inspection.is_read_only => (
            Level::Warning,
            DatabaseFinding::Unfit(ServerFault::ReadOnly),
        ),
        DatabaseRights::All | DatabaseRights::Write if inspection.login != inspection.user => {
            let login = inspection.login.clone();
            (Level::Warning, DatabaseFinding::ActsAs { login, user })
        }
        DatabaseRights::All => (Level::Good, DatabaseFinding::MayAll { user }),
        DatabaseRights::Write => (Level::Warning, DatabaseFinding::MayWrite { user }),
        DatabaseRights::Read => (Level::Warning, DatabaseFinding::MayRead { user }),
        DatabaseRights::None => (
            Level::Failure(Exit::Usage),
            DatabaseFinding::MayNothing { user, schema },
        ),
    };
    (level, Subject::Rights, finding)
}

fn durability(inspection: &Inspection) -> Checked {
    let (level, finding) = match inspection.durability {
        Durability::NoFsync => (Level::Warning, DatabaseFinding::NoFsync),
        Durability::NoFullPageWrites => (Level::Warning, DatabaseFinding::NoFullPageWrites),
        Durability::Full if inspection.synchronous_commit == "on" => {
            (Level::Good, DatabaseFinding::Durable)
        }
        Durability::Full => {
            let setting = inspection.synchronous_commit.clone();
            (Level::Good, DatabaseFinding::DurableAnyway { setting })
        }
    };
    (level, Subject::Durability, finding)
}

fn clock(inspection: &Inspection) -> Checked {
    let seconds = inspection.clock_ahead.abs().as_secs().unsigned_abs();
    let (level, finding) = if seconds > DRIFT {
        (Level::Warning, DatabaseFinding::ClockWrong { seconds })
    } else {
        let seconds = seconds.max(1);
        (Level::Good, DatabaseFinding::Clock { seconds })
    };
    (level, Subject::ServerClock, finding)
}

fn replication(inspection: &Inspection) -> Checked {
    let (level, finding) = match &inspection.replication {
        Replication::None => (Level::Good, DatabaseFinding::NoReplica),
        Replication::Asynchronous(replicas) => (
            Level::Warning,
            DatabaseFinding::Asynchronous {
                replicas: *replicas,
            },
        ),
        Replication::Synchronous(names) => (
            Level::Good,
            DatabaseFinding::Synchronous {
                names: names.clone(),
            },
        ),
    };
    (level, Subject::Replication, finding)
}

fn lapsed(lease: &LeaseSummary) -> Checked {
    let finding = DatabaseFinding::Lapsed {
        name: lease.identity.clone(),
        campaign: lease.campaign.clone(),
        host: lease.host.clone(),
        process: lease.process,
    };
    (Level::Warning, Subject::Leases, finding)
}
