//! Compares `config.example.toml` with the keys that exist.

use super::super::file::{ConfigFile, DEFAULT_PROFILE, MAPPING, PROFILES};
use super::super::mapping::{FILTER_KEYS, MAPPING_KEYS, SCORE_KEYS, SKIP_KEYS, TEXT_KEYS};
use super::super::new_file::INITIAL_CONFIG;
use super::super::source_options::FILE_KEYS;
use super::super::{Context, Key, Shown, Source, resolve};
use super::{Written, resolved};
use crate::record::Field;

/// The example with every setting uncommented.
fn uncommented() -> String {
    let is_setting = |line: &str| {
        line.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '['))
    };
    INITIAL_CONFIG.lines().map(|line| if is_setting(line) { &line[1..] } else { line }).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_contains_every_key() {
    let text = uncommented();
    let config: toml::Table = toml::from_str(&text).unwrap();
    assert_eq!(config.keys().collect::<Vec<_>>(), [DEFAULT_PROFILE, MAPPING, PROFILES]);
    let profile = config[PROFILES]["production"].as_table().unwrap();
    for key in Key::ALL {
        assert!(profile.contains_key(key.name()), "{key} is not in the example");
    }
    for key in [Key::Defaults, Key::Columns] {
        for field in Field::BODY {
            assert!(profile[key.name()].get(field.key()).is_some(), "{key}.{field} is not in the example");
        }
    }
    for variable in Key::ALL.iter().filter_map(|key| key.variable()) {
        assert!(text.contains(&variable), "{variable} is not in the example");
    }
}

#[test]
fn the_example_contains_every_mapping_key() {
    let text = uncommented();
    let config: toml::Table = toml::from_str(&text).unwrap();
    let mapping = config[MAPPING]["post-chat"].as_table().unwrap();
    assert!(MAPPING_KEYS.iter().all(|key| mapping.contains_key(*key)));
    let file = mapping["file"].as_table().unwrap();
    assert!(FILE_KEYS.iter().all(|key| file.contains_key(*key)));
    let rules = ["skip", "filter"].map(|kind| mapping[kind].as_array().unwrap());
    let in_rules = |key: &str| rules.iter().copied().flatten().any(|rule| rule.get(key).is_some());
    assert!(SKIP_KEYS.iter().chain(&FILTER_KEYS).all(|key| in_rules(key)));
    let fields = mapping["fields"].as_table().unwrap();
    assert!(Field::BODY.iter().all(|field| fields.contains_key(field.key())));
    let has = |key: &str| fields.values().any(|field| field.get(key).is_some());
    assert!(TEXT_KEYS.iter().all(|key| has(key)));
    let score = |key: &str| fields["score"].get(key).is_some();
    assert!(SCORE_KEYS.iter().all(|key| score(key) || TEXT_KEYS.contains(key)));
}

#[test]
fn the_example_loads_with_each_secret_source() {
    let home = Some(std::path::Path::new("/home/jo"));
    let path = std::path::Path::new("/etc/config.toml");
    assert!(ConfigFile::parse(path, INITIAL_CONFIG, home).is_ok());
    for kept in Key::SECRETS {
        let others: Vec<_> =
            Key::SECRETS.into_iter().filter(|key| *key != kept).map(|key| format!("{key} =")).collect();
        let text = uncommented();
        let lines = text.lines().filter(|line| !others.iter().any(|other| line.starts_with(other)));
        let config = ConfigFile::parse(path, &lines.collect::<Vec<_>>().join("\n"), home).unwrap();
        assert_eq!(config.profiles["production"].layer.secret.as_ref().unwrap().value.key(), kept.name());
    }
}

#[test]
fn the_example_shows_the_defaults() {
    let defaults = resolved("", &[], |_| {});
    let example =
        uncommented().lines().filter(|line| !line.starts_with("client_secret_")).collect::<Vec<_>>().join("\n");
    let home = tempfile::tempdir().unwrap();
    let mut context = Context::with_variables(&[]);
    context.home_directory = Some(home.path().into());
    let config = Written::new(&example);
    let written = resolve(&config.overrides(), &context).unwrap();
    let (written, defaults) = (written.shown(), defaults.shown());
    let is_default = |shown: &&Shown<'_>| shown.source == Some(&Source::Default);
    let compared: Vec<_> = defaults.iter().filter(is_default).collect();
    assert!(compared.len() >= 8, "{compared:?}");
    for default in compared {
        let example = written.iter().find(|shown| shown.key == default.key).unwrap();
        assert_eq!(example.value, default.value, "{}", default.key);
        assert_ne!(example.source, Some(&Source::Default), "{} is not in the example", default.key);
    }
}
