//! The record to submit, as far as it is given: from a JSON file, then options, then the profile's defaults.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::SubmitArgs;
use crate::commands::error::{CommandError, Explain};
use crate::commands::setup::Setup;
use crate::record::{Draft, Field};

const MAX_JSON_SIZE: u64 = 1024 * 1024;

/// The fields that are given. The draft may be incomplete; its check then reports everything that is missing or wrong at once.
pub(super) fn given_fields(args: &SubmitArgs, setup: &Setup<'_>) -> Result<Draft, CommandError> {
    if reads_stdin(args) && setup.session.context.stdin_is_terminal {
        setup.session.printer.note("waiting for the record: type or paste its JSON, then press Enter and Ctrl-D");
    }
    let mut draft = args.json.as_deref().map(read_json).transpose()?.unwrap_or_default();
    for field in Field::BODY {
        if let Some(text) = args.value(field) {
            draft.set(field, text);
        }
    }
    for (field, text) in setup.settings.defaults() {
        draft.set_default(field, &text);
    }
    Ok(draft)
}

/// Whether standard input is the record.
pub(super) fn reads_stdin(args: &SubmitArgs) -> bool {
    args.json.as_deref() == Some(Path::new("-"))
}

fn read_json(file: &Path) -> Result<Draft, CommandError> {
    let is_stdin = file == Path::new("-");
    let name = if is_stdin { "standard input".to_owned() } else { file.display().to_string() };
    let text = if is_stdin { read_text(io::stdin().lock()) } else { File::open(file).and_then(read_text) };
    let text = text.explain(format!("cannot read {name}"))?;
    let draft = Draft::from_json(text.strip_prefix('\u{feff}').unwrap_or(&text));
    draft.map_err(|error| CommandError::from(error).context(name))
}

fn read_text(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(MAX_JSON_SIZE).read_to_string(&mut text)?;
    Ok(text)
}
