//! Compares sending with the tools that people would use instead: `oha` and `curl` against the same server, and `qsv fetchpost`
//! if `qsv` is on the PATH. Measures checks, tokens, a resumed run, and how time and memory grow with the input.
//!
//! ```sh
//! cargo bench --bench peers                    # 100,000 rows, five times: about ten minutes
//! cargo bench --bench peers -- 1000 1          # 1,000 rows, once
//! cargo bench --bench peers -- 100000 1 large  # and an import of five million rows: about ten minutes more
//! cargo bench --bench peers -- 1000 1 ../other/target/release/kore-feedback
//! ```
//!
//! Checks and the resumed run have ten times as many rows as the imports. Needs Linux, nginx, oha, curl and hyperfine. nginx
//! answers at once with a record of 500 bytes. Whatever is compared runs in turn, on the same machine as the server; ratios are
//! those of one round. Every import writes a new ledger, with all its syncs, to the directory for temporary files.

#![expect(clippy::print_stdout, reason = "results are printed for a person")]

#[path = "../support/input.rs"]
mod input;
mod others;
#[path = "../support/process.rs"]
mod process;
mod resumed;
mod servers;
mod subject;
mod table;

use others::Others;
use resumed::Resumed;
use servers::{Nginx, delayed_server};
use subject::{Import, Subject};
use table::{machine, ratios, row};

/// No server: a check and a token need none.
const NOWHERE: &str = "http://127.0.0.1:9";

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let mut numbers = arguments.iter().filter_map(|argument| argument.parse::<usize>().ok());
    let (rows, times) = (numbers.next().unwrap_or(100_000), numbers.next().unwrap_or(5));
    let home = tempfile::tempdir().expect("a directory");
    let other = arguments.iter().find(|argument| argument.contains('/'));
    let binary = other.map_or(env!("CARGO_BIN_EXE_kore-feedback"), String::as_str);
    let subject = Subject::new(binary, home.path());
    let bench = Bench { others: Others::new(home.path()), subject, rows, times };
    println!("{}\n", machine());
    println!("| {rows} rows, {times} times | median | min–max |\n|---|---|---|");
    let nginx = Nginx::start(home.path());
    bench.compare_sending(&nginx.url);
    bench.compare_latency();
    bench.measure_check(10 * rows);
    bench.measure_token();
    bench.measure_growth(&nginx.url);
    if arguments.iter().any(|argument| argument == "large") {
        bench.measure_large(&nginx.url, 50 * rows);
    }
    row("binary, MB", &[bench.subject.binary_size() as f64 / 1e6]);
}

struct Bench {
    subject: Subject,
    others: Others,
    rows: usize,
    times: usize,
}

impl Bench {
    fn compare_sending(&self, url: &str) {
        let (input, rows) = (self.subject.input(self.rows), self.rows);
        let (mut ours, mut fewer, mut oha, mut oha_fewer) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut curl, mut qsv) = (Vec::new(), Vec::new());
        for _ in 0..self.times {
            ours.push(self.subject.import(&input, url, 64));
            oha.push(self.others.oha(url, 64, rows));
            curl.push(self.others.curl(url, rows));
            qsv.extend(self.others.qsv(&input, url));
            fewer.push(self.subject.import(&input, url, 4));
            oha_fewer.push(self.others.oha(url, 4, rows));
        }
        let (per_second, slower) = (rates(&ours), rates(&fewer));
        row("import, 64 in flight: rows per second", &per_second);
        row("oha, 64 in flight: requests per second", &oha);
        row("import / oha, 64 in flight", &ratios(&per_second, &oha));
        row("import / curl --parallel-max 64", &ratios(&per_second, &curl));
        row("import / qsv fetchpost", &ratios(&per_second, &qsv));
        row("import / oha, 4 in flight", &ratios(&slower, &oha_fewer));
        let each = |figure: fn(&Import) -> f64| ours.iter().map(figure).collect::<Vec<_>>();
        row("CPU seconds per 10,000 rows", &each(|import| import.took.cpu * 10_000.0 / import.rows as f64));
        row("peak memory, MB", &each(|import| import.took.memory));
        row("ledger, bytes per row", &each(|import| import.ledger / import.rows as f64));
    }

    fn compare_latency(&self) {
        let (url, rows) = (delayed_server(), self.rows.div_ceil(5));
        let input = self.subject.input(rows);
        let round = |_| self.subject.import(&input, &url, 64).rate() / self.others.oha(&url, 64, rows);
        row("import / oha, 64 in flight, 20 ms latency", &(0..self.times).map(round).collect::<Vec<_>>());
    }

    fn measure_check(&self, rows: usize) {
        let input = self.subject.input(rows);
        let checks: Vec<_> = (0..self.times).map(|_| self.subject.check(&input)).collect();
        row(&format!("check of {rows} rows, s"), &checks.iter().map(|took| took.seconds).collect::<Vec<_>>());
        row("the same: CPU seconds", &checks.iter().map(|took| took.cpu).collect::<Vec<_>>());
        row("the same: peak memory, MB", &checks.iter().map(|took| took.memory).collect::<Vec<_>>());
    }

    fn measure_token(&self) {
        row("token, whole process, ms", &self.others.hyperfine(&self.subject.token(), self.times * 40));
    }

    /// How the time of an import depends on its rows, and what it takes to resume a long one.
    fn measure_growth(&self, url: &str) {
        let import = |rows| self.subject.import(&self.subject.input(rows), url, 64);
        let every = |rows| (0..self.times).map(|_| import(rows)).collect::<Vec<_>>();
        let one: Vec<_> = every(1).iter().map(|import| import.took.seconds * 1000.0).collect();
        row("import of one row, whole process, ms", &one);
        for rows in [self.rows / 10, self.rows] {
            row(&format!("import of {rows} rows: rows per second"), &rates(&every(rows)));
        }
        let long = Resumed::interrupt(&self.subject, url, 10 * self.rows);
        row(&format!("import of {} rows: rows per second", 10 * self.rows), &[long.rate()]);
        let resumes: Vec<_> = (0..self.times).map(|_| long.resume(&self.subject, url)).collect();
        let what = format!("resume of {} rows, {} of them left, s", 10 * self.rows, long.left());
        row(&what, &resumes.iter().map(|took| took.seconds).collect::<Vec<_>>());
        row("the same: CPU seconds", &resumes.iter().map(|took| took.cpu).collect::<Vec<_>>());
    }

    fn measure_large(&self, url: &str, rows: usize) {
        self.measure_check(rows);
        let import = self.subject.import(&self.subject.input(rows), url, 64);
        row(&format!("import of {rows} rows: rows per second"), &[import.rate()]);
        row("the same: peak memory, MB", &[import.took.memory]);
    }
}

fn rates(imports: &[Import]) -> Vec<f64> {
    imports.iter().map(Import::rate).collect()
}
