//! Lines for people. On a terminal, lines are wrapped between words with a hanging indent, and labels are bold.
//! Elsewhere a line stays whole and has no colour; with `NO_COLOR` there are no colours either.
//!
//! What must stay true: incoming text is escaped here, before colours are added, so that nothing from outside reaches
//! the terminal as a command.

pub mod quote;

use std::io::Write;

use console::{Style, Term};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::i18n;

/// The width of a label, without the two columns before it and the one after it.
const LABEL: usize = 9;

/// The width below which lines are not wrapped, because every line would be a single word.
const NARROWEST: usize = 40;

/// The output to which lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terminal {
    /// Its width in columns; `None` if it is not a terminal, or too narrow to wrap for.
    width: Option<usize>,
    has_colors: bool,
}

impl Terminal {
    /// Describes stderr.
    #[must_use]
    pub fn stderr() -> Self {
        Self {
            width: width(&Term::stderr()),
            has_colors: console::colors_enabled_stderr(),
        }
    }

    /// Describes stdout.
    #[must_use]
    pub fn stdout() -> Self {
        Self {
            width: width(&Term::stdout()),
            has_colors: console::colors_enabled(),
        }
    }

    /// Returns the width in columns; `None` if it is not a terminal, or too narrow to wrap for.
    #[must_use]
    pub const fn width(&self) -> Option<usize> {
        self.width
    }

    /// Describes a terminal of this width, without colours.
    #[cfg(test)]
    pub(crate) const fn of_width(width: usize) -> Self {
        Self {
            width: Some(width),
            has_colors: false,
        }
    }

    /// Whether a text with this many columns does not fit beside a label.
    #[must_use]
    pub fn is_too_long(&self, columns: usize) -> bool {
        self.width.is_some_and(|width| columns + LABEL + 3 > width)
    }
}

fn width(term: &Term) -> Option<usize> {
    let (_, columns) = term.size_checked().filter(|_| term.is_term())?;
    Some(usize::from(columns)).filter(|columns| *columns >= NARROWEST)
}

/// The meaning of a text, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Without a colour.
    #[default]
    Plain,
    /// A heading or a label.
    Heading,
    /// What went well.
    Good,
    /// What needs attention.
    Caution,
    /// What failed.
    Bad,
    /// A heading above what failed.
    BadHeading,
}

impl Tone {
    fn style(self) -> Style {
        let style = Style::new().force_styling(true);
        match self {
            Self::Plain => style,
            Self::Heading => style.bold(),
            Self::Good => style.green(),
            Self::Caution => style.yellow(),
            Self::Bad => style.red(),
            Self::BadHeading => style.red().bold(),
        }
    }

    /// Returns the style of a label, which is bold.
    fn label(self) -> Style {
        self.style().bold()
    }
}

/// A line of text whose parts may have tones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(Vec<(Tone, String)>);

impl Text {
    /// Adds a part.
    #[must_use]
    pub fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push((tone, text.into()));
        self
    }

    /// Joins parts with a separator between them.
    #[must_use]
    pub fn joined(parts: impl IntoIterator<Item = (Tone, String)>, separator: &str) -> Self {
        let mut text = Self::default();
        for (tone, part) in parts {
            if !text.0.is_empty() {
                text = text.with(Tone::Plain, separator);
            }
            text = text.with(tone, part);
        }
        text
    }

    /// Appends the parts of another text.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Returns the text without its tones.
    #[must_use]
    pub fn plain(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }

    fn shown(&self, has_colors: bool) -> String {
        let part = |(tone, text): &(Tone, String)| {
            let text = i18n::shown_lines(text);
            if has_colors && *tone != Tone::Plain {
                tone.style().apply_to(text).to_string()
            } else {
                text.into_owned()
            }
        };
        self.0.iter().map(part).collect()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(vec![(Tone::Plain, text)])
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// Lines that are collected and then printed together.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    terminal: Terminal,
    text: String,
}

impl Lines {
    /// Starts without any line, for this terminal.
    #[must_use]
    pub fn new(terminal: Terminal) -> Self {
        Self {
            terminal,
            text: String::new(),
        }
    }

    /// Returns the terminal for which the lines are formatted.
    #[must_use]
    pub const fn terminal(&self) -> Terminal {
        self.terminal
    }

    /// Adds a line beside its label, or below the label of the line before.
    pub fn labelled(&mut self, label: Option<(Tone, &str)>, text: impl Into<Text>) {
        let (tone, label) = label.unwrap_or_default();
        let padded = format!("{:LABEL$}", i18n::shown_lines(label));
        let label = if self.terminal.has_colors && !label.is_empty() {
            tone.label().apply_to(padded).to_string()
        } else {
            padded
        };
        self.wrap(&format!("  {label} "), LABEL + 3, &text.into());
    }

    /// Adds a line that begins after this many columns.
    pub fn indented(&mut self, columns: usize, text: impl Into<Text>) {
        self.wrap(&" ".repeat(columns), columns, &text.into());
    }

    /// Adds a line after a head of this width, which is our own text and may have colours.
    pub fn headed(&mut self, head: &str, columns: usize, text: impl Into<Text>) {
        self.wrap(head, columns, &text.into());
    }

    /// Adds several lines, each with the spaces at its beginning.
    pub fn paragraphs(&mut self, text: &str) {
        for line in text.split('\n') {
            let begun = line.trim_start_matches(' ');
            self.indented(line.len() - begun.len(), begun);
        }
    }

    /// Adds an empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Returns the lines as they are printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Prints the lines to stderr. A closed stderr does not end the command.
    pub fn print(&self) {
        let _ = std::io::stderr().write_all(self.text.as_bytes());
    }

    fn wrap(&mut self, first: &str, hanging: usize, text: &Text) {
        let text = text.shown(self.terminal.has_colors);
        let hanging = " ".repeat(hanging);
        for (index, line) in text.split('\n').enumerate() {
            let begin = if index == 0 { first } else { &hanging };
            let Some(width) = self.terminal.width.filter(|_| !is_command(line)) else {
                self.text.extend([begin, line, "\n"]);
                continue;
            };
            let options = Options::new(width)
                .initial_indent(begin)
                .subsequent_indent(&hanging)
                .break_words(false)
                .word_separator(WordSeparator::AsciiSpace)
                .word_splitter(WordSplitter::NoHyphenation)
                .wrap_algorithm(WrapAlgorithm::FirstFit);
            self.text += &textwrap::fill(line, options);
            self.text.push('\n');
        }
    }
}

/// Prints a text to stderr, each of its lines with the spaces at its beginning.
pub fn print_line(text: &str) {
    let mut lines = Lines::new(Terminal::stderr());
    lines.paragraphs(text);
    lines.print();
}

/// Whether a line is a command to paste: it begins with the program, or with the folder to run it in. Such a line is
/// never wrapped here. The terminal wraps it without a line end, which a shell would take for the end of the command.
fn is_command(line: &str) -> bool {
    let line = line.trim_start();
    let in_folder = line
        .strip_prefix("cd ")
        .and_then(|line| line.split_once(" && "));
    let line = in_folder.map_or(line, |(_, command)| command);
    [
        "sendcontact ",
        "sendcontact' ",
        "sendcontact.exe ",
        "sendcontact.exe\" ",
    ]
    .iter()
    .filter_map(|program| line.find(program))
    .any(|at| at == 0 || line[..at].ends_with(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Terminal = Terminal {
        width: Some(44),
        has_colors: false,
    };

    fn shown(terminal: Terminal, write: impl FnOnce(&mut Lines)) -> String {
        let mut lines = Lines::new(terminal);
        write(&mut lines);
        lines.as_str().to_owned()
    }

    #[test]
    fn a_long_line_is_wrapped_between_words_and_hangs_under_its_beginning() {
        let text = "the spreadsheet shows 7,9E+10; set the column to-Text and try again";
        let lines = shown(NARROW, |lines| {
            lines.labelled(Some((Tone::Bad, "Problems")), text);
            lines.labelled(None, "таблица показала номер в экспоненциальной форме");
            lines.indented(2, "a name that is longer than the line: /home/somebody/somewhere/clients-final-2026.csv");
        });
        let expected = "  Problems  the spreadsheet shows 7,9E+10; \n            set the column to-Text and try\n            \
                        again\n            таблица показала номер в\n            экспоненциальной форме\n  a name that \
                        is longer than the line:\n  /home/somebody/somewhere/clients-final-2026.csv\n";
        let ends_trimmed = |text: &str| {
            let lines: Vec<_> = text.lines().map(str::trim_end).collect();
            lines.join("\n")
        };
        assert_eq!(ends_trimmed(&lines), ends_trimmed(expected));
    }

    #[test]
    fn a_command_is_never_wrapped() {
        for command in [
            "sendcontact report 'my lists/клиенты май-simulated' --only not-sent",
            "cd '/home/me/my lists' && sendcontact send clients.csv --limit 5",
            "target/debug/sendcontact send clients.csv --limit 5 --window 10:00-19:00",
            r#""C:\my programs\sendcontact.exe" send clients.csv --limit 5 --dry-run"#,
        ] {
            let lines = shown(NARROW, |lines| {
                lines.paragraphs(&format!("To do:\n    {command}"));
                lines.labelled(None, command);
            });
            let indented = format!("To do:\n    {command}\n            {command}\n");
            assert_eq!(lines, indented);
        }
        assert!(!is_command("another sendcontact run is using the ledger"));
    }

    #[test]
    fn off_a_terminal_a_line_stays_whole_and_has_no_colour() {
        let text = Text::from("1 accepted, ").with(Tone::Bad, "2 invalid ".repeat(30).trim_end());
        let lines = shown(Terminal::default(), |lines| {
            lines.labelled(Some((Tone::Heading, "Rows")), text);
        });
        assert_eq!(
            (lines.lines().count(), lines.contains('\u{1b}')),
            (1, false)
        );
        assert!(lines.starts_with("  Rows      1 accepted, 2 invalid"));
    }

    #[test]
    fn colours_take_no_columns_and_nothing_from_outside_is_one() {
        let terminal = Terminal {
            width: Some(60),
            has_colors: true,
        };
        let lines = shown(terminal, |lines| {
            let text = Text::from("10 accepted, ")
                .with(Tone::Bad, "2 failed")
                .with(Tone::Plain, ", \u{1b}[2J, 3");
            lines.labelled(Some((Tone::Heading, "Rows")), text);
        });
        assert_eq!(
            lines,
            "  \u{1b}[1mRows     \u{1b}[0m 10 accepted, \u{1b}[31m2 failed\u{1b}[0m, \\u{1b}[2J, 3\n"
        );
    }
}
