//! How a file is laid out: headers, sheets, encodings, several files, and where a mapping or a suggested command says so.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::path::Path;

use rust_xlsxwriter::Workbook;

use crate::support::{Record, Stage, record, stderr, stdout};

/// The options for the fields that none of these files has a column for.
const CONSTANTS: [&str; 5] =
    ["--set=name=Survey", "--set=channel=email", "--set=type=CSAT", "--set=language=en", "--set=message="];

/// The record of a respondent with a score.
fn answer(who: &str, score: &str) -> Record {
    record([who, "Survey", score, "email", "CSAT", "en", ""])
}

/// The arguments of the command in backquotes after `before`, as a shell would read them.
fn suggested(words: &str, before: &str) -> Vec<String> {
    let (_, rest) = words.split_once(before).unwrap_or_else(|| panic!("{before}: {words}"));
    let command = rest.split('`').nth(1).unwrap();
    let command = shell_words::split(command).unwrap();
    assert_eq!(command[0], "kore-feedback");
    command[1..].to_vec()
}

fn run(stage: &Stage, arguments: &[String]) -> assert_cmd::assert::Assert {
    stage.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn workbook(path: &Path, sheets: &[(&str, &[&[&str]])]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(*cells) {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
    }
    workbook.save(path).unwrap();
}

/// Inspects a file with these options, writes the mapping, and imports with the command that `inspect` suggests, and again with
/// the one that it suggests without a mapping file.
#[track_caller]
fn works_as_pasted(file: &str, content: &[u8], options: &[&str], expected: &[Record]) -> String {
    let stage = Stage::new();
    match content {
        [] => {
            workbook(&stage.path(file), &[("Jan", &[&["who", "score"]]), ("Feb", &[&["who", "score"], &["ana", "5"]])])
        }
        content => drop(stage.write(file, content)),
    }
    let inspect = [&["inspect", file], options, &CONSTANTS].concat();
    let words = stderr(&stage.run(&inspect).success());
    let without_file = suggested(&words, "check the import with");
    let words = stderr(&stage.run(&[&inspect[..], &["--write-mapping", "m.toml"]].concat()).success());
    let with_mapping = suggested(&words, "then check it with");
    assert_eq!(with_mapping, ["import", file, "--mapping=m.toml", "--dry-run"]);
    for command in [without_file, with_mapping] {
        let dry_run = run(&stage, &command);
        let command: Vec<String> = command.into_iter().filter(|word| word != "--dry-run").collect();
        if stage.sent().is_empty() {
            dry_run.success();
            run(&stage, &command).success();
        } else {
            let words = stderr(&run(&stage, &command).failure().code(2));
            assert!(words.contains("already imported"), "another mapping: {words}");
        }
        stage.has_exactly(expected);
    }
    std::fs::read_to_string(stage.path("m.toml")).unwrap()
}

#[test]
fn suggested_commands_read_the_file_as_inspected() {
    let ana = [answer("ana", "5")];
    let map = ["--map=channel_uid=who", "--map=score=score"];
    let with = |options: &[&'static str]| [&map[..], options].concat();
    for (file, content, options, written) in [
        (
            "a.csv",
            &b"who,score,score\n,text,number\nana,great,5\n"[..],
            vec!["--map=channel_uid=who", "--map=score=score / number", "--header-rows=2"],
            "header_rows = 2",
        ),
        (
            "b.csv",
            b"who,note,score\nana,Gr\xf6\xdfe \x80,5\n",
            with(&["--encoding=windows-1252"]),
            "encoding = \"windows-1252\"",
        ),
        ("c.csv", b"who^score\nana^5\n", with(&["--delimiter=^"]), "delimiter = \"^\""),
        (
            "d.csv",
            b"who,a,b\tscore\nana\t5\n",
            vec!["--map=channel_uid=#1", "--map=score=score", "--format=tsv"],
            "format = \"tsv\"",
        ),
        ("e.xlsx", b"", with(&["--sheet=Feb"]), "sheet = \"Feb\""),
        ("f.csv", b"ana,5\n", vec!["--map=channel_uid=#1", "--map=score=#2", "--no-header"], "no_header = true"),
        (
            "h.json",
            b"{\"n\":1,\"data\":{\"results\":[{\"who\":\"ana\",\"score\":5}]}}",
            with(&["--records-at=data.results"]),
            "records_at = \"data.results\"",
        ),
        ("g.csv", b"Report of March\n\nwho,score\nana,5\n", with(&["--skip-lines=2"]), "skip_lines = 2"),
    ] {
        let mapping = works_as_pasted(file, content, &options, &ana);
        assert!(mapping.contains(&format!("\n# How the file is read.\n[file]\n{written}\n\n")), "{mapping}");
    }
}

#[test]
fn options_win_over_the_mappings_file_table() {
    let stage = Stage::new();
    workbook(
        &stage.path("in.xlsx"),
        &[("Jan", &[&["who", "score"], &["ana", "5"]]), ("Feb", &[&["who", "score"], &["ben", "4"]])],
    );
    let mapping = "[mapping.m.file]\nsheet = \"Feb\"\n[mapping.m.fields]\nchannel_uid = \"who\"\n";
    stage.write_config(&format!("[profiles.p]\n{mapping}"));
    let import = |options: &[&str]| stage.run(&[&["import", "in.xlsx", "--mapping=m"], options, &CONSTANTS].concat());
    import(&[]).success();
    stage.has_exactly(&[answer("ben", "4")]);
    import(&["--sheet=1"]).success();
    stage.has_exactly(&[answer("ana", "5"), answer("ben", "4")]);
}

#[test]
fn failure_reports_are_imported_as_suggested() {
    for (file, content, options) in [
        ("a.csv", &b"ana,5\nben,nine\ncy,4\n"[..], "[file]\nno_header = true\n"),
        ("b.csv", b"A title\nwho,score\nana,5\nben,nine\ncy,4\n", "[file]\nskip_lines = 1\nformat = \"csv\"\n"),
        ("c.csv", b"who,score\nwhom,what\nana,5\nben,nine\ncy,4\n", "[file]\nheader_rows = 2\ndelimiter = \",\"\n"),
        ("d.xlsx", b"", "[file]\nsheet = \"Feb\"\nformat = \"xlsx\"\n"),
    ] {
        let stage = Stage::new();
        match content {
            [] => workbook(
                &stage.path(file),
                &[("Jan", &[]), ("Feb", &[&["who", "score"], &["ana", "5"], &["ben", "nine"], &["cy", "4"]])],
            ),
            content => drop(stage.write(file, content)),
        }
        stage.write("m.toml", format!("{options}[fields]\nchannel_uid = \"#1\"\nscore = \"#2\"\n"));
        let import = [&["import", file, "--mapping=m.toml", "--skip-invalid"], &CONSTANTS[..]].concat();
        let ended = stage.run(&import).failure().code(1);
        let words = stdout(&ended);
        let command = suggested(&words, "then import it with");
        let report = stage.path(&command[1]);
        // Resuming writes the same report.
        let printed = stdout(&stage.run(&["runs", "failures", "1"]).success());
        assert_eq!(printed, std::fs::read_to_string(&report).unwrap());
        std::fs::write(&report, printed.replacen("nine", "3", 1)).unwrap();
        run(&stage, &command).success();
        stage.has_exactly(&[answer("ana", "5"), answer("ben", "3"), answer("cy", "4")]);
    }
}

#[test]
fn headers_that_look_like_data_are_refused() {
    let stage = Stage::new();
    stage.write("in.csv", "ana@example.com,5\nben@example.com,4\n");
    let options = [&CONSTANTS[..], &["--map=channel_uid=#1", "--map=score=#2"]].concat();
    for command in ["inspect", "import"] {
        let words = stderr(&stage.run(&[&[command, "in.csv"], &options[..]].concat()).failure().code(2));
        assert!(
            words.contains("in.csv: line 1: the first row looks like data, not like a header: \"ana@example.com\""),
            "{words}"
        );
        assert!(words.contains("pass --no-header if the file has no header"), "{words}");
    }
    stage.was_never_called();
    stage.run(&[&["import", "in.csv", "--no-header"], &options[..]].concat()).success();
    stage.has_exactly(&[answer("ana@example.com", "5"), answer("ben@example.com", "4")]);
    stage.run(&[&["import", "in.csv", "--header-rows=1", "--dry-run", "--only-new"], &options[..]].concat()).success();
}

#[test]
fn second_header_rows_are_pointed_out() {
    let stage = Stage::new();
    stage.write("in.csv", "who,q1,q2\nName,How likely?,How was it?\nana,5,4\nben,4,4\n");
    let inspected = stage.run(&["inspect", "in.csv"]).success();
    let words = stderr(&inspected);
    assert!(
        words.contains("row 1 looks like a second header row (\"How likely?\"); if it is one, pass --header-rows 2"),
        "{words}"
    );
}

#[test]
fn wrapped_records_lead_to_their_path() {
    let stage = Stage::new();
    stage.write("in.json", r#"{"count":2,"results":[{"who":"ana","score":5},{"who":"ben","score":4}]}"#);
    let options = [&["import", "in.json", "--map=channel_uid=who"], &CONSTANTS[..]].concat();
    let words = stderr(&stage.run(&options).failure().code(2));
    assert!(words.contains("an array of objects at \"results\""), "{words}");
    assert!(words.contains("read these records with `--records-at results`"), "{words}");
    stage.run(&[&options[..], &["--records-at", "results"]].concat()).success();
    stage.has_exactly(&[answer("ana", "5"), answer("ben", "4")]);
}

#[cfg(unix)]
#[test]
fn missing_headers_are_asked_at_a_terminal() {
    let stage = Stage::new();
    stage.write("in.csv", "ana@example.com,5\nben@example.com,4\n");
    let options = [&["import", "in.csv", "--yes", "--map=channel_uid=#1", "--map=score=#2"], &CONSTANTS[..]].concat();
    let mut terminal = crate::support::Terminal::start(stage.process(&options).envs(stage.variables()));
    terminal.wait_for("it is data: there is no header");
    terminal.type_in("\r");
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(0), "{seen}");
    stage.has_exactly(&[answer("ana@example.com", "5"), answer("ben@example.com", "4")]);
}

#[test]
fn a_dry_run_needs_no_profile() {
    let surroundings = crate::support::Surroundings::new();
    surroundings.write("in.csv", "who,score\nana,5\n");
    let options = [&["import", "in.csv", "--dry-run", "--map=channel_uid=who"], &CONSTANTS[..]].concat();
    let checked = surroundings.run(&options).success();
    assert!(stdout(&checked).contains("1 row can be sent, 0 invalid, 0 skipped; nothing was sent (--dry-run)"));
    let words = stderr(&checked);
    assert!(
        words.contains("host, bot_id, client_id and client_secret are not configured yet: an import needs them"),
        "{words}"
    );
    let words = stderr(&surroundings.run(&[&options[..], &["--set=bot_id=st-1"]].concat()).success());
    assert!(words.contains("host, client_id and client_secret are not configured yet"), "{words}");
    assert!(!surroundings.state().exists());
    let words = stderr(
        &surroundings.run(&[&["import", "in.csv", "--map=channel_uid=who"], &CONSTANTS[..]].concat()).failure().code(2),
    );
    assert!(words.contains("host, bot_id, client_id and client_secret are not set"), "{words}");
}

#[test]
fn marks_and_emoji_are_shown_as_they_are() {
    let stage = Stage::new();
    let texts = ["e\u{301}", "👩\u{200d}🚀", "❤\u{fe0f}", "ที่ดี", "say \"hi\""];
    let quoted = texts.map(|text| format!("\"{}\"", text.replace('"', "\"\"")));
    let rows = quoted.map(|text| format!("{text},\"\u{1b}[31m\u{202e}red\",5\n"));
    for (text, row) in texts.iter().zip(&rows) {
        stage.write("in.csv", format!("note{text_in_header},odd,score\n{row}", text_in_header = "e\u{301}"));
        let seen = stdout(&stage.run(&["inspect", "in.csv"]).success());
        assert!(seen.contains(&format!("\"{text}\"")) && seen.contains("notee\u{301}"), "{text}: {seen}");
        assert!(!seen.contains(['\u{1b}', '\u{202e}']), "{seen}");
    }
}

#[test]
fn files_are_joined_by_column_name() {
    let stage = Stage::new();
    stage.write("a.csv", "who,score,note\nana,5,x\nben,nine,y\n");
    stage.write("b.tsv", "extra\tscore\twho\n1\t4\tcy\n2\tten\tdi\n3\t4\n");
    let options = [&["import", "a.csv", "b.tsv", "--map=channel_uid=who", "--skip-invalid"], &CONSTANTS[..]].concat();
    let ended = stage.run(&options).failure().code(1);
    let words = stderr(&ended);
    for found in ["2    a.csv:3  score   nine", "4    b.tsv:3  score   ten", "5    b.tsv:4  –"] {
        assert!(words.contains(found), "{found}: {words}");
    }
    stage.has_exactly(&[answer("ana", "5"), answer("cy", "4")]);
    let report = std::fs::read_to_string(stage.path("a.failures.csv")).unwrap();
    let rows: Vec<_> = report.lines().map(|line| line.split(",invalid").next().unwrap()).collect();
    assert_eq!(rows, ["who,score,note,extra,_row,_outcome,_status,_error", "ben,nine,y,,2", "di,ten,,2,4", "3,4,5"]);
    stage.write("a.failures.csv", report.replace("nine", "3").replace("ten", "2").replace("3,4,5,", "el,4,,3,5,"));
    let command = suggested(&stdout(&ended), "then import it with");
    run(&stage, &command).success();
    let all =
        [("ana", "5"), ("ben", "3"), ("cy", "4"), ("di", "2"), ("el", "4")].map(|(who, score)| answer(who, score));
    stage.has_exactly(&all);
    // The order of columns makes no difference to what was imported.
    stage.write("c.tsv", "who\tscore\textra\ncy\t4\t1\ndi\tten\t2\nq\tx\n");
    let words = stderr(&stage.run(&["runs", "failures", "1"]).success());
    assert_eq!(words, "");
}

#[test]
fn files_without_a_used_column_are_named() {
    let stage = Stage::new();
    stage.write("a.csv", "who,score,Status\nana,5,x\n");
    stage.write("b.csv", "who,points,Status\nben,4,x\n");
    stage.write("c.csv", "who,score\nben,4\n");
    let options = [&["import", "a.csv", "--map=channel_uid=who"], &CONSTANTS[..]].concat();
    let words = stderr(&stage.run(&[&options[..], &["b.csv"]].concat()).failure().code(2));
    assert!(words.contains("b.csv: no column \"score\", which other files or sheets have and a field uses"), "{words}");
    let words = stderr(&stage.run(&[&options[..], &["c.csv", "--filter=Status=x"]].concat()).failure().code(2));
    assert!(words.contains("c.csv: ") && words.contains("--filter: no column \"Status\""), "{words}");
    stage.was_never_called();
    stage.run(&[&options[..], &["c.csv"]].concat()).success();
    stage.has_exactly(&[answer("ana", "5"), answer("ben", "4")]);
}

#[test]
fn failure_reports_are_not_joined_with_other_columns() {
    let stage = Stage::new();
    let report =
        |columns: &str, cells: &str| format!("who,score,{columns}_outcome,_status,_error\nana,5,{cells}in doubt,,\n");
    stage.write("a.csv", report("_row,", "1,"));
    stage.write("b.csv", report("_row,", "2,").replace("who,", "note,who,").replace("ana,", "x,cy,"));
    stage.write("c.csv", "who,score,_id\nben,4,1\n");
    let options =
        |files: [&'static str; 2]| [&["import"], &files[..], &["--map=channel_uid=who"], &CONSTANTS[..]].concat();
    let words = stderr(&stage.run(&options(["c.csv", "a.csv"])).failure().code(2));
    assert!(words.contains("a.csv is a failure report, and other files are not"), "{words}");
    // Their rows in doubt are skipped, wherever the columns are.
    let words = stdout(&stage.run(&[&options(["a.csv", "b.csv"])[..], &["--dry-run"]].concat()).success());
    assert!(words.contains("0 rows can be sent, 0 invalid, 2 skipped"), "{words}");
    stage.was_never_called();
}

#[test]
fn several_sheets_are_read_one_after_the_other() {
    let sheets: [(&str, &[&[&str]]); 4] = [
        ("Jan", &[&["who", "score"], &["ana", "5"]]),
        ("Feb, early", &[&["score", "who", "note"], &["4", "ben", "x"], &["six", "cy", "y"]]),
        ("Empty", &[]),
        ("Notes", &[&["About"], &["this"]]),
    ];
    let all = [answer("ana", "5"), answer("ben", "4")];
    for options in [&["--sheet=Jan", "--sheet=Feb, early"][..], &["--sheet=1,2"], &["--sheet=1,2,Empty,Jan"]] {
        let stage = Stage::new();
        workbook(&stage.path("in.xlsx"), &sheets);
        let import = [&["import", "in.xlsx", "--map=channel_uid=who", "--skip-invalid"], options, &CONSTANTS].concat();
        let ended = stage.run(&import).failure().code(1);
        let words = stderr(&ended);
        assert!(words.contains("in.xlsx, sheet \"Feb, early\":3  score   six"), "{words}");
        stage.has_exactly(&all);
        let report = std::fs::read_to_string(stage.path("in.failures.csv")).unwrap();
        assert!(report.starts_with("who,score,note,_row,_outcome,_status,_error\ncy,six,y,3,invalid"), "{report}");
        assert_eq!(stdout(&stage.run(&["runs", "failures", "1"]).success()), report);
        stage.write("in.failures.csv", report.replace("six", "3"));
        run(&stage, &suggested(&stdout(&ended), "then import it with")).success();
        stage.has_exactly(&[&all[..], &[answer("cy", "3")]].concat());
    }
    let stage = Stage::new();
    workbook(&stage.path("in.xlsx"), &sheets);
    let import = [&["import", "in.xlsx", "--map=channel_uid=who", "--sheet=*"], &CONSTANTS[..]].concat();
    let words = stderr(&stage.run(&import).failure().code(2));
    assert!(words.contains("in.xlsx, sheet \"Notes\": no column \"who\""), "{words}");
    workbook(&stage.path("in.xlsx"), &sheets[..1]);
    stage.run(&import).success();
    stage.has_exactly(&all[..1]);
}

#[test]
fn templates_name_file_sheet_and_row() {
    let mut stage = Stage::faulty(&["400:at=3"]);
    workbook(&stage.path("q3/in.xlsx"), &[("Jan", &[&["score"], &["5"]]), ("Feb", &[&["score"], &["4"], &["3"]])]);
    stage.write("b.csv", "score\n2\n");
    let template = "channel_uid = { template = \"{{ _file }}/{{ _sheet }}/{{ _row_number }}\" }";
    stage.write("m.toml", format!("[file]\nsheet = \"*\"\n[fields]\n{template}\n"));
    let import = [&["import", "q3/in.xlsx", "b.csv", "--mapping=m.toml", "--concurrency=1"], &CONSTANTS[..]].concat();
    let ended = stage.run(&import).failure().code(1);
    let uids = ["in.xlsx/Jan/1", "in.xlsx/Feb/2", "in.xlsx/Feb/3", "b.csv//4"];
    let records =
        [(uids[0], "5"), (uids[1], "4"), (uids[2], "3"), (uids[3], "2")].map(|(who, score)| answer(who, score));
    stage.has_exactly(&[&records[..2], &records[3..]].concat());
    // The report knows where its rows were.
    let report = std::fs::read_to_string(stage.path("q3/in.failures.csv")).unwrap();
    assert!(report.starts_with("score,_file,_sheet,_row_number,_row,"), "{report}");
    let sent = stage.restart(&[]);
    run(&stage, &suggested(&stdout(&ended), "then import it with")).success();
    let mut all = [sent, stage.sent()].concat();
    all.sort();
    let mut expected = records.to_vec();
    expected.sort();
    assert_eq!(all, expected);
    // Another name makes other records.
    let words = stderr(&stage.run(&import).failure().code(2));
    assert!(words.contains("already imported by run 1"), "{words}");
    std::fs::rename(stage.path("b.csv"), stage.path("c.csv")).unwrap();
    let renamed: Vec<&str> = import.iter().map(|word| if *word == "b.csv" { "c.csv" } else { word }).collect();
    let words = stderr(&stage.run(&renamed).failure().code(2));
    assert!(words.contains("has sent this input with another mapping"), "{words}");
}

#[test]
fn joined_files_are_resumed_where_they_stopped() {
    let mut stage = Stage::faulty(&["hang:every=1"]);
    stage.write("a.csv", "who,score\nana,5\nben,4\n");
    stage.write("b.csv", "note,score,who\nx,3,cy\ny,2,di\n");
    let options = [
        &[
            "import",
            "a.csv",
            "b.csv",
            "--map=channel_uid=who",
            "--retries=0",
            "--wait-for-target=1s",
            "--timeout=200ms",
        ],
        &CONSTANTS[..],
    ]
    .concat();
    stage.run(&options).failure();
    stage.restart(&[]);
    stage.let_time_pass();
    stage.run(&["runs", "resume", "1", "--resend-in-doubt"]).success();
    stage.has_exactly(&[("ana", "5"), ("ben", "4"), ("cy", "3"), ("di", "2")].map(|(who, score)| answer(who, score)));
}
