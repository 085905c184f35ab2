//! The prompt that `submit` and `import` share.

use dialoguer::{Input, theme::ColorfulTheme};

use crate::record::{Field, check_value};

/// Asks for a valid value of the field.
pub(super) fn ask_value(
    theme: &ColorfulTheme,
    field: Field,
    prompt: impl Into<String>,
    offered: Option<&str>,
) -> dialoguer::Result<String> {
    let mut input =
        Input::<String>::with_theme(theme).with_prompt(prompt).allow_empty(field == Field::Message).validate_with(
            move |text: &String| check_value(field, text).map_or(Ok(()), |problem| Err(problem.to_string())),
        );
    if let Some(offered) = offered {
        input = input.default(offered.to_owned()).show_default(!offered.is_empty());
    }
    input.interact_text()
}
