//! Sends contact cards in bulk through GREEN-API: every card once, every row accounted for.
//!
//! The way of the data: files → rows → messages and problems → **ledger** → requests →
//! outcomes → **ledger** → results. A room uses only rooms above it, as `tests/layers.rs` holds.

pub mod crash_points;
pub mod sentences;
pub mod domain;
pub mod files;
pub mod pace;
pub mod calendar;
pub mod green_api;
pub mod intake;
pub mod ledger;
pub mod report;
pub mod simulator;
pub mod campaign;
pub mod progress;
pub mod cli;
