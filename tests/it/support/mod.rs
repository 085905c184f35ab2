//! What a test of the binary stands on: a home of its own, a sandbox to send to, rows to send, and the processes that
//! send them.

#![expect(clippy::unwrap_used, reason = "a test that can't lay its ground has failed")]

mod process;
mod rows;
mod server;
mod stage;
mod surroundings;
#[cfg(unix)]
mod terminal;

pub(crate) use process::{Running, until};
pub(crate) use rows::{Record, csv_of, numbered, record};
pub(crate) use server::Fixed;
pub(crate) use stage::Stage;
pub(crate) use surroundings::{Surroundings, json, stderr, stdout};
#[cfg(unix)]
pub(crate) use terminal::Terminal;

/// A target that takes nothing is tried at shorter intervals, and is left sooner.
pub(crate) const IMPATIENT: &str = "--wait-for-target=500ms";
