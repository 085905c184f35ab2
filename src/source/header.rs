//! The rows that name the columns: how many there are, and a name for each column that no other column has.

use std::collections::{HashMap, HashSet};

use super::Row;
use super::dialect::HeaderStyle;

/// The most rows that a header can have.
pub(super) const MOST_ROWS: usize = 3;

/// The header: its rows as they were written, and the columns' names.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    pub(super) rows: Vec<Vec<String>>,
    pub(super) names: Vec<String>,
    /// Behind the last column that has a header of its own: a row need not have cells from here on.
    pub(super) named: usize,
}

/// How many of the first rows are the header, when nobody says. Only what no row of answers looks like counts.
pub(super) fn find(first: &[Row]) -> (usize, HeaderStyle) {
    let has_import_ids = |row: Option<&Row>| row.is_some_and(is_import_ids);
    if has_import_ids(first.get(2)) {
        (3, HeaderStyle::Qualtrics)
    } else if has_import_ids(first.get(1)) {
        (2, HeaderStyle::Qualtrics)
    } else if first.len() > 1 && first[0].cell(0) == Some("V1") && first[0].cell(1) == Some("V2") {
        (2, HeaderStyle::QualtricsLegacy)
    } else if first.len() > 1 && is_survey_monkey(&first[0], &first[1]) {
        (2, HeaderStyle::SurveyMonkey)
    } else {
        (1, HeaderStyle::Plain)
    }
}

/// Qualtrics' third row: `{"ImportId":"startDate","timeZone":"…"}` in every column.
fn is_import_ids(row: &Row) -> bool {
    let mut filled = row.cells().filter(|cell| !cell.trim().is_empty()).peekable();
    filled.peek().is_some() && filled.all(|cell| cell.trim_start().starts_with("{\"ImportId\""))
}

/// Each answer has a respondent's id in its first column; the second header row has nothing there, and texts elsewhere.
fn is_survey_monkey(first: &Row, second: &Row) -> bool {
    let starts_with_respondent = first.cell(0).is_some_and(|cell| {
        let folded: String = cell.chars().filter(char::is_ascii_alphabetic).collect();
        folded.eq_ignore_ascii_case("respondentid")
    });
    second.cell(0).is_some_and(|cell| cell.trim().is_empty())
        && second.cells().any(|cell| !cell.trim().is_empty())
        && (starts_with_respondent || second.cells().any(is_response))
}

/// What SurveyMonkey writes below a question that has one column.
fn is_response(cell: &str) -> bool {
    matches!(cell.trim(), "Response" | "Open-Ended Response")
}

impl Header {
    pub(super) fn new(rows: &[Row], form: HeaderStyle) -> Self {
        let width = rows.iter().map(Row::len).max().unwrap_or_default();
        let written = |row: &Row| row.cells().map(str::to_owned).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> = rows.iter().map(written).collect();
        let texts = texts(&rows, width, form);
        let named = texts.iter().rposition(|text| !text.trim().is_empty()).map_or(0, |last| last + 1);
        Self { rows, names: unique(&texts), named }
    }

    /// A header of columns that have names already, one row of them.
    pub(super) fn of_names(names: Vec<String>) -> Self {
        Self { named: names.len(), rows: vec![names.clone()], names: unique(&names) }
    }
}

/// Each column's text. The first row's where that tells columns apart; below a question that has several columns the
/// question and the option, as `question / option`.
fn texts(rows: &[Vec<String>], width: usize, form: HeaderStyle) -> Vec<String> {
    let cell =
        |row: usize, column: usize| rows.get(row).and_then(|cells| cells.get(column)).map_or("", |cell| cell.as_str());
    match form {
        _ if rows.len() < 2 => (0..width).map(|column| cell(0, column).to_owned()).collect(),
        HeaderStyle::Qualtrics => (0..width).map(|column| cell(0, column).to_owned()).collect(),
        HeaderStyle::QualtricsLegacy => {
            let is_number = |text: &str| text.strip_prefix('V').is_some_and(|rest| rest.parse::<u32>().is_ok());
            let text = |column| if is_number(cell(0, column)) { cell(1, column) } else { cell(0, column) };
            (0..width).map(|column| text(column).to_owned()).collect()
        }
        HeaderStyle::Plain | HeaderStyle::SurveyMonkey => questions(rows, width, cell),
    }
}

/// Each column's question, and its option where a question has several columns.
fn questions<'a>(rows: &[Vec<String>], width: usize, cell: impl Fn(usize, usize) -> &'a str) -> Vec<String> {
    let mut count = HashMap::<&str, usize>::new();
    for column in 0..width {
        *count.entry(cell(0, column)).or_default() += 1;
    }
    let is_blank = |row, column| cell(row, column).trim().is_empty();
    let mut question = "";
    let mut texts = Vec::with_capacity(width);
    for column in 0..width {
        if !is_blank(0, column) {
            question = cell(0, column);
        } else if is_blank(1, column) {
            texts.push(String::new());
            continue;
        }
        let goes_on = column + 1 < width && is_blank(0, column + 1) && !is_blank(1, column + 1);
        let has_several = is_blank(0, column) || goes_on || count.get(question).is_some_and(|count| *count > 1);
        let options = (1..rows.len()).map(|row| cell(row, column).trim());
        let options: Vec<&str> = options.filter(|text| !text.is_empty() && !is_response(text)).collect();
        if has_several && !options.is_empty() {
            let parts = std::iter::once(question.trim()).filter(|text| !text.is_empty()).chain(options);
            texts.push(parts.collect::<Vec<_>>().join(" / "));
        } else {
            texts.push(question.to_owned());
        }
    }
    texts
}

/// Names that no two columns share: the second `Name` is `Name#2`, and the seventh column is `#7` if it has no header.
fn unique(texts: &[String]) -> Vec<String> {
    let written: HashSet<&str> = texts.iter().map(String::as_str).collect();
    let mut taken = HashSet::new();
    texts
        .iter()
        .enumerate()
        .map(|(column, text)| {
            let is_blank = text.trim().is_empty();
            let name = if is_blank { format!("#{}", column + 1) } else { text.clone() };
            if (!is_blank || !written.contains(name.as_str())) && taken.insert(name.clone()) {
                return name;
            }
            let numbered = (2_usize..).map(|number| format!("{name}#{number}"));
            let free = numbered.filter(|name| !written.contains(name.as_str())).find(|name| taken.insert(name.clone()));
            free.unwrap_or(name)
        })
        .collect()
}

/// The column that a name means: the one that is called so, else the one that `#7` counts, from 1.
pub fn find_column(names: &[String], wanted: &str) -> Option<usize> {
    let by_name = names.iter().position(|name| name == wanted);
    by_name.or_else(|| {
        let place: usize = wanted.strip_prefix('#')?.parse().ok()?;
        (1..=names.len()).contains(&place).then(|| place - 1)
    })
}

/// What is written above a column: `Name` for the column that is called `Name#2` because another one is called `Name`.
pub fn written_name<'a>(names: &[String], name: &'a str) -> &'a str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match name.rsplit_once('#') {
        Some((base, number)) if is_number(number) && names.iter().any(|name| name == base) => base,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{Header, find, find_column, unique, written_name};
    use crate::source::Row;
    use crate::source::dialect::HeaderStyle;

    fn rows(texts: &[&str]) -> Vec<Row> {
        texts.iter().map(|text| Row::from_cells(0, 0, text.split('|'))).collect()
    }

    fn names(texts: &[&str]) -> Vec<String> {
        let rows = rows(texts);
        let (count, form) = find(&rows);
        Header::new(&rows[..count], form).names
    }

    #[test]
    fn names_are_unique_and_say_where_a_column_is() {
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
    fn qualtrics_has_three_rows_and_is_named_by_the_first() {
        let file = [
            "StartDate|Status|Q1_NPS_GROUP|Q1|",
            "Startdatum|Antworttyp|Gruppe|Wie wahrscheinlich, 0-10?|",
            "{\"ImportId\":\"startDate\"}|{\"ImportId\":\"status\"}|{\"ImportId\":\"QID1_NPS_GROUP\"}|{\"ImportId\":\"QID1\"}|",
            "2025-01-01|IP Address|Promoter|10|",
        ];
        assert_eq!(find(&rows(&file)), (3, HeaderStyle::Qualtrics));
        assert_eq!(names(&file), ["StartDate", "Status", "Q1_NPS_GROUP", "Q1", "#5"]);
        let without_texts = [file[0], file[2], file[3]];
        assert_eq!(find(&rows(&without_texts)), (2, HeaderStyle::Qualtrics));
    }

    #[test]
    fn old_qualtrics_files_are_named_by_the_second_row_where_the_first_only_counts() {
        let file = ["V1|V2|V3|Q1|", "ResponseID|ResponseSet|Name|Wie war es?|", "R_1|Default|Ada|5|"];
        assert_eq!(find(&rows(&file)), (2, HeaderStyle::QualtricsLegacy));
        assert_eq!(names(&file), ["ResponseID", "ResponseSet", "Name", "Q1", "#5"]);
    }

    #[test]
    fn survey_monkey_has_two_rows_and_an_empty_cell_means_the_same_question() {
        let file = [
            "Respondent ID|Collector ID|Email Address|How likely?|What did you like?|||Anything else?",
            "|||Response|Price|Service|Other (please specify)|Open-Ended Response",
            "1|2|a@example.org|9|Price|||no",
        ];
        assert_eq!(find(&rows(&file)), (2, HeaderStyle::SurveyMonkey));
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
    fn header_rows_that_were_asked_for_are_joined_only_where_the_first_is_not_enough() {
        let header = Header::new(&rows(&["id|score|score|", "x|first|second|"]), HeaderStyle::Plain);
        assert_eq!(header.names, ["id", "score / first", "score / second", "#4"]);
        assert_eq!(header.named, 3);
    }

    #[test]
    fn rows_of_answers_are_no_header() {
        for file in [
            vec!["id|score", "1|5"],
            vec!["Respondent ID|score", "1|5"],
            vec!["id|score", "|"],
            vec!["V1|score", "1|5"],
            vec!["id|comment", "1|{\"ImportId\":\"x\"}"],
            vec!["id"],
        ] {
            assert_eq!(find(&rows(&file)), (1, HeaderStyle::Plain), "{file:?}");
        }
    }
}
