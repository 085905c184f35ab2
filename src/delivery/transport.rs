//! Why no answer came, in words, and how far the request got. The words of the HTTP libraries are for those who know how
//! these are built; they follow in brackets.

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use rustls::CertificateError;

use super::reply::{RequestProgress, TransportError};
use crate::pacing::duration_text;
use crate::text;

const QUOTED: usize = 300;

/// How long is waited: for a connection, and for everything together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    pub(super) connect: Duration,
    pub(super) whole: Duration,
}

/// What an error of the HTTP client means.
pub(super) fn transport_error(error: &reqwest::Error, timeouts: Timeouts) -> TransportError {
    let tls = causes(error).find_map(|cause| within_io(cause).downcast_ref::<rustls::Error>());
    // An established connection may break by TLS's rules, too: then the request may have arrived.
    let progress = if tls.is_some() && error.is_connect() {
        RequestProgress::TlsHandshake
    } else if error.is_connect() || error.is_builder() || was_never_written(error) {
        RequestProgress::NotConnected
    } else {
        RequestProgress::MaybeSent
    };
    let message = match tls {
        Some(tls) if progress == RequestProgress::TlsHandshake => about_tls(tls).to_owned(),
        _ => in_words(error, progress, timeouts),
    };
    TransportError { progress, message, detail: text::excerpt(&with_causes(error), QUOTED) }
}

fn about_tls(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(reason) => match reason {
            CertificateError::UnknownIssuer => "the server's certificate is from no authority that is trusted here",
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
        rustls::Error::InvalidMessage(_) => "what answers there does not speak TLS",
        rustls::Error::AlertReceived(_) => "the server turns the secure connection down",
        _ => "no secure connection came about",
    }
}

fn in_words(error: &reqwest::Error, progress: RequestProgress, timeouts: Timeouts) -> String {
    let Timeouts { connect, whole } = timeouts;
    match progress {
        RequestProgress::NotConnected if says(error, "dns error") || says(error, "invalid dns name") => {
            "the host's name can't be resolved".to_owned()
        }
        RequestProgress::NotConnected if says(error, "tunnel error") => {
            "the proxy makes no connection to the host".to_owned()
        }
        RequestProgress::NotConnected if error.is_timeout() => {
            format!("no connection came about within {}", duration_text(connect))
        }
        _ if error.is_timeout() => format!("no answer came within {}", duration_text(whole)),
        RequestProgress::MaybeSent if is_no_http(error) => "what came back is not HTTP".to_owned(),
        RequestProgress::MaybeSent => "the connection broke off before an answer came".to_owned(),
        _ => match io_kind(error) {
            Some(ErrorKind::ConnectionRefused) => "the connection was refused".to_owned(),
            Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown) => {
                "no network leads to the host".to_owned()
            }
            _ => "no connection came about".to_owned(),
        },
    }
}

/// hyper calls a request canceled only when it hands it back unwritten: the connection died before its turn came.
fn was_never_written(error: &reqwest::Error) -> bool {
    hyper_error(error).is_some_and(hyper::Error::is_canceled)
}

fn is_no_http(error: &reqwest::Error) -> bool {
    hyper_error(error).is_some_and(hyper::Error::is_parse)
}

fn hyper_error(error: &reqwest::Error) -> Option<&hyper::Error> {
    causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>())
}

/// hyper-util and reqwest keep the types of these errors to themselves.
fn says(error: &reqwest::Error, words: &str) -> bool {
    causes(error).any(|cause| cause.to_string().starts_with(words))
}

fn io_kind(error: &reqwest::Error) -> Option<ErrorKind> {
    causes(error).find_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind)
}

/// An I/O error may wrap another one, several deep, and `source` passes over what it wraps.
fn within_io<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(wrapped) => within_io(wrapped),
        None => error,
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause: &&(dyn Error + 'static)| (*cause).source())
}

/// The causes alone say what happened: the outermost message is the address, which every message would repeat, and the
/// next one names a part of the library.
pub(super) fn with_causes(error: &reqwest::Error) -> String {
    let said: Vec<String> = causes(error).map(ToString::to_string).collect();
    let innermost = said.len().saturating_sub(1);
    let is_wrapping = |place: usize, text: &str| place < innermost && text.starts_with("client error (");
    let said: Vec<_> = said.iter().enumerate().filter(|(place, text)| !is_wrapping(*place, text)).collect();
    let said: Vec<&str> = said.into_iter().map(|(_, text)| text.as_str()).collect();
    if said.is_empty() { error.to_string() } else { said.join(": ") }
}
