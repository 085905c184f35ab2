//! Numbers in cells that are written for people: at the start of a text, with a decimal comma, or with separated thousands.
//! What could be two numbers is an error.

use std::fmt::Write;

use crate::record::{ProblemKind, Score};

/// The characters that separate thousands, besides the one that is not the decimal sign.
const SEPARATORS: [char; 7] = [',', '.', '\'', '’', ' ', '\u{a0}', '\u{202f}'];

/// The sign before the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::EnumString, strum::IntoStaticStr)]
pub enum DecimalSign {
    #[strum(to_string = ",")]
    Comma,
    #[strum(to_string = ".")]
    Point,
}

impl DecimalSign {
    const fn sign(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Point => '.',
        }
    }
}

/// Reads a number with this decimal sign. Its thousands may be separated, all of them by the same character.
pub(super) fn localized(text: &str, sign: DecimalSign) -> Result<Score, ProblemKind> {
    let has_digits = text.contains(|c: char| c.is_ascii_digit());
    if !has_digits {
        // Says why it is no number at all.
        return Score::parse(text);
    }
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = unsigned.split_once(sign.sign()).map_or((unsigned, "0"), |parts| parts);
    let mut number = String::from(if unsigned.len() < text.len() { "-" } else { "" });
    let separator = whole.chars().find(|c| SEPARATORS.contains(c));
    for (place, group) in whole.split(|c| Some(c) == separator).enumerate() {
        let is_complete = if place == 0 { group.len() <= 3 || separator.is_none() } else { group.len() == 3 };
        if !is_complete {
            return Err(ProblemKind::WrongSeparators);
        }
        number.push_str(group);
    }
    let _ = write!(number, ".{decimals}");
    Score::parse(&number).map_err(|kind| match kind {
        ProblemKind::TooLarge => kind,
        _ => ProblemKind::WrongSeparators,
    })
}

/// Takes 9 from `9 - Extremely likely`, 4 from `4/5`, 3 from `3 stars`. Without a decimal sign, separators in the number make
/// it ambiguous; a range, an exponent or a fraction after it would make it another number. Such a text is refused.
pub(super) fn leading_number(text: &str, decimal: Option<DecimalSign>) -> Result<&str, ProblemKind> {
    let end = end_of_number(text, decimal);
    if end == 0 {
        return Err(if text.is_empty() { ProblemKind::Empty } else { ProblemKind::NotANumber });
    }
    let (number, rest) = text.split_at(end);
    if continues_number(rest) {
        return Err(ProblemKind::NotANumber);
    }
    let mut behind = rest.chars();
    match (behind.next(), behind.next()) {
        (Some(c), Some('0'..='9')) if SEPARATORS[..].contains(&c) && !matches!(c, '.' | ' ') => {
            Err(ProblemKind::SeparatorInNumber)
        }
        (Some('-' | '–' | '.' | ':'), Some('0'..='9')) => Err(ProblemKind::NotANumber),
        _ if decimal.is_none() && may_be_thousands(number) => Err(ProblemKind::AmbiguousNumber),
        _ => Ok(number),
    }
}

/// Whether digits are followed by an exponent, as in `1e1`, or by another numeral, as in `3½`.
fn continues_number(rest: &str) -> bool {
    let exponent = rest.strip_prefix(['e', 'E']).map(|rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
    exponent.is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
        || rest.starts_with(char::is_numeric)
}

/// Where the number that the text starts with ends. With a decimal sign, separators between digits belong to it.
fn end_of_number(text: &str, decimal: Option<DecimalSign>) -> usize {
    let sign = usize::from(text.starts_with('-'));
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = sign + digits(sign);
    if end == sign {
        return 0;
    }
    while let Some(separator) = text[end..].chars().next() {
        let belongs =
            if decimal.is_some() { SEPARATORS.contains(&separator) && separator != ' ' } else { separator == '.' };
        let decimals = if belongs { digits(end + separator.len_utf8()) } else { 0 };
        if decimals == 0 {
            break;
        }
        end += separator.len_utf8() + decimals;
        if decimal.is_none() {
            break;
        }
    }
    end
}

/// Whether a point in the number could separate thousands: 1.000, but not 0.125.
fn may_be_thousands(number: &str) -> bool {
    let unsigned = number.trim_start_matches('-');
    unsigned.split_once('.').is_some_and(|(whole, rest)| whole.len() <= 3 && !whole.starts_with('0') && rest.len() == 3)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{DecimalSign, leading_number, localized};
    use crate::record::{ProblemKind, Score};

    #[test]
    fn only_unambiguous_leading_numbers_are_taken() {
        for (text, number) in [
            ("9 - Extremely likely", "9"),
            ("10", "10"),
            ("4.5 stars", "4.5"),
            ("4/5", "4"),
            ("3 – neutral", "3"),
            ("-1 (bad)", "-1"),
            ("5.", "5"),
            ("0=never", "0"),
            ("2 e-mails", "2"),
            ("5excellent", "5"),
            ("7点", "7"),
            ("5, I'm happy", "5"),
            ("0.125", "0.125"),
            ("1.0000", "1.0000"),
            ("5 500 people", "5"),
        ] {
            assert_eq!(leading_number(text, None), Ok(number), "{text}");
        }
        for (text, kind) in [
            ("4,5 Sterne", ProblemKind::SeparatorInNumber),
            ("1'000", ProblemKind::SeparatorInNumber),
            ("1,000", ProblemKind::SeparatorInNumber),
            ("1.000", ProblemKind::AmbiguousNumber),
            ("-12.500 points", ProblemKind::AmbiguousNumber),
            ("9-10 (promoter)", ProblemKind::NotANumber),
            ("2024.01.02", ProblemKind::NotANumber),
            ("10:30", ProblemKind::NotANumber),
            ("Extremely likely", ProblemKind::NotANumber),
            ("- 4", ProblemKind::NotANumber),
            ("1e1", ProblemKind::NotANumber),
            ("1E+01", ProblemKind::NotANumber),
            ("3½ stars", ProblemKind::NotANumber),
            ("2²", ProblemKind::NotANumber),
            ("٤", ProblemKind::NotANumber),
            ("", ProblemKind::Empty),
        ] {
            assert_eq!(leading_number(text, None), Err(kind), "{text}");
        }
    }

    #[test]
    fn a_decimal_sign_makes_numbers_unambiguous() {
        use DecimalSign::{Comma, Point};
        for (text, sign, value) in [
            ("4,5", Comma, 4.5),
            ("1.000,0", Comma, 1000.0),
            ("1.000", Comma, 1000.0),
            ("-1.234.567,25", Comma, -1_234_567.25),
            ("1000,5", Comma, 1000.5),
            ("1\u{202f}000,5", Comma, 1000.5),
            ("7", Comma, 7.0),
            ("1.000", Point, 1.0),
            ("1,000", Point, 1000.0),
            ("1'000.5", Point, 1000.5),
        ] {
            assert_eq!(localized(text, sign).map(Score::value), Ok(value), "{text}");
        }
        for (text, sign) in [
            ("4.5", Comma),
            ("1.00,0", Comma),
            ("1.0000", Comma),
            ("1.000'000", Comma),
            ("1,000,0", Comma),
            ("4,", Comma),
            (",5", Comma),
            ("1..000", Comma),
            ("4,5", Point),
            ("--4", Comma),
            ("4,5 Sterne", Comma),
        ] {
            assert_eq!(localized(text, sign), Err(ProblemKind::WrongSeparators), "{text}");
        }
        assert_eq!(localized("gut", Comma), Err(ProblemKind::NotANumber));
        assert_eq!(localized("", Comma), Err(ProblemKind::Empty));
        for (text, number) in
            [("4,5 Sterne", "4,5"), ("1.000 Punkte", "1.000"), ("5, gut", "5"), ("1'000,5/x", "1'000,5")]
        {
            assert_eq!(leading_number(text, Some(Comma)), Ok(number), "{text}");
        }
        assert_eq!(leading_number("9-10", Some(Comma)), Err(ProblemKind::NotANumber));
    }

    proptest! {
        #[test]
        fn a_leading_number_is_a_number(text in any::<String>(), like in "-?[0-9., '’-]{1,9}.?") {
            for text in [text, like] {
                if let Ok(number) = leading_number(&text, None) {
                    prop_assert!(number.len() > 300 || !matches!(Score::parse(number), Err(kind) if kind != ProblemKind::TooLarge), "{number}");
                }
                for sign in [DecimalSign::Comma, DecimalSign::Point] {
                    let _ = leading_number(&text, Some(sign)).map(|number| localized(number, sign));
                }
            }
        }

        #[test]
        fn grouped_numbers_are_read_exactly(number in 0..100_000_000_u32, decimals in 0..100_u32) {
            let grouped = format!("{},{decimals:02}", crate::text::grouped(number.into()).replace(',', "."));
            prop_assert_eq!(localized(&grouped, DecimalSign::Comma), Score::parse(&format!("{number}.{decimals:02}")));
        }
    }
}
