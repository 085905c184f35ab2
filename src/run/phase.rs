//! How a run is asked to stop: after the requests in flight on the first signal, at once on the second.

use std::future::Future;

use tokio::sync::watch;

use crate::signals::Signals;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Running,
    /// No row is taken any more; requests in flight are waited for.
    Stopping,
    /// Requests in flight are abandoned: their rows are in doubt.
    Abandoned,
}

/// A phase that all workers watch. It only advances.
#[derive(Debug, Clone)]
pub(super) struct Phases(watch::Sender<Phase>);

impl Phases {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Phase::Running))
    }

    pub(super) fn now(&self) -> Phase {
        *self.0.borrow()
    }

    /// Advances to this phase; returns whether that changed anything.
    pub(super) fn advance_to(&self, phase: Phase) -> bool {
        self.0.send_if_modified(|current| {
            let advances = *current < phase;
            *current = phase.max(*current);
            advances
        })
    }

    /// The future's output, or `None` once the phase is reached: then the future is dropped.
    pub(super) async fn before<T>(&self, phase: Phase, future: impl Future<Output = T>) -> Option<T> {
        let mut watched = self.0.subscribe();
        tokio::select! {
            biased;
            _ = watched.wait_for(|current| *current >= phase) => None,
            done = future => Some(done),
        }
    }
}

/// Advances the phases with each signal that asks the process to stop. `on_first` is told whether anything was running.
pub(super) async fn follow_signals(all: Vec<Phases>, on_first: impl Fn(bool)) {
    let Ok(mut signals) = Signals::listen() else { return };
    let advance = |phase| all.iter().map(|phases| phases.advance_to(phase)).fold(false, |any, advanced| any | advanced);
    if signals.next().await {
        on_first(advance(Phase::Stopping));
    }
    if signals.next().await {
        advance(Phase::Abandoned);
    }
}
