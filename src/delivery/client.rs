//! The HTTP client: one pooled connection set, no retries of its own, no redirects, capped answers.

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AGE, CONTENT_TYPE, DATE, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Certificate, Response};
use secrecy::ExposeSecret;
use url::{Position, Url};

use super::reply::{Answer, Reply, RequestProgress, RetryAfter, TransportError, Truncation, http_date};
use super::responses::ResponsesQuery;
use super::transport::{connect_timeout, transport_error, with_causes};
use crate::credentials::{Hidden, Token};
use crate::error::{Advice, ErrorKind};
use crate::ledger::Claimed;
use crate::net::is_loopback;
use crate::text;

/// An answer is a record of some 500 bytes. A gateway's error page may be longer; only its start is quoted.
const MOST_READ: usize = 64 * 1024;
/// A page of records is read completely or not at all: some 400 bytes each, plus a respondent's comment.
const MOST_READ_OF_PAGE: usize = 8 * 1024 * 1024;
/// Node.js closes an idle connection after five seconds. A close that crosses our POST on the wire leaves a row in doubt,
/// so our side closes first.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);
const QUOTED: usize = 300;
/// The API takes its token here, not in `Authorization`, and without `Bearer` (contract, "Sample Request").
const AUTH: HeaderName = HeaderName::from_static("auth");

#[derive(Debug, Clone)]
pub(crate) struct ClientSettings {
    /// The environment's address, such as `https://bots.kore.ai`.
    pub(crate) host: Url,
    /// The bot (stream) id.
    pub(crate) bot_id: String,
    /// `1.1`, or empty for the path without a version.
    pub(crate) api_version: String,
    /// How long one call may take, from connecting to the last byte of the answer.
    pub(crate) timeout: Duration,
    /// A PEM file of certificate authorities to trust beside the platform's.
    pub(crate) ca_file: Option<PathBuf>,
}

#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    bot_id: String,
    save_feedback: Url,
    survey_responses: Url,
    /// Without it, hyper writes and parses the same text for each request.
    host: HeaderValue,
    timeout: Duration,
}

/// Why no client could be created. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error("cannot read the certificates in {}: {reason}", path.display())]
    Certificates { path: PathBuf, reason: String },
    /// TLS or a proxy setting is unusable.
    #[error("cannot set up the HTTP client: {0}")]
    Setup(String),
    #[error("{0} cannot be the base of an API address")]
    Host(Url),
}

impl Advice for ClientError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Config
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Certificates { .. } => Some("set ca_file to a PEM file with at least one certificate".to_owned()),
            Self::Setup(_) => Some("install the system's ca-certificates package, or set ca_file".to_owned()),
            Self::Host(_) => Some("write the host as https://bots.kore.ai".to_owned()),
        }
    }
}

impl Client {
    /// Creates the client for one target.
    ///
    /// # Errors
    /// [`ClientError`], before anything is sent.
    pub(crate) fn new(settings: &ClientSettings) -> Result<Self, ClientError> {
        Self::with_connections(http_client(settings)?, settings)
    }

    /// A client for another bot of the same host, sharing its connections.
    ///
    /// # Errors
    /// [`ClientError::Host`].
    pub(crate) fn for_bot(&self, settings: &ClientSettings) -> Result<Self, ClientError> {
        Self::with_connections(self.http.clone(), settings)
    }

    fn with_connections(http: reqwest::Client, settings: &ClientSettings) -> Result<Self, ClientError> {
        Ok(Self {
            http,
            bot_id: settings.bot_id.clone(),
            save_feedback: save_feedback_url(settings)?,
            survey_responses: survey_responses_url(settings)?,
            host: host_header(&settings.host)?,
            timeout: settings.timeout,
        })
    }

    pub(crate) fn bot_id(&self) -> &str {
        &self.bot_id
    }

    pub(crate) fn save_feedback_url(&self) -> &Url {
        &self.save_feedback
    }

    /// Posts one record. [`Claimed`], which only the ledger can make, proves that its intent is durable.
    pub(crate) async fn save_feedback(&self, _intent: &Claimed, token: &Token, body: Vec<u8>) -> Reply {
        self.post(&self.save_feedback, token, body, MOST_READ).await
    }

    /// Reads one page of the server's records. It changes nothing, so it may be repeated.
    pub(crate) async fn survey_responses(&self, token: &Token, query: &ResponsesQuery) -> Reply {
        self.post(&self.survey_responses, token, query.body(), MOST_READ_OF_PAGE).await
    }

    async fn post(&self, url: &Url, token: &Token, body: Vec<u8>, most_read: usize) -> Reply {
        let Ok(mut auth) = HeaderValue::from_str(token.jwt.expose_secret()) else {
            let message = "the token contains characters not allowed in a header".to_owned();
            return Reply::Nothing(TransportError { progress: RequestProgress::NotConnected, message });
        };
        auth.set_sensitive(true);
        let request = self.http.post(url.clone()).header(HOST, self.host.clone()).header(AUTH, auth);
        let request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body);
        match request.send().await {
            Ok(response) => Reply::Answer(read_answer(response, &token.hidden, most_read, self.timeout).await),
            Err(error) => Reply::Nothing(transport_error(&error, self.timeout)),
        }
    }
}

fn host_header(host: &Url) -> Result<HeaderValue, ClientError> {
    let authority = &host[Position::BeforeHost..Position::AfterPort];
    HeaderValue::from_str(authority).map_err(|_| ClientError::Host(host.clone()))
}

/// The path with a version is the contract's sample and the vendor's current page; the one without is the contract's
/// "Endpoint" row.
fn save_feedback_url(settings: &ClientSettings) -> Result<Url, ClientError> {
    let versioned = Some(settings.api_version.as_str()).filter(|version| !version.is_empty());
    call_url(settings, versioned, "saveFeedback")
}

/// The vendor documents this call without a version only.
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
        .connect_timeout(connect_timeout(settings.timeout))
        .pool_idle_timeout(IDLE_CONNECTION)
        .tcp_nodelay(true)
        .referer(false);
    if is_loopback(&settings.host) {
        builder = builder.no_proxy();
    }
    if settings.host.scheme() == "http" {
        // Without TLS, a machine without certificate authorities will do.
        builder = builder.tls_certs_only([]);
    } else if let Some(path) = &settings.ca_file {
        builder = builder.tls_certs_merge(read_certificates(path)?);
    }
    builder.build().map_err(|error| ClientError::Setup(with_causes(&error)))
}

fn read_certificates(path: &std::path::Path) -> Result<Vec<Certificate>, ClientError> {
    let wrong = |reason: String| ClientError::Certificates { path: path.to_owned(), reason };
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| wrong(with_causes(&error)))?;
    if certificates.is_empty() {
        return Err(wrong("it contains no certificate".to_owned()));
    }
    Ok(certificates)
}

async fn read_answer(mut response: Response, hidden: &Hidden, most: usize, timeout: Duration) -> Answer {
    let headers = response.headers();
    let mut answer = Answer {
        status: response.status().as_u16(),
        retry_after: header_text(headers, RETRY_AFTER).and_then(RetryAfter::parse),
        location: header_text(headers, LOCATION).map(|at| text::excerpt(&hidden.redact(at.to_owned()), QUOTED)),
        date: server_time(headers),
        ..Answer::default()
    };
    let mut body = Vec::new();
    answer.truncated = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= most => body.extend_from_slice(&chunk),
            Ok(Some(chunk)) => {
                body.extend_from_slice(&chunk[..most - body.len()]);
                break Some(Truncation::Size(most));
            }
            Ok(None) => break None,
            Err(error) if error.is_timeout() => break Some(Truncation::Timeout(timeout)),
            Err(_) => break Some(Truncation::Closed),
        }
    };
    // A gateway may quote the rejected request, including its headers, and the platform what it decrypted.
    let body = String::from_utf8(body).unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into_owned());
    answer.body = hidden.redact(body);
    answer
}

/// The server's clock. A cache passes on an old `Date`, and says in `Age` how many seconds ago that was.
fn server_time(headers: &HeaderMap) -> Option<Timestamp> {
    let age = header_text(headers, AGE).and_then(|age| age.trim().parse().ok()).map_or(0, |age: u32| age);
    header_text(headers, DATE).and_then(http_date)?.checked_add(SignedDuration::from_secs(age.into())).ok()
}

fn header_text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Client, ClientSettings, host_header, save_feedback_url, survey_responses_url};

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
    fn addresses_match_the_contract() {
        let url = |version| save_feedback_url(&settings(version, "st-1")).unwrap().to_string();
        assert_eq!(url("1.1"), "https://bots.kore.ai/api/1.1/public/bot/st-1/saveFeedback");
        assert_eq!(url(""), "https://bots.kore.ai/api/public/bot/st-1/saveFeedback");
    }

    #[test]
    fn the_host_header_has_no_usual_port() {
        for (host, expected) in [
            ("https://bots.kore.ai", "bots.kore.ai"),
            ("https://bots.kore.ai:443/", "bots.kore.ai"),
            ("http://[::1]:8080/kore/", "[::1]:8080"),
        ] {
            assert_eq!(host_header(&host.parse().unwrap()).unwrap(), expected, "{host}");
        }
    }

    #[test]
    fn records_are_read_without_a_version() {
        let url = survey_responses_url(&settings("1.1", "st-1")).unwrap();
        assert_eq!(url.as_str(), "https://bots.kore.ai/api/public/bot/st-1/getFeedbackSurveyResponses");
    }

    #[test]
    fn a_bot_id_stays_in_its_path_segment() {
        let url = save_feedback_url(&settings("1.1", "../x?y#z")).unwrap();
        assert_eq!(url.path(), "/api/1.1/public/bot/..%2Fx%3Fy%23z/saveFeedback");
    }

    #[test]
    fn a_ca_file_without_certificates_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let settings = ClientSettings { ca_file: Some(file.path().to_owned()), ..settings("1.1", "st-1") };
        let error = Client::new(&settings).unwrap_err().to_string();
        assert!(error.contains(&file.path().display().to_string()), "{error}");
    }
}
