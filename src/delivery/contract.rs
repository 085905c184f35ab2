//! Whether an answer is as the contract's table documents it, and repeats what was sent. Pure, and strict: [`super::judge_record`]
//! decides what becomes of a record, these functions find everything that differs.

use jiff::Timestamp;
use serde_json::Value;

use super::echo::{are_equal, shown};

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number,
    Date,
}

/// The fields that the contract requires besides the id. It has `__v` as optional.
const FIELDS: [(&str, Kind); 13] = [
    ("botId", Kind::Text),
    ("channel", Kind::Text),
    ("language", Kind::Text),
    ("score", Kind::Number),
    ("timestamp", Kind::Date),
    ("createdOn", Kind::Date),
    ("timestampValue", Kind::Number),
    ("type", Kind::Text),
    ("name", Kind::Text),
    ("channelUId", Kind::Text),
    ("orgId", Kind::Text),
    ("accountId", Kind::Text),
    ("userId", Kind::Text),
];

/// The fields of the answer that have another value than was sent: `name "A" instead of "B"`. Missing ones are not among
/// them.
pub(crate) fn changes(record: &Value, bot_id: &str, body: &[u8]) -> Vec<String> {
    let mut sent: Value = serde_json::from_slice(body).unwrap_or_default();
    sent["botId"] = bot_id.into();
    let fields = ["botId", "channelUId", "name", "score", "channel", "type", "language"];
    let changed = fields.into_iter().filter_map(|field| {
        let answered = record.get(field).filter(|value| !value.is_null() && !are_equal(value, &sent[field]))?;
        Some(format!("{field} {} instead of {}", shown(answered), shown(&sent[field])))
    });
    changed.collect()
}

/// The fields of the answer that are missing or have another type than is documented.
pub(crate) fn undocumented(record: &Value) -> Vec<String> {
    let mut found: Vec<String> = FIELDS.into_iter().filter_map(|(name, kind)| problem(record, name, kind)).collect();
    let version = record.get("__v").filter(|version| !version.is_null() && version.as_i64().is_none());
    found.extend(version.map(|version| format!("__v is {}, not a whole number", shown(version))));
    found
}

fn problem(record: &Value, name: &str, kind: Kind) -> Option<String> {
    let Some(value) = record.get(name).filter(|value| !value.is_null()) else {
        return Some(format!("{name} is missing"));
    };
    let (is_right, expected) = match kind {
        Kind::Text => (value.is_string(), "text"),
        Kind::Number => (value.is_number(), "a number"),
        Kind::Date => (value.as_str().is_some_and(|date| date.parse::<Timestamp>().is_ok()), "a date"),
    };
    (!is_right).then(|| format!("{name} is {}, not {expected}", shown(value)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{changes, undocumented};

    /// The contract's samples.
    fn answered() -> Value {
        json!({"botId": "st-1", "channel": "rtm", "language": "en", "score": 0, "timestamp": "2023-03-23T07:07:43.538Z",
               "createdOn": "2023-03-23T07:07:43.538Z", "timestampValue": 1679555263538_i64, "type": "THUMB",
               "name": "Thumb", "channelUId": "qa@vomoto.com", "orgId": "o-1", "accountId": "6", "userId": "u-1",
               "_id": "641b", "__v": 0})
    }

    fn found(changed: &Value) -> (Vec<String>, Vec<String>) {
        let body = json!({"channelUId": "qa@vomoto.com", "name": "Thumb", "score": 0, "channel": "rtm", "type": "THUMB",
                          "language": "en", "message": ""});
        let mut record = answered();
        for (field, value) in changed.as_object().unwrap() {
            record[field] = value.clone();
        }
        (changes(&record, "st-1", body.to_string().as_bytes()), undocumented(&record))
    }

    #[test]
    fn every_difference_is_found() {
        for (changed, in_echo, in_table) in [
            (json!({}), "", ""),
            (json!({"score": 0.0, "__v": null, "novel": 1}), "", ""),
            (json!({"score": "0"}), "", "score is \"0\", not a number"),
            (json!({"score": 1}), "score 1 instead of 0", ""),
            (json!({"type": "Like/Dislike"}), "type \"Like/Dislike\" instead of \"THUMB\"", ""),
            (json!({"channelUId": "QA@vomoto.com"}), "channelUId \"QA@vomoto.com\" instead of \"qa@vomoto.com\"", ""),
            (json!({"botId": "st-2"}), "botId \"st-2\" instead of \"st-1\"", ""),
            (json!({"name": null}), "", "name is missing"),
            (json!({"createdOn": "yesterday"}), "", "createdOn is \"yesterday\", not a date"),
            (json!({"timestamp": 7}), "", "timestamp is 7, not a date"),
            (json!({"orgId": 1}), "", "orgId is 1, not text"),
            (json!({"__v": "x"}), "", "__v is \"x\", not a whole number"),
            (json!({"userId": "\u{1b}[2J", "language": "\u{1b}[2J"}), "language \"\u{fffd}[2J\" instead of \"en\"", ""),
        ] {
            let (echo, table) = found(&changed);
            assert_eq!((echo.join(", ").as_str(), table.join(", ").as_str()), (in_echo, in_table), "{changed}");
        }
    }

    #[test]
    fn a_bare_id_lacks_every_field() {
        assert_eq!(undocumented(&json!({"_id": "7"})).len(), 13);
    }
}
