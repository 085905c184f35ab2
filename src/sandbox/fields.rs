//! Reading fields from JSON request bodies, collecting every problem with them.

use serde_json::Value;

use super::response::ApiError;

type Read<T> = fn(Value) -> Option<T>;

/// Takes fields out of a JSON object. `filters.from` names a field of the object `filters`.
pub(super) struct FieldReader {
    body: Value,
    problems: Vec<String>,
}

impl FieldReader {
    pub(super) fn new(body: &[u8]) -> Result<Self, ApiError> {
        match serde_json::from_slice(body) {
            Ok(body @ Value::Object(_)) => Ok(Self { body, problems: Vec::new() }),
            Ok(_) => Err(ApiError::invalid_body(["the body is not a JSON object".to_owned()])),
            Err(_) => Err(ApiError::invalid_body(["the body is not valid JSON".to_owned()])),
        }
    }

    /// A field, unless it is missing or null.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.body.pointer(&pointer(name)).filter(|value| !value.is_null())
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.body.pointer_mut(&pointer(name)).map(Value::take).filter(|value| !value.is_null())
    }

    pub(super) fn problem(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    /// A required field; `read` gives nothing for a value that is not what is `expected`.
    pub(super) fn required<T>(&mut self, name: &str, expected: &str, read: Read<T>) -> Option<T> {
        let Some(value) = self.take(name) else {
            self.problem(format!("{name} is required"));
            return None;
        };
        let value = read(value);
        if value.is_none() {
            self.problem(format!("{name} must be {expected}"));
        }
        value
    }

    /// A field that may be missing.
    pub(super) fn optional<T>(&mut self, name: &str, expected: &str, read: Read<T>) -> Option<T> {
        self.get(name)?;
        self.required(name, expected, read)
    }

    /// A required text that is not empty.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        if self.get(name).is_some_and(|value| value == "") {
            self.take(name);
        }
        self.required(name, "a string", string)
    }

    /// The result of reading, unless there were problems.
    pub(super) fn finish<T>(self, result: T) -> Result<T, ApiError> {
        if self.problems.is_empty() { Ok(result) } else { Err(ApiError::invalid_body(self.problems)) }
    }
}

fn pointer(name: &str) -> String {
    format!("/{}", name.replace('.', "/"))
}

pub(super) fn string(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}
