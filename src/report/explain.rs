//! One sentence for each row that tells a campaign manager what happened and what to do.

use crate::{
    domain::Status,
    ledger::{Line, Listed},
};

/// The sentence of a row; empty where nothing needs to be said.
pub(super) fn explanation(line: &Line, sources: &[Listed]) -> String {
    let sentence = match line.status {
        Status::Accepted | Status::Invalid => line.explanation.clone(),
        Status::Failed => format!(
            "The service refused this card ({}): correct the row and run the same command again, or send it again with --retry-failed.",
            line.error
        ),
        Status::Unknown if line.error.is_empty() => {
            "A request for this card is under way, or the program ended before its answer came.".to_owned()
        }
        Status::Unknown => format!(
            "The card was handed over, but no clear answer came ({}): it may have arrived. It is not sent again by itself: run sendcontact reconcile, or decide with sendcontact resolve.",
            line.error
        ),
        Status::Duplicate => duplicate(line, sources),
        Status::Suppressed => "The recipient is on the suppression list; nothing was sent.".to_owned(),
        Status::Pending if line.attempts > 0 => {
            "Not sent yet: the service did not take it. Run the same command again.".to_owned()
        }
        Status::Pending => "Not sent yet: run the same command again.".to_owned(),
    };
    if line.listed {
        sentence
    } else {
        format!("{sentence} This row is no longer in the input.").trim_start().to_owned()
    }
}

fn duplicate(line: &Line, sources: &[Listed]) -> String {
    let Some((row, source)) = line.duplicate_of else {
        return "The same card for the same chat stands in another row.".to_owned();
    };
    let elsewhere = sources.get(source).filter(|_| source != line.source);
    let place = elsewhere.map_or_else(String::new, |listed| format!(" of {}", listed.name));
    format!("The same card for the same chat stands in row {row}{place}; it is sent once.")
}
