//! Our own marks in ASCII, for locales without UTF-8. Each keeps its width, so that tables stay aligned.

use std::borrow::Cow;

/// The text with ellipses, dashes, bars and other marks of ours in ASCII. Letters stay: they are not ours to change.
pub(crate) fn to_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(mark).collect())
}

fn mark(c: char) -> char {
    match c {
        '…' => '~',
        '–' | '—' | '─' | '╸' => '-',
        '━' | '═' => '=',
        '·' => '|',
        '×' => 'x',
        '•' => '*',
        '→' | '›' | '❯' => '>',
        '✓' | '✔' => '+',
        '✗' | '✘' => 'x',
        '\u{fffd}' => '?',
        '▁' => '_',
        '▂' => '.',
        '▃' => ':',
        '▄' => '-',
        '▅' => '=',
        '▆' => '+',
        '▇' => '*',
        '█' => '#',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::to_ascii;

    #[test]
    fn marks_become_ascii_and_letters_stay() {
        assert_eq!(to_ascii("0 ▁▃█ 10 · Größe… 9–10"), "0 _:# 10 | Größe~ 9-10");
        assert_eq!(to_ascii("plain"), "plain");
    }
}
