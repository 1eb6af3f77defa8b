//! Controls a run from another terminal: pause, resume, cancel.

use crate::cli::{
    args::CampaignArguments,
    exit::{CommandError, Exit},
    options::paths,
    output::ui::Ui,
};
use crate::{
    i18n::RunMessage,
    ledger::{ControlFile, Ledger, RunCommand},
};

pub(crate) fn pause(arguments: &CampaignArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let Some(control) = control_file(arguments, ui)? else {
        return Ok(Exit::Usage);
    };
    // A cancelled run ends, whether or not it has read that yet.
    if control.wish() == Some(RunCommand::Cancel) {
        ui.print(&RunMessage::ToldToEnd);
    } else {
        control.ask(RunCommand::Pause).map_err(unwritable)?;
        ui.print(&RunMessage::PauseAsked);
        let ledger = paths::existing_ledger(arguments)?;
        eprintln_lossy!("  {}", ui.hints.of_path(&ledger).resume());
    }
    Ok(Exit::Done)
}

pub(crate) fn resume(arguments: &CampaignArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let Some(control) = control_file(arguments, ui)? else {
        return Ok(Exit::Usage);
    };
    match control.wish() {
        Some(RunCommand::Pause) => {
            control.clear().map_err(unwritable)?;
            ui.print(&RunMessage::ResumeAsked);
        }
        Some(RunCommand::Cancel) => {
            ui.print(&RunMessage::ToldToEnd);
        }
        None => ui.print(&RunMessage::NotPaused),
    }
    Ok(Exit::Done)
}

pub(crate) fn cancel(arguments: &CampaignArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let Some(control) = control_file(arguments, ui)? else {
        return Ok(Exit::Usage);
    };
    control.ask(RunCommand::Cancel).map_err(unwritable)?;
    ui.print(&RunMessage::CancelAsked);
    Ok(Exit::Done)
}

/// The control file of a run that sends; nothing if no run does.
fn control_file(
    arguments: &CampaignArguments,
    ui: &Ui,
) -> Result<Option<ControlFile>, CommandError> {
    let path = paths::existing_ledger(arguments)?;
    if Ledger::is_steered(&path)? {
        return Ok(Some(ControlFile::of(&path)));
    }
    eprintln_lossy!(
        "sendcontact: {}",
        RunMessage::NoRun {
            ledger: path.display().to_string()
        }
        .localized(ui.language)
    );
    Ok(None)
}

pub(crate) fn unwritable(source: std::io::Error) -> CommandError {
    CommandError::Machine {
        what: "the control file beside the ledger cannot be written",
        source,
    }
}
