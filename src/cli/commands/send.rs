//! The main job: rows into the ledger, contacts to the service, results beside the input.

use crate::cli::output::sharing;
use crate::cli::session::runtime;
use std::{fs, path::PathBuf, pin::pin, time::Duration};

use tokio::{sync::watch, time::timeout};

use crate::cli::{
    args::{FormArgument, SendArguments},
    commands::{check, control, reconcile},
    exit::{CommandError, Exit},
    options::{
        clock,
        error::SettingsError,
        inputs::InputOptions,
        paths::{self, CampaignPaths},
        report_format,
        send_policy::RunPolicy,
    },
    output::{
        plan::{self, Plan},
        stdout::print_json,
        summary::{self, InstanceCounts, SendSummary},
    },
    session::{
        assignment::{self, InstanceShare, Sender},
        import::import,
        late_start, run_record,
        send_pending::{Run, hand_over},
        signals,
    },
};
use crate::{
    domain::{Counts, Status},
    engine::{StopReason, Stopped},
    follow_up,
    green_api::{Inspector, Mark, ServiceClock},
    i18n::{self, ConsoleMessage, Label, Language, RunMessage},
    ledger::{ControlFile, InstanceSummary, Ledger, LedgerError, NewRun, RunId, Service},
    report::{self, ReportError, Written},
};

/// In so much time an interrupt that has come is counted.
const COUNTING: Duration = Duration::from_millis(100);

pub(crate) fn send(
    arguments: &SendArguments,
    each: &[&SendArguments],
    language: Language,
) -> Result<Exit, CommandError> {
    let source = InputOptions::new(&arguments.input)?;
    arguments
        .policy
        .read(&clock::service_clock())
        .map_err(SettingsError::from)?;
    if arguments.dry_run {
        return check::plan_only(&source, (arguments, assignment::rate(each)), language);
    }
    let places =
        paths::campaign_paths(&arguments.files, &source.inputs, arguments.service.simulate)?;
    runtime::runtime()?.block_on(async {
        let clock = clock::service_clock();
        let began = clock.mark();
        let interrupts = signals::count()?;
        let run = SendRun {
            arguments,
            each,
            places: &places,
            language,
            clock,
            began,
            interrupts,
        };
        run.send(source).await
    })
}

/// One run of `send`: what the user asked for, where its files are, and the clock that it goes by.
struct SendRun<'a> {
    arguments: &'a SendArguments,
    /// The same for each instance.
    each: &'a [&'a SendArguments],
    places: &'a CampaignPaths,
    language: Language,
    clock: ServiceClock,
    began: Mark,
    /// How many requests to stop have come.
    interrupts: watch::Receiver<u32>,
}

impl SendRun<'_> {
    async fn send(&self, source: InputOptions) -> Result<Exit, CommandError> {
        let mut senders = reached(self.each, &self.interrupts, &self.clock).await?;
        prepare_places(self.arguments, self.places)?;
        let (ledger, control) = open_ledger(self.places, &senders)?;
        let given = (source, self.arguments.unsuppress);
        let (mut ledger, imported) = import(ledger, given, &self.interrupts, self.language).await?;
        let mut plan = match imported {
            Ok(plan) => plan,
            Err(error) => {
                let _gone = control.withdraw();
                ledger.remove_new_instances()?;
                return self.not_imported(ledger, error);
            }
        };
        let when = self.by_service_time(&mut senders, &mut ledger).await?;
        let notes = assignment::prepare(&senders, &mut ledger, self.language)?;
        let before = ledger.counts()?;
        let waiting = waiting(&mut plan, &ledger, &before)?;
        let shares = assignment::shares(&senders, &ledger, waiting)?;
        let recorded = ledger.begin_run(&self.record(), &before)?;
        ledger.open_run(recorded)?;
        let is_untold = assignment::clock_note(&self.clock, self.language).is_none();
        if self.talks() {
            self.show_plan(&plan, (&senders, &shares), (&ledger, &before), notes)?;
        }
        let (mut ledger, mut run) = hand_over(
            (self.arguments, &when),
            (&senders, &shares),
            (ledger, before),
            self.interrupts.clone(),
            self.language,
        )
        .await?;
        // A service that was slow to report its time may have told it since.
        let note = assignment::clock_note(&self.clock, self.language);
        if let Some(note) = note.filter(|_| is_untold && self.talks()) {
            eprintln_lossy!("  {note}");
        }
        let dated = set_times(&mut ledger, (recorded, self.began), &self.clock);
        run = run.and_then(|stopped| dated.map(|()| stopped));
        if let (false, Ok(stopped)) = (self.arguments.no_reconcile, &mut run) {
            let looked_up = self
                .look_up((&senders, stopped), &mut ledger, &control)
                .await;
            run = looked_up.and(run);
        }
        // What stays behind is taken away by the next run.
        let _gone = control.withdraw();
        self.finish(&shares, (&mut ledger, recorded), run)
    }

    /// Who gets what, from which instance and until when; then what the user should know.
    fn show_plan(
        &self,
        plan: &Plan,
        (senders, shares): (&[Sender<'_>], &[InstanceShare]),
        (ledger, before): (&Ledger, &Counts),
        notes: Vec<String>,
    ) -> Result<(), LedgerError> {
        let rate = assignment::rate(self.each);
        eprint_lossy!(
            "{}\n{}",
            head(self.places, senders, self.language),
            plan.findings()
        );
        eprint_lossy!("{}", plan.outlook(before, rate, self.arguments.limit));
        eprintln_lossy!(
            "{}",
            prospects(plan, (senders, shares), ledger, self.language)?
        );
        let clock_note = assignment::clock_note(&self.clock, self.language);
        let notes = notes.into_iter().chain(clock_note);
        for note in notes.chain(notes_on_last_run(ledger, self.language)) {
            eprintln_lossy!("  {note}");
        }
        Ok(())
    }

    const fn talks(&self) -> bool {
        !self.arguments.verbosity.quiet
    }

    /// The run as the ledger records it.
    fn record(&self) -> NewRun<'static> {
        let began = self.clock.time_of(self.began);
        run_record::new("send", began, Some(assignment::rate(self.each)))
    }

    /// Ends a run whose input could not be brought in, or that was interrupted meanwhile.
    fn not_imported(&self, mut ledger: Ledger, error: CommandError) -> Result<Exit, CommandError> {
        if matches!(error, CommandError::BrokenOff) {
            let before = ledger.counts()?;
            let recorded = ledger.begin_run(&self.record(), &before)?;
            let stopped = vec![Stopped {
                instance: None,
                stop: StopReason::Interrupted,
            }];
            eprintln_lossy!("  {}", error.localized(self.language));
            return self.finish(&[], (&mut ledger, recorded), Ok(stopped));
        }
        if matches!(error.exit(), Exit::Input | Exit::Usage) {
            ledger.discard_if_new();
        }
        Err(error)
    }

    /// When the run goes, by the service's time, which is asked for where something waits to be sent, refused rows
    /// that are to be tried again included.
    async fn by_service_time(
        &self,
        senders: &mut [Sender<'_>],
        ledger: &mut Ledger,
    ) -> Result<RunPolicy, CommandError> {
        if self.arguments.retry_failed {
            ledger.retry_failed()?;
        }
        if self.arguments.again {
            ledger.send_again()?;
        }
        if ledger.waiting()? > 0 {
            assignment::hear_time(senders, &self.clock).await?;
        }
        Ok(self
            .arguments
            .policy
            .read(&self.clock)
            .map_err(SettingsError::from)?)
    }

    /// Looks the unknown rows of each instance up once that is there to be asked. Whoever does not want to
    /// wait for it interrupts or cancels it, and that stops the run.
    async fn look_up(
        &self,
        (senders, stopped): (&[Sender<'_>], &mut Vec<Stopped>),
        ledger: &mut Ledger,
        control: &ControlFile,
    ) -> Result<(), LedgerError> {
        let mut interrupts = self.interrupts.clone();
        for (instance, sender) in senders.iter().enumerate() {
            let of_instance =
                |stopped: &&Stopped| stopped.instance.is_none_or(|other| other == instance);
            if !stopped
                .iter()
                .filter(of_instance)
                .all(|stopped| answers(&stopped.stop))
            {
                continue;
            }
            let mut inspector = Inspector::new(&sender.client);
            let stop = tokio::select! {
                look_up = follow_up::look_up(&mut inspector, ledger, instance) => {
                    let look_up = look_up?;
                    if self.talks() {
                        reconcile::tell(&look_up, &sender.prefix(senders.len()), self.language);
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

    /// Records the end of the run, writes the results and says what to do next.
    fn finish(
        &self,
        shares: &[InstanceShare],
        (ledger, recorded): (&mut Ledger, RunId),
        run: Run,
    ) -> Result<Exit, CommandError> {
        let counts = ledger.counts()?;
        let held = ledger.held_rows()?;
        let parties = sharing::sharing(ledger)?;
        let stopped = run.as_deref().unwrap_or_default();
        let exit = if run.is_ok() {
            Exit::of_run(stopped, &counts)
        } else {
            Exit::Fault
        };
        // Before the results, which tell when the run ended.
        let ended = ledger.end_run(recorded, self.clock.now(), exit.code(), &counts);
        let written = self.write_results(ledger);
        let exit = if ended.is_ok() && written.is_ok() {
            exit
        } else {
            Exit::Fault
        };
        let ended = match &written {
            Ok(_) => ended,
            Err(_) => ended
                .and_then(|()| ledger.end_run(recorded, self.clock.now(), exit.code(), &counts)),
        };
        if self.talks() {
            let advice = summary::advice((stopped, shares), (&counts, &held), self.language);
            self.tell_end((&counts, &parties), written.as_ref().ok(), advice);
        }
        if self.arguments.json {
            let written = written.as_ref().ok();
            let path = |written: &Written| written.path.to_string_lossy().into_owned().into();
            print_json(&SendSummary {
                campaign: &self.places.campaign,
                counts,
                ledger: ledger.path().to_string_lossy(),
                results: written.map(|written| path(&written.results)),
                workbook: written
                    .and_then(|written| written.workbook.as_ref())
                    .map(path),
                exit: exit.code(),
                instances: InstanceCounts::of_all(&parties),
            })?;
        }
        run?;
        written?;
        ended?;
        Ok(exit)
    }

    /// The counts, where the results are, and what to do next.
    fn tell_end(
        &self,
        (counts, parties): (&Counts, &[InstanceSummary]),
        written: Option<&Results>,
        advice: Vec<String>,
    ) {
        let counts = summary::counts_text(counts, self.language);
        eprint_lossy!("{counts}{}", summary::parties_text(parties, self.language));
        if let Some(Results { results, workbook }) = written {
            let path = results.path.display().to_string();
            eprintln_lossy!(
                "  {}",
                ConsoleMessage::Results { path }.localized(self.language)
            );
            let workbook = workbook.iter();
            workbook.for_each(|workbook| {
                eprintln_lossy!("           {}", i18n::shown_path(&workbook.path))
            });
        }
        for line in advice {
            eprintln_lossy!("  {line}");
        }
    }

    fn write_results(&self, ledger: &Ledger) -> Result<Results, ReportError> {
        let write = |path: &PathBuf| {
            let form = report_format::form(path).unwrap_or(FormArgument::Csv);
            report::write(
                ledger,
                path,
                &report_format::report_options(form, self.arguments.results, self.language, None),
            )
        };
        Ok(Results {
            results: write(&self.places.results)?,
            workbook: self.places.workbook.as_ref().map(write).transpose()?,
        })
    }
}

/// The ledger of the run, and the file through which other terminals reach it.
fn open_ledger(
    places: &CampaignPaths,
    senders: &[Sender<'_>],
) -> Result<(Ledger, ControlFile), CommandError> {
    let identities: Vec<_> = senders
        .iter()
        .map(|sender| sender.reached.identity())
        .collect();
    let ledger = Ledger::open(&places.ledger, &identities)?;
    let control = ControlFile::of(&places.ledger);
    control.clear().map_err(control::unwritable)?;
    Ok((ledger, control))
}

/// What the user should know of how the last run ended.
fn notes_on_last_run(ledger: &Ledger, language: Language) -> impl Iterator<Item = String> {
    let forgetful = ledger.is_wal_missing().then(|| {
        let path = format!("{}-wal", ledger.path().display());
        RunMessage::LedgerForgetful { path }.localized(language)
    });
    let paused = ledger
        .was_paused()
        .then(|| RunMessage::HadBeenPaused.localized(language));
    forgetful.into_iter().chain(paused)
}

/// How many rows wait to be sent; the plan is told of them, and of those that wait for their file.
fn waiting(plan: &mut Plan, ledger: &Ledger, before: &Counts) -> Result<u64, LedgerError> {
    plan.first(ledger.first_pending()?);
    let held = ledger.held_rows()?;
    let waiting = before.of(Status::Pending) - plan::held_rows(&held);
    plan.held(held);
    plan.still_suppressed(ledger.still_suppressed()?);
    Ok(waiting)
}

/// Puts right what was recorded before the service reported its time, or by times that it contradicted.
fn set_times(
    ledger: &mut Ledger,
    (recorded, began): (RunId, Mark),
    clock: &ServiceClock,
) -> Result<(), LedgerError> {
    if clock.has_heard() {
        ledger.correct_begin(recorded, clock.time_of(began))?;
    }
    if clock.is_disputed() {
        ledger.doubt_times()
    } else {
        Ok(())
    }
}

/// Every instance of the run, unless an interrupt comes while a token is waited for.
async fn reached<'a>(
    each: &[&'a SendArguments],
    interrupts: &watch::Receiver<u32>,
    clock: &ServiceClock,
) -> Result<Vec<Sender<'a>>, CommandError> {
    let mut come = pin!(signals::first(interrupts.clone()));
    tokio::select! {
        biased;
        () = &mut come => Err(CommandError::BrokenOff),
        senders = assignment::reach(each, clock) => match senders {
            // A terminal's Ctrl-C ends a token-command too, and that may be seen first.
            Err(_) if timeout(COUNTING, come).await.is_ok() => Err(CommandError::BrokenOff),
            senders => senders,
        },
    }
}

/// Who sends how much, and until when, as lines.
fn prospects(
    plan: &Plan,
    (senders, shares): (&[Sender<'_>], &[InstanceShare]),
    ledger: &Ledger,
    language: Language,
) -> Result<String, LedgerError> {
    let told = assignment::told(senders, (ledger, shares), language)?;
    let outlook = assignment::outlook(senders, (ledger, shares), language)?;
    Ok(plan.under(Label::Shares, &told) + &plan.under(Label::Finish, &outlook))
}

/// A results file that cannot be written is told before the first contact.
fn prepare_places(arguments: &SendArguments, places: &CampaignPaths) -> Result<(), CommandError> {
    if let Some(folder) = &arguments.files.out_dir {
        fs::create_dir_all(folder).map_err(|source| CommandError::Machine {
            what: "--out-dir cannot be created",
            source,
        })?;
    }
    Ok(report::probe(&places.results)?)
}

/// Whether the service is there to be asked and nobody waits for the end.
const fn answers(stop: &StopReason) -> bool {
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
        | StopReason::Late(_)
        | StopReason::Interrupted
        | StopReason::Cancelled => false,
    }
}

/// What is beside the input in the end.
struct Results {
    results: Written,
    workbook: Option<Written>,
}

fn head(places: &CampaignPaths, senders: &[Sender<'_>], language: Language) -> String {
    let to = |Sender { reached, .. }: &Sender<'_>| {
        let to = match reached.service {
            Service::Simulator => ConsoleMessage::ToSimulator,
            Service::Loopback | Service::GreenApi => {
                let (id, url) = (
                    reached.instance.id().to_owned(),
                    reached.instance.api_url().to_owned(),
                );
                ConsoleMessage::ToInstance { id, url }
            }
        };
        reached.prefix() + &to.localized(language)
    };
    let label = Label::Ledger.localized(language);
    let ledger = format!("  {label:9} {}", i18n::shown_path(&places.ledger));
    let campaign = |to| {
        ConsoleMessage::Campaign {
            campaign: places.campaign.clone(),
            to,
        }
        .localized(language)
    };
    if let [only] = senders {
        return format!("{}\n{ledger}", campaign(to(only)));
    }
    let several = RunMessage::Instances {
        instances: senders.len() as u64,
    }
    .localized(language);
    let lines = senders
        .iter()
        .map(|sender| format!("\n            {}", to(sender)));
    format!(
        "{}{}\n{ledger}",
        campaign(several),
        lines.collect::<String>()
    )
}
