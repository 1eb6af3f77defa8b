//! The client of GREEN-API: one function for each method, each exactly one request. What each answer means is in
//! `answer`; no text that leaves this room contains the token (`i18n::Redaction`). The read-only methods are called
//! through the `Inspector`, which keeps the service's limits.

mod answer;
mod client;
mod clock;
mod connecting;
mod fuzz;
mod incoming;
mod inspector;
mod instance;
mod lookup;
mod retry_after;
mod state;
mod state_history;
mod transport;
mod wa_settings;

pub use client::{Client, ClientError, TimeOuts};
pub use clock::{Mark, Reading, ServiceClock};
#[doc(hidden)]
pub use fuzz::check_answer;
pub use incoming::Incoming;
pub use inspector::Inspector;
pub use instance::{Instance, InstanceError};
pub use lookup::{DeliveryReport, MessageReport, ObservedIn, ObservedMessage, Queue};
pub use retry_after::parse_retry_after;
pub use state::InstanceState;
pub use state_history::{StateEntry, is_authorized_throughout};
pub use transport::PhoneAs;
pub use wa_settings::WaSettings;
