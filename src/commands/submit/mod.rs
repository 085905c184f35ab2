//! `submit`: complete a draft, check it, and send the record as a run with one row.

mod ask;
mod command;
mod draft;
mod send;

pub(super) use command::submit;
