//! `--output ndjson`: one object for each record with an outcome, while the run goes on.

use serde_json::{Value, json};

use crate::ledger::OutcomeKind;
use crate::numbering::RecordId;

/// A saved record, with the id that the server gave it.
pub(super) fn saved_event(id: RecordId, status: Option<u16>, record: &str) -> Value {
    let record: Value = serde_json::from_str(record).unwrap_or_default();
    let mut event = not_saved_event(id, OutcomeKind::Saved, status, None);
    // The contract's table calls the id `_Id`, its sample `_id`.
    event["server_id"] = ["_id", "_Id"].iter().find_map(|key| record.get(key)).cloned().unwrap_or_default();
    event
}

/// Any other outcome.
pub(super) fn not_saved_event(id: RecordId, kind: OutcomeKind, status: Option<u16>, why: Option<&str>) -> Value {
    json!({
        "event": "record",
        "row": id.row,
        "record": id.record,
        "outcome": kind.as_str(),
        "status": status,
        "server_id": null,
        "error": why,
    })
}
