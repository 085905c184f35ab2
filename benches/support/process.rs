//! Time and memory of a process.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often the memory of the process is sampled.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// What a finished process took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    pub(crate) seconds: f64,
    /// CPU seconds, in steps of 10 ms; 0 where it cannot be measured.
    pub(crate) cpu: f64,
    /// The peak resident set in MB; 0 where it cannot be measured.
    pub(crate) memory: f64,
}

impl Took {
    /// Runs a command that must succeed, without output.
    pub(crate) fn of(mut run: Command) -> Self {
        run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let (started, cpu) = (Instant::now(), cpu_of_children());
        let mut child = run.spawn().unwrap_or_else(|error| panic!("{run:?}: {error}"));
        let mut memory = 0.0_f64;
        let status = loop {
            memory = memory.max(peak_memory(&child).unwrap_or_default());
            match child.try_wait().expect("its state") {
                Some(status) => break status,
                None => std::thread::sleep(BETWEEN_LOOKS),
            }
        };
        let seconds = started.elapsed().as_secs_f64();
        assert!(status.success(), "{run:?} ended with {status}");
        Self { seconds, cpu: cpu_of_children() - cpu, memory }
    }
}

fn peak_memory(child: &Child) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? / 1000.0)
}

/// Of all children that have ended, from the kernel's ticks of 10 ms.
fn cpu_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields).split(' ');
    fields.skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
