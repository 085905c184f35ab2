//! The behaviour of the real binary, over real HTTP, against the sandbox.

mod config;
mod sandbox;
mod settings;
mod surroundings;
mod token;
