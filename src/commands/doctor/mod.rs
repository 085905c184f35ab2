//! `config check`: what works and what does not, from the config file to a harmless read, each with its fix.

mod command;
mod finding;
mod local;
mod network;

pub(super) use command::check;
