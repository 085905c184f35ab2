//! The preview: how the records will read on the vendor's dashboard, drawn with what a terminal has.

mod words;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use self::words::{band_in_words, codes_in_words, explanation, figure, share};
use super::line::{Line, Tone, fitted};
use crate::record::{Band, BandCounts, Distribution, FeedbackType, Survey, Tally};
use crate::run::BotRows;
use crate::text::{counted, excerpt, grouped};

/// Of how many bots the surveys are shown.
const BOTS_SHOWN: usize = 5;
/// How many surveys are shown.
const SHOWN: usize = 10;
/// Up to how many surveys each has a chart; more have a line each.
const CHARTS: usize = 3;
/// How many lines high a chart is: one for each band in its legend.
const HEIGHT: u64 = 3;
/// The narrowest terminal that has room for a chart and its legend.
const COLUMNS_OF_CHARTS: usize = 76;
/// A survey's name in the table is cut to this, or less where there is little room; to no less than [`LEAST_NAME`].
const MOST_NAME: usize = 48;
const LEAST_NAME: usize = 12;
/// Where what belongs to all surveys begins.
const LABEL: usize = 12;
/// Bars, by eighths of a line.
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The preview in lines of so many columns; none when there is no record.
///
/// The largest surveys come first. Figures are whole numbers, by the vendor's bands; the customary NPS stands beside the
/// vendor's where it is another.
pub(crate) fn preview(tally: &Tally, columns: usize) -> Vec<Line> {
    if tally.records() == 0 {
        return Vec::new();
    }
    let title = format!("how {} will read on the vendor's dashboard:", counted(tally.records(), "record"));
    let mut lines = vec![Line::plain(title)];
    lines.extend(surveys_and_codes(tally, columns, CHARTS));
    lines.extend(explanations(&[tally]));
    lines
}

/// The same where rows name their bots: each has a dashboard of its own. The bots with the most records come first, and
/// those beyond the first five with their number only.
pub(crate) fn preview_of_bots(bots: &[BotRows], columns: usize) -> Vec<Line> {
    let mut bots: Vec<_> = bots.iter().collect();
    bots.sort_by_key(|bot| Reverse(bot.rows));
    let (shown, others) = bots.split_at(bots.len().min(BOTS_SHOWN));
    let mut lines = Vec::new();
    for bot in shown {
        let id = excerpt(bot.bot_id.as_deref().unwrap_or_default(), 48);
        let title = Line::plain(format!("how {} will read at bot ", counted(bot.rows, "record")));
        lines.push(title.with(Tone::Strong, id).with(Tone::Plain, ":"));
        lines.extend(surveys_and_codes(&bot.tally, columns, CHARTS / bots.len()));
    }
    if !others.is_empty() {
        let rows = others.iter().map(|bot| bot.rows).sum();
        let others = counted(others.len() as u64, "other bot");
        lines.push(Line::plain(format!("and {} for {others}", counted(rows, "record"))));
    }
    lines.extend(explanations(&bots.iter().map(|bot| &bot.tally).collect::<Vec<_>>()));
    lines
}

/// The surveys of one dashboard, each with a chart if there are no more than so many.
fn surveys_and_codes(tally: &Tally, columns: usize, charts_of: usize) -> Vec<Line> {
    let (surveys, mut lines) = (tally.surveys(), Vec::new());
    let shown = &surveys[..surveys.len().min(SHOWN)];
    if surveys.len() <= charts_of && columns >= COLUMNS_OF_CHARTS {
        lines.extend(charts(shown, columns));
    } else {
        lines.extend(table(shown, columns));
    }
    lines.extend(other_surveys(&surveys[shown.len()..], tally.records_of_other_surveys()));
    for (label, codes, others) in [
        ("channel", tally.channels(), tally.records_of_other_channels()),
        ("language", tally.languages(), tally.records_of_other_languages()),
    ] {
        lines.push(labelled(label, &codes_in_words(&codes, others, columns - LABEL.min(columns))));
    }
    lines
}

/// What the figures mean, of the types that there are.
fn explanations(tallies: &[&Tally]) -> impl Iterator<Item = Line> {
    let found: BTreeSet<FeedbackType> =
        tallies.iter().flat_map(|tally| tally.surveys()).map(|survey| survey.feedback_type).collect();
    let types = FeedbackType::ALL.into_iter().filter(move |of| found.contains(of));
    types.map(|of| labelled(of.wire_name(), explanation(of)))
}

/// Each survey as a head, a bar for each score with the bands beside it, and the scores below.
fn charts(surveys: &[Survey<'_>], columns: usize) -> Vec<Line> {
    let widest = surveys.iter().map(|survey| 3 * survey.feedback_type.scale().count()).max().unwrap_or_default();
    let counts = surveys.iter().map(|survey| grouped(survey.scores.total()).len()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for survey in surveys {
        let Survey { feedback_type: of, scores, .. } = *survey;
        lines.push(Line::default());
        lines.push(head(survey, columns));
        for (row, band) in [Band::Positive, Band::Neutral, Band::Negative].into_iter().enumerate() {
            let mut line = Line::plain("  ");
            for (score, level) in of.scale().zip(levels(of, scores, HEIGHT)) {
                let bar = bar(level, HEIGHT - 1 - row as u64);
                line.push(tone(Band::vendor(of, score)), format!(" {bar}{bar}"));
            }
            let legend = legend(of, scores, band, counts);
            lines.push(line.padded(2 + widest + 4).joined(legend));
        }
        let axis: String = of.scale().map(|score| format!("{score:>3}")).collect();
        lines.push(Line::plain("  ").with(Tone::Faint, axis));
        lines.extend(outside(scores));
    }
    lines.push(Line::default());
    lines
}

/// `  Post-chat · CSAT 74 % satisfied · 61 answers`
fn head(survey: &Survey<'_>, columns: usize) -> Line {
    let of = survey.feedback_type.wire_name();
    let rest = format!(" · {of} {} · {}", figure(survey), counted(survey.scores.total(), "answer"));
    let room = columns.saturating_sub(2 + rest.chars().count()).max(LEAST_NAME);
    Line::plain("  ").with(Tone::Strong, fitted(survey.name, room)).with(Tone::Plain, rest)
}

/// `promoters   9–10   31   38 %`, the counts so many columns wide.
fn legend(of: FeedbackType, scores: &Distribution, band: Band, width: usize) -> Line {
    let Some((name, range)) = band_in_words(of, band) else { return Line::default() };
    let standing = BandCounts::vendor(of, scores);
    let count = match band {
        Band::Positive => standing.positive,
        Band::Neutral => standing.neutral,
        Band::Negative => standing.negative,
    };
    let share = share(count, standing.total());
    Line::default()
        .with(tone(band), format!("{name:<13}"))
        .with(Tone::Plain, format!("{range:<6}{:>width$}  {share:>5}", grouped(count)))
}

/// A line for each survey: name, type, answers, figure, and the bars in a row.
fn table(surveys: &[Survey<'_>], columns: usize) -> Vec<Line> {
    let figures: Vec<String> = surveys.iter().map(figure).collect();
    let counts: Vec<String> = surveys.iter().map(|survey| grouped(survey.scores.total())).collect();
    let figure_width = widest(&figures).max("score".len());
    let count_width = widest(&counts).max("answers".len());
    // Two blanks before each column; the bars with their ends take 16.
    let others = 2 + (2 + 5) + (2 + count_width) + (2 + figure_width);
    let has_bars = columns >= others + LEAST_NAME + 2 + 16;
    let room = columns.saturating_sub(others + if has_bars { 2 + 16 } else { 0 }).clamp(LEAST_NAME, MOST_NAME);
    let names: Vec<Line> = surveys.iter().map(|survey| Line::plain(fitted(survey.name, room))).collect();
    let name_width = names.iter().map(Line::columns).max().unwrap_or_default().max("survey".len());

    let bars_head = if has_bars { "scores" } else { "" };
    let head = format!(
        "  {:name_width$}  type   {:>count_width$}  {:figure_width$}  {bars_head}",
        "survey", "answers", "score"
    );
    let mut lines = vec![Line::default().with(Tone::Faint, head)];
    for (((survey, name), count), figure) in surveys.iter().zip(names).zip(counts).zip(figures) {
        let mut line = Line::plain("  ").with(Tone::Strong, name.to_string()).padded(2 + name_width);
        let of = survey.feedback_type;
        line.push(Tone::Plain, format!("  {:<5}  {count:>count_width$}  {figure:figure_width$}", of.wire_name()));
        if has_bars {
            push_bars(&mut line, of, survey.scores);
        }
        lines.push(line);
        lines.extend(outside(survey.scores));
    }
    lines
}

/// `  0 ▁▁▁▁▁▂▃▄▆█▅ 10`
fn push_bars(line: &mut Line, of: FeedbackType, scores: &Distribution) {
    let (lowest, highest) = of.scale().into_inner();
    line.push(Tone::Faint, format!("  {lowest} "));
    for (score, level) in of.scale().zip(levels(of, scores, 1)) {
        line.push(tone(Band::vendor(of, score)), bar(level, 0));
    }
    line.push(Tone::Faint, format!(" {highest}"));
}

fn widest(texts: &[String]) -> usize {
    texts.iter().map(|text| text.chars().count()).max().unwrap_or_default()
}

/// How high each score's bar is, in eighths of a line. What was given at all is seen.
fn levels(of: FeedbackType, scores: &Distribution, lines: u64) -> impl Iterator<Item = u64> {
    let count = |score| scores.count_of(score);
    let highest = of.scale().map(count).max().unwrap_or_default().max(1);
    of.scale().map(move |score| {
        let part = scores.count_of(score) as f64 / highest as f64;
        (part * (8 * lines) as f64).ceil() as u64
    })
}

/// What is seen of a bar in a line of a chart, the lowest being 0.
fn bar(level: u64, line: u64) -> char {
    let eighths = level.saturating_sub(8 * line).min(8);
    BARS[eighths as usize]
}

const fn tone(band: Band) -> Tone {
    match band {
        Band::Positive => Tone::Good,
        Band::Neutral => Tone::Middling,
        Band::Negative => Tone::Bad,
    }
}

/// Scores that are on no scale are told apart from the others.
fn outside(scores: &Distribution) -> Option<Line> {
    let outside = scores.out_of_scale();
    let range = if outside.lowest < outside.highest {
        format!("from {} to {}", outside.lowest, outside.highest)
    } else {
        outside.lowest.to_string()
    };
    let answers = counted(outside.count, "answer");
    let line = Line::plain("    ").with(Tone::Bad, format!("{answers} not on the scale ({range}), left out above"));
    (outside.count > 0).then_some(line)
}

fn other_surveys(rest: &[Survey<'_>], others: u64) -> Option<Line> {
    let records = rest.iter().map(|survey| survey.scores.total()).sum::<u64>() + others;
    let more = if others > 0 { "over " } else { "" };
    let line = format!("  … and {more}{} more with {}", grouped(rest.len() as u64), counted(records, "answer"));
    (records > 0).then(|| Line::plain(line))
}

fn labelled(label: &str, text: &str) -> Line {
    Line::plain("  ").with(Tone::Faint, label).padded(LABEL).with(Tone::Plain, text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert, proptest};

    use super::{levels, preview};
    use crate::record::{Distribution, Draft, FeedbackType, Field, Score, ScoreRule, Tally};
    use crate::report::line::{Line, Tone};

    type Answers<'a> = (&'a str, FeedbackType, &'a [(&'a str, u64)], &'a str, &'a str);

    fn tally(all: &[Answers<'_>]) -> Tally {
        let mut tally = Tally::default();
        for (name, of, scores, channel, language) in all {
            for (score, times) in *scores {
                let mut draft = Draft::default();
                let texts = ["jo@example.com", name, score, channel, of.wire_name(), language, ""];
                Field::BODY.into_iter().zip(texts).for_each(|(field, text)| draft.set(field, text));
                let feedback = draft.check(ScoreRule::Any).unwrap();
                (0..*times).for_each(|_| tally.count(&feedback));
            }
        }
        tally
    }

    fn drawn(tally: &Tally, columns: usize) -> String {
        let lines = preview(tally, columns);
        for line in &lines {
            assert!(line.columns() <= columns, "{} columns: {line}", line.columns());
        }
        let texts: Vec<String> = lines.iter().map(Line::to_string).collect();
        texts.join("\n")
    }

    const NPS: &[(&str, u64)] = &[("0", 40), ("5", 35), ("6", 400), ("7", 120), ("8", 300), ("9", 410), ("10", 2395)];
    const CSAT: &[(&str, u64)] = &[("1", 9), ("2", 4), ("3", 2), ("5", 3)];
    const LIKES: &[(&str, u64)] = &[("0", 10), ("1", 29)];
    const ODD: &[(&str, u64)] = &[("11", 4), ("-3", 1), ("2.5", 1), ("9", 2), ("2", 1)];

    const LONG: &str = "Quarterly relationship survey of all customers in Europe, the Middle East and Africa";

    fn three() -> Tally {
        tally(&[
            ("Retour client \u{202e}tneilc", FeedbackType::Thumb, LIKES, "rtm", "fr"),
            (LONG, FeedbackType::Nps, NPS, "msteams", "en"),
            ("チャット後の満足度アンケート(2026年第3四半期)", FeedbackType::Csat, CSAT, "line", "ja"),
        ])
    }

    #[test]
    fn few_surveys_have_a_chart_each() {
        insta::assert_snapshot!(drawn(&three(), 80));
    }

    #[test]
    fn a_terminal_without_room_for_charts_has_a_line_for_each() {
        insta::assert_snapshot!(drawn(&three(), 75));
    }

    #[test]
    fn many_surveys_have_a_line_each_and_the_smallest_are_counted_together() {
        let names: Vec<String> = (1..=14).map(|number| format!("Campaign {number}: 営業支援")).collect();
        let channels: Vec<String> = (1..=14).map(|number| format!("channel{number}")).collect();
        let mut all: Vec<Answers<'_>> = names
            .iter()
            .zip(&channels)
            .map(|(name, channel)| (name.as_str(), FeedbackType::Csat, CSAT, channel.as_str(), "en"))
            .collect();
        all.push((LONG, FeedbackType::Nps, NPS, "msteams", "en"));
        all.push((LONG, FeedbackType::Thumb, LIKES, "msteams", "en"));
        all.push(("Odd numbers", FeedbackType::Nps, ODD, "sms", "pt-BR"));
        all.push(("Odd numbers", FeedbackType::Nps, &[("9", 10)], "sms", "pt-BR"));
        insta::assert_snapshot!(drawn(&tally(&all), 100));
    }

    #[test]
    fn a_survey_of_nothing_but_odd_scores_has_no_figure() {
        let text = drawn(&tally(&[("Odd", FeedbackType::Csat, &[("0", 3)], "rtm", "en")]), 80);
        assert!(text.contains("  Odd · CSAT – · 3 answers\n"), "{text}");
        assert!(text.contains("    3 answers not on the scale (0), left out above\n"), "{text}");
        assert!(text.contains("satisfied    4–5   0    0 %\n"), "{text}");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(preview(&Tally::default(), 80), []);
    }

    #[test]
    fn a_colour_never_says_what_the_words_do_not() {
        let lines = preview(&three(), 80);
        let tone_of = |word: &str| {
            let pieces = lines.iter().flat_map(Line::pieces);
            pieces.filter(|(_, text)| text.trim_end() == word).map(|(tone, _)| tone).collect::<Vec<_>>()
        };
        assert_eq!(tone_of("satisfied"), [Tone::Good]);
        assert_eq!(tone_of("passives"), [Tone::Middling]);
        assert_eq!(tone_of("dislikes"), [Tone::Bad]);
    }

    proptest! {
        #[test]
        fn a_bar_is_as_high_as_its_count_and_no_answer_is_without_one(
            counts in prop::collection::vec(0..5000_u64, 5), lines in 1..4_u64
        ) {
            let mut scores = Distribution::default();
            for (count, score) in counts.iter().zip(["1", "2", "3", "4", "5"]) {
                (0..*count).for_each(|_| scores.count(FeedbackType::Csat, Score::parse(score).unwrap()));
            }
            let bars: Vec<u64> = levels(FeedbackType::Csat, &scores, lines).collect();
            let highest = counts.iter().max().copied().unwrap_or_default();
            for (count, bar) in counts.iter().zip(bars) {
                prop_assert!((*count == 0) == (bar == 0));
                prop_assert!((*count == highest && highest > 0) <= (bar == 8 * lines));
                prop_assert!(bar * highest <= count * 8 * lines + highest);
            }
        }

        #[test]
        fn whatever_the_names_are_no_line_is_wider_than_the_terminal(
            names in prop::collection::vec("[a-z東京é ]{1,60}x", 1..14), columns in 74..130_usize, likes in any::<bool>()
        ) {
            let scores: &[(&str, u64)] = if likes { LIKES } else { &[("1", 1)] };
            let all: Vec<Answers<'_>> =
                names.iter().map(|name| (name.as_str(), FeedbackType::Thumb, scores, "rtm", "en")).collect();
            for line in preview(&tally(&all), columns) {
                prop_assert!(line.columns() <= columns, "{line}");
            }
        }
    }
}
