//! A mapping as a text that compares: a part of a run's identity, kept in the ledger.

use std::fmt::Write;

use serde_json::{Value, json};

use super::rows::{Dedupe, RowRules};
use super::{FieldSource, Mapping};
use crate::record::Field;

/// How the lines begin that say which rows are sent, and not what is made of them.
const SELECTION: &str = "only ";
/// How the line begins that says which bot a row goes to.
const BOT: &str = Field::BotId.wire_name();

impl Mapping {
    /// A stable text of what the mapping does, for a run's identity: two mappings that make the same records of the same
    /// rows of the same input have the same text, however their columns were found.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        // One bot for all rows is a part of the target, wherever it was said.
        for (field, source) in self.fields().filter(|(field, _)| *field != Field::BotId || self.names_bots()) {
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

    /// Whether a canonical text is that of this mapping but for which rows are sent, and to which bot: then a row that both
    /// send to one bot is sent twice.
    pub fn makes_the_same_records(&self, canonical: &str) -> bool {
        let own = self.canonical();
        let records = |text: &'_ str| -> Vec<String> {
            let is_about_record = |line: &&str| !line.starts_with(SELECTION) && !line.starts_with(BOT);
            text.lines().filter(is_about_record).map(str::to_owned).collect()
        };
        records(&own) == records(canonical)
    }
}

impl RowRules {
    fn write_canonical(&self, text: &mut String) {
        if let Some(words) = &self.no_answer {
            let _ = writeln!(text, "{SELECTION}answers other than {}", json!(words.iter().collect::<Vec<_>>()));
        }
        for skip in &self.skips {
            let values: Vec<_> = skip.values.iter().collect();
            let _ = writeln!(text, "{SELECTION}without {}", json!([skip.column, skip.when_is, values]));
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

#[cfg(test)]
mod tests {
    use crate::record::{DedupeRule, Description, Except, Mapping, MappingRules, SelectionRules};
    use crate::settings::parse_mapping;

    const HEADERS: [&str; 7] = ["channelUId", "name", "score", "channel", "type", "language", "message"];

    fn mapping(text: &str, selection: SelectionRules, include: &[&str]) -> Mapping {
        let mut description: Description = parse_mapping("m.toml".as_ref(), text).unwrap().description().unwrap();
        description.include = include.iter().copied().map(str::to_owned).collect();
        let rules = MappingRules { description, selection, ..MappingRules::default() };
        Mapping::resolve(&HEADERS.map(str::to_owned), None, &rules).unwrap()
    }

    #[test]
    fn which_rows_are_sent_is_told_from_what_is_made_of_them() {
        let skip = "[[skip]]\nkey = \"k\"\ncolumn = \"name\"\nis = \"x\"\nreason = \"r\"";
        let all = mapping(skip, SelectionRules::default(), &[]);
        let selections = [
            SelectionRules { filters: vec!["name=a".parse().unwrap()], ..SelectionRules::default() },
            SelectionRules { rows: vec!["1-5".parse().unwrap()], ..SelectionRules::default() },
            SelectionRules { sample: Some(5), ..SelectionRules::default() },
            SelectionRules { dedupe: Some(DedupeRule::Record), ..SelectionRules::default() },
            SelectionRules { dedupe: Some(DedupeRule::Columns(vec!["name".into()])), ..SelectionRules::default() },
            SelectionRules { except: vec![Except::new(1, None)], ..SelectionRules::default() },
        ];
        let others = selections.into_iter().map(|selection| mapping(skip, selection, &[])).chain([
            mapping(skip, SelectionRules::default(), &["k"]),
            mapping(&format!("no_answer = [\"-\"]\n{skip}"), SelectionRules::default(), &[]),
        ]);
        for other in others {
            assert_ne!(other.canonical(), all.canonical());
            assert!(other.makes_the_same_records(&all.canonical()), "{}", other.canonical());
        }
        let by_bot = mapping("fields.bot_id = \"name\"", SelectionRules::default(), &[]);
        assert_ne!(by_bot.canonical(), mapping("", SelectionRules::default(), &[]).canonical());
        assert!(by_bot.makes_the_same_records(&all.canonical()));
        for other in
            ["fields.name = { column = \"name\", lower_case = true }", "fields.name = { template = \"{{ name }}\" }"]
        {
            let other = mapping(other, SelectionRules::default(), &[]);
            assert!(!other.makes_the_same_records(&all.canonical()), "{}", other.canonical());
        }
    }

    #[test]
    fn a_plain_mappings_text_is_what_it_was_before_there_were_others() {
        let plain = mapping("", SelectionRules::default(), &[]).canonical();
        assert!(
            plain.starts_with("channelUId<0\"channelUId\"\nname<1\"name\"\n") && plain.lines().count() == 7,
            "{plain}"
        );
    }
}
