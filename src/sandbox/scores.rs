//! Scores as the vendor's dashboard reads them, for each survey name and type.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::store::{StoredRecord, SurveyType};

/// The scores of every survey of every bot that was seen, counted as records come in.
#[derive(Debug, Default)]
pub(super) struct Scores(BTreeMap<(Arc<str>, Arc<str>, SurveyType), Bands>);

/// A survey of a bot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Survey<'a> {
    pub(super) bot_id: &'a str,
    pub(super) name: &'a str,
    pub(super) survey_type: SurveyType,
    pub(super) bands: &'a Bands,
}

/// How many records of a survey are good, middling and bad: for NPS the vendor's promoters, passives and detractors,
/// for CSAT the satisfied, the neutral and the unsatisfied, for THUMB the likes and (none between) the dislikes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bands {
    pub(super) good: u64,
    pub(super) middling: u64,
    pub(super) bad: u64,
    /// Scores that aren't on the type's scale; they count for nothing.
    pub(super) outside: u64,
}

impl Scores {
    pub(super) fn count(&mut self, record: &StoredRecord) {
        let survey = (Arc::clone(&record.bot_id), Arc::clone(&record.name), record.survey_type);
        let bands = self.0.entry(survey).or_default();
        *bands.place(record.survey_type, record.score.as_f64()) += 1;
    }

    /// Whether more than one bot has records.
    pub(super) fn has_several_bots(&self) -> bool {
        let first = self.0.keys().next();
        self.0.keys().next_back().map(|(bot, ..)| bot) != first.map(|(bot, ..)| bot)
    }

    /// Every survey, by bot and name.
    pub(super) fn surveys(&self) -> impl ExactSizeIterator<Item = Survey<'_>> {
        self.0.iter().map(|((bot_id, name, of), bands)| Survey { bot_id, name, survey_type: *of, bands })
    }
}

impl Bands {
    /// Where a score belongs. NPS by the vendor's own split (9–10, 6–8, 0–5), CSAT as its current page has it (5 best).
    fn place(&mut self, survey_type: SurveyType, score: Option<f64>) -> &mut u64 {
        let whole = score.filter(|score| score.fract() == 0.0 && (0.0..=10.0).contains(score));
        match (survey_type, whole.map(|score| score as u8)) {
            (SurveyType::Nps, Some(9 | 10)) | (SurveyType::Csat, Some(4 | 5)) | (SurveyType::Thumb, Some(1)) => {
                &mut self.good
            }
            (SurveyType::Nps, Some(6..=8)) | (SurveyType::Csat, Some(3)) => &mut self.middling,
            (SurveyType::Nps, Some(0..=5)) | (SurveyType::Csat, Some(1 | 2)) | (SurveyType::Thumb, Some(0)) => {
                &mut self.bad
            }
            _ => &mut self.outside,
        }
    }

    /// The records that count.
    pub(super) fn all(&self) -> u64 {
        self.good + self.middling + self.bad
    }

    /// The share of the good ones in per cent, or for NPS that of the promoters less that of the detractors: a whole
    /// number, halves away from zero. `None` while there is nothing to count.
    pub(super) fn score(&self, survey_type: SurveyType) -> Option<i64> {
        let part = match survey_type {
            SurveyType::Nps => self.good as f64 - self.bad as f64,
            _ => self.good as f64,
        };
        (self.all() > 0).then(|| (100.0 * part / self.all() as f64).round() as i64)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    use super::{self as sandbox, Bands, Scores};
    use crate::record::{Draft, FeedbackType, Field, ScoreRule, Standing, Survey, Tally};
    use crate::sandbox::SurveyType;
    use crate::sandbox::store::Store;
    use crate::sandbox::submission::Submission;

    fn bands(survey_type: SurveyType, scores: impl IntoIterator<Item = f64>) -> Bands {
        let mut bands = Bands::default();
        scores.into_iter().for_each(|score| *bands.place(survey_type, Some(score)) += 1);
        bands
    }

    #[test]
    fn nps_has_the_vendors_bands() {
        let all = bands(SurveyType::Nps, (0..=10).map(f64::from));
        assert_eq!(all, Bands { good: 2, middling: 3, bad: 6, outside: 0 });
        assert_eq!(bands(SurveyType::Nps, [9.0, 10.0, 7.0, 0.0]).score(SurveyType::Nps), Some(25));
    }

    #[test]
    fn csat_is_the_share_of_four_and_five() {
        let all = bands(SurveyType::Csat, (1..=5).map(f64::from));
        assert_eq!(all, Bands { good: 2, middling: 1, bad: 2, outside: 0 });
        assert_eq!(all.score(SurveyType::Csat), Some(40));
    }

    #[test]
    fn thumbs_are_the_share_of_likes() {
        assert_eq!(bands(SurveyType::Thumb, [1.0, 1.0, 1.0, 0.0]).score(SurveyType::Thumb), Some(75));
    }

    #[test]
    fn what_is_on_no_scale_counts_for_nothing() {
        let nps = bands(SurveyType::Nps, [11.0, -1.0, 7.5, 266.0]);
        assert_eq!((nps.outside, nps.score(SurveyType::Nps)), (4, None));
        assert_eq!(bands(SurveyType::Csat, [0.0, 6.0]).outside, 2);
        assert_eq!(bands(SurveyType::Thumb, [2.0]).outside, 1);
    }

    /// A survey as the preview has it: its counts by band, what is outside, and its figure.
    fn previewed(survey: &Survey<'_>) -> (u64, u64, u64, u64, Option<i64>) {
        let standing = Standing::of_vendor(survey.feedback_type, survey.scores);
        let figure = match survey.feedback_type {
            FeedbackType::Nps => standing.net(),
            _ => standing.share_of_good(),
        };
        (standing.good, standing.middling, standing.bad, survey.scores.outside().count, figure)
    }

    proptest! {
        /// Two programs for one page of the vendor's: each was written without the other.
        #[test]
        fn what_the_preview_says_before_is_what_the_sandbox_says_afterwards(
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
                Field::ALL.into_iter().zip(texts).for_each(|(field, text)| draft.set(field, text));
                let feedback = draft.check(ScoreRule::Any).unwrap();
                tally.count(&feedback);
                let submission = Submission::read(&feedback.body()).unwrap();
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
                    let figures = (bands.good, bands.middling, bands.bad, bands.outside, bands.score(of));
                    (name.to_owned(), of.to_string(), figures)
                })
                .collect();
            before.sort();
            after.sort();
            prop_assert_eq!(before, after);
        }
    }
}
