//! From what was typed to what is meant: every wrong word is found here, before the work starts.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use crate::cli::{
    args::from_file::{FileToken, SettingsFileInUse},
    args::{
        AddressAs, CampaignArguments, FormArgument, InputArguments, LanguageArgument,
        LengthsArgument, PlaceArguments, SendArguments, ServiceArguments, Time,
    },
    config::{SettingsFileError, read_token},
    options::{report_format, schedule::WhenError},
};
use crate::{
    engine::{InstanceConfig, RunConfig},
    formats::{Reading, is_encoding},
    green_api::{ClientError, Instance, InstanceError, PhoneAs, ServiceClock, TimeOuts},
    i18n::{self, FileSentence, Language, OptOutFault, SchedulerFault, UserError},
    ingest::{self, Inputs, MapError, NumberLengths, Numbers, Who, WhoError},
    ledger::{self, Service},
    phone_metadata::{Country, CountryError},
};

/// What a person has to set right.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.localized(Language::En))]
pub(crate) enum SettingsError {
    Who(#[from] WhoError),
    Country(#[from] CountryError),
    Map(#[from] MapError),
    Client(#[from] ClientError),
    CampaignPath(String),
    NoFolder(PathBuf),
    NoInstance,
    InstanceNoId(String),
    InstanceNoToken(String),
    SameInstance {
        one: String,
        other: String,
        id: String,
    },
    /// What stands for an instance is wrong.
    OfInstance {
        name: String,
        error: Box<Self>,
    },
    NoToken,
    TokenFile {
        path: PathBuf,
        source: std::io::Error,
    },
    Instance(#[from] InstanceError),
    File(#[from] SettingsFileError),
    Scheduler(#[from] SchedulerError),
    OptOut(#[from] OptOutError),
    Encoding(String),
    Delimiter(String),
    SameFile(PathBuf),
    Results {
        path: PathBuf,
        endings: &'static str,
    },
    NotItsEnding {
        path: PathBuf,
        ending: &'static str,
    },
    OnlyFigures,
    NoCampaign(usize),
    NoSource(String, Vec<String>),
    WhichSource(u64, Vec<String>),
    Script {
        path: PathBuf,
        reason: String,
    },
    When(#[from] WhenError),
}

impl SettingsError {
    /// The sentence in a language.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub(crate) fn localized(&self, language: Language) -> String {
        let shown = |path: &Path| path.display().to_string();
        let fault = match self {
            Self::Who(error) => return error.localized(language),
            Self::Country(error) => return error.localized(language),
            Self::Map(error) => return format!("--map: {}", error.localized(language)),
            Self::Client(error) => return error.localized(language),
            Self::Instance(error) => return error.localized(language),
            Self::File(error) => return error.localized(language),
            Self::Scheduler(error) => return error.0.localized(language),
            Self::OptOut(error) => return error.0.localized(language),
            Self::When(error) => return error.localized(language),
            Self::OfInstance { name, error } => {
                return format!("{name}: {}", error.localized(language));
            }
            Self::CampaignPath(campaign) => UserError::CampaignPath {
                campaign: campaign.clone(),
            },
            Self::NoFolder(path) => UserError::NoFolder {
                path: path.display().to_string(),
            },
            Self::NoInstance => UserError::NoInstance,
            Self::InstanceNoId(name) => UserError::InstanceNoId { name: name.clone() },
            Self::InstanceNoToken(name) => UserError::InstanceNoToken { name: name.clone() },
            Self::SameInstance { one, other, id } => UserError::SameInstance {
                one: one.clone(),
                other: other.clone(),
                id: id.clone(),
            },
            Self::NoToken => UserError::NoToken,
            Self::TokenFile { path, source } => UserError::TokenFile {
                path: shown(path),
                reason: source.to_string(),
            },
            Self::Encoding(label) => {
                let sentence = FileSentence::EncodingUnheard {
                    label: label.clone(),
                };
                return format!("--encoding: {}", sentence.localized(language));
            }
            Self::Delimiter(text) => UserError::Delimiter { text: text.clone() },
            Self::SameFile(path) => UserError::SameFile { path: shown(path) },
            Self::Results { path, endings } => UserError::ResultsEnding {
                path: shown(path),
                endings,
            },
            Self::NotItsEnding { path, ending } => UserError::NotItsEnding {
                path: shown(path),
                ending,
            },
            Self::OnlyFigures => UserError::OnlyFigures,
            Self::NoSource(source, found) => UserError::NoSource {
                source: source.clone(),
                found: found.clone(),
            },
            Self::WhichSource(row, found) => UserError::WhichSource {
                row: *row,
                found: found.clone(),
            },
            Self::NoCampaign(0) => UserError::NoLedgerHere,
            Self::NoCampaign(many) => UserError::ManyLedgers {
                ledgers: *many as u64,
            },
            Self::Script { path, reason } => UserError::Script {
                path: shown(path),
                reason: reason.clone(),
            },
        };
        fault.localized(language)
    }
}

/// The language that the person chose, else that of the environment.
pub(crate) fn language(chosen: Option<LanguageArgument>) -> Language {
    match chosen {
        Some(LanguageArgument::Ru) => Language::Ru,
        Some(LanguageArgument::En) => Language::En,
        None => Language::of_environment(),
    }
}

/// Where the input comes from and how it is read.
pub(crate) struct Source {
    pub(crate) inputs: Inputs,
    pub(crate) settings: ingest::Settings,
    pub(crate) settings_files: Vec<SettingsFileInUse>,
}

pub(crate) fn source(arguments: &InputArguments) -> Result<Source, SettingsError> {
    let settings = reading(arguments)?;
    let who = |text: &String| Who::parse(text, settings.numbers);
    let recipients = arguments
        .recipients
        .iter()
        .map(who)
        .collect::<Result<_, _>>()?;
    let inputs = Inputs {
        inputs: arguments.inputs.clone(),
        recipients,
        contacts: arguments.contacts.clone(),
        suppress: arguments.suppress.clone(),
    };
    Ok(Source {
        inputs,
        settings,
        settings_files: arguments.settings_files.clone(),
    })
}

fn reading(arguments: &InputArguments) -> Result<ingest::Settings, SettingsError> {
    let country: Option<Country> = arguments.country.as_deref().map(str::parse).transpose()?;
    Ok(ingest::Settings {
        reading: Reading {
            encoding: arguments.encoding.as_deref().map(encoding).transpose()?,
            delimiter: arguments.delimiter.as_deref().map(delimiter).transpose()?,
            sheet: arguments.sheet.clone(),
            include_hidden: arguments.include_hidden,
        },
        numbers: Numbers {
            country,
            strict: arguments.strict_phones,
            are_results: false,
            lengths: match arguments.number_lengths {
                LengthsArgument::Documented => NumberLengths::Documented,
                LengthsArgument::Any => NumberLengths::Any,
            },
        },
        columns: arguments
            .map
            .iter()
            .map(|text| ingest::mapped(text))
            .collect::<Result<_, _>>()?,
        chosen: arguments.match_column.clone(),
        no_header: arguments.no_header,
    })
}

/// Names the instance for which something is wrong, if it has a name.
pub(crate) fn of_instance(arguments: &ServiceArguments, error: SettingsError) -> SettingsError {
    match arguments.name.clone() {
        Some(name) => SettingsError::OfInstance {
            name,
            error: Box::new(error),
        },
        None => error,
    }
}

fn encoding(label: &str) -> Result<String, SettingsError> {
    if is_encoding(label) {
        Ok(label.to_owned())
    } else {
        Err(SettingsError::Encoding(label.to_owned()))
    }
}

/// A mark of ASCII, a space, or the word `tab`. None that quotes, or that a spreadsheet takes for the
/// beginning of a formula.
pub(crate) fn delimiter(text: &str) -> Result<char, SettingsError> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one @ (' ' | '\t')), None) => Ok(one),
        (Some(one), None) if one.is_ascii_punctuation() && !"\"'=+-@".contains(one) => Ok(one),
        _ if text.eq_ignore_ascii_case("tab") || text == "\\t" => Ok('\t'),
        _ => Err(SettingsError::Delimiter(text.to_owned())),
    }
}

/// The instance to send from, and which service that is.
pub(crate) fn instance(arguments: &ServiceArguments) -> Result<(Instance, Service), SettingsError> {
    let nowhere = || {
        arguments
            .name
            .clone()
            .map_or(SettingsError::NoInstance, SettingsError::InstanceNoId)
    };
    let id = arguments
        .id_instance
        .as_deref()
        .filter(|id| !id.is_empty())
        .ok_or_else(nowhere)?;
    let instance = Instance::new(
        &arguments.api_url,
        id,
        token(arguments)?,
        arguments.insecure_http,
    )
    .map_err(|error| of_instance(arguments, error.into()))?;
    let service = if instance.is_loopback() {
        Service::Loopback
    } else {
        Service::GreenApi
    };
    Ok((instance, service))
}

/// Where the token is to be taken from.
pub(crate) enum TokenPlace<'a> {
    /// A file that was named on the command line.
    Typed(&'a Path),
    /// The environment holds the token.
    Environment(SecretString),
    /// The environment names the file.
    EnvironmentFile(&'a Path),
    /// The settings file says where.
    SettingsFile(&'a FileToken),
}

/// A file that was named on the command line comes first, then the environment, then the settings
/// file; nothing if none of them names a token. Of an instance that has a name it is what stands for it
/// in the settings file, and nothing else.
pub(crate) fn token_place(arguments: &ServiceArguments) -> Option<TokenPlace<'_>> {
    if arguments.name.is_some() {
        return arguments.file_token.as_ref().map(TokenPlace::SettingsFile);
    }
    let in_environment = env::var("GREEN_API_TOKEN")
        .ok()
        .filter(|token| !token.trim().is_empty());
    let named = env::var_os("GREEN_API_TOKEN_FILE").map(PathBuf::from);
    let typed = arguments.token_file_is_typed || named != arguments.token_file;
    match (&arguments.token_file, in_environment) {
        (Some(path), _) if typed => Some(TokenPlace::Typed(path)),
        (_, Some(token)) => Some(TokenPlace::Environment(SecretString::from(
            token.trim().to_owned(),
        ))),
        (Some(path), None) => Some(TokenPlace::EnvironmentFile(path)),
        (None, None) => arguments.file_token.as_ref().map(TokenPlace::SettingsFile),
    }
}

/// The token is hidden in all that is shown, also in what is said against a wrong command line.
pub(crate) fn hide_token_of_environment() {
    if let Ok(token) = env::var("GREEN_API_TOKEN") {
        i18n::hide_token(&SecretString::from(token.trim().to_owned()));
    }
}

pub(crate) fn token(arguments: &ServiceArguments) -> Result<SecretString, SettingsError> {
    let token = token_said(arguments)?;
    i18n::hide_token(&token);
    Ok(token)
}

fn token_said(arguments: &ServiceArguments) -> Result<SecretString, SettingsError> {
    let nowhere = || {
        arguments
            .name
            .clone()
            .map_or(SettingsError::NoToken, SettingsError::InstanceNoToken)
    };
    match token_place(arguments).ok_or_else(nowhere)? {
        TokenPlace::Environment(token) => Ok(token),
        TokenPlace::Typed(path) | TokenPlace::EnvironmentFile(path) => {
            read_token(path).map_err(|source| SettingsError::TokenFile {
                path: path.to_owned(),
                source,
            })
        }
        TokenPlace::SettingsFile(token) => Ok(token.read()?),
    }
}

/// Refuses an output that would replace a file which is read, or the ledger: names are compared as
/// the system resolves them.
pub(crate) fn apart(output: &Path, others: &[&Path]) -> Result<(), SettingsError> {
    let ours = resolved(output);
    match others.iter().find(|other| resolved(other) == ours) {
        Some(_) => Err(SettingsError::SameFile(output.to_owned())),
        None => Ok(()),
    }
}

/// A name as the system resolves it; of a file that is not there, its folder's.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let whole = folder
        .canonicalize()
        .ok()
        .zip(path.file_name())
        .map(|(folder, name)| folder.join(name));
    path.canonicalize()
        .ok()
        .or(whole)
        .unwrap_or_else(|| path.to_owned())
}

/// As [`apart`], and refuses every ledger and what is beside it.
pub(crate) fn output(path: &Path, others: &[&Path]) -> Result<(), SettingsError> {
    if ledger::belongs(path) {
        return Err(SettingsError::SameFile(path.to_owned()));
    }
    apart(path, others)
}

/// Every file that is read.
pub(crate) fn read_files(inputs: &Inputs) -> Vec<&Path> {
    let recipients = inputs.recipients.iter().filter_map(|who| match who {
        Who::File(path) => Some(path),
        Who::Recipient(..) => None,
    });
    let all = inputs
        .inputs
        .iter()
        .chain(recipients)
        .chain(&inputs.contacts)
        .chain(&inputs.suppress);
    all.map(PathBuf::as_path).collect()
}

/// Where a campaign's files are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) campaign: String,
    pub(crate) ledger: PathBuf,
    pub(crate) results: PathBuf,
    /// The workbook beside the results, if there is one.
    pub(crate) workbook: Option<PathBuf>,
}

/// Ledger and results are beside the first input, or in --out-dir; those of a simulated run have
/// `-simulated` in their names, whatever they are called.
pub(crate) fn places(
    place: &PlaceArguments,
    inputs: &Inputs,
    simulate: bool,
) -> Result<Places, SettingsError> {
    let first = first_file(inputs);
    let stem = || {
        first.and_then(Path::file_stem).map_or_else(
            || "campaign".into(),
            |stem| stem.to_string_lossy().into_owned(),
        )
    };
    let has_place = place.out_dir.is_some() || place.ledger.is_some() && place.results.is_some();
    if let Some(path) = first.filter(|path| !has_place && is_device(path)) {
        return Err(SettingsError::NoFolder(path.to_owned()));
    }
    let campaign = place.campaign.clone().unwrap_or_else(stem);
    if campaign.is_empty() || campaign.contains(['/', '\\']) {
        return Err(SettingsError::CampaignPath(campaign));
    }
    let folder = place
        .out_dir
        .clone()
        .or_else(|| first.and_then(Path::parent).map(Path::to_owned))
        .unwrap_or_default();
    let ledger = place
        .ledger
        .clone()
        .unwrap_or_else(|| folder.join(format!("{campaign}.ledger")));
    let results = place
        .results
        .clone()
        .unwrap_or_else(|| folder.join(format!("{campaign}-results.csv")));
    let is_workbook = match report_format::form(&results) {
        Some(FormArgument::Csv) => false,
        Some(FormArgument::Xlsx) => true,
        Some(FormArgument::Vcf | FormArgument::Html) | None => {
            return Err(SettingsError::Results {
                path: results,
                endings: ".csv or .xlsx",
            });
        }
    };
    let name = |path: PathBuf| if simulate { simulated(&path) } else { path };
    let results = name(results);
    let workbook = (place.xlsx && !is_workbook).then(|| results.with_extension("xlsx"));
    let places = Places {
        campaign,
        ledger: name(ledger),
        results,
        workbook,
    };
    let mut read = read_files(inputs);
    apart(&places.ledger, &read)?;
    let ours = ledger::files(&places.ledger);
    read.extend(ours.iter().map(PathBuf::as_path));
    for results in places.workbook.iter().chain([&places.results]) {
        output(results, &read)?;
    }
    Ok(places)
}

/// Whether it is `/dev/stdin` or one of its kind: nothing that is beside it lasts.
fn is_device(path: &Path) -> bool {
    ["/dev", "/proc"]
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// The files of the ledger that a campaign of these inputs would have.
pub(crate) fn ledger_files(inputs: &Inputs) -> Vec<PathBuf> {
    first_file(inputs)
        .map(|first| ledger::files(&first.with_extension("ledger")))
        .unwrap_or_default()
}

/// The first input: it gives the campaign its name and its place.
fn first_file(inputs: &Inputs) -> Option<&Path> {
    read_files(inputs).into_iter().next()
}

/// `list.ledger` becomes `list-simulated.ledger`, `list-results.csv` `list-simulated-results.csv`.
fn simulated(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path
        .extension()
        .map(|ending| format!(".{}", ending.to_string_lossy()))
        .unwrap_or_default();
    let name = match stem.strip_suffix("-results") {
        Some(campaign) => format!("{campaign}-simulated-results{ending}"),
        None => format!("{stem}-simulated{ending}"),
    };
    path.with_file_name(name)
}

/// The ledger of a campaign that exists: named, or the only one in this folder.
pub(crate) fn ledger(arguments: &CampaignArguments) -> Result<PathBuf, SettingsError> {
    if let Some(path) = &arguments.ledger {
        return Ok(path.clone());
    }
    match &arguments.campaign {
        Some(named) if named.extension().is_some_and(|ending| ending == "ledger") => {
            Ok(named.clone())
        }
        Some(named) => {
            let whole = PathBuf::from(format!("{}.ledger", named.display()));
            Ok(if whole.exists() || !named.is_file() {
                whole
            } else {
                named.with_extension("ledger")
            })
        }
        None => only_ledger(),
    }
}

fn only_ledger() -> Result<PathBuf, SettingsError> {
    let files = fs::read_dir(".").map(|files| files.filter_map(|file| Some(file.ok()?.path())));
    let is_ledger = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "ledger");
    let mut ledgers: Vec<PathBuf> = files
        .map(|files| files.filter(is_ledger).collect())
        .unwrap_or_default();
    match (ledgers.pop(), ledgers.len()) {
        (Some(only), 0) => Ok(only.file_name().map_or_else(|| only.clone(), PathBuf::from)),
        (found, others) => Err(SettingsError::NoCampaign(
            others + usize::from(found.is_some()),
        )),
    }
}

/// What a run may do, all its instances together.
pub(crate) fn conditions(arguments: &SendArguments, clock: &ServiceClock) -> RunConfig {
    RunConfig {
        limit: arguments.limit,
        max_failures: arguments.max_failures,
        control: None,
        clock: clock.clone(),
    }
}

/// What one instance of it may do.
pub(crate) fn instance_config(arguments: &SendArguments) -> InstanceConfig {
    let (phone_as, switch_to_chat_id) = match arguments.address_as {
        AddressAs::Auto => (PhoneAs::PhoneNumber, true),
        AddressAs::AsGiven => (PhoneAs::PhoneNumber, false),
        AddressAs::ChatId => (PhoneAs::ChatId, false),
    };
    InstanceConfig {
        concurrency: usize::from(arguments.concurrency),
        patience: arguments.retry_for.0,
        uncertain_in_a_row: 5,
        phone_as,
        switch_to_chat_id,
        rules: None,
        waits: true,
        last_sent: None,
        seed: fastrand::u64(..),
    }
}

/// A clock that the answers of the service are to set.
pub(crate) fn clock() -> ServiceClock {
    ServiceClock::new(machine_clock, steady_clock)
}

/// Milliseconds since 1970.
fn machine_clock() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Milliseconds since some moment, those in which the machine slept included.
#[cfg(unix)]
fn steady_clock() -> i64 {
    use rustix::time::{ClockId, clock_gettime};
    // Elsewhere the monotonic clock counts sleep too (source: clock_gettime(2) of Linux and of macOS).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const STEADY: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const STEADY: ClockId = ClockId::Monotonic;
    let time = clock_gettime(STEADY);
    time.tv_sec
        .saturating_mul(1000)
        .saturating_add(time.tv_nsec / 1_000_000)
}

/// Milliseconds since the first call, those in which the machine slept included.
#[cfg(not(unix))]
fn steady_clock() -> i64 {
    static FIRST: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    i64::try_from(FIRST.elapsed().as_millis()).unwrap_or(i64::MAX)
}

pub(crate) fn time_outs(whole: Time) -> TimeOuts {
    let whole = whole.0;
    // Connecting ends before the whole does: only then is it known that nothing was written.
    TimeOuts {
        connect: (whole / 2).min(std::time::Duration::from_secs(10)),
        whole,
    }
}

/// The delimiter of tables whose input has none.
pub(crate) fn fallback_delimiter() -> char {
    report_format::delimiter_of(Language::of_environment())
}

/// A list that cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.localized(Language::En))]
pub(crate) struct OptOutError(pub(crate) OptOutFault);

/// A campaign that cannot be given to a scheduler.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.localized(Language::En))]
pub(crate) struct SchedulerError(pub(crate) SchedulerFault);
