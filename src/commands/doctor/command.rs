//! Runs the checks one after the other, and reports them.

use serde_json::json;

use super::finding::{ChecksFailed, Finding, Status};
use super::{local, network};
use crate::cli::SendingArgs;
use crate::commands::error::CommandError;
use crate::commands::session::Session;
use crate::commands::setup::Setup;
use crate::exit::Exit;
use crate::settings;

/// Runs `config check`.
pub(in crate::commands) fn check(session: Session<'_>) -> Result<Exit, CommandError> {
    let findings = findings(session)?;
    session.printer.json(&json!({
        "profile": session.global.profile,
        "ok": count(&findings, Status::Ok),
        "warnings_found": count(&findings, Status::Warning),
        "failed": count(&findings, Status::Failed),
        "checks": findings,
    }))?;
    if !session.is_json() {
        let lines: Vec<_> = findings.iter().flat_map(Finding::lines).collect();
        session.printer.styled_result(&lines)?;
    }
    match findings.iter().find(|finding| finding.status == Status::Failed) {
        None => Ok(Exit::Success),
        Some(first) => Err(ChecksFailed {
            failed: count(&findings, Status::Failed),
            all: findings.len(),
            first: format!("{}: {}", first.name, first.message),
            exit: first.exit,
        }
        .into()),
    }
}

fn count(findings: &[Finding], status: Status) -> usize {
    findings.iter().filter(|finding| finding.status == status).count()
}

/// Everything that can be checked; what depends on a failed check is left out.
fn findings(session: Session<'_>) -> Result<Vec<Finding>, CommandError> {
    // Without printing the warnings: they are findings.
    let settings = match settings::resolve(&session.overrides(), session.context) {
        Ok(settings) => settings,
        Err(error) => return Ok(vec![Finding::of_error("config", error.into())]),
    };
    let mut findings = local::config(&settings);
    findings.extend(local::bot_id(&settings));
    // If they are not set, the settings say so already.
    if settings.credentials().is_ok() {
        findings.extend(local::secret_and_token(&settings, session));
    }
    let Ok(target) = settings.target() else { return Ok(findings) };
    findings.extend(network::connection(&target.host, session.context));
    if findings.iter().any(|finding| finding.status == Status::Failed) || settings.bot_id().is_err() {
        return Ok(findings);
    }
    let sending = SendingArgs::default();
    let setup = Setup::with_settings(&sending, settings, session)?;
    findings.extend(network::read(&setup, &target.host)?);
    Ok(findings)
}
