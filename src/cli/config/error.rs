//! A settings file that cannot be used.

use crate::i18n::{Language, SettingsFault};

/// Why a settings file cannot be used.
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
