//! What is said at the end: the seven counts, where the results are, what to do next.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::exit::Exit;
use crate::{
    campaign::Stop,
    domain::{Counts, Status},
};

/// The counts under their seven words and `rows`, as JSON.
pub(super) fn counts_json(counts: &Counts) -> Map<String, Value> {
    let words = Status::ALL.into_iter().map(|status| (status.to_string(), json!(counts.of(status))));
    std::iter::once(("rows".to_owned(), json!(counts.rows()))).chain(words).collect()
}

/// The object that ends the stdout of `send --json`.
pub(super) fn send_json(campaign: &str, counts: &Counts, ledger: &Path, results: &Path, exit: Exit) -> Value {
    let mut object = Map::new();
    object.insert("campaign".to_owned(), json!(campaign));
    object.extend(counts_json(counts));
    object.insert("ledger".to_owned(), json!(ledger.to_string_lossy()));
    object.insert("results".to_owned(), json!(results.to_string_lossy()));
    object.insert("exit".to_owned(), json!(exit.code()));
    Value::Object(object)
}

/// The counts as a person reads them: one line each, those without rows left out.
pub(super) fn counts_text(counts: &Counts) -> String {
    let some = Status::ALL.into_iter().filter(|status| counts.of(*status) > 0);
    let rows = std::iter::once(("rows", counts.rows()));
    let lines = some.map(|status| (status.as_str(), counts.of(status))).chain(rows);
    lines.fold(String::new(), |text, (word, rows)| text + &format!("  {word:10} {rows:>9}\n"))
}

/// What to do next, one sentence a line.
pub(super) fn advice(stop: Option<&Stop>, counts: &Counts) -> Vec<String> {
    let mut lines = Vec::new();
    match stop {
        Some(Stop::Halted(halt, words)) => lines.push(format!("{} ({words})", halt.advice())),
        Some(Stop::Unreachable(words)) => {
            lines.push(format!("The service could not be reached ({words}). Look at the connection and --api-url."));
        }
        Some(Stop::Throttled(words)) => lines.push(format!("The service put every card off: {words}.")),
        Some(Stop::Uncertain(answers)) => lines.push(format!(
            "{answers} answers in a row were unclear, so nothing more was sent. See that the service is well first."
        )),
        Some(Stop::Failures(cards)) => lines.push(format!(
            "{cards} cards were refused, so the rest was not sent: see error in the results; --max-failures sets how many are borne."
        )),
        Some(Stop::Limit | Stop::Interrupted) | None => {}
    }
    let refused = matches!(stop, Some(Stop::Halted(..)));
    if counts.of(Status::Pending) > 0 && !refused {
        lines.push(format!("Run the same command again to send the {} pending.", counts.of(Status::Pending)));
    }
    if counts.of(Status::Unknown) > 0 {
        lines.push(format!(
            "{} unknown: these cards may have arrived, and are never sent again by themselves. Run sendcontact reconcile --wait 5m, or decide with sendcontact resolve.",
            counts.of(Status::Unknown)
        ));
    }
    if counts.of(Status::Failed) + counts.of(Status::Invalid) > 0 {
        lines.push("Correct the failed and invalid rows in the input and run the same command again; the results say why each.".to_owned());
    }
    lines
}
