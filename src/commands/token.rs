//! `token` and `token inspect`.

use std::io::{Read, stdin};

use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::error::{CommandError, Explain};
use super::session::Session;
use super::setup::start_sandbox;
use crate::cli::{MintArgs, TokenArgs, TokenCommand};
use crate::clock;
use crate::credentials::{EncryptedParts, Expected, Inspection, Minter, Signature, Token, inspect};
use crate::exit::Exit;
use crate::settings::{Overrides, Settings};
use crate::text::printable;

/// Far more than any real token: proxies reject headers a tenth as long.
const MAX_TOKEN_SIZE: u64 = 1024 * 1024;

pub(super) fn token(args: &TokenArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    match &args.command {
        Some(TokenCommand::Inspect { token }) => inspect_token(token, session),
        None => print_token(&args.mint, session),
    }
}

fn print_token(args: &MintArgs, session: Session<'_>) -> Result<Exit, CommandError> {
    let (_sandbox, target) = if args.sandbox { start_sandbox().map(Option::Some)? } else { None }.unzip();
    let settings = session.resolve(&Overrides {
        ttl: args.ttl,
        sub: args.sub.clone(),
        jti: args.jti.then_some(true),
        claims: args.claims.clone(),
        sandbox: target,
        ..session.overrides()
    })?;
    let token = Minter::new(settings.credentials()?, session.context)?.mint(clock::now())?;
    if session.is_json() {
        session.printer.json(&token_json(&token, args.header))?;
    } else {
        let line = Zeroizing::new(if args.header { header(&token) } else { token.jwt.expose_secret().to_owned() });
        session.printer.result(line.as_str())?;
    }
    Ok(Exit::Success)
}

/// The API's header is `auth`, without a scheme.
fn header(token: &Token) -> String {
    format!("auth: {}", token.jwt.expose_secret())
}

fn token_json(token: &Token, with_header: bool) -> Value {
    let mut json = json!({
        "token": token.jwt.expose_secret(),
        "claims": token.claims,
        "expires": token.expires.to_string(),
    });
    if with_header {
        json["header"] = header(token).into();
    }
    json
}

fn inspect_token(token: &SecretString, session: Session<'_>) -> Result<Exit, CommandError> {
    let settings = session.settings()?;
    let token = read_token(token, session)?;
    let expected = expected(&settings, session);
    let now = clock::now();
    let inspection = inspect(token.expose_secret(), &expected, now)?;
    session.result(inspection_text(&inspection, now), &inspection_json(&inspection, now))?;
    Ok(if inspection.is_acceptable() { Exit::Success } else { Exit::Credentials })
}

/// The token from the command line, or from standard input if it is `-`.
fn read_token(token: &SecretString, session: Session<'_>) -> Result<SecretString, CommandError> {
    if token.expose_secret() != "-" {
        return Ok(token.clone());
    }
    if session.context.stdin_is_terminal {
        session.printer.note("paste the token, then press Enter and Ctrl-D");
    }
    let mut text = Zeroizing::new(Vec::new());
    stdin().lock().take(MAX_TOKEN_SIZE).read_to_end(&mut text).explain("cannot read the token from standard input")?;
    Ok(String::from_utf8_lossy(&text).into_owned().into())
}

/// A token can be decoded without the secret; only its signature then stays unchecked.
fn expected(settings: &Settings, session: Session<'_>) -> Expected {
    Expected::of(settings, session.context).unwrap_or_else(|error| {
        session.printer.warning(format_args!("the signature is not checked: {}", CommandError::from(error)));
        Expected::without_key(settings)
    })
}

fn inspection_text(inspection: &Inspection, now: Timestamp) -> String {
    let mut lines = vec!["Header".to_owned()];
    lines.extend(object_lines(&inspection.header));
    match inspection.encrypted {
        Some(parts) => lines.extend(parts_lines(parts)),
        None => lines.extend(claims_lines(inspection, now)),
    }
    lines.push("Signature".to_owned());
    lines.push(match inspection.signature {
        Signature::Unchecked(why) => format!("  not checked: {why}"),
        checked => format!("  {}", checked.into_str()),
    });
    lines.extend(inspection.notes.iter().map(|note| format!("Note: {note}")));
    lines.push(match inspection.is_acceptable() {
        true => "The platform would accept this token, as far as local checks can tell.".to_owned(),
        false => "The platform would reject this token:".to_owned(),
    });
    lines.extend(inspection.refusals.iter().map(|refusal| format!("  - {}", refusal.message)));
    lines.join("\n")
}

fn claims_lines(inspection: &Inspection, now: Timestamp) -> Vec<String> {
    let issued = inspection.issued_text(now).unwrap_or_else(|| "no iat: time of issue unknown".to_owned());
    let expiry = inspection.expiry_text(now).unwrap_or_else(|| "no exp: never expires".to_owned());
    let mut lines = vec!["Claims".to_owned()];
    lines.extend(object_lines(&inspection.claims));
    lines.push("Time".to_owned());
    lines.extend([time_line(issued, inspection.issued), time_line(expiry, inspection.expires)]);
    lines
}

fn parts_lines(parts: EncryptedParts) -> Vec<String> {
    vec![
        "Parts".to_owned(),
        format!("  encrypted key  {} bytes", parts.encrypted_key),
        format!("  IV             {} bytes", parts.iv),
        format!("  ciphertext     {} bytes: the signed token with its claims", parts.ciphertext),
        format!("  tag            {} bytes", parts.tag),
    ]
}

fn object_lines(object: &Map<String, Value>) -> impl Iterator<Item = String> {
    let width = object.keys().map(|key| key.chars().count()).max().unwrap_or_default();
    object.iter().map(move |(key, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("  {:width$}  {}", printable(key), printable(&value))
    })
}

fn time_line(text: String, time: Option<Timestamp>) -> String {
    match time {
        Some(time) => format!("  {text} ({time})"),
        None => format!("  {text}"),
    }
}

fn inspection_json(inspection: &Inspection, now: Timestamp) -> Value {
    let refusals: Vec<_> = inspection
        .refusals
        .iter()
        .map(|refusal| json!({ "kind": refusal.kind.into_str(), "message": refusal.message }))
        .collect();
    json!({
        "header": inspection.header,
        "claims": inspection.encrypted.is_none().then_some(&inspection.claims),
        "encrypted": inspection.encrypted,
        "issued": inspection.issued,
        "age_seconds": inspection.issued.map(|issued| now.duration_since(issued).as_secs()),
        "expires": inspection.expires,
        "seconds_left": inspection.expires.map(|expires| expires.duration_since(now).as_secs()),
        "signature": inspection.signature.into_str(),
        "acceptable": inspection.is_acceptable(),
        "refusals": refusals,
        "notes": inspection.notes,
    })
}
