//! Completions: the scripts of the shells, and the answers to these scripts. A script contains no options. At each Tab it
//! runs this program, which knows its options and can offer profiles, runs and the columns of the file that was typed.

mod answer;
mod bash;
mod line;
mod shells;
mod typed;
mod values;
mod zsh;

pub use answer::complete;
pub(super) use shells::script;
