//! How many records equal to one were sent at most. Counting them for every claim takes time that grows with the square of
//! their number: an anonymous survey may have tens of thousands.
//!
//! A bound holds as long as no other connection has written to the ledger. This one only adds to it what it claims; outcomes
//! that take a record back make the true number smaller.

use std::collections::HashMap;

use rusqlite::Transaction;

use super::request::{Claim, Target};
use super::{LedgerError, RunId};

/// With fewer copies, counting is as fast.
const WORTHWHILE: u64 = 16;
/// Memory does not grow with the input.
const MOST: usize = 1 << 16;

/// The run, its bot and the record's prefix.
type Group = (RunId, u32, [u8; 8]);

#[derive(Debug, Default)]
pub(super) struct Headroom {
    data_version: i64,
    at_most: HashMap<Group, u64>,
}

impl Headroom {
    /// Whether fewer equal records were sent than the input has: surely, if true.
    pub(super) fn is_left(
        &mut self,
        transaction: &Transaction<'_>,
        claim: &Claim,
        copies: u64,
        target: &Target,
    ) -> Result<bool, LedgerError> {
        if copies < WORTHWHILE {
            return Ok(false);
        }
        let data_version = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if data_version != self.data_version {
            self.at_most.clear();
            self.data_version = data_version;
        }
        Ok(self.at_most.get(&group(claim, target)).is_some_and(|sent| *sent < copies))
    }

    /// So many were counted. If there are too many, counting stopped.
    pub(super) fn set(&mut self, claim: &Claim, target: &Target, sent: u64) {
        if claim.copies.is_some_and(|copies| copies >= WORTHWHILE && sent < copies) {
            if self.at_most.len() >= MOST {
                self.at_most.clear();
            }
            self.at_most.insert(group(claim, target), sent);
        }
    }

    /// The record is about to be sent.
    pub(super) fn claimed(&mut self, claim: &Claim, target: &Target) {
        if let Some(sent) = self.at_most.get_mut(&group(claim, target)) {
            *sent += 1;
        }
    }
}

fn group(claim: &Claim, target: &Target) -> Group {
    (claim.run, target.bot, claim.record.prefix())
}
