//! Shows what an existing campaign would make of an input. It works on a copy of the ledger; the ledger is not changed.

use jiff::Timestamp;
use tokio::sync::watch;

use crate::{
    cli::{
        exit::CommandError,
        options::inputs::InputOptions,
        output::plan::Plan,
        session::{
            import::{ImportPolicy, read_rows},
            send_history,
        },
    },
    domain::Counts,
    i18n::Language,
    ledger::{Ledger, Place, ResendPolicy},
};

/// Returns what would change, and the counts that the campaign would have with this input. What other campaigns have
/// sent after `since` would not be sent again.
pub(crate) fn plan(
    ledger: &Place,
    source: &InputOptions,
    since: Timestamp,
    language: Language,
) -> Result<(Plan, Counts), CommandError> {
    let known = Ledger::known_identities(ledger)?;
    let mut ledger = Ledger::open_copy(ledger, &known)?;
    let policy = ImportPolicy::default();
    let (_never, interrupts) = watch::channel(0);
    let mut plan = read_rows(&mut ledger, source, &policy, &interrupts, language)?;
    ledger.reset_already_sent()?;
    for (index, identity) in known.iter().enumerate() {
        send_history::attach_copy(&mut ledger, index, identity)?;
    }
    plan.sent_and_gone = ledger.sent_and_gone()?;
    plan.already_sent = ledger.suppress_already_sent(ResendPolicy {
        since: Some(since),
        resend_changed: false,
        not_again: None,
    })?;
    let counts = ledger.counts()?;
    Ok((plan, counts))
}
