//! The failure report: the rows that were not saved, ready to be fixed and imported.

use std::path::Path;

use crate::support::{IMPATIENT, Record, Stage, csv_of, json, numbered, record, stderr, stdout, until};

const HEADER: &str = "channelUId,name,score,channel,type,language,message";

fn read(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_report_adds_four_columns_to_the_inputs() {
    let stage = Stage::faulty(&["400:at=2"]);
    let rows = "Note,channelUId,name,score,channel,type,language,message,Note\n\
                n1,a,x,5,rtm,CSAT,en,,\n\
                \" n\"\"2 \",007,Größe,4.0,rtm,csat,de,\"two\r\nlines, and \"\"more\"\"\",=1+1\n\
                n3,c,x,6,rtm,CSAT,en,,\n";
    stage.import(&stage.write("in.csv", rows), &["--skip-invalid", "--concurrency", "1"]).failure().code(1);
    let report = read(&stage.path("in.failures.csv"));
    let header = "Note,channelUId,name,score,channel,type,language,message,Note,_row,_outcome,_status,_error";
    assert_eq!(report[0].join(","), header);
    assert_eq!(
        report[1],
        [
            " n\"2 ",
            "007",
            "Größe",
            "4.0",
            "rtm",
            "csat",
            "de",
            "two\r\nlines, and \"more\"",
            "=1+1",
            "2",
            "rejected",
            "400",
            "Bad Request (code 400)"
        ]
    );
    let (row, added) = report[2].split_at(9);
    assert_eq!(row, ["n3", "c", "x", "6", "rtm", "CSAT", "en", "", ""]);
    assert_eq!(added, ["3", "invalid", "", "score: a CSAT score is a whole number from 1 to 5"]);
    assert_eq!(report.len(), 3);
}

#[cfg(unix)]
#[test]
fn the_report_is_readable_only_by_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::faulty(&["400"]);
    stage.import(&stage.write_records(&numbered(1)), &[]).failure().code(1);
    assert_eq!(std::fs::metadata(stage.path("in.failures.csv")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn without_failures_there_is_no_report() {
    let stage = Stage::new();
    let file = stage.write("in.csv", csv_of(&numbered(2)) + ",,,,,,\n");
    let summary = json(&stage.import(&file, &["-o", "json"]).success());
    assert_eq!((&summary["skipped"], &summary["failures_file"]), (&1.into(), &serde_json::Value::Null));
    assert!(!stage.path("in.failures.csv").exists());
}

#[test]
fn a_fixed_report_sends_exactly_its_rows() {
    let mut stage = Stage::faulty(&["400:at=2"]);
    let mut rows = numbered(5);
    rows[3][2] = "eleven".to_owned();
    stage.import(&stage.write_records(&rows), &["--skip-invalid", "--concurrency", "1"]).failure().code(1);
    let before = stage.restart(&[]);
    assert_eq!(before.len(), 3);
    let report = stage.path("in.failures.csv");
    stage.import(&report, &[]).failure().code(2);
    stage.was_never_called();
    let mended = std::fs::read_to_string(&report).unwrap().replace("eleven", "10");
    std::fs::write(&report, mended).unwrap();
    stage.import(&report, &[]).success();
    rows[3][2] = "10".to_owned();
    stage.has_exactly(&[rows[1].clone(), rows[3].clone()]);
    assert!(!stage.path("in.failures.failures.csv").exists());
}

/// Runs the printed command that imports the failure report, in a shell, as if pasted.
fn paste(stage: &Stage, said: &str) -> std::process::Output {
    let (_, command) = said.split_once("import it with `").unwrap_or_else(|| panic!("{said}"));
    let command = command.split('`').next().unwrap();
    let mut shell = stage.program("sh");
    let directory = Path::new(env!("CARGO_BIN_EXE_kore-feedback")).parent().unwrap();
    shell.args(["-c", &format!("PATH=\"$WHERE:$PATH\"; {command}")]);
    shell.env("WHERE", directory).envs(stage.variables()).output().unwrap()
}

#[cfg(unix)]
#[test]
fn the_printed_command_imports_the_report() {
    let mut stage = Stage::faulty(&["400:at=2"]);
    stage.write_config("[profiles.p.columns]\nlanguage = \"lang\"\n[profiles.q]\n");
    let file = stage.write("one two.csv", "Who;Note;lang\na;1;en\nb;2;en\nc;3;de\nd;4;de\n");
    let columns = ["--map", "channel_uid=Who", "--map=score=Note", "--set", "type=CSAT", "--set=name=Jo's survey"];
    let others =
        ["--set=channel=rtm", "--set=message=", "-pp", "--concurrency=1", "--rows=1-3", "--failures", "bad.csv"];
    let arguments = [&columns[..], &others].concat();
    let ended = stage.import(&file, &arguments).failure().code(1);
    stage.restart(&[]);
    let pasted = paste(&stage, &stdout(&ended));
    assert!(pasted.status.success(), "{pasted:?}");
    let row = |uid, score, language| record([uid, "Jo's survey", score, "rtm", "CSAT", language, ""]);
    stage.has_exactly(&[row("b", "2", "en")]);

    // A run resumed by its number, from another directory.
    stage.restart(&["400:at=1", "401"]);
    let said = stage.import(&file, &[&arguments[..], &["--again", IMPATIENT]].concat()).failure().code(3);
    assert!(stdout(&said).contains("Next"));
    stage.restart(&[]);
    std::fs::create_dir(stage.path("elsewhere")).unwrap();
    let mut command = stage.command(&["runs", "resume", "3"]);
    let resumed = command.current_dir(stage.path("elsewhere")).assert().failure().code(1);
    stage.restart(&[]);
    let pasted = paste(&stage, &stdout(&resumed));
    assert!(pasted.status.success(), "{pasted:?}");
    stage.has_exactly(&[row("a", "1", "en")]);
}

#[test]
fn reported_rows_in_doubt_are_sent_on_request() {
    let mut stage = Stage::faulty(&["500:at=1", "400:at=2"]);
    let rows = numbered(3);
    stage.import(&stage.write_records(&rows), &["--concurrency", "1"]).failure().code(1);
    let file = stage.path("in.failures.csv");
    let outcomes: Vec<_> = read(&file).into_iter().skip(1).map(|row| row[8..10].join(" ")).collect();
    assert_eq!(outcomes, ["in doubt 500", "rejected 400"]);
    stage.restart(&[]);
    let assert = stage.import(&file, &["-o", "json"]).success();
    assert_eq!(json(&assert)["skipped"], 1);
    assert!(stderr(&assert).contains("skipped: 1 row (in doubt in an earlier run)"), "{}", stderr(&assert));
    stage.has_exactly(&rows[1..2]);
    stage.restart(&[]);
    stage.import(&file, &["--include-in-doubt", "--again"]).success();
    stage.has_exactly(&rows[..2]);
}

/// The report is older than what the ledger has learned since.
#[test]
fn verified_rows_of_a_report_are_not_resent() {
    let stage = Stage::faulty(&["reset-after-save:at=1", "500:at=3"]);
    let rows = numbered(3);
    stage.import(&stage.write_records(&rows), &["--concurrency", "1"]).failure().code(1);
    let file = stage.path("in.failures.csv");
    stage.run(&["runs", "verify", "1", "--settle", "0s"]).success();
    let said = stderr(&stage.import(&file, &["--include-in-doubt"]).code(2));
    assert!(said.contains("1 of 2 records were sent before"), "{said}");
    let assert = stage.import(&file, &["--include-in-doubt", "--only-new", "-o", "json"]).success();
    let counts = json(&assert);
    assert_eq!((&counts["saved"], &counts["sent_before"]), (&1.into(), &1.into()), "{counts}");
    stage.has_exactly(&rows);
}

#[test]
fn a_report_of_a_report_adds_no_columns() {
    let mut stage = Stage::faulty(&["400"]);
    let rows = numbered(2);
    stage.import(&stage.write_records(&rows), &[]).failure().code(1);
    let first = stage.path("in.failures.csv");
    stage.import(&first, &[]).failure().code(1);
    let second = stage.path("in.failures.failures.csv");
    assert_eq!(read(&second)[0].join(","), format!("{HEADER},_row,_outcome,_status,_error"));
    let row: Record = std::array::from_fn(|column| read(&second)[1][column].clone());
    assert_eq!(row, rows[0]);
    stage.restart(&[]);
    // It has the same content as the report it reports on.
    assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap());
    let said = stderr(&stage.import(&second, &[]).failure().code(2));
    assert!(said.contains("none of its rows were saved: import it with --again"), "{said}");
    stage.import(&second, &["--again"]).success();
    stage.has_exactly(&rows);
}

/// A resumed run sends them: with the report, they would be sent twice.
#[test]
fn unsent_rows_are_not_in_it() {
    let mut stage = Stage::faulty(&["400:at=1", "401"]);
    let rows = numbered(4);
    let file = stage.write_records(&rows);
    stage.import(&file, &["--concurrency", "1", IMPATIENT]).failure().code(3);
    let report = stage.path("in.failures.csv");
    assert_eq!(read(&report).len(), 2, "the header and the row that was rejected");
    stage.restart(&[]);
    stage.import(&report, &[]).success();
    stage.import(&file, &["--resume"]).failure().code(1);
    stage.has_exactly(&rows);
}

/// Nine columns: without its last four cells, a row is as wide as one with the four columns of a report.
#[test]
fn ragged_rows_stay_ragged_in_reports() {
    let stage = Stage::new();
    let header = "channelUId,name,score,channel,type,language,message,a,b";
    let mut file =
        stage.write("in.csv", format!("{header}\nu,x,5,rtm,CSAT\nv,x,5,rtm,CSAT,en,,,\nw,x,9,rtm,CSAT,en,,,,\n"));
    for round in 0..3 {
        let summary = json(&stage.import(&file, &["--skip-invalid", "-o", "json"]).failure().code(1));
        assert_eq!((&summary["saved"], &summary["invalid"]), (&u64::from(round == 0).into(), &2.into()), "{round}");
        file = summary["failures_file"].as_str().unwrap().into();
        let rows = read(&file);
        assert_eq!(rows[1][..5], ["u", "x", "5", "rtm", "CSAT"]);
        let last: Vec<_> = rows.iter().skip(1).map(|row| row[row.len() - 4..].join(";")).collect();
        let number = |row: u32| if round == 0 { row } else { 1 + row / 3 };
        assert_eq!(
            last,
            [
                format!("{};invalid;;fewer cells than the header", number(1)),
                format!("{};invalid;;more cells than the header; quote texts with the delimiter", number(3))
            ]
        );
    }
    stage.has_exactly(&[record(["v", "x", "5", "rtm", "CSAT", "en", ""])]);
}

#[test]
fn encoding_options_also_fit_the_report() {
    let mut stage = Stage::faulty(&["400"]);
    let rows = [record(["müller", "Größe", "5", "rtm", "CSAT", "de", "Straße €"])];
    let file = stage.write("in.csv", encoding_rs::WINDOWS_1252.encode(&csv_of(&rows)).0);
    stage.import(&file, &["--encoding", "windows-1252"]).failure().code(1);
    for arguments in [&["--encoding", "windows-1252"][..], &[]] {
        stage.restart(&[]);
        stage.import(&stage.path("in.failures.csv"), &[arguments, &["--again"]].concat()).success();
        stage.has_exactly(&rows);
    }
}

#[test]
fn delimiter_options_also_fit_the_report() {
    let mut stage = Stage::faulty(&["400"]);
    let rows = [record(["a;b", "x", "5", "rtm", "CSAT", "de", "one\ttwo"])];
    for (delimiter, name) in [(b';', ";"), (b'\t', "tab"), (b'^', "^")] {
        let mut out = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        out.write_record(HEADER.split(',')).unwrap();
        out.write_record(&rows[0]).unwrap();
        let file = stage.write("in.csv", out.into_inner().unwrap());
        stage.restart(&["400"]);
        // With another delimiter, the rows are the same.
        stage.import(&file, &["--again", "--delimiter", name]).failure().code(1);
        stage.restart(&[]);
        stage.import(&stage.path("in.failures.csv"), &["--again", "--delimiter", name]).success();
        stage.has_exactly(&rows);
    }
}

#[test]
fn failures_never_overwrites_the_input() {
    let stage = Stage::faulty(&["400"]);
    let file = stage.write_records(&numbered(1));
    let said = stderr(&stage.import(&file, &["--failures", "in.csv"]).failure().code(2));
    assert!(said.contains("would overwrite the input"), "{said}");
    stage.was_never_called();
    let summary = json(&stage.import(&file, &["--failures", "elsewhere.csv", "-o", "json"]).failure().code(1));
    assert_eq!(summary["failures_file"], stage.path("elsewhere.csv").display().to_string());
    assert_eq!(read(&stage.path("elsewhere.csv")).len(), 2);
    assert!(!stage.path("in.failures.csv").exists());
}

#[test]
fn an_impossible_report_path_is_refused_before_sending() {
    let stage = Stage::faulty(&["400"]);
    let file = stage.write_records(&numbered(1));
    std::fs::create_dir(stage.path("directory")).unwrap();
    for (place, told) in [("no/such/place.csv", "no directory"), ("directory", "is a directory")] {
        let said = stderr(&stage.import(&file, &["--failures", place, "-q"]).failure().code(2));
        assert!(said.contains(told) && said.contains(place) && said.contains("--failures"), "{said}");
    }
    stage.was_never_called();
    assert!(!stage.state().join("ledger.db").exists());
}

#[cfg(unix)]
#[test]
fn a_run_counts_even_without_its_report() {
    let stage = Stage::faulty(&["400:at=1", "hang:at=3"]);
    let file = stage.write_records(&numbered(3));
    std::fs::create_dir(stage.path("reports")).unwrap();
    let failures = ["--failures", "reports/failures.csv", "-o", "json", "--concurrency", "1", "--timeout", "1s"];
    let running = stage.start_import(&file, &failures);
    until(|| stage.sandbox.counts().faulted == 2);
    std::fs::remove_dir(stage.path("reports")).unwrap();
    let ended = running.end();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let summary: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&summary["saved"], &summary["failures_file"]), (&1.into(), &serde_json::Value::Null));
    assert!(ended.stderr.contains("cannot write the failure report"), "{}", ended.stderr);
    assert!(ended.stderr.contains("`kore-feedback runs failures 1`"), "{}", ended.stderr);
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.contains("already imported by run 1"), "{said}");
    assert_eq!(stdout(&stage.run(&["runs", "failures", "1"]).success()).lines().count(), 3);
}

#[cfg(unix)]
#[test]
fn a_non_unicode_name_gets_its_report() {
    use std::os::unix::ffi::OsStrExt;
    let stage = Stage::faulty(&["400"]);
    let file = stage.path("").join(std::ffi::OsStr::from_bytes(b"in\xff.csv"));
    std::fs::write(&file, csv_of(&numbered(1))).unwrap();
    let summary = json(&stage.import(&file, &["-o", "json"]).failure().code(1));
    assert!(summary["failures_file"].as_str().unwrap().ends_with("in\u{fffd}.failures.csv"), "{summary}");
    let report = stage.path("").join(std::ffi::OsStr::from_bytes(b"in\xff.failures.csv"));
    assert_eq!(read(&report).len(), 2);
}

#[test]
fn standard_inputs_report_is_in_the_working_directory() {
    let stage = Stage::faulty(&["400"]);
    stage.command(&["import", "-"]).write_stdin(csv_of(&numbered(2))).assert().failure().code(1);
    assert_eq!(read(&stage.path("stdin.failures.csv")).len(), 3);
}

#[test]
fn another_runs_report_is_kept() {
    let stage = Stage::faulty(&["400"]);
    stage.import(&stage.write_records(&numbered(1)), &[]).failure().code(1);
    let first = std::fs::read(stage.path("in.failures.csv")).unwrap();
    let assert = stage.import(&stage.write_records(&numbered(2)), &[]).failure().code(1);
    assert!(stderr(&assert).contains("in.failures.kept-1.csv"), "{}", stderr(&assert));
    assert_eq!(std::fs::read(stage.path("in.failures.kept-1.csv")).unwrap(), first);
    assert_eq!(read(&stage.path("in.failures.csv")).len(), 3);
}

/// Importing a report whose rows have been sent since would send them twice.
#[test]
fn a_resumed_run_removes_its_earlier_report() {
    for place in [None, Some("elsewhere.csv")] {
        let mut stage = Stage::faulty(&["503:at=1", "401"]);
        let file = stage.write_records(&numbered(3));
        stage.import(&file, &["--concurrency", "1", IMPATIENT]).failure().code(3);
        assert_eq!(read(&stage.path("in.failures.csv")).len(), 2, "one row is in doubt");
        stage.restart(&[]);
        let more = place.map_or_else(Vec::new, |place| vec!["--failures", place]);
        stage.import(&file, &[&["--resume", "--resend-in-doubt"], &more[..]].concat()).success();
        assert!(!stage.path("in.failures.csv").exists(), "{place:?}");
        stage.has_exactly(&numbered(3));
    }
}

#[test]
fn an_edited_report_is_kept_with_a_warning() {
    let mut stage = Stage::faulty(&["503:at=1", "401"]);
    let file = stage.write_records(&numbered(3));
    stage.import(&file, &["--concurrency", "1", IMPATIENT]).failure().code(3);
    let report = stage.path("in.failures.csv");
    let mended = std::fs::read_to_string(&report).unwrap() + "\n";
    std::fs::write(&report, &mended).unwrap();
    stage.restart(&[]);
    let said = stderr(&stage.import(&file, &["--resume", "--resend-in-doubt"]).success());
    assert!(said.contains("do not import them again"), "{said}");
    assert_eq!(std::fs::read_to_string(&report).unwrap(), mended);
}
