//! Counts the valid records of an input as they pass, in memory that does not grow with the input.

use std::cmp::Reverse;

use super::bounded_counts::{BoundedCounts, MAX_TEXT};
use super::mojibake::repaired;
use super::{Distribution, Feedback, FeedbackType, Score};
use crate::text::excerpt;

/// How many survey names are counted separately.
const MAX_NAMES: usize = 1000;
/// How many channels, and how many languages, are counted separately.
const MAX_CODES: usize = 200;

/// Counts by survey, channel and language. Texts beyond the limits are counted together, so that every sum is complete.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    surveys: BoundedCounts<ByType>,
    channels: BoundedCounts<u64>,
    languages: BoundedCounts<u64>,
    mojibake: Mojibake,
}

/// Records with a text that looks like UTF-8 decoded as another encoding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mojibake {
    pub records: u64,
    /// The first such text, and the same text decoded as UTF-8.
    pub first: Option<(String, String)>,
}

/// The scores of one name, indexed by [`FeedbackType`].
type ByType = [Distribution; FeedbackType::ALL.len()];

/// All records of one name and one type. The vendor's dashboard shows them as one survey.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Survey<'a> {
    pub name: &'a str,
    pub feedback_type: FeedbackType,
    pub scores: &'a Distribution,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            surveys: BoundedCounts::new(MAX_NAMES),
            channels: BoundedCounts::new(MAX_CODES),
            languages: BoundedCounts::new(MAX_CODES),
            mojibake: Mojibake::default(),
        }
    }
}

impl Tally {
    /// Counts a record. Allocates nothing if its name, channel and language were counted before.
    pub(crate) fn count(&mut self, record: &Feedback<'_>) {
        let survey = (record.name(), record.feedback_type());
        self.count_score(survey, record.score(), record.channel(), record.language());
        self.mojibake.count([record.name(), record.message(), record.channel_uid()]);
    }

    /// Counts a score that a server returned.
    pub(crate) fn count_score(
        &mut self,
        (name, of): (&str, FeedbackType),
        score: Score,
        channel: &str,
        language: &str,
    ) {
        self.surveys.update(name, |by_type| by_type[of as usize].count(of, score));
        self.channels.update(channel, |count| *count += 1);
        self.languages.update(language, |count| *count += 1);
    }

    pub(crate) fn records(&self) -> u64 {
        self.channels.known.values().sum::<u64>() + self.channels.others
    }

    pub(crate) fn mojibake(&self) -> &Mojibake {
        &self.mojibake
    }

    /// The surveys that are counted separately, the largest first.
    pub(crate) fn surveys<'a>(&'a self) -> Vec<Survey<'a>> {
        let mut surveys: Vec<_> = self
            .surveys
            .known
            .iter()
            .flat_map(|(name, scores)| {
                FeedbackType::ALL.map(|of| Survey { name, feedback_type: of, scores: &scores[of as usize] })
            })
            .collect();
        surveys.retain(|survey| survey.scores.total() > 0);
        surveys.sort_by_key(|survey| (Reverse(survey.scores.total()), survey.name, survey.feedback_type));
        surveys
    }

    /// How many records belong to other surveys: their name came after the first 1,000 names, or is too long for a name.
    pub(crate) fn records_of_other_surveys(&self) -> u64 {
        self.surveys.others.iter().map(Distribution::total).sum()
    }

    /// Each channel and how many records have it, the most frequent first.
    pub(crate) fn channels(&self) -> Vec<(&str, u64)> {
        self.channels.by_count()
    }

    /// How many records have channels that are not counted separately.
    pub(crate) fn records_of_other_channels(&self) -> u64 {
        self.channels.others
    }

    /// Each language and how many records have it, the most frequent first.
    pub(crate) fn languages(&self) -> Vec<(&str, u64)> {
        self.languages.by_count()
    }

    /// How many records have languages that are not counted separately.
    pub(crate) fn records_of_other_languages(&self) -> u64 {
        self.languages.others
    }
}

impl Mojibake {
    fn count(&mut self, texts: [&str; 3]) {
        let Some((text, repaired)) = texts.into_iter().find_map(|text| Some((text, repaired(text)?))) else { return };
        self.records += 1;
        self.first.get_or_insert_with(|| (excerpt(text, MAX_TEXT), excerpt(&repaired, MAX_TEXT)));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::{MAX_CODES, MAX_NAMES, MAX_TEXT, Tally};
    use crate::record::{Draft, FeedbackType, Field, ScoreRule};

    /// Counts a record with any score.
    fn count(tally: &mut Tally, name: &str, of: FeedbackType, score: f64, channel: &str, language: &str) {
        let mut draft = Draft::default();
        let score = score.to_string();
        let texts = ["jo@example.com", name, &score, channel, of.wire_name(), language, ""];
        Field::BODY.into_iter().zip(texts).for_each(|(field, text)| draft.set(field, text));
        tally.count(&draft.check(ScoreRule::Any).unwrap());
    }

    #[test]
    fn surveys_are_counted_by_name_and_type() {
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
        let seen: Vec<_> = surveys.iter().map(|one| (one.name, one.feedback_type, one.scores.total())).collect();
        assert_eq!(seen, [("a", FeedbackType::Thumb, 2), ("a", FeedbackType::Nps, 1), ("b", FeedbackType::Csat, 1)]);
        assert_eq!(
            (surveys[0].scores.count_of(0), surveys[0].scores.count_of(1), surveys[1].scores.count_of(10)),
            (1, 1, 1)
        );
    }

    #[test]
    fn texts_beyond_the_limit_are_counted_together() {
        let mut tally = Tally::default();
        for number in 0..1500 {
            let text = format!("n{number}");
            count(&mut tally, &text, FeedbackType::Nps, 9.0, &text, &text);
        }
        count(&mut tally, "n0", FeedbackType::Nps, 11.0, "n0", "n0");
        count(&mut tally, &"x".repeat(MAX_TEXT + 1), FeedbackType::Csat, 5.0, "n0", "n0");
        assert_eq!((tally.records(), tally.surveys().len()), (1502, MAX_NAMES));
        assert_eq!((tally.surveys()[0].name, tally.surveys()[0].scores.total()), ("n0", 2));
        assert_eq!(tally.records_of_other_surveys(), 501);
        assert_eq!((tally.channels().len(), tally.channels()[0]), (MAX_CODES, ("n0", 3)));
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
                .map(|one| ((one.name, one.feedback_type), (one.scores.on_scale(), one.scores.out_of_scale().count)))
                .collect();
            prop_assert_eq!(found, expected);
            let all = records.len() as u64;
            prop_assert_eq!(tally.records(), all);
            prop_assert_eq!(surveys.iter().map(|survey| survey.scores.total()).sum::<u64>(), all);
            prop_assert_eq!(tally.channels().iter().map(|(_, count)| count).sum::<u64>(), all);
            prop_assert_eq!(tally.languages().iter().map(|(_, count)| count).sum::<u64>(), all);
        }
    }
}
