//! An import on a thread of the ledger's own: rows are written while the next ones are read.

use std::{sync::mpsc, thread};

use super::{
    Ledger,
    error::{LedgerError, machine},
    input::{ImportSummary, Input},
};
use crate::domain::CheckedRow;

/// Entries that are handed to the writer together, and how many such batches may wait for it.
const BATCH: usize = 256;
const BATCHES: usize = 4;

/// What goes to the writer. If no end comes, reading broke off and nothing lasts.
enum Batch {
    Entries(Vec<CheckedRow>),
    End,
}

/// Hands to the writer what is read. A writer that is gone says itself why.
fn hand_over<T, E: From<LedgerError>>(
    batches: &mpsc::SyncSender<Batch>,
    read: impl FnOnce(&mut dyn FnMut(CheckedRow) -> Result<(), E>) -> Result<T, E>,
) -> Result<T, E> {
    let hand = |batch| batches.send(batch).map_err(|_| E::from(LedgerError::Gone));
    let mut entries = Vec::with_capacity(BATCH);
    let told = read(&mut |entry| {
        entries.push(entry);
        if entries.len() < BATCH {
            return Ok(());
        }
        hand(Batch::Entries(std::mem::replace(
            &mut entries,
            Vec::with_capacity(BATCH),
        )))
    })?;
    hand(Batch::Entries(entries))?;
    hand(Batch::End)?;
    Ok(told)
}

impl Ledger {
    /// Imports what `read` hands out. Rows are written on a thread of the ledger's own while the next
    /// ones are read. Gives what `read` gave, and what else came of it.
    ///
    /// # Errors
    /// Whatever `read` broke with, or [`LedgerError`] when the file cannot be written; then nothing of
    /// the import lasts.
    pub fn import_while<T, E: From<LedgerError>>(
        &mut self,
        input: &Input<'_>,
        read: impl FnOnce(&mut dyn FnMut(CheckedRow) -> Result<(), E>) -> Result<T, E>,
    ) -> Result<(T, ImportSummary), E> {
        let path = self.path.clone();
        let (batches, waiting) = mpsc::sync_channel(BATCHES);
        thread::scope(|scope| {
            let writer = thread::Builder::new()
                .name("ledger".to_owned())
                .spawn_scoped(scope, move || self.write(input, &waiting))
                .map_err(|error| machine(&path, &error))?;
            let read = hand_over(&batches, read);
            drop(batches);
            let summary = writer.join().unwrap_or(Err(LedgerError::Gone))?;
            Ok((read?, summary))
        })
    }

    fn write(
        &mut self,
        input: &Input<'_>,
        batches: &mpsc::Receiver<Batch>,
    ) -> Result<ImportSummary, LedgerError> {
        let mut import = self.import()?;
        for source in input.sources {
            import.source(*source)?;
        }
        import.lists(input.lists, input.unsuppress)?;
        for batch in batches {
            match batch {
                Batch::Entries(entries) => {
                    for entry in &entries {
                        import.entry(entry)?;
                    }
                }
                Batch::End => return import.finish(input.name),
            }
        }
        Ok(ImportSummary::default())
    }
}
