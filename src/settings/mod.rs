//! Resolves the settings: defaults, config, environment and command line, each value with its source. Knows where secrets
//! are but reads none, and knows neither HTTP nor the terminal.
//!
//! `layer` has the table of all settings and the rule that merges them.

mod context;
mod credential;
mod edit;
mod error;
mod file;
mod layer;
mod mapping;
mod mapping_file;
mod new_file;
mod paths;
mod raw;
mod resolve;
mod resolved;
mod shown;
mod source;
mod source_options;
#[cfg(test)]
mod tests;
mod toml_table;
mod value;
mod warning;

pub use context::{Context, Overrides, SandboxTarget, terminal_columns};
pub use credential::{
    Algorithm, ContentEncryption, CredentialSettings, JweSettings, KeyEncryption, KoreClaim, MAX_JTI_TTL, SecretSource,
    SigningKey,
};
pub use edit::{EditError, replace_config, set_in_config};
pub use error::SettingsError;
pub(crate) use error::listed;
pub use layer::Key;
pub use mapping::{MappingConfig, Preset, parse_mapping, preset, presets};
pub use mapping_file::{MappingFile, score_rule};
pub use new_file::{INITIAL_CONFIG, NewFileError, write_initial_config, write_mapping, write_secret};
pub use paths::config_file;
pub use resolve::resolve;
pub use resolved::{Settings, Target};
pub use shown::{Shown, ShownValue};
pub use source::{Source, Sourced};
pub use value::ValueError;
