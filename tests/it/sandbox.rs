//! The sandbox over real sockets: what it accepts and what it rejects. The requests are written as raw bytes, so that no
//! client library corrects them.

#[cfg(unix)]
mod command;
mod faults;
mod live;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use kore_feedback::sandbox::{CallCounts, Sandbox, SandboxError, SandboxOptions, SurveyType};
use serde_json::{Value, json};

/// The contract's sample body.
fn sample() -> Value {
    json!({"channelUId": "qatesting@vomoto.com", "name": "Thumb", "score": 0, "channel": "rtm",
           "type": "THUMB", "language": "en", "message": ""})
}

fn start(options: SandboxOptions) -> Sandbox {
    Sandbox::start(options).expect("a sandbox on a free port")
}

/// A token of the sandbox's app with extra claims.
fn token(sandbox: &Sandbox, claims: &Value) -> String {
    let mut all = json!({"sub": "1", "appId": sandbox.client_id()});
    for (name, value) in claims.as_object().expect("claims") {
        all[name] = value.clone();
    }
    sign(&all, sandbox.client_secret())
}

fn sign(claims: &Value, secret: &str) -> String {
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), claims, &key).expect("a token")
}

fn save_path(sandbox: &Sandbox) -> String {
    format!("/api/1.1/public/bot/{}/saveFeedback", sandbox.bot_id())
}

fn responses_path(sandbox: &Sandbox) -> String {
    format!("/api/public/bot/{}/getFeedbackSurveyResponses", sandbox.bot_id())
}

/// The bytes of a POST request.
fn post(path: &str, headers: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// A valid save.
fn good_save(sandbox: &Sandbox) -> String {
    signed(sandbox, &save_path(sandbox), &sample())
}

fn signed(sandbox: &Sandbox, path: &str, body: &Value) -> String {
    let token = token(sandbox, &json!({}));
    post(path, &format!("auth: {token}\r\ncontent-type: application/json\r\n"), &body.to_string())
}

struct Connection(TcpStream);

struct Response {
    status: u16,
    head: String,
    body: String,
}

impl Response {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    /// The message and code of the first error.
    fn error(&self) -> (String, u64) {
        let error = &self.json()["errors"][0];
        (error["msg"].as_str().expect("a msg").to_owned(), error["code"].as_u64().expect("a code"))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Connection {
    fn to(sandbox: &Sandbox) -> Self {
        let address: SocketAddr = sandbox.url().trim_start_matches("http://").parse().expect("an address");
        let stream = TcpStream::connect(address).expect("a connection");
        // Far longer than any response takes: a test whose response never comes fails instead of hanging.
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        Self(stream)
    }

    fn send(&mut self, request: &str) {
        self.0.write_all(request.as_bytes()).expect("a request sent");
    }

    /// Reads one response and keeps the connection open.
    fn read(&mut self) -> Response {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).expect("a response head");
            head.extend(byte);
        }
        let head = String::from_utf8(head).expect("a head in UTF-8");
        let status = head[9..12].parse().expect("a status");
        let mut response = Response { status, head, body: String::new() };
        let length = response.header("content-length").expect("a length").parse().expect("a number");
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a response body");
        response.body = String::from_utf8(body).expect("a body in UTF-8");
        response
    }

    fn exchange(&mut self, request: &str) -> Response {
        self.send(request);
        self.read()
    }

    /// The bytes until the connection ends, and how it ends.
    fn read_to_end(&mut self) -> (Vec<u8>, Result<(), ErrorKind>) {
        let mut bytes = Vec::new();
        let end = self.0.read_to_end(&mut bytes);
        (bytes, end.map(drop).map_err(|error| error.kind()))
    }
}

fn exchange(sandbox: &Sandbox, request: &str) -> Response {
    Connection::to(sandbox).exchange(request)
}

fn get(sandbox: &Sandbox, path: &str) -> Response {
    exchange(sandbox, &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n"))
}

#[test]
fn both_paths_save_and_return_fifteen_fields() {
    let sandbox = start(SandboxOptions::default());
    let mut connection = Connection::to(&sandbox);
    let versioned = connection.exchange(&good_save(&sandbox));
    let plain = format!("/api/public/bot/{}/saveFeedback", sandbox.bot_id());
    let body = json!({"channelUId": "0042", "name": "Größe \"1\"", "score": 9.5, "channel": "email", "type": "NPS",
                      "language": "de", "message": "line\nbreak"});
    let unversioned = connection.exchange(&signed(&sandbox, &plain, &body));

    assert_eq!((versioned.status, unversioned.status), (200, 200));
    let response = unversioned.json();
    assert_eq!(response.as_object().map(serde_json::Map::len), Some(15));
    for field in ["channelUId", "name", "score", "channel", "type", "language"] {
        assert_eq!(response[field], body[field], "{field}");
    }
    assert_eq!(response["botId"], sandbox.bot_id());
    assert_eq!(response["orgId"], versioned.json()["orgId"]);
    assert_ne!(response["_id"], versioned.json()["_id"]);

    let records = sandbox.records();
    let [first, second] = records.as_slice() else { panic!("two records, not {records:?}") };
    assert_eq!(
        (first.survey_type, &*first.channel_uid, &*first.message),
        (SurveyType::Thumb, "qatesting@vomoto.com", "")
    );
    assert_eq!((&*second.message, second.score.as_f64()), ("line\nbreak", Some(9.5)));
    assert_eq!(response["_id"], second.id.to_string());
    assert_eq!(sandbox.counts(), CallCounts { arrivals: 2, saved: 2, ..CallCounts::default() });
}

/// A web page whose name resolves to 127.0.0.1 (DNS rebinding) sends its own name as host.
#[test]
fn only_loopback_hosts_are_answered() {
    let sandbox = start(SandboxOptions::default());
    exchange(&sandbox, &good_save(&sandbox));
    let status = |host: &str, path: &str| exchange(&sandbox, &format!("GET {path} HTTP/1.1\r\n{host}\r\n")).status;
    for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:80", "127.3.2.1", "[::1]:9"] {
        assert_eq!(status(&format!("host: {host}\r\n"), "/records"), 200, "{host}");
    }
    for host in
        ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example", "10.0.0.1", "", "a b", "sandbox"]
    {
        for path in ["/", "/events", "/records", "/nothing"] {
            assert_eq!(status(&format!("host: {host}\r\n"), path), 421, "{host} {path}");
        }
    }
    assert_eq!(status("", "/"), 421);
    let rebound = good_save(&sandbox).replace("host: localhost", "host: evil.example");
    assert_eq!(exchange(&sandbox, &rebound).status, 421);
    assert_eq!(sandbox.counts().arrivals, 1);
}

#[test]
fn only_the_apps_token_in_auth_is_accepted() {
    let sandbox = start(SandboxOptions::default());
    let good = token(&sandbox, &json!({}));
    let stranger = sign(&json!({"appId": sandbox.client_id()}), "not the secret");
    let misspelt = sign(&json!({"appid": sandbox.client_id()}), sandbox.client_secret());
    let ended = token(&sandbox, &json!({"exp": 1_000_000_000}));
    let early = token(&sandbox, &json!({"iat": 4_000_000_000_u32}));
    let cases = [
        (String::new(), "Invalid JWT token", "no auth header"),
        (format!("authorization: Bearer {good}\r\n"), "Invalid JWT token", "not in Authorization"),
        (format!("auth: Bearer {good}\r\n"), "Invalid JWT token", "no JWT"),
        (format!("auth: {stranger}\r\n"), "Invalid SDK credentials", "signature"),
        (format!("auth: {misspelt}\r\n"), "Invalid SDK credentials", "appId"),
        (format!("auth: {ended}\r\n"), "Invalid JWT token", "exp is in the past"),
        (format!("auth: {early}\r\n"), "Invalid JWT token", "iat is in the future"),
    ];
    for (header, message, reason) in &cases {
        let headers = format!("{header}content-type: application/json\r\n");
        let response = exchange(&sandbox, &post(&save_path(&sandbox), &headers, &sample().to_string()));
        assert_eq!((response.status, response.error()), (401, ((*message).to_owned(), 4002)), "{header}");
        let said = response.header("x-sandbox-reason").unwrap_or_default();
        assert!(said.contains(reason), "{header}: {said}");
    }
    let refused = cases.len() as u64;
    assert_eq!(sandbox.counts(), CallCounts { arrivals: refused, refused, ..CallCounts::default() });
}

#[test]
fn an_enforced_jti_works_once() {
    let sandbox = start(SandboxOptions { enforce_jti: true, ..SandboxOptions::default() });
    let ends = kore_feedback::clock::now().as_second() + 600;
    let save = |claims: &Value| {
        let headers = format!("auth: {}\r\ncontent-type: application/json\r\n", token(&sandbox, claims));
        exchange(&sandbox, &post(&save_path(&sandbox), &headers, &sample().to_string()))
    };
    assert!(save(&json!({"exp": ends})).error().0.contains("\"jti\" claim is missing"));
    assert_eq!(save(&json!({"exp": ends, "jti": "a"})).status, 200);
    let replayed = ("error verifying the jwt: possibly a replay".to_owned(), 401);
    assert_eq!(save(&json!({"exp": ends, "jti": "a"})).error(), replayed);
    let too_long = "error verifying the jwt: if \"jti\" claim \"exp\" must be <= 1 hour(s)".to_owned();
    assert_eq!(save(&json!({"exp": ends + 3600, "jti": "b"})).error(), (too_long, 401));
    assert_eq!(sandbox.records().len(), 1);
}

#[test]
fn invalid_requests_get_the_documented_error_shape() {
    let sandbox = start(SandboxOptions::default());
    let path = save_path(&sandbox);
    let auth = format!("auth: {}\r\n", token(&sandbox, &json!({})));
    let json_type = format!("{auth}content-type: application/json; charset=utf-8\r\n");
    let cases = [
        (signed(&sandbox, "/api/1.1/public/bot/st-other/saveFeedback", &sample()), 400, "Invalid StreamId"),
        (signed(&sandbox, &format!("{path}s"), &sample()), 404, "Not Found"),
        (format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n"), 405, "Method Not Allowed"),
        (post(&path, &auth, &sample().to_string()), 415, "Content-Type must be application/json"),
        (post(&path, &json_type, "{\"name\":"), 400, "not valid JSON"),
        (post(&path, &json_type, "{}"), 400, "channelUId is required"),
        (post(&path, &json_type, ""), 400, "not valid JSON"),
    ];
    for (request, status, message) in &cases {
        let response = exchange(&sandbox, request);
        assert_eq!(response.status, *status, "{message}: {}", response.body);
        let (said, code) = response.error();
        assert!(said.contains(message), "{said}");
        assert_eq!(code, u64::from(*status));
    }
    assert_eq!(sandbox.records().len(), 0);
}

#[test]
fn a_body_over_one_mebibyte_is_rejected() {
    const LONGEST: usize = 1024 * 1024;
    let sandbox = start(SandboxOptions::default());
    let mut connection = Connection::to(&sandbox);
    let length = 1000 * LONGEST;
    connection
        .send(&format!("POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n", save_path(&sandbox)));
    // Not more than that: unread bytes would reset the connection before the response arrives.
    connection.send(&"x".repeat(LONGEST + 1));
    assert_eq!(connection.read().status, 413);
    assert_eq!(sandbox.counts(), CallCounts { arrivals: 1, refused: 1, ..CallCounts::default() });
}

#[test]
fn a_full_window_gets_429_naming_it() {
    const DAY: Duration = Duration::from_secs(86_400);
    for (per, words) in [(60, "per-minute"), (3600, "hourly"), (86_400, "Rate limit for this API")] {
        let limits = vec![(3, Duration::from_secs(per)), (1000, DAY)];
        let sandbox = start(SandboxOptions { limits, ..SandboxOptions::default() });
        let mut connection = Connection::to(&sandbox);
        let request = good_save(&sandbox);
        let statuses: Vec<u16> = (0..5).map(|_| connection.exchange(&request).status).collect();
        assert_eq!(statuses, [200, 200, 200, 429, 429]);
        let (said, code) = connection.exchange(&request).error();
        assert!(said.contains(words), "{said}");
        assert_eq!(code, 429);
        assert_eq!(sandbox.counts(), CallCounts { arrivals: 6, saved: 3, rate_limited: 3, ..CallCounts::default() });
    }
}

#[test]
fn rejected_requests_count_in_the_window() {
    let limits = vec![(2, Duration::from_secs(3600))];
    let sandbox = start(SandboxOptions { limits, ..SandboxOptions::default() });
    let unsigned = post(&save_path(&sandbox), "content-type: application/json\r\n", &sample().to_string());
    assert_eq!(exchange(&sandbox, &unsigned).status, 401);
    assert_eq!(exchange(&sandbox, &signed(&sandbox, &responses_path(&sandbox), &json!({}))).status, 400);
    assert_eq!(exchange(&sandbox, &good_save(&sandbox)).status, 429);
}

#[test]
fn saved_records_read_back() {
    let sandbox = start(SandboxOptions::default());
    let mut connection = Connection::to(&sandbox);
    let saved: Vec<Value> = (0..3).map(|_| connection.exchange(&good_save(&sandbox)).json()["_id"].clone()).collect();
    let now = kore_feedback::clock::now();
    let [from, to] = [-60, 60].map(|seconds| (now + jiff::SignedDuration::from_secs(seconds)).to_string());
    let body = json!({"filters": {"from": from, "to": to, "channel": ["rtm"]},
                      "sort": {"by": "timestamp", "order": "asc"}, "limit": 2, "skip": 0});
    let response = connection.exchange(&signed(&sandbox, &responses_path(&sandbox), &body)).json();
    assert_eq!((&response["moreAvailable"], &response["totalCount"]), (&json!(true), &json!(3)));
    let ids: Vec<&Value> =
        response["result"].as_array().expect("records").iter().map(|record| &record["_id"]).collect();
    assert_eq!(ids, [&saved[0], &saved[1]]);
    assert_eq!(response["result"][0]["surveyType"], "Like/Dislike");
    assert_eq!(sandbox.counts().read, 1);
}

#[test]
fn each_bot_has_its_own_records_and_windows() {
    let limits = vec![(2, Duration::from_secs(3600))];
    let more_bots = vec!["st-more".to_owned()];
    let sandbox = start(SandboxOptions { limits, more_bots, ..SandboxOptions::default() });
    let now = kore_feedback::clock::now();
    let path = |bot: &str, call: &str| format!("/api/public/bot/{bot}/{call}");
    let save = |bot: &str| exchange(&sandbox, &signed(&sandbox, &path(bot, "saveFeedback"), &sample()));
    let responses = [sandbox.bot_id(), "st-more", sandbox.bot_id(), sandbox.bot_id()].map(save);
    assert_eq!(responses.each_ref().map(|response| response.status), [200, 200, 200, 429]);
    assert_eq!(responses[1].json()["botId"], "st-more");
    assert_eq!(save("st-other").error().0, "Invalid StreamId");
    let [from, to] = [-60, 60].map(|seconds| (now + jiff::SignedDuration::from_secs(seconds)).to_string());
    let body = json!({"filters": {"from": from, "to": to}});
    let read = exchange(&sandbox, &signed(&sandbox, &path("st-more", "getFeedbackSurveyResponses"), &body)).json();
    assert_eq!(read["totalCount"], 1, "{read}");
    assert_eq!(read["result"][0]["_id"], responses[1].json()["_id"]);
    let page = get(&sandbox, "/").body;
    assert!(page.contains(">Bot</th>") && page.contains(">st-more</td>"), "{page}");
}

#[test]
fn latency_delays_the_response() {
    let least = Duration::from_millis(30);
    let sandbox = start(SandboxOptions { latency: Some(least..=least), ..SandboxOptions::default() });
    let request = good_save(&sandbox);
    let mut connection = Connection::to(&sandbox);
    let started = Instant::now();
    assert_eq!(connection.exchange(&request).status, 200);
    assert!(started.elapsed() >= least);
}

#[test]
fn parallel_connections_lose_nothing() {
    let sandbox = start(SandboxOptions::default());
    let request = good_save(&sandbox);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut connection = Connection::to(&sandbox);
                (0..100).for_each(|_| assert_eq!(connection.exchange(&request).status, 200));
            });
        }
    });
    let ids: std::collections::HashSet<String> = sandbox.records().iter().map(|record| record.id.to_string()).collect();
    assert_eq!((ids.len(), sandbox.counts().arrivals), (800, 800));
}

#[test]
fn it_listens_on_free_loopback_ports_only() {
    let everywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let refused = Sandbox::start(SandboxOptions { address: everywhere, ..SandboxOptions::default() });
    assert!(matches!(refused, Err(SandboxError::NotLoopback(_))));

    let first = start(SandboxOptions::default());
    let taken = first.url().trim_start_matches("http://").parse().expect("an address");
    let refused = Sandbox::start(SandboxOptions { address: taken, ..SandboxOptions::default() });
    assert!(matches!(refused, Err(SandboxError::Listen { .. })));
    first.stop();
    start(SandboxOptions { address: taken, ..SandboxOptions::default() });
}

#[test]
fn the_page_escapes_what_it_shows() {
    let sandbox = start(SandboxOptions { limits: vec![(60, Duration::from_secs(60))], ..SandboxOptions::default() });
    let mut body = sample();
    body["type"] = json!("CSAT");
    body["name"] = json!("<script>alert(1)</script>");
    for score in [5, 4, 4, 1] {
        body["score"] = json!(score);
        assert_eq!(exchange(&sandbox, &signed(&sandbox, &save_path(&sandbox), &body)).status, 200);
    }
    assert_eq!(exchange(&sandbox, &signed(&sandbox, &save_path(&sandbox), &json!({}))).status, 400);
    let page = get(&sandbox, "/");
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'")));
    assert_eq!(page.body.matches("<script").count(), 1, "foreign text is escaped");
    for shown in [
        "&lt;script&gt;",
        "75%",
        "3 satisfied, 0 neutral, 1 unsatisfied",
        "channelUId is required",
        "at most 60 per 1m",
    ] {
        assert!(page.body.contains(shown), "{shown} is not on the page");
    }
    assert!(!page.body.contains(sandbox.client_secret()));
}

#[test]
fn records_are_listed_as_json_with_counts() {
    let sandbox = start(SandboxOptions::default());
    exchange(&sandbox, &good_save(&sandbox));
    let listing = get(&sandbox, "/records").json();
    assert_eq!((&listing["tally"]["arrivals"], &listing["tally"]["saved"]), (&json!(1), &json!(1)));
    let record = &listing["records"][0];
    for (field, value) in sample().as_object().expect("fields") {
        assert_eq!(&record[field], value, "{field}");
    }
}
