//! Bars made of block characters.

use crate::record::{Band, Distribution, FeedbackType};
use crate::report::line::Tone;

/// Bars by height, in eighths of a line.
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The bar of each score on the scale: its color, and its height in eighths of a line. The highest bar fills all
/// `lines`, and no score that was given has a height of 0.
pub(super) fn bars(of: FeedbackType, scores: &Distribution, lines: u64) -> impl Iterator<Item = (Tone, u64)> {
    let most = of.scale().map(|score| scores.count_of(score)).max().unwrap_or_default().max(1);
    of.scale().map(move |score| {
        let part = scores.count_of(score) as f64 / most as f64;
        (tone(Band::vendor(of, score)), (part * (8 * lines) as f64).ceil() as u64)
    })
}

/// The part of a bar in one line of a chart; line 0 is the lowest.
pub(super) fn bar(height: u64, line: u64) -> char {
    let eighths = height.saturating_sub(8 * line).min(8);
    BARS[eighths as usize]
}

pub(super) const fn tone(band: Band) -> Tone {
    match band {
        Band::Positive => Tone::Good,
        Band::Neutral => Tone::Neutral,
        Band::Negative => Tone::Bad,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, proptest};

    use super::bars;
    use crate::record::{Distribution, FeedbackType, Score};

    proptest! {
        #[test]
        fn bars_are_proportional_and_never_empty(
            counts in prop::collection::vec(0..5000_u64, 5), lines in 1..4_u64
        ) {
            let mut scores = Distribution::default();
            for (count, score) in counts.iter().zip(["1", "2", "3", "4", "5"]) {
                (0..*count).for_each(|_| scores.count(FeedbackType::Csat, Score::parse(score).unwrap()));
            }
            let most = counts.iter().max().copied().unwrap_or_default();
            for (count, (_, height)) in counts.iter().zip(bars(FeedbackType::Csat, &scores, lines)) {
                prop_assert!((*count == 0) == (height == 0));
                prop_assert!((*count == most && most > 0) <= (height == 8 * lines));
                prop_assert!(height * most <= count * 8 * lines + most);
            }
        }
    }
}
