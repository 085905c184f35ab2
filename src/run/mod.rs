//! One run, from its first row to its last: source, workers and signals joined. Knows no terminal; tells what happens as
//! [`RunEvent`]s.
//!
//! A row's way: [`feed`](feed_input) reads and validates it → a worker gets leave from the gate (is the target fit?) and
//! the pacer (is there room in the windows?) → the ledger makes the intent durable → the POST → the verdict → the ledger
//! makes the outcome durable.

mod attempt;
mod check;
mod engine;
mod event;
mod feed;
mod gate;
mod health;
mod lane;
mod phase;

pub use attempt::{Delivery, SendSettings};
pub use check::{CheckError, CheckReport, CheckSettings, ProblemRow, check};
pub use engine::{End, run};
pub use event::{Events, RunEvent};
pub use feed::{Batch, Feed, FeedError, FeedSettings, Prepared, feed_input, feed_one};
pub use health::{Fault, Patience};
pub use lane::{Lane, Machinery, Plan};
