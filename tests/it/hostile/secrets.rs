//! Secrets in messages and in core dumps.

use std::fs;

use crate::support::{Fixed, Surroundings, csv_of, numbered, stderr, stdout};

fn configured(secret: &str) -> Surroundings {
    let surroundings = Surroundings::new();
    surroundings.write_config(&format!("[profiles.prod]\nclient_id = \"cs-1\"\n{secret}\n"));
    surroundings
}

#[test]
fn a_secret_pasted_as_a_name_is_hidden() {
    for key in ["client_secret_file = \"hunter2/+x=\"", "client_secret_command = [\"hunter2\"]"] {
        let surroundings = configured(key);
        for arguments in [&["token"][..], &["token", "-v"], &["config", "show"]] {
            let output = surroundings.run(arguments);
            let said = stderr(&output) + &stdout(&output);
            assert!(!said.contains("hunter2"), "{said}");
        }
        let said = stderr(&surroundings.run(&["token"]).failure().code(2));
        assert!(said.contains("hint: "), "{said}");
    }
    let said = stderr(&configured("client_secret_file = \"secret.txt\"").run(&["token"]).failure().code(2));
    assert!(said.contains("/config/kore-feedback has no file of that name"), "{said}");
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The secret is rotated during the run, so that it is read again.
#[test]
fn a_secret_that_a_server_repeats_is_redacted() {
    let secrets = ["0ld/s3cr3t+\"value\"=", "n3w%41s3cr3t\\of=today"];
    let surroundings = configured("client_secret_file = \"secret.txt\"");
    let file = surroundings.write("config/kore-feedback/secret.txt", secrets[0]);
    let server = Fixed::start(move |_| {
        let known = if fs::read_to_string(&file).unwrap() == secrets[0] { &secrets[..1] } else { &secrets };
        fs::write(&file, secrets[1]).unwrap();
        let said = known.iter().map(|secret| format!("secret={secret}, {}", percent_encoded(secret)));
        let said = said.collect::<Vec<_>>().join(" or ");
        (401, serde_json::json!({"errors": [{"msg": said, "code": 401}]}).to_string())
    });
    surroundings.write("in.csv", csv_of(&numbered(2)));
    let arguments = [
        "import",
        "in.csv",
        "-v",
        "-o",
        "json",
        "--log-file=run.log",
        "--wait-for-target=500ms",
        "--no-rate-limit",
        "--concurrency=1",
    ];
    let mut import = surroundings.command(&arguments);
    import.envs([("KORE_FEEDBACK_HOST", server.url()), ("KORE_FEEDBACK_BOT_ID", "st-1".to_owned())]);
    let output = import.assert().failure().code(3);
    let (said, json) = (stderr(&output), stdout(&output));
    let one = "secret=[secret], [secret]";
    assert!(said.contains(&format!("{one} or {one} (code 401)")), "{said}");
    let log = fs::read_to_string(surroundings.path("run.log")).unwrap();
    let mut places = vec![("stderr", said), ("JSON", json), ("the log", log)];
    for path in fs::read_dir(surroundings.state()).unwrap().map(|file| file.unwrap().path()) {
        places.push(("the ledger", String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()));
    }
    for (place, text) in places {
        for part in ["s3cr3t", "%73%33%63%72"] {
            assert!(!text.contains(part), "{place}: {text}");
        }
    }
}

/// A command that prints the secret inherits the limits of the process that runs it.
#[cfg(unix)]
#[test]
fn no_core_is_dumped_with_secrets_in_memory() {
    let surroundings =
        configured("client_secret_command = [\"sh\", \"-c\", \"ulimit -Sc >&2; ulimit -Hc >&2; exit 9\"]");
    let said = stderr(&surroundings.run(&["token"]).failure().code(2));
    assert!(said.contains("failed with exit code 9: \"0 0\""), "{said}");
}
