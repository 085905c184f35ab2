//! How the sandbox ends a request: with a response, good or faulty, or with none at all.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::fault::InjectedFault;
use super::fault_kind::FaultKind;
use super::response::{ApiError, html, json_text, plain};

/// Where the `redirect` fault leads.
pub(super) const REDIRECT_TARGET: &str = "/redirected";
const OVERSIZED: usize = 16 * 1024 * 1024;
const GATEWAY_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n";

#[derive(Debug)]
pub(super) enum Reply {
    Response(Response),
    /// The connection is reset.
    Reset,
    /// The connection stays open without a response.
    Hang,
}

impl Reply {
    /// The reply to a request that would have received this JSON body, given the fault that hits it and the request's token.
    pub(super) fn new(body: String, fault: Option<InjectedFault>, token: &[u8]) -> Self {
        let Some(InjectedFault { kind, after, .. }) = fault else {
            return Self::Response(json_text(StatusCode::OK, body));
        };
        Self::Response(match kind {
            FaultKind::ResetBefore | FaultKind::ResetAfterSave => return Self::Reset,
            FaultKind::Hang | FaultKind::HangAfterSave | FaultKind::LateSave => return Self::Hang,
            FaultKind::Truncate => json_text(StatusCode::OK, first_half(&body)),
            FaultKind::Oversized => json_text(StatusCode::OK, padded(&body)),
            FaultKind::Status400 => error(StatusCode::BAD_REQUEST),
            FaultKind::Status401 => vendor_error(StatusCode::UNAUTHORIZED, "Invalid SDK credentials"),
            FaultKind::Status401Replay => {
                let message = "error verifying the jwt: possibly a replay";
                ApiError::new(StatusCode::UNAUTHORIZED, message).into_response()
            }
            FaultKind::Status403 => vendor_error(StatusCode::FORBIDDEN, "Permission denied. Scope is incorrect!"),
            FaultKind::Status404 => error(StatusCode::NOT_FOUND),
            FaultKind::Status429 => rate_limited(),
            FaultKind::Status429RetryAfter => with_retry_after(rate_limited(), after),
            FaultKind::Status500 => error(StatusCode::INTERNAL_SERVER_ERROR),
            FaultKind::Status502 => plain(StatusCode::BAD_GATEWAY),
            FaultKind::Status503 => plain(StatusCode::SERVICE_UNAVAILABLE),
            FaultKind::Status503RetryAfter => with_retry_after(plain(StatusCode::SERVICE_UNAVAILABLE), after),
            FaultKind::Status504 => plain(StatusCode::GATEWAY_TIMEOUT),
            FaultKind::Html => html(StatusCode::BAD_GATEWAY, GATEWAY_PAGE.to_owned()),
            FaultKind::OtherBot
            | FaultKind::OtherType
            | FaultKind::OtherScore
            | FaultKind::OtherUid
            | FaultKind::OtherName
            | FaultKind::OtherChannel
            | FaultKind::OtherLanguage
            | FaultKind::RepeatedId
            | FaultKind::OldTime
            | FaultKind::OnlyId => json_text(StatusCode::OK, body),
            FaultKind::Redirect => Redirect::temporary(REDIRECT_TARGET).into_response(),
            FaultKind::RedirectWithToken => Redirect::temporary(&login_address(token)).into_response(),
        })
    }
}

/// What a gateway that wants people to sign in first may make of a request.
fn login_address(token: &[u8]) -> String {
    let whole = String::from_utf8_lossy(token);
    let encoded: String = token.iter().map(|byte| format!("%{byte:02X}")).collect();
    let (_, signature) = whole.rsplit_once('.').unwrap_or_default();
    format!("{REDIRECT_TARGET}?sig={signature}&auth={whole}&back=%2Flogin%3Fauth%3D{encoded}")
}

fn error(status: StatusCode) -> Response {
    ApiError::of_status(status).into_response()
}

fn vendor_error(status: StatusCode, message: &str) -> Response {
    ApiError::with_code(status, 4002, message).into_response()
}

fn rate_limited() -> Response {
    ApiError::rate_limited(None).into_response()
}

fn with_retry_after(mut response: Response, after: Duration) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, after.as_secs().into());
    response
}

fn first_half(text: &str) -> String {
    text.chars().take(text.chars().count() / 2).collect()
}

/// The object with one more, very long member: still valid JSON.
fn padded(object: &str) -> String {
    let members = object.strip_suffix('}').unwrap_or(object);
    format!("{members},\"padding\":\"{}\"}}", "x".repeat(OVERSIZED))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{OVERSIZED, first_half, padded};

    #[test]
    fn only_the_oversized_body_is_valid_json() {
        let good = r#"{"_id":"ü","score":4}"#;
        let big: Value = serde_json::from_str(&padded(good)).unwrap();
        assert_eq!(big["padding"].as_str().unwrap().len(), OVERSIZED);
        assert_eq!(big["_id"], "ü");
        assert!(serde_json::from_str::<Value>(&first_half(good)).is_err());
    }
}
