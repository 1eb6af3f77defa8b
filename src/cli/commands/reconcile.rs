//! Looks unknown rows up in the instance's queue and journal, once or until the journal must have
//! them. Nothing is sent.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::cli::{
    args::{ReconcileArguments, ServiceArguments},
    commands::resolve::resend,
    exit::{CommandError, Exit},
    options::clock,
    output::{stdout::print_json, summary},
    session::{
        connect::{self, InstanceConnection},
        run_record, send_history,
    },
};
use crate::{
    domain::Counts,
    follow_up::{self, LookUp},
    green_api::Inspector,
    i18n::{ConsoleMessage, Language},
    ledger::{Ledger, Resolution},
};

/// Between two looks; each asks methods that allow one request a second.
const BETWEEN: Duration = Duration::from_secs(10);

pub(crate) fn reconcile(
    arguments: &ReconcileArguments,
    services: &[&ServiceArguments],
    language: Language,
) -> Result<Exit, CommandError> {
    let clock = clock::service_clock();
    let (runtime, mut ledger, ways) =
        connect::with_ledger((&arguments.campaign, arguments.timeout), services, &clock)?;
    for (instance, way) in ways.iter().enumerate() {
        let whose = (&way.reached.identity(), way.reached.instance.api_url());
        if let Some(note) = send_history::keep((&mut ledger, instance), whose, None, language)? {
            eprintln_lossy!("  {}{note}", way.prefix);
        }
    }
    run_record::recorded(&mut ledger, ("reconcile", &clock), |ledger| {
        let refused = runtime.block_on(look(arguments, &ways, ledger, language))?;
        finish(arguments, refused, &ledger.counts()?, language)
    })
}

fn finish(
    arguments: &ReconcileArguments,
    refused: bool,
    counts: &Counts,
    language: Language,
) -> Result<Exit, CommandError> {
    eprintln_lossy!("  {}", ConsoleMessage::ReportAnew.localized(language));
    if arguments.json {
        print_json(counts)?;
    } else {
        eprint_lossy!("{}", summary::counts_text(counts, language));
    }
    Ok(if refused {
        Exit::Refused
    } else {
        Exit::of_run(&[], counts)
    })
}

/// Gives whether an instance refused.
async fn look(
    arguments: &ReconcileArguments,
    ways: &[InstanceConnection],
    ledger: &mut Ledger,
    language: Language,
) -> Result<bool, CommandError> {
    let mut inspectors: Vec<_> = ways.iter().map(|way| Inspector::new(&way.client)).collect();
    let until = arguments.wait.map(|wait| Instant::now() + wait.0);
    let mut refused = vec![false; ways.len()];
    loop {
        let mut left = 0;
        for (instance, (inspector, way)) in inspectors.iter_mut().zip(ways).enumerate() {
            if refused[instance] {
                continue;
            }
            let look_up = follow_up::look_up(inspector, ledger, instance).await?;
            tell(&look_up, &way.prefix, language);
            refused[instance] = look_up.refused;
            left += look_up.unknown;
            if arguments.resend_absent && !look_up.absent.is_empty() {
                left -= look_up.absent.len();
                let again: Vec<_> = look_up
                    .absent
                    .iter()
                    .map(|row| (*row, Resolution::Absent))
                    .collect();
                let resent = resend(ledger, &again)?;
                eprintln_lossy!(
                    "  {}{}",
                    way.prefix,
                    ConsoleMessage::AbsentPending {
                        rows: resent.pending
                    }
                    .localized(language)
                );
                resent.say_not_sent(&format!("  {}", way.prefix), language);
            }
        }
        let goes_on = left > 0 && refused.contains(&false);
        match until {
            Some(until) if goes_on && Instant::now() < until => {
                sleep(BETWEEN.min(until - Instant::now())).await;
            }
            Some(_) | None => return Ok(refused.contains(&true)),
        }
    }
}

/// What a look-up has brought, on stderr, behind what comes before a line about its instance.
pub(crate) fn tell(look_up: &LookUp, prefix: &str, language: Language) {
    if look_up.found > 0 {
        eprintln_lossy!(
            "  {prefix}{}",
            ConsoleMessage::Found {
                rows: look_up.found as u64
            }
            .localized(language)
        );
    }
    if look_up.unknown > 0
        && let Some(trouble) = &look_up.trouble
    {
        let trouble = trouble.localized(language);
        eprintln_lossy!(
            "  {prefix}{}",
            ConsoleMessage::ProvesNothing { trouble }.localized(language)
        );
    }
    if look_up.unclear > 0 {
        eprintln_lossy!(
            "  {prefix}{}",
            ConsoleMessage::MaybeShown {
                rows: look_up.unclear as u64
            }
            .localized(language)
        );
    }
    if look_up.undated > 0 {
        eprintln_lossy!(
            "  {prefix}{}",
            ConsoleMessage::Undated {
                rows: look_up.undated as u64
            }
            .localized(language)
        );
    }
    if !look_up.absent.is_empty() {
        eprintln_lossy!(
            "  {prefix}{}",
            ConsoleMessage::Absent {
                rows: look_up.absent.len() as u64
            }
            .localized(language)
        );
    }
}
