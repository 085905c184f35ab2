//! The whole input is checked before the first request: invalid rows stop the import, or are skipped on request.

use insta::assert_snapshot;

use crate::support::{Stage, csv_of, json, numbered, record, stderr, stdout};

const HEADER: &str = "channelUId,name,score,channel,type,language,message";

/// Rows with all kinds of problems, and two valid ones.
const MIXED: &str = "channelUId,name,score,channel,type,language,message\n\
    a,x,11,rtm,NPS,en,\n\
    b,x,10,rtm,NPS,en,\"two\nlines\"\n\
    ,x,4,rtm,CES,en,\n\
    c,x,\"7,5\",rtm,NPS,en,\n\
    d,x,viel,rtm,CSAT,en,\n\
    e,x,3.5,rtm,CSAT,,\n\
    f,x,2,rtm,THUMB,en\n\
    g,x,1,rtm,THUMB,en,,\n\
    h,\"x\u{7}\",1,rtm,THUMB,en,\n\
    i,x,+1,rtm,THUMB,en,\n\
    j,x,1,rtm,THUMB,en,\n";

#[test]
fn invalid_rows_stop_the_import_and_are_listed() {
    let stage = Stage::new();
    let file = stage.write("in.csv", MIXED);
    let assert = stage.import(&file, &[]).failure().code(2);
    stage.was_never_called();
    assert_eq!(stdout(&assert), "");
    assert!(!stage.state().join("ledger.db").exists() && !stage.path("in.failures.csv").exists());
    let said = stderr(&assert);
    let (_, error) = said.split_once("error: ").unwrap();
    stage.filtered(|| assert_snapshot!(error, @"
    ~/in.csv: 9 of 11 rows cannot be sent; nothing was sent
       row  line  column      value           problem
       1    2     score       11              score: an NPS score is a whole number from 0 to 10
       3    5     channelUId  –               channel_uid: required, but empty
       3    5     type        CES             type: unknown type; expected NPS, CSAT or THUMB
       4    6     score       7,5             score: not a number; use a decimal point and no separators
       5    7     score       viel            score: not a number
       6    8     score       3.5             score: a CSAT score is a whole number from 1 to 5
       6    8     language    –               language: required, but empty
       7    9     –           6 instead of 7  fewer cells than the header
       8    10    –           8 instead of 7  more cells than the header; quote texts with the delimiter
       9    11    name        x�              name: contains a control character; only message may contain line
                                              breaks and tabs
      … and 1 more
      total: 1 × too few cells, 1 × too many cells, 2 × empty field, 1 × control character, 1 × unknown type, 1 × score not a number, 1 × score with a plus sign, 1 × score with separators, 1 × NPS score out of scale, 1 × CSAT score out of scale
    hint: fix the file, or import only the valid rows with --skip-invalid; the invalid ones are written to the failure report
    "));
}

#[test]
fn first_problems_are_shown_all_counted() {
    let stage = Stage::new();
    let rows: String = (0..50).map(|row| format!("u{row},x,{},rtm,CSAT,en,\n", 9 + row % 2)).collect();
    let said = stderr(&stage.import(&stage.write("in.csv", format!("{HEADER}\n{rows}")), &[]).failure().code(2));
    assert!(said.contains("… and 40 more") && said.contains("50 × CSAT score out of scale"), "{said}");
}

#[test]
fn skip_invalid_imports_the_valid_rows() {
    let stage = Stage::new();
    let summary =
        json(&stage.import(&stage.write("in.csv", MIXED), &["--skip-invalid", "-o", "json"]).failure().code(1));
    assert_eq!((&summary["rows"], &summary["saved"], &summary["invalid"]), (&11.into(), &2.into(), &9.into()));
    let good =
        [record(["b", "x", "10", "rtm", "NPS", "en", "two\nlines"]), record(["j", "x", "1", "rtm", "THUMB", "en", ""])];
    stage.has_exactly(&good);
}

#[test]
fn allow_any_score_allows_nothing_else() {
    let stage = Stage::new();
    let file =
        stage.write("in.csv", format!("{HEADER}\na,x,11,rtm,NPS,en,\nb,x,3.5,rtm,CSAT,en,\nc,x,-2,rtm,THUMB,en,\n"));
    stage.import(&file, &["--allow-any-score"]).success();
    let sent = [
        ["a", "x", "11", "rtm", "NPS", "en", ""],
        ["b", "x", "3.5", "rtm", "CSAT", "en", ""],
        ["c", "x", "-2", "rtm", "THUMB", "en", ""],
    ];
    stage.has_exactly(&sent.map(record));
    let file = stage.write("words.csv", format!("{HEADER}\na,x,good,rtm,NPS,en,\n"));
    stage.import(&file, &["--allow-any-score"]).failure().code(2);
}

#[test]
fn dry_run_sends_nothing_and_shows_the_duration() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(3661));
    for (limits, told) in [
        (&["--rate-limit", "60/1m"][..], "to send: 3,661 rows at 60/1m: 1 h 1 min, done by "),
        (&["--rate-limit", "60/1m", "--rate-limit", "1800/1h"], "to send: 3,661 rows at 60/1m and 1800/1h: 2 h "),
        (&["--no-rate-limit"], "to send: 3,661 rows, as fast as the server accepts them (no rate limit)"),
    ] {
        let assert = stage.import(&file, &[&["--dry-run"], limits].concat()).success();
        assert!(stderr(&assert).contains(told), "{}", stderr(&assert));
        assert!(stdout(&assert).contains("3,661 rows can be sent, 0 invalid, 0 skipped; nothing was sent"));
    }
    stage.was_never_called();
    assert!(!stage.state().join("ledger.db").exists());
}

#[test]
fn a_dry_run_needs_no_secret() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(1));
    let mut command = stage.command(&["import", "--dry-run"]);
    command.arg(&file).env_remove("KORE_FEEDBACK_CLIENT_SECRET").assert().success();
}

#[test]
fn a_dry_run_finds_the_same_faults() {
    let stage = Stage::new();
    stage.import(&stage.write("in.csv", MIXED), &["--dry-run"]).failure().code(2);
    let assert = stage.import(&stage.write("in.csv", MIXED), &["--dry-run", "--skip-invalid"]).success();
    assert!(stdout(&assert).contains("2 rows can be sent, 9 invalid, 0 skipped"), "{}", stdout(&assert));
}

#[test]
fn inputs_without_rows_are_named_as_such() {
    let stage = Stage::new();
    std::fs::create_dir(stage.path("directory")).unwrap();
    for (name, content, told) in [
        ("empty.csv", &b""[..], "the input is empty"),
        ("book.xlsx", b"PK\x03\x04rest", "the file ends after 8 bytes"),
        ("open.csv", b"channelUId,name,score,channel,type,language,message\n\"a,b\n", "unclosed quote"),
        ("binary.csv", b"a,b\n\0\x01\x02", "binary data"),
    ] {
        let said = stderr(&stage.import(&stage.write(name, content), &[]).failure().code(2));
        assert!(said.contains(told) && said.contains(name) && said.contains("hint: "), "{said}");
    }
    for (name, told) in [("missing.csv", "cannot read"), ("directory", "is a directory")] {
        let said = stderr(&stage.import(&stage.path(name), &[]).failure().code(2));
        assert!(said.contains(told) && said.contains(name), "{said}");
    }
    stage.was_never_called();
}

#[test]
fn missing_settings_are_named_before_reading_files() {
    let stage = Stage::new();
    let file = stage.write("in.csv", csv_of(&numbered(1)));
    for variable in ["KORE_FEEDBACK_HOST", "KORE_FEEDBACK_BOT_ID"] {
        let mut command = stage.command(&["import"]);
        let said = stderr(&command.arg(&file).env_remove(variable).assert().failure().code(2));
        assert!(said.contains(variable), "{said}");
    }
    for variable in ["KORE_FEEDBACK_CLIENT_ID", "KORE_FEEDBACK_CLIENT_SECRET"] {
        let mut command = stage.command(&["import"]);
        let said = stderr(&command.arg(&file).env_remove(variable).assert().failure().code(2));
        assert!(said.contains(variable), "{said}");
        assert!(!stage.path("in.failures.csv").exists());
    }
    stage.was_never_called();
    // Nothing was sent, so no run blocks the correct command.
    stage.import(&file, &[]).success();
}

#[test]
fn nothing_is_sent_without_a_ledger() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(1));
    stage.write("occupied", "a file");
    let said = stderr(&stage.import(&file, &["--state-dir", "occupied/below", "-q"]).failure().code(2));
    assert!(said.contains("occupied") && said.contains("--state-dir"), "{said}");
    stage.write("damaged/ledger.db", "this was a ledger once".repeat(100));
    let said = stderr(&stage.import(&file, &["--state-dir", "damaged", "-q"]).failure().code(2));
    assert!(said.contains("damaged"), "{said}");
    stage.was_never_called();
}
