//! What is reported as unusual, and what is not.

use super::find_anomalies;
use crate::record::{Draft, FeedbackType, Field, ScoreRule, Tally};

/// Adds records of one survey: scores, and how often each was given.
fn add(tally: &mut Tally, name: &str, of: FeedbackType, scores: &[(&str, u64)]) {
    add_from(tally, name, of, scores, ("rtm", "en"));
}

fn add_from(tally: &mut Tally, name: &str, of: FeedbackType, scores: &[(&str, u64)], from: (&str, &str)) {
    for (score, times) in scores {
        let mut draft = Draft::default();
        let texts = ["jo@example.com", name, score, from.0, of.wire_name(), from.1, ""];
        Field::BODY.into_iter().zip(texts).for_each(|(field, text)| draft.set(field, text));
        let feedback = draft.check(ScoreRule::Any).unwrap();
        (0..*times).for_each(|_| tally.count(&feedback));
    }
}

fn found(of: FeedbackType, scores: &[(&str, u64)]) -> Vec<String> {
    let mut tally = Tally::default();
    add(&mut tally, "Survey", of, scores);
    find_anomalies(&tally)
}

#[test]
fn ordinary_answers_are_not_reported() {
    assert_eq!(found(FeedbackType::Nps, &[("10", 30), ("7", 20), ("3", 10)]), [""; 0]);
    assert_eq!(found(FeedbackType::Csat, &[("5", 30), ("4", 20), ("1", 15)]), [""; 0]);
    assert_eq!(found(FeedbackType::Thumb, &[("1", 49)]), [""; 0]);
    assert_eq!(find_anomalies(&Tally::default()), [""; 0]);
}

#[test]
fn a_csat_of_ones_and_twos_is_reported() {
    let doubted = |scores: &[(&str, u64)]| !found(FeedbackType::Csat, scores).is_empty();
    assert!(doubted(&[("1", 8), ("2", 4), ("3", 4), ("5", 4)]));
    assert!(!doubted(&[("1", 8), ("2", 3), ("3", 5), ("5", 4)]), "55% are low");
    assert!(!doubted(&[("1", 8), ("2", 4), ("3", 3), ("5", 5)]), "a quarter is high");
    assert!(!doubted(&[("1", 15), ("2", 4)]), "19 answers tell nothing");
    assert!(!doubted(&[("1", 10), ("2", 9), ("0", 5)]), "nor do 19 on the scale");
    let mut tally = Tally::default();
    add(&mut tally, "Post-chat", FeedbackType::Csat, &[("1", 30), ("2", 10), ("5", 2)]);
    add(&mut tally, "Order \u{202e}tracking", FeedbackType::Csat, &[("1", 20), ("3", 5)]);
    add(&mut tally, "Fine", FeedbackType::Csat, &[("5", 20), ("3", 5)]);
    assert_eq!(
        find_anomalies(&tally),
        [
            "the CSAT scale of \"Post-chat\" and \"Order \u{fffd}tracking\" may be inverted: 60 of 67 answers are 1 or 2, \
          and the vendor's dashboard reads 5 as very satisfied and 1 as very unsatisfied. If 1 is the best score \
          in your survey, invert the scale with `score = { column = \"…\", invert = true }` under \
          [fields] or [[records]] in a mapping (--mapping)"
        ]
    );
}

#[test]
fn an_nps_up_to_five_is_reported() {
    let five = [("5", 20), ("4", 1200), ("1", 3)];
    let mut tally = Tally::default();
    add(&mut tally, "Five stars", FeedbackType::Nps, &five);
    assert_eq!(
        find_anomalies(&tally),
        [
            "the NPS of \"Five stars\" may be on another scale: none of 1,223 answers is above 5, which makes all of them \
          detractors; NPS goes from 0 to 10"
        ]
    );
    assert_eq!(found(FeedbackType::Nps, &[("5", 20), ("6", 1)]), [""; 0]);
    assert_eq!(found(FeedbackType::Nps, &[("5", 10), ("4", 9)]), [""; 0]);
}

#[test]
fn a_constant_score_is_reported_once() {
    assert_eq!(found(FeedbackType::Csat, &[("5", 49)]), [""; 0]);
    assert_eq!(found(FeedbackType::Csat, &[("5", 1000), ("4", 1)]), [""; 0]);
    let mut tally = Tally::default();
    for name in ["a", "b", "c", "d", "e"] {
        add(&mut tally, name, FeedbackType::Nps, &[("0", 300)]);
    }
    assert_eq!(
        find_anomalies(&tally),
        [
            "the score never changes in \"a\" (always 0), \"b\" (always 0), \"c\" (always 0) and 2 more (1,500 rows): check \
          that it is read from the right column"
        ]
    );
}

#[test]
fn mostly_different_names_are_reported() {
    let with_names = |names: u64, each: u64| {
        let mut tally = Tally::default();
        (0..names).for_each(|number| add(&mut tally, &format!("n{number}"), FeedbackType::Thumb, &[("1", each)]));
        find_anomalies(&tally)
    };
    assert_eq!(
        with_names(20, 2),
        [
            "20 survey names in 40 rows: the dashboard shows each as a separate survey; check that the name is read from \
          the right column"
        ]
    );
    assert!(with_names(3000, 1)[0].starts_with("more than 1,000 survey names in 3,000 rows:"));
    assert_eq!(with_names(20, 3), [""; 0]);
    assert_eq!(with_names(19, 1), [""; 0]);
    let mut tally = Tally::default();
    (0..30).for_each(|n| add(&mut tally, &format!("{n}{}", "x".repeat(600)), FeedbackType::Thumb, &[("1", 1)]));
    assert!(find_anomalies(&tally)[0].starts_with("more than 1 survey name in 30 rows:"));
}

#[test]
fn mojibake_is_shown_repaired() {
    let mut tally = Tally::default();
    add(&mut tally, "Größe", FeedbackType::Thumb, &[("1", 2)]);
    add(&mut tally, "GrÃ¶ÃŸe", FeedbackType::Thumb, &[("1", 1)]);
    let with_one = find_anomalies(&tally).remove(0);
    add(&mut tally, "fÃ¼r", FeedbackType::Thumb, &[("1", 1200)]);
    let told = ["1 record contains", "1,201 records contain"].map(|records| {
        format!(
            "{records} garbled text, such as \"GrÃ¶ÃŸe\" for \"Größe\": UTF-8 was decoded as another encoding, now or before \
             this file was written"
        )
    });
    assert_eq!([with_one, find_anomalies(&tally).remove(0)], told);
}

#[test]
fn unusual_codes_show_rows_and_likely_code() {
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
        find_anomalies(&tally),
        [
            "the vendor's pages do not list these channels: \"RTM\" (1,201 rows; rtm?), \"Kiosk\" (8 rows), \"e-mail\" (3 \
             rows; email?) and 1 more; others exist, so this may be right",
            "\"EN\" (1,201 rows; en?) and \"Deutsch\" (8 rows; de?) do not look like the vendor's language codes, such as \
             en",
        ]
    );
}
