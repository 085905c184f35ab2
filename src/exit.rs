//! The exit codes, documented where they are defined. Scripts and CI jobs rely on them: a number never changes its meaning.

/// How a command ended, as the process's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything that was asked for was done; in an import every row was saved, or skipped as it should be.
    Success = 0,
    /// The run finished, and some rows were not saved: rejected, invalid (and skipped on demand), unsent or in doubt.
    SomeNotSaved = 1,
    /// Usage, configuration or input is wrong. Nothing was sent.
    Usage = 2,
    /// The server refused the credentials, their scope or the bot. Rows are intact.
    Credentials = 3,
    /// The target could not be reached, or can't prove who it is. Rows are intact.
    Unreachable = 4,
    /// The run stopped early and can be resumed.
    Stopped = 5,
    /// Interrupted by a signal; an import can be resumed.
    Interrupted = 130,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
