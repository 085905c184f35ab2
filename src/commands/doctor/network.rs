//! The way to the server: proxy, name, connection, TLS, clock, and a read that changes nothing.

use std::cell::Cell;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use url::Url;

use super::finding::Finding;
use crate::clock;
use crate::commands::error::CommandError;
use crate::commands::reading::with_reader;
use crate::commands::setup::Setup;
use crate::delivery::{Concern, ResponseFilter};
use crate::error::Advice;
use crate::exit::Exit;
use crate::ledger::{Store, TimeRange};
use crate::net::is_loopback;
use crate::run::read::{ReadError, Reader};
use crate::settings::Context;
use crate::text::{excerpt, format_duration, printable};

const PATIENCE: Duration = Duration::from_secs(10);
const NO_TLS: &str = "not used: this machine";

/// Where the connection goes: to the server, or to a proxy.
struct Endpoint {
    host: String,
    port: u16,
}

impl Endpoint {
    fn of(url: &Url) -> Option<Self> {
        Some(Self { host: url.host_str()?.trim_matches(['[', ']']).to_owned(), port: url.port_or_known_default()? })
    }
}

/// The proxy, DNS and TCP. The read is worth trying if the last one did not fail.
pub(super) fn connection(host: &Url, context: &Context) -> Vec<Finding> {
    let proxy = proxy(host, context);
    let mut findings = vec![match &proxy {
        Some((variable, Some(url))) => {
            Finding::ok("proxy", format!("{}, from {variable}", url.host_str().unwrap_or_default()))
        }
        Some((variable, None)) => Finding::failed(
            "proxy",
            format!("{variable} is not a URL"),
            Some(format!("write {variable} as http://proxy.example:8080")),
            Exit::Unreachable,
        ),
        None => Finding::ok("proxy", "none"),
    }];
    let target = proxy.and_then(|(_, url)| url).unwrap_or_else(|| host.clone());
    let Some(endpoint) = Endpoint::of(&target) else { return findings };
    match resolved(&endpoint) {
        Ok(addresses) => {
            let shown: Vec<String> = addresses.iter().take(3).map(|address| address.ip().to_string()).collect();
            findings.push(Finding::ok("dns", format!("{} is {}", endpoint.host, shown.join(", "))));
            findings.push(connected(&endpoint, &addresses));
        }
        Err(reason) => findings.push(Finding::failed(
            "dns",
            format!("{} cannot be resolved: {reason}", printable(&endpoint.host)),
            Some(
                "check the host's spelling, the network and the name server; behind a proxy, set HTTPS_PROXY"
                    .to_owned(),
            ),
            Exit::Unreachable,
        )),
    }
    findings
}

/// The proxy that the HTTP client uses for this host, by the variables that it reads. Loopback is never reached through one.
fn proxy(host: &Url, context: &Context) -> Option<(&'static str, Option<Url>)> {
    let value = |name: &str| context.variable_os(name).map(|value| value.to_string_lossy()).filter(|v| !v.is_empty());
    let is_excluded = |excluded: &str| {
        let (name, excluded) = (host.host_str().unwrap_or_default(), excluded.trim().trim_start_matches('.'));
        excluded == "*" || name == excluded || (!excluded.is_empty() && name.ends_with(&format!(".{excluded}")))
    };
    let excluded = value("NO_PROXY").or_else(|| value("no_proxy")).unwrap_or_default();
    if is_loopback(host) || excluded.split(',').any(is_excluded) {
        return None;
    }
    let variable =
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].into_iter().find(|name| value(name).is_some())?;
    let text = value(variable)?;
    let text = if text.contains("://") { text.into_owned() } else { format!("http://{text}") };
    Some((variable, text.parse().ok()))
}

/// On a thread of its own: a name server that does not answer must not hold up the command.
fn resolved(endpoint: &Endpoint) -> Result<Vec<SocketAddr>, String> {
    let (name, port) = (endpoint.host.clone(), endpoint.port);
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let addresses = (name.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        // Nobody waits any more.
        let _ = sender.send(addresses);
    });
    match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(addresses)) if addresses.is_empty() => Err("it has no address".to_owned()),
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {}", format_duration(PATIENCE))),
    }
}

fn connected(endpoint: &Endpoint, addresses: &[SocketAddr]) -> Finding {
    let place = format!("{}:{}", endpoint.host, endpoint.port);
    let mut reason = String::new();
    for address in addresses {
        let started = Instant::now();
        match TcpStream::connect_timeout(address, PATIENCE / 2) {
            Ok(_) => {
                return Finding::ok("tcp", format!("connected to {place} in {} ms", started.elapsed().as_millis()));
            }
            Err(error) => reason = error.to_string(),
        }
    }
    let fix = "check host and port, the network and any firewall; behind a proxy, set HTTPS_PROXY";
    Finding::failed("tcp", format!("cannot connect to {place}: {reason}"), Some(fix.to_owned()), Exit::Unreachable)
}

/// TLS, the server's clock, and whether the credentials may read. The read is limited and recorded like any other call.
///
/// # Errors
/// If the ledger cannot be used, or the user interrupts.
pub(super) fn read(setup: &Setup<'_>, host: &Url) -> Result<Vec<Finding>, CommandError> {
    let store = Store::open(&setup.settings.state_dir()?)?;
    let resources = setup.resources(setup.settings.bot_id()?, &store)?;
    let now = clock::now();
    let range = TimeRange { from: now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(now), to: now };
    let took = Cell::new(Duration::ZERO);
    let counted = with_reader(setup, &resources, &took, async |reader: &Reader<'_>| {
        reader.count(range, &ResponseFilter::default()).await
    })?;
    let mut findings = vec![tls(host, counted.as_ref().err())];
    if let Ok((_, offset)) = &counted {
        findings.push(server_clock(*offset));
    }
    findings.push(match counted {
        Ok((total, _)) => {
            let total = total.map_or_else(String::new, |total| format!("; {total} in the last hour"));
            Finding::ok("read", format!("the server returns records, answered in {} ms{total}", took.get().as_millis()))
        }
        Err(error) => {
            let message = excerpt(&error.to_string(), 300);
            Finding::failed("read", message, error.hint(), read_exit(&error))
        }
    });
    Ok(findings)
}

fn read_exit(error: &ReadError) -> Exit {
    match error {
        // The server answers, but not this call.
        ReadError::Refused { concern: Concern::Target, .. } => Exit::Credentials,
        ReadError::Unreadable(_) => Exit::Unreachable,
        error => error.exit(),
    }
}

fn tls(host: &Url, error: Option<&ReadError>) -> Finding {
    match error {
        _ if host.scheme() == "http" => Finding::ok("tls", NO_TLS),
        Some(error @ ReadError::Refused { concern: Concern::Tls, message }) => {
            Finding::failed("tls", excerpt(message, 300), error.hint(), Exit::Unreachable)
        }
        Some(ReadError::Unreachable(_)) => {
            Finding::warning("tls", "not checked: no connection", "fix the connection first")
        }
        _ => Finding::ok("tls", "the certificate is trusted"),
    }
}

fn server_clock(offset: Option<SignedDuration>) -> Finding {
    match offset.map(clock::difference) {
        None => Finding::warning(
            "clock",
            "the server does not say its time",
            "make sure that this machine's clock is right",
        ),
        Some(None) => Finding::ok("clock", "this machine and the server agree"),
        Some(Some(difference)) => {
            Finding::warning("clock", difference, "set this machine's clock, for example with NTP: tokens have times")
        }
    }
}
