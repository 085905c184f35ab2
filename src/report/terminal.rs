//! A terminal as the target of results: text from files and servers must not control it.

use std::io::{self, Write};

use crate::text::printable_lines;

/// Passes whole lines on, made printable.
pub(super) struct TerminalWriter<W: Write> {
    inner: W,
    line: Vec<u8>,
}

impl<W: Write> TerminalWriter<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, line: Vec::new() }
    }

    fn write_line(&mut self) -> io::Result<()> {
        let line = String::from_utf8_lossy(&self.line);
        // A byte order mark is for programs.
        let line = line.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        self.line.clear();
        self.inner.write_all(printable_lines(&line).as_bytes())
    }
}

impl<W: Write> Write for TerminalWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(line);
            if line.ends_with(b"\n") {
                self.write_line()?;
            }
        }
        Ok(bytes.len())
    }

    /// What follows the last line end is a prompt or the end.
    fn flush(&mut self) -> io::Result<()> {
        self.write_line()?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::TerminalWriter;

    #[test]
    fn only_printable_text_reaches_the_terminal() {
        let mut out = TerminalWriter::new(Vec::new());
        for byte in "\u{feff}a,\u{1b}[2J,\u{9b}1m\r\nGrüße\t1\nend".bytes() {
            out.write_all(&[byte]).unwrap();
        }
        out.flush().unwrap();
        assert_eq!(String::from_utf8(out.inner).unwrap(), "a,\u{fffd}[2J,\u{fffd}1m\nGrüße 1\nend");
    }
}
