//! `import` through the real binary: what arrives, what is refused, what is said, and what is left when it ends early.

#![expect(clippy::unwrap_used, reason = "a test that can't lay its ground has failed")]

mod answers;
mod bursts;
mod check;
mod commits;
mod faults;
mod identity;
mod mapping;
#[cfg(unix)]
mod on_finish;
mod only_new;
mod output;
mod rejection;
mod report;
mod rows;
mod saved;
#[cfg(unix)]
mod signals;
