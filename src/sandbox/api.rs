//! The routes: the API's two calls by every path they have, and what people look at.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use serde::Serialize;

use super::answer::{Ending, Refusal, html, json, nothing, to_json};
use super::connection::ConnectionEnd;
use super::fault::Endpoint;
use super::page;
use super::service::{CallCounts, Service};
use super::store::StoredRecord;

/// Where the redirect of a fault leads.
pub(super) const REDIRECTED: &str = "/redirected";
/// The longest body that is read. A record is a few hundred bytes.
const LONGEST_BODY: usize = 1024 * 1024;

/// Every route of the sandbox.
pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/api/1.1/public/bot/{bot_id}/saveFeedback", post(save))
        .route("/api/public/bot/{bot_id}/saveFeedback", post(save))
        .route("/api/public/bot/{bot_id}/getFeedbackSurveyResponses", post(responses))
        .route(REDIRECTED, any(redirected))
        .route("/", get(show_page))
        .route("/records", get(list_records))
        .method_not_allowed_fallback(async || Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"))
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "Not Found"))
        .with_state(service)
}

async fn save(
    State(service): State<Arc<Service>>,
    ConnectInfo(connection): ConnectInfo<ConnectionEnd>,
    Path(bot_id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    serve(Endpoint::Save, &service, &connection, &bot_id, &headers, body).await
}

async fn responses(
    State(service): State<Arc<Service>>,
    ConnectInfo(connection): ConnectInfo<ConnectionEnd>,
    Path(bot_id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    serve(Endpoint::Responses, &service, &connection, &bot_id, &headers, body).await
}

/// A call from its way here to its answer's way back.
async fn serve(
    call: Endpoint,
    service: &Service,
    connection: &ConnectionEnd,
    bot_id: &str,
    headers: &HeaderMap,
    body: Body,
) -> Response {
    let journey = service.journey();
    pass(journey.there).await;
    let ending = take(call, service, bot_id, headers, body).await.unwrap_or_else(|refusal| {
        service.note(&refusal);
        Ending::Answer(refusal.into_response())
    });
    pass(journey.back).await;
    match ending {
        Ending::Answer(response) => response,
        Ending::Reset => {
            connection.reset_instead_of_writing();
            nothing()
        }
        Ending::Hang => std::future::pending().await,
    }
}

async fn take(
    call: Endpoint,
    service: &Service,
    bot_id: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Ending, Refusal> {
    service.arrive(bot_id, Instant::now())?;
    let body = to_bytes(body, LONGEST_BODY)
        .await
        .map_err(|_| Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "request entity too large"))?;
    if !is_json(headers) {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json"));
    }
    match call {
        Endpoint::Save => service.save(bot_id, headers, &body),
        Endpoint::Responses => service.responses(bot_id, headers, &body),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let written = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = written.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// Lets time pass, without a trip through the timer when there is none to pass.
async fn pass(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

async fn redirected(State(service): State<Arc<Service>>) -> Refusal {
    service.memory().counts.redirects_followed += 1;
    Refusal::new(StatusCode::NOT_FOUND, "Not Found")
}

async fn show_page(State(service): State<Arc<Service>>) -> Response {
    let page = page::page(&service.options, &service.memory());
    html(StatusCode::OK, page)
}

async fn list_records(State(service): State<Arc<Service>>) -> Response {
    let memory = service.memory();
    let records = memory.store.records().iter().map(Listed::from).collect();
    json(StatusCode::OK, to_json(&Listing { tally: memory.counts, records }))
}

/// What `GET /records` answers.
#[derive(Serialize)]
struct Listing<'a> {
    tally: CallCounts,
    records: Vec<Listed<'a>>,
}

/// A record with all that was received, by the names it came with.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "botId")]
    bot_id: &'a str,
    timestamp: String,
    #[serde(rename = "channelUId")]
    channel_uid: &'a str,
    name: &'a str,
    score: &'a serde_json::Number,
    channel: &'a str,
    #[serde(rename = "type")]
    survey_type: &'a str,
    language: &'a str,
    message: &'a str,
}

impl<'a> From<&'a StoredRecord> for Listed<'a> {
    fn from(record: &'a StoredRecord) -> Self {
        Self {
            id: record.id.to_string(),
            bot_id: &record.bot_id,
            timestamp: format!("{:.3}", record.saved_at),
            channel_uid: &record.channel_uid,
            name: &record.name,
            score: &record.score,
            channel: &record.channel,
            survey_type: record.survey_type.as_str(),
            language: &record.language,
            message: &record.message,
        }
    }
}
