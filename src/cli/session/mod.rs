//! The parts of a run: its instances, sending, signals, its record, and the notification at its end.

pub(crate) mod after_restriction;
pub(crate) mod assignment;
pub(crate) mod campaign_state;
pub(crate) mod clock_note;
pub(crate) mod connect;
pub(crate) mod dry_run;
pub(crate) mod import;
pub(crate) mod input_digest;
pub(crate) mod late_start;
pub(crate) mod lease_wait;
pub(crate) mod notify;
pub(crate) mod result_files;
pub(crate) mod run_record;
pub(crate) mod run_waits;
pub(crate) mod runtime;
pub(crate) mod send_history;
pub(crate) mod send_pending;
mod sent_rows;
pub(crate) mod signals;
