//! The main job: rows into the ledger, contacts to the service, results beside the input.

use std::{
    fs,
    path::{Path, PathBuf},
    pin::pin,
    time::Duration,
};

use tokio::{sync::watch, time::timeout};

use crate::cli::{
    args::{FormArgument, SendArguments},
    commands::{check, control, reconcile},
    exit::{CommandError, Exit},
    options::{
        report_format,
        schedule::{When, cancelled},
        settings::{self, Places, SettingsError, Source},
    },
    output::{
        plan::{self, Plan},
        summary::{self, InstanceCounts, SendSummary},
    },
    print_json,
    session::{
        assignment::{self, InstanceShare, Sender},
        connect, input_digest, run_record,
        send_pending::{Run, hand_over},
        signals,
    },
};
use crate::{
    domain::{Counts, Status},
    engine::{StopReason, Stopped},
    follow_up,
    formats::Layout,
    green_api::{Inspector, Mark, ServiceClock},
    i18n::{self, ConsoleMessage, Label, Language, RunMessage},
    ingest::Intake,
    ledger::{
        ControlFile, Input, Ledger, LedgerError, NewRun, NewSource, RunId, Service, SuppressionList,
    },
    report::{self, ReportError, Written},
};

/// In so much time an interrupt that has come is counted.
const COUNTING: Duration = Duration::from_millis(100);

pub(crate) fn send(
    arguments: &SendArguments,
    each: &[&SendArguments],
    language: Language,
) -> Result<Exit, CommandError> {
    let source = settings::source(&arguments.input)?;
    arguments
        .when
        .read(&settings::clock())
        .map_err(SettingsError::from)?;
    if arguments.dry_run {
        return check::plan_only(&source, (arguments, assignment::rate(each)), language);
    }
    let places = settings::places(&arguments.place, &source.inputs, arguments.service.simulate)?;
    connect::runtime()?.block_on(run((arguments, each), source, &places, language))
}

async fn run(
    (arguments, each): (&SendArguments, &[&SendArguments]),
    source: Source,
    places: &Places,
    language: Language,
) -> Result<Exit, CommandError> {
    let clock = settings::clock();
    let began = clock.mark();
    let interrupts = signals::count()?;
    let mut senders = reached(each, &interrupts, &clock).await?;
    prepare_places(arguments, places)?;
    let (ledger, control) = open_ledger(places, &senders)?;
    let given = (source, arguments.unsuppress);
    let (mut ledger, brought) = brought_in(ledger, given, &interrupts, language).await?;
    if brought.is_err() {
        let _gone = control.withdraw();
        ledger.leave()?;
    }
    let mut plan = match brought {
        Ok(plan) => plan,
        Err(CommandError::BrokenOff) => {
            let new = run_record::new("send", clock.time_of(began), Some(assignment::rate(each)));
            return interrupted((arguments, language), places, (&mut ledger, &clock), &new);
        }
        Err(error) => {
            if matches!(error.exit(), Exit::Input | Exit::Usage) {
                ledger.discard_if_new();
            }
            return Err(error);
        }
    };
    let when = by_service_time(arguments, &mut senders, (&mut ledger, &clock)).await?;
    let notes = assignment::prepare(&senders, &mut ledger, language)?;
    let before = ledger.counts()?;
    let waiting = waiting(&mut plan, &ledger, &before)?;
    let shares = assignment::shares(&senders, &ledger, waiting)?;
    let rate = assignment::rate(each);
    let recorded = ledger.begin_run(
        &run_record::new("send", clock.time_of(began), Some(rate)),
        &before,
    )?;
    ledger.open_run(recorded)?;
    let talk = !arguments.talk.quiet;
    let clock_note = assignment::clock_note(&clock, language);
    let is_untold = talk && clock_note.is_none();
    if talk {
        say_on!("{}\n{}", head(places, &senders, language), plan.findings());
        say_on!("{}", plan.outlook(&before, rate, arguments.limit));
        say!(
            "{}",
            prospects(&plan, (&senders, &shares), &ledger, language)?
        );
        let notes = notes
            .into_iter()
            .chain(clock_note)
            .chain(notes_on_last_run(&ledger, language));
        notes.for_each(|note| say!("  {note}"));
    }
    let (mut ledger, mut run) = hand_over(
        (arguments, &when),
        (&senders, &shares),
        (ledger, before),
        interrupts.clone(),
        language,
    )
    .await?;
    // A service that was slow to report its time may have told it since.
    if let Some(note) = assignment::clock_note(&clock, language).filter(|_| is_untold) {
        say!("  {note}");
    }
    let dated = set_times(&mut ledger, (recorded, began), &clock);
    run = run.and_then(|stopped| dated.map(|()| stopped));
    if let (false, Ok(stopped)) = (arguments.no_reconcile, &mut run) {
        let broken_off = (interrupts, &control);
        let looked_up = look_up(
            (&senders, stopped),
            &mut ledger,
            broken_off,
            (talk, language),
        )
        .await;
        run = looked_up.and(run);
    }
    // What stays behind is taken away by the next run.
    let _gone = control.withdraw();
    finish(
        (arguments, language),
        (places, &shares),
        (&mut ledger, recorded, &clock),
        run,
    )
}

/// The ledger of the run, and the file through which other terminals reach it.
fn open_ledger(
    places: &Places,
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
    let forgetful = ledger.is_forgetful().then(|| {
        let path = format!("{}-wal", ledger.path().display());
        RunMessage::LedgerForgetful { path }.localized(language)
    });
    let paused = ledger
        .was_paused()
        .then(|| RunMessage::HadBeenPaused.localized(language));
    forgetful.into_iter().chain(paused)
}

/// Ends a run that was interrupted while its input was read.
fn interrupted(
    (arguments, language): (&SendArguments, Language),
    places: &Places,
    (ledger, clock): (&mut Ledger, &ServiceClock),
    new: &NewRun<'_>,
) -> Result<Exit, CommandError> {
    let before = ledger.counts()?;
    let recorded = ledger.begin_run(new, &before)?;
    let stopped = vec![Stopped {
        lane: None,
        stop: StopReason::Interrupted,
    }];
    say!("  {}", CommandError::BrokenOff.localized(language));
    finish(
        (arguments, language),
        (places, &[]),
        (ledger, recorded, clock),
        Ok(stopped),
    )
}

/// How many rows wait to be sent; the plan is told of them, and of those that wait for their file.
fn waiting(plan: &mut Plan, ledger: &Ledger, before: &Counts) -> Result<u64, LedgerError> {
    plan.first(ledger.first_waiting()?);
    let held = ledger.held_rows()?;
    let waiting = before.of(Status::Pending) - plan::held_rows(&held);
    plan.held(held);
    plan.still_suppressed(ledger.still_suppressed()?);
    Ok(waiting)
}

/// When the run goes, by the service's time, which is asked for where something waits to be sent, refused rows
/// that are to be tried again included.
async fn by_service_time(
    arguments: &SendArguments,
    senders: &mut [Sender<'_>],
    (ledger, clock): (&mut Ledger, &ServiceClock),
) -> Result<When, CommandError> {
    if arguments.retry_failed {
        ledger.retry_failed()?;
    }
    if arguments.again {
        ledger.send_again()?;
    }
    if ledger.waiting()? > 0 {
        assignment::hear_time(senders, clock).await?;
    }
    Ok(arguments.when.read(clock).map_err(SettingsError::from)?)
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
fn prepare_places(arguments: &SendArguments, places: &Places) -> Result<(), CommandError> {
    if let Some(folder) = &arguments.place.out_dir {
        fs::create_dir_all(folder).map_err(|source| CommandError::Machine {
            what: "--out-dir cannot be created",
            source,
        })?;
    }
    Ok(report::probe(&places.results)?)
}

/// Brings the input in; one that keeps whoever reads it waiting is left behind by an interrupt, and the
/// ledger with it: nothing of the input was committed.
async fn brought_in(
    mut ledger: Ledger,
    (source, unsuppress): (Source, bool),
    interrupts: &watch::Receiver<u32>,
    language: Language,
) -> Result<(Ledger, Result<Plan, CommandError>), CommandError> {
    let (control, heard) = (ControlFile::of(ledger.path()), interrupts.clone());
    let reading = signals::beside(move || {
        let brought = bring_in(&mut ledger, (&source, unsuppress), (&heard, language));
        (ledger, brought)
    });
    tokio::select! {
        read = reading => read,
        () = signals::unheard(interrupts.clone()) => {
            let _gone = control.withdraw();
            Err(CommandError::BrokenOff)
        }
    }
}

/// Every row goes into the ledger before the first contact goes out; rows that are there already, from an
/// input that is still the same, are not read again. Whoever interrupts it leaves the ledger as it was.
fn bring_in(
    ledger: &mut Ledger,
    (source, unsuppress): (&Source, bool),
    (interrupts, language): (&watch::Receiver<u32>, Language),
) -> Result<Plan, CommandError> {
    let intake = Intake::open(&source.inputs, &source.settings)?;
    let mut plan = Plan::new(&intake, language);
    plan.settings_files(&source.settings_files);
    let input = input_digest::of(source);
    let is_forgetting = unsuppress && ledger.keeps_out()?;
    if input.is_some() && input == ledger.input()? && !is_forgetting {
        plan.unchanged();
        return Ok(plan);
    }
    let sources = intake.sources().to_vec();
    let layouts: Vec<String> = sources
        .iter()
        .map(|source| layout(&source.layout))
        .collect();
    let listed: Vec<NewSource<'_>> = sources
        .iter()
        .zip(&layouts)
        .map(|(source, layout)| NewSource {
            name: &source.name,
            own_columns: &source.own_columns,
            delimiter: source.layout.delimiter,
            layout: Some(layout),
        })
        .collect();
    for (source, layout) in sources
        .iter()
        .zip(&layouts)
        .filter(|(source, _)| source.layout.example.is_some())
    {
        let before = ledger.layout_of(&source.name)?;
        plan.guessed_before(
            &source.name,
            before.filter(|before| before != layout),
            layout,
        );
    }
    let lists = suppression_lists(&source.inputs.suppress);
    let given = Input {
        sources: &listed,
        lists: &lists,
        unsuppress,
        name: input.as_deref(),
    };
    let (counted, dropped) = ledger.import_while(&given, |write| {
        let told = intake.read(&mut |entry| -> Result<(), CommandError> {
            if *interrupts.borrow() > 0 {
                return Err(CommandError::BrokenOff);
            }
            plan.entry(&entry);
            write(entry)
        })?;
        Ok::<_, CommandError>(told)
    })?;
    plan.counted(counted);
    plan.dropped(dropped);
    Ok(plan)
}

/// The lists by the names that the system gives them, so that each is known again.
fn suppression_lists(paths: &[PathBuf]) -> Vec<SuppressionList> {
    let list = |path: &PathBuf| {
        let is_lasting = path.is_file();
        let name = if is_lasting {
            settings::resolved(path)
        } else {
            path.clone()
        };
        SuppressionList {
            name: name.to_string_lossy().into_owned(),
            is_lasting,
        }
    };
    paths.iter().map(list).collect()
}

/// How a file was read, for a person: `CSV, windows-1251` or `XLSX, sheet Clients`.
fn layout(layout: &Layout) -> String {
    let format = layout.format.as_str().to_uppercase();
    match &layout.sheet {
        Some(sheet) => format!("{format}, sheet {sheet}"),
        None => format!("{format}, {}", layout.encoding),
    }
}

/// Whether the service is there to be asked and nobody waits for the end.
const fn answers(stop: &StopReason) -> bool {
    match stop {
        StopReason::Uncertain(_)
        | StopReason::Failures(_)
        | StopReason::Limit
        | StopReason::Throttled(_)
        | StopReason::Rules(..)
        | StopReason::Book { .. }
        | StopReason::State(_)
        | StopReason::NotWaited(_) => true,
        StopReason::Halted(..)
        | StopReason::Unreachable(_)
        | StopReason::Late(_)
        | StopReason::Interrupted
        | StopReason::Cancelled => false,
    }
}

/// Looks the unknown rows of each instance up once that is there to be asked. Whoever does not want to
/// wait for it interrupts or cancels it, and that stops the run.
async fn look_up(
    (senders, stopped): (&[Sender<'_>], &mut Vec<Stopped>),
    ledger: &mut Ledger,
    (mut interrupts, control): (watch::Receiver<u32>, &ControlFile),
    (talk, language): (bool, Language),
) -> Result<(), LedgerError> {
    for (lane, sender) in senders.iter().enumerate() {
        let of_lane = |stopped: &&Stopped| stopped.lane.is_none_or(|other| other == lane);
        if !stopped
            .iter()
            .filter(of_lane)
            .all(|stopped| answers(&stopped.stop))
        {
            continue;
        }
        let mut inspector = Inspector::new(&sender.client);
        let stop = tokio::select! {
            look_up = follow_up::look_up(&mut inspector, (ledger, lane)) => {
                let look_up = look_up?;
                if talk {
                    reconcile::tell(&look_up, &sender.prefix(senders.len()), language);
                }
                continue;
            }
            Ok(()) = interrupts.changed() => StopReason::Interrupted,
            () = cancelled(control) => StopReason::Cancelled,
        };
        stopped.push(Stopped { lane: None, stop });
        break;
    }
    Ok(())
}

fn finish(
    (arguments, language): (&SendArguments, Language),
    (places, shares): (&Places, &[InstanceShare]),
    (ledger, recorded, clock): (&mut Ledger, RunId, &ServiceClock),
    run: Run,
) -> Result<Exit, CommandError> {
    let counts = ledger.counts()?;
    let held = ledger.held_rows()?;
    let parties = summary::sharing(ledger)?;
    let stopped = run.as_deref().unwrap_or_default();
    let exit = if run.is_ok() {
        Exit::of_run(stopped, &counts)
    } else {
        Exit::Fault
    };
    // Before the results, which tell when the run ended.
    let ended = ledger.end_run(recorded, clock.now(), exit.code(), &counts);
    let written = write_results((arguments, language), places, ledger);
    let exit = if ended.is_ok() && written.is_ok() {
        exit
    } else {
        Exit::Fault
    };
    let ended = match &written {
        Ok(_) => ended,
        Err(_) => ended.and_then(|()| ledger.end_run(recorded, clock.now(), exit.code(), &counts)),
    };
    let results = written
        .as_ref()
        .ok()
        .map(|written| written.results.path.as_path());
    if !arguments.talk.quiet {
        say_on!(
            "{}{}",
            summary::counts_text(&counts, language),
            summary::parties_text(&parties, language)
        );
        if let Ok(written) = &written {
            let path = written.results.path.display().to_string();
            say!("  {}", ConsoleMessage::Results { path }.localized(language));
            written
                .workbook
                .iter()
                .for_each(|workbook| say!("           {}", i18n::shown_path(&workbook.path)));
        }
        for line in summary::advice((stopped, shares), (&counts, &held), language) {
            say!("  {line}");
        }
    }
    if arguments.json {
        let workbook = written
            .as_ref()
            .ok()
            .and_then(|written| written.workbook.as_ref());
        print_json(&SendSummary {
            campaign: &places.campaign,
            counts,
            ledger: ledger.path().to_string_lossy(),
            results: results.map(Path::to_string_lossy),
            workbook: workbook.map(|workbook| workbook.path.to_string_lossy()),
            exit: exit.code(),
            instances: InstanceCounts::of_all(&parties),
        })?;
    }
    run?;
    written?;
    ended?;
    Ok(exit)
}

/// What is beside the input in the end.
struct Results {
    results: Written,
    workbook: Option<Written>,
}

fn write_results(
    (arguments, language): (&SendArguments, Language),
    places: &Places,
    ledger: &Ledger,
) -> Result<Results, ReportError> {
    let write = |path: &PathBuf| {
        let form = report_format::form(path).unwrap_or(FormArgument::Csv);
        report::write(
            ledger,
            path,
            &report_format::wish(form, (arguments.results, language), None),
        )
    };
    Ok(Results {
        results: write(&places.results)?,
        workbook: places.workbook.as_ref().map(write).transpose()?,
    })
}

fn head(places: &Places, senders: &[Sender<'_>], language: Language) -> String {
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
