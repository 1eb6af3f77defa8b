//! The basic types of the program, valid by construction: whoever holds such a value need not check it again. Nothing
//! here reads a clock, a file or the network.

mod account_check;
mod chat_id;
mod checked_row;
mod contact;
mod delivery;
mod message;
mod outcome;
mod own_words;
mod person;
mod phone;
mod problem;
mod refusal;
pub mod results;
mod status;
mod text;

pub use account_check::{AccountCheck, Lid};
pub use chat_id::{ChatId, ChatIdError, ChatKind};
pub use checked_row::{CheckedRow, Origin, Pair, RawCells, RowCheck, RowRef};
pub use contact::{Contact, NameMissing, Names};
pub use delivery::Delivery;
pub use message::{ContactDigest, Message, Recipient};
pub use outcome::{Halt, IdMessage, Outcome, Throttle};
pub use own_words::OwnWords;
pub use person::Person;
pub use phone::{Phone, PhoneError, line};
pub use problem::{Problem, ProblemCode, Warning, WarningCode};
pub use refusal::{NO_ACCOUNT, RefusalCause};
pub use status::{Counts, Status, StatusCount};
pub use text::{comparable, is_blank, is_invisible, visible};
