//! What stands below the arguments, and who of them all says a value first.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::Context;
use super::choice::{ChosenConfig, variable};
use super::credential::{DEFAULT_SUBJECT, DEFAULT_TOKEN_TTL, SecretSource};
use super::error::SettingsError;
use super::file::ProfileConfig;
use super::key::Key;
use super::overrides::{Overrides, SandboxTarget};
use super::resolved::{DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT, FieldTexts, default_limits};
use super::source::{Source, Sourced};
use super::table::Written;
use super::value::{self, ValueError};
use crate::pacing::Limit;
use crate::record::Field;

/// What stands below the arguments.
#[derive(Clone)]
pub(super) struct Layers<'a> {
    pub(super) context: Option<&'a Context>,
    pub(super) profile: Option<ChosenConfig<'a>>,
}

impl<'a> Layers<'a> {
    /// The first who says it: argument, environment, profile.
    pub(super) fn pick<T: Clone + 'a>(
        &self,
        key: Key,
        argument: Option<Sourced<T>>,
        read: impl FnOnce(&str) -> Result<T, ValueError>,
        written: impl FnOnce(&'a ProfileConfig) -> Option<&'a Written<T>>,
    ) -> Result<Option<Sourced<T>>, SettingsError> {
        if argument.is_some() {
            return Ok(argument);
        }
        if let Some((text, source)) = self.variable(key)? {
            return read_sourced(key, text, source, read).map(Some);
        }
        let profile = self.profile.as_ref();
        let found = profile.and_then(|profile| Some((profile, written(profile.written)?)));
        Ok(found.map(|(profile, written)| Sourced::new(written.value.clone(), profile.source(written.line))))
    }

    fn variable(&self, key: Key) -> Result<Option<(&'a str, Source)>, SettingsError> {
        let (Some(context), Some(name)) = (self.context, key.variable()) else { return Ok(None) };
        let text = variable(context, name)?.filter(|text| key.may_be_empty() || !text.is_empty());
        Ok(text.map(|text| (text, Source::Environment(name))))
    }

    pub(super) fn host(&self, overrides: &Overrides) -> Result<Option<Sourced<url::Url>>, SettingsError> {
        if let Some(sandbox) = &overrides.sandbox {
            return Ok(Some(Sourced::new(sandbox.host.clone(), Source::Sandbox)));
        }
        let argument = read_argument(Key::Host, overrides.host.as_deref(), "--host", value::host)?;
        self.pick(Key::Host, argument, value::host, |profile| profile.host.as_ref())
    }

    pub(super) fn bot_id(&self, overrides: &Overrides) -> Result<Option<Sourced<String>>, SettingsError> {
        if let Some(sandbox) = &overrides.sandbox {
            return Ok(Some(Sourced::new(sandbox.bot_id.clone(), Source::Sandbox)));
        }
        let argument = read_argument(Key::BotId, overrides.bot_id.as_deref(), "--bot-id", value::path_id)?;
        self.pick(Key::BotId, argument, value::path_id, |profile| profile.bot_id.as_ref())
    }

    pub(super) fn path(
        &self,
        key: Key,
        written: impl FnOnce(&'a ProfileConfig) -> Option<&'a Written<PathBuf>>,
    ) -> Result<Option<Sourced<PathBuf>>, SettingsError> {
        self.pick(key, None, |text| self.expand(text), written)
    }

    /// A path that a variable holds starts at the working directory.
    fn expand(&self, text: &str) -> Result<PathBuf, ValueError> {
        let home = self.context.and_then(|context| context.home_directory.as_deref());
        let base = self.context.map_or(Path::new(""), |context| &context.working_directory);
        value::path(text, base, home)
    }

    pub(super) fn secret(
        &self,
        sandbox: Option<&SandboxTarget>,
    ) -> Result<Option<Sourced<SecretSource>>, SettingsError> {
        if let Some(sandbox) = sandbox {
            let secret = SecretSource::Inline(sandbox.client_secret.clone());
            return Ok(Some(Sourced::new(secret, Source::Sandbox)));
        }
        let inline = self.variable(Key::ClientSecret)?;
        let file = self.variable(Key::ClientSecretFile)?;
        let set = match (inline, file) {
            (Some((_, Source::Environment(first))), Some((_, Source::Environment(second)))) => {
                return Err(SettingsError::Twice { place: Source::Environment(second), first, second });
            }
            (Some((text, source)), _) => Some(Sourced::new(SecretSource::Inline(text.into()), source)),
            (None, Some((text, source))) => Some(read_sourced(Key::ClientSecretFile, text, source, |text| {
                self.expand(text).map(SecretSource::File)
            })?),
            (None, None) => None,
        };
        self.pick(Key::ClientSecretCommand, set, |_| Err(ValueError::NoProgram), |profile| profile.secret.as_ref())
    }

    pub(super) fn subject(&self, overrides: &Overrides) -> Result<Sourced<String>, SettingsError> {
        let argument = read_argument(Key::Subject, overrides.sub.as_deref(), "--sub", value::text)?;
        let said = self.pick(Key::Subject, argument, value::text, |profile| profile.subject.as_ref())?;
        Ok(said.unwrap_or_else(|| Sourced::default_of(DEFAULT_SUBJECT.to_owned())))
    }

    pub(super) fn token_ttl(&self, overrides: &Overrides) -> Result<Sourced<Duration>, SettingsError> {
        let argument = checked_argument(Key::TokenTtl, overrides.ttl, "--ttl", value::checked_ttl)?;
        let said = self.pick(Key::TokenTtl, argument, value::token_ttl, |profile| profile.token_ttl.as_ref())?;
        Ok(said.unwrap_or_else(|| Sourced::default_of(DEFAULT_TOKEN_TTL)))
    }

    pub(super) fn jti(&self, overrides: &Overrides) -> Result<Sourced<bool>, SettingsError> {
        let argument = overrides.jti.map(|jti| Sourced::new(jti, Source::Argument("--jti")));
        let said = self.pick(Key::Jti, argument, value::boolean, |profile| profile.jti.as_ref())?;
        Ok(said.unwrap_or_else(|| Sourced::default_of(false)))
    }

    /// The profile's claims, each replaced by the argument of its name, and then the other arguments.
    pub(super) fn claims(&self, overrides: &Overrides) -> Result<Vec<(String, Sourced<Value>)>, SettingsError> {
        let mut claims: Vec<(String, Sourced<Value>)> = Vec::new();
        if let Some(profile) = &self.profile {
            let written = profile.written.claims.iter();
            claims
                .extend(written.map(|(name, claim)| {
                    (name.clone(), Sourced::new(claim.value.clone(), profile.source(claim.line)))
                }));
        }
        for (name, value) in &overrides.claims {
            let source = Source::Argument("--claim");
            value::claim_name(name).map_err(|problem| wrong(Key::Claims, source.clone(), problem))?;
            let claim = Sourced::new(value.clone(), source);
            match claims.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = claim,
                None => claims.push((name.clone(), claim)),
            }
        }
        Ok(claims)
    }

    pub(super) fn limits(&self, overrides: &Overrides) -> Result<Sourced<Vec<Limit>>, SettingsError> {
        let option = |limits: &[Limit]| if limits.is_empty() { "--no-rate-limit" } else { "--rate-limit" };
        let argument =
            overrides.limits.clone().map(|limits| Sourced::new(limits.clone(), Source::Argument(option(&limits))));
        let said = self.pick(Key::Limits, argument, value::limits, |profile| profile.limits.as_ref())?;
        Ok(said.unwrap_or_else(|| match overrides.sandbox {
            Some(_) => Sourced::new(Vec::new(), Source::Sandbox),
            None => Sourced::default_of(default_limits()),
        }))
    }

    pub(super) fn concurrency(&self, overrides: &Overrides) -> Result<Sourced<NonZeroUsize>, SettingsError> {
        let argument =
            checked_argument(Key::Concurrency, overrides.concurrency, "--concurrency", value::checked_concurrency)?;
        let said = self.pick(Key::Concurrency, argument, value::concurrency, |profile| profile.concurrency.as_ref())?;
        Ok(said.unwrap_or_else(|| Sourced::default_of(DEFAULT_CONCURRENCY)))
    }

    pub(super) fn timeout(&self, overrides: &Overrides) -> Result<Sourced<Duration>, SettingsError> {
        let argument = checked_argument(Key::Timeout, overrides.timeout, "--timeout", value::checked_duration)?;
        let said = self.pick(Key::Timeout, argument, value::duration, |profile| profile.timeout.as_ref())?;
        Ok(said.unwrap_or_else(|| Sourced::default_of(DEFAULT_TIMEOUT)))
    }

    pub(super) fn fields(
        &self,
        written: impl FnOnce(&'a ProfileConfig) -> &'a BTreeMap<Field, Written<String>>,
    ) -> FieldTexts {
        let Some(profile) = &self.profile else { return FieldTexts::default() };
        let written = written(profile.written).iter();
        FieldTexts::new(
            written.map(|(field, text)| (*field, Sourced::new(text.value.clone(), profile.source(text.line)))),
        )
    }
}

pub(super) fn wrong(key: Key, place: Source, problem: ValueError) -> SettingsError {
    SettingsError::Value { key: key.name().to_owned(), place, problem }
}

fn read_sourced<T>(
    key: Key,
    text: &str,
    source: Source,
    read: impl FnOnce(&str) -> Result<T, ValueError>,
) -> Result<Sourced<T>, SettingsError> {
    match read(text) {
        Ok(value) => Ok(Sourced::new(value, source)),
        Err(problem) => Err(wrong(key, source, problem)),
    }
}

fn read_argument<T>(
    key: Key,
    text: Option<&str>,
    option: &'static str,
    read: impl FnOnce(&str) -> Result<T, ValueError>,
) -> Result<Option<Sourced<T>>, SettingsError> {
    text.map(|text| read_sourced(key, text, Source::Argument(option), read)).transpose()
}

fn checked_argument<T>(
    key: Key,
    value: Option<T>,
    option: &'static str,
    check: impl FnOnce(T) -> Result<T, ValueError>,
) -> Result<Option<Sourced<T>>, SettingsError> {
    let source = Source::Argument(option);
    value
        .map(|value| match check(value) {
            Ok(value) => Ok(Sourced::new(value, source)),
            Err(problem) => Err(wrong(key, source, problem)),
        })
        .transpose()
}
