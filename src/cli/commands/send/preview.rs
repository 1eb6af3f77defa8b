//! What `send` prints before the first contact: where it sends, who sends how much, and until when.

use crate::cli::{
    options::paths::CampaignPaths,
    output::plan::Plan,
    session::{
        assignment::{Assignment, SendingInstance},
        connect::ConnectedInstance,
    },
};
use crate::{
    i18n::{self, ConsoleMessage, Label, Language, RunMessage},
    ledger::{Ledger, LedgerError, Service},
};

/// The campaign, its instances and its ledger, as lines.
pub(super) fn heading(
    places: &CampaignPaths,
    instances: &[SendingInstance<'_>],
    language: Language,
) -> String {
    let label = Label::Ledger.localized(language);
    let ledger = format!("  {label:9} {}", i18n::shown_path(&places.ledger));
    let campaign = |to| {
        let campaign = places.campaign.clone();
        ConsoleMessage::Campaign { campaign, to }.localized(language)
    };
    if let [only] = instances {
        let to = destination(&only.connected, language);
        return format!("{}\n{ledger}", campaign(to));
    }
    let count = instances.len() as u64;
    let several = RunMessage::Instances { instances: count }.localized(language);
    let mut text = campaign(several);
    for instance in instances {
        text += "\n            ";
        text += &destination(&instance.connected, language);
    }
    format!("{text}\n{ledger}")
}

fn destination(connected: &ConnectedInstance, language: Language) -> String {
    if connected.is_unset() {
        return connected.prefix() + &ConsoleMessage::ToNobody.localized(language);
    }
    let to = match connected.service {
        Service::Simulator => ConsoleMessage::ToSimulator,
        Service::Loopback | Service::GreenApi => ConsoleMessage::ToInstance {
            id: connected.instance.id().to_owned(),
            url: connected.instance.api_url().to_owned(),
        },
    };
    connected.prefix() + &to.localized(language)
}

/// Who sends how much, and until when, as lines.
pub(super) fn forecast_text(
    plan: &Plan,
    assignment: &Assignment<'_>,
    ledger: &Ledger,
    language: Language,
) -> Result<String, LedgerError> {
    let shares = assignment.render_shares(ledger, language)?;
    let forecast = assignment.render_forecast(ledger, language)?;
    Ok(plan.under(Label::Shares, &shares) + &plan.under(Label::Finish, &forecast))
}

/// What the user should know of how the last run ended.
pub(super) fn last_run_notes(ledger: &Ledger, language: Language) -> impl Iterator<Item = String> {
    let wal_missing = ledger.is_wal_missing().then(|| {
        let path = format!("{}-wal", ledger.path().display());
        RunMessage::LedgerForgetful { path }.localized(language)
    });
    let paused = ledger
        .was_paused()
        .then(|| RunMessage::HadBeenPaused.localized(language));
    wal_missing.into_iter().chain(paused)
}
