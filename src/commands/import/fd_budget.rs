//! How many requests can be in flight with the files that this process may open.

use super::error::ImportRefused;

/// Always open: standard streams, the ledger, the lease and the runtime.
const BASE: u64 = 40;
/// Per bot's reader: its input, and the ledger with its log.
const READER: u64 = 3;
/// Per request: its connection, and one that is being opened or closed in its place.
const REQUEST: u64 = 2;

/// What a run would have open.
#[derive(Debug, Clone, Copy)]
pub(super) struct FdBudget {
    pub(super) bots: u64,
    /// Requests in flight per bot.
    pub(super) concurrency: u64,
    /// Whether the server's end of each connection is in this process, too.
    pub(super) includes_server: bool,
}

impl FdBudget {
    fn needed(self, concurrency: u64) -> u64 {
        // One more reader handles the rows that go to no bot.
        BASE + (self.bots + 1) * READER + self.bots * concurrency * self.per_request()
    }

    fn per_request(self) -> u64 {
        if self.includes_server { 2 * REQUEST } else { REQUEST }
    }

    /// The concurrency per bot that fits. `raise` asks for this many open files, and returns how many are allowed.
    pub(super) fn fit(self, raise: impl FnOnce(u64) -> Option<u64>) -> Result<u64, ImportRefused> {
        let wanted = self.needed(self.concurrency);
        let Some(allowed) = raise(wanted).filter(|allowed| *allowed < wanted) else { return Ok(self.concurrency) };
        let left = allowed.saturating_sub(self.needed(0));
        match left / (self.bots.max(1) * self.per_request()) {
            // The constants are estimates: one bot with one request is always tried.
            0 if self.bots <= 1 => Ok(1),
            0 => Err(ImportRefused::TooFewFiles { bots: self.bots, needed: self.needed(1), allowed }),
            fitting => Ok(fitting.min(self.concurrency)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FdBudget;

    #[test]
    fn concurrency_fits_the_open_files() {
        let budget = |bots, concurrency| FdBudget { bots, concurrency, includes_server: false };
        let fit = |budget: FdBudget, allowed| budget.fit(|_| allowed).map_err(|few| few.to_string());
        assert_eq!(fit(budget(100, 4), None), Ok(4));
        assert_eq!(fit(budget(100, 4), Some(1143)), Ok(4));
        assert_eq!(fit(budget(100, 4), Some(1142)), Ok(3));
        assert_eq!(fit(budget(100, 4), Some(543)), Ok(1));
        let refused =
            "sending to 100 bots at once needs 543 open files and connections, but this process may open only 256";
        assert_eq!(fit(budget(100, 4), Some(256)), Err(refused.to_owned()));
        assert_eq!(fit(budget(1, 4), Some(20)), Ok(1));
        assert_eq!(fit(budget(0, 4), Some(20)), Ok(1));
        assert_eq!(fit(FdBudget { includes_server: true, ..budget(10, 4) }, Some(160)), Ok(2));
    }
}
