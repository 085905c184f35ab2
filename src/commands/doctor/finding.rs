//! One line of the result.

use serde::Serialize;

use crate::commands::error::CommandError;
use crate::error::Advice;
use crate::exit::Exit;
use crate::report::{Line, Tone};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "lowercase")]
pub(super) enum Status {
    Ok,
    Warning,
    Failed,
}

/// What was checked, and what was found.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    #[serde(rename = "check")]
    pub(super) name: &'static str,
    pub(super) status: Status,
    pub(super) message: String,
    pub(super) fix: Option<String>,
    /// How the command ends if it failed.
    #[serde(skip)]
    pub(super) exit: Exit,
}

impl Finding {
    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, status: Status::Ok, message: message.into(), fix: None, exit: Exit::Success }
    }

    pub(super) fn warning(name: &'static str, message: impl Into<String>, fix: &str) -> Self {
        Self { status: Status::Warning, fix: Some(fix.to_owned()), ..Self::ok(name, message) }
    }

    pub(super) fn failed(name: &'static str, message: impl Into<String>, fix: Option<String>, exit: Exit) -> Self {
        Self { status: Status::Failed, fix, exit, ..Self::ok(name, message) }
    }

    pub(super) fn of_error(name: &'static str, error: CommandError) -> Self {
        Self::failed(name, error.to_string(), error.hint.clone(), error.exit)
    }

    /// `failed   secret       the environment variable X is not set`, and the fix below it.
    pub(super) fn lines(&self) -> Vec<Line> {
        let tone = match self.status {
            Status::Ok => Tone::Good,
            Status::Warning => Tone::Neutral,
            Status::Failed => Tone::Bad,
        };
        let line = Line::default().with(tone, format!("{:<9}", self.status.to_string()));
        let line = line.with(Tone::Plain, format!("{:<12} {}", self.name, self.message));
        let fix = self.fix.as_ref().map(|fix| Line::plain(" ".repeat(22)).with(Tone::Faint, format!("fix: {fix}")));
        std::iter::once(line).chain(fix).collect()
    }
}

/// At least one check failed.
#[derive(Debug, thiserror::Error)]
#[error("{failed} of {all} checks failed, the first: {first}")]
pub(super) struct ChecksFailed {
    pub(super) failed: usize,
    pub(super) all: usize,
    pub(super) first: String,
    pub(super) exit: Exit,
}

impl Advice for ChecksFailed {
    fn exit(&self) -> Exit {
        self.exit
    }
}
