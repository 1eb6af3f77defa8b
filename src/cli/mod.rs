//! The command line: arguments, settings, commands, exit codes. stdout is data, stderr is for people.

/// Writes a line to stderr, with control characters escaped, and wrapped on a terminal. A closed stderr does not end
/// the command.
macro_rules! eprintln_lossy {
    ($($words:tt)*) => {
        crate::terminal::print_line(&format!($($words)*))
    };
}

/// As `eprintln_lossy!`, without the line end.
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
use output::{hint::Hints, other_campaigns};
use session::{notify::UnattendedRun, run_record};

use crate::{
    i18n::Language,
    terminal::{Lines, Terminal, Text, Tone},
};

/// Runs the command that was typed and returns its exit code.
#[must_use]
pub fn run() -> ExitCode {
    forbid_core_dumps();
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
    let language = options::language::chosen_language(typed.arguments.lang);
    trust::warn_of_ignored(&typed, language);
    let result = run_logged(&typed, language);
    let exit = result.unwrap_or_else(|error: CommandError| {
        let place = settings::place_of_error(&typed, &error)
            .map(|place| place + ": ")
            .unwrap_or_default();
        let mut lines = Lines::new(Terminal::stderr());
        let text = Text::default().with(Tone::BadHeading, "sendcontact:").with(
            Tone::Plain,
            format!(" {place}{}", error.localized(language)),
        );
        lines.indented(0, text);
        lines.print();
        failure::print(&error, language);
        for line in other_campaigns::lines(&error, &Hints::new(&typed), language) {
            eprintln_lossy!("{line}");
        }
        error.exit()
    });
    ExitCode::from(exit)
}

/// A core dump would hold the token.
#[cfg(target_os = "linux")]
fn forbid_core_dumps() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    // A system that refuses this keeps its own rule.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
const fn forbid_core_dumps() {}

/// Runs a command with its log and the report of its end.
fn run_logged(typed: &ParsedCommandLine, language: Language) -> Result<Exit, CommandError> {
    let command = &typed.arguments.command;
    let Some(run) = UnattendedRun::new(command) else {
        return log::install(command.verbose(), None).and_then(|()| run_command(typed, language));
    };
    run.begin(command.verbose())?;
    let result = run_command(typed, language);
    run.end(&result, &Hints::new(typed), language);
    result
}

fn run_command(typed: &ParsedCommandLine, language: Language) -> Result<Exit, CommandError> {
    let hints = Hints::new(typed);
    match &typed.arguments.command {
        Command::Send(arguments) => {
            send::send(arguments, &typed.send_arguments(), &hints, language)
        }
        Command::Check(arguments) => check::check(arguments, language),
        Command::Status(arguments) if arguments.runs => run_record::print_runs(arguments, language),
        Command::Status(arguments) => status::status(arguments, &hints, language),
        Command::Reconcile(arguments) => {
            reconcile::reconcile(arguments, &typed.service_arguments(), &hints, language)
        }
        Command::Resolve(arguments) => resolve::resolve(arguments, &hints, language),
        Command::Track(arguments) => {
            track::track(arguments, &typed.service_arguments(), &hints, language)
        }
        Command::Report(arguments) => report::report(arguments, language),
        Command::Pause(arguments) => control::pause(arguments, &hints, language),
        Command::Resume(arguments) => control::resume(arguments, language),
        Command::Cancel(arguments) => control::cancel(arguments, language),
        Command::Ledger(arguments) => ledger::ledger(arguments, language),
        Command::Simulate(arguments) => simulate::simulate(arguments, language),
        Command::Init(arguments) => init::init(
            arguments,
            typed.arguments.file.settings.as_deref(),
            language,
        ),
        Command::Trust(arguments) => trust::trust(arguments, language),
        Command::Completions(arguments) => shell::completions(arguments),
        Command::Man(arguments) => man::man(arguments, language),
        Command::Schedule(arguments) => schedule::schedule(arguments, typed, language),
        Command::Doctor(arguments) => doctor::doctor(arguments, typed, language),
        Command::OptOuts(arguments) => {
            opt_outs::opt_outs(arguments, &typed.service_arguments(), language)
        }
        Command::Settings(arguments) => settings::show(typed, arguments, language),
    }
}
