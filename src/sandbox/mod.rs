//! An imitation of the two feedback calls of the Kore.ai API, on loopback, written from the API's contract alone.
//!
//! It is what the rest of the crate is tried against, so it must not know the rest: it shares no type with `record`,
//! `delivery`, `credentials` or `pacing`, and reads tokens, bodies and limits by its own lights. A mistake made there
//! then meets a refusal here, and not the same mistake. Where the contract is silent the stricter reading is taken.
//!
//! [`Sandbox::start`] serves from a thread of its own until the value is dropped.

mod answer;
mod api;
mod connection;
mod fault;
mod latency;
mod options;
mod page;
mod query;
mod quota;
mod saved;
mod schedule;
mod scores;
mod server;
mod service;
mod store;
mod submission;
mod token;

pub use fault::{Endpoint, FaultError, FaultKind, InjectedFault};
pub use latency::{LatencyError, parse_latency};
pub use options::{SandboxCredentials, SandboxOptions};
pub use schedule::Schedule;
pub use server::{Sandbox, SandboxError};
pub use service::CallCounts;
pub use store::{RecordId, StoredRecord, SurveyType};
