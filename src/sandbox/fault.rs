//! What can go wrong on demand, and how people write it: `500:every=10`, `reset-after-save:p=0.1,seed=7`.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use super::schedule::Schedule;
use crate::error::{Advice, nearest};

/// One thing that goes wrong, and when. It strikes calls that would have been answered well, and counts only those.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InjectedFault {
    /// What happens.
    pub kind: FaultKind,
    /// To which of the calls.
    pub schedule: Schedule,
    /// Which of the API's two calls it watches.
    pub on: Endpoint,
}

/// The API's two calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// `saveFeedback`.
    Save,
    /// `getFeedbackSurveyResponses`.
    Responses,
}

impl Endpoint {
    const fn name(self) -> &'static str {
        match self {
            Self::Save => "save",
            Self::Responses => "responses",
        }
    }
}

/// What happens to a call that a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// 400 with an error in the documented shape; not saved.
    Status400,
    /// 401 `Invalid SDK credentials`; not saved.
    Status401,
    /// 401 `possibly a replay`; not saved.
    Status401Replay,
    /// 403 `Permission denied. Scope is incorrect!`; not saved.
    Status403,
    /// 404 with an error in the documented shape; not saved.
    Status404,
    /// 429 with the vendor's general text; not saved.
    Status429,
    /// The same with `Retry-After: 1`; not saved.
    Status429RetryAfter,
    /// 500 with an error in the documented shape; not saved.
    Status500,
    /// 502 in plain text; not saved.
    Status502,
    /// 503 in plain text; not saved.
    Status503,
    /// The same with `Retry-After: 1`; not saved.
    Status503RetryAfter,
    /// 504 in plain text; not saved.
    Status504,
    /// 502 with a gateway's HTML page; not saved.
    Html,
    /// 307 to another path of the sandbox; not saved.
    Redirect,
    /// The connection is reset without an answer; not saved.
    ResetBefore,
    /// The connection is reset without an answer; saved.
    ResetAfterSave,
    /// No answer ever, with the connection open; not saved.
    Hang,
    /// No answer ever, with the connection open; saved.
    HangAfterSave,
    /// 200 with the JSON cut off in the middle; saved.
    Truncate,
    /// 200 with valid JSON of 16 MiB; saved.
    Oversized,
}

impl FaultKind {
    /// Every kind, in the order that help lists them.
    pub const ALL: [Self; 20] = [
        Self::Status400,
        Self::Status401,
        Self::Status401Replay,
        Self::Status403,
        Self::Status404,
        Self::Status429,
        Self::Status429RetryAfter,
        Self::Status500,
        Self::Status502,
        Self::Status503,
        Self::Status503RetryAfter,
        Self::Status504,
        Self::Html,
        Self::Redirect,
        Self::ResetBefore,
        Self::ResetAfterSave,
        Self::Hang,
        Self::HangAfterSave,
        Self::Truncate,
        Self::Oversized,
    ];

    /// The kind as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status400 => "400",
            Self::Status401 => "401",
            Self::Status401Replay => "401-replay",
            Self::Status403 => "403",
            Self::Status404 => "404",
            Self::Status429 => "429",
            Self::Status429RetryAfter => "429-retry-after",
            Self::Status500 => "500",
            Self::Status502 => "502",
            Self::Status503 => "503",
            Self::Status503RetryAfter => "503-retry-after",
            Self::Status504 => "504",
            Self::Html => "html",
            Self::Redirect => "redirect",
            Self::ResetBefore => "reset-before",
            Self::ResetAfterSave => "reset-after-save",
            Self::Hang => "hang",
            Self::HangAfterSave => "hang-after-save",
            Self::Truncate => "truncate",
            Self::Oversized => "oversized",
        }
    }

    /// Whether a record that it strikes is saved all the same.
    pub const fn saves(self) -> bool {
        matches!(self, Self::ResetAfterSave | Self::HangAfterSave | Self::Truncate | Self::Oversized)
    }

    /// Whether it makes sense only where something is saved.
    const fn needs_a_save(self) -> bool {
        matches!(self, Self::ResetAfterSave | Self::HangAfterSave)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// Nothing goes wrong by this name.
    #[error("no fault is named {given:?}{}; there are {}", meant(*.nearest), kind_names())]
    UnknownKind {
        /// What was written.
        given: String,
        /// The name it may have meant.
        nearest: Option<&'static str>,
    },
    /// A part after the colon that is no setting of a fault.
    #[error("{given:?} is no setting of a fault: write every=N, at=N, first=N, p=0.1, seed=N or on=responses")]
    UnknownSetting {
        /// What was written.
        given: String,
    },
    /// A setting whose value can't be.
    #[error("{key}={given} can't be: {wanted}")]
    Value {
        /// The setting.
        key: &'static str,
        /// Its value, as written.
        given: String,
        /// What it may be.
        wanted: &'static str,
    },
    /// Two settings that say when, or one said twice.
    #[error("{first} and {second} can't both say when a fault strikes: write one of every, at, first and p")]
    TwoSchedules {
        /// The first of them.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A setting said twice.
    #[error("{key} is said twice")]
    Twice {
        /// The setting.
        key: &'static str,
    },
    /// A seed where nothing is drawn.
    #[error("seed goes with p alone, as in p=0.1,seed=7")]
    SeedWithoutChance,
    /// A fault that needs a save, on the call that saves nothing.
    #[error("{kind} needs a record to save, and on=responses saves none")]
    NothingToSave {
        /// The fault's name.
        kind: &'static str,
    },
}

impl Advice for FaultError {}

fn meant(name: Option<&str>) -> String {
    name.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default()
}

fn kind_names() -> String {
    FaultKind::ALL.map(FaultKind::name).join(", ")
}

impl FromStr for InjectedFault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, settings) = match text.split_once(':') {
            Some((name, settings)) => (name, Some(settings)),
            None => (text, None),
        };
        let kind = FaultKind::from_name(name).ok_or_else(|| FaultError::UnknownKind {
            given: shown(name),
            // The name nearest to a number is no guess at all.
            nearest: nearest(name, FaultKind::ALL.map(FaultKind::name)).filter(|_| name.parse::<u32>().is_err()),
        })?;
        let mut written = Settings::default();
        for setting in settings.into_iter().flat_map(|settings| settings.split(',')) {
            written.read(setting.trim())?;
        }
        written.into_fault(kind)
    }
}

/// What stood after the colon.
#[derive(Debug, Default)]
struct Settings {
    schedule: Option<(&'static str, Schedule)>,
    seed: Option<u64>,
    on: Option<Endpoint>,
}

impl Settings {
    fn read(&mut self, setting: &str) -> Result<(), FaultError> {
        let unknown = || FaultError::UnknownSetting { given: shown(setting) };
        let (key, value) = setting.split_once('=').ok_or_else(unknown)?;
        match key {
            "every" => self.schedule("every", Schedule::Every(count("every", value)?)),
            "at" => self.schedule("at", Schedule::At(count("at", value)?)),
            "first" => self.schedule("first", Schedule::First(count("first", value)?)),
            "p" => self.schedule("p", Schedule::Chance { probability: probability(value)?, seed: None }),
            "seed" => once("seed", &mut self.seed, value.parse().ok(), value, "a whole number from 0"),
            "on" => once("on", &mut self.on, call(value), value, "save or responses"),
            _ => Err(unknown()),
        }
    }

    fn schedule(&mut self, key: &'static str, schedule: Schedule) -> Result<(), FaultError> {
        match self.schedule {
            Some((first, _)) if first == key => Err(FaultError::Twice { key }),
            Some((first, _)) => Err(FaultError::TwoSchedules { first, second: key }),
            None => {
                self.schedule = Some((key, schedule));
                Ok(())
            }
        }
    }

    fn into_fault(self, kind: FaultKind) -> Result<InjectedFault, FaultError> {
        let on = self.on.unwrap_or(Endpoint::Save);
        if on == Endpoint::Responses && kind.needs_a_save() {
            return Err(FaultError::NothingToSave { kind: kind.name() });
        }
        let schedule = match (self.schedule.map(|(_, schedule)| schedule), self.seed) {
            (Some(Schedule::Chance { probability, .. }), seed) => Schedule::Chance { probability, seed },
            (_, Some(_)) => return Err(FaultError::SeedWithoutChance),
            (schedule, None) => schedule.unwrap_or(Schedule::ALWAYS),
        };
        Ok(InjectedFault { kind, schedule, on })
    }
}

fn count(key: &'static str, value: &str) -> Result<NonZeroU64, FaultError> {
    value.parse().map_err(|_| wrong(key, value, "a whole number from 1"))
}

fn probability(value: &str) -> Result<f64, FaultError> {
    let number: Option<f64> = value.parse().ok();
    number.filter(|p| (0.0..=1.0).contains(p)).ok_or_else(|| wrong("p", value, "a number from 0 to 1"))
}

fn call(value: &str) -> Option<Endpoint> {
    [Endpoint::Save, Endpoint::Responses].into_iter().find(|call| call.name() == value)
}

fn once<T>(
    key: &'static str,
    place: &mut Option<T>,
    read: Option<T>,
    value: &str,
    wanted: &'static str,
) -> Result<(), FaultError> {
    let read = read.ok_or_else(|| wrong(key, value, wanted))?;
    match place.replace(read) {
        Some(_) => Err(FaultError::Twice { key }),
        None => Ok(()),
    }
}

fn wrong(key: &'static str, value: &str, wanted: &'static str) -> FaultError {
    FaultError::Value { key, given: shown(value), wanted }
}

fn shown(text: &str) -> String {
    crate::text::excerpt(text, 40)
}

impl fmt::Display for InjectedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.schedule)?;
        match self.on {
            Endpoint::Save => Ok(()),
            Endpoint::Responses => write!(f, ",on={}", self.on.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, FaultKind, InjectedFault, Schedule};
    use std::num::NonZeroU64;

    fn parse(text: &str) -> InjectedFault {
        text.parse().unwrap()
    }

    fn refusal(text: &str) -> String {
        text.parse::<InjectedFault>().unwrap_err().to_string()
    }

    #[test]
    fn every_kind_reads_alone_and_then_strikes_always() {
        for kind in FaultKind::ALL {
            assert_eq!(parse(kind.name()), InjectedFault { kind, schedule: Schedule::ALWAYS, on: Endpoint::Save });
        }
    }

    #[test]
    fn what_is_written_reads_and_prints_the_same() {
        for text in [
            "500:every=10",
            "reset-before:at=3",
            "hang:first=2",
            "html:p=0.1,seed=7",
            "429:p=1",
            "500:at=1,on=responses",
        ] {
            assert_eq!(parse(text).to_string(), text);
        }
        let ten = NonZeroU64::new(10).unwrap();
        assert_eq!(parse("500: every=10").schedule, Schedule::Every(ten));
    }

    #[test]
    fn an_unknown_kind_names_the_nearest_and_all_of_them() {
        let error = refusal("reset-befor:at=3");
        assert!(error.contains("did you mean reset-before?"), "{error}");
        assert!(error.contains("hang-after-save"), "{error}");
        assert!(!refusal("501").contains("did you mean"), "a number is near to no other");
    }

    #[test]
    fn what_a_fault_cannot_be_is_said() {
        let cases = [
            ("500:", "no setting of a fault"),
            ("500:often", "no setting of a fault"),
            ("500:when=3", "no setting of a fault"),
            ("500:every=0", "every=0 can't be: a whole number from 1"),
            ("500:at=x", "at=x can't be"),
            ("500:p=1.5", "p=1.5 can't be: a number from 0 to 1"),
            ("500:p=NaN", "p=NaN can't be"),
            ("500:every=2,first=3", "every and first can't both"),
            ("500:every=2,every=3", "every is said twice"),
            ("500:p=0.1,seed=1,seed=2", "seed is said twice"),
            ("500:every=2,seed=1", "seed goes with p alone"),
            ("500:seed=1", "seed goes with p alone"),
            ("500:on=both", "on=both can't be: save or responses"),
            ("reset-after-save:on=responses", "needs a record to save"),
        ];
        for (text, expected) in cases {
            let error = refusal(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
