//! What holds in the end, and what is refused where.

use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::json;

use super::file::ConfigFile;
use super::key::{DEFAULT_PROFILE, PROFILES};
use super::{
    Algorithm, Context, INITIAL_CONFIG, Key, Overrides, SandboxTarget, SecretSource, Settings, SettingsError, Shown,
    SigningKey, Source, resolve,
};
use crate::error::Advice;
use crate::record::Field;

const FULL: &str = r#"
[profiles.prod]
host = "https://bots.kore.ai"
bot_id = "st-1"
client_id = "cs-1"
client_secret = "from-the-config"
"#;

/// A config in a directory of its own.
struct Written {
    directory: tempfile::TempDir,
}

impl Written {
    fn new(text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("config.toml"), text).unwrap();
        Self { directory }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("config.toml")
    }

    fn overrides(&self) -> Overrides {
        Overrides { config: Some(self.path()), ..Overrides::default() }
    }

    fn resolve(&self) -> Result<Settings, SettingsError> {
        resolve(&self.overrides(), &Context::with_variables(&[]))
    }
}

fn resolved(text: &str, variables: &[(&str, &str)], change: impl FnOnce(&mut Overrides)) -> Settings {
    let config = Written::new(text);
    let mut overrides = config.overrides();
    change(&mut overrides);
    resolve(&overrides, &Context::with_variables(variables)).unwrap()
}

/// The error of a config, with `FILE` for where it is.
fn refused(text: &str) -> String {
    let config = Written::new(text);
    let error = config.resolve().unwrap_err();
    error.to_string().replace(&config.path().display().to_string(), "FILE")
}

fn in_profile(lines: &str) -> String {
    refused(&format!("[profiles.prod]\n{lines}"))
}

#[test]
fn arguments_come_before_the_environment_the_profile_and_the_defaults() {
    let text = format!("{FULL}timeout = \"1s\"\nsubject = \"profile\"\n");
    let settings = resolved(&text, &[], |_| {});
    assert_eq!(settings.delivery().timeout.value, Duration::from_secs(1));
    assert!(matches!(&settings.delivery().timeout.source, Source::Profile { name, line: 7, .. } if &**name == "prod"));
    assert_eq!(settings.delivery().concurrency.source, Source::Default);

    let variables = [("KORE_FEEDBACK_TIMEOUT", "2s"), ("KORE_FEEDBACK_HOST", "http://localhost:1")];
    let settings = resolved(&text, &variables, |_| {});
    assert_eq!(settings.delivery().timeout.value, Duration::from_secs(2));
    assert_eq!(settings.delivery().timeout.source, Source::Environment("KORE_FEEDBACK_TIMEOUT"));
    assert_eq!(settings.target().unwrap().host.as_str(), "http://localhost:1/");

    let settings = resolved(&text, &variables, |overrides| overrides.timeout = Some(Duration::from_secs(3)));
    assert_eq!(settings.delivery().timeout.value, Duration::from_secs(3));
    assert_eq!(settings.delivery().timeout.source, Source::Argument("--timeout"));
}

#[test]
fn no_file_is_needed_at_all() {
    let context = Context::with_variables(&[
        ("KORE_FEEDBACK_HOST", "https://bots.kore.ai"),
        ("KORE_FEEDBACK_BOT_ID", "st-1"),
        ("KORE_FEEDBACK_API_VERSION", ""),
        ("KORE_FEEDBACK_CLIENT_ID", "cs-1"),
        ("KORE_FEEDBACK_CLIENT_SECRET", "s3cr3t"),
        ("KORE_FEEDBACK_ALGORITHM", "hs512"),
        ("KORE_FEEDBACK_SUBJECT", ""),
        ("KORE_FEEDBACK_TOKEN_TTL", "1h"),
        ("KORE_FEEDBACK_JTI", "true"),
        ("KORE_FEEDBACK_LIMITS", ""),
        ("KORE_FEEDBACK_CONCURRENCY", "9"),
        ("KORE_FEEDBACK_CA_FILE", "/ca.pem"),
        ("KORE_FEEDBACK_STATE_DIR", "/state"),
    ]);
    let settings = resolve(&Overrides::default(), &context).unwrap();
    assert_eq!(settings.target().unwrap().api_version, "");
    let credentials = settings.credentials().unwrap();
    assert_eq!(credentials.algorithm.value, Algorithm::Hs512);
    assert_eq!(credentials.subject.source, Source::Default);
    assert_eq!(credentials.token_ttl.value, Duration::from_secs(3_600));
    assert!(credentials.jti.value);
    assert_eq!(settings.delivery().limits.value, []);
    assert_eq!(settings.delivery().concurrency.value.get(), 9);
    assert_eq!(settings.delivery().ca_file.as_ref().unwrap().value, PathBuf::from("/ca.pem"));
    assert_eq!(settings.state_dir().unwrap(), PathBuf::from("/state"));
    assert_eq!(settings.profile(), None);
    assert_eq!(settings.warnings(), [] as [String; 0]);
}

#[test]
fn the_environments_secret_beats_the_profiles() {
    let key = |variables: &[(&str, &str)]| match resolved(FULL, variables, |_| {}).credentials().unwrap().key {
        SigningKey::Secret(secret) => secret,
        SigningKey::PrivateKey(_) => panic!("HS256 signs with the secret"),
    };
    assert!(matches!(key(&[]).source, Source::Profile { line: 6, .. }));
    assert_eq!(key(&[("KORE_FEEDBACK_CLIENT_SECRET", "s")]).source, Source::Environment("KORE_FEEDBACK_CLIENT_SECRET"));
    let file = key(&[("KORE_FEEDBACK_CLIENT_SECRET_FILE", "/secret")]);
    assert!(matches!(file.value, SecretSource::File(path) if path.as_os_str() == "/secret"));
    assert!(matches!(key(&[("KORE_FEEDBACK_CLIENT_SECRET", "")]).source, Source::Profile { .. }));
}

#[test]
fn the_profile_is_named_or_the_default_or_the_only_one() {
    let two = "default_profile = \"b\"\n[profiles.a]\n[profiles.b]\n";
    assert_eq!(resolved(FULL, &[], |_| {}).profile(), Some("prod"));
    assert_eq!(resolved(two, &[], |_| {}).profile(), Some("b"));
    assert_eq!(resolved(two, &[("KORE_FEEDBACK_PROFILE", "a")], |_| {}).profile(), Some("a"));
    let named = |overrides: &mut Overrides| overrides.profile = Some("b".to_owned());
    assert_eq!(resolved(two, &[("KORE_FEEDBACK_PROFILE", "a")], named).profile(), Some("b"));
    let undecided = resolved("[profiles.a]\n[profiles.b]\n", &[], |_| {});
    assert_eq!(undecided.profile(), None);
    let hint = undecided.target().unwrap_err().hint().unwrap();
    assert!(hint.starts_with("choose a profile with --profile: a, b"), "{hint}");
}

#[test]
fn a_profile_that_does_not_exist_is_named_with_its_nearest_and_all_others() {
    let config = Written::new(FULL);
    let overrides = Overrides { profile: Some("pord".into()), ..config.overrides() };
    let error = resolve(&overrides, &Context::with_variables(&[])).unwrap_err();
    let path = config.path().display().to_string();
    assert_eq!(error.to_string(), format!("--profile: there is no profile \"pord\" in {path}, did you mean \"prod\"?"));
    assert_eq!(error.hint().unwrap(), "the config has prod");
    assert_eq!(
        refused("default_profile = \"pord\"\n[profiles.prod]\n"),
        "FILE:1: there is no profile \"pord\", did you mean \"prod\"?"
    );
}

#[test]
fn a_missing_config_is_an_error_only_when_it_was_asked_for() {
    let nowhere = Context::with_variables(&[]);
    assert!(resolve(&Overrides::default(), &nowhere).is_ok());
    let config = Some(PathBuf::from("/nowhere/config.toml"));
    let error = resolve(&Overrides { config, ..Overrides::default() }, &nowhere).unwrap_err();
    assert_eq!(error.to_string(), "--config: there is no config at /nowhere/config.toml");
    let named = Context::with_variables(&[("KORE_FEEDBACK_CONFIG", "/nowhere/config.toml")]);
    let error = resolve(&Overrides::default(), &named).unwrap_err();
    assert_eq!(error.to_string(), "KORE_FEEDBACK_CONFIG: there is no config at /nowhere/config.toml");
    let profile = Some("prod".to_owned());
    let error = resolve(&Overrides { profile, ..Overrides::default() }, &nowhere).unwrap_err();
    assert_eq!(error.to_string(), "--profile: there is no profile \"prod\", for there is no config");
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_the_nearest_right_one() {
    let config = Written::new("[profiles.prod]\nhost = \"https://a.b\"\ncleint_id = \"cs-1\"\n");
    let error = config.resolve().unwrap_err();
    assert!(error.hint().unwrap().starts_with("[profiles.prod] takes host, bot_id,"));
    assert_eq!(
        in_profile("\ncleint_id = 1"),
        "FILE:3: unknown key \"cleint_id\" in [profiles.prod], did you mean \"client_id\"?"
    );
    assert_eq!(
        refused("defualt_profile = 1"),
        "FILE:1: unknown key \"defualt_profile\" in the config, did you mean \"default_profile\"?"
    );
    assert_eq!(
        in_profile("[profiles.prod.defaults]\nscroe = 1"),
        "FILE:3: unknown key \"scroe\" in [profiles.prod.defaults], did you mean \"score\"?"
    );
    assert_eq!(
        in_profile("[profiles.prod.columns]\nzebra = \"\""),
        "FILE:3: unknown key \"zebra\" in [profiles.prod.columns]"
    );
}

#[test]
fn a_wrong_value_is_named_with_file_line_and_key() {
    for (lines, expected) in [
        ("host = 1", "FILE:2: host must be a string in quotes, and is a whole number"),
        (
            "host = \"http://bots.kore.ai\"",
            "FILE:2: host \"http://bots.kore.ai\" must begin with https://, for only this machine itself may be called without encryption",
        ),
        ("host = \"bots.kore.ai\"", "FILE:2: host \"bots.kore.ai\" must be a URL such as https://bots.kore.ai"),
        (
            "host = \"https://bots.kore.ai/api\"",
            "FILE:2: host must end after the host's name or port, and goes on with a path",
        ),
        ("bot_id = \"\"", "FILE:2: bot_id must not be empty"),
        (
            "api_version = \"v1\"",
            "FILE:2: api_version \"v1\" must be digits and dots, such as 1.1, or empty for a URL without a version",
        ),
        ("client_id = \"cs-1 \"", "FILE:2: client_id \"cs-1\" must have no blanks, line breaks or control characters"),
        (
            "client_secret_command = \"pass show\"",
            "FILE:2: client_secret_command must be a list of strings in quotes, and is a string",
        ),
        ("client_secret_command = []", "FILE:2: client_secret_command must name a program, and after it its arguments"),
        (
            "algorithm = \"HS265\"",
            "FILE:2: algorithm \"HS265\" is none of HS256, HS384, HS512, RS256, RS384, RS512, did you mean \"HS256\"?",
        ),
        (
            "\nalgorithm = \"RS256\"",
            "FILE:3: algorithm RS256 signs with a private key, and there is no private_key_file",
        ),
        ("token_ttl = 10", "FILE:2: token_ttl must be a string in quotes, and is a whole number"),
        (
            "token_ttl = \"10\"",
            "FILE:2: token_ttl \"10\" is not a duration: write a number with a unit, such as 30s, 10m or 1h 30m",
        ),
        ("token_ttl = \"1ms\"", "FILE:2: token_ttl must be at least 1s"),
        (
            "jti = true\ntoken_ttl = \"2h\"",
            "FILE:3: token_ttl is 2h, and may be 1h at most where jti is on: the platform refuses such a token when its exp is further away",
        ),
        ("jti = \"yes\"", "FILE:2: jti must be true or false, and is a string"),
        ("limits = \"60/1m\"", "FILE:2: limits must be a list of strings in quotes, and is a string"),
        ("limits = [\"60\"]", "FILE:2: limits \"60\" is not a limit: write calls/time, such as 60/1m or 1800/1h"),
        ("concurrency = 0", "FILE:2: concurrency \"0\" must be a whole number from 1 to 1000"),
        ("concurrency = 99999999999999999999", "FILE:2: concurrency is a number too large"),
        ("timeout = \"0s\"", "FILE:2: timeout must be at least 1ms"),
        ("ca_file = \"~/ca.pem\"", "FILE:2: ca_file begins with ~, and there is no home directory"),
        ("claims = 1", "FILE:2: claims must be a table, and is a whole number"),
        (
            "[profiles.prod.claims]\nexp = 1",
            "FILE:3: claims may not set \"exp\": token_ttl in the config or --ttl does",
        ),
        ("[profiles.prod.claims]\nx = nan", "FILE:3: x may not be infinite or not a number"),
        ("[profiles.prod.defaults]\nname = 1", "FILE:3: name must be a string in quotes, and is a whole number"),
        (
            "[profiles.prod.defaults]\nchannelUId = \"a\"\nchannel_uid = \"b\"",
            "FILE:4: both channel_uid and channelUId are given",
        ),
        (
            "client_secret = \"a\"\nclient_secret_file = \"b\"",
            "FILE:3: both client_secret and client_secret_file are given",
        ),
    ] {
        assert_eq!(in_profile(lines), expected, "{lines}");
    }
    assert_eq!(refused("profiles = 1"), "FILE:1: profiles must be a table, and is a whole number");
    assert_eq!(refused("[profiles]\nprod = 1"), "FILE:2: prod must be a table, and is a whole number");
    assert!(refused("[profiles.prod]\nhost =").starts_with("FILE:2: "));
    assert!(refused("[profiles.prod]\nhost = \"a\"\nhost = \"b\"").starts_with("FILE:3: "));
}

#[test]
fn a_wrong_variable_or_argument_is_named() {
    let refused = |variable: (&str, &str), overrides: Overrides| {
        resolve(&overrides, &Context::with_variables(&[variable])).unwrap_err().to_string()
    };
    let error = refused(("KORE_FEEDBACK_JTI", "1"), Overrides::default());
    assert_eq!(error, "KORE_FEEDBACK_JTI: jti \"1\" must be true or false");
    let none = ("OTHER", "");
    let error = refused(none, Overrides { host: Some("x".into()), ..Overrides::default() });
    assert_eq!(error, "--host: host \"x\" must be a URL such as https://bots.kore.ai");
    let error = refused(none, Overrides { claims: vec![("appId".into(), json!(1))], ..Overrides::default() });
    assert_eq!(error, "--claim: claims may not set \"appId\": it is always the client_id");
    let long = Some(Duration::from_secs(3_601));
    let error = refused(none, Overrides { ttl: long, jti: Some(true), ..Overrides::default() });
    assert!(error.starts_with("--ttl: token_ttl is 1h 1s, and may be 1h at most"), "{error}");
    let both = [("KORE_FEEDBACK_CLIENT_SECRET", "hunter2"), ("KORE_FEEDBACK_CLIENT_SECRET_FILE", "b")];
    let error = resolve(&Overrides::default(), &Context::with_variables(&both)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "KORE_FEEDBACK_CLIENT_SECRET_FILE: both KORE_FEEDBACK_CLIENT_SECRET and KORE_FEEDBACK_CLIENT_SECRET_FILE are given"
    );
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let settings = resolved("[profiles.prod]\nclient_id = \"cs-1\"", &[], |_| {});
    let error = settings.target().unwrap_err();
    assert_eq!(error.to_string(), "host, bot_id and client_secret are not set for the profile prod");
    let hint = error.hint().unwrap();
    for way in ["[profiles.prod]", "KORE_FEEDBACK_HOST", "KORE_FEEDBACK_CLIENT_SECRET", "client_secret_command"] {
        assert!(hint.contains(way), "{hint}");
    }
    assert_eq!(settings.credentials().unwrap_err().to_string(), "client_secret is not set for the profile prod");
}

#[test]
fn paths_of_a_config_start_where_it_is() {
    let config = Written::new(
        "[profiles.prod]\nclient_id = \"a\"\nclient_secret_command = [\"bin/secret\", \"~/x\"]\nca_file = \"ca.pem\"\n",
    );
    let settings = config.resolve().unwrap();
    let below = |name: &str| config.directory.path().join(name);
    assert_eq!(settings.delivery().ca_file.as_ref().unwrap().value, below("ca.pem"));
    let Some(SigningKey::Secret(secret)) = settings.signing_key() else { panic!("no secret") };
    let SecretSource::Command(words) = secret.value else { panic!("no command") };
    assert_eq!(words, [below("bin/secret").into_os_string(), "~/x".into()]);
}

#[test]
fn claims_keep_their_order_and_arguments_replace_them_in_place() {
    let text = "[profiles.prod.claims]\nzeta = 1\nalpha = [\"a\", 1.5, true]\n";
    let settings =
        resolved(text, &[("KORE_FEEDBACK_CLIENT_ID", "a"), ("KORE_FEEDBACK_CLIENT_SECRET", "b")], |overrides| {
            overrides.claims = vec![("new".into(), json!(null)), ("zeta".into(), json!(2))];
        });
    let claims = settings.credentials().unwrap().claims;
    let claims: Vec<_> = claims.into_iter().map(|(name, claim)| (name, claim.value)).collect();
    let expected = [("zeta", json!(2)), ("alpha", json!(["a", 1.5, true])), ("new", json!(null))];
    assert_eq!(claims, expected.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn fields_go_by_both_their_names_and_know_their_line() {
    let text =
        "[profiles.prod.defaults]\nscore = 4.0\nchannelUId = \"x\"\n[profiles.prod.columns]\nchannel_uid = \"Mail\"\n";
    let settings = resolved(text, &[], |_| {});
    assert_eq!(settings.defaults()[&Field::Score], "4.0");
    assert_eq!(settings.defaults()[&Field::ChannelUid], "x");
    assert_eq!(settings.columns()[&Field::ChannelUid], "Mail");
    assert!(matches!(settings.default_source(Field::Score), Some(Source::Profile { line: 2, .. })));
    assert!(matches!(settings.column_source(Field::ChannelUid), Some(Source::Profile { line: 5, .. })));
    assert_eq!(settings.column_source(Field::Score), None);
}

fn sandboxed(overrides: &mut Overrides) {
    overrides.sandbox = Some(SandboxTarget {
        host: "http://127.0.0.1:4321".parse().unwrap(),
        bot_id: "st-sandbox".into(),
        client_id: "cs-sandbox".into(),
        client_secret: SecretString::from("sandbox-secret"),
    });
}

#[test]
fn beside_a_sandbox_the_profile_says_columns_and_defaults_only() {
    let text = format!(
        "{FULL}algorithm = \"RS256\"\nprivate_key_file = \"k\"\njti = true\nlimits = [\"1/1h\"]\nca_file = \"c\"\n\
         claims = {{ a = 1 }}\nconcurrency = 7\ndefaults = {{ language = \"en\" }}\ncolumns = {{ score = \"Q1\" }}\n"
    );
    let variables =
        [("KORE_FEEDBACK_CLIENT_ID", "other"), ("KORE_FEEDBACK_LIMITS", "1/1h"), ("KORE_FEEDBACK_API_VERSION", "")];
    let settings = resolved(&text, &variables, sandboxed);
    let target = settings.target().unwrap();
    assert_eq!((target.host.as_str(), target.bot_id.as_str()), ("http://127.0.0.1:4321/", "st-sandbox"));
    assert_eq!(target.api_version, "1.1");
    let credentials = settings.credentials().unwrap();
    assert_eq!(credentials.client_id.value, "cs-sandbox");
    assert_eq!(credentials.algorithm.value, Algorithm::Hs256);
    assert!(!credentials.jti.value);
    assert!(credentials.claims.is_empty());
    assert_eq!(settings.delivery().limits.value, []);
    assert_eq!(settings.delivery().ca_file, None);
    assert_eq!(settings.delivery().concurrency.value.get(), 7);
    assert_eq!(settings.defaults()[&Field::Language], "en");
    assert_eq!(settings.columns()[&Field::Score], "Q1");
}

#[test]
fn a_sandbox_needs_no_config_and_minds_arguments() {
    let mut overrides = Overrides {
        limits: Some(vec!["6/1s".parse().unwrap()]),
        jti: Some(true),
        claims: vec![("a".into(), json!(1))],
        ..Overrides::default()
    };
    sandboxed(&mut overrides);
    let settings = resolve(&overrides, &Context::with_variables(&[])).unwrap();
    assert_eq!(settings.delivery().limits.value.len(), 1);
    let credentials = settings.credentials().unwrap();
    assert!(credentials.jti.value);
    assert_eq!(credentials.claims.len(), 1);
}

#[test]
fn variables_that_mean_nothing_are_warned_of_unless_a_profile_names_them() {
    let text = "[profiles.prod]\nclient_secret_env = \"KORE_FEEDBACK_PROD_SECRET\"\n";
    let variables = [("KORE_FEEDBACK_CLEINT_ID", "hunter2"), ("KORE_FEEDBACK_PROD_SECRET", "hunter2")];
    let settings = resolved(text, &variables, |_| {});
    assert_eq!(
        settings.warnings(),
        [
            "the environment variable KORE_FEEDBACK_CLEINT_ID means nothing here, did you mean \"KORE_FEEDBACK_CLIENT_ID\"?"
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: PathBuf, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    let config = Written::new(FULL);
    mode(config.path(), 0o644);
    let warnings = config.resolve().unwrap().warnings().join("\n");
    assert!(warnings.contains("chmod 600") && warnings.contains("the config"), "{warnings}");
    mode(config.path(), 0o600);
    assert_eq!(config.resolve().unwrap().warnings(), [] as [String; 0]);

    let config = Written::new("[profiles.prod]\nclient_secret_file = \"secret\"\n");
    mode(config.path(), 0o644);
    let secret = config.directory.path().join("secret");
    std::fs::write(&secret, "s3cr3t").unwrap();
    mode(secret.clone(), 0o640);
    let warnings = config.resolve().unwrap().warnings().join("\n");
    assert!(warnings.starts_with("the file ") && warnings.ends_with("secret"), "{warnings}");
    mode(secret, 0o400);
    assert_eq!(config.resolve().unwrap().warnings(), [] as [String; 0]);
}

#[test]
fn an_algorithm_that_the_platform_does_not_list_is_warned_of() {
    let settings = resolved("[profiles.prod]\nalgorithm = \"HS384\"\n", &[], |_| {});
    assert!(settings.warnings()[0].contains("HS384"));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_named_and_not_shown() {
    use std::os::unix::ffi::OsStrExt;
    let context =
        Context::with_variable_bytes("KORE_FEEDBACK_CLIENT_SECRET", std::ffi::OsStr::from_bytes(b"hunter2\xff"));
    let error = resolve(&Overrides::default(), &context).unwrap_err();
    assert_eq!(error.to_string(), "the environment variable KORE_FEEDBACK_CLIENT_SECRET is not UTF-8 text");
    assert!(!format!("{error:?}").contains("hunter2"));
}

/// The example with every setting of it in force.
fn uncommented() -> String {
    let is_setting = |line: &str| {
        line.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '['))
    };
    INITIAL_CONFIG.lines().map(|line| if is_setting(line) { &line[1..] } else { line }).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_holds_every_key_there_is() {
    let text = uncommented();
    let config: toml::Table = toml::from_str(&text).unwrap();
    assert_eq!(config.keys().collect::<Vec<_>>(), [DEFAULT_PROFILE, PROFILES]);
    let profile = config[PROFILES]["production"].as_table().unwrap();
    for key in Key::ALL {
        assert!(profile.contains_key(key.name()), "{key} is not in the example");
    }
    for key in [Key::Defaults, Key::Columns] {
        for field in Field::ALL {
            assert!(profile[key.name()].get(field.key()).is_some(), "{key}.{field} is not in the example");
        }
    }
    for variable in super::key::variables().filter(|name| Key::ALL.iter().any(|key| key.variable() == Some(name))) {
        assert!(text.contains(variable), "{variable} is not in the example");
    }
}

#[test]
fn the_example_loads_with_each_kind_of_secret() {
    let home = Some(std::path::Path::new("/home/jo"));
    let path = std::path::Path::new("/etc/config.toml");
    assert!(ConfigFile::parse(path, INITIAL_CONFIG, home).is_ok());
    for kept in Key::SECRETS {
        let others: Vec<_> =
            Key::SECRETS.into_iter().filter(|key| *key != kept).map(|key| format!("{key} =")).collect();
        let text = uncommented();
        let lines = text.lines().filter(|line| !others.iter().any(|other| line.starts_with(other)));
        let config = ConfigFile::parse(path, &lines.collect::<Vec<_>>().join("\n"), home).unwrap();
        assert_eq!(config.profiles["production"].secret.as_ref().unwrap().value.key(), kept);
    }
}

#[test]
fn the_examples_defaults_are_the_defaults() {
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

proptest! {
    /// Whatever is wrong around a secret, nobody gets to see it.
    #[test]
    fn a_secret_is_never_shown(
        noise in "[a-z]{12}",
        before in prop::sample::select(vec!["", "host = 1", "jti = true\ntoken_ttl = \"2h\"", "x = 1", "bot_id = \"/\"", "= ="]),
        key in prop::sample::select(vec!["client_secret", "client_secret_env", "client_secret_command", "client_secret_x"]),
        form in prop::sample::select(vec!["\"SECRET!\"", "[\"sh\", \"SECRET!\"]", "\"SECRET!", "[[\"SECRET!\"]]", "{ a = \"SECRET!\" }", "SECRET!"]),
        after in prop::sample::select(vec!["", "client_secret_file = \"f\"", "\"", "client_secret = 1"]),
    ) {
        let secret = format!("q{noise}Z");
        let text = format!("[profiles.prod]\n{before}\n{key} = {}\n{after}\n", form.replace("SECRET", &secret));
        let said = match Written::new(&text).resolve() {
            Ok(settings) => format!("{settings:?} {:?} {:?} {:?}", settings.shown(), settings.warnings(), settings.credentials()),
            Err(error) => format!("{error} {error:?} {:?}", error.hint()),
        };
        prop_assert!(!said.contains(&secret), "{text}\n{said}");
    }
}
