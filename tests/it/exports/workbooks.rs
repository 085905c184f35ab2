//! Exports that are workbooks, written the way the tools write them: dates are numbers with a date format.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

enum Cell {
    Text(&'static str),
    Number(f64),
    /// Date and time, in the order of ISO 8601.
    Moment(&'static str),
}

use Cell::{Moment, Number, Text};

/// Microsoft Forms: an internal form, with one respondent who is not signed in. Ratings are numbers or texts, and multiple
/// choices are joined with `;`.
pub(super) fn microsoft_forms() -> Vec<u8> {
    workbook(&[
        &[
            Text("ID"),
            Text("Start time"),
            Text("Completion time"),
            Text("Email"),
            Text("Name"),
            Text("How satisfied are you with the new portal?"),
            Text("What do you use it for?"),
        ],
        &[
            Number(1.0),
            Moment("2024-03-04 14:05:01"),
            Moment("2024-03-04 14:06:36"),
            Text("ava.meyer@example.com"),
            Text("Ava Meyer"),
            Number(4.0),
            Text("Tickets;Phone book;"),
        ],
        &[
            Number(2.0),
            Moment("2024-03-04 14:26:40"),
            Moment("2024-03-04 14:27:10"),
            Text("anonymous"),
            Text(""),
            Number(5.0),
            Text("Tickets;"),
        ],
        &[
            Number(3.0),
            Moment("2024-03-05 08:00:00"),
            Moment("2024-03-05 08:01:09"),
            Text("jon.snowden@example.com"),
            Text("Jon Snowden"),
            Text(""),
            Text("Nothing;"),
        ],
        &[
            Number(4.0),
            Moment("2024-03-05 08:09:55"),
            Moment("2024-03-05 08:10:59"),
            Text("kim.lee@example.com"),
            Text("Kim Lee"),
            Text("1"),
            Text(""),
        ],
    ])
}

/// Another variant of Microsoft Forms: `Id` instead of `ID`, with the time of the last change, and nobody signed in.
pub(super) fn microsoft_forms_anonymous() -> Vec<u8> {
    workbook(&[
        &[
            Text("Id"),
            Text("Start time"),
            Text("Completion time"),
            Text("Email"),
            Text("Name"),
            Text("Last modified time"),
            Text("How likely are you to recommend our fair?"),
            Text("Your customer number"),
        ],
        &[
            Number(1.0),
            Moment("2024-06-03 09:00:00"),
            Moment("2024-06-03 09:01:30"),
            Text("anonymous"),
            Text(""),
            Text(""),
            Number(10.0),
            Text("004711"),
        ],
        &[
            Number(2.0),
            Moment("2024-06-03 09:05:00"),
            Moment("2024-06-03 09:05:45"),
            Text("anonymous"),
            Text(""),
            Moment("2024-06-04 07:00:00"),
            Number(3.0),
            Text("004712"),
        ],
    ])
}

fn workbook(rows: &[&[Cell]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let moments = Format::new().set_num_format("m/d/yy h:mm:ss");
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(*cells) {
            match cell {
                Text("") => {}
                Text(text) => drop(sheet.write_string(row, column, *text).unwrap()),
                Number(number) => drop(sheet.write_number(row, column, *number).unwrap()),
                Moment(text) => {
                    let moment = ExcelDateTime::parse_from_str(text).unwrap();
                    sheet.write_datetime_with_format(row, column, &moment, &moments).unwrap();
                }
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}
