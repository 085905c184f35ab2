//! Reads the server's records back (`getFeedbackSurveyResponses`): page by page, within the rate limits that all processes
//! share. Reading changes nothing on the server, so a failed page is requested again a few times.
//!
//! Pages have [`PAGE_SIZE`] records, as the stricter version of the vendor's page says, and a query spans at most 90 days.
//! Whether another page follows is known from `moreAvailable` alone. A page is requested by how many records to skip, so
//! records that arrive in between could move it. So time is read in slices of a few pages: each slice begins with the
//! time of the last record before it, its pages must add up, and a slice that does not is read again.
//!
//! Verification reads a whole range at once ([`Reader::range`]), an export one slice after the other ([`scan`]).

mod error;
mod page;
mod pages;
mod position;
mod reader;
mod scan;

pub(crate) use error::ReadError;
pub(crate) use page::ReadEvent;
pub(crate) use position::Position;
pub(crate) use reader::{Reader, Records};
pub(crate) use scan::{Batch, ScanError, ScanEvent, ScanSettings, scan};
