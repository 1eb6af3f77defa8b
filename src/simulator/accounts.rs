//! Who has an account and which lid, according to the script: this is what `checkWhatsapp` finds, and under which chat
//! id queue and journal show a person.

use super::script::Script;
use crate::domain::{ChatId, ChatKind, Phone};

/// The status of a contact to a number without an account.
const NO_ACCOUNT: &str = "noAccount";

/// The result of a check of one chat.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) exists: bool,
    /// The chat id `…@lid` of a person with an account, else empty.
    pub(super) lid: String,
    /// The chat id `…@c.us` of a person with an account, else empty.
    pub(super) number: String,
}

/// Looks up the person of this chat.
pub(super) fn account(script: &Script, chat: &ChatId) -> Account {
    let number = number(script, chat);
    let exists = script
        .statuses
        .get(number.as_str())
        .is_none_or(|status| status != NO_ACCOUNT);
    let text = |chat: Option<ChatId>| chat.filter(|_| exists).map(|chat| chat.to_string());
    Account {
        exists,
        lid: text(lid(script, &number)).unwrap_or_default(),
        number: text(Some(number)).unwrap_or_default(),
    }
}

/// Returns the chat id under which queue and journal show the person, or the group.
pub(super) fn shown(script: &Script, chat: &ChatId) -> ChatId {
    script
        .lid_mode
        .then(|| lid(script, chat))
        .flatten()
        .unwrap_or_else(|| chat.clone())
}

/// Returns the chat of the person's number, if the chat is a lid that belongs to a number; any other chat unchanged.
pub(super) fn number(script: &Script, chat: &ChatId) -> ChatId {
    let own = script.lids.iter().find(|(_, lid)| *lid == chat.as_str());
    let known = own.and_then(|(number, _)| number.parse().ok());
    known
        .or_else(|| number_of_usual(chat))
        .unwrap_or_else(|| chat.clone())
}

/// Returns the lid of this person: that of the script, else the default one if the person has an account.
fn lid(script: &Script, chat: &ChatId) -> Option<ChatId> {
    let own = script.lids.get(chat.as_str());
    let own = own.and_then(|lid| lid.parse().ok());
    let has_none = script.statuses.get(chat.as_str()).map(String::as_str) == Some(NO_ACCOUNT);
    match chat.kind() {
        ChatKind::Personal if has_none => own,
        ChatKind::Personal => own.or_else(|| usual(chat)),
        ChatKind::Lid => Some(chat.clone()),
        ChatKind::Group => None,
    }
}

/// Returns the default lid of a number: 90 and the number in 15 digits.
fn usual(chat: &ChatId) -> Option<ChatId> {
    format!("90{:0>15}@lid", chat.personal_digits()?)
        .parse()
        .ok()
}

fn number_of_usual(lid: &ChatId) -> Option<ChatId> {
    let digits = lid.as_str().strip_suffix("@lid")?.strip_prefix("90")?;
    let phone = Phone::from_digits(digits.trim_start_matches('0')).ok()?;
    (digits.len() == 15).then(|| ChatId::of_phone(phone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_found_by_number_and_by_lid() {
        let script = r#"{"statuses":{"79000000001@c.us":"noAccount","79000000002@c.us":"noAccount"},
            "lids":{"79000000002@c.us":"120650379300962@lid","79000000003@c.us":"120650379300963@lid"}}"#;
        let script: Script = serde_json::from_str(script).unwrap();
        let in_lid_mode = Script {
            lid_mode: true,
            ..script.clone()
        };
        for (chat, lid, number, in_journal) in [
            ("79000000001@c.us", "", "", "79000000001@c.us"),
            ("79000000002@c.us", "", "", "120650379300962@lid"),
            (
                "79000000003@c.us",
                "120650379300963@lid",
                "79000000003@c.us",
                "120650379300963@lid",
            ),
            (
                "120650379300963@lid",
                "120650379300963@lid",
                "79000000003@c.us",
                "120650379300963@lid",
            ),
            (
                "79000000004@c.us",
                "90000079000000004@lid",
                "79000000004@c.us",
                "90000079000000004@lid",
            ),
            (
                "90000079000000004@lid",
                "90000079000000004@lid",
                "79000000004@c.us",
                "90000079000000004@lid",
            ),
            (
                "120363043968066561@g.us",
                "",
                "120363043968066561@g.us",
                "120363043968066561@g.us",
            ),
        ] {
            let id: ChatId = chat.parse().unwrap();
            let found = account(&script, &id);
            assert_eq!(
                (found.lid.as_str(), found.number.as_str()),
                (lid, number),
                "{chat}"
            );
            assert_eq!(found.exists, !number.is_empty(), "{chat}");
            assert_eq!(shown(&script, &id), id);
            assert_eq!(shown(&in_lid_mode, &id).as_str(), in_journal, "{chat}");
        }
    }
}
