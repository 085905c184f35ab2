//! Conditions as text: `Country in DE,AT`, in `--filter` and in mappings alike.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::comparison::{Bound, Comparison, DateForm};
use super::condition::{Condition, Pattern, Test};
use crate::record::FoldedSet;
use crate::text::{excerpt, trimmed};

/// A condition as written. Names of columns may contain operators, so only a header tells which column is meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    text: Arc<str>,
    /// One for each operator in the text, in order; at least one.
    pub(super) readings: Vec<Reading>,
}

/// One way to read a clause. What is wrong with its value only matters if there is such a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    pub(super) column: String,
    pub(super) test: Result<Test, ClauseError>,
}

/// Text that is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClauseError {
    #[error("{0:?} is not a condition; expected COLUMN=VALUE, or one of != < <= > >= ~ !~ in, not in instead of =")]
    NoOperator(String),
    #[error(
        "{0:?} is neither a number nor an unambiguous date; write a date as 2026-01-31 or 2026-01-31 14:05, without a \
         time zone"
    )]
    NotComparable(String),
    #[error("{pattern:?} is not a regular expression: {why}")]
    NotAPattern { pattern: String, why: String },
    #[error("{0:?} contains an empty value; write \"\" for a blank cell")]
    EmptyValue(String),
    #[error("{0:?} compares no dates, so date has no effect")]
    NoDates(String),
}

/// Longer ones before those that they start with. The words need spaces around them.
const OPERATORS: [(&str, Operator); 10] = [
    (" not in ", Operator::In(false)),
    (" in ", Operator::In(true)),
    ("!=", Operator::Is(false)),
    ("!~", Operator::Pattern(false)),
    ("<=", Operator::Compare(Comparison::AtMost)),
    (">=", Operator::Compare(Comparison::AtLeast)),
    ("=", Operator::Is(true)),
    ("~", Operator::Pattern(true)),
    ("<", Operator::Compare(Comparison::Less)),
    (">", Operator::Compare(Comparison::Greater)),
];

#[derive(Debug, Clone, Copy)]
enum Operator {
    Is(bool),
    In(bool),
    Pattern(bool),
    Compare(Comparison),
}

impl Clause {
    /// The column contains one of these values, or none of them.
    pub fn values(column: &str, values: FoldedSet, is: bool) -> Self {
        let list = values.iter().collect::<Vec<_>>().join(",");
        let text = format!("{column}{}{list}", if is { " in " } else { " not in " }).into();
        let test = Ok(Test::OneOf { values, is });
        Self { text, readings: vec![Reading { column: column.to_owned(), test }] }
    }

    /// Reads a condition. The cells' dates have the form `dates`, or else that of ISO 8601.
    ///
    /// # Errors
    /// When there is no operator, or no operator has a value that fits.
    pub(crate) fn parse(text: &str, dates: Option<&DateForm>) -> Result<Self, ClauseError> {
        let text = trimmed(text);
        let named = splits(text).filter(|(column, ..)| !trimmed(column).is_empty());
        let reading = |(column, operator, value): (&str, Operator, &str)| {
            let (column, value) = (trimmed(column).to_owned(), trimmed(value));
            Reading { column, test: operator.test(value, dates) }
        };
        let readings: Vec<_> = named.map(reading).collect();
        let Some(first) = readings.first() else { return Err(ClauseError::NoOperator(excerpt(text, 60))) };
        if let (Err(error), false) = (&first.test, readings.iter().any(|reading| reading.test.is_ok())) {
            return Err(error.clone());
        }
        let compares_dates = |reading: &Reading| matches!(reading.test, Ok(Test::Compared(_, Bound::Date(..))));
        if dates.is_some() && !readings.iter().any(compares_dates) {
            return Err(ClauseError::NoDates(excerpt(text, 60)));
        }
        Ok(Self { text: text.into(), readings })
    }

    /// The column and values, if the clause only lists values and can be read in one way.
    pub fn as_values(&self) -> Option<(&str, &FoldedSet, bool)> {
        match &self.readings[..] {
            [Reading { column, test: Ok(Test::OneOf { values, is }) }] => Some((column, values, *is)),
            _ => None,
        }
    }

    /// The form of the dates that it compares, if it is not ISO 8601.
    pub fn date_form(&self) -> Option<&str> {
        self.readings.iter().find_map(|reading| match &reading.test {
            Ok(Test::Compared(_, bound)) => bound.form(),
            _ => None,
        })
    }

    /// The condition for the first column that exists, by any reading. `find` returns a column's index.
    ///
    /// # Errors
    /// `Ok(column)` if no column exists, the first that was meant; else what is wrong with the value.
    pub(super) fn resolve(
        &self,
        find: impl Fn(&str) -> Option<usize>,
    ) -> Result<Condition<usize>, Result<&str, &ClauseError>> {
        let found = self.readings.iter().find_map(|reading| Some((find(&reading.column)?, &reading.test)));
        match found {
            Some((column, Ok(test))) => Ok(Condition { column, test: test.clone() }),
            Some((_, Err(error))) => Err(Err(error)),
            None => Err(Ok(self.readings.first().map_or("", |reading| &reading.column))),
        }
    }
}

/// The text before and after each operator. Operators do not overlap.
fn splits(text: &str) -> impl Iterator<Item = (&str, Operator, &str)> {
    let (mut at, mut found) = (0, Vec::new());
    while let Some(rest) = text.get(at..) {
        let starts = |name: &str| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        if let Some((name, operator)) = OPERATORS.iter().find(|(name, _)| starts(name)) {
            let behind = at + name.len();
            found.push((&text[..at], *operator, &text[behind..]));
            at = behind;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found.into_iter()
}

impl Operator {
    fn test(self, value: &str, dates: Option<&DateForm>) -> Result<Test, ClauseError> {
        match self {
            Self::Is(is) => Ok(Test::OneOf { values: FoldedSet::new([value]), is }),
            Self::In(is) => Ok(Test::OneOf { values: FoldedSet::new(list(value)?), is }),
            Self::Pattern(is) => match Pattern::new(value) {
                Ok(pattern) => Ok(Test::Pattern { pattern, is }),
                Err(why) => Err(ClauseError::NotAPattern { pattern: excerpt(value, 60), why: excerpt(&why, 100) }),
            },
            Self::Compare(comparison) => {
                let bound = Bound::parse(value, dates).ok_or_else(|| ClauseError::NotComparable(excerpt(value, 60)))?;
                Ok(Test::Compared(comparison, bound))
            }
        }
    }
}

/// Values separated by commas. One with a comma in it, or none, is written in double quotes.
fn list(text: &str) -> Result<Vec<String>, ClauseError> {
    let mut values = vec![(String::new(), false)];
    let mut is_quoted = false;
    for c in text.chars() {
        let (value, was_quoted) = values.last_mut().expect("at least one value");
        match c {
            '"' if is_quoted || trimmed(value).is_empty() => (is_quoted, *was_quoted) = (!is_quoted, true),
            ',' if !is_quoted => values.push((String::new(), false)),
            c => value.push(c),
        }
    }
    let is_missing = |(value, was_quoted): &(String, bool)| trimmed(value).is_empty() && !was_quoted;
    if is_quoted || values.iter().any(is_missing) {
        return Err(ClauseError::EmptyValue(excerpt(text, 60)));
    }
    Ok(values.into_iter().map(|(value, _)| value).collect())
}

impl FromStr for Clause {
    type Err = ClauseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text, None)
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{Clause, ClauseError};
    use crate::record::{FoldedSet, ProblemKind};
    use crate::source::Row;

    /// Whether a row with these cells matches, below a header with these columns.
    fn matches(clause: &str, columns: &[&str], cells: &[&str]) -> Result<bool, ProblemKind> {
        let clause: Clause = clause.parse().unwrap();
        let condition = clause.resolve(|name| columns.iter().position(|column| *column == name)).unwrap();
        condition.matches(&Row::from_cells(1, 2, cells.iter().copied())).map_err(|(_, kind)| kind)
    }

    #[test]
    fn every_operator_has_its_meaning() {
        for (clause, cell, expected) in [
            ("a=IP Address", " ip address", true),
            ("a != Spam", "spam", false),
            ("a=b=c", "b=c", true),
            ("a=", " ", true),
            ("a!=", "\u{a0}", false),
            ("a in DE, AT", "at ", true),
            ("a IN DE,AT", "CH", false),
            ("a not in DE,AT", "CH", true),
            ("a in \"Korea, Republic of\",DE", "korea, republic of", true),
            ("a in DE,\"\"", "", true),
            ("a~^great", "Great service", true),
            ("a ~ ^great", "not great", false),
            ("a!~spam|test", "A Test", false),
            ("a>=3", "10", true),
            ("a<3", "2.9", true),
            ("a<3", "", false),
            ("a>=3", "", false),
            ("a > 2026-01-31", "2026-02-01 08:00", true),
        ] {
            assert_eq!(matches(clause, &["a"], &[cell]), Ok(expected), "{clause}: {cell:?}");
        }
        assert_eq!(matches("a>=3", &["a"], &["three"]), Err(ProblemKind::NotComparable));
    }

    #[test]
    fn the_header_decides_where_a_name_ends() {
        for (clause, column) in [
            ("Satisfied in general=yes", "Satisfied in general"),
            ("Age <18=yes", "Age <18"),
            ("a -> b = yes", "a -> b"),
            ("x~y=yes", "x~y"),
        ] {
            assert_eq!(matches(clause, &[column], &["yes"]), Ok(true), "{clause}");
        }
        // The first operator decides if both columns exist.
        assert_eq!(matches("x~y=yes", &["x", "x~y"], &["y=yes", ""]), Ok(true));
        let clause: Clause = "Date>x=2".parse().unwrap();
        let error = clause.resolve(|name| (name == "Date").then_some(0)).unwrap_err();
        assert!(matches!(error, Err(ClauseError::NotComparable(value)) if value == "x=2"));
        assert_eq!(clause.resolve(|_| None), Err(Ok("Date")));
    }

    #[test]
    fn a_wrong_clause_says_why() {
        for (clause, said) in [
            ("Status", "expected COLUMN=VALUE"),
            ("=x", "expected COLUMN=VALUE"),
            ("!=x", "expected COLUMN=VALUE"),
            (" = ", "expected COLUMN=VALUE"),
            ("a>=x", "\"x\" is neither a number nor an unambiguous date"),
            ("a>=03/04/2026", "write a date as 2026-01-31"),
            ("a~(", "\"(\" is not a regular expression: unclosed group"),
            ("a~\\w{9999}{999}", "too large"),
            ("a in b,,c", "contains an empty value"),
            ("a in \"b", "contains an empty value"),
        ] {
            let error = clause.parse::<Clause>().unwrap_err().to_string();
            assert!(error.contains(said), "{clause}: {error}");
        }
        assert!(format!("a~{}", "x".repeat(1001)).parse::<Clause>().is_err());
    }

    #[test]
    fn only_lists_of_values_have_columns_and_values() {
        let clause: Clause = "Country in DE,AT".parse().unwrap();
        let values = FoldedSet::new(["DE", "AT"]);
        assert_eq!(clause.as_values(), Some(("Country", &values, true)));
        assert_eq!(Clause::values("Country", values, false).to_string(), "Country not in at,de");
        assert_eq!("a~b=c".parse::<Clause>().unwrap().as_values(), None);
    }

    proptest! {
        #[test]
        fn a_clause_reads_again_as_the_same(text in any::<String>(), like in "[ab \"=!<>~,0-9-]{1,12}( in | not in )?[ab0-9,\"(]{0,6}") {
            for text in [text, like] {
                if let Ok(clause) = text.parse::<Clause>() {
                    prop_assert_eq!(clause.to_string().parse::<Clause>(), Ok(clause));
                }
            }
        }
    }
}
