//! `submit` through the real binary: one record from options, a file, defaults or answers at a terminal.

#[cfg(unix)]
mod terminal;

use insta::assert_snapshot;
use serde_json::{Value, json as value};

use crate::support::{Fixed, IMPATIENT, Record, Stage, json, record, stderr, stdout};

/// A complete record as options.
const OPTIONS: [&str; 15] = [
    "submit",
    "--type",
    "CSAT",
    "--score",
    "4",
    "--channel-uid",
    "jo@example.com",
    "--name",
    "Post-chat",
    "--channel",
    "rtm",
    "--language",
    "en",
    "--message",
    "Happy?",
];

/// The record that [`OPTIONS`] sends.
fn sent() -> Record {
    record(["jo@example.com", "Post-chat", "4", "rtm", "CSAT", "en", "Happy?"])
}

fn with(more: &[&'static str]) -> Vec<&'static str> {
    [&OPTIONS[..], more].concat()
}

#[test]
fn options_are_sent_and_the_id_printed() {
    let stage = Stage::new();
    let assert = stage.run(&OPTIONS).success();
    stage.has_exactly(&[sent()]);
    let id = stage.sandbox.records()[0].id.to_string();
    let target = format!("{}, bot {}", stage.sandbox.url(), stage.sandbox.bot_id());
    assert_eq!(stdout(&assert), format!("saved CSAT 4 of jo@example.com for \"Post-chat\" as {id} at {target}\n"));
    assert_eq!(stderr(&assert), "");
    // The same feedback twice can be intended.
    stage.run(&OPTIONS).success();
    stage.has_exactly(&[sent(), sent()]);
}

#[test]
fn json_output_is_the_servers_record() {
    let stage = Stage::new();
    let saved = json(&stage.run(&with(&["-o", "json"])).success());
    let keys: Vec<_> = saved.as_object().unwrap().keys().map(String::as_str).collect();
    let contract = [
        "botId",
        "channel",
        "language",
        "score",
        "timestamp",
        "createdOn",
        "timestampValue",
        "type",
        "name",
        "channelUId",
        "orgId",
        "accountId",
        "userId",
        "_id",
        "__v",
    ];
    assert_eq!(keys, [&contract[..], &["run", "outcome", "status", "warnings"]].concat());
    assert_eq!((&saved["run"], &saved["outcome"]), (&1.into(), &"saved".into()));
    assert_eq!((&saved["channelUId"], &saved["score"]), (&"jo@example.com".into(), &4.into()));
    assert_eq!(saved["_id"], stage.sandbox.records()[0].id.to_string());
}

#[test]
fn options_override_the_profiles_defaults() {
    let stage = Stage::new();
    stage.write_config(
        "[profiles.p.defaults]\nname = \"Default\"\nchannel = \"email\"\nlanguage = \"de\"\nmessage = \"\"\ntype = \"NPS\"\nscore = 9\n",
    );
    stage.run(&["submit", "--channel-uid", "007", "--channel", "rtm"]).success();
    stage.has_exactly(&[record(["007", "Default", "9", "rtm", "NPS", "de", ""])]);
}

#[test]
fn options_override_a_json_record() {
    let whole = r#"{"channelUId": "007", "name": "n", "score": 10, "channel": "rtm", "type": "NPS", "language": "en", "message": "two\nlines"}"#;
    let arrived = record(["007", "n", "10", "rtm", "NPS", "en", "two\nlines"]);
    let stage = Stage::new();
    stage.write("record.json", whole);
    stage.write("marked.json", format!("\u{feff}{whole}"));
    stage.run(&["submit", "--json", "record.json"]).success();
    stage.run(&["submit", "--json", "marked.json"]).success();
    stage.command(&["submit", "--json", "-", "--score", "0"]).write_stdin(whole).assert().success();
    let mut overridden = arrived.clone();
    overridden[2] = "0".to_owned();
    stage.has_exactly(&[arrived.clone(), arrived, overridden]);
}

#[test]
fn an_invalid_json_record_names_the_file() {
    let stage = Stage::new();
    stage.write("bad.json", r#"{"channelUID": "a", "score": [4], "name": 7}"#);
    let said = stderr(&stage.run(&["submit", "--json", "bad.json"]).failure().code(2));
    stage.filtered(|| {
        assert_snapshot!(said, @r#"
    error: bad.json: invalid record in JSON:
      - "channelUID" is not a field; did you mean "channelUId"?
      - score must not be an array
      - name must be a string; put 7 in quotes
    hint: a record is one object with channelUId, name, score, channel, type, language, message
    "#)
    });
    let said = stderr(&stage.run(&["submit", "--json", "missing.json"]).failure().code(2));
    assert!(said.contains("missing.json"), "{said}");
    let said = stderr(&stage.command(&["submit", "--json", "-"]).write_stdin("[]").assert().failure().code(2));
    assert!(said.contains("standard input"), "{said}");
    stage.was_never_called();
}

#[test]
fn all_problems_are_in_one_error() {
    let stage = Stage::new();
    let said =
        stderr(&stage.run(&["submit", "--score", "eleven", "--name", " ", "--channel", "r\u{7}tm"]).failure().code(2));
    stage.filtered(|| assert_snapshot!(said, @r#"
    error: invalid record:
      - channel_uid: required, but missing
      - name: required, but empty
      - score: not a number (got "eleven")
      - channel: contains a control character; only message may contain line breaks and tabs (got "r�tm")
      - type: required, but missing
      - language: required, but missing
      - message: required, but missing
    hint: give --channel-uid, --type, --language, --message, or set defaults in the profile; on a terminal, submit asks for them
    "#));
    let said = stderr(&stage.run(&["submit", "-q"]).failure().code(2));
    assert!(said.contains("--channel-uid, --name, --score, --channel, --type, --language, --message"), "{said}");
    stage.was_never_called();
    assert!(!stage.state().join("ledger.db").exists());
}

#[test]
fn allow_any_score_allows_scores_off_the_scale() {
    let stage = Stage::new();
    let said = stderr(&stage.run(&with(&["--score", "6"])[..]).failure().code(2));
    assert!(said.contains("cannot be used multiple times"), "{said}");
    let off: Vec<_> = OPTIONS.iter().map(|word| if *word == "4" { "6" } else { *word }).collect();
    let said = stderr(&stage.run(&off).failure().code(2));
    assert!(said.contains("a CSAT score is a whole number from 1 to 5 (got \"6\")"), "{said}");
    stage.was_never_called();
    stage.run(&[&off[..], &["--allow-any-score"]].concat()).success();
    assert_eq!(stage.sent()[0][2], "6");
    let minus: Vec<_> = OPTIONS.iter().map(|word| if *word == "4" { "-1.5" } else { *word }).collect();
    stage.run(&[&minus[..], &["--allow-any-score"]].concat()).success();
    assert_eq!(stage.sent()[0][2], "-1.5");
}

#[test]
fn dry_run_shows_the_request_only() {
    let stage = Stage::new();
    let shown = stdout(&stage.run(&with(&["--dry-run"])).success());
    stage.filtered(|| {
        assert_snapshot!(shown, @r#"
    POST http://sandbox/api/1.1/public/bot/st-bot/saveFeedback
    auth: [token]
    content-type: application/json

    {
      "channelUId": "jo@example.com",
      "name": "Post-chat",
      "score": 4,
      "channel": "rtm",
      "type": "CSAT",
      "language": "en",
      "message": "Happy?"
    }
    "#)
    });
    stage.was_never_called();
    assert!(!stage.state().join("ledger.db").exists());
}

#[test]
fn the_curl_command_contains_no_token() {
    let stage = Stage::new();
    let message = "It's \"so\" $HOME `id`\n\u{202e}Größe";
    let mut command = stage.command(&OPTIONS[..13]);
    let shown = stdout(&command.args(["--message", message, "--dry-run", "--curl"]).assert().success());
    assert!(!shown.contains('\u{202e}'), "{shown:?}");
    let words = shell_words::split(&shown.replace("\\\n", "")).unwrap();
    let url = format!("{}/api/1.1/public/bot/{}/saveFeedback", stage.sandbox.url(), stage.sandbox.bot_id());
    let header = "content-type: application/json";
    assert_eq!(words[..6], ["curl", &url, "--header", "$(kore-feedback token --header)", "--header", header]);
    assert_eq!(words[6], "--data-raw");
    let body: Value = serde_json::from_str(&words[7]).unwrap();
    let expected = value!({"channelUId": "jo@example.com", "name": "Post-chat", "score": 4, "channel": "rtm",
        "type": "CSAT", "language": "en", "message": message});
    assert_eq!((words.len(), body), (8, expected));
    stage.was_never_called();
}

#[test]
fn each_fault_has_an_exit_code_and_json() {
    for (fault, code, outcome, status) in [
        ("400", 1, "rejected", value!(400)),
        ("401", 3, "unsent", value!(401)),
        ("404", 3, "unsent", value!(404)),
        ("503-retry-after", 4, "unsent", value!(503)),
        ("429-retry-after", 4, "unsent", value!(429)),
        ("500", 1, "in doubt", value!(500)),
        ("reset-after-save", 1, "in doubt", Value::Null),
    ] {
        let stage = Stage::faulty(&[fault]);
        let assert = stage.run(&with(&["-o", "json", IMPATIENT, "--max-wait=1s"]));
        let said = json(&assert);
        assert_eq!(assert.get_output().status.code(), Some(code), "{fault}: {said}");
        let keys: Vec<_> = said.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["run", "outcome", "status", "detail", "warnings", "error"], "{fault}");
        assert_eq!((&said["outcome"], &said["status"]), (&outcome.into(), &status), "{fault}");
        assert_eq!(said["error"]["exit_code"], code, "{fault}");
        assert!(stderr(&assert).contains("error: "), "{fault}: {}", stderr(&assert));
    }
}

#[test]
fn a_rejected_record_prints_the_servers_message() {
    let stage = Stage::faulty(&["400"]);
    let assert = stage.run(&OPTIONS).failure().code(1);
    assert_eq!(
        (stdout(&assert), stderr(&assert)),
        (String::new(), "error: rejected with status 400: Bad Request (code 400)\n".into())
    );
}

#[test]
fn submit_waits_for_an_unavailable_server() {
    let stage = Stage::faulty(&["503-retry-after:first=1"]);
    let assert = stage.run(&OPTIONS).success();
    assert!(stderr(&assert).contains("the server asked clients to wait"), "{}", stderr(&assert));
    stage.has_exactly(&[sent()]);
}

#[test]
fn a_record_in_doubt_needs_again() {
    let stage = Stage::faulty(&["reset-after-save:at=1"]);
    let said = stderr(&stage.run(&OPTIONS).failure().code(1));
    assert!(said.contains("`kore-feedback runs verify 1`"), "{said}");
    let said = stderr(&stage.run(&OPTIONS).failure().code(2));
    assert!(said.contains("the same record has been in doubt since run 1") && said.contains("--again"), "{said}");
    assert_eq!(stage.sandbox.counts().arrivals, 1);
    // Another record may be sent, and so may the same one to a sandbox.
    let mut other = OPTIONS;
    other[4] = "5";
    stage.run(&other).success();
    stage.run(&with(&["--sandbox"])).success();
    stage.run(&with(&["--again"])).success();
    assert_eq!(stage.sandbox.counts().saved, 3);
}

#[test]
fn sandbox_needs_no_configuration() {
    let home = crate::support::Surroundings::new();
    let assert = home.run(&with(&["--sandbox"])).success();
    assert!(stdout(&assert).starts_with("saved CSAT 4 of jo@example.com"), "{}", stdout(&assert));
    assert_eq!(stderr(&assert), "sent to a local sandbox; nothing reached the real API\n");
}

#[test]
fn submit_and_import_share_the_rate_limit() {
    let stage = Stage::new();
    let file = stage.write_records(&crate::support::numbered(2));
    stage.import(&file, &["--rate-limit", "2/2s", "--pace", "early"]).success();
    stage.run(&with(&["--rate-limit", "2/2s", "--pace", "early"])).success();
    let records = stage.sandbox.records();
    let apart = records[2].saved_at.duration_since(records[0].saved_at);
    assert!(apart.as_millis() >= 2000, "{apart:?}");
}

#[test]
fn a_hostile_response_is_printed_safely() {
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}";
    let stage = Stage::new();
    let answer = answer_of(hostile);
    for output in ["text", "json"] {
        let answer = answer.clone();
        let server = Fixed::start(move |_| (200, answer.to_string()));
        let mut command = stage.command(&with(&["-o", output]));
        let assert = command.env("KORE_FEEDBACK_HOST", server.url()).assert().success();
        let said = stdout(&assert) + &stderr(&assert);
        assert!(!said.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{said:?}");
        if output == "json" {
            let printed = json(&assert);
            assert!(
                answer_of(hostile).as_object().unwrap().iter().all(|(key, value)| printed[key] == *value),
                "{printed}"
            );
        }
    }

    fn answer_of(hostile: &str) -> Value {
        value!({"_id": hostile, "name": hostile, "orgId": hostile, hostile: [hostile]})
    }
}

#[test]
fn a_submit_is_a_run_with_one_row() {
    let stage = Stage::faulty(&["400:at=2"]);
    stage.run(&OPTIONS).success();
    stage.run(&OPTIONS).failure().code(1);
    let runs = json(&stage.run(&["runs", "list", "-o", "json"]).success());
    let told: Vec<_> = runs["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| [&run["kind"], &run["state"], &run["rows"], &run["saved"], &run["rejected"]])
        .collect();
    assert_eq!(value!(told), value!([["submit", "finished", 1, 1, 0], ["submit", "finished", 1, 0, 1]]));
}

#[test]
fn the_respondent_is_not_kept_in_the_ledger() {
    let stage = Stage::new();
    let given = ["--type", "THUMB", "--score", "1", "--name", "n", "--channel", "rtm", "--language", "en"];
    let respondent = ["--message", "", "--channel-uid", "unmistakable@example.com"];
    stage.run(&[&["submit"], &given[..], &respondent[..]].concat()).success();
    for entry in std::fs::read_dir(stage.state()).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        let kept = String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned();
        assert!(!kept.contains("unmistakable"), "{:?}", entry.path());
    }
}
