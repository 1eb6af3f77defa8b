//! How many rows of a campaign have which status.

use serde_json::{Value, json};

use super::{
    args::StatusArguments,
    exit::{CommandError, Exit},
    print, settings, summary,
};
use crate::ledger::Ledger;

pub(super) fn status(arguments: &StatusArguments) -> Result<Exit, CommandError> {
    let path = settings::ledger(&arguments.campaign)?;
    let counts = Ledger::read(&path)?.counts()?;
    if arguments.json {
        let mut object = summary::counts_json(&counts);
        object.insert("ledger".to_owned(), json!(path.to_string_lossy()));
        print(&format!("{}\n", Value::Object(object)))?;
    } else {
        print(&summary::counts_text(&counts))?;
    }
    Ok(Exit::Done)
}
