//! The error a command ends with. It carries the hint and the exit code, and the compiler makes sure that neither is lost.
//!
//! `?` accepts only errors that implement [`Advice`]: the blanket `From` below is the only conversion, so an error type
//! without advice does not compile. Errors of the system and of libraries ([`ExternalError`]) have no advice, and do not say
//! what failed and where; `.explain("cannot read x.csv")` is the only way to convert them. `anyhow` stores the error with its
//! causes and context. It is private, because it would accept any error.

use std::error::Error;
use std::fmt;

use crate::error::{Advice, ErrorKind, Location};
use crate::exit::Exit;

/// An error with its causes and its advice.
pub(super) struct CommandError {
    pub(super) error: anyhow::Error,
    pub(super) hint: Option<String>,
    pub(super) exit: Exit,
    pub(super) kind: ErrorKind,
    pub(super) location: Option<Box<Location>>,
}

impl CommandError {
    /// The error as a `T`, if it is one.
    pub(super) fn downcast_ref<T: Error + Send + Sync + 'static>(&self) -> Option<&T> {
        self.error.downcast_ref()
    }

    /// The error of a command that has sent nothing, whatever it would mean after a run.
    pub(super) fn without_sending(error: impl Into<Self>) -> Self {
        Self { exit: Exit::Usage, ..error.into() }
    }

    /// The error of a command that has sent records.
    pub(super) fn after_sending(error: impl Into<Self>) -> Self {
        Self { exit: Exit::SomeNotSaved, ..error.into() }
    }

    /// Says where the error happened. The hint and the exit code stay.
    pub(super) fn context(self, place: String) -> Self {
        Self { error: self.error.context(place), ..self }
    }
}

impl<E: Advice + Send + Sync + 'static> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self {
            hint: error.hint(),
            exit: error.exit(),
            kind: error.kind(),
            location: error.location().map(Box::new),
            error: error.into(),
        }
    }
}

/// The error and its causes on one line.
impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.error)
    }
}

impl fmt::Debug for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}

/// An error of the system or of a library: it has no hint, and needs a message that says what failed.
pub(super) trait ExternalError: Error + Send + Sync + 'static {}

impl ExternalError for std::io::Error {}
impl ExternalError for quick_junit::SerializeError {}
impl ExternalError for serde_json::Error {}
impl ExternalError for url::ParseError {}

/// Turns an [`ExternalError`] into a [`CommandError`].
pub(super) trait Explain<T> {
    /// `failure` says what failed and where: "cannot read record.json".
    fn explain(self, failure: impl Into<String>) -> Result<T, CommandError>;
}

impl<T, E: ExternalError> Explain<T> for Result<T, E> {
    fn explain(self, failure: impl Into<String>) -> Result<T, CommandError> {
        self.map_err(|error| CommandError {
            error: anyhow::Error::new(error).context(failure.into()),
            hint: None,
            exit: Exit::Usage,
            kind: ErrorKind::Input,
            location: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{CommandError, Explain};
    use crate::exit::Exit;
    use crate::ledger::{LedgerError, RunId};

    #[test]
    fn context_keeps_hint_and_exit_code() {
        let bare = CommandError::from(LedgerError::InUse { run: RunId(7) });
        let placed = CommandError::from(LedgerError::InUse { run: RunId(7) }).context("bot st-1".to_owned());
        assert!(bare.hint.is_some());
        assert_eq!((&placed.hint, placed.exit), (&bare.hint, bare.exit));
        assert_eq!(placed.to_string(), format!("bot st-1: {bare}"));
        assert!(matches!(placed.downcast_ref(), Some(LedgerError::InUse { .. })));
    }

    #[test]
    fn external_errors_say_what_failed() {
        let failed: Result<(), _> = Err(io::Error::from(io::ErrorKind::NotFound));
        let error = failed.explain("cannot read record.json").unwrap_err();
        assert_eq!(error.to_string(), "cannot read record.json: entity not found");
        assert_eq!((error.hint, error.exit), (None, Exit::Usage));
    }
}
