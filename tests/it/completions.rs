//! `completions`, and the committed scripts.

use std::path::Path;

use crate::support::{Surroundings, stdout};

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/completions");

/// Each shell with the file name it looks for.
const FILES: [(&str, &str); 5] = [
    ("bash", "kore-feedback.bash"),
    ("elvish", "kore-feedback.elv"),
    ("fish", "kore-feedback.fish"),
    ("powershell", "_kore-feedback.ps1"),
    ("zsh", "_kore-feedback"),
];

#[test]
fn committed_completions_are_current() {
    let surroundings = Surroundings::new();
    let stale = FILES.into_iter().filter(|(shell, file)| {
        let generated = stdout(&surroundings.run(&["completions", shell]).success());
        std::fs::read_to_string(Path::new(DIRECTORY).join(file)).ok() != Some(generated)
    });
    let commands: Vec<String> =
        stale.map(|(shell, file)| format!("  cargo run -- completions {shell} > completions/{file}")).collect();
    assert!(commands.is_empty(), "the command line has changed; run\n{}", commands.join("\n"));
}

#[test]
fn directory_contains_completions_only() {
    let found = std::fs::read_dir(DIRECTORY).unwrap().map(|entry| entry.unwrap().file_name());
    let mut found: Vec<String> = found.map(|name| name.into_string().unwrap()).collect();
    found.sort();
    let mut known = FILES.map(|(_, file)| file.to_owned());
    known.sort();
    assert_eq!(found, known);
}

/// What bash offers as completions of the last word.
#[cfg(unix)]
fn offered_by_bash(words: &[&str]) -> Vec<String> {
    let script = Path::new(DIRECTORY).join("kore-feedback.bash");
    let complete = r#"
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        call=$(complete -p kore-feedback); call=${call##*-F }
        ${call%% *} "$1" "${@: -1}" "${@: -2:1}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let output = std::process::Command::new("bash")
        .args(["--norc", "-c", complete, "bash"])
        .arg(script)
        .args(words)
        .output()
        .expect("bash runs");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_and_options() {
    assert_eq!(offered_by_bash(&["kore-feedback", "sand"]), ["sandbox"]);
    assert_eq!(offered_by_bash(&["kore-feedback", "runs", "sh"]), ["show"]);
    assert_eq!(offered_by_bash(&["kore-feedback", "config", "show", "--st"]), ["--state-dir"]);
    assert_eq!(offered_by_bash(&["kore-feedback", "import", "--pace", ""]), ["even", "early"]);
}

#[test]
fn an_unknown_shell_lists_the_known_ones() {
    let refused = Surroundings::new().run(&["completions", "tcsh"]).failure().code(2);
    let said = crate::support::stderr(&refused);
    assert!(FILES.iter().all(|(shell, _)| said.contains(shell)), "{said}");
}
