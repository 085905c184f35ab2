//! `--output json`: the one JSON object on standard output, however the command ends.
//!
//! Its keys are those of the result, then `warnings`, then `error` if the command failed. It is printed when the command has
//! ended; only a result that may be too large for memory is printed piece by piece.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use super::OutputError;
use crate::error::{ErrorKind, Location};
use crate::text::printable_json;

/// More warnings than this are only counted.
const MAX_WARNINGS: usize = 1000;

/// An error as JSON shows it.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorView<'a> {
    pub kind: ErrorKind,
    /// With its causes, on one line.
    pub message: &'a str,
    pub hint: Option<&'a str>,
    pub exit_code: u8,
    pub location: Option<&'a Location>,
}

/// The object, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Document {
    result: Map<String, Value>,
    warnings: Vec<String>,
    more_warnings: usize,
    progress: Progress,
    /// Whether other objects come before this one, each on a line of its own (`--output ndjson`).
    is_last_line: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Progress {
    #[default]
    Pending,
    /// The object was begun, and its result is printed.
    Open,
    /// The whole object is printed.
    Complete,
}

impl Document {
    /// Replaces the result.
    ///
    /// # Errors
    /// If the value does not serialize, or not as an object.
    pub(super) fn set(&mut self, result: &impl Serialize) -> io::Result<()> {
        match serde_json::to_value(result)? {
            Value::Object(result) => self.result = result,
            _ => return Err(io::Error::other("a result must be an object")),
        }
        Ok(())
    }

    /// The last of several objects, each on a line of its own.
    pub(super) fn last_line() -> Self {
        Self { is_last_line: true, ..Self::default() }
    }

    pub(super) fn is_last_line(&self) -> bool {
        self.is_last_line
    }

    pub(super) fn warn(&mut self, text: &str) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(text.to_owned());
        } else {
            self.more_warnings += 1;
        }
    }

    /// Prints the result now, as an object on one line.
    ///
    /// # Errors
    /// If writing fails.
    pub(super) fn write_now(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.progress = Progress::Complete;
        writeln!(out, "{}", printable_json(&serde_json::to_string(&self.result)?))
    }

    /// The object was begun by [`write_array`].
    pub(super) fn set_open(&mut self) {
        self.progress = Progress::Open;
    }

    /// Prints what is left of the object. Prints nothing if nothing is known and the command did not fail.
    ///
    /// # Errors
    /// If writing fails.
    pub(super) fn finish(mut self, error: Option<&ErrorView<'_>>, out: &mut dyn Write) -> io::Result<()> {
        let is_open = self.progress == Progress::Open;
        if self.progress == Progress::Complete || (!is_open && self.result.is_empty() && error.is_none()) {
            return Ok(());
        }
        if self.more_warnings > 0 {
            self.warnings.push(format!("and {} more warnings", self.more_warnings));
        }
        self.result.insert("warnings".to_owned(), self.warnings.into());
        if let Some(error) = error {
            self.result.insert("error".to_owned(), serde_json::to_value(error)?);
        }
        if self.is_last_line {
            self.result.insert("event".to_owned(), "summary".into());
            return writeln!(out, "{}", printable_json(&serde_json::to_string(&self.result)?));
        }
        let text = serde_json::to_string_pretty(&self.result)?;
        let text = printable_json(&text);
        match is_open {
            true => writeln!(out, ",{}", text.trim_start_matches('{')),
            false => writeln!(out, "{text}"),
        }
    }

    /// Whether the result is that of a run.
    pub(super) fn is_of_run(&self) -> bool {
        self.result.get("run").is_some_and(Value::is_number)
    }
}

/// Begins an object with an array, whose elements `write` prints.
///
/// # Errors
/// Those of `write`.
pub(super) fn write_array<E: From<OutputError>>(
    key: &str,
    out: &mut dyn Write,
    write: impl FnOnce(&mut ArrayWriter<'_>) -> Result<(), E>,
) -> Result<(), E> {
    write!(out, "{{\n  {}: [", Value::from(key)).map_err(OutputError)?;
    let mut array = ArrayWriter { out, is_empty: true };
    let written = write(&mut array);
    let end = if array.is_empty { "]" } else { "\n  ]" };
    array.out.write_all(end.as_bytes()).map_err(OutputError)?;
    written
}

/// Prints the elements of an array, one per line.
pub(crate) struct ArrayWriter<'a> {
    out: &'a mut dyn Write,
    is_empty: bool,
}

impl ArrayWriter<'_> {
    /// # Errors
    /// If the element does not serialize, or writing fails.
    pub(crate) fn push(&mut self, element: &impl Serialize) -> Result<(), OutputError> {
        let separator = if std::mem::take(&mut self.is_empty) { "" } else { "," };
        let element = serde_json::to_string(element).map_err(io::Error::from)?;
        Ok(write!(self.out, "{separator}\n    {}", printable_json(&element))?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Document, ErrorView, OutputError, write_array};
    use crate::error::ErrorKind;

    const ERROR: ErrorView<'_> =
        ErrorView { kind: ErrorKind::Input, message: "cannot read", hint: None, exit_code: 2, location: None };

    fn finished(document: Document, error: Option<&ErrorView<'_>>, mut out: Vec<u8>) -> Value {
        document.finish(error, &mut out).unwrap();
        if out.is_empty() { Value::Null } else { serde_json::from_slice(&out).unwrap() }
    }

    #[test]
    fn a_result_is_followed_by_warnings_and_the_error() {
        let mut document = Document::default();
        document.set(&json!({"run": 1})).unwrap();
        document.warn("careful");
        let printed = finished(document, Some(&ERROR), Vec::new());
        let error = json!({"kind": "input", "message": "cannot read", "hint": null, "exit_code": 2, "location": null});
        assert_eq!(printed, json!({"run": 1, "warnings": ["careful"], "error": error}));
    }

    #[test]
    fn a_streamed_array_stays_one_object() {
        for rows in [0, 1, 3] {
            for error in [None, Some(&ERROR)] {
                let (mut document, mut out) = (Document::default(), Vec::new());
                document.set_open();
                let written: Result<(), OutputError> =
                    write_array("rows", &mut out, |array| (0..rows).try_for_each(|row| array.push(&row)));
                written.unwrap();
                let printed = finished(document, error, out);
                assert_eq!(printed["rows"], json!((0..rows).collect::<Vec<_>>()));
                assert_eq!(printed.get("error").is_some(), error.is_some());
            }
        }
    }

    #[test]
    fn nothing_known_prints_nothing() {
        assert_eq!(finished(Document::default(), None, Vec::new()), Value::Null);
    }
}
