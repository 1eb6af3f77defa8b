//! Every setting as it would count, and whence it came. The token is never shown.

use std::ffi::OsStr;

use clap::{Arg, ArgMatches, CommandFactory, parser::ValueSource};
use serde_json::{Map, Value, json};

use crate::cli::{
    args::{Arguments, SendArguments, ServiceArguments},
    config::{FileSettings, ParsedCommandLine, SensitiveSetting, SettingsFiles},
    exit::{CommandError, Exit},
    options::{
        clock,
        error::SettingsError,
        inputs::InputOptions,
        paths,
        send_policy::PolicyError,
        service::{self, TokenOrigin},
    },
    output::stdout::{print, print_json},
};
use crate::i18n::{self, Language, ValueOrigin};

/// One line of what is shown.
struct Setting {
    key: String,
    /// Nothing if it is not set.
    values: Option<Vec<String>>,
    takes_values: bool,
    whence: ValueOrigin,
}

/// Shows the settings of `send`: the profile and its file, then each option.
pub(crate) fn show(
    typed: &ParsedCommandLine,
    arguments: &SendArguments,
    language: Language,
) -> Result<Exit, CommandError> {
    usable(arguments)?;
    let settings = settings(typed, &arguments.service);
    if arguments.json {
        print_json(&object(&typed.files, &settings))?;
    } else {
        print(&lines(&typed.files, &settings, language))?;
    }
    Ok(Exit::Done)
}

/// The place of the wrong value in the settings file, if it came from there.
pub(crate) fn place_of(typed: &ParsedCommandLine, error: &CommandError) -> Option<String> {
    let CommandError::Settings(error) = error else {
        return None;
    };
    let key = option_of(error)?;
    let (name, matches) = typed.matches.subcommand()?;
    let program = Arguments::command();
    let mut options = program.find_subcommand(name)?.get_arguments();
    let option = options.find(|option| option.get_long() == Some(key))?;
    match setting(key, (option, matches), &typed.files).whence {
        ValueOrigin::File { place } => Some(place),
        ValueOrigin::Typed
        | ValueOrigin::Environment { .. }
        | ValueOrigin::NotBelieved { .. }
        | ValueOrigin::Default
        | ValueOrigin::Set
        | ValueOrigin::NotSet => None,
    }
}

/// The long name of the option whose value is told to be wrong. What an instance has for itself is told
/// with the instance's name.
const fn option_of(error: &SettingsError) -> Option<&'static str> {
    match error {
        SettingsError::Recipient(_) => Some("recipients"),
        SettingsError::Country(_) => Some("country"),
        SettingsError::Map(_) => Some("map"),
        SettingsError::Encoding(_) => Some("encoding"),
        SettingsError::Delimiter(_) => Some("delimiter"),
        SettingsError::CampaignName(_) => Some("campaign"),
        SettingsError::Results { .. } => Some("results"),
        SettingsError::Policy(error) => Some(error.option()),
        SettingsError::Client(_)
        | SettingsError::NoFolder(_)
        | SettingsError::NoInstance
        | SettingsError::InstanceNoId(_)
        | SettingsError::InstanceNoToken(_)
        | SettingsError::SameInstance { .. }
        | SettingsError::OfInstance { .. }
        | SettingsError::NoToken
        | SettingsError::TokenFile { .. }
        | SettingsError::Instance(_)
        | SettingsError::File(_)
        | SettingsError::Scheduler(_)
        | SettingsError::OptOut(_)
        | SettingsError::SameFile(_)
        | SettingsError::NotItsEnding { .. }
        | SettingsError::OnlyFigures
        | SettingsError::NoLedgerHere
        | SettingsError::ManyLedgers(_)
        | SettingsError::NoSource(..)
        | SettingsError::WhichSource(..)
        | SettingsError::Script { .. } => None,
    }
}

/// Refuses the values that `send` would refuse; the files that they name need not be there yet.
fn usable(arguments: &SendArguments) -> Result<(), SettingsError> {
    let source = unless_missing(InputOptions::new(&arguments.input))?;
    let inputs = source.map(|source| source.inputs).unwrap_or_default();
    unless_missing(
        arguments
            .policy
            .read(&clock::service_clock())
            .map_err(SettingsError::from),
    )?;
    paths::campaign_paths(&arguments.files, &inputs, arguments.service.simulate).map(drop)
}

/// Nothing where a file is not there: also a recipient that is neither a number nor a chat may be one.
fn unless_missing<T>(read: Result<T, SettingsError>) -> Result<Option<T>, SettingsError> {
    let is_missing = |error: &SettingsError| {
        matches!(
            error,
            SettingsError::Recipient(_) | SettingsError::Policy(PolicyError::HolidayFile(..))
        )
    };
    match read {
        Err(error) if is_missing(&error) => Ok(None),
        read => read.map(Some),
    }
}

fn settings(typed: &ParsedCommandLine, service: &ServiceArguments) -> Vec<Setting> {
    let Some((name, matches)) = typed.matches.subcommand() else {
        return Vec::new();
    };
    // In the order in which they are declared: the file's values have moved what was parsed.
    let program = Arguments::command();
    let options = program
        .find_subcommand(name)
        .into_iter()
        .flat_map(clap::Command::get_arguments);
    // What can only be typed is no setting.
    let options = options.filter_map(|option| Some((option.get_long()?, option)));
    let options = options.filter(|(key, _)| *key != "unsuppress");
    options
        .map(|(key, option)| match key {
            "token-file" => token(service),
            _ => setting(key, (option, matches), &typed.files),
        })
        .collect()
}

fn setting(key: &str, (option, matches): (&Arg, &ArgMatches), files: &SettingsFiles) -> Setting {
    let id = option.get_id().as_str();
    let shown = |value: &OsStr| value.to_string_lossy().into_owned();
    let whence = match matches.value_source(id) {
        Some(ValueSource::CommandLine) => ValueOrigin::Typed,
        Some(ValueSource::EnvVariable) => environment(option),
        _ => in_file(key, files).unwrap_or(ValueOrigin::Default),
    };
    // Of several files that hold together, the option has the values of one.
    let of_files = files
        .entries
        .iter()
        .find(|entry| entry.key == key && entry.places.len() > 1);
    let of_files = of_files.filter(|_| matches!(whence, ValueOrigin::File { .. }));
    let values = matches
        .get_raw(id)
        .map(|values| values.map(shown).collect());
    Setting {
        key: key.to_owned(),
        values: of_files.map(|entry| entry.values.clone()).or(values),
        takes_values: option.get_action().takes_values(),
        whence,
    }
}

fn environment(option: &Arg) -> ValueOrigin {
    let name = option
        .get_env()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    ValueOrigin::Environment { name }
}

fn in_file(key: &str, files: &SettingsFiles) -> Option<ValueOrigin> {
    let entry = files.entries.iter().find(|entry| entry.key == key)?;
    Some(ValueOrigin::File {
        place: entry.places.join(", "),
    })
}

fn token(service: &ServiceArguments) -> Setting {
    let environment = |name: &str| ValueOrigin::Environment {
        name: name.to_owned(),
    };
    let whence = service::token_origin(service).map(|place| match place {
        TokenOrigin::Typed(_) => ValueOrigin::Typed,
        TokenOrigin::Environment(_) => environment("GREEN_API_TOKEN"),
        TokenOrigin::EnvironmentFile(_) => environment("GREEN_API_TOKEN_FILE"),
        TokenOrigin::SettingsFile(token) => ValueOrigin::File {
            place: token.place.clone(),
        },
    });
    Setting {
        key: "token".to_owned(),
        values: whence.as_ref().map(|_| vec!["set".to_owned()]),
        takes_values: true,
        whence: whence.unwrap_or(ValueOrigin::Default),
    }
}

fn lines(files: &SettingsFiles, settings: &[Setting], language: Language) -> String {
    let mut rows: Vec<_> = files
        .files
        .iter()
        .map(|file| head("settings", Some(i18n::shown_path(&file.path)), language))
        .collect();
    if rows.is_empty() {
        rows.push(head("settings", None, language));
    }
    let profile = files.profile.as_ref();
    rows.push(head(
        "profile",
        profile.map(|name| i18n::shown(name).into_owned()),
        language,
    ));
    for file in &files.files {
        rows.extend(file.ignored().iter().map(|decision| {
            let place = format!("{}:{}", file.path.display(), decision.line);
            let said = ValueOrigin::NotBelieved {
                place,
                command: file.trust_command(),
            }
            .localized(language);
            [
                decision.key.clone(),
                i18n::shown(&decision.value).into_owned(),
                said,
            ]
        }));
    }
    for setting in settings {
        let values = match (&setting.values, setting.key.as_str()) {
            (Some(_), "token") => Some(ValueOrigin::Set.localized(language)),
            (values, _) => values
                .as_ref()
                .map(|values| i18n::shown(&values.join(", ")).into_owned()),
        };
        let whence = setting.whence.localized(language);
        rows.push([
            setting.key.clone(),
            values.unwrap_or_else(|| ValueOrigin::NotSet.localized(language)),
            whence,
        ]);
    }
    let wide = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or_default()
    };
    let (key, value) = (wide(0), wide(1).min(WIDEST));
    rows.iter()
        .fold(String::new(), |text, [name, value_text, whence]| {
            let line = format!("{name:key$}  {value_text:value$}  {whence}");
            text + line.trim_end() + "\n"
        })
}

/// A value that is longer pushes only its own line.
const WIDEST: usize = 40;

fn head(key: &str, value: Option<String>, language: Language) -> [String; 3] {
    [
        key.to_owned(),
        value.unwrap_or_else(|| ValueOrigin::NotSet.localized(language)),
        String::new(),
    ]
}

/// `file` that comes first, all `files`, each with what is not believed of it, `profile`, and `settings`: by its name for each its `value` (a text, a list, a switch or
/// null) and `from`.
fn object(files: &SettingsFiles, settings: &[Setting]) -> Value {
    let value = |setting: &Setting| match &setting.values {
        None => Value::Null,
        Some(values) if !setting.takes_values => {
            json!(values.first().is_some_and(|value| is_on(value)))
        }
        Some(values) => match values.as_slice() {
            [one] => json!(one),
            several => json!(several),
        },
    };
    let one = |setting: &Setting| {
        let from = setting.whence.localized(Language::En);
        (
            setting.key.clone(),
            json!({ "value": value(setting), "from": from }),
        )
    };
    let settings: Map<String, Value> = settings.iter().map(one).collect();
    let not_believed =
        |decision: &SensitiveSetting| json!({ "key": decision.key, "line": decision.line });
    let file = |file: &FileSettings| {
        let not_believed: Vec<_> = file.ignored().iter().map(not_believed).collect();
        json!({ "path": file.path.to_string_lossy(), "notBelieved": not_believed })
    };
    json!({
        "file": files.files.last().map(|file| file.path.to_string_lossy()),
        "files": files.files.iter().map(file).collect::<Vec<_>>(),
        "profile": files.profile,
        "settings": settings,
    })
}

fn is_on(value: &str) -> bool {
    !matches!(value, "false" | "0")
}
