//! What is said of the delivery of accepted cards, and of the runs of a campaign.

use super::Language;

/// The sentences about delivery and runs in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tracking(pub Language);

impl Tracking {
    /// Cards that the service's journal may show later; `time` is when it must show them.
    #[must_use]
    pub fn late(self, cards: u64, time: &str) -> String {
        match self.0 {
            Language::En => format!(
                "Cards that are not known yet: {cards}. The service's journal may be two minutes late; it must show them after {time}."
            ),
            Language::Ru => format!(
                "Ещё ничего не известно о карточках: {cards}. Журнал сервиса может отставать на две минуты; они должны быть видны в нём после {time}."
            ),
        }
    }

    /// Cards of which the service knows nothing although it should.
    #[must_use]
    pub fn unheard(self, cards: u64) -> String {
        match self.0 {
            Language::En => format!(
                "Cards of which the service knows nothing: {cards}. A message leaves its queue unsent after 24 hours, and its journal when it is old; look on the phone of the instance."
            ),
            Language::Ru => format!(
                "Сервис ничего не знает о карточках: {cards}. Через 24 часа неотправленное сообщение выпадает из очереди, а старое – из журнала; посмотрите на телефоне инстанса."
            ),
        }
    }

    /// Accepted rows that have no idMessage.
    #[must_use]
    pub fn without_id(self, cards: u64) -> String {
        match self.0 {
            Language::En => format!(
                "Cards without an idMessage, because a person counted them as sent: {cards}. Nothing can be asked about them."
            ),
            Language::Ru => format!(
                "Карточки без idMessage, которые счёл отправленными человек: {cards}. Спросить о них нельзя."
            ),
        }
    }

    /// The instance is restricted.
    #[must_use]
    pub const fn restricted(self) -> &'static str {
        match self.0 {
            Language::En => {
                "The instance is restricted (yellowCard): WhatsApp holds back a part of what it sends, or all of it, after mailing to people who never wrote to it or who complained. Stop sending, let the number rest for a few days, and look at its state in the console."
            }
            Language::Ru => {
                "Инстанс ограничен (yellowCard): после рассылки тем, кто сам не писал, или после жалоб WhatsApp задерживает часть его сообщений или все. Остановите рассылку, дайте номеру отдохнуть несколько дней и следите за его статусом в личном кабинете."
            }
        }
    }

    /// Cards that are held back because the sender is restricted.
    #[must_use]
    pub fn held_back(self, cards: u64) -> String {
        match self.0 {
            Language::En => format!(
                "Cards held back because WhatsApp restricts this number (yellowCard): {cards}. The service keeps them for 24 hours at most; do not send them again before you have looked."
            ),
            Language::Ru => format!(
                "Задержаны карточки, потому что WhatsApp ограничил этот номер (yellowCard): {cards}. Сервис хранит их не дольше 24 часов; не отправляйте их снова, не проверив."
            ),
        }
    }

    /// How many accepted cards are not settled, of how many.
    #[must_use]
    pub fn unsettled(self, cards: u64, accepted: u64) -> String {
        match self.0 {
            Language::En => format!(
                "Not settled: {cards} of {accepted} accepted cards. Run sendcontact track again later, or with --watch; a card to the instance's own number stays sent for ever."
            ),
            Language::Ru => format!(
                "Судьба ещё не решена: {cards} из {accepted} принятых карточек. Запустите sendcontact track позже или с --watch; карточка на собственный номер инстанса навсегда остаётся sent."
            ),
        }
    }

    /// All accepted cards that can be asked about are settled.
    #[must_use]
    pub fn settled(self, accepted: u64) -> String {
        match self.0 {
            Language::En => format!("All accepted cards are settled ({accepted})."),
            Language::Ru => format!("Судьба всех принятых карточек решена ({accepted})."),
        }
    }

    /// What to do with what is known now.
    #[must_use]
    pub const fn report(self) -> &'static str {
        match self.0 {
            Language::En => "sendcontact report writes the results anew.",
            Language::Ru => "sendcontact report запишет результаты заново.",
        }
    }

    /// Why not everything could be asked; `words` are the service's or the network's.
    #[must_use]
    pub fn trouble(self, words: &str) -> String {
        match self.0 {
            Language::En => format!("Not everything could be asked: {words}."),
            Language::Ru => format!("Удалось спросить не обо всём: {words}."),
        }
    }

    /// How many cards are settled, of how many.
    #[must_use]
    pub fn progress(self, settled: u64, of: u64) -> String {
        match self.0 {
            Language::En => format!("{settled} of {of} cards settled"),
            Language::Ru => format!("решена судьба {settled} из {of} карточек"),
        }
    }

    /// In how many seconds the service is asked again.
    #[must_use]
    pub fn next_look(self, seconds: u64) -> String {
        match self.0 {
            Language::En => format!("next look in {seconds} s"),
            Language::Ru => format!("следующий опрос через {seconds} с"),
        }
    }

    /// How accepted cards are called of which nothing is known.
    #[must_use]
    pub const fn not_known(self) -> &'static str {
        match self.0 {
            Language::En => "not known",
            Language::Ru => "неизвестно",
        }
    }

    /// The headings of the table of runs: number, begin, duration, command, rate, exit code, cards
    /// accepted in the run, cards left.
    #[must_use]
    pub const fn headings(self) -> [&'static str; 8] {
        match self.0 {
            Language::En => ["run", "began", "took", "command", "rate", "exit", "accepted", "left"],
            Language::Ru => ["№", "начало", "длился", "команда", "темп", "код", "принято", "осталось"],
        }
    }

    /// The exit of a run that has no end.
    #[must_use]
    pub const fn no_end(self) -> &'static str {
        match self.0 {
            Language::En => "no end",
            Language::Ru => "не окончен",
        }
    }

    /// What a run without an end is.
    #[must_use]
    pub const fn no_end_means(self) -> &'static str {
        match self.0 {
            Language::En => "A run without an end was cut off, or is still under way.",
            Language::Ru => "Запуск без конца прерван или ещё идёт.",
        }
    }

    /// The ledger knows of no run.
    #[must_use]
    pub const fn no_runs(self) -> &'static str {
        match self.0 {
            Language::En => "No run is on record: the ledger is older than that, or nothing was run.",
            Language::Ru => "Записей о запусках нет: реестр кампании старше них, или запусков не было.",
        }
    }
}
