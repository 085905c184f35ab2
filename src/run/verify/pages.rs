//! Pages put together into one reading, and whether it is whole. Pure.
//!
//! Pages are asked for by how many records to pass over, so that a record that comes or goes meanwhile shifts those
//! behind it: one is then given twice, or not at all. Both show in the counts, and a reading that doesn't add up is no
//! reading.

use std::collections::HashSet;

use super::ServerRecord;
use crate::delivery::SurveyPage;

/// The pages of one reading.
#[derive(Debug, Default)]
pub(super) struct Pages {
    records: Vec<ServerRecord>,
    ids: HashSet<String>,
    received: u64,
    given_twice: u64,
    total: Option<u64>,
}

/// What follows on a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Another page.
    Page,
    /// Nothing: all were read.
    End,
    /// The server says that there is more, and gives nothing.
    Stuck,
}

/// Records were given twice or not at all: the server's list changed, or has no fixed order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shifted {
    pub(super) read: u64,
    pub(super) total: Option<u64>,
}

impl Pages {
    /// How many records to pass over next.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    /// How many different records there are so far.
    pub(super) fn read(&self) -> u64 {
        self.records.len() as u64
    }

    /// How many there are in all, as far as the server says so.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    pub(super) fn add(&mut self, page: SurveyPage) -> Next {
        let is_empty = page.records.is_empty();
        self.total = self.total.max(page.total_count);
        self.received += page.records.len() as u64;
        for record in page.records.iter().map(ServerRecord::from) {
            if record.id.as_ref().is_some_and(|id| !self.ids.insert(id.clone())) {
                self.given_twice += 1;
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

    /// All records, if none can have been missed.
    pub(super) fn whole(self) -> Result<Vec<ServerRecord>, Shifted> {
        let read = self.read();
        // A server may mean by its count that of the page: that is never more than was read.
        let lacks = self.total.is_some_and(|total| read < total);
        let confirmed = self.total == Some(read);
        if lacks || (self.given_twice > 0 && !confirmed) {
            return Err(Shifted { read, total: self.total });
        }
        Ok(self.records)
    }
}

#[cfg(test)]
mod tests {
    use super::{Next, Pages, Shifted};
    use crate::delivery::{SurveyPage, SurveyResponse};

    fn page(ids: &[&str], more_available: bool, total_count: Option<u64>) -> SurveyPage {
        let record = |id: &&str| SurveyResponse { id: Some((*id).to_owned()), ..SurveyResponse::default() };
        SurveyPage { more_available, total_count, records: ids.iter().map(record).collect() }
    }

    fn read(pages: Vec<SurveyPage>) -> Result<usize, Shifted> {
        let mut reading = Pages::default();
        for page in pages {
            reading.add(page);
        }
        reading.whole().map(|records| records.len())
    }

    #[test]
    fn pages_are_asked_for_until_there_is_no_more() {
        let mut reading = Pages::default();
        assert_eq!(reading.add(page(&["a", "b"], true, Some(3))), Next::Page);
        assert_eq!(reading.received(), 2);
        assert_eq!(reading.add(page(&["c"], false, Some(3))), Next::End);
        assert_eq!(reading.whole().unwrap().len(), 3);
    }

    #[test]
    fn more_that_never_comes_is_noticed() {
        assert_eq!(Pages::default().add(page(&[], true, None)), Next::Stuck);
        assert_eq!(Pages::default().add(page(&[], false, None)), Next::End);
    }

    #[test]
    fn a_record_that_came_in_between_is_missed_and_that_is_noticed() {
        // "x" came in before the second page was asked for, and pushed "b" onto it.
        let pages = vec![page(&["a", "b"], true, Some(3)), page(&["b", "c"], false, Some(4))];
        assert_eq!(read(pages), Err(Shifted { read: 3, total: Some(4) }));
    }

    #[test]
    fn a_record_that_went_in_between_takes_another_along_and_that_is_noticed() {
        let pages = vec![page(&["a", "b"], true, Some(4)), page(&["d"], false, Some(3))];
        assert_eq!(read(pages), Err(Shifted { read: 3, total: Some(4) }));
    }

    #[test]
    fn a_record_at_the_end_is_read_like_any_other() {
        let pages = vec![page(&["a", "b"], true, Some(3)), page(&["c", "d"], false, Some(4))];
        assert_eq!(read(pages), Ok(4));
    }

    #[test]
    fn a_count_of_the_page_or_none_is_taken_as_it_is_but_not_beside_a_record_given_twice() {
        assert_eq!(read(vec![page(&["a", "b"], true, Some(2)), page(&["c"], false, Some(1))]), Ok(3));
        assert_eq!(read(vec![page(&["a", "b"], true, None), page(&["c"], false, None)]), Ok(3));
        let twice = vec![page(&["a", "b"], true, None), page(&["b"], false, None)];
        assert_eq!(read(twice), Err(Shifted { read: 2, total: None }));
    }

    #[test]
    fn records_without_an_id_are_all_kept() {
        let nameless =
            SurveyPage { more_available: false, total_count: Some(2), records: vec![SurveyResponse::default(); 2] };
        assert_eq!(read(vec![nameless]), Ok(2));
    }
}
