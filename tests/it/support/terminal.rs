//! A pseudo-terminal, so that the binary prompts and draws its progress bar.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

use super::process::Heard;
use super::until;

/// The binary on a terminal, killed when dropped.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    screen: Heard,
    looked_at: usize,
}

impl Terminal {
    /// Starts the binary with a terminal as all three of its streams.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::start_wide(command, 0)
    }

    /// The same with this many columns; 0 if the terminal does not report its width.
    pub(crate) fn start_wide(command: &mut Command, columns: u16) -> Self {
        Self::start_as(command.env("LANG", "C.UTF-8"), "xterm", columns)
    }

    /// The same for a terminal of this kind, as `TERM` names it.
    pub(crate) fn start_as(command: &mut Command, kind: &str, columns: u16) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let path = std::path::Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let theirs = OpenOptions::new().read(true).write(true).open(path).unwrap();
        // Raw mode keeps keys typed before the binary reads them unchanged, including Ctrl-C.
        let mut mode = tcgetattr(&theirs).unwrap();
        mode.make_raw();
        tcsetattr(&theirs, OptionalActions::Now, &mode).unwrap();
        tcsetwinsize(&theirs, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        command.env("TERM", kind);
        command.stdin(theirs.try_clone().unwrap()).stdout(theirs.try_clone().unwrap()).stderr(theirs);
        let child = command.spawn().unwrap();
        // The command holds the terminal open until its streams are replaced.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let keyboard = File::from(ours);
        let screen = Heard::listen(keyboard.try_clone().unwrap());
        Self { child, keyboard, screen, looked_at: 0 }
    }

    /// Waits until these words appear on the screen, after what was waited for before.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, words: &str) {
        until(|| {
            let has_ended = self.child.try_wait().unwrap().is_some();
            let seen = if has_ended { self.screen.all() } else { self.screen.so_far() };
            let found = seen[self.looked_at..].find(words).map(|place| place + words.len());
            self.looked_at += found.unwrap_or_default();
            assert!(found.is_some() || !has_ended, "it ended without showing {words:?}: {seen:?}");
            found.is_some()
        });
    }

    /// Changes the width of the terminal.
    pub(crate) fn resize(&mut self, columns: u16) {
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.keyboard, size).unwrap();
    }

    pub(crate) fn type_in(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for the end: exit code, and everything that was on the screen.
    #[track_caller]
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        until(|| self.child.try_wait().unwrap().is_some());
        (self.child.wait().unwrap().code(), self.screen.all())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
