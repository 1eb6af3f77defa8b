//! The figures as a page in a single file: it contains its styles and its chart, fetches nothing and runs nothing.
//! Every text is escaped, because the words of a service and the names of files can be anything.

use std::{fmt::Write as _, io::Write};

use jiff::{Timestamp, tz::TimeZone};

use super::words::{Label, accepted_of, as_of, chart, decimal, duration};
use super::{
    ReportOptions, WriteError, colors,
    stats::{self, CampaignStats, Piece},
};
use crate::{
    domain::{Delivery, Status},
    i18n::{Language, date_time, zone_name, zoned_time},
    ledger::{Ledger, Run},
};

/// How many reasons are listed at most.
const REASONS: usize = 50;

const STYLE: &str = include_str!("page.css");

/// Writes the page; returns how many rows it counts.
pub(super) fn write(
    ledger: &Ledger,
    out: &mut dyn Write,
    options: &ReportOptions,
) -> Result<u64, WriteError> {
    let figures = CampaignStats::of(ledger)?;
    out.write_all(page(&figures, options.now, options.language).as_bytes())?;
    Ok(figures.counts.rows())
}

pub(super) fn page(figures: &CampaignStats, now: Timestamp, language: Language) -> String {
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
    let time = as_of(&zoned_time(now, &figures.zone, language), language);
    let ring = doughnut(figures, language);
    let delivery = delivery(figures, language);
    // The table that the chart shows is beside the chart.
    let (beside, below) = if delivery.is_empty() {
        (counts(figures, None, language), String::new())
    } else {
        (delivery, counts(figures, Some(Label::Accepted), language))
    };
    let body = [
        format!(
            "<header><h1>{campaign}</h1><p>{}</p><p class=\"date\">{}</p></header>",
            escaped(&head(figures, &accepted, language)),
            escaped(&time)
        ),
        format!("<section class=\"counts\">{ring}{beside}</section>"),
        below,
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

/// Says how many rows were accepted and, once the service was asked, what became of them.
fn head(figures: &CampaignStats, accepted: &str, language: Language) -> String {
    let delivered = figures.delivered().into_iter();
    let delivered = delivered
        .map(|(delivery, rows)| format!("{} {rows}", stats::delivery_word(delivery, language)));
    let parts = std::iter::once(accepted.to_owned()).chain(delivered);
    parts.collect::<Vec<_>>().join(", ")
}

/// Escapes a text for use between tags and in attributes.
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

/// Returns the style rules with the colours of the words and of the pieces.
fn status_styles() -> String {
    let statuses = Status::ALL.into_iter().map(Piece::Status);
    let deliveries = Delivery::ALL.iter().copied().map(Some).chain([None]);
    let pieces = statuses
        .chain(deliveries.map(Piece::Delivery))
        .chain([Piece::NotAccepted]);
    pieces.fold(String::new(), |styles, piece| {
        let (class, colours) = (class(piece), colors::of_piece(piece));
        styles
            + &format!(
                ".{class}{{background:#{:06x};color:#{:06x}}}\n.piece-{class}{{stroke:#{:06x}}}\n",
                colours.behind, colours.word, colours.piece
            )
    })
}

/// Returns the style class of a piece.
fn class(piece: Piece) -> String {
    match piece {
        Piece::Status(status) => status.as_str().to_owned(),
        Piece::Delivery(delivery) => {
            format!("is-{}", delivery.map_or("untold", Delivery::as_str))
        }
        Piece::NotAccepted => "not-accepted".to_owned(),
    }
}

/// Returns the word of a piece on its colour.
fn pill(piece: Piece, language: Language) -> String {
    format!(
        "<span class=\"status {}\">{}</span>",
        class(piece),
        escaped(&piece.word(language))
    )
}

/// Draws the pieces as a ring, clockwise from the top: each is a dash of a circle with a length of 100.
fn doughnut(figures: &CampaignStats, language: Language) -> String {
    let pieces = figures.pieces();
    let rows = figures.counts.rows();
    if rows == 0 {
        return String::new();
    }
    let words: Vec<String> = pieces
        .iter()
        .map(|(piece, rows)| format!("{} {rows}", piece.word(language)))
        .collect();
    let is_delivery = !figures.delivered().is_empty();
    let label = chart(&words.join(", "), is_delivery, language);
    let mut ring = String::new();
    let mut before = 0;
    for (piece, count) in pieces {
        let (class, word) = (class(piece), escaped(&piece.word(language)));
        let (length, start) = (hundredths(count, rows), hundredths(before, rows));
        before += count;
        // Writing to a string cannot fail.
        let _ = write!(
            ring,
            "<circle class=\"piece-{class}\" r=\"15.9155\" cx=\"21\" cy=\"21\" stroke-dasharray=\"{length} 100\" \
             stroke-dashoffset=\"-{start}\"><title>{word} {count}</title></circle>"
        );
    }
    format!(
        "<svg role=\"img\" aria-label=\"{}\" viewBox=\"0 0 42 42\"><g transform=\"rotate(-90 21 21)\">{ring}</g>\
         <text x=\"21\" y=\"22.5\">{rows}</text></svg>",
        escaped(&label)
    )
}

/// Formats a share in percent, to one decimal.
fn percent(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 2_000 / u128::from(whole.max(1))).div_ceil(2);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Formats a share in percent, to two decimals and rounded down, so that pieces do not overlap.
fn hundredths(part: u64, whole: u64) -> String {
    let share = u128::from(part) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:02}", share / 100, share % 100)
}

fn counts(figures: &CampaignStats, title: Option<Label>, language: Language) -> String {
    let rows = figures.counts.rows();
    let some = figures.some().into_iter();
    let pieces = some.map(|(status, rows)| (Piece::Status(status), rows));
    let total = [
        Label::Total.text(language).to_owned(),
        rows.to_string(),
        String::new(),
        String::new(),
    ];
    let lines = pieces
        .map(|(piece, count)| piece_line(figures, (piece, count), language))
        .chain([Line::total(total)]);
    let headings = [Label::Status, Label::Rows, Label::Share, Label::Meaning];
    table(title, &headings, lines, language)
}

/// Returns the line of a piece: its name, its number of rows, its share, and what it means.
fn piece_line(figures: &CampaignStats, (piece, count): (Piece, u64), language: Language) -> Line {
    let meaning = figures.commands().fill(piece.meaning(language));
    let rows = figures.counts.rows();
    Line::of([
        pill(piece, language),
        count.to_string(),
        format!("{}&nbsp;%", decimal(&percent(count, rows), language)),
        escaped(&meaning),
    ])
}

fn delivery(figures: &CampaignStats, language: Language) -> String {
    if figures.delivered().is_empty() {
        return String::new();
    }
    let pieces = figures.pieces().into_iter();
    let lines = pieces.map(|(piece, count)| piece_line(figures, (piece, count), language));
    let headings = [Label::Delivery, Label::Rows, Label::Share, Label::Meaning];
    table(None, &headings, lines, language)
}

fn reasons(figures: &CampaignStats, language: Language) -> String {
    let lines = figures.reasons.iter().take(REASONS).map(|reason| {
        Line::of([
            pill(Piece::Status(reason.status), language),
            reason.rows.to_string(),
            escaped(&stats::reason(reason, language)),
        ])
    });
    table(
        Some(Label::Reasons),
        &[Label::Status, Label::Rows, Label::Reason],
        lines,
        language,
    )
}

fn files(figures: &CampaignStats, language: Language) -> String {
    let lines = figures.sources.iter().map(|source| {
        Line::texts([
            source.name.clone(),
            source.layout.clone().unwrap_or_default(),
        ])
    });
    table(
        Some(Label::Files),
        &[Label::File, Label::ReadAs],
        lines,
        language,
    )
}

fn runs(figures: &CampaignStats, language: Language) -> String {
    let Some(last) = figures.runs.last() else {
        return String::new();
    };
    let zone = zone_name(&figures.zone, last.began);
    let zoned = |word: Label| format!("{} ({zone})", word.text(language));
    let others = [
        Label::Took,
        Label::Cards,
        Label::Rate,
        Label::Limit,
        Label::Exit,
        Label::Version,
    ];
    let others = others.map(|word| word.text(language).to_owned());
    let first = [
        Label::Command.text(language).to_owned(),
        zoned(Label::BeganAt),
        zoned(Label::EndedAt),
    ];
    let headings: Vec<String> = first.into_iter().chain(others).collect();
    let lines = figures
        .runs
        .iter()
        .map(|run| self::run(run, &figures.zone, language));
    titled_table(Some(Label::Runs), &headings, lines, language)
}

fn run(run: &Run, zone: &TimeZone, language: Language) -> Line {
    let time = |at| date_time(at, zone, language);
    let text = |value: Option<String>| value.unwrap_or_default();
    Line::texts([
        format!("{}. {}", run.number, run.command),
        time(run.began),
        run.ended
            .map_or_else(|| Label::CutOff.text(language).to_owned(), time),
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
        .map(|sender| (Label::Instance, sender));
    let ledger = (Label::Ledger, figures.ledger.to_string());
    let program = (
        Label::Program,
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

/// A line of a table; its cells are already escaped.
struct Line {
    class: &'static str,
    cells: Vec<String>,
}

impl Line {
    fn of(cells: impl IntoIterator<Item = String>) -> Self {
        Self {
            class: "",
            cells: cells.into_iter().collect(),
        }
    }

    fn texts(cells: impl IntoIterator<Item = String>) -> Self {
        Self::of(cells.into_iter().map(|cell| escaped(&cell)))
    }

    fn total(cells: impl IntoIterator<Item = String>) -> Self {
        Self {
            class: " class=\"total\"",
            ..Self::texts(cells)
        }
    }

    /// Writes the line. Each cell names its heading, which a phone shows before the cell, because a table row is too
    /// wide there.
    fn html(&self, headings: &[String]) -> String {
        let cells = self.cells.iter().zip(headings);
        let cells = cells.map(|(cell, heading)| format!("<td data-of=\"{heading}\">{cell}</td>"));
        format!("<tr{}>{}</tr>", self.class, cells.collect::<String>())
    }
}

/// Writes a table with its title; empty if it has no lines.
fn table(
    title: Option<Label>,
    headings: &[Label],
    lines: impl Iterator<Item = Line>,
    language: Language,
) -> String {
    let headings: Vec<String> = headings
        .iter()
        .map(|word| word.text(language).to_owned())
        .collect();
    titled_table(title, &headings, lines, language)
}

fn titled_table(
    title: Option<Label>,
    headings: &[String],
    lines: impl Iterator<Item = Line>,
    language: Language,
) -> String {
    let headings: Vec<String> = headings.iter().map(|heading| escaped(heading)).collect();
    let lines: Vec<String> = lines.map(|line| line.html(&headings)).collect();
    if lines.is_empty() {
        return String::new();
    }
    let title = title
        .map(|title| format!("<h2>{}</h2>", escaped(title.text(language))))
        .unwrap_or_default();
    let headings = headings
        .iter()
        .map(|heading| format!("<th scope=\"col\">{heading}</th>"));
    format!(
        "{title}<div class=\"wide\"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody></table></div>",
        headings.collect::<String>(),
        lines.join("\n")
    )
}
