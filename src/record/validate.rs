//! The one place that decides what is valid.

use super::{Feedback, FeedbackType, Field, ProblemKind, Score, ScoreRule};
use crate::text::trimmed;

/// The seven fields as text, in the order of [`Field::BODY`].
pub(super) type Fields<'a> = [&'a str; 7];

pub(super) type Finding = (Field, ProblemKind);

/// Makes a feedback of seven texts, or returns everything that is wrong with them. A `score` that was computed replaces its
/// text. Only type and score are read; other texts are kept exactly.
#[inline]
pub(super) fn validate(
    fields: Fields<'_>,
    score: Option<Score>,
    rule: ScoreRule,
) -> Result<Feedback<'_>, Vec<Finding>> {
    let mut findings = Vec::new();
    let [_, _, score_text, _, type_text, ..] = fields;
    for (field, text) in Field::BODY.into_iter().zip(fields) {
        findings.extend(check_text(field, text).map(|kind| (field, kind)));
    }
    let mut note = |field, kind| findings.push((field, kind));
    let feedback_type = parse_type(type_text).map_err(|kind| note(Field::Type, kind)).ok();
    let score = score.map_or_else(|| Score::parse(score_text), Ok);
    let score =
        score.and_then(|score| check_scale(score, feedback_type, rule)).map_err(|kind| note(Field::Score, kind));
    match (feedback_type, score) {
        (Some(feedback_type), Ok(score)) if findings.is_empty() => {
            Ok(Feedback::from_checked(fields, feedback_type, score))
        }
        _ => {
            findings.sort();
            Err(findings)
        }
    }
}

/// What is wrong with one value by itself, whatever the other fields are: for a constant, or an answer at a prompt.
pub(crate) fn check_value(field: Field, text: &str) -> Option<ProblemKind> {
    match field {
        Field::Type => parse_type(text).err(),
        Field::Score => Score::parse(text).err(),
        _ => check_text(field, text),
    }
}

fn parse_type(text: &str) -> Result<FeedbackType, ProblemKind> {
    FeedbackType::parse(text).ok_or_else(|| if is_blank(text) { ProblemKind::Empty } else { ProblemKind::UnknownType })
}

fn check_scale(score: Score, of: Option<FeedbackType>, rule: ScoreRule) -> Result<Score, ProblemKind> {
    match of {
        Some(of) if rule == ScoreRule::InScale && score.on_scale(of).is_none() => Err(ProblemKind::OutOfScale(of)),
        _ => Ok(score),
    }
}

/// Type and score have their own parsers.
#[inline]
fn check_text(field: Field, text: &str) -> Option<ProblemKind> {
    match field {
        Field::Type | Field::Score => None,
        // Nearly every text.
        _ if field != Field::BotId && is_plain(text) => None,
        Field::Message => find_unsendable(text, true),
        _ if is_blank(text) => Some(ProblemKind::Empty),
        Field::BotId => {
            find_unsendable(text, false).or_else(|| (!is_path_segment(text)).then_some(ProblemKind::NotABotId))
        }
        _ => find_unsendable(text, false),
    }
}

/// Whether a text can be one segment of a URL's path.
pub(crate) fn is_path_segment(text: &str) -> bool {
    let is_reserved = |c: char| c.is_whitespace() || matches!(c, '/' | '\\' | '?' | '#' | '%');
    !text.contains(is_reserved) && !matches!(text, "." | "..")
}

fn is_blank(text: &str) -> bool {
    trimmed(text).is_empty()
}

fn find_unsendable(text: &str, breaks_allowed: bool) -> Option<ProblemKind> {
    text.chars().find_map(|c| match c {
        '\u{fffd}' => Some(ProblemKind::LostCharacter),
        '\n' | '\r' | '\t' if breaks_allowed => None,
        c if c.is_control() => Some(ProblemKind::ControlCharacter),
        _ => None,
    })
}

/// Whether all is printable ASCII and the beginning is visible. Looks at 8 bytes at a time, at the end at some a second time.
#[inline]
fn is_plain(text: &str) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let bytes = text.as_bytes();
    // One bit of each byte that is below a blank, or above a tilde.
    let has_other = |chunk: &[u8; 8]| {
        let eight = u64::from_le_bytes(*chunk);
        let (below, above) = (eight.wrapping_sub(ONES * u64::from(b' ')) & !eight, (eight.wrapping_add(ONES)) | eight);
        (below | above) & (ONES << 7) != 0
    };
    if !bytes.first().is_some_and(u8::is_ascii_graphic) {
        return false;
    }
    match bytes.last_chunk() {
        Some(last) => !bytes.as_chunks().0.iter().chain([last]).any(has_other),
        None => bytes.iter().all(|byte| matches!(byte, b' '..=b'~')),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{Fields, is_plain, validate};
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
    fn valid_text_is_kept_exactly() {
        for (field, text) in [
            (Field::ChannelUid, "007"),
            (Field::ChannelUid, "1234567890123456789"),
            (Field::ChannelUid, " padded "),
            (Field::Name, "Zufriedenheit: Größe & «Länge»"),
            (Field::Message, "two\r\nlines\tand a tab"),
            (Field::Language, "日本語"),
        ] {
            let body = validate(with(&[(field, text)]), None, ScoreRule::InScale).unwrap().body();
            let sent: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(sent[field.wire_name()], text);
        }
    }

    #[test]
    fn every_problem_has_its_kind() {
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
            assert_eq!(
                validate(with(&[(field, text)]), None, ScoreRule::InScale),
                Err(vec![(field, kind)]),
                "{text:?}"
            );
        }
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let fields = with(&[(Field::ChannelUid, ""), (Field::Type, "x"), (Field::Score, "y"), (Field::Message, "\0")]);
        let named: Vec<_> =
            validate(fields, None, ScoreRule::InScale).unwrap_err().into_iter().map(|(f, _)| f).collect();
        assert_eq!(named, [Field::ChannelUid, Field::Score, Field::Type, Field::Message]);
    }

    #[test]
    fn any_finite_number_can_be_allowed() {
        let score = |text| validate(with(&[(Field::Score, text)]), None, ScoreRule::Any);
        assert_eq!(score("-3.25").unwrap().score().value(), -3.25);
        assert_eq!(score("nan"), Err(vec![(Field::Score, ProblemKind::NotFinite)]));
    }

    proptest! {
        #[test]
        fn plain_is_printable_and_begins_visibly(text in "[a ~!\u{1f}\u{7f}\u{80}é\0]{0,30}") {
            let expected = text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.starts_with(' ') && !text.is_empty();
            prop_assert_eq!(is_plain(&text), expected);
        }
    }
}
