//! The instances of a ledger, and which rows each of them has.
//!
//! What must stay true: a recipient who got a contact from one instance gets none from another. Every instance that
//! works on the ledger is recorded; in a ledger with only one instance, rows name no instance.

use serde_json::json;

use super::{
    Ledger, db,
    error::{LedgerError, explain},
    handle::{LedgerInstance, NOBODY},
    identity::{Identity, Service},
    place::Place,
    sql::{
        self,
        instances::{self as statements, CountRecord, InstanceRecord},
    },
};
use crate::domain::{Counts, Status};

/// The name of the fact that holds the instances of the last run that sent, among which its rows were assigned.
const ASSIGNED_AMONG: &str = "dealt among";

/// The number of rows that are read at a time.
const PAGE: usize = 512;

/// How many rows an instance gets when rows are assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareLimit {
    /// Its share, relative to the shares of the others.
    pub share: u64,
    /// The maximum number of rows, as long as another instance can take the rest.
    pub most: u64,
}

/// An instance that a ledger knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceSummary {
    /// Its name, or its id if it has none.
    pub name: String,
    /// The service and the id, such as `green-api instance 1101000001`.
    pub identity: String,
    /// Its index among the instances for which the ledger was opened, if it is one of them.
    pub instance: Option<usize>,
    /// Its rows by status.
    pub counts: Counts,
    /// The number of its pending rows in the given files.
    pub waiting: u64,
    /// Whether the last run that sent was one without it. In a database several machines send; the last run is the one
    /// that began last.
    pub is_left_out: bool,
    /// Whether a machine drives it now for this campaign, perhaps this run; false in a file.
    pub is_driven: bool,
}

impl InstanceSummary {
    /// Whether it belongs to a simulator.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.identity.starts_with(Service::Simulator.as_str())
    }
}

impl Ledger {
    /// Returns every instance that has worked on the ledger, in the order in which they joined. A single instance has
    /// all rows.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn instance_summaries(&self) -> Result<Vec<InstanceSummary>, LedgerError> {
        let records = self.records()?;
        let among = sql::fact(&self.connection, ASSIGNED_AMONG)
            .map_err(|error| explain(&self.path, &error))?;
        let leases = self.live_leases()?;
        let among: Option<Vec<i64>> = among.and_then(|ids| serde_json::from_str(&ids).ok());
        let mut summaries: Vec<(i64, InstanceSummary)> = records
            .into_iter()
            .map(|record| {
                let id = record.id;
                let mut summary = self.summary(record);
                summary.is_driven = leases.contains(&summary.identity);
                summary.is_left_out = among.as_ref().is_some_and(|ids| !ids.contains(&id));
                (id, summary)
            })
            .collect();
        let counts = self.count_records()?;
        let is_only = summaries.len() == 1 && self.database().is_none();
        for CountRecord {
            instance,
            state,
            given,
            rows,
        } in counts
        {
            let status = state.status();
            let is_its = |(id, _): &&mut (i64, InstanceSummary)| is_only || Some(*id) == instance;
            if let Some((_, summary)) = summaries.iter_mut().find(is_its) {
                summary.counts.add(status, rows);
                summary.waiting += if given && status == Status::Pending {
                    rows
                } else {
                    0
                };
            } else if self.database().is_some() && given && status == Status::Pending {
                self.share_free(&mut summaries, rows);
            }
        }
        Ok(summaries.into_iter().map(|(_, summary)| summary).collect())
    }

    /// Distributes rows that no instance has claimed among the instances of this run: any of them may send them.
    fn share_free(&self, summaries: &mut [(i64, InstanceSummary)], rows: u64) {
        let instances = self.instances.len() as u64;
        let ours = summaries
            .iter_mut()
            .filter(|(_, summary)| summary.instance.is_some());
        for ((_, summary), place) in ours.zip(0..) {
            summary.waiting += rows / instances + u64::from(place < rows % instances);
        }
    }

    /// Whether the contacts of the ledger go to a simulator.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn is_simulated(&self) -> Result<bool, LedgerError> {
        let mut records = self.records()?.into_iter();
        Ok(records.any(|record| self.summary(record).is_simulated()))
    }

    /// Whether several instances have worked on it.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn is_shared(&self) -> Result<bool, LedgerError> {
        Ok(self.records()?.len() > 1)
    }

    /// Assigns the pending rows of the given files to the instances, within these limits, one for each instance. A
    /// recipient who got a contact, or may have got one, stays with the instance that sent it, even if that instance is
    /// not part of this run. All others are assigned again whenever the set of instances has changed; while it is the
    /// same, only rows without an instance are assigned.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written; then all assignments stay as they are.
    pub fn assign(&mut self, limits: &[ShareLimit]) -> Result<(), LedgerError> {
        let assigned = if self.database().is_some() {
            // In a shared database, machines claim rows while they send.
            sql::set_fact(&self.connection, ASSIGNED_AMONG, &self.ids_of_run())
        } else if self.is_shared()? {
            self.assign_all(limits)
        } else {
            Ok(())
        };
        assigned.map_err(|error| explain(&self.path, &error))
    }

    /// Returns the ids of the instances of this run, as JSON.
    fn ids_of_run(&self) -> String {
        let mut ids: Vec<i64> = self.instances.iter().map(|instance| instance.id).collect();
        ids.sort_unstable();
        json!(ids).to_string()
    }

    /// Removes the instances that this opening added; nothing was begun by them.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn remove_new_instances(&mut self) -> Result<(), LedgerError> {
        for instance in self.instances.iter().filter(|instance| instance.is_new) {
            statements::remove_instance(&self.connection, instance.id)
                .map_err(|error| explain(&self.path, &error))?;
        }
        self.instances.retain(|instance| !instance.is_new);
        Ok(())
    }

    /// Matches the instances of this run with those of the ledger. At least one of them must be known, unless the
    /// ledger is new or a database that instances may join. Unknown instances join if they may; otherwise they have no
    /// rows.
    pub(super) fn identify(
        &mut self,
        identities: &[Identity],
        may_join: bool,
    ) -> Result<(), LedgerError> {
        let known = self.records()?;
        let ours: Vec<(String, &Identity)> = identities
            .iter()
            .map(|one| (one.to_string(), one))
            .collect();
        let joins = matches!(self.place, Place::Database { .. }) && may_join;
        if !joins
            && !known.is_empty()
            && known
                .iter()
                .all(|record| ours.iter().all(|(text, _)| *text != record.identity))
        {
            return Err(LedgerError::OtherInstance {
                path: self.path.clone(),
                theirs: listed(known.iter().map(|record| record.identity.as_str())),
                ours: listed(ours.iter().map(|(text, _)| text.as_str())),
            });
        }
        self.instances = self
            .enter(&known, &ours, may_join)
            .map_err(|error| explain(&self.path, &error))?;
        Ok(())
    }

    /// Returns the id that the rows of an instance hold, for use in queries; `None` in a ledger of one instance.
    pub(super) fn row_filter(&self, instance: usize) -> Result<Option<i64>, LedgerError> {
        let shared = self.database().is_some() || self.is_shared()?;
        Ok(self
            .instances
            .get(instance)
            .map(|instance| instance.id)
            .filter(|id| shared || *id == NOBODY))
    }

    /// Returns the id that rows must hold for this instance to send them; `None` if it may send all rows: in a shared
    /// database, rows are claimed only while they are sent.
    pub(super) fn sending_filter(&self, instance: usize) -> Result<Option<i64>, LedgerError> {
        match self.database() {
            Some(_) => Ok(None),
            None => self.row_filter(instance),
        }
    }

    pub(super) fn records(&self) -> Result<Vec<InstanceRecord>, LedgerError> {
        statements::instances(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    fn summary(&self, record: InstanceRecord) -> InstanceSummary {
        InstanceSummary {
            name: record.shown().to_owned(),
            instance: self
                .instances
                .iter()
                .position(|instance| instance.id == record.id),
            identity: record.identity,
            counts: Counts::default(),
            waiting: 0,
            is_left_out: false,
            is_driven: false,
        }
    }

    fn enter(
        &self,
        known: &[InstanceRecord],
        ours: &[(String, &Identity)],
        may_join: bool,
    ) -> db::Result<Vec<LedgerInstance>> {
        let transaction = self.connection.transaction()?;
        let mut instances = Vec::new();
        for (text, identity) in ours {
            let is_known = known.iter().any(|record| record.identity == *text);
            let id = if is_known || may_join {
                statements::set_instance(&transaction, text, &identity.name)?
            } else {
                NOBODY
            };
            instances.push(LedgerInstance {
                id,
                history: None,
                is_new: !is_known && may_join,
            });
        }
        if let ([only], true) = (known, instances.iter().any(|instance| instance.is_new))
            && self.database().is_none()
        {
            statements::keep_what_was_sent(&transaction, only.id)?;
        }
        transaction.commit()?;
        Ok(instances)
    }

    fn assign_all(&mut self, limits: &[ShareLimit]) -> db::Result<()> {
        let transaction = self.connection.transaction()?;
        let ids = self.instances.iter().map(|instance| instance.id);
        let mut allocator = Allocator::new(ids.zip(limits));
        let among = self.ids_of_run();
        let is_same = sql::fact(&transaction, ASSIGNED_AMONG)?.as_ref() == Some(&among);
        statements::free_pending(&transaction, if is_same { &among } else { "[]" })?;
        sql::set_fact(&transaction, ASSIGNED_AMONG, &among)?;
        let mut read_to = 0;
        loop {
            let page = statements::free_after(&transaction, read_to, PAGE)?;
            let Some(last) = page.last() else { break };
            read_to = last.position;
            for row in &page {
                let id = match statements::instance_of_person(&transaction, &row.person)? {
                    Some(id) => id,
                    None => {
                        allocator.choose(statements::free_of_person(&transaction, &row.person)?)
                    }
                };
                allocator.give(id);
                statements::give_row(&transaction, row.id, id)?;
            }
        }
        transaction.commit()
    }
}

impl InstanceRecord {
    /// Returns its name, or its id if it has none.
    pub(super) fn shown(&self) -> &str {
        if self.name.is_empty() {
            let identity = &*self.identity;
            identity.rsplit_once(' ').map_or(identity, |(_, id)| id)
        } else {
            &self.name
        }
    }
}

/// Assigns rows one by one so that each instance has its share at every moment: smooth weighted round robin. A row that
/// is already assigned counts for its instance.
struct Allocator(Vec<Candidate>);

struct Candidate {
    id: i64,
    share: i128,
    due: i128,
    /// How many more rows it can take.
    left: i128,
}

impl Allocator {
    fn new<'a>(limits: impl Iterator<Item = (i64, &'a ShareLimit)>) -> Self {
        let candidate = |(id, limit): (i64, &ShareLimit)| Candidate {
            id,
            share: limit.share.into(),
            due: 0,
            left: limit.most.into(),
        };
        Self(limits.map(candidate).collect())
    }

    /// Chooses the instance of the next recipient, who has this many rows: among the instances that can take all of
    /// them, the first with the largest deficit; otherwise the one that can take most.
    fn choose(&self, rows: u64) -> i64 {
        let takes = |candidate: &&Candidate| candidate.left >= i128::from(rows);
        let most = self
            .0
            .iter()
            .filter(takes)
            .map(|candidate| candidate.due + candidate.share)
            .max();
        let first = self
            .0
            .iter()
            .filter(takes)
            .find(|candidate| Some(candidate.due + candidate.share) == most);
        first
            .or_else(|| self.0.iter().max_by_key(|candidate| candidate.left))
            .map_or(0, |candidate| candidate.id)
    }

    /// Counts a row for an instance, whether it is a candidate or not.
    fn give(&mut self, id: i64) {
        let total: i128 = self.0.iter().map(|candidate| candidate.share).sum();
        for candidate in &mut self.0 {
            candidate.due += candidate.share;
            if candidate.id == id {
                candidate.due -= total;
                candidate.left -= 1;
            }
        }
    }
}

fn listed<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}
