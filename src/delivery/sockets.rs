//! The client against real sockets: how far a request got decides whether it may be repeated, and only a socket can tell.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Map;

use super::{Cause, Client, ClientSettings, Concern, Reply, Verdict, judge};
use crate::credentials::{Hidden, Token};
use crate::ledger::{
    Admission, Call, Claim, Claimed, Identity, NewRun, RecordHash, ResendPolicy, RunId, RunKind, Store, Writer,
};
use crate::numbering::Numbering;

mod secure;

const TOKEN: &str = "header.claims.signature";
/// What is encrypted in the token.
const ENCRYPTED: &str = "another.signed.token";

/// A server that does one thing with each connection.
struct Server {
    port: u16,
    thread: JoinHandle<Vec<String>>,
}

impl Server {
    fn new(connections: usize, each: impl Fn(&mut TcpStream) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread =
            std::thread::spawn(move || (0..connections).map(|_| each(&mut listener.accept().unwrap().0)).collect());
        Self { port, thread }
    }

    /// Reads the request, and answers so.
    fn answering(answer: &'static str) -> Self {
        Self::new(1, move |stream| {
            let request = read_request(stream);
            stream.write_all(answer.as_bytes()).unwrap();
            request
        })
    }

    fn requests(self) -> Vec<String> {
        self.thread.join().unwrap()
    }
}

/// Reads one request with a body of a known length.
fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        if read == 0 || text.split_once("\r\n\r\n").is_some_and(|(_, body)| body == "{}") {
            return text.into_owned();
        }
    }
}

fn client(scheme: &str, host: &str, port: u16) -> Client {
    Client::new(&settings(scheme, host, port)).unwrap()
}

fn settings(scheme: &str, host: &str, port: u16) -> ClientSettings {
    ClientSettings {
        host: format!("{scheme}://{host}:{port}").parse().unwrap(),
        bot_id: "st-1".to_owned(),
        api_version: "1.1".to_owned(),
        timeout: Duration::from_millis(600),
        ca_file: None,
    }
}

/// Posts as many records as told, one after the other, and gives the last reply.
fn post(client: &Client, times: u64) -> Reply {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let writer = begun_run(dir.path());
    runtime.block_on(async {
        let mut reply = None;
        for row in 1..=times {
            let token = encrypted_token();
            let claimed = claimed(&writer, row).await;
            reply = Some(client.save_feedback(&claimed, &token, b"{}".to_vec()).await);
        }
        reply.unwrap()
    })
}

fn encrypted_token() -> Token {
    let hidden = format!("{TOKEN}\0{ENCRYPTED}");
    Token {
        jwt: TOKEN.into(),
        hidden: Hidden::new(hidden.into(), Vec::new()),
        claims: Map::new(),
        expires: Timestamp::UNIX_EPOCH,
    }
}

fn begun_run(dir: &std::path::Path) -> Writer {
    let run = NewRun {
        kind: RunKind::Submit,
        sandbox: false,
        profile: None,
        host: String::new(),
        bots: vec![(String::new(), 1)],
        api_version: String::new(),
        input: String::new(),
        content: [0; 32],
        mapping: String::new(),
        identity: Identity([0; 32]),
        rows: 1,
        records: 1,
        numbering: Numbering::SINGLE,
        options: None,
        again: false,
        sent_before: 0,
    };
    Store::open(dir).unwrap().begin(&run, Timestamp::UNIX_EPOCH).unwrap();
    Writer::start(Store::open(dir).unwrap(), "bot".to_owned(), "session".to_owned())
}

async fn claimed(writer: &Writer, row: u64) -> Claimed {
    let now = Timestamp::UNIX_EPOCH;
    let call = Call { now, answer_due: now, windows_since: None, foreign_version: 0 };
    let claim = Claim {
        run: RunId(1),
        row,
        record: RecordHash { fingerprint: [0; 16], message: 0, key: None },
        spare: None,
        resend: ResendPolicy::NEVER,
        call,
    };
    match writer.claim(claim).await.unwrap() {
        Admission::Granted(claimed) => claimed,
        other => panic!("{other:?}"),
    }
}

fn verdict(server: &Server) -> Verdict {
    judge(&post(&client("http", "127.0.0.1", server.port), 1))
}

/// What happened first, in words, and then what the libraries say of it.
#[track_caller]
fn says(verdict: &Verdict, words: &str, detail: &str) {
    let (Verdict::Repeat { message, .. } | Verdict::Refused { message, .. } | Verdict::InDoubt { message, .. }) =
        verdict
    else {
        panic!("{verdict:?}")
    };
    assert!(message.starts_with(words) && message.contains(detail) && message.ends_with(')'), "{message}");
    assert!(!message.contains("client error"), "{message}");
}

fn is_unreachable(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Repeat { cause: Cause::Unreachable, .. })
}

#[test]
fn the_request_matches_the_contract() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"_id\":\"7\"}");
    assert!(matches!(verdict(&server), Verdict::Saved { id, .. } if id == "7"));
    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("POST /api/1.1/public/bot/st-1/saveFeedback HTTP/1.1"));
    let headers: Vec<String> = lines.map(str::to_lowercase).collect();
    assert!(headers.contains(&format!("auth: {TOKEN}")), "{headers:?}");
    assert!(headers.contains(&"content-type: application/json".to_owned()), "{headers:?}");
    assert!(!head.to_lowercase().contains("authorization"), "{head}");
    assert_eq!(body, "{}");
}

#[test]
fn a_refused_connection_sent_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let verdict = judge(&post(&client("http", "127.0.0.1", port), 1));
    assert!(is_unreachable(&verdict));
    says(&verdict, "the connection was refused (", "Connection refused");
}

#[test]
fn an_unresolved_name_sent_nothing() {
    // A label of more than 63 characters is refused by the resolver itself: no name server is asked.
    let host = format!("{}.invalid", "a".repeat(64));
    let verdict = judge(&post(&client("https", &host, 443), 1));
    assert!(is_unreachable(&verdict), "{verdict:?}");
    says(&verdict, "the host name cannot be resolved (", "dns");
}

#[test]
fn a_server_without_tls_is_sent_nothing() {
    let server = Server::new(1, |stream| {
        let mut hello = [0; 64];
        let read = stream.read(&mut hello).unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        String::from_utf8_lossy(&hello[..read]).into_owned()
    });
    let verdict = judge(&post(&client("https", "127.0.0.1", server.port), 1));
    assert!(matches!(verdict, Verdict::Refused { concern: Concern::Tls, .. }), "{verdict:?}");
    says(&verdict, "the server does not speak TLS (", "corrupt");
    assert!(!server.requests()[0].contains("POST"));
}

#[test]
fn a_timeout_while_connecting_sent_nothing() {
    // It takes the connection, and never answers the handshake.
    let server = Server::new(1, |stream| {
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        String::from_utf8_lossy(&all).into_owned()
    });
    let verdict = judge(&post(&client("https", "127.0.0.1", server.port), 1));
    assert!(is_unreachable(&verdict), "{verdict:?}");
    says(&verdict, "no connection within 300ms (", "timed out");
    assert!(!server.requests()[0].contains("POST"));
}

#[test]
fn a_timeout_after_sending_is_in_doubt() {
    let server = Server::new(1, |stream| {
        let request = read_request(stream);
        // Until the client hangs up.
        stream.read_to_end(&mut Vec::new()).unwrap();
        request
    });
    let verdict = verdict(&server);
    assert!(matches!(verdict, Verdict::InDoubt { status: None, .. }));
    says(&verdict, "no response within 600ms (", "timed out");
    assert!(server.requests()[0].starts_with("POST"));
}

#[test]
fn a_reset_after_sending_is_in_doubt() {
    // Closed with something unread, a socket resets the connection.
    let server = Server::new(1, |stream| stream.peek(&mut [0]).unwrap().to_string());
    let verdict = verdict(&server);
    assert!(matches!(verdict, Verdict::InDoubt { status: None, .. }));
    says(&verdict, "the connection closed before a response arrived (", "");
}

#[test]
fn a_close_after_sending_is_in_doubt() {
    let server = Server::new(1, read_request);
    let verdict = verdict(&server);
    assert!(matches!(verdict, Verdict::InDoubt { status: None, .. }));
    says(&verdict, "the connection closed before a response arrived (", "connection closed before message completed");
}

#[test]
fn a_response_without_http_is_in_doubt() {
    let server = Server::answering("SSH-2.0-OpenSSH_9.9\r\n\r\n");
    let verdict = verdict(&server);
    assert!(matches!(verdict, Verdict::InDoubt { status: None, .. }));
    says(&verdict, "the response is not HTTP (", "invalid HTTP version");
}

#[test]
fn a_closed_idle_connection_is_replaced() {
    let server = Server::new(3, |stream| {
        let request = read_request(stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"_id\":\"7\"}").unwrap();
        request
    });
    let verdict = judge(&post(&client("http", "127.0.0.1", server.port), 3));
    assert!(matches!(verdict, Verdict::Saved { .. }), "{verdict:?}");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_truncated_record_is_in_doubt() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"_id\":\"7\",\"name\":\"x");
    let Verdict::InDoubt { status: Some(200), message } = verdict(&server) else { panic!() };
    assert!(message.starts_with("the response is truncated"), "{message}");
}

#[test]
fn a_truncated_error_keeps_its_verdict() {
    let server = Server::answering("HTTP/1.1 422 Unprocessable\r\nContent-Length: 500\r\n\r\nname is too");
    assert!(matches!(verdict(&server), Verdict::Rejected { status: 422, message } if message == "name is too"));
}

#[test]
fn a_redirect_is_not_followed() {
    let server = Server::answering(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: 0\r\n\r\n",
    );
    let Verdict::Refused { concern: Concern::Target, message, .. } = verdict(&server) else { panic!() };
    assert_eq!(message, "redirects to http://127.0.0.1:1/elsewhere");
}

#[test]
fn an_endless_answer_is_capped() {
    let server = Server::new(1, |stream| {
        let request = read_request(stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        while stream.write_all(&[b' '; 4096]).is_ok() {}
        request
    });
    let Reply::Answer(answer) = post(&client("http", "127.0.0.1", server.port), 1) else { panic!() };
    assert!(answer.body.len() <= 64 * 1024, "{} bytes", answer.body.len());
    let Verdict::InDoubt { message, .. } = judge(&Reply::Answer(answer)) else { panic!() };
    assert_eq!(message, "the response is larger than 64 KiB, and the rest is not read");
}

#[test]
fn a_slow_body_names_the_timeout() {
    let server = Server::new(1, |stream| {
        let request = read_request(stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"_id\"").unwrap();
        // Until the client hangs up.
        stream.read_to_end(&mut Vec::new()).unwrap();
        request
    });
    let Verdict::InDoubt { status: Some(200), message } = verdict(&server) else { panic!() };
    assert_eq!(message, "no complete response within 600ms: {\"_id\"");
}

#[test]
fn a_quoted_token_is_not_printed() {
    let server = Server::answering(
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 69\r\n\r\nBlocked! auth: header.claims.signature, decrypted another.signed.token",
    );
    let Verdict::Refused { message, .. } = verdict(&server) else { panic!() };
    assert_eq!(message, "Blocked! auth: [token], decrypted [token]");
}
