//! What the valid records of an input add up to, counted as they pass, in memory that doesn't grow with the input.

use std::cmp::Reverse;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::garbled::ungarbled;
use super::{Feedback, FeedbackType, Score};
use crate::text::excerpt;

/// How many survey names are told apart.
const MOST_NAMES: usize = 1000;
/// How many channels, and how many languages, are told apart.
const MOST_CODES: usize = 200;
/// The longest text that is kept, in bytes: nothing that names anything is longer.
const LONGEST: usize = 512;

/// Counts by survey, by channel and by language. What is told apart is bounded, and the rest is counted together:
/// nothing is left out of a sum.
#[derive(Debug, Clone)]
pub struct Tally {
    surveys: Kept<ByType>,
    channels: Kept<u64>,
    languages: Kept<u64>,
    garbled: Garbled,
}

/// Records with a text that looks like UTF-8 read as something else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Garbled {
    /// How many there are.
    pub records: u64,
    /// The first such text, and what it would be.
    pub first: Option<(String, String)>,
}

/// The scores of one name, by the type's place in [`FeedbackType::ALL`].
type ByType = [Distribution; FeedbackType::ALL.len()];

/// How often each score of a survey was given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Distribution {
    /// By score, from 0 to the highest of any scale.
    counts: [u64; 11],
    /// Those that are not on their type's scale.
    outside: Outside,
}

/// Scores that are not on their type's scale, let through on demand.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Outside {
    /// How many there are.
    pub count: u64,
    /// The lowest; 0 if there is none.
    pub lowest: f64,
    /// The highest; 0 if there is none.
    pub highest: f64,
}

/// All records of one name and one type: on the vendor's dashboard that is one survey.
#[derive(Debug, Clone, Copy)]
pub struct Survey<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type.
    pub feedback_type: FeedbackType,
    /// Its scores.
    pub scores: &'a Distribution,
}

impl Default for Tally {
    fn default() -> Self {
        let (channels, languages) = (Kept::new(MOST_CODES), Kept::new(MOST_CODES));
        Self { surveys: Kept::new(MOST_NAMES), channels, languages, garbled: Garbled::default() }
    }
}

impl Tally {
    /// Counts a record. For a name, a channel and a language that came before nothing is allocated.
    pub fn count(&mut self, record: &Feedback<'_>) {
        let (of, score) = (record.feedback_type(), record.score());
        self.surveys.update(record.name(), |by_type| by_type[of as usize].count(of, score));
        self.channels.update(record.channel(), |count| *count += 1);
        self.languages.update(record.language(), |count| *count += 1);
        self.garbled.count([record.name(), record.message(), record.channel_uid()]);
    }

    /// How many records were counted.
    pub fn records(&self) -> u64 {
        self.channels.known.values().sum::<u64>() + self.channels.others
    }

    /// The records that look garbled.
    pub fn garbled(&self) -> &Garbled {
        &self.garbled
    }

    /// The surveys that are told apart, the largest first.
    pub fn surveys<'a>(&'a self) -> Vec<Survey<'a>> {
        let of_types = |name: &'a str, scores: &'a ByType| {
            FeedbackType::ALL.map(|of| Survey { name, feedback_type: of, scores: &scores[of as usize] })
        };
        let mut surveys: Vec<_> = self.surveys.known.iter().flat_map(|(name, scores)| of_types(name, scores)).collect();
        surveys.retain(|survey| survey.scores.all() > 0);
        surveys.sort_by_key(|survey| (Reverse(survey.scores.all()), survey.name, survey.feedback_type));
        surveys
    }

    /// How many records belong to surveys that are not told apart: theirs were not among the first
    /// 1,000 names, or are too long to be names.
    pub fn records_of_other_surveys(&self) -> u64 {
        self.surveys.others.iter().map(Distribution::all).sum()
    }

    /// How many records each channel has, the most frequent first.
    pub fn channels(&self) -> Vec<(&str, u64)> {
        self.channels.by_count()
    }

    /// How many records have channels that are not told apart.
    pub fn records_of_other_channels(&self) -> u64 {
        self.channels.others
    }

    /// How many records each language has, the most frequent first.
    pub fn languages(&self) -> Vec<(&str, u64)> {
        self.languages.by_count()
    }

    /// How many records have languages that are not told apart.
    pub fn records_of_other_languages(&self) -> u64 {
        self.languages.others
    }
}

impl Distribution {
    /// Counts a score of a survey of this type.
    pub fn count(&mut self, of: FeedbackType, score: Score) {
        match score.whole().and_then(|score| u8::try_from(score).ok()) {
            Some(score) if of.scale().contains(&score) => self.counts[usize::from(score)] += 1,
            _ => self.outside.count(score.value()),
        }
    }

    /// How often this score was given.
    pub fn of(&self, score: u8) -> u64 {
        self.counts.get(usize::from(score)).copied().unwrap_or_default()
    }

    /// How many scores are on the scale.
    pub fn on_scale(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The scores that are not.
    pub fn outside(&self) -> Outside {
        self.outside
    }

    /// How many scores there are.
    pub fn all(&self) -> u64 {
        self.on_scale() + self.outside.count
    }
}

impl Garbled {
    fn count(&mut self, texts: [&str; 3]) {
        let Some((text, mended)) = texts.into_iter().find_map(|text| Some((text, ungarbled(text)?))) else { return };
        self.records += 1;
        // No text is kept in full that may be long.
        self.first.get_or_insert_with(|| (excerpt(text, LONGEST), excerpt(&mended, LONGEST)));
    }
}

impl Outside {
    fn count(&mut self, score: f64) {
        let first = self.count == 0;
        self.lowest = if first { score } else { self.lowest.min(score) };
        self.highest = if first { score } else { self.highest.max(score) };
        self.count += 1;
    }
}

/// What is counted for each of the first so many texts, and for all others together.
#[derive(Debug, Clone)]
struct Kept<T> {
    most: usize,
    known: HashMap<Box<str>, T, RandomState>,
    others: T,
}

impl<T: Default> Kept<T> {
    fn new(most: usize) -> Self {
        Self { most, known: HashMap::default(), others: T::default() }
    }

    fn update(&mut self, text: &str, count: impl FnOnce(&mut T)) {
        if let Some(counted) = self.known.get_mut(text) {
            count(counted);
        } else if self.known.len() < self.most && text.len() <= LONGEST {
            count(self.known.entry(text.into()).or_default());
        } else {
            count(&mut self.others);
        }
    }
}

impl Kept<u64> {
    fn by_count(&self) -> Vec<(&str, u64)> {
        let mut counts: Vec<_> = self.known.iter().map(|(text, count)| (&**text, *count)).collect();
        counts.sort_by_key(|(text, count)| (Reverse(*count), *text));
        counts
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::{LONGEST, MOST_CODES, MOST_NAMES, Tally};
    use crate::record::{Draft, FeedbackType, Field, ScoreRule};

    /// Counts a record with any score.
    fn count(tally: &mut Tally, name: &str, of: FeedbackType, score: f64, channel: &str, language: &str) {
        let mut draft = Draft::default();
        let score = score.to_string();
        let texts = ["jo@example.com", name, &score, channel, of.wire_name(), language, ""];
        Field::ALL.into_iter().zip(texts).for_each(|(field, text)| draft.set(field, text));
        tally.count(&draft.check(ScoreRule::Any).unwrap());
    }

    #[test]
    fn types_under_one_name_are_surveys_of_their_own_and_the_largest_comes_first() {
        let mut tally = Tally::default();
        for (name, of, score) in [
            ("b", FeedbackType::Csat, 4.0),
            ("a", FeedbackType::Thumb, 1.0),
            ("a", FeedbackType::Nps, 10.0),
            ("a", FeedbackType::Thumb, 0.0),
        ] {
            count(&mut tally, name, of, score, "rtm", "en");
        }
        let surveys = tally.surveys();
        let seen: Vec<_> = surveys.iter().map(|one| (one.name, one.feedback_type, one.scores.all())).collect();
        assert_eq!(seen, [("a", FeedbackType::Thumb, 2), ("a", FeedbackType::Nps, 1), ("b", FeedbackType::Csat, 1)]);
        assert_eq!((surveys[0].scores.of(0), surveys[0].scores.of(1), surveys[1].scores.of(10)), (1, 1, 1));
    }

    #[test]
    fn what_is_told_apart_is_bounded_and_the_rest_is_counted_all_the_same() {
        let mut tally = Tally::default();
        for number in 0..1500 {
            let text = format!("n{number}");
            count(&mut tally, &text, FeedbackType::Nps, 9.0, &text, &text);
        }
        count(&mut tally, "n0", FeedbackType::Nps, 11.0, "n0", "n0");
        count(&mut tally, &"x".repeat(LONGEST + 1), FeedbackType::Csat, 5.0, "n0", "n0");
        assert_eq!((tally.records(), tally.surveys().len()), (1502, MOST_NAMES));
        assert_eq!((tally.surveys()[0].name, tally.surveys()[0].scores.all()), ("n0", 2));
        assert_eq!(tally.records_of_other_surveys(), 501);
        assert_eq!((tally.channels().len(), tally.channels()[0]), (MOST_CODES, ("n0", 3)));
        assert_eq!((tally.records_of_other_channels(), tally.records_of_other_languages()), (1300, 1300));
    }

    proptest! {
        #[test]
        fn every_record_is_counted_once_in_every_sum(
            records in prop::collection::vec(
                ("[a-c]", prop::sample::select(FeedbackType::ALL.to_vec()), any::<i8>(), any::<bool>(), "[xy]", "[de]{2}"),
                0..200,
            )
        ) {
            let (mut tally, mut expected) = (Tally::default(), BTreeMap::<_, (u64, u64)>::new());
            for (name, of, score, halved, channel, language) in &records {
                let score = f64::from(*score) / if *halved { 2.0 } else { 16.0 };
                count(&mut tally, name, *of, score, channel, language);
                let is_inside = of.scale().any(|inside| f64::from(inside) == score);
                let counts = expected.entry((name.as_str(), *of)).or_default();
                *if is_inside { &mut counts.0 } else { &mut counts.1 } += 1;
            }
            let surveys = tally.surveys();
            let found: BTreeMap<_, _> = surveys
                .iter()
                .map(|one| ((one.name, one.feedback_type), (one.scores.on_scale(), one.scores.outside().count)))
                .collect();
            prop_assert_eq!(found, expected);
            let all = records.len() as u64;
            prop_assert_eq!(tally.records(), all);
            prop_assert_eq!(surveys.iter().map(|survey| survey.scores.all()).sum::<u64>(), all);
            prop_assert_eq!(tally.channels().iter().map(|(_, count)| count).sum::<u64>(), all);
            prop_assert_eq!(tally.languages().iter().map(|(_, count)| count).sum::<u64>(), all);
        }
    }
}
