//! The binary as a process that runs next to the test.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Far longer than anything takes, so that a test that waits in vain fails instead of hanging.
const DEADLINE: Duration = Duration::from_secs(60);
/// The polling interval. Another process does not announce what it does; polling without a pause would take the CPU from it.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// Polls until the condition is true. The only place in these tests that waits.
#[track_caller]
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < DEADLINE, "the condition never became true");
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// A process of the binary, killed when dropped.
pub(crate) struct Running {
    child: Child,
    stdout: Heard,
    stderr: Heard,
}

pub(crate) struct Ended {
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Running {
    /// Starts it with empty standard input.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::reading(command, Stdio::null())
    }

    /// Starts it with this on standard input.
    pub(crate) fn reading(command: &mut Command, input: impl Into<Stdio>) -> Self {
        let mut child = command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Self { child, stdout: Heard::listen(stdout), stderr: Heard::listen(stderr) }
    }

    /// Starts it with this as standard output.
    pub(crate) fn writing(command: &mut Command, output: impl Into<Stdio>) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(output).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = Heard::listen(child.stderr.take().unwrap());
        Self { child, stdout: Heard::listen(std::io::empty()), stderr }
    }

    /// Sends SIGKILL and waits until the process is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits until stderr contains these words.
    #[track_caller]
    pub(crate) fn wait_until_said(&mut self, words: &str) {
        until(|| {
            let said = if self.has_ended() { self.stderr.all() } else { self.stderr.so_far() };
            let is_said = said.contains(words);
            assert!(is_said || !self.stderr.is_over(), "it ended without printing {words:?}: {said}");
            is_said
        });
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        until(|| self.has_ended());
        let code = self.child.wait().unwrap().code();
        Ended { code, stdout: self.stdout.all(), stderr: self.stderr.all() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails if it has already ended, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A stream's output, read on a thread.
pub(super) struct Heard {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Heard {
    pub(super) fn listen(mut stream: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&bytes);
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Reading a terminal that nobody has open fails.
            while let Ok(read @ 1..) = stream.read(&mut buffer) {
                heard.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        Self { bytes, thread: Some(thread) }
    }

    pub(super) fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    pub(super) fn is_over(&self) -> bool {
        self.thread.is_none()
    }

    /// The whole output, once the other side has closed.
    pub(super) fn all(&mut self) -> String {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        self.so_far()
    }
}
