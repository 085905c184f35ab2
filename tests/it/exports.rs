//! Exports of survey tools, one fixture for each known tool and form: the output of `inspect` and of a dry run, and the
//! records that arrive. People and answers are invented, the format is the tools'.

#![expect(clippy::unwrap_used, reason = "a test that can't lay its inputs has failed")]

mod workbooks;

use std::path::{Path, PathBuf};

use crate::support::{Stage, stderr, stdout};

/// The file of an export, and the options to import it.
type Export = (&'static str, &'static [&'static str]);

/// The file of a workbook, and the function that generates it.
type Made = (&'static str, fn() -> Vec<u8>);

const EXPORTS: [Export; 25] = [
    (
        "qualtrics.csv",
        &[
            "--preset=qualtrics",
            "--map=score=Q3_NPS",
            "--set=type=NPS",
            "--set=name=Relationship survey",
            "--set=channel=email",
        ],
    ),
    (
        "qualtrics-values.csv",
        &["--preset=qualtrics", "--map=score=Q1", "--set=type=CSAT", "--set=name=Lösung", "--set=channel=email"],
    ),
    ("qualtrics-legacy.csv", &["--mapping=qualtrics-legacy.toml"]),
    (
        "surveymonkey.csv",
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
        "typeform.csv",
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
        "google-forms.csv",
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
        "google-forms-anonymous.csv",
        &[
            "--preset=google-forms",
            "--map=score=#3",
            "--map=channel_uid=Your staff number",
            "--set=type=NPS",
            "--set=name=Canteen",
            "--set=channel=email",
            "--set=language=en",
        ],
    ),
    (
        "microsoft-forms.xlsx",
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
        "microsoft-forms-anonymous.xlsx",
        &[
            "--preset=microsoft-forms",
            "--include=anonymous",
            "--map=channel_uid=Your customer number",
            "--map=score=How likely are you to recommend our fair?",
            "--set=type=NPS",
            "--set=name=Fair",
            "--set=channel=email",
            "--set=language=en",
        ],
    ),
    (
        "zendesk-csat.csv",
        &[
            "--preset=zendesk-csat",
            "--map=score=Satisfaction",
            "--map=channel_uid=Requester email",
            "--set=name=Ticket solved",
            "--set=channel=email",
            "--set=language=en",
        ],
    ),
    (
        "zendesk-labels.csv",
        &[
            "--preset=zendesk-csat",
            "--map=score=Satisfaction",
            "--map=channel_uid=Requester email",
            "--set=name=Ticket solved",
            "--set=channel=email",
            "--set=language=en",
        ],
    ),
    ("zendesk-2-points.csv", &["--mapping=zendesk-2-points.toml"]),
    ("zendesk-3-points.csv", &["--mapping=zendesk-3-points.toml"]),
    (
        "zendesk-5-points.csv",
        &[
            "--map=score=CSAT score",
            "--no-answer=",
            "--map=channel_uid=Requester email",
            "--set=type=CSAT",
            "--set=name=Ticket solved",
            "--set=channel=email",
            "--set=language=en",
            "--set=message=",
        ],
    ),
    ("hubspot-ces.csv", &["--mapping=hubspot-ces.toml"]),
    ("hubspot-csat.csv", &["--mapping=hubspot-csat.toml"]),
    (
        "hubspot-nps.csv",
        &[
            "--map=channel_uid=Contact email",
            "--map=name=Survey name",
            "--map=score=Rating",
            "--map=type=Survey type",
            "--set=channel=email",
            "--set=language=en",
            "--set=message=",
        ],
    ),
    ("freshdesk.csv", &["--mapping=freshdesk.toml"]),
    ("intercom.csv", &["--mapping=intercom.toml", "--dedupe"]),
    (
        "medallia-agent-connect.csv",
        &[
            "--preset=medallia-agent-connect",
            "--map=channel_uid=customer_email",
            "--set=name=After the call",
            "--set=language=en",
        ],
    ),
    (
        "delighted.csv",
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
        "delighted.jsonl",
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
        "wootric.csv",
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
    (
        "wootric.json",
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
    ("kore-dashboard.csv", &["--preset=kore-dashboard", "--set=type=CSAT"]),
];

/// Exports that are generated and not stored.
const WORKBOOKS: [Made; 2] = [
    ("microsoft-forms.xlsx", workbooks::microsoft_forms),
    ("microsoft-forms-anonymous.xlsx", workbooks::microsoft_forms_anonymous),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/exports")
}

/// A stage with the export, and with its mapping if there is one.
fn stage_with(file: &str) -> Stage {
    let stage = Stage::new();
    match WORKBOOKS.iter().find(|(name, _)| *name == file) {
        Some((name, make)) => stage.write(name, make()),
        None => stage.write(file, std::fs::read(fixtures().join(file)).unwrap()),
    };
    let mapping = Path::new(file).with_extension("toml");
    if let Ok(text) = std::fs::read(fixtures().join(&mapping)) {
        stage.write(mapping.to_str().unwrap(), text);
    }
    stage
}

/// The command as typed, and everything it prints, in order.
fn said_by(stage: &Stage, arguments: &[&str]) -> String {
    let ended = stage.run(arguments).success();
    let (out, err) = (stdout(&ended), stderr(&ended));
    // `inspect` starts with its result, all other commands end with it.
    let said = if arguments[0] == "inspect" { out + &err } else { err + &out };
    format!("$ {}\n{said}", shell_words::join([&["kore-feedback"], arguments].concat()))
}

#[test]
fn every_export_is_inspected() {
    for (file, _) in EXPORTS {
        let stage = stage_with(file);
        let inspected = said_by(&stage, &["inspect", file]);
        insta::assert_snapshot!(format!("{}-inspect", file.replace('.', "-")), inspected);
        stage.was_never_called();
    }
}

#[test]
fn every_export_is_previewed() {
    for (file, options) in EXPORTS {
        let stage = stage_with(file);
        let dry = said_by(&stage, &[&["import", file], options, &["--dry-run"]].concat());
        insta::assert_snapshot!(format!("{}-preview", file.replace('.', "-")), dry);
        stage.was_never_called();
    }
}

#[test]
fn every_export_arrives_complete() {
    for (file, options) in EXPORTS {
        let stage = stage_with(file);
        let command = [&["import", file], options].concat();
        let words = said_by(&stage, &command);
        let told = words.lines().filter(|line| line.starts_with("$ ") || line.starts_with("skipped:"));
        let sent = stage.sent().into_iter().map(|record| format!("{record:?}"));
        let seen: Vec<String> = told.map(str::to_owned).chain(sent).collect();
        insta::assert_snapshot!(format!("{}-records", file.replace('.', "-")), seen.join("\n"));
    }
}

#[test]
fn anonymous_forms_are_sent_only_on_request() {
    let stage = stage_with("microsoft-forms-anonymous.xlsx");
    let command = ["import", "microsoft-forms-anonymous.xlsx", "--preset=microsoft-forms", "--map=score=#7"];
    let constants = ["--set=type=NPS", "--set=name=Fair", "--set=channel=email", "--set=language=en"];
    let said = said_by(&stage, &[&command[..], &constants].concat());
    assert!(
        said.contains("skipped: 2 rows (anonymous response)\nhint: no rows left to send; use `--include 'anonymous"),
        "{said}"
    );
    assert!(said.ends_with("2 rows, nothing to send\n"), "{said}");
    stage.was_never_called();
    let asked = ["--include", "anonymous response", "--dry-run"];
    let said = said_by(&stage, &[&command[..], &constants, &asked].concat());
    assert!(said.contains("2 rows can be sent"), "{said}");
}

#[test]
fn every_fixture_is_tested() {
    let found = std::fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let (mappings, files): (Vec<_>, Vec<_>) = found.partition(|name| name.ends_with(".toml"));
    let mut found: Vec<_> = files.into_iter().chain(WORKBOOKS.map(|(name, _)| name.to_owned())).collect();
    found.sort();
    let mut known = EXPORTS.map(|(file, _)| file);
    known.sort_unstable();
    assert_eq!(found, known);
    for mapping in mappings {
        let option = format!("--mapping={mapping}");
        assert!(EXPORTS.iter().any(|(_, options)| options.contains(&&*option)), "{mapping}");
    }
}
