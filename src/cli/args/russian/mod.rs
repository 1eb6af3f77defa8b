//! The help in Russian. Its English source is the doc comments of the arguments; [`texts`] pairs each with its Russian
//! text, and a test finds a text that is missing on either side.

mod texts;

use clap::{
    Arg, Command, CommandFactory,
    builder::{PossibleValue, StyledStr},
};

use super::Arguments;
use texts::{HEADINGS, TEXTS, VALUES};

/// Headings of the help that clap writes itself; each stands alone on a line.
const OWN_HEADINGS: [(&str, &str); 2] = [("Arguments:", "Аргументы:"), ("Options:", "Параметры:")];

/// Returns the program with all commands and options as declared, and every text of the help in Russian.
pub(crate) fn program() -> Command {
    let mut program = Arguments::command();
    // Adds the options and the command that clap itself declares.
    program.build();
    command(program)
}

/// Translates the words of the help of [`program`] that clap itself writes and does not let us set.
pub(crate) fn without_english(help: &str) -> String {
    let line = |line: &str| {
        let line = line.trim_end();
        let heading = OWN_HEADINGS.iter().find(|(en, _)| is_heading(line, en));
        match heading {
            Some((en, ru)) => line.replace(en, ru),
            None => usage(line),
        }
    };
    help.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Whether the line holds only this heading and its style.
fn is_heading(line: &str, heading: &str) -> bool {
    line.contains(heading) && (line == heading || line.starts_with('\u{1b}'))
}

/// Translates the line that shows how a command is typed.
pub(crate) fn usage(line: &str) -> String {
    line.replace("Usage:", "Запуск:")
        .replace("[OPTIONS]", "[ПАРАМЕТРЫ]")
}

/// Returns the Russian for a text of the help, or the text itself if there is none.
pub(crate) fn text(english: &str) -> &str {
    of(TEXTS, english)
}

fn of<'a>(table: &[(&str, &'static str)], english: &'a str) -> &'a str {
    table
        .iter()
        .find(|(en, _)| is_same(en, english))
        .map_or(english, |(_, ru)| ru)
}

/// Whether two texts are the same, apart from line breaks.
fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

fn command(mut command: Command) -> Command {
    if let Some(about) = command.get_about().map(ToString::to_string) {
        command = command.about(text(&about).to_owned());
    }
    if let Some(after) = command.get_after_help().map(ToString::to_string) {
        command = command.after_help(text(&after).to_owned());
    }
    command
        .subcommand_help_heading("Команды")
        .subcommand_value_name("КОМАНДА")
        .mut_args(option)
        .mut_subcommands(self::command)
}

fn option(mut option: Arg) -> Arg {
    if let Some(heading) = option.get_help_heading().map(ToString::to_string) {
        option = option.help_heading(of(HEADINGS, &heading).to_owned());
    }
    if option.get_action().takes_values()
        && let Some(name) = option.get_value_names().and_then(<[_]>::first)
    {
        let name = of(VALUES, name.as_str()).to_owned();
        option = option.value_name(name);
    }
    let help = |help: Option<&StyledStr>| help.map(|help| text(&help.to_string()).to_owned());
    let (short, long) = (help(option.get_help()), help(option.get_long_help()));
    let Some(short) = short else { return option };
    let long = long.unwrap_or_else(|| short.clone());
    let (words, list) = possible_values(&option);
    let (variable, default) = (variable(&option), default(&option));
    let in_line = [&short, &variable, &default, &words];
    let in_lines = [&long, &list, &variable, &default];
    option
        .help(joined(&in_line, " "))
        .long_help(joined(&in_lines, "\n\n"))
        .hide_possible_values(true)
        .hide_default_value(true)
        .hide_env(true)
}

fn joined(parts: &[&String], between: &str) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(|part| part.as_str())
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(between)
}

/// Describes the values that an option accepts: on one line for the short help, as a list for the long one.
fn possible_values(option: &Arg) -> (String, String) {
    let values = option.get_possible_values();
    if values.is_empty() || !option.get_action().takes_values() {
        return (String::new(), String::new());
    }
    let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    let line = format!("[возможные значения: {}]", names.join(", "));
    let Some(longest) = values
        .iter()
        .filter(|value| value.get_help().is_some())
        .map(|value| value.get_name().len())
        .max()
    else {
        return (line.clone(), line);
    };
    let list = values.iter().map(|value| {
        let name = format!("{}:", value.get_name());
        let help = value.get_help().map(ToString::to_string);
        let help = help.as_deref().map_or("", text);
        format!("\n  - {name:width$} {help}", width = longest + 1)
    });
    (
        line,
        format!("Возможные значения:{}", list.collect::<String>()),
    )
}

fn variable(option: &Arg) -> String {
    option
        .get_env()
        .map(|name| format!("[переменная среды: {}]", name.to_string_lossy()))
        .unwrap_or_default()
}

fn default(option: &Arg) -> String {
    let values = option.get_default_values();
    if values.is_empty() || !option.get_action().takes_values() {
        return String::new();
    }
    let values: Vec<_> = values.iter().map(|value| value.to_string_lossy()).collect();
    format!("[по умолчанию: {}]", values.join(" "))
}

#[cfg(test)]
mod tests;
