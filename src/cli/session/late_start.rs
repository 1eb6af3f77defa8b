//! Decides whether a run that begins after its planned start begins at all. The user may be asked.

use std::{
    io::{BufRead, IsTerminal},
    thread,
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use crate::{
    cli::output::ui::Ui,
    engine::StopReason,
    i18n::{self, messages},
    ledger::{Control, RunCommand},
    send_policy::StartDecision,
};

messages! {
    /// What the user is asked.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum LateStartMessage {
        Ask { by: String } =
            en "The scheduled start was {by} ago. Send now? [y/N] ",
            ru "Назначенное время начала прошло {by} назад. Отправить сейчас? [д/Н] ",
    }
}

/// How often the control file is read while a question is open.
const CONTROL_INTERVAL: Duration = Duration::from_millis(500);

/// Returns why the run does not begin, or `None` if it does; asks the user if `--if-late` says so.
pub(crate) async fn confirm_start(
    start: StartDecision,
    control: &Control,
    interrupts: &mut watch::Receiver<u32>,
    ui: &Ui,
) -> Option<StopReason> {
    let is_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    match start {
        StartDecision::Wait(_) | StartDecision::Go => None,
        StartDecision::Ask(by) if is_terminal => {
            let question = LateStartMessage::Ask {
                by: i18n::long(by, ui.language),
            };
            eprint_lossy!("{}", question.localized(ui.language));
            wait_for_agreement(StopReason::Late(by), control, interrupts).await
        }
        StartDecision::Skip(by) | StartDecision::Ask(by) => Some(StopReason::Late(by)),
    }
}

/// Waits for the answer; `refused` is the reason if the answer is no. An answer that cannot be read counts as no. An
/// interrupt and a cancel from another terminal end the wait.
async fn wait_for_agreement(
    refused: StopReason,
    control: &Control,
    interrupts: &mut watch::Receiver<u32>,
) -> Option<StopReason> {
    let (sender, answer) = oneshot::channel();
    // Reading a line cannot be interrupted, so the thread is left behind.
    thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        let is_yes = matches!(
            line.trim().to_lowercase().as_str(),
            "y" | "yes" | "д" | "да"
        );
        // After an interrupt nobody receives the answer.
        let _ = sender.send(read.is_ok() && is_yes);
    });
    tokio::select! {
        agreed = answer => (agreed != Ok(true)).then_some(refused),
        Ok(()) = interrupts.changed() => {
            eprintln_lossy!("");
            Some(StopReason::Interrupted)
        }
        () = cancelled(control) => {
            eprintln_lossy!("");
            Some(StopReason::Cancelled)
        }
    }
}

/// Waits until another terminal cancels the run.
pub(crate) async fn cancelled(control: &Control) {
    while control.command() != Some(RunCommand::Cancel) {
        tokio::time::sleep(CONTROL_INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_cancel_from_another_terminal_is_noticed_within_a_second_and_a_pause_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let control = Control::of(folder.path().join("list.ledger"));
        let mut cancel = std::pin::pin!(cancelled(&control));
        let second = Duration::from_secs(1);
        assert!(tokio::time::timeout(second, &mut cancel).await.is_err());
        control.give(RunCommand::Pause).unwrap();
        assert!(tokio::time::timeout(second, &mut cancel).await.is_err());
        control.give(RunCommand::Cancel).unwrap();
        assert!(tokio::time::timeout(second, &mut cancel).await.is_ok());
    }
}
