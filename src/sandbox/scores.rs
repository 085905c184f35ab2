//! Scores as the vendor's dashboard shows them, per survey name and type.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::store::StoredRecord;
use super::survey_type::SurveyType;

/// The scores of every survey of every bot, counted as records are saved.
#[derive(Debug, Default)]
pub(super) struct Scores(BTreeMap<(Arc<str>, Arc<str>, SurveyType), Bands>);

/// A survey of one bot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Survey<'a> {
    pub(super) bot_id: &'a str,
    pub(super) name: &'a str,
    pub(super) survey_type: SurveyType,
    pub(super) bands: &'a Bands,
}

/// The number of good, neutral and bad scores: promoters, passives and detractors for NPS; satisfied, neutral and
/// unsatisfied for CSAT; likes and dislikes for THUMB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bands {
    pub(super) good: u64,
    pub(super) neutral: u64,
    pub(super) bad: u64,
    /// Scores that are not on the type's scale; they are left out of the result.
    pub(super) off_scale: u64,
}

impl Scores {
    pub(super) fn count(&mut self, record: &StoredRecord) {
        let survey = (Arc::clone(&record.bot_id), Arc::clone(&record.name), record.survey_type);
        *self.0.entry(survey).or_default().counter(record.survey_type, record.score.as_f64()) += 1;
    }

    pub(super) fn has_several_bots(&self) -> bool {
        let first = self.0.keys().next();
        self.0.keys().next_back().map(|(bot, ..)| bot) != first.map(|(bot, ..)| bot)
    }

    /// All surveys, sorted by bot and name.
    pub(super) fn surveys(&self) -> impl Iterator<Item = Survey<'_>> {
        self.0.iter().map(|((bot_id, name, of), bands)| Survey { bot_id, name, survey_type: *of, bands })
    }
}

impl Bands {
    /// The band of a score: NPS as the vendor splits it (9–10, 6–8, 0–5), CSAT as its current page does (5 is best).
    fn counter(&mut self, survey_type: SurveyType, score: Option<f64>) -> &mut u64 {
        let whole = score.filter(|score| score.fract() == 0.0 && (0.0..=10.0).contains(score));
        match (survey_type, whole.map(|score| score as u8)) {
            (SurveyType::Nps, Some(9 | 10)) | (SurveyType::Csat, Some(4 | 5)) | (SurveyType::Thumb, Some(1)) => {
                &mut self.good
            }
            (SurveyType::Nps, Some(6..=8)) | (SurveyType::Csat, Some(3)) => &mut self.neutral,
            (SurveyType::Nps, Some(0..=5)) | (SurveyType::Csat, Some(1 | 2)) | (SurveyType::Thumb, Some(0)) => {
                &mut self.bad
            }
            _ => &mut self.off_scale,
        }
    }

    /// The number of scores on the scale.
    pub(super) fn total(&self) -> u64 {
        self.good + self.neutral + self.bad
    }

    /// The percentage of good scores or, for NPS, of promoters minus detractors; rounded half away from zero. `None`
    /// without any score.
    pub(super) fn score(&self, survey_type: SurveyType) -> Option<i64> {
        let part = match survey_type {
            SurveyType::Nps => self.good as f64 - self.bad as f64,
            _ => self.good as f64,
        };
        (self.total() > 0).then(|| (100.0 * part / self.total() as f64).round() as i64)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    use super::{self as sandbox, Bands, Scores};
    use crate::record::{BandCounts, Draft, FeedbackType, Field, ScoreRule, Survey, Tally};
    use crate::sandbox::SurveyType;
    use crate::sandbox::store::Store;
    use crate::sandbox::submission::Submission;

    fn bands(survey_type: SurveyType, scores: impl IntoIterator<Item = f64>) -> Bands {
        let mut bands = Bands::default();
        scores.into_iter().for_each(|score| *bands.counter(survey_type, Some(score)) += 1);
        bands
    }

    #[test]
    fn nps_uses_the_vendors_bands() {
        let all = bands(SurveyType::Nps, (0..=10).map(f64::from));
        assert_eq!(all, Bands { good: 2, neutral: 3, bad: 6, off_scale: 0 });
        assert_eq!(bands(SurveyType::Nps, [9.0, 10.0, 7.0, 0.0]).score(SurveyType::Nps), Some(25));
    }

    #[test]
    fn csat_is_the_share_of_four_and_five() {
        let all = bands(SurveyType::Csat, (1..=5).map(f64::from));
        assert_eq!(all, Bands { good: 2, neutral: 1, bad: 2, off_scale: 0 });
        assert_eq!(all.score(SurveyType::Csat), Some(40));
    }

    #[test]
    fn thumb_is_the_share_of_likes() {
        assert_eq!(bands(SurveyType::Thumb, [1.0, 1.0, 1.0, 0.0]).score(SurveyType::Thumb), Some(75));
    }

    #[test]
    fn off_scale_scores_do_not_count() {
        let nps = bands(SurveyType::Nps, [11.0, -1.0, 7.5, 266.0]);
        assert_eq!((nps.off_scale, nps.score(SurveyType::Nps)), (4, None));
        assert_eq!(bands(SurveyType::Csat, [0.0, 6.0]).off_scale, 2);
        assert_eq!(bands(SurveyType::Thumb, [2.0]).off_scale, 1);
    }

    /// A survey in the preview: records per band, off the scale, and the score.
    fn previewed(survey: &Survey<'_>) -> (u64, u64, u64, u64, Option<i64>) {
        let standing = BandCounts::vendor(survey.feedback_type, survey.scores);
        let figure = match survey.feedback_type {
            FeedbackType::Nps => standing.nps(),
            _ => standing.positive_percent(),
        };
        (standing.positive, standing.neutral, standing.negative, survey.scores.out_of_scale().count, figure)
    }

    proptest! {
        /// The vendor's page is implemented twice, independently.
        #[test]
        fn the_preview_matches_the_sandboxs_scores(
            records in prop::collection::vec(
                ("[ab]", prop::sample::select(vec!["NPS", "CSAT", "THUMB"]), -1..=12_i32, prop::bool::weighted(0.1)),
                0..120,
            )
        ) {
            let (mut tally, mut store, mut sandbox) = (Tally::default(), Store::new(0), Scores::default());
            for (name, of, score, halved) in &records {
                let score = format!("{score}{}", if *halved { ".5" } else { "" });
                let texts = ["jo@example.com", name, &score, "rtm", of, "en", ""];
                let mut draft = Draft::default();
                Field::BODY.into_iter().zip(texts).for_each(|(field, text)| draft.set(field, text));
                let feedback = draft.check(ScoreRule::Any).unwrap();
                tally.count(&feedback);
                let submission = Submission::parse(&feedback.body()).unwrap();
                sandbox.count(store.save("st-1", submission, Timestamp::UNIX_EPOCH));
            }
            let mut before: Vec<_> = tally
                .surveys()
                .iter()
                .map(|survey| (survey.name.to_owned(), survey.feedback_type.to_string(), previewed(survey)))
                .collect();
            let mut after: Vec<_> = sandbox
                .surveys()
                .map(|sandbox::Survey { name, survey_type: of, bands, .. }| {
                    let scores = (bands.good, bands.neutral, bands.bad, bands.off_scale, bands.score(of));
                    (name.to_owned(), of.to_string(), scores)
                })
                .collect();
            before.sort();
            after.sort();
            prop_assert_eq!(before, after);
        }
    }
}
