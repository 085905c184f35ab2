//! The behavior of the real binary, over real HTTP, against the sandbox.

mod blanks;
mod bots;
mod clock;
mod completions;
mod conditions;
mod config;
mod damage;
mod days;
mod disk;
mod docs;
mod documents;
mod examples;
mod exports;
mod formats;
mod help;
mod hostile;
mod import;
mod jwe;
mod layout;
mod mappings;
mod matrix;
mod packed;
mod preview;
mod quirks;

mod runs;
mod sandbox;
mod scores;
mod settings;
mod submit;
mod support;
mod token;
mod verify;
mod waits;
mod windows;
