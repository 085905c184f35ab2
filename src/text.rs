//! Text for people: foreign text made safe and short, and numbers and durations in one format everywhere.
//!
//! Files and servers are untrusted. Their text can contain terminal escapes, line breaks and right-to-left overrides, none
//! of which may reach a terminal or a one-line message.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt::Write;
use std::time::Duration;

/// The text without the blanks at its ends: Unicode white space, which includes the no-break space, and three characters
/// that are always invisible and left behind by encodings and copying: the zero-width space, the word joiner and the byte
/// order mark. Other invisible characters stay, because they shape the text before them: joiners (emoji, Persian) and
/// direction marks.
#[inline]
pub(crate) fn trimmed(text: &str) -> &str {
    // Nearly every text begins and ends with a visible ASCII character. This is asked several times for each row.
    match text.as_bytes() {
        [] => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        [only] if only.is_ascii_graphic() => text,
        _ => without_blanks(text),
    }
}

#[cold]
fn without_blanks(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}'))
}

/// The text with control and invisible formatting characters replaced by `�`, and line breaks and tabs by a space.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown_as).collect())
}

/// At most `most` characters of the text, made [`printable`]; `…` marks a cut.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    let text = text.trim();
    if text.len() <= most && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most).map(shown_as).collect();
    if text.chars().nth(most).is_some() {
        short.push('…');
    }
    short
}

/// An [`excerpt`] in double quotes.
pub(crate) fn quoted(text: &str, most: usize) -> String {
    format!("\"{}\"", excerpt(text, most))
}

/// An excerpt cut in the middle: for names that may differ only at the end.
pub(crate) fn excerpt_of_both_ends(text: &str, most: usize) -> String {
    let text = text.trim();
    let (all, end) = (text.chars().count(), most / 3);
    if all <= most {
        return excerpt(text, most);
    }
    let first: String = text.chars().take(most - end).map(shown_as).collect();
    let last: String = text.chars().skip(all - end).map(shown_as).collect();
    format!("{}…{}", first.trim_end(), last.trim_start())
}

/// A bot id by its start and end, which tell bots apart: `st-…3f9a`.
pub(crate) fn id_tail(id: &str) -> String {
    const SHORT: usize = 14;
    let length = id.chars().count();
    if length <= SHORT {
        return excerpt(id, SHORT);
    }
    let part = |from: usize, to: usize| id.chars().take(to).skip(from).map(shown_as).collect::<String>();
    format!("{}…{}", part(0, 3), part(length - 4, length))
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

/// The text made [`printable`], with its line breaks kept: for text whose line breaks we wrote ourselves.
pub(crate) fn printable_lines(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_unsafe(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split('\n').map(printable).collect::<Vec<_>>().join("\n"))
}

/// The same JSON with unsafe characters written as escapes.
pub(crate) fn printable_json(json: &str) -> Cow<'_, str> {
    // JSON has such a character only inside a string or, as a line break, between values.
    let to_escape = |c: char| c != '\n' && is_unsafe(c);
    if !json.contains(to_escape) {
        return Cow::Borrowed(json);
    }
    let escaped = |c: char| if to_escape(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    Cow::Owned(json.chars().map(escaped).collect())
}

/// The text with a leading apostrophe if a spreadsheet would read it as a formula.
pub(crate) fn not_a_formula(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        true => Cow::Owned(format!("'{text}")),
        false => text,
    }
}

/// A command that can be pasted into a shell and contains nothing that a terminal would interpret.
pub(crate) fn shell_command<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> String {
    words.into_iter().map(shell_word).collect::<Vec<_>>().join(" ")
}

fn shell_word(word: &OsStr) -> String {
    match word.to_str() {
        Some(text) if !text.chars().any(is_unsafe) => shell_words::quote(text).into_owned(),
        _ => shell_escaped(word.as_encoded_bytes()),
    }
}

/// `$'…'`, in POSIX since 2024 and in bash, zsh and ksh long before: the only quotes that can express a control character
/// or a byte that is not UTF-8.
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

/// Always three digits, so that a digit that follows is not read as part of the escape.
fn push_octal(word: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(word, "\\{byte:03o}");
    }
}

/// A number with thousands separators: `1,800`.
pub(crate) fn grouped(number: u64) -> String {
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
pub(crate) fn counted(number: u64, singular: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {singular}{plural}", grouped(number))
}

/// A duration in its two or three largest units: `2 days 7 h 33 min`, `3 min 20 s`, `0.4 s`.
pub(crate) fn format_duration(duration: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => two_units(seconds / MINUTE, "min", seconds % MINUTE, "s"),
        HOUR..DAY => two_units(seconds / HOUR, "h", seconds % HOUR / MINUTE, "min"),
        _ => {
            let rest = two_units(seconds % DAY / HOUR, "h", seconds % HOUR / MINUTE, "min");
            format!("{} {rest}", counted(seconds / DAY, "day"))
        }
    }
}

fn two_units(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::time::Duration;

    use super::{
        counted, excerpt, excerpt_of_both_ends, format_duration, grouped, id_tail, not_a_formula, printable,
        printable_json, printable_lines, shell_command, trimmed,
    };

    #[test]
    fn blanks_at_both_ends_are_trimmed() {
        for text in [" a", "a\u{a0}", "\u{feff}a", "\t\u{3000}a\r\n", "\u{200b} \u{2060}a\u{202f}", "a"] {
            assert_eq!(trimmed(text), "a", "{text:?}");
        }
        assert_eq!((trimmed(""), trimmed("\u{feff} "), trimmed(" a \u{a0} b ")), ("", "", "a \u{a0} b"));
        // A joiner or a direction mark belongs to the text.
        for text in ["\u{200f}שלום\u{200f}", "می\u{200c}", "👩\u{200d}", "é"] {
            assert_eq!(trimmed(text), text, "{text:?}");
        }
    }

    #[test]
    fn escapes_and_overrides_are_replaced() {
        assert_eq!(printable("\u{1b}[31mred\u{202e}"), "\u{fffd}[31mred\u{fffd}");
        assert_eq!(printable("two\nlines"), "two lines");
        assert_eq!(printable("Grüße, 東京"), "Grüße, 東京");
    }

    #[test]
    fn formulas_get_an_apostrophe() {
        for formula in ["=cmd|' /C calc'!A0", "+1", "-1+1", " @SUM(A1)", "＝1"] {
            assert_eq!(not_a_formula(formula.into()), format!("'{formula}"));
        }
        for text in ["", "a=b", "'=1", "1-1", "5 × @"] {
            assert_eq!(not_a_formula(text.into()), text);
        }
    }

    #[test]
    fn printable_lines_keeps_line_breaks() {
        assert_eq!(printable_lines("one\ntwo\u{1b}\r\n"), "one\ntwo\u{fffd} \n");
    }

    #[test]
    fn printable_json_keeps_values_and_escapes_controls() {
        let value = serde_json::json!({"a": "\u{1b}[2J\u{9b}m\u{7f}\u{202e}\n", "ü": ["東", 1]});
        let json = serde_json::to_string_pretty(&value).unwrap();
        let safe = printable_json(&json);
        assert!(!safe.chars().any(|c| c != '\n' && super::is_unsafe(c)), "{safe:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
        assert_eq!(printable_json("{\n  \"a\": \"ü\"\n}"), "{\n  \"a\": \"ü\"\n}");
    }

    #[test]
    fn shell_command_quotes_and_escapes_words() {
        let command = |words: &[&str]| shell_command(words.iter().map(OsStr::new));
        assert_eq!(
            command(&["import", "my file.csv", "--set", "name=It's"]),
            r"import 'my file.csv' --set 'name=It'\''s'"
        );
        assert_eq!(command(&["a\u{1b}[2J'\\\n1", "Grüße"]), r"$'a\033[2J\'\\\0121' Grüße");
        assert_eq!(command(&["\u{202e}"]), r"$'\342\200\256'");
    }

    #[test]
    fn excerpt_marks_the_cut() {
        assert_eq!(excerpt("abcdef", 3), "abc…");
        assert_eq!(excerpt(" abc ", 3), "abc");
        assert_eq!(excerpt("日本語です", 2), "日本…");
        assert_eq!(excerpt_of_both_ends("What went well? / Speed", 12), "What wen…peed");
        assert_eq!(excerpt_of_both_ends(" a b\ncdef\u{1b}", 6), "a b…f\u{fffd}");
        assert_eq!(excerpt_of_both_ends(" abcdef ", 6), "abcdef");
        assert_eq!(id_tail("st-00000000-0000-0000-0000-0000000000f1"), "st-…00f1");
        assert_eq!(id_tail("st-1\u{1b}"), "st-1\u{fffd}");
    }

    #[test]
    fn numbers_have_separators_and_plurals() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(1800, "row"), "1,800 rows");
    }
    #[test]
    fn durations_have_their_largest_units() {
        let seconds = |seconds| format_duration(Duration::from_secs(seconds));
        assert_eq!(format_duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(59), "59 s");
        assert_eq!(seconds(200), "3 min 20 s");
        assert_eq!(seconds(1800), "30 min");
        assert_eq!(seconds(5400), "1 h 30 min");
        assert_eq!(seconds(86_400), "1 day 0 h");
        assert_eq!(seconds(199_980), "2 days 7 h 33 min");
    }
}
