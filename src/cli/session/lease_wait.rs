//! Opens a ledger whose instances another machine may hold: a live holder keeps them, a dead one loses them.

use std::{thread, time::Duration};

use crate::{
    cli::output::ui::Ui,
    i18n::messages,
    ledger::{Ledger, LedgerError},
};

/// A live holder renews its lease within this time.
const RENEWED_WITHIN: Duration = Duration::from_secs(3);

/// The time between two attempts once the holder has failed to renew its lease.
const LOOK: Duration = Duration::from_secs(1);

messages! {
    /// What the run waits for.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum LeaseMessage {
        Dead { instance: String, host: String, process: i64, seconds: u64 } =
            en "Process {process} on {host} holds {instance} and no longer answers. This run takes over in at most \
                {seconds} s; Ctrl-C is safe.",
            ru "Процесс {process} на {host} занимает {instance} и больше не отвечает. Этот запуск продолжит за него не \
                позже чем через {seconds} с; Ctrl-C безопасен.",
    }
}

/// Opens a ledger as soon as the leases of a dead machine have expired; `None` if the user no longer wants to wait.
pub(crate) fn open(
    open: impl Fn() -> Result<Ledger, LedgerError>,
    is_over: impl Fn() -> bool,
    ui: &Ui,
) -> Result<Option<Ledger>, LedgerError> {
    let mut before = None;
    let mut is_dead = false;
    loop {
        let error = match open() {
            Err(error @ LedgerError::Leased { .. }) => error,
            opened => return opened.map(Some),
        };
        let LedgerError::Leased {
            instance,
            host,
            process,
            seconds,
        } = &error
        else {
            return Err(error);
        };
        // The remaining time grows if the holder is alive, or if another has taken the lease meanwhile.
        let is_renewed = before.is_some_and(|before| {
            if is_dead {
                *seconds > before
            } else {
                *seconds + 1 >= before
            }
        });
        if is_renewed {
            return Err(error);
        }
        if before.is_some() && !is_dead {
            is_dead = true;
            ui.print_indented(&LeaseMessage::Dead {
                instance: instance.clone(),
                host: host.clone(),
                process: *process,
                seconds: *seconds,
            });
        }
        before = Some(*seconds);
        if is_over() {
            return Ok(None);
        }
        thread::sleep(if is_dead { LOOK } else { RENEWED_WITHIN });
    }
}
