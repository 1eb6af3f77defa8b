//! A restriction of the number by WhatsApp, as the service reports it.

use jiff::Timestamp;

use crate::{
    green_api::InstanceState,
    i18n::Language,
    send_policy::{Zone, moment},
};

/// A state in which the service would accept contacts and deliver none, and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    /// The state.
    pub state: InstanceState,
    /// When it ends, if the service says so (source: `getWaSettings`, `suspendedUntil`).
    pub until: Option<Timestamp>,
    /// The time zone in which the end is shown.
    pub zone: Zone,
}

impl Restriction {
    /// Returns the end as text for people; `None` if it is not known.
    pub(super) fn shown_until(&self, language: Language) -> Option<String> {
        let local = self.zone.local(self.until?);
        let local = local.round(jiff::Unit::Minute).unwrap_or(local);
        Some(moment(local, self.zone.name(), language))
    }
}
