//! Runs of records: resumed, shown, verified.

use super::{Value, json, loyalty, options, service, stderr, stdout, value};
use crate::support::{IMPATIENT, Stage};

const ROWS: &str = "Email,Q1,Q2\na,9,4\nb,8,5\nc,7,\n";

#[test]
fn a_resumed_run_sends_the_other_records() {
    let mut stage = Stage::faulty(&["400:at=1", "401"]);
    let file = stage.write("in.csv", ROWS);
    let said = stage.import(&file, &options(&["--concurrency=1", IMPATIENT])).failure().code(3);
    assert!(stdout(&said).contains("4 unsent records: resume with"), "{}", stdout(&said));
    stage.restart(&[]);
    stage.run(&["runs", "resume", "1"]).failure().code(1);
    stage.has_exactly(&[service("a", "4"), loyalty("b", "8"), service("b", "5"), loyalty("c", "7")]);
    let said = stderr(&stage.import(&file, &options(&[])).failure().code(2));
    assert!(said.contains("already imported by run 1"), "{said}");
}

#[test]
fn rows_and_records_are_shown() {
    let stage = Stage::faulty(&["400:at=2"]);
    let file = stage.write("in.csv", format!("{ROWS},,\n"));
    stage.import(&file, &options(&["--concurrency=1"])).failure().code(1);
    let rows = json(&stage.run(&["runs", "show", "1", "--rows", "-o", "json"]).success());
    let shown: Vec<_> =
        rows["rows"].as_array().unwrap().iter().map(|row| [&row["row"], &row["record"], &row["outcome"]]).collect();
    assert_eq!(
        value!(shown),
        value!([
            [1, 1, "saved"],
            [1, 2, "rejected"],
            [2, 1, "saved"],
            [2, 2, "saved"],
            [3, 1, "saved"],
            [4, Value::Null, "skipped"]
        ])
    );
    let csv = stdout(&stage.run(&["runs", "show", "1", "--rows"]).success());
    assert!(csv.contains("\n1,rejected,400,,Bad Request (code 400),,2\n"), "{csv}");
}

#[test]
fn messages_name_row_and_record() {
    let stage = Stage::faulty(&["400:at=4"]);
    let file = stage.write("in.csv", ROWS);
    let said = stderr(&stage.import(&file, &options(&["--concurrency=1", "-v"])).failure().code(1));
    assert!(said.contains("row 2, record 2: rejected: Bad Request"), "{said}");
}

#[test]
fn records_in_doubt_are_verified() {
    let stage = Stage::faulty(&["truncate:at=2", "500:at=4"]);
    let file = stage.write("in.csv", ROWS);
    let said = stdout(&stage.import(&file, &options(&["--concurrency=1"])).failure().code(1));
    assert!(said.contains("2 records in doubt: ask the server"), "{said}");
    stage.let_time_pass();
    let said = stdout(&stage.run(&["runs", "verify", "1"]).success());
    assert!(said.contains("send 1 unsent record with"), "{said}");
    stage.run(&["runs", "resume", "1"]).success();
    stage.has_exactly(&[loyalty("a", "9"), service("a", "4"), loyalty("b", "8"), service("b", "5"), loyalty("c", "7")]);
}

#[test]
fn an_excluded_run_excludes_its_records() {
    let mut stage = Stage::faulty(&["400:at=2"]);
    let file = stage.write("in.csv", ROWS);
    stage.import(&file, &options(&["--concurrency=1", "--rows=1-2"])).failure().code(1);
    stage.restart(&[]);
    let said = stderr(&stage.import(&file, &options(&["--exclude-run=1"])).success());
    assert!(said.contains("skipped: 3 records (sent by run 1)"), "{said}");
    stage.has_exactly(&[service("a", "4"), loyalty("c", "7")]);
}
