//! The binary as a process that the test goes on beside.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
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
    stdout: Heard,
    stderr: Heard,
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
    #[track_caller]
    pub(crate) fn wait_until_said(&mut self, words: &str) {
        until(|| {
            let said = if self.has_ended() { self.stderr.all() } else { self.stderr.so_far() };
            let is_said = said.contains(words);
            assert!(is_said || !self.stderr.is_over(), "it ended without saying {words:?}: {said}");
            is_said
        });
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        until(|| self.has_ended());
        let code = self.child.wait().unwrap().code();
        Ended { code, stdout: self.stdout.all(), stderr: self.stderr.all() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What comes out of a stream, read as it comes.
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
            // A terminal that nobody has open any more ends with an error.
            while let Ok(read @ 1..) = stream.read(&mut buffer) {
                heard.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        Self { bytes, thread: Some(thread) }
    }

    pub(super) fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    /// Whether everything has been read.
    pub(super) fn is_over(&self) -> bool {
        self.thread.is_none()
    }

    /// Everything, once the other side has closed.
    pub(super) fn all(&mut self) -> String {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        self.so_far()
    }
}
