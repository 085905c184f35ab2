//! Settings as they are shown: every value with its source, and no secret.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::credential::{Algorithm, ContentEncryption, KeyEncryption, KoreClaim, SecretSource};
use super::source::{Source, Sourced};
use crate::pacing::{Limit, duration_text};

/// One setting as it is shown.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    /// The key, followed by the field or claim: `defaults.score`.
    pub key: String,
    /// The value, unless it is secret.
    pub value: ShownValue,
    /// What set it; `None` if nothing did and there is no default.
    pub source: Option<&'a Source>,
}

/// What may be shown of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum ShownValue {
    /// The value itself.
    Open(Value),
    /// A secret is set, by this variable or config key.
    Secret(String),
    /// No value.
    Unset,
}

/// A setting that can be shown.
pub(super) trait Show {
    fn shown(&self, key: &str) -> Shown<'_>;
}

impl<T: ToJson> Show for Sourced<T> {
    fn shown(&self, key: &str) -> Shown<'_> {
        Shown { key: key.to_owned(), value: ShownValue::Open(self.value.to_json()), source: Some(&self.source) }
    }
}

impl Show for Sourced<SecretSource> {
    fn shown(&self, key: &str) -> Shown<'_> {
        let origin = self.source.name_of(self.value.key()).to_owned();
        Shown { key: key.to_owned(), value: ShownValue::Secret(origin), source: Some(&self.source) }
    }
}

impl<T: Show> Show for Option<T> {
    fn shown(&self, key: &str) -> Shown<'_> {
        let unset = || Shown { key: key.to_owned(), value: ShownValue::Unset, source: None };
        self.as_ref().map_or_else(unset, |value| value.shown(key))
    }
}

/// A value that is not secret.
pub(super) trait ToJson {
    fn to_json(&self) -> Value;
}

macro_rules! to_json {
    ($($type:ty => |$value:ident| $json:expr;)+) => {
        $(impl ToJson for $type {
            fn to_json(&self) -> Value {
                let $value = self;
                $json.into()
            }
        })+
    };
}

to_json! {
    Value => |json| json.clone();
    String => |text| text.as_str();
    Url => |url| url.as_str().trim_end_matches('/');
    PathBuf => |path| path.display().to_string();
    Duration => |duration| duration_text(*duration);
    bool => |truth| *truth;
    NonZeroUsize => |number| number.get();
    Algorithm => |algorithm| algorithm.name();
    KeyEncryption => |algorithm| <&str>::from(*algorithm);
    ContentEncryption => |algorithm| <&str>::from(*algorithm);
    Vec<KoreClaim> => |claims| claims.iter().map(|claim| <&str>::from(*claim)).collect::<Vec<_>>();
    Vec<Limit> => |limits| limits.iter().map(ToString::to_string).collect::<Vec<_>>();
}
