//! Reports what happens while the record is being sent.

use std::sync::mpsc::Receiver;
use std::thread::{JoinHandle, spawn};

use serde_json::Value;

use crate::report::Printer;
use crate::run::RunEvent;
use crate::text::format_duration;

/// Says why it takes longer. Returns the server's record when the run has ended, if there is one.
pub(super) fn report_progress(events: Receiver<RunEvent>, printer: Printer) -> JoinHandle<Option<Value>> {
    spawn(move || {
        let mut saved = None;
        for event in events {
            match event {
                RunEvent::Saved { record, .. } => saved = Some(record),
                RunEvent::Paused { why, wait, .. } => {
                    printer.note(format_args!("paused: {why}; retrying in {}", format_duration(wait)));
                }
                RunEvent::Retrying { why, wait, .. } => {
                    printer.detail(format_args!("retrying in {}: {why}", format_duration(wait)));
                }
                RunEvent::Stopping => printer.note("stopping: waiting for the response (Ctrl-C again to abandon it)"),
                RunEvent::Settled { .. }
                | RunEvent::NotSaved { .. }
                | RunEvent::BotStopped { .. }
                | RunEvent::TimeLeft(_) => {}
            }
        }
        saved
    })
}
