//! The command line, read with the values of the settings files as defaults.

use std::{env, ffi::OsString};

use clap::{ArgMatches, CommandFactory, FromArgMatches, builder::Resettable, parser::ValueSource};

use super::{
    defaults,
    error::SettingsFileError,
    file::FileSettings,
    file_language::file_language,
    files::{SettingsFiles, reads_settings},
    instances, usage_error,
};
use crate::cli::args::{Arguments, Command, LanguageArgument, SendArguments, ServiceArguments};

/// Commands that make requests or run other programs. They refuse to start while a setting is ignored because its file
/// is not trusted.
const COMMANDS_NEEDING_TRUST: [&str; 5] = ["send", "track", "reconcile", "doctor", "opt-outs"];

/// A parsed command line, together with its settings files.
#[derive(Debug)]
pub(crate) struct ParsedCommandLine {
    pub(crate) arguments: Arguments,
    /// The value of each option, and where it comes from.
    pub(crate) matches: ArgMatches,
    pub(crate) files: SettingsFiles,
    /// If several instances are named: the same command line for each, with the settings of that instance.
    pub(crate) instances: Vec<Arguments>,
}

impl ParsedCommandLine {
    /// Returns the language that was typed, or else the one of the settings files: their language counts even for a
    /// command that ignores their other settings.
    pub(crate) fn language(&self) -> Option<LanguageArgument> {
        let reads_settings = self.matches.subcommand_name().is_none_or(reads_settings);
        let lang_of_files = || file_language(&env::args_os().collect::<Vec<_>>());
        let lang = self.arguments.lang;
        lang.or_else(|| {
            if reads_settings {
                None
            } else {
                lang_of_files()
            }
        })
    }

    /// Returns the arguments of each instance that takes part.
    fn per_instance(&self) -> Vec<&Arguments> {
        if self.instances.is_empty() {
            vec![&self.arguments]
        } else {
            self.instances.iter().collect()
        }
    }

    /// Returns the service arguments of each instance that takes part.
    pub(crate) fn service_arguments(&self) -> Vec<&ServiceArguments> {
        self.per_instance()
            .into_iter()
            .filter_map(|arguments| arguments.command.service())
            .collect()
    }

    /// Returns the arguments of `send` for each instance that takes part.
    pub(crate) fn send_arguments(&self) -> Vec<&SendArguments> {
        self.per_instance()
            .into_iter()
            .filter_map(|arguments| {
                if let Command::Send(send) = &arguments.command {
                    Some(send)
                } else {
                    None
                }
            })
            .collect()
    }
}

/// A command line that cannot be read.
#[derive(Debug)]
pub(crate) enum CommandLineError {
    /// The command line itself is wrong, or asks for help.
    Usage(clap::Error),
    /// A settings file cannot be used. With the language that was typed, or that another file names.
    File(SettingsFileError, Option<LanguageArgument>),
}

/// Parses the program's own command line. If the command line itself is wrong, or asks for help, the program ends here.
pub(crate) fn parse_env_args()
-> Result<ParsedCommandLine, (SettingsFileError, Option<LanguageArgument>)> {
    let words: Vec<_> = env::args_os().collect();
    match parse(&words) {
        Ok(parsed) => Ok(parsed),
        Err(CommandLineError::Usage(error)) => usage_error::exit_with(error, &words),
        Err(CommandLineError::File(error, language)) => {
            Err((error, language.or_else(|| file_language(&words))))
        }
    }
}

/// Parses a command line twice: first to find its settings files, then with their values as defaults; and once more for
/// each named instance.
pub(crate) fn parse(words: &[OsString]) -> Result<ParsedCommandLine, CommandLineError> {
    FirstReading::new(words)?.finish(None)
}

/// Parses a command line like [`parse`], but with settings files that were read before.
pub(crate) fn parse_with_files(
    words: &[OsString],
    files: &SettingsFiles,
) -> Result<ParsedCommandLine, CommandLineError> {
    FirstReading::new(words)?.finish(Some(files))
}

/// A command line that was parsed without settings files.
struct FirstReading<'a> {
    words: &'a [OsString],
    options: clap::Command,
    matches: ArgMatches,
}

impl<'a> FirstReading<'a> {
    fn new(words: &'a [OsString]) -> Result<Self, CommandLineError> {
        let options = without_empty_variables(Arguments::command());
        let matches = options
            .clone()
            .try_get_matches_from(words)
            .map_err(CommandLineError::Usage)?;
        Ok(Self {
            words,
            options,
            matches,
        })
    }

    /// Builds the error of a settings file, with the language that was typed.
    fn file_error(&self, error: SettingsFileError) -> CommandLineError {
        let language = self.matches.get_one::<LanguageArgument>("lang");
        CommandLineError::File(error, language.copied())
    }

    fn finish(self, files: Option<&SettingsFiles>) -> Result<ParsedCommandLine, CommandLineError> {
        let file_error = |error| self.file_error(error);
        let files = files
            .map_or_else(
                || SettingsFiles::load(&self.options, &self.matches),
                |files| Ok(files.clone()),
            )
            .map_err(file_error)?;
        if self
            .matches
            .subcommand_name()
            .is_some_and(|name| COMMANDS_NEEDING_TRUST.contains(&name))
        {
            files
                .files
                .iter()
                .try_for_each(FileSettings::refuse_ignored_settings)
                .map_err(file_error)?;
        }
        let mut parsed = self.with_defaults(self.options.clone(), files.clone(), None)?;
        let mut instances = Vec::new();
        for name in instances::named(&parsed.matches).map_err(file_error)? {
            let options = instances::options_for(&name, &self.options, &parsed.matches, &files)
                .map_err(file_error)?;
            let mut instance = self.with_defaults(options, files.clone(), Some(&name))?;
            if let Some(service) = instance.arguments.command.service_mut() {
                service.name = Some(name);
            }
            instances.push(instance);
        }
        if instances.len() == 1 {
            // With a single instance, its settings apply to the whole command.
            parsed = instances.remove(0);
        }
        parsed.instances = instances
            .into_iter()
            .map(|instance| instance.arguments)
            .collect();
        Ok(parsed)
    }

    /// Parses the command line with the values of the files as defaults; values of the instance come first.
    fn with_defaults(
        &self,
        options: clap::Command,
        mut files: SettingsFiles,
        instance: Option<&str>,
    ) -> Result<ParsedCommandLine, CommandLineError> {
        let options = defaults::with_defaults(options, &self.matches, &mut files, instance)
            .map_err(|error| self.file_error(error))?;
        let matches = options
            .try_get_matches_from(self.words)
            .map_err(CommandLineError::Usage)?;
        let mut arguments =
            Arguments::from_arg_matches(&matches).map_err(CommandLineError::Usage)?;
        if let Some(service) = arguments.command.service_mut() {
            let subcommand = matches.subcommand().map(|(_, matches)| matches);
            let source = subcommand.and_then(|matches| matches.value_source("token_file"));
            service.token_file_is_typed = source == Some(ValueSource::CommandLine);
            service.file_token.clone_from(&files.token);
            service.choices = files.choices();
        }
        if let Some(database) = arguments.command.database_mut() {
            let subcommand = matches.subcommand().map(|(_, matches)| matches);
            let source = subcommand.and_then(|matches| matches.value_source("database"));
            database.is_of_file = source == Some(ValueSource::DefaultValue);
        }
        let lang = arguments.lang;
        if let Some(results) = arguments.command.results_mut() {
            results.lang = lang;
        }
        if let Some(input) = arguments.command.input_mut() {
            input.settings_files = files.in_use();
        }
        if let (Some(policy), Some((_, matches))) =
            (arguments.command.policy_mut(), matches.subcommand())
        {
            let is_typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
            policy.set_files(files.separate_hours(), &is_typed);
            policy.is_warm_up_untrusted =
                !is_typed("warm_up") && files.is_only_untrusted("warm-up", instance);
        }
        Ok(ParsedCommandLine {
            arguments,
            matches,
            files,
            instances: Vec::new(),
        })
    }
}

/// Detaches empty environment variables from the options: an empty variable counts as not set.
pub(super) fn without_empty_variables(program: clap::Command) -> clap::Command {
    let without_empty = |command: clap::Command| {
        command.mut_args(|option| {
            let value = option.get_env().and_then(env::var_os);
            let is_empty = value.is_some_and(|value| value.is_empty());
            if is_empty {
                option.env(Resettable::Reset)
            } else {
                option
            }
        })
    };
    without_empty(program).mut_subcommands(without_empty)
}
