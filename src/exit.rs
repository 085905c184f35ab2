//! The exit codes, documented where they are defined. Scripts and CI jobs rely on them: a number never changes its meaning.

/// How a command ended, as the exit code of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything was done. After an import: every row was saved, or skipped as requested.
    Success = 0,
    /// The run finished, but some rows were not saved: rejected, invalid (with `--skip-invalid`), unsent or in doubt.
    /// Or, with `--strict-answers`, a response was not as documented. Or records were sent, but the summary or a report cannot be
    /// written.
    SomeNotSaved = 1,
    /// The command line, the configuration or the input is wrong, or the question before sending was answered with no.
    /// Or a command that sends no records cannot write its output. Nothing was sent.
    Usage = 2,
    /// The server rejected the credentials, their scope or the bot. No row is lost.
    Credentials = 3,
    /// The server could not be reached in time, its certificate is not trusted, or the rate limit allows no request for longer than
    /// `--max-wait`. No row is lost.
    Unreachable = 4,
    /// The run stopped early and can be resumed.
    Stopped = 5,
    /// Interrupted by a signal. An import can be resumed.
    Interrupted = 130,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
