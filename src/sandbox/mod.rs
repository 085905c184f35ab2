//! A local imitation of the API's two feedback endpoints, written from the API's contract alone.
//!
//! The rest of the crate is tested against it, so it must not depend on the rest: it shares no type with `record`,
//! `delivery`, `credentials` or `pacing`, and has its own code for tokens, bodies and limits. A mistake made there is
//! then caught here instead of being repeated. Where the contract is silent, the sandbox takes the stricter reading.
//!
//! [`Sandbox::start`] serves from its own thread, on loopback only, until the value is dropped.

mod api;
mod connection;
mod decryption;
mod fault;
mod fault_kind;
mod fields;
mod injector;
mod latency;
mod live;
mod options;
mod page;
mod page_of_records;
mod query;
mod rate_limit;
mod reply;
mod response;
mod responses_api;
mod save_response;
mod schedule;
mod scores;
mod server;
mod service;
mod store;
mod submission;
mod survey_type;
mod token;
mod wrong_answer;

pub use fault::{Endpoint, FaultError, InjectedFault};
pub use fault_kind::FaultKind;
pub use latency::{LatencyError, parse_latency};
pub use options::{SandboxCredentials, SandboxOptions};
pub use responses_api::ResponsesApi;
pub use schedule::Schedule;
pub use server::{Sandbox, SandboxError};
pub use service::CallCounts;
pub use store::{RecordId, StoredRecord};
pub use survey_type::SurveyType;
