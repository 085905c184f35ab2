//! How a run is asked to end: by the first signal gently, by the second at once.

use std::future::Future;

use tokio::sync::watch;

use crate::signals::Signals;

/// How far a run is from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Rows are taken and sent.
    Going,
    /// No row is taken any more; flying attempts land.
    Stopping,
    /// Flying attempts are left to themselves: their rows are in doubt.
    Abandoned,
}

/// One end that everybody watches and anybody may move on. Never moves back.
#[derive(Debug, Clone)]
pub(super) struct Phases(watch::Sender<Phase>);

impl Phases {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Phase::Going))
    }

    pub(super) fn now(&self) -> Phase {
        *self.0.borrow()
    }

    /// Moves on to this phase, unless it is passed already; says whether it moved.
    pub(super) fn advance_to(&self, phase: Phase) -> bool {
        self.0.send_if_modified(|current| {
            let moved = *current < phase;
            *current = phase.max(*current);
            moved
        })
    }

    /// What the future gives, or `None` once the phase has been reached: then the future is dropped where it stands.
    pub(super) async fn before<T>(&self, phase: Phase, future: impl Future<Output = T>) -> Option<T> {
        let mut watched = self.0.subscribe();
        tokio::select! {
            biased;
            _ = watched.wait_for(|current| *current >= phase) => None,
            done = future => Some(done),
        }
    }
}

/// Moves the phases on with each signal that asks the process to end. Ends with the run. `draining` is told whether the first
/// one interrupted anything that was going on.
pub(super) async fn follow_signals(all: Vec<Phases>, draining: impl Fn(bool)) {
    let Ok(mut signals) = Signals::listen() else { return };
    let advance = |phase| all.iter().map(|phases| phases.advance_to(phase)).fold(false, |any, moved| any | moved);
    if signals.next().await {
        draining(advance(Phase::Stopping));
    }
    if signals.next().await {
        advance(Phase::Abandoned);
    }
}
