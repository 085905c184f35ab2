//! What the user said about fields and rows, before any header is known.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::{MappingSpec, RowSelection};
use crate::error::{Advice, did_you_mean, nearest};
use crate::record::Field;
use crate::text::excerpt;

/// Everything a header is resolved against. A field's source is decided in this order: `map` and `set`, `spec`, `columns`,
/// a header that is the field's name, `defaults`. The spec's conversion of a field also applies to a column from `map`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MappingOptions {
    /// `--map field=column`.
    pub map: Vec<(Field, String)>,
    /// `--set field=value`.
    pub set: Vec<(Field, String)>,
    /// The mapping over the preset.
    pub spec: MappingSpec,
    /// The rows to send.
    pub selection: RowSelection,
    /// The profile's `columns`.
    pub columns: BTreeMap<Field, String>,
    /// The profile's `defaults`.
    pub defaults: BTreeMap<Field, String>,
}

/// `field=text`, as `--map` and `--set` take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub field: Field,
    /// Everything after the first `=`, unchanged.
    pub text: String,
}

/// Text that assigns nothing to a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssignmentError {
    #[error("{0:?} contains no =; expected FIELD=TEXT")]
    NoEquals(String),
    #[error("{given:?} is not a field{}", did_you_mean(*nearest))]
    NoField { given: String, nearest: Option<&'static str> },
}

impl FromStr for Assignment {
    type Err = AssignmentError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let (name, text) = given.split_once('=').ok_or_else(|| AssignmentError::NoEquals(excerpt(given, 60)))?;
        let no_field = || AssignmentError::NoField {
            given: excerpt(name, 40),
            nearest: nearest(name.trim(), Field::ROW.map(Field::key)),
        };
        let field = Field::from_name(name).ok_or_else(no_field)?;
        Ok(Self { field, text: text.to_owned() })
    }
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.field, self.text)
    }
}

impl Advice for AssignmentError {
    fn hint(&self) -> Option<String> {
        Some(format!("the fields are {}", Field::ROW.map(Field::key).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Assignment, AssignmentError};
    use crate::record::Field;

    #[test]
    fn an_assignment_splits_at_the_first_equals_sign() {
        for (given, field, text) in [
            ("channel_uid=Kundennummer", Field::ChannelUid, "Kundennummer"),
            ("channelUId= E-Mail ", Field::ChannelUid, " E-Mail "),
            ("message=a=b", Field::Message, "a=b"),
            ("message=", Field::Message, ""),
        ] {
            assert_eq!(given.parse(), Ok(Assignment { field, text: text.into() }));
        }
    }

    #[test]
    fn a_wrong_assignment_says_why() {
        let error = "score".parse::<Assignment>().unwrap_err();
        assert!(matches!(error, AssignmentError::NoEquals(_)), "{error}");
        let error = "scroe=Q1".parse::<Assignment>().unwrap_err();
        assert_eq!(error.to_string(), "\"scroe\" is not a field; did you mean \"score\"?");
        assert_eq!("q=1".parse::<Assignment>().unwrap_err().to_string(), "\"q\" is not a field");
    }
}
