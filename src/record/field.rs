//! The fields of a record and the bot it goes to, under all their names, and the three kinds of survey.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// One of the seven fields of a `saveFeedback` body, all of which the contract requires, or the bot, which is a part of the
/// address and may differ from row to row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Field {
    /// The respondent's id on the channel: an email address or any other id.
    ChannelUid,
    /// The survey's name.
    Name,
    /// The answer, as a number.
    Score,
    /// The channel the survey ran on, such as `rtm` or `email`.
    Channel,
    /// `NPS`, `CSAT` or `THUMB`.
    Type,
    /// The survey's language, such as `en`.
    Language,
    /// The prompt that was shown to the respondent; may be empty.
    Message,
    /// The bot that the record goes to (contract: a path parameter).
    BotId,
}

impl Field {
    /// The fields of the body, in the order of the contract's sample.
    pub const BODY: [Self; 7] =
        [Self::ChannelUid, Self::Name, Self::Score, Self::Channel, Self::Type, Self::Language, Self::Message];

    /// Everything a row may contain: the fields of the body, then the bot.
    pub const ROW: [Self; 8] = [
        Self::ChannelUid,
        Self::Name,
        Self::Score,
        Self::Channel,
        Self::Type,
        Self::Language,
        Self::Message,
        Self::BotId,
    ];

    /// The field's name in request bodies (contract: "Request Body Parameters"), the bot's in responses.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::ChannelUid => "channelUId",
            Self::BotId => "botId",
            other => other.key(),
        }
    }

    /// The field's name in options and configuration, such as `channel_uid`.
    pub const fn key(self) -> &'static str {
        <Self as strum::VariantNames>::VARIANTS[self as usize]
    }

    /// Finds a field by name, ignoring case, `_`, `-` and spaces.
    pub fn from_name(name: &str) -> Option<Self> {
        let folded = fold(name);
        Self::ROW.into_iter().find(|field| fold(field.wire_name()) == folded)
    }
}

/// A name without case, `_`, `-` and spaces. Two spellings of one name fold to the same text.
pub(crate) fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// The kind of survey (contract: "One of the feedback survey types THUMB, NPS, or CSAT").
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE", ascii_case_insensitive, const_into_str)]
pub enum FeedbackType {
    /// Net promoter score: how likely a recommendation is, 0 to 10.
    Nps,
    /// Customer satisfaction, 1 to 5. The best score is 5 on the vendor's current pages; on older ones it was 1.
    Csat,
    /// 1 for like, 0 for dislike. The vendor's other calls name it `Like/Dislike`.
    #[strum(to_string = "THUMB", serialize = "thumbs", serialize = "Like/Dislike")]
    Thumb,
}

impl FeedbackType {
    /// Every type, in the order in which they are declared.
    pub const ALL: [Self; 3] = [Self::Nps, Self::Csat, Self::Thumb];

    /// Its name in the request body.
    pub const fn wire_name(self) -> &'static str {
        self.into_str()
    }

    /// The whole numbers that are its scores (vendor's dashboard pages; the contract only says that a score is a number).
    pub const fn scale(self) -> RangeInclusive<u8> {
        match self {
            Self::Nps => 0..=10,
            Self::Csat => 1..=5,
            Self::Thumb => 0..=1,
        }
    }

    /// Reads a type by any of its names, ignoring case and surrounding spaces.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().or_else(|_| text.trim().parse()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{FeedbackType, Field};

    #[test]
    fn every_spelling_of_a_name_finds_its_field() {
        for name in ["channelUId", "channel_uid", "Channel-UID", "channel uid"] {
            assert_eq!(Field::from_name(name), Some(Field::ChannelUid), "{name}");
        }
        assert_eq!(Field::from_name("Bot ID"), Some(Field::BotId));
        assert_eq!(Field::from_name("survey"), None);
    }

    #[test]
    fn keys_and_wire_names_are_fixed() {
        let keys = ["channel_uid", "name", "score", "channel", "type", "language", "message", "bot_id"];
        assert_eq!(Field::ROW.map(Field::key), keys);
        let wire = ["channelUId", "name", "score", "channel", "type", "language", "message", "botId"];
        assert_eq!(Field::ROW.map(Field::wire_name), wire);
    }

    #[test]
    fn types_are_read_by_any_name_and_case() {
        for (text, meant) in [
            ("NPS", FeedbackType::Nps),
            (" csat ", FeedbackType::Csat),
            ("Thumb", FeedbackType::Thumb),
            ("THUMBS", FeedbackType::Thumb),
            ("like/dislike", FeedbackType::Thumb),
        ] {
            assert_eq!(FeedbackType::parse(text), Some(meant), "{text}");
        }
        for text in ["", "CES", "NPS1", "like", "N P S"] {
            assert_eq!(FeedbackType::parse(text), None, "{text}");
        }
        assert_eq!(FeedbackType::ALL.map(|of| of.to_string()), ["NPS", "CSAT", "THUMB"]);
    }
}
