//! The files of a campaign: where its ledger and results are, and which files no output may replace.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    database::{TimeLimits, database},
    error::SettingsError,
    inputs::input_files,
    report_format,
};
use crate::{
    cli::args::{CampaignArguments, CampaignFileArguments, DatabaseArguments, FormArgument},
    ingest::{self, Inputs},
    ledger::{self, Database, Ledger, LedgerError, Place, ResultsChoice},
    platform, report,
};

/// The files of a campaign.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CampaignPaths {
    pub(crate) campaign: String,
    pub(crate) ledger: Place,
    pub(crate) results: PathBuf,
    /// The workbook beside the results, if there is one.
    pub(crate) workbook: Option<PathBuf>,
    /// The options for the results in the last run.
    pub(crate) kept: ResultsChoice,
}

/// Determines the files of a campaign. Ledger and results are beside the first input, or in --out-dir. Every file name
/// of a simulated run contains `-simulated`.
pub(crate) fn campaign_paths(
    arguments: &CampaignFileArguments,
    inputs: &Inputs,
    simulate: bool,
    limits: TimeLimits,
) -> Result<CampaignPaths, SettingsError> {
    let first = first_file(inputs);
    let stem = || {
        first.and_then(Path::file_stem).map_or_else(
            || "campaign".into(),
            |stem| stem.to_string_lossy().into_owned(),
        )
    };
    let folder = folder_of(arguments, first)?;
    let database = database(&arguments.database, arguments.ledger.as_deref(), limits)?;
    let mut campaign = arguments.campaign.clone();
    if let (None, Some(first)) = (&campaign, first) {
        let known = match (&database, arguments.ledger.as_deref()) {
            (Some(database), _) => KnownCampaigns::Database(database),
            (None, Some(ledger)) => KnownCampaigns::Ledger(ledger),
            (None, None) => KnownCampaigns::Folder(&folder),
        };
        campaign = campaign_of_results(first, known, simulate)?;
    }
    let campaign = campaign.unwrap_or_else(stem);
    require_name(&campaign)?;
    let results = arguments
        .results
        .clone()
        .unwrap_or_else(|| folder.join(format!("{campaign}-results.csv")));
    let is_workbook = is_workbook(&results)?;
    let is_stream = report::is_stream(&results);
    let named = |path: PathBuf| if simulate { simulated(&path) } else { path };
    let results = if is_stream { results } else { named(results) };
    let mut read = input_files(inputs);
    let ledger = if let Some(database) = database {
        in_database(database, &campaign, simulate)
    } else {
        let beside = || folder.join(format!("{campaign}.ledger"));
        let ledger = named(arguments.ledger.clone().unwrap_or_else(beside));
        refuse_same_file(&ledger, &read)?;
        Place::File(ledger)
    };
    let kept = kept_choice(&ledger);
    let is_wished = arguments.workbook().or(kept.workbook).unwrap_or(true);
    let has_workbook = is_wished && !is_workbook && !is_stream;
    let mut paths = CampaignPaths {
        campaign,
        ledger,
        workbook: has_workbook.then(|| results.with_extension("xlsx")),
        results,
        kept,
    };
    let ledger_files = paths.ledger.file().map(ledger::files);
    let ledger_files: Vec<PathBuf> = ledger_files.into_iter().flatten().collect();
    read.extend(ledger_files.iter().map(PathBuf::as_path));
    // A results file may be the first input: it is read before it is written, and it is kept if a person changed it.
    let unchecked = first.filter(|_| arguments.results.is_none());
    check_results(&mut paths, &read, unchecked)?;
    Ok(paths)
}

/// Refuses a campaign name that no file name can begin with.
fn require_name(campaign: &str) -> Result<(), SettingsError> {
    if campaign.is_empty() || campaign.contains(['/', '\\']) {
        return Err(SettingsError::CampaignName(campaign.to_owned()));
    }
    if !platform::is_file_name(campaign) {
        return Err(SettingsError::CampaignFileName(campaign.to_owned()));
    }
    Ok(())
}

/// Returns the campaign in a database. A simulated run has a campaign of its own.
fn in_database(database: Database, campaign: &str, simulate: bool) -> Place {
    let ending = if simulate { SIMULATED } else { "" };
    Place::Database {
        database,
        campaign: format!("{campaign}{ending}"),
    }
}

/// Returns the folder of the files: the one that was named, or that of the first input.
fn folder_of(
    arguments: &CampaignFileArguments,
    first: Option<&Path>,
) -> Result<PathBuf, SettingsError> {
    let has_folder =
        arguments.out_dir.is_some() || arguments.ledger.is_some() && arguments.results.is_some();
    if let Some(path) = first.filter(|path| !has_folder && !platform::has_folder(path)) {
        return Err(SettingsError::NoFolder(path.to_owned()));
    }
    Ok(arguments
        .out_dir
        .clone()
        .or_else(|| first.and_then(Path::parent).map(Path::to_owned))
        .unwrap_or_default())
}

/// Refuses results that would replace a file that is read, except an input that is itself the results file of this
/// campaign under its usual name.
fn check_results(
    paths: &mut CampaignPaths,
    read: &[&Path],
    unchecked: Option<&Path>,
) -> Result<(), SettingsError> {
    let is_checked =
        |output: &Path| unchecked.is_none_or(|input| resolved(input) != resolved(output));
    if is_checked(&paths.results) && !report::is_stream(&paths.results) {
        check_output(&paths.results, read)?;
    }
    // Nobody named the workbook: if it would replace an input, none is written.
    paths
        .workbook
        .take_if(|workbook| is_checked(workbook) && check_output(workbook, read).is_err());
    Ok(())
}

/// Returns the options for the results in the last run. A ledger that cannot be read gives its error when it is opened.
fn kept_choice(ledger: &Place) -> ResultsChoice {
    if ledger.file().is_some_and(|ledger| !ledger.is_file()) {
        return ResultsChoice::default();
    }
    Ledger::read(ledger)
        .and_then(|ledger| ledger.results_choice())
        .unwrap_or_default()
}

/// Whether results with this name are a workbook. They can only be a workbook or delimited text.
fn is_workbook(results: &Path) -> Result<bool, SettingsError> {
    if report::is_stream(results) {
        return Ok(false);
    }
    match report_format::form(results) {
        Some(FormArgument::Csv) => Ok(false),
        Some(FormArgument::Xlsx) => Ok(true),
        Some(FormArgument::Vcf | FormArgument::Html) | None => Err(SettingsError::Results {
            path: results.to_owned(),
            endings: ".csv or .xlsx (- is stdout)",
        }),
    }
}

/// Where the campaign of a results file is looked for.
#[derive(Clone, Copy)]
enum KnownCampaigns<'a> {
    /// The ledger that was named.
    Ledger(&'a Path),
    /// The ledgers of a folder.
    Folder(&'a Path),
    Database(&'a Database),
}

impl KnownCampaigns<'_> {
    fn has(&self, campaign: &str, simulate: bool) -> Result<bool, LedgerError> {
        match self {
            Self::Ledger(ledger) => Ok(ledger.file_stem().is_some_and(|stem| *stem == *campaign)),
            Self::Folder(folder) => {
                let ledger = folder.join(format!("{campaign}.ledger"));
                Ok((if simulate { simulated(&ledger) } else { ledger }).is_file())
            }
            Self::Database(database) => {
                let ending = if simulate { SIMULATED } else { "" };
                let names = database.campaigns()?;
                Ok(names.contains(&format!("{campaign}{ending}")))
            }
        }
    }
}

/// Returns the campaign that a results file belongs to, if it is known.
fn campaign_of_results(
    file: &Path,
    known: KnownCampaigns<'_>,
    simulate: bool,
) -> Result<Option<String>, LedgerError> {
    let Some(named) = ingest::campaign_of_results(file) else {
        return Ok(None);
    };
    let campaign = match named.strip_suffix(SIMULATED) {
        Some(campaign) if simulate => campaign.to_owned(),
        None if !simulate => named,
        Some(_) | None => return Ok(None),
    };
    let is_known = require_name(&campaign).is_ok() && known.has(&campaign, simulate)?;
    Ok(is_known.then_some(campaign))
}

/// Returns the ledger that exists for these inputs under its usual name. `None` for a pipe, which cannot be read twice.
pub(crate) fn ledger_of(inputs: &Inputs) -> Option<PathBuf> {
    let first = first_file(inputs)?;
    if !input_files(inputs).iter().all(|path| path.is_file()) {
        return None;
    }
    let folder = first.parent().unwrap_or(Path::new(""));
    let ledger = match campaign_of_results(first, KnownCampaigns::Folder(folder), false) {
        Ok(Some(campaign)) => folder.join(format!("{campaign}.ledger")),
        Ok(None) | Err(_) => first.with_extension("ledger"),
    };
    ledger.is_file().then_some(ledger)
}

/// Returns the files of the ledger that a campaign with these inputs has by default.
pub(crate) fn ledger_files(inputs: &Inputs) -> Vec<PathBuf> {
    first_file(inputs)
        .map(|first| ledger::files(&first.with_extension("ledger")))
        .unwrap_or_default()
}

/// Returns the first input. By default it decides the name and the folder of the campaign.
fn first_file(inputs: &Inputs) -> Option<&Path> {
    input_files(inputs).into_iter().next()
}

/// The part that marks the file names of a simulated run.
const SIMULATED: &str = "-simulated";

/// Whether a campaign with this name was a simulation.
pub(crate) fn is_simulated(campaign: &str) -> bool {
    campaign.ends_with(SIMULATED)
}

/// Turns `list.ledger` into `list-simulated.ledger`, and `list-results.csv` into `list-simulated-results.csv`.
fn simulated(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path
        .extension()
        .map(|ending| format!(".{}", ending.to_string_lossy()))
        .unwrap_or_default();
    let name = match stem.strip_suffix("-results") {
        Some(campaign) => format!("{campaign}{SIMULATED}-results{ending}"),
        None => format!("{stem}{SIMULATED}{ending}"),
    };
    path.with_file_name(name)
}

/// Returns the ledger of an existing campaign: the one that was named, or the only one in this folder.
pub(crate) fn existing_ledger(arguments: &CampaignArguments) -> Result<Place, SettingsError> {
    existing_ledger_for(arguments, TimeLimits::default())
}

/// Does the same as [`existing_ledger`], for a command with its own time limits for requests.
pub(crate) fn existing_ledger_for(
    arguments: &CampaignArguments,
    limits: TimeLimits,
) -> Result<Place, SettingsError> {
    let is_file = |named: &&PathBuf| named.extension().is_some_and(|ending| ending == "ledger");
    let named = arguments.campaign.as_ref();
    let file = arguments.ledger.as_ref().or_else(|| named.filter(is_file));
    if let Some(database) = database(&arguments.database, file.map(PathBuf::as_path), limits)? {
        let campaign = match named {
            Some(named) => campaign_named(named),
            None => only_campaign(&database)?,
        };
        return Ok(Place::Database { database, campaign });
    }
    match (file, named) {
        (Some(file), _) => Ok(file.clone()),
        (None, Some(named)) => {
            let whole = PathBuf::from(format!("{}.ledger", named.display()));
            Ok(if whole.exists() || !named.is_file() {
                whole
            } else {
                named.with_extension("ledger")
            })
        }
        (None, None) => only_ledger(),
    }
    .map(Place::File)
}

/// The prefix of a campaign of the database, where a file could be meant too.
const IN_DATABASE: &str = "db:";

/// Returns a ledger file, or a campaign of the database for `db:NAME`.
pub(crate) fn place_named(
    named: &Path,
    arguments: &DatabaseArguments,
) -> Result<Place, SettingsError> {
    let text = named.to_string_lossy();
    let Some(campaign) = text.strip_prefix(IN_DATABASE) else {
        return Ok(Place::File(named.to_owned()));
    };
    require_name(campaign)?;
    let named = text.clone().into_owned();
    let database = database(arguments, None, TimeLimits::default())?
        .ok_or(SettingsError::NoDatabase { named })?;
    Ok(Place::Database {
        database,
        campaign: campaign.to_owned(),
    })
}

/// Returns the name of a campaign of a database: the word that was typed, or the stem of an input file that exists.
fn campaign_named(named: &Path) -> String {
    let stem = named.file_stem().filter(|_| named.is_file());
    let name = stem.unwrap_or(named.as_os_str());
    name.to_string_lossy().into_owned()
}

/// Returns the campaign of a database that has only one.
fn only_campaign(database: &Database) -> Result<String, SettingsError> {
    let mut names = database.campaigns()?;
    match (names.pop(), names.len()) {
        (Some(only), 0) => Ok(only),
        (None, _) => Err(SettingsError::NoCampaignInDatabase {
            database: database.to_string(),
        }),
        (Some(last), _) => {
            names.push(last);
            Err(SettingsError::ManyCampaigns {
                database: database.to_string(),
                names: names.join(", "),
            })
        }
    }
}

fn only_ledger() -> Result<PathBuf, SettingsError> {
    let mut ledgers = ledgers_in(Path::new("."));
    match (ledgers.pop(), ledgers.len()) {
        (Some(only), 0) => Ok(only),
        (None, _) => Err(SettingsError::NoLedgerHere),
        (Some(last), _) => {
            ledgers.push(last);
            Err(SettingsError::ManyLedgers(ledgers))
        }
    }
}

/// Returns the ledgers from which a command without a campaign would choose: those of the database, or of this folder.
pub(crate) fn ledgers_of(arguments: &CampaignArguments) -> Result<Vec<Place>, SettingsError> {
    let Some(database) = database(&arguments.database, None, TimeLimits::default())? else {
        let here = ledgers_in(Path::new("."));
        return Ok(here.into_iter().map(Place::File).collect());
    };
    let campaign = |campaign| Place::Database {
        database: database.clone(),
        campaign,
    };
    Ok(database.campaigns()?.into_iter().map(campaign).collect())
}

/// Returns the ledgers of a folder, by name.
pub(crate) fn ledgers_in(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_ledger = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "ledger");
    let mut ledgers: Vec<PathBuf> = files
        .map(|file| without_dot(&file.path()))
        .filter(is_ledger)
        .collect();
    ledgers.sort();
    ledgers
}

/// Returns a path as the user types it: `a.ledger` instead of `./a.ledger`.
pub(crate) fn without_dot(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

/// Refuses an output that would replace one of the other files. Paths are compared as the system resolves them.
fn refuse_same_file(output: &Path, others: &[&Path]) -> Result<(), SettingsError> {
    let resolved_output = resolved(output);
    if others
        .iter()
        .any(|other| resolved(other) == resolved_output)
    {
        return Err(SettingsError::SameFile(output.to_owned()));
    }
    Ok(())
}

/// Resolves a path as the system does; if the file does not exist, its folder is resolved.
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

/// Refuses an output that would replace an input, or any ledger and the files beside it.
pub(crate) fn check_output(path: &Path, inputs: &[&Path]) -> Result<(), SettingsError> {
    if ledger::belongs(path) {
        return Err(SettingsError::SameFile(path.to_owned()));
    }
    refuse_same_file(path, inputs)
}
