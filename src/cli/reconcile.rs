//! Looks unknown rows up in the instance's queue and journal, once or until the journal must have
//! them. Nothing is sent.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{
    args::ReconcileArguments,
    exit::{CommandError, Exit},
    print, runs, settings, summary,
};
use crate::{
    campaign::{self, LookUp},
    domain::{Counts, Status},
    green_api::{Client, Inspector},
    ledger::{Identity, Ledger, Resolution},
    sentences::{Language, Talk},
};

/// Between two looks; each asks methods that allow one request a second.
const BETWEEN: Duration = Duration::from_secs(10);

pub(super) fn reconcile(arguments: &ReconcileArguments, language: Language) -> Result<Exit, CommandError> {
    let path = settings::ledger(&arguments.campaign)?;
    let (instance, service) = settings::instance(&arguments.service)?;
    let identity = Identity { service, instance: instance.id().to_owned() };
    let mut ledger = Ledger::open_existing(&path, Some(&identity))?;
    let client = Client::new(&instance, settings::time_outs(arguments.timeout))
        .map_err(settings::SettingsError::from)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| CommandError::Machine { what: "the system gives no runtime", source })?;
    runs::recorded(&mut ledger, "reconcile", |ledger| {
        let refused = runtime.block_on(look(arguments, &client, ledger, language))?;
        finish(arguments, refused, &ledger.counts()?, language)
    })
}

fn finish(
    arguments: &ReconcileArguments,
    refused: bool,
    counts: &Counts,
    language: Language,
) -> Result<Exit, CommandError> {
    say!("  {}", Talk::ReportAnew.say(language));
    if arguments.json {
        let object = serde_json::Value::Object(summary::counts_json(counts));
        print(&format!("{object}\n"))?;
    } else {
        say_on!("{}", summary::counts_text(counts, language));
    }
    Ok(match (refused, counts.of(Status::Unknown)) {
        (true, _) => Exit::Refused,
        (false, 0) => Exit::Done,
        (false, _) => Exit::Unknown,
    })
}

/// Gives whether the instance refused.
async fn look(
    arguments: &ReconcileArguments,
    client: &Client,
    ledger: &mut Ledger,
    language: Language,
) -> Result<bool, CommandError> {
    let mut inspector = Inspector::new(client);
    let until = arguments.wait.map(|wait| Instant::now() + wait.0);
    loop {
        let look_up = campaign::look_up(&mut inspector, ledger, settings::wall_clock).await?;
        tell(&look_up, language);
        if arguments.resend_absent && !look_up.absent.is_empty() {
            let again: Vec<_> = look_up.absent.iter().map(|row| (*row, Resolution::Resend)).collect();
            let rows = ledger.resolve(&again)? as u64;
            say!("  {}", Talk::AbsentPending { rows }.say(language));
        }
        let left = if arguments.resend_absent {
            look_up.unknown > look_up.absent.len()
        } else {
            look_up.unknown > 0
        };
        match until {
            Some(until) if left && !look_up.refused && Instant::now() < until => {
                sleep(BETWEEN.min(until - Instant::now())).await;
            }
            Some(_) | None => return Ok(look_up.refused),
        }
    }
}

/// What a look-up has brought, on stderr.
pub(super) fn tell(look_up: &LookUp, language: Language) {
    if look_up.found > 0 {
        say!("  {}", Talk::Found { rows: look_up.found as u64 }.say(language));
    }
    if let Some(trouble) = &look_up.trouble {
        let trouble = trouble.say(language);
        say!("  {}", Talk::ProvesNothing { trouble }.say(language));
    }
    if !look_up.absent.is_empty() {
        say!("  {}", Talk::Absent { rows: look_up.absent.len() as u64 }.say(language));
    }
}
