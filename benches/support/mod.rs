//! Runs the binary against a sandbox, with its own home.

use std::path::Path;
use std::process::{Command, Stdio};

use kore_feedback::sandbox::Sandbox;

/// A quiet command without rate limits.
pub(crate) fn command(home: &Path, sandbox: &Sandbox) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kore-feedback"));
    command.env_clear().env("HOME", home).current_dir(home);
    command.env("KORE_FEEDBACK_HOST", sandbox.url()).env("KORE_FEEDBACK_BOT_ID", sandbox.bot_id());
    command.env("KORE_FEEDBACK_CLIENT_ID", sandbox.client_id());
    command.env("KORE_FEEDBACK_CLIENT_SECRET", sandbox.client_secret());
    command.env("KORE_FEEDBACK_LIMITS", "");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
