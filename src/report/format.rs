//! Tables, and dates and times in the user's time zone.

use std::time::Duration;

use comfy_table::{ContentArrangement, Table, TableStyle};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A table without borders that wraps its cells to this width.
pub(super) fn plain_table(header: &[&str], width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(header.to_vec());
    table
}

/// The time this long from now: `21:40`, `Tuesday 21:40`, `2026-12-04 21:40`.
pub(crate) fn format_time_ahead(now: &Zoned, ahead: Duration) -> String {
    let Ok(then) = now.checked_add(ahead) else { return "never".to_owned() };
    let days = then.date().since(now.date()).map_or(i32::MAX, |span| span.get_days());
    let format = match days {
        0 => "%H:%M",
        1..=6 => "%A %H:%M",
        _ => "%Y-%m-%d %H:%M",
    };
    then.strftime(format).to_string()
}

pub(super) fn format_date(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::format_time_ahead;

    #[test]
    fn times_ahead_name_their_day() {
        let now = "2026-11-22T14:00:00+01:00[Europe/Berlin]".parse().unwrap();
        assert_eq!(format_time_ahead(&now, Duration::from_secs(3600)), "15:00");
        assert_eq!(format_time_ahead(&now, Duration::from_secs(199_980)), "Tuesday 21:33");
        assert_eq!(format_time_ahead(&now, Duration::from_secs(14 * 86_400)), "2026-12-06 14:00");
    }
}
