//! One layer for each source above the config: the environment, the sandbox and the command line.

use super::context::Context;
use super::credential::SecretSource;
use super::error::{SettingsError, convert};
use super::layer::{Claims, Key, Layer};
use super::overrides::{Overrides, SandboxTarget};
use super::raw::{Form, Raw};
use super::source::{Source, Sourced};
use super::value::{self, ValueError};

/// Reads the `KORE_FEEDBACK_*` variables of the keys that need one. The others are ignored, even if they are invalid.
pub(super) fn environment(context: &Context, is_needed: impl Fn(Key) -> bool) -> Result<Layer, SettingsError> {
    Layer::read(|key| {
        let Some(name) = key.variable().filter(|_| is_needed(key)) else { return Ok(None) };
        let text = variable(context, &name)?.filter(|text| key.may_be_empty() || !text.is_empty());
        Ok(text.map(|text| {
            let (base, home) = (context.working_directory.as_path(), context.home_directory.as_deref());
            Sourced::new(Raw { form: Form::Text(text), base, home }, Source::Environment(name))
        }))
    })
}

/// The text of an environment variable, if it is set.
pub(super) fn variable<'a>(context: &'a Context, name: &str) -> Result<Option<&'a str>, SettingsError> {
    let text = |value: &'a std::ffi::OsStr| value.to_str().ok_or_else(|| SettingsError::NotUnicode(name.to_owned()));
    context.variable_os(name).map(text).transpose()
}

/// The layer of a sandbox: it sets the target, and no limits.
pub(super) fn sandbox(target: &SandboxTarget) -> Layer {
    fn set<T>(value: T) -> Option<Sourced<T>> {
        Some(Sourced::new(value, Source::Sandbox))
    }
    Layer {
        host: set(target.host.clone()),
        bot_id: set(target.bot_id.clone()),
        client_id: set(target.client_id.clone()),
        secret: set(SecretSource::Inline(target.client_secret.clone())),
        limits: set(Vec::new()),
        ..Layer::default()
    }
}

/// The layer of the command line.
pub(super) fn arguments(given: &Overrides) -> Result<Layer, SettingsError> {
    let limits_option = match given.limits.as_deref() {
        Some([]) => "--no-rate-limit",
        _ => "--rate-limit",
    };
    Ok(Layer {
        subject: argument(Key::Subject, "--sub", given.sub.as_deref(), value::text)?,
        token_ttl: argument(Key::TokenTtl, "--ttl", given.ttl, value::token_ttl)?,
        jti: argument(Key::Jti, "--jti", given.jti, Ok)?,
        claims: claims(given)?,
        limits: argument(Key::Limits, limits_option, given.limits.clone(), Ok)?,
        concurrency: argument(Key::Concurrency, "--concurrency", given.concurrency, value::checked_concurrency)?,
        timeout: argument(Key::Timeout, "--timeout", given.timeout, value::positive)?,
        ..Layer::default()
    })
}

fn argument<T, V>(
    key: Key,
    option: &'static str,
    given: Option<T>,
    check: impl FnOnce(T) -> Result<V, ValueError>,
) -> Result<Option<Sourced<V>>, SettingsError> {
    given.map(|given| convert(key.name(), Sourced::new(given, Source::Argument(option)), check)).transpose()
}

fn claims(given: &Overrides) -> Result<Claims, SettingsError> {
    let claim = |(name, claim): &(String, serde_json::Value)| {
        let claim = Sourced::new(claim.clone(), Source::Argument("--claim"));
        let checked = convert(Key::Claims.name(), claim, |claim| value::claim_name(name).map(|()| claim))?;
        Ok((name.clone(), checked))
    };
    given.claims.iter().map(claim).collect()
}
