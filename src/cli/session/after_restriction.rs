//! What a recent restriction of the number means for a run: a line of the plan, and a warm-up.

use jiff::{SignedDuration, Timestamp};

use crate::{
    cli::{options::forecast::shown_moment, session::assignment::SendingInstance},
    i18n::{Language, messages},
    ledger::{Ledger, LedgerError, PastRestriction},
    send_policy::{WarmUp, Zone},
};

/// A restriction that ended longer ago no longer matters.
const RECENT: SignedDuration = SignedDuration::from_hours(30 * 24);

messages! {
    /// What the plan says about the last restriction.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum RestrictionNote {
        Over { from: String, to: String } =
            en "WhatsApp restricted this number (noticed {from}, over {to}). The service advises to let the number rest, to \
                send slowly, and to few new recipients.",
            ru "WhatsApp ограничивал этот номер (замечено {from}, снято {to}). Сервис советует дать номеру отдохнуть, \
                отправлять медленно и немногим новым получателям.",
        Lasts { from: String, to: String } =
            en "WhatsApp restricts this number until {to} (noticed {from}). The service advises to let the number rest, to send \
                slowly, and to few new recipients.",
            ru "WhatsApp ограничил этот номер до {to} (замечено {from}). Сервис советует дать номеру отдохнуть, отправлять \
                медленно и немногим новым получателям.",
        Open { from: String } =
            en "WhatsApp restricted this number (noticed {from}), and it is not known whether that is over. The service \
                advises to let the number rest, to send slowly, and to few new recipients.",
            ru "WhatsApp ограничил этот номер (замечено {from}), и снято ли ограничение, неизвестно. Сервис советует дать \
                номеру отдохнуть, отправлять медленно и немногим новым получателям.",
        WarmUp { steps: String } =
            en "This run therefore keeps a warm-up of {steps}, counted from the end of the restriction; --warm-up=off \
                switches it off.",
            ru "Поэтому в этом запуске действует прогрев {steps}, считая от снятия ограничения; отключить: --warm-up=off.",
    }
}

/// Gives each instance that was restricted recently the default warm-up, unless the user has set or disabled one. A
/// settings file that is not trusted can only make it stricter.
/// Returns notes for the plan.
///
/// # Errors
/// [`LedgerError`] when a send history cannot be read.
pub(crate) fn apply(
    instances: &mut [SendingInstance<'_>],
    ledger: &Ledger,
    language: Language,
) -> Result<Vec<String>, LedgerError> {
    let mut notes = Vec::new();
    let several = instances.len();
    for (index, instance) in instances.iter_mut().enumerate() {
        let now = instance.client.clock().now();
        let last = match ledger.send_history(index) {
            Some(history) => history.restrictions()?.into_iter().next(),
            None => None,
        };
        let Some(last) = last.filter(|last| is_recent(last, now)) else {
            continue;
        };
        let zone = instance.zone();
        let mut note = restriction_note(&last, now, |at| shown_moment(&zone, at, language))
            .localized(language);
        let end = last.until.unwrap_or(now);
        let policy = &instance.arguments.policy;
        let is_decided = policy.warm_up.is_some() && !policy.is_warm_up_untrusted;
        if !is_decided && is_warming_up(end, now, &zone) {
            let steps = instance.policy.start_warm_up(end, zone).to_string();
            let warm_up = RestrictionNote::WarmUp { steps };
            note = format!("{note} {}", warm_up.localized(language));
        }
        notes.push(instance.prefix(several) + &note);
    }
    Ok(notes)
}

fn is_recent(last: &PastRestriction, now: Timestamp) -> bool {
    let end = last.until.unwrap_or(now);
    now.duration_since(end) <= RECENT
}

/// Whether the default warm-up still limits anything this long after the end of a restriction.
fn is_warming_up(end: Timestamp, now: Timestamp, zone: &Zone) -> bool {
    let day = |at| zone.local(at).date();
    let days = (day(now) - day(end)).get_days().max(0).unsigned_abs();
    WarmUp::default().allowance(days).is_some()
}

fn restriction_note(
    last: &PastRestriction,
    now: Timestamp,
    shown: impl Fn(Timestamp) -> String,
) -> RestrictionNote {
    let from = shown(last.began);
    match last.until {
        Some(until) if until <= now => RestrictionNote::Over {
            from,
            to: shown(until),
        },
        Some(until) => RestrictionNote::Lasts {
            from,
            to: shown(until),
        },
        None => RestrictionNote::Open { from },
    }
}
