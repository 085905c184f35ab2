//! Why no answer came, and how far the request got. The HTTP libraries' own words follow in parentheses.

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use rustls::CertificateError;

use super::reply::{RequestProgress, TransportError};
use crate::pacing::duration_text;
use crate::text;

const QUOTED: usize = 300;

const CONNECT_AT_MOST: Duration = Duration::from_secs(10);

/// Connecting has less time than the whole call, so that a missing connection is distinguished from a missing answer.
pub(super) fn connect_timeout(timeout: Duration) -> Duration {
    CONNECT_AT_MOST.min(timeout / 2)
}

pub(super) fn transport_error(error: &reqwest::Error, timeout: Duration) -> TransportError {
    let tls = causes(error).find_map(|cause| within_io(cause).downcast_ref::<rustls::Error>());
    // TLS may also fail on an established connection: then the request may have arrived.
    let progress = if tls.is_some() && error.is_connect() {
        RequestProgress::TlsHandshake
    } else if error.is_connect() || error.is_builder() || was_never_written(error) {
        RequestProgress::NotConnected
    } else {
        RequestProgress::MaybeSent
    };
    let message = match tls {
        Some(tls) if progress == RequestProgress::TlsHandshake => about_tls(tls).to_owned(),
        _ => in_words(error, progress, timeout),
    };
    TransportError { progress, message: format!("{message} ({})", text::excerpt(&with_causes(error), QUOTED)) }
}

fn about_tls(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(reason) => match reason {
            CertificateError::UnknownIssuer => "the server's certificate is not from a trusted authority",
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the server's certificate has expired, or this machine's clock is wrong"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the server's certificate is not valid yet, or this machine's clock is wrong"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the server's certificate is for another host name"
            }
            _ => "the server's certificate is not accepted",
        },
        rustls::Error::InvalidMessage(_) => "the server does not speak TLS",
        rustls::Error::AlertReceived(_) => "the server rejected the TLS connection",
        _ => "the TLS handshake failed",
    }
}

fn in_words(error: &reqwest::Error, progress: RequestProgress, timeout: Duration) -> String {
    match progress {
        RequestProgress::NotConnected if says(error, "dns error") || says(error, "invalid dns name") => {
            "the host name cannot be resolved".to_owned()
        }
        RequestProgress::NotConnected if says(error, "tunnel error") => {
            "the proxy cannot connect to the host".to_owned()
        }
        RequestProgress::NotConnected if error.is_timeout() => {
            format!("no connection within {}", duration_text(connect_timeout(timeout)))
        }
        _ if error.is_timeout() => format!("no response within {}", duration_text(timeout)),
        RequestProgress::MaybeSent if is_no_http(error) => "the response is not HTTP".to_owned(),
        RequestProgress::MaybeSent => "the connection closed before a response arrived".to_owned(),
        _ => match io_kind(error) {
            Some(ErrorKind::ConnectionRefused) => "the connection was refused".to_owned(),
            Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown) => {
                "the network cannot reach the host".to_owned()
            }
            _ => "the connection failed".to_owned(),
        },
    }
}

/// hyper calls a request canceled only if it was not written: the connection died first.
fn was_never_written(error: &reqwest::Error) -> bool {
    hyper_error(error).is_some_and(hyper::Error::is_canceled)
}

fn is_no_http(error: &reqwest::Error) -> bool {
    hyper_error(error).is_some_and(hyper::Error::is_parse)
}

fn hyper_error(error: &reqwest::Error) -> Option<&hyper::Error> {
    causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>())
}

/// hyper-util and reqwest do not export the types of these errors.
fn says(error: &reqwest::Error, words: &str) -> bool {
    causes(error).any(|cause| cause.to_string().starts_with(words))
}

fn io_kind(error: &reqwest::Error) -> Option<ErrorKind> {
    causes(error).find_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind)
}

/// I/O errors wrap others, several deep, and `source` skips those.
fn within_io<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(wrapped) => within_io(wrapped),
        None => error,
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause: &&(dyn Error + 'static)| (*cause).source())
}

/// Only the causes say what happened: the outermost message is the address, the next one names a part of the library.
pub(super) fn with_causes(error: &reqwest::Error) -> String {
    let said: Vec<String> = causes(error).map(ToString::to_string).collect();
    let innermost = said.len().saturating_sub(1);
    let is_wrapping = |place: usize, text: &str| place < innermost && text.starts_with("client error (");
    let said: Vec<_> = said.iter().enumerate().filter(|(place, text)| !is_wrapping(*place, text)).collect();
    let said: Vec<&str> = said.into_iter().map(|(_, text)| text.as_str()).collect();
    if said.is_empty() { error.to_string() } else { said.join(": ") }
}
