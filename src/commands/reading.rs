//! Reads from the server for a command, until it is done or a signal arrives.

use std::cell::Cell;
use std::time::Duration;

use super::error::{CommandError, Explain};
use super::setup::Setup;
use super::stop_reason::StoppedEarly;
use crate::report::ReadProgress;
use crate::run::LaneResources;
use crate::run::read::{ReadError, ReadEvent, Reader};
use crate::signals::Signals;

/// Runs `read` with a reader, until it is done or a signal arrives. `took` is how long the last answer took.
pub(super) fn with_reader<T>(
    setup: &Setup<'_>,
    resources: &LaneResources,
    took: &Cell<Duration>,
    read: impl AsyncFnOnce(&Reader<'_>) -> Result<T, ReadError>,
) -> Result<Result<T, ReadError>, CommandError> {
    let progress = ReadProgress::new(setup.session.printer, setup.session.context.stderr_is_terminal);
    let show = |event| {
        if let ReadEvent::Answered { took: last } = &event {
            took.set(*last);
        }
        progress.show(event);
    };
    let timeout = setup.settings.values.timeout.value;
    let reader = Reader::new(resources, timeout, setup.longest_window(), &show);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().explain("cannot start the async runtime")?;
    let result = runtime.block_on(async {
        let mut signals = Signals::listen().explain("cannot listen for signals")?;
        tokio::select! {
            true = signals.next() => Err(StoppedEarly::Interrupted.into()),
            result = read(&reader) => Ok(result),
        }
    });
    // Don't wait for a pending name lookup or secret command.
    runtime.shutdown_background();
    result
}
