//! Whether an answer is about the record that was sent: its echo of the record's fields, and its time. Pure.
//!
//! | the answer has | the record is |
//! |---|---|
//! | another bot, type, score or respondent | in doubt |
//! | a time long before the answer was given: it comes from a cache | in doubt |
//! | another name, channel or language, or the respondent in another case | saved; counted as changed |
//! | fewer fields than the contract requires | saved; counted as missing |
//!
//! Fields are compared by value (`4`, `4.0` and `"4"` are equal), and only where the answer has them.

use std::cell::LazyCell;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::fields::Fields;
use super::reply::{Answer, Reply};
use super::verdict::{Verdict, judge, judge_answer};
use crate::ledger::Deviations;
use crate::record::FeedbackType;
use crate::text;

/// Between the time of a record and that of its answer. Less than that may be two clocks of one installation.
const OLD: SignedDuration = SignedDuration::from_hours(1);
/// The same by this machine's clock, which may be wrong by a day.
const OLD_BY_OUR_CLOCK: SignedDuration = SignedDuration::from_hours(48);
const QUOTED: usize = 60;

/// What was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) bot_id: &'a str,
    /// The request body.
    pub(crate) body: &'a [u8],
}

/// A verdict that takes the echo into account, with what the answer says besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) verdict: Verdict,
    /// The server's time of a saved record.
    pub(crate) server_time: Option<Timestamp>,
    pub(crate) deviations: Deviations,
}

/// Judges the reply to a record. `check` takes into account what only the run knows. A verdict of `saved` becomes one of doubt
/// if the answer contradicts what was sent. `now` is this machine's time, for answers without the server's.
pub(crate) fn judge_record(
    reply: &Reply,
    sent: Sent<'_>,
    now: Timestamp,
    check: impl FnOnce(Verdict) -> Verdict,
) -> Checked {
    let without_echo = |verdict| Checked { verdict, server_time: None, deviations: Deviations::default() };
    let Reply::Answer(answer) = reply else { return without_echo(check(judge(reply))) };
    let record = Fields::of(&answer.body).unwrap_or_default();
    let verdict = check(judge_answer(answer, &record));
    let Verdict::Saved { status, .. } = verdict else { return without_echo(verdict) };
    let mut echo = Echo { record: &record, differences: Vec::new(), deviations: Deviations::default() };
    echo.compare(sent);
    echo.differences.extend(age_of(&record, answer, now));
    echo.note_missing();
    if echo.differences.is_empty() {
        return Checked { verdict, server_time: times(&record).next(), deviations: echo.deviations };
    }
    let message = format!("the response is about another record: {}", echo.differences.join(", "));
    without_echo(Verdict::InDoubt { status: Some(status), message })
}

struct Echo<'a> {
    record: &'a Fields<'a>,
    differences: Vec<String>,
    deviations: Deviations,
}

impl Echo<'_> {
    fn note_missing(&mut self) {
        for field in Deviations::FIELDS {
            if !self.record.has(field) {
                self.deviations.add_missing(field);
            }
        }
    }

    fn compare(&mut self, Sent { bot_id, body }: Sent<'_>) {
        let body = LazyCell::new(|| std::str::from_utf8(body).ok().and_then(Fields::of).unwrap_or_default());
        let sent = |field: &str| body.any(field).unwrap_or_default();
        self.require("botId", |_| bot_id.into(), are_equal);
        self.require("type", sent, are_equal_types);
        self.require("score", sent, are_equal);
        self.require("channelUId", sent, are_equal_but_for_case);
        for field in ["channelUId", "name", "channel", "language"] {
            if self.record.get(field).is_some_and(|answered| !are_equal(&answered, &sent(field))) {
                self.deviations.add_changed(field);
            }
        }
    }

    fn require(&mut self, field: &str, sent: impl Fn(&str) -> Value, are_equal: fn(&Value, &Value) -> bool) {
        let Some(answered) = self.record.get(field) else { return };
        let sent = sent(field);
        if !are_equal(&answered, &sent) {
            self.differences.push(format!("{field} {} instead of {}", shown(&answered), shown(&sent)));
        }
    }
}

pub(super) fn are_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one == other,
        (Value::String(text), number @ Value::Number(_)) | (number @ Value::Number(_), Value::String(text)) => {
            text.trim().parse().is_ok_and(|parsed: f64| number.as_f64() == Some(parsed))
        }
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

fn are_equal_types(one: &Value, other: &Value) -> bool {
    let parsed = |value: &Value| value.as_str().and_then(FeedbackType::parse);
    are_equal(one, other) || parsed(one).is_some_and(|kind| Some(kind) == parsed(other))
}

/// Servers that normalize email addresses write them in lower case.
fn are_equal_but_for_case(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.trim().to_lowercase() == other.trim().to_lowercase(),
        _ => are_equal(one, other),
    }
}

pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text::quoted(text, QUOTED),
        other => text::excerpt(&other.to_string(), QUOTED),
    }
}

/// That the record was made long before its answer, by the server's clock.
fn age_of(record: &Fields<'_>, answer: &Answer, now: Timestamp) -> Option<String> {
    let (answered, old) = answer.date.map_or((now, OLD_BY_OUR_CLOCK), |date| (date, OLD));
    let oldest = times(record).min()?;
    (answered.duration_since(oldest) > old)
        .then(|| format!("its time is {oldest:.0}, but the response is of {answered:.0}"))
}

/// The server's times of a record.
fn times(record: &Fields<'_>) -> impl Iterator<Item = Timestamp> {
    ["timestamp", "createdOn"].into_iter().filter_map(|field| record.get(field)?.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Answer, Checked, Reply, Sent, Verdict, judge_record};

    const NOW: &str = "2026-11-22T12:00:00Z";

    /// The contract's sample.
    fn sent() -> Value {
        json!({"channelUId": "qa@vomoto.com", "name": "Thumb", "score": 0, "channel": "rtm", "type": "THUMB",
               "language": "en", "message": ""})
    }

    fn answered() -> Value {
        json!({"botId": "st-1", "channel": "rtm", "language": "en", "score": 0, "timestamp": "2026-11-22T12:00:00.538Z",
               "createdOn": "2026-11-22T12:00:00.538Z", "timestampValue": 1679555263538_i64, "type": "THUMB",
               "name": "Thumb", "channelUId": "qa@vomoto.com", "orgId": "o-1", "accountId": "6", "userId": "u-1",
               "_id": "641b"})
    }

    /// What becomes of the sample if fields of its answer are replaced.
    fn checked(changes: &Value, date: Option<&str>) -> Checked {
        let mut record = answered();
        for (field, value) in changes.as_object().unwrap() {
            record[field] = value.clone();
        }
        let answer = Answer {
            status: 200,
            body: record.to_string(),
            date: date.map(|date| date.parse().unwrap()),
            ..Answer::default()
        };
        let reply = Reply::Answer(answer);
        let body = sent().to_string().into_bytes();
        judge_record(&reply, Sent { bot_id: "st-1", body: &body }, NOW.parse().unwrap(), |verdict| verdict)
    }

    /// `saved`, what changed and what is missing, or the difference.
    fn outcome(changes: &Value) -> String {
        let Checked { verdict, deviations, .. } = checked(changes, None);
        match verdict {
            Verdict::Saved { .. } => {
                let changed: Vec<_> = deviations.changed().chain(deviations.missing()).collect();
                format!("saved {}", changed.join(" ")).trim_end().to_owned()
            }
            Verdict::InDoubt { message, .. } => message.replace("the response is about another record: ", "doubt: "),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_field_of_the_echo_is_compared() {
        let table = [
            (json!({}), "saved"),
            (json!({"score": 0.0}), "saved"),
            (json!({"score": "0"}), "saved"),
            (json!({"score": " 0.0 "}), "saved"),
            (json!({"score": 1}), "doubt: score 1 instead of 0"),
            (json!({"score": "zero"}), "doubt: score \"zero\" instead of 0"),
            (json!({"score": null}), "saved score"),
            (json!({"type": "Like/Dislike"}), "saved"),
            (json!({"type": "thumb"}), "saved"),
            (json!({"type": "NPS"}), "doubt: type \"NPS\" instead of \"THUMB\""),
            (json!({"botId": "st-2"}), "doubt: botId \"st-2\" instead of \"st-1\""),
            (json!({"channelUId": "QA@Vomoto.com"}), "saved channelUId"),
            (
                json!({"channelUId": "jo@vomoto.com"}),
                "doubt: channelUId \"jo@vomoto.com\" instead of \"qa@vomoto.com\"",
            ),
            (
                json!({"channelUId": ["qa@vomoto.com"]}),
                "doubt: channelUId [\"qa@vomoto.com\"] instead of \"qa@vomoto.com\"",
            ),
            (json!({"name": "Thumbs", "channel": "RTM", "language": 1}), "saved channel language name"),
            (json!({"name": null, "orgId": null, "userId": null}), "saved name orgId userId"),
            (json!({"message": "novel", "novel": 1, "__v": null}), "saved"),
            (json!({"type": "CSAT", "score": 3}), "doubt: type \"CSAT\" instead of \"THUMB\", score 3 instead of 0"),
            (json!({"name": "x\u{1b}[2J", "score": "\u{1b}[2J"}), "doubt: score \"\u{fffd}[2J\" instead of 0"),
        ];
        for (changes, expected) in table {
            assert_eq!(outcome(&changes), expected, "{changes}");
        }
    }

    #[test]
    fn old_times_show_a_cached_answer() {
        let is_saved = |changes: Value, date| matches!(checked(&changes, date).verdict, Verdict::Saved { .. });
        let old = json!({"timestamp": "1999-12-31T23:59:59Z"});
        for date in [None, Some(NOW), Some("2030-01-01T00:00:00Z")] {
            assert!(!is_saved(old.clone(), date), "{date:?}");
        }
        assert!(!is_saved(json!({"createdOn": "2026-11-22T10:59:00.000Z"}), Some(NOW)));
        assert!(is_saved(json!({"createdOn": "2026-11-22T11:01:00.000Z"}), Some(NOW)));
        // Without the server's clock, ours may be wrong by a day.
        assert!(is_saved(json!({"createdOn": "2026-11-21T10:59:00.000Z"}), None));
        assert!(is_saved(json!({"timestamp": "yesterday", "createdOn": 7}), Some(NOW)));
        assert!(is_saved(json!({"timestamp": "2099-01-01T00:00:00Z"}), Some(NOW)));
    }

    #[test]
    fn the_servers_time_is_its_timestamp() {
        let time = |changes: Value| checked(&changes, None).server_time.map(|time| time.to_string());
        assert_eq!(time(json!({})).unwrap(), "2026-11-22T12:00:00.538Z");
        let created = json!({"timestamp": null, "createdOn": "2026-11-22T13:00:01+01:00"});
        assert_eq!(time(created).unwrap(), "2026-11-22T12:00:01Z");
        assert_eq!(time(json!({"timestamp": 7, "createdOn": ""})), None);
    }

    #[test]
    fn a_bare_id_is_saved_with_everything_missing() {
        let reply = Reply::Answer(Answer { status: 200, body: r#"{"_id":"7"}"#.to_owned(), ..Answer::default() });
        let body = sent().to_string().into_bytes();
        let sent = Sent { bot_id: "st-1", body: &body };
        let checked = judge_record(&reply, sent, NOW.parse().unwrap(), |verdict| verdict);
        assert!(matches!(checked.verdict, Verdict::Saved { .. }));
        assert_eq!(checked.deviations.missing().count(), 13);
    }
}
