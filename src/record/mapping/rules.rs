//! What the user said about columns and constants, before any header is known.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::{Description, SelectionRules};
use crate::error::{Advice, nearest};
use crate::record::Field;
use crate::text::excerpt;

/// What was said about where fields come from. In this order it decides: `map` and `set`, `description`, `columns`, the
/// headers' own names, `defaults`. What a description makes of a field holds for a column given with `map`, too.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MappingRules {
    /// `--map field=column`.
    pub map: Vec<(Field, String)>,
    /// `--set field=value`.
    pub set: Vec<(Field, String)>,
    /// The mapping and the preset that were named.
    pub description: Description,
    /// Which rows are asked for.
    pub selection: SelectionRules,
    /// The profile's `columns`.
    pub columns: BTreeMap<Field, String>,
    /// The profile's `defaults`.
    pub defaults: BTreeMap<Field, String>,
}

/// `field=text`, as `--map` and `--set` take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The field.
    pub field: Field,
    /// What stands behind the first `=`, exactly.
    pub text: String,
}

/// A text is no assignment to a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssignmentError {
    /// There is no `=`.
    #[error("{given:?} has no = in it: write field=text")]
    NoEquals {
        /// What was given.
        given: String,
    },
    /// What stands before the `=` is no field.
    #[error("{given:?} is not a field{}", nearest.map_or_else(String::new, |field| format!(" (did you mean {field}?)")))]
    NoField {
        /// What stands there.
        given: String,
        /// The field it is nearest to.
        nearest: Option<&'static str>,
    },
}

impl FromStr for Assignment {
    type Err = AssignmentError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let (name, text) =
            given.split_once('=').ok_or_else(|| AssignmentError::NoEquals { given: excerpt(given, 60) })?;
        let no_field = || AssignmentError::NoField {
            given: excerpt(name, 40),
            nearest: nearest(name.trim(), Field::OF_ROWS.map(Field::key)),
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
        Some(format!("the fields are {}", Field::OF_ROWS.map(Field::key).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Assignment, AssignmentError};
    use crate::record::Field;

    #[test]
    fn an_assignment_is_a_field_and_all_behind_the_first_equals_sign() {
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
    fn what_is_no_assignment_is_named() {
        let error = "score".parse::<Assignment>().unwrap_err();
        assert!(matches!(error, AssignmentError::NoEquals { .. }), "{error}");
        let error = "scroe=Q1".parse::<Assignment>().unwrap_err();
        assert_eq!(error.to_string(), "\"scroe\" is not a field (did you mean score?)");
        assert_eq!("q=1".parse::<Assignment>().unwrap_err().to_string(), "\"q\" is not a field");
    }
}
