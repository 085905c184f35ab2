//! A workbook's values as text. Numbers as they were typed, with the leading zeros that their format adds; dates in the
//! order of ISO 8601, whatever the format shows; truth as `true` and `false`.

use std::borrow::Cow;
use std::fmt::Write;

use calamine::{Data, ExcelDateTime};

/// From here on a workbook's numbers, which are all floats, are no longer exact to the unit: 2⁵³.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;

/// Beyond it nothing is a date that Excel knows: 9999-12-31.
const LAST_DAY: f64 = 2_958_466.0;

const SECONDS_A_DAY: f64 = 86_400.0;

/// A cell as text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) is_inexact: bool,
}

/// A value as text. `digits` is how many digits its number format fills up with zeros.
pub(super) fn show(value: &Data, digits: usize) -> Shown<'_> {
    let text = match value {
        Data::Empty => Cow::Borrowed(""),
        Data::String(text) => Cow::Borrowed(text.as_str()),
        Data::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        Data::Int(value) => Cow::Owned(padded(&value.to_string(), digits)),
        Data::Float(value) => return number(*value, digits),
        Data::DateTime(moment) => Cow::Owned(date(*moment)),
        Data::DateTimeIso(text) => Cow::Owned(text.replacen('T', " ", 1)),
        Data::DurationIso(text) => Cow::Borrowed(text.as_str()),
        Data::Error(error) => Cow::Owned(error.to_string()),
    };
    Shown { text, is_inexact: false }
}

fn number(value: f64, digits: usize) -> Shown<'static> {
    let is_inexact = value.abs() >= EXACT_BELOW;
    // Fifteen digits are what Excel keeps and shows; more are the noise of binary fractions.
    let is_whole = value.fract() == 0.0;
    let text = if is_whole && !is_inexact {
        format!("{value:.0}")
    } else {
        format!("{value:.14e}").parse::<f64>().map_or_else(|_| value.to_string(), |rounded| rounded.to_string())
    };
    Shown { text: Cow::Owned(padded(&text, if is_whole { digits } else { 0 })), is_inexact }
}

fn padded(text: &str, digits: usize) -> String {
    let (sign, number) = text.strip_prefix('-').map_or(("", text), |number| ("-", number));
    format!("{sign}{number:0>digits$}")
}

/// How many digits a number format of nothing but zeros asks for, such as `00000` for postal codes.
pub(super) fn digits_of(format: &str) -> usize {
    let is_zeros = format.len() > 1 && format.len() <= 30 && format.bytes().all(|byte| byte == b'0');
    if is_zeros { format.len() } else { 0 }
}

fn date(moment: ExcelDateTime) -> String {
    let value = moment.as_f64();
    if moment.is_duration() {
        return duration(value);
    }
    if !(0.0..LAST_DAY).contains(&value) {
        return value.to_string();
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let mut text = String::new();
    if value >= 1.0 {
        let _ = write!(text, "{year:04}-{month:02}-{day:02}");
    }
    if value < 1.0 || value.fract() != 0.0 {
        let blank = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{blank}{hour:02}:{minute:02}:{second:02}");
        if milli > 0 {
            let _ = write!(text, ".{milli:03}");
        }
    }
    text
}

/// Hours, minutes and seconds, as `[h]:mm:ss` shows them.
fn duration(days: f64) -> String {
    let seconds = (days.abs() * SECONDS_A_DAY).round();
    if seconds > LAST_DAY * SECONDS_A_DAY {
        return days.to_string();
    }
    let (hours, rest) = ((seconds / 3600.0).floor(), seconds % 3600.0);
    let sign = if days < 0.0 { "-" } else { "" };
    format!("{sign}{hours:.0}:{:02.0}:{:02.0}", (rest / 60.0).floor(), rest % 60.0)
}

#[cfg(test)]
mod tests {
    use super::{digits_of, show};
    use calamine::{Data, ExcelDateTime, ExcelDateTimeType};

    #[test]
    fn numbers_are_shown_as_they_were_typed() {
        for (value, digits, shown) in [
            (4.0, 0, "4"),
            (-4.5, 0, "-4.5"),
            (0.1 + 0.2, 0, "0.3"),
            (1.0 / 3.0, 0, "0.333333333333333"),
            (123_456_789_012_345.0, 0, "123456789012345"),
            (9_007_199_254_740_991.0, 0, "9007199254740991"),
            (1234.0, 5, "01234"),
            (-7.0, 3, "-007"),
            (1.5, 5, "1.5"),
            (1e-7, 0, "0.0000001"),
        ] {
            let cell = Data::Float(value);
            let found = show(&cell, digits);
            assert_eq!((&*found.text, found.is_inexact), (shown, false), "{value}");
        }
    }

    #[test]
    fn a_number_too_long_for_a_float_says_so() {
        for value in [1_234_567_890_123_456_789.0, -9_007_199_254_740_992.0, 1e300, f64::INFINITY] {
            assert!(show(&Data::Float(value), 0).is_inexact, "{value}");
        }
    }

    #[test]
    fn dates_times_and_truth_are_shown_in_one_way() {
        let moment = |value, is_duration: bool| {
            let kind = if is_duration { ExcelDateTimeType::TimeDelta } else { ExcelDateTimeType::DateTime };
            let cell = Data::DateTime(ExcelDateTime::new(value, kind, false));
            show(&cell, 0).text.into_owned()
        };
        assert_eq!(moment(45943.0, false), "2025-10-13");
        assert_eq!(moment(45943.541, false), "2025-10-13 12:59:02.400");
        assert_eq!(moment(0.5, false), "12:00:00");
        assert_eq!(moment(1.25, true), "30:00:00");
        assert_eq!(moment(-1.0, false), "-1");
        assert_eq!(moment(1e18, true), "1000000000000000000");
        assert_eq!(show(&Data::Bool(true), 0).text, "true");
        assert_eq!(show(&Data::DateTimeIso("2025-10-13T12:59:02".to_owned()), 0).text, "2025-10-13 12:59:02");
        assert_eq!(show(&Data::DurationIso("PT12H".to_owned()), 0).text, "PT12H");
    }

    #[test]
    fn only_formats_of_zeros_fill_up() {
        for (format, digits) in [("00000", 5), ("0", 0), ("General", 0), ("0.00", 0), ("#,##0", 0), ("@", 0)] {
            assert_eq!(digits_of(format), digits, "{format}");
        }
    }
}
