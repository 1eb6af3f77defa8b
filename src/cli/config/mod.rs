//! The settings files: values that a person would else type each time. They become the defaults of the
//! options before the command line is read, so what is typed and the environment come before them,
//! and each is checked as if it had been typed.
//!
//! What must stay true: a file that the user does not trust decides neither where the token and the contacts go,
//! nor what is run, nor which files outside of its folder are written; and no file loosens what another protects.

mod combine;
mod feed;
mod file;
mod find;
mod fuzz;
mod instances;
mod read;
mod token;
pub(crate) mod trusted;

use crate::cli::args::from_file::{FileInUse, FileToken, Rank, WhenOfFile};
use std::{collections::BTreeSet, env, ffi::OsString, path::PathBuf};

use clap::{
    ArgMatches, CommandFactory, FromArgMatches,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
    parser::ValueSource,
};

use crate::cli::args::{Arguments, Command, LanguageArgument, SendArguments, ServiceArguments};
use crate::i18n::{self, Language, SettingsFault, SettingsMessage};

pub(crate) use combine::InForce;
pub(crate) use file::{Decision, FileSettings, Trust, in_folder};
pub(crate) use find::{config_home, own};
pub use fuzz::check_settings;
pub(crate) use read::{mode, options, read_to_trust};
pub(crate) use token::read_token;

/// The name of a settings file, wherever it is.
pub(crate) const NAME: &str = "sendcontact.toml";

/// Commands that work whatever the settings file says.
const WITHOUT: [&str; 7] = [
    "init",
    "simulate",
    "completions",
    "ledger",
    "man",
    "schedule",
    "trust",
];

/// Commands that ask the service or run something: they do not begin while a file says what is not believed.
const ACTING: [&str; 5] = ["send", "track", "reconcile", "doctor", "opt-outs"];

/// The settings files in use, and what is in force of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct SettingsFiles {
    /// The file that counts least first.
    pub(crate) files: Vec<FileSettings>,
    pub(crate) profile: Option<String>,
    /// In force for the command that was typed.
    pub(crate) entries: Vec<InForce>,
    pub(crate) token: Option<FileToken>,
    /// The hours and the days of each file.
    when: Vec<WhenOfFile>,
}

impl SettingsFiles {
    /// The files, as they are told.
    pub(crate) fn paths(&self) -> String {
        let paths = self
            .files
            .iter()
            .map(|file| file.path.display().to_string());
        paths.collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn in_use(&self) -> Vec<FileInUse> {
        let one = |file: &FileSettings| {
            let keys = file.not_believed().iter();
            let keys: Vec<_> = keys
                .map(|decision| format!("{} ({})", decision.key, decision.line))
                .collect();
            let (path, command) = (file.path.display().to_string(), file.command());
            let not_believed = (!keys.is_empty()).then(|| SettingsMessage::NotBelieved {
                path: path.clone(),
                keys: keys.join(", "),
                command,
            });
            FileInUse { path, not_believed }
        };
        self.files.iter().map(one).collect()
    }

    /// The hours and days of each file that has some; none where one file alone has them.
    fn when(&self) -> Vec<WhenOfFile> {
        let limiting = self.when.iter().filter(|when| when.limits()).count();
        let other_zones = self
            .when
            .iter()
            .filter(|when| when.has_zone() && !when.limits())
            .count();
        if limiting > 1 || (limiting == 1 && other_zones > 0) {
            self.when.clone()
        } else {
            Vec::new()
        }
    }
}

/// One setting of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The long name of an option.
    pub(crate) key: String,
    pub(crate) value: Value,
    /// The line of the key, from 1.
    pub(crate) line: usize,
    /// The file in which it is.
    path: PathBuf,
    rank: Rank,
}

impl Entry {
    /// Where it is, as `sendcontact.toml:4`.
    fn place(&self) -> String {
        format!("{}:{}", self.path.display(), self.line)
    }
}

/// A value as the file writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Switch(bool),
    One(String),
    Several(Vec<String>),
}

/// A settings file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.localized(Language::En))]
pub(crate) struct SettingsFileError(pub(crate) SettingsFault);

impl SettingsFileError {
    /// The sentence in a language.
    pub(crate) fn localized(&self, language: Language) -> String {
        self.0.localized(language)
    }
}

impl From<SettingsFault> for SettingsFileError {
    fn from(fault: SettingsFault) -> Self {
        Self(fault)
    }
}

/// A command line that was read together with its settings file.
#[derive(Debug)]
pub(crate) struct Typed {
    pub(crate) arguments: Arguments,
    /// What was found of each option, and by whom it was said.
    pub(crate) matches: ArgMatches,
    pub(crate) files: SettingsFiles,
    /// Of several instances that are named: the same command line for each, read with what stands for
    /// it.
    pub(crate) named: Vec<Arguments>,
}

impl Typed {
    /// What was typed for each instance that takes part: the one of the settings, or those that are
    /// named.
    pub(crate) fn each(&self) -> Vec<&Arguments> {
        if self.named.is_empty() {
            vec![&self.arguments]
        } else {
            self.named.iter().collect()
        }
    }

    /// What was typed of the service, for each instance that takes part.
    pub(crate) fn services(&self) -> Vec<&ServiceArguments> {
        self.each()
            .into_iter()
            .filter_map(|arguments| arguments.command.service())
            .collect()
    }

    /// The same for a run that sends.
    pub(crate) fn senders(&self) -> Vec<&SendArguments> {
        let commands = self.each().into_iter().map(|arguments| &arguments.command);
        commands
            .filter_map(|command| {
                if let Command::Send(send) = command {
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
pub(crate) enum LineError {
    /// It is wrong by itself, or asks for help.
    Line(clap::Error),
    /// Its settings file cannot be used; the language was typed to say so in.
    File(SettingsFileError, Option<LanguageArgument>),
}

/// Reads the program's own command line. One that is wrong by itself, or asks for help, ends the
/// program here.
pub(crate) fn typed() -> Result<Typed, (SettingsFileError, Option<LanguageArgument>)> {
    match of(&env::args_os().collect::<Vec<_>>()) {
        Ok(typed) => Ok(typed),
        Err(LineError::Line(error)) => refuse(error),
        Err(LineError::File(error, language)) => Err((error, language)),
    }
}

/// Options of earlier versions, and what to use instead.
const REMOVED: [(&str, &str); 5] = [
    (
        "--confirm",
        "see the plan with --dry-run, and send a few first with --limit",
    ),
    (
        "--install",
        "save what schedule prints, as docs/scheduling.md says",
    ),
    (
        "--log-personal-data",
        "-vv names the row, and hides the middle of the number",
    ),
    (
        "--map-file",
        "use --map FIELD=COLUMN, or a list in sendcontact.toml: map = [\"FIELD=COLUMN\"]",
    ),
    (
        "--max-duration",
        "use --until, which takes a time such as 3h too",
    ),
];

/// Says what to use instead of an option that was removed.
fn name_replacement(error: &mut clap::Error) {
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    let removed = REMOVED
        .iter()
        .find(|(name, _)| error.kind() == ErrorKind::UnknownArgument && name == option);
    if let Some((_, instead)) = removed {
        error.remove(ContextKind::SuggestedArg);
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![(*instead).into()]),
        );
    }
}

/// Says what is wrong with the command line and ends the program, or shows the help that was asked for.
fn refuse(mut error: clap::Error) -> ! {
    if !error.use_stderr() {
        error.exit();
    }
    name_replacement(&mut error);
    let texts: Vec<_> = error
        .context()
        .map(|(kind, value)| (kind, shown(value)))
        .collect();
    for (kind, text) in texts {
        text.map(|text| error.insert(kind, text));
    }
    say_on!("{}", error.render());
    std::process::exit(error.exit_code())
}

/// A word that was typed; whatever else is said comes from the program.
fn shown(value: &ContextValue) -> Option<ContextValue> {
    let ContextValue::String(text) = value else {
        return None;
    };
    Some(ContextValue::String(i18n::shown(text).into_owned()))
}

/// Reads a command line twice: to see which settings files count, and then with their values; and once
/// more for each instance that is named.
pub(crate) fn of(line: &[OsString]) -> Result<Typed, LineError> {
    with(line, None)
}

/// The same, with settings files that were read before.
pub(crate) fn with(line: &[OsString], files: Option<&SettingsFiles>) -> Result<Typed, LineError> {
    let options = options_of(Arguments::command());
    let first = options
        .clone()
        .try_get_matches_from(line)
        .map_err(LineError::Line)?;
    let broken = |error| LineError::File(error, first.get_one::<LanguageArgument>("lang").copied());
    let files = files
        .map_or_else(|| load(&options, &first), |files| Ok(files.clone()))
        .map_err(broken)?;
    if first
        .subcommand_name()
        .is_some_and(|name| ACTING.contains(&name))
    {
        files
            .files
            .iter()
            .try_for_each(FileSettings::must_be_trusted)
            .map_err(broken)?;
    }
    let mut typed = fed((options.clone(), files.clone()), None, (&first, line))?;
    let mut named = Vec::new();
    for name in instances::named(&typed.matches).map_err(broken)? {
        let own =
            instances::of(&name, (options.clone(), &typed.matches), &files).map_err(broken)?;
        let mut own = fed((own, files.clone()), Some(&name), (&first, line))?;
        if let Some(service) = own.arguments.command.service_mut() {
            service.name = Some(name);
        }
        named.push(own);
    }
    if named.len() == 1 {
        // What stands for the only one counts for the whole command.
        typed = named.remove(0);
    }
    typed.named = named.into_iter().map(|own| own.arguments).collect();
    Ok(typed)
}

/// The options, of which none is set by a variable that is empty: that counts as one that is not set.
fn options_of(program: clap::Command) -> clap::Command {
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

/// Reads a command line with the values of the files, those of an instance first.
fn fed(
    (mut options, mut files): (clap::Command, SettingsFiles),
    instance: Option<&str>,
    (first, line): (&ArgMatches, &[OsString]),
) -> Result<Typed, LineError> {
    options = feed::feed(options, first, (&mut files, instance)).map_err(|error| {
        LineError::File(error, first.get_one::<LanguageArgument>("lang").copied())
    })?;
    let matches = options
        .try_get_matches_from(line)
        .map_err(LineError::Line)?;
    let mut arguments = Arguments::from_arg_matches(&matches).map_err(LineError::Line)?;
    if let Some(service) = arguments.command.service_mut() {
        let of_command = matches.subcommand().map(|(_, matches)| matches);
        let source = of_command.and_then(|matches| matches.value_source("token_file"));
        service.is_token_file_typed = source == Some(ValueSource::CommandLine);
        service.in_file.clone_from(&files.token);
    }
    if let Some(input) = arguments.command.input_mut() {
        input.settings_files = files.in_use();
    }
    if let (Some(when), Some((_, matches))) = (arguments.command.when_mut(), matches.subcommand()) {
        let is_typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        when.keep_all(files.when(), &is_typed);
    }
    Ok(Typed {
        arguments,
        matches,
        files,
        named: Vec::new(),
    })
}

fn load(options: &clap::Command, matches: &ArgMatches) -> Result<SettingsFiles, SettingsFileError> {
    if matches
        .subcommand_name()
        .is_some_and(|name| WITHOUT.contains(&name))
    {
        return Ok(SettingsFiles::default());
    }
    let found = if matches.get_flag("no_settings") {
        Vec::new()
    } else {
        find::find(matches)
    };
    let known = read::known_keys(options);
    let mut files: Vec<FileSettings> = found
        .iter()
        .map(|(path, origin)| read::read(path, *origin, &known))
        .collect::<Result<_, _>>()?;
    let profile = matches
        .get_one::<String>("profile")
        .filter(|profile| !profile.is_empty())
        .cloned();
    let profile = profile.or_else(|| chosen(&mut files));
    let files = SettingsFiles {
        files,
        profile,
        ..SettingsFiles::default()
    };
    has_profile(&files)?;
    Ok(files)
}

/// The profile that the files choose, the last one first.
fn chosen(files: &mut [FileSettings]) -> Option<String> {
    for at in (0..files.len()).rev() {
        let Some((name, _)) = files[at].chosen.clone() else {
            continue;
        };
        let is_elsewhere = files
            .iter()
            .enumerate()
            .any(|(other, file)| other != at && file.profiles.contains_key(&name));
        if files[at].trust != Trust::Trusted && is_elsewhere {
            files[at].must_not_choose();
        } else {
            return Some(name);
        }
    }
    None
}

fn has_profile(files: &SettingsFiles) -> Result<(), SettingsFileError> {
    let Some(profile) = files.profile.clone() else {
        return Ok(());
    };
    if files
        .files
        .iter()
        .any(|file| file.profiles.contains_key(&profile))
    {
        return Ok(());
    }
    if files.files.is_empty() {
        return Err(SettingsFault::NoProfiles { profile }.into());
    }
    let path = files.paths();
    let known: BTreeSet<&str> = files
        .files
        .iter()
        .flat_map(|file| file.profiles.keys().map(String::as_str))
        .collect();
    if known.is_empty() {
        return Err(SettingsFault::NoProfileAtAll { path, profile }.into());
    }
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    Err(SettingsFault::NoProfile {
        path,
        profile,
        known,
    }
    .into())
}
