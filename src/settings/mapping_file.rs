//! Writes a mapping file for people to complete: it sets what is known, and has commented examples for what is not.

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

use super::mapping::{
    COLUMN, DATE, DECIMAL, FIELDS, FILTER, IGNORE_CASE, INVERT, IS, IS_NOT, KEY, LEADING, LOWER_CASE, NEEDED,
    NO_ANSWER, NUMBER, REASON, RECORDS, ROUNDING, SCALE, SKIP, TEMPLATE, TRIM, VALUE, VALUES, WHEN,
};
use super::source_options::{FILE, source_table};
use crate::record::{
    Clause, Conversion, Field, FieldSource, FoldedSet, MappingOptions, MappingSpec, Proposal, Proposed, RecordSpec,
    SkipRule,
};
use crate::source::SourceOptions;
use crate::text::{excerpt, quoted};

/// The content of a mapping file.
#[derive(Debug, Clone, Copy)]
pub struct MappingFile<'a> {
    /// The name of the input.
    pub input: &'a str,
    /// The command that tries out the file.
    pub command: &'a str,
    /// The columns of the input.
    pub headers: &'a [String],
    /// How the texts of the score's column could become scores, if they are no numbers.
    pub score: Option<&'a Conversion>,
    /// What is known of each field.
    pub proposals: &'a [Proposal],
    /// The preset and mapping that it starts from.
    pub spec: &'a MappingSpec,
    /// How the file is read.
    pub source: &'a SourceOptions,
}

/// A table being written. Comments wait for the key or table that follows them.
#[derive(Default)]
struct Section {
    table: Table,
    comments: String,
}

impl Section {
    fn comment(&mut self, text: &str) {
        self.comment_line("# ", text);
    }

    fn comment_line(&mut self, start: &str, text: &str) {
        self.comments.push_str(&format!("{start}{}\n", excerpt(text, 300)));
    }

    /// A key that is commented out.
    fn example(&mut self, key: &str, value: &Value) {
        format!("{key} = {value}").lines().for_each(|line| self.comments.push_str(&format!("#{line}\n")));
    }

    fn set(&mut self, key: &str, value: Value) {
        self.table.insert(key, Item::Value(value));
        if let Some(mut key) = self.table.key_mut(key) {
            key.leaf_decor_mut().set_prefix(std::mem::take(&mut self.comments));
        }
    }
}

impl<'a> MappingFile<'a> {
    /// A file for an input with these columns that is read and mapped by these options.
    pub fn new(
        headers: &'a [String],
        proposals: &'a [Proposal],
        options: &'a MappingOptions,
        source: &'a SourceOptions,
    ) -> Self {
        Self { input: "", command: "", headers, score: None, proposals, spec: &options.spec, source }
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut root = Section::default();
        self.write_head(&mut root);
        root.comments.push('\n');
        let file = source_table(self.source).map(|mut table| {
            let comments = std::mem::take(&mut root.comments);
            table.decor_mut().set_prefix(format!("{comments}# How the file is read.\n"));
            root.comments.push('\n');
            table
        });
        let mut fields = Section::default();
        fields.table.decor_mut().set_prefix(std::mem::take(&mut root.comments));
        self.proposals.iter().for_each(|proposal| self.write_field(&mut fields, proposal));
        if !self.proposals.iter().any(|proposal| proposal.field == Field::BotId) {
            fields.comments.push('\n');
            fields.comment(help(Field::BotId).0);
            fields.comments.push_str(BOT_EXAMPLE);
        }
        let records = self.records(&mut fields.comments);
        let filters = self.filters(&mut fields.comments);
        let skips = self.skips(&mut fields.comments);
        let mut document = DocumentMut::from(root.table);
        document.extend(file.map(|table| (FILE, Item::Table(table))));
        document.insert(FIELDS, Item::Table(fields.table));
        document.insert(RECORDS, Item::ArrayOfTables(records));
        document.insert(FILTER, Item::ArrayOfTables(filters));
        document.insert(SKIP, Item::ArrayOfTables(skips));
        document.set_trailing(fields.comments);
        document.to_string()
    }

    fn write_head(&self, root: &mut Section) {
        root.comment(&format!("How the rows of {} become feedback. Edit this file, then try it out with", self.input));
        root.comments.push_str("#\n");
        root.comment_line("#   ", self.command);
        root.comments.push_str("#\n# The columns of the file:\n");
        self.headers.iter().for_each(|header| root.comment_line("#   ", &quoted(header, 200)));
        root.comments.push('\n');
        root.comment("Texts that mean \"no answer\" in place of a score. Such rows are skipped and counted.");
        match &self.spec.no_answer {
            Some(words) => root.set(NO_ANSWER, list(words)),
            None => root.example(NO_ANSWER, &Array::from_iter(["", "NA", "N/A", "-"]).into()),
        }
    }

    fn write_field(&self, fields: &mut Section, proposal: &Proposal) {
        let (field, key) = (proposal.field, proposal.field.key());
        fields.comments.push('\n');
        fields.comment(help(field).0);
        let described = self.spec.fields.get(&field);
        let conversion = described.map(|rule| &rule.conversion).filter(|conversion| !conversion.is_identity());
        let conversion = conversion.or(self.score.filter(|_| field == Field::Score));
        match &proposal.state {
            Proposed::Known(matched) => fields.set(key, known(&matched.source, conversion)),
            Proposed::Guess { header } => {
                fields.comment("Guessed from the name of the column.");
                fields.set(key, rule(Some((COLUMN, header.as_str())), conversion, None));
            }
            Proposed::Open { candidates, .. } => {
                // A rule without a column keeps the field from being matched by name: the preset says it must be given.
                if let Some(described) = described {
                    fields.set(key, rule(None::<(&str, &str)>, conversion, described.needed.as_deref()));
                }
                write_examples(fields, field, candidates, conversion);
            }
            Proposed::PerRecord => fields.comment("Each record below has its own."),
            Proposed::Wrong(problem) => {
                fields.comment(&format!("Wrong: {problem}"));
                // Without a rule, all rows would go to the profile's bot.
                if field == Field::BotId {
                    fields.set(
                        key,
                        rule(None::<(&str, &str)>, conversion, Some("the column of the bots: --map bot_id=COLUMN")),
                    );
                }
            }
        }
        if field == Field::Score {
            fields.comments.push_str(SCORE_EXAMPLES);
        }
    }

    /// The filters, if there are any. They take over the comments that wait.
    fn filters(&self, comments: &mut String) -> ArrayOfTables {
        let mut filters: ArrayOfTables = self.spec.filters.iter().map(filter_table).collect();
        if let Some(first) = filters.get_mut(0) {
            comments.push_str("\n# Only rows that meet these conditions are sent.\n");
            first.decor_mut().set_prefix(std::mem::take(comments));
        }
        filters
    }

    /// The records of a row, or a commented example. Takes over the comments that wait.
    fn records(&self, comments: &mut String) -> ArrayOfTables {
        comments.push_str("\n# Several records per row: each has the fields above except those that it sets itself.\n");
        let mut records: ArrayOfTables = self.spec.records.iter().map(record_table).collect();
        match records.get_mut(0) {
            Some(first) => first.decor_mut().set_prefix(std::mem::take(comments)),
            None => comments.push_str(RECORDS_EXAMPLE),
        }
        records
    }

    /// The skip rules that apply, or a commented example. Takes over the comments that wait.
    fn skips(&self, comments: &mut String) -> ArrayOfTables {
        comments.push_str("\n# Rows to skip. They are counted by reason.\n");
        let mut rules: ArrayOfTables = self.spec.active_skips().map(skip_table).collect();
        match rules.get_mut(0) {
            Some(first) => first.decor_mut().set_prefix(std::mem::take(comments)),
            None => comments.push_str(SKIP_EXAMPLE),
        }
        rules
    }
}

const SCORE_EXAMPLES: &str = r#"# A score can be converted from the text of its column, in this order: replace texts, take the number at the start,
# convert between scales, and reverse the scale (for a CSAT where 1 is best):
#score = { column = "…", values = { good = 1, bad = 0 } }
#score = { column = "…", number = "leading", scale = "0-100 -> 1-5", rounding = "nearest" }
#score = { column = "…", invert = true }
"#;

const RECORDS_EXAMPLE: &str = r#"#[[records]]
#name = { value = "Agent" }
#type = { value = "CSAT" }
#score = "…"
"#;

const BOT_EXAMPLE: &str = r#"#bot_id = { column = "…", values = { Sales = "st-…", Support = "st-…" } }
"#;

const SKIP_EXAMPLE: &str = r#"#[[skip]]
#when = "Status in Survey Preview,1"
#reason = "preview response"
"#;

/// What a field is, for the person who completes the file, and an example of its value.
fn help(field: Field) -> (&'static str, &'static str) {
    match field {
        Field::ChannelUid => ("The respondent's id on the channel: an email address or any other id.", "anonymous"),
        Field::Name => ("The name of the survey.", "Post-chat survey"),
        Field::Score => ("The respondent's answer.", "5"),
        Field::Channel => ("The channel of the survey, such as rtm, email or msteams.", "email"),
        Field::Type => ("NPS (0 to 10), CSAT (1 to 5) or THUMB (0 or 1). The numbers alone do not tell which.", "NPS"),
        Field::Language => ("The language of the survey, such as en.", "en"),
        Field::Message => ("The question shown to the respondent. May be empty.", ""),
        Field::BotId => ("The bot of the record. Without this, all records go to the profile's bot.", "st-…"),
    }
}

fn write_examples(fields: &mut Section, field: Field, candidates: &[String], conversion: Option<&Conversion>) {
    if field != Field::Type {
        let column = candidates.first().map_or("…", String::as_str);
        fields.example(field.key(), &rule(Some((COLUMN, column)), conversion, None));
    }
    fields.example(field.key(), &rule(Some((VALUE, help(field).1)), None, None));
}

fn known(source: &FieldSource, conversion: Option<&Conversion>) -> Value {
    match source {
        FieldSource::Column(column) => rule(Some((COLUMN, column.header.as_str())), conversion, None),
        FieldSource::Template(template) => rule(Some((TEMPLATE, template.source())), conversion, None),
        FieldSource::Constant(value) => rule(Some((VALUE, value.as_str())), None, None),
        FieldSource::FirstOf(columns) => {
            let columns = Array::from_iter(columns.iter().map(|column| column.header.as_str()));
            rule(Some((COLUMN, columns)), conversion, None)
        }
    }
}

/// The rule of a score from a column, as a line of a mapping.
pub fn score_rule(column: &str, conversion: &Conversion) -> String {
    format!("{} = {}", Field::Score, rule(Some((COLUMN, column)), Some(conversion), None))
}

/// The rule of a field: the name of a column alone, or a table.
fn rule(origin: Option<(&str, impl Into<Value>)>, conversion: Option<&Conversion>, needed: Option<&str>) -> Value {
    let mut table = conversion.map(conversion_table).unwrap_or_default();
    if let Some((kind, value)) = origin {
        let value = value.into();
        if kind == COLUMN && table.is_empty() && value.is_str() {
            return value;
        }
        let conversion = std::mem::replace(&mut table, InlineTable::from_iter([(kind, value)]));
        table.extend(conversion);
    }
    table.extend(needed.map(|needed| (NEEDED, needed)));
    table.into()
}

fn conversion_table(conversion: &Conversion) -> InlineTable {
    let mut table = InlineTable::new();
    table.extend(conversion.keep_blanks.then_some((TRIM, false)));
    if !conversion.values.is_empty() {
        table.insert(VALUES, InlineTable::from_iter(conversion.values.pairs()).into());
        table.extend(conversion.values.ignores_case().then_some((IGNORE_CASE, true)));
    }
    table.extend(conversion.lower_case.then_some((LOWER_CASE, true)));
    table.extend(conversion.leading_number.then_some((NUMBER, LEADING)));
    table.extend(conversion.decimal.map(|sign| (DECIMAL, <&str>::from(sign))));
    if let Some(scale) = conversion.scale {
        let rounding: &str = scale.rounding().into();
        table.extend([(SCALE, scale.ends()), (ROUNDING, rounding.to_owned())]);
    }
    table.extend(conversion.invert.then_some((INVERT, true)));
    table
}

fn record_table(record: &RecordSpec) -> Table {
    let mut table = Table::new();
    for (field, spec) in &record.fields {
        let conversion = Some(&spec.conversion);
        let value = match &spec.source {
            Some(source) => known(&source.unresolved(), conversion),
            None => rule(None::<(&str, &str)>, conversion, spec.needed.as_deref()),
        };
        table.insert(field.key(), Item::Value(value));
    }
    table.extend(record.no_answer.as_ref().map(|words| (NO_ANSWER, list(words))));
    table
}

fn skip_table(rule: &SkipRule) -> Table {
    let mut table = Table::new();
    table.extend(rule.key.as_deref().map(|key| (KEY, key)));
    write_clause(&mut table, &rule.when);
    table.extend([(REASON, &*rule.reason)]);
    table
}

fn filter_table(filter: &Clause) -> Table {
    let mut table = Table::new();
    write_clause(&mut table, filter);
    table
}

fn write_clause(table: &mut Table, clause: &Clause) {
    if let Some((column, values, is)) = clause.as_values() {
        table.extend([(COLUMN, column.into()), (if is { IS } else { IS_NOT }, list(values))]);
        return;
    }
    table.extend([(WHEN, clause.to_string())]);
    table.extend(clause.date_form().map(|form| (DATE, form)));
}

fn list(words: &FoldedSet) -> Value {
    Array::from_iter(words.iter()).into()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::MappingFile;
    use crate::record::{Assignment, MappingOptions, MappingSpec, ResolvedMapping, propose};
    use crate::settings::mapping::{parse_mapping, presets};
    use crate::source::SourceOptions;

    fn written(headers: &[String], rules: &MappingOptions) -> MappingSpec {
        let proposals = propose(headers, rules, &|_| false);
        let text = MappingFile::new(headers, &proposals, rules, &SourceOptions::default()).text();
        parse_mapping(Path::new("in.toml"), &text).unwrap().full_spec().unwrap()
    }

    fn pairs(given: &[&str]) -> Vec<(crate::record::Field, String)> {
        given.iter().map(|text| text.parse::<Assignment>().unwrap()).map(|one| (one.field, one.text)).collect()
    }

    #[test]
    fn written_mappings_resolve_to_the_same_mapping() {
        for preset in presets().unwrap() {
            let all = preset.recognised_by.iter().map(String::as_str).chain([
                "Question",
                "Who",
                "RecipientEmail",
                "Email Address",
            ]);
            let mut headers: Vec<String> = all.map(str::to_owned).collect();
            headers.sort();
            headers.dedup();
            let set = pairs(&["name=S", "channel=email", "type=NPS", "language=en", "message=say \"hi\"\n?"]);

            let rules = MappingOptions {
                map: pairs(&["score=Question", "channel_uid=Who"]),
                set,
                spec: preset.spec,
                ..MappingOptions::default()
            };
            let mapping = ResolvedMapping::resolve(&headers, None, &rules).unwrap();
            let again = MappingOptions { spec: written(&headers, &rules), ..MappingOptions::default() };
            assert_eq!(
                ResolvedMapping::resolve(&headers, None, &again).unwrap().canonical(),
                mapping.canonical(),
                "{}",
                preset.name
            );
        }
    }

    #[test]
    fn scales_and_values_are_written_completely() {
        let text = "[fields]\nscore = { column = [\"a\", \"l\"], values = { \"x y\" = 1 }, ignore_case = true, number = \"leading\", decimal = \",\", \
                    scale = \"-103-103 -> 1-5\", rounding = \"up\", invert = true }\nlanguage = { column = \"l\", lower_case = true, trim = false }";
        let spec = parse_mapping(Path::new("a.toml"), text).unwrap().full_spec().unwrap();
        let rules = MappingOptions { spec, ..MappingOptions::default() };
        let again = written(&["a".to_owned(), "l".to_owned()], &rules);
        assert_eq!(again.fields, rules.spec.fields);
    }

    proptest! {
        #[test]
        fn mappings_parse_for_any_column_names(headers in prop::collection::vec(any::<String>(), 0..6), preset in 0..8_usize) {
            let spec = presets().unwrap().swap_remove(preset).spec;
            let rules = MappingOptions { spec, ..MappingOptions::default() };
            let again = written(&headers, &rules);
            let open = |spec: &MappingSpec| -> Vec<_> {
                let fields = spec.fields.iter().filter(|(_, rule)| rule.source.is_none());
                fields.map(|(field, rule)| (*field, rule.conversion.clone(), rule.needed.clone())).collect()
            };
            if headers.is_empty() {
                prop_assert_eq!(open(&again), open(&rules.spec));
            }
            prop_assert_eq!(again.no_answer, rules.spec.no_answer);
            prop_assert_eq!(again.skip, rules.spec.skip);
        }
    }
}
