//! A secret typed without echo.

use std::io;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

/// Reads one line from the terminal at standard input, without showing it. Ctrl-C is [`io::ErrorKind::Interrupted`], and the
/// terminal is then as it was.
pub(super) fn read() -> io::Result<SecretString> {
    let mut secret = Zeroizing::new(String::new());
    read_line(&mut secret)?;
    Ok(SecretString::from(secret.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(unix)]
fn read_line(secret: &mut String) -> io::Result<()> {
    use std::io::Read;

    let stdin = io::stdin();
    let _quiet = Quiet::start(&stdin)?;
    let mut bytes = Zeroizing::new(Vec::new());
    for byte in stdin.lock().bytes() {
        match byte? {
            b'\r' | b'\n' => break,
            // Ctrl-C and Ctrl-D.
            3 | 4 => return Err(io::ErrorKind::Interrupted.into()),
            8 | 127 => drop(bytes.pop()),
            // Ctrl-U.
            21 => bytes.clear(),
            byte => bytes.push(byte),
        }
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8 text"))?;
    secret.push_str(text);
    Ok(())
}

#[cfg(not(unix))]
fn read_line(secret: &mut String) -> io::Result<()> {
    let line = Zeroizing::new(dialoguer::console::Term::stderr().read_secure_line()?);
    secret.push_str(&line);
    Ok(())
}

/// Keeps the terminal from showing what is typed, until dropped.
#[cfg(unix)]
struct Quiet<'a> {
    terminal: &'a io::Stdin,
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl<'a> Quiet<'a> {
    fn start(terminal: &'a io::Stdin) -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        tcsetattr(terminal, OptionalActions::Now, &quiet)?;
        Ok(Self { terminal, before })
    }
}

#[cfg(unix)]
impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // If the terminal is gone, there is nothing to restore.
        let _ = rustix::termios::tcsetattr(self.terminal, rustix::termios::OptionalActions::Now, &self.before);
    }
}
