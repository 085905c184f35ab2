//! Which errors are reported, with which place, and that none of them shows a secret.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::super::{Context, Overrides, resolve};
use super::{FULL, Written, in_profile, rejected, resolved};
use crate::error::Advice;

#[test]
fn unknown_profiles_are_reported_with_the_nearest_name() {
    let config = Written::new(FULL);
    let overrides = Overrides { profile: Some("pord".into()), ..config.overrides() };
    let error = resolve(&overrides, &Context::with_variables(&[])).unwrap_err();
    let path = config.path().display().to_string();
    assert_eq!(error.to_string(), format!("--profile: unknown profile \"pord\" in {path}; did you mean \"prod\"?"));
    assert_eq!(error.hint().unwrap(), "the profiles are prod");
    assert_eq!(
        rejected("default_profile = \"pord\"\n[profiles.prod]\n"),
        "FILE:1: unknown profile \"pord\"; did you mean \"prod\"?"
    );
}

#[test]
fn unknown_keys_get_place_and_suggestion() {
    let config = Written::new("[profiles.prod]\nhost = \"https://a.b\"\ncleint_id = \"cs-1\"\n");
    let error = config.resolve().unwrap_err();
    assert!(error.hint().unwrap().starts_with("the keys of [profiles.prod] are host, bot_id,"));
    assert_eq!(
        in_profile("\ncleint_id = 1"),
        "FILE:3: unknown key \"cleint_id\" in [profiles.prod]; did you mean \"client_id\"?"
    );
    assert_eq!(
        rejected("defualt_profile = 1"),
        "FILE:1: unknown key \"defualt_profile\" in the config; did you mean \"default_profile\"?"
    );
    assert_eq!(
        in_profile("[profiles.prod.defaults]\nscroe = 1"),
        "FILE:3: unknown key \"scroe\" in [profiles.prod.defaults]; did you mean \"score\"?"
    );
    assert_eq!(
        in_profile("[profiles.prod.columns]\nzebra = \"\""),
        "FILE:3: unknown key \"zebra\" in [profiles.prod.columns]"
    );
}

#[test]
fn mapping_errors_name_file_line_and_key() {
    let rejected = |lines: &str| rejected(&format!("[profiles.p]\n[mapping.m]\n{lines}"));
    for (lines, expected) in [
        ("feilds = 1", "FILE:3: unknown key \"feilds\" in [mapping.m]; did you mean \"fields\"?"),
        ("fields.scroe = \"a\"", "FILE:3: unknown key \"scroe\" in [mapping.m.fields]; did you mean \"score\"?"),
        ("fields.score = 5", "FILE:3: score must be a table, not a whole number"),
        ("fields.score = \"\"", "FILE:3: score must not be empty"),
        ("fields.score = { column = \"a\", value = 1 }", "FILE:3: column and value cannot both be set"),
        ("fields.score = { value = 1, invert = true }", "FILE:3: value and invert cannot both be set"),
        ("fields.score = { value = \"one\" }", "FILE:3: value \"one\": not a number"),
        ("fields.type = { value = \"CES\" }", "FILE:3: value \"CES\": unknown type; expected NPS, CSAT or THUMB"),
        (
            "fields.score = { column = \"a\", scale = \"0-100\" }",
            "FILE:3: scale \"0-100\" is not a scale conversion; expected two scales, such as 0-100 -> 1-5",
        ),
        (
            "fields.score = { column = \"a\", scale = \"1-5 -> 5-1\" }",
            "FILE:3: scale \"5-1\" starts with its upper end; write the lower end first, and use invert = true to reverse the scale",
        ),
        (
            "fields.score = { column = \"a\", scale = \"0-9 -> 1-5\", rounding = \"half\" }",
            "FILE:3: rounding \"half\" is not a rounding; expected nearest, down or up",
        ),
        ("fields.score = { column = \"a\", rounding = \"up\" }", "FILE:3: rounding has no effect without scale"),
        ("fields.name = { column = \"a\", ignore_case = true }", "FILE:3: ignore_case has no effect without values"),
        (
            "fields.score = { number = \"first\" }",
            "FILE:3: number \"first\" must be \"leading\" (the number at the start of the text)",
        ),
        ("fields.name = { number = \"leading\" }", "FILE:3: unknown key \"number\" in [mapping.m.fields.name]"),
        (
            "fields.name = { template = \"{% include 'x' %}\" }",
            "FILE:3: template must not contain {% include %}; a template may contain {{ }} and {% if %}",
        ),
        ("fields.name = { values = { a = true } }", "FILE:3: a must be a number, not true or false"),
        ("fields.name = { values = { a = 1, A = 2 }, ignore_case = true }", "FILE:3: values maps \"A\" to two values"),
        ("skip = 1", "FILE:3: skip must be a list of tables, not a whole number"),
        ("[[mapping.m.skip]]\nis = \"1\"\nreason = \"r\"", "FILE:3: column is required"),
        ("[[mapping.m.skip]]\ncolumn = \"a\"\nreason = \"r\"", "FILE:3: is is required"),
        ("[[mapping.m.skip]]\ncolumn = \"a\"\nis = \"1\"\nis_not = \"2\"", "FILE:6: is and is_not cannot both be set"),
        ("[[mapping.m.skip]]\nif = \"a\"", "FILE:4: unknown key \"if\" in [[mapping.m.skip]]"),
        ("no_answer = 1", "FILE:3: no_answer must be a list of quoted strings, not a whole number"),
    ] {
        assert_eq!(rejected(lines), expected, "{lines}");
    }
    let config = Written::new("[mapping.m]\npreset = \"qualtriks\"");
    let settings = config.resolve().unwrap();
    let mapping = settings.mapping("m", &Context::with_variables(&[])).unwrap();
    let error = mapping.full_spec().unwrap_err().to_string();
    assert!(error.ends_with("config.toml:2: unknown preset \"qualtriks\"; did you mean \"qualtrics\"?"), "{error}");
}

#[test]
fn invalid_values_name_file_line_and_key() {
    for (lines, expected) in [
        ("host = 1", "FILE:2: host must be a quoted string, not a whole number"),
        (
            "host = \"http://bots.kore.ai\"",
            "FILE:2: host \"http://bots.kore.ai\" must start with https:// (http:// is allowed for this machine only)",
        ),
        ("host = \"bots.kore.ai\"", "FILE:2: host \"bots.kore.ai\" must be a URL such as https://bots.kore.ai"),
        ("host = \"https://bots.kore.ai/api\"", "FILE:2: host must not contain a path"),
        ("bot_id = \"\"", "FILE:2: bot_id must not be empty"),
        (
            "api_version = \"v1\"",
            "FILE:2: api_version \"v1\" must be digits and dots, such as 1.1, or empty for a URL without a version",
        ),
        (
            "client_id = \"cs-1 \"",
            "FILE:2: client_id \"cs-1\" must not contain spaces, line breaks or control characters",
        ),
        (
            "client_secret_command = \"pass show\"",
            "FILE:2: client_secret_command must be a list of quoted strings, not a string",
        ),
        ("client_secret_command = []", "FILE:2: client_secret_command must name a program, followed by its arguments"),
        (
            "algorithm = \"HS265\"",
            "FILE:2: algorithm \"HS265\" is not one of HS256, HS384, HS512, RS256, RS384, RS512; did you mean \"HS256\"?",
        ),
        (
            "\nalgorithm = \"RS256\"",
            "FILE:3: algorithm RS256 signs with a private key, but private_key_file is not set",
        ),
        ("token_ttl = 10", "FILE:2: token_ttl must be a quoted string, not a whole number"),
        (
            "token_ttl = \"10\"",
            "FILE:2: token_ttl \"10\" is not a duration: write a number with a unit, such as 30s, 10m or 1h 30m",
        ),
        ("token_ttl = \"1ms\"", "FILE:2: token_ttl must be at least 1s"),
        (
            "jti = true\ntoken_ttl = \"2h\"",
            "FILE:3: token_ttl is 2h but must be at most 1h when jti is on: the platform rejects tokens with a later exp",
        ),
        ("jti = \"yes\"", "FILE:2: jti must be true or false, not a string"),
        ("limits = \"60/1m\"", "FILE:2: limits must be a list of quoted strings, not a string"),
        ("limits = [\"60\"]", "FILE:2: limits \"60\" is not a rate limit: write calls/time, such as 60/1m or 1800/1h"),
        ("concurrency = 0", "FILE:2: concurrency \"0\" must be a whole number from 1 to 1000"),
        ("concurrency = 99999999999999999999", "FILE:2: concurrency is too large"),
        ("timeout = \"0s\"", "FILE:2: timeout must be at least 1ms"),
        ("ca_file = \"~/ca.pem\"", "FILE:2: ca_file starts with ~, but there is no home directory"),
        ("claims = 1", "FILE:2: claims must be a table, not a whole number"),
        (
            "[profiles.prod.claims]\nexp = 1",
            "FILE:3: claims must not contain \"exp\": set token_ttl in the config, or --ttl",
        ),
        ("[profiles.prod.claims]\nx = nan", "FILE:3: x must be a finite number"),
        ("[profiles.prod.defaults]\nname = 1", "FILE:3: name must be a quoted string, not a whole number"),
        (
            "[profiles.prod.defaults]\nchannelUId = \"a\"\nchannel_uid = \"b\"",
            "FILE:4: channel_uid and channelUId cannot both be set",
        ),
        (
            "client_secret = \"a\"\nclient_secret_file = \"b\"",
            "FILE:3: client_secret and client_secret_file cannot both be set",
        ),
    ] {
        assert_eq!(in_profile(lines), expected, "{lines}");
    }
    assert_eq!(rejected("profiles = 1"), "FILE:1: profiles must be a table, not a whole number");
    assert_eq!(rejected("[profiles]\nprod = 1"), "FILE:2: prod must be a table, not a whole number");
    assert!(rejected("[profiles.prod]\nhost =").starts_with("FILE:2: "));
    assert!(rejected("[profiles.prod]\nhost = \"a\"\nhost = \"b\"").starts_with("FILE:3: "));
}

#[test]
fn invalid_variables_and_options_are_named() {
    let rejected = |variable: (&str, &str), overrides: Overrides| {
        resolve(&overrides, &Context::with_variables(&[variable])).unwrap_err().to_string()
    };
    let error = rejected(("KORE_FEEDBACK_JTI", "1"), Overrides::default());
    assert_eq!(error, "KORE_FEEDBACK_JTI: jti \"1\" must be true or false");
    let none = ("OTHER", "");
    let error = rejected(("KORE_FEEDBACK_HOST", "x"), Overrides::default());
    assert_eq!(error, "KORE_FEEDBACK_HOST: host \"x\" must be a URL such as https://bots.kore.ai");
    let error = rejected(none, Overrides { sub: Some(" ".into()), ..Overrides::default() });
    assert_eq!(error, "--sub: subject must not be empty");
    let error = rejected(none, Overrides { claims: vec![("appId".into(), json!(1))], ..Overrides::default() });
    assert_eq!(error, "--claim: claims must not contain \"appId\": it is always the client_id");
    let long = Some(Duration::from_secs(3_601));
    let error = rejected(none, Overrides { ttl: long, jti: Some(true), ..Overrides::default() });
    assert!(error.starts_with("--ttl: token_ttl is 1h 1s but must be at most 1h"), "{error}");
    let both = [("KORE_FEEDBACK_CLIENT_SECRET", "hunter2"), ("KORE_FEEDBACK_CLIENT_SECRET_FILE", "b")];
    let error = resolve(&Overrides::default(), &Context::with_variables(&both)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "KORE_FEEDBACK_CLIENT_SECRET_FILE: KORE_FEEDBACK_CLIENT_SECRET and KORE_FEEDBACK_CLIENT_SECRET_FILE cannot both be set"
    );
}

#[test]
fn all_missing_settings_are_named_at_once() {
    let settings = resolved("[profiles.prod]\nclient_id = \"cs-1\"", &[], |_| {});
    let error = settings.target().unwrap_err();
    assert_eq!(error.to_string(), "host, bot_id and client_secret are not set for profile prod");
    let hint = error.hint().unwrap();
    for way in ["[profiles.prod]", "KORE_FEEDBACK_HOST", "KORE_FEEDBACK_CLIENT_SECRET", "client_secret_command"] {
        assert!(hint.contains(way), "{hint}");
    }
    assert_eq!(settings.credentials().unwrap_err().to_string(), "client_secret is not set for profile prod");
}

#[cfg(unix)]
#[test]
fn variables_that_are_not_text_are_not_shown() {
    use std::os::unix::ffi::OsStrExt;
    let context =
        Context::with_variable_bytes("KORE_FEEDBACK_CLIENT_SECRET", std::ffi::OsStr::from_bytes(b"hunter2\xff"));
    let error = resolve(&Overrides::default(), &context).unwrap_err();
    assert_eq!(error.to_string(), "the environment variable KORE_FEEDBACK_CLIENT_SECRET is not UTF-8 text");
    assert!(!format!("{error:?}").contains("hunter2"));
}

/// Everything that is ever shown of a config.
fn shown_of(text: &str) -> String {
    match Written::new(text).resolve() {
        Ok(settings) => {
            format!("{settings:?} {:?} {:?} {:?}", settings.shown(), settings.warnings(), settings.credentials())
        }
        Err(error) => format!("{error} {error:?} {:?}", error.hint()),
    }
}

#[test]
fn errors_around_a_secret_never_show_it() {
    let before = ["client_id = \"a\"", "host = 1", "jti = true\ntoken_ttl = \"2h\"", "x = 1", "bot_id = \"/\"", "= ="];
    let keys = ["client_secret", "client_secret_env", "client_secret_command", "client_secret_x", "\"client_secret"];
    let forms = [
        "\"hunter2\"",
        "\"hunter2!\"",
        "[\"sh\", \"hunter2\"]",
        "\"hunter2",
        "'hunter2\"",
        "[[\"hunter2\"]]",
        "{ a = \"hunter2\" }",
        "hunter2",
        "\"\\hunter2\"",
        "\"a\" hunter2",
    ];
    let after = ["", "client_secret_file = \"f\"", "\"", "client_secret = 1", "[profiles.prod]"];
    let lines = keys.iter().flat_map(|key| forms.iter().map(move |form| format!("{key} = {form}")));
    for line in lines {
        for (before, after) in before.iter().flat_map(|before| after.iter().map(move |after| (before, after))) {
            let text = format!("[profiles.prod]\n{before}\n{line}\n{after}\n");
            let shown = shown_of(&text);
            assert!(!shown.contains("hunter2"), "{text}\n{shown}");
        }
    }
}

proptest! {
    #[test]
    fn resolved_settings_never_show_a_secret(secret in "[!-~]{12,40}") {
        let quoted = serde_json::Value::from(secret.as_str());
        for line in [format!("client_secret = {quoted}"), format!("client_secret_command = [\"echo\", {quoted}]")] {
            let shown = shown_of(&format!("[profiles.prod]\nclient_id = \"a\"\n{line}\n"));
            prop_assert!(!shown.contains(&secret) && !shown.contains(&quoted.to_string()), "{shown}");
        }
    }
}
