//! `smoke`: sends one record of each type, and checks what the server makes of them.
//!
//! `send` sends the records as one run, `read` reads from the server, `checks` says what the results mean, and `command` joins
//! and reports them.

mod checks;
mod command;
mod read;
mod send;

pub(super) use self::command::smoke;
