//! The result of a verification, as text and as JSON.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use serde_json::{Value, json};

use crate::ledger::{Run, RunKind};
use crate::numbering::RecordId;
use crate::run::verify::Verified;
use crate::text::{counted, grouped, printable};

/// How many missing rows the text lists.
const LISTED: usize = 10;

/// The result of a verification, with the run as it is afterwards.
#[derive(Debug)]
pub(crate) struct VerifiedView<'a> {
    pub run: &'a Run,
    pub verified: &'a Verified,
}

impl VerifiedView<'_> {
    /// Exactly the documented keys, in their order.
    pub(crate) fn json(&self) -> Value {
        let Self { run, verified } = self;
        let undecided = verified.undecided.iter();
        json!({
            "run": run.id.0,
            "in_doubt_before": verified.in_doubt_before,
            "saved": verified.saved,
            "absent": verified.absent,
            "still_in_doubt": verified.still_in_doubt(),
            "undecided": undecided.map(|(reason, records)| json!({
                "reason": reason.name(),
                "words": reason.to_string(),
                "rows": records,
                "records": records,
            })).collect::<Vec<_>>(),
            "saved_before": verified.saved_before,
            "only_doubt": verified.only_doubt,
            "missing_saved": verified.missing.len(),
            "missing_rows": self.missing().map(|id| id.row).collect::<BTreeSet<_>>(),
            "missing_records": self.missing().map(|id| json!({"row": id.row, "record": id.record})).collect::<Vec<_>>(),
            "surplus": verified.surplus,
            "records": verified.records,
            "finished": run.finished_at.is_some(),
        })
    }

    /// The saved records that are not visible.
    fn missing(&self) -> impl Iterator<Item = RecordId> {
        self.verified.missing.iter().map(|number| self.run.numbering.id(*number))
    }

    /// The outcomes of the records in doubt on one line, followed by the findings that need attention.
    pub(crate) fn summary(&self) -> String {
        let mut text = format!(
            "verified {} in doubt: {} saved, {} absent, {} still in doubt",
            counted(self.verified.in_doubt_before, self.run.numbering.unit()),
            grouped(self.verified.saved),
            grouped(self.verified.absent),
            grouped(self.verified.still_in_doubt())
        );
        self.add_findings(&mut text);
        text
    }

    fn add_findings(&self, text: &mut String) {
        let Verified { undecided, missing, surplus, .. } = self.verified;
        let unit = self.run.numbering.unit();
        // Writing to a String never fails.
        for (reason, records) in undecided {
            let _ = write!(text, "\nIn doubt: {}: {reason}", counted(*records, unit));
        }
        if !missing.is_empty() {
            let records = counted(missing.len() as u64, &format!("saved {unit}"));
            let in_words = |id: RecordId| if id.record.is_some() { id.to_string() } else { id.row.to_string() };
            let listed: Vec<String> = self.missing().take(LISTED).map(in_words).collect();
            let separator = if self.run.numbering.is_multiple() { "; " } else { ", " };
            let _ = write!(text, "\nMissing:  {records} not visible on the server: {}", listed.join(separator));
            if missing.len() > LISTED {
                let _ = write!(text, " and {} more", missing.len() - LISTED);
            }
        }
        if *surplus > 0 {
            let records = counted(*surplus, "record");
            let _ = write!(
                text,
                "\nSurplus:  {records} equal to {unit}s of this run that belong to no known run: saved twice or sent by others"
            );
        }
    }

    fn next_steps(&self) -> Vec<String> {
        let Verified { saved, absent, undecided, .. } = self.verified;
        let run = self.run.id.0;
        let mut steps = Vec::new();
        if *absent > 0 && self.run.kind == RunKind::Import {
            let rows = counted(*absent, &format!("unsent {}", self.run.numbering.unit()));
            steps.push(format!("send {rows} with `kore-feedback runs resume {run}`"));
        } else if *absent > 0 {
            steps.push("submit the record again: it is not on the server".to_owned());
        }
        // The failure report is from before the verification.
        if let Some((report, _)) = self.run.report.as_ref().filter(|_| saved + absent > 0) {
            let report = report.display().to_string();
            let report = printable(&report);
            steps.push(format!(
                "{report} is outdated: print a current failure report with `kore-feedback runs failures {run}`"
            ));
        }
        if undecided.keys().any(|reason| reason.may_resolve_later()) {
            steps.push(format!("wait for records that appear late: `kore-feedback runs verify {run} --wait 6m`"));
        } else if !undecided.is_empty() {
            steps.push("check the dashboard for the rows in doubt before you send them again".to_owned());
        }
        steps
    }
}

impl fmt::Display for VerifiedView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verified = self.verified;
        let records = counted(verified.records, "record");
        let mut text = format!("Run {}: {records} read from the server", self.run.id.0);
        let saved_label = if verified.only_doubt { "saved next to it" } else { "saved before" };
        for (label, number) in [
            ("in doubt before", verified.in_doubt_before),
            ("  saved", verified.saved),
            ("  absent (unsent)", verified.absent),
            ("  still in doubt", verified.still_in_doubt()),
            (saved_label, verified.saved_before),
            ("  not visible", verified.missing.len() as u64),
        ] {
            let _ = write!(text, "\n  {label:<17} {:>9}", grouped(number));
        }
        if verified.only_doubt {
            text.push_str("\nOther saved rows were not looked for: add --all to look for every row");
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

    use super::{Verified, VerifiedView};
    use crate::ledger::{Run, RunBot, RunId, RunKind};
    use crate::numbering::Numbering;
    use crate::run::verify::UndecidedReason;

    fn run() -> Run {
        Run {
            id: RunId(7),
            kind: RunKind::Import,
            sandbox: false,
            profile: None,
            host: "https://bots.example".to_owned(),
            bots: vec![RunBot { number: 1, bot_id: "st-1".to_owned(), records: 3 }],
            input: "in.csv".to_owned(),
            content: [0; 32],
            is_of_bytes: false,
            mapping: String::new(),
            rows: 1200,
            records: 1200,
            numbering: Numbering::SINGLE,
            options: None,
            again: false,
            sent_before: 0,
            started_at: jiff::Timestamp::UNIX_EPOCH,
            finished_at: None,
            clock_offset: None,
            report: Some(("in.failures.csv".into(), [0; 32])),
        }
    }

    fn verified() -> Verified {
        Verified {
            in_doubt_before: 6,
            saved_before: 1190,
            only_doubt: false,
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
        insta::assert_snapshot!(VerifiedView { run: &run(), verified: &verified() }, @r"
        Run 7: 1,204 records read from the server
          in doubt before           6
            saved                   3
            absent (unsent)         1
            still in doubt          2
          saved before          1,190
            not visible            12
        In doubt: 1 row: not found, but the server may still save it: too little time has passed
        In doubt: 1 row: the server has more equal records than were sent from here: others send them too
        Missing:  12 saved rows not visible on the server: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more
        Surplus:  2 records equal to rows of this run that belong to no known run: saved twice or sent by others
        Next:     send 1 unsent row with `kore-feedback runs resume 7`
        Next:     in.failures.csv is outdated: print a current failure report with `kore-feedback runs failures 7`
        Next:     wait for records that appear late: `kore-feedback runs verify 7 --wait 6m`
        ");
    }

    #[test]
    fn an_import_gets_a_one_line_summary() {
        let verified = Verified { undecided: BTreeMap::new(), missing: Vec::new(), surplus: 0, ..verified() };
        let short = VerifiedView { run: &run(), verified: &verified }.summary();
        assert_eq!(short, "verified 6 rows in doubt: 3 saved, 1 absent, 0 still in doubt");
    }

    #[test]
    fn json_has_exactly_the_documented_keys() {
        let json = VerifiedView { run: &run(), verified: &verified() }.json();
        let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let documented = "run in_doubt_before saved absent still_in_doubt undecided saved_before only_doubt missing_saved \
                          missing_rows missing_records surplus records finished";
        assert_eq!(keys.join(" "), documented);
        assert_eq!(json["undecided"][1]["reason"], "sent_by_others");
    }
}
