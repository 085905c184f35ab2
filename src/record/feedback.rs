//! A valid record, its request body, and the fingerprint that identifies it when it is read back.

use serde::Serialize;

use super::{FeedbackType, Score};

/// A valid record: every field is there and follows the API's documentation. Only `validate` makes one, for a
/// [`Checker`](super::Checker) or a [`Draft`](super::Draft), and it borrows its text from them or from the row.
///
/// Serializes as the body of `saveFeedback`, with the fields in the order of the contract's sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Feedback<'a> {
    #[serde(rename = "channelUId")]
    channel_uid: &'a str,
    name: &'a str,
    score: Score,
    channel: &'a str,
    #[serde(rename = "type")]
    feedback_type: FeedbackType,
    language: &'a str,
    message: &'a str,
    #[serde(skip)]
    bot_id: Option<&'a str>,
}

/// Equal for two records if and only if `getFeedbackSurveyResponses` returns them alike.
pub(crate) type Fingerprint = [u8; 16];

impl<'a> Feedback<'a> {
    /// Of texts in the order of [`Field::BODY`](super::Field::BODY), all checked.
    pub(super) fn from_checked(texts: [&'a str; 7], feedback_type: FeedbackType, score: Score) -> Self {
        let [channel_uid, name, _, channel, _, language, message] = texts;
        Self { channel_uid, name, score, channel, feedback_type, language, message, bot_id: None }
    }

    pub(super) fn for_bot(self, bot_id: Option<&'a str>) -> Self {
        Self { bot_id, ..self }
    }

    pub fn channel_uid(&self) -> &'a str {
        self.channel_uid
    }

    pub fn name(&self) -> &'a str {
        self.name
    }

    pub fn score(&self) -> Score {
        self.score
    }

    pub fn channel(&self) -> &'a str {
        self.channel
    }

    pub fn feedback_type(&self) -> FeedbackType {
        self.feedback_type
    }

    pub fn language(&self) -> &'a str {
        self.language
    }

    /// May be empty.
    pub fn message(&self) -> &'a str {
        self.message
    }

    /// The bot that the row names, if it names one. Not a part of the body.
    pub fn bot_id(&self) -> Option<&'a str> {
        self.bot_id
    }

    /// The request body, as JSON.
    pub fn body(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(256);
        self.write_body(&mut body);
        body
    }

    /// Appends the request body to `out`, so that a buffer can be reused.
    pub fn write_body(&self, out: &mut Vec<u8>) {
        // Texts and a finite number always serialize, and writing to memory never fails.
        serde_json::to_writer(out, self).expect("a record serializes");
    }

    pub fn fingerprint(&self) -> Fingerprint {
        fingerprint(self.name, self.feedback_type, self.channel_uid, self.channel, self.language, self.score.value())
    }
}

/// A hash of a message, which fingerprints leave out. Ledgers store it, so it never changes.
pub(crate) fn message_hash(message: &str) -> u32 {
    let mut hash = [0; 4];
    blake3::Hasher::new().update(message.as_bytes()).finalize_xof().fill(&mut hash);
    u32::from_le_bytes(hash)
}

/// The fingerprint of the fields that `getFeedbackSurveyResponses` returns (all but `message`): BLAKE3 over each text's
/// length and bytes and the score, truncated to 16 bytes. Ledgers store it, so the encoding never changes.
pub(crate) fn fingerprint(
    name: &str,
    feedback_type: FeedbackType,
    channel_uid: &str,
    channel: &str,
    language: &str,
    score: f64,
) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    for text in [name, feedback_type.wire_name(), channel_uid, channel, language] {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    // Adding zero turns -0 into 0.
    hasher.update(&(score + 0.0).to_le_bytes());
    let mut fingerprint = Fingerprint::default();
    hasher.finalize_xof().fill(&mut fingerprint);
    fingerprint
}

#[cfg(test)]
mod tests {
    use super::{Feedback, fingerprint};
    use crate::record::{FeedbackType, Score};

    fn sample() -> Feedback<'static> {
        Feedback {
            channel_uid: "qatesting@vomoto.com",
            name: "Thumb",
            score: Score::parse("0").unwrap(),
            channel: "rtm",
            feedback_type: FeedbackType::Thumb,
            language: "en",
            message: "",
            bot_id: Some("st-1"),
        }
    }

    #[test]
    fn the_body_equals_the_contracts_sample() {
        let body = String::from_utf8(sample().body()).unwrap();
        let contract = r#"{"channelUId":"qatesting@vomoto.com","name":"Thumb","score":0,"channel":"rtm","type":"THUMB","language":"en","message":""}"#;
        assert_eq!(body, contract);
    }

    #[test]
    fn fingerprints_cover_exactly_the_fields_read_back() {
        let same = sample();
        assert_eq!(same.fingerprint(), Feedback { message: "How was it?", ..same }.fingerprint());
        let others = [
            Feedback { channel_uid: "a@example.com", ..same },
            Feedback { name: "Thumb2", ..same },
            Feedback { score: Score::parse("1").unwrap(), ..same },
            Feedback { channel: "rtme", language: "n", ..same },
            Feedback { feedback_type: FeedbackType::Nps, ..same },
            Feedback { language: "de", ..same },
        ];
        for other in others {
            assert_ne!(same.fingerprint(), other.fingerprint(), "{other:?}");
        }
    }

    #[test]
    fn the_fingerprints_encoding_never_changes() {
        let known = fingerprint("Thumb", FeedbackType::Thumb, "qatesting@vomoto.com", "rtm", "en", -0.0);
        assert_eq!(known, sample().fingerprint());
        assert_eq!(u128::from_be_bytes(known), 0x7f93_7085_6af6_4aea_8092_3e78_0c8c_775f);
    }
}
