//! The one place that decides what is valid.

use super::feedback::{Feedback, Texts};
use super::{FeedbackType, Field, ProblemKind, Score, ScoreRule};

/// The seven fields as text, in the order of [`Field::ALL`].
pub(super) type Fields<'a> = [&'a str; 7];

/// A problem and the field it is in.
pub(super) type Finding = (Field, ProblemKind);

/// Makes a feedback of seven texts, or says everything that is wrong with them. Texts are kept exactly; only type and
/// score are read.
pub(super) fn validate(fields: Fields<'_>, rule: ScoreRule) -> Result<Feedback<'_>, Vec<Finding>> {
    let mut findings = Vec::new();
    let [channel_uid, name, score, channel, feedback_type, language, message] = fields;
    for (field, text) in Field::ALL.into_iter().zip(fields) {
        findings.extend(check_text(field, text).map(|kind| (field, kind)));
    }
    let feedback_type = noted(&mut findings, Field::Type, parse_type(feedback_type));
    let score = noted(&mut findings, Field::Score, parse_score(score, feedback_type, rule));
    match (feedback_type, score) {
        (Some(feedback_type), Some(score)) if findings.is_empty() => {
            let texts = Texts { channel_uid, name, channel, language, message };
            Ok(Feedback::from_checked(texts, feedback_type, score))
        }
        _ => {
            findings.sort();
            Err(findings)
        }
    }
}

/// What is wrong with one value by itself, whatever the other fields are: for a constant, or an answer just typed.
pub fn check_value(field: Field, text: &str) -> Option<ProblemKind> {
    match field {
        Field::Type => parse_type(text).err(),
        Field::Score => Score::parse(text).err(),
        _ => check_text(field, text),
    }
}

fn noted<T>(findings: &mut Vec<Finding>, field: Field, parsed: Result<T, ProblemKind>) -> Option<T> {
    parsed.map_err(|kind| findings.push((field, kind))).ok()
}

fn parse_type(text: &str) -> Result<FeedbackType, ProblemKind> {
    FeedbackType::parse(text).ok_or_else(|| if is_blank(text) { ProblemKind::Empty } else { ProblemKind::UnknownType })
}

fn parse_score(text: &str, of: Option<FeedbackType>, rule: ScoreRule) -> Result<Score, ProblemKind> {
    let score = Score::parse(text)?;
    match of {
        Some(of) if rule == ScoreRule::InScale && !score.is_in_scale(of) => Err(ProblemKind::OutOfScale(of)),
        _ => Ok(score),
    }
}

/// Type and score are left to their parsers.
fn check_text(field: Field, text: &str) -> Option<ProblemKind> {
    match field {
        Field::Type | Field::Score => None,
        Field::Message => find_unsendable(text, true),
        Field::BotId if !is_blank(text) => {
            find_unsendable(text, false).or_else(|| (!is_part_of_path(text)).then_some(ProblemKind::NotABotId))
        }
        _ if is_blank(text) => Some(ProblemKind::Empty),
        _ => find_unsendable(text, false),
    }
}

/// Whether a text can stand in an address as one part of its path.
pub fn is_part_of_path(text: &str) -> bool {
    let parts_paths = |c: char| c.is_whitespace() || matches!(c, '/' | '\\' | '?' | '#' | '%');
    !text.contains(parts_paths) && !matches!(text, "." | "..")
}

fn is_blank(text: &str) -> bool {
    text.trim_start().is_empty()
}

fn find_unsendable(text: &str, breaks_allowed: bool) -> Option<ProblemKind> {
    // Nearly every text is plain ASCII; that is found out without decoding a character.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    text.chars().find_map(|c| match c {
        '\u{fffd}' => Some(ProblemKind::LostCharacter),
        '\n' | '\r' | '\t' if breaks_allowed => None,
        c if c.is_control() => Some(ProblemKind::ControlCharacter),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Fields, validate};
    use crate::record::{FeedbackType, Field, ProblemKind, ScoreRule};

    const GOOD: Fields<'static> = ["jo@example.com", "Post-chat", "4", "rtm", "CSAT", "en", ""];

    fn with(changes: &[(Field, &'static str)]) -> Fields<'static> {
        let mut fields = GOOD;
        for (field, text) in changes {
            fields[*field as usize] = text;
        }
        fields
    }

    #[test]
    fn what_is_valid_keeps_its_text_exactly() {
        for (field, text) in [
            (Field::ChannelUid, "007"),
            (Field::ChannelUid, "1234567890123456789"),
            (Field::ChannelUid, " padded "),
            (Field::Name, "Zufriedenheit: Größe & «Länge»"),
            (Field::Message, "two\r\nlines\tand a tab"),
            (Field::Language, "日本語"),
        ] {
            let body = validate(with(&[(field, text)]), ScoreRule::InScale).unwrap().body();
            let sent: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(sent[field.wire_name()], text);
        }
    }

    #[test]
    fn each_thing_that_is_wrong_is_named() {
        use ProblemKind::{ControlCharacter, Empty, LostCharacter, NotANumber, OutOfScale, UnknownType};
        for (field, text, kind) in [
            (Field::ChannelUid, "", Empty),
            (Field::Name, " \t", Empty),
            (Field::Channel, "\u{a0}", Empty),
            (Field::Language, "", Empty),
            (Field::Type, " ", Empty),
            (Field::Score, "", Empty),
            (Field::ChannelUid, "a\nb", ControlCharacter),
            (Field::Name, "a\tb", ControlCharacter),
            (Field::Message, "a\u{7}b", ControlCharacter),
            (Field::Message, "a\u{85}b", ControlCharacter),
            (Field::Message, "K\u{fffd}ln", LostCharacter),
            (Field::Type, "CES", UnknownType),
            (Field::Score, "four", NotANumber),
            (Field::Score, "6", OutOfScale(FeedbackType::Csat)),
            (Field::Score, "4.5", OutOfScale(FeedbackType::Csat)),
        ] {
            assert_eq!(validate(with(&[(field, text)]), ScoreRule::InScale), Err(vec![(field, kind)]), "{text:?}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_named_at_once() {
        let fields = with(&[(Field::ChannelUid, ""), (Field::Type, "x"), (Field::Score, "y"), (Field::Message, "\0")]);
        let named: Vec<_> = validate(fields, ScoreRule::InScale).unwrap_err().into_iter().map(|(f, _)| f).collect();
        assert_eq!(named, [Field::ChannelUid, Field::Score, Field::Type, Field::Message]);
    }

    #[test]
    fn any_number_is_let_through_on_demand_and_nothing_else() {
        let score = |text| validate(with(&[(Field::Score, text)]), ScoreRule::Any);
        assert_eq!(score("-3.25").unwrap().score().value(), -3.25);
        assert_eq!(score("nan"), Err(vec![(Field::Score, ProblemKind::NotFinite)]));
    }
}
