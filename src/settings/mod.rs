//! What was configured, resolved: defaults ← file ← environment ← arguments, each value with where it came from.

mod context;

pub use context::Context;
