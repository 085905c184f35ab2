//! Surveys as bar charts, with a legend of the bands beside each.

use super::MIN_NAME;
use super::bars::{bar, bars, tone};
use super::wording::{band_label, off_scale, score_text, share};
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
