//! Comparing a cell with a number or a date. A date has the form of ISO 8601 or one that the user names; others, such as
//! 03/04/2026, could be two dates and are errors.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::fmt::strtime;
use jiff::fmt::temporal::Pieces;

use crate::record::{ProblemKind, Score};

/// The side of a bound on which a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
pub(crate) enum Comparison {
    #[strum(to_string = "<")]
    Less,
    #[strum(to_string = "<=")]
    AtMost,
    #[strum(to_string = ">")]
    Greater,
    #[strum(to_string = ">=")]
    AtLeast,
}

impl Comparison {
    pub(super) fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

/// What cells are compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Bound {
    Number(Score),
    /// The cells' dates have this form; `None` for ISO 8601.
    Date(Moment, Option<DateForm>),
}

impl Bound {
    /// Reads a number or an ISO date; with a form, a date in it or an ISO date.
    pub(super) fn parse(text: &str, form: Option<&DateForm>) -> Option<Self> {
        let moment = || Moment::parse(text, true).or_else(|| form?.read(text));
        match form {
            Some(form) => Some(Self::Date(moment()?, Some(form.clone()))),
            None => Score::parse(text).map(Self::Number).ok().or_else(|| Some(Self::Date(moment()?, None))),
        }
    }

    /// How the cell compares with the bound.
    pub(super) fn compare(&self, cell: &str) -> Result<Ordering, ProblemKind> {
        match self {
            Self::Number(bound) => {
                let number = Score::parse(cell).map_err(|_| ProblemKind::NotComparable)?;
                Ok(number.value().total_cmp(&bound.value()))
            }
            Self::Date(bound, form) => {
                let moment = match form {
                    Some(form) => form.read(cell),
                    None => Moment::parse(cell, false),
                };
                moment.map(|moment| moment.compare(*bound)).ok_or(ProblemKind::NotADate)
            }
        }
    }

    /// The form of the dates, if it is not ISO 8601.
    pub(super) fn form(&self) -> Option<&str> {
        match self {
            Self::Number(_) | Self::Date(_, None) => None,
            Self::Date(_, Some(form)) => Some(&form.0),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Date(Moment { date, time: None }, _) => date.fmt(f),
            Self::Date(Moment { date, time: Some(time) }, _) => write!(f, "{date}T{time}"),
        }
    }
}

/// A date, and a time of day if it has one, as a clock where it was written showed it: its time zone makes no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    date: Date,
    time: Option<Time>,
}

impl Moment {
    /// Reads ISO 8601. A bound must not have a time zone, because it would be ignored.
    fn parse(text: &str, is_bound: bool) -> Option<Self> {
        let pieces = Pieces::parse(text).ok()?;
        let has_zone = pieces.offset().is_some() || pieces.time_zone_annotation().is_some();
        (!(is_bound && has_zone)).then(|| Self { date: pieces.date(), time: pieces.time() })
    }

    /// A bound without a time is the whole day.
    fn compare(self, bound: Self) -> Ordering {
        let days = self.date.cmp(&bound.date);
        let times = bound.time.map(|time| self.time.unwrap_or(Time::midnight()).cmp(&time));
        days.then(times.unwrap_or(Ordering::Equal))
    }
}

/// The form of a column's dates, as `strptime` describes it: `%d/%m/%Y`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateForm(Arc<str>);

impl DateForm {
    /// `None` if a date in this form could not be read again, because a part of it is missing or unknown.
    pub(crate) fn new(form: &str) -> Option<Self> {
        let date = jiff::civil::date(2026, 11, 25);
        let known = Self(form.into());
        let written = strtime::format(form, date.at(13, 45, 0, 0)).ok()?;
        (known.read(&written)?.date == date).then_some(known)
    }

    fn read(&self, text: &str) -> Option<Moment> {
        let read = strtime::parse(&*self.0, text).ok()?;
        Some(Moment { date: read.to_date().ok()?, time: read.to_time().ok() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Bound, Comparison, DateForm};
    use crate::record::ProblemKind;

    /// Whether the cell is at least the bound.
    fn at_least(cell: &str, bound: &str, form: Option<&str>) -> Result<bool, ProblemKind> {
        let form = form.map(|form| DateForm::new(form).unwrap());
        let bound = Bound::parse(bound, form.as_ref()).unwrap();
        bound.compare(cell).map(|ordering| Comparison::AtLeast.holds(ordering))
    }

    #[test]
    fn numbers_and_dates_compare_by_value() {
        for (cell, bound, form, expected) in [
            ("10", "9", None, true),
            ("8.5", "9", None, false),
            ("-10", "-9", None, false),
            ("2026-01-01", "2026-01-01", None, true),
            ("2025-12-31 23:59:59", "2026-01-01", None, false),
            ("2026-01-01T00:30:00+02:00", "2026-01-01", None, true),
            ("2026-01-01T08:00:00.123Z", "2026-01-01 08:30", None, false),
            ("2026-01-01", "2026-01-01T00:00", None, true),
            ("20260102", "2026-01-01", None, true),
            ("04/03/2026", "2026-03-04", Some("%d/%m/%Y"), true),
            ("04/03/2026", "2026-03-05", Some("%d/%m/%Y"), false),
            ("4/3/2026", "04/03/2026", Some("%d/%m/%Y"), true),
            ("3/4/26 2:05 PM", "2026-03-04 14:00", Some("%m/%d/%y %I:%M %p"), true),
            ("4. März 2026", "2026-03-04", None, false),
        ] {
            let found = at_least(cell, bound, form);
            let expected = if cell.contains('ä') { Err(ProblemKind::NotADate) } else { Ok(expected) };
            assert_eq!(found, expected, "{cell} >= {bound}");
        }
        for (cell, bound, kind) in [
            ("nine", "9", ProblemKind::NotComparable),
            ("1,000", "9", ProblemKind::NotComparable),
            ("2026-01-01", "9", ProblemKind::NotComparable),
            ("03/04/2026", "2026-01-01", ProblemKind::NotADate),
            ("46000", "2026-01-01", ProblemKind::NotADate),
        ] {
            assert_eq!(at_least(cell, bound, None), Err(kind), "{cell} >= {bound}");
        }
    }

    #[test]
    fn a_bound_is_a_number_or_an_unambiguous_date() {
        for text in ["", "x", "03/04/2026", "1,5", "2026-01", "2026-13-01", "2026-01-01T00:00Z", "nan"] {
            assert_eq!(Bound::parse(text, None), None, "{text}");
        }
        for form in ["", "%d/%m", "%H:%M", "%Q", "d/m/y", "%Y-%m-%d%"] {
            assert_eq!(DateForm::new(form), None, "{form}");
        }
        assert_eq!(Bound::parse("5", DateForm::new("%d.%m.%Y").as_ref()), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(form in any::<String>(), percent in "(%[a-zA-Z]|[ /.-]){0,5}", text in any::<String>()) {
            for form in [form, percent] {
                let form = DateForm::new(&form);
                let _ = Bound::parse(&text, form.as_ref()).map(|bound| bound.compare(&text));
            }
        }
    }
}
