//! The settings as people are shown them: every value with its source, and no secret.

use serde_json::Value;

use super::credential::SecretSource;
use super::key::{Key, MAPPING};
use super::resolved::Settings;
use super::source::{Source, Sourced};
use crate::pacing::duration_text;

/// One setting, to be shown.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    /// The key, with the field or claim below it: `defaults.score`.
    pub key: String,
    /// Its value.
    pub value: ShownValue,
    /// Where it was said; `None` where nobody says anything and there is no default.
    pub source: Option<&'a Source>,
}

/// A setting's value, as far as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub enum ShownValue {
    /// A value for everybody's eyes.
    Open(Value),
    /// There is a secret, and this is the config's key of its kind.
    Secret(Key),
    /// There is nothing.
    Unset,
}

impl Settings {
    /// Where the config is or would be, and whether it is there.
    pub fn config(&self) -> Option<(&Sourced<std::path::PathBuf>, bool)> {
        self.config.as_ref().map(|path| (path, self.config_exists))
    }

    /// Everything that was resolved, in the order of the config's documentation.
    pub fn shown(&self) -> Vec<Shown<'_>> {
        let mut shown = vec![
            optional("config", self.config.as_ref(), |path| path.display().to_string().into()),
            optional("profile", self.profile.as_ref(), |name| name.as_str().into()),
            optional("state_dir", self.state_dir.as_ref(), |path| path.display().to_string().into()),
        ];
        shown.extend(self.shown_target());
        shown.extend(self.shown_credentials());
        shown.extend(self.shown_delivery());
        for (key, fields) in [(Key::Defaults, &self.defaults), (Key::Columns, &self.columns)] {
            shown.extend(fields.iter().map(|(field, text, source)| Shown {
                key: format!("{key}.{field}"),
                value: ShownValue::Open(text.into()),
                source: Some(source),
            }));
        }
        shown.extend(self.shown_mappings());
        shown
    }

    /// Each mapping with the fields that it speaks of, and the preset that it builds on.
    fn shown_mappings(&self) -> impl Iterator<Item = Shown<'_>> {
        self.mappings.iter().flat_map(|(name, mapping)| {
            let fields = mapping.value.description.fields.keys().map(|field| field.key());
            let of_fields = Shown {
                key: format!("{MAPPING}.{name}.fields"),
                value: ShownValue::Open(fields.collect()),
                source: Some(&mapping.source),
            };
            let of_preset = mapping.value.preset.as_ref().map(|(preset, source)| Shown {
                key: format!("{MAPPING}.{name}.preset"),
                value: ShownValue::Open(preset.as_str().into()),
                source: Some(source),
            });
            std::iter::once(of_fields).chain(of_preset)
        })
    }

    fn shown_target(&self) -> [Shown<'_>; 3] {
        [
            optional(Key::Host.name(), self.host.as_ref(), |host| host.as_str().trim_end_matches('/').into()),
            optional(Key::BotId.name(), self.bot_id.as_ref(), |id| id.as_str().into()),
            open(Key::ApiVersion, &self.api_version, |version| version.as_str().into()),
        ]
    }

    fn shown_credentials(&self) -> Vec<Shown<'_>> {
        let mut shown = vec![
            optional(Key::ClientId.name(), self.client_id.as_ref(), |id| id.as_str().into()),
            secret(self.secret.as_ref()),
            open(Key::Algorithm, &self.algorithm, |algorithm| algorithm.name().into()),
            optional(Key::PrivateKeyFile.name(), self.private_key_file.as_ref(), |path| {
                path.display().to_string().into()
            }),
            open(Key::Subject, &self.subject, |subject| subject.as_str().into()),
            open(Key::TokenTtl, &self.token_ttl, |ttl| duration_text(*ttl).into()),
            open(Key::Jti, &self.jti, |jti| (*jti).into()),
        ];
        shown.extend(self.claims.iter().map(|(name, claim)| Shown {
            key: format!("{}.{name}", Key::Claims),
            value: ShownValue::Open(claim.value.clone()),
            source: Some(&claim.source),
        }));
        shown
    }

    fn shown_delivery(&self) -> [Shown<'_>; 4] {
        let delivery = &self.delivery;
        [
            open(Key::Limits, &delivery.limits, |limits| limits.iter().map(ToString::to_string).collect()),
            open(Key::Concurrency, &delivery.concurrency, |calls| calls.get().into()),
            open(Key::Timeout, &delivery.timeout, |timeout| duration_text(*timeout).into()),
            optional(Key::CaFile.name(), delivery.ca_file.as_ref(), |path| path.display().to_string().into()),
        ]
    }
}

fn open<'a, T>(key: Key, said: &'a Sourced<T>, show: impl FnOnce(&T) -> Value) -> Shown<'a> {
    optional(key.name(), Some(said), show)
}

fn optional<'a, T>(key: &str, said: Option<&'a Sourced<T>>, show: impl FnOnce(&T) -> Value) -> Shown<'a> {
    Shown {
        key: key.to_owned(),
        value: said.map_or(ShownValue::Unset, |said| ShownValue::Open(show(&said.value))),
        source: said.map(|said| &said.source),
    }
}

fn secret(said: Option<&Sourced<SecretSource>>) -> Shown<'_> {
    Shown {
        key: Key::ClientSecret.name().to_owned(),
        value: said.map_or(ShownValue::Unset, |said| ShownValue::Secret(said.value.key())),
        source: said.map(|said| &said.source),
    }
}
