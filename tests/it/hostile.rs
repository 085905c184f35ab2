//! Hostile files, servers and neighbors, through the real binary.
#![expect(clippy::unwrap_used, reason = "a test whose setup fails has failed")]

#[cfg(unix)]
mod reports;
mod secrets;
mod texts;
mod tokens;
#[cfg(target_os = "linux")]
mod workbooks;
