//! Which rows are asked for on the command line: parts, samples, values, and each record once.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::Advice;
use crate::text::excerpt;

/// Which rows are asked for, before any header is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SelectionRules {
    /// What rows must have in a column. Of several for one column with `=` one is enough; all others must hold.
    pub filters: Vec<Filter>,
    /// The rows by number; none for all.
    pub rows: Vec<RowRange>,
    /// How many rows, chosen at random and for the same input always the same.
    pub sample: Option<u64>,
    /// What is sent once.
    pub dedupe: Option<DedupeRule>,
    /// What earlier runs have sent.
    pub except: Vec<Except>,
}

/// The rows of an input that an earlier run has sent, or may have sent, and to which bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Except {
    /// The run's number.
    pub run: i64,
    /// The bot of rows that name none.
    bot_id: Option<String>,
    /// Each bot's rows, in order and without overlap. Shared, for every bot has a reader of its own.
    sent: Arc<BTreeMap<String, Vec<RowRange>>>,
}

impl Except {
    /// Of a run that has sent nothing; `bot_id` is the bot that rows go to now unless they name one.
    pub fn new(run: i64, bot_id: Option<String>) -> Self {
        Self { run, bot_id, sent: Arc::default() }
    }

    /// Adds a row that was sent to this bot. Rows come in order.
    pub fn add(&mut self, bot_id: &str, row: u64) {
        let sent = Arc::make_mut(&mut self.sent);
        if !sent.contains_key(bot_id) {
            sent.insert(bot_id.to_owned(), Vec::new());
        }
        let Some(rows) = sent.get_mut(bot_id) else { return };
        match rows.last_mut() {
            Some(range) if range.last.saturating_add(1) == row => range.last = row,
            _ => rows.push(RowRange { first: row, last: row }),
        }
    }

    /// Whether the row was sent to the bot that it goes to; `None` where it names none.
    pub fn contains(&self, row: u64, bot_id: Option<&str>) -> bool {
        let Some(rows) = bot_id.or(self.bot_id.as_deref()).and_then(|bot_id| self.sent.get(bot_id)) else {
            return false;
        };
        let behind = rows.partition_point(|range| range.first <= row);
        behind.checked_sub(1).is_some_and(|at| rows[at].contains(row))
    }
}

/// What makes two rows the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DedupeRule {
    /// All seven fields, as they would be sent.
    Record,
    /// The cells of these columns.
    Columns(Vec<String>),
}

/// `Status=IP Address` or `Status!=Spam`: what a row must have in a column, without regard to case and blanks around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The column's header.
    pub column: String,
    /// The value.
    pub value: String,
    /// Whether the column must have the value, or any other.
    pub is: bool,
}

/// `1000-2000`, `1000-`, `-2000` or `7`: rows by their numbers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowRange {
    /// The first, from 1.
    pub first: u64,
    /// The last.
    pub last: u64,
}

/// A text selects no rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No `=` in a filter.
    #[error("{0:?} is no filter: write COLUMN=VALUE or COLUMN!=VALUE")]
    NotAFilter(String),
    /// No row numbers.
    #[error("{0:?} are no rows: write 1000-2000, 1000-, -2000 or 7; the first row below the header is 1")]
    NotRows(String),
}

impl Advice for SelectionError {}

impl FromStr for Filter {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (column, value) = text.split_once('=').ok_or_else(|| SelectionError::NotAFilter(excerpt(text, 60)))?;
        let (column, is) = column.strip_suffix('!').map_or((column, true), |column| (column, false));
        if column.trim().is_empty() {
            return Err(SelectionError::NotAFilter(excerpt(text, 60)));
        }
        Ok(Self { column: column.trim().to_owned(), value: value.trim().to_owned(), is })
    }
}

impl FromStr for RowRange {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || SelectionError::NotRows(excerpt(text, 40));
        let number = |part: &str, open: u64| match part.trim() {
            "" => Ok(open),
            digits => digits.parse::<u64>().map_err(|_| wrong()),
        };
        let range = match text.split_once('-') {
            Some((first, last)) if first.trim().is_empty() && last.trim().is_empty() => return Err(wrong()),
            Some((first, last)) => Self { first: number(first, 1)?, last: number(last, u64::MAX)? },
            None => number(text, 0).map(|row| Self { first: row, last: row })?,
        };
        if range.first == 0 || range.last < range.first { Err(wrong()) } else { Ok(range) }
    }
}

impl RowRange {
    /// Whether the row is one of them.
    pub fn contains(self, row: u64) -> bool {
        (self.first..=self.last).contains(&row)
    }
}

impl fmt::Display for RowRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self { first, last: u64::MAX } => write!(f, "{first}-"),
            Self { first, last } if first == last => write!(f, "{first}"),
            Self { first, last } => write!(f, "{first}-{last}"),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.column, if self.is { "=" } else { "!=" }, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Except, Filter, RowRange};

    #[test]
    fn the_rows_of_a_run_are_kept_as_ranges() {
        let mut except = Except::new(3, Some("st-1".to_owned()));
        [1, 2, 3, 7, 9, 10].into_iter().for_each(|row| except.add("st-1", row));
        except.add("st-2", 4);
        let ranges: Vec<_> = except.sent["st-1"].iter().map(ToString::to_string).collect();
        assert_eq!(ranges, ["1-3", "7", "9-10"]);
        let held = |bot: Option<&str>| (0..12).filter(|row| except.contains(*row, bot)).collect::<Vec<u64>>();
        assert_eq!(held(None), [1, 2, 3, 7, 9, 10]);
        assert_eq!((held(Some("st-2")), held(Some("st-3"))), (vec![4], vec![]));
        assert!(!Except::new(3, None).contains(1, None));
    }

    #[test]
    fn a_filter_is_a_column_and_a_value() {
        for (text, column, value, is) in [
            ("Status=IP Address", "Status", "IP Address", true),
            ("Status != Spam", "Status", "Spam", false),
            ("Note=a=b", "Note", "a=b", true),
            ("Note=", "Note", "", true),
        ] {
            let expected = Filter { column: column.into(), value: value.into(), is };
            assert_eq!(text.parse::<Filter>(), Ok(expected), "{text}");
        }
        for text in ["Status", "=x", "!=x", " = "] {
            assert!(text.parse::<Filter>().unwrap_err().to_string().contains("COLUMN=VALUE"), "{text}");
        }
    }

    #[test]
    fn rows_go_by_their_numbers_with_either_end_open() {
        for (text, first, last) in
            [("1000-2000", 1000, 2000), ("5-", 5, u64::MAX), ("-5", 1, 5), ("7", 7, 7), (" 1 - 2 ", 1, 2)]
        {
            assert_eq!(text.parse::<RowRange>(), Ok(RowRange { first, last }), "{text}");
        }
        for text in ["", "-", "0", "0-5", "5-4", "a-b", "1-2-3", "-0", "1.5"] {
            assert!(text.parse::<RowRange>().is_err(), "{text}");
        }
        assert_eq!(["5-9", "5-", "7"].map(|text| text.parse::<RowRange>().unwrap().to_string()), ["5-9", "5-", "7"]);
    }
}
