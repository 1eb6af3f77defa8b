//! Sends WhatsApp contacts in bulk through GREEN-API: each contact once, every row accounted for.
//!
//! The path of the data: files → rows → messages and problems → **ledger** → requests → outcomes → **ledger** →
//! results. A room uses only rooms above it, as `tests/layers.rs` checks.

#![cfg_attr(test, expect(clippy::too_many_lines, reason = "tests are tables"))]

/// Differences between operating systems.
pub mod platform;

/// Named points at which a debug build dies, for tests.
pub mod failpoints;

/// The languages, the macro for messages, and the escaping of text from outside before it is shown.
pub mod i18n;

/// Lines for people: wrapped at the width of the terminal, in its colours.
pub mod terminal;

/// Numbers, chat ids, contacts, messages, outcomes, statuses, problems.
pub mod domain;

/// Turns bytes into rows and vCards.
pub mod formats;

/// Decides when the next request may start.
pub mod rate_limit;

/// Hours, days, holidays, zones, caps, warm-up, forecast.
pub mod send_policy;

/// What is known about phone numbers; the only room that uses the phone-number library.
pub mod phone_metadata;

/// The HTTP client, and the meaning of the service's answers.
pub mod green_api;

/// Turns rows into checked rows: headings, numbers, names, suppression.
pub mod ingest;

/// The durable record of a campaign, and the send history of an instance.
pub mod ledger;

/// The results file, the workbook, the page, the short summary.
pub mod report;

/// A simulated GREEN-API on this machine.
pub mod simulator;

/// Sends what is pending in the ledger.
pub mod engine;

/// Finds out what became of contacts: reconcile and track.
pub mod follow_up;

/// The moving line of a run.
pub mod progress;

/// Arguments, settings, commands, exit codes.
pub mod cli;
