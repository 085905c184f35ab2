//! An inspection of an input: its columns, and where each field would come from.

use std::fmt::Write;

use serde_json::{Value, json};

use super::findings::source_text;
use super::format::plain_table;
use super::summary::Summary;
use crate::record::{Conversion, Field, FieldSource, MappingSpec, MatchedBy, MatchedSource, Proposal, Proposed};
use crate::run::{ColumnStats, InputColumns};
use crate::settings::Preset;
use crate::source::delimiter_name;
use crate::text::{counted, excerpt_of_both_ends, grouped, quoted};

/// How much of a value is shown.
const SAMPLE: usize = 40;

#[derive(Debug, Clone)]
pub(crate) struct InspectionView<'a> {
    pub columns: &'a InputColumns,
    /// The preset, whether detected or given.
    pub preset: Option<&'a Preset>,
    /// What the preset and the mapping say.
    pub description: &'a MappingSpec,
    /// The source of each field, as far as it is known.
    pub proposals: &'a [Proposal],
    /// How a mapping could convert the score, if its column contains no numbers.
    pub score_rule: Option<String>,
    /// Problems with the options that concern no single field.
    pub problems: &'a [String],
    /// The command that checks the import with this mapping.
    pub command: &'a str,
    /// The width of tables.
    pub width: u16,
}

impl InspectionView<'_> {
    /// The input and its columns.
    pub(crate) fn input(&self) -> String {
        let InputColumns { name, dialect, columns, rows: read, is_whole, .. } = self.columns;
        let rows = counted(*read, "row");
        let rows = if *is_whole { rows } else { format!("first {rows} read") };
        let mut table = plain_table(&["  column", "filled", "values"], self.width);
        for column in columns {
            table.add_row([
                format!("  {}", excerpt_of_both_ends(&column.header, 40)),
                filled(column, *read),
                values(column),
            ]);
        }
        let columns = counted(columns.len() as u64, "column");
        format!("{name}: {dialect}, {columns}, {rows}\n{}", table.trim_fmt())
    }

    /// The preset, and the source of each field.
    pub(crate) fn mapping(&self) -> String {
        let mut text = String::new();
        if let Some(preset) = self.preset {
            let _ = writeln!(text, "preset {}: {}", preset.name, preset.about);
        }
        let mut table = plain_table(&["  field", "source", "matched by"], self.width);
        for proposal in self.proposals {
            let (source, by) = self.source(proposal);
            table.add_row([format!("  {}", proposal.field), source, by]);
        }
        for (record, number) in self.description.records.iter().zip(1..) {
            for (field, spec) in &record.fields {
                let (source, by) = match &spec.source {
                    Some(source) => {
                        let steps: String = spec.conversion.steps().iter().map(|step| format!(", {step}")).collect();
                        (source_text(&source.unresolved()) + &steps, spec.by.to_string())
                    }
                    None => ("?".to_owned(), spec.needed.as_deref().unwrap_or_default().to_owned()),
                };
                table.add_row([format!("  record {number}: {field}"), source, by]);
            }
        }
        text.push_str(&table.trim_fmt());
        for problem in self.problems {
            let _ = write!(text, "\n  problem: {problem}");
        }
        text
    }

    fn source(&self, proposal: &Proposal) -> (String, String) {
        match &proposal.state {
            Proposed::Known(MatchedSource { source, matched_by }) => {
                let is_constant = matches!(source, FieldSource::Constant(_));
                let steps = if is_constant { String::new() } else { self.steps(proposal.field) };
                (source_text(source) + &steps, matched_by.to_string())
            }
            Proposed::Guess { header } => (format!("column {}", quoted(header, 50)), "a guess by name".to_owned()),
            Proposed::Open { candidates, needed } => {
                ("?".to_owned(), why_open(proposal.field, candidates, needed.as_deref()))
            }
            Proposed::PerRecord => ("see below".to_owned(), "each record".to_owned()),
            Proposed::Wrong(problem) => ("?".to_owned(), problem.to_string()),
        }
    }

    /// The conversion of a field, in words.
    fn steps(&self, field: Field) -> String {
        let rule = self.description.fields.get(&field);
        let steps = rule.map(|rule| Conversion::steps(&rule.conversion)).unwrap_or_default();
        steps.iter().map(|step| format!(", {step}")).collect()
    }

    /// The same for programs. `checked` is the result of the check, if every field has a source.
    pub(crate) fn json(&self, checked: Option<&Summary>) -> Value {
        let InputColumns { name, dialect, columns, rows, is_whole, .. } = self.columns;
        json!({
            "input": name,
            "format": dialect.format.name(),
            "encoding": dialect.encoding.map(|encoding| encoding.name),
            "delimiter": dialect.delimiter.map(delimiter_name),
            "header_rows": dialect.header_rows,
            "sheet": dialect.sheet.as_ref().map(|sheet| &sheet.name),
            "rows": rows,
            "is_whole": is_whole,
            "columns": columns.iter().map(|column| json!({
                "name": column.header,
                "filled": column.filled,
                "samples": column.samples,
                "values": json_values(column),
                "least": column.numbers.map(|(least, _)| least),
                "greatest": column.numbers.map(|(_, greatest)| greatest),
            })).collect::<Vec<_>>(),
            "preset": self.preset.map(|preset| preset.name),
            "fields": self.proposals.iter().map(|proposal| json!({
                "field": proposal.field.key(),
                "from": self.json_source(proposal),
            })).collect::<Vec<_>>(),
            "score_rule": self.score_rule,
            "records": self.description.records.iter().map(|record| {
                let fields = record.fields.iter().map(|(field, spec)| json!({
                    "field": field.key(),
                    "from": spec.source.as_ref().map_or_else(|| json!({"open": true}), |source| json_of(&source.unresolved(), spec.by)),
                }));
                fields.collect::<Vec<_>>()
            }).collect::<Vec<_>>(),
            "problems": self.problems,
            "check": checked,
            "command": self.command,
        })
    }

    fn json_source(&self, proposal: &Proposal) -> Value {
        match &proposal.state {
            Proposed::Known(MatchedSource { source, matched_by }) => json_of(source, *matched_by),
            Proposed::Guess { header } => json!({"column": header, "by": "guess"}),
            Proposed::Open { candidates, needed } => json!({"open": true, "candidates": candidates, "needed": needed}),
            Proposed::PerRecord => json!({"per_record": true}),
            Proposed::Wrong(problem) => json!({"open": true, "problem": problem.to_string()}),
        }
    }
}

fn json_of(source: &FieldSource, by: MatchedBy) -> Value {
    let (key, value) = match source {
        FieldSource::Column(column) => ("column", json!(column.header)),
        FieldSource::FirstOf(columns) => ("columns", columns.iter().map(|column| column.header.as_str()).collect()),
        FieldSource::Constant(value) => ("value", json!(value)),
        FieldSource::Template(template) => ("template", json!(template.source())),
    };
    json!({key: value, "by": by.to_string()})
}

fn filled(column: &ColumnStats, rows: u64) -> String {
    match column.filled {
        0 => "empty".to_owned(),
        filled if filled == rows => "100%".to_owned(),
        // Neither 0% nor 100% would be true.
        filled => format!("{}%", (filled * 100 / rows).clamp(1, 99)),
    }
}

/// The values and how often they occur; `null` if there are many.
fn json_values(column: &ColumnStats) -> Value {
    let values = column.few_values();
    let value = |(value, count): (&str, u64)| json!({"value": value, "count": count});
    if values.is_empty() { Value::Null } else { values.into_iter().map(value).collect() }
}

fn values(column: &ColumnStats) -> String {
    let few = column.few_values();
    // Values that hardly ever repeat are ids or texts.
    if !few.is_empty() && few.len() as u64 * 2 <= column.filled {
        let values = few.iter().map(|(value, count)| format!("{} ({})", quoted(value, SAMPLE), grouped(*count)));
        return values.collect::<Vec<_>>().join(", ");
    }
    let samples = column.samples.iter().map(|sample| format!("\"{sample}\"")).collect::<Vec<_>>().join(", ");
    // The range of ids and dates is of no interest.
    match column.numbers {
        Some((min, max)) if min < max && min >= -1000.0 && max <= 1000.0 => {
            format!("{samples} (numbers from {min} to {max})")
        }
        _ => samples,
    }
}

fn why_open(field: Field, candidates: &[String], needed: Option<&str>) -> String {
    let candidates: Vec<_> =
        candidates.iter().take(4).map(|header| format!("\"{}\"", excerpt_of_both_ends(header, 40))).collect();
    match (needed, field, &candidates[..]) {
        (Some(needed), _, []) => needed.to_owned(),
        (Some(needed), ..) => format!("{needed} (perhaps {})", candidates.join(" or ")),
        (None, Field::Type, []) => "never guessed: --set type=NPS, CSAT or THUMB".to_owned(),
        (None, _, []) => format!("no column matches: --map {field}=COLUMN or --set {field}=VALUE"),
        (None, ..) => format!("several columns match: {}", candidates.join(", ")),
    }
}
