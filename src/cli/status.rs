//! What a campaign has come to: its counts, or all its figures as JSON, or a message for a chat.

use serde_json::{Map, Value, json};

use super::{
    args::StatusArguments,
    exit::{CommandError, Exit},
    print, print_json, settings, summary,
};
use crate::{
    i18n::Language,
    ledger::{Ledger, Run},
    report::{self, CampaignStats},
};

pub(super) fn status(arguments: &StatusArguments, language: Language) -> Result<Exit, CommandError> {
    let path = settings::ledger(&arguments.campaign)?;
    let ledger = Ledger::read(&path)?;
    let text = if arguments.json {
        let mut object = json(&CampaignStats::of(&ledger)?);
        let sharing = summary::sharing(&ledger)?;
        if !sharing.is_empty() {
            object["instances"] = summary::parties_json(&sharing);
        }
        return print_json(&object).map(|()| Exit::Done);
    } else if arguments.brief {
        report::brief(&CampaignStats::of(&ledger)?, language)
    } else {
        summary::counts_text(&ledger.counts()?, language)
            + &summary::parties_text(&summary::sharing(&ledger)?, language)
    };
    print(&text)?;
    Ok(Exit::Done)
}

/// `campaign`, the counts, `deliveries` by word, `reasons` (the most frequent first), `lastRun` or
/// null, and `ledger`; where several share the campaign, `instances` comes to it.
fn json(figures: &CampaignStats) -> Value {
    let deliveries: Map<String, Value> = figures
        .deliveries
        .iter()
        .map(|(delivery, rows)| (delivery.as_str().to_owned(), json!(rows)))
        .collect();
    let reasons = figures
        .reasons
        .iter()
        .map(|reason| json!({"status": reason.status, "error": reason.error, "rows": reason.rows}));
    let mut object = Map::new();
    object.insert("campaign".to_owned(), json!(figures.campaign));
    object.extend(summary::counts_json(&figures.counts));
    object.insert("deliveries".to_owned(), Value::Object(deliveries));
    object.insert("reasons".to_owned(), reasons.collect());
    object.insert("lastRun".to_owned(), figures.runs.last().map_or(Value::Null, run));
    object.insert("ledger".to_owned(), json!(figures.ledger.to_string_lossy()));
    Value::Object(object)
}

/// Times are milliseconds since 1970; `ended` and `exit` are null for a run that was cut off.
fn run(run: &Run) -> Value {
    json!({
        "number": run.number,
        "command": run.command,
        "version": run.version,
        "began": run.began,
        "ended": run.ended,
        "rate": run.rate,
        "exit": run.exit,
    })
}
