//! Detection in all encodings and many languages.

mod detection;
mod matrix;
