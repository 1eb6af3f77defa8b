//! The rows of the input into the ledger, before the first contact goes out.

use std::path::PathBuf;

use tokio::sync::watch;

use crate::cli::{
    exit::CommandError,
    options::{inputs::InputOptions, paths},
    output::plan::Plan,
    session::{input_digest, signals},
};
use crate::{
    formats::Layout,
    i18n::Language,
    ingest::OpenedInputs,
    ledger::{ControlFile, Input, Ledger, NewSource, SuppressionList},
};

/// Brings the input in; one that keeps whoever reads it waiting is left behind by an interrupt, and the
/// ledger with it: nothing of the input was committed.
pub(crate) async fn import(
    mut ledger: Ledger,
    (source, unsuppress): (InputOptions, bool),
    interrupts: &watch::Receiver<u32>,
    language: Language,
) -> Result<(Ledger, Result<Plan, CommandError>), CommandError> {
    let (control, heard) = (ControlFile::of(ledger.path()), interrupts.clone());
    let reading = signals::beside(move || {
        let brought = read_rows(&mut ledger, (&source, unsuppress), (&heard, language));
        (ledger, brought)
    });
    tokio::select! {
        read = reading => read,
        () = signals::unheard(interrupts.clone()) => {
            let _gone = control.withdraw();
            Err(CommandError::BrokenOff)
        }
    }
}

/// Every row goes into the ledger before the first contact goes out; rows that are there already, from an
/// input that is still the same, are not read again. Whoever interrupts it leaves the ledger as it was.
fn read_rows(
    ledger: &mut Ledger,
    (source, unsuppress): (&InputOptions, bool),
    (interrupts, language): (&watch::Receiver<u32>, Language),
) -> Result<Plan, CommandError> {
    let intake = OpenedInputs::open(&source.inputs, &source.settings)?;
    let mut plan = Plan::new(&intake, language);
    plan.settings_files(&source.settings_files);
    let input = input_digest::of(source);
    let is_forgetting = unsuppress && ledger.keeps_out()?;
    if input.is_some() && input == ledger.input()? && !is_forgetting {
        plan.unchanged();
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
        })
        .collect();
    for (source, layout) in sources
        .iter()
        .zip(&layouts)
        .filter(|(source, _)| source.layout.example.is_some())
    {
        let before = ledger.layout_of(&source.name)?;
        plan.guessed_before(
            &source.name,
            before.filter(|before| before != layout),
            layout,
        );
    }
    let lists = suppression_lists(&source.inputs.suppress);
    let given = Input {
        sources: &listed,
        lists: &lists,
        unsuppress,
        name: input.as_deref(),
    };
    let (counted, dropped) = ledger.import_while(&given, |write| {
        let told = intake.read(&mut |entry| -> Result<(), CommandError> {
            if *interrupts.borrow() > 0 {
                return Err(CommandError::BrokenOff);
            }
            plan.entry(&entry);
            write(entry)
        })?;
        Ok::<_, CommandError>(told)
    })?;
    plan.counted(counted);
    plan.dropped(dropped);
    Ok(plan)
}

/// The lists by the names that the system gives them, so that each is known again.
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

/// How a file was read, for a person: `CSV, windows-1251` or `XLSX, sheet Clients`.
fn layout(layout: &Layout) -> String {
    let format = layout.format.as_str().to_uppercase();
    match &layout.sheet {
        Some(sheet) => format!("{format}, sheet {sheet}"),
        None => format!("{format}, {}", layout.encoding),
    }
}
