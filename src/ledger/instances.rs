//! The instances of a ledger, and which of them has which row.
//!
//! What must stay true: a recipient who had a contact from one instance gets none from another. Each instance
//! that works on the ledger is an instance of its own; a ledger of one instance has one, and its rows name
//! none.

use serde_json::json;

use super::{
    Ledger,
    error::{LedgerError, explain},
    handle::{LedgerInstance, NOBODY},
    identity::Identity,
    sql::{
        self,
        instances::{self as statements, CountRecord, InstanceRecord},
    },
};
use crate::domain::{Counts, Status};

/// The fact that names the instances among which rows were dealt last.
const DEALT_AMONG: &str = "dealt among";

/// Rows that are dealt together.
const PAGE: usize = 512;

/// How much of what is dealt an instance is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareLimit {
    /// In proportion to the others'.
    pub share: u64,
    /// This many rows it can take, as long as somebody else can take the rest.
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

impl Ledger {
    /// Every instance that has worked on the ledger, in the order in which they came; an only one has
    /// all rows.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn parties(&self) -> Result<Vec<InstanceSummary>, LedgerError> {
        let records = self.records()?;
        let mut parties: Vec<(i64, InstanceSummary)> = records
            .into_iter()
            .map(|record| (record.id, self.party(record)))
            .collect();
        let counts = statements::counts_by_instance(&self.connection);
        let is_only = parties.len() == 1;
        for CountRecord {
            instance,
            state,
            given,
            rows,
        } in counts.map_err(|error| explain(&self.path, &error))?
        {
            let status = state.status();
            let is_its = |(id, _): &&mut (i64, InstanceSummary)| is_only || Some(*id) == instance;
            if let Some((_, party)) = parties.iter_mut().find(is_its) {
                party.counts.add(status, rows);
                party.waiting += if given && status == Status::Pending {
                    rows
                } else {
                    0
                };
            }
        }
        Ok(parties.into_iter().map(|(_, party)| party).collect())
    }

    /// Whether several instances have worked on it.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn is_shared(&self) -> Result<bool, LedgerError> {
        Ok(self.records()?.len() > 1)
    }

    /// Deals the pending rows of the files that are given out among the instances, by these portions, one a
    /// instance. A recipient who had a contact, or may have had one, stays with the instance that sent it, whether
    /// it has an instance or not. Everybody else is dealt again whenever the instances are not those of the last
    /// time; while they are the same, only those whom no instance has.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written; then all stay where they are.
    pub fn deal(&mut self, portions: &[ShareLimit]) -> Result<(), LedgerError> {
        if !self.is_shared()? {
            return Ok(());
        }
        self.deal_all(portions)
            .map_err(|error| explain(&self.path, &error))
    }

    /// Lets those who have joined with this opening go again: nothing was begun.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn leave(&mut self) -> Result<(), LedgerError> {
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
        if !known.is_empty()
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
        let shared = self.is_shared()?;
        Ok(self
            .instances
            .get(instance)
            .map(|instance| instance.id)
            .filter(|id| shared || *id == NOBODY))
    }

    pub(super) fn records(&self) -> Result<Vec<InstanceRecord>, LedgerError> {
        statements::instances(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    fn party(&self, record: InstanceRecord) -> InstanceSummary {
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
    ) -> rusqlite::Result<Vec<LedgerInstance>> {
        let transaction = self.connection.unchecked_transaction()?;
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
        if let ([only], true) = (known, instances.iter().any(|instance| instance.is_new)) {
            statements::keep_what_was_sent(&transaction, only.id)?;
        }
        transaction.commit()?;
        Ok(instances)
    }

    fn deal_all(&mut self, portions: &[ShareLimit]) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        let mut ids: Vec<i64> = self.instances.iter().map(|instance| instance.id).collect();
        let mut dealer = Allocator::new(ids.iter().copied().zip(portions));
        ids.sort_unstable();
        let among = json!(ids).to_string();
        let is_same = sql::fact(&transaction, DEALT_AMONG)?.as_ref() == Some(&among);
        statements::free_pending(&transaction, if is_same { &among } else { "[]" })?;
        sql::set_fact(&transaction, DEALT_AMONG, &among)?;
        let mut read_to = 0;
        loop {
            let page = statements::free_after(&transaction, read_to, PAGE)?;
            let Some(last) = page.last() else { break };
            read_to = last.position;
            for row in &page {
                let id = match statements::instance_of_person(&transaction, &row.person)? {
                    Some(id) => id,
                    None => dealer.choose(statements::free_of_person(&transaction, &row.person)?),
                };
                dealer.give(id);
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
            self.identity.rsplit(' ').next().unwrap_or_default()
        } else {
            &self.name
        }
    }
}

/// Deals rows out one by one so that at every moment each has had its share: smooth weighted round
/// robin, in which a row that is not ours to deal counts for whoever has it.
struct Allocator(Vec<Candidate>);

struct Candidate {
    id: i64,
    share: i128,
    due: i128,
    /// What it can take still.
    left: i128,
}

impl Allocator {
    fn new<'a>(portions: impl Iterator<Item = (i64, &'a ShareLimit)>) -> Self {
        let hand = |(id, portion): (i64, &ShareLimit)| Candidate {
            id,
            share: portion.share.into(),
            due: 0,
            left: portion.most.into(),
        };
        Self(portions.map(hand).collect())
    }

    /// Who has the next recipient with this many rows: of those who can take them all the first to whom
    /// most is due, else whoever can take most.
    fn choose(&self, rows: u64) -> i64 {
        let takes = |hand: &&Candidate| hand.left >= i128::from(rows);
        let most = self
            .0
            .iter()
            .filter(takes)
            .map(|hand| hand.due + hand.share)
            .max();
        let first = self
            .0
            .iter()
            .filter(takes)
            .find(|hand| Some(hand.due + hand.share) == most);
        first
            .or_else(|| self.0.iter().max_by_key(|hand| hand.left))
            .map_or(0, |hand| hand.id)
    }

    /// Someone has a row, whether it has a hand here or not.
    fn give(&mut self, id: i64) {
        let total: i128 = self.0.iter().map(|hand| hand.share).sum();
        for hand in &mut self.0 {
            hand.due += hand.share;
            if hand.id == id {
                hand.due -= total;
                hand.left -= 1;
            }
        }
    }
}

fn listed<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}
