//! What the simulator received.

use serde::Serialize;
use serde_json::Value;

/// One request as the simulator received it; `GET /simulator/received` lists them as JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Received {
    /// Milliseconds from the simulator's start until the request had been read.
    pub at_ms: u64,
    /// The method of the API, such as `sendContact`.
    pub method: String,
    /// The body as JSON, or as text if it is not JSON; null if there was no body.
    pub body: Value,
    /// The status of the answer; `None` if no answer was sent.
    pub status: Option<u16>,
    /// The id of the message if it was accepted, whatever the answer said.
    #[serde(rename = "idMessage")]
    pub id_message: Option<String>,
}
