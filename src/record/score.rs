//! Scores: which texts are numbers, and which numbers a survey's type allows.

use std::fmt;

use serde::{Serialize, Serializer};

use super::field::FeedbackType;
use super::problem::ProblemKind;

/// Which scores are allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ScoreRule {
    /// The whole numbers of the type's scale.
    #[default]
    InScale,
    /// Any number.
    Any,
}

/// A finite number, exact if it is whole.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Score(f64);

impl Score {
    /// Beyond it, a float cannot represent every whole number.
    const LARGEST: f64 = 9_007_199_254_740_992.0;

    /// Reads a number from a cell: digits, with an optional minus sign and decimal point. `4.0` is 4.
    ///
    /// # Errors
    /// Why the text is no such number. Commas are refused because `3,500` is ambiguous.
    pub fn parse(text: &str) -> Result<Self, ProblemKind> {
        if let [digit @ b'0'..=b'9'] = text.as_bytes() {
            return Ok(Self(f64::from(digit - b'0')));
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(ProblemKind::Empty);
        }
        if !is_plain_number(text) {
            return Err(why_no_number(text));
        }
        text.parse().map_err(|_| ProblemKind::TooLarge).and_then(Self::new)
    }

    /// # Errors
    /// When the number is too large to be exact, infinite or not a number.
    pub fn new(value: f64) -> Result<Self, ProblemKind> {
        // Adding zero turns -0 into 0: the same score, with the same fingerprint.
        if value.abs() <= Self::LARGEST { Ok(Self(value + 0.0)) } else { Err(ProblemKind::TooLarge) }
    }

    pub const fn value(self) -> f64 {
        self.0
    }

    /// The number as an integer, if it is whole.
    pub fn whole(self) -> Option<i64> {
        // Exact both ways, since no score is beyond LARGEST.
        let whole = self.0 as i64;
        let is_whole = whole as f64 == self.0;
        is_whole.then_some(whole)
    }

    /// The score as a whole number on the type's scale, if it is on it.
    pub fn on_scale(self, of: FeedbackType) -> Option<u8> {
        let score = u8::try_from(self.whole()?).ok()?;
        of.scale().contains(&score).then_some(score)
    }
}

/// `-`? digits (`.` digits)?
fn is_plain_number(text: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.strip_prefix('-').unwrap_or(text);
    match number.split_once('.') {
        Some((whole, decimals)) => is_digits(whole) && is_digits(decimals),
        None => is_digits(number),
    }
}

fn why_no_number(text: &str) -> ProblemKind {
    let without_separators = text.replace([',', '\'', '’', '\u{a0}', '\u{202f}', ' '], "");
    let unsigned = text.trim_start_matches(['-', '+']);
    if text.starts_with('+') && is_plain_number(&text[1..]) {
        ProblemKind::LeadingPlus
    } else if without_separators != text && is_plain_number(&without_separators) {
        ProblemKind::SeparatorInNumber
    } else if ["nan", "inf", "infinity"].iter().any(|word| unsigned.eq_ignore_ascii_case(word)) {
        ProblemKind::NotFinite
    } else {
        ProblemKind::NotANumber
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.whole() {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.serialize_f64(self.0),
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Score;
    use crate::record::{FeedbackType, ProblemKind};

    #[test]
    fn numbers_are_written_in_their_shortest_form() {
        for (text, json) in [
            ("0", "0"),
            ("10", "10"),
            (" 4 ", "4"),
            ("4.0", "4"),
            ("007", "7"),
            ("-1", "-1"),
            ("-0", "0"),
            ("3.5", "3.5"),
            ("9007199254740992", "9007199254740992"),
        ] {
            assert_eq!(serde_json::to_string(&Score::parse(text).unwrap()).unwrap(), json, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_a_reason() {
        for (text, kind) in [
            ("", ProblemKind::Empty),
            ("  ", ProblemKind::Empty),
            ("+4", ProblemKind::LeadingPlus),
            ("3,5", ProblemKind::SeparatorInNumber),
            ("1,000", ProblemKind::SeparatorInNumber),
            ("1 000", ProblemKind::SeparatorInNumber),
            ("1.000,5", ProblemKind::SeparatorInNumber),
            ("NaN", ProblemKind::NotFinite),
            ("-inf", ProblemKind::NotFinite),
            ("Infinity", ProblemKind::NotFinite),
            ("nine", ProblemKind::NotANumber),
            ("9 - Extremely likely", ProblemKind::NotANumber),
            ("4.", ProblemKind::NotANumber),
            (".5", ProblemKind::NotANumber),
            ("1e1", ProblemKind::NotANumber),
            ("0x5", ProblemKind::NotANumber),
            ("--5", ProblemKind::NotANumber),
            ("٤", ProblemKind::NotANumber),
            ("9007199254740994", ProblemKind::TooLarge),
        ] {
            assert_eq!(Score::parse(text), Err(kind), "{text:?}");
        }
        assert_eq!(Score::parse(&"9".repeat(400)), Err(ProblemKind::TooLarge));
    }

    #[test]
    fn each_type_has_the_dashboards_scale() {
        for (of, inside, outside) in [
            (FeedbackType::Nps, ["0", "10"], ["-1", "11"]),
            (FeedbackType::Csat, ["1", "5"], ["0", "6"]),
            (FeedbackType::Thumb, ["0", "1"], ["-1", "2"]),
        ] {
            assert!(inside.iter().all(|text| Score::parse(text).unwrap().on_scale(of).is_some()), "{of}");
            assert!(!outside.iter().any(|text| Score::parse(text).unwrap().on_scale(of).is_some()), "{of}");
            assert!(Score::parse("1.5").unwrap().on_scale(of).is_none());
            assert!(Score::parse("256").unwrap().on_scale(of).is_none());
        }
    }
}
