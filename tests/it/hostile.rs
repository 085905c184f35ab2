//! Hostile files, servers and neighbors, through the real binary.

#[cfg(unix)]
mod reports;
mod secrets;
mod texts;
mod tokens;
#[cfg(target_os = "linux")]
mod workbooks;
