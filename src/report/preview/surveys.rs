//! Surveys as charts and as lines of a table, and their scores, bands and shares in words.

use super::MIN_NAME;
use crate::record::{Band, BandCounts, Distribution, FeedbackType, Survey};
use crate::report::line::{Line, Tone, fitted};
use crate::text::{counted, grouped};

/// The bands from top to bottom: a chart is as high as its legend.
const BANDS: [Band; 3] = [Band::Positive, Band::Neutral, Band::Negative];
const HEIGHT: u64 = BANDS.len() as u64;

pub(super) fn charts(surveys: &[Survey<'_>], columns: usize) -> Vec<Line> {
    let bars_width = surveys.iter().map(|survey| 3 * survey.feedback_type.scale().count()).max().unwrap_or_default();
    let count_width = surveys.iter().map(|survey| grouped(survey.scores.total()).len()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for survey in surveys {
        let Survey { feedback_type: of, scores, .. } = *survey;
        lines.push(Line::default());
        lines.push(title(survey, columns));
        for (level, band) in (0..HEIGHT).rev().zip(BANDS) {
            let bars = bar_line(of, scores, level).padded(2 + bars_width + 4);
            lines.push(bars.joined(legend(of, scores, band, count_width)));
        }
        let axis: String = of.scale().map(|score| format!("{score:>3}")).collect();
        lines.push(Line::plain("  ").with(Tone::Faint, axis));
        lines.extend(off_scale(scores));
    }
    lines.push(Line::default());
    lines
}

/// `  Post-chat · CSAT 74% satisfied · 61 answers`
fn title(survey: &Survey<'_>, columns: usize) -> Line {
    let of = survey.feedback_type.wire_name();
    let rest = format!(" · {of} {} · {}", score_text(survey), counted(survey.scores.total(), "answer"));
    let room = columns.saturating_sub(2 + rest.chars().count()).max(MIN_NAME);
    Line::plain("  ").with(Tone::Strong, fitted(survey.name, room)).with(Tone::Plain, rest)
}

fn bar_line(of: FeedbackType, scores: &Distribution, level: u64) -> Line {
    bars(of, scores, HEIGHT).fold(Line::plain("  "), |line, (tone, height)| {
        let bar = bar(height, level);
        line.with(tone, format!(" {bar}{bar}"))
    })
}

/// `promoters   9–10   31   38%`
fn legend(of: FeedbackType, scores: &Distribution, band: Band, count_width: usize) -> Line {
    let Some((name, range)) = band_label(of, band) else { return Line::default() };
    let counts = BandCounts::vendor(of, scores);
    let count = match band {
        Band::Positive => counts.positive,
        Band::Neutral => counts.neutral,
        Band::Negative => counts.negative,
    };
    let share = share(count, counts.total());
    Line::default()
        .with(tone(band), format!("{name:<13}"))
        .with(Tone::Plain, format!("{range:<6}{:>count_width$}  {share:>4}", grouped(count)))
}

const MAX_NAME: usize = 48;
/// The width of the bars with the ends of the scale, and the spaces before them.
const BARS_WIDTH: usize = 2 + 16;

/// Name, type, answers, score and, if there is room, bars.
pub(super) fn table(surveys: &[Survey<'_>], columns: usize) -> Vec<Line> {
    let scores: Vec<String> = surveys.iter().map(score_text).collect();
    let counts: Vec<String> = surveys.iter().map(|survey| grouped(survey.scores.total())).collect();
    let score_width = widest(&scores, "score");
    let count_width = widest(&counts, "answers");
    // Two spaces before each column, and the type, which has five characters.
    let others = 2 + (2 + 5) + (2 + count_width) + (2 + score_width);
    let has_bars = columns >= others + MIN_NAME + BARS_WIDTH;
    let room = columns.saturating_sub(others + if has_bars { BARS_WIDTH } else { 0 }).clamp(MIN_NAME, MAX_NAME);
    let names: Vec<Line> = surveys.iter().map(|survey| Line::plain(fitted(survey.name, room))).collect();
    let name_width = names.iter().map(Line::columns).fold("survey".len(), usize::max);

    let bars_header = if has_bars { "scores" } else { "" };
    let header = format!(
        "  {:name_width$}  type   {:>count_width$}  {:score_width$}  {bars_header}",
        "survey", "answers", "score"
    );
    let mut lines = vec![Line::default().with(Tone::Faint, header)];
    for (((survey, name), count), score) in surveys.iter().zip(names).zip(counts).zip(scores) {
        let of = survey.feedback_type;
        let cells = format!("  {:<5}  {count:>count_width$}  {score:score_width$}", of.wire_name());
        let name = Line::plain("  ").with(Tone::Strong, name.to_string()).padded(2 + name_width);
        let bars = if has_bars { bars_cell(of, survey.scores) } else { Line::default() };
        lines.push(name.with(Tone::Plain, cells).joined(bars));
        lines.extend(off_scale(survey.scores));
    }
    lines
}

/// `  0 ▁▁▁▁▁▂▃▄▆█▅ 10`
fn bars_cell(of: FeedbackType, scores: &Distribution) -> Line {
    let (lowest, highest) = of.scale().into_inner();
    let start = Line::default().with(Tone::Faint, format!("  {lowest} "));
    let line = bars(of, scores, 1).fold(start, |line, (tone, height)| line.with(tone, bar(height, 0)));
    line.with(Tone::Faint, format!(" {highest}"))
}

fn widest(cells: &[String], header: &str) -> usize {
    cells.iter().map(|cell| cell.chars().count()).fold(header.len(), usize::max)
}

/// Bars by height, in eighths of a line.
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The bar of each score on the scale: its color, and its height in eighths of a line. The highest bar fills all
/// `lines`, and no score that was given has a height of 0.
fn bars(of: FeedbackType, scores: &Distribution, lines: u64) -> impl Iterator<Item = (Tone, u64)> {
    let most = of.scale().map(|score| scores.count_of(score)).max().unwrap_or_default().max(1);
    of.scale().map(move |score| {
        let part = scores.count_of(score) as f64 / most as f64;
        (tone(Band::vendor(of, score)), (part * (8 * lines) as f64).ceil() as u64)
    })
}

/// The part of a bar in one line of a chart; line 0 is the lowest.
fn bar(height: u64, line: u64) -> char {
    let eighths = height.saturating_sub(8 * line).min(8);
    BARS[eighths as usize]
}

const fn tone(band: Band) -> Tone {
    match band {
        Band::Positive => Tone::Good,
        Band::Neutral => Tone::Neutral,
        Band::Negative => Tone::Bad,
    }
}

/// A survey's score: `+12`, `-3 (standard -9)`, `74% satisfied`.
pub(in crate::report) fn score_text(survey: &Survey<'_>) -> String {
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
fn band_label(of: FeedbackType, band: Band) -> Option<(&'static str, String)> {
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
pub(in crate::report) const fn explanation(of: FeedbackType) -> &'static str {
    match of {
        FeedbackType::Nps => "% promoters (9–10) minus % detractors (0–5; standard NPS: 0–6)",
        FeedbackType::Csat => "% of 4 and 5 (5 is very satisfied, 1 very unsatisfied)",
        FeedbackType::Thumb => "% of likes (1)",
    }
}

/// Scores off the scale, which no band has.
fn off_scale(scores: &Distribution) -> Option<Line> {
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
pub(in crate::report) fn share(part: u64, all: u64) -> String {
    let percent = (100.0 * part as f64 / all.max(1) as f64).round() as u64;
    match percent {
        0 if part > 0 => "<1%".to_owned(),
        100 if part < all => ">99%".to_owned(),
        percent => format!("{percent}%"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, proptest};

    use super::{bars, share};
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

    #[test]
    fn a_share_never_rounds_to_none_or_all() {
        let shares = [(0, 3), (1, 1000), (1, 3), (1, 8), (999, 1000), (3, 3), (0, 0)];
        let texts = shares.map(|(part, all)| share(part, all));
        assert_eq!(texts, ["0%", "<1%", "33%", "13%", ">99%", "100%", "0%"]);
    }
}
