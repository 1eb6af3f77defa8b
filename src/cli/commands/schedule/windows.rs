//! Writes a command that creates a task in the Windows Task Scheduler (source: `schtasks /Create /?`). Task Scheduler
//! knows only the clock of its machine.

use std::fmt::Write as _;

use jiff::civil::Weekday;

use super::Job;
use crate::cli::options::error::SchedulerError;
use crate::send_policy::Days;

/// schtasks refuses a value of /TR that is longer than this.
const LONGEST: usize = 261;

/// Returns the commands, one for each time of day, because a task has only one.
pub(super) fn commands(job: &Job) -> Result<String, SchedulerError> {
    let words: Vec<&str> = job.words.iter().map(String::as_str).collect();
    let parts = [
        &["cmd", "/c", "cd", "/d", &job.folder, "&&", &job.program][..],
        &words,
    ]
    .concat();
    if let Some(text) = parts.iter().find(|word| word.contains(['"', '%'])) {
        return Err(SchedulerError::WordOfWindows {
            text: (*text).to_owned(),
        });
    }
    let run: Vec<String> = parts.iter().map(|word| quoted(word)).collect();
    let length = run.join(" ").chars().count();
    if length > LONGEST {
        return Err(SchedulerError::LineOfWindows {
            length: length as u64,
            longest: LONGEST as u64,
        });
    }
    let run: Vec<String> = parts.iter().map(|word| typed(word)).collect();
    let mut text = String::new();
    for time in &job.times {
        let (hour, minute) = (time.hour(), time.minute());
        let name = match job.times.len() {
            1 => job.name.clone(),
            _ => format!("{}-{hour:02}{minute:02}", job.name),
        };
        let (days, run) = (days(job.days), run.join(" "));
        let _ = writeln!(
            text,
            "schtasks /Create /TN \"{name}\" /SC {days} /ST {hour:02}:{minute:02} /TR \"{run}\""
        );
    }
    Ok(text)
}

fn days(days: Days) -> String {
    if days == Days::ALL {
        return "DAILY".to_owned();
    }
    let week = Weekday::Monday
        .cycle_forward()
        .take(7)
        .filter(|day| days.contains(*day));
    let names = week.map(|day| match day {
        Weekday::Monday => "MON",
        Weekday::Tuesday => "TUE",
        Weekday::Wednesday => "WED",
        Weekday::Thursday => "THU",
        Weekday::Friday => "FRI",
        Weekday::Saturday => "SAT",
        Weekday::Sunday => "SUN",
    });
    format!("WEEKLY /D {}", names.collect::<Vec<_>>().join(","))
}

/// Quotes one word for the task. Backslashes before a quote are doubled (source: `CommandLineToArgvW`).
fn quoted(word: &str) -> String {
    if word == "&&"
        || !word.is_empty() && !word.contains(|letter: char| " &|<>^()'".contains(letter))
    {
        return word.to_owned();
    }
    format!("\"{word}{}\"", trailing_backslashes(word))
}

/// Quotes the same word again for use within the quotes of /TR. cmd treats the text between escaped quotes there as
/// unquoted, so characters that are special to it need a caret.
fn typed(word: &str) -> String {
    if quoted(word) == *word {
        return word.to_owned();
    }
    let escaped = word.chars().fold(String::new(), |text, letter| {
        let caret = if "&|<>^()".contains(letter) { "^" } else { "" };
        text + caret + letter.encode_utf8(&mut [0; 4])
    });
    // The backslashes are doubled once for the task, and once more for schtasks, which parses them first.
    let end = trailing_backslashes(word);
    format!("\\\"{escaped}{end}{end}{end}\\\"")
}

fn trailing_backslashes(word: &str) -> &str {
    &word[word.trim_end_matches('\\').len()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_comes_through_schtasks_and_the_task_as_it_is() {
        for (word, task, command) in [
            ("send", "send", "send"),
            ("C:\\lists\\", "C:\\lists\\", "C:\\lists\\"),
            ("C:\\my lists", "\"C:\\my lists\"", "\\\"C:\\my lists\\\""),
            (
                "C:\\my lists\\",
                "\"C:\\my lists\\\\\"",
                "\\\"C:\\my lists\\\\\\\\\\\"",
            ),
            ("a&b (1)", "\"a&b (1)\"", "\\\"a^&b ^(1^)\\\""),
            ("it's", "\"it's\"", "\\\"it's\\\""),
            ("", "\"\"", "\\\"\\\""),
        ] {
            assert_eq!(
                (quoted(word).as_str(), typed(word).as_str()),
                (task, command),
                "{word}"
            );
        }
    }
}
