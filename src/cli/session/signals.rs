//! Counts Ctrl-C and other requests to end, on a thread of its own, so that they are noticed while rows are read or the
//! user is asked. Work that may block forever, such as reading a pipe into which nobody writes, runs on a detached
//! thread.

use crate::cli::session::runtime;
use std::{io, thread, time::Duration};

use tokio::{
    sync::{oneshot, watch},
    time::sleep,
};

use crate::{cli::exit::CommandError, platform::Signals};

/// Counts from now on how often the program is asked to end.
pub(crate) fn listen() -> Result<watch::Receiver<u32>, CommandError> {
    let cannot_listen = |source| CommandError::Machine {
        what: "Ctrl-C cannot be handled",
        source,
    };
    let runtime = runtime::runtime()?;
    let mut signals = Signals::listen(&runtime).map_err(cannot_listen)?;
    let (counter, interrupts) = watch::channel(0);
    let count_all = async move {
        while signals.next().await.is_some() {
            counter.send_modify(|times| *times += 1);
        }
    };
    let thread = thread::Builder::new().name("signals".to_owned());
    thread
        .spawn(move || runtime.block_on(count_all))
        .map_err(cannot_listen)?;
    Ok(interrupts)
}

/// How long work that notices an interrupt by itself has to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Does work on a thread of its own, which is left behind when nobody waits for it any more.
pub(crate) async fn spawn_detached<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CommandError> {
    let failed = |source| CommandError::Machine {
        what: "a thread of this program failed",
        source,
    };
    let (sender, receiver) = oneshot::channel();
    let thread = thread::Builder::new().spawn(move || {
        // The caller may have stopped waiting.
        let _ = sender.send(work());
    });
    thread.map_err(failed)?;
    receiver
        .await
        .map_err(|error| failed(io::Error::other(error)))
}

/// Waits for the first interrupt.
pub(crate) async fn first(mut interrupts: watch::Receiver<u32>) {
    if interrupts.wait_for(|times| *times > 0).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Waits for the second interrupt, or until work that should notice the first one by itself has had time to stop.
pub(crate) async fn second_or_grace(mut interrupts: watch::Receiver<u32>) {
    first(interrupts.clone()).await;
    tokio::select! {
        Ok(_) = interrupts.wait_for(|times| *times > 1) => {}
        () = sleep(GRACE) => {}
    }
}
