//! A field put together from several columns, in minijinja's syntax with all but expressions and `if` taken out: no loops,
//! no variables, no includes, so that a template's work is bounded by its length and by its row's.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, Value};
use minijinja::{Environment, ErrorKind, State, UndefinedBehavior, filters, tests as conditions};

use crate::source::Row;
use crate::text::excerpt;

/// The longest template: more than this is no longer a mapping.
const LONGEST_TEMPLATE: usize = 4096;
/// The longest text that a template may make of a row.
pub const LONGEST_RENDERED: usize = 64 * 1024;
/// How many instructions a row may cost: a template of the longest length has fewer.
const FUEL: u64 = 20_000;
const NAME: &str = "template";
/// The variable that holds the whole row, for columns whose name is none of a variable.
const ROW: &str = "row";
/// The statements that are left.
const STATEMENTS: [&str; 4] = ["if", "elif", "else", "endif"];

/// A text with parts that come from a row's columns: `{{ RecipientEmail or ResponseId }}`, `{{ row["Custom Data 1"] }}`.
#[derive(Clone)]
pub struct Template {
    source: Arc<str>,
    compiled: Arc<Environment<'static>>,
}

/// A text is no template, or a template can't be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It can't be read.
    #[error("can't be read as a template: {0}")]
    Syntax(String),
    /// It is too long.
    #[error("is longer than the {LONGEST_TEMPLATE} bytes that a template may have")]
    TooLong,
    /// A statement other than `if`.
    #[error("may not use {{% {0} %}}: a template has expressions in {{{{ }}}}, and {{% if %}}")]
    Statement(String),
    /// The row as a whole, which is no text.
    #[error("may use row only for one of its columns: row[\"Column\"]")]
    WholeRow,
    /// An operator that could make much of little.
    #[error("may not use {0} in an expression")]
    Operator(char),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// When it isn't one, or uses what templates of mappings can't.
    pub fn new(source: &str) -> Result<Self, TemplateError> {
        if source.len() > LONGEST_TEMPLATE {
            return Err(TemplateError::TooLong);
        }
        code(source).iter().try_for_each(Code::check)?;
        let mut environment = sandbox();
        environment
            .add_template_owned(NAME, source.to_owned())
            .map_err(|error| TemplateError::Syntax(excerpt(&in_words(&error), 200)))?;
        Ok(Self { source: source.into(), compiled: Arc::new(environment) })
    }

    /// The template as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The columns that it surely asks for, as they are named in it.
    pub fn columns(&self) -> Vec<String> {
        let Ok(template) = self.compiled.get_template(NAME) else { return Vec::new() };
        let mut columns: Vec<String> =
            template.undeclared_variables(false).into_iter().filter(|name| name != ROW).collect();
        columns.extend(subscripts(&self.source));
        columns.sort();
        columns.dedup();
        columns
    }

    /// Appends what the template makes of a row to `out`.
    ///
    /// # Errors
    /// In words, when it can't be filled in: a column that isn't there, or more text than a field takes.
    pub fn render(&self, row: &RowValues, out: &mut String) -> Result<(), String> {
        let template = self.compiled.get_template(NAME).map_err(|error| in_words(&error))?;
        let mut rendered = Bounded(Vec::new());
        template.render_captured_to(row.value(), &mut rendered).map_err(|error| in_words(&error))?;
        // A template writes texts, one after the other.
        out.push_str(&String::from_utf8_lossy(&rendered.0));
        Ok(())
    }
}

/// Nothing but what is bounded and knows no other template, file or clock.
fn sandbox() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("lower", filters::lower);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("length", filters::length);
    environment.add_filter("first", filters::first);
    environment.add_filter("last", filters::last);
    environment.add_filter("split", filters::split);
    environment.add_filter("int", filters::int);
    environment.add_filter("float", filters::float);
    environment.add_filter("round", filters::round);
    environment.add_filter("default", filters::default);
    environment.add_filter("replace", replace);
    environment.add_test("startingwith", conditions::is_startingwith);
    environment.add_test("endingwith", conditions::is_endingwith);
    environment.add_test("defined", conditions::is_defined);
    environment.add_test("undefined", conditions::is_undefined);
    environment
}

/// Replacements in a chain could each make a text longer by a factor.
fn replace(_: &State<'_, '_>, text: &str, from: &str, to: &str) -> Result<String, minijinja::Error> {
    let found = if from.is_empty() { text.len() + 1 } else { text.matches(from).count() };
    if found.saturating_mul(to.len()).saturating_add(text.len()) > LONGEST_RENDERED {
        return Err(minijinja::Error::new(ErrorKind::InvalidOperation, "replace makes too long a text"));
    }
    Ok(text.replace(from, to))
}

fn in_words(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => detail.to_owned(),
        None => error.kind().to_string(),
    }
}

/// What stands between `{{` and `}}` or `{%` and `%}`, with the texts in quotes taken out.
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

/// Whether the word ends here: with nothing, or one character that is none of a word's.
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
        let (text, behind) = until(behind, end);
        found.push(Code { is_statement: kind == "%", text });
        rest = behind;
    }
    found
}

/// The code up to `end`, without what is in quotes, and what stands behind.
fn until<'a>(source: &'a str, end: &str) -> (String, &'a str) {
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
fn subscripts(source: &str) -> impl Iterator<Item = String> {
    source.split("row[").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (name, behind) = rest[1..].split_once(quote)?;
        (behind.trim_start().starts_with(']') && !name.contains('\\')).then(|| name.to_owned())
    })
}

/// Takes so much and no more.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST_RENDERED {
            return Err(io::Error::other("too long a text"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A row's cells by their column's names, as templates see them.
#[derive(Debug, Clone)]
pub struct RowValues(Arc<NamedCells>);

#[derive(Debug)]
struct NamedCells {
    columns: Arc<BTreeMap<String, usize>>,
    cells: Vec<Value>,
}

impl RowValues {
    /// The cells of a row under these names.
    pub fn new(columns: &Arc<BTreeMap<String, usize>>, row: &Row) -> Self {
        Self(Arc::new(NamedCells { columns: Arc::clone(columns), cells: row.cells().map(Value::from).collect() }))
    }

    fn value(&self) -> Value {
        Value::from_object(Variables(Arc::clone(&self.0)))
    }
}

/// What a template sees: the columns by their names, and all of them as `row`.
#[derive(Debug)]
struct Variables(Arc<NamedCells>);

impl Object for Variables {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        if key.as_str()? == ROW {
            return Some(Value::from_dyn_object(Arc::clone(&self.0)));
        }
        self.0.get_value(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

impl Object for NamedCells {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.cells.get(*self.columns.get(key.as_str()?)?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Template {}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Template").field(&self.source).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use proptest::prelude::{any, prop, prop_assert, proptest};

    use super::{LONGEST_RENDERED, RowValues, Template, TemplateError};
    use crate::source::Row;

    const CELLS: [(&str, &str); 5] =
        [("Email", ""), ("ResponseId", "R_1"), ("Custom Data 1", "Größe <&>"), ("Score", "9"), ("row", "shadowed")];

    fn values() -> RowValues {
        let names = CELLS.iter().enumerate().map(|(index, (name, _))| ((*name).to_owned(), index));
        let columns: Arc<BTreeMap<_, _>> = Arc::new(names.collect());
        RowValues::new(&columns, &Row::from_cells(1, 2, CELLS.map(|(_, cell)| cell)))
    }

    fn render(source: &str) -> Result<String, String> {
        let mut out = String::new();
        Template::new(source).map_err(|error| error.to_string())?.render(&values(), &mut out).map(|()| out)
    }

    #[test]
    fn a_template_takes_what_it_needs_from_the_row() {
        for (source, text) in [
            ("{{ Email or ResponseId }}", "R_1"),
            ("{{ row[\"Custom Data 1\"] }}!", "Größe <&>!"),
            ("{{ row['row'] }}", "shadowed"),
            ("Survey {{ ResponseId | lower | replace('r_', '#') }}", "Survey #1"),
            ("{% if Score|int >= 9 %}promoter{% elif Score|int > 6 %}passive{% else %}no{% endif %}", "promoter"),
            ("{{ 'yes' if ResponseId is startingwith 'R_' else 'no' }}", "yes"),
            ("{{ (row['Custom Data 1']|split(' '))[0] }}", "Größe"),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(render(source).as_deref(), Ok(text), "{source}");
        }
    }

    #[test]
    fn what_is_not_there_is_an_error_and_never_an_empty_text() {
        for source in [
            "{{ Nope }}",
            "{{ row['Nope'] }}",
            "{{ Nope or 'x' }}",
            "{{ Nope ~ 'x' }}",
            "{{ Email.x.y }}",
            "{{ row }}",
            "{{ row ~ 'x' }}",
        ] {
            assert!(render(source).is_err(), "{source}");
        }
    }

    #[test]
    fn nothing_that_could_reach_further_is_there() {
        for (source, word) in [
            ("{% include 'x' %}", "include"),
            ("{%- for c in Email %}{% endfor %}", "for"),
            ("{% set a = Email %}", "set"),
            ("{%+ with a = 1 %}{% endwith %}", "with"),
            ("{% macro x() %}{% endmacro %}", "macro"),
            ("{% extends 'x' %}", "extends"),
            ("{% raw %}{% endraw %}", "raw"),
        ] {
            assert_eq!(Template::new(source), Err(TemplateError::Statement(word.to_owned())), "{source}");
        }
        for source in ["{{ range(10) }}", "{{ Email|safe }}", "{{ debug() }}", "{{ Email|tojson }}", "{{ x", "{% if %}"]
        {
            assert!(render(source).is_err(), "{source}");
        }
    }

    #[test]
    fn a_template_stays_within_its_bounds() {
        for (source, operator) in [("{{ 'x' * 9 }}", '*'), ("{{ {'a': 1} }}", '{'), ("{% if 2 ** 9 %}{% endif %}", '*')]
        {
            assert_eq!(Template::new(source), Err(TemplateError::Operator(operator)), "{source}");
        }
        assert_eq!(render("** {{ '{*' }} {# * #}").as_deref(), Ok("** {* "));
        let chain = "|replace('x', 'xxxxxxxxxxxxxxxx')".repeat(20);
        assert!(render(&format!("{{{{ 'x'{chain} }}}}")).unwrap_err().contains("too long"));
        assert_eq!(Template::new(&"x".repeat(5000)), Err(TemplateError::TooLong));
    }

    #[test]
    fn the_columns_that_it_asks_for_are_known_beforehand() {
        let template = Template::new("{{ Email or row[\"Custom Data 1\"] }}{{ row['A b'] }}{{ row[Score] }}").unwrap();
        assert_eq!(template.columns(), ["A b", "Custom Data 1", "Email", "Score"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(source in any::<String>()) {
            let _ = render(&source);
        }

        #[test]
        fn no_template_makes_it_panic(parts in prop::collection::vec(prop::sample::select(vec![
            "{{ ", " }}", "{% if ", " %}", "{% endif %}", "Email", "row['Score']", "row", "|", "int", "split(',')", "replace('9', Email)",
            " ~ ", " * ", "1000000", "-1", "[", "]", "(", ")", " == ", "'x'", ".", " in ", "round(99)", "first", "1e999",
        ]), 0..12)) {
            if let Ok(text) = render(&parts.concat()) {
                prop_assert!(text.len() <= LONGEST_RENDERED);
            }
        }
    }
}
