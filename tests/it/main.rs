//! The behaviour of the real binary, over real HTTP, against the sandbox.

mod sandbox;
