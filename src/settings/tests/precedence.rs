//! Which source wins.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;

use super::super::credential::{Algorithm, SecretSource, SigningKey};
use super::super::{Context, Key, Overrides, SandboxTarget, Source, resolve};
use super::{FULL, Written, resolved};
use crate::error::Advice;
use crate::record::Field;

#[test]
fn arguments_win_over_environment_profile_and_defaults() {
    let text = format!("{FULL}timeout = \"1s\"\nsubject = \"profile\"\n");
    let settings = resolved(&text, &[], |_| {});
    assert_eq!(settings.values.timeout.value, Duration::from_secs(1));
    assert!(
        matches!(&settings.values.timeout.source, Source::File { profile: Some(name), line: 7, .. } if &**name == "prod")
    );
    assert_eq!(settings.values.concurrency.source, Source::Default);

    let variables = [("KORE_FEEDBACK_TIMEOUT", "2s"), ("KORE_FEEDBACK_HOST", "http://localhost:1")];
    let settings = resolved(&text, &variables, |_| {});
    assert_eq!(settings.values.timeout.value, Duration::from_secs(2));
    assert_eq!(settings.values.timeout.source, Source::Environment("KORE_FEEDBACK_TIMEOUT".to_owned()));
    assert_eq!(settings.target().unwrap().host.as_str(), "http://localhost:1/");

    let settings = resolved(&text, &variables, |overrides| overrides.timeout = Some(Duration::from_secs(3)));
    assert_eq!(settings.values.timeout.value, Duration::from_secs(3));
    assert_eq!(settings.values.timeout.source, Source::Argument("--timeout"));

    // An option also wins over a variable that is invalid.
    let invalid = [("KORE_FEEDBACK_TIMEOUT", "soon")];
    let settings = resolved(&text, &invalid, |overrides| overrides.timeout = Some(Duration::from_secs(3)));
    assert_eq!(settings.values.timeout.value, Duration::from_secs(3));
}

#[test]
fn variables_alone_suffice() {
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
    assert_eq!(settings.values.limits.value, []);
    assert_eq!(settings.values.concurrency.value.get(), 9);
    assert_eq!(settings.values.ca_file.as_ref().unwrap().value, PathBuf::from("/ca.pem"));
    assert_eq!(settings.state_dir().unwrap(), PathBuf::from("/state"));
    assert_eq!(settings.profile(), None);
    assert_eq!(settings.warnings(), [] as [String; 0]);
}

#[test]
fn the_secret_in_the_environment_wins() {
    let key = |variables: &[(&str, &str)]| match resolved(FULL, variables, |_| {}).credentials().unwrap().key {
        SigningKey::Secret(secret) => secret,
        SigningKey::PrivateKey(_) => panic!("HS256 signs with the secret"),
    };
    assert!(matches!(key(&[]).source, Source::File { profile: Some(_), line: 6, .. }));
    let source = Source::Environment("KORE_FEEDBACK_CLIENT_SECRET".to_owned());
    assert_eq!(key(&[("KORE_FEEDBACK_CLIENT_SECRET", "s")]).source, source);
    let file = key(&[("KORE_FEEDBACK_CLIENT_SECRET_FILE", "/secret")]);
    assert!(matches!(file.value, SecretSource::File(path) if path.as_os_str() == "/secret"));
    assert!(matches!(key(&[("KORE_FEEDBACK_CLIENT_SECRET", "")]).source, Source::File { profile: Some(_), .. }));
}

#[test]
fn the_profile_is_named_default_or_only() {
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
fn a_missing_config_is_an_error_if_named() {
    let nowhere = Context::with_variables(&[]);
    assert!(resolve(&Overrides::default(), &nowhere).is_ok());
    let config = Some(PathBuf::from("/nowhere/config.toml"));
    let error = resolve(&Overrides { config, ..Overrides::default() }, &nowhere).unwrap_err();
    assert_eq!(error.to_string(), "--config: no config at /nowhere/config.toml");
    let named = Context::with_variables(&[("KORE_FEEDBACK_CONFIG", "/nowhere/config.toml")]);
    let error = resolve(&Overrides::default(), &named).unwrap_err();
    assert_eq!(error.to_string(), "KORE_FEEDBACK_CONFIG: no config at /nowhere/config.toml");
    let profile = Some("prod".to_owned());
    let error = resolve(&Overrides { profile, ..Overrides::default() }, &nowhere).unwrap_err();
    assert_eq!(error.to_string(), "--profile: unknown profile \"prod\"");
}

#[test]
fn relative_paths_start_at_the_config() {
    let config = Written::new(
        "[profiles.prod]\nclient_id = \"a\"\nclient_secret_command = [\"bin/secret\", \"~/x\"]\nca_file = \"ca.pem\"\n",
    );
    let settings = config.resolve().unwrap();
    let below = |name: &str| config.directory.path().join(name);
    assert_eq!(settings.values.ca_file.as_ref().unwrap().value, below("ca.pem"));
    let Some(SigningKey::Secret(secret)) = settings.signing_key() else { panic!("no secret") };
    let SecretSource::Command(words) = secret.value else { panic!("no command") };
    assert_eq!(words, [below("bin/secret").into_os_string(), "~/x".into()]);
}

#[test]
fn arguments_replace_claims_in_place() {
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
fn fields_have_two_names_and_a_line() {
    let text =
        "[profiles.prod.defaults]\nscore = 4.0\nchannelUId = \"x\"\n[profiles.prod.columns]\nchannel_uid = \"Mail\"\n";
    let settings = resolved(text, &[], |_| {});
    assert_eq!(settings.defaults()[&Field::Score], "4.0");
    assert_eq!(settings.defaults()[&Field::ChannelUid], "x");
    assert_eq!(settings.columns()[&Field::ChannelUid], "Mail");
    assert!(matches!(settings.values.defaults[&Field::Score].source, Source::File { profile: Some(_), line: 2, .. }));
    assert!(matches!(
        settings.values.columns[&Field::ChannelUid].source,
        Source::File { profile: Some(_), line: 5, .. }
    ));
    assert_eq!(settings.columns().get(&Field::Score), None);
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
fn a_sandbox_ignores_the_profiles_target() {
    let text = format!(
        "{FULL}algorithm = \"RS256\"\nprivate_key_file = \"k\"\njti = true\nlimits = [\"1/1h\"]\nca_file = \"c\"\n\
         claims = {{ a = 1 }}\nconcurrency = 7\ndefaults = {{ language = \"en\" }}\ncolumns = {{ score = \"Q1\" }}\n"
    );
    let variables =
        [("KORE_FEEDBACK_CLIENT_ID", "other"), ("KORE_FEEDBACK_LIMITS", "1/1h"), ("KORE_FEEDBACK_API_VERSION", "")];
    let settings = resolved(&text, &variables, sandboxed);
    let target = settings.target().unwrap();
    assert_eq!((target.host.as_str(), settings.bot_id().unwrap()), ("http://127.0.0.1:4321/", "st-sandbox"));
    assert_eq!(target.api_version, "1.1");
    let credentials = settings.credentials().unwrap();
    assert_eq!(credentials.client_id.value, "cs-sandbox");
    assert_eq!(credentials.algorithm.value, Algorithm::Hs256);
    assert!(!credentials.jti.value);
    assert!(credentials.claims.is_empty());
    assert_eq!(settings.values.limits.value, []);
    assert_eq!(settings.values.ca_file, None);
    assert_eq!(settings.values.concurrency.value.get(), 7);
    assert_eq!(settings.defaults()[&Field::Language], "en");
    assert_eq!(settings.columns()[&Field::Score], "Q1");
}

#[test]
fn a_sandbox_obeys_arguments_without_a_config() {
    let mut overrides = Overrides {
        limits: Some(vec!["6/1s".parse().unwrap()]),
        jti: Some(true),
        claims: vec![("a".into(), json!(1))],
        ..Overrides::default()
    };
    sandboxed(&mut overrides);
    let settings = resolve(&overrides, &Context::with_variables(&[])).unwrap();
    assert_eq!(settings.values.limits.value.len(), 1);
    let credentials = settings.credentials().unwrap();
    assert!(credentials.jti.value);
    assert_eq!(credentials.claims.len(), 1);
}

#[test]
fn unknown_variables_cause_a_warning() {
    let text = "[profiles.prod]\nclient_secret_env = \"KORE_FEEDBACK_PROD_SECRET\"\n";
    let variables = [("KORE_FEEDBACK_CLEINT_ID", "hunter2"), ("KORE_FEEDBACK_PROD_SECRET", "hunter2")];
    let settings = resolved(text, &variables, |_| {});
    assert_eq!(
        settings.warnings(),
        ["unknown environment variable KORE_FEEDBACK_CLEINT_ID; did you mean \"KORE_FEEDBACK_CLIENT_ID\"?"]
    );
}

#[cfg(unix)]
#[test]
fn readable_secrets_cause_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: PathBuf, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    let config = Written::new(FULL);
    mode(config.path(), 0o644);
    let warnings = config.resolve().unwrap().warnings().join("\n");
    assert!(warnings.contains("chmod 600") && warnings.contains("the config"), "{warnings}");
    mode(config.path(), 0o600);
    assert_eq!(config.resolve().unwrap().warnings(), [] as [String; 0]);

    let sandbox = "[profiles.sandbox]\nhost = \"http://127.0.0.1:8080\"\nclient_secret = \"invented\"\n";
    let config = Written::new(sandbox);
    mode(config.path(), 0o644);
    assert_eq!(config.resolve().unwrap().warnings(), [] as [String; 0]);
    let both = format!("default_profile = \"sandbox\"\n{sandbox}[profiles.prod]\nclient_secret = \"s3cr3t\"\n");
    let config = Written::new(&both);
    mode(config.path(), 0o644);
    assert_eq!(config.resolve().unwrap().warnings().len(), 1);

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
fn unlisted_algorithms_cause_a_warning() {
    let settings = resolved("[profiles.prod]\nalgorithm = \"HS384\"\n", &[], |_| {});
    assert!(settings.warnings()[0].contains("HS384"));
}

#[test]
fn variables_are_the_prefix_and_the_key() {
    assert_eq!(Key::ClientId.variable().as_deref(), Some("KORE_FEEDBACK_CLIENT_ID"));
    assert_eq!(Key::Claims.variable(), None);
}
