//! The preview: how the scores will look on the vendor's dashboard, drawn in text.

mod json;
mod surveys;

use std::cmp::Reverse;
use std::collections::BTreeSet;

pub(crate) use self::json::preview_json;
pub(super) use self::json::{add, dashboard_json};
use self::surveys::{charts, code_list, table};
pub(super) use self::surveys::{explanation, score_text, share};
use super::line::{Line, Tone};
use crate::record::{FeedbackType, Survey, Tally};
use crate::run::BotRows;
use crate::text::{counted, excerpt, grouped};

const MAX_BOTS: usize = 5;
const MAX_SURVEYS: usize = 10;
/// Up to this many surveys get a chart; more get a line each.
const MAX_CHARTS: usize = 3;
/// The narrowest terminal with room for a chart and its legend.
const MIN_CHART_COLUMNS: usize = 76;
/// The shortest that a survey's name is cut to.
const MIN_NAME: usize = 12;
/// The width of labels.
const LABEL: usize = 12;

/// The preview of all records; no lines if there are none.
///
/// The largest surveys come first. Scores are whole numbers by the vendor's bands; the NPS by the standard formula is
/// shown, too, if it differs.
pub(crate) fn preview(tally: &Tally, columns: usize) -> Vec<Line> {
    if tally.records() == 0 {
        return Vec::new();
    }
    let title = format!("preview of {} on the vendor's dashboard:", counted(tally.records(), "record"));
    let mut lines = vec![Line::plain(title)];
    lines.extend(dashboard(tally, columns, MAX_CHARTS));
    lines.extend(explanations(&[tally]));
    lines
}

/// The same lines for records that the server has, under a title; `with_charts` if there is room for them.
pub(super) fn scores(title: String, tally: &Tally, columns: usize, with_charts: bool) -> Vec<Line> {
    let mut lines = vec![Line::plain(title)];
    if tally.records() > 0 {
        lines.extend(dashboard(tally, columns, if with_charts { MAX_CHARTS } else { 0 }));
    }
    lines
}

/// The preview of each bot, those with the most records first; beyond [`MAX_BOTS`], records are only counted.
pub(crate) fn preview_of_bots(bots: &[BotRows], columns: usize) -> Vec<Line> {
    let mut bots: Vec<_> = bots.iter().collect();
    bots.sort_by_key(|bot| Reverse(bot.records));
    let (shown, others) = bots.split_at(bots.len().min(MAX_BOTS));
    let mut lines = Vec::new();
    for bot in shown {
        let id = excerpt(bot.bot_id.as_deref().unwrap_or_default(), 48);
        let title = Line::plain(format!("preview of {} for bot ", counted(bot.records, "record")));
        lines.push(title.with(Tone::Strong, id).with(Tone::Plain, ":"));
        lines.extend(dashboard(&bot.tally, columns, MAX_CHARTS / bots.len()));
    }
    if !others.is_empty() {
        let records = others.iter().map(|bot| bot.records).sum();
        let others = counted(others.len() as u64, "other bot");
        lines.push(Line::plain(format!("and {} for {others}", counted(records, "record"))));
    }
    lines.extend(explanations(&bots.iter().map(|bot| &bot.tally).collect::<Vec<_>>()));
    lines
}

/// The surveys of one dashboard, as charts if there are at most `max_charts`, then channels and languages.
fn dashboard(tally: &Tally, columns: usize, max_charts: usize) -> Vec<Line> {
    let surveys = tally.surveys();
    let (shown, others) = surveys.split_at(surveys.len().min(MAX_SURVEYS));
    let mut lines = if surveys.len() <= max_charts && columns >= MIN_CHART_COLUMNS {
        charts(shown, columns)
    } else {
        table(shown, columns)
    };
    lines.extend(other_surveys(others, tally.records_of_other_surveys()));
    for (label, codes, others) in [
        ("channel", tally.channels(), tally.records_of_other_channels()),
        ("language", tally.languages(), tally.records_of_other_languages()),
    ] {
        lines.push(labeled(label, &code_list(&codes, others, columns.saturating_sub(LABEL))));
    }
    lines
}

/// How the scores of each survey type are computed.
pub(super) fn explanations(tallies: &[&Tally]) -> impl Iterator<Item = Line> {
    let surveys = tallies.iter().flat_map(|tally| tally.surveys());
    let types: BTreeSet<FeedbackType> = surveys.map(|survey| survey.feedback_type).collect();
    let types = FeedbackType::ALL.into_iter().filter(move |of| types.contains(of));
    types.map(|of| labeled(of.wire_name(), explanation(of)))
}

/// `uncounted` are records of surveys beyond the number that the tally keeps apart.
fn other_surveys(others: &[Survey<'_>], uncounted: u64) -> Option<Line> {
    let records = others.iter().map(|survey| survey.scores.total()).sum::<u64>() + uncounted;
    let more_than = if uncounted > 0 { "more than " } else { "" };
    let surveys = grouped(others.len() as u64);
    let line = format!("  … and {more_than}{surveys} others with {}", counted(records, "answer"));
    (records > 0).then(|| Line::plain(line))
}

fn labeled(label: &str, text: &str) -> Line {
    Line::plain("  ").with(Tone::Faint, label).padded(LABEL).with(Tone::Plain, text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert, proptest};

    use super::preview;
    use crate::record::{Draft, FeedbackType, Field, ScoreRule, Tally};
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

    fn rendered(tally: &Tally, columns: usize) -> String {
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
    fn few_surveys_get_charts() {
        insta::assert_snapshot!(rendered(&three(), 80));
    }

    #[test]
    fn a_narrow_terminal_gets_a_table() {
        insta::assert_snapshot!(rendered(&three(), 75));
    }

    #[test]
    fn many_surveys_get_a_table() {
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
        insta::assert_snapshot!(rendered(&tally(&all), 100));
    }

    #[test]
    fn a_survey_without_valid_scores_has_no_score() {
        let text = rendered(&tally(&[("Odd", FeedbackType::Csat, &[("0", 3)], "rtm", "en")]), 80);
        assert!(text.contains("  Odd · CSAT – · 3 answers\n"), "{text}");
        assert!(text.contains("    3 answers off the scale (0), not part of the score\n"), "{text}");
        assert!(text.contains("satisfied    4–5   0    0%\n"), "{text}");
    }

    #[test]
    fn no_records_have_no_preview() {
        assert_eq!(preview(&Tally::default(), 80), []);
    }

    #[test]
    fn colors_match_the_words() {
        let lines = preview(&three(), 80);
        let tone_of = |word: &str| {
            let pieces = lines.iter().flat_map(Line::pieces);
            pieces.filter(|(_, text)| text.trim_end() == word).map(|(tone, _)| tone).collect::<Vec<_>>()
        };
        assert_eq!(tone_of("satisfied"), [Tone::Good]);
        assert_eq!(tone_of("passives"), [Tone::Neutral]);
        assert_eq!(tone_of("dislikes"), [Tone::Bad]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal(
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
