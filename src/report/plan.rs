//! What a look at an input found, and what might become of its columns.

use std::fmt::Write;

use serde_json::{Value, json};

use super::findings::plain_table;
use super::summary::Summary;
use crate::record::{Conversion, Description, Field, FieldSource, Proposal, Proposed};
use crate::run::{ColumnStats, InputColumns};
use crate::settings::Preset;
use crate::source::delimiter_name;
use crate::text::{counted, excerpt, excerpt_of_both_ends};

/// A plan, to be shown.
#[derive(Debug, Clone, Copy)]
pub struct PlanView<'a> {
    /// What the input looks like.
    pub look: &'a InputColumns,
    /// The preset that it was recognised by, or that was named.
    pub preset: Option<&'a Preset>,
    /// What the preset and the mapping say.
    pub description: &'a Description,
    /// What is known of each field.
    pub proposals: &'a [Proposal],
    /// What else is wrong with what was said; none when nothing is.
    pub problems: &'a [String],
    /// The command that goes on.
    pub command: &'a str,
    /// How wide the tables are.
    pub width: u16,
}

impl PlanView<'_> {
    /// What the input is, and its columns.
    pub fn found(&self) -> String {
        let look = self.look;
        let rows = if look.is_whole {
            counted(look.rows, "row")
        } else {
            format!("first {} looked at", counted(look.rows, "row"))
        };
        let mut text =
            format!("{}: {}, {}, {rows}\n", look.name, look.dialect, counted(look.columns.len() as u64, "column"));
        let mut table = plain_table(&["  column", "filled", "holds"], self.width);
        for column in &look.columns {
            table.add_row([
                format!("  {}", excerpt_of_both_ends(&column.header, 40)),
                filled(column, look.rows),
                holds(column),
            ]);
        }
        text.push_str(&table.trim_fmt());
        text
    }

    /// What might become of the columns.
    pub fn proposed(&self) -> String {
        let mut text = String::new();
        if let Some(preset) = self.preset {
            let _ = writeln!(text, "preset {}: {}", preset.name, preset.about);
        }
        let mut table = plain_table(&["  field", "taken from", "because of"], self.width);
        for proposal in self.proposals {
            let (from, because) = self.origin(proposal);
            table.add_row([format!("  {}", proposal.field), from, because]);
        }
        text.push_str(&table.trim_fmt());
        self.problems.iter().for_each(|problem| {
            let _ = write!(text, "\n  wrong: {problem}");
        });
        text
    }

    /// The fields that somebody has to say more about.
    pub fn open(&self) -> Vec<Field> {
        let is_open = |proposal: &&Proposal| matches!(proposal.state, Proposed::Open { .. } | Proposed::Wrong(_));
        self.proposals.iter().filter(is_open).map(|proposal| proposal.field).collect()
    }

    fn origin(&self, proposal: &Proposal) -> (String, String) {
        match &proposal.state {
            Proposed::Known(FieldSource::Column { header, by, .. }) => {
                (format!("column {:?}{}", excerpt(header, 50), self.steps(proposal.field)), by.to_string())
            }
            Proposed::Known(FieldSource::Constant { value, by }) => {
                (format!("always {:?}", excerpt(value, 50)), by.to_string())
            }
            Proposed::Known(FieldSource::Template { template, by }) => {
                (format!("{}{}", excerpt(template.source(), 60), self.steps(proposal.field)), by.to_string())
            }
            Proposed::Guess { header } => {
                (format!("column {:?}", excerpt(header, 50)), "a guess by its name".to_owned())
            }
            Proposed::Open { candidates, needed } => {
                ("?".to_owned(), why_open(proposal.field, candidates, needed.as_deref()))
            }
            Proposed::Wrong(problem) => ("?".to_owned(), problem.to_string()),
        }
    }

    /// What is made of the field.
    fn steps(&self, field: Field) -> String {
        let rule = self.description.fields.get(&field);
        let steps = rule.map(|rule| Conversion::in_words(&rule.conversion)).unwrap_or_default();
        steps.iter().map(|step| format!(", {step}")).collect()
    }

    /// The plan for programs, with what checking the rows came to where that could be done.
    pub fn json(&self, checked: Option<&Summary>) -> Value {
        let look = self.look;
        json!({
            "input": look.name,
            "format": look.dialect.format.name(),
            "encoding": look.dialect.encoding.map(|encoding| encoding.name),
            "delimiter": look.dialect.delimiter.map(delimiter_name),
            "header_rows": look.dialect.header_rows,
            "sheet": look.dialect.sheet.as_ref().map(|sheet| &sheet.name),
            "rows": look.rows,
            "is_whole": look.is_whole,
            "columns": look.columns.iter().map(|column| json!({
                "name": column.header,
                "filled": column.filled,
                "samples": column.samples,
                "least": column.numbers.map(|(least, _)| least),
                "greatest": column.numbers.map(|(_, greatest)| greatest),
            })).collect::<Vec<_>>(),
            "preset": self.preset.map(|preset| preset.name),
            "fields": self.proposals.iter().map(|proposal| json!({
                "field": proposal.field.key(),
                "from": self.json_origin(proposal),
            })).collect::<Vec<_>>(),
            "problems": self.problems,
            "check": checked,
            "command": self.command,
        })
    }

    fn json_origin(&self, proposal: &Proposal) -> Value {
        match &proposal.state {
            Proposed::Known(FieldSource::Column { header, by, .. }) => json!({"column": header, "by": by.to_string()}),
            Proposed::Known(FieldSource::Constant { value, by }) => json!({"value": value, "by": by.to_string()}),
            Proposed::Known(FieldSource::Template { template, by }) => {
                json!({"template": template.source(), "by": by.to_string()})
            }
            Proposed::Guess { header } => json!({"column": header, "by": "guess"}),
            Proposed::Open { candidates, needed } => json!({"open": true, "candidates": candidates, "needed": needed}),
            Proposed::Wrong(problem) => json!({"open": true, "problem": problem.to_string()}),
        }
    }
}

fn filled(column: &ColumnStats, rows: u64) -> String {
    match (column.filled, rows) {
        (0, _) => "empty".to_owned(),
        (filled, rows) if filled == rows => "100 %".to_owned(),
        // Neither all nor nothing is said of what is nearly so.
        (filled, rows) => format!("{} %", (filled * 100 / rows).clamp(1, 99)),
    }
}

fn holds(column: &ColumnStats) -> String {
    let samples = column.samples.iter().map(|sample| format!("{sample:?}")).collect::<Vec<_>>().join(", ");
    // Ids and dates are numbers, too, and their range tells nothing.
    match column.numbers {
        Some((least, most)) if least < most && least >= -1000.0 && most <= 1000.0 => {
            format!("{samples} (numbers from {least} to {most})")
        }
        _ => samples,
    }
}

fn why_open(field: Field, candidates: &[String], needed: Option<&str>) -> String {
    let candidates: Vec<_> =
        candidates.iter().take(4).map(|header| format!("{:?}", excerpt_of_both_ends(header, 40))).collect();
    match (needed, field, &candidates[..]) {
        (Some(needed), _, []) => needed.to_owned(),
        (Some(needed), ..) => format!("{needed} (perhaps {})", candidates.join(" or ")),
        (None, Field::Type, []) => "NPS, CSAT or THUMB: never guessed, --set type=…".to_owned(),
        (None, _, []) => format!("no column is called so: --map {field}=COLUMN or --set {field}=VALUE"),
        (None, ..) => format!("several could be meant: {}", candidates.join(", ")),
    }
}
