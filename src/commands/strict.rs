//! `--strict-answers`: responses must be as documented, not just confirm that records were saved.

use crate::error::{Advice, ErrorKind};
use crate::exit::Exit;
use crate::report::AnswersView;

/// The records were saved, but the responses are not as documented.
#[derive(Debug, thiserror::Error)]
#[error("the server's responses are not as documented: {0}")]
pub(super) struct UnexpectedAnswers(String);

impl Advice for UnexpectedAnswers {
    fn kind(&self) -> ErrorKind {
        ErrorKind::UnexpectedResponse
    }

    fn hint(&self) -> Option<String> {
        Some("omit --strict-answers to accept such responses: the records were saved".to_owned())
    }

    fn exit(&self) -> Exit {
        Exit::SomeNotSaved
    }
}

/// # Errors
/// If fields were changed by the server, or are missing from its responses.
pub(super) fn ensure_documented(answers: &AnswersView) -> Result<(), UnexpectedAnswers> {
    answers.in_words().map_or(Ok(()), |words| Err(UnexpectedAnswers(words)))
}
