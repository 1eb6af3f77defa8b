//! Controls a run from another terminal: pause, resume, cancel.

use crate::cli::{
    args::CampaignArguments,
    exit::{CommandError, Exit},
    options::paths,
    output::ui::Ui,
};
use crate::{
    i18n::messages,
    ledger::{Control, Ledger, LedgerError, RunCommand},
};

messages! {
    /// What the run will do.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum ControlMessage {
        NoRun { ledger: String } =
            en "no run is sending from {ledger}: there is nothing to pause, resume or cancel",
            ru "из {ledger} сейчас ничего не отправляется: останавливать и продолжать нечего",
        PauseAsked =
            en "The run will pause within a second. To continue:",
            ru "Запуск встанет на паузу в течение секунды. Продолжить:",
        ResumeAsked = en "The run will continue within a second.", ru "Запуск продолжится в течение секунды.",
        NotPaused = en "The run is not paused.", ru "Запуск не на паузе.",
        AlreadyEnding =
            en "The run is already ending.",
            ru "Запуск уже останавливается.",
        CancelAsked =
            en "Within a second the run will start no more contacts; it finishes those in progress and ends.",
            ru "В течение секунды запуск перестанет отправлять новые контакты, дождётся ответа на уже отправленные \
                запросы и закончится.",
    }
}

pub(crate) fn pause(arguments: &CampaignArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let Some(control) = control_file(arguments, ui)? else {
        return Ok(Exit::Usage);
    };
    // A cancelled run ends, whether or not it has read the request yet.
    if control.command() == Some(RunCommand::Cancel) {
        ui.print(&ControlMessage::AlreadyEnding);
    } else {
        control.give(RunCommand::Pause).map_err(unwritable)?;
        ui.print(&ControlMessage::PauseAsked);
        let ledger = paths::existing_ledger(arguments)?;
        eprintln_lossy!("  {}", ui.hints.of_place(&ledger).resume());
    }
    Ok(Exit::Done)
}

pub(crate) fn resume(arguments: &CampaignArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let Some(control) = control_file(arguments, ui)? else {
        return Ok(Exit::Usage);
    };
    match control.command() {
        Some(RunCommand::Pause) => {
            control.clear().map_err(unwritable)?;
            ui.print(&ControlMessage::ResumeAsked);
        }
        Some(RunCommand::Cancel) => {
            ui.print(&ControlMessage::AlreadyEnding);
        }
        None => ui.print(&ControlMessage::NotPaused),
    }
    Ok(Exit::Done)
}

pub(crate) fn cancel(arguments: &CampaignArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let Some(control) = control_file(arguments, ui)? else {
        return Ok(Exit::Usage);
    };
    control.give(RunCommand::Cancel).map_err(unwritable)?;
    ui.print(&ControlMessage::CancelAsked);
    Ok(Exit::Done)
}

/// Returns the control file of a sending run, or `None` if no run sends.
fn control_file(arguments: &CampaignArguments, ui: &Ui) -> Result<Option<Control>, CommandError> {
    let path = paths::existing_ledger(arguments)?;
    if Ledger::is_steered(&path)? {
        return Ok(Some(Control::of(&path)));
    }
    eprintln_lossy!(
        "sendcontact: {}",
        ControlMessage::NoRun {
            ledger: path.to_string()
        }
        .localized(ui.language)
    );
    Ok(None)
}

pub(crate) fn unwritable(source: std::io::Error) -> CommandError {
    // The control of a campaign in a database is not a file; its error already says what is wrong.
    match source.downcast::<LedgerError>() {
        Ok(error) => error.into(),
        Err(source) => CommandError::Machine {
            what: "the control file beside the ledger cannot be written",
            source,
        },
    }
}
