//! Splitting JSON text into values, without parsing them.

use std::io::{BufRead, Read};

use serde::de::IgnoredAny;

use crate::source::buffer::{MAX_RECORD, fill_buf};
use crate::source::error::ContentError;
use crate::text::excerpt;

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
    /// How many objects enclose the array.
    depth: u32,
}

impl<R: BufRead> ValueReader<R> {
    /// `line` is the line where the input starts, from 1.
    pub(super) fn new(input: R, layout: Layout, line: u64) -> Self {
        Self { input, layout, line, buffer: Vec::new(), state: ArrayState::Start, depth: 0 }
    }

    /// Advances to the array of a document that has it below these keys, joined with dots. It must be called first.
    pub(super) fn enter(&mut self, path: &str) -> Result<(), ContentError> {
        let not_found = |line| ContentError::NoRecordsAt { path: excerpt(path, 80), line };
        let (mut rest, mut opens) = (path, true);
        while self.next_member(opens)? {
            let key = self.key()?;
            if key == rest {
                let is_array = self.peek()? == Some(b'[');
                return if is_array { Ok(()) } else { Err(not_found(self.line)) };
            }
            match rest.strip_prefix(&*key).and_then(|rest| rest.strip_prefix('.')) {
                Some(below) if self.peek()? == Some(b'{') => (rest, opens) = (below, true),
                _ => {
                    self.scan(Scanner::default(), false)?;
                    opens = false;
                }
            }
        }
        Err(not_found(self.line))
    }

    /// The path of the first array of objects in a document that is an object; `None` if there is none in the input.
    pub(super) fn find_array(&mut self) -> Option<String> {
        let (mut path, mut opens) = (Vec::new(), true);
        loop {
            while self.next_member(opens).ok()? {
                path.push(self.key().ok()?);
                let next = self.peek().ok()??;
                opens = next == b'{';
                match next {
                    b'{' => continue,
                    b'[' if self.starts_with_object()? => return Some(path.join(".")),
                    b'[' => self.scan(Scanner { depth: 1, ..Scanner::default() }, false).ok()?,
                    _ => self.scan(Scanner::default(), false).ok()?,
                }
                path.pop();
            }
            // The object ends.
            self.input.consume(1);
            opens = false;
            self.depth = self.depth.checked_sub(1).filter(|depth| *depth > 0)?;
            path.pop();
        }
    }

    /// Enters an array; whether its first element is an object.
    fn starts_with_object(&mut self) -> Option<bool> {
        self.input.consume(1);
        Some(self.peek().ok()?? == b'{')
    }

    /// Advances to the next key of an object, which `opens` here or continues after one of its values. Returns false at its end,
    /// and if there is no object.
    fn next_member(&mut self, opens: bool) -> Result<bool, ContentError> {
        match self.peek()? {
            Some(b'{') if opens => self.depth += 1,
            Some(b',') if !opens => {}
            None => return Err(ContentError::UnclosedJson { line: self.line }),
            Some(_) => return Ok(false),
        }
        self.input.consume(1);
        Ok(self.peek()? == Some(b'"'))
    }

    /// Reads a key and the colon after it.
    fn key(&mut self) -> Result<String, ContentError> {
        let line = self.line;
        self.buffer.clear();
        self.scan(Scanner::default(), true)?;
        let key = serde_json::from_slice(&self.buffer).map_err(|_| ContentError::NotAnObject { line, byte: 1 })?;
        if self.peek()? != Some(b':') {
            return Err(ContentError::NotAnObject { line, byte: 1 });
        }
        self.input.consume(1);
        self.peek()?;
        Ok(key)
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
                self.leave()?;
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

    /// Advances to the end of the objects that enclose the array: if it is missing, the document was truncated.
    fn leave(&mut self) -> Result<(), ContentError> {
        if self.depth == 0 { Ok(()) } else { self.scan(Scanner { depth: self.depth, ..Scanner::default() }, false) }
    }

    /// Reads the value that starts here: up to its closing bracket or quote, or to what follows a number or word.
    fn next_value(&mut self) -> Result<u64, ContentError> {
        let line = self.line;
        self.scan(Scanner::default(), true)?;
        Ok(line)
    }

    /// Advances to where the scanner ends, and keeps what it passes in the buffer, or nothing.
    fn scan(&mut self, mut scanner: Scanner, is_kept: bool) -> Result<(), ContentError> {
        let line = self.line;
        loop {
            let available = fill_buf(&mut self.input).map_err(|error| ContentError::io(Some(self.line), error))?;
            if available.is_empty() {
                return if scanner.is_open() { Err(ContentError::UnclosedJson { line }) } else { Ok(()) };
            }
            let (taken, is_complete) = scanner.scan(available);
            self.line += available[..taken].iter().filter(|byte| **byte == b'\n').count() as u64;
            if is_kept {
                self.buffer.extend_from_slice(&available[..taken]);
            }
            self.input.consume(taken);
            if is_complete {
                return Ok(());
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

/// The path of the array of records in a text that is a single object; `None` if there is none. Unless the sample `is_whole`, the
/// text continues.
pub(in crate::source) fn wrapped_records(sample: &[u8], is_whole: bool) -> Option<String> {
    let text = sample.trim_ascii();
    let (length, is_complete) = Scanner::default().scan(text);
    let is_single = if is_complete { is_whole && length == text.len() } else { !is_whole };
    let mut values = ValueReader::new(text, Layout::Array, 1);
    (text.starts_with(b"{") && is_single).then(|| values.find_array()).flatten()
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
