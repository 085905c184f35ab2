//! What the check of an input found: the mapping, the problems, and how long sending will take.

use std::fmt::Write;
use std::time::Duration;

use jiff::Zoned;

use super::format::{format_time_ahead, plain_table};
use crate::pacing::Limit;
use crate::record::{Conversion, Field, FieldSource, RecordMapping, ResolvedMapping};
use crate::run::CheckReport;
use crate::settings::Preset;
use crate::text::{counted, excerpt, excerpt_of_both_ends, format_duration, printable, quoted};

/// The source of each field, and what matched it.
pub(crate) fn mapping_table(mapping: &ResolvedMapping, width: u16) -> String {
    let mut table = plain_table(&["  field", "source", "matched by"], width);
    for field in Field::ROW {
        let mut lines = mapping.records().iter().map(|record| source_cells(record, field));
        let shared = lines.next().flatten();
        if lines.all(|line| line == shared) {
            table.add_rows(shared.map(|[source, by]| [format!("  {field}"), source, by]));
        }
    }
    // What differs between the records of a row.
    for (record, part) in mapping.records().iter().zip(1..).filter(|_| mapping.numbering().is_multiple()) {
        for field in Field::ROW {
            let cells = source_cells(record, field);
            if mapping.records().iter().any(|other| source_cells(other, field) != cells) {
                table.add_rows(cells.map(|[source, by]| [format!("  record {part}: {field}"), source, by]));
            }
        }
    }
    let unused: Vec<String> = mapping.unused().map(|header| excerpt_of_both_ends(header, 30)).collect();
    let mut text = table.trim_fmt();
    if !unused.is_empty() {
        let _ = write!(text, "\n  not used: {}", unused.join(", "));
    }
    text
}

/// The source of a field, and what matched it.
fn source_cells(record: &RecordMapping, field: Field) -> Option<[String; 2]> {
    let matched = record.source(field)?;
    let steps = record.conversion(field).map(Conversion::steps).unwrap_or_default();
    let text = std::iter::once(source_text(&matched.source)).chain(steps).collect::<Vec<_>>().join(", ");
    Some([text, matched.matched_by.to_string()])
}

/// A column, a constant or a template, as a table shows it.
pub(super) fn source_text(source: &FieldSource) -> String {
    match source {
        FieldSource::Column(column) => format!("column {}", quoted(&column.header, 50)),
        FieldSource::FirstOf(columns) => {
            let columns: Vec<_> = columns.iter().map(|column| quoted(&column.header, 50)).collect();
            format!("first filled of {}", columns.join(", "))
        }
        FieldSource::Constant(value) => format!("always {}", quoted(value, 50)),
        FieldSource::Template(template) => excerpt(template.source(), 60),
    }
}

/// A line for each preset.
pub(crate) fn presets_table(presets: &[Preset], width: u16) -> String {
    let mut table = plain_table(&["  preset", "for"], width);
    for preset in presets {
        table.add_row([format!("  {}", preset.name), preset.about.clone()]);
    }
    table.trim_fmt()
}

/// The first problems, and how many there are of each kind.
pub(crate) fn problems_table(report: &CheckReport, width: u16) -> String {
    let is_multiple = report.mapping.numbering().is_multiple();
    let headers = ["  row", "record", "line", "column", "value", "problem"];
    let headers: Vec<_> = headers.into_iter().filter(|header| is_multiple || *header != "record").collect();
    let mut table = plain_table(&headers, width);
    for found in &report.first {
        let problem = &found.problem;
        let record = is_multiple.then(|| found.record.clone().unwrap_or_else(|| "–".to_owned()));
        let place = std::iter::once(format!("  {}", found.row)).chain(record);
        let cells = [
            found.file.as_ref().map_or_else(|| found.line.to_string(), |file| format!("{file}:{}", found.line)),
            problem.column.as_deref().map_or_else(|| "–".to_owned(), |column| excerpt(column, 24)),
            if problem.value.is_empty() { "–".to_owned() } else { printable(&problem.value).into_owned() },
            problem.to_string(),
        ];
        table.add_row(place.chain(cells));
    }
    let mut text = table.trim_fmt();
    let all: u64 = report.problems.values().sum();
    if all > report.first.len() as u64 {
        let _ = write!(text, "\n  … and {} more", all - report.first.len() as u64);
    }
    let kinds: Vec<String> =
        report.problems.iter().map(|(kind, number)| format!("{number} × {}", kind.name())).collect();
    let _ = write!(text, "\n  total: {}", kinds.join(", "));
    text
}

/// How long sending takes: `100,000 rows at 60/1m and 1800/1h: 2 days 7 h 16 min, done by Tuesday 21:16`. Each of
/// several bots has its own records and limits.
pub(crate) fn time_estimate(
    (records_by_bot, unit): (&[u64], &str),
    limits: &[Limit],
    time: Duration,
    now: &Zoned,
) -> String {
    let rows = counted(records_by_bot.iter().sum(), unit);
    let bots = records_by_bot.iter().filter(|records| **records > 0).count();
    let (rows, per_bot) = match bots {
        0 | 1 => (rows, ""),
        _ => (format!("{rows} to {} in parallel", counted(bots as u64, "bot")), " per bot"),
    };
    if limits.is_empty() {
        return format!("{rows}, as fast as the server accepts them (no rate limit)");
    }
    let limits = limits.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    let (duration, end) = (format_duration(time), format_time_ahead(now, time));
    format!("{rows} at {limits}{per_bot}: {duration}, done by {end}")
}
