//! Text from servers and files that controls a spreadsheet or a terminal.

use std::fs;

#[cfg(unix)]
use crate::support::Terminal;
use crate::support::{Fixed, Stage, csv_of, json, record, stdout};

const FORMULA: &str = "=HYPERLINK(\"http://evil.example/\",\"look\")";

fn column(csv: &str, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let column = reader.headers().unwrap().iter().position(|header| header == name).unwrap();
    reader.records().map(|row| row.unwrap()[column].to_owned()).collect()
}

#[test]
fn no_text_of_a_server_reads_as_formula() {
    let server = Fixed::start(|request| match request.contains("rejected") {
        true => (400, serde_json::json!({"errors": [{"msg": FORMULA, "code": 400}]}).to_string()),
        false => (200, serde_json::json!({"_id": "@SUM(1,1)"}).to_string()),
    });
    let stage = Stage::new();
    let rows = ["saved", "rejected"].map(|name| record(["=1+1", name, "5", "rtm", "CSAT", "en", ""]));
    let mut import = stage.command(&["import", "in.csv"]);
    stage.write("in.csv", csv_of(&rows));
    import.env("KORE_FEEDBACK_HOST", server.url()).assert().failure().code(1);
    let guarded = format!("'{FORMULA} (code 400)");
    let report = fs::read_to_string(stage.path("in.failures.csv")).unwrap();
    assert_eq!(column(&report, "_error"), [&*guarded]);
    assert_eq!(column(&report, "channelUId"), ["=1+1"], "the input's cells stay as they are");
    let shown = stdout(&stage.run(&["runs", "show", "1", "--rows"]).success());
    assert_eq!(column(&shown, "error"), ["", &*guarded]);
    assert_eq!(column(&shown, "server_id"), ["'@SUM(1,1)", ""]);
    let shown = json(&stage.run(&["runs", "show", "1", "--rows", "-o", "json"]).success());
    assert_eq!(shown["rows"][0]["server_id"], "@SUM(1,1)");
}

#[cfg(unix)]
#[test]
fn cells_never_control_a_terminal() {
    let stage = Stage::faulty(&["400"]);
    let note = "\u{1b}]0;title\u{7}\u{9b}2J\u{202e}Größe";
    let rows = format!("note,channelUId,name,score,channel,type,language,message\n{note},a,x,5,rtm,CSAT,en,\n");
    stage.import(&stage.write("in.csv", rows), &[]).failure().code(1);
    let piped = stdout(&stage.run(&["runs", "failures", "1"]).success());
    assert!(piped.contains(note), "{piped:?}");
    let mut command = stage.process(&["runs", "failures", "1"]);
    let (code, seen) = Terminal::start(&mut command).end();
    assert_eq!(code, Some(0));
    assert!(seen.contains("\u{fffd}]0;title\u{fffd}\u{fffd}2J\u{fffd}Größe"), "{seen:?}");
    assert!(!seen.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{seen:?}");
}
