//! Writes a line for `crontab -e` (source: crontab(5)). cron itself ends a command at `%`; the rest follows the rules
//! of the shell.

use std::fmt::Write as _;

use jiff::civil::Weekday;

use super::Job;
use crate::send_policy::Days;

/// Returns the lines, one for each time of day, below the zone in which the times are meant. The log names people, so
/// only the user may read it.
pub(super) fn lines(job: &Job) -> String {
    let mut text = String::new();
    if let Some(zone) = &job.zone {
        let _ = writeln!(text, "CRON_TZ={zone}");
    }
    let mut variables = job.variables().peekable();
    let env = variables.peek().map(|_| "env".to_owned());
    let words = env
        .into_iter()
        .chain(variables)
        .chain([job.program.clone()])
        .chain(job.words.iter().cloned());
    let words: Vec<String> = words.map(|word| quoted(&word)).collect();
    let log = format!("{}/{}.log", job.folder.trim_end_matches('/'), job.name);
    for time in &job.times {
        let _ = writeln!(
            text,
            "{} {} * * {} umask 077 && cd {} && {} >> {} 2>&1",
            time.minute(),
            time.hour(),
            days(job.days),
            quoted(&job.folder),
            words.join(" "),
            quoted(&log),
        );
    }
    text
}

/// Returns the days in the notation of cron, where Sunday is 0.
fn days(days: Days) -> String {
    if days == Days::ALL {
        return "*".to_owned();
    }
    let week = Weekday::Sunday
        .cycle_forward()
        .take(7)
        .filter(|day| days.contains(*day));
    week.map(|day| day.to_sunday_zero_offset().to_string())
        .collect::<Vec<_>>()
        .join(",")
}

/// Quotes one word for the shell, between single quotes. cron removes the backslash of `\%` before the shell reads the
/// word; quotes after a backslash that belongs to the word keep it apart from the `%`.
fn quoted(word: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,@+".contains(letter);
    if !word.is_empty() && word.chars().all(bare) {
        return word.to_owned();
    }
    let escaped = word
        .chars()
        .fold(String::new(), |text, letter| match letter {
            '\'' => text + "'\\''",
            '\\' => text + "\\''",
            '%' => text + "\\%",
            other => text + other.encode_utf8(&mut [0; 4]),
        });
    format!("'{escaped}'")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// What cron makes of a command before the shell gets it (source: `do_command.c` of Vixie cron).
    fn by_cron(command: &str) -> String {
        let (mut made, mut escaped) = (String::new(), false);
        for letter in command.chars() {
            if escaped {
                if letter == '%' {
                    made.pop();
                }
            } else if letter == '%' {
                return made;
            }
            escaped = !escaped && letter == '\\';
            made.push(letter);
        }
        made
    }

    #[cfg(unix)] // It needs the shell that cron runs.
    #[test]
    fn a_word_comes_through_cron_and_shell_as_it_is() {
        for word in [
            "send",
            "Мой телефон",
            "10%",
            "it's",
            "a\\%b",
            "\\\\%%",
            "$HOME `x` \"y\"",
            ";",
            "",
            "%\\'%",
        ] {
            let command = by_cron(&format!("printf %s {}", quoted(word)).replacen('%', "\\%", 1));
            let ran = Command::new("sh").args(["-c", &command]).output().unwrap();
            assert_eq!(String::from_utf8(ran.stdout).unwrap(), word, "{command}");
        }
    }

    #[test]
    fn sunday_is_the_first_day_of_cron() {
        assert_eq!(days("sat-mon,fri".parse().unwrap()), "0,1,5,6");
        assert_eq!(days(Days::ALL), "*");
    }
}
