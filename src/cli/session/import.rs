//! Imports the rows of the input into the ledger, before the first contact is sent.

use std::path::PathBuf;

use tokio::sync::watch;

use crate::cli::{
    exit::CommandError,
    options::{inputs::InputOptions, paths},
    output::plan::{FindingMessage, Plan},
    session::{input_digest, send_history::Location, sent_rows::SentRows, signals},
};
use crate::{
    formats::Layout,
    i18n::Language,
    ingest::{IngestOptions, OpenError, OpenedInputs, Source, SuppressedDigests},
    ledger::{Control, Input, Ledger, LedgerError, NewSource, SuppressionList},
};

/// What an import does beside reading the rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct ImportPolicy {
    /// Whether to forget whom the stop lists of earlier runs left out.
    pub(crate) unsuppress: bool,
    /// The send histories. Results of a campaign that none of them knows are refused if they say that contacts were sent.
    /// `None`: they are not refused.
    pub(crate) histories: Option<Vec<Location>>,
}

/// Imports the input. After an interrupt, a reader that waits for more input is left behind together with the ledger;
/// nothing of the input was committed.
pub(crate) async fn import(
    mut ledger: Ledger,
    source: InputOptions,
    policy: ImportPolicy,
    interrupts: &watch::Receiver<u32>,
    language: Language,
) -> Result<(Ledger, Result<Plan, CommandError>), CommandError> {
    // A copy has no control file of its own: a run may be working on the original ledger.
    let control = (!ledger.is_copy()).then(|| Control::of(ledger.place()));
    let heard = interrupts.clone();
    let reading = signals::spawn_detached(move || {
        let plan = read_rows(&mut ledger, &source, &policy, &heard, language);
        (ledger, plan)
    });
    tokio::select! {
        read = reading => read,
        () = signals::second_or_grace(interrupts.clone()) => {
            // The next run removes what is left of the control file.
            let _ = control.as_ref().map(Control::stop_listening);
            Err(CommandError::BrokenOff)
        }
    }
}

/// Writes every row into the ledger, before the first contact is sent. The rows of an unchanged input are there already
/// and are not read again. An interrupt leaves the ledger as it was.
pub(super) fn read_rows(
    ledger: &mut Ledger,
    source: &InputOptions,
    policy: &ImportPolicy,
    interrupts: &watch::Receiver<u32>,
    language: Language,
) -> Result<Plan, CommandError> {
    if source.is_empty() && ledger.place().file().is_none() && ledger.counts()?.rows() > 0 {
        // Another machine has imported the rows.
        let mut plan = Plan::without_input(language);
        plan.settings_files.clone_from(&source.settings_files);
        return Ok(plan);
    }
    let intake = OpenedInputs::open(&source.inputs, &source.settings)?;
    let mut plan = Plan::new(&intake, language);
    plan.settings_files.clone_from(&source.settings_files);
    let input = input_digest::compute(source);
    let is_forgetting = policy.unsuppress && ledger.keeps_out()?;
    if input.is_some() && input == ledger.input()? && !is_forgetting {
        plan.is_unchanged = true;
        return Ok(plan);
    }
    let sources = intake.sources().to_vec();
    let layouts: Vec<String> = sources
        .iter()
        .map(|source| layout(&source.layout))
        .collect();
    let listed: Vec<NewSource<'_>> = sources
        .iter()
        .zip(&layouts)
        .map(|(source, layout)| NewSource {
            name: &source.name,
            own_columns: &source.own_columns,
            delimiter: source.layout.delimiter,
            layout: Some(layout),
            corrects: source.campaign.as_deref() == Some(ledger.campaign()),
        })
        .collect();
    for (source, layout) in sources.iter().zip(&layouts) {
        let guessed = guessed_otherwise(ledger, source, layout)?;
        plan.guessed_otherwise.extend(guessed);
    }
    let lists = suppression_lists(&source.inputs.suppress);
    let given = Input {
        sources: &listed,
        lists: &lists,
        unsuppress: policy.unsuppress,
        name: input.as_deref(),
    };
    let mut sent = SentRows::new(policy.histories.as_deref(), &sources, ledger)?;
    let (counted, imported) = ledger.import_while(&given, |write| {
        let counted = intake.read(&mut |checked| -> Result<(), CommandError> {
            if *interrupts.borrow() > 0 {
                return Err(CommandError::BrokenOff);
            }
            plan.add(&checked);
            sent.note(&checked);
            write(checked)
        })?;
        sent.refuse(&sources)?;
        Ok::<_, CommandError>(counted)
    })?;
    (plan.counted, plan.imported) = (counted, imported);
    Ok(plan)
}

/// Warns that the encoding of a file was guessed differently before, if it was.
fn guessed_otherwise(
    ledger: &Ledger,
    source: &Source,
    layout: &str,
) -> Result<Option<FindingMessage>, LedgerError> {
    if source.layout.example.is_none() {
        return Ok(None);
    }
    let before = ledger.layout_of(&source.name)?;
    let before = before.filter(|before| before != layout);
    Ok(before.map(|before| FindingMessage::GuessedOtherwise {
        source: source.name.clone(),
        before,
        now: layout.to_owned(),
    }))
}

/// The stop lists of a run. They are read again once it is known which phone number is behind which lid.
pub(crate) struct StopLists {
    paths: Vec<PathBuf>,
    settings: IngestOptions,
}

impl StopLists {
    pub(crate) fn of(source: &InputOptions) -> Self {
        Self {
            paths: source.inputs.suppress.clone(),
            settings: source.settings.clone(),
        }
    }

    /// Suppresses the recipients whom the lists name by another chat id than the input does.
    pub(crate) fn keep_out_by_lid(&self, ledger: &mut Ledger) -> Result<(), CommandError> {
        let pairs = ledger.lid_pairs()?;
        if self.paths.is_empty() || pairs.is_empty() {
            return Ok(());
        }
        let lists =
            SuppressedDigests::read(&self.paths, &self.settings).map_err(OpenError::Header)?;
        let list_of = |chat: &[u8; 16]| {
            let list = lists.list_of(chat)?;
            Some(paths::resolved(list).to_string_lossy().into_owned())
        };
        Ok(ledger.suppress_listed_by_lid(&pairs, list_of)?)
    }
}

/// Returns the lists with their resolved paths, so that a later run recognises each.
fn suppression_lists(paths: &[PathBuf]) -> Vec<SuppressionList> {
    let list = |path: &PathBuf| {
        let is_lasting = path.is_file();
        let name = if is_lasting {
            paths::resolved(path)
        } else {
            path.clone()
        };
        SuppressionList {
            name: name.to_string_lossy().into_owned(),
            is_lasting,
        }
    };
    paths.iter().map(list).collect()
}

/// Describes how a file was read, as the ledger keeps it: `CSV, windows-1251` or `XLSX, sheet Clients`.
fn layout(layout: &Layout) -> String {
    let format = layout.format.as_str().to_uppercase();
    match &layout.sheet {
        Some(sheet) => format!("{format}, sheet {sheet}"),
        None => format!("{format}, {}", layout.encoding),
    }
}
