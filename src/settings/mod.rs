//! What was configured, resolved: defaults ← file ← environment ← arguments, each value with where it came from.
//! Says where secrets are and reads none; knows neither HTTP nor the terminal.

mod choice;
mod context;
mod credential;
mod error;
mod file;
mod initial;
mod key;
mod layers;
mod mapping;
mod mapping_text;
mod merge;
mod overrides;
mod paths;
mod preset;
mod resolved;
mod shown;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod warning;

pub use context::Context;
pub use credential::{
    Algorithm, CredentialSettings, DEFAULT_SUBJECT, DEFAULT_TOKEN_TTL, MAX_JTI_TTL, SecretSource, SigningKey,
};
pub use error::SettingsError;
pub use initial::{INITIAL_CONFIG, InitialConfigError, write_initial_config};
pub use key::{CONFIG_VARIABLE, DEFAULT_PROFILE, Key, MAPPING, PROFILE_VARIABLE, PROFILES, STATE_DIR_VARIABLE};
pub use mapping::{MappingConfig, parse_mapping};
pub use mapping_text::{MappingFileError, MappingText, write_mapping};
pub use merge::resolve;
pub use overrides::{Overrides, SandboxTarget};
pub use paths::config_file;
pub use preset::{Preset, preset, presets};
pub use resolved::{
    DEFAULT_API_VERSION, DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT, DeliverySettings, Settings, Target, default_limits,
};
pub use shown::{Shown, ShownValue};
pub use source::{Source, Sourced};
pub use value::ValueError;
