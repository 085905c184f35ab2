//! Answers to a save that are well-formed but about another record, as a cache or a mistaken server gives them.

use serde_json::{Value, json};

use super::fault_kind::FaultKind;
use super::store::RecordId;

/// The answer as the fault changes it; `first` is the id of the first record.
pub(super) fn wrong_answer(body: String, kind: FaultKind, first: RecordId) -> String {
    let mut answer: Value = serde_json::from_str(&body).unwrap_or_default();
    match kind {
        FaultKind::OtherBot => answer["botId"] = json!("st-other"),
        FaultKind::OtherType => answer["type"] = json!(if answer["type"] == "NPS" { "CSAT" } else { "NPS" }),
        FaultKind::OtherScore => answer["score"] = json!(answer["score"].as_f64().unwrap_or_default() + 1.0),
        FaultKind::OtherUid => answer["channelUId"] = json!("somebody-else@example.com"),
        FaultKind::OtherName => answer["name"] = json!("Other name"),
        FaultKind::OtherChannel => answer["channel"] = json!("other"),
        FaultKind::OtherLanguage => answer["language"] = json!("xx"),
        FaultKind::RepeatedId => answer["_id"] = json!(first),
        FaultKind::OldTime => {
            answer["timestamp"] = json!("1999-12-31T23:59:59.000Z");
            answer["createdOn"] = answer["timestamp"].clone();
        }
        FaultKind::OnlyId => answer = json!({ "_id": answer["_id"] }),
        _ => return body,
    }
    answer.to_string()
}
