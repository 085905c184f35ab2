//! Suggests how texts that are no numbers become scores. Which score a word stands for is never guessed: a person writes it.

use super::{Conversion, DecimalSign, Score, ValueMap};
use crate::text::{excerpt, printable};

/// Stands for a score that a person has to fill in. No mapping with it can be used.
pub(crate) const TO_FILL_IN: &str = "…";
/// The longest text that a suggestion contains.
const LONGEST: usize = 60;

/// A conversion that reads every text: a way to read numbers, or else a score to fill in for each text. `None` if all are
/// numbers, or if some cannot be written in a mapping.
pub(crate) fn suggest_conversion(texts: &[&str]) -> Option<Conversion> {
    let texts: Vec<&str> = texts.iter().copied().filter(|text| Score::parse(text).is_err()).collect();
    let is_writable = |text: &&str| printable(text) == *text && excerpt(text, LONGEST) == *text;
    if texts.is_empty() || !texts.iter().all(is_writable) {
        return None;
    }
    let comma = Some(DecimalSign::Comma);
    let ways = [(true, None), (false, comma), (true, comma)];
    let ways = ways.map(|(leading_number, decimal)| Conversion { leading_number, decimal, ..Conversion::default() });
    let reads = |way: &Conversion| texts.iter().all(|text| way.convert(text, None, &mut String::new()).is_ok());
    ways.into_iter().find(reads).or_else(|| {
        let values = texts.iter().map(|text| ((*text).to_owned(), TO_FILL_IN.to_owned()));
        Some(Conversion { values: ValueMap::new(values, false).ok()?, ..Conversion::default() })
    })
}

#[cfg(test)]
mod tests {
    use super::suggest_conversion;

    fn steps(texts: &[&str]) -> Option<String> {
        suggest_conversion(texts).map(|conversion| conversion.steps().join(", "))
    }

    #[test]
    fn texts_suggest_how_they_are_read() {
        for (texts, expected) in [
            (&["Good", "Bad", "5"][..], Some("2 values mapped")),
            (&["10 - Extremely likely", "9", "0 - Not at all likely"], Some("leading number")),
            (&["4,5", "3"], Some("decimal \",\"")),
            (&["4,5 Sterne", "3 Sterne"], Some("leading number, decimal \",\"")),
            (&["9 - yes", "No idea"], Some("2 values mapped")),
            (&["1", "2"], None),
            (&[], None),
            (&["Good\u{1b}", "Bad"], None),
        ] {
            assert_eq!(steps(texts).as_deref(), expected, "{texts:?}");
        }
        let long = "x".repeat(61);
        assert_eq!(steps(&[&long]), None);
    }
}
