//! `kore-feedback sandbox`: the real binary, as a process that runs until it is stopped.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::{Connection, post, sample, sign};
use crate::support::Surroundings;

fn binary(home: &tempfile::TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kore-feedback"));
    command.env_clear().env("HOME", home.path()).arg("sandbox").args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Stops the process as a service manager does, and returns its exit code and standard error.
fn terminate(mut child: Child) -> (Option<i32>, String) {
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    let mut said = String::new();
    child.stderr.take().expect("standard error").read_to_string(&mut said).expect("text");
    (child.wait().expect("an end").code(), said)
}

#[test]
fn json_output_is_one_line() {
    let home = tempfile::tempdir().expect("a directory");
    let arguments = ["--output", "json", "--bot-id", "st-mine", "--enforce-jti", "--fault", "500:every=2"];
    let mut child = binary(&home, &arguments).spawn().expect("a sandbox");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("standard output")).read_line(&mut line).expect("a line");
    let started: Value = serde_json::from_str(&line).expect("one line of JSON");
    let keys: Vec<&String> = started.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["url", "bot_id", "client_id", "client_secret", "jti"]);
    assert_eq!(started["bot_id"], "st-mine");

    let text = |key: &str| started[key].as_str().expect("a text").to_owned();
    let address = text("url").trim_start_matches("http://").parse().expect("an address");
    let stream = std::net::TcpStream::connect::<std::net::SocketAddr>(address).expect("a connection");
    let token = sign(&json!({"appId": text("client_id")}), &text("client_secret"));
    let headers = format!("auth: {token}\r\ncontent-type: application/json\r\n");
    let save = post("/api/1.1/public/bot/st-mine/saveFeedback", &headers, &sample().to_string());
    let response = Connection(stream).exchange(&save);
    assert!(response.error().0.contains("jti"), "{}", response.body);

    let (exit, said) = terminate(child);
    assert_eq!(exit, Some(0));
    assert!(said.contains(&format!("{}/", text("url"))), "{said}");
    assert!(said.contains("stopped after 1 call: 0 records saved, 1 rejected"), "{said}");
}

#[test]
fn the_printed_profile_is_toml_with_limits() {
    let home = tempfile::tempdir().expect("a directory");
    let mut child =
        binary(&home, &["--rate-limit", "60/1m", "--rate-limit", "1800/1h", "--quiet"]).spawn().expect("a sandbox");
    let output = BufReader::new(child.stdout.take().expect("standard output"));
    // The process keeps running: the profile ends with its limits, not at the end of the output.
    let mut profile = String::new();
    for line in output.lines().map(|line| line.expect("a line")) {
        profile.push_str(&format!("{line}\n"));
        if line.starts_with("limits") {
            break;
        }
    }
    let profile: toml::Table = profile.parse().expect("TOML");
    let sandbox = &profile["profiles"]["sandbox"];
    assert!(sandbox["host"].as_str().expect("a host").starts_with("http://127.0.0.1:"));
    let limits: Vec<_> = sandbox["limits"].as_array().expect("limits").iter().map(|limit| limit.as_str()).collect();
    assert_eq!(limits, [Some("60/1m"), Some("1800/1h")]);
    for key in ["bot_id", "client_id", "client_secret"] {
        assert!(sandbox[key].is_str(), "{key}");
    }
    assert_eq!(terminate(child), (Some(0), String::new()), "--quiet prints nothing");
}

#[test]
fn the_profile_meets_what_is_enforced() {
    let surroundings = Surroundings::new();
    let mut child = surroundings.process(&["sandbox", "--enforce-jwe", "--enforce-jti"]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a sandbox");
    let mut lines = BufReader::new(child.stdout.take().expect("standard output")).lines();
    let lines: Vec<_> = std::iter::from_fn(|| lines.next()?.ok()).take(8).collect();
    let key = lines.iter().find_map(|line| line.strip_prefix("jwe_public_key_file = ")).expect("a key").to_owned();
    surroundings.write("sandbox.toml", lines.join("\n"));
    let fields =
        json!({"channelUId": "jo", "name": "n", "score": 1, "channel": "rtm", "type": "THUMB", "language": "en"});
    let submit = ["submit", "--config", "sandbox.toml", "--json", "-", "--message="];
    surroundings.command(&submit).write_stdin(fields.to_string()).assert().success();
    let (exit, said) = terminate(child);
    assert_eq!(exit, Some(0));
    assert!(said.contains("1 record saved"), "{said}");
    assert!(!std::path::Path::new(key.trim_matches(['"', '\''])).exists(), "{key} is left behind");
}

#[test]
fn an_unknown_fault_is_a_usage_error() {
    let home = tempfile::tempdir().expect("a directory");
    let output = binary(&home, &["--fault", "hangs"]).output().expect("an end");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("did you mean \"hang\"?") && said.contains("reset-after-save"), "{said}");
}

#[test]
fn a_port_in_use_gets_a_hint() {
    let home = tempfile::tempdir().expect("a directory");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output = binary(&home, &["--port", &port]).output().expect("an end");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&format!("cannot listen on 127.0.0.1:{port}")) && said.contains("choose another"), "{said}");
}
