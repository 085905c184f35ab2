//! Scores as a dashboard sums them up. Facts: the vendor's dashboard pages, as [`Band`] tells.

use super::{Distribution, FeedbackType};

/// What a score counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// A promoter, a satisfied answer, a like.
    Good,
    /// A passive, a neutral answer.
    Middling,
    /// A detractor, an unsatisfied answer, a dislike.
    Bad,
}

impl Band {
    /// What the vendor's dashboard counts it as: for NPS 9–10, 6–8 and 0–5; for CSAT 4–5, 3 and 1–2, 5 being "very
    /// satisfied" on the current page (older pages have it the other way round); for THUMB 1 is a like.
    pub const fn of_vendor(of: FeedbackType, score: u8) -> Self {
        match (of, score) {
            (FeedbackType::Nps, 9..) | (FeedbackType::Csat, 4..) | (FeedbackType::Thumb, 1..) => Self::Good,
            (FeedbackType::Nps, 6..=8) | (FeedbackType::Csat, 3) => Self::Middling,
            _ => Self::Bad,
        }
    }

    /// What everybody else counts an NPS score as: 9–10, 7–8 and 0–6.
    pub const fn of_customary_nps(score: u8) -> Self {
        match score {
            9.. => Self::Good,
            7 | 8 => Self::Middling,
            _ => Self::Bad,
        }
    }
}

/// How many scores are in each band. Scores outside the scale are in none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// In the best one.
    pub good: u64,
    /// In the one between.
    pub middling: u64,
    /// In the worst one.
    pub bad: u64,
}

impl Standing {
    /// By the vendor's bands.
    pub fn of_vendor(of: FeedbackType, scores: &Distribution) -> Self {
        Self::of(scores, of, |score| Band::of_vendor(of, score))
    }

    /// An NPS survey by the customary bands.
    pub fn of_customary_nps(scores: &Distribution) -> Self {
        Self::of(scores, FeedbackType::Nps, Band::of_customary_nps)
    }

    fn of(scores: &Distribution, of: FeedbackType, band: impl Fn(u8) -> Band) -> Self {
        let mut standing = Self::default();
        for score in of.scale() {
            *match band(score) {
                Band::Good => &mut standing.good,
                Band::Middling => &mut standing.middling,
                Band::Bad => &mut standing.bad,
            } += scores.of(score);
        }
        standing
    }

    /// The scores that count.
    pub const fn all(&self) -> u64 {
        self.good + self.middling + self.bad
    }

    /// The NPS, the share of promoters less that of detractors: −100 to 100, a whole number as is customary, halves away
    /// from zero. `None` when nothing counts.
    pub fn net(&self) -> Option<i64> {
        rounded_percent(self.good as f64 - self.bad as f64, self.all())
    }

    /// The share of the best band in per cent, rounded as [`Standing::net`] is: CSAT, likes. `None` when nothing counts.
    pub fn share_of_good(&self) -> Option<i64> {
        rounded_percent(self.good as f64, self.all())
    }
}

/// One division only, so that a half is a half whenever it is one.
fn rounded_percent(part: f64, all: u64) -> Option<i64> {
    (all > 0).then(|| (100.0 * part / all as f64).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::{Band, Standing};
    use crate::record::{Distribution, FeedbackType, Score};

    /// A survey in which the scores were given as often as stands beside them.
    fn scores(of: FeedbackType, given: &[(&str, usize)]) -> Distribution {
        let mut scores = Distribution::default();
        for (score, times) in given {
            (0..*times).for_each(|_| scores.count(of, Score::parse(score).unwrap()));
        }
        scores
    }

    fn nps(given: &[(&str, usize)]) -> Option<i64> {
        Standing::of_vendor(FeedbackType::Nps, &scores(FeedbackType::Nps, given)).net()
    }

    #[test]
    fn every_score_has_the_band_that_the_vendor_gives_it() {
        use Band::{Bad, Good, Middling};
        let bands = |of: FeedbackType| of.scale().map(|score| Band::of_vendor(of, score)).collect::<Vec<_>>();
        assert_eq!(bands(FeedbackType::Nps), [Bad, Bad, Bad, Bad, Bad, Bad, Middling, Middling, Middling, Good, Good]);
        assert_eq!(bands(FeedbackType::Csat), [Bad, Bad, Middling, Good, Good]);
        assert_eq!(bands(FeedbackType::Thumb), [Bad, Good]);
    }

    #[test]
    fn six_alone_tells_the_vendors_nps_from_the_customary_one() {
        let differing =
            (0..=10).filter(|score| Band::of_vendor(FeedbackType::Nps, *score) != Band::of_customary_nps(*score));
        assert_eq!(differing.collect::<Vec<_>>(), [6]);
        let scores = scores(FeedbackType::Nps, &[("9", 2), ("6", 1), ("0", 1)]);
        assert_eq!(Standing::of_vendor(FeedbackType::Nps, &scores).net(), Some(25));
        assert_eq!(Standing::of_customary_nps(&scores).net(), Some(0));
    }

    #[test]
    fn figures_are_whole_and_halves_go_away_from_zero() {
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
        assert_eq!(Standing::of_vendor(FeedbackType::Csat, &csat).share_of_good(), Some(67));
        let likes = scores(FeedbackType::Thumb, &[("1", 5), ("0", 3)]);
        assert_eq!(Standing::of_vendor(FeedbackType::Thumb, &likes).share_of_good(), Some(63)); // 62.5
    }

    #[test]
    fn what_is_on_no_scale_is_in_no_band() {
        let scores = scores(FeedbackType::Csat, &[("5", 1), ("0", 3), ("6", 1), ("4.5", 1), ("-2", 1), ("260", 1)]);
        let standing = Standing::of_vendor(FeedbackType::Csat, &scores);
        assert_eq!((standing.all(), standing.share_of_good(), scores.all()), (1, Some(100), 8));
        let outside = scores.outside();
        assert_eq!((outside.count, outside.lowest, outside.highest), (7, -2.0, 260.0));
        assert_eq!(nps(&[]), None);
        assert_eq!(nps(&[("11", 4)]), None);
    }
}
