//! `import`: check the whole input, decide which run it belongs to, send, report.
//!
//! Nothing is sent before the check has read every row (decision 5 of the design): `checked` reads and
//! checks the input, `command` prints the findings, `choice` decides between a new run and an earlier one (decision 4: an input is imported once), `send` works through the rows and
//! `finish` reports what became of them. `resume` starts from a run's number and the options that the ledger stored.

mod ask;
mod checked;
mod choice;
mod command;
mod error;
mod fd_budget;
mod finish;
mod recover;
mod report;
mod resume;
mod send;

pub(super) use self::command::import;
pub(super) use self::resume::{failures, recover, resume};
