//! `--dry-run`: the plan of the real run, made on copies of the ledger and the send histories. No request is made, and
//! no file changes.

use super::{SendRun, complete, messages::SendMessage, results::Totals};
use crate::{
    cli::{
        exit::{CommandError, Exit},
        options::inputs::InputOptions,
        session::{
            assignment::{self, Assignment},
            import::{StopLists, import},
        },
    },
    domain::Status,
    ledger::Ledger,
};

impl SendRun<'_> {
    /// Plans the run as if it began now.
    pub(super) async fn dry_run(&self, source: InputOptions) -> Result<Exit, CommandError> {
        let known = Ledger::known_identities(&self.places.ledger)?;
        let mut instances = assignment::for_dry_run(self.each, &known, &self.clock)?;
        let identities: Vec<_> = instances
            .iter()
            .map(|instance| instance.connected.identity())
            .collect();
        let ledger = Ledger::open_copy(&self.places.ledger, &identities)?;
        let policy = self.import_policy(&ledger, &instances);
        let lists = StopLists::of(&source);
        let (mut ledger, plan) =
            import(ledger, source, policy, &self.interrupts, self.ui.language).await?;
        let mut plan = plan?;
        plan.check_command = self.ui.hints.check();

        self.reopen_rows(&mut ledger)?;
        self.suppress_already_sent(&mut plan, &mut instances, &mut ledger, &lists)?;
        let before = ledger.counts()?;
        let waiting = complete(&mut plan, &ledger, &before)?;
        let assignment = Assignment::new(instances, &ledger, waiting)?;
        plan.first = assignment.first(&ledger, self.ui.language)?;
        if !self.ui.is_quiet {
            self.show_plan(&plan, &assignment, &ledger, &before)?;
            self.ui.print_indented(&SendMessage::DryRun);
        }
        let exit = if before.of(Status::Invalid) + before.of(Status::Failed) > 0 {
            Exit::Rows
        } else {
            Exit::Done
        };
        if self.arguments.json {
            let totals = Totals::read(&ledger, !self.arguments.service.simulate)?;
            totals.print_plan(self.places, exit, self.ui.language)?;
        }
        Ok(exit)
    }
}
