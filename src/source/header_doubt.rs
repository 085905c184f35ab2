//! Signs that the first row is not the header, or not the only header row. A wrong header loses an answer silently, but a false
//! alarm stops a good file, so only what no header looks like counts: survey matrices have headers such as `1`, `2` and `2024`,
//! multiple-choice columns contain their own header, and unnamed columns are indexes.

use super::row::Row;
use crate::text::excerpt;

/// What is odd about the header of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HeaderDoubt {
    /// The first row looks like a row of answers.
    Data {
        line: u64,
        /// A cell that no header has, safe to print.
        cell: String,
        what: &'static str,
    },
    /// The row below the header looks like a second header row.
    SecondRow {
        /// One of its cells, safe to print.
        cell: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing, or a word for it.
    Blank,
    Number,
    Email,
    Date,
    Text,
}

/// Compares the first row with the rows below it.
pub(super) fn doubt(rows: &[Row]) -> Option<HeaderDoubt> {
    let (first, below) = rows.split_first()?;
    let columns = columns(first, below);
    if let Some((cell, what)) = data_cell(&columns) {
        return Some(HeaderDoubt::Data { line: first.line, cell: excerpt(cell, 40), what });
    }
    let (second, below) = below.split_first()?;
    second_header(&self::columns(second, below)).map(|cell| HeaderDoubt::SecondRow { cell: excerpt(cell, 40) })
}

impl HeaderDoubt {
    /// What to tell people who need not decide.
    pub(super) fn warning(&self) -> Option<String> {
        match self {
            Self::Data { .. } => None,
            Self::SecondRow { cell } => {
                Some(format!("row 1 looks like a second header row (\"{cell}\"); if it is one, pass --header-rows 2"))
            }
        }
    }
}

/// A cell of the row in question, and the values below it that are not blank.
struct Column<'a> {
    cell: &'a str,
    below: Vec<&'a str>,
}

/// The columns of a row. Rows that repeat it say nothing: files that were joined have their header again.
fn columns<'a>(row: &'a Row, below: &'a [Row]) -> Vec<Column<'a>> {
    let others: Vec<&Row> = below.iter().filter(|other| !other.cells().eq(row.cells())).collect();
    let values = |column| others.iter().filter_map(move |row| row.cell(column)).map(str::trim);
    let filled = |column| values(column).filter(|cell| kind(cell) != Kind::Blank).collect();
    row.cells().enumerate().map(|(index, cell)| Column { cell: cell.trim(), below: filled(index) }).collect()
}

impl Column<'_> {
    fn kind(&self) -> Kind {
        kind(self.cell)
    }

    /// The kind of all values below; `None` if there are none, or several kinds.
    fn kind_below(&self) -> Option<Kind> {
        let first = kind(self.below.first()?);
        self.below.iter().all(|value| kind(value) == first).then_some(first)
    }

    /// A text above numbers, dates or addresses.
    fn is_heading(&self) -> bool {
        self.kind() == Kind::Text
            && self.below.len() > 1
            && !matches!(self.kind_below(), None | Some(Kind::Text | Kind::Blank))
    }

    /// A text that occurs again below.
    fn is_seen_below(&self) -> bool {
        self.kind() == Kind::Text && self.below.contains(&self.cell)
    }

    fn is_unnamed(&self) -> bool {
        self.cell.is_empty() && self.below.len() > 1
    }

    /// An id as long as all others below.
    fn is_id(&self) -> bool {
        let is_id = |text: &str| {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let is_number = digits == text.len();
            !text.contains(char::is_whitespace) && digits > 0 && text.len() >= if is_number { 5 } else { 6 }
        };
        let are_different = self.below.iter().any(|value| *value != self.cell);
        let is_like = |value: &&str| is_id(value) && value.len() == self.cell.len();
        is_id(self.cell) && are_different && self.below.iter().all(is_like)
    }
}

/// The first cell that no header has, and what it is.
fn data_cell<'a>(columns: &[Column<'a>]) -> Option<(&'a str, &'static str)> {
    let find =
        |fits: &dyn Fn(&Column<'a>) -> bool| columns.iter().find(|column| fits(column)).map(|column| column.cell);
    let is_address = |column: &Column<'_>| {
        column.kind() == Kind::Email
            && (column.below.is_empty() || column.below.iter().any(|value| kind(value) == Kind::Email))
    };
    let is_date = |column: &Column<'_>| column.kind() == Kind::Date && column.kind_below() == Some(Kind::Date);
    if let Some(cell) = find(&is_address) {
        return Some((cell, "an email address"));
    }
    if let Some(cell) = find(&is_date) {
        return Some((cell, "a date, as below it"));
    }
    if columns.iter().any(|column| column.is_heading() || column.is_unnamed()) {
        return None;
    }
    if let Some(cell) = find(&Column::is_id) {
        return Some((cell, "an id like those below it"));
    }
    let (seen, unseen): (Vec<_>, Vec<_>) =
        columns.iter().filter(|column| column.kind() == Kind::Text).partition(|column| column.is_seen_below());
    let numbers: Vec<&Column<'_>> = columns.iter().filter(|column| column.kind() == Kind::Number).collect();
    let varies = |column: &&Column<'_>| column.below.iter().any(|value| *value != column.cell);
    if let Some(number) = numbers.first() {
        let are_scores = numbers.iter().all(|column| column.kind_below() == Some(Kind::Number));
        let is_data = are_scores && !are_headings(&numbers) && (unseen.is_empty() || seen.len() > 1);
        return is_data.then_some((number.cell, "a number, as below it"));
    }
    let text = seen.iter().find(|column| varies(column))?;
    (unseen.is_empty() && seen.len() > 1).then_some((text.cell, "a value that occurs again below it"))
}

/// Whether numbers can be the headings of a matrix: years, or whole numbers that rise or fall.
fn are_headings(numbers: &[&Column<'_>]) -> bool {
    let Some(whole) = numbers.iter().map(|column| column.cell.parse::<i64>().ok()).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let are_years = whole.iter().all(|number| (1900..=2100).contains(number));
    let is_run = whole.len() > 1 && (whole.is_sorted_by(|a, b| a < b) || whole.is_sorted_by(|a, b| a > b));
    are_years || is_run || whole == [0]
}

/// A cell of a row that has texts where all rows below it have numbers, dates or addresses, and nothing like them.
fn second_header<'a>(columns: &[Column<'a>]) -> Option<&'a str> {
    let is_typed = |column: &Column<'_>| !matches!(column.kind(), Kind::Blank | Kind::Text);
    let headings: Vec<_> = columns.iter().filter(|column| column.is_heading()).collect();
    let is_header = headings.len() > 1 && !columns.iter().any(is_typed);
    headings.first().filter(|_| is_header).map(|column| column.cell)
}

fn kind(cell: &str) -> Kind {
    let cell = cell.trim();
    let is_nothing = |word: &&str| word.eq_ignore_ascii_case(cell);
    if cell.chars().all(|c| !c.is_alphanumeric()) || ["NA", "N/A", "nan", "null", "none"].iter().any(is_nothing) {
        return Kind::Blank;
    }
    if is_email(cell) {
        return Kind::Email;
    }
    let number = cell.strip_suffix('%').unwrap_or(cell).replace(',', ".");
    match number.parse::<f64>() {
        Ok(number) if number.is_finite() => Kind::Number,
        _ if is_date(cell) => Kind::Date,
        _ => Kind::Text,
    }
}

fn is_email(cell: &str) -> bool {
    let Some((name, domain)) = cell.split_once('@') else { return false };
    let has_dot = domain.split_once('.').is_some_and(|(host, end)| !host.is_empty() && !end.is_empty());
    !name.is_empty()
        && has_dot
        && !cell.contains(|c: char| c.is_whitespace() || matches!(c, '<' | ',' | ';' | '/'))
        && !domain.contains('@')
}

/// Three numbers with `-`, `/` or `.` between them, and perhaps a time.
fn is_date(cell: &str) -> bool {
    let date = cell.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let are_numbers =
        parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    parts.len() == 3 && are_numbers
}

#[cfg(test)]
mod tests {
    use super::{HeaderDoubt, doubt};
    use crate::source::row::Row;

    fn doubt_of(text: &str) -> Option<HeaderDoubt> {
        let rows = (1..).zip(text.lines()).map(|(line, row)| Row::from_cells(0, line, row.split('|')));
        doubt(&rows.collect::<Vec<_>>())
    }

    #[test]
    fn first_rows_of_data_are_noticed() {
        for (text, cell) in [
            ("ana@example.com|9|Great", "ana@example.com"),
            ("ana@example.com|n/a\nben@example.com|4", "ana@example.com"),
            ("Ana|9|rtm|NPS|en\nBen|4|rtm|NPS|en\nCy|7|email|NPS|en", "9"),
            ("10234|9|Great\n10235|4|Poor", "10234"),
            ("R_3PqQ81|Great\nR_0xYz27|Poor\nR_9aBc44|Fine", "R_3PqQ81"),
            ("2025-03-01 10:00|9|x y\n2025-03-02 11:30|4|z", "2025-03-01 10:00"),
            ("9\n10\n8", "9"),
            ("5|5|4\n3|2|1", "5"),
            ("3|1|4\n3|2|1", "3"),
            ("4.5|9.5\n3|2", "4.5"),
            ("good|email\nbad|email\ngood|sms", "good"),
        ] {
            match doubt_of(text) {
                Some(HeaderDoubt::Data { cell: found, line: 1, .. }) => assert_eq!(found, cell, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn headers_are_not_data() {
        for text in [
            "id|score\n1|5\n2|4",
            "name|comment\nAna|Great\nBen|Poor",
            // Matrices: numbers and years as headings.
            "ID|1|2|3\na|5|4|3\nb|1|2|3",
            "1|2|3|4\n5|4|3|1\n1|2|3|3",
            "10|9|8\n1|0|1\n0|0|1",
            "2023|2024|2025\n7|8|9",
            "Region|2023\nNorth|7\nSouth|8",
            "Name|7\nAna|5\nBen|6",
            "user|2025-01-01|2025-01-02\na|5|4\nb|3|3",
            // Multiple choice: the cells repeat the header.
            "Price|Service\nPrice|\n|Service\nPrice|Service",
            "Who|Price|Service\nAna|Price|\nBen||Service",
            // An index without a name, and a header that is repeated.
            "|0\n0|9\n1|10",
            "0\n9\n10",
            "who|score\nana|5\nwho|score\nben|4",
            "score|who\nscore|who",
            "Q1_NPS|Q2_CSAT\n9|5\n8|4",
            "contact@|a@b\nx|y",
            "COVID-19|x\nCOVID-19|1\n|2",
            "id",
            "",
        ] {
            assert_eq!(doubt_of(text), None, "{text}");
        }
    }

    #[test]
    fn second_header_rows_are_noticed() {
        let text = "who|q1|q2\nName|How likely?|How was it?\nana|9|5\nben|8|4";
        assert_eq!(doubt_of(text), Some(HeaderDoubt::SecondRow { cell: "How likely?".to_owned() }));
        for text in [
            "who|q1|q2\nana|nine|5\nben|8|4\ncy|9|3",
            "who|q1|q2\nana|n/a|-\nben|8|4\ncy|9|3",
            "who|q1|note\nName|How likely?|Why?\nana|9|x\nben|8|y",
        ] {
            assert_eq!(doubt_of(text), None, "{text}");
        }
    }
}
