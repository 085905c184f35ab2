//! The programs that it is compared with.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::process::Took;

const BODY: &str = r#"{"channelUId":"jo@example.com","name":"Post-chat","score":7,"channel":"rtm","type":"NPS","language":"en","message":"How likely?"}"#;
const PATH: &str = "/api/1.1/public/bot/st-1/saveFeedback";

/// A directory for their inputs.
pub(crate) struct Others {
    home: PathBuf,
}

impl Others {
    pub(crate) fn new(home: &Path) -> Self {
        Self { home: home.to_owned() }
    }

    /// Requests per second.
    pub(crate) fn oha(&self, url: &str, in_flight: usize, requests: usize) -> f64 {
        let mut run = Command::new("oha");
        run.args(["--no-tui", "--output-format", "json", "-m", "POST", "-d", BODY, "-H", "auth: token"]);
        run.args(["-T", "application/json", "-c", &in_flight.to_string(), "-n", &requests.to_string()]);
        let output = run.arg(format!("{url}{PATH}")).stderr(Stdio::null()).output().expect("oha");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        report["summary"]["requestsPerSec"].as_f64().expect("requests per second")
    }

    /// Requests per second.
    pub(crate) fn curl(&self, url: &str, requests: usize) -> f64 {
        let list = self.home.join("requests.curl");
        std::fs::write(&list, curl_requests(url, requests)).expect("the requests");
        let mut run = Command::new("curl");
        run.args(["--silent", "--parallel", "--parallel-max", "64", "-K"]).arg(&list);
        requests as f64 / Took::of(run).seconds
    }

    /// Rows per second; `None` if qsv is not installed.
    pub(crate) fn qsv(&self, (input, rows): &(PathBuf, usize), url: &str) -> Option<f64> {
        Command::new("qsv").arg("--version").stdout(Stdio::null()).status().ok()?;
        let addressed = self.home.join("addressed.csv");
        let text = std::fs::read_to_string(input).expect("the input");
        let (columns, _) = text.split_once('\n').expect("a header");
        let with_url = text.replace('\n', &format!(",{url}{PATH}\n"));
        std::fs::write(&addressed, with_url.replacen(&format!("{url}{PATH}"), "url", 1)).expect("the input");
        let mut run = Command::new("qsv");
        run.args(["fetchpost", "url", columns, "--rate-limit", "0", "--no-cache", "-q"]).arg(addressed);
        Some(*rows as f64 / Took::of(run).seconds)
    }

    /// The milliseconds that each of these runs of a command takes.
    pub(crate) fn hyperfine(&self, command: &Command, runs: usize) -> Vec<f64> {
        let report = self.home.join("hyperfine.json");
        let words: Vec<_> = std::iter::once(command.get_program()).chain(command.get_args()).collect();
        let mut run = Command::new("hyperfine");
        run.args(["-N", "--warmup=5", "--runs", &runs.to_string(), "--export-json"]).arg(&report);
        run.arg(words.join(" ".as_ref()));
        run.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Took::of(run);
        let report = std::fs::read(report).expect("its report");
        let report: serde_json::Value = serde_json::from_slice(&report).expect("JSON");
        let times = report["results"][0]["times"].as_array().expect("times");
        times.iter().filter_map(|seconds| Some(seconds.as_f64()? * 1000.0)).collect()
    }
}

fn curl_requests(url: &str, requests: usize) -> String {
    let body = BODY.replace('"', "\\\"");
    let one = format!(
        "url = \"{url}{PATH}\"\nheader = \"auth: token\"\nheader = \"content-type: application/json\"\ndata = \"{body}\"\noutput = \"/dev/null\"\nsilent\n"
    );
    vec![one; requests].join("next\n")
}
