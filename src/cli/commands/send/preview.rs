//! What `send` prints before the first contact: where it sends, who sends how much, and until when.

use super::messages::SendMessage;
use crate::cli::{
    args::SendArguments,
    options::paths::CampaignPaths,
    output::{label::Label, plan::Outlook},
    session::{
        assignment::{self, Assignment, SendingInstance},
        connect::ConnectedInstance,
    },
};
use crate::{
    i18n::{self, Language},
    ledger::{Ledger, LedgerError, Service},
    terminal::{Lines, Text, Tone},
};

/// Prints the campaign, its instances and its ledger.
pub(super) fn heading(
    lines: &mut Lines,
    places: &CampaignPaths,
    instances: &[SendingInstance<'_>],
    language: Language,
) {
    let count = instances.len() as u64;
    let to = match instances {
        [only] => destination(&only.connected, language),
        _ => SendMessage::ToInstances { instances: count }.localized(language),
    };
    let campaign = places.campaign.clone();
    let campaign = SendMessage::Campaign { campaign, to }.localized(language);
    lines.indented(0, Text::default().with(Tone::Heading, campaign));
    for instance in instances.iter().filter(|_| count > 1) {
        lines.labelled(None, destination(&instance.connected, language));
    }
    let label = Label::Ledger.localized(language);
    let ledger = i18n::shown_path(&places.ledger.shown());
    lines.labelled(Some((Tone::Heading, &label)), ledger);
}

fn destination(connected: &ConnectedInstance, language: Language) -> String {
    if connected.is_unset() {
        return connected.prefix() + &SendMessage::ToNobody.localized(language);
    }
    let to = match connected.service {
        Service::Simulator => SendMessage::ToSimulator,
        Service::Loopback | Service::GreenApi => SendMessage::ToInstance {
            id: connected.instance.id().to_owned(),
            url: connected.instance.api_url().to_owned(),
        },
    };
    connected.prefix() + &to.localized(language)
}

/// Returns who sends how much, how fast, and until when.
pub(super) fn outlook(
    arguments: &SendArguments,
    each: &[&SendArguments],
    assignment: &Assignment<'_>,
    ledger: &Ledger,
    language: Language,
) -> Result<Outlook, LedgerError> {
    Ok(Outlook {
        to_send: assignment.rows().min(arguments.limit.unwrap_or(u64::MAX)),
        rate: assignment::rate(each),
        spacing: assignment.spacing(),
        checks: assignment.render_checks(language),
        shares: assignment.render_shares(ledger, language)?,
        finish: assignment.render_forecast(ledger, language)?,
    })
}

/// Returns notes about how the last run ended.
pub(super) fn last_run_notes(ledger: &Ledger, language: Language) -> impl Iterator<Item = String> {
    let wal_missing = ledger.is_wal_missing().then(|| {
        let path = format!("{}-wal", ledger.path().display());
        SendMessage::WalMissing { path }.localized(language)
    });
    let paused = ledger
        .was_paused()
        .then(|| SendMessage::HadBeenPaused.localized(language));
    wal_missing.into_iter().chain(paused)
}
