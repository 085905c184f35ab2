//! The client against real TLS: what goes wrong before the request is written is told from what goes wrong behind it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ServerConfig, ServerConnection, Stream};

use super::{Concern, Server, Verdict, judge, post, says, settings};
use crate::delivery::Client;

/// A server with a certificate of its own, and that certificate in PEM.
fn server(
    names: &[&str],
    each: impl Fn(Stream<'_, ServerConnection, TcpStream>) -> String + Send + 'static,
) -> (Server, String) {
    let names: Vec<String> = names.iter().copied().map(str::to_owned).collect();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], signing_key.into())
        .unwrap();
    let config = Arc::new(config);
    let server = Server::new(1, move |tcp| {
        let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        each(Stream::new(&mut connection, tcp))
    });
    (server, cert.pem())
}

/// What the server reads until the request's body has come; less if the client goes.
fn read_request(stream: &mut Stream<'_, ServerConnection, TcpStream>) -> String {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        request.extend_from_slice(&buffer[..read]);
        if request.ends_with(b"{}") {
            break;
        }
    }
    String::from_utf8_lossy(&request).into_owned()
}

/// A client that trusts this certificate besides the system's.
fn trusting(pem: &str, port: u16) -> Client {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pem).unwrap();
    let mut settings = settings("https", "127.0.0.1", port);
    settings.ca_file = Some(file.path().to_owned());
    Client::new(&settings).unwrap()
}

#[test]
fn a_wrong_certificate_is_sent_nothing() {
    let (stranger, _) = server(&["127.0.0.1"], |mut stream| read_request(&mut stream));
    let verdict = judge(&post(&super::client("https", "127.0.0.1", stranger.port), 1));
    assert!(matches!(verdict, Verdict::Refused { concern: Concern::Tls, .. }), "{verdict:?}");
    says(&verdict, "the server's certificate is not from a trusted authority (", "certificate");
    assert_eq!(stranger.requests(), [""]);

    let (other, pem) = server(&["bots.example"], |mut stream| read_request(&mut stream));
    let verdict = judge(&post(&trusting(&pem, other.port), 1));
    assert!(matches!(verdict, Verdict::Refused { concern: Concern::Tls, .. }), "{verdict:?}");
    says(&verdict, "the server's certificate is for another host name (", "certificate");
    assert_eq!(other.requests(), [""]);
}

#[test]
fn a_broken_tls_connection_is_in_doubt() {
    let (server, pem) = server(&["127.0.0.1"], |mut stream| {
        let request = read_request(&mut stream);
        // A record that nobody's key has sealed.
        let header = [0x17, 0x03, 0x03, 0x00, 0x20];
        stream.sock.write_all(&[&header[..], &[7; 32]].concat()).unwrap();
        request
    });
    let verdict = judge(&post(&trusting(&pem, server.port), 1));
    assert!(matches!(verdict, Verdict::InDoubt { status: None, .. }), "{verdict:?}");
    assert!(server.requests()[0].contains("saveFeedback"));
}
