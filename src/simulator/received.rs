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
    /// The body: JSON, or the text if it is none; null if there was no body.
    pub body: Value,
    /// The status of the answer; nothing if no answer left.
    pub status: Option<u16>,
    /// The id of the message if it was accepted, whatever the answer said.
    #[serde(rename = "idMessage")]
    pub id_message: Option<String>,
}
