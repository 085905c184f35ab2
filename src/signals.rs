//! The signals that ask the process to end: SIGINT (Ctrl-C), SIGTERM, and SIGHUP, which arrives when the terminal goes away,
//! for example because an SSH connection drops. Once a listener exists, they no longer end the process; the listener decides.

use std::io;

/// Lets a write beyond the limit on file sizes (`ulimit -f`) fail like one to a full disk, instead of ending the process.
#[cfg(unix)]
pub(crate) fn survive_file_size_limit() -> io::Result<()> {
    // A handler that nobody listens to replaces what the signal does by default.
    signal_hook::flag::register(rustix::process::Signal::XFSZ.as_raw(), std::sync::Arc::default()).map(drop)
}

/// This system has no such limit.
#[cfg(not(unix))]
pub(crate) fn survive_file_size_limit() -> io::Result<()> {
    Ok(())
}

/// Receives every signal sent after it was created. Needs a runtime with I/O.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// `None` if SIGHUP was ignored from the start, as under `nohup`.
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
    #[cfg(unix)]
    has_received: bool,
}

impl Signals {
    /// Starts to listen.
    ///
    /// # Errors
    /// If the system does not let signals be handled.
    #[cfg(unix)]
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: if may_handle_hang_up() { Some(signal(SignalKind::hangup())?) } else { None },
            has_received: false,
        })
    }

    /// Waits for the next signal; `false` if none can arrive any more. SIGHUP counts only as the first one: the shell and
    /// the kernel both send it when a terminal goes away, and the second does not mean that the user is impatient.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) -> bool {
        let hang_up = async {
            match self.hang_up.as_mut().filter(|_| !self.has_received) {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        let received = tokio::select! {
            interrupted = self.interrupt.recv() => interrupted,
            terminated = self.terminate.recv() => terminated,
            hung_up = hang_up => hung_up,
        };
        self.has_received = true;
        received.is_some()
    }

    /// Starts to listen.
    ///
    /// # Errors
    /// Never, on this system.
    #[cfg(not(unix))]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next signal; `false` if none can arrive any more.
    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}

/// Waits for a signal; forever if none can arrive.
pub(crate) fn interrupted() -> impl Future<Output = ()> {
    let signals = Signals::listen();
    async {
        if let Ok(mut signals) = signals
            && signals.next().await
        {
            return;
        }
        std::future::pending().await
    }
}

/// Whether SIGHUP is not ignored: handling it would undo `nohup`. Without unsafe code only Linux's `/proc` answers that;
/// elsewhere SIGHUP is left alone.
#[cfg(unix)]
fn may_handle_hang_up() -> bool {
    use std::sync::OnceLock;
    // Read only once: after the first listener, SIGHUP is never reported as ignored again.
    static MAY: OnceLock<bool> = OnceLock::new();
    *MAY.get_or_init(|| std::fs::read_to_string("/proc/self/status").is_ok_and(|status| !ignores_hang_up(&status)))
}

/// Whether bit 0 of `SigIgn`, which stands for signal 1, is set; true if there is no such line.
#[cfg(unix)]
fn ignores_hang_up(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_none_or(|mask| mask & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::ignores_hang_up;

    #[test]
    fn an_unreadable_signal_mask_counts_as_ignored() {
        for (status, ignored) in [
            ("Name:\tx\nSigIgn:\t0000000000001000\nSigCgt:\t0000000000000001\n", false),
            ("SigIgn:\t0000000000001001\n", true),
            ("SigIgn:\t?\n", true),
            ("Name:\tx\n", true),
        ] {
            assert_eq!(ignores_hang_up(status), ignored, "{status}");
        }
    }
}
