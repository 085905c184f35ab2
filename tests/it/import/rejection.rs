//! The brake on systematic rejection: a server that rejects everything does not consume the input.

use std::time::Duration;

use kore_feedback::sandbox::SandboxOptions;

use crate::support::{Stage, csv_of, json, numbered, stderr};

#[test]
fn a_server_that_rejects_everything_stops_early() {
    let mut stage = Stage::faulty(&["400"]);
    let records = numbered(300);
    let file = stage.write_records(&records);
    let assert = stage.import(&file, &["-o", "json"]).failure().code(5);
    let (summary, said) = (json(&assert), stderr(&assert));
    let rejected = summary["rejected"].as_u64().unwrap();
    assert!((20..=23).contains(&rejected), "{summary}");
    assert_eq!(summary["unsent"], 300 - rejected);
    assert!(said.contains("the server rejected the first 20 records with the same message: Bad Request"), "{said}");
    assert!(said.contains("unsent rows: resume with `kore-feedback runs resume 1`"), "{said}");
    assert!(said.contains("send them again with `kore-feedback runs resume 1 --rejected`"), "{said}");

    // It still rejects everything: nothing is consumed by looking.
    let again = json(&stage.run(&["runs", "resume", "1", "-o", "json"]).failure().code(5));
    assert!(again["rejected"].as_u64().unwrap() <= 2 * 23, "{again}");

    // Rejected rows are sent again only on request.
    stage.restart(&[]);
    let resumed = json(&stage.run(&["runs", "resume", "1", "-o", "json"]).failure().code(1));
    assert_eq!((&resumed["rejected"], &resumed["unsent"]), (&again["rejected"], &0.into()));
    let all = json(&stage.run(&["runs", "resume", "1", "--rejected", "-o", "json"]).success());
    assert_eq!(all["saved"], 300);
    stage.has_exactly(&records);
    assert!(!stage.path("in.failures.csv").exists(), "its rows were saved");
}

#[test]
fn too_many_rejections_stop_a_run() {
    let import = |arguments: &[&str], code: i32| {
        let stage = Stage::faulty(&["400:every=2"]);
        let file = stage.write_records(&numbered(160));
        let fixed = ["-o", "json", "--concurrency", "1"];
        let assert = stage.import(&file, &[&fixed[..], arguments].concat()).failure().code(code);
        (json(&assert)["rejected"].as_u64().unwrap(), stderr(&assert))
    };
    let (rejected, said) = import(&[], 5);
    assert_eq!(rejected, 51);
    assert!(said.contains("the server rejected 51 of 102 records, 51 with the same message: Bad Request"), "{said}");
    assert_eq!(import(&["--max-rejected", "3"], 5).0, 4);
    assert_eq!(import(&["--max-rejected", "60%"], 1).0, 80);
    assert_eq!(import(&["--max-rejected", "100%"], 1).0, 80);
}

#[test]
fn a_resumed_run_may_tolerate_more() {
    let stage = Stage::faulty(&["400"]);
    let file = stage.write_records(&numbered(60));
    stage.import(&file, &["--max-rejected", "0", "--concurrency", "1"]).failure().code(5);
    let all = json(&stage.run(&["runs", "resume", "1", "--max-rejected", "100%", "-o", "json"]).failure().code(1));
    assert_eq!((&all["rejected"], &all["unsent"]), (&60.into(), &0.into()));
    let said = stderr(&stage.import(&file, &["--again", "--max-rejected", "many"]).failure().code(2));
    assert!(said.contains("write a number of records or a percentage, such as 200 or 5%"), "{said}");
}

#[test]
fn rejections_are_counted_over_all_bots() {
    let faults = vec!["400".parse().unwrap()];
    let latency = Some(Duration::from_millis(5)..=Duration::from_millis(20));
    let stage = Stage::with(SandboxOptions { faults, latency, any_bot: true, ..SandboxOptions::default() });
    let with_bot =
        |(row, line)| format!("{line},{}\n", if row == 0 { "Bot".to_owned() } else { format!("st-{}", row % 5) });
    let file = stage.write("in.csv", csv_of(&numbered(400)).lines().enumerate().map(with_bot).collect::<String>());
    let summary = json(&stage.import(&file, &["--map=bot_id=Bot", "-o", "json"]).failure().code(5));
    let rejected = summary["rejected"].as_u64().unwrap();
    assert!((20..40).contains(&rejected) && summary["unsent"] == 400 - rejected, "{summary}");
}
