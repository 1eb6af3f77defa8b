//! What a person is told, in Russian and in English.

pub mod figures;
pub mod schedule;
mod tracking;
pub mod zones;

pub use tracking::Tracking;

/// The languages that we speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    En,
    /// Russian.
    Ru,
}
