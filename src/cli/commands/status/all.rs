//! Shows all campaigns of this folder, one on each line: as text or as JSON.

use console::measure_text_width;

use super::{
    json::StatusSummary,
    machines,
    messages::{StateMessage, StatusLabel},
    state_message,
};
use crate::cli::{
    args::StatusArguments,
    exit::{CommandError, Exit},
    failure::FailureSummary,
    output::{
        stdout::{print, print_json, write_raw},
        table::{self, Side},
        ui::Ui,
    },
    session::campaign_state::CampaignState,
};
use crate::{
    domain::Status,
    i18n::Language,
    ledger::{Ledger, LedgerError, Place},
    report::{self, CampaignStats},
    terminal::{Lines, Terminal},
};

/// The minimum width of the name column, however narrow the terminal is.
const MIN_NAME: usize = 8;

/// Lists every ledger. The line of a ledger that cannot be read says why.
pub(super) fn list(
    ledgers: &[Place],
    arguments: &StatusArguments,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    if arguments.json {
        for path in ledgers {
            match Ledger::read(path).and_then(|ledger| {
                let stats = CampaignStats::of(&ledger)?;
                Ok((ledger, stats))
            }) {
                Ok((ledger, stats)) => {
                    print_json(&StatusSummary::read(&ledger, &stats, ui.language)?)?;
                }
                Err(error) => {
                    print_json(&FailureSummary::new(
                        &CommandError::from(error),
                        ui.language,
                    ))?;
                }
            }
        }
        return Ok(Exit::Done);
    }
    let language = ui.language;
    if arguments.brief {
        for path in ledgers {
            let text = Ledger::read(path).and_then(|ledger| {
                let next = ui.hints.of_campaign(&ledger).next_steps(&ledger);
                Ok(report::brief(&CampaignStats::of(&ledger)?, &next, language) + "\n")
            });
            print(&text.unwrap_or_else(|error| unreadable(path, &error, language) + "\n"))?;
        }
        return Ok(Exit::Done);
    }
    let entries: Vec<_> = ledgers
        .iter()
        .map(|path| {
            CampaignEntry::read(path, language).map_err(|error| unreadable(path, &error, language))
        })
        .collect();
    write_raw(table(&headings(language), &entries, Terminal::stdout()).as_str())?;
    Ok(Exit::Done)
}

/// The line of a campaign.
struct CampaignEntry {
    name: String,
    numbers: [String; 5],
    state: String,
}

impl CampaignEntry {
    fn read(path: &Place, language: Language) -> Result<Self, LedgerError> {
        let ledger = Ledger::read(path)?;
        let figures = CampaignStats::of(&ledger)?;
        let counts = &figures.counts;
        let state = CampaignState::read(&ledger, &figures.runs)?;
        let rows = |status| counts.of(status);
        Ok(Self {
            name: ledger.campaign().to_owned(),
            numbers: [
                counts.rows(),
                rows(Status::Accepted),
                rows(Status::Failed) + rows(Status::Invalid),
                rows(Status::Unknown),
                rows(Status::Pending),
            ]
            .map(|rows| rows.to_string()),
            state: machines::with_machines(
                state_message(&state, figures.sendable(), language),
                &ledger.lease_summaries()?,
                language,
            ),
        })
    }
}

fn headings(language: Language) -> CampaignEntry {
    let word = |label: StatusLabel| label.localized(language);
    CampaignEntry {
        name: word(StatusLabel::Campaign),
        numbers: [
            StatusLabel::Rows,
            StatusLabel::Accepted,
            StatusLabel::NotSent,
            StatusLabel::Unknown,
            StatusLabel::Pending,
        ]
        .map(word),
        state: word(StatusLabel::State),
    }
}

/// Formats the list. What does not fit on a line of the terminal goes below it: the state below its campaign, and the
/// numbers below a very long name. A name is never cut, because the user types it to name the campaign.
fn table(
    headings: &CampaignEntry,
    entries: &[Result<CampaignEntry, String>],
    terminal: Terminal,
) -> Lines {
    let rows: Vec<&CampaignEntry> = std::iter::once(headings)
        .chain(entries.iter().filter_map(|entry| entry.as_ref().ok()))
        .collect();
    let numbers: Vec<_> = rows.iter().map(|entry| entry.numbers.clone()).collect();
    let widths = table::widths(&numbers);
    let number_columns: usize = widths.iter().map(|width| width + 2).sum();
    let name_width = |entry: &CampaignEntry| measure_text_width(&entry.name);
    let longest = rows.iter().map(|entry| name_width(entry)).max();
    let longest = longest.unwrap_or_default();
    let most = terminal.width().map_or(longest, |width| {
        width.saturating_sub(number_columns + 2).max(MIN_NAME)
    });
    let room = longest.min(most);
    let is_whole = |entry: &&CampaignEntry| {
        let columns = 2 + room + number_columns + 2 + measure_text_width(&entry.state);
        name_width(entry) <= room && terminal.width().is_none_or(|width| columns <= width)
    };
    let is_one_line = rows.iter().all(is_whole);
    let mut lines = Lines::new(terminal);
    for (index, entry) in std::iter::once(Ok(headings))
        .chain(entries.iter().map(Result::as_ref))
        .enumerate()
    {
        let entry = match entry {
            Ok(entry) => entry,
            Err(said) => {
                lines.paragraphs(said);
                continue;
            }
        };
        let numbers = table::line(&entry.numbers, widths, [Side::Right; 5]);
        let name = if name_width(entry) <= room {
            entry.name.as_str()
        } else {
            lines.indented(2, entry.name.as_str());
            ""
        };
        let space = " ".repeat(room - measure_text_width(name));
        let row = format!("{name}{space}  {numbers}");
        if is_one_line {
            lines.indented(2, format!("{row}  {}", entry.state));
        } else {
            lines.indented(2, row);
            if index > 0 {
                lines.indented(4, entry.state.as_str());
            }
        }
    }
    lines
}

fn unreadable(path: &Place, error: &LedgerError, language: Language) -> String {
    let campaign = path.shown().with_extension("").display().to_string();
    let reason = error.localized(language);
    let said = StateMessage::Unreadable { campaign, reason };
    format!("  {}", said.localized(language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> CampaignEntry {
        CampaignEntry {
            name: name.to_owned(),
            numbers: ["1200", "1100", "0", "0", "100"].map(str::to_owned),
            state: "не идёт; send завершён 30.11.2026 04:39: остановлено раньше времени".to_owned(),
        }
    }

    #[test]
    fn a_list_fits_into_the_terminal_and_keeps_its_columns_and_whole_names() {
        let long = "clients-with-a-name-that-is-longer-than-anything-beside-it-leaves-room-for";
        let entries = [
            Ok(entry("май")),
            Ok(entry(long)),
            Err("  x: is damaged".to_owned()),
        ];
        for width in [60, 80] {
            let lines = table(&headings(Language::Ru), &entries, Terminal::of_width(width));
            let text = lines.as_str();
            assert!(text.contains(long), "{text}");
            assert!(text.contains("\n    не идёт; send завершён"), "{text}");
            let lines: Vec<&str> = text.lines().collect();
            let fits = |line: &&str| measure_text_width(line) <= width || line.contains(long);
            assert!(lines.iter().all(fits), "{text}");
            let ends: Vec<usize> = lines
                .iter()
                .filter(|line| line.ends_with("100") || line.ends_with("ожидают"))
                .map(|line| measure_text_width(line))
                .collect();
            assert!(
                ends.len() == 3 && ends.iter().all(|end| *end == ends[0]),
                "{text}"
            );
        }
        let whole = table(&headings(Language::Ru), &entries, Terminal::default());
        assert_eq!(whole.as_str().lines().count(), 4, "{}", whole.as_str());
        let wide = table(
            &headings(Language::Ru),
            &entries[..1],
            Terminal::of_width(140),
        );
        assert_eq!(wide.as_str().lines().count(), 2, "{}", wide.as_str());
    }
}
