//! Measures time and memory of checking a large file, next to `qsv validate` if `qsv` is on the PATH: the same file against
//! a JSON schema with the same rules for the seven columns.
//!
//! ```sh
//! cargo bench --bench check
//! ```
//!
//! Each runs three times, in turn, and the fastest counts. Memory is the peak resident set on Linux; it is not measured elsewhere.

#![expect(clippy::print_stdout, reason = "results are printed for a person")]

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kore_feedback::sandbox::{Sandbox, SandboxOptions};

mod support;

use support::command;

const COMPARED: usize = 1_000_000;
const FOR_MEMORY: usize = 2_000_000;
const TIMES: usize = 3;
const PER_ROW: usize = 3;
/// How often the memory of the process is sampled.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

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
    let home = tempfile::tempdir().expect("a directory");
    let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
    let path = |name: &str| home.path().join(name);
    let (compared, csv, lines) = (path("compared.csv"), path("large.csv"), path("large.jsonl"));
    write_csv(&compared, COMPARED);
    write_csv(&csv, FOR_MEMORY);
    write_lines(&lines, FOR_MEMORY);

    let check = |file: &Path| {
        let mut run = command(home.path(), &sandbox);
        run.arg("import").arg(file).args(["--dry-run", "-q"]);
        Measured::of(run)
    };
    let schema = path("schema.json");
    std::fs::write(&schema, SCHEMA).expect("the schema");
    let qsv = |threads: &[&str]| {
        let mut run = Command::new("qsv");
        run.arg("validate").args(threads).arg(&compared).arg(&schema).current_dir(home.path());
        run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Measured::of(run)
    };
    let has_qsv = Command::new("qsv").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();

    let (mut ours, mut theirs, mut theirs_alone) = (None, None, None);
    for _ in 0..TIMES {
        Measured::keep_better(&mut ours, check(&compared));
        if has_qsv {
            Measured::keep_better(&mut theirs, qsv(&[]));
            Measured::keep_better(&mut theirs_alone, qsv(&["--jobs", "1"]));
        }
    }
    let ours = ours.expect("a run");
    println!("check of {COMPARED} rows of CSV: {}", ours.in_words(COMPARED));
    match (theirs, theirs_alone) {
        (Some(theirs), Some(alone)) => {
            println!("qsv validate, all CPUs: {}; {}", theirs.in_words(COMPARED), ours.compared_with(&theirs));
            println!("qsv validate, one CPU: {}; {}", alone.in_words(COMPARED), ours.compared_with(&alone));
        }
        _ => println!("qsv is not on the PATH: no comparison"),
    }
    let (several, single) = (path("several.csv"), path("single.csv"));
    write_scores(&several, COMPARED, "Q1,Q2,Q3");
    write_scores(&single, COMPARED * PER_ROW, "Q1");
    let check_scores = |file: &Path, records: usize| {
        let mut run = command(home.path(), &sandbox);
        run.arg("import").arg(file).args(["--dry-run", "-q"]);
        run.args((1..=records).map(|number| format!("--record=name=Survey {number},score=Q{number}")));
        Measured::of(run)
    };
    let (mut of_several, mut of_single) = (None, None);
    for _ in 0..TIMES {
        Measured::keep_better(&mut of_several, check_scores(&several, PER_ROW));
        Measured::keep_better(&mut of_single, check_scores(&single, 1));
    }
    let (of_several, of_single) = (of_several.expect("a run"), of_single.expect("a run"));
    let records = COMPARED * PER_ROW;
    println!("check of {COMPARED} rows with {PER_ROW} records each: {}", of_several.in_words(records));
    println!(
        "check of {records} rows with one: {}; {}",
        of_single.in_words(records),
        of_several.compared_with(&of_single)
    );
    println!("check of {FOR_MEMORY} rows of CSV: {}", check(&csv).in_words(FOR_MEMORY));
    println!("check of {FOR_MEMORY} rows of NDJSON: {}", check(&lines).in_words(FOR_MEMORY));
}

/// Time and memory of a finished process.
struct Measured {
    time: Duration,
    /// Peak resident set in KiB, where it can be measured.
    memory: Option<u64>,
}

impl Measured {
    fn of(mut run: Command) -> Self {
        let started = Instant::now();
        let mut child = run.spawn().expect("the program");
        let mut memory = None;
        let status = loop {
            memory = memory.max(resident(&child));
            match child.try_wait().expect("its state") {
                Some(status) => break status,
                None => std::thread::sleep(BETWEEN_LOOKS),
            }
        };
        let time = started.elapsed();
        assert!(status.success(), "{run:?} ended with {status}");
        Self { time, memory }
    }

    fn keep_better(best: &mut Option<Self>, found: Self) {
        if best.as_ref().is_none_or(|best| found.time < best.time) {
            *best = Some(found);
        }
    }

    fn in_words(&self, rows: usize) -> String {
        let memory = self.memory.map_or_else(String::new, |kib| format!(", {:.1} MiB", kib as f64 / 1024.0));
        let seconds = self.time.as_secs_f64();
        format!("{seconds:.2} s, {:.0} per second{memory}", rows as f64 / seconds)
    }

    fn compared_with(&self, other: &Self) -> String {
        format!("ratio {:.2}", self.time.as_secs_f64() / other.time.as_secs_f64())
    }
}

/// The peak resident set of a running process.
fn resident(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

fn write_csv(path: &Path, rows: usize) {
    write(path, rows, "channelUId,name,score,channel,type,language,message\n", |text, row| {
        let _ = writeln!(text, "respondent-{row}@example.com,Post-chat,{},rtm,NPS,en,How likely?", row % 11);
    });
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
    let mut file = BufWriter::new(std::fs::File::create(path).expect("the input"));
    file.write_all(header.as_bytes()).expect("the input");
    let mut line = String::new();
    for row in 1..=rows {
        line.clear();
        each(&mut line, row);
        file.write_all(line.as_bytes()).expect("the input");
    }
    file.flush().expect("the input");
}
