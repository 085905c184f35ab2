//! Measures an import without rate limits against a bare loop of the same HTTP client and server, and the check before it.
//!
//! ```sh
//! cargo bench --bench throughput
//! ```
//!
//! Both keep eight requests in flight. The import also writes each row to disk twice, before and after sending.

#![expect(clippy::print_stdout, reason = "results are printed for a person")]
#![expect(clippy::disallowed_methods, reason = "the peer uses its own client")]

use std::fmt::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kore_feedback::sandbox::{Sandbox, SandboxOptions};

mod support;

use support::command;

const SENT: usize = 10_000;
const CHECKED: usize = 1_000_000;
const IN_FLIGHT: usize = 8;

fn main() {
    let home = tempfile::tempdir().expect("a directory");
    let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
    let file = home.path().join("in.csv");

    std::fs::write(&file, rows(SENT)).expect("the input");
    let bare = bare_loop(home.path(), &sandbox);
    let concurrency = IN_FLIGHT.to_string();
    let import = timed(home.path(), &sandbox, &file, &["--no-rate-limit", "--concurrency", &concurrency]);
    println!(
        "{SENT} rows sent: {:.0} per second with durable intents and outcomes; a bare loop {:.0} per second (ratio {:.2})",
        per_second(SENT, import),
        per_second(SENT, bare),
        bare.as_secs_f64() / import.as_secs_f64()
    );
    println!("at the vendor's 1,800 per hour they take {:.1} hours", SENT as f64 / 1800.0);

    std::fs::write(&file, rows(CHECKED)).expect("the input");
    let check = timed(home.path(), &sandbox, &file, &["--dry-run"]);
    println!("{CHECKED} rows checked: {:.2} s, {:.0} per second", check.as_secs_f64(), per_second(CHECKED, check));
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

fn bare_loop(home: &Path, sandbox: &Sandbox) -> Duration {
    let token = command(home, sandbox).arg("token").stdout(Stdio::piped()).output().expect("a token").stdout;
    let token = String::from_utf8(token).expect("text").trim().to_owned();
    let url = format!("{}/api/1.1/public/bot/{}/saveFeedback", sandbox.url(), sandbox.bot_id());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a client");
        let (left, started) = (Arc::new(AtomicUsize::new(SENT)), Instant::now());
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

fn rows(rows: usize) -> String {
    let mut text = "channelUId,name,score,channel,type,language,message\n".to_owned();
    for row in 1..=rows {
        let _ = writeln!(text, "respondent-{row}@example.com,Post-chat,{},rtm,NPS,en,How likely?", row % 11);
    }
    text
}
