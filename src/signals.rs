//! The signals that ask the process to end: SIGINT (Ctrl-C), SIGTERM, and SIGHUP, which comes when the terminal is gone, as
//! when an SSH connection drops. Once listened to they no longer end it by themselves; whoever listens does.

use std::io;

/// Hears every signal from when it was made. Needs a runtime with I/O.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// `None` when it was ignored before, as `nohup` has it.
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
    /// Whether any has been heard.
    #[cfg(unix)]
    has_heard: bool,
}

impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system gives no signals to listen to.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: if may_hear_hang_up() { Some(signal(SignalKind::hangup())?) } else { None },
            has_heard: false,
        })
    }

    /// Waits for the next signal; `false` when none can come any more. SIGHUP counts only as the first: the shell and the
    /// system both send it when a terminal goes, and neither means that somebody has lost patience.
    #[cfg(unix)]
    pub async fn next(&mut self) -> bool {
        let hang_up = async {
            match self.hang_up.as_mut().filter(|_| !self.has_heard) {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        let heard = tokio::select! {
            interrupted = self.interrupt.recv() => interrupted,
            terminated = self.terminate.recv() => terminated,
            hung_up = hang_up => hung_up,
        };
        self.has_heard = true;
        heard.is_some()
    }

    /// Begins to listen.
    ///
    /// # Errors
    /// Never, on this system.
    #[cfg(not(unix))]
    pub fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next signal; `false` when none can come any more.
    #[cfg(not(unix))]
    pub async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}

/// Whether SIGHUP is not ignored. To listen would undo what `nohup` did, and there is no asking without unsafe code but
/// through Linux' `/proc`; where that doesn't tell, SIGHUP is left as it is.
#[cfg(unix)]
fn may_hear_hang_up() -> bool {
    use std::sync::OnceLock;
    // Once it is listened to it is caught, and would never again be found ignored, nor what it was.
    static MAY: OnceLock<bool> = OnceLock::new();
    *MAY.get_or_init(|| std::fs::read_to_string("/proc/self/status").is_ok_and(|status| !ignores_hang_up(&status)))
}

/// Whether bit 0 of `SigIgn`, which stands for signal 1, is set; true when that isn't said.
#[cfg(unix)]
fn ignores_hang_up(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_none_or(|mask| mask & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::ignores_hang_up;

    #[test]
    fn the_mask_of_ignored_signals_is_read_and_where_there_is_none_nothing_is_touched() {
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
