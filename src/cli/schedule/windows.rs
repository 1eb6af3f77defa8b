//! A task for the Windows Task Scheduler (source: its schema, version 1.2). Task Scheduler knows only
//! the clock of its machine.

use std::fmt::Write as _;

use jiff::civil::Weekday;

use super::{Job, Unit};

/// Where a task names the ledger, by which a campaign is known again.
const LEDGER: (&str, &str) = ("<Documentation>ledger: ", "</Documentation>");

pub(super) fn unit(job: &Job) -> Unit {
    Unit { file: format!("{}.xml", job.name), text: task(job) }
}

/// Whether the text of a task is that of the same campaign.
pub(super) fn is_of(task: &str, job: &Job) -> bool {
    whose(task) == Some(escaped(&job.ledger).as_str())
}

/// The ledger that the text of a task names.
pub(super) fn whose(task: &str) -> Option<&str> {
    let (_, rest) = task.split_once(LEDGER.0)?;
    rest.split_once(LEDGER.1).map(|(ledger, _)| ledger)
}

fn task(job: &Job) -> String {
    let mut triggers = String::new();
    for time in &job.times {
        let _ = write!(
            triggers,
            "    <CalendarTrigger>\n      <StartBoundary>{}T{:02}:{:02}:00</StartBoundary>\n\
             \u{20}     <ScheduleByWeek>\n        <WeeksInterval>1</WeeksInterval>\n        <DaysOfWeek>\n{}\
             \u{20}       </DaysOfWeek>\n      </ScheduleByWeek>\n    </CalendarTrigger>\n",
            job.from,
            time.hour(),
            time.minute(),
            days(job),
        );
    }
    let words: Vec<String> = job.words.iter().map(|word| quoted(word)).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{name}</Description>
    {begin}{ledger}{end}
  </RegistrationInfo>
  <Triggers>
{triggers}  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{program}</Command>
      <Arguments>{words}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"#,
        name = escaped(&job.name),
        begin = LEDGER.0,
        ledger = escaped(&job.ledger),
        end = LEDGER.1,
        program = escaped(&job.program),
        words = escaped(&words.join(" ")),
        folder = escaped(&job.folder),
    )
}

fn days(job: &Job) -> String {
    let week = Weekday::Monday.cycle_forward().take(7).filter(|day| job.days.contains(*day));
    week.fold(String::new(), |text, day| {
        let name = match day {
            Weekday::Monday => "Monday",
            Weekday::Tuesday => "Tuesday",
            Weekday::Wednesday => "Wednesday",
            Weekday::Thursday => "Thursday",
            Weekday::Friday => "Friday",
            Weekday::Saturday => "Saturday",
            Weekday::Sunday => "Sunday",
        };
        text + "          <" + name + " />\n"
    })
}

/// One word as programs for Windows part their command line: backslashes count double before a
/// quote (source: `CommandLineToArgvW`).
fn quoted(word: &str) -> String {
    if !word.is_empty() && !word.contains([' ', '"']) {
        return word.to_owned();
    }
    let mut text = String::from("\"");
    let mut backslashes = 0;
    for letter in word.chars() {
        if letter == '"' {
            text += &"\\".repeat(backslashes + 1);
        }
        backslashes = if letter == '\\' { backslashes + 1 } else { 0 };
        text.push(letter);
    }
    text + &"\\".repeat(backslashes) + "\""
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_comes_through_windows_as_it_is() {
        for (word, written) in [
            ("send", "send"),
            ("C:\\lists\\", "C:\\lists\\"),
            ("C:\\my lists\\", "\"C:\\my lists\\\\\""),
            ("say \"x\"", "\"say \\\"x\\\"\""),
            ("a\\\"b", "\"a\\\\\\\"b\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(word), written, "{word}");
        }
    }
}
