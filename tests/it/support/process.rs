//! The binary as a process that the test goes on beside.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Far beyond what anything takes: a test that waits for what never comes fails, and doesn't hang.
const DEADLINE: Duration = Duration::from_secs(60);
/// Between two looks. What another process does announces itself nowhere, so it has to be looked for; without a pause
/// the looking would take the processor from the process that is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// Waits until something is so. The one place in these tests where time is spent waiting.
#[track_caller]
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < DEADLINE, "waited for what never came");
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// A process of the binary. Killed when the test is done with it, however that ends.
pub(crate) struct Running {
    child: Child,
}

/// How a process ended.
pub(crate) struct Ended {
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Running {
    /// Starts it, with nothing on standard input.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::reading(command, Stdio::null())
    }

    /// Starts it with this on standard input.
    pub(crate) fn reading(command: &mut Command, input: impl Into<Stdio>) -> Self {
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { child: command.spawn().unwrap() }
    }

    /// Ends it as nothing can be ended more suddenly, and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits until it has said this on standard error.
    pub(crate) fn wait_until_said(&mut self, words: &str) {
        let stderr = self.child.stderr.as_mut().unwrap();
        let mut said = Vec::new();
        let mut byte = [0];
        while !String::from_utf8_lossy(&said).contains(words) {
            let read = stderr.read(&mut byte).unwrap();
            assert_eq!(read, 1, "it ended without saying {words:?}: {}", String::from_utf8_lossy(&said));
            said.extend(byte);
        }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        // Read while it runs, so that a full pipe doesn't keep it from ending.
        let mut streams = (self.child.stdout.take().unwrap(), self.child.stderr.take().unwrap());
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            streams.0.read_to_string(&mut text).unwrap();
            text
        });
        let mut stderr = String::new();
        streams.1.read_to_string(&mut stderr).unwrap();
        until(|| self.has_ended());
        let code = self.child.wait().unwrap().code();
        Ended { code, stdout: reader.join().unwrap(), stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
