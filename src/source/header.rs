//! Header rows: how many there are, and a unique name for each column.

use std::collections::{HashMap, HashSet};

use super::dialect::HeaderStyle;
use super::row::Row;

/// The most rows that a header can have.
pub(super) const MAX_ROWS: usize = 3;

#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    /// The header rows as written.
    pub(super) rows: Vec<Vec<String>>,
    /// The columns' unique names.
    pub(super) names: Vec<String>,
    /// The number of columns up to the last one with a header of its own: rows may omit the columns after it.
    pub(super) named: usize,
}

/// Detects how many of the first rows form the header. More than one only if no row of responses looks like that.
pub(super) fn detect(first: &[Row]) -> (usize, HeaderStyle) {
    match first {
        [_, _, third, ..] if is_import_ids(third) => (3, HeaderStyle::Qualtrics),
        [_, second, ..] if is_import_ids(second) => (2, HeaderStyle::Qualtrics),
        [first, _, ..] if first.cell(0) == Some("V1") && first.cell(1) == Some("V2") => {
            (2, HeaderStyle::QualtricsLegacy)
        }
        [first, second, ..] if is_survey_monkey(first, second) => (2, HeaderStyle::SurveyMonkey),
        _ => (1, HeaderStyle::Plain),
    }
}

/// Whether it is Qualtrics' third row: `{"ImportId":"startDate","timeZone":"…"}` in every column. Files that were read and
/// written by Python have single quotes.
fn is_import_ids(row: &Row) -> bool {
    let mut cells = row.cells().map(str::trim).filter(|cell| !cell.is_empty()).peekable();
    cells.peek().is_some() && cells.all(|cell| cell.starts_with("{\"ImportId\"") || cell.starts_with("{'ImportId'"))
}

/// Every response has a respondent's id in its first column; the second header row is empty there, and has texts elsewhere.
fn is_survey_monkey(first: &Row, second: &Row) -> bool {
    let starts_with_respondent = first.cell(0).is_some_and(|cell| {
        let letters: String = cell.chars().filter(char::is_ascii_alphabetic).collect();
        letters.eq_ignore_ascii_case("respondentid")
    });
    second.cell(0).is_some_and(is_blank)
        && second.cells().any(|cell| !is_blank(cell))
        && (starts_with_respondent || second.cells().any(is_response))
}

/// Whether it is what SurveyMonkey writes below a question that has one column.
fn is_response(cell: &str) -> bool {
    matches!(cell.trim(), "Response" | "Open-Ended Response")
}

fn is_blank(cell: &str) -> bool {
    cell.trim().is_empty()
}

impl Header {
    pub(super) fn new(rows: &[Row], style: HeaderStyle) -> Self {
        let width = rows.iter().map(Row::len).max().unwrap_or_default();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.cells().map(str::to_owned).collect()).collect();
        let texts = column_texts(&rows, width, style);
        let named = texts.iter().rposition(|text| !is_blank(text)).map_or(0, |last| last + 1);
        Self { rows, names: unique(&texts), named }
    }

    /// A header of columns that are named already, in one row.
    pub(super) fn from_names(names: Vec<String>) -> Self {
        Self { named: names.len(), names: unique(&names), rows: vec![names] }
    }
}

/// Each column's text: the first row's, if that tells columns apart; `question / option` below a question that has several
/// columns.
fn column_texts(rows: &[Vec<String>], width: usize, style: HeaderStyle) -> Vec<String> {
    let cell = |row: usize, column: usize| rows.get(row).and_then(|cells| cells.get(column)).map_or("", String::as_str);
    match style {
        HeaderStyle::Plain | HeaderStyle::SurveyMonkey if rows.len() > 1 => question_texts(rows.len(), width, cell),
        HeaderStyle::QualtricsLegacy => {
            let is_number = |text: &str| text.strip_prefix('V').is_some_and(|rest| rest.parse::<u32>().is_ok());
            let text = |column| if is_number(cell(0, column)) { cell(1, column) } else { cell(0, column) };
            (0..width).map(|column| text(column).to_owned()).collect()
        }
        _ => (0..width).map(|column| cell(0, column).to_owned()).collect(),
    }
}

/// Each column's question, followed by its option where the question has several columns.
fn question_texts<'a>(rows: usize, width: usize, cell: impl Fn(usize, usize) -> &'a str) -> Vec<String> {
    let mut columns_of = HashMap::<&str, usize>::new();
    for column in 0..width {
        *columns_of.entry(cell(0, column)).or_default() += 1;
    }
    let is_blank = |row, column| is_blank(cell(row, column));
    let mut question = "";
    let text = |column| {
        if !is_blank(0, column) {
            question = cell(0, column);
        } else if is_blank(1, column) {
            return String::new();
        }
        let continues = column + 1 < width && is_blank(0, column + 1) && !is_blank(1, column + 1);
        let has_several = is_blank(0, column) || continues || columns_of.get(question).is_some_and(|count| *count > 1);
        let options = (1..rows).map(|row| cell(row, column).trim());
        let options: Vec<&str> = options.filter(|text| !text.is_empty() && !is_response(text)).collect();
        if !has_several || options.is_empty() {
            return question.to_owned();
        }
        let question = Some(question.trim()).filter(|text| !text.is_empty());
        question.into_iter().chain(options).collect::<Vec<_>>().join(" / ")
    };
    (0..width).map(text).collect()
}

/// Makes the names unique: the second `Name` becomes `Name#2`, and the seventh column `#7` if it has no header.
fn unique(texts: &[String]) -> Vec<String> {
    let written: HashSet<&str> = texts.iter().map(String::as_str).collect();
    let mut taken = HashSet::new();
    let name = |(column, text): (usize, &String)| {
        let is_blank = is_blank(text);
        let name = if is_blank { format!("#{}", column + 1) } else { text.clone() };
        if (!is_blank || !written.contains(name.as_str())) && taken.insert(name.clone()) {
            return name;
        }
        let numbered = (2_usize..).map(|number| format!("{name}#{number}"));
        let free = numbered.filter(|name| !written.contains(name.as_str())).find(|name| taken.insert(name.clone()));
        free.unwrap_or(name)
    };
    texts.iter().enumerate().map(name).collect()
}

/// Finds a column by its name, or by its position: `#7` is the seventh, unless a column has that name.
pub(crate) fn find_column(names: &[String], wanted: &str) -> Option<usize> {
    let by_name = names.iter().position(|name| name == wanted);
    by_name.or_else(|| {
        let position: usize = wanted.strip_prefix('#')?.parse().ok()?;
        (1..=names.len()).contains(&position).then(|| position - 1)
    })
}

/// Returns a column's name as written: `Name` for the column named `Name#2` because another one is named `Name`.
pub(crate) fn written_name<'a>(names: &[String], name: &'a str) -> &'a str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match name.rsplit_once('#') {
        Some((base, number)) if is_number(number) && names.iter().any(|name| name == base) => base,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{Header, detect, find_column, unique, written_name};
    use crate::source::dialect::HeaderStyle;
    use crate::source::row::Row;

    fn rows(texts: &[&str]) -> Vec<Row> {
        texts.iter().map(|text| Row::from_cells(0, 0, text.split('|'))).collect()
    }

    fn names(texts: &[&str]) -> Vec<String> {
        let rows = rows(texts);
        let (count, style) = detect(&rows);
        Header::new(&rows[..count], style).names
    }

    #[test]
    fn column_names_are_unique() {
        let named = |texts: &[&str]| unique(&texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
        assert_eq!(named(&["", "Name", "Name", " ", "Name"]), ["#1", "Name", "Name#2", "#4", "Name#3"]);
        assert_eq!(named(&["Name", "Name#2", "Name"]), ["Name", "Name#2", "Name#3"]);
        assert_eq!(named(&["#2", "", "Name"]), ["#2", "#2#2", "Name"]);
        let names = named(&["", "Name", "Name", "#1"]);
        for (wanted, column) in [("Name", Some(1)), ("Name#2", Some(2)), ("#3", Some(2)), ("#1", Some(3)), ("#5", None)]
        {
            assert_eq!(find_column(&names, wanted), column, "{wanted} in {names:?}");
        }
        assert_eq!(find_column(&names, "#0"), None);
        for (name, written) in
            [("Name#2", "Name"), ("Name", "Name"), ("#1", "#1"), ("Other#2", "Other#2"), ("Name#", "Name#")]
        {
            assert_eq!(written_name(&names, name), written);
        }
    }

    #[test]
    fn qualtrics_first_row_names_columns() {
        let file = [
            "StartDate|Status|Q1_NPS_GROUP|Q1|",
            "Startdatum|Antworttyp|Gruppe|Wie wahrscheinlich, 0-10?|",
            "{\"ImportId\":\"startDate\"}|{\"ImportId\":\"status\"}|{\"ImportId\":\"QID1_NPS_GROUP\"}|{\"ImportId\":\"QID1\"}|",
            "2025-01-01|IP Address|Promoter|10|",
        ];
        assert_eq!(detect(&rows(&file)), (3, HeaderStyle::Qualtrics));
        assert_eq!(names(&file), ["StartDate", "Status", "Q1_NPS_GROUP", "Q1", "#5"]);
        let without_texts = [file[0], file[2], file[3]];
        assert_eq!(detect(&rows(&without_texts)), (2, HeaderStyle::Qualtrics));
        let by_python = file.map(|row| row.replace('"', "'"));
        assert_eq!(detect(&rows(&by_python.each_ref().map(String::as_str))), (3, HeaderStyle::Qualtrics));
    }

    #[test]
    fn legacy_qualtrics_second_row_names_numbered_columns() {
        let file = ["V1|V2|V3|Q1|", "ResponseID|ResponseSet|Name|Wie war es?|", "R_1|Default|Ada|5|"];
        assert_eq!(detect(&rows(&file)), (2, HeaderStyle::QualtricsLegacy));
        assert_eq!(names(&file), ["ResponseID", "ResponseSet", "Name", "Q1", "#5"]);
    }

    #[test]
    fn survey_monkey_empty_cells_continue_the_question() {
        let file = [
            "Respondent ID|Collector ID|Email Address|How likely?|What did you like?|||Anything else?",
            "|||Response|Price|Service|Other (please specify)|Open-Ended Response",
            "1|2|a@example.org|9|Price|||no",
        ];
        assert_eq!(detect(&rows(&file)), (2, HeaderStyle::SurveyMonkey));
        let expected = [
            "Respondent ID",
            "Collector ID",
            "Email Address",
            "How likely?",
            "What did you like? / Price",
            "What did you like? / Service",
            "What did you like? / Other (please specify)",
            "Anything else?",
        ];
        assert_eq!(names(&file), expected);
    }

    #[test]
    fn declared_header_rows_join_only_where_needed() {
        let header = Header::new(&rows(&["id|score|score|", "x|first|second|"]), HeaderStyle::Plain);
        assert_eq!(header.names, ["id", "score / first", "score / second", "#4"]);
        assert_eq!(header.named, 3);
    }

    #[test]
    fn responses_are_not_headers() {
        for file in [
            vec!["id|score", "1|5"],
            vec!["Respondent ID|score", "1|5"],
            vec!["id|score", "|"],
            vec!["V1|score", "1|5"],
            vec!["id|comment", "1|{\"ImportId\":\"x\"}"],
            vec!["id"],
        ] {
            assert_eq!(detect(&rows(&file)), (1, HeaderStyle::Plain), "{file:?}");
        }
    }
}
