//! The records of a run by outcome and by bot.

use comfy_table::CellAlignment;
use serde::Serialize;

use super::format::plain_table;
use super::line::{Line, Tone};
use crate::ledger::{Counts, Run};
use crate::text::{counted, excerpt, excerpt_of_both_ends, grouped, printable};

/// The size of an input: `1,200 rows`, or `1,000 rows, 2,413 records` if a row makes several.
pub(crate) fn rows_and_records(rows: u64, records: u64) -> String {
    let rows_in_words = counted(rows, "row");
    if records == rows { rows_in_words } else { format!("{rows_in_words}, {}", counted(records, "record")) }
}

/// A line for each outcome.
pub(super) fn outcome_lines(counts: &Counts) -> impl Iterator<Item = String> {
    let outcomes = [
        ("saved", counts.saved),
        ("rejected", counts.rejected),
        ("invalid", counts.invalid),
        ("skipped", counts.skipped),
        ("unsent", counts.unsent),
        ("in doubt", counts.in_doubt),
    ];
    outcomes.into_iter().map(|(outcome, records)| count_line(outcome, records))
}

/// The lines of a text, with the counts of outcomes in their colors. Zeros stay plain.
pub(crate) fn with_outcome_tones(text: &str) -> Vec<Line> {
    let tone = |line: &str| {
        let (label, count) = line.strip_prefix("  ")?.rsplit_once(' ')?;
        let tone = match label.trim_end() {
            "saved" => Tone::Good,
            "rejected" | "invalid" => Tone::Bad,
            "unsent" | "in doubt" => Tone::Neutral,
            _ => return None,
        };
        (count != "0" && count.starts_with(|c: char| c.is_ascii_digit())).then_some(tone)
    };
    text.lines().map(|line| Line::default().with(tone(line).unwrap_or(Tone::Plain), line)).collect()
}

pub(super) fn count_line(label: &str, count: u64) -> String {
    format!("  {label:<9} {:>9}", grouped(count))
}

const HEADERS: [&str; 5] = ["total", "saved", "rejected", "unsent", "in doubt"];
/// How much of a bot id is shown: the vendor's have 39 characters.
const MIN_ID: usize = 12;
const MAX_ID: usize = 44;

/// One bot of a run, as JSON shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct BotView {
    bot_id: String,
    /// The older name of `records`.
    rows: u64,
    records: u64,
    saved: u64,
    rejected: u64,
    unsent: u64,
    in_doubt: u64,
}

impl BotView {
    /// The bots of a run, given the counts of each.
    pub(crate) fn of_run(run: &Run, counts: &[Counts]) -> Vec<Self> {
        run.bots.iter().zip(counts).map(|(bot, counts)| Self::new(bot.bot_id.clone(), *counts)).collect()
    }

    /// A bot that nothing has been sent to.
    pub(crate) fn unsent(bot_id: String, records: u64) -> Self {
        Self::new(bot_id, Counts::all_unsent(records, records))
    }

    fn new(bot_id: String, counts: Counts) -> Self {
        let Counts { records, saved, rejected, unsent, in_doubt, .. } = counts;
        Self { bot_id, rows: records, records, saved, rejected, unsent, in_doubt }
    }

    /// `st-1 (1,200 records, 1,195 saved)`.
    pub(super) fn in_words(&self) -> String {
        let records = counted(self.records, "record");
        format!("{} ({records}, {} saved)", printable(&self.bot_id), grouped(self.saved))
    }

    /// The id, unless there are several bots.
    pub(super) fn only_id(bots: &[Self]) -> Option<String> {
        if let [bot] = bots { Some(bot.bot_id.clone()) } else { None }
    }

    /// A line for each bot. An id that is too long is cut in the middle; the JSON has all of it.
    pub(crate) fn table(bots: &[Self], width: u16) -> String {
        let rows: Vec<_> = bots.iter().map(Self::cells).collect();
        let column_width = |column: usize| {
            let cells = rows.iter().map(|cells| cells[column].len());
            cells.fold(HEADERS[column].len(), usize::max) + 2
        };
        let taken: usize = (0..HEADERS.len()).map(column_width).sum();
        // One space before the id, and one on either side of the table.
        let room = usize::from(width).saturating_sub(taken + 3).clamp(MIN_ID, MAX_ID);
        let mut table = plain_table(&[&[" bot"], &HEADERS[..]].concat(), width);
        for (bot, cells) in bots.iter().zip(rows) {
            table.add_row(std::iter::once(format!(" {}", shortened(&bot.bot_id, room))).chain(cells));
        }
        table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        table.trim_fmt()
    }

    fn cells(&self) -> [String; HEADERS.len()] {
        [self.records, self.saved, self.rejected, self.unsent, self.in_doubt].map(grouped)
    }
}

fn shortened(bot_id: &str, room: usize) -> String {
    if bot_id.chars().count() <= room {
        excerpt(bot_id, room)
    } else {
        // The mark of the cut needs a column, too.
        excerpt_of_both_ends(bot_id, room - 1)
    }
}
