//! Any mapping file over any table: read, resolved, and every row converted and validated. An input is the mapping, a line
//! of `===`, and the table as CSV.

#![no_main]

use std::path::Path;

use kore_feedback::record::{Checker, Dedupe, CheckedRow, MappingOptions, ResolvedMapping, ScoreRule, RowSelection, propose};
use kore_feedback::settings::{MappingFile, parse_mapping};
use kore_feedback::source::{Format, Row, SourceOptions, Table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let Some((mapping, table)) = input.split_once("\n===\n") else { return };
    let description = match parse_mapping(Path::new("in.toml"), mapping).and_then(|mapping| mapping.full_spec()) {
        Ok(description) => description,
        Err(error) => return assert_printable(&error.to_string()),
    };
    let options = SourceOptions { format: Some(Format::Csv), ..SourceOptions::default() };
    let Ok(mut table) = Table::open(table.as_bytes(), "in.csv", &options) else { return };
    let headers = table.headers().to_vec();
    let once = RowSelection { dedupe: Some(Dedupe::Record), ..RowSelection::default() };
    let rules = |selection: RowSelection| MappingOptions {
        spec: description.clone(),
        selection,
        ..MappingOptions::default()
    };
    written_again(&headers, &rules(RowSelection::default()));

    let resolved =
        [RowSelection::default(), once].map(|selection| ResolvedMapping::resolve(&headers, Some(','), &rules(selection)));
    let [Ok(all), Ok(once)] = resolved else { return };
    let parts = all.numbering().parts();
    let mut checkers = [Checker::new(all, ScoreRule::InScale, false), Checker::new(once, ScoreRule::Any, true)];
    let mut row = Row::default();
    while let Ok(true) = table.read(&mut row) {
        for checker in &mut checkers {
            for part in parts.clone() {
                checker.check(&row, part).map(judged);
            }
        }
    }
});

fn judged(judged: CheckedRow<'_>) {
    match judged {
        CheckedRow::Valid(feedback) => {
            serde_json::from_slice::<serde_json::Value>(&feedback.body()).expect("a body in JSON");
        }
        CheckedRow::Invalid(problems) => {
            assert!(!problems.is_empty(), "an invalid row has a problem");
            for problem in problems {
                assert_printable(&problem.to_string());
                assert_printable(&problem.value);
            }
        }
        CheckedRow::Skipped(reason) => assert_printable(&reason.to_string()),
    }
}

/// The file that `--write-mapping` would write, which must be one that reads.
fn written_again(headers: &[String], rules: &MappingOptions) {
    let proposals = propose(headers, rules, &|_| false);
    let text = MappingFile::new(headers, &proposals, rules, &SourceOptions::default()).text();
    parse_mapping(Path::new("again.toml"), &text).expect("a mapping that was written reads");
}

/// Messages must not contain control characters from the file, except line breaks.
fn assert_printable(text: &str) {
    assert!(!text.contains(|sign: char| sign.is_control() && sign != '\n'), "{text:?}");
}
