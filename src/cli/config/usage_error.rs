//! Reports an invalid command line and ends the program.

use std::{
    env,
    ffi::OsString,
    io::{IsTerminal, Write},
};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{file_language::file_language, russian_usage};
use crate::{
    cli::{
        args::{LanguageArgument, russian},
        failure,
    },
    i18n::{self, Language},
    platform::{SYSTEM, System},
};

/// Options of earlier versions, and what to use instead, in English and in Russian.
const REMOVED: [(&str, [&str; 2]); 5] = [
    (
        "--confirm",
        [
            "see the plan with --dry-run, and send a few first with --limit",
            "посмотрите план с --dry-run и отправьте сначала немного с --limit",
        ],
    ),
    (
        "--install",
        [
            "save what schedule prints, as docs/scheduling.md says",
            "сохраните то, что выводит schedule, как описано в docs/scheduling.md",
        ],
    ),
    (
        "--log-personal-data",
        [
            "-vv names the row, and hides the middle of the number",
            "-vv называет строку и скрывает середину номера",
        ],
    ),
    (
        "--map-file",
        [
            "use --map FIELD=COLUMN, or a list in sendcontact.toml: map = [\"FIELD=COLUMN\"]",
            "используйте --map ПОЛЕ=СТОЛБЕЦ или список в sendcontact.toml: map = [\"ПОЛЕ=СТОЛБЕЦ\"]",
        ],
    ),
    (
        "--max-duration",
        [
            "use --until, which takes a time such as 3h too",
            "используйте --until: он понимает и время вроде 3h",
        ],
    ),
];

/// Prints what is wrong with the command line, or the requested help, and ends the program.
pub(super) fn exit_with(error: clap::Error, words: &[OsString]) -> ! {
    let language = language_of(words);
    let mut error = match language {
        Language::En => error,
        // Parses again for Russian names of values. If a settings file caused the error, the new error may be a
        // different one; then the first is kept.
        Language::Ru => russian::program()
            .try_get_matches_from(words)
            .err()
            .filter(|russian| russian.kind() == error.kind())
            .unwrap_or(error),
    };
    if !error.use_stderr() {
        print_help(&error, language);
    }
    name_replacement(&mut error, language);
    let texts: Vec<_> = error
        .context()
        .map(|(kind, value)| (kind, escaped(value)))
        .collect();
    for (kind, text) in texts {
        text.map(|text| error.insert(kind, text));
    }
    let text = match language {
        Language::En => error.render().to_string(),
        Language::Ru => russian_usage::text(&error),
    };
    eprint_lossy!("{text}");
    let first = text.split_once("\n\n").map_or(&*text, |(first, _)| first);
    failure::print_usage(first);
    std::process::exit(error.exit_code())
}

fn print_help(error: &clap::Error, language: Language) -> ! {
    if language == Language::Ru {
        let has_styles = SYSTEM == System::Unix
            && std::io::stdout().is_terminal()
            && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && env::var_os("TERM").is_none_or(|value| value != "dumb");
        let help = error.render();
        let help = if has_styles {
            help.ansi().to_string()
        } else {
            help.to_string()
        };
        // A reader that has closed the pipe needs no help.
        let _ = std::io::stdout().write_all(russian::without_english(&help).as_bytes());
        std::process::exit(error.exit_code());
    }
    error.exit()
}

/// Returns the language for a command line that cannot be parsed: from `--lang`, else from the settings files, else
/// from the environment.
fn language_of(command_line: &[OsString]) -> Language {
    let words: Vec<_> = command_line
        .iter()
        .map(|word| word.to_string_lossy())
        .collect();
    let typed = words.iter().enumerate().find_map(|(at, word)| {
        if word == "--lang" {
            words.get(at + 1).map(AsRef::as_ref)
        } else {
            word.strip_prefix("--lang=")
        }
    });
    match typed {
        Some("ru") => Language::Ru,
        Some("en") => Language::En,
        Some(_) | None => match file_language(command_line) {
            Some(LanguageArgument::Ru) => Language::Ru,
            Some(LanguageArgument::En) => Language::En,
            None => Language::of_environment(),
        },
    }
}

/// Names the replacement for an option that was removed.
fn name_replacement(error: &mut clap::Error, language: Language) {
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    let removed = REMOVED
        .iter()
        .find(|(name, _)| error.kind() == ErrorKind::UnknownArgument && name == option);
    if let Some((_, [en, ru])) = removed {
        let instead = match language {
            Language::En => *en,
            Language::Ru => *ru,
        };
        error.remove(ContextKind::SuggestedArg);
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![instead.into()]),
        );
    }
}

/// Escapes a typed word, so that it is safe for a terminal; all other text is the program's own.
fn escaped(value: &ContextValue) -> Option<ContextValue> {
    let ContextValue::String(text) = value else {
        return None;
    };
    Some(ContextValue::String(i18n::shown(text).into_owned()))
}
