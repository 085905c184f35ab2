//! The HTTP client: one pooled connection set, no retries of its own, no redirects, capped answers.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Certificate, Response};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::reply::{Answer, Reply, RequestProgress, RetryAfter, TransportError, http_date};
use super::responses::ResponsesQuery;
use super::transport::{Timeouts, transport_error, with_causes};
use crate::error::Advice;
use crate::ledger::Claimed;
use crate::net::is_loopback;
use crate::text;

/// An answer is a record of some 500 bytes; a gateway's error page may be longer, and is only quoted from its start.
const MOST_READ: usize = 64 * 1024;
/// A page of records is read back as a whole or not at all: they are some 400 bytes each, and a respondent's comment on
/// top of that.
const MOST_READ_OF_PAGE: usize = 8 * 1024 * 1024;
/// Node.js closes an idle connection after five seconds. A close that crosses our POST on the wire leaves a row in
/// doubt, so our side lets go first.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);
const CONNECT_AT_MOST: Duration = Duration::from_secs(10);
const QUOTED: usize = 300;
/// The API takes its token here, not in `Authorization`, and without `Bearer` (contract, "Sample Request").
const AUTH: HeaderName = HeaderName::from_static("auth");

/// Where the calls go and how long one may take.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// The environment's address, such as `https://bots.kore.ai`.
    pub host: Url,
    /// The bot (stream) id.
    pub bot_id: String,
    /// `1.1`, or empty for the path without a version.
    pub api_version: String,
    /// How long one call may take, from connecting to the last byte of the answer.
    pub timeout: Duration,
    /// A PEM file of certificate authorities to trust beside the platform's.
    pub ca_file: Option<PathBuf>,
}

/// The one sender of requests.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    save_feedback: Url,
    survey_responses: Url,
    timeouts: Timeouts,
}

/// Why no client could be made. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The extra certificate authorities can't be read.
    #[error("can't read the certificates in {}: {reason}", path.display())]
    Certificates {
        /// The `ca_file`.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The TLS set-up or a proxy setting is unusable.
    #[error("can't set up the HTTP client: {0}")]
    Setup(String),
    /// The host can't carry a path.
    #[error("{0} can't be the base of an API address")]
    Host(Url),
}

impl Advice for ClientError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Certificates { .. } => Some("ca_file must be a PEM file with one or more certificates".to_owned()),
            Self::Setup(_) => Some(
                "on a system without certificate authorities install its ca-certificates package, or set ca_file"
                    .to_owned(),
            ),
            Self::Host(_) => Some("write the host as https://bots.kore.ai".to_owned()),
        }
    }
}

impl Client {
    /// Makes the client for one target.
    ///
    /// # Errors
    /// [`ClientError`], before anything is sent.
    pub fn new(settings: &ClientSettings) -> Result<Self, ClientError> {
        Ok(Self {
            http: http_client(settings)?,
            save_feedback: save_feedback_url(settings)?,
            survey_responses: survey_responses_url(settings)?,
            timeouts: timeouts(settings),
        })
    }

    /// A client for another bot at the same target, by the same connections.
    ///
    /// # Errors
    /// [`ClientError::Host`].
    pub fn for_bot(&self, settings: &ClientSettings) -> Result<Self, ClientError> {
        Ok(Self {
            http: self.http.clone(),
            save_feedback: save_feedback_url(settings)?,
            survey_responses: survey_responses_url(settings)?,
            timeouts: self.timeouts,
        })
    }

    /// The address that records are posted to.
    pub fn save_feedback_url(&self) -> &Url {
        &self.save_feedback
    }

    /// Posts one record. That its intent is durable is shown by the [`Claimed`], which only the ledger can make.
    pub async fn save_feedback(&self, _intent: &Claimed, token: &SecretString, body: Vec<u8>) -> Reply {
        self.post(&self.save_feedback, token, body, MOST_READ).await
    }

    /// Asks for one page of the records that the server has. Nothing is changed by it, so it may be asked again.
    pub async fn survey_responses(&self, token: &SecretString, query: &ResponsesQuery) -> Reply {
        self.post(&self.survey_responses, token, query.body(), MOST_READ_OF_PAGE).await
    }

    async fn post(&self, url: &Url, token: &SecretString, body: Vec<u8>, most_read: usize) -> Reply {
        let Ok(mut auth) = HeaderValue::from_str(token.expose_secret()) else {
            return not_sent("the token has characters that no header may hold");
        };
        auth.set_sensitive(true);
        let request = self.http.post(url.clone()).header(AUTH, auth);
        let request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body);
        match request.send().await {
            Ok(response) => Reply::Answer(read_answer(response, token, most_read).await),
            Err(error) => Reply::Nothing(transport_error(&error, self.timeouts)),
        }
    }
}

/// The path with a version is the contract's sample and the vendor's current page; the one without is the contract's
/// "Endpoint" row.
fn save_feedback_url(settings: &ClientSettings) -> Result<Url, ClientError> {
    let versioned = Some(settings.api_version.as_str()).filter(|version| !version.is_empty());
    call_url(settings, versioned, "saveFeedback")
}

/// The vendor's page has this call without a version only, whatever the other one's.
fn survey_responses_url(settings: &ClientSettings) -> Result<Url, ClientError> {
    call_url(settings, None, "getFeedbackSurveyResponses")
}

fn call_url(settings: &ClientSettings, version: Option<&str>, call: &str) -> Result<Url, ClientError> {
    let mut url = settings.host.clone();
    url.path_segments_mut()
        .map_err(|()| ClientError::Host(settings.host.clone()))?
        .pop_if_empty()
        .push("api")
        .extend(version)
        .extend(["public", "bot", &settings.bot_id, call]);
    Ok(url)
}

#[expect(clippy::disallowed_methods, reason = "this is the HTTP client's home")]
fn http_client(settings: &ClientSettings) -> Result<reqwest::Client, ClientError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("kore-feedback/", env!("CARGO_PKG_VERSION")))
        .retry(reqwest::retry::never())
        .redirect(reqwest::redirect::Policy::none())
        .timeout(settings.timeout)
        .connect_timeout(timeouts(settings).connect)
        .pool_idle_timeout(IDLE_CONNECTION)
        .tcp_nodelay(true)
        .referer(false);
    if is_loopback(&settings.host) {
        builder = builder.no_proxy();
    }
    if settings.host.scheme() == "http" {
        // No TLS will be spoken, so a machine without certificate authorities is no obstacle.
        builder = builder.tls_certs_only([]);
    } else if let Some(path) = &settings.ca_file {
        builder = builder.tls_certs_merge(read_certificates(path)?);
    }
    builder.build().map_err(|error| ClientError::Setup(with_causes(&error)))
}

/// A connection has less time than the whole, so that one that never came about is told from an answer that never came.
fn timeouts(settings: &ClientSettings) -> Timeouts {
    Timeouts { connect: CONNECT_AT_MOST.min(settings.timeout / 2), whole: settings.timeout }
}

fn read_certificates(path: &std::path::Path) -> Result<Vec<Certificate>, ClientError> {
    let wrong = |reason: String| ClientError::Certificates { path: path.to_owned(), reason };
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| wrong(with_causes(&error)))?;
    if certificates.is_empty() {
        return Err(wrong("there is none in it".to_owned()));
    }
    Ok(certificates)
}

async fn read_answer(mut response: Response, token: &SecretString, most: usize) -> Answer {
    let headers = response.headers();
    let mut answer = Answer {
        status: response.status().as_u16(),
        retry_after: header_text(headers, RETRY_AFTER).and_then(RetryAfter::parse),
        location: header_text(headers, LOCATION).map(|location| text::excerpt(location, QUOTED)),
        date: header_text(headers, DATE).and_then(http_date),
        ..Answer::default()
    };
    let mut body = Vec::new();
    answer.complete = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= most => body.extend_from_slice(&chunk),
            Ok(Some(chunk)) => {
                body.extend_from_slice(&chunk[..most - body.len()]);
                break false;
            }
            Ok(None) => break true,
            Err(_) => break false,
        }
    };
    // A gateway may quote the request it refuses, headers and all.
    answer.body = String::from_utf8_lossy(&body).replace(token.expose_secret(), "[token]");
    answer
}

fn header_text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn not_sent(message: &str) -> Reply {
    Reply::Nothing(TransportError {
        progress: RequestProgress::NotConnected,
        message: message.to_owned(),
        detail: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Client, ClientSettings, save_feedback_url, survey_responses_url};

    fn settings(api_version: &str, bot_id: &str) -> ClientSettings {
        ClientSettings {
            host: "https://bots.kore.ai".parse().unwrap(),
            bot_id: bot_id.to_owned(),
            api_version: api_version.to_owned(),
            timeout: Duration::from_secs(30),
            ca_file: None,
        }
    }

    #[test]
    fn both_forms_of_the_address_are_those_of_the_contract() {
        let url = |version| save_feedback_url(&settings(version, "st-1")).unwrap().to_string();
        assert_eq!(url("1.1"), "https://bots.kore.ai/api/1.1/public/bot/st-1/saveFeedback");
        assert_eq!(url(""), "https://bots.kore.ai/api/public/bot/st-1/saveFeedback");
    }

    #[test]
    fn records_are_read_back_from_the_path_without_a_version() {
        let url = survey_responses_url(&settings("1.1", "st-1")).unwrap();
        assert_eq!(url.as_str(), "https://bots.kore.ai/api/public/bot/st-1/getFeedbackSurveyResponses");
    }

    #[test]
    fn a_bot_id_cannot_leave_its_place_in_the_path() {
        let url = save_feedback_url(&settings("1.1", "../x?y#z")).unwrap();
        assert_eq!(url.path(), "/api/1.1/public/bot/..%2Fx%3Fy%23z/saveFeedback");
    }

    #[test]
    fn a_ca_file_without_certificates_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let settings = ClientSettings { ca_file: Some(file.path().to_owned()), ..settings("1.1", "st-1") };
        let error = Client::new(&settings).unwrap_err().to_string();
        assert!(error.contains(&file.path().display().to_string()), "{error}");
    }
}
