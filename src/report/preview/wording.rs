//! Scores, bands and shares in words.

use crate::record::{Band, BandCounts, Distribution, FeedbackType, Survey};
use crate::report::line::{Line, Tone, fitted};
use crate::text::{counted, grouped};

/// A survey's score: `+12`, `-3 (standard -9)`, `74% satisfied`.
pub(super) fn score_text(survey: &Survey<'_>) -> String {
    let Survey { feedback_type: of, scores, .. } = *survey;
    let counts = BandCounts::vendor(of, scores);
    let text = match of {
        FeedbackType::Nps => counts.nps().map(|nps| {
            let standard = BandCounts::standard_nps(scores).nps().filter(|standard| *standard != nps);
            let standard = standard.map(|standard| format!(" (standard {})", signed(standard)));
            signed(nps) + &standard.unwrap_or_default()
        }),
        FeedbackType::Csat => counts.positive_percent().map(|percent| format!("{percent}% satisfied")),
        FeedbackType::Thumb => counts.positive_percent().map(|percent| format!("{percent}% likes")),
    };
    text.unwrap_or_else(|| "–".to_owned())
}

fn signed(number: i64) -> String {
    if number == 0 { "0".to_owned() } else { format!("{number:+}") }
}

/// A band's name and its scores.
pub(super) fn band_label(of: FeedbackType, band: Band) -> Option<(&'static str, String)> {
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
    let mut scores = of.scale().filter(|score| Band::vendor(of, *score) == band);
    let first = scores.next()?;
    let range = scores.next_back().map_or_else(|| first.to_string(), |last| format!("{first}–{last}"));
    Some((name, range))
}

/// How the score of a survey type is computed, and which end of its scale is good.
pub(super) const fn explanation(of: FeedbackType) -> &'static str {
    match of {
        FeedbackType::Nps => "% promoters (9–10) minus % detractors (0–5; standard NPS: 0–6)",
        FeedbackType::Csat => "% of 4 and 5 (5 is very satisfied, 1 very unsatisfied)",
        FeedbackType::Thumb => "% of likes (1)",
    }
}

/// Scores off the scale, which no band has.
pub(super) fn off_scale(scores: &Distribution) -> Option<Line> {
    let off = scores.out_of_scale();
    let range = match off.lowest < off.highest {
        true => format!("{} to {}", off.lowest, off.highest),
        false => off.lowest.to_string(),
    };
    let text = format!("{} off the scale ({range}), not part of the score", counted(off.count, "answer"));
    (off.count > 0).then(|| Line::plain("    ").with(Tone::Bad, text))
}

/// `rtm 79 (40%), email 60 (30%), 3 others 61 (31%)`: as many codes as there is room for, but at least one. `uncounted`
/// are records of codes beyond the number that the tally keeps apart.
pub(super) fn code_list(codes: &[(&str, u64)], uncounted: u64, room: usize) -> String {
    let count_from = |first: usize| codes[first..].iter().map(|(_, count)| count).sum::<u64>() + uncounted;
    let all = count_from(0);
    let part = |name: &str, count: u64| format!("{name} {} ({})", grouped(count), share(count, all));
    let names: Vec<String> = codes.iter().map(|(code, count)| part(&fitted(code, 24), *count)).collect();
    let others = |shown: usize| {
        let more_than = if uncounted > 0 { "more than " } else { "" };
        let name = format!("{more_than}{}", counted((codes.len() - shown) as u64, "other"));
        Some(count_from(shown)).filter(|count| *count > 0).map(|count| part(&name, count))
    };
    let list = |shown: usize| names[..shown].iter().cloned().chain(others(shown)).collect::<Vec<_>>().join(", ");
    let fits = |text: &String| Line::plain(text.as_str()).columns() <= room;
    (1..=names.len()).rev().map(list).find(fits).unwrap_or_else(|| list(names.len().min(1)))
}

/// A whole percentage that is never 0% for a part, nor 100% for less than all.
pub(super) fn share(part: u64, all: u64) -> String {
    let percent = (100.0 * part as f64 / all.max(1) as f64).round() as u64;
    match percent {
        0 if part > 0 => "<1%".to_owned(),
        100 if part < all => ">99%".to_owned(),
        percent => format!("{percent}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_share_never_rounds_to_none_or_all() {
        let shares = [(0, 3), (1, 1000), (1, 3), (1, 8), (999, 1000), (3, 3), (0, 0)];
        let texts = shares.map(|(part, all)| share(part, all));
        assert_eq!(texts, ["0%", "<1%", "33%", "13%", ">99%", "100%", "0%"]);
    }
}
