//! The behavior of the real binary, over real HTTP, against the sandbox.

mod blanks;
mod bots;
mod clock;
mod completions;
mod conditions;
mod config;
mod config_file;
mod damage;
mod days;
mod disk;
mod docs;
#[cfg(unix)]
mod docs_run;
mod doctor;
mod documents;
mod encodings;
mod examples;
mod exports;
mod formats;
mod help;
mod hints;
mod hostile;
mod import;
mod json;
mod jwe;
mod layout;
mod man;
mod mappings;
mod matrix;
mod migration;
mod packages;
mod packed;
#[cfg(unix)]
mod pages;
mod preview;
mod quirks;
mod records;
mod report;
mod responses;

mod runs;
mod sandbox;
mod scores;
#[cfg(unix)]
mod screen;
mod settings;
mod smoke;
mod submit;
mod support;
mod token;
mod typos;
mod verify;
mod waits;
mod windows;
