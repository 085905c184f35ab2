//! Times and spans as people say them.

use std::time::Duration;

use jiff::{Timestamp, Zoned, tz::TimeZone};

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

    use super::format_ahead;

    #[test]
    fn moments_are_named_by_their_day() {
        let now = "2026-11-22T14:00:00+01:00[Europe/Berlin]".parse().unwrap();
        assert_eq!(format_ahead(&now, Duration::from_secs(3600)), "at 15:00");
        assert_eq!(format_ahead(&now, Duration::from_secs(199_980)), "on Tuesday at 21:33");
        assert_eq!(format_ahead(&now, Duration::from_secs(14 * 86_400)), "on 2026-12-06 at 14:00");
    }
}
