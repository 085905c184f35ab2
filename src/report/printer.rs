//! Writes everything that is printed: results to standard output, messages for people to standard error.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anstyle::{AnsiColor, Style};

use super::OutputError;
use super::ascii::to_ascii;
use super::document::{ArrayWriter, Document, ErrorView, write_array};
use super::line::{Line, Tone, wrapped};
use super::log::Log;
use super::terminal::TerminalWriter;
use crate::exit::Exit;
use crate::settings::{Context, terminal_columns};
use crate::text;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

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

/// What the user asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PrinterOptions {
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    /// Whether to color; `None` if the terminal and the environment decide.
    pub(crate) color: Option<bool>,
}

#[derive(Debug, Clone)]
pub(crate) struct Printer {
    options: PrinterOptions,
    messages: Look,
    results: Look,
    /// Whether the terminal understands no escape sequences.
    is_dumb: bool,
    /// For `--output json`.
    document: Option<Arc<Mutex<Document>>>,
    log: Option<Arc<Log>>,
}

/// How a stream is written to.
#[derive(Debug, Clone, Copy)]
struct Look {
    is_terminal: bool,
    colored: bool,
    /// Our own marks in ASCII.
    ascii: bool,
}

/// The width of tables that are not shown on a terminal.
const DEFAULT_COLUMNS: u16 = 110;
/// Longer lines are hard to read.
const MAX_COLUMNS: u16 = 120;

impl Printer {
    pub(crate) fn new(context: &Context, options: PrinterOptions) -> Self {
        let look = |is_terminal| Look {
            is_terminal,
            colored: options.color.unwrap_or_else(|| context.colors_by_default(is_terminal)),
            ascii: context.is_ascii_only(is_terminal),
        };
        let [messages, results] = [context.stderr_is_terminal, context.stdout_is_terminal].map(look);
        Self { options, messages, results, is_dumb: context.is_dumb(), document: None, log: None }
    }

    /// Collects the result, the warnings and the error for one JSON object.
    #[must_use]
    pub(crate) fn with_json(self) -> Self {
        Self { document: Some(Arc::default()), ..self }
    }

    /// Prints an object for each event, and the result as the last one, each on a line of its own.
    #[must_use]
    pub(crate) fn with_ndjson(self) -> Self {
        Self { document: Some(Arc::new(Mutex::new(Document::last_line()))), ..self }
    }

    /// Copies all messages to a log, whether they are shown or not.
    #[must_use]
    pub(crate) fn with_log(self, log: Log) -> Self {
        Self { log: Some(Arc::new(log)), ..self }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.options.quiet
    }

    pub(crate) fn is_verbose(&self) -> bool {
        self.options.verbose
    }

    /// Whether messages can be drawn again in place.
    pub(crate) fn can_draw(&self) -> bool {
        self.messages.is_terminal && !self.is_dumb
    }

    /// Erases the current line and this many above it. Only if [`Printer::can_draw`].
    pub(crate) fn erase_above(&self, rows: usize) {
        if rows > 0 && self.can_draw() {
            // If standard error itself fails, nothing is shown anyway.
            let _ = write!(io::stderr().lock(), "\r\u{1b}[{rows}A\u{1b}[J");
        }
    }

    /// Whether messages are colored.
    pub(crate) fn is_colored(&self) -> bool {
        self.messages.colored
    }

    /// Whether messages are limited to ASCII.
    pub(crate) fn is_ascii(&self) -> bool {
        self.messages.ascii
    }

    /// The width of standard error now, if it is a terminal that has one.
    pub(crate) fn terminal_columns(&self) -> Option<u16> {
        if self.messages.is_terminal { terminal_columns().filter(|columns| *columns > 0) } else { None }
    }

    /// The width of tables on standard error.
    pub(crate) fn table_width(&self) -> u16 {
        self.terminal_columns().map_or(DEFAULT_COLUMNS, |columns| columns.min(MAX_COLUMNS))
    }

    /// Whether results go to a terminal.
    pub(crate) fn is_result_on_terminal(&self) -> bool {
        self.results.is_terminal
    }

    /// The width of tables on standard output: a narrow terminal does not cut what goes to a file.
    pub(crate) fn result_width(&self) -> u16 {
        if self.results.is_terminal { self.table_width() } else { DEFAULT_COLUMNS }
    }

    /// Prints a line to standard output.
    ///
    /// # Errors
    /// If writing fails. A closed pipe (`| head`) is not an error: nobody reads the rest.
    pub(crate) fn result(&self, line: impl Display) -> Result<(), OutputError> {
        let line = self.results.text(line.to_string());
        self.stream(|out| Ok(writeln!(out, "{line}")?))
    }

    /// Prints lines with colors to standard output.
    ///
    /// # Errors
    /// As for [`Printer::result`].
    pub(crate) fn styled_result(&self, lines: &[Line]) -> Result<(), OutputError> {
        let text = lines.iter().map(|line| format!("{}\n", self.results.in_tones(line))).collect::<String>();
        to_stdout(|out| Ok(out.write_all(text.as_bytes()).and_then(|()| out.flush())?))
    }

    /// Lets `write` print a long result to standard output piece by piece; on a terminal, without control characters.
    ///
    /// # Errors
    /// Those of `write`. A closed pipe (`| head`) is not an error: nobody reads the rest.
    pub(crate) fn stream<E: From<OutputError>>(
        &self,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<(), E> {
        let finish = |out: &mut dyn Write| write(out).and_then(|()| Ok(out.flush().map_err(OutputError)?));
        to_stdout(|out| match self.results.is_terminal {
            true => finish(&mut TerminalWriter::new(out)),
            false => finish(out),
        })
    }

    /// Whether results are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.document.is_some()
    }

    /// Sets the result of `--output json`, an object; a later one replaces it. Does nothing without that option.
    ///
    /// # Errors
    /// If the value is not an object.
    pub(crate) fn json(&self, result: &impl serde::Serialize) -> Result<(), OutputError> {
        self.with_document(|document| document.set(result)).unwrap_or(Ok(())).map_err(OutputError)
    }

    /// Prints a JSON object on one line now, for a program that reads it while the command runs.
    ///
    /// # Errors
    /// As for [`Printer::result`].
    pub(crate) fn json_now(&self, result: &impl serde::Serialize) -> Result<(), OutputError> {
        self.json(result)?;
        self.with_document(|document| self.stream(|out| Ok(document.write_now(out)?))).unwrap_or(Ok(()))
    }

    /// Prints an event under `--output ndjson`.
    pub(crate) fn event(&self, event: impl FnOnce() -> serde_json::Value) {
        if self.with_document(|document| document.is_last_line()) == Some(true) {
            // The ledger has every outcome, too: a reader that is gone must not stop the run.
            let _ = self.result(text::printable_json(&event().to_string()));
        }
    }

    /// Prints a JSON object with an array whose elements `write` produces, in memory that does not grow with it.
    ///
    /// # Errors
    /// Those of `write`. A closed pipe is not an error.
    pub(crate) fn json_array<E: From<OutputError>>(
        &self,
        key: &str,
        write: impl FnOnce(&mut ArrayWriter<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.with_document(Document::set_open).is_none() {
            return Ok(());
        }
        self.stream(|out| write_array(key, out, write))
    }

    /// Prints the error that the command ends with, if any, and whatever is left to print. Returns the exit code. `sends`
    /// tells whether the command sends records.
    pub(crate) fn finish(&self, error: Option<&ErrorView<'_>>, exit: Exit, sends: bool) -> Exit {
        if let Some(error) = error {
            self.labeled("error", ERROR, true, error.message);
            if let Some(hint) = error.hint {
                self.labeled("hint", HINT, true, hint);
            }
        }
        self.print_json(error, exit, sends)
    }

    /// Prints the JSON object, with the error if there is one. Returns the exit code.
    pub(crate) fn print_json(&self, error: Option<&ErrorView<'_>>, exit: Exit, sends: bool) -> Exit {
        let has_sent = sends && self.with_document(|document| document.is_of_run()) == Some(true);
        let Some(document) = self.with_document(std::mem::take) else { return exit };
        match self.stream(|out| Ok(document.finish(error, out)?)) {
            Ok(()) => exit,
            Err(failed) => {
                let failed: OutputError = failed;
                self.labeled("error", ERROR, true, chain(&failed));
                match exit {
                    Exit::Success if has_sent => Exit::SomeNotSaved,
                    Exit::Success => Exit::Usage,
                    failed => failed,
                }
            }
        }
    }

    fn with_document<T>(&self, use_it: impl FnOnce(&mut Document) -> T) -> Option<T> {
        let document = self.document.as_ref()?;
        Some(use_it(&mut document.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Prints a message for people, unless `--quiet`.
    pub(crate) fn note(&self, line: impl Display) {
        self.message("note", !self.options.quiet, &safe(line));
    }

    /// Prints lines for people in color, unless `--quiet`.
    pub(crate) fn styled(&self, lines: &[Line]) {
        for line in lines {
            self.write_log("note", &safe(line));
            if !self.options.quiet {
                self.say(self.messages.in_tones(line));
            }
        }
    }

    /// Prints the words of a question, without a line break and even if `--quiet`.
    pub(crate) fn ask(&self, words: &str) {
        let words = self.messages.text(safe(words));
        let mut stderr = io::stderr().lock();
        // If standard error itself fails, the question cannot be asked, and the answer is missing.
        let _ = stderr.write_all(words.as_bytes()).and_then(|()| stderr.flush());
    }

    /// Prints a message for people if `--verbose`.
    pub(crate) fn detail(&self, line: impl Display) {
        self.message("detail", self.options.verbose, &safe(line));
    }

    /// Prints a warning, unless `--quiet`.
    pub(crate) fn warning(&self, line: impl Display) {
        let line = line.to_string();
        self.with_document(|document| document.warn(&safe(&line)));
        self.labeled("warning", WARNING, !self.options.quiet, line);
    }

    /// Prints what to do about the last message, unless `--quiet`.
    pub(crate) fn hint(&self, line: impl Display) {
        self.labeled("hint", HINT, !self.options.quiet, line);
    }

    fn labeled(&self, label: &str, style: Style, is_shown: bool, text: impl Display) {
        let text = safe(text);
        self.write_log(label, &text);
        if is_shown {
            let text = match self.terminal_columns().map(|columns| columns.min(MAX_COLUMNS)) {
                Some(columns) => wrapped(&text, label.len() + ": ".len(), columns.into()),
                None => text,
            };
            self.say(format!("{}: {text}", self.messages.painted(label, style)));
        }
    }

    fn message(&self, label: &str, is_shown: bool, text: &str) {
        self.write_log(label, text);
        if is_shown {
            self.say(text.to_owned());
        }
    }

    fn write_log(&self, label: &str, text: &str) {
        let written = self.log.as_ref().map_or(Ok(()), |log| log.add(label, text));
        if let Err(reason) = written {
            self.say(format!("{}: the log ends here: {reason}", self.messages.painted("warning", WARNING)));
        }
    }

    fn say(&self, line: String) {
        let line = self.messages.text(line);
        // If standard error itself fails, there is nobody left to tell.
        let _ = writeln!(io::stderr().lock(), "{line}");
    }
}

impl Look {
    fn text(self, text: String) -> String {
        if self.ascii { to_ascii(&text).into_owned() } else { text }
    }

    /// The line with the colors of its tones.
    fn in_tones(self, line: &Line) -> String {
        line.pieces().map(|(tone, text)| self.painted(&self.text(safe(text)), style_of(tone))).collect()
    }

    fn painted(self, word: &str, style: Style) -> String {
        if self.colored && style != Style::new() { format!("{style}{word}{style:#}") } else { word.to_owned() }
    }
}

fn to_stdout<E: From<OutputError>>(
    write: impl FnOnce(&mut Pipe<io::BufWriter<io::StdoutLock<'_>>>) -> Result<(), E>,
) -> Result<(), E> {
    let mut out = Pipe { inner: io::BufWriter::new(io::stdout().lock()), closed: false };
    let written = write(&mut out);
    if out.closed { Ok(()) } else { written }
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
pub(crate) fn chain(error: &dyn Error) -> String {
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
