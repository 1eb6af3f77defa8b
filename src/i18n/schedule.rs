//! What a person is told of hours, days and caps.

use std::time::Duration;

use jiff::{
    SignedDuration,
    civil::{Date, DateTime},
};

use super::Language;

/// The text is no window.
#[must_use]
pub fn window_shape(language: Language, text: &str) -> String {
    match language {
        Language::En => format!("\"{text}\" are no hours: write 10:00-19:00, or 22:00-02:00 over midnight"),
        Language::Ru => format!("«{text}» – не часы: напишите 10:00-19:00, а через полночь 22:00-02:00"),
    }
}

/// The window ends when it begins.
#[must_use]
pub fn window_empty(language: Language, text: &str) -> String {
    match language {
        Language::En => format!("the hours {text} end when they begin: write 00:00-24:00 for the whole day"),
        Language::Ru => format!("часы {text} кончаются, не начавшись: для целых суток напишите 00:00-24:00"),
    }
}

/// A word is no day of the week.
#[must_use]
pub fn days_wrong(language: Language, word: &str) -> String {
    match language {
        Language::En => format!("\"{word}\" is no day of the week: write mon-fri, or mon,wed,sat-sun"),
        Language::Ru => format!("«{word}» – не день недели: напишите пн-пт или пн,ср,сб-вс"),
    }
}

/// A line of the holidays' file is no date.
#[must_use]
pub fn holiday_shape(language: Language, line: usize, text: &str) -> String {
    match language {
        Language::En => format!(
            "line {line}: \"{text}\" is no holiday: write 2026-12-31, 31.12.2026, 2026-12-31..2027-01-08, or *-12-25 for every year; a remark begins with #"
        ),
        Language::Ru => format!(
            "строка {line}: «{text}» – не праздник: напишите 2026-12-31, 31.12.2026, 2026-12-31..2027-01-08 или *-12-25 для каждого года; примечание начинается с #"
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

/// The text is no end of a run.
#[must_use]
pub fn end_shape(language: Language, text: &str) -> String {
    match language {
        Language::En => format!(
            "\"{text}\" is no time: write 18:00, 2026-11-24 18:00, or 3h for three hours from the beginning of the run"
        ),
        Language::Ru => format!(
            "«{text}» – не время: напишите 18:00, 24.11.2026 18:00 или 3h – три часа от начала отправки"
        ),
    }
}

/// The text is no date and time.
#[must_use]
pub fn moment_shape(language: Language, text: &str) -> String {
    match language {
        Language::En => format!(
            "\"{text}\" is no date and time: write 2026-11-24 10:00, 10:00 for the next time that it comes, or 2026-11-24T10:00[Europe/Moscow]"
        ),
        Language::Ru => format!(
            "«{text}» – не дата и время: напишите 24.11.2026 10:00, просто 10:00 (ближайшие) или 2026-11-24T10:00[Europe/Moscow]"
        ),
    }
}

/// The clocks are put forward over this time.
#[must_use]
pub fn moment_skipped(language: Language, text: &str, zone: &str, behind: DateTime) -> String {
    let behind = behind.strftime("%H:%M");
    match language {
        Language::En => format!(
            "{text} does not exist in {zone}: the clocks are put forward over it; {behind} comes next, write that or a later time"
        ),
        Language::Ru => format!(
            "времени {text} нет в поясе {zone}: часы переводят вперёд через него; сразу наступает {behind}, напишите его или время позже"
        ),
    }
}

/// The clocks show this time twice.
#[must_use]
pub fn moment_twice(language: Language, local: DateTime, zone: &str) -> String {
    let local = moment(language, local, zone);
    match language {
        Language::En => {
            format!("{local} comes twice, because the clocks are put back: the first one is taken")
        }
        Language::Ru => format!("{local} наступает дважды, потому что часы переводят назад: взято первое"),
    }
}

/// The offset is not that of the zone.
#[must_use]
pub fn moment_offset(language: Language, text: &str) -> String {
    match language {
        Language::En => {
            format!("in \"{text}\" the zone does not have this offset at that time: leave one of the two out")
        }
        Language::Ru => format!("в «{text}» у пояса в это время другая разница с UTC: уберите одно из двух"),
    }
}

/// The text says not what to do with a late run.
#[must_use]
pub fn late_wrong(language: Language, text: &str) -> String {
    match language {
        Language::En => format!("\"{text}\" says not what to do with a late run: write run, skip or ask"),
        Language::Ru => format!("«{text}» не говорит, что делать при опоздании: напишите run, skip или ask"),
    }
}

/// A step of the text is no step of a ramp.
#[must_use]
pub fn warm_up_wrong(language: Language, text: &str) -> String {
    match language {
        Language::En => format!(
            "\"{text}\" is no step of a warm-up: write 20x10 for 20 new recipients a day in the first 10 days, or 20x10,50x5"
        ),
        Language::Ru => format!(
            "«{text}» – не шаг прогрева: 20x10 значит 20 новых получателей в день первые 10 дней, можно 20x10,50x5"
        ),
    }
}

/// The text is no spacing.
#[must_use]
pub fn spacing_shape(language: Language, text: &str) -> String {
    match language {
        Language::En => {
            format!("\"{text}\" is no time between two cards: write 8s..20s, or 10s; a day is the longest")
        }
        Language::Ru => {
            format!("«{text}» – не время между карточками: напишите 8s..20s или 10s; самое долгое – сутки")
        }
    }
}

/// The shortest time is longer than the longest.
#[must_use]
pub fn spacing_reversed(language: Language, text: &str) -> String {
    match language {
        Language::En => format!("in \"{text}\" the shortest time stands behind the longest: turn them round"),
        Language::Ru => {
            format!("в «{text}» самое короткое время стоит после самого долгого: поменяйте их местами")
        }
    }
}

/// The hour of the day holds a card back.
#[must_use]
pub fn outside_window(language: Language, windows: &str) -> String {
    match language {
        Language::En => format!("it is outside the hours {windows}"),
        Language::Ru => format!("сейчас не часы отправки ({windows})"),
    }
}

/// The day of the week holds a card back.
#[must_use]
pub fn outside_days(language: Language, days: &str) -> String {
    match language {
        Language::En => format!("it is none of the days {days}"),
        Language::Ru => format!("сегодня не день отправки ({days})"),
    }
}

/// The clocks of the recipient hold a card back.
#[must_use]
pub fn outside_theirs(language: Language, windows: &str) -> String {
    match (language, windows) {
        (Language::En, "") => "it is no day for sending where the recipient lives".to_owned(),
        (Language::En, windows) => format!("it is no time for sending where the recipient lives ({windows})"),
        (Language::Ru, "") => "у получателя сейчас не день отправки".to_owned(),
        (Language::Ru, windows) => format!("у получателя сейчас не время отправки ({windows})"),
    }
}

/// A holiday holds a card back.
#[must_use]
pub fn on_holiday(language: Language, date: Date) -> String {
    let date = day(language, date);
    match language {
        Language::En => format!("{date} is a holiday"),
        Language::Ru => format!("{date} – праздник"),
    }
}

/// The cap on cards holds a card back.
#[must_use]
pub fn daily_cap(language: Language, cap: u64) -> String {
    match language {
        Language::En => format!("the daily cap is reached (cards a day: {cap})"),
        Language::Ru => format!("дневной предел исчерпан (карточек в день: {cap})"),
    }
}

/// The cap on new recipients holds a card back.
#[must_use]
pub fn new_recipients(language: Language, cap: u64) -> String {
    match language {
        Language::En => format!("the cap on new recipients is reached (new recipients a day: {cap})"),
        Language::Ru => format!("предел новых получателей исчерпан (новых в день: {cap})"),
    }
}

/// The warm-up holds a card back.
#[must_use]
pub fn warm_up(language: Language, cap: u64, day: u32) -> String {
    match language {
        Language::En => format!("the number is warming up (day {day}, new recipients a day: {cap})"),
        Language::Ru => format!("номер прогревается (день {day}-й, новых получателей в день: {cap})"),
    }
}

/// The start lies ahead.
#[must_use]
pub fn start_ahead(language: Language) -> String {
    match language {
        Language::En => "the start lies ahead".to_owned(),
        Language::Ru => "время начала ещё не пришло".to_owned(),
    }
}

/// The end of the run leaves no time for a card.
#[must_use]
pub fn until_passed(language: Language, until: DateTime, zone: &str) -> String {
    let until = moment(language, until, zone);
    match language {
        Language::En => format!("the run ends at {until}"),
        Language::Ru => format!("отправка идёт до {until}"),
    }
}

/// The longest time of the run leaves no time for a card.
#[must_use]
pub fn lasted(language: Language, longest: Duration) -> String {
    let longest =
        SignedDuration::try_from(longest).map_or_else(|_| String::new(), |time| format!("{time:#}"));
    match language {
        Language::En => format!("the run lasts {longest} at most"),
        Language::Ru => format!("отправка длится не дольше {longest}"),
    }
}

/// The hours do not hold in all zones at once.
#[must_use]
pub fn never(language: Language, windows: &str, zones: usize) -> String {
    match (language, zones, windows) {
        (Language::En, _, "") => "the days and holidays leave no day for sending: change them".to_owned(),
        (Language::Ru, _, "") => {
            "дни и праздники не оставляют ни одного дня для отправки: измените их".to_owned()
        }
        (Language::En, 0 | 1, windows) => {
            format!("the hours {windows}, the days and the holidays leave no time for sending: change them")
        }
        (Language::Ru, 0 | 1, windows) => {
            format!("часы {windows}, дни и праздники не оставляют времени для отправки: измените их")
        }
        (Language::En, zones, windows) => format!(
            "the country of this number has {zones} time zones, and {windows} is never in all of them at once: widen --window, or name each row's zone with --map timeZone=COLUMN"
        ),
        (Language::Ru, zones, windows) => format!(
            "в стране этого номера часовых поясов: {zones}, и {windows} не бывает во всех сразу: расширьте --window или укажите пояс каждой строки через --map timeZone=СТОЛБЕЦ"
        ),
    }
}

/// When a card goes that is held back.
#[must_use]
pub fn goes_on(language: Language, reason: &str, at: DateTime, zone: &str) -> String {
    let at = moment(language, at, zone);
    match language {
        Language::En => format!("{reason}; it goes on at {at}"),
        Language::Ru => format!("{reason}; продолжение {at}"),
    }
}

/// That a card does not go in this run.
#[must_use]
pub fn over(language: Language, reason: &str) -> String {
    match language {
        Language::En => format!("{reason}; what is left stays pending, run again to go on"),
        Language::Ru => format!("{reason}; остальное ждёт, запустите ещё раз, чтобы продолжить"),
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
