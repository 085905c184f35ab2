//! The source of each field, and the messages when it cannot be determined.

use insta::assert_snapshot;

use crate::support::{Stage, record, stderr};

const ROW: &str = "jo@example.com,Chat,4,rtm,CSAT,en,Happy?";

/// A stage with these lines in its profile.
fn with_profile(more: &str) -> Stage {
    let stage = Stage::new();
    stage.write_config(&format!("[profiles.test]\n{more}"));
    stage
}

#[test]
fn options_override_the_profile_names_and_defaults() {
    let stage = with_profile(
        "[profiles.test.columns]\nname = \"Survey\"\nchannel = \"Via\"\n\
         [profiles.test.defaults]\nname = \"default name\"\nlanguage = \"fr\"\nmessage = \"default message\"\n",
    );
    let file = stage.write(
        "in.csv",
        "Channel UID,name,Survey,Via,channel,TYPE,S-core,Note\nu,by name,by profile,by profile,by name,NPS,10,by map\n",
    );
    stage.import(&file, &["--map", "channel=note", "--set", "language=de"]).success();
    stage.has_exactly(&[record(["u", "by profile", "10", "by map", "NPS", "de", "default message"])]);
}

#[test]
fn the_mapping_is_shown_before_anything_is_sent() {
    let stage = with_profile("[profiles.test.defaults]\nmessage = \"Happy?\"\n");
    let file = stage.write("in.csv", "channelUId,Name,Note,S,channel,Other\nu,n,x,5,rtm,y\n");
    let arguments = ["--dry-run", "--map", "score=S", "--set", "type=CSAT", "--set", "language=de"];
    let said = stderr(&stage.import(&file, &arguments).success());
    let (mapping, _preview) = said.split_once("preview of ").unwrap();
    stage.filtered(|| {
        assert_snapshot!(mapping, @r#"
    ~/in.csv: 1 row, CSV, UTF-8, cells separated by commas
       field        source               matched by
       channel_uid  column "channelUId"  exact name
       name         column "Name"        similar name
       score        column "S"           --map
       channel      column "channel"     exact name
       type         always "CSAT"        --set
       language     always "de"          --set
       message      always "Happy?"      the profile's defaults
      not used: Note, Other
    "#)
    });
}

/// The message for a file with this header, which is refused before anything is sent.
#[track_caller]
fn refused(stage: &Stage, header: &str, arguments: &[&str]) -> String {
    let file = stage.write("in.csv", format!("{header}\n{ROW}\n"));
    let said = stderr(&stage.import(&file, arguments).failure().code(2));
    stage.was_never_called();
    assert!(!stage.state().join("ledger.db").exists(), "a run was started");
    said
}

#[test]
fn a_field_without_source_lists_the_columns_seen() {
    let stage = Stage::new();
    let said = refused(&stage, "Kunde,name,score,channel,type,Sprache,message", &[]);
    stage.filtered(|| assert_snapshot!(said, @r#"
    error: ~/in.csv: cannot map the input's columns to the fields of a record:
      - channel_uid: no column and no value
      - language: no column and no value
      columns found: "Kunde", "name", "score", "channel", "type", "Sprache", "message"
    hint: name the column with --map channel_uid=COLUMN, or give every row the same value with --set channel_uid=VALUE; `kore-feedback inspect FILE` shows the columns and proposes a mapping
    "#));
}

#[test]
fn a_file_read_as_one_column_is_reported() {
    let stage = Stage::new();
    let said = refused(&stage, "channelUId:name:score:channel:type:language:message", &[]);
    stage.filtered(|| assert_snapshot!(said, @r#"
    error: ~/in.csv: cannot map the input's columns to the fields of a record:
      - found only one column, "channelUId:name:score:channel:type:language:message", with ',' as the delimiter
      - channel_uid: no column and no value
      - name: no column and no value
      - score: no column and no value
      - channel: no column and no value
      - type: no column and no value
      - language: no column and no value
      - message: no column and no value
      columns found: "channelUId:name:score:channel:type:language:message"
    hint: set the delimiter, such as --delimiter ';' or --delimiter tab; name the column with --map channel_uid=COLUMN, or give every row the same value with --set channel_uid=VALUE; `kore-feedback inspect FILE` shows the columns and proposes a mapping
    "#));
}

#[test]
fn a_wrong_delimiter_gives_one_column() {
    let stage = Stage::new();
    let said = refused(&stage, "channelUId,name,score,channel,type,language,message", &["--delimiter", ";"]);
    stage.filtered(|| assert_snapshot!(said, @r#"
    error: ~/in.csv: cannot map the input's columns to the fields of a record:
      - found only one column, "channelUId,name,score,channel,type,language,message", with ';' as the delimiter
      - channel_uid: no column and no value
      - name: no column and no value
      - score: no column and no value
      - channel: no column and no value
      - type: no column and no value
      - language: no column and no value
      - message: no column and no value
      columns found: "channelUId,name,score,channel,type,language,message"
    hint: set the delimiter, such as --delimiter ';' or --delimiter tab; name the column with --map channel_uid=COLUMN, or give every row the same value with --set channel_uid=VALUE; `kore-feedback inspect FILE` shows the columns and proposes a mapping
    "#));
}

#[test]
fn a_missing_column_names_the_nearest() {
    let stage = Stage::new();
    let header = "Kundennummer,name,score,channel,type,language,message";
    let said = refused(&stage, header, &["--map", "channel_uid=Kundenummer"]);
    stage.filtered(|| {
        assert_snapshot!(said, @r#"
        error: ~/in.csv: cannot map the input's columns to the fields of a record:
          - channel_uid: no column "Kundenummer" (named by --map); did you mean "Kundennummer"?
          columns found: "Kundennummer", "name", "score", "channel", "type", "language", "message"
        hint: name one of the columns found
        "#)
    });
}

#[test]
fn a_duplicate_column_must_be_chosen() {
    let stage = Stage::new();
    let said = refused(&stage, "channelUId,name,score,channel,type,language,message,Score,score", &[]);
    stage.filtered(|| {
        assert_snapshot!(said, @r#"
        error: ~/in.csv: cannot map the input's columns to the fields of a record:
          - score: matches several columns: "score" (column 3), "score#2" (column 9)
          columns found: "channelUId", "name", "score", "channel", "type", "language", "message", "Score", "score#2"
        hint: choose with --map score=COLUMN, by a name shown here or by position, such as '#3'
        "#)
    });
}

#[test]
fn a_field_given_twice_names_both_options() {
    let stage = Stage::new();
    let header = "channelUId,name,score,channel,type,language,message";
    let said = refused(&stage, header, &["--map", "score=score", "--set", "score=5"]);
    stage.filtered(|| {
        assert_snapshot!(said, @r#"
        error: ~/in.csv: cannot map the input's columns to the fields of a record:
          - score: set more than once (--map score=score, --set score=5)
          columns found: "channelUId", "name", "score", "channel", "type", "language", "message"
        hint: give score only one --map or --set
        "#)
    });
}

#[test]
fn an_invalid_constant_is_refused_at_once() {
    let stage = with_profile("[profiles.test.defaults]\nlanguage = \" \"\n");
    let header = "channelUId,name,score,channel,Art,Sprache,message";
    let said = refused(&stage, header, &["--set", "type=CES", "--set", "score=4,5"]);
    stage.filtered(|| {
        assert_snapshot!(said, @r#"
        error: ~/in.csv: cannot map the input's columns to the fields of a record:
          - score: invalid value "4,5" from --set: not a number; use a decimal point and no separators
          - type: invalid value "CES" from --set: unknown type; expected NPS, CSAT or THUMB
          - language: invalid value "" from the profile's defaults: required, but empty
          columns found: "channelUId", "name", "score", "channel", "Art", "Sprache", "message"
        "#)
    });
}

#[test]
fn all_mapping_problems_are_one_error() {
    let stage = Stage::new();
    let arguments = ["--map", "channel_uid=Kunde", "--set", "type=CES", "--map", "channel=x", "--set", "channel=y"];
    let said = refused(&stage, "name,Name,Kanal", &arguments);
    stage.filtered(|| assert_snapshot!(said, @r#"
    error: ~/in.csv: cannot map the input's columns to the fields of a record:
      - channel_uid: no column "Kunde" (named by --map)
      - score: no column and no value
      - channel: set more than once (--map channel=x, --set channel=y)
      - type: invalid value "CES" from --set: unknown type; expected NPS, CSAT or THUMB
      - language: no column and no value
      - message: no column and no value
      columns found: "name", "Name", "Kanal"
    hint: name one of the columns found; name the column with --map score=COLUMN, or give every row the same value with --set score=VALUE; `kore-feedback inspect FILE` shows the columns and proposes a mapping; give channel only one --map or --set
    "#));
}

#[test]
fn an_unknown_field_names_the_nearest() {
    let stage = Stage::new();
    for (arguments, told) in [
        (["--map", "scroe=Q1"], "did you mean \"score\"?"),
        (["--set", "type"], "expected FIELD=TEXT"),
        (["--delimiter", "ab"], "not a delimiter"),
        (["--encoding", "windows1252"], "windows1252"),
    ] {
        let said = refused(&stage, "a,b", &arguments);
        assert!(said.contains(told), "{said}");
    }
}
