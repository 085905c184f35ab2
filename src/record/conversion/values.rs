//! What stands in a cell, and what it means: `good` is 1, `Deutsch` is `de`.

use std::collections::HashMap;

/// Which text a text stands for. Blanks around a text don't count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueMap {
    meanings: HashMap<Box<str>, Box<str>>,
    ignore_case: bool,
}

impl ValueMap {
    /// A map of these pairs. Of two that are the same but for case, when that doesn't count, the one given is the key.
    ///
    /// # Errors
    /// The key that stands there twice.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>, ignore_case: bool) -> Result<Self, String> {
        let mut map = Self { meanings: HashMap::new(), ignore_case };
        for (text, meaning) in pairs {
            let key = if ignore_case { text.trim().to_lowercase() } else { text.trim().to_owned() };
            if map.meanings.insert(key.into(), meaning.into()).is_some() {
                return Err(text);
            }
        }
        Ok(map)
    }

    /// What the text stands for, if it stands for another.
    pub fn get(&self, text: &str) -> Option<&str> {
        let text = text.trim();
        let found = if self.ignore_case { self.meanings.get(&*text.to_lowercase()) } else { self.meanings.get(text) };
        found.map(|meaning| &**meaning)
    }

    /// Whether some text stands for this one.
    pub fn means(&self, meaning: &str) -> bool {
        self.meanings.values().any(|known| **known == *meaning)
    }

    /// How many texts it knows.
    pub fn len(&self) -> usize {
        self.meanings.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.meanings.is_empty()
    }

    /// All texts and what they stand for, in a stable order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut pairs: Vec<_> = self.meanings.iter().map(|(text, meaning)| (&**text, &**meaning)).collect();
        pairs.sort_unstable();
        pairs.into_iter()
    }

    /// Whether upper and lower case are the same to it.
    pub fn ignores_case(&self) -> bool {
        self.ignore_case
    }
}

/// A few texts to look for, without regard to case and to blanks around them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(Vec<Box<str>>);

impl Words {
    /// Each text once.
    pub fn new(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut words: Vec<Box<str>> =
            texts.into_iter().map(|text| text.as_ref().trim().to_lowercase().into()).collect();
        words.sort_unstable();
        words.dedup();
        Self(words)
    }

    /// Whether the text is one of them.
    pub fn contain(&self, text: &str) -> bool {
        let text = text.trim();
        self.0.iter().any(|word| eq_ignoring_case(word, text))
    }

    /// Each of them, in lower case.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|word| &**word)
    }
}

/// `folded` is in lower case already. Allocates nothing for ASCII, nor for texts that can't be equal.
fn eq_ignoring_case(folded: &str, text: &str) -> bool {
    if folded.is_ascii() && text.is_ascii() {
        return folded.eq_ignore_ascii_case(text);
    }
    text.chars().flat_map(char::to_lowercase).eq(folded.chars())
}

#[cfg(test)]
mod tests {
    use super::{ValueMap, Words};

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(text, meaning)| ((*text).to_owned(), (*meaning).to_owned())).collect()
    }

    #[test]
    fn a_text_stands_for_what_the_map_says() {
        let exact = ValueMap::new(pairs(&[("good", "1"), ("bad", "0")]), false).unwrap();
        assert_eq!((exact.get("good"), exact.get(" bad "), exact.get("Good")), (Some("1"), Some("0"), None));
        let any_case = ValueMap::new(pairs(&[("Sehr GUT", "5"), ("ÜBEL", "1")]), true).unwrap();
        assert_eq!((any_case.get("sehr gut"), any_case.get("übel"), any_case.get("")), (Some("5"), Some("1"), None));
    }

    #[test]
    fn a_text_has_one_meaning() {
        assert_eq!(ValueMap::new(pairs(&[("a", "1"), ("A", "2")]), true), Err("A".to_owned()));
        assert!(ValueMap::new(pairs(&[("a", "1"), ("A", "2")]), false).is_ok());
        assert!(ValueMap::new(pairs(&[("a", "1"), (" a", "2")]), false).is_err());
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        let words = Words::new(["N/A", "", "Ungültig", "-"]);
        for text in ["n/a", "", "  ", "UNGÜLTIG", " - "] {
            assert!(words.contain(text), "{text:?}");
        }
        for text in ["na", "--", "gültig", "0"] {
            assert!(!words.contain(text), "{text:?}");
        }
    }
}
