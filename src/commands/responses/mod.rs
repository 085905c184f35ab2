//! `responses`: the records that the server has, exported or counted.

mod export;
mod scores;
mod source;

pub(super) use export::export;
pub(super) use scores::scores;
