//! The result of a smoke test, for people, as JSON, and as JUnit XML.

use std::fmt;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::text::{counted, printable};

/// What a check is about, in the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "lowercase")]
pub(crate) enum CheckName {
    Connection,
    Token,
    Scope,
    Read,
    Saved,
    Echo,
    Contract,
    Latency,
    #[strum(serialize = "read back")]
    ReadBack,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "lowercase")]
pub(crate) enum CheckStatus {
    Ok,
    Failed,
    #[strum(serialize = "not checked")]
    NotChecked,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct SmokeCheck {
    #[serde(rename = "check")]
    pub name: CheckName,
    /// The type of the record that it is about.
    #[serde(rename = "type")]
    pub feedback_type: Option<&'static str>,
    pub status: CheckStatus,
    pub message: String,
    pub hint: Option<String>,
    #[serde(rename = "elapsed_ms", serialize_with = "in_millis")]
    pub elapsed: Option<Duration>,
}

fn in_millis<S: Serializer>(elapsed: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    elapsed.map(|elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)).serialize(serializer)
}

#[derive(Debug)]
pub(crate) struct SmokeReport {
    /// `None` if nothing was sent.
    pub run: Option<i64>,
    pub host: String,
    pub bot_id: String,
    pub survey: Option<String>,
    pub checks: Vec<SmokeCheck>,
}

impl SmokeCheck {
    /// `NPS saved: why`
    pub(crate) fn in_words(&self) -> String {
        format!("{}: {}", title(self), self.message)
    }
}

impl SmokeReport {
    pub(crate) fn count(&self, status: CheckStatus) -> usize {
        self.checks.iter().filter(|check| check.status == status).count()
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "run": self.run,
            "host": self.host,
            "bot_id": self.bot_id,
            "survey": self.survey,
            "passed": self.count(CheckStatus::Failed) == 0,
            "ok": self.count(CheckStatus::Ok),
            "failed": self.count(CheckStatus::Failed),
            "not_checked": self.count(CheckStatus::NotChecked),
            "checks": self.checks,
        })
    }

    /// # Errors
    /// If a text cannot be written as XML; control characters are left out.
    pub(crate) fn junit(&self) -> Result<String, SerializeError> {
        let mut suite = TestSuite::new(format!("{}, bot {}", self.host, self.bot_id));
        suite.add_test_cases(self.checks.iter().map(test_case));
        let mut report = Report::new("kore-feedback smoke");
        report.add_test_suite(suite);
        report.to_string()
    }
}

fn test_case(check: &SmokeCheck) -> TestCase {
    let mut status = match check.status {
        CheckStatus::Ok => TestCaseStatus::success(),
        CheckStatus::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        CheckStatus::NotChecked => TestCaseStatus::skipped(),
    };
    if check.status != CheckStatus::Ok {
        status.set_message(check.message.clone());
    }
    if let (CheckStatus::Failed, Some(hint)) = (check.status, &check.hint) {
        status.set_description(format!("hint: {hint}"));
    }
    let mut case = TestCase::new(title(check), status);
    case.set_classname(format!("kore-feedback.smoke.{}", check.feedback_type.unwrap_or("target")));
    if let Some(elapsed) = check.elapsed {
        case.set_time(elapsed);
    }
    case
}

/// `NPS saved`
fn title(check: &SmokeCheck) -> String {
    let of = check.feedback_type.map(|of| format!("{of} ")).unwrap_or_default();
    format!("{of}{}", check.name)
}

impl fmt::Display for SmokeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Smoke test of {}, bot {}", printable(&self.host), printable(&self.bot_id))?;
        let width = self.checks.iter().map(|check| title(check).len()).max().unwrap_or_default();
        for check in &self.checks {
            let (status, title) = (check.status.to_string(), title(check));
            writeln!(f, "  {status:11}  {title:width$}  {}", printable(&check.message))?;
        }
        // Records that were not read back all have the same reason. The hint of a failed check follows the error.
        let not_checked = self.checks.iter().filter(|check| check.status == CheckStatus::NotChecked);
        if let Some(hint) = not_checked.filter_map(|check| check.hint.as_deref()).next() {
            writeln!(f, "  to check it: {}", printable(hint))?;
        }
        let count = |status| counted(self.count(status) as u64, "check");
        let (failed, not_checked) = (self.count(CheckStatus::Failed), self.count(CheckStatus::NotChecked));
        write!(f, "{} ok, {failed} failed, {not_checked} not checked", count(CheckStatus::Ok))
    }
}
