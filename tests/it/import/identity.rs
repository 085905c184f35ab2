//! An input is imported once: a repeated import is refused, an unfinished one resumed, and nothing is sent twice.

use std::io::Write;

use crate::support::{IMPATIENT, Stage, csv_of, json, numbered, stderr, stdout, until};

/// The arguments of the command printed after these words.
#[track_caller]
fn command_after(text: &str, words: &str) -> Vec<String> {
    let (_, behind) = text.split_once(words).unwrap_or_else(|| panic!("no {words:?} in {text}"));
    let command = behind.lines().next().unwrap().split('`').next().unwrap();
    let mut arguments = shell_words::split(command).unwrap();
    assert_eq!(arguments.remove(0), "kore-feedback");
    arguments
}

fn run_printed(stage: &Stage, arguments: &[String]) -> assert_cmd::assert::Assert {
    stage.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn an_imported_file_is_refused_without_again() {
    let stage = Stage::new();
    let (rows, file) = (numbered(3), stage.write_records(&numbered(3)));
    stage.import(&file, &[]).success();
    let said = stderr(&stage.import(&file, &["-q"]).failure().code(2));
    stage.filtered(|| {
        insta::assert_snapshot!(said, @r#"
    error: this input was already imported by run 1 on [date]: 3 rows saved
    hint: use --again to import it anyway: every row is then saved twice, which distorts the score
    "#)
    });
    // The name of the file does not matter.
    let copy = stage.write("copy.csv", csv_of(&rows));
    stage.import(&copy, &[]).failure().code(2);
    stage.has_exactly(&rows);
    stage.import(&file, &["--again"]).success();
    stage.has_exactly(&[&rows[..], &rows[..]].concat());
}

#[test]
fn another_value_is_another_import() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(2));
    stage.import(&file, &[]).success();
    stage.import(&file, &["--map", "name=name"]).failure().code(2);
    stage.import(&file, &["--set", "name=Other", "--again"]).success();
    stage.import(&file, &["--set", "name=Other"]).failure().code(2);
    assert_eq!(stage.sent().len(), 4);
}

#[test]
fn another_bot_is_another_import() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(2));
    stage.import(&file, &[]).success();
    // One at a time: refusals of requests in flight together count as one.
    let mut command = stage.command(&["import", "--concurrency", "1", IMPATIENT]);
    command.arg(&file).env("KORE_FEEDBACK_BOT_ID", "st-other").assert().failure().code(3);
    assert_eq!(stage.sandbox.counts().refused, 5);
}

#[test]
fn an_unfinished_run_prints_the_command_to_resume() {
    let mut stage = Stage::faulty(&["401"]);
    let rows = numbered(4);
    let file = stage.write("it's 1.csv", csv_of(&rows).replace("Post-chat", "x"));
    let arguments = ["--set", "name=Post-chat", "--concurrency=2", "--delimiter", ",", IMPATIENT];
    let first = stage.import(&file, &arguments).failure().code(3);
    let said = stderr(&stage.import(&file, &arguments).failure().code(2));
    assert!(said.contains("run 1 of this input, started 20") && said.contains("0 of 4 rows saved"), "{said}");
    let printed = command_after(&said, "resume it with `");
    assert_eq!(printed, command_after(&stdout(&first), "4 unsent rows: resume with `"));
    stage.restart(&[]);
    run_printed(&stage, &printed).success();
    stage.has_exactly(&rows);
    let said = stderr(&run_printed(&stage, &printed).success());
    assert!(said.contains("run 1 has nothing left to send"), "{said}");
    stage.has_exactly(&rows);
}

#[test]
fn files_with_a_leading_dash_can_be_resumed() {
    let mut stage = Stage::faulty(&["401"]);
    stage.write("-odd.csv", csv_of(&numbered(2)));
    let first = stage.run(&["import", "-o", "json", IMPATIENT, "--", "-odd.csv"]).failure().code(3);
    let printed = command_after(&stderr(&first), "resume with `");
    assert_eq!(printed, ["runs", "resume", "1"]);
    stage.restart(&[]);
    run_printed(&stage, &printed).success();
    stage.has_exactly(&numbered(2));
}

#[test]
fn again_is_refused_over_an_unfinished_run() {
    let mut stage = Stage::faulty(&["401"]);
    let file = stage.write_records(&numbered(2));
    stage.import(&file, &[IMPATIENT]).failure().code(3);
    let before = stage.sandbox.counts().arrivals;
    let said = stderr(&stage.import(&file, &["--again", "-q"]).failure().code(2));
    stage.filtered(|| {
        insta::assert_snapshot!(said, @r#"
    error: run 1 of this input, started [date], is unfinished: 0 of 2 rows saved
    hint: resume it with `kore-feedback runs resume 1`; with --allow-unfinished, --again imports the whole input, and run 1 can still be resumed
    "#)
    });
    assert_eq!(stage.sandbox.counts().arrivals, before);
    let again = stage.import(&file, &["--again", "--allow-unfinished", IMPATIENT]).failure().code(3);
    assert!(stdout(&again).starts_with("Run 2: "), "{}", stdout(&again));
    let printed = command_after(&stdout(&again), "resume with `");
    stage.restart(&[]);
    assert_eq!(json(&run_printed(&stage, &[&printed[..], &["-ojson".to_owned()]].concat()).success())["run"], 2);
    stage.has_exactly(&numbered(2));
}

#[test]
fn a_run_is_resumed_by_its_own_number() {
    let mut stage = Stage::faulty(&["401"]);
    let rows = numbered(3);
    let file = stage.write_records(&rows);
    stage.import(&file, &[IMPATIENT]).failure().code(3);
    stage.import(&file, &["--again", "--allow-unfinished", IMPATIENT]).failure().code(3);
    stage.restart(&[]);
    for run in [1, 2] {
        let resumed = json(&stage.run(&["runs", "resume", &run.to_string(), "-ojson"]).success());
        assert_eq!((&resumed["run"], &resumed["saved"]), (&run.into(), &3.into()));
        assert_eq!(stage.sent().len(), 3 * run);
    }
    let done = stderr(&stage.run(&["runs", "resume", "1"]).success());
    assert!(done.contains("run 1 has nothing left to send"), "{done}");
    stage.has_exactly(&[&rows[..], &rows[..]].concat());
}

#[test]
fn resume_finds_the_earlier_unfinished_run() {
    let mut stage = Stage::faulty(&["401"]);
    let file = stage.write_records(&numbered(2));
    stage.import(&file, &[IMPATIENT]).failure().code(3);
    stage.restart(&[]);
    stage.import(&file, &["--again", "--allow-unfinished"]).success();
    let resumed = json(&stage.import(&file, &["--resume", "-ojson"]).success());
    assert_eq!((&resumed["run"], &resumed["skipped"]), (&1.into(), &2.into()), "run 2 has sent its rows");
    stage.has_exactly(&numbered(2));
}

#[test]
fn resume_sends_what_is_left_and_nothing_else() {
    let mut stage = Stage::faulty(&["400:at=1", "500:at=2", "401:every=4"]);
    let rows = numbered(8);
    let file = stage.write_records(&rows);
    // In order: rejected, in doubt; then the credentials are refused for good.
    stage.restart(&["400:at=1", "500:at=2", "403:every=1"]);
    let first = json(&stage.import(&file, &["--concurrency", "1", "-o", "json", IMPATIENT]).failure().code(3));
    assert_eq!((&first["rejected"], &first["in_doubt"], &first["unsent"]), (&1.into(), &1.into(), &6.into()));
    stage.restart(&[]);
    let second = json(&stage.import(&file, &["--resume", "-o", "json"]).failure().code(1));
    assert_eq!((&second["run"], &second["saved"]), (&first["run"], &6.into()));
    assert_eq!((&second["rejected"], &second["in_doubt"], &second["unsent"]), (&1.into(), &1.into(), &0.into()));
    stage.has_exactly(&rows[2..]);
    let third = json(&stage.import(&file, &["--resume", "--resend-in-doubt", "-o", "json"]).failure().code(1));
    assert_eq!((&third["saved"], &third["rejected"], &third["in_doubt"]), (&7.into(), &1.into(), &0.into()));
    stage.has_exactly(&rows[1..]);
}

#[test]
fn rows_in_doubt_leave_a_run_finished() {
    let mut stage = Stage::faulty(&["500:at=2"]);
    let file = stage.write_records(&numbered(3));
    let first = stage.import(&file, &["--concurrency", "1"]).failure().code(1);
    let printed = command_after(&stdout(&first), "`kore-feedback runs verify 1`, or resend with `");
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.contains("already imported") && said.contains("--resume --resend-in-doubt"), "{said}");
    stage.import(&file, &["--resume"]).failure().code(1);
    assert_eq!(stage.restart(&[]).len(), 2);
    run_printed(&stage, &printed).success();
    stage.has_exactly(&numbered(3)[1..2]);
}

#[test]
fn what_cannot_be_resumed_says_why() {
    let mut stage = Stage::faulty(&["401"]);
    let file = stage.write_records(&numbered(2));
    let said = stderr(&stage.import(&file, &["--resume", "-q"]).failure().code(2));
    assert!(said.contains("no run of this input to resume") && said.contains("remove --resume"), "{said}");
    stage.import(&file, &[IMPATIENT]).failure().code(3);
    let said = stderr(&stage.import(&file, &["--resume", "--set", "name=Other", "-q"]).failure().code(2));
    assert!(said.contains("run 1 had different ones") && said.contains("`kore-feedback runs resume 1`"), "{said}");
    let file = stage.write_records(&numbered(3));
    let said = stderr(&stage.import(&file, &["--resume", "-q"]).failure().code(2));
    assert!(said.contains("in.csv has changed since run 1") && said.contains("--only-new; else restore it"), "{said}");
    stage.restart(&[]);
    stage.write_records(&numbered(2));
    stage.import(&file, &["--resume"]).success();
    stage.has_exactly(&numbered(2));
}

#[test]
fn the_same_rows_in_other_bytes_are_refused() {
    let stage = Stage::new();
    let text = csv_of(&numbered(3));
    stage.import(&stage.write("in.csv", &text), &[]).success();
    let gzip = |level| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let (first, rest) = text.split_once('\n').unwrap();
    for (name, bytes) in [
        ("in.csv.gz", gzip(1)),
        ("in9.csv.gz", gzip(9)),
        ("crlf.csv", text.replace('\n', "\r\n").into_bytes()),
        ("blank.csv", format!("{first}\n\n{rest}\n\n").into_bytes()),
        ("semicolons.csv", text.replace(',', ";").into_bytes()),
        ("in.tsv", text.replace(',', "\t").into_bytes()),
    ] {
        let said = stderr(&stage.import(&stage.write(name, bytes), &[]).failure().code(2));
        assert!(said.contains("already imported by run 1"), "{name}: {said}");
    }
    stage.has_exactly(&numbered(3));
    let said = stderr(&stage.import(&stage.write_records(&numbered(4)[..2]), &[]).failure().code(2));
    assert!(said.contains("2 of 2 records were sent before"), "{said}");
}

#[test]
fn runs_of_older_versions_are_recognized_by_bytes() {
    let mut stage = Stage::faulty(&["401"]);
    let file = stage.write_records(&numbered(2));
    stage.import(&file, &[IMPATIENT]).failure().code(3);
    // What an older version would have written: the hash of the bytes, in `content` and in `identity`.
    let content = *blake3::hash(csv_of(&numbered(2)).as_bytes()).as_bytes();
    let ledger = rusqlite::Connection::open(stage.state().join("ledger.db")).unwrap();
    ledger
        .execute("UPDATE runs SET content_of = 'bytes', content = ?1", [content])
        .and_then(|_| {
            let (mapping, host): (String, String) =
                ledger.query_row("SELECT mapping, host FROM runs", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let mut identity = blake3::Hasher::new();
            identity.update(&content);
            for part in [&*mapping, &*host, stage.sandbox.bot_id(), "1.1"] {
                identity.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
            }
            ledger.execute("UPDATE runs SET identity = ?1", [identity.finalize().as_bytes()])
        })
        .unwrap();
    stage.restart(&[]);
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.contains("run 1 of this input") && said.contains("is unfinished"), "{said}");
    let changed = stage.write("in.csv", csv_of(&numbered(2)) + "\n");
    let said = stderr(&stage.run(&["runs", "resume", "1"]).failure().code(2));
    assert!(said.contains("in.csv has changed since run 1"), "{said}");
    std::fs::write(changed, csv_of(&numbered(2))).unwrap();
    stage.run(&["runs", "resume", "1"]).success();
    stage.has_exactly(&numbered(2));
    assert!(stderr(&stage.import(&file, &[]).failure().code(2)).contains("already imported by run 1"));
}

#[test]
fn sandbox_runs_block_nothing() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(2));
    for _ in 0..2 {
        stage.import(&file, &["--sandbox"]).success();
    }
    stage.was_never_called();
    let said = stderr(&stage.import(&file, &[]).success());
    assert!(!said.contains("already sent this file"), "{said}");
    stage.has_exactly(&numbered(2));
    stage.import(&file, &["--sandbox"]).success();
    stage.import(&file, &[]).failure().code(2);
    let runs = json(&stage.run(&["runs", "list", "-o", "json"]).success());
    let sandbox: Vec<_> =
        runs["runs"].as_array().unwrap().iter().map(|run| run["sandbox"].as_bool().unwrap()).collect();
    assert_eq!(sandbox, [true, true, false, true]);
}

#[test]
fn standard_input_is_identified_by_content() {
    let mut stage = Stage::faulty(&["401"]);
    let import = |stage: &Stage, arguments: &[&str]| {
        stage.command(&[&["import", "-"], arguments].concat()).write_stdin(csv_of(&numbered(2))).assert()
    };
    import(&stage, &[IMPATIENT]).failure().code(3);
    stage.restart(&[]);
    import(&stage, &[]).failure().code(2);
    import(&stage, &["--resume"]).success();
    stage.has_exactly(&numbered(2));
}

#[test]
fn one_process_at_a_time_works_on_runs() {
    let stage = Stage::faulty(&["hang:at=2"]);
    let file = stage.write_records(&numbered(3));
    let first = stage.start_import(&file, &["--concurrency", "1"]);
    until(|| stage.sandbox.counts().faulted == 1);
    let shown = stdout(&stage.run(&["runs", "show", "1"]).success());
    assert!(shown.contains("Run 1: import, running"), "{shown}");
    for arguments in [&[][..], &["--resume"], &["--resume", "--resend-in-doubt"]] {
        let said = stderr(&stage.import(&file, arguments).failure().code(2));
        assert!(said.contains("another process is working on run 1"), "{arguments:?}: {said}");
    }
    assert_eq!(stage.sandbox.counts().arrivals, 2);
    // The lease ends with the process, however that ends.
    first.kill();
    stage.import(&file, &["--resume"]).failure().code(1);
    stage.has_exactly(&[numbered(3)[0].clone(), numbered(3)[2].clone()]);
}

#[test]
fn only_one_of_many_processes_imports_a_file() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(40));
    let started: Vec<_> = (0..6).map(|_| stage.start_import(&file, &[])).collect();
    let mut codes: Vec<_> = started.into_iter().map(|process| process.end().code).collect();
    codes.sort();
    stage.has_exactly(&numbered(40));
    assert_eq!(codes, [Some(0), Some(2), Some(2), Some(2), Some(2), Some(2)]);
}

#[test]
fn a_file_that_changes_stops_its_run() {
    let mut stage = Stage::faulty(&["hang:at=70"]);
    // More rows than the reader reads ahead.
    let rows = numbered(1000);
    let file = stage.write_records(&rows);
    let running = stage.start_import(&file, &["--concurrency", "1", "--timeout", "1s"]);
    until(|| stage.sandbox.counts().faulted == 1);
    stage.write_records(&numbered(999));
    let ended = running.end();
    assert_eq!(ended.code, Some(5), "{}", ended.stderr);
    assert!(ended.stderr.contains("in.csv has changed since it was checked"), "{}", ended.stderr);
    let said = stderr(&stage.import(&file, &["--resume", "-q"]).failure().code(2));
    assert!(said.contains("has changed since run 1"), "{said}");
    let before = stage.restart(&[]);
    assert!(before.len() < 999);
    stage.write_records(&rows);
    stage.import(&file, &["--resume"]).failure().code(1);
    let mut all = [before, stage.sent()].concat();
    all.sort();
    let mut expected = rows;
    expected.remove(69);
    assert_eq!(all, expected, "all but the one in doubt, once");
}

#[test]
fn a_refused_import_prints_no_preview() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(3));
    stage.import(&file, &[]).success();
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.starts_with("error: this input was already imported by run 1"), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
}
