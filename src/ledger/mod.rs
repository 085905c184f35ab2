//! The durable memory of runs: one SQLite file that says of every row what became of it. Knows no HTTP and no terminal.
//!
//! Invariants, which hold at every moment, also after a crash at any write:
//!
//! 1. A row that was saved, rejected, found invalid or skipped is never claimed again.
//! 2. A row in doubt is claimed again only with the user's leave ([`Leave::ResendInDoubt`]).
//! 3. No POST leaves before its intent is durable: only [`Writer::claim`] makes a [`Claimed`], and it does so after the
//!    commit (`synchronous=FULL`: the commit is on the disk).
//! 4. A claim without an outcome, found when nobody holds the run's [`Lease`], is a row in doubt.
//! 5. Every row ends in exactly one outcome, and the counts of all outcomes add up to the run's rows; what the ledger
//!    has never seen is unsent.
//!
//! The schema is documented in [`schema`]; people may open the file with `sqlite3` while a run is going on.

mod entries;
mod error;
mod lease;
#[cfg(test)]
mod model;
mod others;
mod runs;
pub mod schema;
mod sent;
mod settled;
mod state;
mod store;
mod writer;

pub use error::LedgerError;
pub use lease::Lease;
pub use others::{OtherCall, Others};
pub use runs::{Counts, Identity, NewRun, Run, RunBot, RunId, RunKind};
pub use sent::SentRow;
pub use settled::{RowEntry, SettledRows};
pub use state::{Leave, Outcome, OutcomeKind, RowState};
pub use store::Store;
pub use writer::{Call, CallAnswer, Claim, ClaimAnswer, Claimed, NotedCall, Writer};
