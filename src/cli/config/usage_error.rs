//! A wrong command line: what is said about it, and the end of the program.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::i18n;

/// Options of earlier versions, and what to use instead.
const REMOVED: [(&str, &str); 5] = [
    (
        "--confirm",
        "see the plan with --dry-run, and send a few first with --limit",
    ),
    (
        "--install",
        "save what schedule prints, as docs/scheduling.md says",
    ),
    (
        "--log-personal-data",
        "-vv names the row, and hides the middle of the number",
    ),
    (
        "--map-file",
        "use --map FIELD=COLUMN, or a list in sendcontact.toml: map = [\"FIELD=COLUMN\"]",
    ),
    (
        "--max-duration",
        "use --until, which takes a time such as 3h too",
    ),
];

/// Prints what is wrong with the command line, or the help that was asked for, and ends the program.
pub(super) fn exit_with(mut error: clap::Error) -> ! {
    if !error.use_stderr() {
        error.exit();
    }
    name_replacement(&mut error);
    let texts: Vec<_> = error
        .context()
        .map(|(kind, value)| (kind, escaped(value)))
        .collect();
    for (kind, text) in texts {
        text.map(|text| error.insert(kind, text));
    }
    eprint_lossy!("{}", error.render());
    std::process::exit(error.exit_code())
}

/// Says what to use instead of an option that was removed.
fn name_replacement(error: &mut clap::Error) {
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    let removed = REMOVED
        .iter()
        .find(|(name, _)| error.kind() == ErrorKind::UnknownArgument && name == option);
    if let Some((_, instead)) = removed {
        error.remove(ContextKind::SuggestedArg);
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![(*instead).into()]),
        );
    }
}

/// A word that was typed, safe for a terminal; all other text is the program's own.
fn escaped(value: &ContextValue) -> Option<ContextValue> {
    let ContextValue::String(text) = value else {
        return None;
    };
    Some(ContextValue::String(i18n::shown(text).into_owned()))
}
