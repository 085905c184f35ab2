//! The durable memory of runs: one SQLite file that says of every row what became of it. Knows no HTTP and no terminal.
//!
//! Invariants, which hold at every moment, also after a crash at any write:
//!
//! 1. A row that was saved, rejected, found invalid or skipped is never claimed again.
//! 2. A row in doubt is claimed again only with the user's leave ([`ResendPolicy::InDoubt`]).
//! 3. No POST leaves before its intent is durable: only [`Writer::claim`] makes a [`Claimed`], and it does so after the
//!    commit (`synchronous=FULL`: the commit is on the disk).
//! 4. A claim without an outcome, found when nobody holds the run's [`Lease`], is a row in doubt.
//! 5. Every row ends in exactly one outcome, and the counts of all outcomes add up to the run's rows; what the ledger
//!    has never seen is unsent.
//!
//! The schema is documented in [`schema`]; people may open the file with `sqlite3` while a run is going on.

mod counts;
mod error;
mod foreign_calls;
mod lease;
mod millis;
#[cfg(test)]
mod model;
mod request;
mod rows;
mod run;
mod run_id;
mod runs;
mod schema;
mod sent_rows;
mod state;
mod store;
mod time_range;
mod transitions;
mod writer;
mod writer_thread;

pub(crate) use counts::Counts;
pub(crate) use error::LedgerError;
pub(crate) use foreign_calls::ForeignCalls;
pub(crate) use lease::Lease;
pub(crate) use request::{Admission, Call, Claim, Claimed, OpenCall};
pub(crate) use rows::RowEntry;
pub(crate) use run::{Identity, NewRun, Run, RunBot, RunKind};
pub(crate) use run_id::RunId;
pub(crate) use sent_rows::SentRow;
pub(crate) use state::{Outcome, OutcomeKind, ResendPolicy, RowState};
pub(crate) use store::Store;
pub(crate) use time_range::TimeRange;
pub(crate) use writer::Writer;
