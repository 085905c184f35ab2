//! `--log-file`: everything that `--verbose` shows, with the time of each line.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use crate::clock;
use crate::private;

/// A log that only its owner may read. Lines are added to an existing file.
#[derive(Debug)]
pub(crate) struct Log(Mutex<Option<File>>);

impl Log {
    /// # Errors
    /// The system's error.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = private::file_options().create(true).append(true).open(path)?;
        Ok(Self(Mutex::new(Some(file))))
    }

    /// Adds a message. The lines after its first are indented.
    ///
    /// # Errors
    /// If writing fails, once: the log then ends there, for example because the disk is full.
    pub(super) fn add(&self, label: &str, text: &str) -> io::Result<()> {
        let Ok(mut file) = self.0.lock() else { return Ok(()) };
        let Some(open) = file.as_mut() else { return Ok(()) };
        let line = format!("{:.3} {label:<7} {}\n", clock::now(), text.replace('\n', "\n    "));
        // One call for a line: the lines of several processes do not mix.
        let written = open.write_all(line.as_bytes());
        if written.is_err() {
            *file = None;
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::Log;

    #[test]
    fn messages_are_appended_with_time_and_label() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("import.log");
        for text in ["row 7: retrying now", "two\nlines"] {
            Log::open(&path).unwrap().add("detail", text).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let (first, rest) = text.split_once('\n').unwrap();
        assert!(first.starts_with("20") && first.ends_with("Z detail  row 7: retrying now"), "{first}");
        assert!(rest.ends_with("Z detail  two\n    lines\n"), "{rest}");
    }
}
