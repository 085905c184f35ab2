//! `kore-feedback import`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{InputArgs, SendingArgs, as_typed};
use crate::record::{Clause, RowRange};
use crate::run::MaxRejected;

const SHORT_EXAMPLES: &str = "\
Examples:
  kore-feedback import feedback.csv --sandbox    Try it: no setup, nothing leaves this machine
  kore-feedback import feedback.csv --dry-run    Check a file and preview the result
  kore-feedback import feedback.csv --resume     Continue after an interruption

These are the most common options: see --help for all options and more examples.";

const EXAMPLES: &str = "\
Examples:
  Try it: no setup, nothing leaves this machine:
    kore-feedback import feedback.csv --sandbox
  Check a file, see how the records will look on the dashboard and how long the import will take:
    kore-feedback import feedback.csv --dry-run
  Map columns to fields, and give every row the same type:
    kore-feedback import umfrage.csv --map channel_uid=Kunde --map score=Note --set type=CSAT
  Import the export of a survey tool:
    kore-feedback import export.csv --preset qualtrics --map score=Q3_NPS --set type=NPS --set name=Relationship
  Resume after an interruption:
    kore-feedback import feedback.csv --resume
  Send each row to the bot it names:
    kore-feedback import export.csv --map bot_id=Bot
  Import several files as one run, or one sheet of a workbook:
    kore-feedback import 'q3/*.csv.gz'
    kore-feedback import survey.xlsx --sheet Answers
  Read from a pipe and print the summary as JSON:
    zcat 2024.csv.gz | kore-feedback import - --output json";

/// Import feedback from a file, each row exactly once
///
/// Checks the whole file before the first request. Records every request before it is sent, so that a run can be resumed
/// after any failure: no row is lost, and none is sent twice. On a terminal, import asks for the columns that it cannot match,
/// and offers to save the answers as a mapping.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[command(after_help = SHORT_EXAMPLES, after_long_help = EXAMPLES)]
pub struct ImportArgs {
    /// The files, their columns and their format.
    #[command(flatten)]
    #[serde(flatten)]
    pub input: InputArgs,

    /// Check everything, show a preview and the duration, send nothing
    #[arg(long, help_heading = "Rows")]
    pub dry_run: bool,
    /// Import the valid rows, and write the invalid ones to the failure report
    #[arg(long, help_heading = "Rows")]
    pub skip_invalid: bool,
    /// With --skip-invalid: refuse the import if more are invalid than this: a number, or a percentage such as 1%
    #[arg(long, value_name = "N|PERCENT", help_heading = "Rows", requires = "skip_invalid", hide_short_help = true)]
    #[serde(with = "as_typed::max_rejected")]
    pub max_invalid: Option<MaxRejected>,
    /// Which rows are imported.
    #[command(flatten)]
    #[serde(flatten)]
    pub rows: RowArgs,
    /// Allow scores outside the scale of their type
    #[arg(long, help_heading = "Rows", hide_short_help = true)]
    pub allow_any_score: bool,
    /// When importing a failure report: also send its rows in doubt; they may then be saved twice
    #[arg(long, help_heading = "Rows", hide_short_help = true)]
    pub include_in_doubt: bool,
    /// Write the failure report to this file [default: NAME.failures.csv, next to the first input]
    #[arg(long, value_name = "FILE", help_heading = "Rows", hide_short_help = true)]
    #[arg(value_hint = ValueHint::FilePath)]
    pub failures: Option<PathBuf>,
    /// At the end, also after an interruption, list the saved records in this CSV file, with the server's id and time
    #[arg(long, value_name = "FILE", help_heading = "Rows", hide_short_help = true)]
    pub saved: Option<PathBuf>,
    /// At the end, also after an interruption, write a report of the run to this HTML file
    #[arg(long, value_name = "FILE", help_heading = "Rows", hide_short_help = true)]
    #[arg(value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,

    /// Resume the unfinished run of this file
    #[arg(long, help_heading = "Runs", conflicts_with = "again")]
    pub resume: bool,
    /// With --resume: send rows in doubt again; they may then be saved twice
    #[arg(long, help_heading = "Runs", requires = "resume", hide_short_help = true)]
    pub resend_in_doubt: bool,
    /// With --resume: send rejected rows again
    #[arg(long, help_heading = "Runs", requires = "resume", hide_short_help = true)]
    pub rejected: bool,
    /// Import only what was not sent before: the new rows of an export that has grown
    #[arg(long, help_heading = "Runs", conflicts_with_all = ["again", "resume"])]
    pub only_new: bool,
    /// Recognize rows that were sent before by this column, such as ResponseId, instead of by all fields; repeatable
    ///
    /// Each key is sent once. A row whose key was sent with other answers is listed and not sent. Rows that were sent without
    /// --key are recognized by all fields.
    #[arg(long, value_name = "COLUMN", help_heading = "Runs", hide_short_help = true)]
    pub key: Vec<String>,
    /// Import rows although they were sent before; they are then saved twice
    #[arg(long, help_heading = "Runs")]
    pub again: bool,
    /// Send without asking; without a terminal, nothing is asked
    #[arg(long, short = 'y', help_heading = "Runs")]
    #[serde(skip)]
    pub yes: bool,
    /// With --again: leave an earlier run of the file unfinished; `runs resume` can still finish it
    #[arg(long, help_heading = "Runs", requires = "again", hide_short_help = true)]
    pub allow_unfinished: bool,
    /// At the end, ask the server what became of rows in doubt, as `runs verify` does; needs read access
    #[arg(long, help_heading = "Runs", hide_short_help = true)]
    pub verify: bool,

    /// Run this command when the run has ended or stopped, with the JSON summary on its standard input
    ///
    /// No shell runs it: write a program and its arguments, with quotes as in a shell. If it fails, a warning is printed; the
    /// exit code stays that of the import. A resumed run runs it again.
    #[arg(long, value_name = "COMMAND", value_parser = command, help_heading = "Runs", hide_short_help = true)]
    pub on_finish: Option<String>,

    /// Stop when more records than this are rejected: a number, or a percentage such as 5% [default: 5%]
    ///
    /// A percentage is of the records sent so far; at least 50 rejections are always allowed. The run also stops if its
    /// first 20 records are rejected with the same message. 100% never stops it.
    #[arg(long, value_name = "N|PERCENT", help_heading = "Sending", hide_short_help = true)]
    #[serde(with = "as_typed::max_rejected")]
    pub max_rejected: Option<MaxRejected>,
    /// Where records go, and how fast.
    #[command(flatten)]
    #[serde(flatten)]
    pub sending: SendingArgs,
}

/// Which rows are imported.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[command(next_help_heading = "Rows")]
pub struct RowArgs {
    /// Import only rows that meet this condition; repeatable
    ///
    /// COLUMN=VALUE or COLUMN!=VALUE compares texts, and 'COLUMN in A,B' or 'COLUMN not in A,B' with several. COLUMN~REGEX or
    /// COLUMN!~REGEX searches for a regular expression. COLUMN<VALUE, <=, > and >= compare numbers, or dates such as 2026-01-31.
    /// Upper and lower case and surrounding blanks make no difference. Rows must meet every condition, but values of the same
    /// column given with = or in are alternatives.
    #[arg(long, value_name = "COLUMN=VALUE")]
    #[serde(with = "as_typed::list")]
    pub filter: Vec<Clause>,
    /// Import only these rows, such as 1000-2000; repeatable
    #[arg(long, value_name = "FROM-TO", hide_short_help = true)]
    #[serde(with = "as_typed::list")]
    pub rows: Vec<RowRange>,
    /// Import a random sample of N rows, always the same ones for a file
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub sample: Option<u64>,
    /// Import only the first of identical records; uses about 75 MB of memory per million records
    #[arg(long, hide_short_help = true)]
    pub dedupe: bool,
    /// Import only the first of rows with the same text in this column; repeat it to compare several columns together
    ///
    /// Of several records per row, the first row's are imported. Surrounding blanks make no difference; upper and lower case do, because ids may differ only in case.
    #[arg(long, value_name = "COLUMN", conflicts_with = "dedupe", hide_short_help = true)]
    pub dedupe_by: Vec<String>,
    /// Skip the rows of this file that an earlier run sent; repeatable
    #[arg(long, value_name = "RUN", hide_short_help = true)]
    pub exclude_run: Vec<i64>,
    /// Include rows that the preset or mapping skips for this reason, such as previews; repeatable
    #[arg(long, value_name = "REASON", hide_short_help = true)]
    pub include: Vec<String>,
}

impl ImportArgs {
    /// The options that differ from their defaults, as they would be typed; without the input files.
    pub fn options(&self) -> Vec<OsString> {
        let input = InputArgs { files: Vec::new(), ..self.input.clone() };
        let json = serde_json::to_value(Self { input, failures: None, saved: None, report: None, ..self.clone() })
            .unwrap_or_default();
        let defaults = serde_json::to_value(Self::default()).unwrap_or_default();
        let given = json.as_object().into_iter().flatten().filter(|(name, value)| defaults.get(name) != Some(value));
        let options = given.flat_map(|(name, value)| typed(name, value)).map(OsString::from);
        // These need not be Unicode.
        let paths = [("--failures=", &self.failures), ("--saved=", &self.saved), ("--report=", &self.report)];
        let paths = paths.into_iter().filter_map(|(name, path)| {
            let mut option = OsString::from(name);
            option.push(path.as_ref()?);
            Some(option)
        });
        options.chain(paths).collect()
    }
}

/// A program and its arguments, quoted as in a shell.
pub(super) fn command(text: &str) -> Result<String, String> {
    match shell_words::split(text) {
        Ok(words) if words.first().is_some_and(|program| !program.is_empty()) => Ok(text.to_owned()),
        Ok(_) => Err("write a program, followed by its arguments".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn typed(name: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::Bool(true) => vec![format!("--{name}")],
        Value::Array(values) => values.iter().flat_map(|value| typed(name, value)).collect(),
        Value::String(text) => vec![format!("--{name}={text}")],
        other => vec![format!("--{name}={other}")],
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::Parser;

    use super::ImportArgs;
    use crate::cli::{Arguments, Command};

    /// Every option with a value, in the order in which they are declared.
    const ALL: &str = "--map=score=Q1 --set=name=a b --set=type=NPS --record=name=\"a,b\",score=Q1 --record=score=Q2 --mapping=m --preset=p --no-answer=NA --no-answer= \
                       --format=ndjson --sheet=2 --sheet=Feb --header-rows=3 --skip-lines=2 --records-at=a.b --delimiter=tab --encoding=windows-1252 --dry-run \
                       --skip-invalid --max-invalid=1% --filter=a!=b --rows=5- --sample=9 --dedupe-by=x --dedupe-by=y --exclude-run=3 \
                       --include=tests --allow-any-score --include-in-doubt --key=ID --key=Survey --again --allow-unfinished --verify \
                       --on-finish=notify \
                       --max-rejected=2.5% --sandbox --rate-limit=60/1m --rate-limit=5/500ms --pace=early \
                       --concurrency=8 --timeout=30s --retries=0 --delivery=at-least-once --wait-for-target=10m \
                       --max-wait=2h --strict-answers --failures=f.csv --saved=s.csv --report=r.html";

    fn parse(options: &[String]) -> ImportArgs {
        let words = ["kore-feedback", "import", "in.csv"].map(str::to_owned);
        match Arguments::try_parse_from(words.iter().chain(options)).unwrap().command {
            Command::Import(args) => *args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn stored_options_read_back_as_typed() {
        let given = ALL.split(" --").map(|option| format!("--{}", option.trim().trim_start_matches("--")));
        let given: Vec<String> = given.collect();
        let stored = serde_json::to_string(&parse(&given)).unwrap();
        let read: ImportArgs = serde_json::from_str(&stored).unwrap();
        assert_eq!(read.options(), given.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(read.input.files, ["in.csv"].map(std::path::PathBuf::from));
        assert!(parse(&[]).options().is_empty());
        assert_eq!(parse(&["--no-header".to_owned()]).options(), ["--no-header"]);
    }

    #[test]
    fn options_of_older_runs_are_understood() {
        let sheets = |json: &str| serde_json::from_str::<ImportArgs>(json).unwrap().input.sheet;
        assert_eq!(sheets(r#"{"sheet": "Feb"}"#), ["Feb"]);
        assert!(sheets(r#"{"sheet": null}"#).is_empty() && sheets("{}").is_empty());
    }
}
