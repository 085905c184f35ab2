//! The charts of a report, as boxes in SVG, each with the figures for a table.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::ledger::Activity;
use crate::pacing::Limit;
use crate::record::{Band, Survey};
use crate::report::preview::{score_text, share};
use crate::text::{excerpt, format_duration, grouped};

/// The height of the bars of a chart, in its own units.
const HEIGHT: f64 = 100.0;
const MAX_NAME: usize = 120;

/// How often each score of a survey was given.
#[derive(Serialize)]
pub(super) struct SurveyChart {
    name: String,
    #[serde(rename = "type")]
    feedback_type: &'static str,
    records: u64,
    score: String,
    bars: Vec<ScoreBar>,
    off_scale: u64,
}

#[derive(Serialize)]
struct ScoreBar {
    score: u8,
    count: u64,
    share: String,
    /// The color, as a CSS class.
    class: &'static str,
    /// From the top.
    y: f64,
    height: f64,
}

impl SurveyChart {
    pub(super) fn new(survey: &Survey<'_>) -> Self {
        let (of, scores) = (survey.feedback_type, survey.scores);
        let most = of.scale().map(|score| scores.count_of(score)).max().unwrap_or_default();
        let bar = |score: u8| {
            let count = scores.count_of(score);
            let height = height(count, most);
            let class = match Band::vendor(of, score) {
                Band::Positive => "good",
                Band::Neutral => "neutral",
                Band::Negative => "bad",
            };
            ScoreBar { score, count, share: share(count, scores.on_scale()), class, y: HEIGHT - height, height }
        };
        Self {
            name: excerpt(survey.name, MAX_NAME),
            feedback_type: of.wire_name(),
            records: scores.total(),
            score: score_text(survey),
            bars: of.scale().map(bar).collect(),
            off_scale: scores.out_of_scale().count,
        }
    }
}

/// What was sent when.
#[derive(Serialize)]
pub(super) struct ActivityChart {
    /// The length of a slot.
    slot: String,
    start: String,
    end: String,
    slots: Vec<SlotBar>,
    /// The highest bar.
    most: u64,
    /// The rate limit, if one applies in a slot of this length: how many requests it allows, and its height from the top.
    allowed: Option<(String, f64)>,
    limits: String,
    /// How much of the time nothing was in flight.
    waiting: String,
}

#[derive(Serialize)]
struct SlotBar {
    time: String,
    saved: u64,
    not_saved: u64,
    saved_height: f64,
    not_saved_height: f64,
    waiting: String,
    /// From 0 to 1.
    waiting_share: f64,
}

impl ActivityChart {
    /// `bots` have a limit each.
    pub(super) fn new(activity: &Activity, limits: &[Limit], bots: u64, zone: &TimeZone) -> Self {
        let Activity { start, slot, slots } = activity;
        let most = slots.iter().map(|slot| slot.saved + slot.not_saved).max().unwrap_or_default();
        let allowed = limits.iter().map(|limit| allowed(limit, *slot) * bots as f64).reduce(f64::min);
        let top = allowed
            .filter(|allowed| *allowed <= 4.0 * most as f64)
            .map_or(most as f64, |allowed| allowed.max(most as f64));
        let at = |index: usize| {
            let since = SignedDuration::try_from(*slot * index as u32).unwrap_or_default();
            let time = start.saturating_add(since).unwrap_or(*start).to_zoned(zone.clone());
            let format = if slot.as_secs() >= 3600 { "%Y-%m-%d %H:%M" } else { "%H:%M:%S" };
            time.strftime(format).to_string()
        };
        let bar = |(index, each): (usize, &crate::ledger::Slot)| {
            let waiting = slot.saturating_sub(each.busy);
            SlotBar {
                time: at(index),
                saved: each.saved,
                not_saved: each.not_saved,
                saved_height: HEIGHT * each.saved as f64 / top.max(1.0),
                not_saved_height: HEIGHT * each.not_saved as f64 / top.max(1.0),
                waiting: format_duration(waiting),
                waiting_share: waiting.as_secs_f64() / slot.as_secs_f64(),
            }
        };
        let busy: Duration = slots.iter().map(|slot| slot.busy).sum();
        let whole = *slot * u32::try_from(slots.len()).unwrap_or(u32::MAX);
        let texts: Vec<String> = limits.iter().map(ToString::to_string).collect();
        let shown = allowed.filter(|allowed| *allowed <= top);
        Self {
            slot: format!("{:#}", SignedDuration::try_from(*slot).unwrap_or_default()),
            start: at(0),
            end: at(slots.len()),
            slots: slots.iter().enumerate().map(bar).collect(),
            most,
            allowed: shown.map(|allowed| (number(allowed), HEIGHT - HEIGHT * allowed / top.max(1.0))),
            limits: texts.join(" and "),
            waiting: share(whole.saturating_sub(busy).as_millis() as u64, whole.as_millis() as u64),
        }
    }
}

/// How many requests a limit allows in a slot, on average.
fn allowed(limit: &Limit, slot: Duration) -> f64 {
    f64::from(limit.calls.get()) * slot.as_secs_f64() / limit.per.as_secs_f64()
}

fn number(of: f64) -> String {
    if of >= 10.0 { grouped(of.round() as u64) } else { format!("{of:.1}") }
}

/// No count that is not zero has a bar that cannot be seen.
fn height(count: u64, most: u64) -> f64 {
    if count == 0 { 0.0 } else { (HEIGHT * count as f64 / most.max(1) as f64).max(1.0) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::tz::TimeZone;

    use super::ActivityChart;
    use crate::ledger::{Activity, Slot};

    #[test]
    fn a_run_of_days_has_dates() {
        let slot = Duration::from_secs(3600);
        let full = Slot { saved: 1790, not_saved: 10, busy: Duration::from_secs(900) };
        let start = "2026-03-28T22:00:00Z".parse().unwrap();
        let limits = ["60/1m", "1800/1h"].map(|limit| limit.parse().unwrap());
        let activity = Activity { start, slot, slots: vec![full; 55] };
        let chart = ActivityChart::new(&activity, &limits, 1, &TimeZone::UTC);
        assert_eq!((chart.start.as_str(), chart.end.as_str()), ("2026-03-28 22:00", "2026-03-31 05:00"));
        assert_eq!((chart.slot.as_str(), chart.waiting.as_str()), ("1h", "75%"));
        assert_eq!(chart.allowed, Some(("1,800".to_owned(), 0.0)));
        assert_eq!((chart.slots[2].time.as_str(), chart.slots[2].waiting_share), ("2026-03-29 00:00", 0.75));
    }
}
