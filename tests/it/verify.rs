//! `runs verify` and `import --verify` against the sandbox: whatever the answers to the POSTs were, every row is on the
//! server once in the end.

#![expect(clippy::unwrap_used, reason = "a test whose setup fails has failed")]

use std::collections::BTreeMap;
use std::time::Duration;

use kore_feedback::sandbox::{ResponsesApi, SandboxOptions};
#[cfg(unix)]
use rustix::process::Signal;
use serde_json::Value;

#[cfg(unix)]
use crate::support::Running;
use crate::support::{Stage, Surroundings, json, stderr, stdout, until};

/// One row per respondent.
fn csv(respondents: impl IntoIterator<Item = String>) -> String {
    let mut csv = "channelUId,name,score,channel,type,language,message\n".to_owned();
    for respondent in respondents {
        csv.push_str(&format!("{respondent},Häufige Frage,1,rtm,THUMB,en,How was it?\n"));
    }
    csv
}

fn different(rows: usize) -> String {
    csv((1..=rows).map(|row| format!("jo+{row}@example.com")))
}

/// Imports the file, whatever the exit code.
fn import(stage: &Stage, file: &str, more: &[&str]) -> Value {
    let arguments = [&["import", file, "--concurrency", "1", "--output", "json"], more].concat();
    json(&stage.run(&arguments))
}

/// Someone else, with their own ledger, imports these rows to the same bot.
fn others_import(stage: &Stage, csv: &str) {
    let theirs = Surroundings::new();
    theirs.write("in.csv", csv);
    theirs.command(&["import", "in.csv"]).envs(stage.variables()).assert().success();
}

fn verify(stage: &Stage, run: &str, exit: i32) -> Value {
    json(&stage.run(&["runs", "verify", run, "--output", "json"]).code(exit))
}

/// The number of records of each respondent.
fn records(stage: &Stage) -> BTreeMap<String, usize> {
    let mut records = BTreeMap::new();
    for record in stage.sandbox.records() {
        *records.entry(record.channel_uid.to_string()).or_default() += 1;
    }
    records
}

fn assert_once_each(stage: &Stage, rows: usize) {
    let records = records(stage);
    assert_eq!(records.len(), rows);
    assert!(records.values().all(|copies| *copies == 1), "{records:?}");
}

fn ledger(stage: &Stage) -> rusqlite::Connection {
    rusqlite::Connection::open(stage.state().join("ledger.db")).unwrap()
}

fn figures(verified: &Value) -> [u64; 5] {
    ["in_doubt_before", "saved", "absent", "still_in_doubt", "missing_saved"].map(|key| verified[key].as_u64().unwrap())
}

#[test]
fn every_row_in_doubt_is_saved_once() {
    let faults = ["reset-after-save:every=7", "500:every=9", "truncate:every=11", "html:at=20", "oversized:at=22"];
    let stage = Stage::faulty(&faults);
    stage.write("in.csv", different(60));
    let imported = import(&stage, "in.csv", &[]);
    let in_doubt = imported["in_doubt"].as_u64().unwrap();
    assert!(in_doubt > 15, "{imported}");
    stage.let_time_pass();

    let verified = verify(&stage, "1", 0);
    let [before, saved, absent, still, missing] = figures(&verified);
    assert_eq!((before, still, missing), (in_doubt, 0, 0), "{verified}");
    assert!(saved > 10 && absent > 5, "{verified}");
    assert_eq!((saved + absent, &verified["finished"]), (before, &Value::Bool(false)));

    // The resumed rows run into the same faults, so they are verified again until none is left.
    let mut left = absent;
    for _ in 0..10 {
        if left == 0 {
            break;
        }
        import(&stage, "in.csv", &["--resume"]);
        stage.let_time_pass();
        left = verify(&stage, "1", 0)["absent"].as_u64().unwrap();
    }
    assert_once_each(&stage, 60);
    assert_eq!(verify(&stage, "1", 0)["finished"], true);
}

#[test]
fn unanswered_rows_are_found_or_settle_as_absent() {
    let stage = Stage::faulty(&["hang-after-save:at=4", "hang:at=8", "reset-before:at=9"]);
    stage.write("in.csv", different(12));
    assert_eq!(import(&stage, "in.csv", &["--timeout", "400ms"])["in_doubt"], 3);

    let soon = verify(&stage, "1", 1);
    assert_eq!(figures(&soon), [3, 1, 0, 2, 0]);
    assert_eq!(soon["undecided"][0]["reason"], "recent");
    assert_eq!(stage.sandbox.records().len(), 10);
    stage.let_time_pass();
    let later = verify(&stage, "1", 0);
    assert_eq!(figures(&later), [2, 0, 2, 0, 0]);
    assert_eq!(import(&stage, "in.csv", &["--resume"])["saved"], 12);
    assert_once_each(&stage, 12);
}

#[test]
fn equal_rows_are_counted() {
    let stage = Stage::faulty(&["reset-after-save:at=3", "500:at=5", "500:at=8"]);
    stage.write("in.csv", csv((0..10).map(|_| "everybody@example.com".to_owned())));
    assert_eq!(import(&stage, "in.csv", &[])["in_doubt"], 3);
    stage.let_time_pass();
    assert_eq!(figures(&verify(&stage, "1", 0)), [3, 1, 2, 0, 0]);
    assert_eq!(import(&stage, "in.csv", &["--resume"])["saved"], 10);
    assert_eq!(records(&stage), BTreeMap::from([("everybody@example.com".to_owned(), 10)]));
}

#[test]
fn runs_with_equal_rows_share_no_record() {
    let stage = Stage::faulty(&["reset-after-save:at=2", "500:at=6"]);
    let respondents = ["first", "everybody", "last"].map(|name| format!("{name}@example.com"));
    stage.write("one.csv", csv(respondents.clone()));
    stage.write("two.csv", csv([respondents[0].clone(), "other@example.com".to_owned(), respondents[1].clone()]));
    assert_eq!(import(&stage, "one.csv", &[])["in_doubt"], 1);
    assert_eq!(import(&stage, "two.csv", &["--again"])["in_doubt"], 1);
    stage.let_time_pass();
    // One of two equal rows is on the server: the run that is verified first gets it.
    assert_eq!(figures(&verify(&stage, "2", 0)), [1, 1, 0, 0, 0]);
    assert_eq!(figures(&verify(&stage, "1", 0)), [1, 0, 1, 0, 0]);
    import(&stage, "one.csv", &["--resume"]);
    // Then the other one is not sent any more.
    let expected = [("everybody", 1), ("first", 2), ("last", 1), ("other", 1)];
    let expected = expected.map(|(name, copies)| (format!("{name}@example.com"), copies));
    assert_eq!(records(&stage), BTreeMap::from(expected));
}

#[test]
fn more_equal_records_than_sent_stay_in_doubt() {
    let stage = Stage::faulty(&["reset-after-save:at=2"]);
    stage.write("in.csv", different(3));
    assert_eq!(import(&stage, "in.csv", &[])["in_doubt"], 1);
    others_import(&stage, &different(2));
    stage.let_time_pass();
    let verified = verify(&stage, "1", 1);
    assert_eq!(figures(&verified), [1, 0, 0, 1, 0]);
    assert_eq!(verified["undecided"][0]["reason"], "sent_by_others");
    assert_eq!(verified["surplus"], 2, "their copy of the first row, and one of the second");
}

#[test]
fn foreign_records_change_nothing() {
    let stage = Stage::faulty(&["reset-after-save:at=2", "500:at=6"]);
    stage.write("in.csv", different(6));
    import(&stage, "in.csv", &[]);
    others_import(&stage, &csv((1..=30).map(|row| format!("stranger+{row}@example.com"))));
    stage.let_time_pass();
    let verified = verify(&stage, "1", 0);
    assert_eq!((figures(&verified), &verified["records"]), ([2, 1, 1, 0, 0], &Value::from(35)));
}

#[test]
fn an_empty_server_leaves_rows_in_doubt() {
    let mut stage = Stage::faulty(&["500:at=2"]);
    stage.write("in.csv", different(4));
    import(&stage, "in.csv", &[]);
    stage.let_time_pass();
    stage.restart(&[]);
    let verified = verify(&stage, "1", 1);
    assert_eq!(figures(&verified), [1, 0, 0, 1, 3]);
    assert_eq!(verified["undecided"][0]["reason"], "nothing_visible");
    assert_eq!(verified["missing_rows"], serde_json::json!([1, 3, 4]));
    let said = stdout(&stage.run(&["runs", "verify", "1"]).code(1));
    assert!(said.contains("none of the run's saved rows are visible"), "{said}");
    assert_eq!(json(&stage.run(&["runs", "show", "1", "--output", "json"]))["in_doubt"], 1);
}

#[test]
fn failed_pages_are_read_again() {
    let faults = [
        "500:at=100",
        "500:at=1,on=responses",
        "truncate:at=2,on=responses",
        "429-retry-after:at=2,on=responses",
        "401:at=2,on=responses",
        "reset-before:at=2,on=responses",
        "oversized:at=3,on=responses",
    ];
    let stage = Stage::faulty(&faults);
    stage.write("in.csv", different(1100));
    json(&stage.run(&["import", "in.csv", "--output", "json"]));
    stage.let_time_pass();
    let verified = json(&stage.run(&["runs", "verify", "1", "--all", "--output", "json"]).code(0));
    assert_eq!((figures(&verified), &verified["records"]), ([1, 0, 1, 0, 0], &Value::from(1099)));
    assert!(stage.sandbox.counts().read > 2, "one page can't hold all records: {:?}", stage.sandbox.counts());
}

/// A run of 500 rows, of which the server saved one in doubt and not the other, and its records as the server returns them.
fn few_in_doubt(responses_api: ResponsesApi) -> Stage {
    let faults = ["reset-after-save:at=100", "500:at=400"].map(|fault| fault.parse().unwrap()).to_vec();
    let stage = Stage::with(SandboxOptions { faults, responses_api, ..SandboxOptions::default() });
    stage.write("in.csv", different(500));
    assert_eq!(import(&stage, "in.csv", &[])["in_doubt"], 2);
    stage.let_time_pass();
    stage
}

#[test]
fn few_rows_in_doubt_are_asked_for_by_respondent() {
    let stage = few_in_doubt(ResponsesApi::B);
    let before = stage.sandbox.counts().read;
    let verified = verify(&stage, "1", 0);
    assert_eq!((figures(&verified), &verified["only_doubt"]), ([2, 1, 1, 0, 0], &Value::Bool(true)));
    assert_eq!((&verified["saved_before"], &verified["records"]), (&4.into(), &5.into()));
    assert_eq!(stage.sandbox.counts().read - before, 1);
    import(&stage, "in.csv", &["--resume"]);
    assert_once_each(&stage, 500);
    let all = json(&stage.run(&["runs", "verify", "1", "--all", "--output", "json"]).success());
    assert_eq!((&all["saved_before"], &all["only_doubt"]), (&500.into(), &Value::Bool(false)));
}

#[test]
fn a_server_that_ignores_respondents_costs_one_call() {
    let stage = few_in_doubt(ResponsesApi::A);
    let before = stage.sandbox.counts().read;
    let verified = verify(&stage, "1", 0);
    assert_eq!((figures(&verified), &verified["only_doubt"]), ([2, 1, 1, 0, 0], &Value::Bool(false)));
    assert_eq!(verified["records"], 499);
    assert_eq!(stage.sandbox.counts().read - before, 11);
}

#[test]
fn without_the_input_all_records_are_read() {
    let stage = few_in_doubt(ResponsesApi::B);
    std::fs::remove_file(stage.path("in.csv")).unwrap();
    let verified = verify(&stage, "1", 0);
    assert_eq!((figures(&verified), &verified["records"]), ([2, 1, 1, 0, 0], &499.into()));
}

#[test]
fn a_missing_row_next_to_doubt_proves_nothing() {
    let stage = few_in_doubt(ResponsesApi::B);
    ledger(&stage)
        .execute("UPDATE records SET server_id = 'ffffffffffffffffffffffff' WHERE id = (1 << 36) + 401", [])
        .unwrap();
    let verified = verify(&stage, "1", 1);
    assert_eq!((figures(&verified), &verified["only_doubt"]), ([2, 1, 0, 1, 1], &Value::Bool(false)));
    assert_eq!(verified["undecided"][0]["reason"], "neighbour_missing");
}

#[test]
fn a_respondents_other_record_is_no_evidence() {
    let stage = few_in_doubt(ResponsesApi::B);
    others_import(
        &stage,
        &different(400)
            .lines()
            .enumerate()
            .filter(|(line, _)| *line == 0 || *line == 400)
            .map(|(_, line)| line.replace(",1,rtm", ",0,rtm") + "\n")
            .collect::<String>(),
    );
    let verified = verify(&stage, "1", 0);
    assert_eq!((figures(&verified), &verified["only_doubt"]), ([2, 1, 1, 0, 0], &Value::Bool(false)));
}

#[test]
fn equal_rows_are_counted_by_respondent() {
    let stage = Stage::faulty(&["reset-after-save:at=100", "500:at=200", "500:at=400"]);
    let mut respondents: Vec<String> = (1..=500).map(|row| format!("jo+{row}@example.com")).collect();
    for row in [100, 200, 300, 400] {
        respondents[row - 1] = "everybody@example.com".to_owned();
    }
    stage.write("in.csv", csv(respondents));
    assert_eq!(import(&stage, "in.csv", &[])["in_doubt"], 3);
    stage.let_time_pass();
    let verified = verify(&stage, "1", 0);
    assert_eq!((figures(&verified), &verified["only_doubt"]), ([3, 1, 2, 0, 0], &Value::Bool(true)));
    import(&stage, "in.csv", &["--resume"]);
    assert_eq!(records(&stage)["everybody@example.com"], 4);
}

#[test]
fn unreadable_records_change_nothing() {
    for (fault, exit, said) in [
        ("html:every=1,on=responses", 5, "502 Bad Gateway"),
        ("truncate:every=1,on=responses", 5, "not JSON"),
        ("403:every=1,on=responses", 3, "Permission denied"),
        ("404:every=1,on=responses", 4, "refuses to return its records"),
        ("400:every=1,on=responses", 5, "Bad Request"),
    ] {
        let stage = Stage::faulty(&["500:at=2", fault]);
        stage.write("in.csv", different(3));
        import(&stage, "in.csv", &[]);
        let refused = stage.run(&["runs", "verify", "1", "--output", "json"]).code(exit);
        assert_eq!(json(&refused)["error"]["exit_code"], exit, "{fault}");
        assert!(stderr(&refused).contains(said), "{fault}: {}", stderr(&refused));
        assert_eq!(json(&stage.run(&["runs", "show", "1", "--output", "json"]))["in_doubt"], 1, "{fault}");
    }
}

#[test]
fn reads_and_saves_share_rate_limits() {
    let limits = vec![(4, Duration::from_secs(2))];
    let faults = vec!["reset-after-save:at=2".parse().unwrap()];
    let stage = Stage::with(SandboxOptions { limits, faults, ..SandboxOptions::default() });
    stage.write("in.csv", different(4));
    let limits = ["--rate-limit", "4/2s"];
    import(&stage, "in.csv", &[&limits[..], &["--pace", "early"]].concat());
    stage.run(&[&["runs", "verify", "1"], &limits[..]].concat()).code(0);
    stage.run(&[&["runs", "verify", "1"], &limits[..]].concat()).code(0);
    let tally = stage.sandbox.counts();
    assert_eq!((tally.rate_limited, tally.arrivals, tally.read), (0, 6, 2));
}

#[test]
fn missing_saved_rows_are_reported() {
    let stage = Stage::faulty(&[]);
    stage.write("in.csv", different(3));
    import(&stage, "in.csv", &[]);
    assert_eq!(figures(&verify(&stage, "1", 0)), [0, 0, 0, 0, 0]);
    let forged = "UPDATE records SET server_id = 'ffffffffffffffffffffffff' WHERE id = (1 << 36) + 2";
    ledger(&stage).execute(forged, []).unwrap();
    let verified = verify(&stage, "1", 1);
    assert_eq!((figures(&verified), &verified["missing_rows"]), ([0, 0, 0, 0, 1], &serde_json::json!([2])));
    assert_eq!(verified["surplus"], 1);
}

#[test]
fn rows_of_a_killed_process_are_verified() {
    let stage = Stage::faulty(&[]);
    stage.write("in.csv", different(3));
    import(&stage, "in.csv", &[]);
    let claimed = "UPDATE records SET state = 0 WHERE id = (1 << 36) + 2;
                   UPDATE runs SET finished_at = NULL;";
    ledger(&stage).execute_batch(claimed).unwrap();
    let verified = verify(&stage, "1", 0);
    assert_eq!((figures(&verified), &verified["finished"]), ([1, 1, 0, 0, 0], &Value::Bool(true)));
}

#[test]
fn import_verify_resolves_rows_in_doubt() {
    let stage = Stage::faulty(&["reset-after-save:at=2", "truncate:at=4"]);
    stage.write("in.csv", different(6));
    let arguments = ["import", "in.csv", "--concurrency", "1", "--verify", "--output", "json"];
    let imported = stage.run(&arguments).success();
    assert_eq!((&json(&imported)["saved"], &json(&imported)["in_doubt"]), (&Value::from(6), &Value::from(0)));
    assert_eq!(json(&imported)["failures_file"], Value::Null);
    assert!(stderr(&imported).contains("2 rows in doubt: 2 saved"), "{}", stderr(&imported));
    assert_once_each(&stage, 6);
}

#[test]
fn failed_verification_keeps_the_import_result() {
    let stage = Stage::faulty(&["500:at=2", "403:every=1,on=responses"]);
    stage.write("in.csv", different(4));
    let imported = stage.run(&["import", "in.csv", "--concurrency", "1", "--verify", "--output", "json"]).code(1);
    assert_eq!(json(&imported)["in_doubt"], 1);
    assert!(stderr(&imported).contains("cannot verify the rows in doubt"), "{}", stderr(&imported));
}

#[test]
fn a_run_is_verified_at_its_target_only() {
    let (stage, other) = (Stage::new(), Stage::faulty(&[]));
    stage.write_config("[profiles.one]\nlimits = []\n");
    stage.write("in.csv", different(2));
    import(&stage, "in.csv", &["--profile", "one"]);
    stage.run(&["import", "in.csv", "--sandbox"]).success();
    let elsewhere = stage.command(&["runs", "verify", "1"]).envs(other.variables()).assert().code(2);
    let said = stderr(&elsewhere);
    assert!(said.contains(&stage.sandbox.url()) && said.contains(&other.sandbox.url()), "{said}");
    assert!(said.contains("--profile one"), "{said}");
    let gone = stage.run(&["runs", "verify", "2"]).code(2);
    assert!(stderr(&gone).contains("its records are gone"), "{}", stderr(&gone));
    let none = stage.run(&["runs", "verify", "9"]).code(2);
    assert!(stderr(&none).contains("no run 9"), "{}", stderr(&none));
    other.was_never_called();
}

#[test]
fn a_submit_in_doubt_is_found() {
    let stage = Stage::faulty(&["reset-after-save:at=1"]);
    let record = ["--type", "CSAT", "--score", "4", "--channel-uid", "jo@example.com", "--name", "Post-chat"];
    let rest = ["--channel", "rtm", "--language", "en", "--message", ""];
    stage.run(&[&["submit"], &record[..], &rest[..]].concat()).code(1);
    assert_eq!(figures(&verify(&stage, "1", 0)), [1, 1, 0, 0, 0]);
}

#[test]
fn late_saves_are_never_doubled() {
    let stage = Stage::faulty(&["late-save:at=3,after=2s"]);
    stage.write("in.csv", different(6));
    assert_eq!(import(&stage, "in.csv", &["--timeout", "100ms"])["in_doubt"], 1);
    let soon = verify(&stage, "1", 1);
    assert_eq!((figures(&soon), &soon["undecided"][0]["reason"]), ([1, 0, 0, 1, 0], &Value::from("recent")));
    import(&stage, "in.csv", &["--resume"]);
    until(|| stage.sandbox.records().len() == 6);
    assert_eq!(figures(&verify(&stage, "1", 0)), [1, 1, 0, 0, 0]);
    import(&stage, "in.csv", &["--resume"]);
    assert_once_each(&stage, 6);
}

#[test]
fn the_settling_time_can_be_chosen() {
    let stage = Stage::faulty(&["hang:at=2"]);
    stage.write("in.csv", different(3));
    assert_eq!(import(&stage, "in.csv", &["--timeout", "200ms"])["in_doubt"], 1);
    stage.let_time_pass();
    let longer = json(&stage.run(&["runs", "verify", "1", "--settle", "15m", "--output", "json"]).code(1));
    assert_eq!((figures(&longer), &longer["undecided"][0]["reason"]), ([1, 0, 0, 1, 0], &Value::from("recent")));
    assert_eq!(figures(&verify(&stage, "1", 0)), [1, 0, 1, 0, 0]);
}

/// Every fault of the sandbox. Those that make the run wait occur once.
const EVERY_FAULT: [&str; 20] = [
    "400:every=71",
    "401:at=150",
    "401-replay:at=200",
    "403:at=250",
    "404:at=350",
    "redirect:at=400",
    "429:at=100",
    "429-retry-after:at=300",
    "503-retry-after:at=500",
    "500:every=97",
    "502:every=101",
    "503:every=103",
    "504:every=107",
    "html:every=109",
    "truncate:every=113",
    "oversized:at=600",
    "reset-before:every=127",
    "reset-after-save:every=89",
    "hang:at=450",
    "hang-after-save:at=550",
];

#[test]
fn a_thousand_rows_survive_every_fault() {
    let stage = Stage::faulty(&EVERY_FAULT);
    stage.write("in.csv", different(1000));
    let sending = ["--concurrency", "8", "--timeout", "2s", "--output", "json"];
    let counts = |summary: &Value| {
        ["saved", "rejected", "invalid", "skipped", "unsent", "in_doubt"].map(|key| summary[key].as_u64().unwrap())
    };

    let first = json(&stage.run(&[&["import", "in.csv"], &sending[..]].concat()));
    assert_eq!(counts(&first).iter().sum::<u64>(), 1000, "{first}");
    let on_server = records(&stage).len() as u64;
    let [saved, rejected, .., in_doubt] = counts(&first);
    assert!(rejected > 5 && in_doubt > 30, "{first}");
    assert!((saved..=saved + in_doubt).contains(&on_server), "{on_server} on the server: {first}");

    settle(&stage, "in.csv", "1", &[]);
    // Rejected rows are imported again from the failure report: the sandbox rejects only every 71st request.
    let mut run = 1;
    while stage.path("in.failures.csv").exists() {
        run += 1;
        std::fs::rename(stage.path("in.failures.csv"), stage.path("fixed.csv")).unwrap();
        stage.run(&[&["import", "fixed.csv", "--failures", "in.failures.csv"], &sending[..]].concat());
        settle(&stage, "fixed.csv", &run.to_string(), &["--failures", "in.failures.csv"]);
    }
    assert_once_each(&stage, 1000);
}

/// Resumes and verifies a run until nothing is unsent or in doubt.
fn settle(stage: &Stage, file: &str, run: &str, more: &[&str]) {
    for _ in 0..20 {
        stage.run(&[&["import", file, "--resume", "--timeout", "2s"], more].concat());
        stage.let_time_pass();
        let verified = json(&stage.run(&["runs", "verify", run, "--output", "json"]));
        if verified["finished"] == true && verified["still_in_doubt"] == 0 {
            // Resume once more to update the failure report.
            stage.run(&[&["import", file, "--resume"], more].concat());
            return;
        }
    }
    let last = stage.run(&["runs", "verify", run, "--output", "json"]);
    panic!("run {run} never finishes: {}{}", stdout(&last), stderr(&last));
}

/// A run of three rows, the second of them in doubt, and a server that never returns its records.
#[cfg(unix)]
fn unanswered_verification(import: impl FnOnce(&Stage, &std::path::Path) -> Running) -> (Stage, Running) {
    let stage = Stage::faulty(&["500:at=2", "hang:on=responses"]);
    let file = stage.write("in.csv", different(3));
    let running = import(&stage, &file);
    until(|| stage.sandbox.counts().faulted == 2);
    (stage, running)
}

#[cfg(unix)]
#[test]
fn a_signal_stops_verification_without_changes() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let (stage, running) = unanswered_verification(|stage, _| {
            assert_eq!(import(stage, "in.csv", &[])["in_doubt"], 1);
            Running::start(stage.process(&["runs", "verify", "1"]).envs(stage.variables()))
        });
        running.signal(signal);
        let ended = running.end();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(130), ""), "{}", ended.stderr);
        assert!(ended.stderr.ends_with("error: interrupted\n"), "{}", ended.stderr);
        let shown = json(&stage.run(&["runs", "show", "1", "--output", "json"]).success());
        assert_eq!((&shown["saved"], &shown["in_doubt"]), (&2.into(), &1.into()));
    }
}

#[cfg(unix)]
#[test]
fn a_signal_during_import_verification_keeps_the_summary() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let (_stage, running) =
            unanswered_verification(|stage, file| stage.start_import(file, &["--concurrency", "1", "--verify"]));
        running.signal(signal);
        let ended = running.end();
        assert_eq!(ended.code, Some(130), "{}", ended.stderr);
        assert!(ended.stderr.ends_with("error: interrupted\n"), "{}", ended.stderr);
        for told in ["saved             2", "in doubt          1", "ask the server with `kore-feedback runs verify 1`"]
        {
            assert!(ended.stdout.contains(told), "{told}: {}", ended.stdout);
        }
    }
}
