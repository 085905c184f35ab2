//! `responses export` and `responses scores` against the sandbox, in both versions of the vendor's call.

#![expect(clippy::unwrap_used, reason = "a test whose setup fails has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kore_feedback::sandbox::{ResponsesApi, Sandbox, SandboxOptions, StoredRecord};
use serde_json::{Value, json};

use crate::support::{Fixed, Record, Running, Stage, Surroundings, json, numbered, record, stderr, stdout, until};

const VERSIONS: [ResponsesApi; 2] = [ResponsesApi::A, ResponsesApi::B];

fn stage(responses_api: ResponsesApi) -> Stage {
    Stage::with(SandboxOptions { responses_api, ..SandboxOptions::default() })
}

fn start_of_2026() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn body(record: &Record) -> String {
    let [uid, name, score, channel, of, language, message] = record;
    let score: Value = score.parse().unwrap();
    json!({"channelUId": uid, "name": name, "score": score, "channel": channel, "type": of, "language": language,
           "message": message})
    .to_string()
}

/// Saves records some time apart, from the start of 2026.
fn seed(sandbox: &Sandbox, records: &[Record], apart: SignedDuration) {
    for (record, number) in records.iter().zip(0..) {
        sandbox.seed(&body(record), start_of_2026() + apart * number).unwrap();
    }
}

/// Records of every type, with texts that CSV must quote.
fn varied(count: usize) -> Vec<Record> {
    let of = |number: usize| match number % 3 {
        0 => ("NPS", number % 11, "Beziehung, jährlich"),
        1 => ("CSAT", 1 + number % 5, "Post-\"chat\""),
        _ => ("THUMB", number % 2, "Daumen; hoch"),
    };
    (0..count)
        .map(|number| {
            let (survey_type, score, name) = of(number);
            let channel = ["rtm", "msteams", "email"][number % 7 % 3];
            let language = ["en", "de", "ja", "pt-BR"][number % 4];
            let uid = format!("=jo+{}@example.com", number % 4000);
            record([&uid, name, &score.to_string(), channel, survey_type, language, "How was it?"])
        })
        .collect()
}

/// The records of a CSV export in the order of the test's records, sorted, without the message; and the `_id` of each.
fn exported(path: &Path) -> (Vec<[String; 6]>, Vec<String>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let fields = |row: &csv::StringRecord| [0, 1, 2, 3, 4, 5].map(|column| row[column].to_owned());
    let mut records: Vec<_> = rows.iter().map(fields).collect();
    records.sort();
    (records, rows.iter().map(|row| row[9].to_owned()).collect())
}

fn without_message(records: &[Record]) -> Vec<[String; 6]> {
    let mut fields: Vec<[String; 6]> =
        records.iter().map(|[a, b, c, d, e, f, _]| [a, b, c, d, e, f].map(String::clone)).collect();
    fields.sort();
    fields
}

#[track_caller]
fn assert_same(found: &[[String; 6]], records: &[Record]) {
    let expected = without_message(records);
    let different = found.iter().zip(&expected).find(|(found, expected)| found != expected);
    assert_eq!((different, found.len()), (None, expected.len()));
}

fn export(stage: &Stage, arguments: &[&str]) -> assert_cmd::assert::Assert {
    stage.run(&[&["responses", "export", "--from", "2026-01-01"], arguments].concat())
}

fn lines_from<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    text.lines().skip_while(|line| !line.contains(start)).skip(1).map(str::trim_end).collect()
}

#[test]
fn an_export_equals_what_was_imported() {
    let records = varied(5000);
    let imported = stage(ResponsesApi::B);
    let file = imported.write_records(&records);
    let checked = imported.import(&file, &["--dry-run"]).success();
    imported.import(&file, &["--concurrency", "8"]).success();
    let older = stage(ResponsesApi::A);
    seed(&older.sandbox, &records, SignedDuration::from_mins(1));
    for stage in [&imported, &older] {
        export(stage, &["out.csv"]).success();
        let (found, ids) = exported(&stage.path("out.csv"));
        assert_same(&found, &records);
        let held: BTreeSet<String> = stage.sandbox.records().iter().map(|record| record.id.to_string()).collect();
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), held);
        // Everything follows the titles: the preview of an import, and the scores of what the server has.
        let scores = stdout(&stage.run(&["responses", "scores", "--from", "2026-01-01"]).success());
        let (before, after) = (stderr(&checked), lines_from(&scores, "5,000 records on the vendor's dashboard"));
        let preview = lines_from(&before, "preview of 5,000 records on the vendor's dashboard");
        assert!(after.len() > 15, "{scores}");
        assert_eq!(preview[..after.len()], after);
    }
    // The file can be imported into another bot as it is.
    let other = Stage::new();
    let copied = std::fs::read(imported.path("out.csv")).unwrap();
    let file = other.write("out.csv", copied);
    other.import(&file, &["--concurrency", "8"]).success();
    let copies: Vec<Record> =
        records.iter().map(|record| [&record[..6], &[String::new()]].concat().try_into().unwrap()).collect();
    other.has_exactly(&copies);
}

#[test]
fn exports_take_a_call_per_fifty_records() {
    for api in VERSIONS {
        let stage = stage(api);
        // 174 days: two ranges of at most 90 days.
        seed(&stage.sandbox, &numbered(2500), SignedDuration::from_mins(100));
        export(&stage, &["--to", "2026-06-30", "out.ndjson"]).success();
        let lines = std::fs::read_to_string(stage.path("out.ndjson")).unwrap().lines().count();
        assert_eq!(lines, 2500);
        let counts = stage.sandbox.counts();
        assert_eq!((counts.refused, counts.arrivals), (0, counts.read));
        assert!(counts.read <= 50 + 6, "{api:?}: {counts:?}");
    }
}

#[test]
fn filters_work_whether_the_server_has_them() {
    for api in VERSIONS {
        let stage = stage(api);
        let records = varied(600);
        seed(&stage.sandbox, &records, SignedDuration::from_mins(1));
        let count = |is_wanted: &dyn Fn(&Record) -> bool| records.iter().filter(|record| is_wanted(record)).count();
        let cases: [(&[&str], usize); 7] = [
            (&["--type", "NPS"], count(&|record| record[4] == "NPS")),
            (&["--type", "thumb"], count(&|record| record[4] == "THUMB")),
            (&["--survey", "Beziehung, jährlich"], count(&|record| record[1] == "Beziehung, jährlich")),
            (&["--channel", "email"], count(&|record| record[3] == "email")),
            (&["--channel-uid", "=jo+3@example.com", "--channel-uid", "=jo+5@example.com"], 2),
            (
                &["--type", "NPS", "--score", "0..6"],
                count(&|record| record[4] == "NPS" && record[2].parse::<u8>().unwrap() <= 6),
            ),
            (&["--score", "5"], count(&|record| record[2] == "5")),
        ];
        for (arguments, expected) in cases {
            let lines =
                stdout(&export(&stage, &[arguments, &["--format", "ndjson"]].concat()).success()).lines().count();
            assert_eq!((lines, expected > 1), (expected, true), "{api:?}: {arguments:?}");
        }
        let later = stdout(&export(&stage, &["--to", "2025-12-31"]).code(2));
        assert_eq!(later, "");
        let early = ["--from", "2026-01-01T00:10Z", "--to", "2026-01-01T00:19Z", "--format", "ndjson"];
        let hour = stage.run(&[&["responses", "export"], &early[..]].concat()).success();
        assert_eq!(stdout(&hour).lines().count(), 10);
    }
}

/// Exports until it is done, and kills it each time when the server has answered some more calls.
fn killed_again_and_again(stage: &Stage, kills: usize, calls: u64) -> usize {
    let arguments = ["responses", "export", "--from", "2026-01-01", "out.csv"];
    let mut killed = 0;
    while killed < kills {
        let target = stage.sandbox.counts().read + calls;
        let mut running = Running::start(stage.process(&arguments).envs(stage.variables()));
        until(|| stage.sandbox.counts().read >= target || running.has_ended());
        if running.has_ended() {
            break;
        }
        running.kill();
        killed += 1;
    }
    if !stage.path("out.csv").exists() {
        stage.run(&arguments).success();
    }
    killed
}

#[test]
fn a_killed_export_continues_without_gaps() {
    let stage = Stage::with(SandboxOptions {
        latency: Some(Duration::from_millis(1)..=Duration::from_millis(1)),
        ..SandboxOptions::default()
    });
    let records = numbered(6000);
    seed(&stage.sandbox, &records, SignedDuration::from_millis(700));
    assert_eq!(killed_again_and_again(&stage, 5, 25), 5);
    let (found, ids) = exported(&stage.path("out.csv"));
    assert_same(&found, &records);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 6000);
    assert!(stage.sandbox.counts().read < 120 + 5 * 25 + 20, "finished parts are not read again");
    for left in ["out.csv.partial", "out.csv.partial.json"] {
        assert!(!stage.path(left).exists(), "{left}");
    }
}

#[test]
fn records_that_arrive_meanwhile_move_nothing() {
    let stage = Stage::with(SandboxOptions {
        latency: Some(Duration::from_millis(2)..=Duration::from_millis(2)),
        ..SandboxOptions::default()
    });
    let records = numbered(2000);
    seed(&stage.sandbox, &records, SignedDuration::from_mins(1));
    let file = stage.write_records(&varied(300));
    let importing = stage.start_import(&file, &[]);
    export(&stage, &["out.csv"]).success();
    assert_eq!(importing.end().code, Some(0));
    let ids = exported(&stage.path("out.csv")).1;
    let different: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(different.len(), ids.len(), "no record twice");
    let seeded: Vec<StoredRecord> = stage.sandbox.records().into_iter().take(2000).collect();
    assert!(seeded.iter().all(|record| different.contains(&record.id.to_string())));
}

#[test]
fn existing_files_are_never_overwritten() {
    let stage = Stage::new();
    seed(&stage.sandbox, &numbered(3), SignedDuration::from_mins(1));
    stage.write("out.csv", "mine");
    let refused = stderr(&export(&stage, &["out.csv"]).code(2));
    assert!(refused.contains("out.csv already exists") && refused.contains("never overwritten"), "{refused}");
    assert_eq!(std::fs::read_to_string(stage.path("out.csv")).unwrap(), "mine");
    stage.write("other.csv.partial", "mine");
    let refused = stderr(&export(&stage, &["other.csv"]).code(2));
    assert!(refused.contains("is a part of another export"), "{refused}");
    stage.was_never_called();
}

#[cfg(unix)]
#[test]
fn an_interrupted_export_says_how_to_continue() {
    let stage = Stage::faulty(&["hang:at=25,on=responses"]);
    seed(&stage.sandbox, &numbered(2000), SignedDuration::from_mins(1));
    let arguments = ["responses", "export", "--from", "2026-01-01", "out.csv"];
    let running = Running::start(stage.process(&arguments).envs(stage.variables()));
    until(|| stage.sandbox.counts().faulted == 1);
    running.signal(rustix::process::Signal::INT);
    let ended = running.end();
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);
    assert!(ended.stderr.contains("run the same command again to continue"), "{}", ended.stderr);
    let other = stderr(&export(&stage, &["--type", "NPS", "out.csv"]).code(2));
    assert!(other.contains("out.csv.partial is a part of another export"), "{other}");
    let continued = stage.run(&arguments).success();
    assert!(stderr(&continued).contains("continuing after 1,000 records"), "{}", stderr(&continued));
    assert!(stdout(&continued).starts_with("exported 2,000 records to "), "{}", stdout(&continued));
    assert_eq!(exported(&stage.path("out.csv")).1.iter().collect::<BTreeSet<_>>().len(), 2000);
}

/// The shell's file size limit simulates a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_an_export_to_continue() {
    let stage = Stage::new();
    // Larger than the ledger becomes meanwhile.
    let long = |[uid, _, rest @ ..]: Record| [&[uid, "long ".repeat(1600)], &rest[..]].concat().try_into().unwrap();
    let records: Vec<Record> = numbered(3000).into_iter().map(long).collect();
    seed(&stage.sandbox, &records, SignedDuration::from_mins(1));
    let arguments = ["responses", "export", "--from", "2026-01-01", "out.csv"];
    let mut shell = assert_cmd::Command::from_std(stage.program("sh"));
    shell.args(["-c", "ulimit -f 18000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_kore-feedback")]);
    let full = stderr(&shell.envs(stage.variables()).args(arguments).assert().code(5));
    assert!(full.contains("cannot write") && full.contains("run the same command again"), "{full}");
    assert!(!stage.path("out.csv").exists());
    let continued = stage.run(&arguments).success();
    assert!(stderr(&continued).contains("continuing after "), "{}", stderr(&continued));
    let (found, ids) = exported(&stage.path("out.csv"));
    assert_same(&found, &records);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 3000);
}

#[test]
fn an_unusable_path_is_refused_before_reading() {
    let stage = Stage::new();
    let refused = stderr(&export(&stage, &["no/such/directory/out.csv"]).code(2));
    assert!(refused.contains("cannot create") && refused.contains("name a file in a directory"), "{refused}");
    stage.was_never_called();
}

#[test]
fn progress_shows_the_time_left() {
    let stage = Stage::new();
    seed(&stage.sandbox, &numbered(2000), SignedDuration::from_mins(1));
    let mut command = stage.process(&["responses", "export", "--from=2026-01-01", "--rate-limit=30/1m", "slow.csv"]);
    let mut running = Running::start(command.envs(stage.variables()));
    running.wait_until_said("2,000 records to read: about 1 min");
    running.kill();
    let said = stderr(&export(&stage, &["--verbose", "out.csv"]).success());
    assert!(said.contains("50 records of 2,000 read") && said.contains("2,000 records read"), "{said}");
}

#[test]
fn faults_while_reading_lose_nothing() {
    let faults = [
        "500:at=3,on=responses",
        "truncate:at=5,on=responses",
        "429-retry-after:at=6,on=responses",
        "401:at=8,on=responses",
        "reset-before:at=9,on=responses",
        "html:at=11,on=responses",
    ];
    let stage = Stage::faulty(&faults);
    seed(&stage.sandbox, &numbered(1200), SignedDuration::from_mins(1));
    let exported = json(&export(&stage, &["out.csv", "--output", "json"]).success());
    assert_eq!(exported["records"], 1200);
    assert_eq!(stage.sandbox.counts().faulted, 6);
}

#[test]
fn exports_share_the_rate_limit() {
    let limits = vec![(5, Duration::from_secs(1))];
    let stage = Stage::with(SandboxOptions { limits, ..SandboxOptions::default() });
    seed(&stage.sandbox, &numbered(400), SignedDuration::from_mins(1));
    export(&stage, &["--rate-limit", "5/1s", "out.csv"]).success();
    export(&stage, &["--rate-limit", "5/1s", "again.csv"]).success();
    assert_eq!(stage.sandbox.counts().rate_limited, 0);
}

fn odd_record(number: i64) -> Value {
    json!({"_id": format!("id-{number}"), "surveyName": "n", "surveyType": "NPS", "channelUId": "jo@example.com",
           "channel": "rtm", "language": "en", "score": number % 11, "comments": null,
           "timestamp": format!("{:.3}", start_of_2026() + SignedDuration::from_mins(number))})
}

/// A server that does not do as documented, with 2,500 records a minute apart.
fn odd_server(page: impl Fn(Vec<Value>, usize) -> Value + Send + 'static) -> Fixed {
    Fixed::start(move |request| {
        let query: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
        let time = |name: &str| query["filters"][name].as_str().unwrap().parse::<Timestamp>().unwrap();
        let range = time("from")..=time("to");
        let matching =
            (0..2500).filter(|number| range.contains(&(start_of_2026() + SignedDuration::from_mins(*number))));
        (200, page(matching.map(odd_record).collect(), query["skip"].as_u64().unwrap().try_into().unwrap()).to_string())
    })
}

fn assert_exports_all(server: &Fixed) {
    let surroundings = Surroundings::new();
    let mut command = surroundings.command(&["responses", "export", "--from=2026-01-01"]);
    command.envs([("KORE_FEEDBACK_HOST", server.url().as_str()), ("KORE_FEEDBACK_LIMITS", "")]);
    command.envs([
        ("KORE_FEEDBACK_BOT_ID", "st-1"),
        ("KORE_FEEDBACK_CLIENT_ID", "cs-1"),
        ("KORE_FEEDBACK_CLIENT_SECRET", "s"),
    ]);
    let exported = stdout(&command.assert().success());
    let lines: BTreeSet<&str> = exported.lines().collect();
    assert_eq!((lines.len(), exported.lines().count()), (2501, 2501));
}

#[test]
fn pages_of_any_size_are_followed() {
    assert_exports_all(&odd_server(|matching, skip| {
        let page: Vec<Value> = matching.iter().skip(skip).take(1 + skip % 37).cloned().collect();
        json!({"moreAvailable": skip + page.len() < matching.len(), "totalCount": page.len(), "result": page})
    }));
}

#[test]
fn a_server_without_order_is_read_completely() {
    assert_exports_all(&odd_server(|mut matching, skip| {
        let total = matching.len();
        matching.reverse();
        let page: Vec<Value> = matching.into_iter().skip(skip).take(50).collect();
        json!({"moreAvailable": skip + page.len() < total, "totalCount": total, "result": page})
    }));
}

/// Each of these would be read until the hourly rate limit is used up, and then on.
#[test]
fn pages_without_end_are_an_error() {
    let server = |change: fn(&mut Value, u64)| {
        let calls = AtomicU64::new(0);
        Fixed::start(move |request| {
            if request.contains("/saveFeedback ") {
                return (500, String::new());
            }
            let call = calls.fetch_add(1, Ordering::Relaxed);
            let mut page: Vec<Value> = (0..50).map(odd_record).collect();
            page.iter_mut().for_each(|record| change(record, call));
            (200, json!({"moreAvailable": true, "totalCount": 100, "result": page}).to_string())
        })
    };
    let servers = [
        server(|_, _| {}),
        server(|record, _| record["_id"] = Value::Null),
        server(|record, call| record["_id"] = format!("{call} {}", record["_id"]).into()),
    ];
    for (number, server) in servers.iter().enumerate() {
        let stage = Stage::new();
        let file = stage.write_records(&numbered(1));
        let run = |arguments: &[&str]| {
            let mut command = stage.command(arguments);
            command.env("KORE_FEEDBACK_HOST", server.url()).timeout(Duration::from_secs(60)).assert()
        };
        run(&["import", file.to_str().unwrap()]).failure().code(1);
        let of_2026 = |command| vec!["responses", command, "--from=2026-01-01"];
        let commands = [of_2026("export"), of_2026("scores"), vec!["runs", "verify", "1"]];
        // Inconsistent pages are read again after a while, so not every command reads from every server.
        for arguments in commands.iter().skip(number) {
            let said = stderr(&run(arguments).code(5));
            assert!(said.contains("cannot read the server's records: its pages do not end: "), "{said}");
            assert!(said.contains("total 100"), "{said}");
        }
    }
}

#[test]
fn records_without_times_are_read_completely() {
    assert_exports_all(&odd_server(|matching, skip| {
        let mut page: Vec<Value> = matching.iter().skip(skip).take(50).cloned().collect();
        page.iter_mut().for_each(|record| record["timestamp"] = Value::Null);
        json!({"moreAvailable": skip + page.len() < matching.len(), "result": page})
    }));
}

#[test]
fn a_missing_scope_is_named_in_full() {
    let stage = Stage::faulty(&["403:every=1,on=responses"]);
    for command in ["export", "scores"] {
        let refused = stage.run(&["responses", command, "--from", "2026-01-01"]).code(3);
        let said = stderr(&refused);
        for scope in ["Feedback Analytics", "Metrics", "Feedback Survey"] {
            assert!(said.contains(scope), "{scope}: {said}");
        }
    }
}

#[test]
fn spreadsheets_get_no_formulas_on_request() {
    let stage = Stage::new();
    seed(&stage.sandbox, &varied(2), SignedDuration::from_mins(1));
    assert!(stdout(&export(&stage, &[]).success()).contains("\n=jo+0@example.com,"));
    let guarded = stdout(&export(&stage, &["--spreadsheet"]).success());
    assert!(guarded.starts_with('\u{feff}') && guarded.contains("\n'=jo+0@example.com,"), "{guarded}");
}

#[test]
fn an_empty_export_has_a_header() {
    let stage = Stage::new();
    export(&stage, &["out.csv"]).success();
    assert!(std::fs::read_to_string(stage.path("out.csv")).unwrap().starts_with("channelUId,name,score"));
    export(&stage, &["out.json"]).success();
    let array: Value = serde_json::from_str(&std::fs::read_to_string(stage.path("out.json")).unwrap()).unwrap();
    assert_eq!(array, json!([]));
}

#[test]
fn scores_are_grouped_on_request() {
    for api in VERSIONS {
        let stage = stage(api);
        seed(&stage.sandbox, &numbered(1100), SignedDuration::from_hours(1));
        let scores = |by: &str| {
            let arguments = ["responses", "scores", "--from", "2026-01-01", "--by", by];
            (
                json(&stage.run(&[&arguments[..], &["--output", "json"]].concat()).success()),
                stdout(&stage.run(&arguments)),
            )
        };
        let (by_month, text) = scores("month");
        let groups: BTreeMap<&str, u64> = by_month["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group| (group["group"].as_str().unwrap(), group["records"].as_u64().unwrap()))
            .collect();
        assert_eq!(groups, BTreeMap::from([("2026-01", 31 * 24), ("2026-02", 1100 - 31 * 24)]));
        assert!(text.contains("\n2026-01: 744 records\n"), "{text}");
        assert_eq!((&by_month["records"], &by_month["surveys"][0]["by_score"]["10"]), (&json!(1100), &json!(100)));
        let (by_week, _) = scores("week");
        assert_eq!(by_week["groups"][0]["group"], "2026-W01");
        assert_eq!(scores("channel").0["groups"][0]["group"], "rtm");
        assert_eq!(scores("language").0["groups"][0]["records"], 1100);
    }
}

#[test]
fn a_time_without_records_has_no_scores() {
    let surroundings = Surroundings::new();
    let stage = Stage::new();
    let arguments = ["responses", "scores", "--from", "2026-01-01", "--to", "2026-01-02"];
    let shown = surroundings.command(&arguments).envs(stage.variables()).assert().success();
    assert_eq!(stdout(&shown), "0 records on the vendor's dashboard, 2026-01-01 to 2026-01-02:\n");
}
