//! Compares sending with the tools that people would use instead: `oha` and `curl` against the same server, and `qsv fetchpost`
//! if `qsv` is on the PATH.
//!
//! ```sh
//! cargo bench --bench peers              # 100,000 rows, five times
//! cargo bench --bench peers -- 1000 1    # 1,000 rows, once
//! cargo bench --bench peers -- 1000 1 ../other/target/release/kore-feedback
//! ```
//!
//! Needs Linux, nginx, oha, curl and hyperfine. nginx answers at once with a record of 500 bytes. Whatever is compared runs in turn,
//! on the same machine as the server; ratios are those of one round. Every import writes a new ledger, with all its syncs, to
//! the directory for temporary files.

#![expect(clippy::print_stdout, reason = "results are printed for a person")]

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;

const BODY: &str = r#"{"channelUId":"jo@example.com","name":"Post-chat","score":7,"channel":"rtm","type":"NPS","language":"en","message":"How likely?"}"#;
const PATH: &str = "/api/1.1/public/bot/st-1/saveFeedback";
const LATENCY: Duration = Duration::from_millis(20);
const CHECKED: usize = 1_000_000;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let (rows, times) = (numbers.next().unwrap_or(100_000), numbers.next().unwrap_or(5));
    let home = tempfile::tempdir().expect("a directory");
    let other = std::env::args().skip(1).find(|argument| argument.contains('/'));
    let binary = other.unwrap_or_else(|| env!("CARGO_BIN_EXE_kore-feedback").to_owned());
    let binary = Path::new(&binary).canonicalize().expect("the binary").display().to_string();
    let bench = Bench { home: home.path().to_owned(), binary, rows, times };
    println!("{}\n", machine());
    println!("| {rows} rows, {times} times | median | min–max |\n|---|---|---|");
    let nginx = Nginx::start(home.path());
    bench.compare_sending(&nginx.url);
    bench.compare_latency();
    drop(nginx);
    bench.measure_check();
    bench.measure_token();
    row("binary, MB", &[std::fs::metadata(&bench.binary).expect("the binary").len() as f64 / 1e6]);
}

struct Bench {
    home: PathBuf,
    binary: String,
    rows: usize,
    times: usize,
}

/// What a finished process took.
struct Took {
    seconds: f64,
    cpu: f64,
    /// The peak resident set in MB.
    memory: f64,
    /// The size of its ledger.
    ledger: f64,
}

impl Bench {
    fn compare_sending(&self, url: &str) {
        let (input, requests) = (self.path("in.csv"), self.path("requests.curl"));
        std::fs::write(&input, csv(self.rows)).expect("the input");
        std::fs::write(&requests, curl_requests(url, self.rows)).expect("the requests");
        let (mut ours, mut fewer, mut oha, mut oha_fewer) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut curl, mut qsv) = (Vec::new(), Vec::new());
        for _ in 0..self.times {
            ours.push(self.import(&input, url, 64));
            oha.push(self.oha(url, 64, self.rows));
            curl.push(self.curl(&requests));
            qsv.extend(self.qsv(&input, url));
            fewer.push(self.import(&input, url, 4));
            oha_fewer.push(self.oha(url, 4, self.rows));
        }
        let (per_second, slower) = (self.per_second(&ours), self.per_second(&fewer));
        row("import, 64 in flight: rows per second", &per_second);
        row("oha, 64 in flight: requests per second", &oha);
        row("import / oha, 64 in flight", &ratios(&per_second, &oha));
        row("import / curl --parallel-max 64", &ratios(&per_second, &curl));
        row("import / qsv fetchpost", &ratios(&per_second, &qsv));
        row("import / oha, 4 in flight", &ratios(&slower, &oha_fewer));
        let per_10k = 10_000.0 / self.rows as f64;
        row("CPU seconds per 10,000 rows", &ours.iter().map(|took| took.cpu * per_10k).collect::<Vec<_>>());
        row("peak memory, MB", &ours.iter().map(|took| took.memory).collect::<Vec<_>>());
        row("ledger, bytes per row", &ours.iter().map(|took| took.ledger / self.rows as f64).collect::<Vec<_>>());
    }

    fn compare_latency(&self) {
        let (url, rows) = (delayed_server(), self.rows.div_ceil(5));
        let input = self.path("delayed.csv");
        std::fs::write(&input, csv(rows)).expect("the input");
        let round = |_| rows as f64 / self.import(&input, &url, 64).seconds / self.oha(&url, 64, rows);
        row("import / oha, 64 in flight, 20 ms latency", &(0..self.times).map(round).collect::<Vec<_>>());
    }

    fn measure_check(&self) {
        let input = self.path("million.csv");
        std::fs::write(&input, csv(CHECKED)).expect("the input");
        let check = |_| {
            let mut run = self.command("http://127.0.0.1:9", &self.home);
            run.arg("import").arg(&input).args(["--dry-run", "-q"]);
            took(run, &self.home)
        };
        let checks: Vec<_> = (0..self.times).map(check).collect();
        row("check of a million rows, s", &checks.iter().map(|took| took.seconds).collect::<Vec<_>>());
        row("the same: CPU seconds", &checks.iter().map(|took| took.cpu).collect::<Vec<_>>());
        row("the same: peak memory, MB", &checks.iter().map(|took| took.memory).collect::<Vec<_>>());
    }

    fn measure_token(&self) {
        let (report, binary) = (self.path("token.json"), &self.binary);
        let ours = self.command("http://127.0.0.1:9", &self.home);
        let mut run = Command::new("hyperfine");
        run.args(["-N", "--warmup=5", "--runs", &(self.times * 40).to_string(), "--export-json"]).arg(&report);
        run.arg(format!("{binary} token")).envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
        took(run, &self.home);
        let report: serde_json::Value =
            serde_json::from_slice(&std::fs::read(report).expect("its report")).expect("JSON");
        let times = report["results"][0]["times"].as_array().expect("times");
        row("token, whole process, ms", &times.iter().filter_map(|t| Some(t.as_f64()? * 1000.0)).collect::<Vec<_>>());
    }

    /// A quiet import into a new ledger.
    fn import(&self, input: &Path, url: &str, in_flight: usize) -> Took {
        let home = tempfile::tempdir_in(&self.home).expect("a directory");
        let mut run = self.command(url, home.path());
        run.arg("import").arg(input).args(["-q", "--no-rate-limit", "--concurrency", &in_flight.to_string()]);
        took(run, home.path())
    }

    fn oha(&self, url: &str, in_flight: usize, requests: usize) -> f64 {
        let mut run = Command::new("oha");
        run.args(["--no-tui", "--output-format", "json", "-m", "POST", "-d", BODY, "-H", "auth: token"]);
        run.args(["-T", "application/json", "-c", &in_flight.to_string(), "-n", &requests.to_string()]);
        let output = run.arg(format!("{url}{PATH}")).stderr(Stdio::null()).output().expect("oha");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        report["summary"]["requestsPerSec"].as_f64().expect("requests per second")
    }

    fn curl(&self, requests: &Path) -> f64 {
        let mut run = Command::new("curl");
        run.args(["--silent", "--parallel", "--parallel-max", "64", "-K"]).arg(requests);
        self.rows as f64 / took(run, &self.home).seconds
    }

    /// `None` if qsv is not installed.
    fn qsv(&self, input: &Path, url: &str) -> Option<f64> {
        let addressed = self.path("addressed.csv");
        let text = csv(self.rows).replace('\n', &format!(",{url}{PATH}\n"));
        std::fs::write(&addressed, text.replacen(&format!("{url}{PATH}"), "url", 1)).expect("the input");
        Command::new("qsv").arg("--version").stdout(Stdio::null()).status().ok()?;
        let columns = csv(0).trim().to_owned();
        let mut run = Command::new("qsv");
        run.args(["fetchpost", "url", &columns, "--rate-limit", "0", "--no-cache", "-q"])
            .arg(input.with_file_name("addressed.csv"));
        Some(self.rows as f64 / took(run, &self.home).seconds)
    }

    fn command(&self, url: &str, home: &Path) -> Command {
        let mut command = Command::new(&self.binary);
        command.env_clear().env("HOME", home).env("KORE_FEEDBACK_HOST", url).env("KORE_FEEDBACK_BOT_ID", "st-1");
        command.env("KORE_FEEDBACK_CLIENT_ID", "cs-1").env("KORE_FEEDBACK_CLIENT_SECRET", "s".repeat(40));
        command.current_dir(home);
        command
    }

    fn per_second(&self, runs: &[Took]) -> Vec<f64> {
        runs.iter().map(|took| self.rows as f64 / took.seconds).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }
}

/// nginx on a free port of the loopback interface. Stopped when dropped.
struct Nginx {
    process: Child,
    url: String,
}

impl Nginx {
    fn start(home: &Path) -> Self {
        // nginx cannot choose a port itself.
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
        let filler = "x".repeat(380);
        let record = format!(r#"{{"_id":"$request_id","filler":"{filler}","customerId":"c-1","streamId":"s"}}"#);
        let config = format!(
            "daemon off; pid {home}/nginx.pid; error_log stderr crit; worker_processes 1;
             events {{ worker_connections 1024; }}
             http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {home}/body;
                     proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi; uwsgi_temp_path {home}/uwsgi;
                     scgi_temp_path {home}/scgi;
                     server {{ listen 127.0.0.1:{port}; default_type application/json; location / {{ return 200 '{record}'; }} }} }}",
            home = home.display()
        );
        let file = home.join("nginx.conf");
        std::fs::write(&file, config).expect("the configuration");
        let process = Command::new("nginx").arg("-c").arg(file).arg("-p").arg(home).spawn().expect("nginx");
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its worker ends with it only if it is asked to.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

/// A server that answers after a fixed time. It ends with this process.
fn delayed_server() -> String {
    static SAVED: AtomicU64 = AtomicU64::new(1);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    listener.set_nonblocking(true).expect("a listener");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let answer = || async {
                tokio::time::sleep(LATENCY).await;
                format!(r#"{{"_id":"{:024x}"}}"#, SAVED.fetch_add(1, Ordering::Relaxed))
            };
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            axum::serve(listener, Router::new().fallback(post(answer))).await.expect("the server");
        });
    });
    url
}

fn took(mut run: Command, home: &Path) -> Took {
    run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (started, cpu) = (Instant::now(), cpu_of_children());
    let mut child = run.spawn().unwrap_or_else(|error| panic!("{run:?}: {error}"));
    let mut memory = 0.0_f64;
    let status = loop {
        memory = memory.max(peak_memory(&child).unwrap_or_default());
        match child.try_wait().expect("its state") {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    assert!(status.success(), "{run:?} ended with {status}");
    let ledger = home.join(".local/state/kore-feedback/ledger.db").metadata().map_or(0, |file| file.len());
    Took { seconds, cpu: cpu_of_children() - cpu, memory, ledger: ledger as f64 }
}

/// In MB.
fn peak_memory(child: &Child) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? / 1000.0)
}

/// The CPU seconds of all children that have ended, from the kernel's ticks of 10 ms.
fn cpu_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields = stat.rsplit_once(") ").expect("fields").1.split(' ');
    fields.skip(13).take(2).map(|ticks| ticks.parse::<f64>().expect("a number") / 100.0).sum()
}

fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect()
}

fn row(what: &str, figures: &[f64]) {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let shown = |figure: f64| if figure >= 100.0 { format!("{figure:.0}") } else { format!("{figure:.3}") };
    match (sorted.first(), sorted.last()) {
        (Some(min), Some(max)) => {
            println!("| {what} | {} | {}–{} |", shown(sorted[sorted.len() / 2]), shown(*min), shown(*max));
        }
        _ => println!("| {what} | not installed | |"),
    }
}

fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let (kernel, load) = (read("/proc/sys/kernel/osrelease"), read("/proc/loadavg"));
    let model = model.trim_start_matches([' ', '\t', ':']);
    format!("{cpus} CPUs ({model}), Linux {}, load before: {}", kernel.trim(), load.trim())
}

fn csv(rows: usize) -> String {
    let mut text = "channelUId,name,score,channel,type,language,message\n".to_owned();
    for row in 1..=rows {
        let _ = writeln!(text, "respondent-{row}@example.com,Post-chat,{},rtm,NPS,en,How likely?", row % 11);
    }
    text
}

fn curl_requests(url: &str, requests: usize) -> String {
    let body = BODY.replace('"', "\\\"");
    let one = format!(
        "url = \"{url}{PATH}\"\nheader = \"auth: token\"\nheader = \"content-type: application/json\"\ndata = \"{body}\"\noutput = \"/dev/null\"\nsilent\n"
    );
    vec![one; requests].join("next\n")
}
