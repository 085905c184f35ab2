//! What becomes of a cell before it is a field: mapped values, numbers taken from text, one scale turned into another.
//! Nothing here is guessed: every step was stated by the user or by a preset.

mod scale;
mod template;
mod values;

use std::fmt::Write;

use super::{FeedbackType, ProblemKind, Score};

pub use scale::{Rounding, Scale, ScaleError};
pub use template::{LONGEST_RENDERED, RowValues, Template, TemplateError};
pub use values::{ValueMap, Words};

/// The steps from a text to a field's value, in the order in which they are taken: the value map, lower case, the number
/// in it, the scale, the scale turned around.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conversion {
    /// What texts stand for; a text that it doesn't know stays as it is.
    pub values: ValueMap,
    /// Whether the text is put into lower case.
    pub lower_case: bool,
    /// Whether the number at the start of the text is taken: 9 from `9 - Extremely likely`.
    pub leading_number: bool,
    /// From which scale to which.
    pub scale: Option<Scale>,
    /// Whether the scale is turned around: the best becomes the worst.
    pub invert: bool,
}

impl Conversion {
    /// Whether it leaves every text as it is.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Appends what becomes of `text` to `out`. `of` is the record's type, on whose scale a score is turned around when no
    /// other was stated.
    ///
    /// # Errors
    /// When the text is not what the steps are for.
    pub fn convert(&self, text: &str, of: Option<FeedbackType>, out: &mut String) -> Result<(), ProblemKind> {
        let meaning = self.values.get(text);
        let known = meaning.is_some();
        let mut text = meaning.unwrap_or(text);
        if self.leading_number && !known {
            text = leading_number(text)?;
        }
        // What a map says of a text is said as it is to be sent.
        let is_to_scale = (self.scale.is_some() || self.invert) && !known;
        if is_to_scale {
            let score = self.scaled(Score::parse(text)?.value(), of)?;
            // Writing into a string never fails.
            let _ = write!(out, "{score}");
        } else if self.lower_case && !known {
            out.extend(text.chars().flat_map(char::to_lowercase));
        } else {
            out.push_str(text);
        }
        Ok(())
    }

    fn scaled(&self, score: f64, of: Option<FeedbackType>) -> Result<f64, ProblemKind> {
        let converted = match self.scale {
            Some(scale) => scale.convert(score).ok_or(ProblemKind::OffSourceScale)?,
            None => score,
        };
        Ok(match (self.invert, self.scale, of) {
            (false, ..) => converted,
            (true, Some(scale), _) => scale.turn(converted),
            (true, None, Some(of)) => {
                let (least, most) = of.scale().into_inner();
                f64::from(least) + f64::from(most) - converted
            }
            // Without a type the record is not valid anyway.
            (true, None, None) => converted,
        })
    }

    /// What it does, in words, each step once; nothing for no step.
    pub fn in_words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if !self.values.is_empty() {
            words.push(format!("{} mapped", crate::text::counted(self.values.len() as u64, "value")));
        }
        if self.lower_case {
            words.push("lower case".to_owned());
        }
        if self.leading_number {
            words.push("its leading number".to_owned());
        }
        words.extend(self.scale.map(|scale| scale.to_string()));
        if self.invert {
            words.push("turned around".to_owned());
        }
        words
    }

    /// The same text for two conversions that do the same, and for no others.
    pub(super) fn canonical(&self) -> String {
        let values: Vec<_> = self.values.pairs().map(|(text, meaning)| [text, meaning]).collect();
        serde_json::json!([
            values,
            self.values.ignores_case(),
            self.lower_case,
            self.leading_number,
            self.scale.map(|scale| scale.to_string()),
            self.invert
        ])
        .to_string()
    }
}

/// The number at the start of a text: `9 - Extremely likely`, `4/5`, `3 stars`. A decimal comma, a separator or the start of
/// a range behind it makes it another number, which is not guessed.
fn leading_number(text: &str) -> Result<&str, ProblemKind> {
    let text = text.trim();
    let sign = usize::from(text.starts_with('-'));
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(sign);
    if whole == 0 {
        return Err(if text.is_empty() { ProblemKind::Empty } else { ProblemKind::NotANumber });
    }
    let mut end = sign + whole;
    if text[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    let mut rest = text[end..].chars();
    match (rest.next(), rest.next()) {
        (Some(',' | '\'' | '’' | '\u{a0}' | '\u{202f}'), Some('0'..='9')) => Err(ProblemKind::SeparatorInNumber),
        (Some('-' | '–' | '.' | ':'), Some('0'..='9')) => Err(ProblemKind::NotANumber),
        _ => Ok(&text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::{Conversion, ValueMap, leading_number};
    use crate::record::{FeedbackType, ProblemKind, Score};

    fn convert(conversion: &Conversion, text: &str, of: FeedbackType) -> Result<String, ProblemKind> {
        let mut out = String::new();
        conversion.convert(text, Some(of), &mut out).map(|()| out)
    }

    #[test]
    fn a_leading_number_is_taken_only_where_it_is_one() {
        for (text, number) in [
            ("9 - Extremely likely", "9"),
            ("10", "10"),
            (" 4.5 stars ", "4.5"),
            ("4/5", "4"),
            ("3 – neutral", "3"),
            ("-1 (bad)", "-1"),
            ("5.", "5"),
            ("0=never", "0"),
            ("7点", "7"),
            ("5, I'm happy", "5"),
        ] {
            assert_eq!(leading_number(text), Ok(number), "{text}");
        }
        for (text, kind) in [
            ("4,5 Sterne", ProblemKind::SeparatorInNumber),
            ("1'000", ProblemKind::SeparatorInNumber),
            ("9-10 (promoter)", ProblemKind::NotANumber),
            ("2024.01.02", ProblemKind::NotANumber),
            ("10:30", ProblemKind::NotANumber),
            ("Extremely likely", ProblemKind::NotANumber),
            ("- 4", ProblemKind::NotANumber),
            ("٤", ProblemKind::NotANumber),
            ("  ", ProblemKind::Empty),
        ] {
            assert_eq!(leading_number(text), Err(kind), "{text}");
        }
    }

    #[test]
    fn the_steps_are_taken_in_their_order() {
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
    fn a_mapped_value_is_on_the_scale_that_is_sent() {
        let values = ValueMap::new([("best".to_owned(), "5".to_owned())], false).unwrap();
        let conversion = Conversion { values, invert: true, ..Conversion::default() };
        assert_eq!(convert(&conversion, "best", FeedbackType::Csat), Ok("5".into()));
        assert_eq!(convert(&conversion, "1", FeedbackType::Csat), Ok("5".into()));
    }

    #[test]
    fn what_does_the_same_reads_the_same() {
        let one = Conversion { lower_case: true, ..Conversion::default() };
        assert_eq!(one.canonical(), one.clone().canonical());
        assert_ne!(one.canonical(), Conversion::default().canonical());
    }

    proptest! {
        #[test]
        fn turned_around_twice_is_as_before(score in 0..=10_u8) {
            let invert = Conversion { invert: true, ..Conversion::default() };
            let once = convert(&invert, &score.to_string(), FeedbackType::Nps).unwrap();
            prop_assert!(Score::parse(&once).unwrap().is_in_scale(FeedbackType::Nps));
            prop_assert!(convert(&invert, &once, FeedbackType::Nps).unwrap() == score.to_string());
        }

        #[test]
        fn a_leading_number_is_a_number(text in any::<String>()) {
            if let Ok(number) = leading_number(&text) {
                prop_assert!(number.len() > 300 || !matches!(Score::parse(number), Err(kind) if kind != ProblemKind::TooLarge), "{number}");
            }
        }
    }
}
