//! A pseudo-terminal, so that the binary asks, and draws its bar.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// The binary at a terminal. Killed when the test is done with it.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    seen: String,
    looked_at: usize,
}

impl Terminal {
    /// Starts the binary with a terminal as all three of its streams.
    pub(crate) fn start(command: &mut Command) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let path = std::path::Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let theirs = OpenOptions::new().read(true).write(true).open(path).unwrap();
        command.env("TERM", "xterm");
        command.stdin(theirs.try_clone().unwrap()).stdout(theirs.try_clone().unwrap()).stderr(theirs);
        let child = command.spawn().unwrap();
        // The command keeps its ends of the terminal open; without them its end is seen when the child is gone.
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
        command.stderr(std::process::Stdio::null());
        Self { child, keyboard: File::from(ours), seen: String::new(), looked_at: 0 }
    }

    /// Waits until this is on the screen, behind what was waited for before.
    pub(crate) fn wait_for(&mut self, words: &str) {
        while !self.seen[self.looked_at..].contains(words) {
            assert!(self.read(), "it ended without showing {words:?}: {:?}", self.seen);
        }
        self.looked_at += self.seen[self.looked_at..].find(words).unwrap() + words.len();
    }

    pub(crate) fn type_in(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for its end: its exit code, and all that was on the screen.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        while self.read() {}
        (self.child.wait().unwrap().code(), std::mem::take(&mut self.seen))
    }

    /// Whether anything came; a terminal that nobody has open any more gives an error, which is its end.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let read = self.keyboard.read(&mut bytes).unwrap_or_default();
        // Nothing here is cut in the middle of a character but the bar, which no test reads closely.
        self.seen.push_str(&String::from_utf8_lossy(&bytes[..read]));
        read > 0
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
