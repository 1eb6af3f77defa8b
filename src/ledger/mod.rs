//! The durable record of a campaign and the one source of every report: a SQLite file, or a part of a PostgreSQL
//! database.
//!
//! What must stay true: an intent is on disk before its request is sent; one run holds a ledger at a time (in a
//! database, one run holds an instance); an instance of a ledger belongs to it for ever; when it is opened for a run,
//! whatever was being sent becomes unknown.

mod admission;
mod already_sent;
mod backfill;
mod batch;
mod batch_tx;
mod beginning;
mod checks;
mod connection;
mod control;
mod copy;
mod corrections;
mod counts;
mod database;
mod database_url;
mod db;
mod duplicates;
mod error;
mod fail_over;
mod follow_up;
mod handle;
mod histories;
mod history_copy;
mod history_entries;
mod history_schema;
mod history_tx;
mod identity;
mod import;
mod import_thread;
mod input;
mod inspection;
mod instances;
mod lease;
mod lid_lookup;
mod lids;
mod lock;
mod machines;
mod open;
mod paths;
mod pending;
mod place;
mod prepared_row;
mod private_file;
mod queue;
mod queues;
mod recent;
mod reconnect;
mod restrictions;
mod results_choice;
mod retry;
mod row_counts;
mod rows;
mod rules;
mod run;
mod run_command;
mod runs;
mod scratch;
mod send_history;
mod server_check;
mod shared_rate;
mod sql;
mod state;
mod tls;
mod tracking;
mod transfer;
mod unknown;
mod waits;
mod writer;

pub use admission::PendingGroup;
pub use already_sent::{AlreadySent, EarlierCampaign, NotAgain, ResendPolicy};
pub use batch::{
    Batch, CheckAnswer, CheckResult, ChecksBatch, CommitResult, FailedBatch, FailedHistory,
    FailedPart, InFlight, InstanceBatch, InstanceCommit, RowId, RowOutcome, RowResult,
};
pub use checks::ChecksAhead;
pub use control::Control;
pub use database::{DEFAULT_SCHEMA, Database, DatabaseAddress, Passwords};
pub use database_url::{passwords, without_password};
pub use duplicates::DuplicateIndex;
pub use error::{DatabaseAddressError, LedgerError, NotPrivate, ServerFault};
pub use fail_over::{ReportedContact, ServerChange};
pub use follow_up::{DeliveryUpdate, SentByOthers, TrackedRow, Unknown};
pub use handle::Ledger;
pub use histories::Attached;
pub use history_copy::HistoryPlace;
pub use identity::{Identity, Service};
pub use import::Import;
pub use input::{ImportSummary, Input, NewSource, SuppressionList};
pub use inspection::{DatabaseRights, Durability, Inspection, Replication};
pub use instances::{InstanceSummary, ShareLimit};
pub use lease::LeaseWatch;
pub use lids::{LidPairs, PairedPhone};
pub use machines::LeaseSummary;
pub use paths::{belongs, files};
pub use place::Place;
pub use private_file::{append_plain, create_folder, read_beginning, read_plain};
pub use restrictions::{PastRestriction, SeenState};
pub use results_choice::ResultsChoice;
pub use rows::{Listed, ResultRow};
pub use rules::{BlockedUntil, Rules, Zones};
pub use run::{NewRun, Reason, Run, RunEnd, RunId, RunStop};
pub use run_command::RunCommand;
pub use send_history::SendHistory;
pub use shared_rate::RatesToShare;
pub use tracking::PendingDeliveries;
pub use unknown::{KnownIds, Resolution};
pub use waits::{RunWait, RunWaits};
pub use writer::LedgerWriter;

#[cfg(test)]
mod tests;
