//! The main command: imports rows into the ledger, sends contacts to the service, writes results beside the input.

mod dry_run;
mod finish;
mod messages;
mod preview;
mod results;

use std::{fs, path::PathBuf, pin::pin, time::Duration};

use jiff::Timestamp;
use tokio::{sync::watch, time::timeout};

use crate::cli::{
    args::SendArguments,
    commands::{control, reconcile},
    config::ParsedCommandLine,
    exit::{CommandError, Exit},
    options::{
        clock,
        database::TimeLimits,
        error::SettingsError,
        inputs::InputOptions,
        paths::{self, CampaignPaths},
        send_policy::RunPolicy,
    },
    output::{
        plan::{self, Plan},
        ui::Ui,
    },
    session::{
        after_restriction,
        assignment::{self, Assignment, SendingInstance},
        clock_note::clock_note,
        import::{ImportPolicy, StopLists, import},
        late_start, lease_wait, run_record, runtime, send_history,
        send_pending::{SendJob, send_pending},
        signals,
    },
};
use crate::{
    domain::{Counts, Status},
    engine::{StopReason, Stopped},
    follow_up, formats,
    green_api::{Inspector, Mark, ServiceClock},
    ingest::Inputs,
    ledger::{Control, Ledger, LedgerError, NewRun, NotAgain, ResendPolicy, RunId},
    report,
    send_policy::Zone,
    terminal::{Lines, Terminal},
};

/// How long an interrupt may take to be counted.
const COUNTING: Duration = Duration::from_millis(100);

pub(crate) fn send(
    arguments: &SendArguments,
    typed: &ParsedCommandLine,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let source = InputOptions::new(&arguments.input)?;
    arguments
        .policy
        .read(&clock::service_clock())
        .map_err(SettingsError::from)?;
    let is_stdout = |path: &PathBuf| report::is_stdout(path);
    if arguments.json && arguments.files.results.as_ref().is_some_and(is_stdout) {
        let option = "--results";
        return Err(SettingsError::StdoutTwice { option }.into());
    }
    let limits = TimeLimits {
        service_request: arguments.timeout.0,
        retry_for: arguments.retry_for.0,
    };
    let places = paths::campaign_paths(
        &arguments.files,
        &source.inputs,
        arguments.service.simulate,
        limits,
    )?;
    runtime::runtime()?.block_on(async {
        let clock = clock::service_clock();
        let began = clock.mark();
        let interrupts = signals::listen()?;
        let run = SendRun {
            arguments,
            each: &typed.send_arguments(),
            places: &places,
            ui,
            clock,
            began,
            interrupts,
        };
        if arguments.dry_run {
            run.dry_run(source).await
        } else {
            run.run(source).await
        }
    })
}

/// A run that the ledger has recorded.
struct BegunRun {
    id: RunId,
    /// The counts of rows before the run.
    before: Counts,
    /// The counts of rows of other machines before the run.
    others: Counts,
    /// How many contacts were refused before the run.
    refused: u64,
}

/// One run of `send`: what the user asked for, where its files are, and the clock that it follows.
struct SendRun<'a> {
    arguments: &'a SendArguments,
    /// The arguments of each instance.
    each: &'a [&'a SendArguments],
    places: &'a CampaignPaths,
    ui: &'a Ui,
    clock: ServiceClock,
    began: Mark,
    /// How often the program was asked to stop.
    interrupts: watch::Receiver<u32>,
}

impl SendRun<'_> {
    /// Runs all steps: prepare, plan, send, look up, finish.
    async fn run(&self, source: InputOptions) -> Result<Exit, CommandError> {
        let mut instances = self.connect().await?;
        self.prepare_places(&source.inputs)?;
        let (ledger, control) = self.open_ledger(&instances)?;
        let policy = self.import_policy(&ledger, &instances);
        let lists = StopLists::of(&source);
        let imported = import(ledger, source, policy, &self.interrupts, self.ui.language).await?;
        let (mut ledger, mut plan) = match imported {
            (ledger, Ok(plan)) => (ledger, plan),
            (ledger, Err(error)) => return self.not_imported(ledger, &control, error),
        };

        let policy = self.ask_service_time(&mut instances, &mut ledger).await?;
        plan.check_command = self.ui.hints.check();
        self.suppress_already_sent(&mut plan, &mut instances, &mut ledger, &lists)?;
        let (before, sent_elsewhere) = ledger.counts_and_sending()?;
        plan.sent_elsewhere = sent_elsewhere;
        let waiting = complete(&mut plan, &ledger, &before)?;
        let assignment = Assignment::new(instances, &ledger, waiting)?;
        plan.first = assignment.first(&ledger, self.ui.language)?;
        let run = self.begin(&mut ledger, before)?;
        ledger.open_run(run.id)?;
        ledger.keep_results_choice(&results::choice(self.arguments, self.places))?;
        self.ui.hints.note_send(&mut ledger, policy.is_late())?;
        let note = clock_note(&self.clock, self.ui.language);
        let is_clock_noted = note.is_some();
        plan.notes.extend(note);
        if !self.ui.is_quiet {
            self.show_plan(&plan, &assignment, &ledger, &run.before)?;
        }

        let job = SendJob {
            arguments: self.arguments,
            policy: &policy,
            assignment: &assignment,
            ui: self.ui,
        };
        let (mut ledger, mut result) = send_pending(job, ledger, self.interrupts.clone()).await?;
        // A service that reported its time late may have done so by now.
        if !is_clock_noted
            && !self.ui.is_quiet
            && let Some(note) = clock_note(&self.clock, self.ui.language)
        {
            eprintln_lossy!("  {note}");
        }
        let corrected = self.correct_times(&mut ledger, run.id);
        result = result.and_then(|stopped| corrected.map(|()| stopped));

        if let (false, Ok(stopped)) = (self.arguments.no_reconcile, &mut result) {
            let looked_up = self
                .look_up(&assignment, &mut ledger, &control, stopped)
                .await;
            result = looked_up.and(result);
        }

        // The next run removes what is left of the control file.
        let _ = control.stop_listening();
        self.finish(Some(&assignment), &mut ledger, &run, result)
    }

    /// Connects every instance, unless an interrupt comes while a token is read.
    async fn connect(&self) -> Result<Vec<SendingInstance<'_>>, CommandError> {
        let mut interrupted = pin!(signals::first(self.interrupts.clone()));
        tokio::select! {
            biased;
            () = &mut interrupted => Err(CommandError::BrokenOff),
            instances = assignment::connect(self.each, &self.clock) => match instances {
                // Ctrl-C of a terminal ends a token-command too, and its failure may be noticed before the interrupt.
                Err(_) if timeout(COUNTING, interrupted).await.is_ok() => {
                    Err(CommandError::BrokenOff)
                }
                instances => instances,
            },
        }
    }

    /// Makes sure, before the first contact, that the results can be written.
    fn prepare_places(&self, inputs: &Inputs) -> Result<(), CommandError> {
        // The results lie beside the list: without this, a wrong folder would look like a fault of theirs.
        let mut lists = inputs.inputs.iter().chain(&inputs.contacts);
        lists.try_for_each(|list| formats::must_exist(list))?;
        if let Some(folder) = &self.arguments.files.out_dir {
            fs::create_dir_all(folder).map_err(|source| CommandError::Machine {
                what: "--out-dir cannot be created",
                source,
            })?;
        }
        Ok(report::probe(&self.places.results)?)
    }

    /// Opens the ledger of the run, and the file with which other terminals control it.
    fn open_ledger(
        &self,
        instances: &[SendingInstance<'_>],
    ) -> Result<(Ledger, Control), CommandError> {
        let identities: Vec<_> = instances
            .iter()
            .map(|instance| instance.connected.identity())
            .collect();
        let ledger = lease_wait::open(
            || Ledger::open(&self.places.ledger, &identities),
            || *self.interrupts.borrow() > 0,
            self.ui,
        )?
        .ok_or(CommandError::BrokenOff)?;
        let control = Control::of(&self.places.ledger).with_leases(ledger.lease_watch());
        control.listen().map_err(control::unwritable)?;
        Ok((ledger, control))
    }

    fn import_policy(&self, ledger: &Ledger, instances: &[SendingInstance<'_>]) -> ImportPolicy {
        let location = |instance: &SendingInstance<'_>| {
            send_history::Location::new(ledger, &instance.connected)
        };
        let locations = instances.iter().map(location).collect();
        ImportPolicy {
            unsuppress: self.arguments.unsuppress,
            histories: (!self.arguments.again).then_some(locations),
        }
    }

    /// Ends a run whose input could not be imported, or that was interrupted during the import.
    fn not_imported(
        &self,
        mut ledger: Ledger,
        control: &Control,
        error: CommandError,
    ) -> Result<Exit, CommandError> {
        // The next run removes what is left of the control file.
        let _ = control.stop_listening();
        ledger.remove_new_instances()?;
        if matches!(error, CommandError::BrokenOff) {
            let before = ledger.counts()?;
            let run = self.begin(&mut ledger, before)?;
            let stopped = vec![Stopped {
                instance: None,
                stop: StopReason::Interrupted,
            }];
            eprintln_lossy!("  {}", error.localized(self.ui.language));
            return self.finish(None, &mut ledger, &run, Ok(stopped));
        }
        if matches!(error.exit(), Exit::Input | Exit::Usage) {
            ledger.discard_if_new();
        }
        Err(error)
    }

    /// Returns when the run may send, by the service's time. The service is asked for its time only if rows wait,
    /// including failed rows that are tried again.
    async fn ask_service_time(
        &self,
        instances: &mut [SendingInstance<'_>],
        ledger: &mut Ledger,
    ) -> Result<RunPolicy, CommandError> {
        self.reopen_rows(ledger)?;
        if ledger.waiting()? > 0 {
            assignment::ask_service_time(instances, &self.clock).await?;
        }
        let policy = self.arguments.policy.read(&self.clock);
        Ok(policy.map_err(SettingsError::from)?)
    }

    /// Makes those rows pending again that this run decides about anew.
    fn reopen_rows(&self, ledger: &mut Ledger) -> Result<(), LedgerError> {
        if self.arguments.retry_failed {
            ledger.retry_failed()?;
        }
        ledger.reset_already_sent()
    }

    /// Suppresses what people already got, as the ledger and the send histories of all instances know it, and assigns
    /// the other rows to the instances.
    fn suppress_already_sent(
        &self,
        plan: &mut Plan,
        instances: &mut [SendingInstance<'_>],
        ledger: &mut Ledger,
        lists: &StopLists,
    ) -> Result<(), CommandError> {
        plan.notes = assignment::attach_histories(instances, ledger, self.ui.language)?;
        let restrictions = after_restriction::apply(instances, ledger, self.ui.language)?;
        plan.notes.extend(restrictions);
        plan.zone = self.display_zone();
        plan.sent_and_gone = ledger.sent_and_gone()?;
        let now = self.clock.now();
        let remembered = now.checked_sub(self.arguments.remember.0);
        let within = self.arguments.not_again_within.map(|days| days.0);
        plan.already_sent = ledger.suppress_already_sent(ResendPolicy {
            since: (!self.arguments.again).then(|| remembered.unwrap_or(Timestamp::MIN)),
            resend_changed: self.arguments.resend_changed,
            not_again: within
                .filter(|within| !within.is_zero())
                .map(|within| NotAgain { within, now }),
        })?;
        lists.keep_out_by_lid(ledger)?;
        Ok(assignment::assign(instances, ledger)?)
    }

    /// Records in the ledger that the run begins, with the counts of rows before it.
    fn begin(&self, ledger: &mut Ledger, before: Counts) -> Result<BegunRun, LedgerError> {
        Ok(BegunRun {
            refused: ledger.refused()?,
            others: before.without(&ledger.own_counts()?),
            id: ledger.begin_run(&self.record(), &before)?,
            before,
        })
    }

    /// Returns the run as the ledger records it.
    fn record(&self) -> NewRun<'static> {
        let began = self.clock.time_of(self.began);
        run_record::new("send", began, Some(assignment::rate(self.each)))
    }

    /// Returns the zone in which days are shown.
    fn display_zone(&self) -> Option<Zone> {
        self.arguments.policy.time_zone.as_deref()?.parse().ok()
    }

    /// Prints who gets what, from which instance and until when; then the notes for the user.
    fn show_plan(
        &self,
        plan: &Plan,
        assignment: &Assignment<'_>,
        ledger: &Ledger,
        before: &Counts,
    ) -> Result<(), LedgerError> {
        let language = self.ui.language;
        let mut lines = Lines::new(Terminal::stderr());
        preview::heading(&mut lines, self.places, &assignment.instances, language);
        plan.findings(&mut lines);
        let outlook = preview::outlook(self.arguments, self.each, assignment, ledger, language)?;
        plan.totals(&mut lines, before, outlook);
        lines.blank();
        let notes = plan.notes.iter().cloned();
        for note in notes.chain(preview::last_run_notes(ledger, language)) {
            lines.indented(2, note);
        }
        lines.print();
        Ok(())
    }

    /// Corrects the begin of the run to the service's time, if that is known. If reports of that time contradict each
    /// other, the times of requests with an unknown outcome no longer count as the service's.
    fn correct_times(&self, ledger: &mut Ledger, run_id: RunId) -> Result<(), LedgerError> {
        if self.clock.has_heard() {
            ledger.correct_begin(run_id, self.clock.time_of(self.began))?;
        }
        if self.clock.is_disputed() {
            ledger.mark_times_unreliable()
        } else {
            Ok(())
        }
    }

    /// Looks up the unknown rows of each instance that can be asked. An interrupt or a cancel stops the lookup and the
    /// run.
    async fn look_up(
        &self,
        assignment: &Assignment<'_>,
        ledger: &mut Ledger,
        control: &Control,
        stopped: &mut Vec<Stopped>,
    ) -> Result<(), LedgerError> {
        let mut interrupts = self.interrupts.clone();
        for (index, (instance, share)) in assignment.each().enumerate() {
            let concerns_instance =
                |stopped: &&Stopped| stopped.instance.is_none_or(|other| other == index);
            if !stopped
                .iter()
                .filter(concerns_instance)
                .all(|stopped| can_be_asked(&stopped.stop))
            {
                continue;
            }
            let mut inspector = Inspector::new(&instance.client);
            let stop = tokio::select! {
                look_up = follow_up::look_up(&mut inspector, ledger, index) => {
                    let look_up = look_up?;
                    if !self.ui.is_quiet {
                        reconcile::report(&look_up, &share.prefix, ledger, self.ui);
                    }
                    continue;
                }
                Ok(()) = interrupts.changed() => StopReason::Interrupted,
                () = late_start::cancelled(control) => StopReason::Cancelled,
            };
            stopped.push(Stopped {
                instance: None,
                stop,
            });
            break;
        }
        Ok(())
    }
}

/// Completes the plan with what the ledger knows. Returns how many rows wait to be sent.
fn complete(plan: &mut Plan, ledger: &Ledger, before: &Counts) -> Result<u64, LedgerError> {
    plan.suppressed = ledger.suppressed_by_given()?;
    plan.held = ledger.held_rows()?;
    plan.still_suppressed = ledger.still_suppressed()?;
    Ok(before.of(Status::Pending) - plan::held_rows(&plan.held))
}

/// Whether the service can still be asked after this stop, and the user has not asked the program to end.
const fn can_be_asked(stop: &StopReason) -> bool {
    match stop {
        StopReason::Uncertain(_)
        | StopReason::Failures(_)
        | StopReason::Limit
        | StopReason::Throttled(_)
        | StopReason::Rules(..)
        | StopReason::SendHistory { .. }
        | StopReason::State(_)
        | StopReason::NotWaited(_) => true,
        StopReason::Halted(..)
        | StopReason::Unreachable(_)
        | StopReason::NeverReached(_)
        | StopReason::Late(_)
        | StopReason::Interrupted
        | StopReason::Cancelled => false,
    }
}
