//! The one writer to standard output and standard error: results go out, words for people go to the side.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::findings::TABLE_WIDTH;
use super::line::{Line, Tone, wrapped};
use crate::error::Advice;
use crate::settings::Context;
use crate::text;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// Standard output cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output")]
pub struct OutputError(#[from] pub io::Error);

impl Advice for OutputError {}

/// A writer that remembers that nobody reads on.
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

/// Prints results to standard output, and everything else to standard error.
#[derive(Debug, Clone)]
pub struct Printer {
    quiet: bool,
    verbose: bool,
    coloured: bool,
    /// How wide the terminal is, if there is one.
    columns: Option<usize>,
    /// Whether results go to a terminal, and not to a file or another program.
    results_on_terminal: bool,
}

/// How wide standard error is taken to be where it is no terminal.
const COLUMNS_OF_A_FILE: usize = 100;
/// No line is drawn wider than this: an eye loses its way back.
const MOST_COLUMNS: usize = 120;

impl Printer {
    /// A printer that minds `--quiet`, `--verbose` and whether colours make sense.
    pub fn new(context: &Context, quiet: bool, verbose: bool) -> Self {
        let coloured = context.stderr_is_terminal && context.colors_allowed();
        let columns = context.stderr_columns.map(|columns| usize::from(columns).min(MOST_COLUMNS));
        Self { quiet, verbose, coloured, columns, results_on_terminal: context.stdout_is_terminal }
    }

    /// Whether `--quiet` was asked for.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether `--verbose` was asked for.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// How many columns a drawing on standard error may have.
    pub fn columns(&self) -> usize {
        self.columns.unwrap_or(COLUMNS_OF_A_FILE)
    }

    /// How wide a table may be.
    pub fn table_width(&self) -> u16 {
        self.columns.map_or(TABLE_WIDTH, |columns| u16::try_from(columns).unwrap_or(TABLE_WIDTH))
    }

    /// How wide a table on standard output may be: in a file nothing is cut because a terminal is narrow.
    pub fn result_width(&self) -> u16 {
        if self.results_on_terminal { self.table_width() } else { TABLE_WIDTH }
    }

    /// A result, on standard output, as a line.
    ///
    /// # Errors
    /// When standard output cannot be written. A closed pipe (`| head`) is no error: nobody reads on.
    pub fn result(&self, line: impl Display) -> Result<(), OutputError> {
        self.stream(|out| Ok(writeln!(out, "{line}")?))
    }

    /// A long result, written as it comes.
    ///
    /// # Errors
    /// What the closure says. A closed pipe (`| head`) is no error: nobody reads on.
    pub fn stream<E: From<OutputError>>(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<(), E> {
        let mut out = Pipe { inner: io::BufWriter::new(io::stdout().lock()), closed: false };
        let written = write(&mut out).and_then(|()| Ok(out.flush().map_err(OutputError)?));
        if out.closed { Ok(()) } else { written }
    }

    /// A JSON result, on standard output: indented on one object, with a final line break.
    ///
    /// # Errors
    /// As for [`Printer::result`].
    pub fn json(&self, value: &impl serde::Serialize) -> Result<(), OutputError> {
        self.result(text::printable_json(&serde_json::to_string_pretty(value).map_err(io::Error::from)?))
    }

    /// Words for the person at the terminal; silent under `--quiet`.
    pub fn note(&self, line: impl Display) {
        if !self.quiet {
            self.say(&safe(line));
        }
    }

    /// A drawing for the person at the terminal, coloured where that makes sense; silent under `--quiet`.
    pub fn styled(&self, lines: &[Line]) {
        if self.quiet {
            return;
        }
        for line in lines {
            let pieces = line.pieces().map(|(tone, text)| self.painted(&safe(text), style_of(tone)));
            self.say(&pieces.collect::<String>());
        }
    }

    /// Words for the person who asked to hear more.
    pub fn detail(&self, line: impl Display) {
        if self.verbose {
            self.say(&safe(line));
        }
    }

    /// Something that may need attention; silent under `--quiet`.
    pub fn warning(&self, line: impl Display) {
        if !self.quiet {
            self.say(&format_args!("{}: {}", self.painted("warning", WARNING), safe(line)));
        }
    }

    /// A warning of several sentences: on a terminal its lines end between words. Not for what may be pasted.
    pub fn wrapped_warning(&self, text: impl Display) {
        let text = text.to_string();
        match self.columns {
            Some(columns) => self.warning(wrapped(&text, "warning: ".len(), columns)),
            None => self.warning(text),
        }
    }

    /// What to do about what was said last; silent under `--quiet`.
    pub fn hint(&self, line: impl Display) {
        if !self.quiet {
            self.say(&format_args!("{}: {}", self.painted("hint", HINT), safe(line)));
        }
    }

    /// An error with all its causes, and what to do about it. Never silent.
    pub fn error(&self, error: &dyn Error, hint: Option<&str>) {
        self.say(&format_args!("{}: {}", self.painted("error", ERROR), safe(chain(error))));
        if let Some(hint) = hint {
            self.say(&format_args!("{}: {}", self.painted("hint", HINT), safe(hint)));
        }
    }

    fn say(&self, line: &dyn Display) {
        // Nobody is left to tell when standard error itself can't be written.
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    fn painted(&self, word: &str, style: Style) -> String {
        if self.coloured && style != Style::new() { format!("{style}{word}{style:#}") } else { word.to_owned() }
    }
}

const fn style_of(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Faint => Style::new().dimmed(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Middling => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default(),
    }
}

/// The message and its causes on one line, without saying anything twice.
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

/// Line breaks are ours (tables, lists of problems); every other control character is somebody else's.
fn safe(line: impl Display) -> String {
    text::printable_lines(&line.to_string()).into_owned()
}
