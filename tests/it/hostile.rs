//! Hostile files, servers and neighbors, through the real binary.

#[cfg(unix)]
mod reports;
mod texts;
mod tokens;
