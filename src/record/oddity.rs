//! What looks odd in the sum of all records and may well be right: to be said before they are sent, once each.

use std::fmt;

use super::hints::{is_odd_language, is_unknown_channel, likely_channel, likely_language};
use super::{FeedbackType, Garbled, Standing, Survey, Tally};
use crate::text::{counted, grouped, quoted};

/// From how many answers on a CSAT survey, or an NPS survey, tells anything about its scale.
const TELLING: u64 = 20;
/// From how many answers on it is odd that all are the same.
const MANY: u64 = 50;
/// How many surveys, channels or languages are named.
const NAMED: usize = 3;
/// Characters of a quoted text shown.
const SHOWN: usize = 40;

/// Something odd, with the counts that show it.
#[derive(Debug, Clone, PartialEq)]
pub enum Oddity {
    /// Texts that look like UTF-8 read as something else.
    Garbled {
        /// The records.
        records: u64,
        /// The first such text.
        text: String,
        /// What it would be.
        mended: String,
    },
    /// CSAT surveys in which at least six of ten answers are 1 or 2, and at most two of ten 4 or 5.
    TurnedAround {
        /// The surveys, the largest first.
        surveys: Vec<String>,
        /// Their answers that are 1 or 2.
        low: u64,
        /// Their answers.
        all: u64,
    },
    /// NPS surveys without a score above 5: everybody would be a detractor.
    ShortScale {
        /// The surveys, the largest first.
        surveys: Vec<String>,
        /// Their answers.
        all: u64,
    },
    /// Surveys with many answers that are all the same.
    Constant {
        /// The surveys, the largest first, with their one score.
        surveys: Vec<(String, u8)>,
        /// Their answers.
        all: u64,
    },
    /// Nearly every record has a survey name of its own.
    ManyNames {
        /// The different names.
        names: u64,
        /// Whether there are more than could be told apart.
        and_more: bool,
        /// The records.
        records: u64,
    },
    /// Channels that the vendor's pages don't name.
    UnknownChannels(Vec<OddCode>),
    /// Languages that don't look like the vendor's codes.
    OddLanguages(Vec<OddCode>),
}

/// A channel or a language that looks odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddCode {
    /// As it stands in the input.
    pub text: String,
    /// How many records have it.
    pub records: u64,
    /// What may be meant.
    pub likely: Option<String>,
}

impl Oddity {
    /// Everything odd, the gravest first.
    pub fn find_in(tally: &Tally) -> Vec<Self> {
        let surveys = tally.surveys();
        let found = [
            garbled(tally),
            turned_around(&surveys),
            short_scale(&surveys),
            constant(&surveys),
            many_names(&surveys, tally),
            odd_codes(tally.channels(), is_unknown_channel, likely_channel).map(Self::UnknownChannels),
            odd_codes(tally.languages(), is_odd_language, likely_language).map(Self::OddLanguages),
        ];
        found.into_iter().flatten().collect()
    }
}

fn garbled(tally: &Tally) -> Option<Oddity> {
    let Garbled { records, first } = tally.garbled();
    let (text, mended) = first.clone()?;
    Some(Oddity::Garbled { records: *records, text, mended })
}

fn turned_around(surveys: &[Survey<'_>]) -> Option<Oddity> {
    let standing = |survey: &Survey<'_>| Standing::of_vendor(FeedbackType::Csat, survey.scores);
    let looks_so = |standing: Standing| {
        standing.all() >= TELLING && standing.bad * 10 >= standing.all() * 6 && standing.good * 10 <= standing.all() * 2
    };
    let found = of_type(surveys, FeedbackType::Csat, |survey| looks_so(standing(survey)));
    let sum = |part: fn(&Standing) -> u64| found.iter().map(|survey| part(&standing(survey))).sum();
    (!found.is_empty()).then(|| Oddity::TurnedAround {
        surveys: names(&found),
        low: sum(|standing| standing.bad),
        all: sum(Standing::all),
    })
}

fn short_scale(surveys: &[Survey<'_>]) -> Option<Oddity> {
    let is_short =
        |survey: &Survey<'_>| survey.scores.on_scale() >= TELLING && (6..=10).all(|n| survey.scores.of(n) == 0);
    // What is constant is told as that.
    let found = of_type(surveys, FeedbackType::Nps, |survey| is_short(survey) && one_score(survey).is_none());
    let all = found.iter().map(|survey| survey.scores.on_scale()).sum();
    (!found.is_empty()).then(|| Oddity::ShortScale { surveys: names(&found), all })
}

fn of_type<'a>(
    surveys: &[Survey<'a>],
    feedback_type: FeedbackType,
    is_odd: impl Fn(&Survey<'a>) -> bool,
) -> Vec<Survey<'a>> {
    surveys.iter().filter(|survey| survey.feedback_type == feedback_type && is_odd(survey)).copied().collect()
}

fn names(surveys: &[Survey<'_>]) -> Vec<String> {
    surveys.iter().map(|survey| survey.name.to_owned()).collect()
}

fn constant(surveys: &[Survey<'_>]) -> Option<Oddity> {
    let found = surveys.iter().filter_map(|survey| Some((survey, one_score(survey)?)));
    let (surveys, counts): (Vec<_>, Vec<_>) =
        found.map(|(survey, score)| ((survey.name.to_owned(), score), survey.scores.all())).unzip();
    (!surveys.is_empty()).then(|| Oddity::Constant { surveys, all: counts.iter().sum() })
}

/// The score that all of many answers have.
fn one_score(survey: &Survey<'_>) -> Option<u8> {
    let all = survey.scores.all();
    survey.feedback_type.scale().find(|score| all >= MANY && survey.scores.of(*score) == all)
}

fn many_names(surveys: &[Survey<'_>], tally: &Tally) -> Option<Oddity> {
    let (others, records) = (tally.records_of_other_surveys(), tally.records());
    let mut names: Vec<&str> = surveys.iter().map(|survey| survey.name).collect();
    names.sort_unstable();
    names.dedup();
    let names = names.len() as u64;
    // A name that is not told apart is taken for one of its own: it came late, or is too long for a name.
    (records >= TELLING && names * 2 + others >= records).then_some(Oddity::ManyNames {
        names: names.max(1),
        and_more: others > 0,
        records,
    })
}

fn odd_codes(
    codes: Vec<(&str, u64)>,
    is_odd: fn(&str) -> bool,
    likely: fn(&str) -> Option<String>,
) -> Option<Vec<OddCode>> {
    let odd = codes.into_iter().filter(|(text, _)| is_odd(text));
    let odd: Vec<_> =
        odd.map(|(text, records)| OddCode { text: text.to_owned(), records, likely: likely(text) }).collect();
    (!odd.is_empty()).then_some(odd)
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Garbled { records, text, mended } => write!(
                f,
                "{} {} garbled, such as {} for {}: UTF-8 was taken for another encoding, here or before this file was \
                 written",
                counted(*records, "record"),
                if *records == 1 { "looks" } else { "look" },
                quoted(text, SHOWN),
                quoted(mended, SHOWN),
            ),
            Self::TurnedAround { surveys, low, all } => write!(
                f,
                "the CSAT of {} may be the wrong way round: {} of {} are 1 or 2, and the vendor's current dashboard reads \
                 5 as very satisfied and 1 as very unsatisfied. If 1 is the best mark in your survey, turn the scale \
                 around: `score = {{ column = \"…\", invert = true }}` below [fields] of a mapping (--mapping)",
                named(surveys, |name| quoted(name, SHOWN)),
                grouped(*low),
                counted(*all, "answer"),
            ),
            Self::ShortScale { surveys, all } => write!(
                f,
                "the NPS of {} may be on another scale: none of {} is above 5, so that all of them are detractors; NPS \
                 goes from 0 to 10",
                named(surveys, |name| quoted(name, SHOWN)),
                counted(*all, "answer"),
            ),
            Self::Constant { surveys, all } => write!(
                f,
                "the score never changes in {}, in {}: is it taken from the right column?",
                named(surveys, |(name, score)| format!("{} (always {score})", quoted(name, SHOWN))),
                counted(*all, "row"),
            ),
            Self::ManyNames { names, and_more, records } => write!(
                f,
                "{}{} in {}: on the dashboard each is a survey of its own. Is the name taken from the right column?",
                if *and_more { "more than " } else { "" },
                counted(*names, "survey name"),
                counted(*records, "row"),
            ),
            Self::UnknownChannels(codes) => write!(
                f,
                "the vendor's pages don't name {} {}; others exist, so this may be right",
                if codes.len() == 1 { "the channel" } else { "these channels:" },
                named(codes, OddCode::to_string),
            ),
            Self::OddLanguages(codes) => write!(
                f,
                "{} {} like the vendor's language codes, such as en",
                named(codes, OddCode::to_string),
                if codes.len() == 1 { "doesn't look" } else { "don't look" },
            ),
        }
    }
}

impl fmt::Display for OddCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", quoted(&self.text, SHOWN), counted(self.records, "row"))?;
        self.likely.as_ref().map_or(Ok(()), |likely| write!(f, "; {likely}?"))?;
        f.write_str(")")
    }
}

/// The first of them, and how many there are beyond.
fn named<T>(all: &[T], name: impl Fn(&T) -> String) -> String {
    let mut said: Vec<String> = all.iter().take(NAMED).map(name).collect();
    if all.len() > NAMED {
        said.push(format!("{} more", grouped((all.len() - NAMED) as u64)));
    }
    match said.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
