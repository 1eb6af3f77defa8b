//! Completions for shells and the manual pages, made from the declared options.

use std::{fs, path::Path};

use clap::CommandFactory;
use clap_mangen::Man;

use crate::cli::{
    args::{
        Arguments,
        setup::{CompletionsArguments, ManArguments},
    },
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

/// Writes a page for the program and one for each command into a folder, or prints the first.
pub(crate) fn man(arguments: &ManArguments) -> Result<Exit, CommandError> {
    let program = Arguments::command().disable_help_subcommand(true);
    let wrong = |source| CommandError::Machine {
        what: "the manual cannot be written",
        source,
    };
    match &arguments.folder {
        Some(folder) => write(program, folder).map_err(wrong)?,
        None => write_raw(&page(program).map_err(wrong)?)?,
    }
    Ok(Exit::Done)
}

fn write(program: clap::Command, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(program, folder)
}

fn page(program: clap::Command) -> std::io::Result<String> {
    let mut page = Vec::new();
    Man::new(program).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
