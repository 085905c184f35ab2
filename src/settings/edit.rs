//! Changes one value of the config, and keeps everything else: comments, order and spacing.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, Value};

use super::context::Context;
use super::error::SettingsError;
use super::file::{ConfigFile, DEFAULT_PROFILE, PROFILES};
use crate::error::Advice;

/// Why the config was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The result would not be a valid config.
    #[error("{key} was not changed: {reason}")]
    Invalid {
        /// The key, as given.
        key: String,
        /// What is wrong with the value.
        reason: String,
    },
    /// There are several profiles, or none.
    #[error("which profile is to be changed?")]
    NoProfile,
    /// The file cannot be read or written.
    #[error("cannot change the config {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

impl Advice for EditError {
    fn hint(&self) -> Option<String> {
        matches!(self, Self::NoProfile).then(|| "name it with --profile".to_owned())
    }
}

/// The text of a config with one value changed. `key` is a key of a profile, such as `host` or `defaults.channel`, or
/// `default_profile`. The result is a valid config.
///
/// # Errors
/// [`EditError`]; the text is not changed then.
pub fn set_in_config(
    text: &str,
    path: &Path,
    profile: Option<&str>,
    key: &str,
    value: &str,
    context: &Context,
) -> Result<String, EditError> {
    let invalid = |reason: String| EditError::Invalid { key: key.to_owned(), reason };
    let document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| invalid(error.message().to_owned()))?;
    let profile = if key == DEFAULT_PROFILE { None } else { Some(profile_of(&document, profile)?) };
    let keys: Vec<&str> = match &profile {
        Some(profile) => [PROFILES, profile].into_iter().chain(key.split('.')).collect(),
        None => vec![key],
    };
    // As TOML (numbers, lists) if that is valid for the key, otherwise as text.
    let as_toml = value.trim().parse::<Value>().ok();
    let as_text = Value::from(value);
    let mut reason = String::new();
    for value in as_toml.into_iter().chain([as_text]) {
        let mut changed = document.clone();
        if let Err(problem) = set(changed.as_table_mut(), &keys, value) {
            return Err(invalid(problem));
        }
        let changed = changed.to_string();
        match ConfigFile::parse(path, &changed, context.home_directory.as_deref()) {
            Ok(_) => return Ok(changed),
            Err(error) => reason = reason_of(&error),
        }
    }
    Err(invalid(reason))
}

/// Without the line, which is one of a file that was not written.
fn reason_of(error: &SettingsError) -> String {
    let text = error.to_string();
    text.split_once(": ").map_or_else(|| text.clone(), |(_, reason)| reason.to_owned())
}

fn profile_of(document: &DocumentMut, given: Option<&str>) -> Result<String, EditError> {
    let names: Vec<&str> = document
        .get(PROFILES)
        .and_then(Item::as_table_like)
        .into_iter()
        .flat_map(|t| t.iter())
        .map(|(name, _)| name)
        .collect();
    let default = document.get(DEFAULT_PROFILE).and_then(Item::as_str);
    match (given.or(default), &names[..]) {
        (Some(name), _) => Ok(name.to_owned()),
        (None, [only]) => Ok((*only).to_owned()),
        (None, []) => Ok("production".to_owned()),
        (None, _) => Err(EditError::NoProfile),
    }
}

fn set(table: &mut Table, keys: &[&str], mut value: Value) -> Result<(), String> {
    let (last, tables) = keys.split_last().ok_or("no key")?;
    let mut table = table;
    for name in tables {
        let item = table.entry(name).or_insert_with(|| {
            let mut new = Table::new();
            new.set_implicit(*name == PROFILES);
            Item::Table(new)
        });
        table = item.as_table_mut().ok_or_else(|| format!("{name} is not a table"))?;
    }
    if let Some(old) = table.get(last).and_then(Item::as_value) {
        *value.decor_mut() = old.decor().clone();
    }
    table.insert(last, Item::Value(value));
    Ok(())
}

/// Replaces the config as a whole or not at all; only its owner can read it.
///
/// # Errors
/// [`EditError::Io`]; the file is then as it was.
pub fn replace_config(path: &Path, text: &str) -> Result<(), EditError> {
    let failed = |source| EditError::Io { path: path.to_owned(), source };
    // A link stays a link.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let directory = target.parent().unwrap_or(Path::new("."));
    // tempfile creates files with mode 0600.
    let mut file = tempfile::Builder::new().prefix(".config-").tempfile_in(directory).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::set_in_config;
    use crate::settings::Context;

    fn changed(text: &str, profile: Option<&str>, key: &str, value: &str) -> Result<String, String> {
        let context = Context::with_variables(&[]);
        set_in_config(text, Path::new("/c.toml"), profile, key, value, &context).map_err(|error| error.to_string())
    }

    #[test]
    fn a_change_keeps_everything_else() {
        let text = "# mine\n[profiles.a] # first\nhost = \"https://x.example\" # old\n\n[profiles.b]\njti = true\n";
        let expected = "# mine\n[profiles.a] # first\nhost = \"https://y.example\" # old\n\n[profiles.b]\njti = true\n";
        assert_eq!(changed(text, Some("a"), "host", "https://y.example").unwrap(), expected);
        assert!(changed(text, None, "host", "https://y.example").unwrap_err().contains("which profile"));
        let with_limits = changed(text, Some("b"), "limits", "[\"5/1m\"]").unwrap();
        assert!(with_limits.ends_with("[profiles.b]\njti = true\nlimits = [\"5/1m\"]\n"), "{with_limits}");
        let with_default = changed("", None, "defaults.channel", "rtm").unwrap();
        assert!(with_default.contains("[profiles.production.defaults]\nchannel = \"rtm\""), "{with_default}");
    }

    #[test]
    fn an_invalid_value_changes_nothing() {
        for (key, value) in
            [("host", "bots"), ("zebra", "1"), ("concurrency", "many"), ("host.x", "1"), ("default_profile", "z")]
        {
            assert!(changed("[profiles.a]\nhost = \"https://x.example\"\n", None, key, value).is_err(), "{key}");
        }
    }
}
