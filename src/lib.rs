//! Sends WhatsApp contacts in bulk through GREEN-API: each contact once, every row accounted for.
//!
//! The way of the data: files → rows → messages and problems → **ledger** → requests →
//! outcomes → **ledger** → results. A room uses only rooms above it, as `tests/layers.rs` holds.

#![cfg_attr(test, expect(clippy::too_many_lines, reason = "tests are tables"))]

/// What differs between systems.
pub mod platform;

/// Points at which a debug build dies in tests.
pub mod failpoints;

/// The languages, the macro of messages, and what outside texts pass before they are shown.
pub mod i18n;

/// Lines for people: wrapped at the width of the terminal, in its colours.
pub mod terminal;

/// Numbers, chat ids, contacts, messages, outcomes, statuses, problems.
pub mod domain;

/// Bytes to rows and vCards.
pub mod formats;

/// When the next request may start.
pub mod rate_limit;

/// Hours, days, holidays, zones, caps, warm-up, forecast.
pub mod send_policy;

/// What is known of phone numbers; the only room that names the library.
pub mod phone_metadata;

/// The HTTP client, and what its answers mean.
pub mod green_api;

/// Rows to checked rows: headings, numbers, names, suppression.
pub mod ingest;

/// The durable record of a campaign, and the send history of an instance.
pub mod ledger;

/// The results file, the workbook, the page, the short summary.
pub mod report;

/// A GREEN-API on this machine.
pub mod simulator;

/// Sends what is pending in the ledger.
pub mod engine;

/// What became of contacts: reconcile and track.
pub mod follow_up;

/// The moving line of a run.
pub mod progress;

/// Arguments, settings, commands, exit codes.
pub mod cli;
