//! Values that stand for others: `good` for 1, `Deutsch` for `de`.

use std::collections::HashMap;

/// Maps texts to their meanings. Surrounding spaces are ignored, and case if asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueMap {
    meanings: HashMap<Box<str>, Box<str>>,
    ignore_case: bool,
}

impl ValueMap {
    /// # Errors
    /// The key that appears twice.
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

    /// The text's meaning, if the map contains it.
    pub fn get(&self, text: &str) -> Option<&str> {
        let text = text.trim();
        let found = if self.ignore_case { self.meanings.get(&*text.to_lowercase()) } else { self.meanings.get(text) };
        found.map(|meaning| &**meaning)
    }

    /// Whether some text has this meaning, apart from surrounding spaces.
    pub fn has_meaning(&self, meaning: &str) -> bool {
        self.meanings.values().any(|known| known.trim() == meaning)
    }

    pub fn len(&self) -> usize {
        self.meanings.len()
    }

    pub fn is_empty(&self) -> bool {
        self.meanings.is_empty()
    }

    /// All texts and their meanings, sorted.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut pairs: Vec<_> = self.meanings.iter().map(|(text, meaning)| (&**text, &**meaning)).collect();
        pairs.sort_unstable();
        pairs.into_iter()
    }

    pub fn ignores_case(&self) -> bool {
        self.ignore_case
    }
}

#[cfg(test)]
mod tests {
    use super::ValueMap;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(text, meaning)| ((*text).to_owned(), (*meaning).to_owned())).collect()
    }

    #[test]
    fn texts_are_mapped_to_their_meanings() {
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
}
