//! Measures an import without rate limits against a bare loop of the same HTTP client and server, and the check before it.
//!
//! ```sh
//! cargo bench --bench throughput                   # 10,000 rows sent, a million checked
//! cargo bench --bench throughput -- 100 10000      # fewer
//! ```
//!
//! Both keep eight requests in flight. The import also writes each row to disk twice, before and after sending.

#![expect(clippy::print_stdout, reason = "results are printed for a person")]
#![expect(clippy::disallowed_methods, reason = "the peer uses its own client")]

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kore_feedback::sandbox::{Sandbox, SandboxOptions};

#[path = "support/input.rs"]
mod input;
mod support;

use input::write_csv;
use support::command;

const IN_FLIGHT: usize = 8;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let (sent, checked) = (numbers.next().unwrap_or(10_000), numbers.next().unwrap_or(1_000_000));
    let home = tempfile::tempdir().expect("a directory");
    let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
    let file = home.path().join("in.csv");

    write(&file, sent);
    let bare = bare_loop(home.path(), &sandbox, sent);
    let concurrency = IN_FLIGHT.to_string();
    let import = timed(home.path(), &sandbox, &file, &["--no-rate-limit", "--concurrency", &concurrency]);
    println!(
        "{sent} rows sent: {:.0} per second with durable intents and outcomes; a bare loop {:.0} per second (ratio {:.2})",
        per_second(sent, import),
        per_second(sent, bare),
        bare.as_secs_f64() / import.as_secs_f64()
    );
    println!("at the vendor's 1,800 per hour they take {:.1} hours", sent as f64 / 1800.0);

    write(&file, checked);
    // The rows that were sent would be refused with the same ledger.
    let another = tempfile::tempdir().expect("a directory");
    let check = timed(another.path(), &sandbox, &file, &["--dry-run"]);
    println!("{checked} rows checked: {:.2} s, {:.0} per second", check.as_secs_f64(), per_second(checked, check));
}

fn write(path: &Path, rows: usize) {
    write_csv(BufWriter::new(File::create(path).expect("the input")), rows).expect("the input");
}

fn per_second(rows: usize, time: Duration) -> f64 {
    rows as f64 / time.as_secs_f64()
}

fn timed(home: &Path, sandbox: &Sandbox, file: &Path, arguments: &[&str]) -> Duration {
    let started = Instant::now();
    let mut run = command(home, sandbox);
    let status = run.arg("import").arg(file).args(arguments).arg("-q").status();
    assert!(status.expect("the binary").success(), "the import failed");
    started.elapsed()
}

fn bare_loop(home: &Path, sandbox: &Sandbox, requests: usize) -> Duration {
    let token = command(home, sandbox).arg("token").stdout(Stdio::piped()).output().expect("a token").stdout;
    let token = String::from_utf8(token).expect("text").trim().to_owned();
    let url = format!("{}/api/1.1/public/bot/{}/saveFeedback", sandbox.url(), sandbox.bot_id());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a client");
        let (left, started) = (Arc::new(AtomicUsize::new(requests)), Instant::now());
        let loops: Vec<_> = (0..IN_FLIGHT)
            .map(|_| {
                let (client, left, url, token) = (client.clone(), Arc::clone(&left), url.clone(), token.clone());
                tokio::spawn(async move {
                    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                        let request =
                            client.post(&url).header("auth", &token).header("content-type", "application/json");
                        let answer = request.body(BODY).send().await.expect("an answer");
                        assert!(answer.status().is_success(), "{}", answer.status());
                        answer.bytes().await.expect("a body");
                    }
                })
            })
            .collect();
        for one in loops {
            one.await.expect("a loop");
        }
        started.elapsed()
    })
}

const BODY: &str = r#"{"channelUId":"jo@example.com","name":"Post-chat","score":7,"channel":"rtm","type":"NPS","language":"en","message":"How likely?"}"#;
