//! The page that shows what was received and how it scores. It loads nothing, and its only script replaces the content when an
//! event with a newer one arrives.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use super::options::SandboxOptions;
use super::scores::Survey;
use super::service::{CallCounts, RecentError, Service, State};
use super::store::StoredRecord;
use super::survey_type::SurveyType;
use crate::html;
use crate::text::{excerpt, grouped, id_tail};

const NAME: &str = "page.html";
const TEMPLATE: &str = include_str!("page.html");
const CONTENT: &str = include_str!("page_content.html");
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("../page.css");
/// How many records the page shows, the newest first.
const MAX_RECORDS: usize = 50;
const MAX_SURVEYS: usize = 100;
const MAX_TEXT: usize = 160;

pub(super) fn respond(service: &Service) -> Response {
    match page(service) {
        Ok(page) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, &policy()),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, page).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn page(service: &Service) -> Result<String, minijinja::Error> {
    let (_, content) = content(service)?;
    html::environment().render_named_str(NAME, TEMPLATE, context! { style => STYLE, content, script => SCRIPT })
}

/// Allows the one script, by its hash, and the events; nothing else is run or loaded.
fn policy() -> String {
    let hash = STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, SCRIPT.as_bytes()));
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// Differs whenever the content does.
pub(super) type Version = (CallCounts, usize);

pub(super) fn version(state: &State) -> Version {
    (state.counts, state.store.records().len())
}

/// The page without its frame.
pub(super) fn content(service: &Service) -> Result<(Version, String), minijinja::Error> {
    let mut environment = html::environment();
    environment.add_filter("excerpt", |text: &str| excerpt(text, MAX_TEXT));
    environment.add_filter("tail", id_tail);
    let state = service.state();
    let view = View::new(&service.options, &state);
    Ok((version(&state), environment.render_named_str(NAME, CONTENT, Serde(&view))?))
}

/// What the template shows.
#[derive(Serialize)]
struct View<'a> {
    bots: Vec<&'a str>,
    several_bots: bool,
    settings: Vec<String>,
    counts: CallCounts,
    surveys: Vec<SurveyView<'a>>,
    other_surveys: u64,
    errors: Vec<&'a RecentError>,
    records: Vec<&'a StoredRecord>,
    total: u64,
}

impl<'a> View<'a> {
    fn new(options: &'a SandboxOptions, state: &'a State) -> Self {
        let records = state.store.records();
        Self {
            bots: std::iter::once(&options.credentials.bot_id).chain(&options.more_bots).map(String::as_str).collect(),
            several_bots: state.scores.has_several_bots(),
            settings: settings(options),
            counts: state.counts,
            surveys: state.scores.surveys().take(MAX_SURVEYS).map(SurveyView::new).collect(),
            other_surveys: state.scores.surveys().count().saturating_sub(MAX_SURVEYS) as u64,
            errors: state.recent_errors.iter().collect(),
            records: records.iter().rev().take(MAX_RECORDS).collect(),
            total: records.len() as u64,
        }
    }
}

#[derive(Serialize)]
struct SurveyView<'a> {
    bot_id: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    survey_type: SurveyType,
    score: String,
    /// The parts of the bar: CSS class and size.
    bands: [(&'static str, u64); 3],
    /// The bar in words.
    distribution: String,
    total: u64,
    off_scale: u64,
}

impl<'a> SurveyView<'a> {
    fn new(survey: Survey<'a>) -> Self {
        let Survey { bot_id, name, survey_type, bands } = survey;
        let score = match (bands.score(survey_type), survey_type) {
            (None, _) => "–".to_owned(),
            (Some(score @ 1..), SurveyType::Nps) => format!("+{score}"),
            (Some(score), SurveyType::Nps) => score.to_string(),
            (Some(score), _) => format!("{score}%"),
        };
        let [good, neutral, bad] = [bands.good, bands.neutral, bands.bad].map(grouped);
        let distribution = match survey_type {
            SurveyType::Nps => format!("{good} promoters, {neutral} passives, {bad} detractors"),
            SurveyType::Csat => format!("{good} satisfied, {neutral} neutral, {bad} unsatisfied"),
            SurveyType::Thumb => format!("{good} likes, {bad} dislikes"),
        };
        Self {
            bot_id,
            name,
            survey_type,
            score,
            bands: [("good", bands.good), ("neutral", bands.neutral), ("bad", bands.bad)],
            distribution,
            total: bands.total(),
            off_scale: bands.off_scale,
        }
    }
}

/// The options that are set, in words.
fn settings(options: &SandboxOptions) -> Vec<String> {
    let time = |time: &std::time::Duration| {
        SignedDuration::try_from(*time).map_or_else(|_| format!("{time:?}"), |time| format!("{time:#}"))
    };
    let limits = options.limits.iter().map(|(limit, length)| format!("at most {limit} per {}", time(length)));
    let latency =
        options.latency.iter().map(|latency| format!("latency {}..{}", time(latency.start()), time(latency.end())));
    let faults = options.faults.iter().map(|fault| format!("fault {fault}"));
    let jti = options.enforce_jti.then(|| "jti enforced".to_owned());
    let jwe = options.enforce_jwe.then(|| "jwe enforced".to_owned());
    let settings: Vec<_> = limits.chain(latency).chain(faults).chain(jti).chain(jwe).collect();
    if settings.is_empty() { vec!["no limits, no latency, no faults".to_owned()] } else { settings }
}
