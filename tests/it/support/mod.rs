//! Test support: a home for the binary, a sandbox to send to, records to send, and running processes.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[cfg(unix)]
mod browser;
mod process;
mod rows;
mod server;
mod stage;
mod surroundings;
#[cfg(unix)]
mod terminal;

#[cfg(unix)]
pub(crate) use browser::Browser;
pub(crate) use process::{Running, until};
pub(crate) use rows::{Record, csv_of, numbered, record};
pub(crate) use server::{Fixed, new_record};
pub(crate) use stage::{Stage, let_time_pass};
pub(crate) use surroundings::{Surroundings, json, stderr, stdout};
#[cfg(unix)]
pub(crate) use terminal::Terminal;

/// Gives up on a failing target sooner, and probes it at shorter intervals.
pub(crate) const IMPATIENT: &str = "--wait-for-target=500ms";
