//! What `track` says.

use crate::i18n::{count, messages};

messages! {
    /// What was found, and what to do about it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum TrackMessage {
        Trouble { words: String } =
            en "Not all contacts could be checked: {words}.",
            ru "Ответ получен не по всем контактам: {words}.",
        Restricted =
            en "The instance is restricted (yellowCard): WhatsApp holds back some or all of its messages \
                after complaints or after mailing to people who never wrote to it. Stop sending, let the \
                number rest for a few days, and check its state in the console.",
            ru "Инстанс ограничен (yellowCard): после рассылки тем, кто сам не писал, или после жалоб \
                WhatsApp задерживает часть его сообщений или все. Остановите рассылку, дайте номеру \
                отдохнуть несколько дней и следите за его статусом в личном кабинете.",
        Late { contacts: u64, time: String } =
            en "Contacts without data yet: {contacts}. The service's journal may be two minutes late; it \
                must show them after {time}.",
            ru "Контакты, о которых ещё нет данных: {contacts}. Журнал сервиса может отставать на две \
                минуты; они должны быть видны в нём после {time}.",
        Unheard { contacts: u64 } =
            en "Contacts that the service has no record of: {contacts}. The service drops an unsent message \
                from its queue after 24 hours, and an old message from its journal; check the phone of the \
                instance.",
            ru "Контакты, о которых у сервиса нет записей: {contacts}. Сервис убирает неотправленное \
                сообщение из очереди через 24 часа, а старое — из журнала; проверьте на телефоне инстанса.",
        HeldBack { contacts: u64 } =
            en "Contacts held back because WhatsApp restricts this number (yellowCard): {contacts}. The \
                service keeps them for 24 hours at most; check before you send them again.",
            ru "Контакты задержаны, потому что WhatsApp ограничил этот номер (yellowCard): {contacts}. \
                Сервис хранит их не дольше 24 часов; не отправляйте их снова, не проверив.",
        WithoutId { contacts: u64 } =
            en "Contacts without an idMessage, because they were marked as sent by hand: {contacts}. Their \
                delivery cannot be checked.",
            ru "Контакты без idMessage, отмеченные отправленными вручную: {contacts}. Проверить их доставку \
                нельзя.",
        Settled { accepted: u64 } =
            en "The delivery status of all accepted contacts is final ({accepted}).",
            ru "Окончательный статус доставки известен у всех принятых контактов ({accepted}).",
        Unsettled { contacts: u64, accepted: u64 } =
            en "Not final yet: {contacts} of {accepted} accepted contacts. A contact sent to the instance's \
                own number never gets past sent. To keep checking:",
            ru "Окончательного статуса ещё нет: {contacts} из {accepted}. Контакт на собственный номер инстанса \
                навсегда остаётся sent. Проверять дальше:"
                [accepted = count::ru(*accepted, "принятого контакта", "принятых контактов", "принятых контактов")],
        Report =
            en "To write the results again:",
            ru "Записать результаты заново:",
    }
}

messages! {
    /// Who did not get their contact, and how to list them.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum NotDelivered {
        NoAccount { contacts: u64 } =
            en "{contacts} not delivered: the number has no WhatsApp (noAccount)."
                [contacts = count::en(*contacts, "accepted contact was", "accepted contacts were")],
            ru "{contacts}: на номере нет WhatsApp (noAccount)." [contacts = undelivered(*contacts)],
        NotInGroup { contacts: u64 } =
            en "{contacts} not delivered: the sender is not in the group (notInGroup)."
                [contacts = count::en(*contacts, "accepted contact was", "accepted contacts were")],
            ru "{contacts}: отправителя нет в группе (notInGroup)." [contacts = undelivered(*contacts)],
        Failed { contacts: u64 } =
            en "{contacts} not delivered: WhatsApp refused or lost the message (failed)."
                [contacts = count::en(*contacts, "accepted contact was", "accepted contacts were")],
            ru "{contacts}: WhatsApp не смог доставить сообщение (failed)." [contacts = undelivered(*contacts)],
        List =
            en "To list them:",
            ru "Кто не получил:",
    }
}

fn undelivered(contacts: u64) -> String {
    count::ru(
        contacts,
        "принятый контакт не доставлен",
        "принятых контакта не доставлено",
        "принятых контактов не доставлено",
    )
}
