//! Making foreign text safe and short to show. Files and servers are data: what they say may carry terminal escapes,
//! line breaks or right-to-left overrides, none of which may reach a terminal or a one-line message.

use std::borrow::Cow;

/// The text with every control and invisible formatting character replaced by `�`, and line breaks and tabs by a blank.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown_as).collect())
}

/// At most `most` characters of the text, made [`printable`], with `…` where something was cut.
pub fn excerpt(text: &str, most: usize) -> String {
    let text = text.trim();
    let mut short: String = text.chars().take(most).map(shown_as).collect();
    if text.chars().nth(most).is_some() {
        short.push('…');
    }
    short
}

fn shown_as(c: char) -> char {
    match c {
        '\n' | '\r' | '\t' => ' ',
        c if is_unsafe(c) => '\u{fffd}',
        c => c,
    }
}

/// Cc, the bidirectional controls and the line and paragraph separators: each can make a line read as something else.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A whole number with thousands separated, as people read it: `1,800`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 row`, `2 rows`, `1,800 rows`.
pub fn counted(number: u64, singular: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {singular}{ending}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::{counted, excerpt, grouped, printable};

    #[test]
    fn escapes_and_overrides_never_get_through() {
        assert_eq!(printable("\u{1b}[31mred\u{202e}"), "\u{fffd}[31mred\u{fffd}");
        assert_eq!(printable("two\nlines"), "two lines");
        assert_eq!(printable("Grüße, 東京"), "Grüße, 東京");
    }

    #[test]
    fn an_excerpt_says_that_it_was_cut() {
        assert_eq!(excerpt("abcdef", 3), "abc…");
        assert_eq!(excerpt(" abc ", 3), "abc");
        assert_eq!(excerpt("日本語です", 2), "日本…");
    }

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(1800, "row"), "1,800 rows");
    }
}
