//! One file for each command: what it does from its first check to its exit code.

pub(crate) mod check;
pub(crate) mod control;
pub(crate) mod doctor;
pub(crate) mod init;
pub(crate) mod ledger;
pub(crate) mod man;
pub(crate) mod opt_outs;
pub(crate) mod reconcile;
pub(crate) mod report;
pub(crate) mod resolve;
pub(crate) mod schedule;
pub(crate) mod send;
pub(crate) mod settings;
pub(crate) mod shell;
pub(crate) mod simulate;
pub(crate) mod status;
pub(crate) mod track;
pub(crate) mod trust;
