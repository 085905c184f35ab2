//! The result of a verification, as text and as JSON.

use std::fmt::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use crate::ledger::{Run, RunKind};
use crate::run::verify::{UndecidedReason, Verified};
use crate::text::{counted, grouped, printable};

/// How many missing rows the text lists.
const LISTED: usize = 10;

/// The result of a verification. The JSON has exactly these keys, in this order.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct VerifiedView {
    /// The run's number.
    pub run: i64,
    /// Rows that were in doubt.
    pub in_doubt_before: u64,
    /// Rows in doubt that are saved.
    pub saved: u64,
    /// Rows in doubt that are absent, and unsent now.
    pub absent: u64,
    /// Rows that stay in doubt.
    pub still_in_doubt: u64,
    /// Why they do.
    pub undecided: Vec<UndecidedView>,
    /// Rows that were known to be saved.
    pub saved_before: u64,
    /// How many of those are not visible on the server.
    pub missing_saved: u64,
    /// Their numbers.
    pub missing_rows: Vec<u64>,
    /// Records that are equal to rows of this run but belong to no row of any run.
    pub surplus: u64,
    /// Records that were read.
    pub records: u64,
    /// Whether nothing of the run is left to send.
    pub finished: bool,
    /// The failure report from before the verification.
    #[serde(skip)]
    old_report: Option<PathBuf>,
    #[serde(skip)]
    is_import: bool,
    #[serde(skip)]
    may_resolve_later: bool,
}

/// Rows that stay in doubt for one reason.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UndecidedView {
    /// The reason's name.
    pub reason: &'static str,
    /// The reason in words.
    pub words: String,
    /// How many rows.
    pub rows: u64,
}

impl VerifiedView {
    /// The result for this run, as it is after the verification.
    pub(crate) fn new(run: &Run, verified: &Verified) -> Self {
        let undecided = verified.undecided.iter().map(|(reason, rows)| UndecidedView {
            reason: reason.name(),
            words: reason.to_string(),
            rows: *rows,
        });
        Self {
            run: run.id.0,
            in_doubt_before: verified.in_doubt_before,
            saved: verified.saved,
            absent: verified.absent,
            still_in_doubt: verified.still_in_doubt(),
            undecided: undecided.collect(),
            saved_before: verified.saved_before,
            missing_saved: verified.missing.len() as u64,
            missing_rows: verified.missing.clone(),
            surplus: verified.surplus,
            records: verified.records,
            finished: run.finished_at.is_some(),
            old_report: run.report.as_ref().map(|(path, _)| path.clone()),
            is_import: run.kind == RunKind::Import,
            may_resolve_later: verified.undecided.keys().copied().any(UndecidedReason::may_resolve_later),
        }
    }

    /// The outcomes of the rows in doubt on one line, followed by the findings that need attention.
    pub(crate) fn summary(&self) -> String {
        let mut text = format!(
            "verified {} in doubt: {} saved, {} absent, {} still in doubt",
            counted(self.in_doubt_before, "row"),
            grouped(self.saved),
            grouped(self.absent),
            grouped(self.still_in_doubt)
        );
        self.add_findings(&mut text);
        text
    }

    fn add_findings(&self, text: &mut String) {
        // Writing to a String never fails.
        for undecided in &self.undecided {
            let _ = write!(text, "\nIn doubt: {}: {}", counted(undecided.rows, "row"), undecided.words);
        }
        if self.missing_saved > 0 {
            let rows = counted(self.missing_saved, "saved row");
            let listed: Vec<String> = self.missing_rows.iter().take(LISTED).map(u64::to_string).collect();
            let _ = write!(text, "\nMissing:  {rows} not visible on the server: {}", listed.join(", "));
            if self.missing_rows.len() > LISTED {
                let _ = write!(text, " and {} more", self.missing_rows.len() - LISTED);
            }
        }
        if self.surplus > 0 {
            let records = counted(self.surplus, "record");
            let _ = write!(
                text,
                "\nSurplus:  {records} equal to rows of this run, but of no known run: saved twice or sent by others"
            );
        }
    }

    fn next_steps(&self) -> Vec<String> {
        let run = self.run;
        let mut steps = Vec::new();
        if self.absent > 0 && self.is_import {
            let rows = counted(self.absent, "unsent row");
            steps.push(format!("send {rows} with `kore-feedback runs resume {run}`"));
        } else if self.absent > 0 {
            steps.push("submit the record again: it is not on the server".to_owned());
        }
        if let Some(report) = self.old_report.as_ref().filter(|_| self.saved + self.absent > 0) {
            let report = report.display().to_string();
            let report = printable(&report);
            steps.push(format!(
                "print a current failure report, {report} is outdated: `kore-feedback runs failures {run}`"
            ));
        }
        if self.may_resolve_later {
            steps.push(format!("wait for records that appear late: `kore-feedback runs verify {run} --wait 5m`"));
        } else if self.still_in_doubt > 0 {
            steps.push("check the dashboard for the rows in doubt before you send them again".to_owned());
        }
        steps
    }
}

impl fmt::Display for VerifiedView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("Run {}: {} read from the server", self.run, counted(self.records, "record"));
        for (label, number) in [
            ("in doubt before", self.in_doubt_before),
            ("  saved", self.saved),
            ("  absent (unsent)", self.absent),
            ("  still in doubt", self.still_in_doubt),
            ("saved before", self.saved_before),
            ("  not visible", self.missing_saved),
        ] {
            let _ = write!(text, "\n  {label:<17} {:>9}", grouped(number));
        }
        self.add_findings(&mut text);
        for step in self.next_steps() {
            let _ = write!(text, "\nNext:     {step}");
        }
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{UndecidedReason, Verified, VerifiedView};
    use crate::ledger::{Run, RunBot, RunId, RunKind};

    fn run() -> Run {
        Run {
            id: RunId(7),
            kind: RunKind::Import,
            sandbox: false,
            profile: None,
            host: "https://bots.example".to_owned(),
            bots: vec![RunBot { number: 1, bot_id: "st-1".to_owned(), rows: 3 }],
            input: "in.csv".to_owned(),
            content: [0; 32],
            mapping: String::new(),
            rows: 1200,
            options: None,
            started_at: jiff::Timestamp::UNIX_EPOCH,
            finished_at: None,
            report: Some(("in.failures.csv".into(), [0; 32])),
        }
    }

    fn verified() -> Verified {
        Verified {
            in_doubt_before: 6,
            saved_before: 1190,
            records: 1204,
            saved: 3,
            absent: 1,
            undecided: BTreeMap::from([(UndecidedReason::Recent, 1), (UndecidedReason::SentByOthers, 1)]),
            missing: (1..=12).collect(),
            surplus: 2,
        }
    }

    #[test]
    fn text_output_has_all_findings() {
        insta::assert_snapshot!(VerifiedView::new(&run(), &verified()), @r"
        Run 7: 1,204 records read from the server
          in doubt before           6
            saved                   3
            absent (unsent)         1
            still in doubt          2
          saved before          1,190
            not visible            12
        In doubt: 1 row: not found, but sent a moment ago: its record may still appear
        In doubt: 1 row: the server has more equal records than were sent from here: others send them too
        Missing:  12 saved rows not visible on the server: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more
        Surplus:  2 records equal to rows of this run, but of no known run: saved twice or sent by others
        Next:     send 1 unsent row with `kore-feedback runs resume 7`
        Next:     print a current failure report, in.failures.csv is outdated: `kore-feedback runs failures 7`
        Next:     wait for records that appear late: `kore-feedback runs verify 7 --wait 5m`
        ");
    }

    #[test]
    fn an_import_gets_a_one_line_summary() {
        let verified = Verified { undecided: BTreeMap::new(), missing: Vec::new(), surplus: 0, ..verified() };
        let short = VerifiedView::new(&run(), &verified).summary();
        assert_eq!(short, "verified 6 rows in doubt: 3 saved, 1 absent, 0 still in doubt");
    }

    #[test]
    fn json_has_exactly_the_documented_keys() {
        let json = serde_json::to_value(VerifiedView::new(&run(), &verified())).unwrap();
        let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let documented = "run in_doubt_before saved absent still_in_doubt undecided saved_before missing_saved \
                          missing_rows surplus records finished";
        assert_eq!(keys.join(" "), documented);
        assert_eq!(json["undecided"][1]["reason"], "sent_by_others");
    }
}
