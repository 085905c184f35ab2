//! Surveys as a table with a line for each.

use super::MIN_NAME;
use super::bars::{bar, bars};
use super::wording::{off_scale, score_text};
use crate::record::{Distribution, FeedbackType, Survey};
use crate::report::line::{Line, Tone, fitted};
use crate::text::grouped;

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
