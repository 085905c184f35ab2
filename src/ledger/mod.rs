//! The durable memory of runs: one SQLite file with the state of every row. Knows no HTTP and no terminal.
//!
//! These invariants always hold, also after a crash during any write:
//!
//! 1. A row that is saved, invalid or skipped is never claimed again.
//! 2. A row in doubt or rejected is claimed again only if the user allows it ([`ResendPolicy`]).
//! 3. No POST is sent before its intent is durable. A POST requires a [`Claimed`]; only [`Writer::claim`] creates one,
//!    and only after the commit (`synchronous=FULL`: a commit is on the disk).
//! 4. A claim without an outcome is a row in doubt if no process holds the run's [`Lease`].
//! 5. Every row ends with exactly one outcome, and the counts of all outcomes add up to the run's rows. A row that the
//!    ledger has never seen is unsent.
//! 6. A record that other runs have sent to the same bot is claimed only by a run that asked for it (`sent_before.rs`).
//! 7. A ledger that knows less than was sent is recognized by its witnesses (`witness.rs`), and nothing is sent with it.
//!
//! The tables are documented in `schema.rs`. People may read the file with `sqlite3`, even during a run.

mod activity;
mod answered;
mod attempts;
mod comparison;
mod counts;
mod deviations;
mod error;
mod foreign_rows;
mod gathering;
mod lease;
mod lines;
mod location;
mod millis;
#[cfg(test)]
mod model;
mod neighbors;
mod records;
mod repeated_ids;
mod request;
mod row_list;
mod rows;
mod run;
mod run_id;
mod runs;
mod schema;
mod sent_before;
mod sent_rows;
mod soundness;
mod state;
mod store;
mod time_range;
mod transitions;
mod trust;
mod turns;
mod witness;
mod writer;
mod writer_thread;

pub(crate) use activity::{Activity, FailureGroup, Slot};
pub(crate) use comparison::{Comparison, InputRecord, Known, Need, Overlap};
pub(crate) use counts::Counts;
pub(crate) use deviations::Deviations;
pub(crate) use error::LedgerError;
pub(crate) use lease::Lease;
pub(crate) use request::{Admission, Call, Claim, Claimed, ForeignCalls, Look, OpenCall, RecordHash, Turn};
pub(crate) use rows::RowEntry;
pub(crate) use run::{Identity, NewRun, Run, RunBot, RunKind};
pub(crate) use run_id::RunId;
pub(crate) use sent_rows::SentRow;
pub(crate) use soundness::DamageSearch;
pub(crate) use state::{Outcome, OutcomeKind, ResendPolicy, RowState};
pub(crate) use store::Store;
pub(crate) use time_range::TimeRange;
pub(crate) use trust::{Distrust, LostRows};
pub(crate) use writer::Writer;
