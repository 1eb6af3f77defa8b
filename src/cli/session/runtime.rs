//! The one thread that the network runs on.

use tokio::runtime::{Builder, Runtime};

use crate::cli::exit::CommandError;

/// Returns the runtime of a command that makes requests.
pub(crate) fn runtime() -> Result<Runtime, CommandError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|source| CommandError::Machine {
        what: "the async runtime cannot be started",
        source,
    })
}
