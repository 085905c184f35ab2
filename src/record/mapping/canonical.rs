//! A mapping as a text that compares: a part of a run's identity, kept in the ledger.

use std::fmt::Write;

use serde_json::{Value, json};

use super::rows::{Dedupe, RowRules};
use super::{FieldSource, Mapping};

/// How the lines begin that say which rows are asked for, and not what is made of them.
const SELECTION: &str = "only ";

impl Mapping {
    /// A stable text of what the mapping does, for a run's identity: two mappings that make the same records of the same
    /// rows of the same input have the same text, however their columns were found.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        for (field, source) in self.fields() {
            // JSON strings keep the lines apart whatever the names hold.
            let (sign, value) = match source {
                FieldSource::Column { index, header, .. } => (format!("<{index}"), header.as_str()),
                FieldSource::Constant { value, .. } => ("=".to_owned(), value.as_str()),
                FieldSource::Template { template, .. } => ("{".to_owned(), template.source()),
            };
            let _ = write!(text, "{}{sign}{}", field.wire_name(), Value::from(value));
            if let Some(conversion) = self.conversion(field) {
                let _ = write!(text, "~{}", conversion.canonical());
            }
            text.push('\n');
        }
        self.rows.write_canonical(&mut text);
        text
    }

    /// Whether a canonical text is that of this mapping but for the rows that are asked for.
    pub fn makes_the_same_records(&self, canonical: &str) -> bool {
        let own = self.canonical();
        let records = |text: &'_ str| -> Vec<String> {
            text.lines().filter(|line| !line.starts_with(SELECTION)).map(str::to_owned).collect()
        };
        records(&own) == records(canonical)
    }
}

impl RowRules {
    fn write_canonical(&self, text: &mut String) {
        if let Some(words) = &self.no_answer {
            let _ = writeln!(text, "no answer {}", json!(words.iter().collect::<Vec<_>>()));
        }
        for skip in &self.skips {
            let values: Vec<_> = skip.values.iter().collect();
            let _ = writeln!(text, "skip {}", json!([skip.column, skip.when_is, values]));
        }
        for filter in &self.filters {
            let values: Vec<_> = filter.values.iter().collect();
            let _ = writeln!(text, "{SELECTION}where {}", json!([filter.column, filter.is, values]));
        }
        for range in &self.rows {
            let _ = writeln!(text, "{SELECTION}rows {range}");
        }
        if let Some(sample) = &self.sample {
            let _ = writeln!(text, "{SELECTION}sample {}", sample.size);
        }
        for except in &self.except {
            let _ = writeln!(text, "{SELECTION}what run {} has not sent", except.run);
        }
        match &self.dedupe {
            Some(Dedupe::Record) => text.push_str("only once\n"),
            Some(Dedupe::Columns(columns)) => {
                let _ = writeln!(text, "{SELECTION}once by {}", json!(columns));
            }
            None => {}
        }
    }
}
