//! Headers of several rows, and unnamed columns.

use super::{cells_of, open, open_as, rows_of};
use crate::source::dialect::HeaderStyle;
use crate::source::{SourceOptions, find_column};

const QUALTRICS: &str = "StartDate,Status,ResponseId,UserLanguage,Q1_NPS_GROUP,Q1\r\n\
    Start Date,Response Type,Response ID,User Language,Q1 - Group,\"How likely, from 0 to 10,\nare you to recommend us?\"\r\n\
    \"{\"\"ImportId\"\":\"\"startDate\"\",\"\"timeZone\"\":\"\"America/Denver\"\"}\",\"{\"\"ImportId\"\":\"\"status\"\"}\",\
    \"{\"\"ImportId\"\":\"\"_recordId\"\"}\",\"{\"\"ImportId\"\":\"\"userLanguage\"\"}\",\"{\"\"ImportId\"\":\"\"QID1_NPS_GROUP\"\"}\",\
    \"{\"\"ImportId\"\":\"\"QID1\"\"}\"\r\n\
    2025-01-02 10:00:00,IP Address,R_1,EN,Promoter,10\r\n";

#[test]
fn qualtrics_headers_are_detected() {
    let mut table = open(QUALTRICS.as_bytes()).unwrap();
    assert_eq!((table.dialect().header_rows, table.dialect().header_style), (3, HeaderStyle::Qualtrics));
    assert_eq!(table.dialect().to_string(), "CSV, UTF-8, cells separated by commas, 3 header rows (Qualtrics)");
    assert_eq!(table.headers(), ["StartDate", "Status", "ResponseId", "UserLanguage", "Q1_NPS_GROUP", "Q1"]);
    assert_eq!(table.header_rows().len(), 3);
    let rows = rows_of(&mut table).unwrap();
    assert_eq!((rows.len(), rows[0].number, rows[0].line), (1, 1, 5));
}

#[test]
fn failure_reports_keep_the_qualtrics_header() {
    let added = [",_row,_outcome,_status,_error", ",,,,", ",,,,", ",7,rejected,400,no"];
    let mut lines = QUALTRICS.split("\r\n").zip(added);
    let report: String = lines.by_ref().map(|(line, added)| format!("{line}{added}\r\n")).collect();
    let table = open(report.as_bytes()).unwrap();
    assert_eq!(table.dialect().header_style, HeaderStyle::Qualtrics);
    assert_eq!(table.headers()[6..], ["_row", "_outcome", "_status", "_error"]);
}

#[test]
fn header_rows_can_be_declared() {
    let text = b"Region,,Score\nNorth,South,2025\n1,2,3\n";
    let two = SourceOptions { header_rows: Some(2), ..SourceOptions::default() };
    let mut table = open_as(text, "in.csv", &two).unwrap();
    assert_eq!(table.headers(), ["Region / North", "Region / South", "Score"]);
    assert_eq!(cells_of(&mut table), [["1", "2", "3"]]);
    let one = SourceOptions { header_rows: Some(1), ..SourceOptions::default() };
    assert_eq!(open_as(QUALTRICS.as_bytes(), "in.csv", &one).unwrap().dialect().header_rows, 1);
}

#[test]
fn unnamed_columns_are_found_by_position() {
    let mut table = open(b",Name,Score,Name\n0,Ada,5,x\n1,Grace,4,y\n").unwrap();
    assert_eq!(table.headers(), ["#1", "Name", "Score", "Name#2"]);
    assert_eq!(find_column(table.headers(), "#3"), Some(2));
    assert_eq!(table.header_rows(), [["", "Name", "Score", "Name"]]);
    assert_eq!(cells_of(&mut table)[1], ["1", "Grace", "4", "y"]);
}

#[test]
fn survey_monkey_headers_may_contain_line_breaks() {
    let text = "Respondent ID,Collector ID,Start Date,\"How likely are you,<br>to recommend us?\",\"What was\ngood?\",\n\
                ,,,Response,Price,Service\n114,22,01/02/2025,9,Price,\n";
    let mut table = open(text.as_bytes()).unwrap();
    assert_eq!((table.dialect().header_rows, table.dialect().header_style), (2, HeaderStyle::SurveyMonkey));
    assert_eq!(
        table.headers()[3..],
        ["How likely are you,<br>to recommend us?", "What was\ngood? / Price", "What was\ngood? / Service"]
    );
    assert_eq!(cells_of(&mut table), [["114", "22", "01/02/2025", "9", "Price", ""]]);
}
