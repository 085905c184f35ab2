//! Making foreign text safe and short to show. Files and servers are data: what they say may carry terminal escapes,
//! line breaks or right-to-left overrides, none of which may reach a terminal or a one-line message.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt::Write;

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

/// An [`excerpt`] in double quotes.
pub fn quoted(text: &str, most: usize) -> String {
    format!("\"{}\"", excerpt(text, most))
}

/// The same, cut in its middle: for names that may differ at their end alone.
pub fn excerpt_of_both_ends(text: &str, most: usize) -> String {
    let text = text.trim();
    let (all, end) = (text.chars().count(), most / 3);
    if all <= most {
        return excerpt(text, most);
    }
    let first: String = text.chars().take(most - end).map(shown_as).collect();
    let last: String = text.chars().skip(all - end).map(shown_as).collect();
    format!("{}…{}", first.trim_end(), last.trim_start())
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

/// The text made [`printable`] line by line: its line breaks are ours.
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_unsafe(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split('\n').map(printable).collect::<Vec<_>>().join("\n"))
}

/// The same JSON, with whatever a terminal might obey written as an escape.
pub fn printable_json(json: &str) -> Cow<'_, str> {
    // In JSON such a character stands in a string or, as a line break, between values.
    let to_escape = |c: char| c != '\n' && is_unsafe(c);
    if !json.chars().any(to_escape) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if to_escape(c) {
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// The command as it can be pasted into a shell: exactly these words, and nothing in it that a terminal might obey.
pub fn shell_command<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> String {
    words.into_iter().map(shell_word).collect::<Vec<_>>().join(" ")
}

fn shell_word(word: &OsStr) -> String {
    match word.to_str() {
        Some(text) if !text.chars().any(is_unsafe) => shell_words::quote(text).into_owned(),
        _ => shell_escaped(word.as_encoded_bytes()),
    }
}

/// `$'…'`, which POSIX has since 2024, and bash, zsh and ksh long before: the only quotes in which a control character
/// or a byte that is no text can be written down.
fn shell_escaped(bytes: &[u8]) -> String {
    let mut word = String::from("$'");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' | '\\' => word.extend(['\\', c]),
                c if is_unsafe(c) => push_octal(&mut word, c.encode_utf8(&mut [0; 4]).as_bytes()),
                c => word.push(c),
            }
        }
        push_octal(&mut word, chunk.invalid());
    }
    word.push('\'');
    word
}

/// Three digits each, so that no digit behind them is taken for theirs.
fn push_octal(word: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(word, "\\{byte:03o}");
    }
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
    use std::ffi::OsStr;

    use super::{
        counted, excerpt, excerpt_of_both_ends, grouped, printable, printable_json, printable_lines, shell_command,
    };

    #[test]
    fn escapes_and_overrides_never_get_through() {
        assert_eq!(printable("\u{1b}[31mred\u{202e}"), "\u{fffd}[31mred\u{fffd}");
        assert_eq!(printable("two\nlines"), "two lines");
        assert_eq!(printable("Grüße, 東京"), "Grüße, 東京");
    }

    #[test]
    fn our_own_line_breaks_stay() {
        assert_eq!(printable_lines("one\ntwo\u{1b}\r\n"), "one\ntwo\u{fffd} \n");
    }

    #[test]
    fn json_says_the_same_and_obeys_nobody() {
        let value = serde_json::json!({"a": "\u{1b}[2J\u{9b}m\u{7f}\u{202e}\n", "ü": ["東", 1]});
        let json = serde_json::to_string_pretty(&value).unwrap();
        let safe = printable_json(&json);
        assert!(!safe.chars().any(|c| c != '\n' && super::is_unsafe(c)), "{safe:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
        assert_eq!(printable_json("{\n  \"a\": \"ü\"\n}"), "{\n  \"a\": \"ü\"\n}");
    }

    #[test]
    fn a_command_keeps_its_words_apart_and_shows_what_cannot_be_shown_as_escapes() {
        let command = |words: &[&str]| shell_command(words.iter().map(OsStr::new));
        assert_eq!(
            command(&["import", "my file.csv", "--set", "name=It's"]),
            r"import 'my file.csv' --set 'name=It'\''s'"
        );
        assert_eq!(command(&["a\u{1b}[2J'\\\n1", "Grüße"]), r"$'a\033[2J\'\\\0121' Grüße");
        assert_eq!(command(&["\u{202e}"]), r"$'\342\200\256'");
    }

    #[test]
    fn an_excerpt_says_that_it_was_cut() {
        assert_eq!(excerpt("abcdef", 3), "abc…");
        assert_eq!(excerpt(" abc ", 3), "abc");
        assert_eq!(excerpt("日本語です", 2), "日本…");
        assert_eq!(excerpt_of_both_ends("What went well? / Speed", 12), "What wen…peed");
        assert_eq!(excerpt_of_both_ends(" a b\ncdef\u{1b}", 6), "a b…f\u{fffd}");
        assert_eq!(excerpt_of_both_ends(" abcdef ", 6), "abcdef");
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
