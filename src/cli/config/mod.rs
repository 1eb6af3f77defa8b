//! The settings files: values that the user would otherwise type each time. They become the defaults of the options
//! before the command line is parsed. So typed values and the environment take precedence, and each value is checked as
//! if it had been typed.
//!
//! What must stay true: a file that the user does not trust decides neither where the token and the contacts go, nor
//! what is run, nor which files outside of its folder are written. No file loosens a protection that another file sets.

mod combine;
mod command_line;
mod defaults;
mod entry;
mod error;
mod file;
mod file_language;
mod files;
mod find;
mod fuzz;
mod hours;
mod instances;
mod keys;
mod origin;
mod paths;
mod read;
mod russian_usage;
mod token;
pub(crate) mod trusted;
mod usage_error;

pub(crate) use command_line::{
    CommandLineError, ParsedCommandLine, parse, parse_env_args, parse_with_files,
};
pub(crate) use error::SettingsFileError;
pub(crate) use file::{FileSettings, SensitiveSetting};
pub(crate) use files::SettingsFiles;
pub(crate) use find::user_settings_path;
pub use fuzz::check_settings;
pub(crate) use keys::{COMMAND_LINE_ONLY, options};
pub(crate) use origin::ValueOrigin;
pub(crate) use paths::{NAME, settings_path};
pub(crate) use read::{file_mode, read_to_trust};
pub(crate) use token::read_token;
