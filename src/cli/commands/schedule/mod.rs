//! Prints what the system's scheduler needs to run a campaign. It never contains the token or the password of a
//! database; a campaign whose token or password only this shell knows is refused.

mod cron;
mod database;
mod line;
mod messages;
mod starts;
mod systemd;
mod windows;

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use jiff::{civil::Time, tz::TimeZone};
use sha2::{Digest, Sha256};

use crate::cli::{
    args::{
        Command,
        setup::{ScheduleArguments, SchedulerArgument},
    },
    config::ParsedCommandLine,
    exit::{CommandError, Exit},
    options::{
        clock,
        database::TimeLimits,
        error::{SchedulerError, SettingsError},
        inputs::{self, InputOptions},
        paths,
        service::{self, TokenOrigin},
    },
    output::{stdout::write_raw, ui::Ui},
    session::send_history,
};
use crate::{
    i18n::{self, Language},
    platform::{self, SYSTEM, System},
    send_policy::Days,
};

use messages::SchedulerMessage;
use starts::Starts;

/// What to run, where, and when.
struct Job {
    /// The scheduler's name for it: letters, digits, `-` and `_`.
    name: String,
    program: String,
    folder: String,
    /// Everything after the program.
    words: Vec<String>,
    days: Days,
    times: Vec<Time>,
    /// A name of the time-zone database; `None` for the machine's own zone.
    zone: Option<String>,
    /// The variable `TZ` of this shell: hours without a zone of their own follow it.
    zone_of_the_shell: Option<String>,
    /// The folder of the send histories, if only this shell's environment names it.
    state: Option<String>,
    /// The folder of the user's own settings and of the list of trusted files, if only this shell's environment names
    /// it.
    config: Option<String>,
    /// The files with the URL of the database and its password, if only this shell's environment names them: variables
    /// and paths.
    database: Vec<(&'static str, String)>,
}

impl Job {
    /// Returns the variables that the scheduler has to set for the run, as `NAME=VALUE`.
    fn variables(&self) -> impl Iterator<Item = String> {
        let zone = self
            .zone_of_the_shell
            .iter()
            .map(|zone| format!("TZ={zone}"));
        let state = self
            .state
            .iter()
            .map(|state| format!("SENDCONTACT_STATE_DIR={state}"));
        let config = self
            .config
            .iter()
            .map(|config| format!("XDG_CONFIG_HOME={config}"));
        let database = self.database.iter();
        let database = database.map(|(name, path)| format!("{name}={path}"));
        zone.chain(state).chain(config).chain(database)
    }
}

/// One file for a scheduler.
struct Unit {
    file: String,
    text: String,
}

/// Prints what the scheduler needs. `outer` is the whole command line that contains the arguments.
pub(crate) fn schedule(
    arguments: &ScheduleArguments,
    outer: &ParsedCommandLine,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let job = job(arguments, outer, ui.language)?;
    match arguments.scheduler.unwrap_or_else(default_scheduler) {
        SchedulerArgument::Systemd => print_systemd(&job, ui)?,
        SchedulerArgument::Cron => print_cron(&job, ui)?,
        SchedulerArgument::Windows => print_windows(&job, ui)?,
    }
    Ok(Exit::Done)
}

/// Returns the scheduler of this machine.
fn default_scheduler() -> SchedulerArgument {
    if SYSTEM == System::Windows {
        SchedulerArgument::Windows
    } else if Path::new("/run/systemd/system").exists() {
        SchedulerArgument::Systemd
    } else {
        SchedulerArgument::Cron
    }
}

fn job(
    arguments: &ScheduleArguments,
    outer: &ParsedCommandLine,
    language: Language,
) -> Result<Job, SettingsError> {
    let words = line::typed(arguments, outer)?;
    refuse_token(&words)?;
    let typed = line::read(&words)?;
    let campaign = campaign(&typed)?;
    require_runnable(&typed)?;
    let zone = arguments
        .time_zone
        .as_ref()
        .map(|zone| zone.name().to_owned());
    if let Some(zone) = zone.as_ref().filter(|zone| TimeZone::get(zone).is_err()) {
        return Err(SchedulerError::Zone { zone: zone.clone() }.into());
    }
    let mut times: Vec<Time> = arguments.at.iter().map(|at| at.0).collect();
    times.sort_unstable();
    times.dedup();
    let starts = Starts {
        days: arguments.every.0,
        times: &times,
        zone: zone
            .as_deref()
            .and_then(|zone| TimeZone::get(zone).ok())
            .unwrap_or_else(TimeZone::system),
    };
    starts.require_end_ahead(&typed, language)?;
    let here = env::current_dir().and_then(|folder| Ok((folder, env::current_exe()?)));
    let (folder, program) = here.map_err(|error| SchedulerError::Place {
        reason: error.to_string(),
    })?;
    let database = database::files_of_the_shell(&typed, &folder)?;
    let words = line::finished(words, &typed, language)?;
    refuse_token(&words)?;
    let state = send_history::folder()
        .filter(|_| send_history::is_named_here())
        .map(|state| folder.join(state));
    Ok(Job {
        name: arguments
            .name
            .clone()
            .unwrap_or_else(|| job_name(&campaign)),
        program: one_line(program)?,
        folder: one_line(&folder)?,
        zone_of_the_shell: env::var_os("TZ")
            .filter(|zone| !zone.is_empty())
            .map(one_line)
            .transpose()?,
        state: state.map(one_line).transpose()?,
        config: config_of_the_shell().map(one_line).transpose()?,
        database,
        words,
        days: arguments.every.0,
        times,
        zone,
    })
}

/// Returns the config folder, if this shell's environment names it and it is used.
fn config_of_the_shell() -> Option<PathBuf> {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_named = platform::CONFIG_VARIABLE.is_some_and(is_set);
    platform::config_home().filter(|folder| is_named && folder.join("sendcontact").exists())
}

/// Refuses words that contain the token: others can read what a scheduler stores.
fn refuse_token(words: &[String]) -> Result<(), SettingsError> {
    if words.iter().any(|word| i18n::holds_token(word)) {
        return Err(SchedulerError::TokenInLine.into());
    }
    Ok(())
}

/// Returns the name of the campaign, if the command can run unattended: `send` or `track`.
fn campaign(typed: &ParsedCommandLine) -> Result<String, SettingsError> {
    if let Command::Send(send) = &typed.arguments.command {
        let source = InputOptions::new(&send.input)?;
        if let Some(missing) = inputs::input_files(&source.inputs)
            .into_iter()
            .find(|path| !path.exists())
        {
            let path = format!("{:?}", missing.to_string_lossy());
            return Err(SchedulerError::NoInput { path }.into());
        }
        let places = paths::campaign_paths(
            &send.files,
            &source.inputs,
            send.service.simulate,
            TimeLimits::default(),
        )?;
        Ok(places.campaign)
    } else if let Command::Track(track) = &typed.arguments.command {
        let ledger = paths::existing_ledger(&track.campaign)?;
        Ok(ledger.campaign() + "-track")
    } else {
        Err(SchedulerError::Command.into())
    }
}

/// Refuses what would make every scheduled run fail: a token that only this shell knows, a missing instance, invalid
/// hours and caps.
fn require_runnable(typed: &ParsedCommandLine) -> Result<(), SettingsError> {
    for service in typed
        .service_arguments()
        .into_iter()
        .filter(|service| !service.simulate)
    {
        // The scheduler does not have this shell's environment, so its run must take the token from a file.
        let is_named = service.token_file.is_some() || service.file_token.is_some();
        match service::token_origin(service) {
            Some(TokenOrigin::Environment(_)) if !is_named => {
                return Err(SchedulerError::TokenOfTheShell.into());
            }
            Some(
                TokenOrigin::Typed(_)
                | TokenOrigin::Environment(_)
                | TokenOrigin::EnvironmentFile(_)
                | TokenOrigin::SettingsFile(_),
            ) => {}
            None => return Err(SchedulerError::NoToken.into()),
        }
        service::instance(service)?;
    }
    typed
        .send_arguments()
        .into_iter()
        .try_for_each(|send| send.policy.read(&clock::service_clock()).map(drop))?;
    Ok(())
}

/// Returns the text, if it fits on one line of a scheduler's file.
fn one_line(text: impl AsRef<OsStr>) -> Result<String, SettingsError> {
    let text = text.as_ref();
    let shown = text.to_string_lossy();
    match text
        .to_str()
        .filter(|text| !text.contains(char::is_control))
    {
        Some(text) => Ok(text.to_owned()),
        None => Err(SchedulerError::Unprintable {
            text: shown.escape_debug().to_string(),
        }
        .into()),
    }
}

/// Returns `sendcontact-` and the campaign's name. Other characters are removed, and the name then gets a digest.
fn job_name(campaign: &str) -> String {
    let is_allowed =
        |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if campaign.chars().all(is_allowed) {
        return format!("sendcontact-{campaign}");
    }
    let kept: String = campaign
        .chars()
        .filter(|letter| is_allowed(*letter))
        .collect();
    let digest = format!("{:x}", Sha256::digest(campaign));
    format!("sendcontact-{kept}{digest:.8}")
}

fn print_systemd(job: &Job, ui: &Ui) -> Result<(), CommandError> {
    let folder = platform::config_home().unwrap_or_else(|| PathBuf::from("~/.config"));
    for unit in systemd::units(job) {
        let path = folder.join("systemd").join("user").join(unit.file);
        write_raw(&format!("# {}\n{}\n", i18n::shown_path(&path), unit.text))?;
    }
    ui.print(&SchedulerMessage::Systemd);
    eprintln_lossy!(
        "  systemctl --user daemon-reload && systemctl --user enable --now {}.timer",
        job.name
    );
    eprintln_lossy!("  loginctl enable-linger");
    ui.print(&SchedulerMessage::SystemdLook);
    eprintln_lossy!("  journalctl --user -u {}.service", job.name);
    Ok(())
}

fn print_cron(job: &Job, ui: &Ui) -> Result<(), CommandError> {
    write_raw(&cron::lines(job))?;
    ui.print(&match job.zone {
        Some(_) => SchedulerMessage::CronOfZone,
        None => SchedulerMessage::Cron,
    });
    Ok(())
}

fn print_windows(job: &Job, ui: &Ui) -> Result<(), CommandError> {
    let refused = |fault| CommandError::from(SettingsError::from(fault));
    if job.zone.is_some() {
        return Err(refused(SchedulerError::ZoneOfWindows));
    }
    if let Some(state) = job.state.clone() {
        return Err(refused(SchedulerError::StateOfWindows { state }));
    }
    if let Some((variable, _)) = job.database.first() {
        return Err(refused(SchedulerError::VariableOfWindows { variable }));
    }
    write_raw(&windows::commands(job).map_err(refused)?)?;
    ui.print(&SchedulerMessage::Windows);
    Ok(())
}
