//! The manual pages, generated from the declared options. What options cannot say is in `texts`: examples, files,
//! variables.

mod texts;

use std::{fs, io, path::Path};

use clap::{Arg, ArgAction, CommandFactory};
use clap_mangen::{
    Man,
    roff::{Inline, Roff, bold, italic, roman},
};

use crate::cli::{
    args::{Arguments, setup::ManArguments},
    exit::{CommandError, Exit},
    output::{stdout::write_raw, ui::Ui},
};
use crate::i18n::{count, messages};

messages! {
    /// What was written.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum ManMessage {
        Written { pages: u64, folder: String } =
            en "{pages} written to {folder}. To read one: man {folder}/sendcontact.1"
                [pages = count::en(*pages, "page", "pages")],
            ru "В {folder} записано: {pages}. Прочитать: man {folder}/sendcontact.1"
                [pages = count::ru(*pages, "страница", "страницы", "страниц")],
    }
}

/// Where the exit codes begin in the help of a command.
const EXIT_CODES: &str = "Exit codes: ";

/// Writes a page for the program and one for each command into a folder, or prints the page of the program.
pub(crate) fn man(arguments: &ManArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let wrong = |source| CommandError::Machine {
        what: "the manual cannot be written",
        source,
    };
    let Some(folder) = &arguments.folder else {
        write_raw(&page(&program, &program).map_err(wrong)?)?;
        return Ok(Exit::Done);
    };
    fs::create_dir_all(folder).map_err(wrong)?;
    let pages = write(&program, &program, folder).map_err(wrong)?;
    let folder = folder.display().to_string();
    let written = ManMessage::Written { pages, folder };
    ui.print(&written);
    Ok(Exit::Done)
}

/// Writes the page of a command and those of its subcommands. Returns how many.
fn write(program: &clap::Command, command: &clap::Command, folder: &Path) -> io::Result<u64> {
    let file = format!("{}.1", name(command));
    fs::write(folder.join(file), page(program, command)?)?;
    let shown = command.get_subcommands().filter(|one| !one.is_hide_set());
    let more: io::Result<Vec<u64>> = shown.map(|one| write(program, one, folder)).collect();
    Ok(1 + more?.iter().sum::<u64>())
}

fn name(command: &clap::Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

fn page(program: &clap::Command, command: &clap::Command) -> io::Result<String> {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    synopsis(command).to_writer(&mut page)?;
    man.render_description_section(&mut page)?;
    let (notes, exit_codes) = after_help(program, command);
    if !notes.is_empty() {
        let mut roff = Roff::new();
        roff.control("PP", []).text([roman(notes)]);
        roff.to_writer(&mut page)?;
    }
    man.render_options_section(&mut page)?;
    if command.get_subcommands().next().is_some() {
        man.render_subcommands_section(&mut page)?;
    }
    let sections = [
        ("EXIT STATUS", exit_status(&exit_codes)),
        ("ENVIRONMENT", list(&texts::ENVIRONMENT)),
        ("FILES", list(&texts::FILES)),
        ("EXAMPLES", examples(command)),
        ("SEE ALSO", see_also(program, command)),
    ];
    for (heading, text) in sections {
        let mut roff = Roff::new();
        roff.control("SH", [heading]);
        roff.extend([text]);
        roff.to_writer(&mut page)?;
    }
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// Lists the options with their values; none is broken at the end of a line.
fn synopsis(command: &clap::Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    let bin_name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let mut line = vec![bold(bin_name)];
    let shown = || command.get_arguments().filter(|arg| !arg.is_hide_set());
    for option in shown().filter(|arg| !arg.is_positional()) {
        line.push(roman(" "));
        line.extend(bracketed(option, flag(option)));
    }
    for word in shown().filter(|arg| arg.is_positional()) {
        line.push(roman(" "));
        line.extend(bracketed(word, Vec::new()));
    }
    if command.get_subcommands().next().is_some() {
        line.extend([roman(" "), italic("COMMAND")]);
    }
    roff.text(line);
    roff
}

/// Returns the part of an option that is typed before its value.
fn flag(option: &Arg) -> Vec<Inline> {
    let long = option.get_long().map(|long| bold(format!("--{long}")));
    let short = option.get_short().map(|short| bold(format!("-{short}")));
    match (short, long) {
        (Some(short), Some(long)) => vec![short, roman("|"), long],
        (short, long) => short.into_iter().chain(long).collect(),
    }
}

/// Returns an argument with its values, in brackets if it is optional.
fn bracketed(argument: &Arg, flag: Vec<Inline>) -> Vec<Inline> {
    let takes_values = argument
        .get_num_args()
        .is_some_and(|range| range.takes_values());
    let has_flag = !flag.is_empty();
    let mut inner = flag;
    if takes_values {
        if has_flag {
            inner.push(roman(" "));
        }
        let names = argument.get_value_names().unwrap_or_default();
        let names: Vec<&str> = names.iter().map(clap::builder::Str::as_str).collect();
        inner.push(italic(names.join(" ")));
    }
    let is_repeated = matches!(argument.get_action(), ArgAction::Append | ArgAction::Count);
    if is_repeated {
        inner.push(roman("..."));
    }
    if argument.is_required_set() {
        return inner;
    }
    let inner = std::iter::once(roman("[")).chain(inner);
    inner.chain([roman("]")]).collect()
}

/// Returns the end of the help: notes, and the exit codes. A command without its own codes has those of the program.
fn after_help(program: &clap::Command, command: &clap::Command) -> (String, String) {
    let text = |command: &clap::Command| {
        let help = command.get_after_help().map(ToString::to_string);
        help.unwrap_or_default()
    };
    let own = text(command);
    let (notes, codes) = own.split_once(EXIT_CODES).unwrap_or((&own, ""));
    let codes = if codes.is_empty() {
        let all = text(program);
        let codes = all.split_once(EXIT_CODES).map(|(_, codes)| codes);
        codes.unwrap_or_default().to_owned()
    } else {
        codes.to_owned()
    };
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    (one_line(notes), one_line(&codes))
}

/// Turns `0 all is well; 2 the settings.` into a list.
fn exit_status(codes: &str) -> Roff {
    let mut roff = Roff::new();
    for code in codes.trim_end_matches('.').split("; ") {
        let (number, meaning) = code.split_once(' ').unwrap_or((code, ""));
        roff.control("TP", []);
        roff.text([bold(number)]);
        roff.text([roman(meaning)]);
    }
    roff
}

fn list(entries: &[(&str, &str)]) -> Roff {
    let mut roff = Roff::new();
    for (name, meaning) in entries {
        roff.control("TP", []);
        roff.text([bold(*name)]);
        roff.text([roman(*meaning)]);
    }
    roff
}

fn examples(command: &clap::Command) -> Roff {
    let mut roff = Roff::new();
    for (what, line) in texts::examples(name(command)) {
        roff.control("PP", []);
        roff.text([roman(*what)]);
        roff.control("PP", []);
        roff.control("RS", ["4"]);
        roff.text([bold(*line)]);
        roff.control("RE", []);
    }
    roff
}

fn see_also(program: &clap::Command, command: &clap::Command) -> Roff {
    let mut roff = Roff::new();
    let is_program = name(command) == name(program);
    let other = if is_program {
        "sendcontact-send(1), sendcontact-check(1), sendcontact-status(1)"
    } else {
        "sendcontact(1)"
    };
    roff.text([roman(other)]);
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command of the program, by the name of its page.
    fn commands() -> Vec<clap::Command> {
        fn add(command: &clap::Command, all: &mut Vec<clap::Command>) {
            all.push(command.clone());
            for one in command.get_subcommands() {
                add(one, all);
            }
        }
        let mut program = Arguments::command().disable_help_subcommand(true);
        program.build();
        let mut all = Vec::new();
        add(&program, &mut all);
        all
    }

    #[test]
    fn every_page_has_every_section_and_every_example_is_a_command() {
        let commands = commands();
        for command in &commands {
            let page = page(&commands[0], command).unwrap();
            for section in [
                "SYNOPSIS",
                "EXIT STATUS",
                "ENVIRONMENT",
                "FILES",
                "EXAMPLES",
            ] {
                let heading = format!(".SH \"{section}\"");
                let plain = format!(".SH {section}");
                assert!(
                    page.contains(&heading) || page.contains(&plain),
                    "{}: {section}\n{page}",
                    name(command)
                );
            }
            assert!(!page.contains("EXTRA"), "{page}");
            let examples = texts::examples(name(command));
            assert!(!examples.is_empty(), "{}", name(command));
            for (_, line) in examples {
                let words = line.split(" | ").next().unwrap_or_default();
                let words = words.split(" > ").next().unwrap_or_default();
                let words = words.split_whitespace();
                let read = Arguments::command().try_get_matches_from(words);
                let shown = |error: &clap::Error| !error.use_stderr();
                assert!(read.as_ref().err().is_none_or(shown), "{line}: {read:?}");
            }
        }
    }

    #[test]
    fn the_synopsis_names_what_options_take() {
        let commands = commands();
        let report = commands
            .iter()
            .find(|command| name(command) == "sendcontact-report");
        let page = page(&commands[0], report.unwrap()).unwrap();
        let synopsis = page.split(".SH").nth(2).unwrap();
        for part in ["\\-\\-only", "ROWS", "CAMPAIGN", "\\-\\-results", "PATH"] {
            assert!(synopsis.contains(part), "{part}: {synopsis}");
        }
    }

    #[test]
    fn exit_codes_are_a_list() {
        let text = exit_status("0 all is well; 5 stopped, run again.").to_roff();
        assert!(
            text.contains("stopped, run again") && text.matches(".TP").count() == 2,
            "{text}"
        );
    }
}
