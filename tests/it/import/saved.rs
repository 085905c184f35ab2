//! `import --saved` and `runs saved`: the saved records with the server's ids and times.

use std::fs;

use crate::support::{Fixed, Stage, csv_of, json, numbered, record, stderr, stdout};

const ADDED: [&str; 3] = ["_row", "_server_id", "_server_time"];

fn read(stage: &Stage) -> String {
    fs::read_to_string(stage.path("saved.csv")).unwrap()
}

/// The cells of these columns, row by row.
fn cells(csv: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let place = |name: &&str| headers.iter().position(|header| header == *name).unwrap();
    let places: Vec<_> = columns.iter().map(place).collect();
    reader
        .records()
        .map(Result::unwrap)
        .map(|row| places.iter().map(|place| row[*place].to_owned()).collect())
        .collect()
}

fn rows(csv: &str) -> Vec<String> {
    cells(csv, &["_row"]).concat()
}

#[test]
fn saved_records_have_ids_and_times() {
    let stage = Stage::faulty(&["400:at=2"]);
    let file = stage.write_records(&numbered(3));
    stage.import(&file, &["--saved", "saved.csv", "--concurrency=1"]).failure().code(1);
    let list = read(&stage);
    assert_eq!(rows(&list), ["1", "3"]);
    let header = fs::read_to_string(&file).unwrap().lines().next().unwrap().to_owned();
    assert_eq!(list.lines().next().unwrap(), format!("{header},{}", ADDED.join(",")));
    let of_runs = cells(&stdout(&stage.run(&["runs", "show", "1", "--rows"]).success()), &["server_id", "server_time"]);
    let of_list = cells(&list, &ADDED[1..]);
    assert_eq!(of_list, [&of_runs[0][..], &of_runs[2]]);
    assert!(of_list.iter().flatten().all(|cell| !cell.is_empty()), "{list}");
    assert_eq!(cells(&list, &["channelUId"]).concat(), [&*numbered(3)[0][0], &numbered(3)[2][0]]);
    assert_eq!(stdout(&stage.run(&["runs", "saved", "1"]).success()), list);
    let printed = json(&stage.run(&["runs", "saved", "1", "-ojson"]).success());
    assert_eq!(printed["saved"][1]["server_id"], *of_list[1][0]);
    assert_eq!(printed["saved"][1]["cells"]["channelUId"], numbered(3)[2][0]);
}

#[test]
fn a_stopped_run_lists_what_it_saved() {
    let stage = Stage::faulty(&["400:at=3"]);
    let options = ["--saved", "saved.csv", "--concurrency=1", "--max-rejected=0"];
    stage.import(&stage.write_records(&numbered(4)), &options).failure().code(5);
    assert_eq!(rows(&read(&stage)), ["1", "2"]);
    // `runs resume` keeps the option, and replaces its own list.
    stage.run(&["runs", "resume", "1", "--rejected", "--max-rejected=100%"]).success();
    assert_eq!(rows(&read(&stage)), ["1", "2", "3", "4"]);
    assert!(!stage.path("saved.kept-1.csv").exists());
    fs::remove_file(stage.path("saved.csv")).unwrap();
    stage.run(&["runs", "resume", "1"]).success();
    assert_eq!(rows(&read(&stage)).len(), 4, "nothing was left to send");
}

#[test]
fn lists_never_replace_other_files() {
    let stage = Stage::new();
    stage.write("saved.csv", "mine\n");
    let said =
        stderr(&stage.import(&stage.write("one.csv", csv_of(&numbered(2))), &["--saved", "saved.csv"]).success());
    assert!(said.contains("saved.kept-1.csv"), "{said}");
    assert_eq!(fs::read_to_string(stage.path("saved.kept-1.csv")).unwrap(), "mine\n");
    // Another run's list is such a file, too.
    stage.import(&stage.write_records(&numbered(3)), &["--saved", "saved.csv", "--only-new"]).success();
    assert_eq!(rows(&fs::read_to_string(stage.path("saved.kept-2.csv")).unwrap()).len(), 2);
    assert_eq!(rows(&read(&stage)), ["3"]);
    let said = stderr(&stage.run(&["runs", "saved", "1", "saved.csv"]).failure().code(2));
    assert!(said.contains("saved.csv exists and has other lines"), "{said}");
    assert_eq!(rows(&read(&stage)), ["3"]);
    let shown = json(&stage.run(&["runs", "saved", "2", "saved.csv", "-ojson"]).success());
    assert_eq!((&shown["run"], &shown["file"]), (&2.into(), &"saved.csv".into()));
    stage.run(&["runs", "saved", "1", "in.csv"]).failure().code(2);
}

#[test]
fn lists_need_a_path_of_their_own() {
    let stage = Stage::new();
    let file = stage.write_records(&numbered(1));
    for (options, told) in [
        (&["--saved", "in.csv"][..], "it would overwrite the input"),
        (&["--saved", "no/place.csv"], "no directory for"),
        (&["--saved", "a.csv", "--failures", "a.csv"], "--saved and --failures name the same file"),
        (&["--saved", "a.html", "--report", "a.html"], "--report and --saved name the same file"),
    ] {
        let said = stderr(&stage.import(&file, options).failure().code(2));
        assert!(said.contains(told) && said.contains("choose another file with --"), "{said}");
    }
    stage.was_never_called();
}

#[test]
fn ids_never_read_as_formulas() {
    let server = Fixed::start(|_| (200, serde_json::json!({"_id": "=SUM(1,1)\u{1b}"}).to_string()));
    let stage = Stage::new();
    stage.write("in.csv", csv_of(&[record(["=1+1", "n", "5", "rtm", "CSAT", "en", ""])]));
    let mut import = stage.command(&["import", "in.csv", "--saved", "saved.csv"]);
    import.env("KORE_FEEDBACK_HOST", server.url()).assert().success();
    assert_eq!(cells(&read(&stage), &["_server_id", "channelUId"]), [["'=SUM(1,1)\u{fffd}", "=1+1"]]);
}

#[test]
fn each_record_of_a_row_is_listed() {
    let stage = Stage::faulty(&["400:at=2"]);
    let file = stage.write("in.csv", "Email,Q1,Q2\na,9,8\nb,7,6\n");
    let records =
        ["--record=score=Q1,name=One", "--record=score=Q2,name=Two", "--set=type=NPS", "--map=channel_uid=Email"];
    let sending =
        ["--set=channel=rtm", "--set=language=en", "--set=message=", "--saved", "saved.csv", "--concurrency=1"];
    stage.import(&file, &[&records[..], &sending].concat()).failure().code(1);
    assert_eq!(cells(&read(&stage), &["_row", "_record"]), [["1", "1"], ["2", "1"], ["2", "2"]]);
}
