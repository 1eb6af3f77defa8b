//! A simulated GREEN-API: real HTTP, the same requests and answers, scripted faults. It accepts a contact only if the
//! service would, and records everything that it received and accepted, by its own clock.

mod accounts;
mod connection;
mod delivery_timeline;
mod fault;
mod received;
mod reply;
mod request;
mod responses;
mod script;
mod service;
mod state;
mod state_timeline;

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{net::TcpListener, task::JoinHandle};

pub use fault::{Action, Condition, Cut, Fault};
pub use received::Received;
pub use script::{
    ID_INSTANCE, IncomingMessage, PastState, Script, ScriptError, StateChange, TOKEN,
};
use service::Service;

/// A running simulator; it stops when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    service: Arc<Service>,
    accepting: JoinHandle<()>,
}

impl Simulator {
    /// Listens on the address (port 0: any free one) and answers according to the script. It needs a tokio runtime with
    /// network and time.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] with a [`ScriptError`] for a script that cannot be played;
    /// any other if the address cannot be listened on.
    pub async fn start(address: SocketAddr, script: Script) -> io::Result<Self> {
        script
            .check()
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let service = Arc::new(Service::new(script));
        let accepting = tokio::spawn(connection::accept(listener, Arc::clone(&service)));
        Ok(Self {
            address,
            service,
            accepting,
        })
    }

    /// Returns the address on which it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the API address to give to a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns every request to the instance so far, in the order of arrival.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.service.received()
    }

    /// Stops the simulator: open connections break, and the port is free.
    pub async fn stop(mut self) {
        self.accepting.abort();
        // The task was aborted, so its result says nothing else.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
