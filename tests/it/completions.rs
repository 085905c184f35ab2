//! `completions`, and the committed scripts.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

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

/// A home with a config, an earlier run and a file, and what this shell offers there for lines.
#[cfg(unix)]
struct Typist(Surroundings);

#[cfg(unix)]
impl Typist {
    fn new() -> Self {
        let home = Surroundings::new();
        home.write_config("[profiles.prod]\n[profiles.staging]\n[mapping.leads]\npreset = \"qualtrics\"\n");
        home.write("answers.csv", "Email,Net Promoter,Rating\njo@example.com,9,5\n");
        home.write("more answers.csv", "Email,Rating\njo@example.com,5\n");
        Self(home)
    }

    /// Runs a shell without its own configuration, but with the binary in its PATH.
    fn shell(&self, shell: &str, arguments: &[&str]) -> std::process::Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_kore-feedback")).parent().unwrap();
        let mut command = self.0.program(shell);
        command.args(arguments);
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", binary.display())).env("SCRIPTS", DIRECTORY);
        command
    }

    /// What bash offers for a line.
    fn offered(&self, line: &str) -> Vec<String> {
        let complete = r#"
            source "$SCRIPTS/kore-feedback.bash"
            COMP_LINE="kore-feedback $1" COMP_POINT=$((14 + ${#1})) COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
            _kore_feedback
            printf '%s\n' "${COMPREPLY[@]}"
        "#;
        let output = self.shell("bash", &["--norc", "-c", complete, "bash", line]).output().expect("bash runs");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_and_options() {
    let typist = Typist::new();
    for (line, offered) in [
        ("sand", &["sandbox"][..]),
        ("runs sh", &["show"]),
        ("config show --st", &["--state-dir"]),
        ("import --pace ", &["even", "early"]),
        ("import --pace=ea", &["early"]),
        ("import answers.csv --skip-i", &["--skip-invalid"]),
    ] {
        assert_eq!(typist.offered(line), offered, "{line}");
    }
    let commands = typist.offered("");
    assert!(commands.contains(&"import".to_owned()) && !commands.contains(&"--help".to_owned()), "{commands:?}");
}

#[cfg(unix)]
#[test]
fn values_come_from_config_and_file() {
    let typist = Typist::new();
    for (line, offered) in [
        ("-p ", &["prod", "staging"][..]),
        ("import answers.csv --profile=st", &["staging"]),
        ("import --preset qu", &["qualtrics"]),
        ("presets show qu", &["qualtrics"]),
        ("import --mapping le", &["leads"]),
        ("import answers.csv --map sc", &["score="]),
        ("import answers.csv --map score=", &["Email", r"Net\ Promoter", "Rating"]),
        ("import answers.csv --map score=Net", &[r"Net\ Promoter"]),
        ("import answers.csv --map \"score=Net", &["score=Net Promoter"]),
        ("import answers.csv --map='score=Net P", &["score=Net Promoter"]),
        (r"import more\ answers.csv --key ", &["Email", "Rating"]),
        ("inspect answers.csv --set type=C", &["CSAT"]),
        ("import answers.csv --filter Ra", &["Rating="]),
        ("import missing.csv --key ", &[""]),
        ("config get bot", &["bot_id"]),
        ("submit --type ", &["NPS", "CSAT", "THUMB"]),
    ] {
        assert_eq!(typist.offered(line), offered, "{line}");
    }
}

#[cfg(unix)]
#[test]
fn runs_are_offered_by_number() {
    let typist = Typist::new();
    assert_eq!(typist.offered("runs show "), ["latest"]);
    let options = ["--set=name=Q1", "--set=channel=rtm", "--set=language=en", "--set=message=", "--set=type=CSAT"];
    let columns = ["--map=score=Rating", "--map=channel_uid=Email"];
    typist.0.run(&[&["import", "answers.csv", "--sandbox"][..], &options, &columns].concat()).success();
    assert_eq!(typist.offered("runs show "), ["1", "latest"]);
    assert_eq!(typist.offered("import answers.csv --exclude-run "), ["1"]);
    assert_eq!(typist.offered("--state-dir elsewhere runs show "), ["latest"]);
    assert!(!typist.0.path("elsewhere").exists());
}

#[cfg(unix)]
#[test]
fn file_names_are_offered_only_for_files() {
    let typist = Typist::new();
    for line in [
        "import ans",
        "import answers.csv ans",
        "inspect ans",
        "import x --report ans",
        "--config ans",
        "submit --json=ans",
    ] {
        assert_eq!(typist.offered(line), ["answers.csv"], "{line}");
    }
    assert_eq!(typist.offered("import more"), [r"more\ answers.csv"]);
    for line in [
        "submit --name ans",
        "token --sub ans",
        "import answers.csv --set name=ans",
        "runs show ans",
        "ans",
        "responses export --survey ans",
    ] {
        assert_eq!(typist.offered(line), [""], "{line}");
    }
}

#[cfg(unix)]
#[test]
fn hostile_headers_cannot_control_the_terminal() {
    let typist = Typist::new();
    typist.0.write("hostile.csv", "\"a\u{1b}[2Jb\",\"two\nlines\",$(touch pwned),Rating\n1,2,3,4\n");
    assert_eq!(typist.offered("import hostile.csv --key "), [r"\$\(touch\ pwned\)", "Rating"]);
}

/// Types a line and Tab at an interactive shell, and waits for the completed line.
#[cfg(unix)]
#[track_caller]
fn completed(mut shell: std::process::Command, prepare: &str, typed: &str, expected: &str) {
    let mut terminal = crate::support::Terminal::start_wide(&mut shell, 120);
    terminal.type_in(&format!("PS1='ready'\"> \"; {prepare}\r"));
    terminal.wait_for("ready> ");
    terminal.type_in(&format!("kore-feedback {typed}\t"));
    terminal.wait_for(expected);
    terminal.type_in("\u{3}exit\r");
}

#[cfg(unix)]
#[test]
fn interactive_bash_completes() {
    let typist = Typist::new();
    for (typed, expected) in [
        ("import answers.csv --map score=Ne", r"score=Net\ Promoter"),
        ("import answers.csv --map \"score=Ne", "score=Net Promoter\""),
        ("import answers.csv mo", r"more\ answers.csv"),
        ("--prof", "--profile"),
    ] {
        let shell = typist.shell("bash", &["--norc", "--noprofile", "-i"]);
        completed(shell, "stty echo; source $SCRIPTS/kore-feedback.bash", typed, expected);
    }
}

#[cfg(unix)]
#[test]
fn interactive_zsh_completes() {
    if !Path::new("/bin/zsh").exists() && !Path::new("/usr/bin/zsh").exists() {
        return;
    }
    let typist = Typist::new();
    for (typed, expected) in [
        ("import answers.csv --map score=Ne", r"score=Net\ Promoter"),
        ("import answers.csv mo", r"more\ answers.csv"),
        ("runs sho", "show"),
        ("import answers.csv --prof", "--profile"),
    ] {
        let shell = typist.shell("zsh", &["-f", "-i"]);
        completed(shell, "fpath=($SCRIPTS $fpath); autoload -U compinit && compinit -u -D", typed, expected);
    }
}

#[test]
fn an_unknown_shell_lists_the_known_ones() {
    let refused = Surroundings::new().run(&["completions", "tcsh"]).failure().code(2);
    let said = crate::support::stderr(&refused);
    assert!(FILES.iter().all(|(shell, _)| said.contains(shell)), "{said}");
}
