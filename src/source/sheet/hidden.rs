//! The rows of an Excel workbook that are hidden, by a filter or by hand. calamine reads them like the others.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::bounded_xml::BoundedXml;
use super::reader::Cells;
use super::row_tag::attribute;

const WORKBOOK: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";

/// The hidden rows of each part that has any, counted from 0.
#[derive(Default)]
pub(super) struct HiddenRows(HashMap<String, HashSet<u32>>);

impl HiddenRows {
    pub(super) fn add(&mut self, part: String, rows: HashSet<u32>) {
        if !rows.is_empty() {
            self.0.insert(part.to_lowercase(), rows);
        }
    }

    /// Counts the hidden rows of a sheet that have a filled cell.
    pub(super) fn count(&self, archive: &[u8], sheet: &str, cells: &Cells) -> u64 {
        if self.0.is_empty() {
            return 0;
        }
        let hidden = part_of(archive, sheet).and_then(|part| self.0.get(&part.to_lowercase()));
        hidden.map_or(0, |hidden| cells.row_numbers().filter(|row| hidden.contains(row)).count() as u64)
    }
}

/// The part of the archive that contains a sheet.
fn part_of(archive: &[u8], sheet: &str) -> Option<String> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).ok()?;
    let id = find(archive.by_name(WORKBOOK).ok()?, "sheet", |tag| {
        (attribute(tag, "name")? == sheet).then(|| attribute(tag, "id")).flatten()
    })?;
    let target = find(archive.by_name(RELATIONS).ok()?, "Relationship", |tag| {
        (attribute(tag, "Id")? == id).then(|| attribute(tag, "Target")).flatten()
    })?;
    Some(target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned))
}

/// The first answer for an element of this name.
fn find<R: Read>(part: R, name: &str, answer: impl Fn(&BytesStart<'_>) -> Option<String>) -> Option<String> {
    let mut xml = BoundedXml::new(name, part, 0).allow_mismatched_tags();
    loop {
        match xml.next().ok()? {
            Event::Start(tag) if tag.local_name().as_ref() == name => {
                if let Some(found) = answer(&tag) {
                    return Some(found);
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}
