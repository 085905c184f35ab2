//! What a template may contain, checked before minijinja compiles it.

use crate::text::excerpt;

/// The variable that contains the whole row.
pub(super) const ROW: &str = "row";
/// The statements that are allowed.
const STATEMENTS: [&str; 4] = ["if", "elif", "else", "endif"];
/// The longest template, in bytes.
const MAX_SOURCE: usize = 4096;

/// Text that is no template, or uses more than templates may.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("is not a valid template: {0}")]
    Syntax(String),
    #[error("is longer than {MAX_SOURCE} bytes")]
    TooLong,
    #[error("must not contain {{% {0} %}}; a template may contain {{{{ }}}} and {{% if %}}")]
    Statement(String),
    /// `row` without a column.
    #[error("must use row only with a column: row[\"Column\"]")]
    WholeRow,
    /// The operator could make long text of a short template.
    #[error("must not use {0} in an expression")]
    Operator(char),
}

/// # Errors
/// What a template must not contain.
pub(super) fn check(source: &str) -> Result<(), TemplateError> {
    if source.len() > MAX_SOURCE {
        return Err(TemplateError::TooLong);
    }
    code(source).iter().try_for_each(Code::check)
}

/// The text between `{{` and `}}` or `{%` and `%}`, without the strings in it.
struct Code {
    is_statement: bool,
    text: String,
}

impl Code {
    fn check(&self) -> Result<(), TemplateError> {
        if let Some(operator) = self.text.chars().find(|c| matches!(c, '*' | '{')) {
            return Err(TemplateError::Operator(operator));
        }
        let text = self.text.trim_start_matches(['-', '+']).trim_start();
        let word = &text[..text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len())];
        let mut words = self.text.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_');
        if words.any(|word| word.strip_prefix(ROW).is_some_and(|end| !matches!(end, "[" | ".") && is_word_end(end))) {
            return Err(TemplateError::WholeRow);
        }
        if self.is_statement && !STATEMENTS.contains(&word) {
            return Err(TemplateError::Statement(excerpt(word, 30)));
        }
        Ok(())
    }
}

/// Whether a word ends here: `end` is empty or a character that no word contains.
fn is_word_end(end: &str) -> bool {
    end.chars().all(|c| !c.is_alphanumeric() && c != '_')
}

fn code(source: &str) -> Vec<Code> {
    let (mut found, mut rest) = (Vec::new(), source);
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        let (kind, behind) = rest[at + 1..].split_at(1);
        if kind == "#" {
            rest = behind.split_once("#}").map_or("", |(_, behind)| behind);
            continue;
        }
        let end = if kind == "%" { "%}" } else { "}}" };
        let (text, behind) = split_code(behind, end);
        found.push(Code { is_statement: kind == "%", text });
        rest = behind;
    }
    found
}

/// The code before `end` without the strings in it, and the source after `end`.
fn split_code<'a>(source: &'a str, end: &str) -> (String, &'a str) {
    let (mut text, mut quote) = (String::new(), None);
    let mut chars = source.char_indices();
    while let Some((at, c)) = chars.next() {
        match quote {
            Some(_) if c == '\\' => drop(chars.next()),
            Some(open) => quote = (c != open).then_some(open),
            None if source[at..].starts_with(end) => return (text, &source[at + end.len()..]),
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => text.push(c),
        }
    }
    (text, "")
}

/// The names in `row["…"]` and `row['…']`.
pub(super) fn subscripts(source: &str) -> impl Iterator<Item = String> {
    source.split("row[").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (name, behind) = rest[1..].split_once(quote)?;
        (behind.trim_start().starts_with(']') && !name.contains('\\')).then(|| name.to_owned())
    })
}
