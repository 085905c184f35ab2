//! Whole inputs through all layers: each format, round trips, and invalid input.

mod delimited;
mod headers;
mod invalid;
mod json;
mod round_trip;
mod sheets;

use super::error::ContentError;
use super::{Encoding, EncodingSource, Row, SourceError, SourceOptions, Table, parse_encoding};
use std::io::Read;

fn open(bytes: &[u8]) -> Result<Table<&[u8]>, SourceError> {
    open_as(bytes, "in.csv", &SourceOptions::default())
}

fn open_as<'a>(bytes: &'a [u8], name: &str, options: &SourceOptions) -> Result<Table<&'a [u8]>, SourceError> {
    Table::open(bytes, name, options)
}

/// What is wrong with the content.
fn problem(error: SourceError) -> ContentError {
    match error {
        SourceError::Content { error, .. } => error,
        SourceError::Input(error) => panic!("{error}"),
    }
}

fn rows_of<R: Read>(table: &mut Table<R>) -> Result<Vec<Row>, SourceError> {
    let (mut row, mut all) = (Row::default(), Vec::new());
    while table.read(&mut row)? {
        all.push(row.clone());
    }
    Ok(all)
}

fn cells_of<R: Read>(table: &mut Table<R>) -> Vec<Vec<String>> {
    let cells = |row: Row| row.cells().map(str::to_owned).collect();
    rows_of(table).unwrap().into_iter().map(cells).collect()
}

fn with_encoding(label: &str) -> SourceOptions {
    SourceOptions { encoding: Some(parse_encoding(label).unwrap()), ..SourceOptions::default() }
}

fn encoding_of<R: Read>(table: &Table<R>) -> (&'static str, EncodingSource) {
    let encoding = table.dialect().encoding.unwrap();
    (encoding.name, encoding.source)
}

/// Encodes text in any encoding; `None` if it cannot represent the text.
pub(in crate::source) fn encode_as(text: &str, label: &str) -> Option<Vec<u8>> {
    match parse_encoding(label).unwrap() {
        Encoding::Standard(encoding) => {
            let (bytes, _, had_errors) = encoding.encode(text);
            (!had_errors).then(|| bytes.into_owned())
        }
        page @ Encoding::Page(_) => {
            let upper: String = page.decode(&(128..=255).collect::<Vec<u8>>()).into_owned();
            let byte = |c: char| {
                if c.is_ascii() {
                    Some(c as u8)
                } else {
                    upper.chars().position(|other| other == c).map(|place| 128 + place as u8)
                }
            };
            text.chars().map(byte).collect()
        }
    }
}

/// Encodes text, with a byte order mark if the label ends in `with BOM`.
pub(in crate::source) fn encode(text: &str, label: &str) -> Vec<u8> {
    let units = |bom: bool| bom.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    match label {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-8 with BOM" => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        "utf-16le with BOM" => units(true).flat_map(u16::to_le_bytes).collect(),
        "utf-16be with BOM" => units(true).flat_map(u16::to_be_bytes).collect(),
        "utf-16le" => units(false).flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => units(false).flat_map(u16::to_be_bytes).collect(),
        label => encode_as(text, label).unwrap(),
    }
}
