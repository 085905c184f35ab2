//! Injected faults as people write them: `500:every=10`, `reset-after-save:p=0.1,seed=7`.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::time::Duration;

use super::fault_kind::FaultKind;
use super::schedule::Schedule;
use crate::error::{Advice, did_you_mean, nearest};

/// A fault and when it happens. It hits and counts only requests that would have succeeded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InjectedFault {
    /// What happens.
    pub kind: FaultKind,
    /// Which requests it hits.
    pub schedule: Schedule,
    /// Which endpoint it watches.
    pub on: Endpoint,
    /// When [`FaultKind::LateSave`] saves the record, or the `Retry-After` of the kinds that have one; zero for the others.
    pub after: Duration,
}

/// One of the API's two endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Endpoint {
    /// `saveFeedback`.
    Save,
    /// `getFeedbackSurveyResponses`.
    Responses,
}

/// Why a text is not a valid fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No fault has this name.
    #[error("unknown fault {given:?}; expected one of {}{}", kind_names(), did_you_mean(*.nearest))]
    UnknownKind {
        /// The name as written.
        given: String,
        /// A known name that is close to it.
        nearest: Option<&'static str>,
    },
    /// A part after the colon that is not a setting.
    #[error(
        "unknown fault setting {given:?}: expected every=N, at=N, first=N, burst=N, p=0.1, seed=N, on=responses or \
         after=TIME"
    )]
    UnknownSetting {
        /// The setting as written.
        given: String,
    },
    /// A setting with an invalid value.
    #[error("invalid {key}={given}: expected {expected}")]
    Value {
        /// The setting's key.
        key: &'static str,
        /// The value as written.
        given: String,
        /// What the value may be.
        expected: &'static str,
    },
    /// Two different schedules.
    #[error("{first} and {second} cannot be combined: use one of every, at, first, burst and p")]
    TwoSchedules {
        /// The key of the first.
        first: &'static str,
        /// The key of the second.
        second: &'static str,
    },
    /// A setting given twice.
    #[error("{key} is given twice")]
    Twice {
        /// The setting's key.
        key: &'static str,
    },
    /// A seed without a probability.
    #[error("seed works only with p, as in p=0.1,seed=7")]
    SeedWithoutChance,
    /// A time for a fault that has none.
    #[error("after does not work with {kind}: only with late-save, 429-retry-after and 503-retry-after")]
    AfterWithoutTime {
        /// The fault's name.
        kind: &'static str,
    },
    /// A fault that needs a save, on the endpoint that saves nothing.
    #[error("{kind} needs a record to save, but on=responses saves none")]
    NothingToSave {
        /// The fault's name.
        kind: &'static str,
    },
}

impl Advice for FaultError {}

fn kind_names() -> String {
    FaultKind::names().collect::<Vec<_>>().join(", ")
}

impl FromStr for InjectedFault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, settings) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let kind = name.parse().map_err(|_| unknown_kind(name))?;
        let mut parsed = Settings::default();
        for setting in settings.into_iter().flat_map(|settings| settings.split(',')) {
            parsed.read(setting.trim())?;
        }
        parsed.into_fault(kind)
    }
}

fn unknown_kind(name: &str) -> FaultError {
    // A number that is close to another number is not a likely typing error.
    let nearest = nearest(name, FaultKind::names()).filter(|_| name.parse::<u32>().is_err());
    FaultError::UnknownKind { given: shown(name), nearest }
}

/// What stands after the colon.
#[derive(Debug, Default)]
struct Settings {
    schedule: Option<(&'static str, Schedule)>,
    seed: Option<u64>,
    on: Option<Endpoint>,
    after: Option<Duration>,
}

impl Settings {
    fn read(&mut self, setting: &str) -> Result<(), FaultError> {
        let unknown = || FaultError::UnknownSetting { given: shown(setting) };
        let (key, value) = setting.split_once('=').ok_or_else(unknown)?;
        match key {
            "every" => self.set_schedule("every", Schedule::Every(count("every", value)?)),
            "at" => self.set_schedule("at", Schedule::At(count("at", value)?)),
            "first" => self.set_schedule("first", Schedule::First(count("first", value)?)),
            "burst" => self.set_schedule("burst", Schedule::Burst(count("burst", value)?)),
            "p" => self.set_schedule("p", Schedule::Chance { probability: probability(value)?, seed: None }),
            "seed" => set_once("seed", &mut self.seed, parse("seed", value, "a whole number from 0")?),
            "on" => set_once("on", &mut self.on, parse("on", value, "save or responses")?),
            "after" => set_once("after", &mut self.after, duration(value)?),
            _ => Err(unknown()),
        }
    }

    fn set_schedule(&mut self, key: &'static str, schedule: Schedule) -> Result<(), FaultError> {
        match self.schedule.replace((key, schedule)) {
            Some((first, _)) if first == key => Err(FaultError::Twice { key }),
            Some((first, _)) => Err(FaultError::TwoSchedules { first, second: key }),
            None => Ok(()),
        }
    }

    fn into_fault(self, kind: FaultKind) -> Result<InjectedFault, FaultError> {
        let on = self.on.unwrap_or(Endpoint::Save);
        if on == Endpoint::Responses && kind.needs_save() {
            return Err(FaultError::NothingToSave { kind: kind.name() });
        }
        let after = match (self.after, kind.default_after()) {
            (Some(_), None) => return Err(FaultError::AfterWithoutTime { kind: kind.name() }),
            (after, default) => after.or(default).unwrap_or_default(),
        };
        let schedule = match (self.schedule.map(|(_, schedule)| schedule), self.seed) {
            (Some(Schedule::Chance { probability, .. }), seed) => Schedule::Chance { probability, seed },
            (_, Some(_)) => return Err(FaultError::SeedWithoutChance),
            (schedule, None) => schedule.unwrap_or(Schedule::ALWAYS),
        };
        Ok(InjectedFault { kind, schedule, on, after })
    }
}

fn count(key: &'static str, value: &str) -> Result<NonZeroU64, FaultError> {
    parse(key, value, "a whole number from 1")
}

fn probability(value: &str) -> Result<f64, FaultError> {
    const EXPECTED: &str = "a number from 0 to 1";
    let number = parse("p", value, EXPECTED)?;
    if (0.0..=1.0).contains(&number) { Ok(number) } else { Err(invalid("p", value, EXPECTED)) }
}

fn duration(value: &str) -> Result<Duration, FaultError> {
    let time = value.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    time.ok_or_else(|| invalid("after", value, "a time such as 500ms or 90s"))
}

fn parse<T: FromStr>(key: &'static str, value: &str, expected: &'static str) -> Result<T, FaultError> {
    value.parse().map_err(|_| invalid(key, value, expected))
}

fn invalid(key: &'static str, value: &str, expected: &'static str) -> FaultError {
    FaultError::Value { key, given: shown(value), expected }
}

fn set_once<T>(key: &'static str, slot: &mut Option<T>, value: T) -> Result<(), FaultError> {
    match slot.replace(value) {
        Some(_) => Err(FaultError::Twice { key }),
        None => Ok(()),
    }
}

fn shown(text: &str) -> String {
    crate::text::excerpt(text, 40)
}

impl fmt::Display for InjectedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.schedule)?;
        if self.after != self.kind.default_after().unwrap_or_default() {
            write!(f, ",after={:#}", jiff::SignedDuration::try_from(self.after).unwrap_or(jiff::SignedDuration::MAX))?;
        }
        match self.on {
            Endpoint::Save => Ok(()),
            Endpoint::Responses => f.write_str(",on=responses"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use strum::VariantArray;

    use super::{Endpoint, FaultKind, InjectedFault, Schedule};

    fn parse(text: &str) -> InjectedFault {
        text.parse().unwrap()
    }

    fn error(text: &str) -> String {
        text.parse::<InjectedFault>().unwrap_err().to_string()
    }

    #[test]
    fn a_kind_alone_means_always() {
        for kind in FaultKind::VARIANTS {
            let after = kind.default_after().unwrap_or_default();
            let expected = InjectedFault { kind: *kind, schedule: Schedule::ALWAYS, on: Endpoint::Save, after };
            assert_eq!(parse(kind.name()), expected);
        }
    }

    #[test]
    fn faults_print_as_they_parse() {
        for text in [
            "500:every=10",
            "reset-before:at=3",
            "hang:first=2",
            "401:burst=100",
            "html:p=0.1,seed=7",
            "429:p=1",
            "500:at=1,on=responses",
            "late-save:at=2,after=1m 30s",
            "503-retry-after:at=2,after=1m 30s",
        ] {
            assert_eq!(parse(text).to_string(), text);
        }
        let ten = NonZeroU64::new(10).unwrap();
        assert_eq!(parse("500: every=10").schedule, Schedule::Every(ten));
    }

    #[test]
    fn an_unknown_kind_gets_suggestions() {
        let message = error("reset-befor:at=3");
        assert!(message.contains("did you mean \"reset-before\"?"), "{message}");
        assert!(message.contains("hang-after-save"), "{message}");
        assert!(!error("501").contains("did you mean"), "a number is not close to another number");
    }

    #[test]
    fn invalid_settings_are_explained() {
        let cases = [
            ("500:", "unknown fault setting"),
            ("500:often", "unknown fault setting"),
            ("500:when=3", "unknown fault setting"),
            ("500:every=0", "invalid every=0: expected a whole number from 1"),
            ("500:at=x", "invalid at=x"),
            ("500:burst=0", "invalid burst=0: expected a whole number from 1"),
            ("500:p=1.5", "invalid p=1.5: expected a number from 0 to 1"),
            ("500:p=NaN", "invalid p=NaN"),
            ("500:every=2,first=3", "every and first cannot be combined"),
            ("500:every=2,every=3", "every is given twice"),
            ("500:p=0.1,seed=1,seed=2", "seed is given twice"),
            ("500:every=2,seed=1", "seed works only with p"),
            ("500:seed=1", "seed works only with p"),
            ("late-save:after=soon", "invalid after=soon: expected a time"),
            ("hang:after=90s", "after does not work with hang"),
            ("late-save:on=responses", "needs a record to save"),
            ("500:on=both", "invalid on=both: expected save or responses"),
            ("reset-after-save:on=responses", "needs a record to save"),
        ];
        for (text, expected) in cases {
            let message = error(text);
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
