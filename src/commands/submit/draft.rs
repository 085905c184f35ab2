//! The record to submit: from a JSON file, then options, then the profile's defaults, then answers at the terminal.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::ask::ask;
use crate::cli::SubmitArgs;
use crate::commands::error::{CommandError, Explain};
use crate::ledger::Store;
use crate::record::{Draft, Field, ScoreRule};
use crate::settings::{Context, Settings};

const MAX_JSON_SIZE: u64 = 1024 * 1024;

/// Without a terminal, the draft may be incomplete: its check then names everything that is missing or wrong at once.
pub(super) fn complete_draft(
    args: &SubmitArgs,
    settings: &Settings,
    context: &Context,
    rule: ScoreRule,
) -> Result<Draft, CommandError> {
    let mut draft = args.json.as_deref().map(read_json).transpose()?.unwrap_or_default();
    for field in Field::BODY {
        if let Some(text) = args.value(field) {
            draft.set(field, text);
        }
    }
    for (field, text) in settings.defaults() {
        draft.set_default(field, &text);
    }
    let missing: Vec<Field> = draft.missing().collect();
    let stdin_is_record = args.json.as_deref() == Some(Path::new("-"));
    if !missing.is_empty() && context.stdin_is_terminal && context.stderr_is_terminal && !stdin_is_record {
        let last = Store::open_existing(&settings.state_dir()?)?.map_or_else(|| Ok(Vec::new()), |s| s.last_values())?;
        ask(&mut draft, &missing, &last, rule)?;
    }
    Ok(draft)
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
