//! Source, workers and signals joined: one run from its first row to its last.
