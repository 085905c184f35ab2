//! A set of texts that ignores case.

use crate::text::trimmed;

/// A few texts to look for, ignoring case and surrounding blanks.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct FoldedSet(Vec<Box<str>>);

impl FoldedSet {
    pub fn new(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let texts = texts.into_iter().map(|text| trimmed(text.as_ref()).to_lowercase().into());
        Self(texts.collect()).sorted()
    }

    /// The texts of both sets.
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).cloned().collect()).sorted()
    }

    fn sorted(mut self) -> Self {
        self.0.sort_unstable();
        self.0.dedup();
        self
    }

    pub fn contains(&self, text: &str) -> bool {
        let text = trimmed(text);
        self.0.iter().any(|folded| eq_folded(folded, text))
    }

    /// The texts in lower case, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|text| &**text)
    }
}

/// `folded` is in lower case already. Allocates nothing.
fn eq_folded(folded: &str, text: &str) -> bool {
    if folded.is_ascii() && text.is_ascii() {
        return folded.eq_ignore_ascii_case(text);
    }
    text.chars().flat_map(char::to_lowercase).eq(folded.chars())
}

#[cfg(test)]
mod tests {
    use super::FoldedSet;

    #[test]
    fn texts_are_found_in_any_case() {
        let set = FoldedSet::new(["N/A", "", "Ungültig", "-"]);
        for text in ["n/a", "", "  ", "\u{feff}", "UNGÜLTIG", " - ", "\u{a0}-"] {
            assert!(set.contains(text), "{text:?}");
        }
        for text in ["na", "--", "gültig", "0"] {
            assert!(!set.contains(text), "{text:?}");
        }
        assert_eq!(FoldedSet::new(["b", "a"]).union(&FoldedSet::new(["A", "c"])), FoldedSet::new(["a", "b", "c"]));
    }
}
