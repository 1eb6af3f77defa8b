//! Steers a run from another terminal: it starts nothing more, goes on, or ends.

use super::{
    args::CampaignArguments,
    exit::{CommandError, Exit},
    settings,
};
use crate::{
    i18n::{Language, Running},
    ledger::{Control, Ledger, Wish},
};

pub(super) fn pause(arguments: &CampaignArguments, language: Language) -> Result<Exit, CommandError> {
    let Some(control) = of_run(arguments, language)? else { return Ok(Exit::Usage) };
    // A run that was told to end does so, whether or not it has heard that yet.
    if control.wish() == Some(Wish::Cancel) {
        say!("{}", Running::ToldToEnd.say(language));
    } else {
        control.ask(Wish::Pause).map_err(unwritable)?;
        say!("{}", Running::PauseAsked.say(language));
    }
    Ok(Exit::Done)
}

pub(super) fn resume(arguments: &CampaignArguments, language: Language) -> Result<Exit, CommandError> {
    let Some(control) = of_run(arguments, language)? else { return Ok(Exit::Usage) };
    match control.wish() {
        Some(Wish::Pause) => {
            control.clear().map_err(unwritable)?;
            say!("{}", Running::ResumeAsked.say(language));
        }
        Some(Wish::Cancel) => say!("{}", Running::ToldToEnd.say(language)),
        None => say!("{}", Running::NotPaused.say(language)),
    }
    Ok(Exit::Done)
}

pub(super) fn cancel(arguments: &CampaignArguments, language: Language) -> Result<Exit, CommandError> {
    let Some(control) = of_run(arguments, language)? else { return Ok(Exit::Usage) };
    control.ask(Wish::Cancel).map_err(unwritable)?;
    say!("{}", Running::CancelAsked.say(language));
    Ok(Exit::Done)
}

/// The control of a run that sends; without one there is nothing to steer.
fn of_run(arguments: &CampaignArguments, language: Language) -> Result<Option<Control>, CommandError> {
    let path = settings::ledger(arguments)?;
    if Ledger::is_steered(&path)? {
        return Ok(Some(Control::of(&path)));
    }
    say!("sendcontact: {}", Running::NoRun { ledger: path.display().to_string() }.say(language));
    Ok(None)
}

pub(super) fn unwritable(source: std::io::Error) -> CommandError {
    CommandError::Machine { what: "the control file beside the ledger cannot be written", source }
}
