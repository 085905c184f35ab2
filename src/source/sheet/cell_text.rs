//! A workbook's values as text: numbers as they were typed, with the leading zeros of their format; dates in ISO 8601 order,
//! whatever the format shows; booleans as `true` and `false`.

use std::borrow::Cow;
use std::fmt::Write;

use calamine::{Data, ExcelDateTime};

/// From 2⁵³ on, a workbook's numbers, which are all floats, are not exact to the unit.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;

/// The day after 9999-12-31, Excel's last date.
const LAST_DAY: f64 = 2_958_466.0;

const SECONDS_PER_DAY: f64 = 86_400.0;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CellText<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) is_inexact: bool,
}

impl<'a, T: Into<Cow<'a, str>>> From<T> for CellText<'a> {
    fn from(text: T) -> Self {
        Self { text: text.into(), is_inexact: false }
    }
}

/// Converts a value to text. `digits` is the width to which its number format adds leading zeros.
pub(super) fn cell_text(value: &Data, digits: usize) -> CellText<'_> {
    match value {
        Data::Empty => "".into(),
        Data::String(text) | Data::DurationIso(text) => text.as_str().into(),
        Data::Bool(value) => if *value { "true" } else { "false" }.into(),
        Data::Int(value) => padded(&value.to_string(), digits).into(),
        Data::Float(value) => number(*value, digits),
        Data::DateTime(value) => date(*value).into(),
        Data::DateTimeIso(text) => text.replacen('T', " ", 1).into(),
        Data::Error(error) => error.to_string().into(),
    }
}

fn number(value: f64, digits: usize) -> CellText<'static> {
    let is_inexact = value.abs() >= EXACT_BELOW;
    let is_whole = value.fract() == 0.0;
    // Excel keeps and shows fifteen digits; more would be noise of binary fractions.
    let text = if is_whole && !is_inexact {
        format!("{value:.0}")
    } else {
        format!("{value:.14e}").parse::<f64>().map_or_else(|_| value.to_string(), |rounded| rounded.to_string())
    };
    CellText { text: padded(&text, if is_whole { digits } else { 0 }).into(), is_inexact }
}

fn padded(text: &str, digits: usize) -> String {
    let (sign, number) = text.strip_prefix('-').map_or(("", text), |number| ("-", number));
    format!("{sign}{number:0>digits$}")
}

/// The number of digits that a number format of zeros alone asks for, such as `00000` for postal codes.
pub(super) fn leading_zeros(format: &str) -> usize {
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
        let separator = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{separator}{hour:02}:{minute:02}:{second:02}");
        if milli > 0 {
            let _ = write!(text, ".{milli:03}");
        }
    }
    text
}

/// Hours, minutes and seconds, as the format `[h]:mm:ss` shows them.
fn duration(days: f64) -> String {
    let seconds = (days.abs() * SECONDS_PER_DAY).round();
    if seconds > LAST_DAY * SECONDS_PER_DAY {
        return days.to_string();
    }
    let (hours, rest) = ((seconds / 3600.0).floor(), seconds % 3600.0);
    let sign = if days < 0.0 { "-" } else { "" };
    format!("{sign}{hours:.0}:{:02.0}:{:02.0}", (rest / 60.0).floor(), rest % 60.0)
}

#[cfg(test)]
mod tests {
    use super::{cell_text, leading_zeros};
    use calamine::{Data, ExcelDateTime, ExcelDateTimeType};

    #[test]
    fn numbers_read_as_typed() {
        for (value, digits, expected) in [
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
            let text = cell_text(&cell, digits);
            assert_eq!((&*text.text, text.is_inexact), (expected, false), "{value}");
        }
    }

    #[test]
    fn long_numbers_are_inexact() {
        for value in [1_234_567_890_123_456_789.0, -9_007_199_254_740_992.0, 1e300, f64::INFINITY] {
            assert!(cell_text(&Data::Float(value), 0).is_inexact, "{value}");
        }
    }

    #[test]
    fn dates_times_and_booleans_read_alike() {
        let moment = |value, is_duration: bool| {
            let kind = if is_duration { ExcelDateTimeType::TimeDelta } else { ExcelDateTimeType::DateTime };
            let cell = Data::DateTime(ExcelDateTime::new(value, kind, false));
            cell_text(&cell, 0).text.into_owned()
        };
        assert_eq!(moment(45943.0, false), "2025-10-13");
        assert_eq!(moment(45943.541, false), "2025-10-13 12:59:02.400");
        assert_eq!(moment(0.5, false), "12:00:00");
        assert_eq!(moment(1.25, true), "30:00:00");
        assert_eq!(moment(-1.0, false), "-1");
        assert_eq!(moment(1e18, true), "1000000000000000000");
        assert_eq!(cell_text(&Data::Bool(true), 0).text, "true");
        assert_eq!(cell_text(&Data::DateTimeIso("2025-10-13T12:59:02".to_owned()), 0).text, "2025-10-13 12:59:02");
        assert_eq!(cell_text(&Data::DurationIso("PT12H".to_owned()), 0).text, "PT12H");
    }

    #[test]
    fn only_zero_formats_pad() {
        for (format, digits) in [("00000", 5), ("0", 0), ("General", 0), ("0.00", 0), ("#,##0", 0), ("@", 0)] {
            assert_eq!(leading_zeros(format), digits, "{format}");
        }
    }
}
