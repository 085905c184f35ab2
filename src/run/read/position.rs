//! Where reading continues. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The time to continue with, and the records of that very time that were read already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    pub(crate) from: Timestamp,
    pub(crate) read: BTreeSet<String>,
}

impl Position {
    pub(crate) fn at(from: Timestamp) -> Self {
        // Records have milliseconds.
        Self { from: Timestamp::from_millisecond(from.as_millisecond()).unwrap_or(from), read: BTreeSet::new() }
    }
}
