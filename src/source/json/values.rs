//! Splitting JSON text into values, without parsing them.

use std::io::{BufRead, Read};

use serde::de::IgnoredAny;

use crate::source::buffer::{MAX_RECORD, fill_buf};
use crate::source::error::ContentError;

/// How the objects of a text are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Layout {
    /// One object per line (NDJSON).
    Lines,
    /// One object after the other, with line breaks anywhere.
    Sequence,
    Array,
}

impl Layout {
    /// Detects whether the first line is a whole value.
    pub(in crate::source) fn detect(sample: &[u8]) -> Self {
        let first = sample.trim_ascii_start().split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        let parsed = serde_json::from_slice::<IgnoredAny>(first.trim_ascii_end());
        let continues = parsed.is_err_and(|error| error.is_eof()) && first.ends_with(b"\n");
        if continues { Self::Sequence } else { Self::Lines }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ArrayState {
    Start,
    Inside,
    End,
}

/// Reads one value after the other into the same memory.
pub(super) struct ValueReader<R> {
    input: R,
    layout: Layout,
    line: u64,
    /// The last value.
    pub(super) buffer: Vec<u8>,
    state: ArrayState,
}

impl<R: BufRead> ValueReader<R> {
    /// `line` is the line where the input starts, from 1.
    pub(super) fn new(input: R, layout: Layout, line: u64) -> Self {
        Self { input, layout, line, buffer: Vec::new(), state: ArrayState::Start }
    }

    /// Reads the next value. Returns the line where it starts, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<u64>, ContentError> {
        self.buffer.clear();
        match self.layout {
            Layout::Lines => self.next_line(),
            Layout::Sequence => self.peek()?.map(|_| self.next_value()).transpose(),
            Layout::Array => self.next_element(),
        }
    }

    fn next_line(&mut self) -> Result<Option<u64>, ContentError> {
        loop {
            let line = self.line;
            let input = &mut self.input;
            let read = input.take(MAX_RECORD as u64 + 1).read_until(b'\n', &mut self.buffer);
            let read = read.map_err(|error| ContentError::io(Some(line), error))?;
            if read > MAX_RECORD {
                return Err(ContentError::JsonTooLong { line });
            }
            self.line += 1;
            match self.buffer.trim_ascii() {
                [] if read == 0 => return Ok(None),
                [] => self.buffer.clear(),
                _ => return Ok(Some(line)),
            }
        }
    }

    fn next_element(&mut self) -> Result<Option<u64>, ContentError> {
        if self.state == ArrayState::Start {
            self.peek()?;
            self.input.consume(1);
        }
        let next = self.peek()?;
        let line = self.line;
        match (self.state, next) {
            (ArrayState::End, None) => return Ok(None),
            (ArrayState::End, Some(_)) => return Err(ContentError::AfterArray { line }),
            (_, None) => return Err(ContentError::UnclosedJson { line }),
            (_, Some(b']')) => {
                self.input.consume(1);
                self.state = ArrayState::End;
                return self.next_element();
            }
            (ArrayState::Inside, Some(b',')) => {
                self.input.consume(1);
                self.peek()?.ok_or(ContentError::UnclosedJson { line: self.line })?;
            }
            (ArrayState::Inside, Some(_)) => return Err(ContentError::MissingComma { line }),
            (ArrayState::Start, Some(_)) => {}
        }
        self.state = ArrayState::Inside;
        self.next_value().map(Some)
    }

    /// Reads the value that starts here: up to its closing bracket or quote, or to what follows a number or word.
    fn next_value(&mut self) -> Result<u64, ContentError> {
        let line = self.line;
        let mut scanner = Scanner::default();
        loop {
            let available = fill_buf(&mut self.input).map_err(|error| ContentError::io(Some(self.line), error))?;
            if available.is_empty() {
                return if scanner.is_open() { Err(ContentError::UnclosedJson { line }) } else { Ok(line) };
            }
            let (taken, is_complete) = scanner.scan(available);
            self.line += available[..taken].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.buffer.extend_from_slice(&available[..taken]);
            self.input.consume(taken);
            if is_complete {
                return Ok(line);
            }
            if self.buffer.len() > MAX_RECORD {
                return Err(ContentError::JsonTooLong { line });
            }
        }
    }

    /// Advances to the next byte that is not whitespace, counting lines.
    fn peek(&mut self) -> Result<Option<u8>, ContentError> {
        loop {
            let available = fill_buf(&mut self.input).map_err(|error| ContentError::io(Some(self.line), error))?;
            match available.first() {
                Some(byte) if byte.is_ascii_whitespace() => {
                    self.line += u64::from(*byte == b'\n');
                    self.input.consume(1);
                }
                first => return Ok(first.copied()),
            }
        }
    }
}

/// Finds the end of a value from its brackets and quotes alone.
#[derive(Default)]
struct Scanner {
    depth: u32,
    in_string: bool,
    is_escaped: bool,
}

impl Scanner {
    fn is_open(&self) -> bool {
        self.depth > 0 || self.in_string
    }

    /// Returns how many of the bytes belong to the value, and whether it ends there.
    fn scan(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (index, &byte) in bytes.iter().enumerate() {
            if self.in_string {
                self.scan_string(byte);
                if !self.is_open() {
                    return (index + 1, true);
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 1 => self.depth -= 1,
                b'}' | b']' if self.depth == 1 => return (index + 1, true),
                // An unmatched bracket counts as a value of its own, so that every value has at least one byte.
                b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => return (index.max(1), true),
                _ => {}
            }
        }
        (bytes.len(), false)
    }

    fn scan_string(&mut self, byte: u8) {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => self.in_string = false,
            _ => {}
        }
    }
}
