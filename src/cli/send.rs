//! The main job: rows into the ledger, cards to the service, results beside the input.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::watch;

use super::{
    args::{FormArgument, SendArguments, ServiceArguments},
    books, check, control,
    exit::{CommandError, Exit},
    fingerprint,
    hand_over::{Run, hand_over, load},
    plan::Plan,
    print, reconcile, runs, settings,
    settings::{Places, SettingsError, Source},
    summary,
    when::When,
    wishes,
};
use crate::{
    campaign::{self, Stop},
    files::Layout,
    green_api::{Client, Inspector, Instance},
    intake::Intake,
    ledger::{Control, Identity, Ledger, LedgerError, NewSource, RunId, Service, Wish},
    report::{self, ReportError, Written},
    sentences::{Label, Language, Running, Talk},
    simulator::{self, Script, Simulator},
};

pub(super) fn send(arguments: &SendArguments, language: Language) -> Result<Exit, CommandError> {
    let source = settings::source(&arguments.input)?;
    let when = arguments.when.read(Timestamp::now()).map_err(SettingsError::from)?;
    if arguments.dry_run {
        return check::plan_only(&source, arguments, language);
    }
    let places = settings::places(&arguments.place, &source.inputs, arguments.service.simulate)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| CommandError::Machine { what: "the system gives no runtime", source })?;
    runtime.block_on(run((arguments, &when), &source, &places, language))
}

async fn run(
    (arguments, when): (&SendArguments, &When),
    source: &Source,
    places: &Places,
    language: Language,
) -> Result<Exit, CommandError> {
    let began = settings::wall_clock();
    let (instance, service, _simulator) = service(&arguments.service).await?;
    let client = Client::new(&instance, settings::time_outs(arguments.timeout))
        .map_err(settings::SettingsError::from)?;
    prepare_places(arguments, places)?;
    let identity = Identity { service, instance: instance.id().to_owned() };
    let fresh = !places.ledger.exists();
    let ledger = Ledger::open(&places.ledger, &identity)?;
    let (mut ledger, plan) = match bring_in(ledger, source, language) {
        Ok(brought) => brought,
        Err(error) => return Err(clean_up(fresh, &places.ledger, error)),
    };
    if arguments.retry_failed {
        ledger.retry_failed()?;
    }
    let caps = when.rules.as_ref().map(|rules| &rules.schedule.caps);
    let book = books::keep(&mut ledger, (&identity, instance.api_url()), caps, language)?;
    let control = Control::of(&places.ledger);
    let paused = control.wish() == Some(Wish::Pause);
    control.clear().map_err(control::unwritable)?;
    let before = ledger.counts()?;
    let run = runs::new("send", began, Some(arguments.rate.per_second()));
    let recorded = ledger.begin_run(&run, &before)?;
    let talk = !arguments.talk.quiet;
    if talk {
        say_on!("{}\n{}", head(places, &instance, service, language), plan.findings());
        say_on!("{}", plan.outlook(&before, arguments.rate, arguments.limit));
        say!("{}", plan.schedule(&when.outlook(&ledger, load(arguments, &before), language)?));
        let paused = paused.then(|| Running::HadBeenPaused.say(language));
        book.into_iter().chain(paused).for_each(|note| say!("  {note}"));
    }
    let interrupts = interrupts();
    let (mut ledger, mut run) =
        hand_over((arguments, when), &client, (ledger, before), interrupts.clone(), language).await?;
    if !arguments.no_reconcile && run.as_ref().is_ok_and(|stop| answers(stop.as_ref())) {
        let looked_up = look_up(&client, &mut ledger, (interrupts, talk), language).await;
        run = looked_up.and(run);
    }
    finish((arguments, language), places, (&mut ledger, recorded), run)
}

/// A results file that cannot be written is told before the first card.
fn prepare_places(arguments: &SendArguments, places: &Places) -> Result<(), CommandError> {
    if let Some(folder) = &arguments.place.out_dir {
        fs::create_dir_all(folder)
            .map_err(|source| CommandError::Machine { what: "--out-dir cannot be made", source })?;
    }
    Ok(report::probe(&places.results)?)
}

/// The instance, or a simulator that stands in for it and lives as long as it is held.
pub(super) async fn service(
    arguments: &ServiceArguments,
) -> Result<(Instance, Service, Option<Simulator>), CommandError> {
    if !arguments.simulate {
        let (instance, service) = settings::instance(arguments)?;
        return Ok((instance, service, None));
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let simulator = Simulator::start(address, Script::default()).await.map_err(|source| {
        CommandError::Machine { what: "the simulator cannot listen on 127.0.0.1", source }
    })?;
    let token = SecretString::from(simulator::TOKEN);
    let instance = Instance::new(&simulator.url(), simulator::ID_INSTANCE, token, false)
        .map_err(settings::SettingsError::from)?;
    Ok((instance, Service::Simulator, Some(simulator)))
}

/// Every row goes into the ledger before the first card goes out; rows that are there already, from an
/// input that is still the same, are not read again.
fn bring_in(mut ledger: Ledger, source: &Source, language: Language) -> Result<(Ledger, Plan), CommandError> {
    let intake = Intake::open(&source.inputs, &source.settings)?;
    let mut plan = Plan::new(&intake, language);
    let input = fingerprint::of(source);
    if input.is_some() && input == ledger.input()? {
        plan.unchanged();
        return Ok((ledger, plan));
    }
    let sources = intake.sources().to_vec();
    let layouts: Vec<String> = sources.iter().map(|source| layout(&source.layout)).collect();
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
    let (counted, dropped) = ledger.import_while(&listed, input.as_deref(), |write| {
        let told = intake.read(&mut |entry| -> Result<(), CommandError> {
            plan.entry(&entry);
            write(entry)
        })?;
        Ok::<_, CommandError>(told)
    })?;
    plan.counted(counted);
    plan.dropped(dropped);
    Ok((ledger, plan))
}

/// How a file was read, for a person: `CSV, windows-1251` or `XLSX, sheet Clients`.
fn layout(layout: &Layout) -> String {
    let format = layout.format.as_str().to_uppercase();
    match &layout.sheet {
        Some(sheet) => format!("{format}, sheet {sheet}"),
        None => format!("{format}, {}", layout.encoding),
    }
}

/// An input or a setting that cannot be used leaves no empty ledger behind.
fn clean_up(fresh: bool, ledger: &Path, error: CommandError) -> CommandError {
    if fresh && matches!(error.exit(), Exit::Input | Exit::Usage) {
        for ending in ["", "-wal", "-shm", "-lock"] {
            let mut name = ledger.as_os_str().to_owned();
            name.push(ending);
            // What is not there, or cannot go, does no harm: it holds no row.
            let _gone = fs::remove_file(name);
        }
    }
    error
}

/// Whether the service is there to be asked and nobody waits for the end.
const fn answers(stop: Option<&Stop>) -> bool {
    match stop {
        None
        | Some(
            Stop::Uncertain(_)
            | Stop::Failures(_)
            | Stop::Limit
            | Stop::Throttled(_)
            | Stop::Rules(..)
            | Stop::State(_),
        ) => true,
        Some(
            Stop::Halted(..) | Stop::Unreachable(_) | Stop::Late(_) | Stop::Interrupted | Stop::Cancelled,
        ) => false,
    }
}

/// Looks unknown rows up once; whoever does not want to wait for it interrupts it.
async fn look_up(
    client: &Client,
    ledger: &mut Ledger,
    (mut interrupts, talk): (watch::Receiver<u32>, bool),
    language: Language,
) -> Result<(), LedgerError> {
    let mut inspector = Inspector::new(client);
    let look_up = tokio::select! {
        look_up = campaign::look_up(&mut inspector, ledger, settings::wall_clock) => look_up?,
        Ok(()) = interrupts.changed() => return Ok(()),
    };
    if talk {
        reconcile::tell(&look_up, language);
    }
    Ok(())
}

/// Counts how often Ctrl-C or SIGTERM has come.
pub(super) fn interrupts() -> watch::Receiver<u32> {
    let (count, interrupts) = watch::channel(0);
    tokio::spawn(async move {
        while asked_to_stop().await.is_ok() {
            count.send_modify(|times| *times += 1);
        }
    });
    interrupts
}

#[cfg(unix)]
async fn asked_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
        _ = hang_up.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

fn finish(
    (arguments, language): (&SendArguments, Language),
    places: &Places,
    (ledger, recorded): (&mut Ledger, RunId),
    run: Run,
) -> Result<Exit, CommandError> {
    let counts = ledger.counts()?;
    let stop = run.as_ref().ok().and_then(Option::as_ref);
    let exit = if run.is_ok() { Exit::of_run(stop, &counts) } else { Exit::Fault };
    // Before the results, which tell when the run ended.
    let ended = ledger.end_run(recorded, settings::wall_clock(), exit.code(), &counts);
    let written = write_results((arguments, language), places, ledger);
    let exit = if ended.is_ok() && written.is_ok() { exit } else { Exit::Fault };
    let ended = match &written {
        Ok(_) => ended,
        Err(_) => ended.and_then(|()| ledger.end_run(recorded, settings::wall_clock(), exit.code(), &counts)),
    };
    let results = written.as_ref().map_or(places.results.as_path(), |written| &written.results.path);
    if !arguments.talk.quiet {
        say_on!("{}", summary::counts_text(&counts, language));
        if let Ok(written) = &written {
            say!("  {}", Talk::Results { path: results.display().to_string() }.say(language));
            written.workbook.iter().for_each(|workbook| say!("           {}", workbook.path.display()));
        }
        for line in summary::advice(stop, &counts, language) {
            say!("  {line}");
        }
    }
    if arguments.json {
        let mut object = summary::send_json(&places.campaign, &counts, ledger.path(), results, exit);
        if let Some(workbook) = written.as_ref().ok().and_then(|written| written.workbook.as_ref()) {
            object["workbook"] = workbook.path.to_string_lossy().into();
        }
        print(&format!("{object}\n"))?;
    }
    run?;
    written?;
    ended?;
    Ok(exit)
}

/// What stands beside the input in the end.
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
        let form = wishes::form(path).unwrap_or(FormArgument::Csv);
        report::write(ledger, path, &wishes::wish(form, (arguments.results, language), None))
    };
    Ok(Results {
        results: write(&places.results)?,
        workbook: places.workbook.as_ref().map(write).transpose()?,
    })
}

fn head(places: &Places, instance: &Instance, service: Service, language: Language) -> String {
    let to = match service {
        Service::Simulator => Talk::ToSimulator,
        Service::Loopback | Service::GreenApi => {
            Talk::ToInstance { id: instance.id().to_owned(), url: instance.api_url().to_string() }
        }
    };
    let campaign = Talk::Campaign { campaign: places.campaign.clone(), to: to.say(language) };
    let label = Label::Ledger.say(language);
    format!("{}\n  {label:9} {}", campaign.say(language), places.ledger.display())
}
