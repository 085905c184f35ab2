//! How a run ended, for people and for programs.

use std::fmt::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::runs::BotView;
use crate::ledger::Counts;
use crate::text::format_duration;
use crate::text::{counted, grouped, printable};

/// What a run came to. As JSON it has exactly these keys, in this order; `bots` only where rows named them.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// The run's number; null when nothing was sent.
    pub run: Option<i64>,
    /// All rows of the input.
    pub rows: u64,
    /// On the server.
    pub saved: u64,
    /// The server said no.
    pub rejected: u64,
    /// Not valid, never sent.
    pub invalid: u64,
    /// Left out on purpose.
    pub skipped: u64,
    /// Not sent, and will be by a resumed run.
    pub unsent: u64,
    /// Perhaps on the server.
    pub in_doubt: u64,
    /// How long it took, this time.
    pub elapsed_ms: u64,
    /// The failure report, if there was anything to report.
    #[serde(serialize_with = "as_text")]
    pub failures_file: Option<PathBuf>,
    /// The bots that rows named, each with its rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bots: Vec<BotView>,
}

impl Summary {
    /// The summary of a run, or of a check when there is no run.
    pub fn new(run: Option<i64>, counts: Counts, elapsed: Duration, failures_file: Option<PathBuf>) -> Self {
        Self {
            run,
            rows: counts.rows,
            saved: counts.saved,
            rejected: counts.rejected,
            invalid: counts.invalid,
            skipped: counts.skipped,
            unsent: counts.unsent,
            in_doubt: counts.in_doubt,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            failures_file,
            bots: Vec::new(),
        }
    }
}

/// A path that is no text is told as well as it can be: the summary of a run must not fail over it.
fn as_text<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(serializer)
}

/// A summary with what surrounds it, for people.
#[derive(Debug)]
pub struct SummaryView<'a> {
    /// The figures.
    pub summary: &'a Summary,
    /// Where it was sent, in words.
    pub target: &'a str,
    /// The ledger's file.
    pub ledger: &'a std::path::Path,
    /// What to do next, a line each.
    pub next: &'a [String],
    /// How wide its table may be.
    pub width: u16,
}

impl fmt::Display for SummaryView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = self.summary;
        let mut text = String::new();
        let (rows, took) = (counted(summary.rows, "row"), format_duration(Duration::from_millis(summary.elapsed_ms)));
        let run = summary.run.map_or_else(String::new, |run| format!("Run {run}: "));
        let _ = writeln!(text, "{run}{rows} to {}, {took}", printable(self.target));
        for (word, number) in [
            ("saved", summary.saved),
            ("rejected", summary.rejected),
            ("invalid", summary.invalid),
            ("skipped", summary.skipped),
            ("unsent", summary.unsent),
            ("in doubt", summary.in_doubt),
        ] {
            let _ = writeln!(text, "  {word:<9} {:>9}", grouped(number));
        }
        if !summary.bots.is_empty() {
            let _ = writeln!(text, "{}", BotView::table(&summary.bots, self.width));
        }
        if let Some(file) = &summary.failures_file {
            let _ = writeln!(text, "Failures: {}", printable(&file.display().to_string()));
        }
        let _ = write!(text, "Ledger:   {}", printable(&self.ledger.display().to_string()));
        for line in self.next {
            let _ = write!(text, "\nNext:     {}", printable(line));
        }
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::{Counts, Summary, SummaryView};
    use crate::ledger::OutcomeKind;

    fn summary() -> Summary {
        let mut counts = Counts::all_unsent(1200);
        counts.settle(OutcomeKind::Saved, 1195);
        counts.settle(OutcomeKind::Rejected, 2);
        Summary::new(Some(3), counts, Duration::from_millis(200_000), Some("in.failures.csv".into()))
    }

    #[test]
    fn programs_get_exactly_the_documented_keys() {
        let json = serde_json::to_value(summary()).unwrap();
        let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        let documented = [
            "run",
            "rows",
            "saved",
            "rejected",
            "invalid",
            "skipped",
            "unsent",
            "in_doubt",
            "elapsed_ms",
            "failures_file",
        ];
        assert_eq!(keys, documented);
    }

    #[test]
    fn people_get_it_in_words() {
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
