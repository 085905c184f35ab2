//! The routes: the API's endpoints under each of their paths, and the pages for people.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, get, post};
use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use super::connection::ResetHandle;
use super::fault::{Endpoint, InjectedFault};
use super::reply::{REDIRECT_TARGET, Reply};
use super::response::{ApiError, json};
use super::service::{CallCounts, Service};
use super::store::StoredRecord;
use super::{live, page};
use crate::net::is_loopback;

/// The longest body that is read. A record is a few hundred bytes.
const MAX_BODY: usize = 1024 * 1024;

pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/api/1.1/public/bot/{bot_id}/saveFeedback", route(Endpoint::Save))
        .route("/api/public/bot/{bot_id}/saveFeedback", route(Endpoint::Save))
        .route("/api/public/bot/{bot_id}/getFeedbackSurveyResponses", route(Endpoint::Responses))
        .route(REDIRECT_TARGET, any(count_redirect))
        .route("/", get(async |State(service): State<Arc<Service>>| page::respond(&service)))
        .route("/events", get(async |State(service): State<Arc<Service>>| live::respond(service)))
        .route("/records", get(list_records))
        .method_not_allowed_fallback(async || ApiError::of_status(StatusCode::METHOD_NOT_ALLOWED))
        .fallback(async || ApiError::of_status(StatusCode::NOT_FOUND))
        .layer(middleware::from_fn(require_loopback_name))
        .with_state(service)
}

fn route(endpoint: Endpoint) -> MethodRouter<Arc<Service>> {
    post(
        async move |State(service): State<Arc<Service>>,
                    ConnectInfo(reset): ConnectInfo<ResetHandle>,
                    Path(bot_id): Path<String>,
                    headers: HeaderMap,
                    body: Body| { serve(endpoint, &service, &reset, &bot_id, &headers, body).await },
    )
}

/// Rejects requests that name another host than this machine. A web page can make its own name resolve to 127.0.0.1 and read
/// the sandbox under that name (DNS rebinding), but it cannot send another `Host`.
async fn require_loopback_name(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let url = host.and_then(|host| Url::parse(&format!("http://{host}")).ok());
    match url.filter(is_loopback) {
        Some(_) => next.run(request).await,
        None => ApiError::new(StatusCode::MISDIRECTED_REQUEST, "the sandbox answers to localhost only").into_response(),
    }
}

/// Handles a request with the latency of its way here and back.
async fn serve(
    endpoint: Endpoint,
    service: &Service,
    reset: &ResetHandle,
    bot_id: &str,
    headers: &HeaderMap,
    body: Body,
) -> Response {
    let latency = service.next_latency();
    let burst = tokio::select! {
        biased;
        fault = service.next_burst(endpoint) => Some(fault),
        () = pause(latency.request) => None,
    };
    let handled = handle((endpoint, bot_id), service, headers, body, burst).await;
    let (reply, started) = handled.unwrap_or_else(|error| {
        service.record_error(&error);
        (Reply::Response(error.into_response()), None)
    });
    if let Some(fault) = started {
        // Half a latency later, all that the client sends side by side is in flight.
        pause(latency.request / 2).await;
        service.burst(fault);
    }
    pause(latency.response).await;
    match reply {
        Reply::Response(response) => dated(response, service.time()),
        Reply::Reset => {
            reset.reset_on_write();
            // hyper tries to write this, which resets the connection.
            Response::new(Body::empty())
        }
        Reply::Hang => std::future::pending().await,
    }
}

/// With the sandbox's time as its date; without this, it would be this machine's.
fn dated(mut response: Response, now: Timestamp) -> Response {
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers_mut().extend(HeaderValue::try_from(date).ok().map(|date| (header::DATE, date)));
    response
}

async fn handle(
    (endpoint, bot_id): (Endpoint, &str),
    service: &Service,
    headers: &HeaderMap,
    body: Body,
    burst: Option<InjectedFault>,
) -> Result<(Reply, Option<InjectedFault>), ApiError> {
    service.admit(bot_id, Instant::now())?;
    let body = to_bytes(body, MAX_BODY)
        .await
        .map_err(|_| ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "request entity too large"))?;
    if !is_json(headers) {
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json"));
    }
    service.handle((endpoint, bot_id), headers, &body, burst)
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// Sleeps, but skips the timer if there is nothing to wait for.
async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

async fn count_redirect(State(service): State<Arc<Service>>) -> ApiError {
    service.state().counts.redirects_followed += 1;
    ApiError::of_status(StatusCode::NOT_FOUND)
}

async fn list_records(State(service): State<Arc<Service>>) -> Response {
    let state = service.state();
    json(StatusCode::OK, &Listing { tally: state.counts, records: state.store.records() })
}

/// The response to `GET /records`.
#[derive(Serialize)]
struct Listing<'a> {
    tally: CallCounts,
    records: &'a [StoredRecord],
}
