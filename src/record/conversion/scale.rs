//! Linear conversion from one scale to another, with a stated rounding.

use std::fmt;
use std::str::FromStr;

use crate::text::excerpt;

/// A linear conversion between two scales, written as `0-100 -> 1-5`. The ends become the ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    from: Bounds,
    to: Bounds,
    rounding: Rounding,
}

/// How a number between two whole numbers is rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case", parse_err_ty = ScaleError, parse_err_fn = unknown_rounding)]
pub enum Rounding {
    /// Halves round up.
    #[default]
    Nearest,
    Down,
    Up,
}

/// The two ends of a scale, the lower first.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bounds {
    low: f64,
    high: f64,
}

/// Text that is no conversion between scales.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScaleError {
    #[error("{0:?} is not a scale conversion; expected two scales, such as 0-100 -> 1-5")]
    NotAScale(String),
    #[error("{0:?} starts with its upper end; write the lower end first, and use invert = true to reverse the scale")]
    UpsideDown(String),
    /// Rounding could leave a target whose ends are not whole.
    #[error("{0:?} must start and end with a whole number, because scores are whole numbers")]
    NotWhole(String),
    #[error("{0:?} is not a rounding; expected nearest, down or up")]
    UnknownRounding(String),
}

fn unknown_rounding(text: &str) -> ScaleError {
    ScaleError::UnknownRounding(excerpt(text, 40))
}

impl Scale {
    #[must_use]
    pub fn rounded(self, rounding: Rounding) -> Self {
        Self { rounding, ..self }
    }

    pub fn rounding(self) -> Rounding {
        self.rounding
    }

    /// The two scales, as they are written in a mapping.
    pub fn ends(self) -> String {
        format!("{} -> {}", self.from, self.to)
    }

    /// Converts a score; `None` if it is not on the source scale.
    pub fn convert(self, score: f64) -> Option<f64> {
        let Self { from, to, rounding } = self;
        if !(from.low..=from.high).contains(&score) {
            return None;
        }
        let exact = to.low + (score - from.low) * (to.high - to.low) / (from.high - from.low);
        // A third of nine is three, whatever the last bit of the division is.
        let near = (exact * 1e9).round() / 1e9;
        let whole = match rounding {
            Rounding::Nearest => (near + 0.5).floor(),
            Rounding::Down => near.floor(),
            Rounding::Up => near.ceil(),
        };
        Some(whole.clamp(to.low, to.high))
    }

    /// Turns a score of the target scale around: the low end becomes the high one.
    pub fn invert(self, score: f64) -> f64 {
        self.to.low + self.to.high - score
    }
}

impl FromStr for Scale {
    type Err = ScaleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let not_a_scale = || ScaleError::NotAScale(excerpt(text, 60));
        let (from, to) = text.split_once("->").or_else(|| text.split_once('→')).ok_or_else(not_a_scale)?;
        let read = |part: &str| {
            let bounds = bounds(part).ok_or_else(not_a_scale)?;
            if bounds.low < bounds.high { Ok(bounds) } else { Err(ScaleError::UpsideDown(excerpt(part, 40))) }
        };
        let (from, target) = (read(from)?, read(to)?);
        if target.low.fract() != 0.0 || target.high.fract() != 0.0 {
            return Err(ScaleError::NotWhole(excerpt(to, 40)));
        }
        Ok(Self { from, to: target, rounding: Rounding::default() })
    }
}

/// `1-5`, `-100-100`, `0..10`, `0.5–5`.
fn bounds(text: &str) -> Option<Bounds> {
    let text = text.trim();
    // A leading minus belongs to the number; the next one separates the ends.
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (at, separator) = ["..", "-", "–", " to "]
        .into_iter()
        .filter_map(|separator| Some((unsigned.find(separator)?, separator)))
        .min_by_key(|(at, separator)| (*at, std::cmp::Reverse(separator.len())))?;
    let at = at + (text.len() - unsigned.len());
    Some(Bounds { low: number(&text[..at])?, high: number(&text[at + separator.len()..])? })
}

/// A number small enough for a float to represent it precisely.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = text.parse::<f64>().ok().filter(|_| is_plain)?;
    (number.abs() <= 1_000_000.0).then_some(number)
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounding = match self.rounding {
            Rounding::Nearest => "to the nearest",
            Rounding::Down => "down",
            Rounding::Up => "up",
        };
        write!(f, "{} -> {}, rounded {rounding}", self.from, self.to)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

    use super::{Rounding, Scale, ScaleError};

    fn scale(text: &str) -> Scale {
        text.parse().unwrap()
    }

    #[test]
    fn ends_map_to_ends_and_the_rest_rounds() {
        for (text, score, nearest, down, up) in [
            ("0-100 -> 1-5", 0.0, 1.0, 1.0, 1.0),
            ("0-100 -> 1-5", 100.0, 5.0, 5.0, 5.0),
            ("0-100 -> 1-5", 50.0, 3.0, 3.0, 3.0),
            ("0-100 -> 1-5", 62.5, 4.0, 3.0, 4.0),
            ("0-100 -> 1-5", 99.0, 5.0, 4.0, 5.0),
            ("1..7->1..5", 4.0, 3.0, 3.0, 3.0),
            ("1 – 7 → 1 – 5", 2.0, 2.0, 1.0, 2.0),
            ("-1-1 -> 0-1", -1.0, 0.0, 0.0, 0.0),
            ("-100--50 -> 1-5", -50.0, 5.0, 5.0, 5.0),
            ("0 to 3 -> 0-10", 1.0, 3.0, 3.0, 4.0),
            ("0.5-5 -> 0-10", 0.5, 0.0, 0.0, 0.0),
            ("0-3 -> 0-9", 1.0, 3.0, 3.0, 3.0),
        ] {
            let roundings = [Rounding::Nearest, Rounding::Down, Rounding::Up];
            let converted = roundings.map(|rounding| scale(text).rounded(rounding).convert(score));
            assert_eq!(converted, [Some(nearest), Some(down), Some(up)], "{text}: {score}");
        }
    }

    #[test]
    fn scores_off_the_scale_are_not_converted() {
        for score in [-0.1, 100.5, f64::NAN, f64::INFINITY] {
            assert_eq!(scale("0-100 -> 1-5").convert(score), None, "{score}");
        }
    }

    #[test]
    fn invalid_scales_say_why() {
        for text in
            ["", "1-5", "1-5 ->", "1-5 -> five", "1 -> 5", "0-1e9 -> 1-5", "0-inf -> 1-5", "a-b -> c-d", "- -> -"]
        {
            assert!(matches!(text.parse::<Scale>(), Err(ScaleError::NotAScale(_))), "{text}");
        }
        assert!(matches!("5-1 -> 1-5".parse::<Scale>(), Err(ScaleError::UpsideDown(_))));
        assert!(matches!("1-5 -> 5-1".parse::<Scale>(), Err(ScaleError::UpsideDown(_))));
        assert!(matches!("1-5 -> 3-3".parse::<Scale>(), Err(ScaleError::UpsideDown(_))));
        assert!(matches!("1-5 -> 0.5-5".parse::<Scale>(), Err(ScaleError::NotWhole(_))));
        assert!(matches!("half".parse::<Rounding>(), Err(ScaleError::UnknownRounding(_))));
    }

    fn any_scale() -> impl Strategy<Value = Scale> {
        let rounding = prop::sample::select(vec![Rounding::Nearest, Rounding::Down, Rounding::Up]);
        (-1000..1000_i32, 1..1000_i32, -20..20_i32, 1..20_i32, rounding).prop_map(|(a, width, b, span, rounding)| {
            scale(&format!("{a}..{} -> {b}..{}", a + width, b + span)).rounded(rounding)
        })
    }

    proptest! {
        #[test]
        fn converted_scores_are_whole_and_in_order(scale in any_scale(), place in 0.0..=1.0_f64, next in 0.0..=1.0_f64) {
            let at = |place: f64| scale.from.low + place * (scale.from.high - scale.from.low);
            let converted = [place.min(next), place.max(next)].map(|place| scale.convert(at(place).clamp(scale.from.low, scale.from.high)).unwrap());
            prop_assert!(converted.iter().all(|score| score.fract() == 0.0));
            prop_assert!(converted.iter().all(|score| (scale.to.low..=scale.to.high).contains(score)));
            prop_assert!(converted[0] <= converted[1]);
            prop_assert_eq!(scale.convert(scale.from.low), Some(scale.to.low));
            prop_assert_eq!(scale.convert(scale.from.high), Some(scale.to.high));
            prop_assert_eq!(scale.invert(scale.invert(converted[0])), converted[0]);
        }

        #[test]
        fn no_scale_text_panics(text in any::<String>(), score in any::<f64>()) {
            if let Ok(scale) = text.parse::<Scale>() {
                let _ = scale.convert(score);
            }
        }
    }
}
