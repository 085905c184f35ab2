//! Building HTTP responses, among them errors in the API's documented shape.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Explains an error in the sandbox's own words; the API's message is often vague.
const REASON: HeaderName = HeaderName::from_static("x-sandbox-reason");

/// An error response in the documented shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) status: StatusCode,
    pub(super) errors: Vec<ErrorEntry>,
    pub(super) reason: Option<String>,
}

/// An entry of the documented `errors` array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ErrorEntry {
    pub(super) msg: String,
    pub(super) code: u16,
}

impl ApiError {
    /// An error whose code is its status, as most of the vendor's are.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self::with_code(status, status.as_u16(), message)
    }

    pub(super) fn with_code(status: StatusCode, code: u16, message: impl Into<String>) -> Self {
        Self { status, errors: vec![ErrorEntry { msg: message.into(), code }], reason: None }
    }

    /// An error whose message is the status's standard text.
    pub(super) fn of_status(status: StatusCode) -> Self {
        Self::new(status, reason_phrase(status))
    }

    /// All problems of a request body.
    pub(super) fn invalid_body(messages: impl IntoIterator<Item = String>) -> Self {
        let status = StatusCode::BAD_REQUEST;
        let entry = |msg| ErrorEntry { msg, code: status.as_u16() };
        Self { status, errors: messages.into_iter().map(entry).collect(), reason: None }
    }

    /// A bot that is not served, with the message of the vendor's public APIs.
    pub(super) fn unknown_bot() -> Self {
        Self {
            reason: Some("the sandbox does not serve this bot".to_owned()),
            ..Self::new(StatusCode::BAD_REQUEST, "Invalid StreamId")
        }
    }

    /// A full window, with the vendor's message for its length.
    pub(super) fn rate_limited(window: Option<Duration>) -> Self {
        let message = match window.map(|window| window.as_secs()) {
            Some(60) => "You've exceeded the per-minute rate limit. Please wait for sometime before retrying.",
            Some(3600) => "You've exceeded the hourly rate limit. Please wait for sometime before retrying.",
            _ => "Rate limit for this API has been reached. Please try again later",
        };
        Self::new(StatusCode::TOO_MANY_REQUESTS, message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = json(self.status, &serde_json::json!({ "errors": self.errors }));
        if let Some(Ok(reason)) = self.reason.map(HeaderValue::try_from) {
            response.headers_mut().insert(REASON, reason);
        }
        response
    }
}

pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    json_text(status, to_json(value))
}

pub(super) fn json_text(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}

/// The value as JSON. No type of the sandbox fails to serialize.
pub(super) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A plain text response with the status's standard text, as a gateway sends it.
pub(super) fn plain(status: StatusCode) -> Response {
    (status, format!("{}\n", reason_phrase(status))).into_response()
}

/// An HTML response that must not load or run anything.
pub(super) fn html(status: StatusCode, page: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, page).into_response()
}

fn reason_phrase(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::ApiError;

    #[test]
    fn rate_limit_errors_name_the_window() {
        let message = |seconds| ApiError::rate_limited(Some(Duration::from_secs(seconds))).errors.remove(0).msg;
        assert!(message(60).contains("per-minute"));
        assert!(message(3600).contains("hourly"));
        assert!(message(20).contains("Rate limit for this API"));
    }
}
