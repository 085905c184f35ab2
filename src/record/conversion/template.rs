//! A field put together from several columns. Templates have minijinja's syntax reduced to expressions and `if`: without
//! loops, variables and includes, the work is bounded by the template's length and the row's.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, Value};
use minijinja::{Environment, ErrorKind, State, UndefinedBehavior, filters, tests as conditions};

use super::template_syntax::{ROW, TemplateError, check, subscripts};
use crate::source::{Place, Row};
use crate::text::{excerpt, trimmed};

/// The longest text that a template may make of a row, in bytes.
pub(crate) const MAX_RENDERED: usize = 64 * 1024;
/// How many instructions a row may cost. The longest template has fewer.
const FUEL: u64 = 20_000;
const NAME: &str = "template";

/// Text with parts from a row's columns: `{{ RecipientEmail or ResponseId }}`, `{{ row["Custom Data 1"] }}`.
#[derive(Clone)]
pub struct Template {
    source: Arc<str>,
    compiled: Arc<Environment<'static>>,
}

impl Template {
    /// # Errors
    /// When the source is no template, or uses what templates of mappings may not use.
    pub fn new(source: &str) -> Result<Self, TemplateError> {
        check(source)?;
        let mut environment = limited_environment();
        environment
            .add_template_owned(NAME, source.to_owned())
            .map_err(|error| TemplateError::Syntax(excerpt(&reason(&error), 200)))?;
        Ok(Self { source: source.into(), compiled: Arc::new(environment) })
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    /// The columns that the template names, sorted.
    pub fn columns(&self) -> Vec<String> {
        let Ok(template) = self.compiled.get_template(NAME) else { return Vec::new() };
        let variables = template.undeclared_variables(false).into_iter().filter(|name| name != ROW);
        let mut columns: Vec<String> = variables.chain(subscripts(&self.source)).collect();
        columns.sort();
        columns.dedup();
        columns
    }

    /// Appends the text that the template makes of a row to `out`.
    ///
    /// # Errors
    /// Why the template failed: an unknown column, or more text than a field may have.
    pub fn render(&self, row: &RowValues, out: &mut String) -> Result<(), String> {
        let template = self.compiled.get_template(NAME).map_err(|error| reason(&error))?;
        let mut rendered = Bounded(Vec::new());
        template.render_captured_to(Value::from_object(row.clone()), &mut rendered).map_err(|error| reason(&error))?;
        // Templates only write whole texts, so nothing is lost.
        out.push_str(&String::from_utf8_lossy(&rendered.0));
        Ok(())
    }
}

/// Only functions with bounded work, and no other templates, files or clocks.
fn limited_environment() -> Environment<'static> {
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

/// A chain of replacements could multiply a text's length again and again.
fn replace(_: &State<'_, '_>, text: &str, from: &str, to: &str) -> Result<String, minijinja::Error> {
    let found = if from.is_empty() { text.len() + 1 } else { text.matches(from).count() };
    if found.saturating_mul(to.len()).saturating_add(text.len()) > MAX_RENDERED {
        return Err(minijinja::Error::new(ErrorKind::InvalidOperation, "replace makes the text too long"));
    }
    Ok(text.replace(from, to))
}

fn reason(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

/// Fails when more than `MAX_RENDERED` bytes are written.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_RENDERED {
            return Err(io::Error::other("text is too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The variables of a template: each of a row's cells by its column's name, and all of them as `row`.
#[derive(Debug, Clone)]
pub struct RowValues(Arc<NamedCells>);

#[derive(Debug)]
struct NamedCells {
    columns: Arc<BTreeMap<String, usize>>,
    cells: Vec<Value>,
    place: Option<Arc<Place>>,
    number: u64,
}

/// The names of the file, the sheet and the row's number in a template. Columns with these names hide them, as in a failure
/// report, whose own file and rows are not those of the input.
pub(crate) const PLACES: [&str; 3] = ["_file", "_sheet", "_row_number"];

pub(crate) fn is_place(name: &str) -> bool {
    PLACES.contains(&name)
}

/// What one of these names means for a row.
pub(crate) fn place_text(name: &str, place: Option<&Place>, number: u64) -> Option<String> {
    match PLACES.iter().position(|known| *known == name)? {
        0 => Some(place?.file.clone()),
        1 => Some(place?.sheet.clone()),
        _ => Some(number.to_string()),
    }
}

impl RowValues {
    pub fn new(columns: &Arc<BTreeMap<String, usize>>, row: &Row, keeps_blanks: bool) -> Self {
        let value = |cell| Value::from(if keeps_blanks { cell } else { trimmed(cell) });
        let (columns, cells) = (Arc::clone(columns), row.cells().map(value).collect());
        Self(Arc::new(NamedCells { columns, cells, place: row.place.clone(), number: row.number }))
    }
}

impl Object for RowValues {
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
        let name = key.as_str()?;
        match self.columns.get(name) {
            Some(column) => self.cells.get(*column).cloned(),
            None => place_text(name, self.place.as_deref(), self.number).map(Value::from),
        }
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

    use super::{MAX_RENDERED, RowValues, Template};
    use crate::record::TemplateError;
    use crate::source::Row;

    const CELLS: [(&str, &str); 5] =
        [("Email", " "), ("ResponseId", "R_1"), ("Custom Data 1", "Größe <&>"), ("Score", "9"), ("row", "shadowed")];

    fn values() -> RowValues {
        let names = CELLS.iter().enumerate().map(|(index, (name, _))| ((*name).to_owned(), index));
        let columns: Arc<BTreeMap<_, _>> = Arc::new(names.collect());
        RowValues::new(&columns, &Row::from_cells(1, 2, CELLS.map(|(_, cell)| cell)), false)
    }

    fn render(source: &str) -> Result<String, String> {
        let mut out = String::new();
        Template::new(source).map_err(|error| error.to_string())?.render(&values(), &mut out).map(|()| out)
    }

    #[test]
    fn templates_fill_in_columns() {
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
    fn unknown_columns_are_errors() {
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
    fn statements_and_functions_are_limited() {
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
    fn templates_are_bounded() {
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
    fn the_columns_of_a_template_are_known() {
        let template = Template::new("{{ Email or row[\"Custom Data 1\"] }}{{ row['A b'] }}{{ row[Score] }}").unwrap();
        assert_eq!(template.columns(), ["A b", "Custom Data 1", "Email", "Score"]);
    }

    proptest! {
        #[test]
        fn no_text_panics(source in any::<String>()) {
            let _ = render(&source);
        }

        #[test]
        fn no_template_panics(parts in prop::collection::vec(prop::sample::select(vec![
            "{{ ", " }}", "{% if ", " %}", "{% endif %}", "Email", "row['Score']", "row", "|", "int", "split(',')", "replace('9', Email)",
            " ~ ", " * ", "1000000", "-1", "[", "]", "(", ")", " == ", "'x'", ".", " in ", "round(99)", "first", "1e999",
        ]), 0..12)) {
            if let Ok(text) = render(&parts.concat()) {
                prop_assert!(text.len() <= MAX_RENDERED);
            }
        }
    }
}
