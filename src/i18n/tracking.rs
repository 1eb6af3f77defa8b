//! Messages about the delivery of accepted contacts and the runs of a campaign.

use super::Language;

/// The sentences about delivery and runs in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tracking(pub Language);

impl Tracking {
    /// Contacts that the service's journal may show later; it must show them after `time`.
    #[must_use]
    pub fn late(self, cards: u64, time: &str) -> String {
        match self.0 {
            Language::En => format!(
                "Contacts without data yet: {cards}. The service's journal may be two minutes late; it must show them after {time}."
            ),
            Language::Ru => format!(
                "Контакты, о которых ещё нет данных: {cards}. Журнал сервиса может отставать на две минуты; они должны быть видны в нём после {time}."
            ),
        }
    }

    /// Contacts that the service has no record of, although it should.
    #[must_use]
    pub fn unheard(self, cards: u64) -> String {
        match self.0 {
            Language::En => format!(
                "Contacts that the service has no record of: {cards}. The service drops an unsent message from its queue after 24 hours, and an old message from its journal; check the phone of the instance."
            ),
            Language::Ru => format!(
                "Контакты, о которых у сервиса нет записей: {cards}. Сервис убирает неотправленное сообщение из очереди через 24 часа, а старое — из журнала; проверьте на телефоне инстанса."
            ),
        }
    }

    /// Accepted rows that have no idMessage.
    #[must_use]
    pub fn without_id(self, cards: u64) -> String {
        match self.0 {
            Language::En => format!(
                "Contacts without an idMessage, because they were marked as sent by hand: {cards}. Their delivery cannot be checked."
            ),
            Language::Ru => format!(
                "Контакты без idMessage, отмеченные отправленными вручную: {cards}. Проверить их доставку нельзя."
            ),
        }
    }

    /// The instance is restricted.
    #[must_use]
    pub const fn restricted(self) -> &'static str {
        match self.0 {
            Language::En => {
                "The instance is restricted (yellowCard): WhatsApp holds back some or all of its messages after complaints or after mailing to people who never wrote to it. Stop sending, let the number rest for a few days, and check its state in the console."
            }
            Language::Ru => {
                "Инстанс ограничен (yellowCard): после рассылки тем, кто сам не писал, или после жалоб WhatsApp задерживает часть его сообщений или все. Остановите рассылку, дайте номеру отдохнуть несколько дней и следите за его статусом в личном кабинете."
            }
        }
    }

    /// Contacts held back because the sender is restricted.
    #[must_use]
    pub fn held_back(self, cards: u64) -> String {
        match self.0 {
            Language::En => format!(
                "Contacts held back because WhatsApp restricts this number (yellowCard): {cards}. The service keeps them for 24 hours at most; check before you send them again."
            ),
            Language::Ru => format!(
                "Контакты задержаны, потому что WhatsApp ограничил этот номер (yellowCard): {cards}. Сервис хранит их не дольше 24 часов; не отправляйте их снова, не проверив."
            ),
        }
    }

    /// How many accepted contacts have no final delivery status, of how many.
    #[must_use]
    pub fn unsettled(self, cards: u64, accepted: u64) -> String {
        match self.0 {
            Language::En => format!(
                "Not final yet: {cards} of {accepted} accepted contacts. A contact sent to the instance's own number never gets past sent. To check again until they are:"
            ),
            Language::Ru => format!(
                "Ещё в пути: {cards} из {accepted} принятых контактов. Контакт на собственный номер инстанса навсегда остаётся sent. Проверять, пока не станет ясно:"
            ),
        }
    }

    /// The delivery of every accepted contact that can be checked is final.
    #[must_use]
    pub fn settled(self, accepted: u64) -> String {
        match self.0 {
            Language::En => {
                format!("The delivery status of all accepted contacts is final ({accepted}).")
            }
            Language::Ru => {
                format!(
                    "Окончательный статус доставки известен у всех принятых контактов ({accepted})."
                )
            }
        }
    }

    /// What to do with what is known now.
    #[must_use]
    pub const fn report(self) -> &'static str {
        match self.0 {
            Language::En => "To write the results again:",
            Language::Ru => "Записать результаты заново:",
        }
    }

    /// Why not everything could be checked; `words` are the service's or the network's.
    #[must_use]
    pub fn trouble(self, words: &str) -> String {
        match self.0 {
            Language::En => format!("Not all contacts could be checked: {words}."),
            Language::Ru => format!("Ответ получен не по всем контактам: {words}."),
        }
    }

    /// How many contacts have a final delivery status, of how many.
    #[must_use]
    pub fn progress(self, settled: u64, of: u64) -> String {
        match self.0 {
            Language::En => format!("delivery is final for {settled} of {of} contacts"),
            Language::Ru => format!("окончательный статус у {settled} из {of} контактов"),
        }
    }

    /// Seconds until the next check.
    #[must_use]
    pub fn next_look(self, seconds: u64) -> String {
        match self.0 {
            Language::En => format!("next check in {seconds} s"),
            Language::Ru => format!("следующая проверка через {seconds} с"),
        }
    }

    /// The label for accepted contacts without delivery data.
    #[must_use]
    pub const fn not_known(self) -> &'static str {
        match self.0 {
            Language::En => "no data",
            Language::Ru => "нет данных",
        }
    }

    /// The headings of the table of runs: number, begin, duration, command, rate, exit code, contacts
    /// accepted in the run, contacts left.
    #[must_use]
    pub const fn headings(self) -> [&'static str; 8] {
        match self.0 {
            Language::En => [
                "run", "began", "took", "command", "rate", "exit", "accepted", "left",
            ],
            Language::Ru => [
                "№",
                "начало",
                "заняло",
                "команда",
                "темп",
                "код",
                "принято",
                "осталось",
            ],
        }
    }

    /// By whose clocks the runs are shown.
    #[must_use]
    pub fn zone(self, zone: &str) -> String {
        match self.0 {
            Language::En => format!("Times are those of {zone}."),
            Language::Ru => format!("Время указано по поясу {zone}."),
        }
    }

    /// The exit of a run that has no end.
    #[must_use]
    pub const fn no_end(self) -> &'static str {
        match self.0 {
            Language::En => "not ended",
            Language::Ru => "не окончен",
        }
    }

    /// What a run without an end is.
    #[must_use]
    pub const fn no_end_means(self) -> &'static str {
        match self.0 {
            Language::En => "A run that has not ended was cut off, or is still in progress.",
            Language::Ru => "Неоконченный запуск прерван или ещё идёт.",
        }
    }

    /// The ledger records no run.
    #[must_use]
    pub const fn no_runs(self) -> &'static str {
        match self.0 {
            Language::En => {
                "No runs are recorded: the ledger is older than this feature, or there were no runs."
            }
            Language::Ru => {
                "Записей о запусках нет: реестр создан до того, как они появились, или запусков не было."
            }
        }
    }
}
