//! `runs` through the real binary.

use insta::assert_snapshot;
use serde_json::{Value, json as value};

use crate::support::{IMPATIENT, Running, Stage, Surroundings, csv_of, json, numbered, stderr, stdout};

/// Five runs: all saved, partly rejected and in doubt, unfinished, in a sandbox, and a submit.
fn five_runs() -> Stage {
    let mut stage = Stage::new();
    stage.import(&stage.write("whole.csv", csv_of(&numbered(3))), &[]).success();
    stage.restart(&["400:at=2", "500:at=4"]);
    stage
        .import(&stage.write("partly.csv", csv_of(&numbered(5))), &["--again", "--concurrency", "1"])
        .failure()
        .code(1);
    stage.restart(&["401"]);
    stage.import(&stage.write("unfinished.csv", csv_of(&numbered(2))), &["--again", IMPATIENT]).failure().code(3);
    stage.import(&stage.write("tried.csv", csv_of(&numbered(1))), &["--sandbox"]).success();
    stage.restart(&[]);
    let submit = ["submit", "--type", "NPS", "--score", "9", "--channel-uid", "u", "--name", "n"];
    let more = ["--channel", "rtm", "--language", "en", "--message", ""];
    stage.run(&[&submit[..], &more].concat()).success();
    stage
}

#[test]
fn list_has_a_line_per_run() {
    let stage = five_runs();
    let listed = stdout(&stage.run(&["runs", "list"]).success());
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let told: Vec<_> =
        listed.lines().skip(1).map(words).map(|words| [&words[..1], &words[3..4], &words[6..]].concat()).collect();
    assert_eq!(
        told,
        [
            ["5", "finished", "1", "1", "0", "0", "0"],
            ["4", "finished", "1", "1", "0", "0", "0"],
            ["3", "unfinished", "2", "0", "0", "2", "0"],
            ["2", "finished", "5", "3", "1", "0", "1"],
            ["1", "finished", "3", "3", "0", "0", "0"],
        ]
    );
    for (line, says) in listed.lines().zip(["bot", "(submit)", "sandbox", "unfinished.csv", "partly.csv", "whole.csv"])
    {
        assert!(line.contains(says), "{listed}");
    }
}

#[test]
fn list_can_be_limited_to_the_newest() {
    let stage = five_runs();
    let listed = stdout(&stage.run(&["runs", "list", "--limit", "2"]).success());
    let runs: Vec<_> = listed.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(runs, ["5", "4"]);
    let listed = json(&stage.run(&["runs", "list", "--limit", "2", "-ojson"]).success());
    assert_eq!((&listed["runs"][0]["run"], &listed["runs"][1]["run"]), (&value!(4), &value!(5)));
}

#[test]
fn the_latest_run_needs_no_number() {
    let stage = five_runs();
    let shown = stdout(&stage.run(&["runs", "show", "latest"]).success());
    assert!(shown.starts_with("Run 5: submit, finished\n"), "{shown}");
    stage.run(&["runs", "verify", "latest"]).success();
    for command in ["show", "resume", "failures", "verify"] {
        let said = stderr(&stage.run(&["runs", command, "last"]).failure().code(2));
        assert!(said.contains("write the number of a run, or latest"), "{said}");
    }
    let home = Surroundings::new();
    assert!(stderr(&home.run(&["runs", "show", "latest"]).failure().code(2)).contains("no runs yet"));
}

#[test]
fn a_submit_that_never_went_out_is_unsent() {
    let mut stage = Stage::new();
    stage.restart(&["hang"]);
    let submit = ["submit", "--type", "NPS", "--score", "9", "--channel-uid", "u", "--name", "n", "--channel", "rtm"];
    let unreachable = ["--language", "en", "--message", "", IMPATIENT];
    let mut command = stage.command(&[&submit[..], &unreachable].concat());
    command.env("KORE_FEEDBACK_HOST", "http://127.0.0.1:9").assert().failure().code(4);
    let listed = stdout(&stage.run(&["runs", "list"]).success());
    assert!(listed.contains("unsent  ") && !listed.contains("finished"), "{listed}");
}

#[cfg(unix)]
#[test]
fn a_narrow_list_has_the_name_of_the_file() {
    let stage = five_runs();
    let mut command = stage.process(&["runs", "list"]);
    let (_, seen) = crate::support::Terminal::start_wide(command.envs(stage.variables()), 80).end();
    assert!(seen.lines().all(|line| line.trim_end().chars().count() <= 80), "{seen}");
    let tail = &stage.sandbox.bot_id()[stage.sandbox.bot_id().len() - 4..];
    assert!(seen.contains("partly.csv") && seen.contains(&format!("st-…{tail}")), "{seen}");
    assert!(!seen.contains('/'), "{seen}");
}

#[test]
fn show_prints_all_counts() {
    let stage = five_runs();
    let shown = stdout(&stage.run(&["runs", "show", "2"]).success());
    stage.filtered(|| {
        assert_snapshot!(shown, @r#"
    Run 2: import, finished
      input     ~/partly.csv
      target    http://sandbox, bot st-bot
      started   [date]
      finished  [date]
      rows              5
      saved             3
      rejected          1
      invalid           0
      skipped           0
      unsent            0
      in doubt          1
      failures  ~/partly.failures.csv
    "#)
    });
}

#[test]
fn json_has_the_same_facts() {
    let stage = five_runs();
    let listed = json(&stage.run(&["runs", "list", "-o", "json"]).success());
    let shown = json(&stage.run(&["runs", "show", "2", "-o", "json"]).success());
    let of_list: Vec<_> = listed["runs"][1].as_object().unwrap().iter().collect();
    assert_eq!(of_list, shown.as_object().unwrap().iter().filter(|(key, _)| *key != "warnings").collect::<Vec<_>>());
    let keys: Vec<_> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "run",
            "kind",
            "state",
            "sandbox",
            "profile",
            "host",
            "bot_id",
            "bots",
            "input",
            "started_at",
            "finished_at",
            "clock_offset_ms",
            "rows",
            "records",
            "saved",
            "rejected",
            "invalid",
            "skipped",
            "unsent",
            "in_doubt",
            "failures_file",
            "warnings"
        ]
    );
    let told = |key: &str| listed["runs"].as_array().unwrap().iter().map(|run| run[key].clone()).collect::<Vec<_>>();
    assert_eq!(told("kind"), ["import", "import", "import", "import", "submit"]);
    assert_eq!(told("state"), ["finished", "finished", "unfinished", "finished", "finished"]);
    assert_eq!(value!(told("sandbox")), value!([false, false, false, true, false]));
    assert_eq!(value!(told("saved")), value!([3, 3, 0, 1, 1]));
    assert_eq!(shown["failures_file"], stage.path("partly.failures.csv").display().to_string());
    for moment in ["started_at", "finished_at"] {
        shown[moment].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    }
    assert_eq!(listed[2]["finished_at"], Value::Null);
}

#[test]
fn rows_are_csv_with_server_ids() {
    let stage = five_runs();
    let listed = stdout(&stage.run(&["runs", "show", "2", "--rows"]).success());
    let mut reader = csv::Reader::from_reader(listed.as_bytes());
    let columns = ["row", "outcome", "status", "server_id", "error", "server_time", "record"];
    assert_eq!(reader.headers().unwrap(), columns.to_vec());
    let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let told: Vec<_> = rows.iter().map(|row| (&*row[0], &*row[1], &*row[2], &*row[4])).collect();
    assert_eq!(
        told,
        [
            ("1", "saved", "200", ""),
            ("2", "rejected", "400", "Bad Request (code 400)"),
            ("3", "saved", "200", ""),
            ("4", "in doubt", "500", "Internal Server Error (code 500)"),
            ("5", "saved", "200", ""),
        ]
    );
    assert!(rows.iter().all(|row| (row[3].len() == 24) == (row[1] == "saved")), "{rows:?}");
}

#[test]
fn json_rows_are_one_object() {
    let stage = five_runs();
    let rows = json(&stage.run(&["runs", "show", "2", "--rows", "-o", "json"]).success());
    let told: Vec<_> =
        rows["rows"].as_array().unwrap().iter().map(|row| [&row["row"], &row["outcome"], &row["error"]]).collect();
    assert_eq!(
        value!(told),
        value!([
            [1, "saved", null],
            [2, "rejected", "Bad Request (code 400)"],
            [3, "saved", null],
            [4, "in doubt", "Internal Server Error (code 500)"],
            [5, "saved", null],
        ])
    );
    let rows = &rows["rows"];
    let keys: Vec<_> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["row", "outcome", "status", "server_id", "error", "server_time", "record"]);
    assert_eq!((&rows[1]["status"], &rows[1]["server_id"]), (&400.into(), &Value::Null));
    assert_eq!(rows[0]["server_id"].as_str().unwrap().len(), 24);
}

#[test]
fn server_ids_match_the_records() {
    let stage = Stage::new();
    let rows = numbered(20);
    stage.import(&stage.write_records(&rows), &[]).success();
    let listed = stdout(&stage.run(&["runs", "show", "1", "--rows"]).success());
    let mut reader = csv::Reader::from_reader(listed.as_bytes());
    for entry in reader.records().map(Result::unwrap) {
        let records = stage.sandbox.records();
        let record = records.iter().find(|record| record.id.to_string() == entry[3]).unwrap();
        let row = &rows[entry[0].parse::<usize>().unwrap() - 1];
        assert_eq!(*record.channel_uid, *row[0]);
    }
}

#[test]
fn without_a_ledger_there_are_no_runs() {
    let home = Surroundings::new();
    let assert = home.run(&["runs", "list"]).success();
    assert_eq!((stdout(&assert), stderr(&assert)), (String::new(), "no runs yet\n".to_owned()));
    assert_eq!(json(&home.run(&["runs", "list", "-o", "json"]).success()), value!({"runs": [], "warnings": []}));
    for arguments in [["runs", "show", "1"], ["runs", "resume", "1"], ["runs", "failures", "1"]] {
        let said = stderr(&home.run(&arguments).failure().code(2));
        assert!(said.contains("no run 1 in the ledger") && said.contains("runs list"), "{said}");
    }
    assert!(!home.state().exists());
}

#[test]
fn an_unknown_run_is_a_usage_error() {
    let stage = Stage::new();
    stage.import(&stage.write_records(&numbered(1)), &[]).success();
    for number in ["2", "0", "-1", "99999999999"] {
        let said = stderr(&stage.run(&["runs", "show", number]).failure().code(2));
        assert!(said.contains("error: "), "{number}: {said}");
    }
}

#[test]
fn printed_commands_name_the_state_dir() {
    let mut stage = Stage::faulty(&["401"]);
    let other = ["--state-dir", "other ledger"];
    let mut command = stage.command(&["import", "-", IMPATIENT]);
    let first = command.args(other).write_stdin(csv_of(&numbered(2))).assert().failure().code(3);
    assert_eq!(json(&stage.run(&["runs", "list", "-o", "json"]).success()), value!({"runs": [], "warnings": []}));
    stage.restart(&[]);
    let said = stdout(&first);
    let (_, printed) = said.split_once("resume with `").unwrap_or_else(|| panic!("{said}"));
    let printed = shell_words::split(printed.split('`').next().unwrap()).unwrap();
    stage.run(&printed[1..].iter().map(String::as_str).collect::<Vec<_>>()).success();
    stage.has_exactly(&numbered(2));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let stage = Stage::faulty(&["400"]);
    stage
        .import(&stage.write_records(&numbered(2000)), &["--concurrency", "64", "-q", "--max-rejected=100%"])
        .failure()
        .code(1);
    let list = &["runs", "list"][..];
    for arguments in [list, &["runs", "show", "1", "--rows"], &["runs", "show", "1"], &["runs", "failures", "1", "-q"]]
    {
        // The reading end is closed before anything is written.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = stage.process(arguments);
        let ended = Running::writing(command.envs(stage.variables()), writer).end();
        assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn failures_prints_the_report_again() {
    let stage = five_runs();
    let printed = stdout(&stage.run(&["runs", "failures", "2"]).success());
    assert_eq!(printed, std::fs::read_to_string(stage.path("partly.failures.csv")).unwrap());
}

/// Nothing is sent, so no target is needed.
#[test]
fn failures_needs_no_target_or_credentials() {
    let stage = Stage::faulty(&["400:at=2"]);
    stage.write_config("[profiles.p.columns]\nname = \"survey\"\n[profiles.q]\n");
    let rows = csv_of(&numbered(3)).replacen("name", "survey", 1);
    stage.import(&stage.write("in.csv", rows), &["--profile", "p", "--concurrency", "1"]).failure().code(1);
    std::fs::remove_file(stage.config_path()).unwrap();
    let printed = stdout(&Surroundings::run(&stage, &["runs", "failures", "1"]).success());
    assert_eq!(printed, std::fs::read_to_string(stage.path("in.failures.csv")).unwrap());
    std::fs::write(stage.path("in.csv"), csv_of(&numbered(2))).unwrap();
    let said = stderr(&Surroundings::run(&stage, &["runs", "failures", "1"]).failure().code(2));
    assert!(said.contains("has changed since run 1"), "{said}");
}

#[test]
fn resume_works_from_any_directory() {
    let stage = five_runs();
    std::fs::create_dir(stage.path("elsewhere")).unwrap();
    let mut command = stage.command(&["runs", "resume", "3"]);
    command.current_dir(stage.path("elsewhere")).assert().success();
    let shown = json(&stage.run(&["runs", "show", "3", "-o", "json"]).success());
    assert_eq!((&shown["state"], &shown["saved"]), (&"finished".into(), &2.into()));
    // One record of the submit and two of the resumed run.
    assert_eq!(stage.sent().len(), 3);
    let said = stderr(&stage.run(&["runs", "resume", "5"]).failure().code(2));
    assert!(said.contains("run 5 is not an import"), "{said}");
}

/// Before schema 3 the ledger had no options.
#[test]
fn runs_of_older_versions_resume_from_their_file() {
    let mut stage = Stage::faulty(&["401"]);
    let file = stage.write_records(&numbered(2));
    stage.import(&file, &[IMPATIENT]).failure().code(3);
    let ledger = rusqlite::Connection::open(stage.state().join("ledger.db")).unwrap();
    for options in ["NULL", "'{\"version\":2,\"files\":[]}'"] {
        ledger.execute_batch(&format!("UPDATE runs SET options = {options}")).unwrap();
        let said = stderr(&stage.run(&["runs", "resume", "1"]).failure().code(2));
        assert!(said.contains("the options of run 1 are not stored, or were stored by another version"), "{said}");
        assert!(said.contains("`kore-feedback import FILE --resume`"), "{said}");
    }
    stage.restart(&[]);
    stage.import(&file, &["--resume"]).success();
    stage.has_exactly(&numbered(2));
}
