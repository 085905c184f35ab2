//! A record that was sent before is not sent again: a file that grows every night is imported with `--only-new`.

use std::path::PathBuf;

use crate::support::{IMPATIENT, Record, Stage, csv_of, json, numbered, record, stderr, stdout, until};

/// Records as rows of an export with a column of keys.
fn keyed(rows: &[(&str, Record)]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["ResponseId", "channelUId", "name", "score", "channel", "type", "language", "message"]).unwrap();
    for (key, record) in rows {
        out.write_record(std::iter::once(*key).chain(record.iter().map(String::as_str))).unwrap();
    }
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

fn anonymous(score: &str, message: &str) -> Record {
    record(["anonymous", "Post-chat", score, "rtm", "NPS", "en", message])
}

fn keyed_rows(count: usize) -> Vec<(String, Record)> {
    numbered(count).into_iter().enumerate().map(|(index, record)| (format!("R_{index}"), record)).collect()
}

fn write_keyed(stage: &Stage, rows: &[(String, Record)]) -> PathBuf {
    let rows: Vec<_> = rows.iter().map(|(key, record)| (key.as_str(), record.clone())).collect();
    stage.write("in.csv", keyed(&rows))
}

const NIGHTLY: [&str; 4] = ["--only-new", "--key", "ResponseId", "-ojson"];

#[test]
fn a_grown_file_is_refused() {
    let stage = Stage::new();
    stage.import(&stage.write_records(&numbered(50)), &[]).success();
    let file = stage.write_records(&numbered(52));
    for arguments in [&["-q"][..], &["-q", "--dry-run"]] {
        let said = stderr(&stage.import(&file, arguments).failure().code(2));
        assert!(
            said.contains("50 of 52 records were sent before to this bot: 50 by run 1; nothing was sent"),
            "{said}"
        );
        assert!(said.contains("--only-new`") && said.contains("--again`"), "{said}");
    }
    stage.has_exactly(&numbered(50));
}

/// The first request of one import hangs until another import has sent the rest of its rows.
#[test]
fn records_sent_meanwhile_are_counted_with_their_run() {
    let mut stage = Stage::faulty(&["hang:at=1"]);
    let file = stage.write_records(&numbered(5));
    let first = stage.start_import(&file, &["--only-new", "--concurrency=1", "-ondjson"]);
    until(|| stage.sandbox.counts().faulted == 1);
    let longer = stage.write("longer.csv", csv_of(&numbered(6)));
    let second = json(&stage.import(&longer, &["--only-new", "-ojson"]).success());
    assert_eq!((&second["saved"], &second["sent_before"]), (&5.into(), &1.into()));
    stage.restart(&[]);
    let first = first.end();
    assert_eq!(first.code, Some(1), "{}", first.stderr);
    let summary: serde_json::Value = serde_json::from_str(first.stdout.lines().last().unwrap()).unwrap();
    assert_eq!((&summary["in_doubt"], &summary["skipped"], &summary["sent_before"]), (&1.into(), &4.into(), &4.into()));
    assert_eq!(summary["skipped_by_reason"], serde_json::json!({"sent by run 2": 4}));
    assert!(first.stderr.contains("sent meanwhile: 4 records (4 by run 2)"), "{}", first.stderr);
    assert_eq!(first.stdout.lines().count(), 2, "skipped rows have no events: {}", first.stdout);
}

#[test]
fn only_new_sends_what_was_added() {
    let stage = Stage::new();
    stage.import(&stage.write_records(&numbered(50)), &[]).success();
    let file = stage.write_records(&numbered(52));
    let preview = json(&stage.import(&file, &["--only-new", "--dry-run", "-ojson"]).success());
    assert_eq!((&preview["unsent"], &preview["sent_before"], &preview["skipped"]), (&2.into(), &50.into(), &50.into()));
    let summary = json(&stage.import(&file, &["--only-new", "-ojson"]).success());
    assert_eq!((&summary["saved"], &summary["skipped"], &summary["unsent"]), (&2.into(), &50.into(), &0.into()));
    stage.has_exactly(&numbered(52));
    let again = stage.import(&file, &["--only-new"]).success();
    assert!(stdout(&again).contains("nothing new to send"), "{}", stdout(&again));
    assert_eq!(stdout(&stage.run(&["runs", "list"]).success()).lines().count(), 3, "a header and two runs");
    let all = json(&stage.import(&file, &["--again", "-ojson"]).success());
    assert_eq!(all["saved"], 52);
}

#[test]
fn printed_commands_send_new_records() {
    let stage = Stage::new();
    stage.import(&stage.write_records(&numbered(2)), &["--set", "name=Jo's"]).success();
    let said = stderr(&stage.import(&stage.write_records(&numbered(3)), &["--set", "name=Jo's"]).failure().code(2));
    let (_, command) = said.split_once("send only the new records with `kore-feedback ").unwrap();
    let words = shell_words::split(command.split('`').next().unwrap()).unwrap();
    stage.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).success();
    assert_eq!(stage.sent().len(), 3);
}

#[test]
fn equal_records_are_counted() {
    let stage = Stage::new();
    let (nine, ten) = (anonymous("9", ""), anonymous("10", ""));
    stage.import(&stage.write_records(&[nine.clone(), nine.clone(), ten.clone()]), &[]).success();
    let file = stage.write_records(&[nine.clone(), nine.clone(), nine.clone(), ten.clone()]);
    let summary = json(&stage.import(&file, &["--only-new", "-ojson"]).success());
    assert_eq!((&summary["saved"], &summary["skipped"]), (&1.into(), &3.into()));
    stage.has_exactly(&[nine.clone(), nine.clone(), nine, ten]);
}

/// Anonymous answers differ only in their comments; the newest comes first or last.
#[test]
fn new_comments_of_equal_scores_are_sent() {
    for newest_first in [false, true] {
        let stage = Stage::new();
        let mut rows: Vec<_> = ["a", "b", "c", "d"].map(|comment| anonymous("9", comment)).into();
        stage.import(&stage.write_records(&rows[..3]), &[]).success();
        let expected = rows.clone();
        if newest_first {
            rows.reverse();
        }
        stage.import(&stage.write_records(&rows), &["--only-new"]).success();
        stage.has_exactly(&expected);
    }
}

#[test]
fn changed_messages_alone_are_not_new() {
    let stage = Stage::new();
    stage.import(&stage.write_records(&numbered(3)), &[]).success();
    let mut rows = numbered(4);
    rows[1][6] = "another comment".to_owned();
    stage.import(&stage.write_records(&rows), &["--only-new"]).success();
    stage.has_exactly(&numbered(4));
}

#[test]
fn rows_of_older_ledgers_are_recognized() {
    let stage = Stage::new();
    stage.import(&stage.write_records(&numbered(3)), &[]).success();
    let ledger = rusqlite::Connection::open(stage.state().join("ledger.db")).unwrap();
    ledger.execute("UPDATE records SET message = NULL", []).unwrap();
    stage.import(&stage.write_records(&numbered(5)), &["--only-new"]).success();
    stage.has_exactly(&numbered(5));
}

#[test]
fn each_bot_and_sandbox_is_its_own() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(2));
    stage.import(&file, &["--sandbox"]).success();
    stage.import(&file, &["--only-new"]).success();
    stage.import(&stage.write_records(&numbered(3)), &["--sandbox", "--only-new"]).success();
    stage.has_exactly(&numbered(2));
    let said = stage.import(&stage.write_records(&numbered(3)), &["--dry-run", "--set", "bot_id=st-other"]).success();
    assert!(stdout(&said).contains("3 rows can be sent"), "{}", stdout(&said));
}

#[test]
fn another_mapping_of_the_file_is_refused() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(2));
    stage.import(&file, &[]).success();
    for more in [&["--dry-run"][..], &[], &["--only-new"]] {
        let said = stderr(&stage.import(&file, &[&["--set", "name=Other"], more].concat()).failure().code(2));
        assert!(said.contains("has sent this input with another mapping: 2 rows saved"), "{more:?}: {said}");
        assert!(said.contains("--exclude-run 1") && said.contains("--again"), "{said}");
    }
    stage.has_exactly(&numbered(2));
    let grown = stage.write_records(&numbered(3));
    for more in [&["--dry-run"][..], &[], &["--only-new"]] {
        let said = stderr(&stage.import(&grown, &[&["--set", "name=Other"], more].concat()).failure().code(2));
        assert!(said.contains("has sent an earlier version of") && said.contains("use the mapping of run 1"), "{said}");
    }
    stage.import(&grown, &["--only-new"]).success();
    stage.has_exactly(&numbered(3));
}

#[test]
fn a_key_is_sent_once() {
    let stage = Stage::new();
    stage.import(&write_keyed(&stage, &keyed_rows(3)), &NIGHTLY).success();
    let mut rows = keyed_rows(5);
    // A changed answer, a repeated row, and an answer that was changed within the file.
    rows[1].1[2] = "1".to_owned();
    rows.push(rows[3].clone());
    let mut changed = rows[4].clone();
    changed.1[2] = "2".to_owned();
    rows.push(changed);
    let assert = stage.import(&write_keyed(&stage, &rows), &NIGHTLY).success();
    let summary = json(&assert);
    let counts = ["saved", "skipped", "sent_before", "changed"].map(|key| summary[key].as_u64().unwrap());
    assert_eq!(counts, [2, 5, 2, 2]);
    let said = stderr(&assert);
    assert!(said.contains("2 records whose key was sent before, with other answers; not sent"), "{said}");
    assert!(said.contains("row 2: sent by run 1") && said.contains("row 7: key of row 5"), "{said}");
    stage.has_exactly(&numbered(5));
    let listed = stdout(&stage.run(&["runs", "show", "2", "--rows"]).success());
    assert!(listed.contains("2,skipped,,,changed since run 1 sent its key,"), "{listed}");
    assert!(listed.contains("6,skipped,,,duplicate of row 4,"), "{listed}");
}

#[test]
fn changed_answers_are_refused_without_only_new() {
    let stage = Stage::new();
    stage.import(&write_keyed(&stage, &keyed_rows(2)), &["--key", "responseid"]).success();
    let mut rows = keyed_rows(2);
    rows.iter_mut().for_each(|(_, record)| record[2] = "0".to_owned());
    let said = stderr(&stage.import(&write_keyed(&stage, &rows), &["--key", "ResponseId"]).failure().code(2));
    assert!(said.contains("2 of 2 records were sent before"), "{said}");
    stage.has_exactly(&numbered(2));
}

#[test]
fn keys_join_rows_sent_without_them() {
    let stage = Stage::new();
    let equal = |number: usize| (format!("R_{number}"), anonymous("9", ""));
    // Newest first.
    let rows: Vec<_> = (0..6).rev().map(equal).collect();
    stage.import(&write_keyed(&stage, &rows[4..]), &[]).success();
    let nightly = |from: usize| json(&stage.import(&write_keyed(&stage, &rows[from..]), &NIGHTLY).success());
    assert_eq!(nightly(3)["saved"], 1);
    assert_eq!(nightly(3)["saved"], 0);
    assert_eq!(nightly(1)["saved"], 2);
    assert_eq!(nightly(0)["saved"], 1);
    assert_eq!(stage.sent().len(), 6);
    // A row that was sent without a key is known by its key by now.
    let mut changed = rows.clone();
    changed.iter_mut().for_each(|(_, record)| record[2] = "1".to_owned());
    let summary = json(&stage.import(&write_keyed(&stage, &changed), &NIGHTLY).success());
    assert_eq!((&summary["saved"], &summary["changed"]), (&0.into(), &6.into()));
}

#[test]
fn rows_sent_with_keys_are_known_without_them() {
    let stage = Stage::new();
    stage.import(&write_keyed(&stage, &keyed_rows(3)), &NIGHTLY).success();
    stage.import(&write_keyed(&stage, &keyed_rows(4)), &["--only-new"]).success();
    stage.has_exactly(&numbered(4));
}

#[test]
fn rows_without_keys_are_compared_whole() {
    let stage = Stage::new();
    let mut rows = keyed_rows(4);
    rows.iter_mut().take(2).for_each(|(key, _)| *key = " ".to_owned());
    stage.import(&write_keyed(&stage, &rows[..3]), &NIGHTLY).success();
    stage.import(&write_keyed(&stage, &rows), &NIGHTLY).success();
    stage.has_exactly(&numbered(4));
}

#[test]
fn rejected_rows_are_sent_once_fixed() {
    let mut stage = Stage::faulty(&["400:at=2"]);
    let mut rows = keyed_rows(3);
    let nightly = [&NIGHTLY[..], &["--concurrency", "1"]].concat();
    stage.import(&write_keyed(&stage, &rows), &nightly).failure().code(1);
    stage.restart(&[]);
    rows[1].1[2] = "3".to_owned();
    stage.import(&write_keyed(&stage, &rows), &nightly).success();
    stage.has_exactly(&[rows[1].1.clone()]);
    // The run that it was rejected in does not send it any more.
    stage.run(&["runs", "resume", "1", "--rejected"]).failure();
    stage.has_exactly(&[rows[1].1.clone()]);
}

#[test]
fn a_resumed_run_skips_what_others_sent() {
    let mut stage = Stage::faulty(&["500:at=1", "401"]);
    let file = stage.write_records(&numbered(4));
    stage.import(&file, &["--concurrency", "1", IMPATIENT]).failure().code(3);
    stage.restart(&[]);
    let grown = stage.write("grown.csv", csv_of(&numbered(5)));
    let summary = json(&stage.import(&grown, &["--only-new", "-ojson"]).success());
    assert_eq!((&summary["saved"], &summary["sent_before"]), (&4.into(), &1.into()), "the first is in doubt");
    let resumed = json(&stage.run(&["runs", "resume", "1", "-ojson"]).failure().code(1));
    assert_eq!((&resumed["saved"], &resumed["skipped"], &resumed["in_doubt"]), (&0.into(), &3.into(), &1.into()));
    assert_eq!(resumed["unsent"], 0);
    stage.has_exactly(&numbered(5)[1..]);
    stage.run(&["runs", "resume", "1", "--resend-in-doubt"]).success();
    stage.has_exactly(&numbered(5));
}

#[test]
fn only_new_resumes_the_same_file() {
    let mut stage = Stage::faulty(&["500:at=1", "401"]);
    let file = stage.write_records(&numbered(4));
    stage.import(&file, &["--only-new", "--concurrency", "1", IMPATIENT]).failure().code(3);
    stage.restart(&[]);
    let summary = json(&stage.import(&file, &["--only-new", "-ojson"]).failure().code(1));
    assert_eq!((&summary["run"], &summary["saved"], &summary["in_doubt"]), (&1.into(), &3.into(), &1.into()));
    stage.has_exactly(&numbered(4)[1..]);
}

#[test]
fn a_run_of_again_resumes_as_such() {
    let mut stage = Stage::new();
    let file = stage.write_records(&numbered(3));
    stage.import(&file, &[]).success();
    stage.restart(&["401"]);
    stage.import(&file, &["--again", IMPATIENT]).failure().code(3);
    stage.restart(&[]);
    stage.run(&["runs", "resume", "2"]).success();
    stage.has_exactly(&numbered(3));
}

#[test]
fn overlapping_imports_send_each_record_once() {
    let stage = Stage::new();
    let files: Vec<_> = (0..6).map(|more| stage.write(&format!("{more}.csv"), csv_of(&numbered(40 + more)))).collect();
    for arguments in [&[][..], &["--only-new"]] {
        let started: Vec<_> = files.iter().map(|file| stage.start_import(file, arguments)).collect();
        for process in started {
            let ended = process.end();
            assert!(matches!(ended.code, Some(0 | 2)), "{}", ended.stderr);
        }
    }
    stage.has_exactly(&numbered(45));
}

#[test]
fn overlapping_imports_count_equal_records() {
    let stage = Stage::new();
    let rows = |count| (0..count).map(|number| anonymous(["8", "9"][number % 2], "")).collect::<Vec<_>>();
    let files: Vec<_> = (0..4).map(|more| stage.write(&format!("{more}.csv"), csv_of(&rows(20 + 2 * more)))).collect();
    let started: Vec<_> = files.iter().map(|file| stage.start_import(file, &["--only-new"])).collect();
    started.into_iter().for_each(|process| assert!(matches!(process.end().code, Some(0))));
    stage.has_exactly(&rows(26));
}

/// With keys, and with records that are equal but for them.
#[test]
fn overlapping_imports_send_each_key_once() {
    let stage = Stage::new();
    let rows =
        |count| (0..count).map(|number| (format!("R_{number}"), anonymous(["8", "9"][number % 2], ""))).collect();
    let write = |count: usize| {
        let rows: Vec<(String, Record)> = rows(count);
        let rows: Vec<_> = rows.iter().map(|(key, record)| (key.as_str(), record.clone())).collect();
        stage.write(&format!("{count}.csv"), keyed(&rows))
    };
    let files: Vec<_> = [30, 33, 36, 39].map(write).into();
    let started: Vec<_> = files.iter().map(|file| stage.start_import(file, &NIGHTLY)).collect();
    started.into_iter().for_each(|process| assert!(matches!(process.end().code, Some(0))));
    stage.has_exactly(&rows(39).into_iter().map(|(_, record): (_, Record)| record).collect::<Vec<_>>());
}

/// One import dies while another sends the same records; it is resumed while a third does.
#[test]
fn overlapping_imports_that_die_send_each_record_once() {
    let stage = Stage::faulty(&["hang:at=8"]);
    let rows = |count| (0..count).map(|number| anonymous(["7", "8", "9"][number % 3], "")).collect::<Vec<_>>();
    let write = |stage: &Stage, count: usize| stage.write(&format!("{count}.csv"), csv_of(&rows(count)));
    let dying = stage.start_import(&write(&stage, 30), &["--concurrency", "1"]);
    until(|| stage.sandbox.counts().faulted == 1);
    let second = stage.start_import(&write(&stage, 36), &["--only-new", "--concurrency", "1"]);
    dying.kill();
    let ended = second.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    // The row in flight was not sent, and is in doubt.
    let third = stage.start_import(&write(&stage, 42), &["--only-new", "--concurrency", "1"]);
    stage.run(&["runs", "resume", "1"]).failure().code(1);
    assert_eq!(third.end().code, Some(0));
    assert_eq!(stage.sent().len(), 41);
}

#[test]
fn a_claimed_record_is_not_new() {
    let mut stage = Stage::faulty(&["hang:at=2"]);
    let first = stage.start_import(&stage.write("one.csv", csv_of(&numbered(3))), &["--concurrency", "1"]);
    until(|| stage.sandbox.counts().faulted == 1);
    let summary = json(&stage.import(&stage.write_records(&numbered(5)), &["--only-new", "-ojson"]).success());
    assert_eq!((&summary["saved"], &summary["sent_before"]), (&3.into(), &2.into()));
    first.kill();
    stage.restart(&[]);
    let resumed = json(&stage.run(&["runs", "resume", "1", "-ojson"]).failure().code(1));
    assert_eq!((&resumed["saved"], &resumed["skipped"], &resumed["in_doubt"]), (&1.into(), &1.into(), &1.into()));
    stage.was_never_called();
}

#[test]
fn selections_overlap_by_record() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(20));
    stage.import(&file, &["--rows", "1-5"]).success();
    stage.import(&file, &["--rows", "6-8"]).success();
    let said = stderr(&stage.import(&file, &["--rows", "8-10"]).failure().code(2));
    assert!(said.contains("1 of 3 records were sent before to this bot: 1 by run 2"), "{said}");
    stage.import(&file, &["--rows", "8-10", "--only-new"]).success();
    stage.import(&file, &["--filter", "score=0", "--only-new"]).success();
    stage.import(&file, &["--sample", "3", "--only-new"]).success();
    stage.import(&file, &["--only-new"]).success();
    stage.has_exactly(&numbered(20));
}

#[test]
fn dedupe_and_only_new_combine() {
    let stage = Stage::new();
    let twice = |count| numbered(count).into_iter().chain(numbered(count)).collect::<Vec<_>>();
    stage.import(&stage.write_records(&twice(2)), &["--dedupe"]).success();
    let summary = json(&stage.import(&stage.write_records(&twice(3)), &["--dedupe", "--only-new", "-ojson"]).success());
    assert_eq!((&summary["saved"], &summary["skipped"]), (&1.into(), &5.into()));
    stage.has_exactly(&numbered(3));
}

#[test]
fn excluded_rows_and_only_new_combine() {
    let stage = Stage::new();
    let rows = [anonymous("9", ""), anonymous("8", ""), anonymous("9", "")];
    let file = stage.write_records(&rows);
    stage.import(&file, &["--rows", "1-2"]).success();
    stage.import(&file, &["--exclude-run", "1"]).success();
    stage.has_exactly(&rows);
}

#[test]
fn each_record_of_a_row_is_its_own() {
    let stage = Stage::new();
    let rows = |count: usize, care: usize| {
        let row =
            |number: usize| format!("R_{number},u{number},{},{}\n", number % 11, if number <= care { "5" } else { "" });
        format!("ResponseId,who,nps,care\n{}", (1..=count).map(row).collect::<String>())
    };
    let records = ["--record=type=NPS,name=Relationship,score=nps", "--record=type=CSAT,name=Care,score=care"];
    let fields = ["--map=channel_uid=who", "--set=channel=rtm", "--set=language=en", "--set=message="];
    let options = [&records[..], &fields, &NIGHTLY].concat();
    let night = |count, care| json(&stage.import(&stage.write("in.csv", rows(count, care)), &options).success());
    assert_eq!(night(3, 2)["saved"], 5);
    // A row is added, and a second answer to an earlier row.
    let second = night(4, 3);
    assert_eq!((&second["saved"], &second["sent_before"], &second["changed"]), (&2.into(), &5.into(), &0.into()));
    assert_eq!(stage.sent().len(), 7);
}

#[test]
fn max_invalid_limits_what_is_skipped() {
    let stage = Stage::new();
    let mut rows = numbered(10);
    rows[3][2] = "eleven".to_owned();
    rows[6][2] = "twelve".to_owned();
    let file = stage.write_records(&rows);
    for most in ["1", "19.9%", "0%"] {
        let said = stderr(&stage.import(&file, &["--skip-invalid", "--max-invalid", most]).failure().code(2));
        assert!(said.contains("2 of 10 rows cannot be sent") && said.contains("with --max-invalid"), "{most}: {said}");
    }
    stage.was_never_called();
    stage.import(&file, &["--max-invalid", "2"]).failure().code(2);
    stage.import(&file, &["--skip-invalid", "--max-invalid", "20%"]).failure().code(1);
    assert_eq!(stage.sent().len(), 8);
}
