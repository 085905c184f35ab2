//! `token` and `token inspect`.

#![expect(clippy::unwrap_used, reason = "a failed setup fails the test")]

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value, json};

use crate::support::{Surroundings, json as read_json, stderr, stdout};

const SECRET: &str = "hunter2-and-then-some-more-to-be-long";

fn configured() -> Surroundings {
    let surroundings = Surroundings::new();
    surroundings.write("secret", SECRET);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(surroundings.path("secret"), PermissionsExt::from_mode(0o600)).unwrap();
    }
    surroundings.write_config("[profiles.prod]\nclient_id = \"cs-1\"\nclient_secret_file = \"~/secret\"\n");
    surroundings
}

/// The claims as another library reads them, with the signature checked.
fn claims(token: &str) -> Map<String, Value> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_aud = false;
    decode(token.trim_end(), &DecodingKey::from_secret(SECRET.as_bytes()), &validation).unwrap().claims
}

#[test]
fn only_the_token_is_printed() {
    let assert = configured().run(&["token"]).success();
    assert_eq!(stderr(&assert), "");
    assert_eq!(stdout(&assert).lines().count(), 1);
    let claims = claims(&stdout(&assert));
    assert_eq!(claims.keys().collect::<Vec<_>>(), ["sub", "appId", "iat", "exp"]);
    assert_eq!(claims["appId"], "cs-1");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
}

#[test]
fn options_shape_the_claims() {
    let assert = configured()
        .run(&[
            "token", "--ttl", "1h", "--sub", "jo", "--jti", "--claim", "n=1", "--claim", "aud=x", "--claim", "n=[2]",
        ])
        .success();
    let claims = claims(&stdout(&assert));
    assert_eq!(claims.keys().collect::<Vec<_>>(), ["sub", "appId", "iat", "exp", "jti", "n", "aud"]);
    assert_eq!((&claims["sub"], &claims["n"], &claims["aud"]), (&json!("jo"), &json!([2]), &json!("x")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
}

#[test]
fn jti_for_over_an_hour_is_rejected() {
    let said = stderr(&configured().run(&["token", "--jti", "--ttl", "61m"]).failure().code(2));
    assert!(said.contains("--ttl") && said.contains("at most 1h") && said.contains("the platform rejects"), "{said}");
}

#[test]
fn header_prints_the_auth_header() {
    let surroundings = configured();
    let header = stdout(&surroundings.run(&["token", "--header"]).success());
    claims(header.strip_prefix("auth: ").unwrap());
    let object = read_json(&surroundings.run(&["token", "--header", "-o", "json"]).success());
    assert_eq!(object["header"], format!("auth: {}", object["token"].as_str().unwrap()));
}

#[test]
fn json_contains_claims_and_expiry() {
    let object = read_json(&configured().run(&["token", "-o", "json"]).success());
    assert_eq!(object["claims"], Value::Object(claims(object["token"].as_str().unwrap())));
    let expires: jiff::Timestamp = object["expires"].as_str().unwrap().parse().unwrap();
    assert_eq!(object["claims"]["exp"], expires.as_second());
    assert_eq!(object.get("header"), None);
}

#[test]
fn an_unusable_secret_is_not_repeated() {
    let surroundings = configured();
    surroundings.write("secret", format!("{SECRET}\nmore\n"));
    let said = stderr(&surroundings.run(&["token", "-q"]).failure().code(2));
    assert!(said.contains("more than one line") && !said.contains("hunter2"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_failing_secret_command_is_reported() {
    let surroundings = Surroundings::new();
    let config = |command: &str| {
        surroundings
            .write_config(&format!("[profiles.prod]\nclient_id = \"cs-1\"\nclient_secret_command = {command}\n"));
    };
    config(&format!("[\"printf\", \"%s\\\\n\", \"{SECRET}\"]"));
    claims(&stdout(&surroundings.run(&["token"]).success()));
    config("[\"sh\", \"-c\", \"echo the vault is locked >&2; exit 7\"]");
    let said = stderr(&surroundings.run(&["token"]).failure().code(2));
    assert!(said.contains("exit code 7") && said.contains("the vault is locked"), "{said}");
}

#[test]
fn printed_tokens_pass_inspection() {
    let surroundings = configured();
    for form in [&["token"][..], &["token", "--header"], &["token", "--jti"]] {
        let token = stdout(&surroundings.run(form).success());
        let assert = surroundings.command(&["token", "inspect"]).write_stdin(token).assert().success();
        let text = stdout(&assert);
        for words in ["appId  cs-1", "issued ", " ago (", "expires in ", "verified", "would accept"] {
            assert!(text.contains(words), "no {words:?} in\n{text}");
        }
    }
}

#[test]
fn rejected_tokens_exit_with_3_and_reasons() {
    let surroundings = configured();
    // {"alg":"none"} over {"appid":"cs-1","exp":1,"x":"\u001b[31m"}
    let token = "eyJhbGciOiJub25lIn0.eyJhcHBpZCI6ImNzLTEiLCJleHAiOjEsIngiOiJcdTAwMWJbMzFtIn0.";
    let assert = surroundings.run(&["token", "inspect", token]).failure().code(3);
    let text = stdout(&assert);
    for words in ["would reject this token:", "must be in appId", "expired ", "signed with none"] {
        assert!(text.contains(words), "no {words:?} in\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "{text:?}");
    let object = read_json(&surroundings.run(&["token", "inspect", token, "-o", "json"]).failure().code(3));
    assert_eq!(object["acceptable"], false);
    let kinds: Vec<_> = object["refusals"].as_array().unwrap().iter().map(|refusal| &refusal["kind"]).collect();
    assert_eq!(kinds, ["unlisted_algorithm", "misspelt_app_id", "expired"]);
}

#[test]
fn a_token_of_another_secret_is_wrong() {
    let surroundings = configured();
    let token = stdout(&surroundings.run(&["token"]).success());
    surroundings.write("secret", "another secret");
    let assert = surroundings.run(&["token", "inspect", token.trim_end(), "-o", "json"]).failure().code(3);
    assert_eq!(read_json(&assert)["refusals"][0]["kind"], "wrong_signature");
}

#[test]
fn inspecting_needs_no_config_and_no_secret() {
    let token = stdout(&configured().run(&["token"]).success());
    let bare = Surroundings::new();
    let assert = bare.command(&["token", "inspect", "-", "-o", "json"]).write_stdin(token.clone()).assert().success();
    assert_eq!(read_json(&assert)["signature"], "unchecked");
    let surroundings = configured();
    std::fs::remove_file(surroundings.path("secret")).unwrap();
    let assert = surroundings.command(&["token", "inspect", "-"]).write_stdin(token).assert().success();
    assert!(stderr(&assert).contains("the signature is not checked"), "{}", stderr(&assert));
}

#[test]
fn an_invalid_token_is_not_repeated() {
    for text in ["hunter2", "hunter2.b.c", "", "a.b.c.d.e"] {
        let assert = Surroundings::new().command(&["token", "inspect"]).write_stdin(text).assert().failure().code(2);
        assert!(!stderr(&assert).contains("hunter2") && stdout(&assert).is_empty());
    }
}
