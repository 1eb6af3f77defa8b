//! The history of a campaign: every command that writes records a run, and `status --runs` shows them.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::{
    args::StatusArguments,
    exit::{CommandError, Exit},
    options::paths,
    output::{
        stdout::{print, print_json},
        stop_summary::StopSummary,
        summary::NoData,
        table::{self, Side},
        ui::Ui,
    },
};
use crate::{
    domain::{Counts, Status},
    green_api::ServiceClock,
    i18n::{Language, date_time, messages, zone_name},
    ledger::{Ledger, NewRun, Run, RunEnd},
};

messages! {
    /// Texts in the table of runs and below it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum RunsMessage {
        Rate { rate: String } = en "{rate}/s", ru "{rate}/с" [rate = rate.replace('.', ",")],
        NotEnded = en "not ended", ru "не окончен",
        NotEndedMeans =
            en "A run that has not ended was cut off, or is still in progress.",
            ru "Неоконченный запуск прерван или ещё идёт.",
        Zone { zone: String } =
            en "Times are those of {zone}.",
            ru "Время указано по поясу {zone}.",
        None =
            en "No runs are recorded: the ledger is older than this feature, or there were no runs.",
            ru "Записей о запусках нет: реестр создан до того, как они появились, или запусков не было.",
    }
}

/// How the columns are aligned.
const SIDES: [Side; 8] = [
    Side::Right,
    Side::Left,
    Side::Right,
    Side::Left,
    Side::Right,
    Side::Right,
    Side::Right,
    Side::Right,
];

/// Returns the record of a run of this command that begins at this time.
pub(crate) const fn new(command: &str, began: Timestamp, rate: Option<f64>) -> NewRun<'_> {
    NewRun {
        began,
        version: env!("CARGO_PKG_VERSION"),
        command,
        rate,
    }
}

/// Does the work of a command and records it as a run, by the service's time if that is known at the end.
pub(crate) fn record_run(
    ledger: &mut Ledger,
    command: &str,
    clock: &ServiceClock,
    work: impl FnOnce(&mut Ledger) -> Result<Exit, CommandError>,
) -> Result<Exit, CommandError> {
    let before = ledger.counts()?;
    let began = clock.mark();
    let run = ledger.begin_run(&new(command, clock.now(), None), &before)?;
    let result = work(ledger);
    let exit = result
        .as_ref()
        .map_or_else(CommandError::exit, |exit| *exit);
    let ended = ledger.counts().and_then(|after| {
        ledger.correct_begin(run, clock.time_of(began))?;
        let end = RunEnd {
            at: clock.now(),
            exit: exit.code(),
            before: &before,
            after: &after,
            stop: None,
        };
        ledger.end_run(run, &end)
    });
    // An error of the work takes precedence over an error of recording its end.
    let exit = result?;
    ended?;
    Ok(exit)
}

/// Prints every run of a campaign, as a table or as one JSON object.
pub(crate) fn print_runs(arguments: &StatusArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let runs = Ledger::read(&paths::existing_ledger(&arguments.campaign)?)?.runs()?;
    if arguments.json {
        print_json(&RunHistory {
            runs: runs
                .iter()
                .map(|run| RunRecord::new(run, ui.language))
                .collect(),
        })?;
    } else {
        print(&table(&runs, &TimeZone::system(), ui.language))?;
    }
    Ok(Exit::Done)
}

/// What `status --runs --json` prints.
#[derive(Serialize)]
struct RunHistory<'a> {
    runs: Vec<RunRecord<'a>>,
}

/// One run. Times are in RFC 3339; what is unknown about a run that was cut off is null.
#[derive(Serialize)]
struct RunRecord<'a> {
    /// Held as a value, so that the keys are sorted here as everywhere in the object.
    after: Value,
    before: Value,
    began: String,
    command: &'a str,
    ended: Option<String>,
    exit: Option<u8>,
    rate: Option<f64>,
    run: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<StopSummary<'a>>,
    version: &'a str,
}

impl<'a> RunRecord<'a> {
    fn new(run: &'a Run, language: Language) -> Self {
        Self {
            after: json!(run.after),
            before: json!(run.before),
            began: run.began.to_string(),
            command: &run.command,
            ended: run.ended.map(|ended| ended.to_string()),
            exit: run.exit,
            rate: run.rate,
            run: run.number,
            stopped: run
                .stop
                .as_ref()
                .map(|stop| StopSummary::new(stop, language)),
            version: &run.version,
        }
    }
}

fn table(runs: &[Run], zone: &TimeZone, language: Language) -> String {
    let Some(last) = runs.last() else {
        return format!("  {}\n", RunsMessage::None.localized(language));
    };
    let rows = runs.iter().map(|run| cells(run, zone, language));
    let rows: Vec<_> = std::iter::once(headings(language).map(str::to_owned))
        .chain(rows)
        .collect();
    let widths = table::widths(&rows);
    let mut text = String::new();
    for row in &rows {
        let _ = writeln!(text, "  {}", table::line(row, widths, SIDES));
    }
    let zone = zone_name(zone, last.began);
    let zone = RunsMessage::Zone { zone }.localized(language);
    let _ = writeln!(text, "  {zone}");
    if runs.iter().any(|run| run.ended.is_none()) {
        let means = RunsMessage::NotEndedMeans.localized(language);
        let _ = writeln!(text, "  {means}");
    }
    text
}

/// Returns the headings: number, begin, duration, command, rate, exit code, contacts accepted in the run, contacts
/// left.
const fn headings(language: Language) -> [&'static str; 8] {
    match language {
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

fn cells(run: &Run, zone: &TimeZone, language: Language) -> [String; 8] {
    let unknown = || NoData::NoData.localized(language);
    let accepted = |counts: &Counts| {
        counts
            .of(Status::Accepted)
            .saturating_sub(run.before.of(Status::Accepted))
    };
    let rate = |rate: f64| {
        let rate = rate.to_string();
        RunsMessage::Rate { rate }.localized(language)
    };
    [
        run.number.to_string(),
        date_time(run.began, zone, language),
        run.ended
            .map_or_else(unknown, |ended| duration(ended.duration_since(run.began))),
        run.command.clone(),
        run.rate.map_or_else(|| "-".to_owned(), rate),
        run.exit.map_or_else(
            || RunsMessage::NotEnded.localized(language),
            |exit| exit.to_string(),
        ),
        run.after
            .as_ref()
            .map_or_else(unknown, |counts| accepted(counts).to_string()),
        run.after
            .map_or_else(unknown, |counts| counts.of(Status::Pending).to_string()),
    ]
}

/// Formats hours, minutes and seconds. Whatever the clock did, no duration is negative.
fn duration(took: SignedDuration) -> String {
    let seconds = (took.as_millis().max(0) + 500) / 1000;
    format!(
        "{}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_runs_shows_time_result_and_what_is_left() {
        let counts = |accepted, pending| {
            let mut counts = Counts::default();
            counts.add(Status::Accepted, accepted);
            counts.add(Status::Pending, pending);
            counts
        };
        let run = |number, command: &str, rate, ended: Option<i64>, (before, after)| Run {
            number,
            began: Timestamp::constant(1_767_000_000, 0),
            ended: ended.map(|at| Timestamp::from_millisecond(at).unwrap()),
            version: "0.1.0".into(),
            command: command.into(),
            rate,
            exit: ended.map(|_| 5),
            before,
            after: ended.map(|_| after),
            stop: None,
        };
        let runs = [
            run(
                1,
                "send",
                Some(0.2),
                Some(1_767_003_725_400),
                (counts(0, 20), counts(12, 8)),
            ),
            run(2, "send", Some(50.0), None, (counts(12, 8), counts(0, 0))),
            run(
                3,
                "track",
                None,
                Some(1_767_000_000_700),
                (counts(12, 8), counts(12, 8)),
            ),
        ];
        let zone = TimeZone::fixed(jiff::tz::offset(3));
        assert_eq!(
            table(&runs, &zone, Language::En),
            "  run  began                took  command   rate       exit  accepted     left\n\
             \u{20}   1  2025-12-29 12:20  1:02:05  send     0.2/s          5        12        8\n\
             \u{20}   2  2025-12-29 12:20  no data  send      50/s  not ended   no data  no data\n\
             \u{20}   3  2025-12-29 12:20  0:00:01  track        -          5         0        8\n\
             \u{20} Times are those of UTC+03:00.\n\
             \u{20} A run that has not ended was cut off, or is still in progress.\n"
        );
        assert!(table(&[], &zone, Language::Ru).contains("Записей о запусках нет"));
    }
}
