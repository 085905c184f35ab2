//! The exports of survey tools, one fixture for each that is known: what `--plan` says of it, and what arrives. People and
//! answers are invented, the shape is the tools'.

use std::path::{Path, PathBuf};

use crate::support::{Stage, stderr, stdout};

/// An export, and the options that import it.
type Export = (&'static str, &'static [&'static str]);

const EXPORTS: [Export; 13] = [
    (
        "qualtrics",
        &[
            "--preset=qualtrics",
            "--map=score=Q3_NPS",
            "--set=type=NPS",
            "--set=name=Relationship survey",
            "--set=channel=email",
        ],
    ),
    (
        "surveymonkey",
        &[
            "--preset=surveymonkey",
            "--map=score=How likely is it that you would recommend us to a friend, or a colleague?",
            "--set=type=NPS",
            "--set=name=Relationship survey",
            "--set=channel=email",
            "--set=language=en",
        ],
    ),
    (
        "typeform",
        &[
            "--preset=typeform",
            "--map=score=*How likely* are you to recommend us?",
            "--map=channel_uid=Your e-mail address",
            "--set=type=NPS",
            "--set=name=Relationship survey",
            "--set=channel=email",
            "--set=language=en",
        ],
    ),
    (
        "google-forms",
        &[
            "--preset=google-forms",
            "--map=score=How satisfied are you with the workshop?",
            "--set=type=CSAT",
            "--set=name=Workshop",
            "--set=channel=email",
            "--set=language=en",
        ],
    ),
    (
        "microsoft-forms",
        &[
            "--preset=microsoft-forms",
            "--map=score=How satisfied are you with the new portal?",
            "--set=type=CSAT",
            "--set=name=Portal",
            "--set=channel=msteams",
            "--set=language=en",
        ],
    ),
    (
        "zendesk-csat",
        &[
            "--preset=zendesk-csat",
            "--map=score=Satisfaction",
            "--map=channel_uid=Requester email",
            "--set=name=Ticket solved",
            "--set=channel=email",
            "--set=language=en",
        ],
    ),
    ("hubspot", &["--mapping=hubspot.toml"]),
    ("freshdesk", &["--mapping=freshdesk.toml"]),
    ("intercom", &["--mapping=intercom.toml", "--dedupe"]),
    (
        "medallia-agent-connect",
        &[
            "--preset=medallia-agent-connect",
            "--map=channel_uid=customer_email",
            "--set=name=After the call",
            "--set=language=en",
        ],
    ),
    (
        "delighted",
        &[
            "--filter=survey_type=nps",
            "--map=channel_uid=person",
            "--map=type=survey_type",
            "--set=name=Delighted",
            "--set=channel=email",
            "--set=language=nl",
            "--set=message=",
        ],
    ),
    (
        "wootric",
        &[
            "--filter=excluded_from_calculations!=true",
            "--dedupe-by=end_user.email",
            "--dedupe-by=created_at",
            "--map=channel_uid=end_user.email",
            "--set=type=NPS",
            "--set=name=In-app",
            "--set=channel=rtm",
            "--set=language=pt",
            "--set=message=",
        ],
    ),
    ("kore-dashboard", &["--preset=kore-dashboard", "--set=type=CSAT"]),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/exports")
}

/// The binary where the fixtures are, so that what it says names no other place.
fn run(stage: &Stage, arguments: &[&str]) -> assert_cmd::assert::Assert {
    stage.command(arguments).current_dir(fixtures()).assert()
}

#[test]
fn every_export_is_looked_at_and_a_mapping_proposed() {
    let stage = Stage::new();
    for (name, _) in EXPORTS {
        let plan = run(&stage, &["import", &format!("{name}.csv"), "--plan"]).success();
        insta::assert_snapshot!(format!("{name}-plan"), stdout(&plan));
    }
    stage.was_never_called();
}

#[test]
fn of_every_export_the_answers_arrive_and_nothing_else() {
    for (name, options) in EXPORTS {
        let stage = Stage::new();
        let file = format!("{name}.csv");
        let imported = run(&stage, &[&["import", &file], options].concat()).success();
        let words = stderr(&imported);
        let skipped = words.lines().filter(|line| line.starts_with("skipped:"));
        let sent = stage.sent().into_iter().map(|record| format!("{record:?}"));
        let seen: Vec<String> = skipped.map(str::to_owned).chain(sent).collect();
        insta::assert_snapshot!(format!("{name}-records"), seen.join("\n"));
    }
}

#[test]
fn no_fixture_is_left_out() {
    let found = std::fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<String> = found
        .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    found.sort();
    let mut known: Vec<_> = EXPORTS.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(found, known);
}
