//! Finds out what became of contacts after their requests: looks up unknown rows in the instance's queue and journal,
//! and asks for the delivery of accepted ones. It only asks; nothing is ever sent from here.

mod matching;
mod messages;
mod reconcile;
mod track;

pub use reconcile::{Doubted, LookUp, Trouble, doubt, look_up};
pub use track::{TrackEvent, Tracking, Watch, track};
