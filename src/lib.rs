//! Sends WhatsApp contacts in bulk through GREEN-API: each contact once, every row accounted for.
//!
//! The way of the data: files → rows → messages and problems → **ledger** → requests →
//! outcomes → **ledger** → results. A room uses only rooms above it, as `tests/layers.rs` holds.

pub mod failpoints;
pub mod i18n;
pub mod domain;
pub mod formats;
pub mod rate_limit;
pub mod send_policy;
pub mod phone_metadata;
pub mod green_api;
pub mod ingest;
pub mod ledger;
pub mod report;
pub mod simulator;
pub mod engine;
pub mod follow_up;
pub mod progress;
pub mod cli;
