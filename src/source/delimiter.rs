//! Detecting the delimiter: the candidate that splits the first records most evenly.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The most likely candidate first; of two that fit equally well the earlier one wins.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records to compare; more would not change the result.
const RECORDS: usize = 100;

/// Finds the delimiter that splits the sample's records most evenly into several cells; a comma if none does.
///
/// Unless the sample `is_whole`, its last record is cut off somewhere and does not count. `preferred` is the delimiter that
/// the file's extension suggests.
pub(super) fn detect_delimiter(sample: &[u8], is_whole: bool, preferred: Option<u8>) -> u8 {
    let candidates = preferred.into_iter().chain(CANDIDATES).enumerate();
    candidates
        .map(|(index, candidate)| (evenness(sample, candidate, is_whole), Reverse(index), candidate))
        .max()
        .map_or(b',', |(_, _, candidate)| candidate)
}

/// How many records have the most common width, and that width; zeros for a delimiter that does not split the header.
fn evenness(sample: &[u8], delimiter: u8, is_whole: bool) -> (usize, usize) {
    let widths = widths(sample, delimiter, is_whole);
    if widths.first().is_none_or(|&header| header < 2) {
        return (0, 0);
    }
    let mut counts = BTreeMap::<usize, usize>::new();
    for width in widths {
        *counts.entry(width).or_default() += 1;
    }
    let most_common = counts.into_iter().map(|(width, count)| (count, width)).max();
    most_common.filter(|&(_, width)| width > 1).unwrap_or((0, 0))
}

fn widths(sample: &[u8], delimiter: u8, is_whole: bool) -> Vec<usize> {
    let mut reader =
        ::csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(sample);
    // Reading bytes from memory cannot fail.
    let records = reader.byte_records().map_while(Result::ok).take(RECORDS + 1);
    let mut widths: Vec<usize> = records.map(|record| record.len()).collect();
    if widths.len() > RECORDS || (!is_whole && widths.len() > 1) {
        widths.pop();
    }
    widths
}

/// Parses a first line `sep=;`, as Excel writes and reads it: returns the delimiter, and the line's length with its break.
pub(super) fn parse_separator_line(sample: &[u8]) -> Option<(u8, usize)> {
    let end = sample.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(sample.len());
    let line = &sample[..end];
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] = *line else { return None };
    let is_delimiter = delimiter == b'\t' || (delimiter.is_ascii_punctuation() && delimiter != b'"');
    let line_break = match &sample[end..] {
        [b'\r', b'\n', ..] => 2,
        [_, ..] => 1,
        [] => 0,
    };
    is_delimiter.then_some((delimiter, end + line_break))
}

#[cfg(test)]
mod tests {
    use super::{detect_delimiter, parse_separator_line};

    #[test]
    fn delimiter_splits_records_evenly() {
        for (sample, delimiter) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a;b;c\n1;2,5;3\n", b';'),
            ("a\tb\n1,5\t2,5\n", b'\t'),
            ("a|b\n1|2", b'|'),
            // Only a header.
            ("channelUId,name,score", b','),
            ("Kunde;Bewertung", b';'),
            ("one", b','),
            // Prose that contains other candidates, quoted or not.
            ("id;comment\n1;well, yes, and no\n2;\"a;b, c\"\n3;fine\n", b';'),
            ("id,comment\n1,\"a;b;c\nd;e\"\n2,x;y\n3,\n", b','),
            ("id,\"How was it; really?\"\n1,5\n2,4\n", b','),
            // Decimal commas in every row, and a comma in the header.
            ("id;survey;score, average\n1;x;4,5\n2;y;3,5\n", b';'),
            // Every row has one comma more than the header.
            ("a,b,c\n1,2,3,\n4,5,6,\n", b','),
            // Some rows are ragged.
            ("a,b,c\n1,2\n1,2,3\n1,2,3,4\n1,2,3\n", b','),
            ("", b','),
        ] {
            let detected = detect_delimiter(sample.as_bytes(), true, None);
            assert_eq!(char::from(detected), char::from(delimiter), "{sample:?}");
        }
    }

    #[test]
    fn cut_off_records_do_not_count() {
        assert_eq!(detect_delimiter(b"a;b;c,d\n1;2;3\n4;5,", false, None), b';');
        assert_eq!(detect_delimiter(b"a;b;c", false, None), b';');
    }

    #[test]
    fn extension_breaks_ties_only() {
        assert_eq!(detect_delimiter(b"a\tb,c\n1\t2,5\n", true, Some(b'\t')), b'\t');
        assert_eq!(detect_delimiter(b"a,b\n1,5\n", true, Some(b'\t')), b',');
        assert_eq!(detect_delimiter(b"one", true, Some(b'\t')), b'\t');
    }

    #[test]
    fn separator_lines_declare_the_delimiter() {
        for (sample, expected) in [
            (&b"sep=;\r\nid;score\r\n"[..], Some((b';', 7))),
            (b"SEP=,\nid,score\n", Some((b',', 6))),
            (b"\"sep=\t\"\nid\tscore\n", Some((b'\t', 8))),
            (b"sep=|", Some((b'|', 5))),
            (b"sep=;x\n", None),
            (b"sep;x\n", None),
            (b"sep=a\n", None),
            (b"", None),
        ] {
            assert_eq!(parse_separator_line(sample), expected);
        }
    }
}
