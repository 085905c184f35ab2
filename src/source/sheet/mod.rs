//! A sheet of a workbook as rows. Workbooks cannot be streamed: the file and the sheet's text are in memory.
//!
//! calamine parses the three formats. It trusts what a file says about itself, so each format's module first rules out what
//! would take all memory or never end.

mod bounded_xml;
mod cell_text;
mod corruption;
mod expansion;
mod hidden;
mod limits;
mod ods;
mod open;
mod range;
mod reader;
mod row_tag;
mod selection;
mod xls;
mod xlsx;

pub(super) use self::open::may_be_workbook;
pub(super) use self::reader::SheetReader;
