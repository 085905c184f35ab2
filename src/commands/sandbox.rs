//! `sandbox`: serves the imitation of the API until a signal arrives.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::error::{CommandError, Explain};
use super::session::Session;
use crate::cli::SandboxArgs;
use crate::exit::Exit;
use crate::sandbox::{Sandbox, SandboxOptions};
use crate::signals::Signals;
use crate::text::counted;

pub(super) fn sandbox(args: &SandboxArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_io().build().explain("cannot listen for signals")?;
    runtime.block_on(async {
        // Before anything is printed: a script that reads the profile may send a signal right away.
        let mut signals = Signals::listen().explain("cannot listen for signals")?;
        let sandbox = Sandbox::start(options(args))?;
        let key_file = sandbox.public_jwk().map(key_file).transpose().explain("cannot write the public key")?;
        let key_path = key_file.as_ref().map(|file| file.path().display().to_string());
        match session.is_json() {
            true => session.printer.json_now(&started_json(&sandbox, key_path.as_deref(), args))?,
            false => session.printer.result(profile(&sandbox, key_path.as_deref(), args))?,
        }
        session.printer.note(format_args!("received records are shown at {}/; press Ctrl-C to stop", sandbox.url()));
        if !signals.next().await {
            // No signal can arrive any more: wait to be killed.
            std::future::pending::<()>().await;
        }
        session.printer.note(totals(&sandbox));
        Ok(Exit::Success)
    })
}

fn options(args: &SandboxArgs) -> SandboxOptions {
    let mut options = SandboxOptions::seeded(args.seed);
    options.address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    options.limits = args.limits.iter().map(|limit| (limit.calls.get(), limit.per)).collect();
    options.latency = args.latency.clone();
    options.faults = args.faults.clone();
    options.clock_offset = args.clock_offset;
    options.enforce_jti = args.enforce_jti;
    options.enforce_jwe = args.enforce_jwe;
    options.responses_api = args.responses_api;
    if let Some((first, others)) = args.bot_ids.split_first() {
        options.credentials.bot_id.clone_from(first);
        options.more_bots = others.to_vec();
    }
    options
}

/// A file with the public key, for profiles. It is deleted when the sandbox stops.
fn key_file(public_jwk: &str) -> std::io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("kore-feedback-sandbox-").suffix(".jwk").tempfile()?;
    writeln!(file, "{public_jwk}")?;
    Ok(file)
}

/// The sandbox's profile in config format. Only the path may need escaping: the host is an address, bot ids are checked, and
/// the generated rest has only letters, digits and dashes.
fn profile(sandbox: &Sandbox, key_path: Option<&str>, args: &SandboxArgs) -> String {
    let limits: Vec<String> = args.limits.iter().map(|limit| format!("\"{limit}\"")).collect();
    let key = key_path.map(|path| format!("\njwe_public_key_file = {}", toml_edit::Value::from(path)));
    let jti = if args.enforce_jti { "\njti = true" } else { "" };
    format!(
        "[profiles.sandbox]\nhost = \"{}\"\nbot_id = \"{}\"\nclient_id = \"{}\"\nclient_secret = \"{}\"{}{jti}\nlimits = [{}]",
        sandbox.url(),
        sandbox.bot_id(),
        sandbox.client_id(),
        sandbox.client_secret(),
        key.unwrap_or_default(),
        limits.join(", ")
    )
}

fn started_json(sandbox: &Sandbox, key_path: Option<&str>, args: &SandboxArgs) -> Value {
    let mut json = json!({
        "url": sandbox.url(),
        "bot_id": sandbox.bot_id(),
        "client_id": sandbox.client_id(),
        "client_secret": sandbox.client_secret(),
    });
    if let Some(path) = key_path {
        json["jwe_public_key_file"] = path.into();
    }
    if args.enforce_jti {
        json["jti"] = true.into();
    }
    json
}

fn totals(sandbox: &Sandbox) -> String {
    let tally = sandbox.counts();
    let not_saved = tally.refused + tally.rate_limited;
    format!(
        "stopped after {}: {} saved, {not_saved} rejected, {} hit by faults",
        counted(tally.arrivals, "call"),
        counted(tally.saved, "record"),
        tally.faulted
    )
}
