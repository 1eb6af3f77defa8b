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
pub(crate) fn count() -> Result<watch::Receiver<u32>, CommandError> {
    let unheard = |source| CommandError::Machine {
        what: "Ctrl-C cannot be handled",
        source,
    };
    let runtime = runtime::runtime()?;
    let mut signals = signals(&runtime).map_err(unheard)?;
    let (count, interrupts) = watch::channel(0);
    let listen = async move {
        while signals.next().await.is_some() {
            count.send_modify(|times| *times += 1);
        }
    };
    let thread = thread::Builder::new().name("signals".to_owned());
    thread
        .spawn(move || runtime.block_on(listen))
        .map_err(unheard)?;
    Ok(interrupts)
}

/// How long work that hears an interrupt by itself has for that.
const HEARING: Duration = Duration::from_secs(5);

/// Does work on a thread of its own, which is left behind when nobody waits for it any more.
pub(crate) async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CommandError> {
    let failed = |source| CommandError::Machine {
        what: "a thread of this program failed",
        source,
    };
    let (tell, told) = oneshot::channel();
    let thread = thread::Builder::new().spawn(move || {
        let _nobody_waits = tell.send(work());
    });
    thread.map_err(failed)?;
    told.await.map_err(|gone| failed(io::Error::other(gone)))
}

/// Until the first interrupt.
pub(crate) async fn first(mut interrupts: watch::Receiver<u32>) {
    if interrupts.wait_for(|times| *times > 0).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Until work that should hear the first interrupt by itself has not, or the second one comes.
pub(crate) async fn unheard(mut interrupts: watch::Receiver<u32>) {
    first(interrupts.clone()).await;
    tokio::select! {
        Ok(_) = interrupts.wait_for(|times| *times > 1) => {}
        () = sleep(HEARING) => {}
    }
}

#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
fn signals(runtime: &Runtime) -> io::Result<Signals> {
    use tokio::signal::unix::{SignalKind, signal};
    let _within = runtime.enter();
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
    let _within = runtime.enter();
    tokio::signal::windows::ctrl_c().map(Signals)
}

#[cfg(windows)]
impl Signals {
    async fn next(&mut self) -> Option<()> {
        self.0.recv().await
    }
}
