//! The response to `saveFeedback` (contract: "Sample Response").

use serde::Serialize;
use serde_json::Number;

use super::options::generate_uuid;
use super::store::{RecordId, StoredRecord, api_time};
use super::survey_type::SurveyType;

/// Ids that responses carry: made up, and the same for every record.
#[derive(Debug)]
pub(super) struct AccountIds {
    org_id: String,
    account_id: String,
    pub(super) user_id: String,
    pub(super) session_id: String,
}

impl AccountIds {
    pub(super) fn generate(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(!seed);
        Self {
            org_id: format!("o-{}", generate_uuid(&mut rng)),
            account_id: generate_object_id(&mut rng),
            user_id: format!("u-{}", generate_uuid(&mut rng)),
            session_id: generate_object_id(&mut rng),
        }
    }
}

fn generate_object_id(rng: &mut fastrand::Rng) -> String {
    format!("{:024x}", rng.u128(..) >> 32)
}

/// The fifteen fields, in the order of the sample.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SaveResponse<'a> {
    bot_id: &'a str,
    channel: &'a str,
    language: &'a str,
    score: &'a Number,
    timestamp: String,
    created_on: String,
    timestamp_value: i64,
    #[serde(rename = "type")]
    survey_type: SurveyType,
    name: &'a str,
    #[serde(rename = "channelUId")]
    channel_uid: &'a str,
    org_id: &'a str,
    account_id: &'a str,
    user_id: &'a str,
    #[serde(rename = "_id")]
    id: RecordId,
    #[serde(rename = "__v")]
    version: u8,
}

impl<'a> SaveResponse<'a> {
    pub(super) fn new(record: &'a StoredRecord, ids: &'a AccountIds) -> Self {
        Self {
            bot_id: &record.bot_id,
            channel: &record.channel,
            language: &record.language,
            score: &record.score,
            timestamp: api_time(record.saved_at),
            created_on: api_time(record.saved_at),
            timestamp_value: record.saved_at.as_millisecond(),
            survey_type: record.survey_type,
            name: &record.name,
            channel_uid: &record.channel_uid,
            org_id: &ids.org_id,
            account_id: &ids.account_id,
            user_id: &ids.user_id,
            id: record.id,
            version: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountIds, SaveResponse};
    use crate::sandbox::store::Store;
    use crate::sandbox::submission::Submission;

    #[test]
    fn the_response_matches_the_contracts_sample() {
        let body = r#"{"channelUId":"qatesting@vomoto.com","name":"Thumb","score":0,"channel":"rtm","type":"THUMB","language":"en","message":""}"#;
        let mut store = Store::new(0);
        let now = "2023-03-23T07:07:43.538Z".parse().unwrap();
        let record = store.save("st-1", Submission::parse(body.as_bytes()).unwrap(), now);
        let response = serde_json::to_value(SaveResponse::new(record, &AccountIds::generate(0))).unwrap();
        let names: Vec<&str> = response.as_object().unwrap().keys().map(String::as_str).collect();
        let sample = "botId channel language score timestamp createdOn timestampValue type name channelUId orgId \
                      accountId userId _id __v";
        assert_eq!(names, sample.split_whitespace().collect::<Vec<_>>());
        assert_eq!(response["timestamp"], "2023-03-23T07:07:43.538Z");
        assert_eq!(response["timestampValue"], 1_679_555_263_538_i64);
        assert_eq!(response["score"].to_string(), "0");
        assert_eq!(response["accountId"].as_str().unwrap().len(), 24);
    }
}
