//! Leases of instances, by which several machines share a database: only one machine drives an instance at a time,
//! across all campaigns.
//!
//! What must stay true: the times of leases come only from the database's clock. The holder starts no request whose
//! answer could arrive after the end of its lease. It measures that time with a local clock that includes sleep, from
//! before it asked for the lease. Whoever takes a lapsed lease first waits, after its end, for as long as a request may
//! take. An outcome is written only while the fencing number is still current.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use super::{
    database::Database,
    db::{self, Connection},
    error::{LedgerError, machine},
    run_command::RunCommand,
    sql::{
        leases::{self, Holder, Terms},
        server,
    },
};
use crate::platform;

/// The longest time between two checks of a lapsed lease.
const LOOK: Duration = Duration::from_secs(1);

/// How long the keeper waits for an answer of the database.
const KEEPER_LIMIT: Duration = Duration::from_secs(5);

/// The leases that a run holds; released when it is dropped.
#[derive(Debug)]
pub(super) struct Leases {
    database: Database,
    held: Vec<Holder>,
    shared: Arc<Shared>,
    keeper: Option<Keeper>,
}

#[derive(Debug)]
struct Keeper {
    stop: mpsc::Sender<()>,
    thread: thread::JoinHandle<()>,
}

/// The state that the keeper shares with the engine.
#[derive(Debug)]
struct Shared {
    /// For each instance: the time until which a request may start, in milliseconds of [`now`].
    safe_until: Vec<AtomicI64>,
    /// The command to the run, encoded by [`code`].
    command: AtomicU8,
    /// Whether the user does not want to wait any longer.
    is_abandoned: AtomicBool,
}

/// Tells whether the instances of a run may still send.
#[derive(Debug, Clone)]
pub struct LeaseWatch(Arc<Shared>);

impl PartialEq for LeaseWatch {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for LeaseWatch {}

impl LeaseWatch {
    /// Whether a request of this instance may start now.
    #[must_use]
    pub fn may_start(&self, instance: usize) -> bool {
        self.time_left(instance) > Duration::ZERO
    }

    /// Returns how much longer requests of this instance may start.
    #[must_use]
    pub fn time_left(&self, instance: usize) -> Duration {
        let until = self.0.safe_until.get(instance);
        let until = until.map_or(0, |until| until.load(Ordering::Acquire));
        Duration::from_millis(u64::try_from(until - now()).unwrap_or(0))
    }

    /// Records that the user does not want to wait any longer: an unreachable database is not tried again.
    pub fn abandon(&self) {
        self.0.is_abandoned.store(true, Ordering::Release);
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.0.is_abandoned.load(Ordering::Acquire)
    }

    /// Records the command to the run.
    pub(super) fn note_command(&self, command: Option<RunCommand>) {
        self.0.command.store(code(command), Ordering::Release);
    }

    /// Returns the command to the run.
    pub(super) fn command(&self) -> Option<RunCommand> {
        [RunCommand::Pause, RunCommand::Cancel]
            .into_iter()
            .find(|command| code(Some(*command)) == self.0.command.load(Ordering::Acquire))
    }
}

impl Leases {
    /// Takes the leases of these instances for a campaign; all or none.
    pub(super) fn take(
        database: &Database,
        connection: &Connection,
        instances: &[String],
        campaign: &str,
    ) -> Result<Self, LedgerError> {
        let terms = Terms::new(database.request_timeout());
        let mut leases = Self {
            database: database.clone(),
            held: Vec::new(),
            shared: Arc::new(Shared {
                safe_until: instances.iter().map(|_| AtomicI64::new(0)).collect(),
                command: AtomicU8::new(code(None)),
                is_abandoned: AtomicBool::new(false),
            }),
            keeper: None,
        };
        for (index, instance) in instances.iter().enumerate() {
            let (holder, asked) = take_one(database, connection, instance, campaign, terms)?;
            leases.held.push(holder);
            leases.shared.safe_until[index].store(asked + terms.safe(), Ordering::Release);
        }
        leases.keep(campaign, terms)?;
        Ok(leases)
    }

    /// Returns the holders of the leases: this run.
    pub(super) fn holders(&self) -> &[Holder] {
        &self.held
    }

    pub(super) fn watch(&self) -> LeaseWatch {
        LeaseWatch(Arc::clone(&self.shared))
    }

    /// Starts a thread that renews the leases, with a session of its own.
    fn keep(&mut self, campaign: &str, terms: Terms) -> Result<(), LedgerError> {
        let (stop, stopped) = mpsc::channel();
        let (database, campaign) = (self.database.clone(), campaign.to_owned());
        let (held, shared) = (self.held.clone(), Arc::clone(&self.shared));
        let path = database.path();
        let thread = thread::Builder::new()
            .name("leases".to_owned())
            .spawn(move || {
                let mut session = None;
                while stopped.recv_timeout(terms.renewal()) == Err(mpsc::RecvTimeoutError::Timeout)
                {
                    if session.is_none() {
                        session = KeeperSession::new(&database).ok();
                    }
                    let renewed = session
                        .as_ref()
                        .map(|session| session.renew(&held, &campaign, terms, &shared));
                    if !matches!(renewed, Some(Ok(()))) {
                        session = None;
                    }
                }
            })
            .map_err(|error| machine(&path, &error))?;
        self.keeper = Some(Keeper { stop, thread });
        Ok(())
    }
}

impl Drop for Leases {
    fn drop(&mut self) {
        if let Some(Keeper { stop, thread }) = self.keeper.take() {
            drop(stop);
            // A keeper that panicked has renewed nothing more.
            let _ = thread.join();
        }
        let Ok(session) = keeper_session(&self.database) else {
            return;
        };
        for holder in &self.held {
            // A lease that cannot be released lapses.
            let _ = leases::release(&session, holder);
        }
    }
}

/// Takes one lease. Returns it with the time at which it was requested.
fn take_one(
    database: &Database,
    connection: &Connection,
    instance: &str,
    campaign: &str,
    terms: Terms,
) -> Result<(Holder, i64), LedgerError> {
    let explained = |error: db::Error| database.explain(&error);
    loop {
        let asked = now();
        if let Some(holder) =
            leases::take(connection, instance, campaign, terms).map_err(explained)?
        {
            return Ok((holder, asked));
        }
        let Some(other) = leases::current(connection, instance).map_err(explained)? else {
            continue;
        };
        if other.is_live {
            return Err(LedgerError::Leased {
                instance: instance.to_owned(),
                host: other.host,
                process: other.process,
                seconds: other.free_in.as_secs() + 1,
            });
        }
        // Its holder is gone, but its last request may still be in progress.
        thread::sleep(other.free_in.min(LOOK));
    }
}

fn keeper_session(database: &Database) -> Result<Connection, LedgerError> {
    let session = database.connect()?;
    session.set_limit(KEEPER_LIMIT);
    Database::enter(&session, &[database.schema()]).map_err(|error| database.explain(&error))?;
    Ok(session)
}

/// A session of the keeper.
struct KeeperSession {
    connection: Connection,
    /// The identity of the server, if it is known.
    server: Option<String>,
}

impl KeeperSession {
    fn new(database: &Database) -> Result<Self, LedgerError> {
        let connection = keeper_session(database)?;
        let server = server::identity(&connection).map_err(|error| database.explain(&error))?;
        Ok(Self { connection, server })
    }

    fn renew(
        &self,
        held: &[Holder],
        campaign: &str,
        terms: Terms,
        shared: &Shared,
    ) -> db::Result<()> {
        for (holder, safe_until) in held.iter().zip(&shared.safe_until) {
            let asked = now();
            let until = if leases::renew(&self.connection, holder, terms)? {
                asked + terms.safe()
            } else {
                0
            };
            safe_until.store(until, Ordering::Release);
        }
        let command = leases::run_command(&self.connection, campaign)?;
        shared.command.store(code(command), Ordering::Release);
        let server = self.server.as_deref();
        server.map_or(Ok(()), |server| {
            server::note_seen(&self.connection, campaign, server)
        })
    }
}

const fn code(command: Option<RunCommand>) -> u8 {
    match command {
        None => 0,
        Some(RunCommand::Pause) => 1,
        Some(RunCommand::Cancel) => 2,
    }
}

#[cfg(test)]
impl LeaseWatch {
    /// The leases of one instance, which has lost its own.
    pub(crate) fn lapsed() -> Self {
        Self(Arc::new(Shared {
            safe_until: vec![AtomicI64::new(0)],
            command: AtomicU8::new(0),
            is_abandoned: AtomicBool::new(false),
        }))
    }
}

/// Returns the milliseconds of a clock that includes sleep and that nobody sets.
fn now() -> i64 {
    i64::try_from(platform::steady_clock().as_millis()).unwrap_or(i64::MAX)
}
