//! What a workbook's archive expands to: checked before calamine allocates it, whatever the archive says about itself.

use std::io::{Cursor, Read};

use quick_xml::events::Event;
use zip::ZipArchive;

use super::bounded_xml::{BoundedXml, XmlError, expands_too_far};
use super::hidden::HiddenRows;
use super::limits::MAX_DECOMPRESSED;
use super::ods;
use crate::source::error::ContentError;
use crate::source::format::Format;

/// Reads every part, since any of them can be named as one that calamine keeps. Returns the hidden rows of an Excel workbook.
pub(super) fn ensure_bounded(bytes: &[u8], format: Format) -> Result<HiddenRows, ContentError> {
    let corrupt = |error| ContentError::workbook(format, error);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(corrupt)?;
    let (mut declared, mut decompressed, mut hidden) = (0_u64, 0, HiddenRows::default());
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(corrupt)?;
        declared = declared.saturating_add(part.size());
        if declared > MAX_DECOMPRESSED {
            return Err(expands_too_far());
        }
        let name = part.name().map_err(corrupt)?.into_owned();
        drop(part);
        // calamine cannot read it, either, and says why.
        let Ok(part) = archive.by_index(index) else { continue };
        let xml = BoundedXml::new(&name, part, decompressed);
        decompressed = match format {
            Format::Ods if name == ods::CONTENT => ods::ensure_possible(xml)?,
            _ => {
                let xml = read_through(xml.allow_mismatched_tags())?;
                let decompressed = xml.decompressed();
                hidden.add(name, xml.into_hidden_rows());
                decompressed
            }
        };
    }
    Ok(hidden)
}

/// Reads as far as calamine does: up to the first error.
fn read_through<R: Read>(mut xml: BoundedXml<R>) -> Result<BoundedXml<R>, ContentError> {
    loop {
        match xml.next() {
            Ok(Event::Eof) | Err(XmlError::Invalid(_)) => return Ok(xml),
            Ok(_) => {}
            Err(XmlError::TooLarge(error)) => return Err(error),
        }
    }
}
