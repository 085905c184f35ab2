//! What an error says beyond its message: its kind, its location, a hint and an exit code.

use serde::Serialize;

use crate::exit::Exit;

/// What went wrong, for programs: the `kind` of an error in JSON output. A name never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The command line, or options that do not fit the input or an earlier run.
    Usage,
    /// The config, a mapping file, an environment variable or a setting.
    Config,
    /// A file cannot be read, or its content is not what it should be.
    Input,
    /// A field has no source, or a column does not exist.
    Mapping,
    /// Rows of the input are not valid records.
    InvalidRows,
    /// The submitted record is not valid.
    InvalidRecord,
    /// An earlier run has sent the same, or may have.
    AlreadySent,
    /// The ledger cannot be used or does not have the run.
    Ledger,
    /// The server rejected the credentials, their scope or the target; or there are no credentials.
    Credentials,
    /// The server cannot be reached in time, or the rate limit allows no request.
    Unreachable,
    /// The run stopped early and can be resumed.
    Stopped,
    /// Records were sent, but not all were saved.
    NotSaved,
    /// A response is not as documented.
    UnexpectedResponse,
    /// A result or a report cannot be written.
    Output,
    /// A signal.
    Interrupted,
}

impl From<Exit> for ErrorKind {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Success | Exit::Usage => Self::Usage,
            Exit::SomeNotSaved => Self::NotSaved,
            Exit::Credentials => Self::Credentials,
            Exit::Unreachable => Self::Unreachable,
            Exit::Stopped => Self::Stopped,
            Exit::Interrupted => Self::Interrupted,
        }
    }
}

/// Where an error is, as far as it is known. Lines and rows are counted from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Location {
    /// The file, or `standard input`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The row of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The header of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The option, environment variable or setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
}

impl Location {
    /// A line of a file.
    pub fn line(file: &str, line: Option<u64>) -> Self {
        Self { file: Some(file.to_owned()), line, ..Self::default() }
    }
}

/// Advice that goes with an error. The message says what failed, where and why; the hint says what to do about it.
pub trait Advice: std::error::Error {
    /// What to do, in one imperative sentence; `None` if the message says it all.
    fn hint(&self) -> Option<String> {
        None
    }

    /// The kind of the error, for programs.
    fn kind(&self) -> ErrorKind {
        self.exit().into()
    }

    /// Where the error is.
    fn location(&self) -> Option<Location> {
        None
    }

    /// The exit code of a command that ends with this error.
    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// The known name most similar to a mistyped one, for "did you mean".
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LEAST_SIMILARITY: f64 = 0.8;
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&typed.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity >= LEAST_SIMILARITY)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// The end of a message that suggests the nearest known name.
pub fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean {name:?}?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typo_finds_the_nearest_name() {
        let known = ["client_id", "client_secret", "host", "bot_id"];
        assert_eq!(nearest("cleint_id", known), Some("client_id"));
        assert_eq!(nearest("Bot-ID", known), Some("bot_id"));
        assert_eq!(nearest("zebra", known), None);
    }
}
