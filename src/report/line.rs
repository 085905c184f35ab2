//! Lines with colored parts, measured in terminal columns: `日` takes two of them.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::text::excerpt;

/// The meaning of a part of a line. Colors never say anything that the words do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Strong,
    Faint,
    Good,
    Neutral,
    Bad,
}

/// A line of text in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line(Vec<(Tone, String)>);

impl Line {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::default().with(Tone::Plain, text)
    }

    #[must_use]
    pub(crate) fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.push(tone, text);
        self
    }

    pub(crate) fn push(&mut self, tone: Tone, text: impl Into<String>) {
        self.0.push((tone, text.into()));
    }

    /// Adds spaces until the line has this many columns.
    #[must_use]
    pub(crate) fn padded(mut self, columns: usize) -> Self {
        let missing = columns.saturating_sub(self.columns());
        self.push(Tone::Plain, " ".repeat(missing));
        self
    }

    #[must_use]
    pub(crate) fn joined(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The line's width.
    pub(crate) fn columns(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    /// The parts, without spaces at the end.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (Tone, &str)> {
        let end = self.0.iter().rposition(|(_, text)| !text.trim_end().is_empty()).map_or(0, |last| last + 1);
        self.0[..end]
            .iter()
            .enumerate()
            .map(move |(index, (tone, text))| (*tone, if index + 1 == end { text.trim_end() } else { text.as_str() }))
    }
}

/// Without colors.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().try_for_each(|(_, text)| f.write_str(text))
    }
}

/// An untrusted text made safe and cut to at most this many columns; `…` marks a cut.
pub(crate) fn fitted(text: &str, columns: usize) -> String {
    // Some characters have no width; no name needs more of them than this.
    let safe = excerpt(text, 4 * columns);
    if safe.width() <= columns {
        return safe;
    }
    let mut cut = String::new();
    for c in safe.chars() {
        cut.push(c);
        if cut.width() + 1 > columns {
            cut.pop();
            break;
        }
    }
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// Wraps each line of a text between words, so that none is wider than `columns` unless a word is. The first line starts after
/// `taken` columns; what is wrapped is indented. A command between backticks counts as one word: it can still be pasted.
pub(super) fn wrapped(text: &str, taken: usize, columns: usize) -> String {
    let lines = text.split('\n').enumerate();
    let lines = lines.map(|(index, line)| wrapped_line(line, if index == 0 { taken } else { 0 }, columns));
    lines.collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, taken: usize, columns: usize) -> String {
    let text = line.trim_start_matches(' ');
    let indent = &line[..line.len() - text.len()];
    let next_line = format!("\n{indent}  ");
    let (mut lines, mut used) = (indent.to_owned(), taken + indent.len());
    for (index, word) in words(text).enumerate() {
        let width = word.width();
        if index > 0 && used + 1 + width > columns {
            lines.push_str(&next_line);
            used = next_line.len() - 1;
        } else if index > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += width;
    }
    lines
}

/// The parts between spaces that are not between backticks.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    line.split(move |c| {
        is_quoted ^= c == '`';
        c == ' ' && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::{Line, Tone, fitted, wrapped};

    #[test]
    fn text_is_cut_by_columns_not_characters() {
        for (text, columns, shown) in [
            ("Post-chat", 9, "Post-chat"),
            ("Post-chat", 8, "Post-ch…"),
            ("チャット後の満足度", 18, "チャット後の満足度"),
            ("チャット後の満足度", 17, "チャット後の満足…"),
            ("チャット後の満足度", 16, "チャット後の満…"),
            ("After the chat", 7, "After…"),
            ("e\u{301}e\u{301}e\u{301}", 3, "e\u{301}e\u{301}e\u{301}"),
            ("\u{1b}[31mred", 20, "\u{fffd}[31mred"),
        ] {
            let cut = fitted(text, columns);
            assert_eq!(cut, shown);
            assert!(cut.width() <= columns, "{cut}");
        }
        assert!(fitted(&"\u{301}".repeat(100_000), 20).len() < 1000);
    }

    #[test]
    fn lines_are_padded_by_columns_and_trimmed() {
        let line = Line::plain("満足").padded(6).with(Tone::Strong, "12").padded(20);
        assert_eq!((line.columns(), line.to_string()), (20, "満足  12".to_owned()));
        assert_eq!(Line::plain("  ").with(Tone::Bad, " ").to_string(), "");
    }

    #[test]
    fn text_wraps_between_words_by_columns() {
        assert_eq!(wrapped("one two three", 0, 13), "one two three");
        assert_eq!(wrapped("one two three", 1, 13), "one two\n  three");
        assert_eq!(wrapped("満足 度 調査", 0, 9), "満足 度\n  調査");
        assert_eq!(wrapped("extraordinarily long", 9, 12), "extraordinarily\n  long");
        assert_eq!(wrapped("", 9, 12), "");
        assert_eq!(wrapped("one two\n  three four", 6, 13), "one two\n  three four");
        assert_eq!(wrapped("one two\n  three four", 6, 10), "one\n  two\n  three\n    four");
        assert_eq!(wrapped("try `a b c d` now", 0, 12), "try\n  `a b c d`\n  now");
    }
}
