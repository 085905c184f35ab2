//! What a save is answered with (contract: "Sample Response").

use serde::Serialize;
use serde_json::Number;

use super::options::invented_uuid;
use super::store::StoredRecord;

/// The ids that answers carry: invented, and the same for every record.
#[derive(Debug)]
pub(super) struct Identity {
    org_id: String,
    account_id: String,
    pub(super) user_id: String,
    pub(super) session_id: String,
}

impl Identity {
    pub(super) fn invented(seed: u64) -> Self {
        let mut chance = fastrand::Rng::with_seed(!seed);
        Self {
            org_id: format!("o-{}", invented_uuid(&mut chance)),
            account_id: invented_object_id(&mut chance),
            user_id: format!("u-{}", invented_uuid(&mut chance)),
            session_id: invented_object_id(&mut chance),
        }
    }
}

fn invented_object_id(chance: &mut fastrand::Rng) -> String {
    format!("{:024x}", chance.u128(..) >> 32)
}

/// The fifteen fields, in the order of the sample.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavedAnswer<'a> {
    bot_id: &'a str,
    channel: &'a str,
    language: &'a str,
    score: &'a Number,
    timestamp: String,
    created_on: String,
    timestamp_value: i64,
    #[serde(rename = "type")]
    survey_type: &'a str,
    name: &'a str,
    #[serde(rename = "channelUId")]
    channel_uid: &'a str,
    org_id: &'a str,
    account_id: &'a str,
    user_id: &'a str,
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "__v")]
    version: u8,
}

impl<'a> SavedAnswer<'a> {
    pub(super) fn of(record: &'a StoredRecord, identity: &'a Identity) -> Self {
        let moment = format!("{:.3}", record.saved_at);
        Self {
            bot_id: &record.bot_id,
            channel: &record.channel,
            language: &record.language,
            score: &record.score,
            timestamp: moment.clone(),
            created_on: moment,
            timestamp_value: record.saved_at.as_millisecond(),
            survey_type: record.survey_type.as_str(),
            name: &record.name,
            channel_uid: &record.channel_uid,
            org_id: &identity.org_id,
            account_id: &identity.account_id,
            user_id: &identity.user_id,
            id: record.id.to_string(),
            version: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Identity, SavedAnswer};
    use crate::sandbox::store::Store;
    use crate::sandbox::submission::Submission;

    #[test]
    fn a_saved_record_answers_like_the_contracts_sample() {
        let body = r#"{"channelUId":"qatesting@vomoto.com","name":"Thumb","score":0,"channel":"rtm","type":"THUMB","language":"en","message":""}"#;
        let mut store = Store::new(0);
        let now = "2023-03-23T07:07:43.538Z".parse().unwrap();
        let record = store.save("st-1", Submission::read(body.as_bytes()).unwrap(), now);
        let answer = serde_json::to_value(SavedAnswer::of(record, &Identity::invented(0))).unwrap();
        let names: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
        let sample = "botId channel language score timestamp createdOn timestampValue type name channelUId orgId \
                      accountId userId _id __v";
        assert_eq!(names, sample.split_whitespace().collect::<Vec<_>>());
        assert_eq!(answer["timestamp"], "2023-03-23T07:07:43.538Z");
        assert_eq!(answer["timestampValue"], 1_679_555_263_538_i64);
        assert_eq!(answer["score"].to_string(), "0");
        assert_eq!(answer["accountId"].as_str().unwrap().len(), 24);
    }
}
