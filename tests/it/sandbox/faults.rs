//! What each fault looks like from the other end of a socket.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use kore_feedback::sandbox::{CallCounts, Sandbox, SandboxOptions};
use serde_json::{Value, json};

use super::{Connection, exchange, good_save, responses_path, sample, save_path, signed, start};

/// A sandbox with these faults.
fn faulty(faults: &[&str]) -> Sandbox {
    let faults = faults.iter().map(|fault| fault.parse().expect("a fault")).collect();
    start(SandboxOptions { faults, ..SandboxOptions::default() })
}

/// Waits until the sandbox's counts are as expected.
fn wait_for(sandbox: &Sandbox, enough: impl Fn(CallCounts) -> bool) {
    let started = Instant::now();
    while !enough(sandbox.counts()) {
        assert!(started.elapsed() < Duration::from_secs(20), "still {:?}", sandbox.counts());
        std::thread::yield_now();
    }
}

#[test]
fn each_fault_has_its_response() {
    let cases = [
        ("400", 400, "application/json", "Bad Request", false),
        ("401", 401, "application/json", "Invalid SDK credentials", false),
        ("401-replay", 401, "application/json", "possibly a replay", false),
        ("403", 403, "application/json", "Permission denied. Scope is incorrect!", false),
        ("404", 404, "application/json", "Not Found", false),
        ("429", 429, "application/json", "Rate limit for this API has been reached", false),
        ("500", 500, "application/json", "Internal Server Error", false),
        ("502", 502, "text/plain", "Bad Gateway", false),
        ("503", 503, "text/plain", "Service Unavailable", false),
        ("504", 504, "text/plain", "Gateway Timeout", false),
        ("html", 502, "text/html", "<html>", false),
        ("truncate", 200, "application/json", "{\"botId\":", true),
        ("oversized", 200, "application/json", "{\"botId\":", true),
    ];
    for (fault, status, media_type, start, saved) in cases {
        let sandbox = faulty(&[&format!("{fault}:at=2")]);
        let mut connection = Connection::to(&sandbox);
        assert_eq!(connection.exchange(&good_save(&sandbox)).status, 200, "{fault} hits only the second request");
        let response = connection.exchange(&good_save(&sandbox));
        assert_eq!(response.status, status, "{fault}");
        assert!(response.header("content-type").is_some_and(|given| given.starts_with(media_type)), "{fault}");
        assert!(response.body.contains(start), "{fault}: {:.200}", response.body);
        assert_eq!(response.header("retry-after"), None, "{fault}");
        assert_eq!(sandbox.records().len(), 1 + usize::from(saved), "{fault}");
        assert_eq!(sandbox.counts().faulted, 1, "{fault}");
    }
}

#[test]
fn retry_after_faults_send_the_header() {
    for (fault, status) in [("503-retry-after", 503), ("429-retry-after", 429)] {
        let sandbox = faulty(&[fault]);
        let response = exchange(&sandbox, &good_save(&sandbox));
        assert_eq!((response.status, response.header("retry-after")), (status, Some("1")));
        assert_eq!(sandbox.records().len(), 0);
    }
}

#[test]
fn truncated_is_invalid_json_and_oversized_is_valid() {
    let sandbox = faulty(&["truncate:at=1", "oversized:at=2"]);
    let mut connection = Connection::to(&sandbox);
    let truncated = connection.exchange(&good_save(&sandbox));
    assert!(serde_json::from_str::<Value>(&truncated.body).is_err(), "{}", truncated.body);
    let oversized = connection.exchange(&good_save(&sandbox));
    assert!(oversized.body.len() > 16 * 1024 * 1024);
    assert_eq!(oversized.json()["_id"], sandbox.records()[1].id.to_string());
}

#[test]
fn a_redirect_saves_nothing_and_followers_are_counted() {
    let sandbox = faulty(&["redirect"]);
    let response = exchange(&sandbox, &good_save(&sandbox));
    assert_eq!(response.status, 307);
    let location = response.header("location").expect("a location").to_owned();
    assert_eq!((sandbox.counts().saved, sandbox.counts().redirects_followed), (0, 0));
    exchange(&sandbox, &signed(&sandbox, &location, &sample()));
    assert_eq!((sandbox.counts().saved, sandbox.counts().redirects_followed), (0, 1));
}

#[test]
fn a_reset_sends_no_byte() {
    for (fault, saved) in [("reset-before", 0), ("reset-after-save", 1)] {
        let sandbox = faulty(&[&format!("{fault}:first=1")]);
        let mut connection = Connection::to(&sandbox);
        connection.send(&good_save(&sandbox));
        assert_eq!(connection.read_to_end(), (Vec::new(), Err(ErrorKind::ConnectionReset)), "{fault}");
        assert_eq!(sandbox.records().len(), saved, "{fault}");
        assert_eq!(exchange(&sandbox, &good_save(&sandbox)).status, 200, "{fault}: the next connection is served");
    }
}

#[test]
fn a_hang_lasts_until_the_sandbox_stops() {
    for (fault, saved) in [("hang", 0), ("hang-after-save", 1)] {
        let sandbox = faulty(&[fault]);
        let mut connection = Connection::to(&sandbox);
        connection.send(&good_save(&sandbox));
        wait_for(&sandbox, |counts| counts.faulted == 1);
        assert_eq!(sandbox.records().len(), saved, "{fault}");
        connection.0.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout");
        assert!(
            matches!(connection.read_to_end(), (bytes, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)) if bytes.is_empty())
        );
        sandbox.stop();
        connection.0.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let (bytes, end) = connection.read_to_end();
        assert!(
            bytes.is_empty() && !matches!(end, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)),
            "{fault}: {end:?}"
        );
    }
}

#[test]
fn a_fault_on_responses_spares_saves() {
    let sandbox = faulty(&["500:on=responses"]);
    assert_eq!(exchange(&sandbox, &good_save(&sandbox)).status, 200);
    let body = json!({"filters": {"from": "2026-01-01", "to": "2026-03-01"}});
    assert_eq!(exchange(&sandbox, &signed(&sandbox, &responses_path(&sandbox), &body)).status, 500);
    assert_eq!(sandbox.counts().read, 0);
}

#[test]
fn a_fault_does_not_hide_an_invalid_body() {
    let sandbox = faulty(&["500"]);
    let response = exchange(&sandbox, &signed(&sandbox, &save_path(&sandbox), &json!({})));
    assert_eq!(response.status, 400);
    assert_eq!(sandbox.counts().faulted, 0);
}
