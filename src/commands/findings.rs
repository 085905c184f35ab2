//! Shows what the check of an input found: how the records will look, what looks unusual in them, and which rows are skipped
//! or invalid.

use std::ffi::OsStr;
use std::time::Duration;

use serde_json::{Value, json};

use super::score_hint::score_hint;
use crate::error::Location;
use crate::ledger::{Counts, Overlap};
use crate::record::{
    Field, FieldSource, MatchedBy, MatchedSource, ProblemKind, ResolvedMapping, SkipReason, find_anomalies,
};
use crate::report::{BotView, CheckedView, Printer, Summary, preview, preview_json, preview_of_bots};
use crate::run::{BotRows, CheckReport, ProblemRow};
use crate::settings::Settings;
use crate::text::{counted, excerpt, quoted, shell_command};

/// Prints the preview of the valid records, and warnings about what looks unusual in them.
pub(super) fn print_preview(report: &CheckReport, settings: &Settings, is_sandbox: bool, printer: &Printer) {
    print_bots(&report.bots, printer);
    if is_sandbox {
        return;
    }
    if let Some(unasked) = unasked_bots(&report.mapping, settings) {
        printer.warning(unasked);
    }
    if report.valid > 0 {
        printer.warning(format_args!(
            "the API has no date field: the dashboard shows each record under the day on which it is sent, not the \
             day of the answer ({} here)",
            counted(report.valid, "record")
        ));
    }
}

fn print_bots(bots: &[BotRows], printer: &Printer) {
    match bots {
        [BotRows { bot_id: None, tally, .. }] => printer.styled(&preview(tally, printer.table_width().into())),
        bots => printer.styled(&preview_of_bots(bots, printer.table_width().into())),
    }
    for bot in bots {
        for anomaly in find_anomalies(&bot.tally) {
            match &bot.bot_id {
                Some(bot_id) => printer.warning(format_args!("bot {}: {anomaly}", excerpt(bot_id, 48))),
                None => printer.warning(anomaly),
            }
        }
    }
}

/// Warns if rows go to other bots than the profile's only because a column is named like the field.
fn unasked_bots(mapping: &ResolvedMapping, settings: &Settings) -> Option<String> {
    let MatchedSource {
        source: FieldSource::Column(column),
        matched_by: MatchedBy::ExactName | MatchedBy::SimilarName,
    } = mapping.records().first()?.source(Field::BotId)?
    else {
        return None;
    };
    let bot_id = settings.bot_id().ok()?;
    Some(format!(
        "each row goes to the bot named in its column {}, not to {bot_id} from the settings; to send all rows to \
         {bot_id}, use --set bot_id={bot_id}",
        quoted(&column.header, 40)
    ))
}

/// Prints how many rows are skipped for each reason. If no row is left, a hint says how to include them.
pub(super) fn print_skipped(report: &CheckReport, printer: &Printer) {
    let numbering = report.mapping.numbering();
    for (reason, skipped) in &report.skipped {
        let unit = if reason.is_of_record() { numbering.unit() } else { "row" };
        printer.note(format_args!("skipped: {} ({reason})", counted(*skipped, unit)));
    }
    let by_rule = report.skipped.keys().find_map(|reason| match reason {
        SkipReason::Rule(words) => Some(words),
        _ => None,
    });
    if let Some(words) = by_rule.filter(|_| report.valid + report.invalid == 0) {
        let option = shell_command([OsStr::new("--include"), OsStr::new(&**words)]);
        printer.hint(format_args!("no rows left to send; use `{option}` to include the rows skipped as {words}"));
    }
}

/// Where the first problem is.
pub(super) fn location(found: &ProblemRow, input: &str) -> Location {
    let file = found.file.as_deref().unwrap_or(input);
    Location { row: Some(found.row), column: found.problem.column.clone(), ..Location::line(file, Some(found.line)) }
}

/// What to do about invalid rows.
pub(super) fn invalid_hint(report: &CheckReport) -> String {
    if let Some((column, conversion)) = report.score_texts.suggestion(report.checked_rows()) {
        return format!(
            "{}, or import only the valid rows with --skip-invalid",
            score_hint(column, conversion.as_ref())
        );
    }
    let hint = match (report.problems.contains_key(&ProblemKind::NotUtf8), report.has_wide) {
        (true, false) => "the file is not UTF-8: specify its encoding, such as --encoding windows-1252",
        (true, true) => {
            "all other rows are UTF-8, and another --encoding would garble them: fix these rows, or import only the valid \
             rows with --skip-invalid"
        }
        (false, _) => {
            "fix the file, or import only the valid rows with --skip-invalid; the invalid ones are written to the failure \
             report"
        }
    };
    hint.to_owned()
}

/// The summary of a check: nothing is sent yet.
pub(super) fn checked_summary(report: &CheckReport, overlap: &Overlap, elapsed: Duration) -> Summary {
    let counts = Counts {
        rows: report.rows,
        records: report.records(),
        invalid: report.invalid,
        skipped: report.all_skipped() + overlap.all(),
        unsent: report.valid - overlap.all(),
        ..Counts::default()
    };
    let unsent = |bot: &BotRows| {
        let bot_id = bot.bot_id.clone()?;
        let sent = overlap.by_bot.get(&bot_id).copied().unwrap_or_default();
        Some(BotView::unsent(bot_id, bot.records.saturating_sub(sent)))
    };
    let bots = report.bots.iter().filter_map(unsent).collect();
    let checked = Some(checked_view(report));
    let (sent_before, changed) = (overlap.sent, overlap.changed);
    Summary { bots, checked, sent_before, changed, ..Summary::new(None, counts, elapsed, None) }
}

pub(super) fn checked_view(report: &CheckReport) -> CheckedView {
    CheckedView {
        skipped_by_reason: report.skipped.iter().map(|(reason, rows)| (reason.to_string(), *rows)).collect(),
        invalid_by_problem: report.problems.iter().map(|(kind, number)| (kind.name(), *number)).collect(),
        problems: report.first.iter().map(problem_json).collect(),
        preview: preview_json(&report.bots),
    }
}

fn problem_json(found: &ProblemRow) -> Value {
    json!({
        "row": found.row,
        "file": found.file,
        "line": found.line,
        "column": found.problem.column,
        "field": found.problem.field.map(Field::key),
        "value": found.problem.value,
        "problem": found.problem.kind.name(),
        "message": found.problem.to_string(),
    })
}
