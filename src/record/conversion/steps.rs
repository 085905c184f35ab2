//! The conversion of one field, step by step: values that stand for others, leading numbers, scales.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::number::{DecimalSign, leading_number, localized};
use super::scale::Scale;
use crate::record::{FeedbackType, ProblemKind, Score};
use crate::text::{counted, trimmed};

/// The steps from a cell's text to a field's value, in the order of the fields here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conversion {
    /// Keeps the blanks around the text of a cell or template, which are removed otherwise.
    pub keep_blanks: bool,
    /// Replaces whole texts. The replacement is sent as it is: no other step applies to it.
    pub values: ValueMap,
    pub lower_case: bool,
    /// Takes the number at the start of the text: 9 from `9 - Extremely likely`.
    pub leading_number: bool,
    /// Reads numbers with this sign before their decimals, and with separators of thousands.
    pub decimal: Option<DecimalSign>,
    pub scale: Option<Scale>,
    /// Turns the scale around: the best score becomes the worst.
    pub invert: bool,
}

impl Conversion {
    /// Whether it leaves every text unchanged.
    pub fn is_identity(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the score if a scale was applied, and otherwise appends the converted text to `out`. `of` is the record's
    /// type; a score without a scale of its own is inverted on the type's.
    ///
    /// # Errors
    /// When the text cannot be converted.
    pub fn convert(
        &self,
        text: &str,
        of: Option<FeedbackType>,
        out: &mut String,
    ) -> Result<Option<Score>, ProblemKind> {
        if let Some(replacement) = self.values.get(text) {
            out.push_str(replacement);
            return Ok(None);
        }
        let text = if self.leading_number { leading_number(text, self.decimal)? } else { text };
        if self.scale.is_some() || self.invert || self.decimal.is_some() {
            let score = self.decimal.map_or_else(|| Score::parse(text), |sign| localized(text, sign))?;
            return self.scaled(score.value(), of).and_then(Score::new).map(Some);
        }
        if self.lower_case {
            out.extend(text.chars().flat_map(char::to_lowercase));
        } else {
            out.push_str(text);
        }
        Ok(None)
    }

    fn scaled(&self, score: f64, of: Option<FeedbackType>) -> Result<f64, ProblemKind> {
        let converted = match self.scale {
            Some(scale) => scale.convert(score).ok_or(ProblemKind::OffSourceScale)?,
            None => score,
        };
        Ok(match (self.invert, self.scale, of) {
            (true, Some(scale), _) => scale.invert(converted),
            (true, None, Some(of)) => {
                let (low, high) = of.scale().into_inner();
                f64::from(low) + f64::from(high) - converted
            }
            // Without a type the record is invalid anyway.
            (true, None, None) | (false, ..) => converted,
        })
    }

    /// Describes each step it takes; empty if it takes none.
    pub fn steps(&self) -> Vec<String> {
        let values =
            (!self.values.is_empty()).then(|| format!("{} mapped", counted(self.values.len() as u64, "value")));
        let flag = |is_set: bool, step: &str| is_set.then(|| step.to_owned());
        let steps = [
            flag(self.keep_blanks, "blanks kept"),
            values,
            flag(self.lower_case, "lower case"),
            flag(self.leading_number, "leading number"),
            self.decimal.map(|sign| format!("decimal \"{sign}\"")),
            self.scale.map(|scale| scale.to_string()),
            flag(self.invert, "inverted"),
        ];
        steps.into_iter().flatten().collect()
    }

    /// Equal for two conversions if and only if they do the same. Ledgers store it, so a conversion that older versions knew
    /// keeps its text: newer steps are only written if they are taken.
    pub(in crate::record) fn canonical(&self) -> String {
        let values: Vec<_> = self.values.pairs().map(|(text, meaning)| [text, meaning]).collect();
        let mut steps = vec![
            json!(values),
            json!(self.values.ignores_case()),
            json!(self.lower_case),
            json!(self.leading_number),
            json!(self.scale.map(|scale| scale.to_string())),
            json!(self.invert),
        ];
        steps.extend(self.decimal.map(|sign| json!(format!("decimal {sign}"))));
        steps.extend(self.keep_blanks.then(|| json!("blanks kept")));
        Value::from(steps).to_string()
    }
}

/// Maps texts to their meanings. Surrounding blanks are ignored, and case if asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueMap {
    meanings: HashMap<Box<str>, Box<str>>,
    ignore_case: bool,
}

impl ValueMap {
    /// # Errors
    /// The key that appears twice.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>, ignore_case: bool) -> Result<Self, String> {
        let mut map = Self { meanings: HashMap::new(), ignore_case };
        for (text, meaning) in pairs {
            let key = if ignore_case { trimmed(&text).to_lowercase() } else { trimmed(&text).to_owned() };
            if map.meanings.insert(key.into(), meaning.into()).is_some() {
                return Err(text);
            }
        }
        Ok(map)
    }

    /// The text's meaning, if the map contains it.
    pub fn get(&self, text: &str) -> Option<&str> {
        let text = trimmed(text);
        let found = if self.ignore_case { self.meanings.get(&*text.to_lowercase()) } else { self.meanings.get(text) };
        found.map(|meaning| &**meaning)
    }

    /// Whether some text has this meaning, apart from surrounding spaces.
    pub fn has_meaning(&self, meaning: &str) -> bool {
        self.meanings.values().any(|known| known.trim() == meaning)
    }

    pub fn len(&self) -> usize {
        self.meanings.len()
    }

    pub fn is_empty(&self) -> bool {
        self.meanings.is_empty()
    }

    /// All texts and their meanings, sorted.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut pairs: Vec<_> = self.meanings.iter().map(|(text, meaning)| (&**text, &**meaning)).collect();
        pairs.sort_unstable();
        pairs.into_iter()
    }

    pub fn ignores_case(&self) -> bool {
        self.ignore_case
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::{Conversion, ValueMap};
    use crate::record::{FeedbackType, ProblemKind, Score};

    fn convert(conversion: &Conversion, text: &str, of: FeedbackType) -> Result<String, ProblemKind> {
        let mut out = String::new();
        let score = conversion.convert(text, Some(of), &mut out)?;
        Ok(score.map_or(out, |score| score.to_string()))
    }

    #[test]
    fn steps_apply_in_order() {
        let pairs = [("good", "1"), ("bad", "0")].map(|(text, meaning)| (text.to_owned(), meaning.to_owned()));
        let thumbs = Conversion { values: ValueMap::new(pairs, true).unwrap(), ..Conversion::default() };
        assert_eq!(convert(&thumbs, "Good", FeedbackType::Thumb), Ok("1".into()));
        assert_eq!(convert(&thumbs, "0", FeedbackType::Thumb), Ok("0".into()));

        let likely = Conversion { leading_number: true, ..Conversion::default() };
        assert_eq!(convert(&likely, "9 - Extremely likely", FeedbackType::Nps), Ok("9".into()));

        let percent =
            Conversion { leading_number: true, scale: Some("0-100 -> 1-5".parse().unwrap()), ..likely.clone() };
        assert_eq!(convert(&percent, "75 %", FeedbackType::Csat), Ok("4".into()));
        assert_eq!(convert(&percent, "101 %", FeedbackType::Csat), Err(ProblemKind::OffSourceScale));

        let inverted = Conversion { invert: true, ..Conversion::default() };
        assert_eq!(convert(&inverted, "1", FeedbackType::Csat), Ok("5".into()));
        assert_eq!(convert(&inverted, "0", FeedbackType::Nps), Ok("10".into()));
        let both = Conversion { invert: true, ..percent };
        assert_eq!(convert(&both, "100", FeedbackType::Csat), Ok("1".into()));

        let lower = Conversion { lower_case: true, ..Conversion::default() };
        assert_eq!(convert(&lower, "DE", FeedbackType::Csat), Ok("de".into()));
    }

    #[test]
    fn mapped_values_are_not_scaled() {
        let values = ValueMap::new([("best".to_owned(), "5".to_owned())], false).unwrap();
        let conversion = Conversion { values, invert: true, ..Conversion::default() };
        assert_eq!(convert(&conversion, "best", FeedbackType::Csat), Ok("5".into()));
        assert_eq!(convert(&conversion, "1", FeedbackType::Csat), Ok("5".into()));
    }

    #[test]
    fn equal_conversions_have_equal_canonical_text() {
        let one = Conversion { lower_case: true, ..Conversion::default() };
        assert_eq!(one.canonical(), one.clone().canonical());
        assert_ne!(one.canonical(), Conversion::default().canonical());
        let kept = Conversion { keep_blanks: true, ..one.clone() };
        assert_ne!(kept.canonical(), one.canonical());
        // Ledgers contain this.
        assert_eq!(one.canonical(), "[[],false,true,false,null,false]");
    }

    proptest! {
        #[test]
        fn inverting_twice_changes_nothing(score in 0..=10_u8) {
            let invert = Conversion { invert: true, ..Conversion::default() };
            let once = convert(&invert, &score.to_string(), FeedbackType::Nps).unwrap();
            prop_assert!(Score::parse(&once).unwrap().on_scale(FeedbackType::Nps).is_some());
            prop_assert!(convert(&invert, &once, FeedbackType::Nps).unwrap() == score.to_string());
        }
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(text, meaning)| ((*text).to_owned(), (*meaning).to_owned())).collect()
    }

    #[test]
    fn texts_are_mapped_to_their_meanings() {
        let exact = ValueMap::new(pairs(&[("good", "1"), ("bad", "0")]), false).unwrap();
        assert_eq!((exact.get("good"), exact.get(" bad "), exact.get("Good")), (Some("1"), Some("0"), None));
        let any_case = ValueMap::new(pairs(&[("Sehr GUT", "5"), ("ÜBEL", "1")]), true).unwrap();
        assert_eq!((any_case.get("sehr gut"), any_case.get("übel"), any_case.get("")), (Some("5"), Some("1"), None));
    }

    #[test]
    fn a_text_has_one_meaning() {
        assert_eq!(ValueMap::new(pairs(&[("a", "1"), ("A", "2")]), true), Err("A".to_owned()));
        assert!(ValueMap::new(pairs(&[("a", "1"), ("A", "2")]), false).is_ok());
        assert!(ValueMap::new(pairs(&[("a", "1"), (" a", "2")]), false).is_err());
    }
}
