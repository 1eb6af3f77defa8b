//! Commands about a campaign, as the texts in its files name them. They work in the folder of the ledger.

use std::path::{Path, PathBuf};

use crate::{
    ledger::{Ledger, LedgerError, Place},
    terminal::quote::quoted,
};

/// The commands for a row whose outcome is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FollowUpCommands {
    pub(super) reconcile: String,
    pub(super) resolve: String,
    pub(super) track: String,
}

impl FollowUpCommands {
    /// Returns the commands for the campaign of a ledger.
    pub(super) fn of(ledger: &Ledger) -> Result<Self, LedgerError> {
        Ok(Self::new(ledger.place(), ledger.is_simulated()?))
    }

    /// Returns the commands for a ledger in this place.
    pub(super) fn new(ledger: &Place, is_simulated: bool) -> Self {
        let named = match ledger {
            Place::File(path) => Path::new(path.file_name().unwrap_or_default()).into(),
            Place::Database { .. } => ledger.clone(),
        };
        let campaign = campaign_words(&named).join(" ");
        let simulate = if is_simulated { " --simulate" } else { "" };
        Self {
            reconcile: format!("sendcontact reconcile {campaign}{simulate}"),
            resolve: format!("sendcontact resolve {campaign}"),
            track: format!("sendcontact track {campaign}{simulate}"),
        }
    }

    /// Fills the commands into a text.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{reconcile}", &self.reconcile)
            .replace("{resolve}", &self.resolve)
            .replace("{track}", &self.track)
    }
}

/// Returns the path of the workbook of rows that were not sent, as `report` names it.
#[must_use]
pub fn not_sent_workbook(ledger: &Place) -> PathBuf {
    let base = ledger.results_base();
    let campaign = base.file_stem().unwrap_or_default().to_string_lossy();
    base.with_file_name(format!("{campaign}-not-sent.xlsx"))
}

/// Returns the words that name the campaign of a ledger on a command line.
#[must_use]
pub fn campaign_words(ledger: &Place) -> Vec<String> {
    let ledger = match ledger {
        Place::File(path) => path,
        Place::Database { campaign, .. } => return vec![quoted(campaign)],
    };
    if !is_ledger(ledger) {
        return vec!["--ledger".to_owned(), quoted_path(ledger)];
    }
    // Without its extension, `a.ledger.ledger` would name another ledger.
    let named = Some(ledger.with_extension("")).filter(|named| !is_ledger(named));
    vec![quoted_path(named.as_deref().unwrap_or(ledger))]
}

fn is_ledger(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "ledger")
}

/// Quotes a path so that it is not read as an option.
#[must_use]
pub fn quoted_path(path: &Path) -> String {
    let begins_with_dash = path.to_string_lossy().starts_with('-');
    let path = if begins_with_dash {
        PathBuf::from(".").join(path)
    } else {
        path.to_owned()
    };
    quoted(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)] // It expects a slash in a path.
    #[test]
    fn a_campaign_is_named_so_that_its_ledger_is_found() {
        for (ledger, named) in [
            ("clients.ledger", &["clients"][..]),
            ("lists/clients.ledger", &["lists/clients"]),
            ("a.ledger.ledger", &["a.ledger.ledger"]),
            ("-a.ledger", &["./-a"]),
            ("record.db", &["--ledger", "record.db"]),
        ] {
            assert_eq!(campaign_words(&Path::new(ledger).into()), named);
        }
    }

    #[cfg(unix)] // It expects the quotes of a POSIX shell.
    #[test]
    fn a_text_in_a_file_names_the_campaign() {
        let commands = FollowUpCommands::new(&Path::new("lists/клиенты май.ledger").into(), false);
        assert_eq!(
            commands.fill("run {reconcile}, or decide with {resolve}."),
            "run sendcontact reconcile 'клиенты май', or decide with sendcontact resolve 'клиенты май'."
        );
    }
}
