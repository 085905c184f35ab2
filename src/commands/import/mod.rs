//! `import`: check the whole input, decide which run it belongs to, send, report.
//!
//! Nothing is sent before every row has been checked: `checked` reads and checks the input, `command` prints the findings,
//! `choice` decides between a new run and an earlier one, `sent_before` compares with what earlier runs have sent, `send` sends the rows, and `finish` reports their outcomes. `resume`
//! starts from a run's number and the options stored in the ledger.

mod ask;
mod checked;
mod choice;
mod command;
mod error;
mod fd_budget;
mod finish;
mod on_finish;
mod page;
mod page_file;
mod recover;
mod report;
mod resume;
mod send;
mod sent_before;

pub(super) use self::command::import;
pub(super) use self::page::report;
pub(super) use self::resume::{ResumeOptions, failures, recover, respondents, resume, saved};
