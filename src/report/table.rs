//! Tables for people.

use comfy_table::{ContentArrangement, Table, TableStyle};

/// A table without borders that wraps its cells to this width.
pub(super) fn plain_table(header: &[&str], width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(header.to_vec());
    table
}
