//! The summary at the end of a run, for people and as JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::answers::AnswersView;
use super::counts::{BotView, outcome_lines, rows_and_records};
use crate::ledger::Counts;
use crate::text::{format_duration, printable};

/// The result of a run. Its JSON has exactly these keys, in this order; `bots` only if the rows name them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Summary {
    /// Null if nothing was sent.
    pub run: Option<i64>,
    #[serde(flatten)]
    pub counts: Counts,
    /// Of this process alone, if the run was resumed.
    pub elapsed_ms: u64,
    #[serde(serialize_with = "as_text")]
    pub failures_file: Option<PathBuf>,
    /// Of the skipped ones: those that an earlier run has sent.
    pub(crate) sent_before: u64,
    /// Of the skipped ones: those whose keys were sent before, with other answers.
    pub(crate) changed: u64,
    #[serde(flatten)]
    pub answers: AnswersView,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bots: Vec<BotView>,
    #[serde(flatten)]
    pub checked: Option<CheckedView>,
}

/// What the check of the input found.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CheckedView {
    /// Why rows are skipped, and how many for each reason.
    pub skipped_by_reason: BTreeMap<String, u64>,
    /// What is wrong with invalid rows, and how many for each problem.
    pub invalid_by_problem: BTreeMap<&'static str, u64>,
    /// The first problems.
    pub problems: Vec<Value>,
    /// The dashboards.
    pub preview: Value,
}

impl Summary {
    /// The summary of a run or, without one, of a check.
    pub(crate) fn new(run: Option<i64>, counts: Counts, elapsed: Duration, failures_file: Option<PathBuf>) -> Self {
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        Self {
            run,
            counts,
            elapsed_ms,
            failures_file,
            sent_before: 0,
            changed: 0,
            answers: AnswersView::default(),
            bots: Vec::new(),
            checked: None,
        }
    }
}

/// Replaces what is not Unicode: a strange path must not make the summary fail.
fn as_text<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(serializer)
}

/// A summary for people.
#[derive(Debug)]
pub(crate) struct SummaryView<'a> {
    pub summary: &'a Summary,
    pub target: &'a str,
    pub ledger: &'a Path,
    /// What to do next, one line each.
    pub next: &'a [String],
    pub width: u16,
}

impl fmt::Display for SummaryView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { run, counts, elapsed_ms, failures_file, answers, bots, .. } = self.summary;
        if let Some(run) = run {
            write!(f, "Run {run}: ")?;
        }
        let elapsed = format_duration(Duration::from_millis(*elapsed_ms));
        writeln!(f, "{} to {}, {elapsed}", rows_and_records(counts.rows, counts.records), printable(self.target))?;
        for line in outcome_lines(counts) {
            writeln!(f, "{line}")?;
        }
        if !bots.is_empty() {
            writeln!(f, "{}", BotView::table(bots, self.width))?;
        }
        if let Some(answers) = answers.in_words() {
            writeln!(f, "Response: {answers}")?;
        }
        if let Some(file) = failures_file {
            writeln!(f, "Failures: {}", printable(&file.display().to_string()))?;
        }
        write!(f, "Ledger:   {}", printable(&self.ledger.display().to_string()))?;
        self.next.iter().try_for_each(|line| write!(f, "\nNext:     {}", printable(line)))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::{Counts, Summary, SummaryView};
    use crate::ledger::OutcomeKind;

    fn summary() -> Summary {
        let mut counts = Counts::all_unsent(1200, 1200);
        counts.settle(OutcomeKind::Saved, 1195);
        counts.settle(OutcomeKind::Rejected, 2);
        Summary::new(Some(3), counts, Duration::from_millis(200_000), Some("in.failures.csv".into()))
    }

    #[test]
    fn json_has_exactly_the_documented_keys() {
        let json = serde_json::to_value(summary()).unwrap();
        let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        let documented = [
            "run",
            "rows",
            "records",
            "saved",
            "rejected",
            "invalid",
            "skipped",
            "unsent",
            "in_doubt",
            "elapsed_ms",
            "failures_file",
            "sent_before",
            "changed",
            "changed_fields",
            "missing_fields",
        ];
        assert_eq!(keys, documented);
    }

    #[test]
    fn people_get_aligned_lines() {
        let summary = summary();
        let next = ["resume it".to_owned()];
        let (target, ledger) = ("bot st-1", Path::new("ledger.db"));
        let view = SummaryView { summary: &summary, target, ledger, next: &next, width: 80 };
        insta::assert_snapshot!(view.to_string(), @r"
        Run 3: 1,200 rows to bot st-1, 3 min 20 s
          saved         1,195
          rejected          2
          invalid           0
          skipped           0
          unsent            3
          in doubt          0
        Failures: in.failures.csv
        Ledger:   ledger.db
        Next:     resume it
        ");
    }
}
