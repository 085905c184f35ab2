//! A mapping as text that can be compared. The ledger stores it as a part of a run's identity.
//!
//! A rule that older versions knew keeps its text, so that a file they imported is recognized. That includes the blanks around
//! texts, which they sent and which are removed now: a resumed run sends no row again that has an outcome, whatever its record
//! would be today, and a file that is imported again is refused. Only what goes beyond older versions adds text.

use std::fmt::Write;

use serde_json::json;

use super::row_selection::RowRules;
use super::{Column, Dedupe, FieldSource, RecordMapping, ResolvedMapping};
use crate::record::Field;
use crate::source::Place;

/// Lines that only select rows begin with this.
const SELECTION: &str = "only ";
/// The line about the bot begins with this.
const BOT: &str = Field::BotId.wire_name();

impl ResolvedMapping {
    /// Equal for two mappings that make the same records of the same rows, however their columns were found.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        for record in &self.records {
            if self.records.len() > 1 {
                text.push_str("record\n");
            }
            record.write_canonical(self.names_bots(), &mut text);
        }
        for Place { file, sheet } in &self.places {
            let _ = writeln!(text, "from {}", json!([file, sheet]));
        }
        self.rows.write_canonical(&mut text);
        text
    }

    /// Whether `canonical` is the text of a mapping that differs from this one at most in the rows it selects and the bots
    /// it sends them to. Then a row that both send to the same bot is sent twice.
    pub fn makes_the_same_records(&self, canonical: &str) -> bool {
        fn records(text: &str) -> impl Iterator<Item = &str> {
            text.lines().filter(|line| !line.starts_with(SELECTION) && !line.starts_with(BOT))
        }
        records(&self.canonical()).eq(records(canonical))
    }
}

impl RecordMapping {
    fn write_canonical(&self, names_bots: bool, text: &mut String) {
        // One bot for all rows is a part of the target, wherever it was named.
        for (field, matched) in self.fields().filter(|(field, _)| *field != Field::BotId || names_bots) {
            // JSON strings keep the lines apart, whatever the names contain.
            let (sign, value) = match &matched.source {
                FieldSource::Column(Column { index, header }) => (format!("<{index}"), json!(header)),
                FieldSource::FirstOf(columns) => {
                    let columns = columns.iter().map(|Column { index, header }| json!([index, header]));
                    ("<".to_owned(), columns.collect())
                }
                FieldSource::Constant(value) => ("=".to_owned(), json!(value)),
                FieldSource::Template(template) => ("{".to_owned(), json!(template.source())),
            };
            let _ = write!(text, "{}{sign}{value}", field.wire_name());
            if let Some(conversion) = self.conversion(field) {
                let _ = write!(text, "~{}", conversion.canonical());
            }
            text.push('\n');
        }
        if let Some(texts) = &self.no_answer {
            let _ = writeln!(text, "{SELECTION}answers other than {}", json!(texts));
        }
    }
}

impl RowRules {
    fn write_canonical(&self, text: &mut String) {
        let mut line = |line: String| *text += &format!("{line}\n");
        self.skips.iter().for_each(|skip| line(format!("{SELECTION}without {}", skip.when.canonical())));
        let selection = &self.selection;
        selection.filters.iter().for_each(|filter| line(format!("{SELECTION}where {}", filter.keep.canonical())));
        selection.rows.iter().for_each(|range| line(format!("{SELECTION}rows {range}")));
        selection.sample.iter().for_each(|size| line(format!("{SELECTION}sample {size}")));
        for excluded in &selection.excluded_runs {
            line(format!("{SELECTION}what run {} has not sent", excluded.run));
        }
        match &selection.dedupe {
            Some(Dedupe::Record) => line("only once".to_owned()),
            Some(Dedupe::Columns(columns)) => line(format!("{SELECTION}once by {}", json!(columns))),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::numbering::Numbering;
    use crate::record::{Dedupe, ExcludedRun, MappingOptions, MappingSpec, ResolvedMapping, RowSelection};
    use crate::settings::parse_mapping;

    const HEADERS: [&str; 7] = ["channelUId", "name", "score", "channel", "type", "language", "message"];

    fn mapping(text: &str, selection: RowSelection, include: &[&str]) -> ResolvedMapping {
        let mut spec: MappingSpec = parse_mapping("m.toml".as_ref(), text).unwrap().full_spec().unwrap();
        spec.include = include.iter().copied().map(str::to_owned).collect();
        let rules = MappingOptions { spec, selection, ..MappingOptions::default() };
        ResolvedMapping::resolve(&HEADERS.map(str::to_owned), None, &rules).unwrap()
    }

    #[test]
    fn selections_differ_but_make_the_same_records() {
        let skip = "[[skip]]\nkey = \"k\"\ncolumn = \"name\"\nis = \"x\"\nreason = \"r\"";
        let all = mapping(skip, RowSelection::default(), &[]);
        let selections = [
            RowSelection { filters: vec!["name=a".parse().unwrap()], ..RowSelection::default() },
            RowSelection { rows: vec!["1-5".parse().unwrap()], ..RowSelection::default() },
            RowSelection { sample: Some(5), ..RowSelection::default() },
            RowSelection { dedupe: Some(Dedupe::Record), ..RowSelection::default() },
            RowSelection { dedupe: Some(Dedupe::Columns(vec!["name".into()])), ..RowSelection::default() },
            RowSelection {
                excluded_runs: vec![ExcludedRun::new(1, Numbering::SINGLE, None)],
                ..RowSelection::default()
            },
        ];
        let others = selections.into_iter().map(|selection| mapping(skip, selection, &[])).chain([
            mapping(skip, RowSelection::default(), &["k"]),
            mapping(&format!("no_answer = [\"-\"]\n{skip}"), RowSelection::default(), &[]),
        ]);
        for other in others {
            assert_ne!(other.canonical(), all.canonical());
            assert!(other.makes_the_same_records(&all.canonical()), "{}", other.canonical());
        }
        let by_bot = mapping("fields.bot_id = \"name\"", RowSelection::default(), &[]);
        assert_ne!(by_bot.canonical(), mapping("", RowSelection::default(), &[]).canonical());
        assert!(by_bot.makes_the_same_records(&all.canonical()));
        for other in
            ["fields.name = { column = \"name\", lower_case = true }", "fields.name = { template = \"{{ name }}\" }"]
        {
            let other = mapping(other, RowSelection::default(), &[]);
            assert!(!other.makes_the_same_records(&all.canonical()), "{}", other.canonical());
        }
    }

    #[test]
    fn a_plain_mappings_text_never_changes() {
        let plain = mapping("", RowSelection::default(), &[]).canonical();
        let kept = mapping("fields.name = { column = \"name\", trim = false }", RowSelection::default(), &[]);
        assert!(!kept.makes_the_same_records(&plain));
        assert!(
            plain.starts_with("channelUId<0\"channelUId\"\nname<1\"name\"\n") && plain.lines().count() == 7,
            "{plain}"
        );
    }
}
