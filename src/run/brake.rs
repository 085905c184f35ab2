//! The brake on systematic rejection. A rejected record is settled and not sent again, so a server that suddenly rejects
//! everything must not consume the whole input. Pure.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::delivery::Verdict;

/// Equal rejections from the start of a run that stop it.
const FROM_START: u64 = 20;
/// A percentage allows at least this many rejected records.
const LEAST: u64 = 50;
/// How many different messages are counted.
const MESSAGES: usize = 50;

/// How many rejected records a run tolerates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxRejected {
    /// Of the records answered so far, and at least 50 records. 100% tolerates everything.
    Percent(f64),
    /// Records.
    Count(u64),
}

impl Default for MaxRejected {
    fn default() -> Self {
        Self::Percent(5.0)
    }
}

impl MaxRejected {
    /// Never stops a run.
    pub(crate) const UNLIMITED: Self = Self::Percent(100.0);

    /// Whether so many of all records are too many, without the least number.
    pub(crate) fn is_exceeded(self, count: u64, all: u64) -> bool {
        match self {
            Self::Count(most) => count > most,
            Self::Percent(percent) => count as f64 * 100.0 > percent * all as f64,
        }
    }

    fn allows(self, rejected: u64, answered: u64) -> bool {
        match self {
            Self::Count(most) => rejected <= most,
            Self::Percent(percent) => rejected <= LEAST || rejected as f64 * 100.0 <= percent * answered as f64,
        }
    }
}

/// Why a text is not a [`MaxRejected`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write a number of records or a percentage, such as 200 or 5%")]
pub struct MaxRejectedError;

impl FromStr for MaxRejected {
    type Err = MaxRejectedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(percent) = text.strip_suffix('%') else {
            return text.parse().map(Self::Count).map_err(|_| MaxRejectedError);
        };
        let percent = percent.trim_end().parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
        percent.map(Self::Percent).ok_or(MaxRejectedError)
    }
}

impl fmt::Display for MaxRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Count(count) => write!(f, "{count}"),
        }
    }
}

/// What a run was stopped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejections {
    pub(crate) rejected: u64,
    /// Records that were answered in this run, including the rejected ones.
    pub(crate) answered: u64,
    /// The most frequent message.
    pub(crate) message: String,
    /// How many rejections had it.
    pub(crate) same: u64,
}

/// Counts the answers of a run, over all its bots.
#[derive(Debug)]
pub(super) struct Brake {
    most: MaxRejected,
    answered: u64,
    rejected: u64,
    /// Whether all answers so far were rejections with the same message.
    is_uniform: bool,
    messages: HashMap<String, u64>,
}

impl Brake {
    pub(super) fn new(most: MaxRejected) -> Self {
        Self { most, answered: 0, rejected: 0, is_uniform: true, messages: HashMap::new() }
    }

    /// Counts a verdict; returns why the run stops, if it does.
    pub(super) fn observe(&mut self, verdict: &Verdict) -> Option<Rejections> {
        let message = match verdict {
            Verdict::Rejected { message, .. } => message,
            Verdict::Saved { .. } => {
                (self.answered, self.is_uniform) = (self.answered + 1, false);
                return None;
            }
            _ => return None,
        };
        (self.answered, self.rejected) = (self.answered + 1, self.rejected + 1);
        if self.messages.len() < MESSAGES || self.messages.contains_key(message) {
            *self.messages.entry(message.clone()).or_default() += 1;
        }
        self.is_uniform &= self.messages.len() == 1;
        let is_systematic = self.is_uniform && self.rejected >= FROM_START && self.most != MaxRejected::UNLIMITED;
        (is_systematic || !self.most.allows(self.rejected, self.answered)).then(|| self.rejections())
    }

    fn rejections(&self) -> Rejections {
        let most_frequent = self.messages.iter().max_by_key(|(_, times)| **times);
        let (message, same) = most_frequent.map(|(message, times)| (message.clone(), *times)).unwrap_or_default();
        Rejections { rejected: self.rejected, answered: self.answered, message, same }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Brake, MaxRejected, Rejections, Verdict};

    fn saved() -> Verdict {
        Verdict::Saved { id: "1".to_owned(), status: 200, record: String::new() }
    }

    fn rejected(message: &str) -> Verdict {
        Verdict::Rejected { status: 400, message: message.to_owned() }
    }

    /// How many of these answers are taken until the run stops, and why it does.
    fn until_stopped(most: &str, answers: impl IntoIterator<Item = Verdict>) -> Option<(usize, Rejections)> {
        let mut brake = Brake::new(most.parse().unwrap());
        answers.into_iter().enumerate().find_map(|(index, answer)| Some((index + 1, brake.observe(&answer)?)))
    }

    fn same(most: &str) -> Option<usize> {
        Some(until_stopped(most, vec![rejected("no"); 5000])?.0)
    }

    #[test]
    fn twenty_equal_rejections_from_the_start_stop() {
        assert_eq!([same("5%"), same("1000"), same("100%"), same("7")], [Some(20), Some(20), None, Some(8)]);
        let (answers, reason) = until_stopped("5%", vec![rejected("no"); 30]).unwrap();
        let expected = Rejections { message: "no".to_owned(), same: 20, rejected: 20, answered: 20 };
        assert_eq!((answers, reason), (20, expected));
        // Doubt and refusals are the business of the circuit breaker.
        let doubt = Verdict::InDoubt { status: None, message: "?".to_owned() };
        assert_eq!(until_stopped("5%", vec![doubt; 5000]), None);
    }

    #[test]
    fn different_rejections_stop_after_fifty() {
        let answers = (0..5000).map(|n| rejected(if n % 3 == 0 { "a" } else { "b" }));
        let (answers, reason) = until_stopped("5%", answers).unwrap();
        let expected = Rejections { message: "b".to_owned(), same: 34, rejected: 51, answered: 51 };
        assert_eq!((answers, reason), (51, expected));
        // Each with a message of its own: memory stays bounded.
        let answers = (0..200_000).map(|n| rejected(&format!("{n}"))).chain([saved()]);
        assert_eq!(until_stopped("100%", answers), None);
    }

    #[test]
    fn a_late_change_stops_soon() {
        let answers = std::iter::repeat_n(saved(), 10_000).chain(vec![rejected("no"); 10_000]);
        assert_eq!(until_stopped("5%", answers).unwrap().0, 10_527);
    }

    #[test]
    fn limits_print_as_they_are_written() {
        for text in ["5%", "0.5%", "100%", "0", "200"] {
            assert_eq!(text.parse::<MaxRejected>().unwrap().to_string(), text);
        }
        for text in ["", "%", "-1", "101%", "-1%", "NaN%", "inf%", "many", "5 percent", "1.5"] {
            assert!(text.parse::<MaxRejected>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_run_stops_only_beyond_its_limit(
            answers in prop::collection::vec(prop::bool::weighted(0.2), 1..400),
            percent in 0u32..100,
        ) {
            let mut brake = Brake::new(MaxRejected::Percent(f64::from(percent)));
            let (mut rejections, mut all) = (0, 0);
            for is_rejected in answers {
                all += 1;
                rejections += u64::from(is_rejected);
                let answer = if is_rejected { rejected("no") } else { saved() };
                let is_over = is_rejected && rejections > 50 && rejections * 100 > u64::from(percent) * all;
                let is_uniform = rejections == all && all >= 20;
                prop_assert_eq!(brake.observe(&answer).is_some(), is_over || is_uniform);
            }
        }
    }
}
