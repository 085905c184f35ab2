//! Lines for people of which parts may be coloured, measured in terminal columns: `日` takes two of them.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::text::excerpt;

/// How a part of a line is meant. A colour never says anything that the words don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As any text.
    Plain,
    /// What the line is about.
    Strong,
    /// What explains the rest.
    Faint,
    /// A good score.
    Good,
    /// A score between.
    Middling,
    /// A bad score.
    Bad,
}

/// A line in the making.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(Vec<(Tone, String)>);

impl Line {
    /// A line of plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::default().with(Tone::Plain, text)
    }

    /// The line with a further part.
    #[must_use]
    pub fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.push(tone, text);
        self
    }

    /// Adds a part.
    pub fn push(&mut self, tone: Tone, text: impl Into<String>) {
        self.0.push((tone, text.into()));
    }

    /// Adds blanks until the line is so many columns wide; a line that is wider stays as it is.
    #[must_use]
    pub fn padded(mut self, columns: usize) -> Self {
        let missing = columns.saturating_sub(self.columns());
        self.push(Tone::Plain, " ".repeat(missing));
        self
    }

    /// The line with another one behind it.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// How wide it is.
    pub fn columns(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    /// Its parts, without blanks at the end.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (Tone, &str)> {
        let inked = self.0.iter().rposition(|(_, text)| !text.trim_end().is_empty()).map_or(0, |last| last + 1);
        self.0[..inked]
            .iter()
            .enumerate()
            .map(move |(place, (tone, text))| (*tone, if place + 1 == inked { text.trim_end() } else { text.as_str() }))
    }
}

/// Without colours.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().try_for_each(|(_, text)| f.write_str(text))
    }
}

/// A foreign text, made safe, in so many columns at most, with `…` where something was cut.
pub(super) fn fitted(text: &str, columns: usize) -> String {
    // A character may have no width at all; more of them than this make no name.
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

/// A text broken between words, so that no line is wider than so many columns, unless a word is. The first line has some
/// columns less, and the others are indented.
pub(super) fn wrapped(text: &str, taken: usize, columns: usize) -> String {
    const INDENT: &str = "  ";
    let (mut lines, mut used) = (String::new(), taken);
    for word in text.split(' ') {
        let width = word.width();
        if used + 1 + width > columns && !lines.is_empty() {
            lines.push('\n');
            lines.push_str(INDENT);
            used = INDENT.len();
        } else if !lines.is_empty() {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += width;
    }
    lines
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::{Line, Tone, fitted, wrapped};

    #[test]
    fn a_text_is_cut_by_its_columns_and_not_by_its_characters() {
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
    fn a_line_is_padded_by_its_columns_and_ends_where_its_ink_does() {
        let line = Line::plain("満足").padded(6).with(Tone::Strong, "12").padded(20);
        assert_eq!((line.columns(), line.to_string()), (20, "満足  12".to_owned()));
        assert_eq!(Line::plain("  ").with(Tone::Bad, " ").to_string(), "");
    }

    #[test]
    fn a_text_is_broken_between_words_by_its_columns() {
        assert_eq!(wrapped("one two three", 0, 13), "one two three");
        assert_eq!(wrapped("one two three", 1, 13), "one two\n  three");
        assert_eq!(wrapped("満足 度 調査", 0, 9), "満足 度\n  調査");
        assert_eq!(wrapped("extraordinarily long", 9, 12), "extraordinarily\n  long");
        assert_eq!(wrapped("", 9, 12), "");
    }
}
