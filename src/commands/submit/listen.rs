//! What happens while one record is on its way, said as it happens.

use std::sync::mpsc::Receiver;
use std::thread::{JoinHandle, spawn};

use serde_json::Value;

use crate::report::Printer;
use crate::run::RunEvent;
use crate::text::format_duration;

/// Says why it takes longer, and gives the server's record once the run has ended.
pub(super) fn listen(told: Receiver<RunEvent>, printer: Printer) -> JoinHandle<Option<Value>> {
    spawn(move || {
        let mut saved = None;
        for event in told {
            match event {
                RunEvent::Saved { record, .. } => saved = Some(record),
                RunEvent::Paused { why, wait, .. } => {
                    printer.note(format_args!("holding: {why}; going on in {}", format_duration(wait)));
                }
                RunEvent::Retrying { why, wait, .. } => {
                    printer.detail(format_args!("the record goes again in {}: {why}", format_duration(wait)));
                }
                RunEvent::Stopping => printer.note("ending: waiting for the answer (Ctrl-C again: don't wait)"),
                RunEvent::Settled { .. }
                | RunEvent::NotSaved { .. }
                | RunEvent::BotStopped { .. }
                | RunEvent::TimeLeft(_) => {}
            }
        }
        saved
    })
}
