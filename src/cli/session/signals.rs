//! Ctrl-C and SIGTERM: they are counted on a thread of their own, so that they are heard while rows are
//! read or a person is asked. What the system may hold for ever, such as a pipe into which nobody writes,
//! is waited for beside them.

use crate::cli::session::runtime;
use std::{io, thread, time::Duration};

use tokio::{
    runtime::Runtime,
    sync::{oneshot, watch},
    time::sleep,
};

use crate::cli::exit::CommandError;

/// Counts how often Ctrl-C or SIGTERM has come from now on.
pub(crate) fn listen() -> Result<watch::Receiver<u32>, CommandError> {
    let cannot_listen = |source| CommandError::Machine {
        what: "Ctrl-C cannot be handled",
        source,
    };
    let runtime = runtime::runtime()?;
    let mut signals = signals(&runtime).map_err(cannot_listen)?;
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

/// How long work that hears an interrupt by itself has for that.
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
        // Nobody may wait for the result any more.
        let _ = sender.send(work());
    });
    thread.map_err(failed)?;
    receiver
        .await
        .map_err(|error| failed(io::Error::other(error)))
}

/// Until the first interrupt.
pub(crate) async fn first(mut interrupts: watch::Receiver<u32>) {
    if interrupts.wait_for(|times| *times > 0).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Until work that should hear the first interrupt by itself has not, or the second one comes.
pub(crate) async fn second_or_grace(mut interrupts: watch::Receiver<u32>) {
    first(interrupts.clone()).await;
    tokio::select! {
        Ok(_) = interrupts.wait_for(|times| *times > 1) => {}
        () = sleep(GRACE) => {}
    }
}

#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
fn signals(runtime: &Runtime) -> io::Result<Signals> {
    use tokio::signal::unix::{SignalKind, signal};
    let _entered = runtime.enter();
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    let [interrupt, terminate, hang_up] = kinds.map(signal);
    Ok(Signals([interrupt?, terminate?, hang_up?]))
}

#[cfg(unix)]
impl Signals {
    async fn next(&mut self) -> Option<()> {
        let [interrupt, terminate, hang_up] = &mut self.0;
        tokio::select! {
            come = interrupt.recv() => come,
            come = terminate.recv() => come,
            come = hang_up.recv() => come,
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
fn signals(runtime: &Runtime) -> io::Result<Signals> {
    let _entered = runtime.enter();
    tokio::signal::windows::ctrl_c().map(Signals)
}

#[cfg(windows)]
impl Signals {
    async fn next(&mut self) -> Option<()> {
        self.0.recv().await
    }
}
