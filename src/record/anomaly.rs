//! What looks unusual in the sum of all valid records. It may well be right, so it is only pointed out, before anything is
//! sent.

use std::fmt;

use super::codes::{is_unknown_channel, is_unusual_language, likely_channel, likely_language};
use super::{BandCounts, FeedbackType, Survey, Tally};
use crate::text::{counted, grouped, quoted};

/// A CSAT or NPS survey with fewer answers says nothing about its scale.
const MIN_ANSWERS: u64 = 20;
/// With this many answers, it is unusual that all are the same.
const MIN_CONSTANT: u64 = 50;
/// How many surveys, channels or languages are named.
const NAMES_SHOWN: usize = 3;
/// How much of a name is shown.
const NAME_SHOWN: usize = 40;

/// Something unusual, with the counts that show it. Surveys are sorted, the largest first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Anomaly {
    /// Texts that look like UTF-8 decoded as another encoding.
    Mojibake { records: u64, text: String, repaired: String },
    /// CSAT surveys in which at least 60% of the answers are 1 or 2, and at most 20% are 4 or 5.
    InvertedCsat { surveys: Vec<String>, low: u64, answers: u64 },
    /// NPS surveys without a score above 5: everybody would be a detractor.
    ShortNps { surveys: Vec<String>, answers: u64 },
    /// Surveys with many answers that are all the same, with that score.
    ConstantScore { surveys: Vec<(String, u8)>, answers: u64 },
    /// Nearly every record has its own survey name. With `and_more`, there are more names than are counted separately.
    ManyNames { names: u64, and_more: bool, records: u64 },
    /// Channels that the vendor's pages do not name.
    UnknownChannels(Vec<UnusualCode>),
    /// Languages that do not look like the vendor's codes.
    UnusualLanguages(Vec<UnusualCode>),
}

/// A channel or a language that looks unusual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnusualCode {
    pub text: String,
    pub records: u64,
    /// The code that it probably means.
    pub likely: Option<String>,
}

impl Anomaly {
    /// Everything unusual, the most serious first.
    pub(crate) fn find_in(tally: &Tally) -> Vec<Self> {
        let surveys = tally.surveys();
        let found = [
            mojibake(tally),
            inverted_csat(&surveys),
            short_nps(&surveys),
            constant_score(&surveys),
            many_names(&surveys, tally),
            unusual_codes(tally.channels(), is_unknown_channel, likely_channel).map(Self::UnknownChannels),
            unusual_codes(tally.languages(), is_unusual_language, likely_language).map(Self::UnusualLanguages),
        ];
        found.into_iter().flatten().collect()
    }
}

fn mojibake(tally: &Tally) -> Option<Anomaly> {
    let (text, repaired) = tally.mojibake().first.clone()?;
    Some(Anomaly::Mojibake { records: tally.mojibake().records, text, repaired })
}

fn inverted_csat(surveys: &[Survey<'_>]) -> Option<Anomaly> {
    let bands = |survey: &Survey<'_>| BandCounts::vendor(FeedbackType::Csat, survey.scores);
    let looks_inverted = |bands: BandCounts| {
        let answers = bands.total();
        answers >= MIN_ANSWERS && bands.negative * 10 >= answers * 6 && bands.positive * 10 <= answers * 2
    };
    let found = of_type(surveys, FeedbackType::Csat, |survey| looks_inverted(bands(survey)));
    let sum = |part: fn(&BandCounts) -> u64| found.iter().map(|survey| part(&bands(survey))).sum();
    (!found.is_empty()).then(|| Anomaly::InvertedCsat {
        surveys: names(&found),
        low: sum(|bands| bands.negative),
        answers: sum(BandCounts::total),
    })
}

fn short_nps(surveys: &[Survey<'_>]) -> Option<Anomaly> {
    let is_short = |survey: &Survey<'_>| {
        survey.scores.on_scale() >= MIN_ANSWERS && (6..=10).all(|n| survey.scores.count_of(n) == 0)
    };
    // A constant score is reported as such.
    let found = of_type(surveys, FeedbackType::Nps, |survey| is_short(survey) && only_score(survey).is_none());
    let answers = found.iter().map(|survey| survey.scores.on_scale()).sum();
    (!found.is_empty()).then(|| Anomaly::ShortNps { surveys: names(&found), answers })
}

fn of_type<'a>(
    surveys: &[Survey<'a>],
    feedback_type: FeedbackType,
    is_unusual: impl Fn(&Survey<'a>) -> bool,
) -> Vec<Survey<'a>> {
    surveys.iter().filter(|survey| survey.feedback_type == feedback_type && is_unusual(survey)).copied().collect()
}

fn names(surveys: &[Survey<'_>]) -> Vec<String> {
    surveys.iter().map(|survey| survey.name.to_owned()).collect()
}

fn constant_score(surveys: &[Survey<'_>]) -> Option<Anomaly> {
    let found = surveys.iter().filter_map(|survey| Some((survey, only_score(survey)?)));
    let (surveys, counts): (Vec<_>, Vec<_>) =
        found.map(|(survey, score)| ((survey.name.to_owned(), score), survey.scores.total())).unzip();
    (!surveys.is_empty()).then(|| Anomaly::ConstantScore { surveys, answers: counts.iter().sum() })
}

/// The score of all answers, if there are many and all are the same.
fn only_score(survey: &Survey<'_>) -> Option<u8> {
    let answers = survey.scores.total();
    survey.feedback_type.scale().find(|score| answers >= MIN_CONSTANT && survey.scores.count_of(*score) == answers)
}

fn many_names(surveys: &[Survey<'_>], tally: &Tally) -> Option<Anomaly> {
    let (others, records) = (tally.records_of_other_surveys(), tally.records());
    let mut names: Vec<&str> = surveys.iter().map(|survey| survey.name).collect();
    names.sort_unstable();
    names.dedup();
    let names = names.len() as u64;
    // Names that are not counted separately are assumed to differ.
    (records >= MIN_ANSWERS && names * 2 + others >= records).then_some(Anomaly::ManyNames {
        names: names.max(1),
        and_more: others > 0,
        records,
    })
}

fn unusual_codes(
    codes: Vec<(&str, u64)>,
    is_unusual: fn(&str) -> bool,
    likely: fn(&str) -> Option<String>,
) -> Option<Vec<UnusualCode>> {
    let unusual = codes.into_iter().filter(|(text, _)| is_unusual(text));
    let unusual: Vec<_> =
        unusual.map(|(text, records)| UnusualCode { text: text.to_owned(), records, likely: likely(text) }).collect();
    (!unusual.is_empty()).then_some(unusual)
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |name: &str| quoted(name, NAME_SHOWN);
        match self {
            Self::Mojibake { records, text, repaired } => {
                let verb = if *records == 1 { "contains" } else { "contain" };
                let (records, text, repaired) = (counted(*records, "record"), quoted(text), quoted(repaired));
                write!(
                    f,
                    "{records} {verb} garbled text, such as {text} for {repaired}: UTF-8 was decoded as another "
                )?;
                f.write_str("encoding, now or before this file was written")
            }
            Self::InvertedCsat { surveys, low, answers } => {
                let (surveys, answers) = (first_names(surveys, |name| quoted(name)), counted(*answers, "answer"));
                let low = grouped(*low);
                write!(f, "the CSAT scale of {surveys} may be upside down: {low} of {answers} are 1 or 2, and the ")?;
                f.write_str(
                    "vendor's dashboard reads 5 as very satisfied and 1 as very unsatisfied. If 1 is the best score in \
                     your survey, invert the scale with `score = { column = \"…\", invert = true }` under [fields] in a \
                     mapping (--mapping)",
                )
            }
            Self::ShortNps { surveys, answers } => {
                let (surveys, answers) = (first_names(surveys, |name| quoted(name)), counted(*answers, "answer"));
                write!(
                    f,
                    "the NPS of {surveys} may be on another scale: none of {answers} is above 5, which makes all "
                )?;
                f.write_str("of them detractors; NPS goes from 0 to 10")
            }
            Self::ConstantScore { surveys, answers } => {
                let surveys = first_names(surveys, |(name, score)| format!("{} (always {score})", quoted(name)));
                let rows = counted(*answers, "row");
                write!(f, "the score never changes in {surveys} ({rows}): is it read from the right column?")
            }
            Self::ManyNames { names, and_more, records } => {
                let more = if *and_more { "more than " } else { "" };
                let (names, rows) = (counted(*names, "survey name"), counted(*records, "row"));
                write!(
                    f,
                    "{more}{names} in {rows}: the dashboard shows each as a separate survey. Is the name read from "
                )?;
                f.write_str("the right column?")
            }
            Self::UnknownChannels(codes) => {
                let these = if codes.len() == 1 { "the channel" } else { "these channels:" };
                let codes = first_names(codes, UnusualCode::to_string);
                write!(f, "the vendor's pages do not list {these} {codes}; others exist, so this may be right")
            }
            Self::UnusualLanguages(codes) => {
                let verb = if codes.len() == 1 { "does" } else { "do" };
                let codes = first_names(codes, UnusualCode::to_string);
                write!(f, "{codes} {verb} not look like the vendor's language codes, such as en")
            }
        }
    }
}

impl fmt::Display for UnusualCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let likely = self.likely.as_ref().map_or_else(String::new, |likely| format!("; {likely}?"));
        write!(f, "{} ({}{likely})", quoted(&self.text, NAME_SHOWN), counted(self.records, "row"))
    }
}

/// The first names, and how many more there are.
fn first_names<T>(all: &[T], name: impl Fn(&T) -> String) -> String {
    let mut shown: Vec<String> = all.iter().take(NAMES_SHOWN).map(name).collect();
    if all.len() > NAMES_SHOWN {
        shown.push(format!("{} more", grouped((all.len() - NAMES_SHOWN) as u64)));
    }
    match shown.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
