//! Secrets in messages and in core dumps.

use crate::support::{Surroundings, stderr, stdout};

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

/// A command that prints the secret inherits the limits of the process that runs it.
#[cfg(unix)]
#[test]
fn no_core_is_dumped_with_secrets_in_memory() {
    let surroundings =
        configured("client_secret_command = [\"sh\", \"-c\", \"ulimit -Sc >&2; ulimit -Hc >&2; exit 9\"]");
    let said = stderr(&surroundings.run(&["token"]).failure().code(2));
    assert!(said.contains("failed with exit code 9: \"0 0\""), "{said}");
}
