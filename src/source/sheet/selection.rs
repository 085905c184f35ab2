//! Selecting a sheet of a workbook.

use calamine::{Sheet, SheetType, SheetVisible};

use crate::source::dialect::SheetDialect;
use crate::source::error::ContentError;
use crate::text::{excerpt, quoted};

/// Selects a sheet by its name or position; by default, the first visible one.
pub(super) fn select_sheet(sheets: &[Sheet], wanted: Option<&str>) -> Result<SheetDialect, ContentError> {
    let sheets: Vec<_> = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
    let found = match wanted {
        None => sheets.iter().find(|sheet| sheet.visible == SheetVisible::Visible).or(sheets.first()),
        Some(wanted) => sheets.iter().find(|sheet| sheet.name == wanted).or_else(|| {
            let position: usize = wanted.trim().parse().ok()?;
            sheets.get(position.checked_sub(1)?)
        }),
    };
    found.map(|sheet| SheetDialect { name: sheet.name.clone(), of: sheets.len() }).ok_or_else(|| {
        let names: Vec<_> = sheets.iter().map(|sheet| quoted(&sheet.name, 40)).collect();
        let wanted = quoted(wanted.unwrap_or_default(), 40);
        ContentError::NoSuchSheet { wanted, sheets: excerpt(&names.join(", "), 400) }
    })
}
