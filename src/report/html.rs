//! The figures as a page of one file: its styles and its chart are in it, it fetches nothing and
//! runs nothing. Every text is escaped, for the words of a service and the names of files are anybody's.

use std::{fmt::Write as _, io::Write};

use jiff::tz::TimeZone;

use super::words::{Word, accepted_of, chart, decimal, duration};
use super::{
    WriteError, colors,
    stats::{self, CampaignStats},
};
use crate::{
    domain::{Delivery, Status},
    i18n::{Language, date_time, zone_name},
    ledger::{Ledger, Run},
};

/// The most reasons that are listed.
const REASONS: usize = 50;

const STYLE: &str = include_str!("page.css");

/// Writes the page; gives how many rows it counts.
pub(super) fn write(
    ledger: &Ledger,
    out: &mut dyn Write,
    language: Language,
) -> Result<u64, WriteError> {
    let figures = CampaignStats::of(ledger)?;
    out.write_all(page(&figures, language).as_bytes())?;
    Ok(figures.counts.rows())
}

fn page(figures: &CampaignStats, language: Language) -> String {
    let code = match language {
        Language::En => "en",
        Language::Ru => "ru",
    };
    let campaign = escaped(&figures.campaign);
    let accepted = accepted_of(
        figures.counts.of(Status::Accepted),
        figures.counts.rows(),
        language,
    );
    let body = [
        format!(
            "<header><h1>{campaign}</h1><p>{}</p></header>",
            escaped(&accepted)
        ),
        format!(
            "<section class=\"counts\">{}{}</section>",
            doughnut(figures, language),
            counts(figures, language)
        ),
        delivery(figures, language),
        reasons(figures, language),
        files(figures, language),
        runs(figures, language),
        facts(figures, language),
    ];
    format!(
        "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{campaign}</title>\n\
         <style>\n{STYLE}{}</style>\n</head>\n<body>\n<main>\n{}\n</main>\n</body>\n</html>\n",
        status_styles(),
        body.join("\n")
    )
}

/// A text as it may be between tags and in attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The colours of the words and of the pieces.
fn status_styles() -> String {
    Status::ALL.into_iter().fold(String::new(), |styles, status| {
        let colours = colors::of(status);
        styles
            + &format!(
                ".{status}{{background:#{:06x};color:#{:06x}}}\n.piece-{status}{{stroke:#{:06x}}}\n",
                colours.behind, colours.word, colours.piece
            )
    })
}

/// A ring of pieces, drawn from the top clockwise: each is a dash of a circle whose length is 100.
fn doughnut(figures: &CampaignStats, language: Language) -> String {
    let pieces = figures.some();
    let rows = figures.counts.rows();
    if rows == 0 {
        return String::new();
    }
    let words: Vec<String> = pieces
        .iter()
        .map(|(status, rows)| format!("{status} {rows}"))
        .collect();
    let label = chart(&words.join(", "), language);
    let mut ring = String::new();
    let mut before = 0;
    for (status, count) in pieces {
        let (length, start) = (hundredths(count, rows), hundredths(before, rows));
        before += count;
        // Writing to a string cannot fail.
        let _ = write!(
            ring,
            "<circle class=\"piece-{status}\" r=\"15.9155\" cx=\"21\" cy=\"21\" stroke-dasharray=\"{length} 100\" \
             stroke-dashoffset=\"-{start}\"><title>{status} {count}</title></circle>"
        );
    }
    format!(
        "<svg role=\"img\" aria-label=\"{}\" viewBox=\"0 0 42 42\"><g transform=\"rotate(-90 21 21)\">{ring}</g>\
         <text x=\"21\" y=\"22.5\">{rows}</text></svg>",
        escaped(&label)
    )
}

/// A share in percent, to one decimal.
fn percent(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 2_000 / u128::from(whole.max(1))).div_ceil(2);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A share in percent, to two decimals, and never more than it is: pieces must not overlap.
fn hundredths(part: u64, whole: u64) -> String {
    let share = u128::from(part) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:02}", share / 100, share % 100)
}

fn counts(figures: &CampaignStats, language: Language) -> String {
    let rows = figures.counts.rows();
    let lines = Status::ALL.into_iter().map(|status| {
        let count = figures.counts.of(status);
        let class = if count == 0 { " class=\"none\"" } else { "" };
        format!(
            "<tr{class}><td><span class=\"status {status}\">{status}</span></td><td>{count}</td><td>{}&nbsp;%</td><td>{}</td></tr>",
            decimal(&percent(count, rows), language),
            escaped(stats::meaning(status, language))
        )
    });
    let total = format!(
        "<tr class=\"total\"><td>{}</td><td>{rows}</td><td></td><td></td></tr>",
        Word::Total.text(language)
    );
    table(
        None,
        &[Word::Status, Word::Rows, Word::Share, Word::Meaning],
        lines.chain([total]),
        language,
    )
}

fn delivery(figures: &CampaignStats, language: Language) -> String {
    let lines = figures.delivered().into_iter().map(|(delivery, rows)| {
        let word = delivery.map_or("", Delivery::as_str);
        line(&[
            word.to_owned(),
            rows.to_string(),
            stats::delivery_word(delivery, language).to_owned(),
        ])
    });
    table(
        Some(Word::Delivery),
        &[Word::Status, Word::Rows, Word::Meaning],
        lines,
        language,
    )
}

fn reasons(figures: &CampaignStats, language: Language) -> String {
    let lines = figures.reasons.iter().take(REASONS).map(|reason| {
        let status = reason.status;
        let words = escaped(&stats::reason(reason, language));
        format!(
            "<tr><td><span class=\"status {status}\">{status}</span></td><td>{}</td><td>{words}</td></tr>",
            reason.rows
        )
    });
    table(
        Some(Word::Reasons),
        &[Word::Status, Word::Rows, Word::Reason],
        lines,
        language,
    )
}

fn files(figures: &CampaignStats, language: Language) -> String {
    let lines = figures.sources.iter().map(|source| {
        line(&[
            source.name.clone(),
            source.layout.clone().unwrap_or_default(),
        ])
    });
    table(
        Some(Word::Files),
        &[Word::File, Word::ReadAs],
        lines,
        language,
    )
}

fn runs(figures: &CampaignStats, language: Language) -> String {
    let Some(last) = figures.runs.last() else {
        return String::new();
    };
    let zone = zone_name(&figures.zone, last.began);
    let zoned = |word: Word| format!("{} ({zone})", word.text(language));
    let others = [
        Word::Took,
        Word::Cards,
        Word::Rate,
        Word::Limit,
        Word::Exit,
        Word::Version,
    ];
    let others = others.map(|word| word.text(language).to_owned());
    let first = [
        Word::Command.text(language).to_owned(),
        zoned(Word::BeganAt),
        zoned(Word::EndedAt),
    ];
    let headings: Vec<String> = first.into_iter().chain(others).collect();
    let lines = figures
        .runs
        .iter()
        .map(|run| self::run(run, &figures.zone, language));
    titled_table(Some(Word::Runs), &headings, lines, language)
}

fn run(run: &Run, zone: &TimeZone, language: Language) -> String {
    let time = |at| date_time(at, zone, language);
    let text = |value: Option<String>| value.unwrap_or_default();
    line(&[
        format!("{}. {}", run.number, run.command),
        time(run.began),
        run.ended
            .map_or_else(|| Word::CutOff.text(language).to_owned(), time),
        text(stats::took(run).map(|took| duration(took.as_secs(), language))),
        text(stats::contacts(run).map(|contacts| contacts.to_string())),
        text(stats::rate(run).map(|rate| decimal(&rate.to_string(), language))),
        text(run.rate.map(|rate| decimal(&rate.to_string(), language))),
        text(run.exit.map(|exit| exit.to_string())),
        run.version.clone(),
    ])
}

fn facts(figures: &CampaignStats, language: Language) -> String {
    let instance = figures
        .senders()
        .into_iter()
        .map(|sender| (Word::Instance, sender));
    let ledger = (Word::Ledger, figures.ledger.to_string_lossy().into_owned());
    let program = (
        Word::Program,
        format!("sendcontact {}", env!("CARGO_PKG_VERSION")),
    );
    let facts = instance
        .chain([ledger, program])
        .map(|(word, fact)| format!("{}: {}", escaped(word.text(language)), escaped(&fact)));
    format!(
        "<footer><p>{}</p></footer>",
        facts.collect::<Vec<_>>().join("<br>")
    )
}

fn line(cells: &[String]) -> String {
    let cells = cells
        .iter()
        .map(|cell| format!("<td>{}</td>", escaped(cell)));
    format!("<tr>{}</tr>", cells.collect::<String>())
}

/// A table with its title; nothing where there are no lines.
fn table(
    title: Option<Word>,
    headings: &[Word],
    lines: impl Iterator<Item = String>,
    language: Language,
) -> String {
    let headings: Vec<String> = headings
        .iter()
        .map(|word| word.text(language).to_owned())
        .collect();
    titled_table(title, &headings, lines, language)
}

fn titled_table(
    title: Option<Word>,
    headings: &[String],
    lines: impl Iterator<Item = String>,
    language: Language,
) -> String {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return String::new();
    }
    let title = title
        .map(|title| format!("<h2>{}</h2>", escaped(title.text(language))))
        .unwrap_or_default();
    let headings = headings
        .iter()
        .map(|heading| format!("<th scope=\"col\">{}</th>", escaped(heading)));
    format!(
        "{title}<div class=\"wide\"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody></table></div>",
        headings.collect::<String>(),
        lines.join("\n")
    )
}
