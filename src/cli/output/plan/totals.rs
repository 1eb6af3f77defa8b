//! What happens to the rows: how many are sent, what is left out and why, which message is sent first, and until when.

use std::{path::Path, time::Duration};

use jiff::tz::TimeZone;

use super::{
    Plan,
    messages::{CountMessage, PaceMessage, RowsMessage},
};
use crate::{
    cli::output::label::Label,
    domain::{Counts, Message, Status, StatusCount},
    i18n::{self, Language},
    ledger::{EarlierCampaign, ImportSummary},
    send_policy::Zone,
    terminal::{Lines, Text, Tone},
};

/// The message that is sent first.
#[derive(Debug)]
pub(crate) struct FirstMessage {
    pub(crate) message: Message,
    /// When it is sent, if not at once.
    pub(crate) at: Option<String>,
}

/// How fast a run sends, and how far it gets.
#[derive(Debug)]
pub(crate) struct Outlook {
    /// Messages that this run may send.
    pub(crate) to_send: u64,
    /// Messages per second, of all instances together.
    pub(crate) rate: f64,
    /// The time between two messages, if it is longer than the rate alone makes it.
    pub(crate) spacing: Option<Duration>,
    /// How many numbers are checked first, if any are.
    pub(crate) checks: Vec<String>,
    /// What each of several instances sends.
    pub(crate) shares: Vec<String>,
    /// When the last message is sent; empty if no rules limit sending beside the rate.
    pub(crate) finish: Vec<String>,
}

impl Plan {
    /// Prints what happens to the rows in this run.
    pub(crate) fn totals(&self, lines: &mut Lines, counts: &Counts, outlook: Outlook) {
        self.pairing(lines);
        self.rows(lines, counts, before_words(counts, self.language));
        self.changes(lines);
        self.left_out(lines, counts);
        let waiting = counts.of(Status::Pending) - held_rows(&self.held);
        if waiting == 0 {
            lines.indented(
                2,
                Text::default().with(Tone::Heading, self.nothing_to_send(counts)),
            );
        } else if outlook.to_send > 0 {
            self.first(lines);
            let pace = outlook.pace(self.language);
            self.line(lines, Some(Label::Pace), pace);
        }
        if waiting > 0 {
            self.under(lines, Label::Checks, outlook.checks);
        }
        self.under(lines, Label::Shares, outlook.shares);
        if waiting > 0 {
            self.under(lines, Label::Finish, outlook.finish);
        }
    }

    /// Prints what an existing campaign makes of the input.
    pub(crate) fn campaign_totals(&self, lines: &mut Lines, counts: &Counts) {
        let words = before_words(counts, self.language);
        let text = Text::from(format!("{}: ", counts.rows())).and(words);
        self.line(lines, Some(Label::Campaign), text);
        self.changes(lines);
        self.already_sent(lines, Some(Label::LeftOut));
    }

    /// Prints how many recipients get how many contacts.
    pub(crate) fn pairing(&self, lines: &mut Lines) {
        let Some(pairing) = self.pairing.filter(|_| !self.counted.is_empty()) else {
            return;
        };
        let is_matched = |source: &crate::ingest::Source| source.match_column.is_some();
        if self.sources.iter().any(is_matched) {
            return;
        }
        let valid = |range: std::ops::Range<usize>| -> u64 {
            let sources = self.counted.iter().zip(&self.problem_rows);
            let valid = sources.map(|(counted, problems)| counted.rows.saturating_sub(*problems));
            valid.skip(range.start).take(range.len()).sum()
        };
        let recipients = pairing.given + valid(pairing.first_recipient..pairing.first_contact);
        let contacts = valid(pairing.first_contact..self.sources.len());
        let message = RowsMessage::Pairs {
            recipients,
            contacts,
            messages: recipients * contacts,
        };
        self.message(lines, Some(Label::Messages), &message);
    }

    /// Prints the statuses. The sum is shown only if it is the number of rows of the list.
    pub(crate) fn rows(&self, lines: &mut Lines, counts: &Counts, words: Text) {
        let text = if self.pairing.is_some() {
            words
        } else {
            Text::from(format!("{}: ", counts.rows())).and(words)
        };
        self.line(lines, Some(Label::Rows), text);
    }

    /// Prints what has changed since the last run, and what other campaigns have to do with it.
    fn changes(&self, lines: &mut Lines) {
        let ImportSummary {
            dropped,
            corrected,
            stand_ins,
            untouched,
            took_place,
        } = &self.imported;
        let some = |rows: u64, message: fn(u64) -> RowsMessage| (rows > 0).then(|| message(rows));
        let took_place = took_place.iter().map(|(file, old)| RowsMessage::TookPlace {
            file: file.clone(),
            old: old.clone(),
        });
        let another = self.already_sent.got_another.as_ref();
        let another = another.map(|sent| RowsMessage::GotAnother {
            rows: sent.rows,
            campaign: sent.campaign.clone(),
            day: self.day_of(sent),
        });
        let messages = some(*corrected, |rows| RowsMessage::Corrected { rows })
            .into_iter()
            .chain(some(*untouched, |rows| RowsMessage::Untouched { rows }))
            .chain(some(*stand_ins, |rows| RowsMessage::StandIns { rows }))
            .chain(took_place)
            .chain(some(*dropped, |rows| RowsMessage::Dropped { rows }))
            .chain(some(self.sent_and_gone, |rows| RowsMessage::SentAndGone {
                rows,
            }))
            .chain(another);
        for message in messages {
            self.message(lines, None, &message);
        }
    }

    /// Prints which rows are not sent in this run, and why.
    fn left_out(&self, lines: &mut Lines, counts: &Counts) {
        let mut label = Some(Label::LeftOut);
        let some = |rows: u64, message: fn(u64) -> RowsMessage| (rows > 0).then(|| message(rows));
        let of = |status| counts.of(status);
        let open = of(Status::Unknown).saturating_sub(self.sent_elsewhere);
        let by_list = self.by_list();
        let earlier = self
            .still_suppressed
            .iter()
            .map(|(list, rows)| still_suppressed(list, *rows));
        let messages = some(of(Status::Invalid), |rows| RowsMessage::LeftInvalid {
            rows,
        })
        .into_iter()
        .chain(some(of(Status::Duplicate), |rows| {
            RowsMessage::LeftDuplicate { rows }
        }))
        .chain(by_list)
        .chain(earlier)
        .chain(some(of(Status::Failed), |rows| RowsMessage::LeftFailed {
            rows,
        }))
        .chain(some(open, |rows| RowsMessage::LeftUnknown { rows }))
        .chain(some(self.sent_elsewhere, |rows| {
            RowsMessage::SentElsewhere { rows }
        }))
        .chain(not_given(&self.held));
        for message in messages {
            self.message(lines, label.take(), &message);
        }
        self.already_sent(lines, label);
    }

    /// Prints which rows the lists of this run exclude.
    pub(crate) fn suppressed(&self, lines: &mut Lines) {
        for (index, message) in self.by_list().enumerate() {
            self.message(lines, (index == 0).then_some(Label::LeftOut), &message);
        }
    }

    fn by_list(&self) -> impl Iterator<Item = RowsMessage> {
        self.suppressed
            .iter()
            .map(|(list, rows)| by_list(list, *rows))
    }

    /// Prints which rows are not sent because people already got them.
    fn already_sent(&self, lines: &mut Lines, mut label: Option<Label>) {
        for sent in &self.already_sent.sent_before {
            let message = RowsMessage::SentBefore {
                rows: sent.rows,
                campaign: sent.campaign.clone(),
                day: self.day_of(sent),
            };
            self.message(lines, label.take(), &message);
        }
        for sent in &self.already_sent.written_recently {
            let message = RowsMessage::WrittenRecently {
                rows: sent.rows,
                campaign: sent.campaign.clone(),
                day: self.day_of(sent),
            };
            self.message(lines, label.take(), &message);
        }
        let rows = self.already_sent.changed;
        if rows > 0 {
            self.message(lines, label.take(), &RowsMessage::Changed { rows });
        }
    }

    /// Returns the day on which people got the last of these contacts.
    fn day_of(&self, sent: &EarlierCampaign) -> String {
        let system = || Zone::of(TimeZone::system());
        let zone = self.zone.clone().unwrap_or_else(system);
        i18n::day(zone.local(sent.last).date(), self.language)
    }

    /// Says why this run sends nothing.
    fn nothing_to_send(&self, counts: &Counts) -> String {
        let (rows, accepted) = (counts.rows(), counts.of(Status::Accepted));
        let message = if rows == accepted && rows > 0 {
            RowsMessage::AllAccepted { rows }
        } else if accepted > 0 {
            RowsMessage::NothingLeft { rows: accepted }
        } else {
            RowsMessage::NothingToSend
        };
        message.localized(self.language)
    }

    fn first(&self, lines: &mut Lines) {
        if let Some(FirstMessage { message, at }) = &self.first {
            let message = first_message(message, at.clone());
            self.message(lines, Some(Label::First), &message);
        }
    }
}

impl Outlook {
    fn pace(&self, language: Language) -> String {
        let contacts = self.to_send;
        let rate = self.rate.to_string();
        let message = match self.spacing {
            Some(spacing) => PaceMessage::Spaced {
                seconds: tenths(spacing).to_string(),
                contacts,
            },
            None if !self.finish.is_empty() => PaceMessage::Rate { rate, contacts },
            None => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "rows, for a figure that a person reads"
                )]
                let seconds = (contacts as f64 / self.rate).ceil();
                PaceMessage::Pace {
                    rate,
                    contacts,
                    time: i18n::long(Duration::from_secs_f64(seconds), language),
                }
            }
        };
        message.localized(language)
    }
}

/// Rounds to a tenth of a second.
fn tenths(time: Duration) -> f64 {
    (time.as_secs_f64() * 10.0).round() / 10.0
}

/// Describes one message for a reader.
fn first_message(message: &Message, at: Option<String>) -> RowsMessage {
    let [first, middle, last, company] = message.contact.names();
    let names: Vec<_> = [first, middle, last]
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect();
    let mut parts = vec![
        names.join(" "),
        company.to_owned(),
        message.contact.phone().to_string(),
    ];
    parts.retain(|part| !part.is_empty());
    let (recipient, card) = (message.recipient.to_string(), parts.join(", "));
    match at {
        Some(at) => RowsMessage::GetsLater {
            recipient,
            card,
            at,
        },
        None => RowsMessage::Gets { recipient, card },
    }
}

fn by_list(list: &str, rows: u64) -> RowsMessage {
    let name = Path::new(list).file_name().unwrap_or(list.as_ref());
    RowsMessage::LeftByList {
        rows,
        list: name.to_string_lossy().into_owned(),
    }
}

fn still_suppressed(list: &str, rows: u64) -> RowsMessage {
    match list {
        "" => RowsMessage::StillSuppressed { rows },
        list => RowsMessage::StillSuppressedBy {
            rows,
            list: list.to_owned(),
        },
    }
}

/// Returns the number of pending rows that wait for files.
pub(crate) fn held_rows(held: &[(String, u64)]) -> u64 {
    held.iter().map(|(_, rows)| rows).sum()
}

/// Says why they wait, one line for each file.
pub(crate) fn not_given(held: &[(String, u64)]) -> impl Iterator<Item = RowsMessage> {
    held.iter().map(|(source, rows)| RowsMessage::FileNotGiven {
        source: source.clone(),
        rows: *rows,
    })
}

/// Returns the statuses that have rows, in the order of the equation.
pub(crate) fn words_text(counts: &Counts, language: Language) -> Text {
    status_words(counts, language, |status, rows| {
        StatusCount::Rows { rows, status }.localized(language)
    })
}

/// Returns the statuses before a run: what was accepted was accepted by an earlier one.
fn before_words(counts: &Counts, language: Language) -> Text {
    status_words(counts, language, |status, rows| match status {
        Status::Accepted => CountMessage::AcceptedBefore { rows }.localized(language),
        Status::Failed
        | Status::Invalid
        | Status::Duplicate
        | Status::Suppressed
        | Status::Unknown
        | Status::Pending => StatusCount::Rows { rows, status }.localized(language),
    })
}

fn status_words(counts: &Counts, language: Language, word: impl Fn(Status, u64) -> String) -> Text {
    let some: Vec<_> = Status::ALL
        .into_iter()
        .filter(|status| counts.of(*status) > 0)
        .map(|status| {
            let word = word(status, counts.of(status));
            (tone(status), word)
        })
        .collect();
    if some.is_empty() {
        CountMessage::Nothing.localized(language).into()
    } else {
        Text::joined(some, ", ")
    }
}

/// Returns the colour of a count.
pub(crate) const fn tone(status: Status) -> Tone {
    match status {
        Status::Accepted => Tone::Good,
        Status::Failed | Status::Invalid => Tone::Bad,
        Status::Unknown => Tone::Caution,
        Status::Duplicate | Status::Suppressed | Status::Pending => Tone::Plain,
    }
}

/// Returns the statuses as words without colours.
pub(crate) fn words(counts: &Counts, language: Language) -> String {
    words_text(counts, language).plain()
}
