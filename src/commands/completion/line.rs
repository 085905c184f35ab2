//! A command line as bash and zsh read it.

use std::ffi::{OsStr, OsString};

/// A command line up to the cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// The words without quotes and backslashes. The last one is being typed, and may be empty.
    pub(super) words: Vec<String>,
    /// The beginning of the last word that the shell keeps: it replaces only what follows a break or an open quote.
    pub(super) kept: String,
    /// The quote that is open at the cursor.
    pub(super) quote: Option<char>,
}

impl Line {
    /// Splits a line. Each of `breaks` begins a new word for the shell, but not for programs.
    pub(super) fn split(line: &str, breaks: &str) -> Self {
        let (mut words, mut word) = (Vec::new(), Word::default());
        let mut is_escaped = false;
        for character in line.chars() {
            match word.quote {
                _ if is_escaped => {
                    word.text.push(character);
                    is_escaped = false;
                }
                None | Some('"') if character == '\\' => is_escaped = true,
                Some(quote) if quote == character => word.quote = None,
                Some(_) => word.text.push(character),
                None if character.is_whitespace() => words.extend(std::mem::take(&mut word).finished()),
                None => word.push(character, breaks),
            }
        }
        let kept = word.text[..word.kept].to_owned();
        words.push(word.text);
        Self { words, kept, quote: word.quote }
    }
}

#[derive(Default)]
struct Word {
    text: String,
    kept: usize,
    quote: Option<char>,
    is_quoted: bool,
}

impl Word {
    /// Adds a character that is outside quotes.
    fn push(&mut self, character: char, breaks: &str) {
        if matches!(character, '\'' | '"') {
            (self.quote, self.is_quoted, self.kept) = (Some(character), true, self.text.len());
            return;
        }
        self.text.push(character);
        if breaks.contains(character) {
            self.kept = self.text.len();
        }
    }

    fn finished(self) -> Option<String> {
        (self.is_quoted || !self.text.is_empty()).then_some(self.text)
    }
}

/// A single word without quotes and backslashes.
pub(super) fn unquoted(word: &OsStr) -> OsString {
    match word.to_str() {
        // Blanks would only split it.
        Some(text) if text.contains(['\\', '\'', '"']) => Line::split(text, "").words.join(" ").into(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Line;

    #[test]
    fn words_are_split_as_by_bash() {
        for (line, words, kept, quote) in [
            ("kf imp", &["kf", "imp"][..], "", None),
            ("kf ", &["kf", ""], "", None),
            ("kf --map score=Ra", &["kf", "--map", "score=Ra"], "score=", None),
            ("kf --map=score=Ra", &["kf", "--map=score=Ra"], "--map=score=", None),
            (r"kf my\ file.csv ''  x", &["kf", "my file.csv", "", "x"], "", None),
            ("kf \"score=Net Pro", &["kf", "score=Net Pro"], "", Some('"')),
            ("kf score='Net Pro", &["kf", "score=Net Pro"], "score=", Some('\'')),
            (r"kf score=Net\ Pro", &["kf", "score=Net Pro"], "score=", None),
            (r#"kf "a\"b" 'c\"#, &["kf", "a\"b", "c\\"], "", Some('\'')),
        ] {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(Line::split(line, "=:"), Line { words, kept: kept.to_owned(), quote }, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_split(line in ".*", breaks in "[=:@]*") {
            let split = Line::split(&line, &breaks);
            prop_assert!(split.words.last().unwrap().starts_with(&split.kept));
        }

        #[test]
        fn quoted_words_are_read_back(words in prop::collection::vec("[^']+", 1..4)) {
            let line = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(Line::split(&line, "=:").words, words);
        }
    }
}
