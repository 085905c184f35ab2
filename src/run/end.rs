//! How a run, or one bot's part of it, ended.

use super::circuit::StopReason;
use super::feed::FeedError;
use crate::credentials::CredentialError;
use crate::ledger::LedgerError;

/// How a run ended.
#[derive(Debug)]
pub(crate) enum End {
    /// All rows were processed.
    Complete,
    /// A signal stopped it.
    Interrupted,
    /// The circuit breaker tripped.
    Stopped(StopReason),
    /// The ledger cannot be written, so nothing more may be sent.
    Ledger(LedgerError),
    /// No token can be obtained.
    Credentials(CredentialError),
    /// The input cannot be read any further.
    Feed(FeedError),
}

/// How a run with one or more bots ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The most important reason; among equals, the first.
    pub(crate) end: End,
    /// The bots that were stopped on their own, in that order. Empty if the reason concerns all bots.
    pub(crate) stopped: Vec<String>,
}

impl End {
    /// What ends the whole run outranks what ends one bot's part of it.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Complete => 0,
            Self::Stopped(_) => 1,
            Self::Interrupted => 2,
            Self::Ledger(_) | Self::Credentials(_) | Self::Feed(_) => 3,
        }
    }
}
