//! The attributes of a row in the XML of an Excel workbook.

use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;

/// The number of a row, counted from 0, and whether it is hidden.
pub(super) fn read_row(tag: &BytesStart<'_>, previous: Option<u32>) -> (u32, bool) {
    let number = attribute(tag, "r").and_then(|number| number.parse::<u32>().ok()?.checked_sub(1));
    let number = number.unwrap_or_else(|| previous.map_or(0, |previous| previous.saturating_add(1)));
    (number, attribute(tag, "hidden").is_some_and(|hidden| hidden == "1" || hidden == "true"))
}

pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(unescape(&found.value).ok()?.into_owned())
}
