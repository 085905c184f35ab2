//! Joins pages into one complete list, and detects gaps. Pure.
//!
//! A page is requested by how many records to skip. If a record is added or removed between two pages, the records
//! after it shift: one of them is sent twice or not at all. The counts show both, and a list that does not add up is
//! not used.

use std::collections::HashSet;

use super::snapshot::ServerRecord;
use crate::delivery::SurveyPage;

#[derive(Debug, Default)]
pub(super) struct Pages {
    records: Vec<ServerRecord>,
    ids: HashSet<String>,
    /// How many records to skip for the next page.
    pub(super) received: u64,
    /// The number of records on the server, if it says so.
    pub(super) total: Option<u64>,
    has_duplicates: bool,
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
#[error("its pages are inconsistent: {read} records read, total {}", total.map_or("unknown".into(), |n| n.to_string()))]
pub(super) struct Inconsistent {
    read: u64,
    total: Option<u64>,
}

impl Pages {
    /// How many different records were read so far.
    pub(super) fn read(&self) -> u64 {
        self.records.len() as u64
    }

    pub(super) fn add(&mut self, page: SurveyPage) -> Next {
        let is_empty = page.records.is_empty();
        self.total = self.total.max(page.total_count);
        self.received += page.records.len() as u64;
        for record in page.records.iter().map(ServerRecord::from) {
            if record.id.as_ref().is_some_and(|id| !self.ids.insert(id.clone())) {
                self.has_duplicates = true;
            } else {
                self.records.push(record);
            }
        }
        match (page.more_available, is_empty) {
            (false, _) => Next::End,
            (true, false) => Next::Page,
            (true, true) => Next::Stuck,
        }
    }

    /// All records, if none can be missing.
    pub(super) fn complete(self) -> Result<Vec<ServerRecord>, Inconsistent> {
        let read = self.read();
        // Some servers may count only the page: such a total is never larger than what was read.
        let is_short = self.total.is_some_and(|total| read < total);
        let is_confirmed = self.total == Some(read);
        if is_short || (self.has_duplicates && !is_confirmed) {
            return Err(Inconsistent { read, total: self.total });
        }
        Ok(self.records)
    }
}

#[cfg(test)]
mod tests {
    use super::{Inconsistent, Next, Pages};
    use crate::delivery::{SurveyPage, SurveyResponse};

    fn page(ids: &[&str], more_available: bool, total_count: Option<u64>) -> SurveyPage {
        let record = |id: &&str| SurveyResponse { id: Some((*id).to_owned()), ..SurveyResponse::default() };
        SurveyPage { more_available, total_count, records: ids.iter().map(record).collect() }
    }

    fn read(pages: Vec<SurveyPage>) -> Result<usize, Inconsistent> {
        let mut reading = Pages::default();
        for page in pages {
            reading.add(page);
        }
        reading.complete().map(|records| records.len())
    }

    #[test]
    fn pages_are_read_to_the_end() {
        let mut reading = Pages::default();
        assert_eq!(reading.add(page(&["a", "b"], true, Some(3))), Next::Page);
        assert_eq!(reading.received, 2);
        assert_eq!(reading.add(page(&["c"], false, Some(3))), Next::End);
        assert_eq!(reading.complete().unwrap().len(), 3);
    }

    #[test]
    fn an_early_empty_page_is_an_error() {
        assert_eq!(Pages::default().add(page(&[], true, None)), Next::Stuck);
        assert_eq!(Pages::default().add(page(&[], false, None)), Next::End);
    }

    #[test]
    fn an_added_record_makes_pages_inconsistent() {
        // "x" was added before the second page was requested, and moved "b" onto it.
        let pages = vec![page(&["a", "b"], true, Some(3)), page(&["b", "c"], false, Some(4))];
        assert_eq!(read(pages), Err(Inconsistent { read: 3, total: Some(4) }));
    }

    #[test]
    fn a_removed_record_makes_pages_inconsistent() {
        let pages = vec![page(&["a", "b"], true, Some(4)), page(&["d"], false, Some(3))];
        assert_eq!(read(pages), Err(Inconsistent { read: 3, total: Some(4) }));
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
        assert_eq!(read(twice), Err(Inconsistent { read: 2, total: None }));
    }

    #[test]
    fn records_without_an_id_are_all_kept() {
        let without_ids =
            SurveyPage { more_available: false, total_count: Some(2), records: vec![SurveyResponse::default(); 2] };
        assert_eq!(read(vec![without_ids]), Ok(2));
    }
}
