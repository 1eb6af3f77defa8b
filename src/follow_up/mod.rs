//! Finds out what became of contacts after their requests: looks up unknown rows in the instance's queue and journal,
//! and asks for the delivery of accepted ones. It only asks; nothing is ever sent from here.

mod matching;
mod messages;
mod reconcile;
mod track;

pub use reconcile::{LookUp, PossiblySent, Trouble, look_up, mark_possibly_sent};
pub use track::{TrackEvent, Tracking, Watch, track};
