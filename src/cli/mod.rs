//! The command line: arguments, settings, commands, exit codes. stdout is data, stderr is for people.

/// Writes a line to stderr, with control characters escaped, and wrapped on a terminal. A closed stderr does not end
/// the command.
macro_rules! eprintln_lossy {
    ($($words:tt)*) => {
        crate::terminal::print_line(&format!($($words)*))
    };
}

/// Like `eprintln_lossy!`, without the line end.
macro_rules! eprint_lossy {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let text = format!($($words)*);
        let _ = write!(std::io::stderr(), "{}", crate::i18n::shown_lines(&text));
    }};
}

mod args;
mod commands;
mod config;
mod exit;
mod failure;
mod log;
mod options;
mod output;
mod session;

use std::process::ExitCode;

use args::Command;
use commands::{
    check, control, doctor, init, ledger, man, opt_outs, reconcile, report, resolve, schedule,
    send, settings, shell, simulate, status, track, trust,
};
use config::ParsedCommandLine;
#[doc(hidden)]
pub use config::check_settings;
use exit::{CommandError, Exit};
use options::written_names;
use output::{other_campaigns, ui::Ui};
use session::notify::UnattendedRun;

use crate::{
    platform,
    terminal::{Lines, Terminal, Text, Tone},
};

/// Runs the command that was typed and returns its exit code.
#[must_use]
pub fn run() -> ExitCode {
    platform::forbid_core_dumps();
    options::service::hide_token_of_environment();
    let typed = match config::parse_env_args() {
        Ok(typed) => typed,
        Err((error, lang)) => {
            let text = error.localized(options::language::chosen_language(lang));
            eprintln_lossy!("sendcontact: {text}");
            failure::print_usage(&text);
            return ExitCode::from(Exit::Usage);
        }
    };
    let language = options::language::chosen_language(typed.language());
    let ui = Ui::new(&typed, language);
    trust::warn_of_ignored(&typed, &ui);
    let result = written_names::refuse_tokens(&typed)
        .map_err(CommandError::from)
        .and_then(|()| run_logged(&typed, &ui));
    let exit = result.unwrap_or_else(|error| {
        report_error(&error, &typed, &ui);
        error.exit()
    });
    ExitCode::from(exit)
}

/// Prints why the command could not do its work, and suggests what may have been meant.
fn report_error(error: &CommandError, typed: &ParsedCommandLine, ui: &Ui) {
    let place = settings::place_of_error(typed, error)
        .map(|place| place + ": ")
        .unwrap_or_default();
    let mut lines = Lines::new(Terminal::stderr());
    let text = Text::default().with(Tone::BadHeading, "sendcontact:").with(
        Tone::Plain,
        format!(" {place}{}", error.localized(ui.language)),
    );
    lines.indented(0, text);
    lines.print();
    failure::print(error, ui.language);
    for line in other_campaigns::lines(error, ui) {
        eprintln_lossy!("{line}");
    }
}

/// Runs a command with its log, and reports its end.
fn run_logged(typed: &ParsedCommandLine, ui: &Ui) -> Result<Exit, CommandError> {
    let command = &typed.arguments.command;
    let Some(run) = UnattendedRun::new(command) else {
        return log::install(command.verbose(), None).and_then(|()| run_command(typed, ui));
    };
    run.begin(command.verbose())?;
    let result = run_command(typed, ui);
    run.end(&result, ui);
    result
}

/// Dispatches to the function of each command.
fn run_command(typed: &ParsedCommandLine, ui: &Ui) -> Result<Exit, CommandError> {
    match &typed.arguments.command {
        Command::Send(arguments) => send::send(arguments, typed, ui),
        Command::Check(arguments) => check::check(arguments, ui),
        Command::Status(arguments) => status::status(arguments, ui),
        Command::Reconcile(arguments) => reconcile::reconcile(arguments, typed, ui),
        Command::Resolve(arguments) => resolve::resolve(arguments, ui),
        Command::Track(arguments) => track::track(arguments, typed, ui),
        Command::Report(arguments) => report::report(arguments, ui),
        Command::Pause(arguments) => control::pause(arguments, ui),
        Command::Resume(arguments) => control::resume(arguments, ui),
        Command::Cancel(arguments) => control::cancel(arguments, ui),
        Command::Ledger(arguments) => ledger::ledger(arguments, ui),
        Command::Simulate(arguments) => simulate::simulate(arguments, ui),
        Command::Settings(arguments) => settings::show(arguments, typed, ui),
        Command::Init(arguments) => init::init(arguments, typed, ui),
        Command::Trust(arguments) => trust::trust(arguments, ui),
        Command::Completions(arguments) => shell::completions(arguments),
        Command::Man(arguments) => man::man(arguments, ui),
        Command::Schedule(arguments) => schedule::schedule(arguments, typed, ui),
        Command::Doctor(arguments) => doctor::doctor(arguments, typed, ui),
        Command::OptOuts(arguments) => opt_outs::opt_outs(arguments, typed, ui),
    }
}
