//! Figures, bands and shares in words.

use std::ops::RangeInclusive;

use crate::record::{Band, BandCounts, FeedbackType, Survey};
use crate::report::line::{Line, fitted};
use crate::text::{counted, grouped};

/// The survey's figure: `+12`, `-3 (customary -9)`, `74 % satisfied`.
pub(super) fn figure(survey: &Survey<'_>) -> String {
    let Survey { feedback_type: of, scores, .. } = *survey;
    let standing = BandCounts::vendor(of, scores);
    let percent = |of_what: &str| standing.positive_percent().map(|share| format!("{share} % {of_what}"));
    let text = match of {
        FeedbackType::Nps => standing.nps().map(|net| {
            let customary = BandCounts::standard_nps(scores).nps().filter(|customary| *customary != net);
            let beside = customary.map(|customary| format!(" (customary {})", signed(customary)));
            signed(net) + &beside.unwrap_or_default()
        }),
        FeedbackType::Csat => percent("satisfied"),
        FeedbackType::Thumb => percent("likes"),
    };
    text.unwrap_or_else(|| "–".to_owned())
}

fn signed(number: i64) -> String {
    if number == 0 { "0".to_owned() } else { format!("{number:+}") }
}

/// What a band is called, and its scores.
pub(super) fn band_in_words(of: FeedbackType, band: Band) -> Option<(&'static str, String)> {
    let name = match (of, band) {
        (FeedbackType::Nps, Band::Positive) => "promoters",
        (FeedbackType::Nps, Band::Neutral) => "passives",
        (FeedbackType::Nps, Band::Negative) => "detractors",
        (FeedbackType::Csat, Band::Positive) => "satisfied",
        (FeedbackType::Csat, Band::Neutral) => "neutral",
        (FeedbackType::Csat, Band::Negative) => "unsatisfied",
        (FeedbackType::Thumb, Band::Positive) => "likes",
        (FeedbackType::Thumb, Band::Neutral) => return None,
        (FeedbackType::Thumb, Band::Negative) => "dislikes",
    };
    Some((name, range_in_words(scores_of(of, band)?)))
}

/// The scores of a band; they are always neighbours.
fn scores_of(of: FeedbackType, band: Band) -> Option<RangeInclusive<u8>> {
    let mut scores = of.scale().filter(|score| Band::vendor(of, *score) == band);
    let first = scores.next()?;
    Some(first..=scores.next_back().unwrap_or(first))
}

fn range_in_words(scores: RangeInclusive<u8>) -> String {
    match scores.into_inner() {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}–{last}"),
    }
}

/// How a type's figure comes about, and which end of its scale is good.
pub(super) const fn explanation(of: FeedbackType) -> &'static str {
    match of {
        FeedbackType::Nps => "promoters (9–10) less detractors (0–5; customary are 0–6)",
        FeedbackType::Csat => "4 and 5 of all, 5 being very satisfied and 1 very unsatisfied",
        FeedbackType::Thumb => "likes (1) of all",
    }
}

/// `rtm 79 (40 %), email 60 (30 %), 3 others 61 (31 %)`: as many as there is room for, one at least.
pub(super) fn codes_in_words(codes: &[(&str, u64)], others: u64, room: usize) -> String {
    let all: u64 = codes.iter().map(|(_, count)| count).sum::<u64>() + others;
    let part = |name: &str, count: u64| format!("{name} {} ({})", grouped(count), share(count, all));
    let names: Vec<String> = codes.iter().map(|(code, count)| part(&fitted(code, 24), *count)).collect();
    let tail = |shown: usize| {
        let (left, left_out) = (codes.len() - shown, codes[shown..].iter().map(|(_, count)| count).sum::<u64>());
        let name = format!("{}{}", if others > 0 { "over " } else { "" }, counted(left as u64, "other"));
        (left_out + others > 0).then(|| part(&name, left_out + others))
    };
    let said = |shown: usize| {
        let parts: Vec<String> = names[..shown].iter().cloned().chain(tail(shown)).collect();
        parts.join(", ")
    };
    let fits = |text: &String| Line::plain(text.as_str()).columns() <= room;
    (1..=names.len()).rev().map(said).find(fits).unwrap_or_else(|| said(names.len().min(1)))
}

/// A share in whole per cent that never says none where there is some, nor all where there is less.
pub(super) fn share(part: u64, all: u64) -> String {
    let percent = (100.0 * part as f64 / all.max(1) as f64).round() as u64;
    match percent {
        0 if part > 0 => "<1 %".to_owned(),
        100 if part < all => ">99 %".to_owned(),
        percent => format!("{percent} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_share_never_rounds_a_part_to_nothing_or_to_all() {
        let shares = [(0, 3), (1, 1000), (1, 3), (1, 8), (999, 1000), (3, 3), (0, 0)];
        let said = shares.map(|(part, all)| share(part, all));
        assert_eq!(said, ["0 %", "<1 %", "33 %", "13 %", ">99 %", "100 %", "0 %"]);
    }
}
