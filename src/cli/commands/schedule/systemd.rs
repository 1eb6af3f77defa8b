//! Writes a timer and a service for systemd's user instance (sources: systemd.timer(5), systemd.service(5) on command
//! lines, systemd.time(7) on calendar events).

use std::fmt::Write as _;

use jiff::civil::{Time, Weekday};

use super::{Job, Unit};
use crate::send_policy::Days;

/// Exit codes that do not mean failure of the service: 4 finished with failed or invalid rows, 5 the rest is for the
/// next run, 11 the previous run is still active, 130 it was stopped. An unknown outcome (6), a refusal (7) and refused
/// contacts (8) need a person, so they are failures.
const NO_FAILURE: &str = "4 5 11 130";

pub(super) fn units(job: &Job) -> [Unit; 2] {
    [
        Unit {
            file: format!("{}.service", job.name),
            text: service(job),
        },
        Unit {
            file: format!("{}.timer", job.name),
            text: timer(job),
        },
    ]
}

fn service(job: &Job) -> String {
    let words: Vec<String> = job.words.iter().map(|word| quoted(word, true)).collect();
    let variables = job
        .variables()
        .map(|variable| format!("Environment={}\n", quoted(&variable, false)));
    format!(
        "[Unit]\nDescription={name}\n\n[Service]\nType=oneshot\nWorkingDirectory={folder}\n{variables}\
         ExecStart={program} {words}\nSuccessExitStatus={NO_FAILURE}\nUMask=0077\n",
        name = job.name,
        folder = folder(&job.folder),
        variables = variables.collect::<String>(),
        program = quoted(&job.program, false),
        words = words.join(" "),
    )
}

/// Adds a slash: a backslash or a space at the end of a line would not be read as part of the name.
fn folder(folder: &str) -> String {
    let end = if folder.ends_with(['\\', ' ']) {
        "/"
    } else {
        ""
    };
    folder.replace('%', "%%") + end
}

fn timer(job: &Job) -> String {
    let mut text = format!("[Unit]\nDescription={}: when\n\n[Timer]\n", job.name);
    for time in &job.times {
        let _ = writeln!(
            text,
            "OnCalendar={}",
            calendar(job.days, *time, job.zone.as_deref())
        );
    }
    // A run that was missed while the machine was off is made up for.
    text + "Persistent=true\n\n[Install]\nWantedBy=timers.target\n"
}

fn calendar(days: Days, time: Time, zone: Option<&str>) -> String {
    let days = if days == Days::ALL {
        String::new()
    } else {
        listed(days) + " "
    };
    let zone = zone.map(|zone| format!(" {zone}")).unwrap_or_default();
    format!(
        "{days}*-*-* {:02}:{:02}:00{zone}",
        time.hour(),
        time.minute()
    )
}

fn listed(days: Days) -> String {
    let all = Weekday::Monday
        .cycle_forward()
        .take(7)
        .filter(|day| days.contains(*day));
    let names = all.map(|day| match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    });
    names.collect::<Vec<_>>().join(",")
}

/// Quotes one word of a command line. `%` begins a specifier, and in all words but the program's `$` begins a variable;
/// quotes, backslashes and a lone `;` have a meaning too.
fn quoted(word: &str, variables: bool) -> String {
    let escaped = word
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%");
    let escaped = if variables {
        escaped.replace('$', "$$")
    } else {
        escaped
    };
    let bare = |letter: char| letter.is_alphanumeric() || "-_./:=,@+$%".contains(letter);
    if !word.is_empty() && word.chars().all(bare) {
        escaped
    } else {
        format!("\"{escaped}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_comes_through_systemd_as_it_is() {
        for (word, written) in [
            ("send", "send"),
            ("--map=phoneContact=Мой", "--map=phoneContact=Мой"),
            ("Мой телефон", "\"Мой телефон\""),
            ("10%", "10%%"),
            ("a$b", "a$$b"),
            ("say \"x\"\\", "\"say \\\"x\\\"\\\\\""),
            ("it's", "\"it's\""),
            (";", "\";\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(word, true), written, "{word}");
        }
    }

    #[test]
    fn a_folder_comes_through_systemd_as_it_is() {
        for (name, written) in [
            ("/a b", "/a b"),
            ("/5%", "/5%%"),
            ("/a\\", "/a\\/"),
            ("/a ", "/a /"),
        ] {
            assert_eq!(folder(name), written);
        }
    }

    #[test]
    fn days_and_zone_stand_round_the_time() {
        let time = Time::constant(9, 5, 0, 0);
        let days = |text: &str| text.parse::<Days>().unwrap();
        assert_eq!(calendar(Days::ALL, time, None), "*-*-* 09:05:00");
        let told = calendar(days("mon-wed,sun"), time, Some("Europe/Moscow"));
        assert_eq!(told, "Mon,Tue,Wed,Sun *-*-* 09:05:00 Europe/Moscow");
    }
}
