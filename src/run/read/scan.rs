//! All records of a range, in batches, with a position to continue from after each.

use std::io;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::error::ReadError;
use super::page::ReadEvent;
use super::position::Position;
use super::reader::{Reader, Records};
use crate::clock;
use crate::delivery::{ResponseFilter, SurveyResponse};
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::TimeRange;
use crate::run::LaneResources;
use crate::signals::interrupted;

/// Records as young as this may still be joined by older ones: a server stamps a record before others can read it. They are
/// read last, all together, and counted again.
const UNSETTLED: SignedDuration = SignedDuration::from_secs(60);
/// A server's `Date` has whole seconds.
const DATE_PRECISION: SignedDuration = SignedDuration::from_secs(1);

/// How far the clock of a server that says no time may be ahead.
const UNKNOWN_CLOCK: SignedDuration = SignedDuration::from_hours(24);

/// What is read.
#[derive(Debug, Clone)]
pub(crate) struct ScanSettings {
    pub(crate) from: Timestamp,
    /// `None` for all records that there are.
    pub(crate) to: Option<Timestamp>,
    pub(crate) filter: ResponseFilter,
    /// How long one call may take.
    pub(crate) timeout: Duration,
    /// The longest of the rate-limit windows; `None` without limits.
    pub(crate) longest_window: Option<Duration>,
}

/// Some of the records, in the server's order, each of them once.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Those that the filter matches.
    pub(crate) records: Vec<SurveyResponse>,
    /// Where to continue; `None` after the last record.
    pub(crate) next: Option<Position>,
}

/// Progress of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScanEvent {
    /// So many records are to be read, in so many calls, if the server says so.
    Expected {
        records: u64,
        time: Duration,
    },
    Reading(ReadEvent),
}

/// Why a scan ended early. The batches before are complete.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    #[error("cannot start the async runtime: {0}")]
    Runtime(#[source] io::Error),
    #[error("interrupted")]
    Interrupted,
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Advice for ScanError {
    fn hint(&self) -> Option<String> {
        if let Self::Read(error) = self { error.hint() } else { None }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Runtime(_) => Exit::Stopped,
            Self::Interrupted => Exit::Interrupted,
            Self::Read(error) => error.exit(),
        }
    }
}

/// Reads all records of the range after `start` and hands them on in batches. Blocks until then, or until a signal asks the
/// process to end. A batch that was handed on is complete; the next one was not begun.
///
/// # Errors
/// [`ScanError`], or that of `on_batch`.
pub(crate) fn scan<E: From<ScanError>>(
    resources: &LaneResources,
    settings: &ScanSettings,
    start: Position,
    on_event: &dyn Fn(ScanEvent),
    on_batch: impl FnMut(Batch) -> Result<(), E>,
) -> Result<(), E> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ScanError::Runtime)?;
    let on_read = |event| on_event(ScanEvent::Reading(event));
    let reader = Reader::new(resources, settings.timeout, settings.longest_window, &on_read);
    let mut scan = Scan { reader, resources, settings, filter: settings.filter.clone(), offset: None, on_event };
    let scanned = runtime.block_on(async {
        tokio::select! {
            () = interrupted() => Err(ScanError::Interrupted.into()),
            scanned = scan.run(start, on_batch) => scanned,
        }
    });
    // Don't wait for a pending name lookup or secret command.
    runtime.shutdown_background();
    scanned
}

struct Scan<'a> {
    reader: Reader<'a>,
    resources: &'a LaneResources,
    settings: &'a ScanSettings,
    /// Without what the server rejects.
    filter: ResponseFilter,
    /// How far the server's clock is ahead of ours.
    offset: Option<SignedDuration>,
    on_event: &'a dyn Fn(ScanEvent),
}

impl Scan<'_> {
    async fn run<E: From<ScanError>>(
        &mut self,
        start: Position,
        mut on_batch: impl FnMut(Batch) -> Result<(), E>,
    ) -> Result<(), E> {
        self.expect(&start).await?;
        let mut position = start;
        loop {
            let settled = self.server_time(-UNSETTLED).min(self.end());
            if settled <= position.from {
                break;
            }
            let slice = self.reader.slice(&position, settled, &mut self.filter).await.map_err(ScanError::Read)?;
            self.offset = slice.clock_offset.or(self.offset);
            let is_last = slice.next.is_none();
            let after = settled.saturating_add(SignedDuration::from_millis(1)).unwrap_or(settled);
            position = slice.next.unwrap_or_else(|| Position::at(after));
            let is_end = is_last && settled >= self.end();
            let next = (!is_end).then(|| position.clone());
            on_batch(Batch { records: self.matching(slice.records), next })?;
            if is_last {
                if is_end {
                    return Ok(());
                }
                break;
            }
        }
        on_batch(Batch { records: self.unsettled(position).await.map_err(ScanError::Read)?, next: None })
    }

    async fn expect(&mut self, start: &Position) -> Result<(), ScanError> {
        let range = TimeRange { from: start.from, to: self.end().min(self.server_time(UNSETTLED)).max(start.from) };
        let (total, offset) = self.reader.count(range, &self.filter).await?;
        self.offset = offset;
        if let Some(records) = total {
            let time = self.resources.pacer.time_for(records.div_ceil(u64::from(super::reader::PAGE_SIZE)));
            (self.on_event)(ScanEvent::Expected { records, time });
        }
        Ok(())
    }

    /// The records that are too young to be read in slices.
    async fn unsettled(&self, position: Position) -> Result<Vec<SurveyResponse>, ReadError> {
        // Without a Date, the server's clock may be far ahead of ours.
        let margin = if self.offset.is_some() { DATE_PRECISION } else { UNKNOWN_CLOCK };
        let range = TimeRange { from: position.from, to: self.server_time(margin).min(self.end()) };
        if range.to < range.from {
            return Ok(Vec::new());
        }
        let is_new = |response: &SurveyResponse| response.id.as_ref().is_none_or(|id| !position.read.contains(id));
        let keep =
            |response| Some(response).filter(|response| is_new(response) && self.settings.filter.matches(response));
        let Records { records, .. } = self.reader.range(range, &self.filter, keep).await?;
        Ok(records)
    }

    fn matching(&self, mut records: Vec<SurveyResponse>) -> Vec<SurveyResponse> {
        records.retain(|record| self.settings.filter.matches(record));
        records
    }

    fn end(&self) -> Timestamp {
        self.settings.to.unwrap_or(Timestamp::MAX)
    }

    /// This long after the server's present time.
    fn server_time(&self, after: SignedDuration) -> Timestamp {
        clock::now().saturating_add(self.offset.unwrap_or_default() + after).unwrap_or(Timestamp::MAX)
    }
}
