//! Which delimiter an input uses, from how evenly each candidate parts its first records.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What is tried, the likeliest first: of two that fit equally well the earlier wins, and before all the preferred one.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records are looked at; more make it no surer.
const RECORDS: usize = 100;

/// The delimiter that parts the sample's records most evenly into more than one cell; a comma if none does.
///
/// `is_whole` says whether the sample is the whole input; else its last record is cut somewhere and not counted.
/// `preferred` is what the file's ending speaks for.
pub(super) fn find_delimiter(sample: &[u8], is_whole: bool, preferred: Option<u8>) -> u8 {
    preferred
        .into_iter()
        .chain(CANDIDATES)
        .enumerate()
        .map(|(place, candidate)| (evenness(sample, candidate, is_whole), Reverse(place), candidate))
        .max()
        .map_or(b',', |(_, _, candidate)| candidate)
}

/// How many records have the commonest width, and that width; zeros for what doesn't part the header.
fn evenness(sample: &[u8], delimiter: u8, is_whole: bool) -> (usize, usize) {
    let widths = widths(sample, delimiter, is_whole);
    if widths.first().is_none_or(|&header| header < 2) {
        return (0, 0);
    }
    let mut counts = BTreeMap::<usize, usize>::new();
    for width in widths {
        *counts.entry(width).or_default() += 1;
    }
    let commonest = counts.into_iter().map(|(width, count)| (count, width)).max();
    commonest.filter(|&(_, width)| width > 1).unwrap_or((0, 0))
}

/// What a first line `sep=;` says, as Excel writes and reads it: the delimiter, and the line's length with its break.
pub(super) fn separator_line(sample: &[u8]) -> Option<(u8, usize)> {
    let end = sample.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(sample.len());
    let line = sample.get(..end)?;
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] = *line else { return None };
    let is_delimiter = delimiter == b'\t' || (delimiter.is_ascii_punctuation() && delimiter != b'"');
    let ending = match sample.get(end..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([_, ..]) => 1,
        _ => 0,
    };
    is_delimiter.then_some((delimiter, end + ending))
}

fn widths(sample: &[u8], delimiter: u8, is_whole: bool) -> Vec<usize> {
    let mut reader =
        ::csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(sample);
    // RowReader from memory can't fail, and byte records need be no text.
    let records = reader.byte_records().map_while(Result::ok).take(RECORDS + 1);
    let mut widths: Vec<usize> = records.map(|record| record.len()).collect();
    let last_is_cut = !is_whole && widths.len() <= RECORDS;
    if (last_is_cut && widths.len() > 1) || widths.len() > RECORDS {
        widths.pop();
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::{find_delimiter, separator_line};

    #[test]
    fn the_delimiter_is_what_parts_the_records_evenly() {
        for (sample, delimiter) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a;b;c\n1;2,5;3\n", b';'),
            ("a\tb\n1,5\t2,5\n", b'\t'),
            ("a|b\n1|2", b'|'),
            // Only a header.
            ("channelUId,name,score", b','),
            ("Kunde;Bewertung", b';'),
            ("one", b','),
            // Prose with other candidates in it, in quotes and out of them.
            ("id;comment\n1;well, yes, and no\n2;\"a;b, c\"\n3;fine\n", b';'),
            ("id,comment\n1,\"a;b;c\nd;e\"\n2,x;y\n3,\n", b','),
            ("id,\"How was it; really?\"\n1,5\n2,4\n", b','),
            // Decimal commas in every row, and a comma in the header.
            ("id;survey;score, average\n1;x;4,5\n2;y;3,5\n", b';'),
            // Every row has a comma more than the header.
            ("a,b,c\n1,2,3,\n4,5,6,\n", b','),
            // Some rows are ragged.
            ("a,b,c\n1,2\n1,2,3\n1,2,3,4\n1,2,3\n", b','),
            ("", b','),
        ] {
            let found = find_delimiter(sample.as_bytes(), true, None);
            assert_eq!(char::from(found), char::from(delimiter), "{sample:?}");
        }
    }

    #[test]
    fn a_record_that_the_sample_cuts_is_not_counted() {
        assert_eq!(find_delimiter(b"a;b;c,d\n1;2;3\n4;5,", false, None), b';');
        assert_eq!(find_delimiter(b"a;b;c", false, None), b';');
    }
    #[test]
    fn the_ending_decides_only_between_delimiters_that_fit_equally_well() {
        assert_eq!(find_delimiter(b"a\tb,c\n1\t2,5\n", true, Some(b'\t')), b'\t');
        assert_eq!(find_delimiter(b"a,b\n1,5\n", true, Some(b'\t')), b',');
        assert_eq!(find_delimiter(b"one", true, Some(b'\t')), b'\t');
    }

    #[test]
    fn a_separator_line_gives_the_delimiter_and_is_no_header() {
        for (sample, found) in [
            (&b"sep=;\r\nid;score\r\n"[..], Some((b';', 7))),
            (b"SEP=,\nid,score\n", Some((b',', 6))),
            (b"\"sep=\t\"\nid\tscore\n", Some((b'\t', 8))),
            (b"sep=|", Some((b'|', 5))),
            (b"sep=;x\n", None),
            (b"sep;x\n", None),
            (b"sep=a\n", None),
            (b"", None),
        ] {
            assert_eq!(separator_line(sample), found);
        }
    }
}
