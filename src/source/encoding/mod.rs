//! Text encodings: those that files are written in, and detecting which one it is.
//!
//! UTF-8 and UTF-16 show themselves. In a single-byte encoding every file can be read, so its readings are compared
//! (`evidence`): letters that follow each other as they do in a language (`languages`), in a case that fits, and symbols in
//! places where people write them (`characters`).

mod candidates;
mod characters;
mod charset;
mod detect;
mod evidence;
mod languages;
mod pages;
#[cfg(test)]
mod tests;

pub use charset::Encoding;
pub(super) use charset::PageReader;
pub(in crate::source) use detect::Ambiguity;
pub(super) use detect::{Detection, detect, detect_utf16};
pub(crate) use detect::{EncodingSource, TextEncoding};
