//! `responses export`: server's records → file or standard output.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::source::Source;
use crate::cli::{ExportArgs, ResponseFormat};
use crate::commands::error::CommandError;
use crate::commands::session::Session;
use crate::error::Advice;
use crate::exit::Exit;
use crate::report::{ExportedRecord, OutputError, PartialFile, ResponseLayout};
use crate::run::read::{Position, ScanError};
use crate::text::counted;

/// Standard output can have only one format.
#[derive(Debug, thiserror::Error)]
#[error("--output json prints the records as one object, and --format is for a file")]
struct NoFile;

impl Advice for NoFile {
    fn hint(&self) -> Option<String> {
        Some("name a file, or leave out one of the options".to_owned())
    }
}

/// Runs `responses export`.
pub(crate) fn export(args: &ExportArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    let sending = args.responses.sending();
    if session.is_json() && args.file.is_none() && (args.format.is_some() || args.spreadsheet) {
        return Err(NoFile.into());
    }
    let source = Source::new(&args.responses, &sending, session)?;
    match &args.file {
        Some(file) => export_to(&session.context.working_directory.join(file), args, &source)?,
        None if session.is_json() => print_json(&source)?,
        None => print(layout(args), &source)?,
    }
    Ok(Exit::Success)
}

fn layout(args: &ExportArgs) -> ResponseLayout {
    let ending = args.file.as_deref().and_then(Path::extension).unwrap_or_default();
    let by_ending = match ending.to_string_lossy().to_lowercase().as_str() {
        "ndjson" | "jsonl" => ResponseFormat::Ndjson,
        "json" => ResponseFormat::Json,
        _ => ResponseFormat::Csv,
    };
    match args.format.unwrap_or(by_ending) {
        ResponseFormat::Csv if args.spreadsheet => ResponseLayout::Spreadsheet,
        ResponseFormat::Csv => ResponseLayout::Csv,
        ResponseFormat::Ndjson => ResponseLayout::Ndjson,
        ResponseFormat::Json => ResponseLayout::Json,
    }
}

/// How far an export is.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Progress {
    position: Position,
    records: u64,
}

fn export_to(path: &Path, args: &ExportArgs, source: &Source<'_>) -> Result<(), CommandError> {
    let layout = layout(args);
    let begin = Progress { position: Position::at(args.responses.from), records: 0 };
    let (mut file, found) = PartialFile::open(path, identity(layout, args, source)?, begin.clone())?;
    let session = source.setup.session;
    let mut progress = match found {
        Some(found) => {
            session.printer.note(format_args!("continuing after {}", counted(found.records, "record")));
            found
        }
        None => {
            let mut bytes = Vec::new();
            layout.begin(&mut bytes).map_err(OutputError)?;
            file.commit(&bytes, &begin)?;
            begin
        }
    };
    let mut last = Vec::new();
    let start = progress.position.clone();
    let read = source.read(Some(start), |batch| {
        let mut bytes = Vec::new();
        layout.write(&batch.records, progress.records, &mut bytes).map_err(OutputError)?;
        progress.records += batch.records.len() as u64;
        match batch.next {
            Some(position) => {
                progress.position = position;
                file.commit(&bytes, &progress)?;
            }
            None => last = bytes,
        }
        Ok(())
    });
    read.map_err(to_be_continued)?;
    layout.end(&mut last).map_err(OutputError)?;
    file.finish(&last)?;
    let (records, shown) = (progress.records, path.display());
    session.result(
        format_args!("exported {} to {shown}", counted(records, "record")),
        &json!({"records": records, "file": path}),
    )?;
    Ok(())
}

/// Adds to a hint how to continue.
fn to_be_continued(error: CommandError) -> CommandError {
    if error.downcast_ref::<ScanError>().is_none() {
        return error;
    }
    let hint = error.hint.map_or_else(String::new, |hint| format!("{hint}; then "));
    CommandError { hint: Some(format!("{hint}run the same command again to continue")), ..error }
}

/// What is exported: an interrupted export is continued only with the same.
fn identity(layout: ResponseLayout, args: &ExportArgs, source: &Source<'_>) -> Result<Value, CommandError> {
    let args = &args.responses;
    Ok(json!({
        "version": 1,
        "host": source.setup.host(),
        "bot_id": source.setup.settings.bot_id()?,
        "from": args.from,
        "to": args.to,
        "filter": args.filter(),
        "layout": layout,
    }))
}

fn print_json(source: &Source<'_>) -> Result<(), CommandError> {
    source.setup.session.printer.json_array("responses", |array| {
        source.read(None, |batch| {
            batch.records.iter().map(ExportedRecord::new).try_for_each(|record| array.push(&record))?;
            Ok(())
        })
    })
}

fn print(layout: ResponseLayout, source: &Source<'_>) -> Result<(), CommandError> {
    let mut records = 0;
    source.setup.session.printer.stream(|out| {
        layout.begin(out).map_err(OutputError)?;
        source.read(None, |batch| {
            layout.write(&batch.records, records, out).map_err(OutputError)?;
            records += batch.records.len() as u64;
            Ok(())
        })?;
        Ok(layout.end(out).map_err(OutputError)?)
    })
}
