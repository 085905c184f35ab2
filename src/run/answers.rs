//! What a run learns from its answers, over all bots: which record got which id, how far the server's clock is off, and
//! whether anything should be said about them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::quality::RandomState;
use jiff::{SignedDuration, Timestamp};

use crate::clock;
use crate::delivery::Verdict;
use crate::ledger::Deviations;
use crate::numbering::RecordId;

/// How many ids are kept. At the end of the run, one query looks at all of them.
const KEPT: usize = 4096;
/// `Date` headers have whole seconds, and answers take a moment to arrive.
const SAME_OFFSET: SignedDuration = SignedDuration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Answers(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    record_of_id: HashMap<Arc<str>, RecordId, RandomState>,
    oldest_first: VecDeque<Arc<str>>,
    clock_offset: Option<SignedDuration>,
    said_clock: bool,
    said_missing: bool,
    said_changed: bool,
}

impl Answers {
    /// An id belongs to one record: if another one got it, it does not show that this one was saved.
    pub(super) fn check_id(&self, verdict: Verdict, record: RecordId) -> Verdict {
        let Verdict::Saved { id, status, .. } = &verdict else { return verdict };
        let mut memory = self.memory();
        if let Some(first) = memory.record_of_id.get(id.as_str()) {
            let message = format!("the response has the id of another record: {first} got {id}");
            return Verdict::InDoubt { status: Some(*status), message };
        }
        let id: Arc<str> = id.as_str().into();
        memory.record_of_id.insert(Arc::clone(&id), record);
        memory.oldest_first.push_back(id);
        if memory.oldest_first.len() > KEPT
            && let Some(oldest) = memory.oldest_first.pop_front()
        {
            memory.record_of_id.remove(&oldest);
        }
        verdict
    }

    /// How far the server's clock is ahead of ours, if that is news.
    pub(super) fn new_clock_offset(&self, server: Timestamp, now: Timestamp) -> Option<SignedDuration> {
        let offset = server.duration_since(now);
        let mut memory = self.memory();
        let is_known = memory.clock_offset.is_some_and(|known| (offset - known).abs() <= SAME_OFFSET);
        if is_known {
            return None;
        }
        memory.clock_offset = Some(offset);
        Some(offset)
    }

    /// What should be said about an answer; each kind of warning is given once.
    pub(super) fn warnings(&self, record: RecordId, deviations: Deviations) -> Vec<String> {
        let mut memory = self.memory();
        let mut warnings = Vec::new();
        if !memory.said_clock {
            warnings.extend(memory.clock_offset.and_then(clock::difference));
            memory.said_clock = !warnings.is_empty();
        }
        if let Some(missing) = first(deviations.missing(), &mut memory.said_missing) {
            warnings.push(format!("the server's responses lack fields that the API documents as required: {missing}"));
        }
        if let Some(changed) = first(deviations.changed(), &mut memory.said_changed) {
            warnings.push(format!("the server saved {record} with another value than was sent: {changed}"));
        }
        warnings
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fields, if there are any and nothing was said of them before.
fn first(fields: impl Iterator<Item = &'static str>, said: &mut bool) -> Option<String> {
    if *said {
        return None;
    }
    let fields: Vec<_> = fields.collect();
    *said = !fields.is_empty();
    said.then(|| fields.join(", "))
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Answers, Deviations, KEPT, RecordId, Verdict};

    fn row(row: u64) -> RecordId {
        RecordId { row, record: None }
    }

    fn saved(id: usize) -> Verdict {
        Verdict::Saved { id: id.to_string(), status: 200, record: String::new() }
    }

    #[test]
    fn only_the_latest_ids_are_kept() {
        let answers = Answers::default();
        for id in 0..=KEPT {
            assert_eq!(answers.check_id(saved(id), row(id as u64)), saved(id));
        }
        let again = answers.check_id(saved(1), row(9999));
        let Verdict::InDoubt { status, message } = again else { panic!("{again:?}") };
        assert_eq!((status, &*message), (Some(200), "the response has the id of another record: row 1 got 1"));
        assert_eq!(answers.check_id(saved(0), row(9999)), saved(0), "it was forgotten");
        assert_eq!(answers.memory().record_of_id.len(), KEPT);
    }

    #[test]
    fn a_clock_offset_is_news_once() {
        let answers = Answers::default();
        let now = Timestamp::UNIX_EPOCH;
        let seconds = SignedDuration::from_secs;
        assert_eq!(answers.new_clock_offset(now + seconds(90), now), Some(seconds(90)));
        assert_eq!(answers.new_clock_offset(now + seconds(92), now), None);
        assert_eq!(answers.new_clock_offset(now + seconds(0), now), Some(seconds(0)));
        answers.new_clock_offset(now + seconds(90), now);
        assert_eq!(
            answers.warnings(row(1), Deviations::default()),
            ["this machine's clock is 1 min 30 s behind the server's"]
        );
        assert!(answers.warnings(row(2), Deviations::default()).is_empty());
    }

    #[test]
    fn each_kind_of_deviation_is_said_once() {
        let answers = Answers::default();
        let mut deviations = Deviations::default();
        deviations.add_missing("orgId");
        assert!(answers.warnings(row(1), deviations)[0].ends_with("required: orgId"));
        assert!(answers.warnings(row(2), deviations).is_empty());
        deviations.add_changed("name");
        assert_eq!(
            answers.warnings(row(3), deviations),
            ["the server saved row 3 with another value than was sent: name"]
        );
    }
}
