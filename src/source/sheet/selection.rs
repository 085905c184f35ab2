//! Selecting sheets of a workbook.

use calamine::{Sheet, SheetType, SheetVisible};

use crate::source::dialect::SheetDialect;
use crate::source::error::ContentError;
use crate::text::{excerpt, quoted};

/// Stands for all visible sheets.
const ALL: &str = "*";

/// The sheet to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// What the options name; the first visible sheet if empty.
    pub(super) sheets: &'a [String],
    /// The position of the sheet among those.
    pub(super) position: usize,
}

impl Wanted<'_> {
    pub(super) fn select(self, sheets: &[Sheet]) -> Result<SheetDialect, ContentError> {
        let sheets: Vec<&Sheet> = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
        let visible = || sheets.iter().copied().filter(|sheet| sheet.visible == SheetVisible::Visible);
        let mut selected: Vec<&Sheet> = Vec::new();
        for name in self.sheets {
            let found = if name == ALL { visible().collect() } else { named(&sheets, name)? };
            for sheet in found {
                // A sheet that is named twice is read once.
                if !selected.iter().any(|other| other.name == sheet.name) {
                    selected.push(sheet);
                }
            }
        }
        if self.sheets.is_empty() {
            selected.extend(visible().next().or(sheets.first().copied()));
        }
        let sheet = selected.get(self.position).ok_or_else(|| no_sheet(&sheets, ""))?;
        Ok(SheetDialect { name: sheet.name.clone(), of: sheets.len(), selected: selected.len() })
    }
}

/// The sheet with this name or number, or those in this list, separated by commas.
fn named<'a>(sheets: &[&'a Sheet], wanted: &str) -> Result<Vec<&'a Sheet>, ContentError> {
    let position = || wanted.trim().parse::<usize>().ok()?.checked_sub(1);
    let by_name = sheets.iter().find(|sheet| sheet.name == wanted);
    match by_name.or_else(|| sheets.get(position()?)) {
        Some(sheet) => Ok(vec![sheet]),
        None if wanted.contains(',') => {
            let lists = wanted.split(',').map(|name| named(sheets, name.trim()));
            Ok(lists.collect::<Result<Vec<_>, _>>()?.concat())
        }
        None => Err(no_sheet(sheets, wanted)),
    }
}

fn no_sheet(sheets: &[&Sheet], wanted: &str) -> ContentError {
    let names: Vec<_> = sheets.iter().map(|sheet| quoted(&sheet.name, 40)).collect();
    ContentError::NoSuchSheet { wanted: quoted(wanted, 40), sheets: excerpt(&names.join(", "), 400) }
}
