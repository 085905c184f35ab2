//! Measures time and memory of checking a large file, next to `qsv validate` if `qsv` is on the PATH: the same file against
//! a JSON schema with the same rules for the seven columns.
//!
//! ```sh
//! cargo bench --bench check              # a million rows
//! cargo bench --bench check -- 10000     # fewer
//! ```
//!
//! Each runs three times, in turn, and the fastest counts. Memory is the peak resident set on Linux; it is not measured elsewhere.

#![expect(clippy::print_stdout, reason = "results are printed for a person")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use kore_feedback::sandbox::{Sandbox, SandboxOptions};

#[path = "support/input.rs"]
mod input;
#[path = "support/process.rs"]
mod process;
mod support;

use input::write_csv;
use process::Took;
use support::command;

const TIMES: usize = 3;
const PER_ROW: usize = 3;

/// The record's rules for each column. The score's range by type, which this tool also checks, would need conditions in
/// the schema; qsv is spared them.
const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "channelUId": {"type": "string", "minLength": 1},
    "name": {"type": "string", "minLength": 1},
    "score": {"type": "integer", "minimum": 0, "maximum": 10},
    "channel": {"type": "string", "minLength": 1},
    "type": {"type": "string", "enum": ["NPS", "CSAT", "THUMB"]},
    "language": {"type": "string", "minLength": 1},
    "message": {"type": ["string", "null"]}
  },
  "required": ["channelUId", "name", "score", "channel", "type", "language", "message"]
}"#;

fn main() {
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let twice = 2 * rows;
    let home = tempfile::tempdir().expect("a directory");
    let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
    let path = |name: &str| home.path().join(name);
    let (compared, csv, lines) = (path("compared.csv"), path("large.csv"), path("large.jsonl"));
    write_rows(&compared, rows);
    write_rows(&csv, twice);
    write_lines(&lines, twice);

    let check = |file: &Path| {
        let mut run = command(home.path(), &sandbox);
        run.arg("import").arg(file).args(["--dry-run", "-q"]);
        Took::of(run)
    };
    let schema = path("schema.json");
    std::fs::write(&schema, SCHEMA).expect("the schema");
    let qsv = |threads: &[&str]| {
        let mut run = Command::new("qsv");
        run.arg("validate").args(threads).arg(&compared).arg(&schema).current_dir(home.path());
        Took::of(run)
    };
    let has_qsv = Command::new("qsv").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();

    let (mut ours, mut theirs, mut theirs_alone) = (None, None, None);
    for _ in 0..TIMES {
        keep_better(&mut ours, check(&compared));
        if has_qsv {
            keep_better(&mut theirs, qsv(&[]));
            keep_better(&mut theirs_alone, qsv(&["--jobs", "1"]));
        }
    }
    let ours = ours.expect("a run");
    println!("check of {rows} rows of CSV: {}", in_words(&ours, rows));
    match (theirs, theirs_alone) {
        (Some(theirs), Some(alone)) => {
            println!("qsv validate, all CPUs: {}; {}", in_words(&theirs, rows), ratio(&ours, &theirs));
            println!("qsv validate, one CPU: {}; {}", in_words(&alone, rows), ratio(&ours, &alone));
        }
        _ => println!("qsv is not on the PATH: no comparison"),
    }
    let (several, single) = (path("several.csv"), path("single.csv"));
    write_scores(&several, rows, "Q1,Q2,Q3");
    write_scores(&single, rows * PER_ROW, "Q1");
    let check_scores = |file: &Path, records: usize| {
        let mut run = command(home.path(), &sandbox);
        run.arg("import").arg(file).args(["--dry-run", "-q"]);
        run.args((1..=records).map(|number| format!("--record=name=Survey {number},score=Q{number}")));
        Took::of(run)
    };
    let (mut of_several, mut of_single) = (None, None);
    for _ in 0..TIMES {
        keep_better(&mut of_several, check_scores(&several, PER_ROW));
        keep_better(&mut of_single, check_scores(&single, 1));
    }
    let (of_several, of_single) = (of_several.expect("a run"), of_single.expect("a run"));
    let records = rows * PER_ROW;
    println!("check of {rows} rows with {PER_ROW} records each: {}", in_words(&of_several, records));
    println!("check of {records} rows with one: {}; {}", in_words(&of_single, records), ratio(&of_several, &of_single));
    println!("check of {twice} rows of CSV: {}", in_words(&check(&csv), twice));
    println!("check of {twice} rows of NDJSON: {}", in_words(&check(&lines), twice));
}

fn keep_better(best: &mut Option<Took>, found: Took) {
    if best.as_ref().is_none_or(|best| found.seconds < best.seconds) {
        *best = Some(found);
    }
}

fn in_words(took: &Took, rows: usize) -> String {
    let memory = if took.memory > 0.0 { format!(", {:.1} MB", took.memory) } else { String::new() };
    format!("{:.2} s, {:.2} CPU s, {:.0} per second{memory}", took.seconds, took.cpu, rows as f64 / took.seconds)
}

fn ratio(ours: &Took, other: &Took) -> String {
    format!("ratio {:.2}", ours.seconds / other.seconds)
}

/// Rows with a respondent and these scores.
fn write_scores(path: &Path, rows: usize, scores: &str) {
    let header = format!("channelUId,channel,type,language,message,{scores}\n");
    let count = scores.split(',').count();
    write(path, rows, &header, |text, row| {
        let _ = write!(text, "respondent-{row}@example.com,rtm,NPS,en,How likely?");
        (0..count).for_each(|number| {
            let _ = write!(text, ",{}", (row + number) % 11);
        });
        text.push('\n');
    });
}

fn write_rows(path: &Path, rows: usize) {
    write_csv(BufWriter::new(File::create(path).expect("the input")), rows).expect("the input");
}

fn write_lines(path: &Path, rows: usize) {
    write(path, rows, "", |text, row| {
        let _ = writeln!(
            text,
            r#"{{"channelUId":"respondent-{row}@example.com","name":"Post-chat","score":{},"channel":"rtm","type":"NPS","language":"en","message":"How likely?"}}"#,
            row % 11
        );
    });
}

fn write(path: &Path, rows: usize, header: &str, each: impl Fn(&mut String, usize)) {
    let mut file = BufWriter::new(File::create(path).expect("the input"));
    file.write_all(header.as_bytes()).expect("the input");
    let mut line = String::new();
    for row in 1..=rows {
        line.clear();
        each(&mut line, row);
        file.write_all(line.as_bytes()).expect("the input");
    }
    file.flush().expect("the input");
}
