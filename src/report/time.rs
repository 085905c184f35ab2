//! Times and spans as people say them.

use std::time::Duration;

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// A length of time in words, by its two or three largest units: `2 days 7 h 33 min`, `3 min 20 s`, `0.4 s`.
pub fn format_duration(duration: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => two(seconds / MINUTE, "min", seconds % MINUTE, "s"),
        HOUR..DAY => two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "min"),
        _ => {
            let days = if seconds / DAY == 1 { "day" } else { "days" };
            format!("{} {days} {}", seconds / DAY, two(seconds % DAY / HOUR, "h", seconds % HOUR / MINUTE, "min"))
        }
    }
}

fn two(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
}

/// A moment that is this far from now, as one says it: `at 21:40`, `on Tuesday at 21:40`, `on 2026-12-04 at 21:40`.
pub(super) fn format_ahead(now: &Zoned, ahead: Duration) -> String {
    let Ok(then) = now.checked_add(ahead) else { return "never".to_owned() };
    let days = then.date().since(now.date()).map_or(i32::MAX, |span| span.get_days());
    match days {
        0 => then.strftime("at %H:%M").to_string(),
        1..=6 => then.strftime("on %A at %H:%M").to_string(),
        _ => then.strftime("on %Y-%m-%d at %H:%M").to_string(),
    }
}

/// A past moment, to the minute, where the user is.
pub(super) fn date(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{format_ahead, format_duration};

    #[test]
    fn spans_read_as_people_say_them() {
        let said = |seconds| format_duration(Duration::from_secs(seconds));
        assert_eq!(format_duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(said(59), "59 s");
        assert_eq!(said(200), "3 min 20 s");
        assert_eq!(said(1800), "30 min");
        assert_eq!(said(5400), "1 h 30 min");
        assert_eq!(said(86_400), "1 day 0 h");
        assert_eq!(said(199_980), "2 days 7 h 33 min");
    }

    #[test]
    fn moments_are_named_by_their_day() {
        let now = "2026-11-22T14:00:00+01:00[Europe/Berlin]".parse().unwrap();
        assert_eq!(format_ahead(&now, Duration::from_secs(3600)), "at 15:00");
        assert_eq!(format_ahead(&now, Duration::from_secs(199_980)), "on Tuesday at 21:33");
        assert_eq!(format_ahead(&now, Duration::from_secs(14 * 86_400)), "on 2026-12-06 at 14:00");
    }
}
