//! What a person is told, in Russian and in English.

mod tracking;

pub use tracking::Tracking;
pub mod schedule;
pub mod zones;

/// The languages that we speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    En,
    /// Russian.
    Ru,
}
