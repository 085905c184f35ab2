//! Blanks around the texts of a file: what is sent, and how texts compare.

use crate::support::{Record, Stage, record, stderr};

const HEADER: &str = "channelUId,name,score,channel,type,language,message,note";

fn saved(name: &str, message: &str) -> Record {
    record(["jo", name, "4", "rtm", "CSAT", "en", message])
}

#[test]
fn surrounding_blanks_are_not_sent() {
    let stage = Stage::new();
    let row = "\u{a0}jo , Survey,\u{feff}4\u{200b},rtm\u{3000},CSAT\u{a0},\ten,\" Happy?  \n\",x";
    let file = stage.write("in.csv", format!("{HEADER}\n{row}\n"));
    stage.import(&file, &[]).success();
    stage.has_exactly(&[saved("Survey", "Happy?")]);
}

#[test]
fn trim_false_keeps_a_fields_blanks() {
    let stage = Stage::new();
    stage.write(
        "keep.toml",
        "[fields]\nname = { column = \"name\", trim = false }\n\
         message = { template = \"{{ message }}{{ note }}\", trim = false }\nchannel = { template = \"{{ channel }}\" }\n",
    );
    let file = stage.write("in.csv", format!("{HEADER}\njo, Survey,4, rtm ,CSAT,en, a , b \n"));
    let words = stderr(&stage.import(&file, &["--mapping", "keep.toml"]).success());
    assert!(words.contains("column \"name\", blanks kept"), "{words}");
    stage.has_exactly(&[saved(" Survey", " a  b ")]);

    stage.write("score.toml", "[fields]\nscore = { column = \"score\", trim = false }\n");
    let words = stderr(&stage.import(&file, &["--mapping", "score.toml"]).failure().code(2));
    assert!(words.contains("score.toml:2: unknown key \"trim\" in [fields.score]"), "{words}");
}

#[test]
fn texts_compare_without_surrounding_blanks() {
    let stage = Stage::new();
    stage.write(
        "rules.toml",
        "no_answer = \"-\"\n[fields]\nlanguage = { column = \"language\", values = { German = \"de\" } }\n\
         [[skip]]\ncolumn = \"note\"\nis = \"test\"\nreason = \"test\"\n",
    );
    let rows = [
        "jo, Survey,4,rtm,CSAT,\u{a0}German ,,x",
        "jo,Survey\u{feff},4, RTM ,CSAT,German,,x",
        "al,Survey,5,rtm,CSAT,German,,\u{a0}Test ",
        "bo,Survey,\u{a0}-,rtm,CSAT,German,,x",
        "cy,Survey,4,sms,CSAT,German,,x",
    ];
    let file = stage.write("in.csv", format!("{HEADER}\n{}\n", rows.join("\n")));
    let options = ["--mapping", "rules.toml", "--filter", "channel = rtm", "--dedupe-by", "name"];
    let words = stderr(&stage.import(&file, &options).success());
    for reason in ["duplicate of an earlier row", "(test)", "no answer", "excluded by --filter channel = rtm"] {
        assert!(words.contains(reason), "{reason}: {words}");
    }
    stage.has_exactly(&[record(["jo", "Survey", "4", "rtm", "CSAT", "de", ""])]);
}

#[test]
fn the_first_filled_column_is_taken() {
    let stage = Stage::new();
    let rows = [",R1,S,4,rtm,CSAT,en,", " \u{a0},R2,S,4,rtm,CSAT,en,", "jo,R3,S,4,rtm,CSAT,en,", ", ,S,4,rtm,CSAT,en,"];
    let header = "Email,Response ID,name,score,channel,type,language,message";
    let file = stage.write("in.csv", format!("{header}\n{}\n", rows.join("\n")));
    let sent = || {
        let mut sent: Vec<_> = stage.sent().into_iter().map(|[uid, ..]| uid).collect();
        sent.sort();
        sent
    };
    let words =
        stderr(&stage.import(&file, &["--map", "channel_uid=Email|Response ID", "--skip-invalid"]).failure().code(1));
    assert!(words.contains("first filled of \"Email\", \"Response ID\""), "{words}");
    assert_eq!(sent(), ["R1", "R2", "jo"]);

    stage.write("list.toml", "[fields]\nchannel_uid = { column = [\"Email\", \"Response ID\"] }\n");
    let words = stderr(&stage.import(&file, &["--mapping", "list.toml"]).failure().code(2));
    assert!(words.contains("Email") && words.contains("channel_uid: required, but empty"), "{words}");
    let words = stderr(&stage.import(&file, &["--map", "channel_uid=Email|Response"]).failure().code(2));
    assert!(words.contains("no column \"Response\" (named by --map); did you mean \"Response ID\"?"), "{words}");

    let header = header.replace("Response ID", "Email|Response ID");
    let file = stage.write("named.csv", format!("{header}\na,b,S,4,rtm,CSAT,en,\n"));
    stage.import(&file, &["--map", "channel_uid=Email|Response ID"]).success();
    assert_eq!(sent(), ["R1", "R2", "b", "jo"]);
}
