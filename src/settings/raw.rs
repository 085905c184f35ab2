//! A value as it was written, before anything is known of its key: TOML in a file, or the text of an environment
//! variable.

use std::ffi::OsString;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use serde_json::{Number, Value};
use toml::de::{DeInteger, DeValue};

use super::value::{self, ValueError};

/// A written value, and the directories that paths in it start from.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a> {
    pub(super) form: Form<'a>,
    /// Relative paths start here.
    pub(super) base: &'a Path,
    /// `~` in a path.
    pub(super) home: Option<&'a Path>,
}

#[derive(Clone, Copy)]
pub(super) enum Form<'a> {
    Toml(&'a DeValue<'a>),
    Text(&'a str),
}

impl<'a> Raw<'a> {
    pub(super) fn string(self) -> Result<&'a str, ValueError> {
        match self.form {
            Form::Toml(value) => value.as_str().ok_or_else(|| self.wrong_type("a quoted string")),
            Form::Text(text) => Ok(text),
        }
    }

    /// A string that is not blank.
    pub(super) fn text(self) -> Result<String, ValueError> {
        value::text(self.string()?)
    }

    /// A list of strings; in a variable, separated by commas.
    pub(super) fn strings(self) -> Result<Vec<&'a str>, ValueError> {
        const EXPECTED: &str = "a list of quoted strings";
        match self.form {
            Form::Text(text) if text.trim().is_empty() => Ok(Vec::new()),
            Form::Text(text) => Ok(text.split(',').map(str::trim).collect()),
            Form::Toml(DeValue::Array(items)) => {
                items.iter().map(|item| item.get_ref().as_str().ok_or_else(|| self.wrong_type(EXPECTED))).collect()
            }
            Form::Toml(_) => Err(self.wrong_type(EXPECTED)),
        }
    }

    /// A string, or a list of strings.
    pub(super) fn one_or_more(self) -> Result<Vec<&'a str>, ValueError> {
        match self.form {
            Form::Toml(DeValue::String(text)) => Ok(vec![text]),
            _ => self.strings(),
        }
    }

    pub(super) fn boolean(self) -> Result<bool, ValueError> {
        match self.form {
            Form::Toml(value) => value.as_bool().ok_or_else(|| self.wrong_type("true or false")),
            Form::Text(text) => value::boolean(text),
        }
    }

    /// The digits of a whole number.
    pub(super) fn digits(self) -> Result<String, ValueError> {
        match self.form {
            Form::Toml(DeValue::Integer(number)) => integer(number).map(|number| number.to_string()),
            Form::Toml(_) => Err(self.wrong_type("a whole number")),
            Form::Text(text) => Ok(text.to_owned()),
        }
    }

    /// A number or a string, as text.
    pub(super) fn number_or_string(self) -> Result<String, ValueError> {
        match self.form {
            Form::Toml(DeValue::String(text)) => Ok(text.to_string()),
            Form::Toml(DeValue::Float(number)) => Ok(number.as_str().to_owned()),
            Form::Toml(DeValue::Integer(_)) | Form::Text(_) => self.digits(),
            Form::Toml(_) => Err(self.wrong_type("a number")),
        }
    }

    pub(super) fn path(self) -> Result<PathBuf, ValueError> {
        value::path(self.string()?, self.base, self.home)
    }

    /// A program and its arguments. A program without a path is searched for as a shell would; one with a path starts
    /// where other paths start.
    pub(super) fn command(self) -> Result<Vec<OsString>, ValueError> {
        let words = self.strings()?;
        let program = *words.first().filter(|program| !program.trim().is_empty()).ok_or(ValueError::NoProgram)?;
        let mut command: Vec<OsString> = words.iter().map(OsString::from).collect();
        if program.contains(['/', MAIN_SEPARATOR]) {
            command[0] = value::path(program, self.base, self.home)?.into_os_string();
        }
        Ok(command)
    }

    /// The error for a value of another type than `expected`.
    pub(super) fn wrong_type(self, expected: &'static str) -> ValueError {
        let found = match self.form {
            Form::Toml(DeValue::String(_)) | Form::Text(_) => "a string",
            Form::Toml(DeValue::Integer(_)) => "a whole number",
            Form::Toml(DeValue::Float(_)) => "a number",
            Form::Toml(DeValue::Boolean(_)) => "true or false",
            Form::Toml(DeValue::Datetime(_)) => "a date",
            Form::Toml(DeValue::Array(_)) => "a list",
            Form::Toml(DeValue::Table(_)) => "a table",
        };
        ValueError::WrongType { expected, found }
    }

    /// The same value as JSON. Dates become strings.
    pub(super) fn json(self) -> Result<Value, ValueError> {
        match self.form {
            Form::Toml(value) => json(value),
            Form::Text(text) => Ok(text.into()),
        }
    }
}

fn json(value: &DeValue<'_>) -> Result<Value, ValueError> {
    Ok(match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => Value::from(integer(number)?),
        DeValue::Float(number) => {
            let number = number.as_str().parse().ok().and_then(Number::from_f64);
            number.map(Value::Number).ok_or(ValueError::NotFinite)?
        }
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(moment) => Value::String(moment.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect::<Result<_, _>>()?,
        DeValue::Table(entries) => entries
            .iter()
            .map(|(key, value)| Ok((key.get_ref().to_string(), json(value.get_ref())?)))
            .collect::<Result<_, ValueError>>()?,
    })
}

fn integer(number: &DeInteger<'_>) -> Result<i64, ValueError> {
    i64::from_str_radix(number.as_str(), number.radix()).map_err(|_| ValueError::TooLarge)
}
