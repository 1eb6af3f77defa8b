//! Messages about hours, days and caps.

use std::time::Duration;

use jiff::{
    SignedDuration,
    civil::{Date, DateTime},
};

use super::Language;

/// The text is not a window.
#[must_use]
pub fn window_shape(language: Language, text: &str) -> String {
    match language {
        Language::En => {
            format!(
                "\"{text}\" is not a valid time range: use 10:00-19:00, or 22:00-02:00 over midnight"
            )
        }
        Language::Ru => {
            format!(
                "«{text}» — не промежуток времени: напишите 10:00-19:00, а через полночь 22:00-02:00"
            )
        }
    }
}

/// The window is empty.
#[must_use]
pub fn window_empty(language: Language, text: &str) -> String {
    match language {
        Language::En => {
            format!(
                "the start and the end of {text} are the same: write 00:00-24:00 for the whole day"
            )
        }
        Language::Ru => {
            format!("начало и конец {text} совпадают: для целых суток напишите 00:00-24:00")
        }
    }
}

/// A word is not a day of the week.
#[must_use]
pub fn days_wrong(language: Language, word: &str) -> String {
    match language {
        Language::En => {
            format!("\"{word}\" is not a day of the week: write mon-fri, or mon,wed,sat-sun")
        }
        Language::Ru => format!("«{word}» — не день недели: напишите пн-пт или пн,ср,сб-вс"),
    }
}

/// A line of the holiday file is not a date.
#[must_use]
pub fn holiday_shape(language: Language, line: usize, text: &str) -> String {
    match language {
        Language::En => format!(
            "line {line}: \"{text}\" is not a holiday: write 2026-12-31, 31.12.2026, 2026-12-31..2027-01-08, or *-12-25 for every year; # begins a comment"
        ),
        Language::Ru => format!(
            "строка {line}: «{text}» — не праздник: напишите 2026-12-31, 31.12.2026, 2026-12-31..2027-01-08 или *-12-25 для каждого года; примечание начинается с #"
        ),
    }
}

/// A range of holidays ends before it begins.
#[must_use]
pub fn holiday_reversed(language: Language, line: usize, text: &str) -> String {
    match language {
        Language::En => {
            format!("line {line}: \"{text}\" ends before it begins: write the earlier date first")
        }
        Language::Ru => {
            format!("строка {line}: «{text}» кончается раньше, чем начинается: сначала ранняя дата")
        }
    }
}

/// The text is not the end of a run.
#[must_use]
pub fn end_shape(language: Language, text: &str) -> String {
    match language {
        Language::En => format!(
            "\"{text}\" is not a time: write 18:00, 2026-11-24 18:00, or 3h for three hours after the run starts"
        ),
        Language::Ru => format!(
            "«{text}» — не время: напишите 18:00, 24.11.2026 18:00 или 3h (три часа от начала отправки)"
        ),
    }
}

/// The text is not a date and time.
#[must_use]
pub fn moment_shape(language: Language, text: &str) -> String {
    match language {
        Language::En => format!(
            "\"{text}\" is not a date and time: write 2026-11-24 10:00, 10:00 for the next 10:00, or 2026-11-24T10:00[Europe/Moscow]"
        ),
        Language::Ru => format!(
            "«{text}» — не дата и время: напишите 24.11.2026 10:00, просто 10:00 (ближайшие) или 2026-11-24T10:00[Europe/Moscow]"
        ),
    }
}

/// The clocks go forward and skip this time.
#[must_use]
pub fn moment_skipped(language: Language, text: &str, zone: &str, behind: DateTime) -> String {
    let behind = behind.strftime("%H:%M");
    match language {
        Language::En => format!(
            "{text} does not exist in {zone}: the clocks go forward and skip it; write {behind} or a later time"
        ),
        Language::Ru => format!(
            "времени {text} нет в поясе {zone}: часы переводят вперёд, и оно пропускается; напишите {behind} или позже"
        ),
    }
}

/// The clocks show this time twice.
#[must_use]
pub fn moment_twice(language: Language, local: DateTime, zone: &str) -> String {
    let local = moment(language, local, zone);
    match language {
        Language::En => {
            format!("{local} occurs twice, because the clocks go back: the first is used")
        }
        Language::Ru => {
            format!("{local} наступает дважды, потому что часы переводят назад: взято первое")
        }
    }
}

/// The offset is not that of the zone.
#[must_use]
pub fn moment_offset(language: Language, text: &str) -> String {
    match language {
        Language::En => {
            format!(
                "\"{text}\": the zone has another offset at that time: remove the zone or the offset"
            )
        }
        Language::Ru => {
            format!("«{text}»: у пояса в это время другая разница с UTC: уберите пояс или разницу")
        }
    }
}

/// The text is not a choice for a late run.
#[must_use]
pub fn late_wrong(language: Language, text: &str) -> String {
    match language {
        Language::En => format!("\"{text}\" is not valid for --if-late: write run, skip or ask"),
        Language::Ru => format!("«{text}» не подходит для --if-late: напишите run, skip или ask"),
    }
}

/// A part of the text is not a warm-up step.
#[must_use]
pub fn warm_up_wrong(language: Language, text: &str) -> String {
    match language {
        Language::En => format!(
            "\"{text}\" is not a step of a warm-up: write 20x10 for 20 new recipients a day in the first 10 days, or several steps: 20x10,50x5"
        ),
        Language::Ru => format!(
            "«{text}» — не шаг прогрева: 20x10 значит 20 новых получателей в день первые 10 дней, можно 20x10,50x5"
        ),
    }
}

/// The text is not a spacing.
#[must_use]
pub fn spacing_shape(language: Language, text: &str) -> String {
    match language {
        Language::En => {
            format!(
                "\"{text}\" is not a time between two contacts: write 8s..20s, or 10s; the longest is a day"
            )
        }
        Language::Ru => {
            format!(
                "«{text}» — не время между контактами: напишите 8s..20s или 10s; самое долгое — сутки"
            )
        }
    }
}

/// The shortest time is longer than the longest.
#[must_use]
pub fn spacing_reversed(language: Language, text: &str) -> String {
    match language {
        Language::En => {
            format!("in \"{text}\" the first time is longer than the second: swap them")
        }
        Language::Ru => {
            format!("в «{text}» первое время больше второго: поменяйте их местами")
        }
    }
}

/// The time of day blocks a contact.
#[must_use]
pub fn outside_window(language: Language, windows: &str) -> String {
    match language {
        Language::En => format!("outside sending hours ({windows})"),
        Language::Ru => format!("сейчас не время отправки ({windows})"),
    }
}

/// The day of the week blocks a contact.
#[must_use]
pub fn outside_days(language: Language, days: &str) -> String {
    match language {
        Language::En => format!("outside sending days ({days})"),
        Language::Ru => format!("сегодня не день отправки ({days})"),
    }
}

/// The recipient's local time blocks a contact.
#[must_use]
pub fn outside_theirs(language: Language, windows: &str) -> String {
    match (language, windows) {
        (Language::En, "") => "outside sending days where the recipient lives".to_owned(),
        (Language::En, windows) => {
            format!("outside sending hours where the recipient lives ({windows})")
        }
        (Language::Ru, "") => "у получателя сейчас не день отправки".to_owned(),
        (Language::Ru, windows) => format!("у получателя сейчас не время отправки ({windows})"),
    }
}

/// A holiday blocks a contact.
#[must_use]
pub fn on_holiday(language: Language, date: Date) -> String {
    let date = day(language, date);
    match language {
        Language::En => format!("{date} is a holiday"),
        Language::Ru => format!("{date} — праздник"),
    }
}

/// The daily cap blocks a contact.
#[must_use]
pub fn daily_cap(language: Language, cap: u64) -> String {
    match language {
        Language::En => format!("the daily cap is reached (contacts a day: {cap})"),
        Language::Ru => format!("дневной лимит исчерпан (контактов в день: {cap})"),
    }
}

/// The cap on new recipients blocks a contact.
#[must_use]
pub fn new_recipients(language: Language, cap: u64) -> String {
    match language {
        Language::En => {
            format!("the cap on new recipients is reached (new recipients a day: {cap})")
        }
        Language::Ru => format!("лимит новых получателей исчерпан (новых в день: {cap})"),
    }
}

/// The warm-up blocks a contact.
#[must_use]
pub fn warm_up(language: Language, cap: u64, day: u32) -> String {
    match language {
        Language::En => {
            format!("the number is warming up (day {day}, new recipients a day: {cap})")
        }
        Language::Ru => {
            format!("номер прогревается (день {day}-й, новых получателей в день: {cap})")
        }
    }
}

/// The start is in the future.
#[must_use]
pub fn start_ahead(language: Language) -> String {
    match language {
        Language::En => "the start time has not come yet".to_owned(),
        Language::Ru => "время начала ещё не пришло".to_owned(),
    }
}

/// The run ends before the contact can be sent.
#[must_use]
pub fn until_passed(language: Language, until: DateTime, zone: &str) -> String {
    let until = moment(language, until, zone);
    match language {
        Language::En => format!("the run ends at {until}"),
        Language::Ru => format!("отправка идёт до {until}"),
    }
}

/// The longest time of the run leaves no time for a contact.
#[must_use]
pub fn lasted(language: Language, longest: Duration) -> String {
    let longest = SignedDuration::try_from(longest)
        .map_or_else(|_| String::new(), |time| format!("{time:#}"));
    match language {
        Language::En => format!("the run lasts {longest} at most"),
        Language::Ru => {
            let longest = longest
                .replace("ms", " мс")
                .replace('h', " ч")
                .replace('m', " мин")
                .replace('s', " с");
            format!("отправка длится не дольше {longest}")
        }
    }
}

/// No moment is within the hours in all zones.
#[must_use]
pub fn never(language: Language, windows: &str, zones: usize) -> String {
    match (language, zones, windows) {
        (Language::En, _, "") => {
            "the days and holidays leave no day for sending: change them".to_owned()
        }
        (Language::Ru, _, "") => {
            "дни и праздники не оставляют ни одного дня для отправки: измените их".to_owned()
        }
        (Language::En, 0 | 1, windows) => {
            format!("the hours {windows}, days and holidays leave no time for sending: change them")
        }
        (Language::Ru, 0 | 1, windows) => {
            format!(
                "часы {windows}, дни и праздники не оставляют времени для отправки: измените их"
            )
        }
        (Language::En, zones, windows) => format!(
            "the country of this number has {zones} time zones, and no moment is within {windows} in all of them: widen --window, or give each row's zone with --map timeZone=COLUMN"
        ),
        (Language::Ru, zones, windows) => format!(
            "в стране этого номера часовых поясов: {zones}, и нет времени, когда во всех сразу {windows}: расширьте --window или укажите пояс каждой строки через --map timeZone=СТОЛБЕЦ"
        ),
    }
}

/// When a blocked contact is sent.
#[must_use]
pub fn goes_on(language: Language, reason: &str, at: DateTime, zone: &str) -> String {
    let at = moment(language, at, zone);
    match language {
        Language::En => format!("{reason}; resumes at {at}"),
        Language::Ru => format!("{reason}; продолжение {at}"),
    }
}

/// The contact is not sent in this run.
#[must_use]
pub fn over(language: Language, reason: &str) -> String {
    match language {
        Language::En => format!("{reason}; the rest stays pending, run again to continue"),
        Language::Ru => format!(
            "{reason}; остальные контакты остаются в очереди кампании; чтобы продолжить, запустите ещё раз"
        ),
    }
}

/// `2026-11-24 10:00 (Europe/Moscow)`, in Russian `24.11.2026 10:00 (Europe/Moscow)`.
#[must_use]
pub fn moment(language: Language, local: DateTime, zone: &str) -> String {
    let seconds = if local.second() == 0 { "" } else { ":%S" };
    let time = local.strftime(&format!("%H:%M{seconds}")).to_string();
    format!("{} {time} ({zone})", day(language, local.date()))
}

/// `2026-11-24`, in Russian `24.11.2026`.
fn day(language: Language, date: Date) -> String {
    match language {
        Language::En => date.to_string(),
        Language::Ru => date.strftime("%d.%m.%Y").to_string(),
    }
}
