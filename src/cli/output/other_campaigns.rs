//! Suggests the same command for other campaigns, if a command names no campaign or one that has no ledger.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::ui::Ui;
use crate::{
    cli::{
        exit::CommandError,
        options::{error::SettingsError, paths},
    },
    i18n::{Language, count, messages},
    ledger::LedgerError,
};

/// How many commands are shown at most.
const MOST: usize = 3;

messages! {
    /// Texts about other campaigns.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum OtherCampaigns {
        Looked { folder: PathBuf } =
            en "Looked in the folder {folder}.",
            ru "Искали в папке {folder}.",
        More { campaigns: u64 } =
            en "and {campaigns}" [campaigns = count::en(*campaigns, "more campaign", "more campaigns")],
            ru "и ещё {campaigns}"
                [campaigns = count::ru(*campaigns, "кампания", "кампании", "кампаний")],
        Perhaps = en "Perhaps you mean:", ru "Возможно, имелось в виду:",
    }
}

/// Returns the lines to print below such an error; empty for any other error.
pub(crate) fn lines(error: &CommandError, ui: &Ui) -> Vec<String> {
    if let CommandError::Ledger(LedgerError::OtherInstance { theirs, .. }) = error {
        let is_simulated = theirs.starts_with("simulator ");
        let command = is_simulated.then(|| ui.hints.with_simulator()).flatten();
        return command.map_or_else(Vec::new, |command| suggested(&[command], ui.language));
    }
    let (folder, commands) = match error {
        CommandError::Ledger(LedgerError::Missing { path }) => {
            let others = others(path).into_iter();
            let command = |other: PathBuf| ui.hints.with_other_campaign(path, &other);
            (folder_of(path), others.filter_map(command).collect())
        }
        CommandError::Settings(SettingsError::NoLedgerHere) => {
            let here = PathBuf::from(".");
            let others = in_subfolders(&here).into_iter();
            let command = |other: PathBuf| ui.hints.with_campaign(&other);
            (here, others.filter_map(command).collect())
        }
        CommandError::Settings(SettingsError::ManyLedgers(_)) => {
            let here = PathBuf::from(".");
            let others = paths::ledgers_in(&here).into_iter();
            let command = |other: PathBuf| ui.hints.with_campaign(&other);
            (here, others.filter_map(command).collect::<Vec<_>>())
        }
        CommandError::Settings(_)
        | CommandError::Open(_)
        | CommandError::File(_)
        | CommandError::Ledger(_)
        | CommandError::Report(_)
        | CommandError::BrokenOff
        | CommandError::SentElsewhere { .. }
        | CommandError::Machine { .. } => return Vec::new(),
    };
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let folder = folder.components().collect();
    let looked = OtherCampaigns::Looked { folder }.localized(ui.language);
    std::iter::once(looked)
        .chain(suggested(&commands, ui.language))
        .collect()
}

/// Returns the suggested commands, below their heading.
fn suggested(commands: &[String], language: Language) -> Vec<String> {
    let perhaps = (!commands.is_empty()).then(|| OtherCampaigns::Perhaps.localized(language));
    let shown = commands.iter().take(MOST);
    let shown = shown.map(|command| format!("  {command}"));
    let more = commands.len().saturating_sub(MOST) as u64;
    let more = (more > 0).then(|| {
        let more = OtherCampaigns::More { campaigns: more }.localized(language);
        format!("  {more}")
    });
    perhaps.into_iter().chain(shown).chain(more).collect()
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
        .to_owned()
}

/// Returns the ledgers that may be meant instead of a missing one: those whose names begin alike, here or one folder
/// below; or else all ledgers here.
fn others(missing: &Path) -> Vec<PathBuf> {
    let folder = folder_of(missing);
    let stem = missing.file_stem().unwrap_or_default().to_string_lossy();
    let is_alike = |ledger: &PathBuf| {
        let other = ledger.file_stem().unwrap_or_default().to_string_lossy();
        !stem.is_empty() && other.to_lowercase().starts_with(&stem.to_lowercase())
    };
    let here = paths::ledgers_in(&folder);
    let alike: Vec<PathBuf> = here
        .iter()
        .filter(|ledger| is_alike(ledger))
        .cloned()
        .collect();
    if !alike.is_empty() {
        return alike;
    }
    let below: Vec<PathBuf> = in_subfolders(&folder)
        .into_iter()
        .filter(is_alike)
        .collect();
    if below.is_empty() { here } else { below }
}

/// Returns the ledgers in the subfolders of a folder.
fn in_subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| paths::without_dot(&entry.path()))
        .collect();
    folders.sort();
    folders
        .iter()
        .flat_map(|folder| paths::ledgers_in(folder))
        .collect()
}
