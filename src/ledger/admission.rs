//! Which pending rows may be sent now. A row that may not is passed over and tried again later. The rules are evaluated
//! only once for all recipients of the same zones and kind.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;

use super::{
    Ledger,
    error::{LedgerError, explain},
    history_tx::HistoryTx,
    pending::first_message,
    rules::{BlockedUntil, Rules, Zones},
    sql::PendingRecord,
};
use crate::{
    domain::{Message, Recipient},
    phone_metadata::zones_of,
    send_policy::{
        BlockReason, DailyUsage, Day, RecipientKind, RecipientTraits, Verdict, Zone, day_of,
    },
};

/// Zones and verdicts that do not change during a run.
#[derive(Debug, Default)]
pub(super) struct ZoneCache {
    named: HashMap<String, Zones>,
    /// Verdicts that no moment is ever allowed: finding this out takes long.
    never: HashMap<usize, Verdict>,
}

impl ZoneCache {
    fn zones(&mut self, rules: &Rules, recipient: &str, zone: Option<&str>) -> Zones {
        if let Some(text) = zone {
            if let Some(zones) = self.named.get(text) {
                return zones.clone();
            }
            if let Ok(zone) = text.parse::<Zone>() {
                let zones = Zones::Named(Arc::new(zone));
                self.named.insert(text.to_owned(), zones.clone());
                return zones;
            }
        }
        match digits(recipient)
            .filter(|_| rules.in_recipient_zone)
            .map(zones_of)
        {
            Some(zones) if !zones.is_empty() => Zones::Country(zones),
            Some(_) | None => Zones::Own,
        }
    }
}

/// A row that may be sent now.
pub(super) struct Admitted {
    /// The zones in which the sending hours must hold.
    pub(super) zones: Zones,
    /// As what it counts.
    pub(super) kind: RecipientKind,
}

/// The rules, evaluated at the moment of one batch.
pub(super) struct AdmissionCheck<'a> {
    rules: &'a Rules,
    now: Timestamp,
    day: Day,
    spent: DailyUsage,
    cache: &'a mut ZoneCache,
    verdicts: HashMap<(usize, RecipientKind), Verdict>,
    held: BlockedUntil,
}

impl<'a> AdmissionCheck<'a> {
    pub(super) fn open(
        rules: &'a Rules,
        now: Timestamp,
        history: Option<&HistoryTx<'_>>,
        cache: &'a mut ZoneCache,
    ) -> Result<Self, LedgerError> {
        let zone = &rules.schedule.hours.zone;
        let day = day_of(now, zone);
        let counted = history.filter(|_| rules.schedule.caps.depends_on_contacts());
        let spent = counted
            .map(|history| history.spent(&day, zone))
            .transpose()?
            .unwrap_or_default();
        Ok(Self {
            rules,
            now,
            day,
            spent,
            cache,
            verdicts: HashMap::new(),
            held: BlockedUntil::default(),
        })
    }

    /// Returns how a row counts if it may be sent now; `None` if it may not. The caller passes it to [`Self::count`] if
    /// the row is sent.
    pub(super) fn admit(
        &mut self,
        row: &PendingRecord,
        recipient: Option<&Recipient>,
        history: Option<&HistoryTx<'_>>,
    ) -> Result<Option<Admitted>, LedgerError> {
        let caps = &self.rules.schedule.caps;
        let asked = recipient
            .zip(history)
            .filter(|_| caps.depends_on_new_recipients());
        let known = asked
            .map(|(recipient, history)| history.knows(&recipient.person()))
            .transpose()?;
        let kind = if known == Some(false) {
            RecipientKind::New
        } else {
            RecipientKind::Known
        };
        let zones = self
            .cache
            .zones(self.rules, &row.recipient, row.zone.as_deref());
        let verdict = self.verdict(&zones, kind);
        self.held.add(verdict);
        match verdict {
            Verdict::Now => Ok(Some(Admitted { zones, kind })),
            Verdict::NotBefore(..) | Verdict::Over(_) => Ok(None),
        }
    }

    /// Counts a row as sent.
    pub(super) fn count(&mut self, kind: RecipientKind) {
        self.spent.add(1, kind, self.day.date);
        if self.rules.schedule.caps.depends_on_contacts() {
            self.verdicts.clear();
        }
    }

    /// Takes what holds back the rows that were not admitted since the last call.
    pub(super) fn take_held(&mut self) -> BlockedUntil {
        std::mem::take(&mut self.held)
    }

    fn verdict(&mut self, zones: &Zones, kind: RecipientKind) -> Verdict {
        let key = zones.key();
        if let Some(known) = self
            .cache
            .never
            .get(&key)
            .or_else(|| self.verdicts.get(&(key, kind)))
        {
            return *known;
        }
        let recipient = RecipientTraits {
            zones: zones.as_slice(),
            kind,
        };
        let verdict = self
            .rules
            .schedule
            .verdict(self.now, &self.spent, recipient);
        match verdict {
            Verdict::Over(BlockReason::Never(_)) => self.cache.never.insert(key, verdict),
            Verdict::Now | Verdict::NotBefore(..) | Verdict::Over(_) => {
                self.verdicts.insert((key, kind), verdict)
            }
        };
        verdict
    }
}

/// Pending rows to which the same rules apply.
#[derive(Debug, Clone)]
pub struct PendingGroup {
    /// The zones in which the sending hours must hold for them.
    pub zones: Zones,
    /// Whether the instance has written to their recipients before. Where no limit depends on it, all count as known.
    pub kind: RecipientKind,
    /// How many they are.
    pub rows: u64,
}

impl Ledger {
    /// Counts the pending rows of an instance by the rules that apply to them, in the order in which the groups first
    /// occur.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn pending_groups(
        &self,
        instance: usize,
        rules: &Rules,
    ) -> Result<Vec<PendingGroup>, LedgerError> {
        let mut cache = ZoneCache::default();
        let mut groups: Vec<PendingGroup> = Vec::new();
        let mut places = HashMap::new();
        for row in self.pending_rows(instance)? {
            let row = row?;
            let zones = cache.zones(rules, &row.recipient, row.zone.as_deref());
            let kind = self.kind_of(instance, rules, &row)?;
            let place = *places.entry((zones.key(), kind)).or_insert(groups.len());
            if place == groups.len() {
                let rows = 0;
                groups.push(PendingGroup { zones, kind, rows });
            }
            groups[place].rows += 1;
        }
        Ok(groups)
    }

    /// Returns the first pending message of an instance. If a `group` is given, only its rows count.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read, or is damaged.
    pub fn first_pending_in(
        &self,
        instance: usize,
        group: Option<(&Rules, &PendingGroup)>,
    ) -> Result<Option<Message>, LedgerError> {
        let mut cache = ZoneCache::default();
        for row in self.pending_rows(instance)? {
            let row = row?;
            if let Some((rules, group)) = group {
                let zones = cache.zones(rules, &row.recipient, row.zone.as_deref());
                if zones.as_slice() != group.zones.as_slice()
                    || self.kind_of(instance, rules, &row)? != group.kind
                {
                    continue;
                }
            }
            let message = first_message(row);
            return message
                .map(Some)
                .map_err(|error| explain(&self.path, &error));
        }
        Ok(None)
    }

    fn kind_of(
        &self,
        instance: usize,
        rules: &Rules,
        row: &PendingRecord,
    ) -> Result<RecipientKind, LedgerError> {
        let history = self.send_history(instance);
        let asked = history.filter(|_| rules.schedule.caps.depends_on_new_recipients());
        let known = asked
            .map(|history| history.knows(&row.person))
            .transpose()?;
        Ok(if known == Some(false) {
            RecipientKind::New
        } else {
            RecipientKind::Known
        })
    }
}

/// Returns the digits of a personal chat id or a phone; `None` for any other chat.
fn digits(recipient: &str) -> Option<&str> {
    match recipient.split_once('@') {
        None | Some((_, "c.us")) => recipient.split('@').next(),
        Some(_) => None,
    }
}
