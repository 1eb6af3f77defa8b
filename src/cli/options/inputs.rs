//! The input files, and how they are read.

use std::path::{Path, PathBuf};

use super::error::SettingsError;
use crate::{
    cli::args::{InputArguments, LengthsArgument, from_file::SettingsFileInUse},
    formats::{FileSentence, ReadOptions, is_encoding},
    ingest::{self, Inputs, NumberLengths, NumberRules, RecipientArg},
    phone_metadata::Country,
};

/// The input files, and how they are read.
pub(crate) struct InputOptions {
    pub(crate) inputs: Inputs,
    pub(crate) settings: ingest::IngestOptions,
    pub(crate) settings_files: Vec<SettingsFileInUse>,
}

impl InputOptions {
    /// Whether there is nothing to read.
    pub(crate) fn is_empty(&self) -> bool {
        let Inputs {
            inputs,
            recipients,
            contacts,
            ..
        } = &self.inputs;
        inputs.is_empty() && recipients.is_empty() && contacts.is_empty()
    }

    pub(crate) fn new(arguments: &InputArguments) -> Result<Self, SettingsError> {
        let settings = ingest_settings(arguments)?;
        let recipient = |text: &String| RecipientArg::parse(text, settings.numbers);
        let recipients = arguments
            .recipients
            .iter()
            .map(recipient)
            .collect::<Result<_, _>>()?;
        let inputs = Inputs {
            inputs: arguments.inputs.clone(),
            recipients,
            contacts: arguments.contacts.clone(),
            suppress: arguments.suppress.clone(),
        };
        Ok(Self {
            inputs,
            settings,
            settings_files: arguments.settings_files.clone(),
        })
    }
}

fn ingest_settings(arguments: &InputArguments) -> Result<ingest::IngestOptions, SettingsError> {
    let country: Option<Country> = arguments.country.as_deref().map(str::parse).transpose()?;
    Ok(ingest::IngestOptions {
        reading: ReadOptions {
            encoding: arguments.encoding.as_deref().map(encoding).transpose()?,
            delimiter: arguments.delimiter.as_deref().map(delimiter).transpose()?,
            sheet: arguments.sheet.clone(),
            include_hidden: arguments.include_hidden,
            every_part: false,
        },
        numbers: NumberRules {
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
        match_column: arguments.match_column.clone(),
        no_header: arguments.no_header,
    })
}

fn encoding(label: &str) -> Result<String, SettingsError> {
    if is_encoding(label) {
        Ok(label.to_owned())
    } else {
        let label = label.to_owned();
        Err(SettingsError::Encoding(FileSentence::EncodingUnheard {
            label,
        }))
    }
}

/// Parses a delimiter: an ASCII punctuation mark, a space, or the word `tab`. Quotation marks are refused, and so are
/// characters with which a spreadsheet formula begins.
pub(crate) fn delimiter(text: &str) -> Result<char, SettingsError> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one @ (' ' | '\t')), None) => Ok(one),
        (Some(one), None) if one.is_ascii_punctuation() && !"\"'=+-@".contains(one) => Ok(one),
        _ if text.eq_ignore_ascii_case("tab") || text == "\\t" => Ok('\t'),
        _ => Err(SettingsError::Delimiter(text.to_owned())),
    }
}

/// Returns every file that is read.
pub(crate) fn input_files(inputs: &Inputs) -> Vec<&Path> {
    let recipients = inputs
        .recipients
        .iter()
        .filter_map(|recipient| match recipient {
            RecipientArg::File(path) => Some(path),
            RecipientArg::Recipient(..) => None,
        });
    let all = inputs
        .inputs
        .iter()
        .chain(recipients)
        .chain(&inputs.contacts)
        .chain(&inputs.suppress);
    all.map(PathBuf::as_path).collect()
}
