//! What looks odd in the sum of all records and may well be right: to be said before they are sent, once each.

use std::fmt;

use super::hints::{is_odd_language, is_unknown_channel, likely_channel, likely_language};
use super::{FeedbackType, Garbled, Standing, Survey, Tally};
use crate::text::{counted, excerpt, grouped};

/// From how many answers on a CSAT survey, or an NPS survey, tells anything about its scale.
const TELLING: u64 = 20;
/// From how many answers on it is odd that all are the same.
const MANY: u64 = 50;
/// How many surveys, channels or languages are named.
const NAMED: usize = 3;

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
                quoted(text),
                quoted(mended),
            ),
            Self::TurnedAround { surveys, low, all } => write!(
                f,
                "the CSAT of {} may be the wrong way round: {} of {} are 1 or 2, and the vendor's current dashboard reads \
                 5 as very satisfied and 1 as very unsatisfied. If 1 is the best mark in your survey, turn the scale \
                 around: `score = {{ column = \"…\", invert = true }}` below [fields] of a mapping (--mapping)",
                named(surveys, |name| quoted(name)),
                grouped(*low),
                counted(*all, "answer"),
            ),
            Self::ShortScale { surveys, all } => write!(
                f,
                "the NPS of {} may be on another scale: none of {} is above 5, so that all of them are detractors; NPS \
                 goes from 0 to 10",
                named(surveys, |name| quoted(name)),
                counted(*all, "answer"),
            ),
            Self::Constant { surveys, all } => write!(
                f,
                "the score never changes in {}, in {}: is it taken from the right column?",
                named(surveys, |(name, score)| format!("{} (always {score})", quoted(name))),
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
        write!(f, "{} ({}", quoted(&self.text), counted(self.records, "row"))?;
        self.likely.as_ref().map_or(Ok(()), |likely| write!(f, "; {likely}?"))?;
        f.write_str(")")
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", excerpt(text, 40))
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
mod tests {
    use super::Oddity;
    use crate::record::{Draft, FeedbackType, Field, ScoreRule, Tally};

    /// Records of one survey: each score as often as stands beside it.
    fn add(tally: &mut Tally, name: &str, of: FeedbackType, scores: &[(&str, u64)]) {
        add_from(tally, name, of, scores, ("rtm", "en"));
    }

    fn add_from(tally: &mut Tally, name: &str, of: FeedbackType, scores: &[(&str, u64)], from: (&str, &str)) {
        for (score, times) in scores {
            let mut draft = Draft::default();
            let texts = ["jo@example.com", name, score, from.0, of.wire_name(), from.1, ""];
            Field::ALL.into_iter().zip(texts).for_each(|(field, text)| draft.set(field, text));
            let feedback = draft.check(ScoreRule::Any).unwrap();
            (0..*times).for_each(|_| tally.count(&feedback));
        }
    }

    fn found(of: FeedbackType, scores: &[(&str, u64)]) -> Vec<Oddity> {
        let mut tally = Tally::default();
        add(&mut tally, "Survey", of, scores);
        Oddity::find_in(&tally)
    }

    fn said(tally: &Tally) -> Vec<String> {
        Oddity::find_in(tally).iter().map(Oddity::to_string).collect()
    }

    #[test]
    fn ordinary_answers_give_no_cause_for_a_word() {
        assert_eq!(found(FeedbackType::Nps, &[("10", 30), ("7", 20), ("3", 10)]), []);
        assert_eq!(found(FeedbackType::Csat, &[("5", 30), ("4", 20), ("1", 15)]), []);
        assert_eq!(found(FeedbackType::Thumb, &[("1", 49)]), []);
        assert_eq!(Oddity::find_in(&Tally::default()), []);
    }

    #[test]
    fn a_csat_of_ones_and_twos_is_doubted_when_it_is_clear_enough_and_not_before() {
        let doubted = |scores: &[(&str, u64)]| !found(FeedbackType::Csat, scores).is_empty();
        assert!(doubted(&[("1", 8), ("2", 4), ("3", 4), ("5", 4)]));
        assert!(!doubted(&[("1", 8), ("2", 3), ("3", 5), ("5", 4)]), "55 per cent are low");
        assert!(!doubted(&[("1", 8), ("2", 4), ("3", 3), ("5", 5)]), "a quarter is high");
        assert!(!doubted(&[("1", 15), ("2", 4)]), "19 answers tell nothing");
        assert!(!doubted(&[("1", 10), ("2", 9), ("0", 5)]), "nor do 19 on the scale");
        let mut tally = Tally::default();
        add(&mut tally, "Post-chat", FeedbackType::Csat, &[("1", 30), ("2", 10), ("5", 2)]);
        add(&mut tally, "Order \u{202e}tracking", FeedbackType::Csat, &[("1", 20), ("3", 5)]);
        add(&mut tally, "Fine", FeedbackType::Csat, &[("5", 20), ("3", 5)]);
        assert_eq!(
            said(&tally),
            [
                "the CSAT of \"Post-chat\" and \"Order \u{fffd}tracking\" may be the wrong way round: 60 of 67 answers are 1 or 2, \
              and the vendor's current dashboard reads 5 as very satisfied and 1 as very unsatisfied. If 1 is the best mark \
              in your survey, turn the scale around: `score = { column = \"…\", invert = true }` below \
              [fields] of a mapping (--mapping)"
            ]
        );
    }

    #[test]
    fn an_nps_that_ends_at_five_may_be_on_another_scale() {
        let five = [("5", 20), ("4", 1200), ("1", 3)];
        let mut tally = Tally::default();
        add(&mut tally, "Five stars", FeedbackType::Nps, &five);
        assert_eq!(
            said(&tally),
            [
                "the NPS of \"Five stars\" may be on another scale: none of 1,223 answers is above 5, so that all of them are \
              detractors; NPS goes from 0 to 10"
            ]
        );
        assert_eq!(found(FeedbackType::Nps, &[("5", 20), ("6", 1)]), []);
        assert_eq!(found(FeedbackType::Nps, &[("5", 10), ("4", 9)]), []);
    }

    #[test]
    fn a_score_that_never_changes_is_told_once_whatever_else_it_may_be() {
        assert_eq!(found(FeedbackType::Csat, &[("5", 49)]), []);
        assert_eq!(found(FeedbackType::Csat, &[("5", 1000), ("4", 1)]), []);
        let mut tally = Tally::default();
        for name in ["a", "b", "c", "d", "e"] {
            add(&mut tally, name, FeedbackType::Nps, &[("0", 300)]);
        }
        assert_eq!(
            said(&tally),
            [
                "the score never changes in \"a\" (always 0), \"b\" (always 0), \"c\" (always 0) and 2 more, in 1,500 rows: is it \
              taken from the right column?"
            ]
        );
    }

    #[test]
    fn names_that_nearly_all_differ_are_hardly_names() {
        let with_names = |names: u64, each: u64| {
            let mut tally = Tally::default();
            (0..names).for_each(|number| add(&mut tally, &format!("n{number}"), FeedbackType::Thumb, &[("1", each)]));
            said(&tally)
        };
        assert_eq!(
            with_names(20, 2),
            [
                "20 survey names in 40 rows: on the dashboard each is a survey of its own. Is the name taken from the right \
              column?"
            ]
        );
        assert!(with_names(3000, 1)[0].starts_with("more than 1,000 survey names in 3,000 rows:"));
        assert_eq!(with_names(20, 3), [""; 0]);
        assert_eq!(with_names(19, 1), [""; 0]);
        let mut tally = Tally::default();
        (0..30).for_each(|n| add(&mut tally, &format!("{n}{}", "x".repeat(600)), FeedbackType::Thumb, &[("1", 1)]));
        assert!(said(&tally)[0].starts_with("more than 1 survey name in 30 rows:"));
    }

    #[test]
    fn texts_that_were_read_in_the_wrong_encoding_are_shown_as_they_would_be() {
        let mut tally = Tally::default();
        add(&mut tally, "Größe", FeedbackType::Thumb, &[("1", 2)]);
        add(&mut tally, "GrÃ¶ÃŸe", FeedbackType::Thumb, &[("1", 1)]);
        let said_of_one = said(&tally).remove(0);
        add(&mut tally, "fÃ¼r", FeedbackType::Thumb, &[("1", 1200)]);
        let told = ["1 record looks", "1,201 records look"].map(|records| {
            format!(
                "{records} garbled, such as \"GrÃ¶ÃŸe\" for \"Größe\": UTF-8 was taken for another encoding, here or before \
                 this file was written"
            )
        });
        assert_eq!([said_of_one, said(&tally).remove(0)], told);
    }

    #[test]
    fn odd_codes_are_named_with_their_rows_and_what_they_may_mean() {
        let mut tally = Tally::default();
        for (from, rows) in [
            (("rtm", "en"), 50),
            (("RTM", "EN"), 1200),
            (("Kiosk", "Deutsch"), 7),
            (("e-mail", "fr-FR"), 2),
            (("shop", "pt"), 1),
        ] {
            add_from(&mut tally, "Survey", FeedbackType::Thumb, &[("1", rows), ("0", 1)], from);
        }
        assert_eq!(
            said(&tally),
            [
                "the vendor's pages don't name these channels: \"RTM\" (1,201 rows; rtm?), \"Kiosk\" (8 rows), \"e-mail\" (3 \
                 rows; email?) and 1 more; others exist, so this may be right",
                "\"EN\" (1,201 rows; en?) and \"Deutsch\" (8 rows; de?) don't look like the vendor's language codes, such as \
                 en",
            ]
        );
    }
}
