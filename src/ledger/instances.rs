//! The instances of a ledger, and which of them has which row.
//!
//! What must stay true: a recipient who had a contact from one instance gets none from another. Each instance
//! that works on the ledger is an instance of its own; a ledger of one instance has one, and its rows name
//! none.

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

/// The fact that names the instances among which rows were assigned last.
const ASSIGNED_AMONG: &str = "dealt among";

/// Rows that are read at a time.
const PAGE: usize = 512;

/// How many of the assigned rows an instance is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareLimit {
    /// In proportion to the others'.
    pub share: u64,
    /// At most this many rows, as long as another instance can take the rest.
    pub most: u64,
}

/// An instance that a ledger knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceSummary {
    /// What a person calls it, else its id.
    pub name: String,
    /// The service and the id, such as `green-api instance 1101000001`.
    pub identity: String,
    /// Its position among those for which the ledger was opened, if it is one of them.
    pub instance: Option<usize>,
    /// Its rows by status.
    pub counts: Counts,
    /// Its pending rows of the files that are given.
    pub waiting: u64,
}

impl InstanceSummary {
    /// Whether it is of a simulator.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.identity.starts_with(Service::Simulator.as_str())
    }
}

impl Ledger {
    /// Every instance that has worked on the ledger, in the order in which they came; an only one has
    /// all rows.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn instance_summaries(&self) -> Result<Vec<InstanceSummary>, LedgerError> {
        let records = self.records()?;
        let mut summaries: Vec<(i64, InstanceSummary)> = records
            .into_iter()
            .map(|record| (record.id, self.summary(record)))
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

    /// Counts rows that no instance has claimed for those of this run: any of them may send them.
    fn share_free(&self, summaries: &mut [(i64, InstanceSummary)], rows: u64) {
        let instances = self.instances.len() as u64;
        let ours = summaries
            .iter_mut()
            .filter(|(_, summary)| summary.instance.is_some());
        for ((_, summary), place) in ours.zip(0..) {
            summary.waiting += rows / instances + u64::from(place < rows % instances);
        }
    }

    /// Whether its contacts go to a simulator.
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

    /// Assigns the pending rows of the files that are given to the instances, by these limits, one an
    /// instance. A recipient who had a contact, or may have had one, stays with the instance that sent it, whether
    /// it has an instance or not. Everybody else is assigned again whenever the instances are not those of the last
    /// time; while they are the same, only those whom no instance has.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written; then all stay where they are.
    pub fn assign(&mut self, limits: &[ShareLimit]) -> Result<(), LedgerError> {
        // Machines that share a database claim rows while they send.
        if self.database().is_some() || !self.is_shared()? {
            return Ok(());
        }
        self.assign_all(limits)
            .map_err(|error| explain(&self.path, &error))
    }

    /// Removes the instances that this opening added: nothing was begun.
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

    /// Identifies the instances of this run; at least one of them must be known. Unknown ones may
    /// join, or have no rows.
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

    /// What the rows of an instance name, by which queries find them; nothing in a ledger of one instance.
    pub(super) fn filter(&self, instance: usize) -> Result<Option<i64>, LedgerError> {
        let shared = self.database().is_some() || self.is_shared()?;
        Ok(self
            .instances
            .get(instance)
            .map(|instance| instance.id)
            .filter(|id| shared || *id == NOBODY))
    }

    /// What the rows name that an instance may send; nothing where it may send those of all: machines that share a
    /// database claim rows only while they send.
    pub(super) fn may_send(&self, instance: usize) -> Result<Option<i64>, LedgerError> {
        match self.database() {
            Some(_) => Ok(None),
            None => self.filter(instance),
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
        let mut ids: Vec<i64> = self.instances.iter().map(|instance| instance.id).collect();
        let mut allocator = Allocator::new(ids.iter().copied().zip(limits));
        ids.sort_unstable();
        let among = json!(ids).to_string();
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
    /// What a person calls it, else its id.
    pub(super) fn shown(&self) -> &str {
        if self.name.is_empty() {
            let identity = &*self.identity;
            identity.rsplit_once(' ').map_or(identity, |(_, id)| id)
        } else {
            &self.name
        }
    }
}

/// Assigns rows one by one so that at every moment each instance has its share: smooth weighted round robin. A row
/// that is already assigned counts for its instance.
struct Allocator(Vec<Candidate>);

struct Candidate {
    id: i64,
    share: i128,
    due: i128,
    /// What it can take still.
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

    /// The instance of the next recipient, who has this many rows: of those that can take them all the first to which
    /// most is due, else the one that can take most.
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

    /// An instance has a row, whether it is a candidate or not.
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
