//! A run as it is named on the command line.

use std::fmt;
use std::str::FromStr;

/// A run: its number, or the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunNumber {
    /// By its number.
    Number(i64),
    /// The run that started last.
    Latest,
}

impl FromStr for RunNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "latest" => Ok(Self::Latest),
            _ => text.parse().map(Self::Number).map_err(|_| "write the number of a run, or latest".to_owned()),
        }
    }
}

impl fmt::Display for RunNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Latest => f.write_str("latest"),
        }
    }
}
