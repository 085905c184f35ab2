//! What the results of a smoke test mean. Pure.

use std::time::Duration;

use super::read::{Counted, Found};
use super::send::{Sent, SentRecord};
use crate::commands::setup::Setup;
use crate::commands::stop_reason::StoppedEarly;
use crate::delivery::{Concern, SurveyResponse, changes, undocumented};
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{OutcomeKind, RowState, RunId};
use crate::record::FeedbackType;
use crate::report::{CheckName, CheckStatus, SmokeCheck};
use crate::run::read::ReadError;
use crate::text::{counted, excerpt, format_duration, quoted};

const SHOWN: usize = 200;

/// All checks, and how the command ends if one of them failed.
pub(super) struct Outcome {
    pub(super) checks: Vec<SmokeCheck>,
    pub(super) exit: Exit,
    /// Why not all records were sent.
    pub(super) stopped: Option<StoppedEarly>,
}

impl SmokeCheck {
    fn new(name: CheckName, status: CheckStatus, message: impl Into<String>) -> Self {
        Self { name, feedback_type: None, status, message: message.into(), hint: None, elapsed: None }
    }

    fn of(self, feedback_type: FeedbackType) -> Self {
        Self { feedback_type: Some(feedback_type.wire_name()), ..self }
    }

    fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    /// Ok with this message, unless there are problems.
    fn unless(name: CheckName, ok: impl Into<String>, problems: &[String]) -> Self {
        match problems {
            [] => Self::new(name, CheckStatus::Ok, ok),
            _ => Self::new(name, CheckStatus::Failed, excerpt(&problems.join(", "), SHOWN)),
        }
    }
}

/// The checks of `--read-only`.
pub(super) fn read_checks(setup: &Setup<'_>, counted: Counted, max_latency: Option<Duration>) -> Outcome {
    let exit = counted.as_ref().err().map_or(Exit::SomeNotSaved, exit_of);
    let mut checks = vec![connection(setup, counted.as_ref().err())];
    checks.extend(token_and_scope(counted.as_ref().err()));
    checks.push(read(&counted));
    checks.push(match counted {
        Ok((_, took)) => latency(Some(took), max_latency),
        Err(_) => SmokeCheck::new(CheckName::Latency, CheckStatus::NotChecked, "nothing was read"),
    });
    Outcome { checks, exit, stopped: None }
}

/// A run can be resumed, a reading is just repeated.
fn exit_of(error: &ReadError) -> Exit {
    match error.exit() {
        Exit::Stopped => Exit::SomeNotSaved,
        exit => exit,
    }
}

fn connection(setup: &Setup<'_>, error: Option<&ReadError>) -> SmokeCheck {
    let failed = |message: &str, error: &ReadError| {
        SmokeCheck::new(CheckName::Connection, CheckStatus::Failed, message).with_hint(error.hint())
    };
    match error {
        Some(error @ (ReadError::Unreachable(message) | ReadError::Refused { concern: Concern::Tls, message })) => {
            failed(message, error)
        }
        _ if setup.host().starts_with("https://") => {
            SmokeCheck::new(CheckName::Connection, CheckStatus::Ok, "TLS with a trusted certificate")
        }
        _ => SmokeCheck::new(CheckName::Connection, CheckStatus::Ok, "without TLS, on this machine"),
    }
}

/// The server says in words whether it rejects the token or what its app may do.
fn token_and_scope(error: Option<&ReadError>) -> [SmokeCheck; 2] {
    let token = |status, message: &str| SmokeCheck::new(CheckName::Token, status, message);
    let scope = |status, message: &str| SmokeCheck::new(CheckName::Scope, status, message);
    match error {
        None => [token(CheckStatus::Ok, "accepted"), scope(CheckStatus::Ok, "the app may read feedback")],
        Some(error @ ReadError::Refused { concern: Concern::Credentials, message }) if is_about_scope(message) => {
            [token(CheckStatus::Ok, "accepted"), scope(CheckStatus::Failed, message).with_hint(error.hint())]
        }
        Some(ReadError::Refused { concern: Concern::Credentials, message }) => {
            let hint = "run `kore-feedback token | kore-feedback token inspect`; then check client_id, the secret and this \
                        machine's clock";
            let rejected = token(CheckStatus::Failed, message).with_hint(Some(hint.to_owned()));
            [rejected, scope(CheckStatus::NotChecked, "the token was rejected")]
        }
        Some(_) => {
            let message = "the server gave no usable answer";
            [token(CheckStatus::NotChecked, message), scope(CheckStatus::NotChecked, message)]
        }
    }
}

fn is_about_scope(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("scope") || message.contains("permission")
}

fn read(counted_records: &Counted) -> SmokeCheck {
    match counted_records {
        Ok((Some(total), _)) => {
            let records = counted(*total, "record");
            SmokeCheck::new(CheckName::Read, CheckStatus::Ok, format!("{records} in the last 24 hours"))
        }
        Ok((None, _)) => SmokeCheck::new(CheckName::Read, CheckStatus::Ok, "a page of records"),
        Err(error @ (ReadError::Refused { concern: Concern::Target, .. } | ReadError::Unreadable(_))) => {
            SmokeCheck::new(CheckName::Read, CheckStatus::Failed, error.to_string()).with_hint(error.hint())
        }
        Err(error @ ReadError::Unavailable { .. }) => {
            SmokeCheck::new(CheckName::Read, CheckStatus::Failed, error.to_string()).with_hint(error.hint())
        }
        Err(_) => SmokeCheck::new(CheckName::Read, CheckStatus::NotChecked, "nothing was read"),
    }
}

/// The checks of all records.
pub(super) fn record_checks(sent: Sent, found: &Found, bot_id: &str, max_latency: Option<Duration>) -> Outcome {
    let (mut checks, mut is_said) = (Vec::new(), false);
    for (number, record) in sent.records.iter().enumerate() {
        checks.push(record.check_saved(sent.run, sent.stopped.as_ref(), &mut is_said));
        checks.extend(record.check_answer(bot_id, max_latency));
        checks.push(record.check_read_back(found, number));
    }
    let exit = match &found.error {
        Some(error) if !is_not_allowed(error) => exit_of(error),
        _ => Exit::SomeNotSaved,
    };
    Outcome { checks, exit, stopped: sent.stopped }
}

/// Whether the app may just not read, which saving does not need.
fn is_not_allowed(error: &ReadError) -> bool {
    matches!(error, ReadError::Refused { concern: Concern::Credentials | Concern::Target, .. })
}

impl SentRecord {
    fn state(&self) -> Option<OutcomeKind> {
        self.entry.as_ref().map(|entry| match entry.state {
            RowState::Settled(kind) => kind,
            RowState::Claimed => OutcomeKind::InDoubt,
        })
    }

    fn is_saved(&self) -> bool {
        self.state() == Some(OutcomeKind::Saved)
    }

    pub(super) fn may_be_saved(&self) -> bool {
        matches!(self.state(), Some(OutcomeKind::Saved | OutcomeKind::InDoubt))
    }

    /// The first record that was not sent names why the run stopped; for the others, there is no more to say.
    fn check_saved(&self, run: RunId, stopped: Option<&StoppedEarly>, is_said: &mut bool) -> SmokeCheck {
        let new = |status, message: String| SmokeCheck::new(CheckName::Saved, status, message).of(self.feedback_type);
        let entry = self.entry.as_ref();
        match (self.state(), stopped) {
            (Some(OutcomeKind::Saved), _) => {
                let id = entry.and_then(|entry| entry.server_id.as_deref()).unwrap_or_default();
                SmokeCheck { elapsed: self.took, ..new(CheckStatus::Ok, format!("as {id}")) }
            }
            (Some(OutcomeKind::Unsent) | None, Some(stopped)) if !std::mem::replace(is_said, true) => {
                new(CheckStatus::Failed, stopped.to_string()).with_hint(stopped.hint())
            }
            (Some(OutcomeKind::Unsent), Some(_)) | (None, _) => new(CheckStatus::NotChecked, "not sent".to_owned()),
            (Some(kind), _) => {
                let detail = entry.and_then(|entry| entry.detail.as_deref()).unwrap_or("without an answer");
                let hint = (kind == OutcomeKind::InDoubt)
                    .then(|| format!("ask the server whether it was saved with `kore-feedback runs verify {run}`"));
                new(CheckStatus::Failed, format!("{kind}: {detail}")).with_hint(hint)
            }
        }
    }

    /// The echo, the contract's table, and the time.
    fn check_answer(&self, bot_id: &str, max_latency: Option<Duration>) -> [SmokeCheck; 3] {
        let checks = match &self.answer {
            Some(answer) => [
                SmokeCheck::unless(CheckName::Echo, "every field as sent", &changes(answer, bot_id, &self.body)),
                SmokeCheck::unless(CheckName::Contract, "every field as documented", &undocumented(answer)),
                latency(self.took, max_latency),
            ],
            None => [CheckName::Echo, CheckName::Contract, CheckName::Latency]
                .map(|name| SmokeCheck::new(name, CheckStatus::NotChecked, "no record in the answer")),
        };
        checks.map(|check| check.of(self.feedback_type))
    }

    fn check_read_back(&self, found: &Found, number: usize) -> SmokeCheck {
        let new = |status, message: String| SmokeCheck::new(CheckName::ReadBack, status, message);
        let check = match (&found.error, found.records.get(number)) {
            _ if !self.may_be_saved() => new(CheckStatus::NotChecked, "not saved".to_owned()),
            (Some(error), _) => {
                let status = if is_not_allowed(error) { CheckStatus::NotChecked } else { CheckStatus::Failed };
                new(status, error.to_string()).with_hint(error.hint())
            }
            (None, Some(Some(record))) => {
                let ok = if self.is_saved() { "every field as sent" } else { "the server has saved it" };
                SmokeCheck::unless(CheckName::ReadBack, ok, &self.differences(record))
            }
            (None, Some(None)) => {
                new(CheckStatus::Failed, format!("not visible within {}", format_duration(found.within)))
            }
            (None, None) => new(CheckStatus::NotChecked, "not read".to_owned()),
        };
        check.of(self.feedback_type)
    }

    fn differences(&self, record: &SurveyResponse) -> Vec<String> {
        let texts = [
            ("surveyName", &record.name, "name"),
            ("channelUId", &record.channel_uid, "channelUId"),
            ("channel", &record.channel, "channel"),
            ("language", &record.language, "language"),
        ];
        let differences = texts.into_iter().filter_map(|(name, read, sent)| {
            let sent = self.field(sent);
            let sent = sent.as_str().unwrap_or_default();
            (read.as_deref() != Some(sent)).then(|| different(name, read.as_deref(), sent))
        });
        let mut differences: Vec<String> = differences.collect();
        if record.survey_type.as_deref().and_then(FeedbackType::parse) != Some(self.feedback_type) {
            differences.push(different("surveyType", record.survey_type.as_deref(), self.feedback_type.wire_name()));
        }
        let score = self.field("score");
        if record.score != score.as_f64() {
            let read = record.score.map(|score| score.to_string());
            differences.push(different("score", read.as_deref(), &score.to_string()));
        }
        differences
    }
}

fn different(name: &str, read: Option<&str>, sent: &str) -> String {
    let read = read.map_or_else(|| "is missing".to_owned(), |read| quoted(read, SHOWN));
    format!("{name} {read} instead of {}", quoted(sent, SHOWN))
}

fn latency(took: Option<Duration>, most: Option<Duration>) -> SmokeCheck {
    let Some(took) = took else { return SmokeCheck::new(CheckName::Latency, CheckStatus::NotChecked, "unknown") };
    let is_long = most.is_some_and(|most| took > most);
    let limit = most.map_or_else(String::new, |most| format!(", at most {} allowed", format_duration(most)));
    let status = if is_long { CheckStatus::Failed } else { CheckStatus::Ok };
    let check = SmokeCheck::new(CheckName::Latency, status, format!("{}{limit}", format_duration(took)));
    SmokeCheck { elapsed: Some(took), ..check }
}
