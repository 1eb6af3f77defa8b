//! What is wrong with the options, and the sentence about it.

use std::path::{Path, PathBuf};

use super::send_policy::PolicyError;
use crate::{
    cli::config::SettingsFileError,
    formats::FileSentence,
    green_api::{ClientError, InstanceError},
    i18n::{Language, OptOutFault, SchedulerFault, Shown, UserError},
    ingest::{MapError, RecipientArgError},
    phone_metadata::CountryError,
};

/// What the user has to correct.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.localized(Language::En))]
pub(crate) enum SettingsError {
    Recipient(#[from] RecipientArgError),
    Country(#[from] CountryError),
    Map(#[from] MapError),
    Client(#[from] ClientError),
    CampaignName(String),
    NoFolder(PathBuf),
    NoInstance,
    InstanceNoId(String),
    InstanceNoToken(String),
    SameInstance {
        one: String,
        other: String,
        id: String,
    },
    /// The settings of an instance are wrong.
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
    Policy(#[from] PolicyError),
}

impl SettingsError {
    /// The sentence in a language.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub(crate) fn localized(&self, language: Language) -> String {
        let shown = |path: &Path| path.display().to_string();
        let fault = match self {
            Self::Recipient(error) => return error.localized(language),
            Self::Country(error) => return error.localized(language),
            Self::Map(error) => return format!("--map: {}", error.localized(language)),
            Self::Client(error) => return error.localized(language),
            Self::Instance(error) => return error.localized(language),
            Self::File(error) => return error.localized(language),
            Self::Scheduler(error) => return error.0.localized(language),
            Self::OptOut(error) => return error.0.localized(language),
            Self::Policy(error) => return error.localized(language),
            Self::OfInstance { name, error } => {
                return format!("{name}: {}", error.localized(language));
            }
            Self::CampaignName(campaign) => UserError::CampaignPath {
                campaign: campaign.clone(),
            },
            Self::NoFolder(path) => UserError::NoFolder { path: shown(path) },
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

impl Shown for SettingsError {
    type As = String;

    fn shown(&self, language: Language) -> String {
        self.localized(language)
    }
}

/// A do-not-contact list that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.localized(Language::En))]
pub(crate) struct OptOutError(pub(crate) OptOutFault);

/// A campaign that a scheduler cannot run.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.localized(Language::En))]
pub(crate) struct SchedulerError(pub(crate) SchedulerFault);
