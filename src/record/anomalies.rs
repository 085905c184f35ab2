//! What looks unusual in the sum of all valid records. It may well be right, so it only causes a warning before anything is
//! sent.

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

/// A message about everything unusual, the most serious first.
pub(crate) fn find_anomalies(tally: &Tally) -> Vec<String> {
    let surveys = tally.surveys();
    let found = [
        mojibake(tally),
        inverted_csat(&surveys),
        short_nps(&surveys),
        constant_score(&surveys),
        many_names(&surveys, tally),
        unknown_channels(tally),
        unusual_languages(tally),
    ];
    found.into_iter().flatten().collect()
}

fn mojibake(tally: &Tally) -> Option<String> {
    let (text, repaired) = tally.mojibake().first.as_ref()?;
    let verb = if tally.mojibake().records == 1 { "contains" } else { "contain" };
    Some(format!(
        "{} {verb} garbled text, such as {} for {}: UTF-8 was decoded as another encoding, now or before this file was \
         written",
        counted(tally.mojibake().records, "record"),
        shown(text),
        shown(repaired),
    ))
}

/// CSAT surveys in which at least 60% of the answers are 1 or 2, and at most 20% are 4 or 5.
fn inverted_csat(surveys: &[Survey<'_>]) -> Option<String> {
    let bands = |survey: &Survey<'_>| BandCounts::vendor(FeedbackType::Csat, survey.scores);
    let looks_inverted = |bands: BandCounts| {
        let answers = bands.total();
        answers >= MIN_ANSWERS && bands.negative * 10 >= answers * 6 && bands.positive * 10 <= answers * 2
    };
    let found = of_type(surveys, FeedbackType::Csat, |survey| looks_inverted(bands(survey)));
    let sum = |part: fn(&BandCounts) -> u64| found.iter().map(|survey| part(&bands(survey))).sum();
    (!found.is_empty()).then(|| {
        format!(
            "the CSAT scale of {} may be inverted: {} of {} are 1 or 2, and the vendor's dashboard reads 5 as very \
             satisfied and 1 as very unsatisfied. If 1 is the best score in your survey, invert the scale with \
             `score = {{ column = \"…\", invert = true }}` under [fields] or [[records]] in a mapping (--mapping)",
            first_names(&found, name),
            grouped(sum(|bands| bands.negative)),
            counted(sum(BandCounts::total), "answer"),
        )
    })
}

/// NPS surveys without a score above 5.
fn short_nps(surveys: &[Survey<'_>]) -> Option<String> {
    let is_short = |survey: &Survey<'_>| {
        survey.scores.on_scale() >= MIN_ANSWERS && (6..=10).all(|n| survey.scores.count_of(n) == 0)
    };
    // A constant score is reported as such.
    let found = of_type(surveys, FeedbackType::Nps, |survey| is_short(survey) && only_score(survey).is_none());
    (!found.is_empty()).then(|| {
        format!(
            "the NPS of {} may be on another scale: none of {} is above 5, which makes all of them detractors; NPS goes \
             from 0 to 10",
            first_names(&found, name),
            counted(found.iter().map(|survey| survey.scores.on_scale()).sum(), "answer"),
        )
    })
}

fn of_type<'a>(
    surveys: &[Survey<'a>],
    feedback_type: FeedbackType,
    is_unusual: impl Fn(&Survey<'a>) -> bool,
) -> Vec<Survey<'a>> {
    surveys.iter().filter(|survey| survey.feedback_type == feedback_type && is_unusual(survey)).copied().collect()
}

fn constant_score(surveys: &[Survey<'_>]) -> Option<String> {
    let found: Vec<_> = surveys.iter().filter_map(|survey| Some((survey, only_score(survey)?))).collect();
    (!found.is_empty()).then(|| {
        format!(
            "the score never changes in {} ({}): check that it is read from the right column",
            first_names(&found, |(survey, score)| format!("{} (always {score})", name(survey))),
            counted(found.iter().map(|(survey, _)| survey.scores.total()).sum(), "row"),
        )
    })
}

/// The score of all answers, if there are many and all are the same.
fn only_score(survey: &Survey<'_>) -> Option<u8> {
    let answers = survey.scores.total();
    survey.feedback_type.scale().find(|score| answers >= MIN_CONSTANT && survey.scores.count_of(*score) == answers)
}

/// Nearly every record has its own survey name.
fn many_names(surveys: &[Survey<'_>], tally: &Tally) -> Option<String> {
    let (others, records) = (tally.records_of_other_surveys(), tally.records());
    let mut names: Vec<&str> = surveys.iter().map(|survey| survey.name).collect();
    names.sort_unstable();
    names.dedup();
    let names = names.len() as u64;
    // Names that are not counted separately are assumed to differ.
    (records >= MIN_ANSWERS && names * 2 + others >= records).then(|| {
        format!(
            "{}{} in {}: the dashboard shows each as a separate survey; check that the name is read from the right column",
            if others > 0 { "more than " } else { "" },
            counted(names.max(1), "survey name"),
            counted(records, "row"),
        )
    })
}

fn unknown_channels(tally: &Tally) -> Option<String> {
    let (codes, count) = unusual_codes(tally.channels(), is_unknown_channel, likely_channel)?;
    let these = if count == 1 { "the channel" } else { "these channels:" };
    Some(format!("the vendor's pages do not list {these} {codes}; others exist, so this may be right"))
}

fn unusual_languages(tally: &Tally) -> Option<String> {
    let (codes, count) = unusual_codes(tally.languages(), is_unusual_language, likely_language)?;
    let verb = if count == 1 { "does" } else { "do" };
    Some(format!("{codes} {verb} not look like the vendor's language codes, such as en"))
}

/// The unusual codes with the codes they probably mean, and how many there are.
fn unusual_codes(
    codes: Vec<(&str, u64)>,
    is_unusual: fn(&str) -> bool,
    likely: fn(&str) -> Option<String>,
) -> Option<(String, usize)> {
    let unusual: Vec<_> = codes.into_iter().filter(|(code, _)| is_unusual(code)).collect();
    let text = |(code, records): &(&str, u64)| {
        let likely = likely(code).map_or_else(String::new, |likely| format!("; {likely}?"));
        format!("{} ({}{likely})", shown(code), counted(*records, "row"))
    };
    (!unusual.is_empty()).then(|| (first_names(&unusual, text), unusual.len()))
}

fn name(survey: &Survey<'_>) -> String {
    shown(survey.name)
}

fn shown(name: &str) -> String {
    quoted(name, NAME_SHOWN)
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
