//! The templates of web pages.

use minijinja::{AutoEscape, Environment, filters};

use crate::text::grouped;

/// An environment that escapes every value for HTML. It has the filters that pages use and no others: all built-in ones would
/// make the program 2% larger.
pub(crate) fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("join", filters::join);
    environment.add_filter("length", filters::length);
    environment.add_filter("round", filters::round);
    environment.add_filter("safe", filters::safe);
    environment.add_filter("grouped", grouped);
    environment
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::environment;

    #[test]
    fn values_are_escaped_unless_marked_safe() {
        let template = "{{ text }}{{ texts|join(text) }}{{ text|safe }}";
        let page = environment().render_str(template, context! { text => "<", texts => ["&", "\""] });
        assert_eq!(page.unwrap(), "&lt;&amp;&lt;&quot;<");
    }
}
