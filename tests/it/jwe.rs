//! Encrypted tokens, and the claims with the prefix `kore_`, against a sandbox that enforces them.

#![expect(clippy::unwrap_used, reason = "a failed setup fails the test")]

use assert_cmd::assert::Assert;
use kore_feedback::sandbox::SandboxOptions;
use serde_json::{Value, json as value};

use crate::support::{IMPATIENT, Stage, Surroundings, json, numbered, stderr, stdout};

const KEY: &str = "KORE_FEEDBACK_JWE_PUBLIC_KEY_FILE";

/// A sandbox that accepts only encrypted tokens, with its key in the home.
fn enforcing(faults: &[&str]) -> Stage {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let stage = Stage::with(SandboxOptions { enforce_jwe: true, faults, ..SandboxOptions::default() });
    stage.write("key.jwk", stage.sandbox.public_jwk().unwrap());
    stage
}

fn run(stage: &Stage, variables: &[(&str, &str)], arguments: &[&str]) -> Assert {
    stage.command(arguments).env(KEY, "key.jwk").envs(variables.iter().copied()).assert()
}

#[test]
fn every_listed_encryption_is_accepted() {
    let stage = enforcing(&[]);
    stage.write("one.csv", crate::support::csv_of(&numbered(1)));
    for alg in ["RSA-OAEP", "RSA1_5"] {
        for enc in ["A128CBC-HS256", "A128GCM", "A256GCM"] {
            let variables = [("KORE_FEEDBACK_JWE_ALG", alg), ("KORE_FEEDBACK_JWE_ENC", enc)];
            run(&stage, &variables, &["import", "one.csv", "--again"]).success();
            let token = stdout(&run(&stage, &variables, &["token"]).success());
            let header = inspected(&stage, &token)["header"].clone();
            assert_eq!(header, value!({"alg": alg, "enc": enc, "typ": "JWT", "cty": "JWT", "kid": "sandbox-key"}));
        }
    }
    assert_eq!(stage.sandbox.counts().saved, 6);
}

fn inspected(stage: &Stage, token: &str) -> Value {
    let assert = stage.command(&["token", "inspect", "-o", "json"]).env(KEY, "key.jwk").write_stdin(token).assert();
    json(&assert.success())
}

#[test]
fn a_token_that_is_only_signed_is_rejected() {
    let stage = enforcing(&[]);
    let file = stage.write_records(&numbered(2));
    let said = stderr(&stage.import(&file, &[]).failure().code(3));
    assert!(said.contains("Invalid JWT token"), "{said}");
    assert_eq!(stage.sandbox.counts().saved, 0);
}

#[test]
fn an_unanswered_row_is_verified_with_encrypted_tokens() {
    let stage = enforcing(&["reset-after-save:at=2"]);
    stage.write_records(&numbered(3));
    run(&stage, &[], &["import", "in.csv", "--concurrency", "1"]).failure().code(1);
    run(&stage, &[], &["runs", "verify", "1"]).success();
    stage.has_exactly(&numbered(3));
}

#[test]
fn inspection_names_the_encrypted_parts() {
    let stage = enforcing(&[]);
    let token = stdout(&run(&stage, &[], &["token"]).success());
    assert_eq!(token.trim_end().split('.').count(), 5);
    let text = stage.command(&["token", "inspect"]).env(KEY, "key.jwk").write_stdin(token.as_str()).assert().success();
    let text = stdout(&text);
    for words in ["cty  JWT", "encrypted key  256 bytes", "tag            16 bytes", "not checked: it is encrypted"] {
        assert!(text.contains(words), "no {words:?} in\n{text}");
    }
    let object = inspected(&stage, &token);
    assert_eq!(object["claims"], Value::Null);
    assert_eq!(object["encrypted"]["iv"], 16);
    assert_eq!(object["acceptable"], true);
    // Without the key, too.
    let bare = Surroundings::new().command(&["token", "inspect"]).write_stdin(token.as_str()).assert().success();
    assert!(stdout(&bare).contains("kid is not checked"), "{}", stdout(&bare));
}

#[test]
fn inspection_finds_what_the_platform_would_reject() {
    let stage = enforcing(&[]);
    let token = stdout(&run(&stage, &[], &["token"]).success());
    stage.write("key.jwk", stage.sandbox.public_jwk().unwrap().replace("sandbox-key", "another"));
    let cut = token.trim_end().rsplit_once('.').unwrap().0.to_owned() + ".AAAA";
    // {"alg":"dir","enc":"A192GCM"}
    let unlisted = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTkyR0NNIn0..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA";
    let kinds = |token: &str| {
        let command = ["token", "inspect", token, "-o", "json"];
        let refusals = json(&run(&stage, &[], &command).failure().code(3))["refusals"].clone();
        refusals
            .as_array()
            .unwrap()
            .iter()
            .map(|refusal| refusal["kind"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(&cut), ["incomplete_part", "other_key"]);
    assert_eq!(kinds(unlisted), ["unlisted_algorithm", "unlisted_encryption", "incomplete_part", "other_key"]);
}

#[test]
fn each_wrong_key_is_a_configuration_error() {
    let stage = enforcing(&[]);
    let good: Value = serde_json::from_str(stage.sandbox.public_jwk().unwrap()).unwrap();
    let with = |name: &str, member: Value| {
        let mut jwk = good.clone();
        jwk[name] = member;
        jwk.to_string()
    };
    let pem = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n".to_owned();
    for (key, problem, hint) in [
        (with("kty", value!("EC")), "only RSA keys", "save the key that the platform shows"),
        (with("n", value!("AQAB")), "an RSA key of 17 bits; it must have 2048", "save the key"),
        (with("n", value!("hunter2!")), "n is not base64url", "save the key"),
        ("hunter2".to_owned(), "not a JSON object", "save the key"),
        (value!({"keys": [good]}).to_string(), "a set of keys", "save the one object"),
        (with("d", value!("hunter2")), "this is a private or secret key", "save only kty, n, e and kid"),
        (pem, "this is a private or secret key", "save only kty, n, e and kid"),
    ] {
        stage.write("key.jwk", key);
        stage.write_records(&numbered(1));
        for command in [&["token"][..], &["import", "in.csv"], &["token", "-v", "-o", "json"]] {
            let assert = run(&stage, &[], command).failure().code(2);
            let said = stderr(&assert);
            assert!(said.contains("key.jwk: ") && said.contains(problem) && said.contains(hint), "{said}");
            assert!(!said.contains("hunter2") && !stdout(&assert).contains("hunter2"), "{said}");
        }
    }
    stage.was_never_called();
    std::fs::remove_file(stage.path("key.jwk")).unwrap();
    let said = stderr(&run(&stage, &[], &["token"]).failure().code(2));
    assert!(
        said.contains("cannot read the JWE public key") && said.contains("jwe_public_key_file to the path"),
        "{said}"
    );
}

#[test]
fn wrong_settings_are_named() {
    let stage = enforcing(&[]);
    let error = |variables: &[(&str, &str)]| stderr(&run(&stage, variables, &["token"]).failure().code(2));
    let said = error(&[("KORE_FEEDBACK_JWE_ENC", "A128CBC-HS265")]);
    assert!(said.contains("is not one of A128CBC-HS256, A128GCM, A256GCM; did you mean \"A128CBC-HS256\"?"), "{said}");
    let said = error(&[("KORE_FEEDBACK_JWE_ALG", "RSA-OAEP-256")]);
    assert!(said.contains("KORE_FEEDBACK_JWE_ALG") && said.contains("is not one of RSA-OAEP, RSA1_5"), "{said}");
    // An empty variable is an unset one: nothing would be encrypted.
    let said = error(&[(KEY, ""), ("KORE_FEEDBACK_JWE_ENC", "A256GCM")]);
    assert!(said.contains("jwe_enc has no effect without jwe_public_key_file"), "{said}");
    let said = error(&[("KORE_FEEDBACK_KORE_CLAIMS", "jti,aud")]);
    assert!(said.contains("\"aud\" is not one of jti, iss, sub"), "{said}");
}

#[test]
fn an_encrypted_token_is_redacted() {
    let stage = enforcing(&["redirect-with-token"]);
    stage.write_records(&numbered(1));
    let said = stderr(&run(&stage, &[], &["import", "in.csv", "-v", IMPATIENT]).failure().code(3));
    let shown = "redirects to /redirected?sig=[token]&auth=[token]&back=%2Flogin%3Fauth%3D[token]";
    assert!(said.contains(shown) && !said.contains("eyJ"), "{said}");
}

#[test]
fn kore_claims_replace_the_plain_names() {
    let stage = Stage::with(SandboxOptions { enforce_jti: true, ..SandboxOptions::default() });
    let variables = [("KORE_FEEDBACK_KORE_CLAIMS", "jti,iss,sub"), ("KORE_FEEDBACK_JTI", "true")];
    let minted =
        || json(&stage.command(&["token", "--claim", "iss=me", "-o", "json"]).envs(variables).assert().success());
    let claims = minted()["claims"].clone();
    let names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["kore_sub", "appId", "iat", "exp", "kore_jti", "kore_iss"]);
    assert_ne!(claims["kore_jti"], minted()["claims"]["kore_jti"]);

    // The sandbox accepts each once, so every request has its own.
    let file = stage.write_records(&numbered(5));
    stage.command(&["import"]).arg(file).envs(variables).assert().success();
    stage.has_exactly(&numbered(5));

    let token = minted()["token"].as_str().unwrap().to_owned();
    let inspection = stage.command(&["token", "inspect", "-o", "json"]).write_stdin(token).assert().success();
    assert_eq!(json(&inspection)["notes"], value!([]));
}

#[test]
fn a_constant_kore_jti_is_refused() {
    let stage = Stage::new();
    let said = stderr(&stage.run(&["token", "--claim", "kore_jti=1"]).failure().code(2));
    assert!(said.contains("kore_claims = [\"jti\"]") && said.contains("each token needs its own"), "{said}");
}
