//! Joins the pages of a slice into one list, and detects gaps. Pure.
//!
//! A page is requested by how many records to skip. If a record is added or removed between two pages, the records
//! after it shift: one of them is sent twice or not at all. The counts show both, and a list that does not add up is
//! not used. Neither is one that does not end: a server may answer every request with the same page.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::position::Position;
use crate::delivery::{SurveyPage, SurveyResponse};

/// A slice ends after this many records. A slice that does not add up costs as many calls again.
const SLICE: u64 = 1000;
/// How many more records than twice its total a server may send. Its total may be a little older than its records.
const SURPLUS: u64 = 100;

#[derive(Debug)]
pub(super) struct Pages {
    start: Position,
    records: Vec<SurveyResponse>,
    ids: HashSet<String>,
    /// How many records to skip for the next page.
    pub(super) received: u64,
    /// The number of records on the server, if it says so.
    pub(super) total: Option<u64>,
    has_duplicates: bool,
    has_removals: bool,
    /// Whether a total was that of the list: some servers count only the page.
    counts_all: bool,
    is_endless: bool,
    /// The time of the last record.
    last: Option<Timestamp>,
    /// Whether every record has an id and a time, and they are in order.
    has_order: bool,
    ended: bool,
}

/// What follows a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Page,
    End,
    /// The server says that more records follow, but sends none.
    Stuck,
}

/// Records were sent twice or not at all: the server's list changed, or has no fixed order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("its pages {}: {read} records read, total {}",
    if *is_endless { "do not end" } else { "are inconsistent" }, total.map_or("unknown".into(), |n| n.to_string()))]
pub(super) struct Inconsistent {
    /// They repeat records, or exceed the total by far.
    pub(super) is_endless: bool,
    pub(super) read: u64,
    pub(super) total: Option<u64>,
}

impl Pages {
    pub(super) fn new(start: Position) -> Self {
        Self {
            start,
            records: Vec::new(),
            ids: HashSet::new(),
            received: 0,
            total: None,
            has_duplicates: false,
            has_removals: false,
            counts_all: false,
            is_endless: false,
            last: None,
            has_order: true,
            ended: false,
        }
    }

    /// Takes a page. `End` ends the slice: there are no more records, or it is full.
    pub(super) fn add(&mut self, page: SurveyPage) -> Next {
        let is_empty = page.records.is_empty();
        let is_repeated = !self.has_new(&page.records);
        self.received += page.records.len() as u64;
        // A count of the page alone is never more than what was received.
        self.has_removals |= page.total_count < self.total && page.total_count > Some(self.received);
        self.total = self.total.max(page.total_count);
        self.counts_all |= page.total_count > Some(page.records.len() as u64);
        page.records.into_iter().for_each(|record| self.add_record(record));
        self.ended = !page.more_available;
        self.is_endless = page.more_available && (is_repeated || self.exceeds_total());
        match (page.more_available, is_empty) {
            (true, true) => Next::Stuck,
            (true, false) if !self.is_endless && !self.is_full() => Next::Page,
            _ => Next::End,
        }
    }

    /// Whether one of these records was not read before. Without ids, a page is compared with the one before it.
    fn has_new(&self, records: &[SurveyResponse]) -> bool {
        let is_new = |record: &SurveyResponse| record.id.as_ref().is_none_or(|id| !self.ids.contains(id));
        records.iter().any(is_new) && !self.records.ends_with(records)
    }

    fn exceeds_total(&self) -> bool {
        self.counts_all
            && self.total.is_some_and(|total| self.received > total.saturating_mul(2).saturating_add(SURPLUS))
    }

    fn add_record(&mut self, record: SurveyResponse) {
        let time = record.time();
        self.has_order &= record.id.is_some() && time >= self.last.or(Some(self.start.from));
        self.last = time.or(self.last);
        let is_new = record.id.as_ref().is_none_or(|id| self.ids.insert(id.clone()));
        self.has_duplicates |= !is_new;
        if is_new && record.id.as_ref().is_none_or(|id| !self.start.read.contains(id)) {
            self.records.push(record);
        }
    }

    /// Whether the slice may end here: the next one can begin with the last record's time.
    fn is_full(&self) -> bool {
        let advanced =
            self.last.is_some_and(|last| last.duration_since(self.start.from) > SignedDuration::from_millis(1));
        self.received >= SLICE && self.has_order && advanced
    }

    /// The new records and where to continue, `None` after the last, if none can be missing.
    pub(super) fn complete(self) -> Result<(Vec<SurveyResponse>, Option<Position>), Inconsistent> {
        let different = self.ids.len() as u64 + self.without_id();
        let is_short = self.ended && self.total.is_some_and(|total| different < total);
        let is_confirmed = self.ended && self.total == Some(different);
        if self.is_endless || is_short || (!self.ended && self.has_removals) || (self.has_duplicates && !is_confirmed) {
            return Err(Inconsistent { is_endless: self.is_endless, read: different, total: self.total });
        }
        let next = self.last.filter(|_| !self.ended).map(|last| self.position_after(last));
        Ok((self.records, next))
    }

    fn without_id(&self) -> u64 {
        self.records.iter().filter(|record| record.id.is_none()).count() as u64
    }

    /// A millisecond before the last record: a server may or may not include the beginning of a range.
    fn position_after(&self, last: Timestamp) -> Position {
        let from = last.saturating_sub(SignedDuration::from_millis(1)).unwrap_or(last);
        let recent = self.records.iter().rev().take_while(|record| record.time() >= Some(from));
        Position { from, read: recent.filter_map(|record| record.id.clone()).collect() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Inconsistent, Next, Pages, Position};
    use crate::delivery::{SurveyPage, SurveyResponse};

    fn page(ids: &[&str], more_available: bool, total_count: Option<u64>) -> SurveyPage {
        let record = |id: &&str| SurveyResponse { id: Some((*id).to_owned()), ..SurveyResponse::default() };
        SurveyPage { more_available, total_count, records: ids.iter().map(record).collect() }
    }

    fn slice() -> Pages {
        Pages::new(Position::at("2026-11-22T12:00:00Z".parse().unwrap()))
    }

    fn read(pages: Vec<SurveyPage>) -> Result<usize, Inconsistent> {
        let mut reading = slice();
        for page in pages {
            reading.add(page);
        }
        reading.complete().map(|(records, _)| records.len())
    }

    #[test]
    fn pages_are_read_to_the_end() {
        let mut reading = slice();
        assert_eq!(reading.add(page(&["a", "b"], true, Some(3))), Next::Page);
        assert_eq!(reading.received, 2);
        assert_eq!(reading.add(page(&["c"], false, Some(3))), Next::End);
        let (records, next) = reading.complete().unwrap();
        assert_eq!((records.len(), next), (3, None));
    }

    #[test]
    fn an_early_empty_page_is_an_error() {
        assert_eq!(slice().add(page(&[], true, None)), Next::Stuck);
        assert_eq!(slice().add(page(&[], false, None)), Next::End);
    }

    #[test]
    fn an_added_record_makes_pages_inconsistent() {
        // "x" was added before the second page was requested, and moved "b" onto it.
        let pages = vec![page(&["a", "b"], true, Some(3)), page(&["b", "c"], false, Some(4))];
        assert_eq!(read(pages), Err(Inconsistent { is_endless: false, read: 3, total: Some(4) }));
    }

    #[test]
    fn a_removed_record_makes_pages_inconsistent() {
        let pages = vec![page(&["a", "b"], true, Some(4)), page(&["d"], false, Some(3))];
        assert_eq!(read(pages), Err(Inconsistent { is_endless: false, read: 3, total: Some(4) }));
    }

    #[test]
    fn a_record_added_at_the_end_is_read() {
        let pages = vec![page(&["a", "b"], true, Some(3)), page(&["c", "d"], false, Some(4))];
        assert_eq!(read(pages), Ok(4));
    }

    #[test]
    fn duplicates_require_a_confirming_total() {
        assert_eq!(read(vec![page(&["a", "b"], true, Some(2)), page(&["c"], false, Some(1))]), Ok(3));
        assert_eq!(read(vec![page(&["a", "b"], true, None), page(&["c"], false, None)]), Ok(3));
        let twice = vec![page(&["a", "b"], true, None), page(&["b"], false, None)];
        assert_eq!(read(twice), Err(Inconsistent { is_endless: false, read: 2, total: None }));
    }

    #[test]
    fn records_without_an_id_are_all_kept() {
        let without_ids =
            SurveyPage { more_available: false, total_count: Some(2), records: vec![SurveyResponse::default(); 2] };
        assert_eq!(read(vec![without_ids]), Ok(2));
    }

    #[test]
    fn pages_that_repeat_records_end() {
        let endless = |read, total| Err(Inconsistent { is_endless: true, read, total });
        let first = || page(&["a", "b"], true, Some(4));
        let mut reading = slice();
        assert_eq!(reading.add(first()), Next::Page);
        assert_eq!(reading.add(first()), Next::End);
        assert_eq!(reading.complete().map(|_| ()), endless(2, Some(4)));
        // One new record is enough to continue.
        let mut reading = slice();
        reading.add(first());
        assert_eq!(reading.add(page(&["b", "c"], true, Some(4))), Next::Page);
        let without_ids = || SurveyPage { records: vec![SurveyResponse::default(); 2], ..page(&[], true, None) };
        let mut reading = slice();
        assert_eq!(reading.add(without_ids()), Next::Page);
        assert_eq!(reading.add(without_ids()), Next::End);
        assert_eq!(reading.complete().map(|_| ()), endless(4, None));
    }

    #[test]
    fn pages_beyond_the_total_end() {
        let new = |number: u64, total| page(&[&format!("a{number}"), &format!("b{number}")], true, Some(total));
        let mut reading = slice();
        // Records that arrive meanwhile are in the newer totals.
        assert!((0..500).all(|number| reading.add(new(number, 3 + number)) == Next::Page));
        let mut reading = slice();
        let pages = (0..500).take_while(|number| reading.add(new(*number, 3)) == Next::Page).count();
        assert_eq!(pages, 53);
        assert!(reading.complete().unwrap_err().is_endless);
        // A total of the page says nothing about the list.
        let mut reading = slice();
        assert!((0..500).all(|number| reading.add(new(number, 2)) == Next::Page));
    }

    /// A page of 500 records, ten of each second, from this second on.
    fn timed(first: usize, more_available: bool, total: u64) -> SurveyPage {
        let record = |number: usize| SurveyResponse {
            id: Some(number.to_string()),
            timestamp: Some(format!("2026-11-22T12:{:02}:{:02}.000Z", number / 600, number / 10 % 60)),
            ..SurveyResponse::default()
        };
        let records = (first..first + 500).map(record).collect();
        SurveyPage { more_available, total_count: Some(total), records }
    }

    #[test]
    fn a_full_slice_ends_and_the_next_one_continues() {
        let mut first = slice();
        assert_eq!(first.add(timed(0, true, 1700)), Next::Page);
        assert_eq!(first.add(timed(500, true, 1700)), Next::End);
        let (records, next) = first.complete().unwrap();
        let next = next.unwrap();
        assert_eq!((records.len(), next.from.to_string()), (1000, "2026-11-22T12:01:38.999Z".to_owned()));
        assert_eq!(next.read, (990..1000).map(|number: usize| number.to_string()).collect::<BTreeSet<_>>());
        let mut second = Pages::new(next);
        second.add(timed(990, false, 500));
        assert_eq!(second.complete().unwrap().0.len(), 490);
    }

    #[test]
    fn a_removal_in_a_full_slice_is_noticed() {
        let mut pages = slice();
        pages.add(timed(0, true, 1700));
        pages.add(timed(501, true, 1699));
        assert!(pages.complete().is_err());
        let mut grown = slice();
        grown.add(timed(0, true, 1700));
        grown.add(timed(500, true, 1701));
        assert_eq!(grown.complete().unwrap().0.len(), 1000);
    }

    #[test]
    fn a_slice_without_order_never_ends_early() {
        let mut pages = slice();
        for first in [3000, 0, 500, 1000] {
            assert_eq!(pages.add(timed(first, true, 9000)), Next::Page);
        }
    }
}
