//! How many calls a run can make at once with the open files that this process may have.

use crate::error::Advice;
use crate::text::{counted, grouped};

/// What is open whatever is sent: standard streams, the ledger, the lease, the runtime's own.
const BESIDES: u64 = 40;
/// A bot's reader: its input, and the ledger with its log.
const READER: u64 = 3;
/// A call: its connection, and one that is being opened or closed in its place.
const CALL: u64 = 2;

/// So many bots can't be sent to side by side. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} at once need {} open files and connections, and this process may have {}",
    counted(*bots, "bot"),
    grouped(*needed),
    grouped(*allowed)
)]
pub(in crate::commands) struct TooFewFiles {
    bots: u64,
    needed: u64,
    allowed: u64,
}

impl Advice for TooFewFiles {
    fn hint(&self) -> Option<String> {
        Some(format!(
            "`ulimit -n {}` allows more where the system lets you; or send to some of the bots at a time, with --filter",
            self.needed
        ))
    }
}

/// What a run would have open.
#[derive(Debug, Clone, Copy)]
pub(super) struct FdBudget {
    pub(super) bots: u64,
    /// Calls in flight to each bot.
    pub(super) calls: u64,
    /// Whether the other end of each connection is in this process, too.
    pub(super) both_ends: bool,
}

impl FdBudget {
    /// The open files that it takes with so many calls to each bot.
    fn needed(self, calls: u64) -> u64 {
        // One more reader has the rows that go to no bot.
        BESIDES + (self.bots + 1) * READER + self.bots * calls * self.per_call()
    }

    fn per_call(self) -> u64 {
        if self.both_ends { 2 * CALL } else { CALL }
    }

    /// How many calls to each bot there is room for, given how many files are allowed once so many are wanted.
    pub(super) fn fitted(self, allow: impl FnOnce(u64) -> Option<u64>) -> Result<u64, TooFewFiles> {
        let wanted = self.needed(self.calls);
        let Some(allowed) = allow(wanted).filter(|allowed| *allowed < wanted) else { return Ok(self.calls) };
        let left = allowed.saturating_sub(self.needed(0));
        match left / (self.bots.max(1) * self.per_call()) {
            // One bot is sent to as it always was: a few files more or less are not known that well.
            0 if self.bots <= 1 => Ok(1),
            0 => Err(TooFewFiles { bots: self.bots, needed: self.needed(1), allowed }),
            calls => Ok(calls.min(self.calls)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FdBudget;

    #[test]
    fn as_many_calls_as_there_are_files_for_and_one_bot_always_has_one() {
        let width = |bots, calls| FdBudget { bots, calls, both_ends: false };
        let fitted = |width: FdBudget, allowed| width.fitted(|_| allowed).map_err(|few| few.to_string());
        assert_eq!(fitted(width(100, 4), None), Ok(4));
        assert_eq!(fitted(width(100, 4), Some(1143)), Ok(4));
        assert_eq!(fitted(width(100, 4), Some(1142)), Ok(3));
        assert_eq!(fitted(width(100, 4), Some(543)), Ok(1));
        let told = "100 bots at once need 543 open files and connections, and this process may have 256";
        assert_eq!(fitted(width(100, 4), Some(256)), Err(told.to_owned()));
        assert_eq!(fitted(width(1, 4), Some(20)), Ok(1));
        assert_eq!(fitted(width(0, 4), Some(20)), Ok(1));
        assert_eq!(fitted(FdBudget { both_ends: true, ..width(10, 4) }, Some(160)), Ok(2));
    }
}
