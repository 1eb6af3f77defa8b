//! Looks up which chats belong to one person, in the send histories of a run.

use super::{
    Ledger,
    db::{self, Connection},
    error::{LedgerError, explain_history},
    history_tx::HistoryTx,
    lids::{LidPairs, LidTable, MAX_PAIR_HOPS, others_of},
    sql::lids::{self, Chat},
};

impl Ledger {
    /// Returns which phone is behind which lid, as far as the send histories of its instances know.
    ///
    /// # Errors
    /// [`LedgerError`] when a send history cannot be read.
    pub fn lid_pairs(&self) -> Result<LidPairs, LedgerError> {
        self.lid_table().map(LidPairs)
    }

    /// Returns every pair in the send histories of its instances.
    pub(super) fn lid_table(&self) -> Result<LidTable, LedgerError> {
        let mut table = LidTable::default();
        let histories = self
            .instances
            .iter()
            .filter_map(|instance| instance.history.as_ref());
        for history in histories {
            let pairs = lids::pairs(&history.connection)
                .map_err(|error| explain_history(history.path(), &error))?;
            for pair in pairs {
                table.add(pair);
            }
        }
        Ok(table)
    }
}

/// Returns the other chats of the person who has these chats, according to the send histories of a batch.
pub(super) fn others_in<'a>(
    histories: &(impl Iterator<Item = &'a HistoryTx<'a>> + Clone),
    own: &[Chat],
) -> Result<Vec<Chat>, LedgerError> {
    others_of(own, |chat| {
        let mut all = Vec::new();
        for history in histories.clone() {
            let paired = history.pairs.paired(history.tables.connection(), chat);
            all.extend(paired.map_err(|error| history.unusable(&error))?);
        }
        Ok(all)
    })
}

/// Looks up the pairs of these people in the send histories on a server, each in its schema, with few queries. Returns
/// the other chats of these people.
pub(super) fn look_up_ahead(
    ledger: &Connection,
    histories: &[(&HistoryTx<'_>, &str)],
    people: &[Chat],
) -> db::Result<Vec<Chat>> {
    let is_unasked = |(history, _): &&(&HistoryTx<'_>, &str)| history.pairs.has_pairs().is_none();
    let unasked: Vec<_> = histories.iter().filter(is_unasked).collect();
    let schemas: Vec<_> = unasked.iter().map(|(_, schema)| *schema).collect();
    for ((history, _), has_pairs) in unasked.iter().zip(lids::have_lids(ledger, &schemas)?) {
        history.pairs.set_has_pairs(has_pairs);
    }
    let have_any = |(history, _): &&(&HistoryTx<'_>, &str)| history.pairs.has_pairs() == Some(true);
    let known: Vec<_> = histories.iter().filter(have_any).collect();
    let (mut others, mut next) = (Vec::new(), people.to_vec());
    for _ in 0..MAX_PAIR_HOPS {
        let with_each_chat = |history| next.iter().map(move |chat| (history, *chat));
        let asked: Vec<_> = known.iter().copied().flat_map(with_each_chat).collect();
        if asked.is_empty() {
            break;
        }
        let questions: Vec<_> = asked
            .iter()
            .map(|((_, schema), chat)| (*schema, *chat))
            .collect();
        let found = lids::paired_each(ledger, &questions)?;
        next = found.iter().flatten().copied().collect();
        others.extend_from_slice(&next);
        for (((history, _), chat), paired) in asked.into_iter().zip(found) {
            history.pairs.keep(chat, paired);
        }
    }
    others.sort_unstable();
    others.dedup();
    Ok(others)
}
