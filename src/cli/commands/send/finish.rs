//! Ends a run of `send`: its record, the results, and what to do next.

use super::{
    BegunRun, SendRun,
    messages::SendMessage,
    results::{self, Totals},
};
use crate::cli::{
    exit::{CommandError, Exit},
    output::{
        hint,
        run_stop::run_stop,
        summary::{self, RunFacts},
    },
    session::{assignment::Assignment, result_files::ResultFiles, send_pending::RunResult},
};
use crate::{
    domain::Counts,
    ledger::{Ledger, LedgerError, RunEnd},
    report,
};

impl SendRun<'_> {
    /// Records the end of the run, writes the results and says what to do next.
    pub(super) fn finish(
        &self,
        assignment: Option<&Assignment<'_>>,
        ledger: &mut Ledger,
        run: &BegunRun,
        result: RunResult,
    ) -> Result<Exit, CommandError> {
        // A run that ended before its plan has not opened any send history.
        let with_histories = assignment.filter(|_| !self.arguments.service.simulate);
        let has_histories = with_histories.is_some();
        let shares = assignment.map_or(&[][..], |assignment| &assignment.shares);
        let result = result.and_then(|stopped| ledger.revive().map(|()| stopped));
        let (elsewhere, totals) = match (figures(ledger, has_histories), &result) {
            (Ok(figures), _) => figures,
            (Err(error), Ok(_)) => return Err(error),
            // A database that cannot be reached cannot be read either.
            (Err(_), Err(_)) => return Err(result.err().unwrap_or(LedgerError::Gone).into()),
        };
        if let Some(assignment) = with_histories {
            assignment.enter_missed(ledger);
        }
        let facts = RunFacts {
            stopped: result.as_deref().unwrap_or_default(),
            shares,
            ..totals.facts_of(run, &elsewhere)
        };
        let exit = match &result {
            Ok(stopped) => Exit::of_run(stopped, facts.all_refused(), &facts.left),
            Err(error) => Exit::of_ledger(error),
        };
        let now = self.clock.now();
        let stop = result.as_ref().ok().and_then(|_| run_stop(&facts, now));
        let end = |exit: Exit| RunEnd {
            at: now,
            exit: exit.code(),
            before: &facts.before,
            after: facts.after,
            stop: stop.as_ref(),
        };
        // The end is recorded before the results are written, because they show when the run ended.
        let mut ended = ledger.end_run(run.id, &end(exit));
        let written = results::write(ledger, self.arguments, self.places, self.ui.language);
        let exit = if ended.is_ok() && written.is_ok() {
            exit
        } else {
            Exit::Fault
        };
        if written.is_err() && ended.is_ok() {
            ended = ledger.end_run(run.id, &end(exit));
        }
        let files = written.as_ref().ok();
        if self.ui.is_quiet {
            totals.show_warnings(self.ui.language);
        } else {
            self.show_end(&totals, files, &facts, ledger)?;
            if elsewhere.rows() > 0 {
                let rows = elsewhere.rows();
                self.ui.print_indented(&SendMessage::Elsewhere { rows });
            }
        }
        if self.arguments.json {
            totals.print_summary(self.places, files, &end(exit), self.ui.language)?;
        }
        result?;
        written?;
        ended?;
        Ok(exit)
    }

    /// Shows the counts, where the results are, and what to do next.
    fn show_end(
        &self,
        totals: &Totals,
        files: Option<&ResultFiles>,
        facts: &RunFacts<'_>,
        ledger: &Ledger,
    ) -> Result<(), CommandError> {
        let hints = self.ui.hints.of_campaign(ledger);
        let mut advice = summary::advice(facts, &hints, self.ui.language);
        if facts.for_other_instances > 0 {
            advice.extend(totals.lines_of_other_instances(self.ui.language));
        }
        advice.extend(report::correction_lines(
            &ledger.reasons()?,
            &hints.corrections(),
            self.ui.language,
        ));
        let advice = hint::each_command_once(advice);
        totals.show(files, facts, &advice, self.ui);
        Ok(())
    }
}

/// Returns the counts of the rows that other machines hold, and then the totals. The order matters: a row that is sent
/// meanwhile is theirs in the first count, and accepted in the second.
fn figures(ledger: &Ledger, has_histories: bool) -> Result<(Counts, Totals), CommandError> {
    let elsewhere = ledger.in_other_hands()?;
    Ok((elsewhere, Totals::read(ledger, has_histories)?))
}
