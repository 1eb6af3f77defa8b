//! Shell completions, generated from the declared options.

use clap::CommandFactory;

use crate::cli::{
    args::{Arguments, setup::CompletionsArguments},
    exit::{CommandError, Exit},
    output::stdout::write_raw,
};

/// Prints the completion script of a shell.
pub(crate) fn completions(arguments: &CompletionsArguments) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "sendcontact",
        &mut script,
    );
    write_raw(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
