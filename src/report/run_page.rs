//! The report of a run as one web page: self-contained, without scripts or requests, for people who were not there.

mod charts;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::value::Serde;
use serde::Serialize;

use self::charts::{ActivityChart, SurveyChart};
use super::format::format_date;
use super::preview::explanation;
use super::runs::RunView;
use crate::html;
use crate::ledger::{Activity, Counts, FailureGroup};
use crate::numbering::Numbering;
use crate::pacing::Limit;
use crate::record::FeedbackType;
use crate::run::BotRows;
use crate::text::{counted, excerpt, grouped, printable};

const NAME: &str = "run_page.html";
const TEMPLATE: &str = include_str!("run_page/run_page.html");
const STYLE: &str = include_str!("../page.css");
/// How every such page begins. Only a file that begins like this is replaced.
pub(crate) const PAGE_START: &str = "<!doctype html>\n<!-- A report by kore-feedback -->\n";
/// How many surveys of a bot get a chart.
const MAX_SURVEYS: usize = 20;
const MAX_BOTS: usize = 10;
const MAX_TEXT: usize = 300;

/// What the page is made of.
#[derive(Debug)]
pub(crate) struct RunPage<'a> {
    pub run: &'a RunView,
    pub counts: &'a Counts,
    pub numbering: Numbering,
    /// The valid records of each bot; empty if the input cannot be read any more.
    pub bots: &'a [BotRows],
    /// Why there are no score charts.
    pub without_scores: Option<String>,
    pub activity: Option<&'a Activity>,
    pub limits: &'a [Limit],
    pub failures: &'a [FailureGroup],
    /// What to do next, one line each.
    pub next: &'a [String],
    pub now: Timestamp,
    pub zone: &'a TimeZone,
}

impl RunPage<'_> {
    /// The page as HTML.
    ///
    /// # Errors
    /// If the template fails, which would be a bug.
    pub(crate) fn html(&self) -> Result<String, minijinja::Error> {
        let mut environment = html::environment();
        environment.add_filter("excerpt", |text: &str| excerpt(text, MAX_TEXT));
        let page = environment.render_named_str(NAME, TEMPLATE, Serde(&self.view()))?;
        Ok(format!("{PAGE_START}{page}\n"))
    }

    fn view(&self) -> View {
        let dashboards = self.bots.iter().take(MAX_BOTS).filter(|bot| bot.tally.records() > 0).map(Dashboard::new);
        View {
            style: STYLE,
            title: format!("Run {}", self.run.number()),
            saved: format!(
                "{} of {} saved",
                grouped(self.counts.saved),
                counted(self.counts.records, self.numbering.unit())
            ),
            facts: self.run.facts(self.zone),
            outcomes: self.outcomes(),
            unit: self.numbering.unit(),
            dashboards: dashboards.collect(),
            explanations: self.explanations(),
            other_bots: self.bots.len().saturating_sub(MAX_BOTS) as u64,
            without_scores: self.without_scores.clone(),
            activity: self.activity.map(|activity| {
                let bots = self.bots.len().max(1) as u64;
                ActivityChart::new(activity, self.limits, bots, self.zone)
            }),
            failures: self.failures.iter().map(|group| self.failure(group)).collect(),
            next: self.next.iter().map(|line| parts_of(&printable(line))).collect(),
            written: format_date(self.now, self.zone),
        }
    }

    /// What the scores mean, of each type that there is.
    fn explanations(&self) -> Vec<(&'static str, &'static str)> {
        let surveys: Vec<_> = self.bots.iter().flat_map(|bot| bot.tally.surveys()).collect();
        let is_there = |of: &FeedbackType| surveys.iter().any(|survey| survey.feedback_type == *of);
        FeedbackType::ALL.into_iter().filter(is_there).map(|of| (of.wire_name(), explanation(of))).collect()
    }

    fn outcomes(&self) -> Vec<OutcomeView> {
        let Counts { records, saved, rejected, invalid, skipped, unsent, in_doubt, .. } = *self.counts;
        let outcomes = [
            ("saved", "good", saved),
            ("rejected", "bad", rejected),
            ("invalid", "bad", invalid),
            ("in doubt", "bad", in_doubt),
            ("unsent", "neutral", unsent),
            ("skipped", "neutral", skipped),
        ];
        let percent = |count: u64| 100.0 * count as f64 / records.max(1) as f64;
        outcomes
            .into_iter()
            .map(|(label, class, count)| OutcomeView { label, class, count, percent: percent(count) })
            .collect()
    }

    fn failure(&self, group: &FailureGroup) -> FailureView {
        let first = group.first.iter().map(|number| match self.numbering.is_multiple() {
            true => self.numbering.id(*number).to_string(),
            false => grouped(*number),
        });
        let more = if group.records > group.first.len() as u64 { " …" } else { "" };
        FailureView {
            outcome: group.outcome.as_str(),
            status: group.status,
            message: printable(&group.message).into_owned(),
            records: group.records,
            first: first.collect::<Vec<_>>().join(if self.numbering.is_multiple() { "; " } else { " · " }) + more,
        }
    }
}

#[derive(Serialize)]
struct View {
    style: &'static str,
    title: String,
    saved: String,
    facts: Vec<(&'static str, String)>,
    outcomes: Vec<OutcomeView>,
    unit: &'static str,
    dashboards: Vec<Dashboard>,
    explanations: Vec<(&'static str, &'static str)>,
    other_bots: u64,
    without_scores: Option<String>,
    activity: Option<ActivityChart>,
    failures: Vec<FailureView>,
    /// Each line in parts: text, or a command.
    next: Vec<Vec<(bool, String)>>,
    written: String,
}

#[derive(Serialize)]
struct OutcomeView {
    label: &'static str,
    class: &'static str,
    count: u64,
    percent: f64,
}

#[derive(Serialize)]
struct FailureView {
    outcome: &'static str,
    status: Option<u16>,
    message: String,
    records: u64,
    first: String,
}

#[derive(Serialize)]
struct Dashboard {
    bot_id: Option<String>,
    records: String,
    surveys: Vec<SurveyChart>,
    other_surveys: u64,
}

impl Dashboard {
    fn new(bot: &BotRows) -> Self {
        let surveys = bot.tally.surveys();
        Self {
            bot_id: bot.bot_id.as_deref().map(|bot_id| printable(bot_id).into_owned()),
            records: counted(bot.tally.records(), "record"),
            surveys: surveys.iter().take(MAX_SURVEYS).map(SurveyChart::new).collect(),
            other_surveys: surveys.len().saturating_sub(MAX_SURVEYS) as u64,
        }
    }
}

/// A line with commands between backticks, in parts; `true` for a command.
fn parts_of(line: &str) -> Vec<(bool, String)> {
    line.split('`').enumerate().map(|(index, part)| (index % 2 == 1, part.to_owned())).collect()
}
