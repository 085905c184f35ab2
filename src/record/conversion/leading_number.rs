//! The number at the start of a text.

use crate::record::ProblemKind;

/// Takes 9 from `9 - Extremely likely`, 4 from `4/5`, 3 from `3 stars`. A decimal comma, a separator or a range after the
/// number would make it another number, so such a text is refused.
pub(super) fn leading_number(text: &str) -> Result<&str, ProblemKind> {
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

    use super::leading_number;
    use crate::record::{ProblemKind, Score};

    #[test]
    fn only_unambiguous_leading_numbers_are_taken() {
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

    proptest! {
        #[test]
        fn a_leading_number_is_a_number(text in any::<String>()) {
            if let Ok(number) = leading_number(&text) {
                prop_assert!(number.len() > 300 || !matches!(Score::parse(number), Err(kind) if kind != ProblemKind::TooLarge), "{number}");
            }
        }
    }
}
