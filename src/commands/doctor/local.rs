//! What can be checked on this machine: config, bot id, secret, token.

use super::finding::Finding;
use crate::clock;
use crate::commands::error::CommandError;
use crate::commands::session::Session;
use crate::credentials::{Expected, Minter, Token, inspect};
use crate::settings::{Settings, SigningKey};
use crate::text::{excerpt, printable};
use secrecy::ExposeSecret;

/// The config file, its permissions, and the settings that are required.
pub(super) fn config(settings: &Settings) -> Vec<Finding> {
    let file = match settings.config() {
        Some((path, true)) => Finding::ok("config", printable(&path.value.display().to_string())),
        Some((path, false)) => {
            Finding::ok("config", format!("none at {}", printable(&path.value.display().to_string())))
        }
        None => Finding::ok("config", "none: there is no home directory"),
    };
    let mut findings = vec![file];
    findings.extend(settings.warnings().iter().map(|warning| {
        let (message, fix) = warning.split_once(": run ").unwrap_or((warning, "check the config"));
        Finding::warning("config", message, fix)
    }));
    findings.push(match settings.ensure_complete() {
        Ok(()) => Finding::ok(
            "settings",
            settings
                .profile()
                .map_or_else(|| "complete".to_owned(), |profile| format!("complete, profile {}", printable(profile))),
        ),
        Err(error) => Finding::of_error("settings", error.into()),
    });
    findings
}

/// The bot id's shape: `st-` and a UUID.
pub(super) fn bot_id(settings: &Settings) -> Option<Finding> {
    let bot_id = settings.bot_id().ok()?;
    let is_usual = bot_id.strip_prefix("st-").is_some_and(|id| uuid::Uuid::try_parse(id).is_ok_and(|_| id.len() == 36));
    let shown = excerpt(bot_id, 60);
    Some(match is_usual {
        true => Finding::ok("bot id", shown),
        false => Finding::warning(
            "bot id",
            format!("{shown} does not look like the platform's ids"),
            "compare it with the general settings of the bot: st- and 36 letters, digits and dashes",
        ),
    })
}

/// The secret, and a token minted with it.
pub(super) fn secret_and_token(settings: &Settings, session: Session<'_>) -> Vec<Finding> {
    let minter = match settings.credentials().map_err(CommandError::from) {
        Ok(credentials) => Minter::new(credentials, session.context).map_err(CommandError::from),
        Err(error) => Err(error),
    };
    let minter = match minter {
        Ok(minter) => minter,
        Err(error) => return vec![Finding::of_error("secret", error)],
    };
    let mut findings = vec![Finding::ok("secret", secret_origin(settings))];
    match minter.mint(clock::now()) {
        Ok(token) => findings.extend(inspected(&token, settings, session)),
        Err(error) => findings.push(Finding::of_error("token", error.into())),
    }
    findings
}

fn secret_origin(settings: &Settings) -> String {
    let what = match settings.signing_key() {
        Some(SigningKey::PrivateKey(_)) => "private key",
        _ => "secret",
    };
    let algorithm = settings.values.algorithm.value.name();
    format!("the {what} was found; it signs with {algorithm}")
}

/// The claims, and what the platform would reject in them.
fn inspected(token: &Token, settings: &Settings, session: Session<'_>) -> Vec<Finding> {
    let expected = Expected::of(settings, session.context).unwrap_or_else(|_| Expected::without_key(settings));
    let inspection = match inspect(token.jwt.expose_secret(), &expected, clock::now()) {
        Ok(inspection) => inspection,
        Err(error) => return vec![Finding::of_error("token", error.into())],
    };
    let claims = token.claims.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
    let claims = excerpt(&claims, 200);
    let mut findings: Vec<_> = inspection
        .refusals
        .iter()
        .map(|refusal| {
            let fix = "change the profile's credentials or claims; `kore-feedback token | kore-feedback token inspect` shows the token";
            Finding::failed("token", refusal.message.clone(), Some(fix.to_owned()), crate::exit::Exit::Credentials)
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::ok("token", format!("minted, claims {claims}")));
    }
    findings.extend(inspection.notes.iter().map(|note| Finding::warning("token", note, "change the profile's claims")));
    findings
}
