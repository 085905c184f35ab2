//! A JSON text parted into values, without looking at what is in them.

use std::io::{BufRead, Read};

use serde::de::IgnoredAny;

use crate::source::SourceError;
use crate::source::csv::MAX_RECORD;

/// How the objects follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Layout {
    /// One on each line.
    Lines,
    /// One behind the other, with line breaks anywhere.
    Values,
    /// In one array.
    Array,
}

impl Layout {
    /// How the objects follow one another in a text that begins like this: whether its first line is an object by itself.
    pub(in crate::source) fn of(sample: &[u8]) -> Self {
        let first = sample.trim_ascii_start().split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        let parsed = serde_json::from_slice::<IgnoredAny>(first.trim_ascii_end());
        let is_cut = parsed.is_err_and(|error| error.is_eof()) && first.ends_with(b"\n");
        if is_cut { Self::Values } else { Self::Lines }
    }
}

/// What is wrong with a JSON text, beyond one of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// None of the first values is an object.
    #[error("this is no JSON object (byte {byte} of it)")]
    NoObject {
        /// Where in the value that is noticed, from 1.
        byte: usize,
    },
    /// The text ends within a value or the array.
    #[error("the value that begins here has no end")]
    NoEnd,
    /// Between two values of an array something other than a comma.
    #[error("a comma or the array's end is expected here")]
    NoComma,
    /// Something behind the array.
    #[error("something stands behind the array's end")]
    AfterEnd,
}

/// Where in the text the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Before,
    Inside,
    After,
}

/// Reads one value after the other into the same memory, without looking at what is in it.
pub(super) struct Values<R> {
    input: R,
    pub(super) name: String,
    layout: Layout,
    line: u64,
    /// The value read last.
    pub(super) buffer: Vec<u8>,
    stage: Stage,
}

impl<R: BufRead> Values<R> {
    pub(super) fn new(input: R, name: &str, layout: Layout) -> Self {
        Self { input, name: name.to_owned(), layout, line: 1, buffer: Vec::new(), stage: Stage::Before }
    }

    /// Reads the next value; the line on which it begins, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<u64>, SourceError> {
        self.buffer.clear();
        match self.layout {
            Layout::Lines => self.next_line(),
            Layout::Values => Ok(if self.peek()?.is_some() { Some(self.next_value()?) } else { None }),
            Layout::Array => self.next_element(),
        }
    }

    fn next_line(&mut self) -> Result<Option<u64>, SourceError> {
        loop {
            let line = self.line;
            let input = &mut self.input;
            let read = input.take(MAX_RECORD as u64 + 1).read_until(b'\n', &mut self.buffer);
            let read = read.map_err(|error| SourceError::from_io(&self.name, Some(line), error))?;
            if read > MAX_RECORD {
                return Err(self.too_long(line));
            }
            self.line += 1;
            match self.buffer.trim_ascii() {
                [] if read == 0 => return Ok(None),
                [] => self.buffer.clear(),
                _ => return Ok(Some(line)),
            }
        }
    }

    fn next_element(&mut self) -> Result<Option<u64>, SourceError> {
        if self.stage == Stage::Before {
            self.peek()?;
            self.input.consume(1);
        }
        let next = self.peek()?;
        match (self.stage, next) {
            (Stage::After, None) => return Ok(None),
            (Stage::After, Some(_)) => return Err(self.fault(JsonError::AfterEnd)),
            (_, None) => return Err(self.fault(JsonError::NoEnd)),
            (_, Some(b']')) => {
                self.input.consume(1);
                self.stage = Stage::After;
                return self.next_element();
            }
            (Stage::Inside, Some(b',')) => {
                self.input.consume(1);
                self.peek()?.ok_or_else(|| self.fault(JsonError::NoEnd))?;
            }
            (Stage::Inside, Some(_)) => return Err(self.fault(JsonError::NoComma)),
            (Stage::Before, Some(_)) => {}
        }
        self.stage = Stage::Inside;
        self.next_value().map(Some)
    }

    /// Reads the value that begins here up to its end: the bracket that closes it, or what follows a number or word.
    fn next_value(&mut self) -> Result<u64, SourceError> {
        let line = self.line;
        let mut scan = Scan::default();
        loop {
            let available =
                fill(&mut self.input).map_err(|error| SourceError::from_io(&self.name, Some(line), error))?;
            if available.is_empty() {
                return if scan.is_open() { Err(self.fault_at(line, JsonError::NoEnd)) } else { Ok(line) };
            }
            let (taken, is_over) = scan.take(available);
            self.line += available[..taken].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.buffer.extend_from_slice(&available[..taken]);
            self.input.consume(taken);
            if is_over {
                return Ok(line);
            }
            if self.buffer.len() > MAX_RECORD {
                return Err(self.too_long(line));
            }
        }
    }

    /// Goes to the next byte that is no blank, counting lines.
    fn peek(&mut self) -> Result<Option<u8>, SourceError> {
        loop {
            let line = self.line;
            let available =
                fill(&mut self.input).map_err(|error| SourceError::from_io(&self.name, Some(line), error))?;
            match available.first() {
                Some(byte) if byte.is_ascii_whitespace() => {
                    self.line += u64::from(*byte == b'\n');
                    self.input.consume(1);
                }
                first => return Ok(first.copied()),
            }
        }
    }

    fn fault(&self, fault: JsonError) -> SourceError {
        self.fault_at(self.line, fault)
    }

    fn fault_at(&self, line: u64, fault: JsonError) -> SourceError {
        SourceError::Json { name: self.name.clone(), line, fault }
    }

    fn too_long(&self, line: u64) -> SourceError {
        SourceError::JsonTooLong { name: self.name.clone(), line }
    }
}

/// What is buffered: at least one byte, unless the input has ended.
fn fill<R: BufRead>(input: &mut R) -> std::io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(_) => break,
        }
    }
    input.fill_buf()
}

/// Looks for the end of a value: brackets and strings, whatever is in them.
#[derive(Default)]
struct Scan {
    depth: u32,
    in_string: bool,
    is_escaped: bool,
}

impl Scan {
    fn is_open(&self) -> bool {
        self.depth > 0 || self.in_string
    }

    /// How many of the bytes belong to the value, and whether it ends there.
    fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (place, &byte) in bytes.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => {
                        self.in_string = false;
                        if self.depth == 0 {
                            return (place + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 1 => self.depth -= 1,
                b'}' | b']' if self.depth == 1 => return (place + 1, true),
                b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => {
                    // A bracket that nothing opened is taken with it, so that every value has a byte.
                    return if place == 0 { (1, true) } else { (place, true) };
                }
                _ => {}
            }
        }
        (bytes.len(), false)
    }
}
