//! Which letters follow each other in which language, and how likely that is.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The pairs of letters of each language in which one is not in ASCII, counted in the words that the word lists of wordfreq 3
/// (for Thai, the profile of langdetect) say are the most frequent. A line has a language, the negative natural logarithm of
/// a probability, and the pairs whose second letter follows the first one with this probability. `#` stands for the start or
/// the end of a word.
const PAIRS: &str = include_str!("languages.txt");

/// The cost of a pair that does not occur, if its letters belong to the language, and if they do not.
const RARE: u8 = 9;
const FOREIGN: u8 = 11;

/// The languages that are not written in Latin letters.
const OTHER_SCRIPTS: [&str; 8] = ["ru", "uk", "bg", "mk", "el", "he", "ar", "th"];

const BOUNDARY: char = '#';

/// How many languages there can be; each has a bit of a [`Languages::alphabets`].
pub(super) const MOST: usize = 32;

pub(super) type Costs = [u32; MOST];

pub(super) struct Languages {
    names: Vec<&'static str>,
    pairs: HashMap<(char, char), [u8; MOST], foldhash::fast::RandomState>,
    /// The languages in which a letter occurs.
    alphabets: HashMap<char, u32, foldhash::fast::RandomState>,
}

impl Languages {
    /// Reads the pairs once.
    pub(super) fn all() -> &'static Self {
        static ALL: OnceLock<Languages> = OnceLock::new();
        ALL.get_or_init(Self::read)
    }

    fn read() -> Self {
        let mut all = Self { names: vec!["en"], pairs: HashMap::default(), alphabets: HashMap::default() };
        for line in PAIRS.lines() {
            let mut words = line.split(' ');
            let (name, cost, pairs) = (words.next(), words.next().and_then(|cost| cost.parse().ok()), words.next());
            let (Some(name), Some(cost), Some(pairs)) = (name, cost, pairs) else { continue };
            if all.names.last() != Some(&name) {
                all.names.push(name);
            }
            all.add(cost, pairs);
        }
        all
    }

    /// Adds pairs of the last language.
    fn add(&mut self, cost: u8, pairs: &str) {
        let language = self.names.len() - 1;
        let mut letters = pairs.chars();
        while let (Some(first), Some(second)) = (letters.next(), letters.next()) {
            self.pairs.entry((first, second)).or_insert([u8::MAX; MOST])[language] = cost;
            for letter in [first, second] {
                *self.alphabets.entry(letter).or_default() |= 1 << language;
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn name(&self, language: usize) -> &'static str {
        self.names[language]
    }

    /// Whether the language is not written in Latin letters.
    pub(super) fn is_other_script(&self, language: usize) -> bool {
        OTHER_SCRIPTS.contains(&self.names[language])
    }

    /// Adds the cost of a pair in each language. `None` is the start or the end of a word.
    pub(super) fn add_pair(&self, costs: &mut Costs, first: Option<char>, second: Option<char>) {
        let [first, second] = [first, second].map(|letter| letter.map_or(BOUNDARY, lower));
        let known = self.pairs.get(&(first, second));
        let alphabets = [first, second].into_iter().filter(|letter| !letter.is_ascii());
        let alphabets = alphabets.map(|letter| self.alphabets.get(&letter).copied().unwrap_or_default());
        let own = alphabets.fold(u32::MAX, |all, languages| all & languages);
        for (language, total) in costs.iter_mut().enumerate().take(self.len()) {
            let cost = known.map_or(u8::MAX, |costs| costs[language]);
            let unknown = if own & 1 << language == 0 { FOREIGN } else { RARE };
            *total += u32::from(if cost == u8::MAX { unknown } else { cost });
        }
    }
}

fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::{Languages, MOST};

    #[test]
    fn every_language_has_pairs() {
        let all = Languages::all();
        assert!(all.len() > 25 && all.len() <= MOST);
        for language in 1..all.len() {
            assert!(all.pairs.values().any(|costs| costs[language] < 4), "{}", all.name(language));
        }
    }

    #[test]
    fn frequent_pairs_cost_less() {
        let all = Languages::all();
        let cost = |name: &str, first, second| {
            let mut costs = [0; MOST];
            all.add_pair(&mut costs, first, second);
            costs[(0..all.len()).find(|language| all.name(*language) == name).unwrap()]
        };
        assert!(cost("de", Some('f'), Some('Ü')) < cost("de", Some('ü'), Some('ü')));
        assert!(cost("cs", Some('ř'), Some('e')) < cost("de", Some('ř'), Some('e')));
        assert!(cost("ru", None, Some('П')) < cost("ru", None, Some('ъ')));
    }
}
