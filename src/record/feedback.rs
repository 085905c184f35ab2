//! A valid record, its form on the wire, and what it is recognised by when it is read back.

use serde::Serialize;

use super::{FeedbackType, Score};

/// A valid record: every field is there and the API's documentation allows it. Only this module's `validate` makes one,
/// by way of [`Checker`](super::Checker) or [`Draft`](super::Draft), and it borrows its text from them or from the row.
///
/// Serialises as the body of `saveFeedback`, fields in the order of the contract's sample.
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

/// What two records share if and only if they read back alike from `getFeedbackSurveyResponses`.
pub type Fingerprint = [u8; 16];

/// The text of the six fields that are text or a type, checked.
pub(super) struct Texts<'a> {
    pub(super) channel_uid: &'a str,
    pub(super) name: &'a str,
    pub(super) channel: &'a str,
    pub(super) language: &'a str,
    pub(super) message: &'a str,
}

impl<'a> Feedback<'a> {
    pub(super) fn from_checked(texts: Texts<'a>, feedback_type: FeedbackType, score: Score) -> Self {
        let Texts { channel_uid, name, channel, language, message } = texts;
        Self { channel_uid, name, score, channel, feedback_type, language, message, bot_id: None }
    }

    /// The same record, for this bot.
    pub(super) fn for_bot(self, bot_id: Option<&'a str>) -> Self {
        Self { bot_id, ..self }
    }

    /// The respondent's id on the channel.
    pub fn channel_uid(&self) -> &'a str {
        self.channel_uid
    }

    /// The survey's name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The answer.
    pub fn score(&self) -> Score {
        self.score
    }

    /// The channel the survey ran on.
    pub fn channel(&self) -> &'a str {
        self.channel
    }

    /// The kind of survey.
    pub fn feedback_type(&self) -> FeedbackType {
        self.feedback_type
    }

    /// The survey's language.
    pub fn language(&self) -> &'a str {
        self.language
    }

    /// The prompt that was shown; may be empty.
    pub fn message(&self) -> &'a str {
        self.message
    }

    /// The bot that it goes to, where its row names one. No part of the body.
    pub fn bot_id(&self) -> Option<&'a str> {
        self.bot_id
    }

    /// The request body: JSON.
    pub fn body(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(256);
        self.write_body(&mut body);
        body
    }

    /// Appends the request body to what `out` holds, so that a buffer can be used again.
    pub fn write_body(&self, out: &mut Vec<u8>) {
        // Texts and a finite number always serialise, and memory takes any write.
        serde_json::to_writer(out, self).expect("a record serialises");
    }

    /// What the record is recognised by when it is read back.
    pub fn fingerprint(&self) -> Fingerprint {
        fingerprint(self.name, self.feedback_type, self.channel_uid, self.channel, self.language, self.score.value())
    }
}

/// The fingerprint of the fields that `getFeedbackSurveyResponses` gives back: BLAKE3 over each text's length and bytes
/// and the score, cut to 16 bytes. `message` doesn't read back. Ledgers hold these: the encoding never changes.
pub fn fingerprint(
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
    // Adding zero makes 0 of -0.
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
    fn the_body_is_the_contracts_sample() {
        let body = String::from_utf8(sample().body()).unwrap();
        let contract = r#"{"channelUId":"qatesting@vomoto.com","name":"Thumb","score":0,"channel":"rtm","type":"THUMB","language":"en","message":""}"#;
        assert_eq!(body, contract);
    }

    #[test]
    fn a_fingerprint_tells_all_that_reads_back_and_nothing_else() {
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
    fn the_fingerprints_encoding_is_for_good() {
        let known = fingerprint("Thumb", FeedbackType::Thumb, "qatesting@vomoto.com", "rtm", "en", -0.0);
        assert_eq!(known, sample().fingerprint());
        assert_eq!(u128::from_be_bytes(known), 0x7f93_7085_6af6_4aea_8092_3e78_0c8c_775f);
    }
}
