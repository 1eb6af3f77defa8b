//! Controls a run from another terminal: pause, resume, cancel.

use crate::cli::{
    args::CampaignArguments,
    exit::{CommandError, Exit},
    options::paths,
    output::hint::Hints,
};
use crate::{
    i18n::{Language, RunMessage},
    ledger::{ControlFile, Ledger, RunCommand},
};

pub(crate) fn pause(
    arguments: &CampaignArguments,
    hints: &Hints,
    language: Language,
) -> Result<Exit, CommandError> {
    let Some(control) = control_file(arguments, language)? else {
        return Ok(Exit::Usage);
    };
    // A cancelled run ends, whether or not it has read that yet.
    if control.wish() == Some(RunCommand::Cancel) {
        eprintln_lossy!("{}", RunMessage::ToldToEnd.localized(language));
    } else {
        control.ask(RunCommand::Pause).map_err(unwritable)?;
        eprintln_lossy!("{}", RunMessage::PauseAsked.localized(language));
        let ledger = paths::existing_ledger(arguments)?;
        eprintln_lossy!("  {}", hints.of_path(&ledger).resume());
    }
    Ok(Exit::Done)
}

pub(crate) fn resume(
    arguments: &CampaignArguments,
    language: Language,
) -> Result<Exit, CommandError> {
    let Some(control) = control_file(arguments, language)? else {
        return Ok(Exit::Usage);
    };
    match control.wish() {
        Some(RunCommand::Pause) => {
            control.clear().map_err(unwritable)?;
            eprintln_lossy!("{}", RunMessage::ResumeAsked.localized(language));
        }
        Some(RunCommand::Cancel) => {
            eprintln_lossy!("{}", RunMessage::ToldToEnd.localized(language));
        }
        None => eprintln_lossy!("{}", RunMessage::NotPaused.localized(language)),
    }
    Ok(Exit::Done)
}

pub(crate) fn cancel(
    arguments: &CampaignArguments,
    language: Language,
) -> Result<Exit, CommandError> {
    let Some(control) = control_file(arguments, language)? else {
        return Ok(Exit::Usage);
    };
    control.ask(RunCommand::Cancel).map_err(unwritable)?;
    eprintln_lossy!("{}", RunMessage::CancelAsked.localized(language));
    Ok(Exit::Done)
}

/// The control file of a run that sends; nothing if no run does.
fn control_file(
    arguments: &CampaignArguments,
    language: Language,
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
        .localized(language)
    );
    Ok(None)
}

pub(crate) fn unwritable(source: std::io::Error) -> CommandError {
    CommandError::Machine {
        what: "the control file beside the ledger cannot be written",
        source,
    }
}
