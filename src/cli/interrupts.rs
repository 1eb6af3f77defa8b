//! Ctrl-C and SIGTERM: they are counted on a thread of their own, so that they are heard while rows are
//! read or a person is asked.

use std::{io, thread};

use tokio::{runtime::Runtime, sync::watch};

use super::{exit::CommandError, instances};

/// Counts how often Ctrl-C or SIGTERM has come from now on.
pub(super) fn count() -> Result<watch::Receiver<u32>, CommandError> {
    let unheard = |source| CommandError::Machine { what: "Ctrl-C cannot be listened to", source };
    let runtime = instances::runtime()?;
    let mut signals = signals(&runtime).map_err(unheard)?;
    let (count, interrupts) = watch::channel(0);
    let listen = async move {
        while signals.next().await.is_some() {
            count.send_modify(|times| *times += 1);
        }
    };
    let thread = thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || runtime.block_on(listen)).map_err(unheard)?;
    Ok(interrupts)
}

#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
fn signals(runtime: &Runtime) -> io::Result<Signals> {
    use tokio::signal::unix::{SignalKind, signal};
    let _within = runtime.enter();
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
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
