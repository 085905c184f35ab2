//! The `[file]` table of a mapping: how the file is read. Its keys are the options of the command line.

use toml_edit::{Array, Table as WrittenTable, Value};

use super::error::SettingsError;
use super::raw::Raw;
use super::toml_table::Table;
use super::value::ValueError;
use crate::source::{SourceOptions, delimiter_name, parse_delimiter, parse_encoding, parse_format};
use crate::text::excerpt;

pub(super) const FILE: &str = "file";

const FORMAT: &str = "format";
const SHEET: &str = "sheet";
const HEADER_ROWS: &str = "header_rows";
const NO_HEADER: &str = "no_header";
const SKIP_LINES: &str = "skip_lines";
const RECORDS_AT: &str = "records_at";
const DELIMITER: &str = "delimiter";
const ENCODING: &str = "encoding";
/// The keys of `[file]`.
pub(super) const FILE_KEYS: [&str; 8] =
    [FORMAT, SHEET, HEADER_ROWS, NO_HEADER, SKIP_LINES, RECORDS_AT, DELIMITER, ENCODING];

/// Reads the `[file]` table of a mapping, if it has one.
pub(super) fn read_source_options(mapping: &Table<'_>) -> Result<SourceOptions, SettingsError> {
    let Some(table) = mapping.table(FILE)?.map(|table| table.value) else { return Ok(SourceOptions::default()) };
    table.reject_unknown(&FILE_KEYS)?;
    let header_rows = table.read(HEADER_ROWS, read_header_rows)?;
    let no_header = table.read(NO_HEADER, Raw::boolean)?.filter(|no_header| no_header.value);
    if let (Some(_), Some(second)) = (&header_rows, &no_header) {
        return Err(SettingsError::twice(second.source.clone(), HEADER_ROWS, NO_HEADER));
    }
    Ok(SourceOptions {
        format: table.value(FORMAT, |raw| Ok(parse_format(raw.string()?)?))?,
        sheets: table.value(SHEET, read_sheets)?.unwrap_or_default(),
        header_rows: header_rows.map(|rows| rows.value).or(no_header.map(|_| 0)),
        skip_lines: table.value(SKIP_LINES, |raw| {
            let digits = raw.digits()?;
            digits.parse().map_err(|_| ValueError::NotACount(excerpt(&digits, 40)))
        })?,
        records_at: table.value(RECORDS_AT, Raw::text)?,
        delimiter: table.value(DELIMITER, |raw| Ok(parse_delimiter(raw.string()?)?))?,
        encoding: table.value(ENCODING, |raw| Ok(parse_encoding(raw.string()?)?))?,
    })
}

fn read_header_rows(raw: Raw<'_>) -> Result<u8, ValueError> {
    let digits = raw.digits()?;
    let rows = digits.parse().ok().filter(|rows| (1..=3).contains(rows));
    rows.ok_or_else(|| ValueError::NotHeaderRows(excerpt(&digits, 40)))
}

/// A name, a number, or a list of them.
fn read_sheets(raw: Raw<'_>) -> Result<Vec<String>, ValueError> {
    let list = raw.strings().map(|names| names.into_iter().map(str::to_owned).collect());
    list.or_else(|_| Ok(vec![raw.number_or_string()?]))
}

/// The `[file]` table of these options; `None` if they say nothing.
pub(super) fn source_table(options: &SourceOptions) -> Option<WrittenTable> {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let sheets: Option<Value> = match &options.sheets[..] {
        [] => None,
        [sheet] => Some(sheet.as_str().into()),
        sheets => Some(Array::from_iter(sheets).into()),
    };
    let written: [(&str, Option<Value>); 8] = [
        (FORMAT, options.format.map(|format| format.name().into())),
        (SHEET, sheets),
        (HEADER_ROWS, options.header_rows.filter(|rows| *rows > 0).map(|rows| i64::from(rows).into())),
        (NO_HEADER, (options.header_rows == Some(0)).then(|| true.into())),
        (SKIP_LINES, options.skip_lines.map(|lines| count(lines).into())),
        (RECORDS_AT, options.records_at.as_deref().map(Into::into)),
        (DELIMITER, options.delimiter.map(|delimiter| delimiter_name(delimiter).into())),
        (ENCODING, options.encoding.map(|encoding| encoding.name().into())),
    ];
    let mut table = WrittenTable::new();
    table.extend(written.into_iter().filter_map(|(key, value)| Some((key, value?))));
    (!table.is_empty()).then_some(table)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::{any, prop, prop_assert_eq, proptest};
    use strum::VariantNames;

    use super::source_table;
    use crate::settings::mapping::parse_mapping;
    use crate::source::{Format, SourceOptions, parse_encoding, parse_format};

    fn read(text: &str) -> Result<SourceOptions, String> {
        let mapping = parse_mapping(Path::new("m.toml"), text).map_err(|error| error.to_string())?;
        Ok(mapping.full_source().unwrap())
    }

    proptest! {
        #[test]
        fn written_options_read_back(
            format in prop::option::of(prop::sample::select(Format::VARIANTS)),
            sheets in prop::collection::vec(any::<String>(), 0..3),
            header_rows in prop::option::of(0..=3_u8),
            skip_lines in prop::option::of(0..=u64::from(u32::MAX)),
            records_at in prop::option::of("[a-z.]{1,9}"),
            delimiter in prop::option::of(prop::sample::select(&b",;\t|"[..])),
            encoding in prop::option::of(prop::sample::select(&["utf-8", "windows-1252", "shift_jis"][..])),
        ) {
            let format = format.map(|name| parse_format(name).unwrap());
            let encoding = encoding.map(|label| parse_encoding(label).unwrap());
            let options = SourceOptions { format, sheets, header_rows, skip_lines, records_at, delimiter, encoding };
            let written = source_table(&options).map_or_else(String::new, |table| format!("[file]\n{table}"));
            prop_assert_eq!(read(&written), Ok(options));
        }
    }

    #[test]
    fn wrong_options_name_their_place() {
        for (text, message) in [
            ("format = \"xslx\"", "m.toml:2: format is invalid: unknown format \"xslx\": did you mean xls"),
            ("header_rows = 4", "m.toml:2: header_rows \"4\" must be a whole number from 1 to 3"),
            ("skip_lines = -1", "m.toml:2: skip_lines \"-1\" must be a whole number, 0 or more"),
            ("header_rows = 1\nno_header = true", "m.toml:3: header_rows and no_header cannot both be set"),
            ("encodnig = \"utf-8\"", "m.toml:2: unknown key \"encodnig\" in [file]; did you mean \"encoding\"?"),
        ] {
            let error = read(&format!("[file]\n{text}")).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
        assert_eq!(read("[file]\nsheet = 2").unwrap().sheets, ["2"]);
        assert_eq!(read("[file]\nno_header = false").unwrap(), SourceOptions::default());
    }
}
