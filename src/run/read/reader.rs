//! Slices of records, and whole ranges.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::error::ReadError;
use super::page::{PageReader, ReadEvent};
use super::pages::{Inconsistent, Next, Pages};
use super::position::Position;
use crate::clock;
use crate::delivery::{ResponseFilter, ResponsesQuery, SurveyPage, SurveyResponse};
use crate::ledger::TimeRange;
use crate::pacing::Backoff;
use crate::run::{LaneResources, Turns};

/// Records per page. The stricter version of the vendor's page allows no more.
pub(super) const PAGE_SIZE: u32 = 50;
/// The longest range of one query, for the same reason.
const MAX_SPAN: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Records have times in milliseconds.
const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);
/// How often inconsistent pages are read again from the start.
const MAX_READINGS: u32 = 4;

/// Reads the records of one bot.
pub(crate) struct Reader<'a>(PageReader<'a>);

/// The records of a part of a range, in the server's order.
#[derive(Debug)]
pub(crate) struct Slice {
    /// All new records; those that a filter excludes may be among them.
    pub(crate) records: Vec<SurveyResponse>,
    /// Where the next slice begins; `None` at the end of the range.
    pub(crate) next: Option<Position>,
    /// How far the server's clock is ahead of ours, if it says.
    pub(crate) clock_offset: Option<SignedDuration>,
}

/// The records of a whole range.
#[derive(Debug)]
pub(crate) struct Records<T> {
    pub(crate) records: Vec<T>,
    /// As in [`Slice`].
    pub(crate) clock_offset: Option<SignedDuration>,
    /// The time, by our clock, when the server had no other records.
    pub(crate) as_of: Timestamp,
}

impl<'a> Reader<'a> {
    /// `timeout` limits one call; `longest_window` is the longest of the rate limits, `None` without any.
    pub(crate) fn new(
        resources: &'a LaneResources,
        timeout: Duration,
        longest_window: Option<Duration>,
        on_event: &'a dyn Fn(ReadEvent),
    ) -> Self {
        let turns = Turns::new(resources.pacer.clone(), resources.writer.clone(), longest_window);
        Self(PageReader { resources, turns, timeout, longest_window, on_event })
    }

    /// Reads one slice that begins at this position and ends at `to` at the latest.
    pub(crate) async fn slice(
        &self,
        position: &Position,
        to: Timestamp,
        filter: &mut ResponseFilter,
    ) -> Result<Slice, ReadError> {
        let end = position.from.saturating_add(MAX_SPAN).unwrap_or(to).min(to);
        let mut readings = 0;
        loop {
            let (pages, clock_offset) = self.read(position, end, filter).await?;
            match pages.complete() {
                Ok((records, next)) => {
                    let after = (end < to).then(|| Position::at(end.saturating_add(MILLISECOND).unwrap_or(end)));
                    return Ok(Slice { records, next: next.or(after), clock_offset });
                }
                Err(inconsistent) => self.read_again(&mut readings, &inconsistent).await?,
            }
        }
    }

    async fn read(
        &self,
        position: &Position,
        to: Timestamp,
        filter: &mut ResponseFilter,
    ) -> Result<(Pages, Option<SignedDuration>), ReadError> {
        let (from, to) = (position.from, to.max(position.from));
        let mut query = ResponsesQuery { from, to, filter: filter.clone(), limit: PAGE_SIZE, skip: 0 };
        let mut pages = Pages::new(position.clone());
        loop {
            let (page, date) = self.0.page(&mut query).await?;
            let records = page.records.len() as u64;
            let next = pages.add(page);
            (self.0.on_event)(ReadEvent::Read { records, total: pages.total });
            match next {
                Next::Page => query.skip = pages.received,
                Next::End => {
                    // A filter that the server rejects is not sent again.
                    *filter = query.filter;
                    return Ok((pages, date.map(|date| date.duration_since(clock::now()))));
                }
                Next::Stuck => {
                    let message = "it says that more records follow, but sends none".to_owned();
                    return Err(ReadError::Unreadable(message));
                }
            }
        }
    }

    /// Fails once the list has changed too often; a record that arrives late is soon no longer late.
    async fn read_again(&self, readings: &mut u32, inconsistent: &Inconsistent) -> Result<(), ReadError> {
        *readings += 1;
        if *readings == MAX_READINGS {
            return Err(ReadError::Unreadable(inconsistent.to_string()));
        }
        tokio::time::sleep(Backoff::default().wait(*readings)).await;
        Ok(())
    }

    /// Reads all records of a range, reduced to what `keep` takes of them, and counts them again at the end: a record may have
    /// appeared in a slice that was read before.
    pub(crate) async fn range<T>(
        &self,
        range: TimeRange,
        filter: &ResponseFilter,
        keep: impl Fn(SurveyResponse) -> Option<T>,
    ) -> Result<Records<T>, ReadError> {
        let mut readings = 0;
        loop {
            let started = clock::now();
            let (mut filter, mut kept, mut read, mut slices) = (filter.clone(), Vec::new(), 0, 0);
            let mut position = Some(Position::at(range.from));
            let mut clock_offset = None;
            while let Some(from) = position {
                let slice = self.slice(&from, range.to, &mut filter).await?;
                read += slice.records.len() as u64;
                slices += 1;
                kept.extend(slice.records.into_iter().filter_map(&keep));
                (position, clock_offset) = (slice.next, slice.clock_offset.or(clock_offset));
            }
            let total = if slices > 1 { self.count(range, &filter).await?.0 } else { None };
            if total.is_none_or(|total| total <= read) {
                let is_confirmed = slices == 1 || total == Some(read);
                let as_of = if is_confirmed { clock::now() } else { started };
                return Ok(Records { records: kept, clock_offset, as_of });
            }
            self.read_again(&mut readings, &Inconsistent { is_endless: false, read, total }).await?;
        }
    }

    /// The first page of a range of at most 90 days; `None` if the range is longer or the server rejects the filter.
    pub(crate) async fn first_page(
        &self,
        range: TimeRange,
        filter: &ResponseFilter,
    ) -> Result<Option<SurveyPage>, ReadError> {
        let TimeRange { from, to } = range;
        let mut query = ResponsesQuery { from, to, filter: filter.clone(), limit: PAGE_SIZE, skip: 0 };
        if to.duration_since(from) > MAX_SPAN {
            return Ok(None);
        }
        let (page, _) = self.0.page(&mut query).await?;
        (self.0.on_event)(ReadEvent::Read { records: page.records.len() as u64, total: page.total_count });
        Ok(Some(page).filter(|_| query.filter == *filter))
    }

    /// How many records match, and how far the server's clock is ahead of ours, if it says so.
    pub(crate) async fn count(
        &self,
        range: TimeRange,
        filter: &ResponseFilter,
    ) -> Result<(Option<u64>, Option<SignedDuration>), ReadError> {
        let (mut from, mut total) = (range.from, Some(0));
        loop {
            let to = from.saturating_add(MAX_SPAN).unwrap_or(range.to).min(range.to);
            let mut query = ResponsesQuery { from, to, filter: filter.clone(), limit: 1, skip: 0 };
            let (page, date) = self.0.page(&mut query).await?;
            total = total.zip(page.total_count).map(|(total, count)| total + count);
            if to >= range.to {
                return Ok((total, date.map(|date| date.duration_since(clock::now()))));
            }
            from = to.saturating_add(MILLISECOND).unwrap_or(to);
        }
    }
}
