//! What a run does for users who do not watch it: it writes a log, and runs a command at its end.

use std::{
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{io::AsyncWriteExt, process, sync::watch, time::timeout};

use crate::cli::{
    args::{Command, LogArguments, SendArguments, ServiceArguments},
    exit::{CommandError, Exit},
    log,
    options::{
        database::TimeLimits,
        error::SettingsError,
        inputs::{self, InputOptions},
        paths,
    },
    output::ui::Ui,
    session::{runtime, signals},
};
use crate::{
    domain::{Counts, Status},
    i18n::{self, Language, messages},
    ledger::{self, Ledger, Place, RunStop},
    platform,
    report::{self, CampaignStats},
};

/// How long the command of `--notify-command` may run.
const TIME_LIMIT: Duration = Duration::from_secs(30);

messages! {
    /// Why the command of `--notify-command` could not do its work.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum NotifyError {
        NotRun { program: String, reason: String } =
            en "--notify-command: {program} cannot be run: {reason}",
            ru "--notify-command: {program} не запускается: {reason}",
        Failed { program: String, status: String } =
            en "--notify-command: {program} exited with {status}",
            ru "--notify-command: {program} закончилась с кодом {status}",
        Late { program: String, seconds: u64 } =
            en "--notify-command: {program} did not end within {seconds} s and was stopped",
            ru "--notify-command: {program} не закончилась за {seconds} с и остановлена",
    }
}

/// A run that may be unattended, with its log and the command that is run at its end.
pub(crate) struct UnattendedRun<'a> {
    name: &'static str,
    /// The ledger, and every other file that is read or written.
    files: Option<(Place, Vec<PathBuf>)>,
    log: &'a LogArguments,
    notify: &'a [String],
}

impl<'a> UnattendedRun<'a> {
    /// Returns `None` for a command that the user waits for, and for `--dry-run`.
    pub(crate) fn new(command: &'a Command) -> Option<Self> {
        let ledger_and_token = |campaign, service: &ServiceArguments| {
            let ledger = paths::existing_ledger(campaign).ok()?;
            Some((ledger, service.token_file.iter().cloned().collect()))
        };
        if let Command::Send(send) = command {
            let (log, notify) = (&send.log, send.notify.notify_command.as_slice());
            (!send.dry_run).then(|| Self {
                name: "send",
                files: files(send),
                log,
                notify,
            })
        } else if let Command::Track(track) = command {
            let files = ledger_and_token(&track.campaign, &track.service);
            Some(Self {
                name: "track",
                files,
                log: &track.log,
                notify: &track.notify.notify_command,
            })
        } else if let Command::Reconcile(reconcile) = command {
            let files = ledger_and_token(&reconcile.campaign, &reconcile.service);
            Some(Self {
                name: "reconcile",
                files,
                log: &reconcile.log,
                notify: &[],
            })
        } else {
            None
        }
    }

    /// Opens the log. It must not be one of the files that the run reads or writes, nor any other file that is no log.
    pub(crate) fn begin(&self, verbose: u8) -> Result<(), CommandError> {
        if let (Some(path), Some((ledger, files))) = (&self.log.log_file, &self.files) {
            let ledger = ledger.file().map(ledger::files).unwrap_or_default();
            let others: Vec<&Path> = files.iter().chain(&ledger).map(PathBuf::as_path).collect();
            paths::check_output(path, &others)?;
        }
        if let Some(path) = self
            .log
            .log_file
            .as_ref()
            .filter(|path| !log::may_write(path))
        {
            return Err(SettingsError::NotLog(path.clone()).into());
        }
        log::install(verbose, Some(self.log))?;
        tracing::info!(
            "sendcontact {} begins: {}",
            env!("CARGO_PKG_VERSION"),
            self.name
        );
        Ok(())
    }

    /// Reports how the run ended, to the log and to the command. Neither changes the exit code.
    pub(crate) fn end(&self, result: &Result<Exit, CommandError>, ui: &Ui) {
        if self.log.log_file.is_none() && self.notify.is_empty() {
            return;
        }
        let exit = result
            .as_ref()
            .map_or_else(CommandError::exit, |exit| *exit);
        let ledger = self
            .files
            .as_ref()
            .and_then(|(ledger, _)| Ledger::read(ledger).ok());
        let next = ledger
            .as_ref()
            .map(|ledger| ui.hints.for_any_folder(ledger).next_steps(ledger));
        let stats = ledger.and_then(|ledger| CampaignStats::of(&ledger).ok());
        let text = match (result, stats.as_ref().zip(next)) {
            (Err(error), _) => {
                tracing::error!("{}", error.in_log());
                format!("{}\n", error.localized(ui.language))
            }
            (Ok(_), Some((stats, next))) => report::brief(stats, &next, ui.language),
            (Ok(_), None) => String::new(),
        };
        let stop = stats.as_ref().filter(|_| result.is_ok());
        let stop = stop.and_then(|stats| stats.runs.last()?.stop.as_ref());
        let reason = match result {
            Ok(_) => stop.map_or("", |stop| &stop.code),
            Err(error) => error.code(),
        };
        self.log_end(exit, reason, stats.as_ref(), stop);
        let reason = reason.to_owned();
        let campaign = stats.map(|stats| stats.campaign).unwrap_or_default();
        let (text, campaign) = (i18n::shown_lines(&text), i18n::shown(&campaign));
        let notice = Notice {
            text: &text,
            campaign: &campaign,
            exit,
            reason: &reason,
        };
        if let Err(message) = notice.send(self.notify, TIME_LIMIT) {
            tracing::warn!("{}", message.localized(Language::En));
            ui.print(&message);
        }
    }
}

impl UnattendedRun<'_> {
    fn log_end(
        &self,
        exit: Exit,
        reason: &str,
        stats: Option<&CampaignStats>,
        stop: Option<&RunStop>,
    ) {
        let counts = stats.map(|stats| counts_text(&stats.counts));
        let counts = counts.unwrap_or_default();
        let why = stop.map(|stop| format!(". {}", stop.text(Language::En)));
        let why = why.unwrap_or_default();
        tracing::info!(
            exit = exit.code(),
            reason = Some(reason).filter(|reason| !reason.is_empty()),
            resumesAt = stop.and_then(|stop| stop.resumes_at.as_deref()),
            "{} ends with exit code {}{counts}{why}",
            self.name,
            exit.code()
        );
    }
}

fn files(send: &SendArguments) -> Option<(Place, Vec<PathBuf>)> {
    let source = InputOptions::new(&send.input).ok()?;
    let places = paths::campaign_paths(
        &send.files,
        &source.inputs,
        send.service.simulate,
        TimeLimits::default(),
    )
    .ok()?;
    let read = inputs::input_files(&source.inputs)
        .into_iter()
        .map(Path::to_owned);
    let written = places.workbook.into_iter().chain([places.results]);
    let settings_files = source
        .settings_files
        .iter()
        .map(|file| PathBuf::from(&file.path));
    let token = send.service.token_file.clone();
    Some((
        places.ledger,
        read.chain(settings_files)
            .chain(token)
            .chain(written)
            .collect(),
    ))
}

/// Formats the counts, such as `, rows 3: accepted 2, failed 1`.
fn counts_text(counts: &Counts) -> String {
    let some = Status::ALL
        .into_iter()
        .filter(|status| counts.of(*status) > 0);
    let some: Vec<_> = some
        .map(|status| format!("{status} {}", counts.of(status)))
        .collect();
    format!(", rows {}: {}", counts.rows(), some.join(", "))
}

/// What the command gets.
#[derive(Clone, Copy)]
struct Notice<'a> {
    text: &'a str,
    campaign: &'a str,
    exit: Exit,
    /// The code of the reason for an early end; empty if the run did not end early.
    reason: &'a str,
}

impl Notice<'_> {
    /// Runs the command with the text on its stdin. Its stdout goes to our stderr. It does not get the token of the
    /// environment.
    fn send(self, command: &[String], time_limit: Duration) -> Result<(), NotifyError> {
        let Some((program, arguments)) = command.split_first() else {
            return Ok(());
        };
        let wrong = |reason: String| NotifyError::NotRun {
            program: program.clone(),
            reason,
        };
        let runtime = runtime::runtime().map_err(|error| wrong(error.to_string()))?;
        let interrupts = signals::listen().map_err(|error| wrong(error.to_string()))?;
        let mut command = process::Command::new(program);
        command
            .args(arguments)
            .env("SENDCONTACT_EXIT", self.exit.code().to_string())
            .env("SENDCONTACT_CAMPAIGN", self.campaign)
            .env("SENDCONTACT_REASON", self.reason)
            .env_remove("GREEN_API_TOKEN")
            .env_remove("SENDCONTACT_DATABASE_URL")
            .stdin(Stdio::piped())
            .stdout(Stdio::from(std::io::stderr()))
            .kill_on_drop(true);
        for (name, value) in std::env::vars_os() {
            if i18n::holds_token(&value.to_string_lossy()) {
                command.env_remove(name);
            }
        }
        platform::own_group(command.as_std_mut());
        match runtime.block_on(run(command, self.text, interrupts, time_limit)) {
            Err(error) => Err(wrong(error.to_string())),
            Ok(None) => Err(NotifyError::Late {
                program: program.clone(),
                seconds: time_limit.as_secs(),
            }),
            Ok(Some(status)) if !status.success() => Err(NotifyError::Failed {
                program: program.clone(),
                status: status_text(status),
            }),
            Ok(Some(_)) => Ok(()),
        }
    }
}

/// Returns how the command ended, or `None` if it was killed at the time limit. Ctrl-C of a terminal does not reach it,
/// because it has a process group of its own.
async fn run(
    mut command: process::Command,
    text: &str,
    mut interrupts: watch::Receiver<u32>,
    time_limit: Duration,
) -> io::Result<Option<ExitStatus>> {
    let mut child = command.spawn()?;
    let stdin = child.stdin.take();
    let work = async {
        if let Some(mut stdin) = stdin {
            // A command that does not read its stdin may still do its work.
            let _ = stdin.write_all(text.as_bytes()).await;
        }
        child.wait().await
    };
    let is_late = tokio::select! {
        ended = timeout(time_limit, work) => match ended {
            Ok(status) => return status.map(Some),
            Err(_) => true,
        },
        Ok(()) = interrupts.changed() => false,
    };
    platform::kill_group(&mut child);
    if is_late {
        Ok(None)
    } else {
        child.wait().await.map(Some)
    }
}

fn status_text(status: ExitStatus) -> String {
    status
        .code()
        .map_or_else(|| status.to_string(), |code| code.to_string())
}

#[cfg(unix)] // It runs scripts of a POSIX shell and makes a FIFO.
#[cfg(test)]
mod tests {
    use std::{fs::File, io::Read};

    use super::*;

    const NOTICE: Notice<'_> = Notice {
        text: "text",
        campaign: "",
        exit: Exit::Done,
        reason: "",
    };

    #[test]
    fn a_command_that_does_not_end_is_ended() {
        let words = ["sleep", "600"].map(str::to_owned);
        let late = NOTICE.send(&words, Duration::from_millis(20)).unwrap_err();
        assert_eq!(
            late,
            NotifyError::Late {
                program: "sleep".into(),
                seconds: 0
            }
        );
    }

    #[test]
    fn what_a_command_has_started_ends_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let words = "{ echo begun; (sleep 20; echo over); :; } >\"$0\"";
        let words = ["sh", "-c", words, pipe.to_str().unwrap()].map(str::to_owned);
        // On a machine that is busy the command may be ended before it has begun.
        let heard = [100, 1_000, 10_000].into_iter().map(|time_limit| {
            let open = File::options().read(true).write(true).open(&pipe).unwrap();
            let mut reader = File::open(&pipe).unwrap();
            NOTICE
                .send(&words, Duration::from_millis(time_limit))
                .unwrap_err();
            drop(open);
            let mut heard = String::new();
            reader.read_to_string(&mut heard).unwrap();
            heard
        });
        assert_eq!(
            heard.into_iter().find(|heard| !heard.is_empty()).as_deref(),
            Some("begun\n")
        );
    }
}
