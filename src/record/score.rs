//! The three kinds of survey and the scores each of them knows (vendor's dashboard pages; the contract itself only says
//! that a score is a number).

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Serialize, Serializer};

use super::problem::ProblemKind;

/// What kind of survey was answered (contract: "One of the feedback survey types THUMB, NPS, or CSAT").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FeedbackType {
    /// Net promoter score: how likely a recommendation is, 0 to 10.
    Nps,
    /// Customer satisfaction, 1 to 5. Which end is best has changed on the vendor's pages: 5 on the current ones.
    Csat,
    /// 1 for like, 0 for dislike.
    Thumb,
}

impl FeedbackType {
    /// All types.
    pub const ALL: [Self; 3] = [Self::Nps, Self::Csat, Self::Thumb];

    /// Its name in the request body.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Nps => "NPS",
            Self::Csat => "CSAT",
            Self::Thumb => "THUMB",
        }
    }

    /// The whole numbers that are its scores.
    pub const fn scale(self) -> RangeInclusive<u8> {
        match self {
            Self::Nps => 0..=10,
            Self::Csat => 1..=5,
            Self::Thumb => 0..=1,
        }
    }

    /// The type that a text means, ignoring case and blanks around it. `Like/Dislike` is what the vendor's other calls
    /// name `THUMB`.
    pub fn parse(text: &str) -> Option<Self> {
        const NAMES: [(&str, FeedbackType); 5] = [
            ("NPS", FeedbackType::Nps),
            ("CSAT", FeedbackType::Csat),
            ("THUMB", FeedbackType::Thumb),
            ("thumbs", FeedbackType::Thumb),
            ("Like/Dislike", FeedbackType::Thumb),
        ];
        let text = text.trim();
        NAMES.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, meant)| meant)
    }
}

impl fmt::Display for FeedbackType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire_name())
    }
}

/// Which scores are let through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ScoreRule {
    /// The whole numbers of the type's scale.
    #[default]
    InScale,
    /// Any number.
    Any,
}

/// A score: a finite number, exact when it is whole.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Score(f64);

impl Score {
    /// Beyond it a float no longer holds every whole number.
    const LARGEST: f64 = 9_007_199_254_740_992.0;

    /// Reads a number as it stands in a cell: digits, perhaps a minus before and decimals behind a point. `4.0` is 4.
    ///
    /// # Errors
    /// What kind of problem the text is, when it isn't such a number. Commas are refused because `3,500` may be either
    /// of two numbers.
    pub fn parse(text: &str) -> Result<Self, ProblemKind> {
        let text = text.trim();
        match text.as_bytes() {
            [] => return Err(ProblemKind::Empty),
            [digit @ b'0'..=b'9'] => return Ok(Self(f64::from(digit - b'0'))),
            _ => {}
        }
        if !is_plain_number(text) {
            return Err(why_no_number(text));
        }
        match text.parse::<f64>() {
            // Adding zero turns -0 into 0, which is the same score and would be another fingerprint.
            Ok(value) if value.abs() <= Self::LARGEST => Ok(Self(value + 0.0)),
            _ => Err(ProblemKind::TooLarge),
        }
    }

    /// The number.
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

    /// Whether the score is one of a type's scale.
    pub fn is_in_scale(self, of: FeedbackType) -> bool {
        self.whole().and_then(|score| u8::try_from(score).ok()).is_some_and(|score| of.scale().contains(&score))
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
    let without_commas = text.replace([',', '\'', '’', '\u{a0}', '\u{202f}', ' '], "");
    let unsigned = text.trim_start_matches(['-', '+']);
    if text.starts_with('+') && is_plain_number(&text[1..]) {
        ProblemKind::LeadingPlus
    } else if without_commas != text && is_plain_number(&without_commas) {
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
    use super::{FeedbackType, ProblemKind, Score};

    #[test]
    fn types_read_whatever_their_case_and_by_their_other_names() {
        for (text, meant) in [
            ("NPS", FeedbackType::Nps),
            (" csat ", FeedbackType::Csat),
            ("Thumb", FeedbackType::Thumb),
            ("THUMBS", FeedbackType::Thumb),
            ("like/dislike", FeedbackType::Thumb),
        ] {
            assert_eq!(FeedbackType::parse(text), Some(meant), "{text}");
        }
        for text in ["", "CES", "NPS1", "like", "N P S"] {
            assert_eq!(FeedbackType::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_read_and_are_written_back_as_short_as_they_can_be() {
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
    fn what_is_no_plain_number_is_refused_for_its_reason() {
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
    fn each_type_has_the_scale_of_the_vendors_dashboard() {
        for (of, inside, outside) in [
            (FeedbackType::Nps, ["0", "10"], ["-1", "11"]),
            (FeedbackType::Csat, ["1", "5"], ["0", "6"]),
            (FeedbackType::Thumb, ["0", "1"], ["-1", "2"]),
        ] {
            assert!(inside.iter().all(|text| Score::parse(text).unwrap().is_in_scale(of)), "{of}");
            assert!(!outside.iter().any(|text| Score::parse(text).unwrap().is_in_scale(of)), "{of}");
            assert!(!Score::parse("1.5").unwrap().is_in_scale(of));
            assert!(!Score::parse("256").unwrap().is_in_scale(of));
        }
    }
}
