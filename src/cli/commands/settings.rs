//! Shows the effective settings of `send`, and where each comes from. The token is never shown.

use std::{borrow::Cow, collections::BTreeMap, ffi::OsStr};

use clap::{Arg, ArgMatches, CommandFactory, parser::ValueSource};
use serde::Serialize;

use crate::cli::{
    args::{Arguments, CampaignFileArguments, DatabaseArguments, SendArguments, ServiceArguments},
    config::{FileSettings, ParsedCommandLine, SensitiveSetting, SettingsFiles, ValueOrigin},
    exit::{CommandError, Exit},
    options::{
        self, clock,
        database::{TimeLimits, UrlOrigin},
        error::SettingsError,
        inputs::InputOptions,
        paths,
        send_policy::PolicyError,
        service::{self, TokenOrigin},
    },
    output::{
        stdout::{print, print_json},
        ui::Ui,
    },
};
use crate::i18n::{self, Language};

/// One line of the output.
struct Setting {
    key: String,
    /// `None` if the setting is not set.
    values: Option<Vec<String>>,
    takes_values: bool,
    origin: ValueOrigin,
}

/// Shows the settings of `send`: the profile and its file, then each option.
pub(crate) fn show(
    arguments: &SendArguments,
    typed: &ParsedCommandLine,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    validate(arguments)?;
    let settings = settings(typed, &arguments.service, &arguments.files);
    if arguments.json {
        print_json(&Summary::new(&typed.files, &settings))?;
    } else {
        print(&lines(&typed.files, &settings, ui.language))?;
    }
    Ok(Exit::Done)
}

/// Returns the place of the invalid value in a settings file, if it came from there.
pub(crate) fn place_of_error(typed: &ParsedCommandLine, error: &CommandError) -> Option<String> {
    let CommandError::Settings(error) = error else {
        return None;
    };
    let key = option_of(error)?;
    let (name, matches) = typed.matches.subcommand()?;
    let program = Arguments::command();
    let mut options = program.find_subcommand(name)?.get_arguments();
    let option = options.find(|option| option.get_long() == Some(key))?;
    match setting(key, option, matches, &typed.files).origin {
        ValueOrigin::File { place } => Some(place),
        ValueOrigin::Typed
        | ValueOrigin::Environment { .. }
        | ValueOrigin::NotTrusted { .. }
        | ValueOrigin::Default
        | ValueOrigin::Set
        | ValueOrigin::NotSet => None,
    }
}

/// Returns the long name of the option whose value is invalid; `None` where the error names something else, such as an
/// instance.
fn option_of(error: &SettingsError) -> Option<&'static str> {
    match error {
        SettingsError::Recipient(_) => Some("recipients"),
        SettingsError::Country(_) => Some("country"),
        SettingsError::Map(_) => Some("map"),
        SettingsError::Encoding(_) => Some("encoding"),
        SettingsError::Delimiter(_) => Some("delimiter"),
        SettingsError::CampaignName(_) | SettingsError::CampaignFileName(_) => Some("campaign"),
        SettingsError::TokenInName { option } => option.strip_prefix("--"),
        SettingsError::Results { .. } => Some("results"),
        SettingsError::NotLog(_) => Some("log-file"),
        SettingsError::Database(_) | SettingsError::DatabasePassword => Some("database"),
        SettingsError::Policy(error) => Some(error.option()),
        SettingsError::Client(_)
        | SettingsError::Ledger(_)
        | SettingsError::DatabaseFile { .. }
        | SettingsError::NoDatabase { .. }
        | SettingsError::NoCampaignInDatabase { .. }
        | SettingsError::ManyCampaigns { .. }
        | SettingsError::NoFolder(_)
        | SettingsError::NoInstance
        | SettingsError::NoneChosen { .. }
        | SettingsError::NoneChosenOfProfiles { .. }
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
        | SettingsError::StdoutTwice { .. }
        | SettingsError::ProblemsForm(_)
        | SettingsError::NotItsEnding { .. }
        | SettingsError::OnlyFigures
        | SettingsError::NoLedgerHere
        | SettingsError::ManyLedgers(_)
        | SettingsError::NoSource(..)
        | SettingsError::WhichSource(..)
        | SettingsError::ResendUnasked { .. }
        | SettingsError::Script { .. } => None,
    }
}

/// Refuses the values that `send` would refuse; the files that they name need not exist yet.
fn validate(arguments: &SendArguments) -> Result<(), SettingsError> {
    let source = unless_missing(InputOptions::new(&arguments.input))?;
    let inputs = source.map(|source| source.inputs).unwrap_or_default();
    unless_missing(
        arguments
            .policy
            .read(&clock::service_clock())
            .map_err(SettingsError::from),
    )?;
    paths::campaign_paths(
        &arguments.files,
        &inputs,
        arguments.service.simulate,
        TimeLimits::default(),
    )
    .map(drop)
}

/// Returns `None` if a file is missing: a recipient that is neither a number nor a chat id may be a file too.
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

fn settings(
    typed: &ParsedCommandLine,
    service: &ServiceArguments,
    files: &CampaignFileArguments,
) -> Vec<Setting> {
    let Some((name, matches)) = typed.matches.subcommand() else {
        return Vec::new();
    };
    // In the order in which the options are declared: the values of the files have changed the order of what was
    // parsed.
    let program = Arguments::command();
    let options = program
        .find_subcommand(name)
        .into_iter()
        .flat_map(clap::Command::get_arguments);
    // An option that can only be typed is not a setting.
    let options = options.filter_map(|option| Some((option.get_long()?, option)));
    let options = options.filter(|(key, option)| {
        !option.is_hide_set() && !crate::cli::config::COMMAND_LINE_ONLY.contains(key)
    });
    options
        .map(|(key, option)| match key {
            "token-file" => token(service),
            "database" => database(&files.database, setting(key, option, matches, &typed.files)),
            _ => setting(key, option, matches, &typed.files),
        })
        .collect()
}

fn setting(key: &str, option: &Arg, matches: &ArgMatches, files: &SettingsFiles) -> Setting {
    let id = option.get_id().as_str();
    let shown = |value: &OsStr| value.to_string_lossy().into_owned();
    let origin = match matches.value_source(id) {
        Some(ValueSource::CommandLine) => ValueOrigin::Typed,
        Some(ValueSource::EnvVariable) => environment(option),
        _ => in_file(key, files).unwrap_or(ValueOrigin::Default),
    };
    // Values of several files may be combined; the option itself has those of one.
    let combined = files
        .entries
        .iter()
        .find(|entry| entry.key == key && entry.places.len() > 1);
    let combined = combined.filter(|_| matches!(origin, ValueOrigin::File { .. }));
    let values = matches
        .get_raw(id)
        .map(|values| values.map(shown).collect());
    Setting {
        key: key.to_owned(),
        values: combined.map(|entry| entry.values.clone()).or(values),
        takes_values: option.get_action().takes_values(),
        origin,
    }
}

#[expect(clippy::expect_used, reason = "clap took the value from a variable")]
fn environment(option: &Arg) -> ValueOrigin {
    let name = option
        .get_env()
        .expect("the option has a variable")
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
    let origin = service::token_origin(service).map(|place| match place {
        TokenOrigin::Typed(_) => ValueOrigin::Typed,
        TokenOrigin::Environment(_) => environment("GREEN_API_TOKEN"),
        TokenOrigin::EnvironmentFile(_) => environment("GREEN_API_TOKEN_FILE"),
        TokenOrigin::SettingsFile(token) => ValueOrigin::File {
            place: token.place.clone(),
        },
    });
    Setting {
        key: "token".to_owned(),
        values: origin.as_ref().map(|_| vec!["set".to_owned()]),
        takes_values: true,
        origin: origin.unwrap_or(ValueOrigin::Default),
    }
}

/// Replaces the database by the one that the environment names, if any, without its password.
fn database(arguments: &DatabaseArguments, setting: Setting) -> Setting {
    // A URL that cannot be read was refused before.
    let Ok(Some(url)) = options::database::url(arguments) else {
        return setting;
    };
    let name = match url.origin {
        UrlOrigin::Option => return setting,
        UrlOrigin::Environment => options::database::URL,
        UrlOrigin::EnvironmentFile(_) => options::database::URL_FILE,
    };
    Setting {
        values: Some(vec![url.without_password()]),
        origin: ValueOrigin::Environment {
            name: name.to_owned(),
        },
        ..setting
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
            let origin = ValueOrigin::NotTrusted {
                place,
                command: file.trust_command(),
            }
            .localized(language);
            [
                decision.key.clone(),
                i18n::shown(&decision.value).into_owned(),
                origin,
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
        let origin = setting.origin.localized(language);
        rows.push([
            setting.key.clone(),
            values.unwrap_or_else(|| ValueOrigin::NotSet.localized(language)),
            origin,
        ]);
    }
    let wide = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let (key, value) = (wide(0), wide(1).min(WIDEST));
    rows.iter()
        .fold(String::new(), |text, [name, value_text, origin]| {
            let line = format!("{name:key$}  {value_text:value$}  {origin}");
            text + line.trim_end() + "\n"
        })
}

/// The widest value that still aligns its column; a wider one shifts only its own line.
const WIDEST: usize = 40;

fn head(key: &str, value: Option<String>, language: Language) -> [String; 3] {
    [
        key.to_owned(),
        value.unwrap_or_else(|| ValueOrigin::NotSet.localized(language)),
        String::new(),
    ]
}

/// What `settings --json` prints. The fields are in alphabetical order.
#[derive(Serialize)]
struct Summary<'a> {
    /// The file with the highest priority.
    file: Option<Cow<'a, str>>,
    files: Vec<FileSummary<'a>>,
    profile: Option<&'a str>,
    /// The settings by name.
    settings: BTreeMap<&'a str, SettingSummary<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileSummary<'a> {
    not_believed: Vec<DecisionSummary<'a>>,
    path: Cow<'a, str>,
}

#[derive(Serialize)]
struct DecisionSummary<'a> {
    key: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct SettingSummary<'a> {
    from: String,
    value: SettingValue<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum SettingValue<'a> {
    NotSet,
    Switch(bool),
    One(&'a str),
    Several(&'a [String]),
}

impl<'a> Summary<'a> {
    fn new(files: &'a SettingsFiles, settings: &'a [Setting]) -> Self {
        let setting = |setting: &'a Setting| {
            let summary = SettingSummary {
                from: setting.origin.localized(Language::En),
                value: SettingValue::from(setting),
            };
            (setting.key.as_str(), summary)
        };
        Self {
            file: files.files.last().map(|file| file.path.to_string_lossy()),
            files: files.files.iter().map(FileSummary::from).collect(),
            profile: files.profile.as_deref(),
            settings: settings.iter().map(setting).collect(),
        }
    }
}

impl<'a> From<&'a FileSettings> for FileSummary<'a> {
    fn from(file: &'a FileSettings) -> Self {
        let not_believed = |decision: &'a SensitiveSetting| DecisionSummary {
            key: &decision.key,
            line: decision.line,
        };
        Self {
            not_believed: file.ignored().iter().map(not_believed).collect(),
            path: file.path.to_string_lossy(),
        }
    }
}

impl<'a> From<&'a Setting> for SettingValue<'a> {
    fn from(setting: &'a Setting) -> Self {
        match setting.values.as_deref() {
            None => Self::NotSet,
            Some(values) if !setting.takes_values => {
                Self::Switch(values.first().is_some_and(|value| is_on(value)))
            }
            Some([one]) => Self::One(one),
            Some(several) => Self::Several(several),
        }
    }
}

fn is_on(value: &str) -> bool {
    !matches!(value, "false" | "0")
}
