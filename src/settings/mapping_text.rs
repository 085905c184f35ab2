//! A mapping file as it is written for people to go on with: what is known stands in it, what isn't is there to be filled in.

use std::fmt::Write;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::Advice;
use crate::record::{Conversion, Description, Field, FieldSource, Proposal, Proposed, Rounding, Words};
use crate::text::{excerpt, printable};

/// What a mapping file is written from.
#[derive(Debug, Clone, Copy)]
pub struct MappingText<'a> {
    /// The input's name.
    pub input: &'a str,
    /// The command that uses the file.
    pub command: &'a str,
    /// The input's columns.
    pub headers: &'a [String],
    /// What is known of each field.
    pub proposals: &'a [Proposal],
    /// What the preset and the mapping given say.
    pub description: &'a Description,
}

/// No mapping file could be written.
#[derive(Debug, thiserror::Error)]
pub enum MappingFileError {
    /// There is such a file already.
    #[error("there is a file {} already", .0.display())]
    Exists(PathBuf),
    /// It can't be written.
    #[error("the mapping {} can't be written", path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl Advice for MappingFileError {
    fn hint(&self) -> Option<String> {
        Some("name another file with --write-mapping: nothing is overwritten".to_owned())
    }
}

/// Writes a mapping into a new file.
///
/// # Errors
/// When there is such a file, or it can't be written.
pub fn write_mapping(path: &Path, text: &str) -> Result<(), MappingFileError> {
    let not_written = |source| MappingFileError::NotWritten { path: path.to_owned(), source };
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(MappingFileError::Exists(path.to_owned()));
        }
        opened => opened.map_err(not_written)?,
    };
    file.write_all(text.as_bytes()).map_err(not_written)
}

impl MappingText<'_> {
    /// The file's text.
    pub fn text(&self) -> String {
        let mut text = format!(
            "# How {} becomes feedback. Edit it, and see what it does with\n#\n#   {}\n#\n# The file's columns:\n",
            comment(self.input),
            comment(self.command)
        );
        self.headers.iter().for_each(|header| line(&mut text, &format!("#   {}", comment(&string(header)))));
        text.push('\n');
        self.write_no_answer(&mut text);
        text.push_str("\n[fields]\n");
        self.proposals.iter().for_each(|proposal| self.write_field(&mut text, proposal));
        if !self.proposals.iter().any(|proposal| proposal.field == Field::BotId) {
            line(&mut text, &format!("\n# {}", about(Field::BotId)));
            line(&mut text, "#bot_id = { column = \"…\", values = { Sales = \"st-…\", Support = \"st-…\" } }");
        }
        self.write_skips(&mut text);
        text
    }

    fn write_no_answer(&self, text: &mut String) {
        line(text, "# What stands for a score where nobody answered: such rows are skipped, and counted.");
        match &self.description.no_answer {
            Some(words) => line(text, &format!("no_answer = {}", list(words))),
            None => line(text, "#no_answer = [\"\", \"NA\", \"N/A\", \"-\"]"),
        }
    }

    fn write_field(&self, text: &mut String, proposal: &Proposal) {
        let (field, key) = (proposal.field, proposal.field.key());
        line(text, &format!("\n# {}", about(field)));
        let described = self.description.fields.get(&field);
        let conversion = described.map(|rule| &rule.conversion);
        match &proposal.state {
            Proposed::Known(FieldSource::Column { header, .. }) | Proposed::Guess { header } => {
                if matches!(proposal.state, Proposed::Guess { .. }) {
                    line(text, "# Guessed from the column's name.");
                }
                write_origin(text, key, "column", header, conversion);
            }
            Proposed::Known(FieldSource::Template { template, .. }) => {
                write_origin(text, key, "template", template.source(), conversion);
            }
            Proposed::Known(FieldSource::Constant { value, .. }) => write_origin(text, key, "value", value, None),
            Proposed::Open { candidates, .. } => {
                // A field that a preset leaves open must not be taken from a column that happens to be called like it.
                if let Some(rule) = described {
                    let mut parts = conversion_parts(&rule.conversion);
                    parts.extend(rule.needed.as_deref().map(|needed| format!("needed = {}", string(needed))));
                    line(text, &format!("{key} = {{ {} }}", parts.join(", ")));
                }
                if field == Field::Type {
                    line(text, "#type = { value = \"NPS\" }");
                } else {
                    let mut example = String::new();
                    write_origin(
                        &mut example,
                        key,
                        "column",
                        candidates.first().map_or("…", String::as_str),
                        conversion,
                    );
                    example.push_str(&format!("{key} = {{ value = {} }}\n", string(example_of(field))));
                    example.lines().for_each(|example| line(text, &format!("#{example}")));
                }
            }
            Proposed::Wrong(problem) => {
                line(text, &format!("# Wrong: {}", comment(&problem.to_string())));
                if field == Field::BotId {
                    // Without a word about it all rows would go to the profile's bot.
                    let mut parts = conversion.map(conversion_parts).unwrap_or_default();
                    parts.push(format!("needed = {}", string("the bots' column: --map bot_id=COLUMN")));
                    line(text, &format!("{key} = {{ {} }}", parts.join(", ")));
                }
            }
        }
        if field == Field::Score {
            line(
                text,
                "# A score may also be made of what the column holds, in this order: a text's meaning, the number that it",
            );
            line(text, "# begins with, another scale, the scale turned around (for a CSAT of which 1 is best):");
            line(text, "#score = { column = \"…\", values = { good = 1, bad = 0 } }");
            line(
                text,
                "#score = { column = \"…\", number = \"leading\", scale = \"0-100 -> 1-5\", rounding = \"nearest\" }",
            );
            line(text, "#score = { column = \"…\", invert = true }");
        }
    }

    fn write_skips(&self, text: &mut String) {
        let applies =
            |rule: &&crate::record::SkipRule| !self.description.include.iter().any(|word| rule.is_called(word));
        let rules: Vec<_> = self.description.skip.iter().filter(applies).collect();
        line(text, "\n# Rows that are left out, and counted under their reason.");
        if rules.is_empty() {
            let example =
                "#[[skip]]\n#column = \"Status\"\n#is = [\"Survey Preview\", \"1\"]\n#reason = \"preview response\"";
            line(text, example);
        }
        for rule in rules {
            line(text, "[[skip]]");
            rule.key.iter().for_each(|key| line(text, &format!("key = {}", string(key))));
            line(text, &format!("column = {}", string(&rule.column)));
            line(text, &format!("{} = {}", if rule.when_is { "is" } else { "is_not" }, list(&rule.values)));
            line(text, &format!("reason = {}", string(&rule.reason)));
        }
    }
}

/// What a field is, as people need it to fill it in.
fn about(field: Field) -> &'static str {
    match field {
        Field::ChannelUid => "The respondent's id on the channel: an e-mail address or any other id.",
        Field::Name => "The survey's name.",
        Field::Score => "What the respondent answered.",
        Field::Channel => "The channel the survey ran on, such as rtm, email or msteams.",
        Field::Type => "NPS (0 to 10), CSAT (1 to 5) or THUMB (0 or 1). What the numbers look like doesn't tell which.",
        Field::Language => "The survey's language, such as en.",
        Field::Message => "The prompt that was shown to the respondent; may be empty.",
        Field::BotId => "The bot that the record goes to. Without it all go to the profile's.",
    }
}

fn example_of(field: Field) -> &'static str {
    match field {
        Field::ChannelUid => "anonymous",
        Field::Name => "Post-chat survey",
        Field::Score => "5",
        Field::Channel => "email",
        Field::Type => "NPS",
        Field::Language => "en",
        Field::Message => "",
        Field::BotId => "st-…",
    }
}

fn write_origin(text: &mut String, key: &str, kind: &str, origin: &str, conversion: Option<&Conversion>) {
    let mut parts = vec![format!("{kind} = {}", string(origin))];
    if let Some(conversion) = conversion {
        parts.extend(conversion_parts(conversion));
    }
    match &parts[..] {
        [_] if kind == "column" => line(text, &format!("{key} = {}", string(origin))),
        parts => line(text, &format!("{key} = {{ {} }}", parts.join(", "))),
    }
}

fn conversion_parts(conversion: &Conversion) -> Vec<String> {
    let mut parts = Vec::new();
    if !conversion.values.is_empty() {
        let pairs: Vec<_> = conversion
            .values
            .pairs()
            .map(|(text, meaning)| format!("{} = {}", string(text), string(meaning)))
            .collect();
        parts.push(format!("values = {{ {} }}", pairs.join(", ")));
        parts.extend(conversion.values.ignores_case().then(|| "ignore_case = true".to_owned()));
    }
    parts.extend(conversion.lower_case.then(|| "lower_case = true".to_owned()));
    parts.extend(conversion.leading_number.then(|| "number = \"leading\"".to_owned()));
    if let Some(scale) = conversion.scale {
        parts.push(format!("scale = {}", string(&scale.ends())));
        let rounding = match scale.rounding() {
            Rounding::Nearest => "nearest",
            Rounding::Down => "down",
            Rounding::Up => "up",
        };
        parts.push(format!("rounding = {}", string(rounding)));
    }
    parts.extend(conversion.invert.then(|| "invert = true".to_owned()));
    parts
}

fn list(words: &Words) -> String {
    let words: Vec<_> = words.iter().map(string).collect();
    format!("[{}]", words.join(", "))
}

/// A basic string. JSON's are nearly the same; TOML wants DEL escaped, too.
fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// Nothing in a comment may end it.
fn comment(text: &str) -> String {
    printable(&excerpt(text, 300)).into_owned()
}

fn line(text: &mut String, line: &str) {
    // Writing into a string never fails.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::MappingText;
    use crate::record::{Assignment, Description, Mapping, MappingRules, propose};
    use crate::settings::{parse_mapping, presets};

    fn written(headers: &[String], rules: &MappingRules) -> Description {
        let proposals = propose(headers, rules, &|_| false);
        let text = MappingText {
            input: "in.csv",
            command: "kore-feedback import in.csv",
            headers,
            proposals: &proposals,
            description: &rules.description,
        };
        parse_mapping(Path::new("in.toml"), &text.text()).unwrap().description().unwrap()
    }

    fn pairs(given: &[&str]) -> Vec<(crate::record::Field, String)> {
        given.iter().map(|text| text.parse::<Assignment>().unwrap()).map(|one| (one.field, one.text)).collect()
    }

    #[test]
    fn a_written_mapping_does_what_it_was_written_from() {
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

            let rules = MappingRules {
                map: pairs(&["score=Question", "channel_uid=Who"]),
                set,
                description: preset.description,
                ..MappingRules::default()
            };
            let mapping = Mapping::resolve(&headers, None, &rules).unwrap();
            let again = MappingRules { description: written(&headers, &rules), ..MappingRules::default() };
            assert_eq!(
                Mapping::resolve(&headers, None, &again).unwrap().canonical(),
                mapping.canonical(),
                "{}",
                preset.name
            );
        }
    }

    #[test]
    fn scales_and_values_are_written_in_full() {
        let text = "[fields]\nscore = { column = \"a\", values = { \"x y\" = 1 }, ignore_case = true, number = \"leading\", \
                    scale = \"-103-103 -> 1-5\", rounding = \"up\", invert = true }\nlanguage = { column = \"l\", lower_case = true }";
        let description = parse_mapping(Path::new("a.toml"), text).unwrap().description().unwrap();
        let rules = MappingRules { description, ..MappingRules::default() };
        let again = written(&["a".to_owned(), "l".to_owned()], &rules);
        assert_eq!(again.fields, rules.description.fields);
    }

    proptest! {
        #[test]
        fn whatever_columns_are_called_the_file_reads(headers in prop::collection::vec(any::<String>(), 0..6), preset in 0..8_usize) {
            let description = presets().unwrap().swap_remove(preset).description;
            let rules = MappingRules { description, ..MappingRules::default() };
            let again = written(&headers, &rules);
            let open = |description: &Description| -> Vec<_> {
                let fields = description.fields.iter().filter(|(_, rule)| rule.origin.is_none());
                fields.map(|(field, rule)| (*field, rule.conversion.clone(), rule.needed.clone())).collect()
            };
            if headers.is_empty() {
                prop_assert_eq!(open(&again), open(&rules.description));
            }
            prop_assert_eq!(again.no_answer, rules.description.no_answer);
            prop_assert_eq!(again.skip, rules.description.skip);
        }
    }
}
