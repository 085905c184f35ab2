//! `submit`: complete a draft, check it, and send the record as a run with one row.

mod ask;
mod command;
mod draft;
mod error;
mod progress;
mod request;
mod send;

pub(super) use command::submit;
