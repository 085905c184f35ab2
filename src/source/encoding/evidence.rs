//! Comparing what a text says in each single-byte encoding.
//!
//! The evidence are the different words that are not in ASCII: a name in each of a thousand rows counts once. A word costs
//! as much as it is unlikely in its language; the encoding in which the text costs least is the best. A lead counts only as
//! far as several words agree on it.

use std::collections::HashSet;

use super::candidates::Candidate;
use super::characters::{case_cost, is_letter, neighbor_cost, symbol_cost};
use super::charset::Encoding;
use super::languages::{Costs, Languages, MOST};

/// How many words are enough. Words with a byte that was not in them are added.
const MAX_WORDS: usize = 3_000;

/// What it costs a word to be in another language than most, and how many words show that a text is in several languages.
const OTHER_LANGUAGE: u32 = 3;
const FEW: usize = 3;

/// What it costs a text with fewer letters to be in another script: a text in it has hardly any ASCII letters.
const FEW_LETTERS: u32 = 6;
const MIN_LETTERS: usize = 12;

/// How far the best encoding has to lead each one that reads differently.
const MIN_LEAD: i32 = 12;

/// How far one word can lead: not far enough, unless the other reading has a symbol inside the word or the like.
const WORD_LEAD: i32 = 9;
const ABSURD_LEAD: i32 = 14;
const ABSURD: u32 = 13;

/// How far a word can lead that has quotation marks or other symbols and only ASCII letters, and what these cost at least.
const SYMBOL_LEAD: i32 = 4;
const SYMBOL: u32 = 5;

/// How much a byte may cost on average: more, and it is no text in a language known here. Letters of the other scripts follow
/// each other, so that both neighbors of a letter are evidence.
const MAX_LATIN_COST: f64 = 13.0;
const MAX_OTHER_COST: f64 = 6.0;

/// What stands for a digit next to a word, and what a letter next to it costs.
const DIGIT: char = '0';
const LETTER_AT_DIGIT: u32 = 4;

/// A word with the bytes around it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Word<'a> {
    bytes: &'a [u8],
    before: u8,
    after: u8,
}

/// What a word costs in each language, and in all of them because of its symbols and capitals.
struct WordCosts {
    languages: Costs,
    shape: u32,
    /// Whether it has letters that are not in ASCII.
    has_letters: bool,
}

/// A text read in one encoding.
struct Reading {
    candidate: &'static Candidate,
    words: Vec<WordReading>,
    total: u32,
    /// The cost of the encoding itself.
    own: u32,
}

#[derive(Clone, Copy)]
struct WordReading {
    /// In the language that suits it.
    cost: u32,
    /// In the languages of the text.
    strict: u32,
    is_absurd: bool,
    is_symbolic: bool,
}

/// The best encoding for a text.
#[derive(Debug)]
pub(super) struct Best {
    pub(super) encoding: Encoding,
    /// The nearest encoding that reads differently, if it is too near.
    pub(super) rival: Option<Encoding>,
    /// The best of those that read differently.
    pub(super) second: Option<Encoding>,
    /// Whether the text makes sense in it.
    pub(super) is_plausible: bool,
    pub(super) words: usize,
}

impl Best {
    /// `None` if the text is in ASCII.
    pub(super) fn find(sample: &[u8]) -> Option<Self> {
        let words = words(sample);
        let bytes = words.iter().flat_map(|word| word.bytes).filter(|byte| !byte.is_ascii());
        let used: HashSet<u8> = bytes.clone().copied().collect();
        let mut readings: Vec<Reading> =
            Candidate::all().iter().map(|candidate| Reading::new(candidate, &words)).collect();
        readings.sort_by_key(|reading| reading.total);
        let (best, others) = readings.split_first()?;
        let others: Vec<&Reading> =
            others.iter().filter(|other| other.candidate.differs(best.candidate, &used)).collect();
        let rival = others.iter().find(|other| other.lead_of(best, &words) < MIN_LEAD);
        let cost: u32 = best.words.iter().map(|word| word.cost).sum();
        (!used.is_empty()).then(|| Self {
            encoding: best.usual_encoding(&used),
            rival: rival.map(|rival| rival.usual_encoding(&used)),
            second: others.first().map(|second| second.usual_encoding(&used)),
            is_plausible: f64::from(cost) <= best.max_cost(&used) * bytes.count() as f64,
            words: words.len(),
        })
    }
}

impl Reading {
    fn new(candidate: &'static Candidate, words: &[Word<'_>]) -> Self {
        let languages = Languages::all();
        let is_mostly_ascii =
            words.iter().flat_map(|word| word.bytes).filter(|byte| !byte.is_ascii()).count() < MIN_LETTERS;
        let costs: Vec<WordCosts> = words.iter().map(|word| WordCosts::of(word, candidate, languages)).collect();
        let total = |language: &usize| costs.iter().map(|word| word.languages[*language]).sum::<u32>();
        let own = |language: usize| {
            let is_unlikely = languages.is_other_script(language) && is_mostly_ascii;
            candidate.cost_in(languages.name(language)) + if is_unlikely { FEW_LETTERS } else { 0 }
        };
        let main = (0..languages.len()).min_by_key(|language| total(language) + own(*language)).unwrap_or_default();
        let is_known = |language: &usize| costs.iter().filter(|word| word.is_best_in(*language)).nth(FEW - 1).is_some();
        let known: Vec<usize> = (0..languages.len()).filter(is_known).collect();
        let read = |word: &WordCosts| WordReading {
            cost: word.least(main, 0..languages.len()),
            strict: word.least(main, known.iter().copied()),
            is_absurd: word.shape >= ABSURD,
            is_symbolic: word.shape >= SYMBOL && !word.has_letters,
        };
        let words: Vec<WordReading> = costs.iter().map(read).collect();
        let own = own(main);
        Self { candidate, total: words.iter().map(|word| word.cost).sum::<u32>() + own, words, own }
    }

    /// The most usual of the encodings in which the text reads like this.
    fn usual_encoding(&self, used: &HashSet<u8>) -> Encoding {
        let reads_alike = |other: &&Candidate| !self.candidate.differs(other, used);
        let usual = Candidate::all().iter().filter(reads_alike).min_by_key(|other| other.cost);
        usual.unwrap_or(self.candidate).encoding
    }

    /// How far the best reading leads this one.
    fn lead_of(&self, best: &Self, words: &[Word<'_>]) -> i32 {
        let readings = words.iter().zip(self.words.iter().zip(&best.words));
        let leads =
            readings.filter(|(word, _)| self.candidate.differs(best.candidate, word.bytes)).map(|(_, (one, best))| {
                let limit = |word: &WordReading| if word.is_absurd { ABSURD_LEAD } else { WORD_LEAD };
                let most = if best.is_symbolic && !one.is_absurd { SYMBOL_LEAD } else { limit(one) };
                (one.cost as i32 - best.strict as i32).clamp(-limit(best), most)
            });
        leads.sum::<i32>() + self.own as i32 - best.own as i32
    }

    fn max_cost(&self, used: &HashSet<u8>) -> f64 {
        let letters = used.iter().map(|byte| self.candidate.upper[usize::from(byte - 128)]).filter(|c| is_letter(*c));
        let (latin, other): (Vec<char>, Vec<char>) = letters.partition(|c| *c < '\u{250}');
        if latin.len() >= other.len() { MAX_LATIN_COST } else { MAX_OTHER_COST }
    }
}

/// The different words of a text that are neither in ASCII nor in UTF-8.
fn words(sample: &[u8]) -> Vec<Word<'_>> {
    let (mut known, mut words, mut seen) = (HashSet::new(), Vec::new(), [false; 256]);
    let is_part = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    let mut start = 0_usize;
    for bytes in sample.split(|byte| !is_part(byte)) {
        let (before, after) =
            (start.checked_sub(1).map(|place| sample[place]), sample.get(start + bytes.len()).copied());
        start += bytes.len() + 1;
        // A word in UTF-8 says nothing about the others: the file has several encodings.
        if std::str::from_utf8(bytes).is_ok() {
            continue;
        }
        let is_new = bytes.iter().any(|byte| !std::mem::replace(&mut seen[usize::from(*byte)], true));
        let kind = |byte: Option<u8>| byte.map_or(b' ', |byte| if byte.is_ascii_digit() { DIGIT as u8 } else { b' ' });
        let word = (bytes, kind(before), kind(after));
        if (words.len() < MAX_WORDS || is_new) && known.insert(word) {
            words.push(Word { bytes, before: word.1, after: word.2 });
        }
    }
    words
}

impl WordCosts {
    fn of(word: &Word<'_>, candidate: &Candidate, languages: &Languages) -> Self {
        let read =
            |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { candidate.upper[usize::from(*byte - 128)] };
        let characters: Vec<char> = [&[word.before], word.bytes, &[word.after]].concat().iter().map(read).collect();
        let shape = shape_cost(&characters);
        let mut costs = [shape; MOST];
        for pair in characters.windows(2) {
            let [first, second] = [pair[0], pair[1]].map(|c| Some(c).filter(|c| is_letter(*c)));
            if first.into_iter().chain(second).any(|letter| !letter.is_ascii()) {
                languages.add_pair(&mut costs, first, second);
            }
        }
        Self { languages: costs, shape, has_letters: characters.iter().any(|c| !c.is_ascii() && is_letter(*c)) }
    }

    fn is_best_in(&self, language: usize) -> bool {
        self.languages[..Languages::all().len()].iter().all(|cost| self.languages[language] <= *cost)
    }

    /// The cost in the main language of a text or in one of the others.
    fn least(&self, main: usize, others: impl Iterator<Item = usize>) -> u32 {
        let other = others.map(|language| self.languages[language] + OTHER_LANGUAGE).min();
        other.map_or(self.languages[main], |other| other.min(self.languages[main]))
    }
}

/// What the symbols and the capitals of a word cost.
fn shape_cost(characters: &[char]) -> u32 {
    let is_symbol = |place: &usize| !characters[*place].is_ascii() && !is_letter(characters[*place]);
    let symbols = (1..characters.len() - 1).filter(is_symbol).map(|place| symbol_cost(characters, place));
    let is_word = |letters: &&[char]| letters.iter().all(|c| is_letter(*c)) && !letters.iter().all(char::is_ascii);
    let pairs = characters.windows(2).filter(is_word).map(|pair| neighbor_cost(pair[0], pair[1]));
    let is_digit_and_letter = |pair: &&[char]| {
        let [one, other] = [pair[0], pair[1]];
        one == DIGIT && !other.is_ascii() && is_letter(other) || other == DIGIT && !one.is_ascii() && is_letter(one)
    };
    let digits = characters.windows(2).filter(is_digit_and_letter).count() as u32;
    let triples = characters.windows(3).filter(is_word).map(|triple| case_cost([triple[0], triple[1], triple[2]]));
    symbols.sum::<u32>() + pairs.sum::<u32>() + triples.sum::<u32>() + LETTER_AT_DIGIT * digits
}
