//! One call, and what its answer means. [`Client`] is the only user of the HTTP client; [`judge`] and
//! [`SurveyPage::read`] are pure. None of them knows rows, the ledger's contents or when to try again.
//!
//! What each answer means (RFC 9110 §9.2.2: a POST whose outcome is unknown is not repeated; the API has no
//! idempotency key):
//!
//! | answer | verdict |
//! |---|---|
//! | 200 or 201 with a record that has an `_id` (or `_Id`) and is about ours, see [`judge_record`] | saved |
//! | 200 or 201 with another record's bot, type, score or respondent, an old time, or an `_id` that another row got | in doubt |
//! | 429, or one of the vendor's rate-limit texts under any status but a success | repeat: rate-limited |
//! | 401 whose text says `possibly a replay` | repeat, with a fresh token |
//! | 503 with `Retry-After` | repeat, not before then |
//! | connection refused, DNS failure, connect timeout, connection closed before the request was written | repeat: unreachable |
//! | TLS failure | refused: the target |
//! | any other 401, 403, 407; a text about credentials, token or scope under any 4xx | refused: the credentials |
//! | 404, 405, 3xx; a text about the stream (bot) id under any 4xx | refused: the target |
//! | any other 4xx | rejected, with the server's message |
//! | timeout or reset after writing began; 500, 502, 503 without `Retry-After`, 504, any other 5xx | in doubt |
//! | a 2xx that is not a record, 1xx | in doubt |
//!
//! The other call reads records back. It changes nothing on the server, so it may always be repeated.

mod client;
mod contract;
mod echo;
mod fields;
mod reply;
mod response_filter;
mod responses;
#[cfg(test)]
mod sockets;
mod survey_response;
mod transport;
mod verdict;

pub(crate) use client::{Client, ClientSettings};
pub(crate) use contract::{changes, undocumented};
pub(crate) use echo::{Checked, Sent, judge_record};
pub(crate) use reply::{Answer, Reply};
pub(crate) use response_filter::ResponseFilter;
pub(crate) use response_filter::ScoreRange;
pub(crate) use responses::{ResponsesQuery, SurveyPage};
pub(crate) use survey_response::SurveyResponse;
pub(crate) use verdict::{Cause, Concern, Verdict, judge};
