//! Stretches of time in words.

use jiff::Timestamp;

const UNITS: [(i64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];

/// How long it is from one moment to a later one, in its two largest units: `2 hours 5 minutes`.
pub(super) fn between(from: Timestamp, to: Timestamp) -> String {
    let mut seconds = to.duration_since(from).as_secs();
    let mut words = Vec::new();
    let largest = UNITS.iter().position(|(unit, _)| seconds >= *unit).unwrap_or(UNITS.len() - 1);
    for (unit, name) in UNITS.iter().skip(largest).take(2) {
        let count = seconds / unit;
        seconds %= unit;
        if count > 0 || words.is_empty() {
            words.push(crate::text::counted(count.unsigned_abs(), name));
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::between;

    #[test]
    fn a_stretch_has_its_two_largest_units() {
        let words = |seconds| between(Timestamp::UNIX_EPOCH, Timestamp::from_second(seconds).unwrap());
        assert_eq!(words(0), "0 seconds");
        assert_eq!(words(1), "1 second");
        assert_eq!(words(600), "10 minutes");
        assert_eq!(words(7_500), "2 hours 5 minutes");
        assert_eq!(words(3_605), "1 hour");
        assert_eq!(words(90_000), "1 day 1 hour");
    }
}
