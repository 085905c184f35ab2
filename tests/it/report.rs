//! `import --report` and `runs report`: a run as a web page.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fs;

use crate::support::{Stage, csv_of, json, numbered, record, stderr, stdout};

fn page(stage: &Stage) -> String {
    fs::read_to_string(stage.path("run.html")).unwrap()
}

#[test]
fn an_import_writes_its_report() {
    let stage = Stage::faulty(&["400:at=2", "500:at=3"]);
    stage.write_records(&numbered(40));
    stage.run(&["import", "in.csv", "--report", "run.html"]).failure().code(1);
    let page = page(&stage);
    for text in [
        "<h1>Run 1: 38 of 40 rows saved</h1>",
        "finished",
        "Bad Request (code 400)",
        ">2<",
        "kore-feedback runs verify 1",
        "<svg",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let printed = stdout(&stage.run(&["runs", "report", "1"]).success());
    let facts = |page: &str| page.split("How to continue").next().unwrap().to_owned();
    assert_eq!(facts(&printed), facts(&page));
    stage.run(&["runs", "report", "1", "run.html"]).success();
}

#[test]
fn an_interrupted_import_has_a_report() {
    let stage = Stage::faulty(&["401"]);
    stage.write_records(&numbered(3));
    stage.run(&["import", "in.csv", "--report", "run.html", crate::support::IMPATIENT]).failure().code(3);
    let page = page(&stage);
    assert!(page.contains("unfinished") && page.contains("kore-feedback runs resume 1"), "{page}");
}

#[test]
fn texts_of_files_and_servers_are_escaped() {
    let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let stage = Stage::new();
    let rows = ["9", "3"].map(|score| record(["a@example.com", hostile, score, hostile, "NPS", "en", hostile]));
    stage.write("in.csv", csv_of(&rows));
    stage.run(&["import", "in.csv", "--report", "run.html"]).success();
    let page = page(&stage);
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    assert!(page.contains("&lt;script&gt;"), "{page}");
    assert!(!page.contains("http://") || !page.contains("src="), "nothing is loaded: {page}");
}

#[test]
fn other_files_are_never_overwritten() {
    let stage = Stage::new();
    stage.write_records(&numbered(1));
    stage.write("run.html", "<p>mine</p>");
    let refused = stage.run(&["import", "in.csv", "--report", "run.html"]).failure().code(2);
    let said = stderr(&refused);
    assert!(said.contains("run.html: it exists and is not such a report") && said.contains("--report"), "{said}");
    stage.was_never_called();
    stage.run(&["import", "in.csv"]).success();
    stage.run(&["runs", "report", "1", "run.html"]).failure();
    assert_eq!(page(&stage), "<p>mine</p>");
}

#[test]
fn a_report_without_its_input_says_so() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(3));
    stage.run(&["import", "in.csv"]).success();
    fs::remove_file(file).unwrap();
    let printed = json(&stage.run(&["runs", "report", "1", "-ojson"]).success());
    let html = printed["html"].as_str().unwrap();
    assert!(
        html.contains("The scores are not known: cannot read") && html.contains("<dt>saved, 100.0%</dt>"),
        "{html}"
    );
}

#[test]
fn a_submit_has_a_report_without_scores() {
    let stage = Stage::new();
    let fields =
        ["--type=NPS", "--score=9", "--channel-uid=a", "--name=A", "--channel=rtm", "--language=en", "--message="];
    stage.run(&[["submit"].as_slice(), &fields].concat()).success();
    let page = stdout(&stage.run(&["runs", "report", "1"]).success());
    assert!(page.contains("<h1>Run 1: 1 of 1 row saved</h1>"), "{page}");
    assert!(!page.contains("<dt>input</dt>") && !page.contains("Scores as on"), "{page}");
}
