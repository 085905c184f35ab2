//! Questions at the terminal. A terminal that cannot move its cursor gets numbered lists and plain lines.

mod hidden;
mod plain;
mod prompter;
mod select;

pub(super) use prompter::Prompter;
