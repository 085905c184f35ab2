//! `inspect`: shows what an input contains and proposes a mapping, without a target and without sending anything.
//!
//! `inspection` works out what is known and what is guessed; `import` uses it, too, to ask for what is missing.
//! `command` prints it.

mod command;
mod inspection;

pub(super) use self::command::inspect;
pub(super) use self::inspection::Inspection;
