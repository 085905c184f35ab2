//! Commands that messages suggest are about the run that the message is about.

use crate::support::{Fixed, Stage, numbered, stderr, stdout};

/// The first suggested command that starts with these words, without the name of the program.
#[track_caller]
fn suggested(said: &str, words: &str) -> Vec<String> {
    let start = format!("`kore-feedback {words}");
    let place = said.find(&start).unwrap_or_else(|| panic!("no {words} in {said}"));
    let command = said[place + 1..].split('`').next().unwrap_or_default();
    shell_words::split(command).expect("words").split_off(1)
}

/// The ledger in the default place has a run with the same number.
#[test]
fn suggested_commands_name_the_ledger() {
    let mut stage = Stage::new();
    stage.write_records(&numbered(3));
    stage.run(&["import", "in.csv"]).success();
    stage.restart(&["reset-after-save:at=1"]);
    let elsewhere = ["--state-dir", "other state"];
    let run = |arguments: &[&str]| stage.run(&[arguments, &elsewhere].concat());
    let verify = ["runs", "verify", "1", "--state-dir", "other state"];

    let import = run(&["import", "in.csv", "--concurrency=1"]).code(1);
    // A run may be resumed from any directory.
    let absolute = stage.path("other state").display().to_string();
    assert_eq!(suggested(&stdout(&import), "runs verify"), [&verify[..4], &[&absolute]].concat());
    let again = run(&["import", "in.csv"]).code(2);
    assert_eq!(suggested(&stderr(&again), "runs verify"), verify);
    let verified = run(&["runs", "verify", "1", "--settle=1h"]).success();
    assert!(stdout(&verified).contains("in doubt before           1"), "{}", stdout(&verified));
    let unknown = run(&["runs", "show", "7"]).code(2);
    assert_eq!(suggested(&stderr(&unknown), "runs list"), ["runs", "list", "--state-dir", "other state"]);
}

#[test]
fn a_submit_in_doubt_suggests_its_ledger() {
    let stage = Stage::faulty(&["reset-after-save"]);
    let record =
        ["--type=CSAT", "--score=4", "--channel-uid=jo", "--name=n", "--channel=rtm", "--language=en", "--message="];
    let submit = [&["submit", "--state-dir=other"][..], &record].concat();
    let verify = ["runs", "verify", "1", "--state-dir", "other"];
    for code in [1, 2] {
        let refused = stage.run(&submit).code(code);
        assert_eq!(suggested(&stderr(&refused), "runs verify"), verify);
    }
    let smoke = stage.run(&["smoke", "--name=n", "--state-dir=other", "--no-rate-limit"]).code(1);
    assert_eq!(suggested(&stderr(&smoke), "runs verify"), ["runs", "verify", "2", "--state-dir", "other"]);
}

/// The failure report cannot be written: the hint names the run, and no temporary file is mentioned.
#[test]
fn an_unwritten_report_is_named_with_its_run() {
    let stage = Stage::new();
    let directory = stage.path("reports");
    std::fs::create_dir(&directory).unwrap();
    let server = Fixed::start(move |_| {
        let _ = std::fs::remove_dir(&directory);
        (400, r#"{"errors":[{"msg":"no","code":400}]}"#.to_owned())
    });
    stage.write_records(&numbered(1));
    let mut import = stage.command(&["import", "in.csv", "--failures=reports/failures.csv", "--state-dir=other"]);
    let said = stderr(&import.env("KORE_FEEDBACK_HOST", server.url()).assert().code(1));
    assert!(said.contains("cannot write the failure report") && !said.contains(".report-"), "{said}");
    assert_eq!(suggested(&said, "runs failures"), ["runs", "failures", "1", "--state-dir", "other"]);
}
