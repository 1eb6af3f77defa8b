//! Opens a ledger whose instances another machine may hold: one that lives keeps them, one that died loses them.

use std::{thread, time::Duration};

use crate::{
    cli::output::ui::Ui,
    i18n::messages,
    ledger::{Ledger, LedgerError},
};

/// Within this time a holder that lives renews its lease.
const RENEWED_WITHIN: Duration = Duration::from_secs(3);

/// Between two looks at the lease of one that does not.
const LOOK: Duration = Duration::from_secs(1);

messages! {
    /// What is waited for.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum LeaseMessage {
        Dead { instance: String, host: String, process: i64, seconds: u64 } =
            en "Process {process} on {host} holds {instance} and no longer answers. This run takes over in at most \
                {seconds} s; Ctrl-C is safe.",
            ru "Процесс {process} на {host} занимает {instance} и больше не отвечает. Этот запуск продолжит за него не \
                позже чем через {seconds} с; Ctrl-C безопасен.",
    }
}

/// Opens a ledger, as soon as the leases of a machine that died have lapsed; `None` if the user does not want to wait
/// any longer.
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
        // The time that is left grows if the holder lives, or if another has taken the lease meanwhile.
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
