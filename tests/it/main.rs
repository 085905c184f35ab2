//! The behaviour of the real binary, over real HTTP, against the sandbox.

mod completions;
mod config;
mod documents;
mod examples;
mod help;
mod readme;
mod sandbox;
mod settings;
mod surroundings;
mod token;
