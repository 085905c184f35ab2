//! Resolves rows in doubt by asking the server which records it has. Each row is found to be saved, found to be absent,
//! or left in doubt with a reason.
//!
//! The reader ([`read`](super::read)) pages through the server's records of the run's time, within the rate limits. Comparing them
//! with the ledger's rows is pure (`reconcile`). The result is written to the ledger under the run's lease.
//!
//! A row wrongly called absent is sent again and doubles a record; a row wrongly called saved loses one; a row left in
//! doubt costs a look at the dashboard. So whenever the evidence is not conclusive, the row stays in doubt. The
//! assumptions are:
//!
//! 1. Equal records are interchangeable. Two records are equal if name, type, respondent, channel, language and
//!    score are; `message` does not read back. If two equal rows are in doubt and one such record is
//!    found, one row is saved and the other absent. It makes no difference which: in the end, the server has as many of
//!    these records as there are rows.
//! 2. Nobody else saved a record equal to one of ours in the run's time. If the server has more of them than all POSTs
//!    in the ledger can have made, somebody did, and these rows stay in doubt.
//! 3. Records become visible in the order in which they were saved, or within a minute. A row is absent only if the
//!    saved rows sent next to it, before and after, are visible; for the last row, the minute must also have passed.
//!    A server that has not answered may save the record later: without an answer that shows that it is done with the
//!    request, [`SETTLE_TIME`] (`--settle`) and four timeouts of the request must have passed, by our clock and by the
//!    server's. A server that takes longer still doubles the record: no time proves absence.
//! 4. Records read back as they were sent. This is checked on the rows known to be saved: if one of them reads back
//!    with other fields, no row is absent as long as any record belongs to no row. It is not documented whether both
//!    API calls use the same ids; if no id is the same, every saved row must be recognized by its fields.
//!
//! If few rows are in doubt, only the records of some respondents are read, on stricter conditions (`asked`).
//!
//! If none of the run's saved rows are visible, what was read is not trusted and everything stays in doubt.

mod asked;
mod error;
mod matching;
mod reconcile;
mod settings;
mod snapshot;
#[cfg(test)]
mod tests;
mod verified;
mod verifier;

pub(crate) use error::VerifyError;
pub(crate) use reconcile::SETTLE_TIME;
pub(crate) use settings::{FindRespondents, VerifyEvent, VerifySettings};
#[cfg(test)]
pub(crate) use verified::UndecidedReason;
pub(crate) use verified::Verified;
pub(crate) use verifier::verify;
