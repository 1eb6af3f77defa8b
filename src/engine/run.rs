//! What the instances of a run share: the limits of the run, the command of another terminal, and why the run ends.

use std::time::Duration;

use jiff::Timestamp;
use tokio::{sync::watch, task::JoinSet, time::Instant};

use super::{Event, HoldReason, RunConfig, StopReason};
use crate::{
    domain::{AccountCheck, Outcome},
    green_api::InstanceState,
    ledger::{InFlight, LedgerError, RunCommand},
    rate_limit::Permit,
};

/// The loop runs at least this often: a late iteration is how it notices that the process was suspended.
pub(super) const HEARTBEAT: Duration = Duration::from_millis(50);

/// How often the control file is read.
const CONTROL_INTERVAL: Duration = Duration::from_secs(1);

/// Receives events. The instance is `None` if the event concerns the whole run.
pub type EventSink<'a> = &'a mut dyn FnMut(Option<usize>, Event<'_>);

/// What the instances of a run share.
pub(super) struct Run<'a> {
    pub(super) config: &'a RunConfig,
    pub(super) interrupts: watch::Receiver<u32>,
    pub(super) events: EventSink<'a>,
    pub(super) requests: JoinSet<(usize, Answer)>,
    pub(super) is_committing: bool,
    pub(super) commit_took: Duration,
    /// Rows that were begun in this run and did not become pending again.
    pub(super) begun_rows: u64,
    /// Rows of all instances that wait for a check of their number, or for their turn after it.
    pub(super) checking: u64,
    /// Clear answers of this run, and the refusals among them.
    pub(super) clear: u64,
    pub(super) refused: u64,
    /// The command of another terminal, and when the control file is read next.
    pub(super) command: Option<RunCommand>,
    pub(super) listen_at: Instant,
    /// Why every instance stops.
    pub(super) stop: Option<StopReason>,
    pub(super) broken: Option<LedgerError>,
}

pub(super) enum Answer {
    Contact(InFlight, Permit, Outcome),
    Check(InFlight, Permit, AccountCheck),
    State(Result<InstanceState, Outcome>),
    /// When the restriction of the number ends, if that is known.
    End(Option<Timestamp>),
}

impl Run<'_> {
    pub(super) fn report(&mut self, instance: Option<usize>, event: Event<'_>) {
        (self.events)(instance, event);
    }

    /// Stops every instance, unless the run is stopping already.
    pub(super) fn stop(&mut self, stop: StopReason) {
        if self.stop.is_none() {
            self.report(None, Event::Stopping(&stop));
            self.stop = Some(stop);
        }
    }

    /// Counts a refused contact, and stops every instance if there are too many.
    pub(super) fn count_refusal(&mut self) {
        self.refused += 1;
        if self.config.max_failures.reached(self.refused, self.clear) {
            self.stop(StopReason::Failures(self.refused));
        }
    }

    /// Whether as many rows were begun as this run may send.
    pub(super) fn is_limit_reached(&self) -> bool {
        self.config
            .limit
            .is_some_and(|limit| self.begun_rows >= limit)
    }

    /// Whether the lease of an instance, if several machines share the instances, lets a request start now.
    pub(super) fn may_start(&self, instance: usize) -> bool {
        let leases = self.config.leases.as_ref();
        leases.is_none_or(|leases| leases.may_start(instance))
    }

    pub(super) fn wall_clock(&self) -> Timestamp {
        self.config.clock.now()
    }

    /// Whether nothing is begun any more.
    pub(super) const fn is_ending(&self) -> bool {
        self.stop.is_some() || self.broken.is_some()
    }

    /// Reads the command of another terminal, if it is time to.
    pub(super) fn listen(&mut self, now: Instant) {
        let Some(control) = self
            .config
            .control
            .as_ref()
            .filter(|_| now >= self.listen_at)
        else {
            return;
        };
        self.listen_at = now + CONTROL_INTERVAL;
        let was_paused = self.command == Some(RunCommand::Pause);
        self.command = control.command();
        match self.command {
            Some(RunCommand::Cancel) => self.stop(StopReason::Cancelled),
            Some(RunCommand::Pause) if !was_paused && self.stop.is_none() => {
                self.report(None, Event::Pausing(&HoldReason::Asked));
            }
            None if was_paused && self.stop.is_none() => self.report(None, Event::Resumed),
            Some(RunCommand::Pause) | None => {}
        }
    }
}
