//! Writes everything that is printed: results to standard output, messages for people to standard error.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::line::{Line, Tone, wrapped};
use super::terminal::TerminalWriter;
use crate::error::Advice;
use crate::settings::Context;
use crate::text;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// Writing to standard output failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output")]
pub(crate) struct OutputError(#[from] pub io::Error);

impl Advice for OutputError {}

/// A writer that remembers whether the reader has closed the pipe.
struct Pipe<W> {
    inner: W,
    closed: bool,
}

impl<W: Write> Pipe<W> {
    fn watch<T>(&mut self, written: io::Result<T>) -> io::Result<T> {
        self.closed |= written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        written
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes);
        self.watch(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.inner.flush();
        self.watch(flushed)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Printer {
    quiet: bool,
    verbose: bool,
    colored: bool,
    /// The width of standard error, if it is a terminal.
    columns: Option<u16>,
    results_on_terminal: bool,
}

/// The width of tables that are not shown on a terminal.
const DEFAULT_COLUMNS: u16 = 110;
/// Longer lines are hard to read.
const MAX_COLUMNS: u16 = 120;

impl Printer {
    pub(crate) fn new(context: &Context, quiet: bool, verbose: bool) -> Self {
        let colored = context.stderr_is_terminal && context.colors_allowed();
        let columns = context.stderr_columns.map(|columns| columns.min(MAX_COLUMNS));
        Self { quiet, verbose, colored, columns, results_on_terminal: context.stdout_is_terminal }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// The width of tables on standard error.
    pub(crate) fn table_width(&self) -> u16 {
        self.columns.unwrap_or(DEFAULT_COLUMNS)
    }

    /// The width of tables on standard output: a narrow terminal does not cut what goes to a file.
    pub(crate) fn result_width(&self) -> u16 {
        if self.results_on_terminal { self.table_width() } else { DEFAULT_COLUMNS }
    }

    /// Prints a line to standard output.
    ///
    /// # Errors
    /// If writing fails. A closed pipe (`| head`) is not an error: nobody reads the rest.
    pub(crate) fn result(&self, line: impl Display) -> Result<(), OutputError> {
        self.stream(|out| Ok(writeln!(out, "{line}")?))
    }

    /// Lets `write` print a long result to standard output piece by piece; on a terminal, without control characters.
    ///
    /// # Errors
    /// Those of `write`. A closed pipe (`| head`) is not an error: nobody reads the rest.
    pub(crate) fn stream<E: From<OutputError>>(
        &self,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut out = Pipe { inner: io::BufWriter::new(io::stdout().lock()), closed: false };
        let finish = |out: &mut dyn Write| write(out).and_then(|()| Ok(out.flush().map_err(OutputError)?));
        let written = match self.results_on_terminal {
            true => finish(&mut TerminalWriter::new(&mut out)),
            false => finish(&mut out),
        };
        if out.closed { Ok(()) } else { written }
    }

    /// Prints indented JSON to standard output.
    ///
    /// # Errors
    /// As for [`Printer::result`].
    pub(crate) fn json(&self, value: &impl serde::Serialize) -> Result<(), OutputError> {
        self.result(text::printable_json(&serde_json::to_string_pretty(value).map_err(io::Error::from)?))
    }

    /// Prints a message for people, unless `--quiet`.
    pub(crate) fn note(&self, line: impl Display) {
        if !self.quiet {
            self.say(&safe(line));
        }
    }

    /// Prints lines for people in color, unless `--quiet`.
    pub(crate) fn styled(&self, lines: &[Line]) {
        if self.quiet {
            return;
        }
        for line in lines {
            let pieces = line.pieces().map(|(tone, text)| self.painted(&safe(text), style_of(tone)));
            self.say(&pieces.collect::<String>());
        }
    }

    /// Prints a message for people if `--verbose`.
    pub(crate) fn detail(&self, line: impl Display) {
        if self.verbose {
            self.say(&safe(line));
        }
    }

    /// Prints a warning, unless `--quiet`.
    pub(crate) fn warning(&self, line: impl Display) {
        if !self.quiet {
            self.labeled("warning", WARNING, line);
        }
    }

    /// Prints a long warning, wrapped between words on a terminal. Not for text that may be pasted into a shell.
    pub(crate) fn wrapped_warning(&self, text: impl Display) {
        let text = text.to_string();
        match self.columns {
            Some(columns) => self.warning(wrapped(&text, "warning: ".len(), columns.into())),
            None => self.warning(text),
        }
    }

    /// Prints what to do about the last message, unless `--quiet`.
    pub(crate) fn hint(&self, line: impl Display) {
        if !self.quiet {
            self.labeled("hint", HINT, line);
        }
    }

    /// Prints an error with its causes and a hint, even if `--quiet`.
    pub(crate) fn error(&self, error: &dyn Error, hint: Option<&str>) {
        self.labeled("error", ERROR, chain(error));
        if let Some(hint) = hint {
            self.labeled("hint", HINT, hint);
        }
    }

    fn labeled(&self, label: &str, style: Style, text: impl Display) {
        self.say(&format_args!("{}: {}", self.painted(label, style), safe(text)));
    }

    fn say(&self, line: &dyn Display) {
        // If standard error itself fails, there is nobody left to tell.
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    fn painted(&self, word: &str, style: Style) -> String {
        if self.colored && style != Style::new() { format!("{style}{word}{style:#}") } else { word.to_owned() }
    }
}

const fn style_of(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Faint => Style::new().dimmed(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Neutral => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default(),
    }
}

/// The message and its causes on one line, without repetition.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let message = cause.to_string();
        if !text.ends_with(&message) {
            text = format!("{text}: {message}");
        }
        source = cause.source();
    }
    text
}

/// Keeps line breaks, which are ours (tables, lists of problems), and replaces other control characters.
fn safe(line: impl Display) -> String {
    text::printable_lines(&line.to_string()).into_owned()
}
