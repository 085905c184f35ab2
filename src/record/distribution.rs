//! How often each score was given, and the bands into which a dashboard sorts scores, with the figures it computes from them.
//! [`Band`] cites the vendor's pages.

use super::{FeedbackType, Score};

/// The scores of one survey, counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Distribution {
    /// By score, from 0 to the highest of any scale.
    counts: [u64; 11],
    out_of_scale: OutOfScale,
}

/// Scores that are not on their type's scale, allowed by `--allow-any-score`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct OutOfScale {
    pub count: u64,
    /// 0 if there is none.
    pub lowest: f64,
    /// 0 if there is none.
    pub highest: f64,
}

impl Distribution {
    /// Counts a score of a survey of this type.
    pub(crate) fn count(&mut self, of: FeedbackType, score: Score) {
        match score.on_scale(of) {
            Some(score) => self.counts[usize::from(score)] += 1,
            None => self.out_of_scale.count(score.value()),
        }
    }

    /// How often this score was given.
    pub(crate) fn count_of(&self, score: u8) -> u64 {
        self.counts.get(usize::from(score)).copied().unwrap_or_default()
    }

    /// How many scores are on the scale.
    pub(crate) fn on_scale(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub(crate) fn out_of_scale(&self) -> OutOfScale {
        self.out_of_scale
    }

    /// How many scores there are, on the scale or not.
    pub(crate) fn total(&self) -> u64 {
        self.on_scale() + self.out_of_scale.count
    }
}

impl OutOfScale {
    fn count(&mut self, score: f64) {
        let is_first = self.count == 0;
        self.lowest = if is_first { score } else { self.lowest.min(score) };
        self.highest = if is_first { score } else { self.highest.max(score) };
        self.count += 1;
    }
}

/// What a score counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Band {
    /// A promoter, a satisfied answer, a like.
    Positive,
    /// A passive or neutral answer.
    Neutral,
    /// A detractor, an unsatisfied answer, a dislike.
    Negative,
}

impl Band {
    /// The band on the vendor's dashboard: for NPS 9–10, 6–8 and 0–5; for CSAT 4–5, 3 and 1–2, 5 being "very satisfied" on
    /// the current page (older pages have it the other way round); for THUMB 1 and 0.
    pub(crate) const fn vendor(of: FeedbackType, score: u8) -> Self {
        match (of, score) {
            (FeedbackType::Nps, 9..) | (FeedbackType::Csat, 4..) | (FeedbackType::Thumb, 1..) => Self::Positive,
            (FeedbackType::Nps, 6..=8) | (FeedbackType::Csat, 3) => Self::Neutral,
            _ => Self::Negative,
        }
    }

    /// The band by the usual definition of NPS: 9–10, 7–8 and 0–6.
    pub(crate) const fn standard_nps(score: u8) -> Self {
        match score {
            9.. => Self::Positive,
            7 | 8 => Self::Neutral,
            _ => Self::Negative,
        }
    }
}

/// How many scores are in each band. Scores out of scale are in none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BandCounts {
    pub positive: u64,
    pub neutral: u64,
    pub negative: u64,
}

impl BandCounts {
    /// Counts by the vendor's bands.
    pub(crate) fn vendor(of: FeedbackType, scores: &Distribution) -> Self {
        Self::new(scores, of, |score| Band::vendor(of, score))
    }

    /// Counts an NPS survey by the usual definition.
    pub(crate) fn standard_nps(scores: &Distribution) -> Self {
        Self::new(scores, FeedbackType::Nps, Band::standard_nps)
    }

    fn new(scores: &Distribution, of: FeedbackType, band: impl Fn(u8) -> Band) -> Self {
        let mut counts = Self::default();
        for score in of.scale() {
            *match band(score) {
                Band::Positive => &mut counts.positive,
                Band::Neutral => &mut counts.neutral,
                Band::Negative => &mut counts.negative,
            } += scores.count_of(score);
        }
        counts
    }

    pub(crate) const fn total(&self) -> u64 {
        self.positive + self.neutral + self.negative
    }

    /// The share of promoters minus that of detractors: −100 to 100, rounded, halves away from zero. `None` without scores.
    pub(crate) fn nps(&self) -> Option<i64> {
        rounded_percent(self.positive as f64 - self.negative as f64, self.total())
    }

    /// The share of the positive band (CSAT, likes), rounded like [`BandCounts::nps`]. `None` without scores.
    pub(crate) fn positive_percent(&self) -> Option<i64> {
        rounded_percent(self.positive as f64, self.total())
    }
}

/// Divides only once, so that an exact half stays one.
fn rounded_percent(part: f64, total: u64) -> Option<i64> {
    (total > 0).then(|| (100.0 * part / total as f64).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::{Band, BandCounts};
    use crate::record::{Distribution, FeedbackType, Score};

    /// Scores and how often each was given.
    fn scores(of: FeedbackType, given: &[(&str, usize)]) -> Distribution {
        let mut scores = Distribution::default();
        for (score, times) in given {
            (0..*times).for_each(|_| scores.count(of, Score::parse(score).unwrap()));
        }
        scores
    }

    fn nps(given: &[(&str, usize)]) -> Option<i64> {
        BandCounts::vendor(FeedbackType::Nps, &scores(FeedbackType::Nps, given)).nps()
    }

    #[test]
    fn every_score_has_the_vendors_band() {
        use Band::{Negative, Neutral, Positive};
        let bands = |of: FeedbackType| of.scale().map(|score| Band::vendor(of, score)).collect::<Vec<_>>();
        assert_eq!(
            bands(FeedbackType::Nps),
            [Negative, Negative, Negative, Negative, Negative, Negative, Neutral, Neutral, Neutral, Positive, Positive]
        );
        assert_eq!(bands(FeedbackType::Csat), [Negative, Negative, Neutral, Positive, Positive]);
        assert_eq!(bands(FeedbackType::Thumb), [Negative, Positive]);
    }

    #[test]
    fn only_six_differs_from_the_standard_nps() {
        let differing = (0..=10).filter(|score| Band::vendor(FeedbackType::Nps, *score) != Band::standard_nps(*score));
        assert_eq!(differing.collect::<Vec<_>>(), [6]);
        let scores = scores(FeedbackType::Nps, &[("9", 2), ("6", 1), ("0", 1)]);
        assert_eq!(BandCounts::vendor(FeedbackType::Nps, &scores).nps(), Some(25));
        assert_eq!(BandCounts::standard_nps(&scores).nps(), Some(0));
    }

    #[test]
    fn figures_round_half_away_from_zero() {
        for (given, net) in [
            (&[("10", 1), ("7", 7)][..], 13),        // 12.5
            (&[("0", 1), ("7", 7)], -13),            // −12.5
            (&[("10", 3), ("0", 1), ("7", 12)], 13), // 12.5
            (&[("10", 1), ("7", 2)], 33),            // 33.3…
            (&[("0", 1), ("7", 2)], -33),
            (&[("0", 1), ("7", 999)], 0), // −0.1, and no "-0"
            (&[("10", 1)], 100),
            (&[("0", 1)], -100),
        ] {
            assert_eq!(nps(given), Some(net), "{given:?}");
        }
        let csat = scores(FeedbackType::Csat, &[("5", 1), ("4", 1), ("3", 1)]);
        assert_eq!(BandCounts::vendor(FeedbackType::Csat, &csat).positive_percent(), Some(67));
        let likes = scores(FeedbackType::Thumb, &[("1", 5), ("0", 3)]);
        assert_eq!(BandCounts::vendor(FeedbackType::Thumb, &likes).positive_percent(), Some(63)); // 62.5
    }

    #[test]
    fn scores_out_of_scale_are_in_no_band() {
        let scores = scores(FeedbackType::Csat, &[("5", 1), ("0", 3), ("6", 1), ("4.5", 1), ("-2", 1), ("260", 1)]);
        let counts = BandCounts::vendor(FeedbackType::Csat, &scores);
        assert_eq!((counts.total(), counts.positive_percent(), scores.total()), (1, Some(100), 8));
        let out = scores.out_of_scale();
        assert_eq!((out.count, out.lowest, out.highest), (7, -2.0, 260.0));
        assert_eq!(nps(&[]), None);
        assert_eq!(nps(&[("11", 4)]), None);
    }
}
