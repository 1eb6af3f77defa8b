//! Describes what holds a contact back, and when it may be sent.

use jiff::civil::{Date, DateTime};

use crate::i18n::{self, Language, Shown, messages};

messages! {
    /// A part of a sentence about the rules of a run.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum PolicyMessage {
        // Why a contact is held back.
        Window { windows: String } =
            en "outside sending hours ({windows})",
            ru "сейчас не время отправки ({windows})",
        Day { days: String } =
            en "outside sending days ({days})",
            ru "сегодня не день отправки ({days})",
        TheirDay =
            en "outside sending days where the recipient lives",
            ru "у получателя сейчас не день отправки",
        TheirWindow { windows: String } =
            en "outside sending hours where the recipient lives ({windows})",
            ru "у получателя сейчас не время отправки ({windows})",
        Holiday { date: Date } = en "{date} is a holiday", ru "{date} — праздник",
        DailyCap { cap: u64 } =
            en "the daily cap is reached (contacts a day: {cap})",
            ru "дневной лимит исчерпан (контактов в день: {cap})",
        NewRecipients { cap: u64 } =
            en "the cap on new recipients is reached (new recipients a day: {cap})",
            ru "лимит новых получателей исчерпан (новых в день: {cap})",
        WarmUp { cap: u64, day: u32 } =
            en "the number is warming up (day {day}, new recipients a day: {cap})",
            ru "номер прогревается (день {day}-й, новых получателей в день: {cap})",
        Unchecked =
            en "the remaining numbers could not be checked for WhatsApp and are held (--if-unknown hold); to send to them \
                anyway, run again with --if-unknown send",
            ru "проверить, есть ли WhatsApp на остальных номерах, не удалось, и они задержаны (--if-unknown hold); чтобы \
                отправить и им, запустите ещё раз с --if-unknown send",
        Start = en "the start time has not come yet", ru "время начала ещё не пришло",
        Until { at: String } = en "the run ends at {at}", ru "отправка идёт до {at}",
        MaxDuration { longest: String } =
            en "the run lasts {longest} at most",
            ru "отправка длится не дольше {longest}" [longest = in_russian(longest)],
        NoDay =
            en "the days and holidays leave no day for sending: change them",
            ru "дни и праздники не оставляют ни одного дня для отправки: измените их",
        NoTime { windows: String } =
            en "the hours {windows}, days and holidays leave no time for sending: change them",
            ru "часы {windows}, дни и праздники не оставляют времени для отправки: измените их",
        NoTimeInZones { windows: String, zones: usize } =
            en "the country of this number has {zones} time zones, and no moment is within {windows} in all of them: \
                widen --window, or give each row's zone with --map timeZone=COLUMN",
            ru "в стране этого номера часовых поясов: {zones}, и нет времени, когда во всех сразу {windows}: расширьте \
                --window или укажите пояс каждой строки через --map timeZone=СТОЛБЕЦ",

        // When it may be sent.
        GoesOn { reason: Box<Self>, at: String } =
            en "{reason}; resumes at {at}",
            ru "{reason}; продолжение {at}",
        Over { reason: Box<Self> } =
            en "{reason}; the rest stays pending, run again to continue",
            ru "{reason}; остальные контакты остаются в очереди кампании; чтобы продолжить, запустите ещё раз",
        Twice { at: String } =
            en "{at} occurs twice, because the clocks go back: the first is used",
            ru "{at} наступает дважды, потому что часы переводят назад: взято первое",
    }
}

/// Translates a duration: `1h 30m` becomes `1 ч 30 мин`.
fn in_russian(time: &str) -> String {
    time.replace("ms", " мс")
        .replace('h', " ч")
        .replace('m', " мин")
        .replace('s', " с")
}

/// Returns text such as `2026-11-24 10:00 (Europe/Moscow)`, in Russian `24.11.2026 10:00 (Europe/Moscow)`.
#[must_use]
pub fn moment(local: DateTime, zone: &str, language: Language) -> String {
    let seconds = if local.second() == 0 { "" } else { ":%S" };
    let time = local.strftime(&format!("%H:%M{seconds}")).to_string();
    let zone = if zone == "Etc/UTC" { "UTC" } else { zone };
    format!("{} {time} ({zone})", local.date().shown(language))
}

/// Shows a date such as `2026-11-24`, in Russian `24.11.2026`.
impl Shown for Date {
    type As = String;

    fn shown(&self, language: Language) -> String {
        i18n::day(*self, language)
    }
}
