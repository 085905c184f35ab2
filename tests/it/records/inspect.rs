//! What `inspect` proposes for files with several scores.

use super::{json, stderr, stdout, value};
use crate::support::{Stage, record};

const FILE: &str = "Email,NPS,CSAT overall,Stars,Comment\na@x.org,9,4,3,good\nb@x.org,10,,5,\n";

#[test]
fn several_scores_become_records() {
    let stage = Stage::new();
    let file = stage.write("in.csv", FILE);
    let ended = stage.command(&["inspect"]).arg(&file).assert().success();
    let said = stdout(&ended);
    for expected in
        ["score            see below", "record 1: type   always \"NPS\"", "record 3: type   ?", "column \"Stars\""]
    {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let hint = stderr(&ended);
    for expected in ["'--record=type=NPS,name=NPS,score=NPS'", "name=CSAT overall,", "type=…,name=Stars,score=Stars"]
    {
        assert!(hint.contains(expected), "{expected}: {hint}");
    }
    let shown = json(&stage.command(&["inspect", "-o", "json"]).arg(&file).assert().success());
    assert_eq!(shown["records"].as_array().unwrap().len(), 3);
    assert_eq!(
        shown["records"][0],
        value!([
            { "field": "name", "from": { "value": "NPS", "by": "a guess by name" } },
            { "field": "score", "from": { "column": "NPS", "by": "a guess by name" } },
            { "field": "type", "from": { "value": "NPS", "by": "a guess by name" } },
        ])
    );
}

#[test]
fn a_written_mapping_has_its_records() {
    let stage = Stage::new();
    let file = stage.write("in.csv", FILE);
    let set = ["--set=channel=email", "--set=language=en", "--set=message="];
    stage.command(&["inspect", "--write-mapping", "m.toml"]).args(set).arg(&file).assert().success();
    let written = std::fs::read_to_string(stage.path("m.toml")).unwrap();
    assert_eq!(written.matches("\n[[records]]\n").count(), 3, "{written}");
    // What nobody can know must be given.
    let said = stderr(&stage.import(&file, &["--mapping", "m.toml"]).failure().code(2));
    assert!(said.contains("record 3 (Stars): type: no column and no value; provide NPS, CSAT or THUMB"), "{said}");
    let completed = written.replace("{ needed = \"NPS, CSAT or THUMB\" }", "{ value = \"CSAT\" }");
    std::fs::write(stage.path("m.toml"), completed).unwrap();
    stage.import(&file, &["--mapping", "m.toml"]).success();
    let sent = |uid: &str, name: &str, score: &str, of: &str| record([uid, name, score, "email", of, "en", ""]);
    stage.has_exactly(&[
        sent("a@x.org", "NPS", "9", "NPS"),
        sent("a@x.org", "CSAT overall", "4", "CSAT"),
        sent("a@x.org", "Stars", "3", "CSAT"),
        sent("b@x.org", "NPS", "10", "NPS"),
        sent("b@x.org", "Stars", "5", "CSAT"),
    ]);
    // Inspected with its mapping, nothing is open.
    let shown = stdout(&stage.command(&["inspect", "--mapping", "m.toml"]).arg(&file).assert().success());
    assert!(shown.contains("record 3: score") && !shown.contains('?'), "{shown}");
}
