//! The failure report of records, and its import.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use super::{SHARED, json, loyalty, options, service, stderr, stdout};
use crate::support::Stage;

/// A report without its byte order mark.
fn read(stage: &Stage) -> String {
    std::fs::read_to_string(stage.path("in.failures.csv")).unwrap().trim_start_matches('\u{feff}').to_owned()
}

#[test]
fn an_invalid_record_is_named_before_sending() {
    let stage = Stage::new();
    let file = stage.write("in.csv", "Email,Q1,Q2\na,9,4\nb,8,7\n");
    let said = stderr(&stage.import(&file, &options(&[])).failure().code(2));
    assert!(said.contains("1 of 2 rows, 4 records cannot be sent; nothing was sent"), "{said}");
    assert!(said.contains("2 (Service)") && said.contains("a CSAT score is a whole number from 1 to 5"), "{said}");
    stage.was_never_called();
}

#[test]
fn a_fixed_report_sends_only_its_records() {
    let mut stage = Stage::faulty(&["400:at=1"]);
    let file = stage.write("in.csv", "Email,Q1,Q2\na,9,4\nb,8,7\n");
    let more = options(&["--skip-invalid", "--concurrency=1"]);
    stage.import(&file, &more).failure().code(1);
    stage.has_exactly(&[service("a", "4"), loyalty("b", "8")]);
    let report = read(&stage);
    let expected = "Email,Q1,Q2,_row,_record,_outcome,_status,_error\n\
                    a,9,4,1,1,rejected,400,Bad Request (code 400)\n\
                    b,8,7,2,2,invalid,,record 2 (Service): score: a CSAT score is a whole number from 1 to 5\n";
    assert_eq!(report, expected);
    stage.restart(&[]);
    std::fs::write(stage.path("in.failures.csv"), report.replace("b,8,7", "b,8,2")).unwrap();
    let summary = json(&stage.import(&stage.path("in.failures.csv"), &options(&["-o", "json"])).success());
    assert_eq!((&summary["rows"], &summary["records"], &summary["saved"]), (&2.into(), &2.into(), &2.into()));
    stage.has_exactly(&[loyalty("a", "9"), service("b", "2")]);
}

#[test]
fn a_faulty_row_is_reported_as_a_whole() {
    let mut stage = Stage::new();
    let file = stage.write("in.csv", "Email,Q1,Q2\na,9\nb,8,5\n");
    stage.import(&file, &options(&["--skip-invalid"])).failure().code(1);
    stage.has_exactly(&[loyalty("b", "8"), service("b", "5")]);
    let report = read(&stage);
    assert!(report.ends_with("\na,9,1,,invalid,,fewer cells than the header\n"), "{report}");
    stage.restart(&[]);
    std::fs::write(stage.path("in.failures.csv"), report.replace("a,9,", "a,9,3,")).unwrap();
    stage.import(&stage.path("in.failures.csv"), &options(&[])).success();
    stage.has_exactly(&[loyalty("a", "9"), service("a", "3")]);
}

#[test]
fn a_report_of_older_versions_is_imported() {
    let stage = Stage::new();
    let text = "Email,Q1,Q2,_row,_outcome,_status,_error\na,9,4,7,rejected,400,x\nb,1,2,8,in doubt,500,x\n";
    let file = stage.write("old.csv", text);
    let said = stderr(&stage.import(&file, &options(&[])).success());
    assert!(said.contains("skipped: 1 row (in doubt in an earlier run)"), "{said}");
    stage.has_exactly(&[loyalty("a", "9"), service("a", "4")]);
}

#[test]
fn a_report_of_records_needs_their_mapping() {
    let stage = Stage::new();
    let file = stage.write("r.csv", "Email,Q1,Q2,_row,_record,_outcome,_status,_error\na,9,4,1,3,rejected,400,x\n");
    let plain = ["--set=type=NPS", "--set=name=Loyalty", "--map=score=Q1"];
    let said = stderr(&stage.import(&file, &[&SHARED[..], &plain].concat()).failure().code(2));
    assert!(said.contains("failure report of single records"), "{said}");
    // A record that the mapping does not have.
    let said = stderr(&stage.import(&file, &options(&[])).failure().code(2));
    assert!(said.contains("_record") && said.contains("no record of this number"), "{said}");
    stage.was_never_called();
}

#[test]
fn a_report_of_a_report_adds_no_columns() {
    let mut stage = Stage::faulty(&["400:at=1"]);
    let file = stage.write("in.csv", "Email,Q1,Q2\na,9,4\n");
    stage.import(&file, &options(&["--concurrency=1"])).failure().code(1);
    let first = read(&stage);
    stage.restart(&["400"]);
    stage.import(&stage.path("in.failures.csv"), &options(&[])).failure().code(1);
    let second = std::fs::read_to_string(stage.path("in.failures.failures.csv")).unwrap();
    assert_eq!(second.trim_start_matches('\u{feff}'), first);
    let printed = stdout(&stage.run(&["runs", "failures", "1"]).success());
    assert_eq!(printed.trim_start_matches('\u{feff}'), first);
}
