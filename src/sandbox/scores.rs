//! Scores as the vendor's dashboard reads them, for each survey name and type.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::store::{StoredRecord, SurveyType};

/// The scores of every survey that was seen, counted as records come in.
#[derive(Debug, Default)]
pub(super) struct Scores(BTreeMap<(Arc<str>, SurveyType), Bands>);

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
        let bands = self.0.entry((Arc::clone(&record.name), record.survey_type)).or_default();
        *bands.place(record.survey_type, record.score.as_f64()) += 1;
    }

    /// Every survey, by name.
    pub(super) fn surveys(&self) -> impl ExactSizeIterator<Item = (&str, SurveyType, &Bands)> {
        self.0.iter().map(|((name, survey_type), bands)| (&**name, *survey_type, bands))
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

    /// The share of the good ones in per cent, or for NPS that of the promoters less that of the detractors.
    /// `None` while there is nothing to count.
    pub(super) fn score(&self, survey_type: SurveyType) -> Option<f64> {
        let share = |part: u64| 100.0 * part as f64 / self.all() as f64;
        match (self.all(), survey_type) {
            (0, _) => None,
            (_, SurveyType::Nps) => Some(share(self.good) - share(self.bad)),
            _ => Some(share(self.good)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bands;
    use crate::sandbox::SurveyType;

    fn bands(survey_type: SurveyType, scores: impl IntoIterator<Item = f64>) -> Bands {
        let mut bands = Bands::default();
        scores.into_iter().for_each(|score| *bands.place(survey_type, Some(score)) += 1);
        bands
    }

    #[test]
    fn nps_has_the_vendors_bands() {
        let all = bands(SurveyType::Nps, (0..=10).map(f64::from));
        assert_eq!(all, Bands { good: 2, middling: 3, bad: 6, outside: 0 });
        assert_eq!(bands(SurveyType::Nps, [9.0, 10.0, 7.0, 0.0]).score(SurveyType::Nps), Some(25.0));
    }

    #[test]
    fn csat_is_the_share_of_four_and_five() {
        let all = bands(SurveyType::Csat, (1..=5).map(f64::from));
        assert_eq!(all, Bands { good: 2, middling: 1, bad: 2, outside: 0 });
        assert_eq!(all.score(SurveyType::Csat), Some(40.0));
    }

    #[test]
    fn thumbs_are_the_share_of_likes() {
        assert_eq!(bands(SurveyType::Thumb, [1.0, 1.0, 1.0, 0.0]).score(SurveyType::Thumb), Some(75.0));
    }

    #[test]
    fn what_is_on_no_scale_counts_for_nothing() {
        let nps = bands(SurveyType::Nps, [11.0, -1.0, 7.5, 266.0]);
        assert_eq!((nps.outside, nps.score(SurveyType::Nps)), (4, None));
        assert_eq!(bands(SurveyType::Csat, [0.0, 6.0]).outside, 2);
        assert_eq!(bands(SurveyType::Thumb, [2.0]).outside, 1);
    }
}
