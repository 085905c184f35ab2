//! The columns that a failure report adds after the input's own. An input that ends with them is such a report.

use crate::numbering::Numbering;

pub(crate) const ROW: &str = "_row";
/// Which of the row's records it is; empty for all of them. Only in the reports of runs whose rows make several.
pub(crate) const RECORD: &str = "_record";
pub(crate) const OUTCOME: &str = "_outcome";
pub(crate) const STATUS: &str = "_status";
const ERROR: &str = "_error";
pub(crate) const SERVER_ID: &str = "_server_id";
pub(crate) const SERVER_TIME: &str = "_server_time";

const OF_ROWS: &[&str] = &[ROW, OUTCOME, STATUS, ERROR];
const OF_RECORDS: &[&str] = &[ROW, RECORD, OUTCOME, STATUS, ERROR];

/// The columns that the report of such a run adds.
pub(crate) fn of_run(numbering: Numbering) -> &'static [&'static str] {
    if numbering.is_multiple() { OF_RECORDS } else { OF_ROWS }
}

/// The columns that the list of such a run's saved records adds.
pub(crate) fn of_saved(numbering: Numbering) -> &'static [&'static str] {
    const OF_RECORDS: &[&str] = &[ROW, RECORD, SERVER_ID, SERVER_TIME];
    if numbering.is_multiple() { OF_RECORDS } else { &[ROW, SERVER_ID, SERVER_TIME] }
}

/// The columns that a report has added to this header; none if the input is not a report.
pub(crate) fn added_to(headers: &[String]) -> &'static [&'static str] {
    let ends_with = |columns: &&&[&str]| {
        let first = headers.len().checked_sub(columns.len());
        first.is_some_and(|first| headers[first..] == ***columns)
    };
    [OF_ROWS, OF_RECORDS].iter().find(ends_with).copied().unwrap_or_default()
}

/// How many columns a header has without those that a report adds.
pub(crate) fn input_columns(headers: &[String]) -> usize {
    headers.len() - added_to(headers).len()
}

/// The position of a column that a report has added to this header.
pub(crate) fn position(headers: &[String], column: &str) -> Option<usize> {
    let place = added_to(headers).iter().position(|added| *added == column)?;
    Some(input_columns(headers) + place)
}

#[cfg(test)]
mod tests {
    use super::{OUTCOME, RECORD, input_columns, position};

    #[test]
    fn reports_of_rows_and_of_records_are_recognized() {
        let headers = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let of_rows = headers("a,b,_row,_outcome,_status,_error");
        assert_eq!(
            (input_columns(&of_rows), position(&of_rows, OUTCOME), position(&of_rows, RECORD)),
            (2, Some(3), None)
        );
        let of_records = headers("a,_row,_record,_outcome,_status,_error");
        assert_eq!((input_columns(&of_records), position(&of_records, OUTCOME)), (1, Some(3)));
        assert_eq!(position(&of_records, RECORD), Some(2));
        let other = headers("a,_record,_outcome,_status,_error");
        assert_eq!((input_columns(&other), position(&other, RECORD)), (5, None));
    }
}
